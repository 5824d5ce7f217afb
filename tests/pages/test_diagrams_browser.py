"""The diagram of every page in a real browser: it is shown, and a click on a branch sets the slider."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import find, models
from tests.pages.tabs import tab_in

EXPLORED = [slug for slug, model in models().items() if model.explore]


def branch_point(tab, slug):
    """Return a point of a drawn branch well inside the window, away from the present value."""
    window = [tab.figure("diagram", f"figure.{axis}_range.{end}") for axis in "xy" for end in ("start", "end")]
    left, right, bottom, top = window
    present = tab.value(find(slug).explore)
    best = None
    for name in ("stable branch", "unstable branch", "saddle branch"):
        if name == "saddle branch" and len(find(slug).states) == 1:
            continue
        x, y = tab.columns("diagram", name)
        inside = (left + 0.1 * (right - left) < x) & (x < right - 0.1 * (right - left)) \
            & (bottom + 0.1 * (top - bottom) < y) & (y < bottom + 0.7 * (top - bottom)) \
            & (np.abs(x - present) > 0.05 * (right - left))
        if inside.any():
            best = best or (float(x[inside][0]), float(y[inside][0]))
    assert best is not None, "no branch inside the window"
    return best, ((best[0] - left) / (right - left), 1.0 - (best[1] - bottom) / (top - bottom)), right - left


@pytest.mark.parametrize("slug", EXPLORED)
def test_a_click_on_a_branch_sets_the_slider(browser, patient_server, slug):
    name = find(slug).explore
    with tab_in(browser, patient_server, height=1400) as tab:
        tab.open(f"model={slug}")
        tab.until(lambda: tab.slider(name).count() == 1, "the controls")
        tab.until(lambda: tab.figure("diagram", "figure.title.text").startswith("fixed points"), "the diagram")
        tab.page.locator(".ncm-view-diagram").scroll_into_view_if_needed()
        (x, _), place, width = branch_point(tab, slug)
        tab.click("diagram", *place)
        tab.until(lambda: float(tab.field(name).input_value()) == pytest.approx(x, abs=0.03 * width), f"{name} = {x}")
        tab.until(lambda: tab.columns("diagram", "present")[0][0] == pytest.approx(
            float(tab.field(name).input_value()), rel=1e-5, abs=1e-9), "the line of the present value")
        assert "could not" not in tab.text("notice")


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
