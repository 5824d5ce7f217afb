"""From page to page in a real browser: the shell stays, addresses and Back work, and nothing of a page stays behind."""

from __future__ import annotations

import gc

import pytest

from ncm_app.core.catalogue import find
from ncm_app.pages.model_page import ModelPage
from tests.support.tabs import tab_in

pytestmark = pytest.mark.usefixtures("compiled")
FIGURES = "[...Bokeh.documents[0]._all_models.values()].filter(model => model.type === 'Figure').length"


@pytest.fixture
def home(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        tab.open()
        tab.page.wait_for_selector("a.ncm-model-lif")
        tab.page.wait_for_timeout(800)
        tab.page.evaluate("window.stamp = 'the first load'")
        yield tab


def arrive(tab, slug):
    """Wait for the page of a model, whole."""
    title = f"{find(slug).chapter} {find(slug).title}"
    tab.until(lambda: tab.page.title() == title, title)
    tab.page.wait_for_selector(".ncm-do-share button")
    tab.page.wait_for_selector(".ncm-regime")


def leave(tab):
    tab.page.locator(".ncm-do-home").click()
    tab.page.wait_for_selector("a.ncm-model-lif")


def test_pages_come_and_go_without_a_reload(home):
    for slug in ("leaky_integrator", "ei_rate_network", "eif_poisson"):
        home.page.locator(f"a.ncm-model-{slug}").click()
        arrive(home, slug)
        assert f"model={slug}" in home.page.url
        leave(home)
        assert "model=" not in home.page.url
    assert home.page.evaluate("window.stamp") == "the first load"


def test_a_page_that_came_without_a_reload_answers_its_sliders_and_writes_its_address(home):
    home.page.locator("a.ncm-model-ei_rate_network").click()
    arrive(home, "ei_rate_network")
    home.type("tau_i", 29)
    model = find("ei_rate_network")
    home.wait_for(model, **model.preset_values(model.first_preset()) | {"tau_i": 29.0})
    home.until(lambda: "tau_i=29" in home.page.url, "the address")
    home.page.reload()
    home.until(lambda: home.value("tau_i") == 29.0, "the link")


def test_back_and_forward_go_through_pages_and_through_the_steps_of_one(home):
    home.page.locator("a.ncm-model-lif").click()
    arrive(home, "lif")
    preset = home.value("I_0")
    home.type("I_0", preset + 1)
    home.until(lambda: "I_0=" in home.page.url, "the address")
    leave(home)
    home.page.go_back()
    arrive(home, "lif")
    home.until(lambda: home.value("I_0") == preset + 1, "the state that was left")
    home.page.go_back()
    home.until(lambda: home.value("I_0") == preset, "the step before")
    home.page.go_back()
    home.page.wait_for_selector("a.ncm-model-eif")
    home.page.go_forward()
    arrive(home, "lif")
    assert home.page.evaluate("window.stamp") == "the first load"


def test_links_to_the_pages_before_and_after_follow_the_book(home):
    home.page.locator("a.ncm-model-leaky_integrator").click()
    arrive(home, "leaky_integrator")
    assert home.page.locator(".ncm-do-before").count() == 0
    home.page.locator(".ncm-do-after").click()
    home.until(lambda: home.page.title() != "1.1 Leaky integrator", "the next page")
    home.page.locator(".ncm-do-before").click()
    arrive(home, "leaky_integrator")


def test_theme_and_large_text_stay_from_page_to_page(home):
    home.page.locator("a.ncm-model-lif").click()
    arrive(home, "lif")
    home.press("enlarge")
    home.until(lambda: home.page.evaluate("document.documentElement.style.fontSize") == "135%", "large text")
    leave(home)
    home.page.locator("a.ncm-model-eif").click()
    arrive(home, "eif")
    assert home.page.evaluate("document.documentElement.style.fontSize") == "135%"
    home.press("enlarge")
    home.until(lambda: home.page.evaluate("document.documentElement.style.fontSize") == "", "plain text")


def test_a_modified_click_is_left_to_the_browser(home):
    with home.page.context.expect_page() as opened:
        home.page.locator("a.ncm-model-lif").click(modifiers=["Control"])
    assert "model=lif" in opened.value.url
    opened.value.close()
    assert "model=" not in home.page.url


@pytest.mark.slow
def test_nothing_of_a_page_stays_behind_once_it_is_left(home):
    def visit():
        home.page.locator("a.ncm-model-ei_rate_network").click()
        arrive(home, "ei_rate_network")
        leave(home)
        home.page.wait_for_timeout(300)
        gc.collect()
        return home.page.evaluate(FIGURES), sum(type(thing) is ModelPage for thing in gc.get_objects())

    visit()
    before = visit()
    for _ in range(3):
        after = visit()
    assert after[0] <= before[0]
    assert after[1] <= before[1]
