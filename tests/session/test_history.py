"""Undo and redo of every gesture, one step for each stroke."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.core.catalogue import find
from ncm_app.session.actions import (
    Choose,
    ChoosePreset,
    Clear,
    CloseFile,
    Freeze,
    Move,
    OpenFile,
    Respond,
    Restore,
    reduce,
)
from ncm_app.session.history import MOST_STEPS, History
from ncm_app.session.links import read_link, write_link
from ncm_app.session.state import PageState
from ncm_app.views.window import Why

EI, TRAINS = find("ei_rate_network"), find("spike_trains")
FIRST = PageState.of_preset(EI, EI.first_preset())


def done(history, *actions):
    """Do what a page does with actions; return the states after each."""
    states = []
    for action in actions:
        states.append(reduce(history.present.state, action))
        history.add(states[-1], action)
    return states


def back_to_the_start(history):
    found = [history.present.state]
    while history.can_undo:
        found.append(history.undo().state)
    return found


def test_every_gesture_is_taken_back_and_done_again():
    history = History(FIRST)
    actions = [Move("tau_i", 31.0), Freeze(), ChoosePreset("Sigmoid: memory"), Choose({"explore": "X_e"}),
               Respond({"X_e": 5.0}, replace(FIRST.choices, explore="X_e", starts=((0.01, 0.02),))), Clear(),
               Restore(replace(FIRST, large=True))]
    states = done(history, *actions)
    assert back_to_the_start(history) == [*states[::-1], FIRST]
    assert history.undo() is None
    assert [history.redo().state for _ in actions] == states
    assert history.redo() is None


def test_moves_of_one_slider_are_one_step_until_another_thing_is_done():
    history = History(FIRST)
    moves = [Move("tau_i", 31.0), Move("tau_i", 32.0), Move("X_e", 2.0), Move("tau_i", 33.0), Move("tau_i", 34.0)]
    states = done(history, *moves)
    assert back_to_the_start(history) == [states[4], states[2], states[1], FIRST]
    states = done(history, Move("tau_i", 40.0))
    assert not history.can_redo
    assert (history.can_undo, history.can_redo) == (True, False)
    history.undo()
    assert history.can_redo is True
    history.redo()
    done(history, Move("tau_i", 41.0))  # after a walk a move is a step of its own
    assert history.undo().state == states[0]


def test_clicks_are_steps_of_their_own_and_a_drag_is_one():
    history = History(FIRST)
    clicks = [Respond({}, replace(FIRST.choices, starts=((0.01, x),))) for x in (0.01, 0.02)]
    drags = [Respond({"tau_i": value}, FIRST.choices, drag) for value, drag in ((30.0, 1), (31.0, 1), (32.0, 2))]
    states = done(history, *clicks, *drags)
    assert back_to_the_start(history) == [states[4], states[3], states[1], states[0], FIRST]


def test_what_changes_nothing_is_no_step():
    history = History(FIRST)
    done(history, Move("tau_i", FIRST.values["tau_i"]), ChoosePreset(FIRST.preset), Clear())
    assert not history.can_undo


def test_a_walk_says_why_axes_follow_and_whether_trails_begin_anew():
    history = History(FIRST)
    done(history, Move("tau_i", 31.0), Move("t_end", 500.0), ChoosePreset("Sigmoid: memory"), Freeze())
    walks = [history.undo() for _ in range(4)]
    assert [(walk.why, walk.wipes) for walk in walks] == [
        (Why.STAY, False), (Why.PRESET, True), (Why.TIME, False), (Why.STAY, False)]
    assert [history.redo().why for _ in range(4)] == [Why.STAY, Why.TIME, Why.PRESET, Why.STAY]


def test_steps_are_found_by_numbers_that_never_come_again():
    history = History(FIRST)
    states = done(history, Move("tau_i", 31.0), Freeze(), ChoosePreset("Sigmoid: memory"))
    assert history.present.number == 3
    walk = history.go_to(1)
    assert (walk.state, walk.why, walk.wipes) == (states[0], Why.PRESET, True)
    done(history, Move("X_e", 3.0))
    assert history.present.number == 4
    assert history.go_to(2) is None and history.go_to(-1) is None
    assert history.present.number == 4


def test_the_oldest_steps_go_first():
    history = History(FIRST)
    for k in range(MOST_STEPS + 5):
        done(history, Respond({}, replace(FIRST.choices, noise=1e-3 * (k + 1))))
    assert len(back_to_the_start(history)) == MOST_STEPS
    assert history.present.state.choices.noise == 1e-3 * 6


class File:
    """Stands for a recording that was read."""

    source, reading = "mine.npz", ""


def test_a_file_goes_from_every_step_when_the_page_shows_it_no_more():
    first = PageState.of_preset(TRAINS, TRAINS.first_preset())
    second = list(TRAINS.presets)[1]
    for leave in (lambda h: done(h, CloseFile()), lambda h: done(h, ChoosePreset(first.preset)),
                  lambda h: [h.undo(), h.undo(), h.undo()], lambda h: done(h, Restore(first))):
        history, opened = History(first), File()
        kept = weakref.ref(opened)
        done(history, OpenFile(second, opened), Freeze(), Move("sigma", 30.0))
        del opened
        assert history.present.state.snapshot.opened is not None
        leave(history)
        done(history, Clear())
        gc.collect()
        assert kept() is None


def test_steps_keep_a_file_that_the_page_still_shows_or_has_frozen():
    first = PageState.of_preset(TRAINS, TRAINS.first_preset())
    history, opened = History(first), File()
    done(history, OpenFile(first.preset, opened), Move("sigma", 30.0), Freeze(), Move("sigma", 40.0))
    walks = [history.undo().state for _ in range(3)]
    assert [state.snapshot.opened for state in walks] == [opened] * 3
    again = [history.redo().state for _ in range(3)]
    assert [state.snapshot.opened for state in again] == [opened] * 3
    assert [state.frozen is not None and state.frozen.opened for state in again] == [False, opened, opened]
    done(history, CloseFile())
    assert history.undo().state.frozen.opened is opened


ACTIONS = st.lists(st.one_of(
    st.builds(Move, st.just("tau_i"), st.integers(10, 60).map(float)),
    st.builds(Move, st.just("X_e"), st.integers(0, 30).map(float)),
    st.builds(ChoosePreset, st.sampled_from(sorted(EI.presets))), st.just(Freeze()), st.just(Clear()),
    st.builds(lambda name: Choose({"explore": name}), st.sampled_from(["tau_i", "X_e", "w_ee"]))), max_size=12)


@settings(max_examples=60, deadline=None)
@given(ACTIONS)
def test_every_state_is_its_link_and_comes_back_from_it(actions):
    history = History(FIRST)
    done(history, *actions)
    for state in back_to_the_start(history):
        reading = read_link(write_link(state), EI)
        assert (reading.state, reading.complaints) == (state, ())
