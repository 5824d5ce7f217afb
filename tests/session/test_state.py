"""What every gesture makes of a page's state, without a page."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from ncm_app.core.catalogue import find
from ncm_app.session.actions import (
    Choose,
    ChoosePreset,
    Clear,
    CloseFile,
    Enlarge,
    Freeze,
    Move,
    OpenFile,
    Respond,
    Restore,
    reduce,
    stroke,
    why_axes_follow,
    wipes_trails,
)
from ncm_app.session.state import PageState
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.diagram import explorable
from ncm_app.views.window import Why

EI, TRAINS, LEAKY = find("ei_rate_network"), find("spike_trains"), find("leaky_integrator")
FIRST = PageState.of_preset(EI, EI.first_preset())


def why(state, action):
    return why_axes_follow(state, reduce(state, action), action)


def test_a_moved_control_changes_its_value_alone():
    state = reduce(FIRST, Move("tau_i", 31.0))
    assert state == replace(FIRST, snapshot=FIRST.snapshot.changed(tau_i=31.0))
    assert state.is_changed and not FIRST.is_changed


@pytest.mark.parametrize("action", [Move("tau_i", -5.0), Move("tau_i", float("nan")), Move("no_such", 1.0),
                                    Respond({"tau_i": 1e9}, FIRST.choices)])
def test_what_cannot_be_is_refused_with_a_sentence(action):
    with pytest.raises(ValueError, match=r"tau_i|no_such"):
        reduce(FIRST, action)


def test_a_preset_sets_all_values_and_drops_clicked_starts_but_not_the_frozen_run():
    state = replace(reduce(FIRST, Move("X_e", 3.0)), frozen=FIRST.snapshot,
                    choices=replace(FIRST.choices, starts=((0.01, 0.02),), against="r_i"))
    state = reduce(state, ChoosePreset("Sigmoid: memory"))
    assert state.values == EI.preset_values("Sigmoid: memory")
    assert (state.choices.starts, state.choices.against, state.frozen) == ((), "r_i", FIRST.snapshot)


def test_a_comparison_chosen_by_hand_stays_through_presets_without_one():
    eif = find("eif")
    state = reduce(PageState.of_preset(eif, eif.first_preset()), Choose({"compare": "adex"}))
    usual = {name: preset.compare for name, preset in eif.presets.items()}
    assert {"lif", "qif", ""} == set(usual.values())
    for preset, other in usual.items():
        assert reduce(state, ChoosePreset(preset)).choices.compare == (other or "adex")
    with_own = next(name for name, other in usual.items() if other)
    state = reduce(reduce(state, ChoosePreset(with_own)), Choose({"compare": "adex"}))
    assert reduce(state, ChoosePreset(with_own)).choices.compare == "adex"


def test_another_parameter_is_explored_where_the_chosen_one_has_no_effect_any_more():
    linear = find("linear_system")
    state = PageState.of_preset(linear, linear.first_preset())
    explored = reduce(state, Choose({"explore": "a"}))
    by_place = {name: reduce(explored, Move("given", name)) for name in linear.control("given").objects}
    assert {name: s.choices.explore == "a" for name, s in by_place.items()} == {
        name: name == explored.values["given"] for name in by_place}
    assert all(s.choices.explore in ("a", explorable(s.snapshot)[0]) for s in by_place.values())
    assert all(why(explored, Move("given", name)) is (Why.STAY if s.choices.explore == "a" else Why.PRESET)
               for name, s in by_place.items())


def test_freeze_and_clear():
    frozen = reduce(reduce(FIRST, Freeze()), Move("X_e", 9.0))
    assert frozen.frozen == FIRST.snapshot
    busy = replace(frozen, choices=replace(frozen.choices, sweep=True, starts=((0.0, 0.0),), overlays=("x",)))
    cleared = reduce(busy, Clear())
    assert cleared == replace(busy, frozen=None, choices=replace(busy.choices, sweep=False, starts=()))


def test_a_file_stays_with_its_preset_and_goes_with_another_or_another_answer():
    opened = object()
    state = PageState.of_preset(TRAINS, TRAINS.first_preset())
    second = list(TRAINS.presets)[1]
    shown = reduce(state, OpenFile(second, opened))
    assert (shown.snapshot.opened, shown.preset, shown.values) == (opened, second, TRAINS.preset_values(second))
    assert reduce(shown, ChoosePreset(second)).snapshot.opened is opened
    assert reduce(shown, Move("sigma", 30.0)).snapshot.opened is opened
    other = TRAINS.control(TRAINS.reads.instead).objects[-1]
    for action in (ChoosePreset(TRAINS.first_preset()), CloseFile(), Move(TRAINS.reads.instead, other)):
        assert reduce(shown, action).snapshot.opened is None


def test_why_axes_follow():
    assert why(FIRST, Move("tau_i", 31.0)) is Why.STAY
    assert why(FIRST, Move("t_end", 500.0)) is why(FIRST, Respond({"t_end": 500.0}, FIRST.choices)) is Why.TIME
    assert why(FIRST, Choose({"overlays": ()})) is Why.STAY
    for action in (ChoosePreset(FIRST.preset), Choose({"explore": "X_e"}), Choose({"axes": (1, 0)}), Restore(FIRST)):
        assert why(FIRST, action) is Why.PRESET
    assert Why.STAY.after(Why.FIT) is Why.TIME.after(Why.FIT) is Why.FIT
    assert Why.FIT.after(Why.PRESET) is Why.FIT and Why.PRESET.after(Why.FIT) is Why.PRESET


def test_size_of_text_and_a_state_from_a_link_are_taken_as_they_are():
    assert reduce(FIRST, Enlarge(True)) == replace(FIRST, large=True)
    assert reduce(replace(FIRST, large=True), Enlarge(False)) == FIRST
    other = PageState.of_preset(EI, "Sigmoid: memory", large=True)
    assert reduce(FIRST, Restore(other)) is other
    assert not FIRST.large and PageState(FIRST.preset, FIRST.snapshot, FIRST.choices) == FIRST


@pytest.mark.parametrize("action", [
    Move("X_e", 1.0), ChoosePreset(""), OpenFile("", None), CloseFile(), Choose({}), Respond({}, FIRST.choices),
    Freeze(), Clear(), Enlarge(True), Restore(FIRST), FIRST])
def test_what_was_done_is_never_changed(action):
    with pytest.raises(FrozenInstanceError):
        action.state = None


def test_which_actions_begin_trails_anew():
    wipe = [ChoosePreset(""), OpenFile("", None), Restore(FIRST), Clear()]
    keep = [Move("X_e", 1.0), Freeze(), Enlarge(True), Choose({"noise": 0.1}), Respond({}, FIRST.choices)]
    assert [wipes_trails(action) for action in wipe + keep] == [True] * 4 + [False] * 5


def test_moves_of_one_slider_and_places_of_one_drag_are_one_stroke():
    assert stroke(Move("X_e", 1.0)) == stroke(Move("X_e", 2.0)) != stroke(Move("X_i", 1.0))
    assert stroke(Respond({}, ViewChoices(), 3)) == stroke(Respond({"a": 1}, ViewChoices(), 3)) is not None
    assert stroke(Respond({}, ViewChoices(), 3)) != stroke(Respond({}, ViewChoices(), 4))
    assert stroke(Choose({"noise": 0.1})) == stroke(Choose({"noise": 0.2})) is not None
    assert stroke(Choose({"noise": 0.1, "held": (0.0,)})) is not None
    alone = [Respond({}, ViewChoices()), Choose({"explore": "a"}), Choose({"overlays": ()}), Freeze(), Clear(),
             ChoosePreset(""), Enlarge(True), None]
    assert [stroke(action) for action in alone] == [None] * len(alone)
