"""Cycles, sweeps and charts in a real browser, and a drag along a branch."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.tabs import tab_in


def test_cycles_sweep_chart_and_frequency_are_drawn(browser, patient_server):
    with tab_in(browser, patient_server, height=1400) as tab:
        tab.open("model=morris_lecar&v=1&view.second=phi")
        tab.until(lambda: np.isfinite(tab.columns("diagram", "stable cycle")[0]).any(), "the cycles")
        assert np.nanmin(tab.columns("diagram", "stable cycle")[0]) == pytest.approx(88.29325, abs=1e-3)
        tab.until(lambda: np.isfinite(tab.columns("frequency", "stable")[0]).any(), "the frequency")
        tab.until(lambda: np.isfinite(tab.columns("two_parameter", "H subcritical")[0]).any(), "the chart")
        tab.press("evolve")
        tab.until(lambda: np.isfinite(tab.columns("diagram", "sweep down")[0]).sum() > 100, "the sweep")
        tab.until(lambda: "view.sweep=on" in tab.page.url, "the address")


def test_dragging_along_a_branch_takes_the_parameter_along(browser, patient_server):
    with tab_in(browser, patient_server, height=1400) as tab:
        tab.open("model=morris_lecar")
        tab.until(lambda: tab.slider("I").count() == 1, "the controls")
        tab.until(lambda: tab.figure("diagram", "figure.title.text").startswith("fixed points"), "the diagram")
        tab.page.locator(".ncm-view-diagram").scroll_into_view_if_needed()
        x, y = tab.columns("diagram", "stable branch")
        tab.drag("diagram", [(float(np.float32(v)), float(np.interp(v, x[:50], y[:50]))) for v in (10.0, 30.0, 50.0)])
        tab.until(lambda: float(tab.field("I").input_value()) == pytest.approx(50.0, abs=2.0), "I = 50")
        tab.until(lambda: tab.text("regime").startswith("Stable"), "the sentence")
