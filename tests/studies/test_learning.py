"""What was learned is found from the nearest state, and is what one run in one go gives."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import SILENT, Cancelled, Progress
from ncm_app.studies import learning, memo
from ncm_app.studies.learning import MOST_STATES, MOST_TASKS, States, learn
from ncm_app.studies.plots import drawn_columns, measures, run_or_perform, told
from tests.support.learners import Follower, Targets, WeightState

USUAL = Follower.preset_values("Slow")


def snapshot(opened=None, **values):
    return Snapshot.of(Follower, USUAL | Follower.clean(values), opened)


@pytest.fixture
def steps_made(monkeypatch):
    """The numbers of steps that were made."""
    made, advance = [], Follower.advance
    monkeypatch.setattr(learning, "STATES", States())
    monkeypatch.setattr(Follower, "advance", staticmethod(lambda state, p, data, n: made.append(n) or advance(
        state, p, data, n)))
    memo.MEMORY.forget()
    return made


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 200), st.sampled_from([0.05, 0.1, 0.3])), min_size=1, max_size=8))
def test_any_walk_through_steps_and_rules_gives_what_one_run_gives(walk):
    past, eps = (), 0.1
    for steps, new in walk:
        asked = snapshot(steps=steps, past=past, eps=eps)
        np.testing.assert_array_equal(learn(asked).weights, Follower.perform(asked.p, SILENT).weights)
        if steps and new != eps:
            past, eps = (*(change for change in past if change[0] < steps), (steps, "eps", eps)), new


def test_what_is_known_is_not_learned_again(steps_made):
    learn(snapshot(steps=100))
    assert sum(steps_made) == 100
    learn(snapshot(steps=160))
    learn(snapshot(steps=160, past=((160, "eps", 0.1),), eps=0.7))
    assert sum(steps_made) == 160
    learn(snapshot(steps=170, past=((160, "eps", 0.1),), eps=0.7))
    assert sum(steps_made) == 170


@pytest.mark.parametrize("other", [{"mean": 2.0}, {"seed": 2}, {"eps": 0.2}])
def test_another_task_or_rule_begins_at_the_start(steps_made, other):
    learn(snapshot(steps=100))
    learn(snapshot(steps=100, **other))
    assert sum(steps_made) == 200


def test_what_is_only_drawn_asks_for_no_step(steps_made):
    drawn_columns(snapshot(steps=100), 0)
    (_, low), (_, high) = (drawn_columns(snapshot(steps=100, lift=lift), 0)["w"] for lift in (0.0, 1.0))
    np.testing.assert_array_equal(high, low + 1.0)
    assert sum(steps_made) == 100


def test_file_is_learned_from_and_forgotten_when_it_is_closed(steps_made):
    data = Targets(np.array([3.0]), "a.csv")
    opened = snapshot(data, steps=150)
    assert told(opened) == "the weight is 3"
    assert measures(opened)[0].value == pytest.approx(3.0, abs=1e-6)
    assert run_or_perform(opened) is run_or_perform(opened)
    assert sum(steps_made) == 150
    assert told(snapshot(steps=150)) != "the weight is 3"
    kept = [weakref.ref(part) for part in (data, *learning.memory_of_file(data))]
    del data, opened
    gc.collect()
    assert [part() for part in kept] == [None] * 3


def test_failed_run_is_not_gone_on_with(steps_made):
    first, made = learn(snapshot(eps=2.5)), len(steps_made)
    again = learn(snapshot(eps=2.5, n_steps=200, steps=first.step + 5))
    assert again.failed == first.failed
    assert again.step == first.step < 200
    assert len(steps_made) == made


class Watched(Progress):
    """Wants every partial answer, and cancels after some."""

    def __init__(self, most):
        self.seen, self.most, self.fractions = [], most, []

    @property
    def wants_partial(self):
        return True

    def report(self, fraction, partial=None):
        self.fractions.append(fraction)
        if partial is not None:
            self.seen.append(partial)
            if len(self.seen) >= self.most:
                raise Cancelled


def test_partial_answers_are_exact_and_say_how_far(steps_made):
    watched = Watched(1000)
    whole = learn(snapshot(), watched)
    assert watched.seen[0].words.endswith("of 200 updates")
    for partial in watched.seen:
        np.testing.assert_array_equal(partial.answer.weights, whole.weights[:partial.answer.step + 1])
    assert watched.fractions == sorted(watched.fractions)
    assert watched.fractions[-1] == 1.0


def test_cancelled_run_leaves_only_states_that_are_right(steps_made):
    with pytest.raises(Cancelled):
        learn(snapshot(), Watched(3))
    np.testing.assert_array_equal(learn(snapshot()).weights, Follower.perform(snapshot().p, SILENT).weights)


def test_memory_of_states_is_bounded_and_keeps_first_and_last():
    states = States()
    for step in range(1, 400):
        states.keep("task", ((1000, (0.1,)),), WeightState(step, np.zeros(step + 1)))
    kept = [one.state.step for one in states._tasks["task"]]
    assert len(kept) <= MOST_STATES
    assert kept[-1] == 399
    assert states.bytes == sum(one.size for one in states._tasks["task"])
    for task in range(2 * MOST_TASKS):
        states.keep(task, ((10, ()),), WeightState(1, np.zeros(2)))
    assert len(states._tasks) == MOST_TASKS
    assert states.bytes == sum(one.size for kept in states._tasks.values() for one in kept)


def test_large_states_make_room():
    states = States()
    for task in range(6):
        states.keep(task, ((10, ()),), WeightState(1, np.zeros(learning.MOST_BYTES // 32)))
    assert states.bytes <= learning.MOST_BYTES
    assert states.nearest(5, ((10, ()),)) is not None
    assert states.nearest(0, ((10, ()),)) is None
