"""Two neurons under one input in a real browser."""

from __future__ import annotations

from urllib.parse import urlsplit

import numpy as np

from ncm_app.core.catalogue import find
from ncm_app.studies.simulate import simulate
from ncm_app.views.columns import lean
from ncm_app.views.traces import with_peaks
from tests.support.tabs import tab_in


def test_comparison_follows_a_slider_and_comes_back_from_its_link(browser, patient_server):
    lif = find("lif")

    def is_shown(tab, **values):
        snapshot = lif(**{"I_0": 19.0, "t_end": 300.0, **values}).snapshot()
        run = simulate(snapshot)
        expected = lean(run.t, with_peaks(run, -55.0))
        np.testing.assert_allclose(tab.columns("trace", "ghost V")[1], expected[1], rtol=2e-6)
        return True

    with tab_in(browser, patient_server) as tab:
        tab.open("model=eif&preset=Fig+B.3")
        tab.until(lambda: is_shown(tab), "the LIF in grey")
        assert "LIF (grey) 27.9 Hz" in tab.text("numbers")
        tab.type("I_0", 24)
        tab.until(lambda: is_shown(tab, I_0=24.0), "the LIF at 24 mV")
        tab.choose("compare", "none")
        tab.until(lambda: np.all(np.isnan(tab.columns("trace", "ghost V")[1])), "no ghost")
        tab.until(lambda: "view.compare=none" in tab.page.url, "the address")
        tab.choose("compare", "LIF")
        tab.until(lambda: "view.compare" not in tab.page.url and "I_0=24" in tab.page.url, "the address")
        link = urlsplit(tab.page.url).query
    with tab_in(browser, patient_server, 390, 844) as phone:
        phone.open(link)
        phone.until(lambda: is_shown(phone, I_0=24.0), "the LIF on a phone")
