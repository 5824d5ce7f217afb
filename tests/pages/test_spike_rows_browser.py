"""In a real browser: a click on a row of spikes adds one, V follows, and the address brings both back."""

from __future__ import annotations

from urllib.parse import urlsplit

import numpy as np

from ncm_app.core.catalogue import find
from tests.support.tabs import tab_in

SYNAPSES = find("synapses")


def test_a_clicked_spike_lifts_v_and_is_kept_by_the_link(browser, patient_server):
    first = SYNAPSES.preset_values("Fig 1.4")
    with tab_in(browser, patient_server) as tab:
        tab.open("model=synapses")
        tab.wait_for(SYNAPSES, **first)
        field = tab.page.locator(".ncm-s_e").get_by_role("textbox")
        assert field.input_value() == "20, 200, 210"
        time, row = tab.click("spikes", 0.5, 0.25)
        assert 148 < time < 152 and round(row) == 1
        tab.until(lambda: len(field.input_value().split(", ")) == 4, "the spike in the field")
        spikes = tuple(map(float, field.input_value().split(", ")))
        assert min(abs(s - time) for s in spikes) <= 0.051
        tab.wait_for(SYNAPSES, **{**first, "s_e": spikes})
        t, V = tab.columns("trace", "V")
        after = (t > time) & (t < time + 20)
        assert 0.5 < np.max(V[after]) + 72.0 < 0.65
        tab.until(lambda: "s_e=" in tab.page.url, "the address")
        link = urlsplit(tab.page.url).query
        field.fill("20, soon")
        field.press("Enter")
        tab.until(lambda: "soon" in tab.text("notice"), "the complaint")
        tab.until(lambda: field.input_value() == SYNAPSES.control("s_e").text(spikes), "the field as it was")
        tab.open(link)
        tab.wait_for(SYNAPSES, **{**first, "s_e": spikes})
        assert tab.page.locator(".ncm-s_e").get_by_role("textbox").input_value() == field.input_value()
