"""Pages in a real browser: what a user does, and what is then really drawn."""

from __future__ import annotations

import csv
import time
import xml.etree.ElementTree as ET
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from ncm_app.core.catalogue import find, models
from ncm_app.numerics.system import SILENT
from ncm_app.pages.cards import Settings, cards_for
from ncm_app.pages.frames import Question, answer
from ncm_app.studies.simulate import simulate_from

PLAIN = "Fig 3.4 A,B"
EI = find("ei_rate_network")

COLUMNS = """([view, layer]) => {
  for (const doc of Bokeh.documents) {
    const figure = doc.get_model_by_name('ncm-' + view)
    if (!figure) continue
    const source = figure.renderers.find(r => r.name === layer).data_source
    const column = name => Array.from(source.data instanceof Map ? source.data.get(name) : source.data[name])
    return [column(view + '_x'), column(view + '_y')]
  }
}"""
FIGURE = """([view, code]) => {
  const figure = Bokeh.documents.map(d => d.get_model_by_name('ncm-' + view)).find(f => f)
  return Function('figure', 'view', 'return ' + code)(figure, Bokeh.index.find_one(figure))
}"""
FOCUSED = """() => {
  let e = document.activeElement, hooks = []
  for (;;) {
    for (const c of e.classList) if (c.startsWith('ncm-')) hooks.push(c)
    if (!e.shadowRoot || !e.shadowRoot.activeElement) break
    e = e.shadowRoot.activeElement
  }
  return [hooks.join(' '), e.tagName + (e.type ? ':' + e.type : '')]
}"""


class Tab:
    """A page of the application, with the hooks of a model page."""

    def __init__(self, page, server):
        self.page, self.server = page, server

    def open(self, query=""):
        self.page.goto(self.server.url("app", query))
        self.page.wait_for_function("window.Bokeh && Bokeh.documents.length && Bokeh.documents[0].is_idle")
        return self

    def until(self, condition, what="the page to follow", seconds=30.0):
        """Wait for a condition; an exception in it counts as not yet, and is told at the end."""
        end, trouble = time.monotonic() + seconds, None
        while time.monotonic() < end:
            try:
                if condition():
                    return
                trouble = None
            except (AssertionError, IndexError, KeyError) as error:
                trouble = error
            self.page.wait_for_timeout(60)
        raise AssertionError(f"waited in vain for {what}: {trouble}")

    def slider(self, name):
        return self.page.locator(f".ncm-{name}").get_by_role("slider")

    def field(self, name):
        return self.page.locator(f".ncm-{name}").get_by_role("spinbutton")

    def value(self, name):
        return float(self.slider(name).input_value())

    def type(self, name, value):
        self.field(name).fill(str(value))
        self.field(name).press("Enter")

    def choose(self, hook, option):
        self.page.locator(f".ncm-{hook} select").select_option(option)

    def press(self, verb):
        self.page.locator(f".ncm-do-{verb} button").click()

    def text(self, hook):
        return self.page.locator(f".ncm-{hook}").inner_text()

    def columns(self, view, layer):
        return [np.array(c, dtype=np.float32) for c in self.page.evaluate(COLUMNS, [view, layer])]

    def figure(self, view, code):
        return self.page.evaluate(FIGURE, [view, code])

    def click(self, view, x, y):
        """Click in a plot at fractions of its frame; return the place in the units of its axes."""
        box = self.page.locator(f".ncm-view-{view}").bounding_box()
        left, top, width, height = self.figure(
            view, "[view.frame.bbox.left, view.frame.bbox.top, view.frame.bbox.width, view.frame.bbox.height]")
        place = round(left + x * width), round(top + y * height)
        self.page.mouse.click(box["x"] + place[0], box["y"] + place[1])
        return self.figure(view, f"[view.frame.x_scale.invert({place[0]}), view.frame.y_scale.invert({place[1]})]")

    def shows(self, model, settings=None, frozen=None, **values):
        """Tell whether all plots and the sentence are those of these values."""
        snapshot = model(**values).snapshot()
        settings = settings or Settings(explore=model.explore)
        question = Question(snapshot, settings, frozen, ghost=frozen is not None)
        frame = answer(cards_for(model), question, SILENT)
        assert self.text("regime") == frame.regime.sentence
        for view, layers in frame.columns.items():
            for layer, columns in layers.items():
                if layer != "trail":  # a trail remembers what was shown before
                    for drawn, expected in zip(self.columns(view, layer), columns[:2], strict=True):
                        np.testing.assert_allclose(drawn, expected, rtol=2e-6, atol=1e-9, err_msg=f"{view}: {layer}")
        return True

    def wait_for(self, model, settings=None, frozen=None, **values):
        self.until(lambda: self.shows(model, settings, frozen, **values), f"the plots of {values}")

    def fresh(self, preset=PLAIN):
        """Bring the shared page of the rate network back to a preset."""
        self.press("clear")
        self.choose("explore", "tau_i")
        self.choose("preset", preset)
        self.press("reset")
        self.wait_for(EI, **EI.preset_values(preset))
        return self


@contextmanager
def tab_in(browser, server, width=1440, height=900):
    """Open a tab in a profile of its own; errors in it are errors of the test."""
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(30_000)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("requestfailed", lambda request: errors.append(request.url))
    yield Tab(page, server)
    context.close()
    assert errors == []


@pytest.fixture(scope="module")
def server(patient_server):
    return patient_server


@pytest.fixture(scope="module")
def shared(browser, server):
    with tab_in(browser, server) as tab:
        yield tab.open("model=ei_rate_network")


@pytest.fixture
def tab(shared):
    return shared.fresh()


# Every model ------------------------------------------------------------------------

@pytest.mark.parametrize("model", models().values(), ids=models())
def test_page_opens_alive_and_every_plot_follows_the_keyboard(browser, server, model):
    first = model.preset_values(model.first_preset())
    with tab_in(browser, server) as tab:
        tab.open(f"model={model.slug()}")
        assert tab.page.locator(".ncm-preset select").input_value() == model.first_preset()
        tab.wait_for(model, **first)
        for name in (model.explore, "t_end"):
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


def test_catalogue_is_searched_and_opens_a_model(browser, server):
    with tab_in(browser, server) as tab:
        tab.open()
        cards = tab.page.locator("a.model")
        assert cards.count() == len(models())
        tab.page.locator(".ncm-search input").fill("spike")
        tab.until(lambda: cards.count() < len(models()), "fewer cards")
        tab.page.locator(".ncm-model-eif").click()
        tab.until(lambda: tab.text("regime").startswith("Rests at V = −72.0 mV"), "the page of the cell")
        assert parse_qs(urlsplit(tab.page.url).query)["model"] == ["eif"]


# Buttons ----------------------------------------------------------------------------

def test_preset_sets_all_sliders_plots_and_axes(tab):
    tab.choose("preset", "Sigmoid: memory")
    tab.wait_for(EI, **EI.preset_values("Sigmoid: memory"))
    assert (tab.value("X_e"), tab.value("w_ie")) == (8.0, 1000.0)
    # Rare controls are in a group that is closed at first.
    tab.page.locator(".ncm-group").filter(has_text="f-I curve").get_by_role("button").click()
    assert tab.page.locator(".ncm-curve select").input_value() == "sigmoid"
    assert tab.figure("trace", "figure.x_range.end") == pytest.approx(600.0)
    assert "preset=Sigmoid" in tab.page.url


def test_reset_brings_back_the_preset(tab):
    tab.choose("preset", "Fig 3.4 C,D")
    tab.wait_for(EI, **EI.preset_values("Fig 3.4 C,D"))
    tab.type("tau_i", 20)
    tab.wait_for(EI, **{**EI.preset_values("Fig 3.4 C,D"), "tau_i": 20.0})
    tab.press("reset")
    tab.wait_for(EI, **EI.preset_values("Fig 3.4 C,D"))
    assert tab.value("tau_i") == 30.0


def test_frozen_run_stays_as_a_ghost_until_it_is_cleared(tab):
    frozen = EI().snapshot()
    tab.press("freeze")
    tab.type("tau_i", 40)
    tab.wait_for(EI, frozen=frozen, tau_i=40.0)
    tab.press("clear")
    tab.until(lambda: np.all(np.isnan(tab.columns("trace", "ghost r_e")[1])), "the ghost to go")
    tab.wait_for(EI, tau_i=40.0)


def test_axes_stay_until_fit_is_pressed(tab):
    before = tab.figure("phase_plane", "[figure.x_range.end, figure.y_range.end]")
    tab.type("X_e", 60)
    tab.wait_for(EI, X_e=60.0)
    assert tab.figure("phase_plane", "[figure.x_range.end, figure.y_range.end]") == before
    tab.press("fit")
    x, y = tab.columns("phase_plane", "run")
    tab.until(lambda: tab.figure("phase_plane", "figure.x_range.end") > float(x.max()), "the axes to hold the run")
    assert tab.figure("phase_plane", "figure.y_range.end") > float(y.max())


def test_click_in_the_phase_plane_starts_a_run_there(tab):
    x, y = tab.click("phase_plane", 0.7, 0.3)
    tab.until(lambda: len(tab.columns("phase_plane", "starts")[0]) == 2, "a second start")
    starts = tab.columns("phase_plane", "starts")
    width, height = (tab.figure("phase_plane", f"figure.{axis}_range.end") for axis in "xy")
    assert starts[0][1] == pytest.approx(x, abs=0.01 * width)
    assert starts[1][1] == pytest.approx(y, abs=0.01 * height)
    run = simulate_from(EI().snapshot(), (float(starts[0][1]) / 1000, float(starts[1][1]) / 1000))
    drawn = tab.columns("phase_plane", "clicked")
    assert drawn[0][~np.isnan(drawn[0])] == pytest.approx(1000 * run.y[0], rel=1e-4, abs=1e-4)


def test_click_in_the_diagram_moves_the_slider(tab):
    x, _ = tab.click("diagram", 0.6, 0.5)
    tab.until(lambda: tab.value("tau_i") != 15.0, "the slider to move")
    tab.until(lambda: tab.value("tau_i") == pytest.approx(x, abs=0.5), f"tau_i = {x}")
    exact = float(tab.field("tau_i").input_value())
    tab.wait_for(EI, tau_i=exact)
    assert exact == pytest.approx(x, abs=0.2)


def test_another_parameter_is_explored(tab):
    tab.choose("explore", "X_e")
    tab.wait_for(EI, Settings("X_e"))
    assert tab.figure("diagram", "figure.below[0].axis_label") == "X_e (mV)"


def test_typed_value_beyond_the_bounds_gives_a_sentence_and_keeps_the_value(tab):
    for typed in ("1e9", "-3", "0.5"):
        tab.type("tau_i", typed)
        tab.until(lambda: "tau_i takes a number from 1 to 100 ms; it stays at 15 ms." in tab.text("notice"), typed)
        assert float(tab.field("tau_i").input_value()) == tab.value("tau_i") == 15.0
    tab.type("tau_i", 99.5)
    tab.wait_for(EI, tau_i=99.5)
    tab.until(lambda: tab.text("notice") == "", "the notice to go")


def test_newest_of_many_key_presses_wins(tab):
    tab.slider("tau_i").focus()
    for _ in range(60):
        tab.page.keyboard.press("ArrowRight")
    value = tab.value("tau_i")
    assert value > 40
    tab.wait_for(EI, tau_i=value)


# Addresses --------------------------------------------------------------------------

def test_shared_link_restores_everything_in_another_browser(browser, server, tab):
    values = {**EI.preset_values("Fig 3.4 C,D"), "tau_i": 27.0}
    tab.choose("preset", "Fig 3.4 C,D")
    tab.wait_for(EI, **EI.preset_values("Fig 3.4 C,D"))
    tab.type("tau_i", 27)
    tab.wait_for(EI, **values)
    tab.press("freeze")
    tab.type("X_e", 26)
    tab.choose("explore", "X_e")
    tab.click("phase_plane", 0.8, 0.4)
    tab.until(lambda: len(tab.columns("phase_plane", "starts")[0]) == 2, "a clicked run")
    tab.press("enlarge")
    tab.until(lambda: "view.text=large" in tab.page.url and "starts=" in tab.page.url, "the address")
    link = tab.page.url
    tab.press("enlarge")
    tab.until(lambda: "view.text" not in tab.page.url, "plain text again")
    frozen, starts = EI(**values).snapshot(), tab.columns("phase_plane", "starts")
    assert len(link) < 400
    with tab_in(browser, server) as other:
        other.open(urlsplit(link).query)
        other.until(lambda: other.value("X_e") == 26.0, "the sliders")
        exact = (float(starts[0][1]) / 1000, float(starts[1][1]) / 1000)
        other.until(lambda: len(other.columns("phase_plane", "starts")[0]) == 2, "the clicked run")
        assert other.columns("phase_plane", "starts")[0][1] == pytest.approx(1000 * exact[0], rel=1e-5)
        other.until(lambda: np.any(np.isfinite(other.columns("trace", "ghost r_e")[1])), "the frozen run")
        ghost = answer(cards_for(EI), Question(frozen, Settings("X_e")), SILENT).columns["trace"]["r_e"]
        np.testing.assert_allclose(other.columns("trace", "ghost r_e")[1], ghost[1], rtol=2e-6)
        assert other.value("tau_i") == 27.0
        assert other.page.locator(".ncm-preset select").input_value() == "Fig 3.4 C,D"
        assert other.page.locator(".ncm-explore select").input_value() == "X_e"
        assert other.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") > 20
        assert other.text("notice") == ""


def test_seed_input_and_overlays_come_from_the_link_and_steps_that_blow_up_are_told(browser, server):
    leaky = find("leaky_integrator")
    values = {**leaky.preset_values("Noise"), "seed": 7}
    with tab_in(browser, server) as tab:
        tab.open("model=leaky_integrator&preset=Noise&seed=7&view.overlays=exact")
        tab.wait_for(leaky, Settings("I_0", overlays=("exact",)), **values)
        tab.page.locator(".ncm-overlays").get_by_label("exact").uncheck()
        tab.wait_for(leaky, **values)
        tab.page.locator(".ncm-overlays").get_by_label("convolution").check()
        tab.wait_for(leaky, Settings("I_0", overlays=("convolution",)), **values)
        tab.until(lambda: "view.overlays=convolution" in tab.page.url, "the address")
        tab.type("dt", 40)
        tab.until(lambda: "unless dt stays below 30.0 ms" in tab.text("notice"), "the warning")
        tab.type("dt", 50)
        tab.type("tau_m", 1)
        tab.until(lambda: "V left every bound" in tab.text("notice"), "the blow-up")
        assert np.all(np.isfinite(tab.columns("trace", "V")[1]))


def test_back_and_forward_walk_through_the_changes(tab):
    tab.type("tau_i", 22)
    tab.until(lambda: "tau_i=22" in tab.page.url, "the first address")
    tab.type("X_e", 27)
    tab.until(lambda: "X_e=27" in tab.page.url, "the second address")
    tab.page.go_back()
    tab.wait_for(EI, tau_i=22.0)
    assert (tab.value("X_e"), tab.value("tau_i")) == (25.0, 22.0)
    tab.page.go_forward()
    tab.wait_for(EI, tau_i=22.0, X_e=27.0)
    assert tab.value("X_e") == 27.0


def test_damaged_link_restores_the_good_and_names_the_bad(browser, server):
    with tab_in(browser, server) as tab:
        tab.open("model=ei_rate_network&tau_i=22&X_e=nan&w_xx=3&frozen=zzzz&t_end=1e12")
        tab.wait_for(EI, tau_i=22.0)
        assert all(name in tab.text("notice") for name in ("X_e", "w_xx", "frozen", "t_end", "100000"))
        assert "Traceback" not in tab.page.content()
        tab.open("model=no_such_model&tau_i=3")
        tab.until(lambda: "no_such_model" in tab.text("notice"), "the notice of the catalogue")
        assert tab.page.locator("a.model").count() == len(models())


# Looks ------------------------------------------------------------------------------

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


def test_large_text_enlarges_page_and_plots(tab):
    page_size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"

    def sizes():
        return tab.page.evaluate(page_size), tab.figure("trace", "figure.below[0].axis_label_text_font_size")

    tab.press("enlarge")
    tab.until(lambda: sizes() == (pytest.approx(1.35 * 16), "16pt"), "large text")
    tab.press("enlarge")
    tab.until(lambda: sizes() == (16, "10pt"), "plain text")


def test_everything_that_moves_is_above_the_fold(tab):
    for view in ("trace", "phase_plane", "eigenvalues", "trace_determinant", "diagram"):
        box = tab.page.locator(f".ncm-view-{view}").bounding_box()
        assert box["y"] + box["height"] <= 900, view
        assert box["x"] + box["width"] <= 1440, view


def test_phone_has_the_sentence_at_the_top_and_the_controls_in_a_drawer(browser, server):
    with tab_in(browser, server, 390, 844) as tab:
        tab.open("model=ei_rate_network")
        sentence = tab.page.locator(".ncm-regime")
        sentence.wait_for(state="visible")
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= 390
        in_sight = "e => { const b = e.getBoundingClientRect(); return b.top >= 0 && b.bottom < 400 && b.right <= 390 }"
        tab.until(lambda: sentence.evaluate(in_sight), "the sentence near the top")
        slider = tab.slider("tau_i")
        reachable = "e => { const b = e.getBoundingClientRect(); return b.left >= 0 && b.right <= 390 }"
        tab.until(lambda: slider.count() == 0 or not slider.is_visible() or not slider.evaluate(reachable),
                  "a closed drawer")
        tab.page.get_by_role("button", name="drawer").first.click()
        tab.until(lambda: slider.is_visible() and slider.evaluate(reachable), "an open drawer")
        slider.focus()
        tab.page.keyboard.press("ArrowRight")
        tab.wait_for(EI, tau_i=tab.value("tau_i"))
        for view in ("trace", "phase_plane", "diagram"):
            box = tab.page.locator(f".ncm-view-{view}").bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390


# Keyboard and screen reader ----------------------------------------------------------

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
    assert tab.text("check").startswith("Euler with dt = 0.1 ms: half the step changes")


def test_buttons_work_from_the_keyboard(tab):
    tab.type("tau_i", 33)
    tab.wait_for(EI, tau_i=33.0)
    tab.page.locator(".ncm-do-reset button").focus()
    tab.page.keyboard.press("Enter")
    tab.wait_for(EI)


# Slow work --------------------------------------------------------------------------

def test_slow_run_shows_progress_can_be_cancelled_and_gives_way_to_a_newer_one(tab):
    cycling = EI.preset_values("Fig 3.4 C,D")
    tab.choose("preset", "Fig 3.4 C,D")
    tab.choose("method", "adaptive")
    tab.wait_for(EI, **{**cycling, "method": "adaptive"})
    before = tab.columns("trace", "r_e")
    bar = tab.page.locator(".ncm-progress").first
    tab.type("t_end", 100000)
    tab.until(bar.is_visible, "the progress bar")
    tab.press("cancel")
    tab.until(lambda: tab.text("notice").startswith("Cancelled"), "the notice")
    tab.until(lambda: not bar.is_visible(), "the bar to go")
    np.testing.assert_array_equal(tab.columns("trace", "r_e")[1], before[1])
    tab.type("t_end", 99999)
    tab.until(bar.is_visible, "the progress bar again")
    tab.type("t_end", 120)
    tab.wait_for(EI, **{**cycling, "method": "adaptive", "t_end": 120.0})
    tab.until(lambda: not bar.is_visible(), "the bar to go")
    assert tab.text("notice") == ""


# Export -----------------------------------------------------------------------------

def test_pictures_data_and_script_are_saved(tab, tmp_path):
    tab.type("tau_i", 21)
    tab.wait_for(EI, tau_i=21.0)
    tab.press("export")
    saved = {}
    for hook in ("png-phase_plane", "svg-trace"):
        with tab.page.expect_download() as started:
            tab.page.locator(f".ncm-do-{hook}").click()
        saved[hook] = tmp_path / started.value.suggested_filename
        started.value.save_as(saved[hook])
    for hook in ("csv", "script"):
        with tab.page.expect_download() as started:
            tab.page.locator(f".ncm-do-{hook}").get_by_role("button").click()
        saved[hook] = tmp_path / started.value.suggested_filename
        started.value.save_as(saved[hook])
    tab.page.keyboard.press("Escape")
    assert [path.suffix for path in saved.values()] == [".png", ".svg", ".csv", ".py"]
    assert saved["png-phase_plane"].read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert saved["png-phase_plane"].stat().st_size > 5000
    assert ET.parse(saved["svg-trace"]).getroot().tag.endswith("svg")
    text = saved["csv"].read_text(encoding="utf-8")
    assert "tau_i=21" in text.splitlines()[0]
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    assert next(float(row["x"]) for row in rows if row["curve"] == "present") == 21.0
    script = saved["script"].read_text(encoding="utf-8")
    compile(script, "exported.py", "exec")
    assert "tau_i=21" in script
