"""Looks and access in a real browser: themes, large text, phones, keyboard and screen reader."""

from __future__ import annotations

import pytest

from ncm_app.session.plot_rules import rules_for
from tests.support.tabs import EI, tab_in

FOCUSED = """() => {
  let e = document.activeElement, hooks = []
  for (;;) {
    const near = [...(e.parentElement?.classList ?? []), ...e.classList]  // in a bar the hook stands around it
    for (const c of near) if (c.startsWith('ncm-')) hooks.push(c)
    if (!e.shadowRoot || !e.shadowRoot.activeElement) break
    e = e.shadowRoot.activeElement
  }
  return [hooks.join(' '), e.tagName + (e.type ? ':' + e.type : '')]
}"""


def test_dark_theme_turns_ink_white(tab):
    code = "figure.renderers.find(r => r.name === 'run').glyph.line_color.value"
    background = "getComputedStyle(document.body).backgroundColor"
    ink, paper = tab.figure("phase_plane", code), tab.page.evaluate(background)
    toggle = tab.page.get_by_role("button", name="Toggle theme")
    toggle.click()
    tab.until(lambda: tab.figure("phase_plane", code) != ink, "white ink")
    assert (ink, tab.figure("phase_plane", code)) == ("#1A1A1A", "#F2F2F2")
    assert tab.page.evaluate(background) != paper
    toggle.click()
    tab.until(lambda: tab.figure("phase_plane", code) == ink, "black ink")


def test_a_browser_keeps_its_theme_and_size_of_text_from_page_to_page(browser, patient_server):
    ink = "figure.renderers.find(r => r.name === 'run').glyph.line_color.value"
    paper = "getComputedStyle(document.body).backgroundColor"
    with tab_in(browser, patient_server, color_scheme="dark") as tab:
        tab.page.goto(patient_server.url("app"))
        tab.until(lambda: tab.page.evaluate(paper) == "rgb(18, 18, 18)", "a dark list of models, as the system asks")
        tab.until(lambda: tab.page.evaluate("document.cookie") == "ncm_theme=dark", "the memory")
        tab.page.wait_for_load_state("networkidle")
        tab.open("model=ei_rate_network")
        tab.wait_for(EI)
        assert tab.figure("phase_plane", ink) == "#F2F2F2"
        tab.page.get_by_role("button", name="Toggle theme").click()
        tab.until(lambda: tab.figure("phase_plane", ink) == "#1A1A1A", "black ink")
        tab.press("enlarge")
        tab.until(lambda: tab.page.evaluate("document.cookie") == "ncm_theme=light; ncm_text=large", "the memory")
        tab.open("model=ei_rate_network&preset=Fig%203.4%20C,D")
        tab.wait_for(EI, **EI.preset_values("Fig 3.4 C,D"))
        tab.until(lambda: tab.figure("trace", "figure.below[0].axis_label_text_font_size") == "16pt", "large text")
        assert tab.figure("phase_plane", ink) == "#1A1A1A"
        assert tab.page.evaluate(paper) == "rgb(255, 255, 255)"


def test_large_text_enlarges_page_and_plots(tab):
    page_size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"

    def sizes():
        return tab.page.evaluate(page_size), tab.figure("trace", "figure.below[0].axis_label_text_font_size")

    ink = "figure.renderers.find(r => r.name === 'run').glyph.line_color.value"
    plain = tab.page.locator(".ncm-view-diagram").bounding_box()["height"]
    tab.press("enlarge")
    tab.until(lambda: sizes() == (pytest.approx(1.35 * 16), "16pt"), "large text")
    tab.until(lambda: tab.page.locator(".ncm-view-diagram").bounding_box()["height"] > 1.25 * plain, "higher plots")
    toggle = tab.page.get_by_role("button", name="Toggle theme")
    for hue in ("#F2F2F2", "#1A1A1A"):  # the theme brings sizes of its own
        toggle.click()
        tab.until(lambda hue=hue: tab.figure("phase_plane", ink) == hue, "the other theme")
        assert sizes() == (pytest.approx(1.35 * 16), "16pt")
        assert tab.figure("phase_plane", "figure.title.text_font_size") == "14pt"
    tab.page.mouse.move(700, 600)  # the name of what was pressed would cover the button
    tab.press("enlarge")
    tab.until(lambda: sizes() == (16, "10pt"), "plain text")
    tab.until(lambda: tab.page.locator(".ncm-view-diagram").bounding_box()["height"] == plain, "plain plots")


def test_everything_that_moves_is_above_the_fold(tab):
    for view in ("trace", "phase_plane", "eigenvalues", "trace_determinant", "diagram"):
        box = tab.page.locator(f".ncm-view-{view}").bounding_box()
        assert box["y"] + box["height"] <= 900, view
        assert box["x"] + box["width"] <= 1440, view
    tab.until(lambda: tab.figure("diagram", "figure.above.find(part => part.items).nrows") == 1, "a legend in one line")


def test_phone_has_the_sentence_at_the_top_and_the_controls_in_a_drawer(browser, patient_server):
    with tab_in(browser, patient_server, 390, 844) as tab:
        tab.open("model=ei_rate_network")
        sentence = tab.page.locator(".ncm-regime")
        sentence.wait_for(state="visible")
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= 390
        in_sight = "e => { const b = e.getBoundingClientRect(); return b.top >= 0 && b.bottom < 400 && b.right <= 390 }"
        tab.until(lambda: sentence.evaluate(in_sight), "the sentence near the top")
        slider = tab.slider("tau_i")
        # Asked of all there are: a drawer that is closing takes its slider away between two questions.
        reachable = """all => all.some(e => {
          const b = e.getBoundingClientRect()
          return b.width > 0 && b.left >= 0 && b.right <= 390 && b.top >= 0 && b.bottom <= 844
        })"""
        tab.until(lambda: not slider.evaluate_all(reachable), "a closed drawer")
        tab.page.get_by_role("button", name="drawer").first.click()
        tab.until(lambda: slider.evaluate_all(reachable), "an open drawer")
        # The drawer leaves the sentence and a plot in sight, and the page above it can be scrolled and used.
        drawer = tab.page.locator(".sidebar")
        tab.until(lambda: drawer.bounding_box()["y"] > 480 and drawer.bounding_box()["width"] == 390, "a low drawer")
        assert sentence.evaluate(in_sight)
        plot = tab.page.locator(".ncm-view-phase_plane")
        before = plot.bounding_box()["y"]
        tab.page.mouse.move(195, 300)
        tab.page.mouse.wheel(0, 300)
        tab.until(lambda: plot.bounding_box()["y"] < before - 200, "the page to scroll under the drawer")
        slider.focus()
        tab.page.keyboard.press("ArrowRight")
        tab.wait_for(EI, tau_i=tab.value("tau_i"))
        tab.page.get_by_role("button", name="drawer").first.click()
        tab.until(lambda: not slider.evaluate_all(reachable), "a closed drawer")
        for view in ("trace", "phase_plane", "diagram"):
            box = tab.page.locator(f".ncm-view-{view}").bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390
        # Four words fit in no line of a phone: they take two, and the plot grows by the second.
        legend = "[figure.above.find(part => part.items && part.items.length).nrows, figure.min_height]"
        height = next(view.height for _, view in rules_for(EI) if view.name == "diagram")
        tab.until(lambda: tab.figure("diagram", legend) == [2, height + 16], "the legend in two lines")
        box = tab.page.locator(".ncm-view-diagram").bounding_box()
        assert box["height"] >= height + 16


def test_every_control_is_reached_by_tab_and_has_a_name(tab):
    tab.page.locator(".ncm-tau_e").get_by_role("slider").focus()
    reached = set()
    for _ in range(110):
        hooks, kind = tab.page.evaluate(FOCUSED)
        reached.add((hooks.split(" ")[-1], kind))
        tab.page.keyboard.press("Tab")
    shown = [name for name, control in EI.controls().items() if not control.rare and name != "method"]
    for name in shown:
        assert {(f"ncm-{name}", "INPUT:range"), (f"ncm-{name}", "INPUT:number")} <= reached, name
    for name in ("method", "preset", "explore"):
        assert (f"ncm-{name}", "SELECT:select-one") in reached, name
    for verb in ("reset", "freeze", "clear", "fit", "share", "export", "enlarge"):
        assert (f"ncm-do-{verb}", "BUTTON:submit") in reached, verb
    assert any(kind.startswith("A") and "home" in hook for hook, kind in reached)
    for name in shown:
        assert name in tab.slider(name).get_attribute("aria-label")
        assert name in tab.field(name).get_attribute("aria-label")


def test_sentences_are_announced(tab):
    for hook in ("regime", "check", "notice"):
        sentence = tab.page.locator(f".ncm-{hook}")
        assert sentence.get_attribute("aria-live") == "polite"
        assert sentence.get_attribute("role") == "status"
    assert tab.text("check").startswith("Euler with Δt = 0.1 ms: half the step changes")


def test_buttons_work_from_the_keyboard(tab):
    tab.type("tau_i", 33)
    tab.wait_for(EI, tau_i=33.0)
    tab.page.locator(".ncm-do-reset button").focus()
    tab.page.keyboard.press("Enter")
    tab.wait_for(EI)


def test_a_control_without_effect_is_dimmed_and_says_so(tab):
    """The power's factor k has no effect while the f-I curve is threshold-linear; theta always has."""
    idle = "e => [e.closest('.row').classList.contains('idle'), e.title.includes('no effect')]"
    told = [tab.page.locator(f".ncm-{name} input[type=range]").evaluate(idle) for name in ("k", "theta")]
    assert told == [[True, True], [False, False]]
