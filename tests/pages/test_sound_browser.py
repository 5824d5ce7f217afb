"""In a real browser: spikes are played, a line runs through the plots, and stops when told."""

from __future__ import annotations

from tests.support.tabs import tab_in

LINES = "() => [...document.body.children].filter(e => e.style.position === 'fixed' && e.style.width === '2px').length"


def test_spikes_are_played_and_stopped(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        tab.open("model=eif&t_end=8000")
        tab.until(lambda: tab.page.locator(".ncm-do-listen button").count() == 1, "the button")
        button = tab.page.locator(".ncm-do-listen button")
        assert button.inner_text() == "Listen"
        button.click()
        tab.until(lambda: button.get_attribute("data-state") == "playing", "the sound")
        assert (button.get_attribute("data-spikes"), button.get_attribute("data-seconds")) == ("3", "8")
        assert tab.page.evaluate(LINES) == 2
        assert button.inner_text() == "Stop"
        button.click()
        assert button.get_attribute("data-state") == "silent"
        assert tab.page.evaluate(LINES) == 0
