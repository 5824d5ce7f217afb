"""Pages without a browser: they build, they answer, they never lose the last picture."""

from __future__ import annotations

import asyncio
import csv
import io
import logging
import subprocess
import sys
import threading

import numpy as np
import panel as pn
import pytest
from bokeh.document import Document
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure
from hypothesis import given
from hypothesis import strategies as st
from panel.io.state import set_curdoc

from ncm_app.core.catalogue import find, models
from ncm_app.core.quantity import Choice, Count
from ncm_app.core.script import script
from ncm_app.core.share import encode, pack
from ncm_app.numerics.results import Status
from ncm_app.numerics.system import SILENT, Cancelled
from ncm_app.pages import home, live, site
from ncm_app.pages.cards import Settings, cards_for
from ncm_app.pages.controls import Controls, symbol_html
from ncm_app.pages.export import drawn_table, facts_of
from ncm_app.pages.frames import Question, answer
from ncm_app.pages.live import Beacon, FrameGate, same
from ncm_app.pages.model_page import MOST_STARTS, ModelPage
from ncm_app.pages.texts import Texts
from ncm_app.studies.diagram import explorable
from ncm_app.studies.simulate import simulate
from ncm_app.views.view import lean

MODELS = pytest.mark.parametrize("model", models().values(), ids=models())
PRESETS = pytest.mark.parametrize(("model", "preset"), [
    pytest.param(model, preset, id=f"{slug}-{preset}") for slug, model in models().items() for preset in model.presets])


# A page in a document, with a browser that paints at once ----------------------------

class Session:
    """A model page in its own document; what a browser would do is done on the loop."""

    def __init__(self, model, query=""):
        self.loop = asyncio.get_running_loop()
        self.document = Document()
        self.document.add_next_tick_callback = self.loop.call_soon
        with set_curdoc(self.document):
            self.page = ModelPage(model, query)
            for part in (self.page.body(), *self.page.controls.groups()):
                self.document.add_root(part.get_root(self.document))
        self.page.beacon.param.watch(
            lambda event: self.loop.call_soon(lambda: setattr(self.page.beacon, "ack", event.new)), "seq")

    async def settled(self):
        """Wait until every question is answered and painted."""
        gate = self.page.gate
        for _ in range(4000):
            if gate._job is None and gate._pending is None and self.page.beacon.ack == self.page.beacon.seq:
                return self.page
            await asyncio.sleep(0.005)
        raise TimeoutError(gate._job)

    def figures(self):
        return {f.name.removeprefix("ncm-"): f for f in self.document.select({"type": type(figure())})}

    def source(self, view, layer):
        return self.page.board.live._sources[view, layer].data


def served(model, action, query=""):
    """Open a page, run an async action on it, and close it."""
    async def visit():
        session = Session(model, query)
        try:
            return await action(session)
        finally:
            session.page.gate.close()

    return asyncio.run(visit())


@MODELS
def test_every_model_page_builds_with_all_its_plots(model):
    async def look(session):
        names = [view.name for _, view in cards_for(model)]
        assert sorted(session.figures()) == sorted(names)
        assert set(session.page.board.live.plots) == set(names)
        for drawn in session.figures().values():
            assert drawn.xaxis[0].axis_label
            assert drawn.yaxis[0].axis_label
        assert session.page.sentence.text.endswith(".")
        assert not session.page.notice.text
        assert {w.value == session.page.model.values()[n] for n, w in session.page.controls.widgets.items()} == {True}

    served(model, look)


@MODELS
def test_every_control_moves_to_both_ends_and_the_page_follows(model):
    async def move(session):
        page = session.page
        page.controls.widgets["t_end"].value = 20.0
        await session.settled()
        for name, control in model.controls().items():
            before = getattr(page.model, name)
            for end in (control.objects if isinstance(control, Choice) else control.bounds):
                page.controls.widgets[name].value = min(end, 300.0) if name == "t_end" else end
                await session.settled()
                assert getattr(page.model, name) == page.controls.widgets[name].value
                assert "could not be computed" not in page.notice.text, (name, end)
                assert page.sentence.text.endswith("."), (name, end)
            page.controls.widgets[name].value = before
        await session.settled()
        t, y = (session.source("trace", model.states[0].name)[f"trace_{axis}"] for axis in "xy")
        run = simulate(page.model.snapshot())
        assert (len(t), float(t[-1])) == (len(lean(run.t, run.y[0])[0]), pytest.approx(run.t[-1]))
        assert y[-1] == pytest.approx(run.y[0, -1] * model.states[0].scale, rel=1e-5)
        assert page.gate.frames > 10

    served(model, move)


@PRESETS
def test_both_ends_of_every_slider_are_answered_and_trouble_is_told(model, preset):
    """No NaN in silence: a run that ends early says so in the frame's warnings."""
    cards = cards_for(model)
    values = {**model.preset_values(preset), "t_end": 30.0, "dt": 0.5}
    settings, checked = Settings(explore=model.explore), 0
    for name, control in model.controls().items():
        if name == "t_end":
            continue
        for end in (control.objects if isinstance(control, Choice) else control.bounds):
            snapshot = model(**{**values, name: end}).snapshot()
            frame = answer(cards, Question(snapshot, settings), SILENT)
            run = frame.results["trace"].trajectory
            for state in model.states:
                assert np.all(np.isfinite(frame.columns["trace"][state.name][1])), (name, end)
            assert run.status is Status.OK or run.message in frame.regime.warnings, (name, end)
            assert "nan" not in frame.regime.sentence.lower().replace("resonan", ""), (name, end)
            checked += 1
    assert checked > 10


@MODELS
def test_every_explorable_parameter_has_a_diagram_and_label(model):
    async def explore(session):
        page = session.page
        for name in explorable(model):
            page.explore.value = name
            await session.settled()
            axis = session.figures()["diagram"].xaxis[0].axis_label
            assert axis.startswith(name)
            assert session.figures()["diagram"].x_range.end == pytest.approx(model.control(name).bounds[1])
            assert "could not" not in page.notice.text

    served(model, explore)


def test_site_opens_the_catalogue_without_an_address():
    document = Document()
    with set_curdoc(document):
        shell = site.page()
        assert shell.title.startswith("ncm")
        assert shell.main


# What the user does -----------------------------------------------------------------

EI = find("ei_rate_network")


def test_preset_moves_sliders_and_axes():
    async def act(session):
        page = session.page
        page.toolbar.presets.value = "Sigmoid: memory"
        await session.settled()
        assert page.model.values() == EI.preset_values("Sigmoid: memory")
        assert {n: w.value for n, w in page.controls.widgets.items()} == page.model.values()
        assert page.sentence.text.startswith("3 fixed points")
        assert session.figures()["trace"].x_range.end == pytest.approx(600.0)

    served(EI, act)


def test_axes_follow_a_preset_even_if_a_slider_moves_right_after():
    async def act(session):
        page = session.page
        page.choose("Fig 3.4 C,D")
        page.choose("Sigmoid: memory")
        page.controls.widgets["X_e"].value = 9.0
        await session.settled()
        assert session.figures()["trace"].x_range.end == pytest.approx(600.0)
        page.fit()
        page.controls.widgets["X_e"].value = 10.0
        await session.settled()
        top = session.figures()["phase_plane"].x_range.end
        assert top == pytest.approx(page.board.views["phase_plane"].fitted(
            answer(page.board.cards, page._question(), SILENT).results["phase_plane"])[0][1])

    served(EI, act)


def test_axes_stay_while_a_slider_moves_and_follow_on_fit():
    async def act(session):
        before = session.figures()["phase_plane"].x_range.end
        session.page.controls.widgets["X_e"].value = 60.0
        await session.settled()
        assert session.figures()["phase_plane"].x_range.end == before
        session.page.fit()
        await session.settled()
        assert session.figures()["phase_plane"].x_range.end > before

    served(EI, act)


def test_freeze_draws_a_ghost_that_stays_until_it_is_cleared():
    async def act(session):
        page = session.page
        page.freeze()
        await session.settled()
        frozen = np.array(session.source("trace", "r_e")["trace_y"])
        page.controls.widgets["tau_i"].value = 30.0
        await session.settled()
        np.testing.assert_array_equal(session.source("trace", "ghost r_e")["trace_y"], frozen)
        assert not np.array_equal(session.source("trace", "r_e")["trace_y"], frozen)
        page.clear()
        await session.settled()
        assert np.all(np.isnan(session.source("trace", "ghost r_e")["trace_y"]))

    served(EI, act)


def test_click_in_the_phase_plane_starts_a_run_and_only_the_newest_are_kept():
    async def act(session):
        page = session.page
        for i in range(MOST_STARTS + 3):
            page._clicked("phase_plane", 1.0 + i, 2.0)
        await session.settled()
        assert len(page.settings.starts) == MOST_STARTS
        assert page.settings.starts[-1] == pytest.approx((0.001 * (MOST_STARTS + 3), 0.002))
        x = np.array(session.source("phase_plane", "clicked")["phase_plane_x"])
        assert np.count_nonzero(np.isnan(x)) == MOST_STARTS

    served(EI, act)


@pytest.mark.parametrize(("x", "value"), [(42.0, 42.0), (-5.0, 1.0), (500.0, 100.0)])
def test_click_in_the_diagram_moves_the_parameter_within_its_bounds(x, value):
    async def act(session):
        session.page._clicked("diagram", x, 5.0)
        await session.settled()
        assert session.page.model.tau_i == value
        assert session.source("diagram", "present")["diagram_x"] == pytest.approx([value, value])

    served(EI, act)


def test_a_computation_that_fails_keeps_the_picture_and_says_so(monkeypatch, caplog):
    async def act(session):
        page = session.page
        before = np.array(session.source("trace", "r_e")["trace_y"])

        def fail(question, job):
            raise ArithmeticError("no such luck")

        monkeypatch.setattr(page.gate, "_compute", fail)
        with caplog.at_level(logging.ERROR):
            page.controls.widgets["tau_i"].value = 20.0
            await session.settled()
        assert "no such luck" in page.notice.text
        assert "last good values" in page.notice.text
        np.testing.assert_array_equal(session.source("trace", "r_e")["trace_y"], before)
        assert "20.0" in caplog.text  # the snapshot that caused it
        monkeypatch.undo()
        page.controls.widgets["tau_i"].value = 21.0
        await session.settled()
        assert not page.notice.text

    served(EI, act)


def test_ink_follows_the_theme_and_text_the_projector():
    async def act(session):
        page = session.page
        glyph = page.board.live.glyphs["phase_plane", "run"]
        page.board.paint(True)
        dark = glyph.line_color
        page.board.paint(False)
        assert dark != glyph.line_color
        size = session.figures()["trace"].xaxis[0].axis_label_text_font_size
        page.enlarge(True)
        assert int(session.figures()["trace"].xaxis[0].axis_label_text_font_size[:-2]) > int(size[:-2])
        await session.settled()

    served(EI, act)


# Links ------------------------------------------------------------------------------

def test_restored_link_sets_everything_it_says():
    frozen = EI(tau_i=20.0).snapshot()
    snapshot = EI(**{**EI.preset_values("Fig 3.4 C,D"), "tau_i": 27.5, "dt": 0.05}).snapshot()
    link = encode(snapshot, "Fig 3.4 C,D", {"frozen": frozen.named, "starts": ((0.004, 0.002),),
                                            "view": {"explore": "X_e", "text": "large"}})

    async def act(session):
        page = session.page
        page.restore(link)
        await session.settled()
        assert page.model.snapshot() == snapshot
        assert {n: w.value for n, w in page.controls.widgets.items()} == snapshot.named
        assert (page.preset, page.toolbar.presets.value) == ("Fig 3.4 C,D", "Fig 3.4 C,D")
        assert page.frozen == frozen
        assert page.settings == Settings("X_e", ((0.004, 0.002),), ())
        assert page.browser.large
        assert page.explore.value == "X_e"
        assert not page.notice.text
        assert session.figures()["diagram"].xaxis[0].axis_label == "X_e (mV)"
        assert np.any(np.isfinite(session.source("trace", "ghost r_e")["trace_y"]))
        assert page.query() == link

    served(EI, act)


def test_seed_and_overlays_are_restored():
    leaky = find("leaky_integrator")

    async def act(session):
        page = session.page
        page.restore("model=leaky_integrator&v=1&preset=Noise&seed=7&view.overlays=exact,convolution")
        await session.settled()
        assert (page.model.seed, page.model.input) == (7, "noise")
        assert page.overlays.value == ["exact", "convolution"]
        assert np.all(np.isfinite(session.source("trace", "exact V")["trace_y"]))

    served(leaky, act)


DAMAGED = {
    "X_e=nan": "X_e", "X_e=1e99": "X_e", "X_e=-3": "X_e", "X_e=hello": "X_e", "w_xx=1": "w_xx",
    "preset=Fig+9": "Fig 9", "view.explore=V": "'V'", "view.colour=red": "view.colour",
    "view.overlays=exact": "overlay", "frozen=zzzz": "frozen", "starts=0000": "starts",
    f"starts={pack([[1e9, 0]])}": "starts", "t_end=1e9": "t_end",
    "v=2": "version", "method=Magic": "method", "dt=1e-9": "dt",
}
"""Bad field of a link -> a word of the complaint."""


def test_damaged_link_keeps_the_good_fields_and_names_the_bad():
    async def act(session):
        page = session.page
        for i, (bad, named) in enumerate(DAMAGED.items()):
            page.restore(f"model=ei_rate_network&tau_i={20 + i}.5&{bad}")
            await session.settled()
            assert page.model.tau_i == 20.5 + i
            assert named in page.notice.text
            assert (page.model.X_e, page.model.t_end, page.model.dt) == (25.0, 200.0, 0.1)
            page.controls.widgets["tau_i"].value = 19.0
            await session.settled()
            assert not page.notice.text

    served(EI, act)


@given(text=st.text(max_size=60))
def test_no_text_breaks_the_equations_or_the_home_page(text):
    assert "<script" not in home.listing(text + "<script>")


def test_address_of_a_fresh_page_names_model_and_preset_only():
    async def act(session):
        assert session.page.query() == "model=ei_rate_network&v=1&preset=Fig+3.4+A,B"

    served(EI, act)


# Controls ---------------------------------------------------------------------------

@pytest.mark.parametrize(("symbol", "html"), [
    (r"\tau_e", "<i>τ<sub>e</sub></i>"), ("w_{ee}", "<i>w<sub>ee</sub></i>"), (r"\Delta t", "<i>Δt</i>"),
    (r"r_{\max}", "<i>r<sub>max</sub></i>"), ("V_{th}", "<i>V<sub>th</sub></i>"), ("T", "<i>T</i>"),
    (r"\sigma_x", "<i>σ<sub>x</sub></i>"), (r"V_\mathrm{re}", "<i>V<sub>re</sub></i>"),
    (r"V_{\mathrm{re}}", "<i>V<sub>re</sub></i>"), ("V(0)", "<i>V(0)</i>"),
])
def test_symbols_become_labels(symbol, html):
    assert symbol_html(symbol) == html


@MODELS
def test_labels_hooks_and_ranges_of_all_controls(model):
    controls = Controls(model, model().values(), lambda name, value: None, lambda sentence: None)
    for name, control in model.controls().items():
        widget = controls.widgets[name]
        assert widget.css_classes == [f"ncm-{name}"]
        assert "\\" not in widget.label
        assert "{" not in widget.label
        assert widget.help
        if isinstance(control, Choice):
            assert widget.options == list(control.objects)
        else:
            assert (widget.low, widget.high) == control.bounds
            assert widget.low <= widget.start < widget.end <= widget.high
            assert widget.whole is isinstance(control, Count)
            assert 10 <= (widget.end - widget.start) / widget.step <= 100_000
    titles = [group.title for group in controls.groups()]
    assert len(set(titles)) == len(titles)
    assert titles.index("run") > titles.index(model.control(next(iter(model.Parameters._fields))).group) or \
        model.control(next(iter(model.Parameters._fields))).group == "run"


def test_showing_values_calls_nobody_and_moving_calls_once():
    moved = []
    controls = Controls(EI, EI().values(), lambda *what: moved.append(what), lambda sentence: None)
    controls.show({"tau_i": 20.0})
    assert moved == []
    controls.widgets["tau_i"].value = 21.0
    assert moved == [("tau_i", 21.0)]


def test_complaint_of_a_field_is_passed_on_without_its_stamp():
    told = []
    controls = Controls(EI, EI().values(), lambda *what: None, told.append)
    controls.widgets["tau_i"].complaint = "tau_i takes a number from 1 to 100 ms; it stays at 15 ms. #1234"
    assert told == ["tau_i takes a number from 1 to 100 ms; it stays at 15 ms."]


@pytest.mark.parametrize("kind", [live.Beacon, *{type(w) for w in Controls(
    EI, EI().values(), lambda *what: None, lambda sentence: None).widgets.values()}])
def test_nothing_between_slider_and_server_waits(kind):
    """`_debounce` is a private name of Panel: 50 ms of latency if it is renamed."""
    assert kind._debounce == 0
    assert isinstance(pn.reactive.Syncable._debounce, int)


# Home -------------------------------------------------------------------------------

@pytest.mark.parametrize(("words", "slugs"), [
    ("spike", {"eif"}), ("3.3", {"ei_rate_network"}), ("fig 3.4", {"ei_rate_network"}), ("tau_e", {"ei_rate_network"}),
    ("leaky membrane", {"leaky_integrator"}), ("EXPONENTIAL", {"eif"}), ("nonsense words", set()), ("", set(models())),
])
def test_search_finds_titles_figures_and_symbols(words, slugs):
    found = {slug for slug, model in models().items() if home.matches(model, words)}
    assert slugs <= found if words != "nonsense words" else found == set()
    listed = home.listing(words)
    assert all((f"ncm-model-{slug}" in listed) is (slug in found) for slug in models())


def test_search_without_a_hit_says_what_to_try():
    assert "No model mentions “zzz”" in home.listing("zzz")
    assert "<b>" not in home.listing("<b>zzz")


@MODELS
def test_catalogue_card_links_to_a_page_that_opens_on_its_point(model):
    card = home.card(model)
    assert f'href="?model={model.slug()}&' in card
    assert "<svg" in card
    assert model.title in card or "&" in card


@MODELS
def test_texts_say_what_to_see_and_equations_follow_the_choices(model):
    choices = {n: c.objects for n, c in model.controls().items()
               if isinstance(c, Choice) and n in model.Parameters._fields}
    texts = Texts(model, {n: options[0] for n, options in choices.items()})
    first = texts.equations.object
    assert first.count("$$") >= 2
    for name, options in choices.items():
        texts.follow({**{n: o[0] for n, o in choices.items()}, name: options[-1]})
        assert texts.equations.object != first


# The gate ---------------------------------------------------------------------------

class Bench:
    """A frame gate between a fake browser and computations that wait to be let go."""

    def __init__(self, acknowledge=True):
        self.loop = asyncio.get_running_loop()
        self.applied, self.failures, self.busy, self.computed = [], [], [], []
        self.doors: dict[str, threading.Event] = {}
        self.beacon, self.document = Beacon(), Document()
        self.document.add_next_tick_callback = self.loop.call_soon
        self.gate = FrameGate(self.compute, lambda q, a: self.applied.append((q, a)),
                              lambda q, e: self.failures.append((q, e)), self.busy.append, self.beacon, self.document)
        if acknowledge:
            self.beacon.param.watch(lambda event: self.loop.call_soon(self.paint), "seq")

    def paint(self):
        self.beacon.ack = self.beacon.seq

    def compute(self, question, job):
        self.computed.append(question)
        if question == "bad":
            raise ZeroDivisionError("bad")
        door = self.doors.get(question)
        while door is not None and not door.wait(0.005):
            job.report(0.5)
        return f"answer to {question}"

    async def until(self, condition):
        for _ in range(2000):
            if condition():
                return
            await asyncio.sleep(0.005)
        raise TimeoutError


def bench(action, **options):
    async def visit():
        stand = Bench(**options)
        try:
            await action(stand)
        finally:
            stand.gate.close()
            for door in stand.doors.values():
                door.set()

    asyncio.run(visit())


def test_newest_question_wins_and_those_between_are_never_computed():
    async def act(stand):
        stand.doors["a"] = threading.Event()
        stand.gate.request("a")
        await stand.until(lambda: stand.computed)
        for question in "bcde":
            stand.gate.request(question)
        stand.doors["a"].set()
        await stand.until(lambda: len(stand.applied) == 2)
        assert stand.applied == [("a", "answer to a"), ("e", "answer to e")]
        assert stand.computed == ["a", "e"]
        assert (stand.gate.requests, stand.gate.frames) == (5, 2)

    bench(act)


def test_one_frame_is_in_flight_until_it_is_painted():
    async def act(stand):
        stand.gate.request("a")
        await stand.until(lambda: stand.applied)
        stand.gate.request("b")
        stand.gate.request("c")
        await asyncio.sleep(0.1)
        assert stand.computed == ["a"]
        stand.paint()
        await stand.until(lambda: len(stand.applied) == 2)
        assert stand.computed == ["a", "c"]

    bench(act, acknowledge=False)


def test_hidden_tab_is_given_up_after_a_while(monkeypatch):
    monkeypatch.setattr(live, "TIMEOUT", 0.15)

    async def act(stand):
        stand.gate.request("a")
        await stand.until(lambda: stand.applied)
        stand.gate.request("b")
        await stand.until(lambda: len(stand.applied) == 2)
        assert (stand.beacon.ack, stand.beacon.seq) == (0, 2)

    bench(act, acknowledge=False)


def test_slow_work_shows_progress_and_gives_way_to_a_newer_question(monkeypatch):
    monkeypatch.setattr(live, "SLOW", 0.02)

    async def act(stand):
        stand.doors["slow"] = threading.Event()
        stand.gate.request("slow")
        await stand.until(lambda: stand.busy)
        assert stand.busy[-1] == 0.5 or stand.busy[-1] == 0.0
        stand.gate.request("new")
        await stand.until(lambda: stand.applied)
        assert stand.applied == [("new", "answer to new")]
        assert stand.failures == []
        assert None in stand.busy  # the bar is gone

    bench(act)


def test_cancel_keeps_the_last_picture_and_the_gate_open():
    async def act(stand):
        stand.doors["slow"] = threading.Event()
        stand.gate.request("slow")
        await stand.until(lambda: stand.computed)
        stand.gate.request("waiting")
        stand.gate.cancel()
        await stand.until(lambda: stand.gate._job is None)
        assert (stand.applied, stand.failures) == ([], [])
        stand.gate.request("next")
        await stand.until(lambda: stand.applied)
        assert stand.computed == ["slow", "next"]

    bench(act)


def test_failure_is_told_logged_and_followed_by_the_next_question(caplog):
    async def act(stand):
        stand.gate.request("bad")
        await stand.until(lambda: stand.failures)
        (question, error), = stand.failures
        assert question == "bad"
        assert isinstance(error, ZeroDivisionError)
        assert stand.applied == []
        stand.gate.request("good")
        await stand.until(lambda: stand.applied)

    with caplog.at_level(logging.ERROR):
        bench(act)
    assert "the question was bad" in caplog.text


def test_closed_gate_applies_nothing():
    async def act(stand):
        stand.doors["a"] = threading.Event()
        stand.gate.request("a")
        await stand.until(lambda: stand.computed)
        stand.gate.close()
        stand.doors["a"].set()
        stand.gate.request("b")
        await asyncio.sleep(0.1)
        assert (stand.applied, stand.computed) == ([], ["a"])

    bench(act)


def test_job_reports_and_learns_of_a_cancel():
    job = live.Job("q")
    job.report(0.25)
    assert job.fraction == 0.25
    job.cancelled = True
    with pytest.raises(Cancelled):
        job.report(0.5)
    assert job.fraction == 0.5


# Sources ----------------------------------------------------------------------------

def drawn_layer(sources, **columns):
    """Hand one drawn layer over, as a view does; return its data source."""
    source, plot = ColumnDataSource(columns), figure()
    sources.adopt("view", plot, {"layer": plot.line("x", "y", source=source)})
    return source


def test_only_changed_columns_are_sent_and_lengths_change_together():
    sources = live.LiveSources()
    source, sent = drawn_layer(sources, x=np.zeros(3, np.float32), y=np.zeros(3, np.float32)), []
    source.on_change("data", lambda attr, old, new: sent.append({n: len(column) for n, column in new.items()}))
    same_x, new_y = np.zeros(3, np.float32), np.array([1, np.nan, 3], np.float32)
    sources.send("view", {"layer": (same_x, new_y)})
    np.testing.assert_array_equal(source.data["y"], new_y)
    assert source.data["x"] is not same_x
    sources.send("view", {"layer": (same_x, new_y.copy())})
    assert sent == [{"x": 3, "y": 3}]
    sources.send("view", {"layer": (np.arange(5, dtype=np.float32), np.ones(5, np.float32))})
    assert sent[1:] == [{"x": 5, "y": 5}]
    assert sources.drawn("view")["layer"][1] == pytest.approx(np.ones(5))


def test_plot_drawn_late_shows_the_newest_columns():
    sources = live.LiveSources()
    sources.send("view", {"layer": (np.arange(4.0), np.ones(4))})
    source = drawn_layer(sources, x=np.zeros(2), y=np.zeros(2))
    assert [len(column) for column in source.data.values()] == [4, 4]
    assert list(sources.plots) == ["view"]


def test_equal_columns_with_gaps_are_the_same():
    gap = np.array([1.0, np.nan])
    assert same(gap, gap.copy())
    assert not same(gap, np.array([1.0, 2.0]))
    assert same(["a"], ["a"])
    assert not same(["a"], ["b"])


# Export -----------------------------------------------------------------------------

@MODELS
def test_exported_table_holds_what_is_drawn(model):
    async def act(session):
        session.page.request()
        await session.settled()
        return drawn_table(session.page.board, session.page.query()), simulate(session.page.model.snapshot())

    text, run = served(model, act)
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert comments[0].startswith(f"# model={model.slug()}&")
    assert len(comments) == 1 + len(cards_for(model))
    rows = list(csv.DictReader(io.StringIO("\n".join(line for line in text.splitlines() if not line.startswith("#")))))
    assert set(rows[0]) == {"plot", "curve", "x", "y"}
    assert {row["plot"] for row in rows} == {view.name for _, view in cards_for(model)}
    state = model.states[0]
    curve = np.array([(float(r["x"]), float(r["y"])) for r in rows if (r["plot"], r["curve"]) == ("trace", state.name)])
    assert curve[0] == pytest.approx([0.0, run.y[0, 0] * state.scale], rel=1e-6)
    assert curve[-1] == pytest.approx([run.t[-1], run.y[0, -1] * state.scale], rel=1e-5)


def test_table_is_complete_before_anything_has_moved():
    async def act(session):
        return drawn_table(session.page.board, "link")

    assert "trace,r_e," in served(EI, act)


def run_script(text, folder):
    path = folder / "exported.py"
    path.write_text(text, encoding="utf-8")
    return subprocess.run([sys.executable, "-I", "-W", "error", path], capture_output=True, text=True, cwd=folder,
                          check=False, timeout=300)


def script_of(model, preset):
    snapshot = model(**model.preset_values(preset)).snapshot()
    return script(snapshot, facts_of(snapshot), preset)


@PRESETS
def test_exported_script_of_every_preset_confirms_the_page(model, preset, tmp_path):
    text = script_of(model, preset)
    done = run_script(text, tmp_path)
    assert done.returncode == 0, done.stderr
    ends = simulate(model(**model.preset_values(preset)).snapshot()).status is Status.OK
    assert ("final state" in done.stdout) == ends
    assert "ncm_app" not in "".join(line for line in text.splitlines() if "import" in line)


@pytest.mark.parametrize("change", [{"method": "Heun"}, {"method": "RK4"}, {"method": "adaptive"}], ids=str)
def test_exported_script_after_moving_controls_confirms_the_page(change, tmp_path):
    """What the button of the page gives after a preset, a moved slider and another method."""
    async def act(session):
        session.page.choose("Fig 1.2")
        for name, value in {**change, "I_2": 25.0, "dt": 0.2}.items():
            session.page.controls.widgets[name].value = value
        await session.settled()
        return session.page.export._script(), simulate(session.page.model.snapshot())

    text, run = served(find("eif"), act)
    assert "I_2=25" in text
    assert change["method"] in text or "LSODA" in text
    done = run_script(text, tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"{run.spikes[0]:.5g}"[:5] in done.stdout


def test_script_with_a_wrong_number_stops(tmp_path):
    right = script_of(find("leaky_integrator"), "Fig 1.1 A,B")
    head, tail = right.rsplit('check("final state", y[-1], [-', 1)
    done = run_script(f'{head}check("final state", y[-1], [-1{tail}', tmp_path)
    assert done.returncode != 0
    assert "final state: the page has" in done.stderr
