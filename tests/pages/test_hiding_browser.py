"""In a real browser: a teacher hides controls, shares the page, and the class finds them gone."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.support.tabs import tab_in


def test_a_task_is_set_in_the_export_dialog_and_opened_from_its_link(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        tab.open("model=ei_rate_network&preset=Fig+3.4+A,B")
        group = tab.page.get_by_role("button", name="time constants")
        group.wait_for()
        tab.press("export")
        for name in ("tau_e", "tau_i"):
            tab.page.locator(f".ncm-hide input[value={name}]").check()
        tab.until(lambda: not tab.page.locator(".ncm-tau_i").is_visible(), "the row to go")
        tab.page.keyboard.press("Escape")
        tab.until(lambda: "view.hide=tau_e,tau_i" in tab.page.url, "the link")
        tab.open(urlsplit(tab.page.url).query)
        slider = tab.slider("w_ee")
        slider.wait_for()
        assert not tab.page.locator(".ncm-tau_e").is_visible()
        assert not group.is_visible()  # nothing is left in it
        tab.press("export")
        box = tab.page.locator(".ncm-hide input[value=tau_e]")
        assert box.is_checked()
        box.uncheck()
        tab.until(lambda: tab.page.locator(".ncm-tau_e").is_visible() and group.is_visible(), "the row again")
        assert not tab.page.locator(".ncm-tau_i").is_visible()
