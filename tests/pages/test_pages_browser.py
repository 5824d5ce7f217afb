"""Every page in a real browser: it opens alive and all its plots follow the keyboard."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from ncm_app.core.catalogue import models
from ncm_app.core.quantity import Quantity
from ncm_app.studies.cycles import known_doubt
from tests.support.tabs import tab_in

LONG = ("leaky_integrator", "ei_rate_network")
"""The choices of the run are the same code on every page: two pages speak for all."""


@pytest.fixture(scope="module", params=models().values(), ids=models())
def opened(request, browser, patient_server):
    """A model and its page, opened once for the tests of this file; errors in it are errors here."""
    with tab_in(browser, patient_server) as tab:
        yield request.param, tab.open(f"model={request.param.slug()}")


def test_page_opens_alive_and_every_plot_follows_the_keyboard(opened):
    model, tab = opened
    first = model.preset_values(model.first_preset())
    assert tab.page.locator(".ncm-preset select").input_value() == model.first_preset()
    tab.wait_for(model, **first)
    moved = model.explore or next(n for n, c in model.controls().items() if isinstance(c, Quantity))
    for name in (moved, "t_end") if model.slug() in LONG else (moved,):
        control, before = model.control(name), tab.value(name)
        step, (low, high) = float(tab.slider(name).get_attribute("step")), control.softbounds or control.bounds
        key, way, end = ("ArrowRight", 3, "End") if before < high else ("ArrowLeft", -3, "Home")
        tab.slider(name).focus()
        for _ in range(3):
            tab.page.keyboard.press(key)
        assert tab.value(name) == pytest.approx(before + way * step)
        tab.wait_for(model, **{**first, name: tab.value(name)})
        tab.page.keyboard.press(end)
        assert tab.value(name) == (high if end == "End" else low)
        tab.wait_for(model, **{**first, name: tab.value(name)})
        assert float(tab.field(name).input_value()) == tab.value(name)
        tab.press("reset")
        tab.wait_for(model, **first)
    # Nothing but what the search for cycles itself is in doubt of.
    assert tab.text("notice") in ("", known_doubt(model(**first).snapshot(), model.explore) if model.explore else "")


def branch_point(tab, model):
    """Return a point of a drawn branch well inside the window, away from the present value."""
    left, right, bottom, top = [tab.figure("diagram", f"figure.{axis}_range.{end}")
                                for axis in "xy" for end in ("start", "end")]
    present = tab.value(model.explore)
    for name in ("stable branch", "unstable branch", "saddle branch")[:3 if len(model.states) > 1 else 2]:
        x, y = tab.columns("diagram", name)
        inside = (left + 0.1 * (right - left) < x) & (x < right - 0.1 * (right - left)) \
            & (bottom + 0.1 * (top - bottom) < y) & (y < bottom + 0.7 * (top - bottom)) \
            & (np.abs(x - present) > 0.05 * (right - left))
        if inside.any():
            x, y = float(x[inside][0]), float(y[inside][0])
            return x, ((x - left) / (right - left), 1.0 - (y - bottom) / (top - bottom)), right - left
    raise AssertionError("no branch inside the window")


def test_a_click_on_a_branch_sets_the_slider(opened):
    model, tab = opened
    name = model.explore
    if not name:
        assert tab.page.locator(".ncm-view-diagram").count() == 0
        return
    tab.until(lambda: tab.figure("diagram", "figure.title.text").startswith("fixed points"), "the diagram")
    tab.page.locator(".ncm-view-diagram").scroll_into_view_if_needed()
    x, place, width = branch_point(tab, model)
    tab.click("diagram", *place)
    tab.until(lambda: float(tab.field(name).input_value()) == pytest.approx(x, abs=0.03 * width), f"{name} = {x}")
    tab.until(lambda: tab.columns("diagram", "present")[0][0] == pytest.approx(
        float(tab.field(name).input_value()), rel=1e-5, abs=1e-9), "the line of the present value")
    assert "could not" not in tab.text("notice")


def test_catalogue_is_searched_and_opens_a_model(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        tab.open()
        cards = tab.page.locator("a.model")
        assert cards.count() == len(models())
        tab.page.locator(".ncm-search input").fill("spike")
        tab.until(lambda: cards.count() < len(models()), "fewer cards")
        tab.page.locator(".ncm-model-eif").click()
        tab.until(lambda: tab.text("regime").startswith("Rests at V = −72.0 mV"), "the page of the cell")
        assert parse_qs(urlsplit(tab.page.url).query)["model"] == ["eif"]
