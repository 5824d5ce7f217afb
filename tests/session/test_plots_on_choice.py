"""Plots that a user, or a preset, chooses: computed only then, kept in the link, gone with their preset."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ncm_app.core.catalogue import find
from ncm_app.core.model import Count, Experiment, Mark, Measure, Plot, Preset, Variable
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import SILENT
from ncm_app.session.actions import Choose, ChoosePreset, reduce
from ncm_app.session.choices_codec import overlays_of, read_choices, write_choices
from ncm_app.session.frames import Question, compute_frame
from ncm_app.session.links import read_link, write_link
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.state import PageState
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.plots import describe, perform, performed, run_or_perform

DRAWN = []
UNIT = Variable("x", (0.0, 1.0))


def curve(name):
    def draw(answer, p):
        DRAWN.append(name)
        return {"line": ([0.0, 1.0], [answer, answer + p.lift])}

    return draw


class Offered(Experiment):
    """A number and three plots of it, two of them on choice."""

    chapter, title = "A.1", "Offered"
    n = Count(3, bounds=(0, 9), doc="a number")
    lift = Count(1, bounds=(0, 9), doc="what is drawn above it")
    only_drawn = ("lift",)
    plots = tuple(Plot(name, name, UNIT, UNIT, (Mark("line"),), curve(name), on_choice=name != "always")
                  for name in ("always", "first_one", "second"))
    presets = (Preset("Plain", "Nothing is chosen.", expect={"measured": {}}),
               Preset("Open", "The second is.", shows=("second",), expect={"measured": {}}))

    @staticmethod
    def perform(p, progress):
        return float(p.n)


def frame_of(choices, **values):
    DRAWN.clear()
    snapshot = Offered(**values).snapshot()
    return compute_frame(rules_for(Offered), Question(snapshot, choices), SILENT)


def test_plot_is_computed_only_where_it_is_chosen():
    views = {view.name: view for _, view in rules_for(Offered)}
    frame = frame_of(ViewChoices(overlays=("second",)), n=4)
    assert DRAWN == ["always", "second"]
    assert [name for name, view in views.items() if view.applies(frame.results[name])] == ["always", "second"]
    np.testing.assert_array_equal(frame.columns["second"]["line"][1], [4.0, 5.0])


def test_plots_on_choice_are_offered_with_what_is_drawn_over_others():
    assert overlays_of(Offered) == ["first_one", "second"]


@pytest.mark.parametrize(("preset", "chosen", "text"), [
    ("Plain", (), None), ("Plain", ("first_one",), "first_one"), ("Open", ("second",), None), ("Open", (), "none")])
def test_link_holds_what_differs_from_the_preset(preset, chosen, text):
    state = PageState.of_preset(Offered, preset)
    written = write_choices(replace(state.choices, overlays=chosen), Offered, preset)
    assert written.get("overlays") == text
    found, wrong = read_choices(written, state.snapshot)
    assert (found.get("overlays", state.choices.overlays), wrong) == (chosen, [])


def test_link_may_open_many_plots():
    model = find("recurrent_network")
    every = tuple(overlays_of(model))
    state = PageState.of_preset(model, model.first_preset())
    state = replace(state, choices=replace(state.choices, overlays=every))
    reading = read_link(write_link(state), model)
    assert (reading.state.choices.overlays, reading.complaints) == (every, ())


def test_chosen_plots_stay_and_those_of_a_preset_go_with_it():
    state = reduce(PageState.of_preset(Offered, "Plain"), Choose({"overlays": ("first_one",)}))
    opened = reduce(state, ChoosePreset("Open"))
    assert opened.choices.overlays == ("first_one", "second")
    assert reduce(opened, ChoosePreset("Plain")).choices.overlays == ("first_one",)


def test_choosing_the_same_preset_again_keeps_what_was_chosen():
    state = reduce(PageState.of_preset(Offered, "Open"), Choose({"overlays": ()}))
    assert reduce(state, ChoosePreset("Open")).choices.overlays == ()


def test_controls_that_are_only_drawn_ask_for_no_new_answer():
    low, high = Offered(n=5, lift=1).snapshot(), Offered(n=5, lift=7).snapshot()
    assert performed(low) == performed(high) != performed(Offered(n=6).snapshot())
    assert run_or_perform(high) == 5.0
    assert perform.key(performed(low)) == perform.key(performed(high))
    assert frame_of(ViewChoices(), n=5, lift=7).columns["always"]["line"][1][1] == 12.0


def test_snapshot_of_a_model_without_such_controls_is_its_own_question():
    plain = Snapshot.of(Offered, {"n": 3, "lift": 1})
    assert performed(plain) == plain


@pytest.mark.parametrize(("measure", "words"), [
    (Measure("rate", 6.612, "Hz", 5.608, error=0.1234, theory_name="mean field"),
     "rate 6.61 ± 0.123 Hz (mean field 5.61)"),
    (Measure("rate", 6.612, "Hz", error=float("nan")), "rate 6.61 Hz"),
    (Measure("CV", 0.8, theory=1.0, spread=0.02), "CV 0.800 (theory 1.00 ± 0.0200)")])
def test_number_is_told_with_its_own_error_and_the_name_of_its_theory(measure, words):
    assert describe(measure) == words
