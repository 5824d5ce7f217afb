"""What moving a control means to a model that learns: from the next step on, or anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ncm_app.core.catalogue import find
from ncm_app.core.learner import TO_THE_END
from ncm_app.core.past import MOST_CHANGES
from ncm_app.session.actions import ChoosePreset, Learn, Move, reduce, stroke
from ncm_app.session.links import read_link, write_link
from ncm_app.session.state import PageState
from tests.support.learners import Follower


def after(*acts, steps=80):
    state = PageState.of_preset(Follower, "Slow")
    for act in (Learn(steps), *acts):
        state = reduce(state, act)
    return state.values


def test_rule_acts_from_the_next_step_on():
    values = after(Move("eps", 0.2))
    assert (values["steps"], values["past"], values["eps"]) == (80, ((80, "eps", 0.1),), 0.2)


def test_value_before_a_drag_is_the_one_that_is_kept():
    assert after(Move("eps", 0.2), Move("eps", 0.3))["past"] == ((80, "eps", 0.1),)


def test_each_control_has_its_own_past():
    assert after(Move("eps", 0.2), Learn(90), Move("noise", 0.5))["past"] == ((80, "eps", 0.1), (90, "noise", 0.0))


def test_rule_at_an_earlier_step_keeps_what_was_learned_before_it_only():
    values = after(Move("eps", 0.2), Learn(40), Move("eps", 0.5))
    assert (values["past"], values["eps"]) == (((40, "eps", 0.1),), 0.5)


def test_change_of_another_control_stays_where_one_goes_back():
    values = after(Move("eps", 0.2), Learn(40), Move("noise", 0.5))
    assert values["past"] == ((40, "noise", 0.0), (80, "eps", 0.1))


@pytest.mark.parametrize("steps", [200, TO_THE_END])
def test_rule_after_the_end_is_that_of_the_whole_run(steps):
    values = after(Move("eps", 0.2), Learn(steps), Move("eps", 0.3))
    assert (values["past"], values["eps"], values["steps"]) == ((), 0.3, steps)


def test_rule_before_the_first_step_has_no_past():
    assert after(Move("eps", 0.2), steps=0)["past"] == ()


def test_task_starts_anew_and_what_is_drawn_changes_nothing():
    taught = Move("eps", 0.2)
    assert after(taught, Move("mean", 2.0))["past"] == ()
    assert after(taught, Move("mean", 2.0))["steps"] == 80
    assert after(taught, Move("lift", 0.5))["past"] == ((80, "eps", 0.1),)


def test_preset_and_start_anew_forget_the_past():
    assert after(Move("eps", 0.2), ChoosePreset("Slow"))["past"] == ()
    values = after(Move("eps", 0.2), Learn(0, anew=True))
    assert (values["past"], values["steps"], values["eps"]) == ((), 0, 0.2)


def test_too_many_changes_are_refused_with_a_sentence():
    acts = [act for k in range(MOST_CHANGES) for act in (Learn(k + 1), Move("eps", 0.2 + 0.01 * (k % 2)))]
    with pytest.raises(ValueError, match="start anew"):
        after(*acts, Learn(100), Move("eps", 0.5))


def test_pictures_of_one_run_are_one_step_back():
    assert stroke(Learn(3)) == stroke(Learn(9)) is not None


def test_steps_beyond_the_end_are_the_end():
    assert reduce(PageState.of_preset(Follower, "Slow"), Learn(10**9)).values["steps"] == TO_THE_END
    assert replace(PageState.of_preset(Follower, "Slow")).values["steps"] == TO_THE_END


def test_link_holds_the_longest_past():
    state = PageState.of_preset(find("rnn_readout"), "Fig 4.2")
    for k in range(MOST_CHANGES):
        for act in (Learn(1000 + 100 * k), Move("feedback", ["always", "off", "from t_on on"][k % 3])):
            state = reduce(state, act)
    assert len(state.values["past"]) == MOST_CHANGES
    reading = read_link(write_link(state), find("rnn_readout"))
    assert (reading.complaints, reading.state) == ((), state)
