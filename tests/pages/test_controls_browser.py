"""The controls in a browser: they fold, follow what the server sets, and keep what a user does meanwhile."""

from __future__ import annotations

import pytest

from ncm_app.core.catalogue import find
from tests.support.tabs import tab_in

EI = "model=ei_rate_network"


@pytest.fixture(scope="module")
def tab(browser, patient_server):
    with tab_in(browser, patient_server) as opened:
        opened.open(EI).page.wait_for_selector(".ncm-dt")
        yield opened


def test_groups_fold_by_mouse_and_by_keys(tab):
    closed, opened = (tab.page.get_by_role("button", name=name, exact=True) for name in ("start", "weights"))
    slider = tab.page.locator(".ncm-r_e_0")
    assert closed.get_attribute("aria-expanded") == "false" and not slider.is_visible()
    closed.click()
    assert closed.get_attribute("aria-expanded") == "true" and slider.is_visible()
    closed.press("Enter")
    assert not slider.is_visible()
    opened.press("Space")
    assert not tab.page.locator(".ncm-w_ee").is_visible()
    opened.press("Space")
    assert tab.page.locator(".ncm-w_ee").is_visible()


def test_what_is_taken_back_comes_back_and_what_is_typed_elsewhere_stays(tab):
    before = tab.value("tau_i")
    tab.type("tau_i", 22)
    tab.until(lambda: tab.page.locator(".ncm-do-undo button").is_enabled())
    field = tab.field("X_e")
    field.fill("3")  # somebody is typing
    tab.page.locator(".ncm-do-undo button").evaluate("button => button.click()")
    tab.until(lambda: tab.value("tau_i") == before)
    assert field.input_value() == "3" and float(tab.field("tau_i").input_value()) == before
    field.fill("25")
    field.press("Enter")


def test_a_held_key_loses_no_step_and_its_echo_moves_nothing(tab):
    slider = tab.slider("tau_e")
    slider.focus()
    start, seen = tab.value("tau_e"), []
    for _ in range(25):
        slider.press("ArrowRight")
        seen.append(tab.value("tau_e"))
    step = seen[0] - start
    assert seen == pytest.approx([start + step * (k + 1) for k in range(25)])
    tab.wait_for(find("ei_rate_network"), tau_e=seen[-1])
    assert tab.value("tau_e") == seen[-1]


def test_of_quick_moves_the_first_and_the_last_are_sent_and_no_other_slider_is_passed_over(tab):
    tab.page.evaluate("""() => {
        window.sent = []
        const send = WebSocket.prototype.send
        WebSocket.prototype.send = function (data) {
            const found = /"moved","new":(\\[[^\\]]*\\])/.exec(String(data))
            if (found) window.sent.push(JSON.parse(found[1]).slice(1))
            return send.call(this, data)
        }
    }""")
    sliders = [tab.slider(name).element_handle() for name in ("tau_i", "X_i")]
    moves = [(0, 31), (0, 32), (0, 33), (1, 18), (1, 19), (0, 34), (0, 35)]
    tab.page.evaluate("""([sliders, moves]) => {
        for (const [which, value] of moves) {
            sliders[which].value = value
            sliders[which].dispatchEvent(new Event('input', {bubbles: true}))
        }
    }""", [sliders, moves])
    tab.until(lambda: "tau_i=35&" in tab.page.url and "X_i=19" in tab.page.url)
    sent = tab.page.evaluate("window.sent")
    kept = [["tau_i", 31], ["tau_i", 33], ["X_i", 19], ["tau_i", 35]]  # others are sent where the browser is slow
    assert [move for move in sent if move in kept] == kept and len(sent) <= len(moves)


def test_a_panel_drawn_anew_shows_what_was_moved(tab):
    tab.type("X_i", 12)
    tab.until(lambda: "X_i=12" in tab.page.url)
    tab.slider("X_i").evaluate("slider => { slider.dataset.old = 'yes' }")
    tab.page.evaluate("""() => {
      const panel = Bokeh.documents.flatMap(d => [...d._all_models.values()]).find(m => m.class_name === 'ControlPanel')
      for (const view of Bokeh.index.find(panel)) view.render_esm()
    }""")
    tab.until(lambda: tab.slider("X_i").get_attribute("data-old") is None and tab.slider("X_i").count() == 1)
    assert tab.value("X_i") == 12.0
    tab.type("X_i", 13)
    tab.until(lambda: "X_i=13" in tab.page.url)
