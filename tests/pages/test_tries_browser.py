"""A student tries what a page offers: asked first, done before the eyes, told afterwards; what is by hand is begun."""

from __future__ import annotations

import pytest

from tests.support.tabs import tab_in

RATES = "preset=Fig+3.4+C,D"


@pytest.fixture(scope="module")
def tab(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        yield tab


def offered(tab):
    return tab.page.locator(".ncm-try").inner_text()


def answers(tab):
    return [text.replace("\n", " ") for text in tab.page.locator(".ncm-guess label").all_inner_texts()]


def watch_slider(tab, name):
    """Let the page note every value that a slider shows."""
    tab.page.evaluate("""name => {
      const find = root => { for (const part of root.querySelectorAll('*')) {
        if (part.matches('.ncm-' + name + ' input[type=range]')) return part
        const inner = part.shadowRoot && find(part.shadowRoot); if (inner) return inner } }
      const slider = find(document); window.shown = []
      setInterval(() => { if (window.shown.at(-1) !== slider.value) window.shown.push(slider.value) }, 10)
    }""", name)
    return lambda: [float(value) for value in tab.page.evaluate("window.shown")]


def test_line_is_asked_then_done_and_told(tab):
    tab.open("model=ei_rate_network")
    tab.until(lambda: offered(tab) == "Try: In Fig 3.4 C,D, lower τᵢ from 30 to 24 ms")
    assert tab.page.locator(".ncm-do-do-try").inner_text() == "Lower τᵢ to 24 ms"
    tab.until(lambda: answers(tab) == ["rest", "oscillate", "leave its range"])
    tab.page.get_by_label("oscillate").check()
    seen = watch_slider(tab, "tau_i")
    tab.press("do-try")
    tab.until(lambda: tab.value("tau_i") == 24.0 and RATES in tab.page.url)
    tab.until(lambda: offered(tab).endswith("→ the trace turns negative and the ringing dies out."))
    tab.until(lambda: tab.said()[0].startswith("Stable spiral"))
    assert tab.text("happened").startswith("Not so. rₑ oscillated at 40.4 Hz before, and now rests.")
    assert answers(tab) == ["rest ✓", "oscillate ✗", "leave its range"]
    assert len({value for value in seen() if 24.0 < value < 30.0}) > 4, "the slider jumped"
    assert not tab.page.locator(".ncm-do-reveal").is_visible()
    tab.press("undo")
    tab.until(lambda: tab.value("tau_i") == 30.0)


def test_question_may_be_passed_over(tab):
    tab.open(f"model=ei_rate_network&{RATES}")
    tab.until(lambda: answers(tab))
    tab.press("next-try")
    tab.until(lambda: "set Δt to 0.01 ms" in offered(tab) and "→" not in offered(tab))
    tab.until(lambda: answers(tab) == ["rise", "stay", "fall"])
    tab.press("reveal")
    tab.until(lambda: offered(tab).endswith("so Euler's step mattered."))
    assert answers(tab) == ["rise", "stay", "fall ✓"]
    assert tab.text("happened") == "The period falls from 24.7 to 22.9 ms."


def test_lines_begin_with_the_preset_that_is_open(tab):
    tab.open("model=phase_line&preset=Ex+A.7.3")
    tab.until(lambda: offered(tab).startswith("Try: In Ex A.7.3, start at x(0) = 0.9"))
    tab.until(lambda: answers(tab) == ["at −1.00", "at 2.00"])
    tab.choose("preset", "Fig A.6")
    tab.until(lambda: offered(tab).startswith("Try: In Fig A.6, raise a from"))


def test_control_in_a_closed_group_comes_into_sight(tab):
    tab.open("model=phase_line&preset=Ex+A.7.3")
    tab.until(lambda: answers(tab))
    assert not tab.slider("x_0").is_visible()
    tab.page.get_by_label("at −1.00").check()
    tab.press("do-try")
    tab.until(lambda: tab.slider("x_0").is_visible() and tab.value("x_0") == 0.9)
    tab.until(lambda: tab.text("happened") == "Right. x rests at −1.00, not at 2.00 as before.")


def test_line_for_the_hand_is_begun_with_its_preset(tab):
    tab.open("model=hopf_system&preset=Ex+A.9.3")
    tab.until(lambda: offered(tab).startswith("Try: In Ex A.9.3"))
    for _ in range(2):
        tab.press("next-try")
    tab.until(lambda: "raise c towards 0" in offered(tab))
    assert tab.page.locator(".ncm-do-do-try").inner_text() == "Open preset Ex A.9.4, c < 0"
    tab.press("do-try")
    tab.until(lambda: "c < 0" in tab.page.locator(".ncm-preset select").input_value())
    assert "→" not in offered(tab)
    tab.until(lambda: not tab.page.locator(".ncm-do-do-try").is_visible())


@pytest.mark.parametrize("width", [1440, 390])
def test_question_moves_nothing_when_it_comes(tab, width):
    tab.page.set_viewport_size({"width": width, "height": 900})
    try:
        tab.open("model=ei_rate_network")
        tab.until(lambda: offered(tab))
        before = tab.page.locator(".ncm-view-trace").bounding_box()["y"]
        tab.until(lambda: answers(tab))
        assert abs(tab.page.locator(".ncm-view-trace").bounding_box()["y"] - before) < (1 if width > 600 else 60)
    finally:
        tab.page.set_viewport_size({"width": 1440, "height": 900})
