"""Every page in a real browser: it opens alive and all its plots follow the keyboard."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from ncm_app.core.catalogue import models
from ncm_app.core.quantity import Quantity
from tests.pages.tabs import tab_in

LONG = ("leaky_integrator", "ei_rate_network")


@pytest.mark.parametrize("model", models().values(), ids=models())
def test_page_opens_alive_and_every_plot_follows_the_keyboard(browser, patient_server, model):
    first = model.preset_values(model.first_preset())
    with tab_in(browser, patient_server) as tab:
        tab.open(f"model={model.slug()}")
        assert tab.page.locator(".ncm-preset select").input_value() == model.first_preset()
        tab.wait_for(model, **first)
        # The settings of the run are the same code on every page: two pages speak for all.
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
        assert tab.text("notice") == ""


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
