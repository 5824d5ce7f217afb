"""What is asked of a line before it is done: certain things only, with the answer that theory or the book gives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ncm_app.core.catalogue import find
from ncm_app.language.tries import Try, read_try
from ncm_app.session.predictions import can_be_predicted, predict


def line_of(slug, begin):
    model = find(slug)
    return model, read_try(model, next(line for line in model.try_this if line.startswith(begin)))


@pytest.mark.parametrize(("slug", "begin", "right", "happened"), [
    # The Hopf point is at 28.6 ms, above it the cell rings for ever.
    ("ei_rate_network", "In Fig 3.4 C,D, lower tau_i", "rest", "r_e oscillated at 40.4 Hz before, and now rests."),
    ("ei_rate_network", "In Fig 3.4 C,D, set dt", "fall", "The period falls from 24.7 to 22.9 ms."),
    # The cubic's stable points are -1 and 2, and 1 parts the starts.
    ("phase_line", "In Ex A.7.3, start", "at −1.00", "x rests at −1.00, not at 2.00 as before."),
    ("phase_line", "In Fig A.6, start", "leave its range", "x rested before, and now leaves its range."),
    # The interval is tau_m times an integral that grows without bound at I_th.
    ("eif", "In Ex 1.2.1 above", "rise", "The interval rises from 96.3 to 304 ms."),
    ("lif", "In Just above", "rise", "The interval rises from 79.3 to 114 ms."),
    ("qif", "In Fig B.3, lower", "none", "No spike, where there were 14 spikes before."),
    ("qif", "In Below I_th", "one", "One spike, where there was no spike before."),
    ("phase_oscillators", "In Two coupled, raise D", "slip", "psi rested before, and now slips."),
    ("brusselator", "In Rest", "oscillate", "x rested before, and now oscillates at 158 Hz."),
    ("leaky_integrator", "In Sine", "fall", "The swing falls from 5.83 to 2.06 mV."),
    ("morris_lecar", "In SNIC", "rise", "The period rises from 145 to 944 ms."),
])
def test_answer_is_computed(slug, begin, right, happened):
    found = predict(*line_of(slug, begin))
    assert 2 <= len(found.choices) <= 4
    assert found.choices[found.right] == right
    assert found.happened == happened


@pytest.mark.parametrize(("slug", "begin"), [
    ("eif", "In Fig 1.3 A, raise"),  # speaks of nothing that is measured
    ("adex", "In Fig B.4, set b"),  # intervals grow within the run, and are shorter than before
    ("adex", "In Bursting"),  # several spikes before and after
    ("brusselator", "In Cycle, raise B"),  # it oscillates before and after
    ("recurrent_network", "In Fig 3.3, longer"),  # takes long
])
def test_nothing_uncertain_is_asked(slug, begin):
    assert predict(*line_of(slug, begin)) is None


def test_way_that_the_line_contradicts_is_not_asked():
    model, line = line_of("lif", "In Just above")
    assert predict(model, replace(line, outcome="the interval falls.")) is None
    assert predict(model, replace(line, outcome="the interval changes.")).happened.startswith("The interval rises")


def test_answer_follows_from_the_values_not_from_the_words():
    model, line = line_of("ei_rate_network", "In Fig 3.4 C,D, lower tau_i")
    assert predict(model, replace(line, values={"tau_i": 28.0})).choices[0] == "rest"
    assert predict(model, replace(line, values={"tau_i": 32.0})) is None  # it oscillates still


def test_lines_without_a_beginning_or_for_the_hand_are_not_asked():
    assert not can_be_predicted("Draw a digit with the mouse.")
    assert not can_be_predicted(Try("", "", {"tau": 20.0}, "", "it falls."))
    assert not can_be_predicted(Try("", "Fig B.4", {"b": 0.0}, "", "it falls.", "eif"))
