"""A spiking network and its rate network on one page of a real browser: a slider of either moves both."""

from __future__ import annotations

import numpy as np

from tests.pages.test_beside import OPEN, SMALL
from tests.support.tabs import tab_in


def course(tab, view, layer):
    return tab.columns(view, layer)[1]


def test_sliders_of_both_move_what_both_show(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        tab.open(OPEN)
        tab.page.locator(".ncm-beside_tau_i input[type=range]").wait_for(timeout=60_000)
        tab.until(lambda: np.isfinite(course(tab, "rates", "model_e")).sum() > 50)
        before = course(tab, "rates", "model_e")
        tab.type("beside_tau_i", 7)
        tab.until(lambda: tab.value("tau_i") == 7.0)
        tab.until(lambda: not np.array_equal(course(tab, "rates", "model_e"), before))
        tab.type("j_ee", 12)
        tab.until(lambda: tab.value("beside_w_ee") == 2400.0)
        assert tab.slider("beside_w_ee").is_disabled() and tab.field("beside_w_ee").is_disabled()
        tab.until(lambda: "&tau_i=7" in tab.page.url and "&j_ee=12" in tab.page.url)
        address = tab.page.url.partition("?")[2]
        tab.open(address)
        tab.until(lambda: tab.value("beside_w_ee") == 2400.0 and tab.value("beside_tau_i") == 7.0)
        start = tab.page.locator(".ncm-beside_r_e_0 input[type=range]")  # in a group that is closed at first
        assert start.input_value() == "0.01"


def test_it_comes_and_goes_with_the_list(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        tab.open(SMALL)
        tab.page.locator(".ncm-preset select").wait_for()
        for _ in range(2):
            tab.choose("beside", "ei_rate_network")
            tab.page.locator(".ncm-view-beside_trace").wait_for()
            tab.until(lambda: np.isfinite(course(tab, "beside_trace", "r_e")).sum() > 50)
            tab.until(lambda: "Rate network" in tab.page.locator(".ncm-companion").first.inner_text())
            tab.choose("beside", "none")
            tab.page.locator(".ncm-beside_tau_i").wait_for(state="hidden")
            tab.until(lambda: not np.isfinite(course(tab, "rates", "model_e")).any())
