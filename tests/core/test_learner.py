"""Learning that is paused, taught otherwise and gone on with is the same function of its history everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.core.learner import TO_THE_END, legs, rule_until
from ncm_app.core.past import MOST_CHANGES
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import SILENT
from tests.support.learners import Follower

CHANGES = st.lists(st.tuples(st.integers(1, 400), st.sampled_from(["eps", "noise"]), st.floats(0.0, 1.0)),
                   max_size=6, unique_by=lambda change: change[:2])


def snapshot(**values):
    return Snapshot.of(Follower, Follower.preset_values("Slow") | Follower.clean(values))


def plain_loop(values, steps):
    """The weights where each step looks up for itself which rule holds."""
    p, weights, rules = snapshot(**values).p, [0.0], []
    targets = Follower.own_data(p).values
    for step in range(steps):
        rule = {"eps": p.eps, "noise": p.noise}
        for until, name, was in sorted(values.get("past", ()), reverse=True):
            if step < until:
                rule[name] = was
        rules.append(rule)
        weights.append(weights[-1] + rule["eps"] * (targets[step % 64] - weights[-1]))
    return weights, rules


@settings(max_examples=60, deadline=None)
@given(CHANGES, st.integers(0, 200))
def test_run_follows_the_rule_of_each_time(changes, steps):
    changes = [change for change in changes if change[1] == "eps"]
    found = Follower.perform(snapshot(past=changes, steps=steps).p, SILENT)
    np.testing.assert_allclose(found.weights, plain_loop({"past": changes}, steps)[0], rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(CHANGES)
def test_rule_of_each_step_is_the_one_that_was_left_next(changes):
    p = snapshot(past=changes).p
    _, rules = plain_loop({"past": changes}, 200)
    for until, under in legs(Follower, p):
        assert {"eps": under.eps, "noise": under.noise} == rules[until - 1] == rule_until(Follower, p, until)


@settings(max_examples=60, deadline=None)
@given(CHANGES)
def test_past_is_the_same_after_a_link(changes):
    past = Follower.control("past")
    assert past.clean(past.text(past.clean(changes))) == tuple(
        (until, name, float(f"{was:.12g}")) for until, name, was in past.clean(changes))


@pytest.mark.parametrize(("given", "sentence"), [
    ("5", "changes such as 200:eps=0.1"), ("x:eps=1", "changes such as"), ("5:mean=1", "may name eps, noise"),
    ("5:eps=9", "eps must lie between 0 and 3"), ("0:eps=1", "from 1 on"), (7, "must be a list of changes"),
    ("5:eps=1;5:eps=2", "two values of eps until step 5"), ([(5, "eps")], "changes such as"),
    ([(True, "eps", 1)], "from 1 on"), ({"a": 1}, "must be a list"),
    (";".join(f"{k}:eps=1" for k in range(1, MOST_CHANGES + 2)), "changes at most")])
def test_bad_past_is_refused_with_a_sentence(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        Follower.control("past").clean(given)


def test_all_steps_are_asked_for_at_first_and_no_more_than_there_are():
    assert snapshot().values_by_name["steps"] == TO_THE_END
    assert Follower.reached(snapshot().p) == 200
    assert Follower.reached(snapshot(steps=150, n_steps=100).p) == 100


def test_failed_run_stops_and_says_which_bound_was_crossed():
    answer = Follower.perform(snapshot(eps=2.5).p, SILENT)
    assert answer.step < 200
    assert len(answer.weights) == answer.step + 1
    assert answer.failed == "eps = 2.5 is above 2"
