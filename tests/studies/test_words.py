"""Sentences begin with a capital, symbols stay as they are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncm_app.core.catalogue import find
from ncm_app.studies.regime import regime
from ncm_app.studies.words import apart, finished, number, plain, setting, with_unit


@pytest.mark.parametrize(("sentence", "expected"), [
    ("silent in this run", "Silent in this run."), ("a single spike", "A single spike."),
    ("y falls to 2", "y falls to 2."), ("r_e is 2 Hz", "r_e is 2 Hz."), ("r(t) swings", "r(t) swings."),
    ("14.8 Hz: 3 spikes", "14.8 Hz: 3 spikes."), ("", "."), ("(no) spikes", "(no) spikes.")])
def test_symbols_keep_their_case(sentence, expected):
    assert finished(sentence) == expected


@pytest.mark.parametrize(("value", "expected"), [
    (0.99998, "1.00"), (0.9994, "0.999"), (-9.999, "−10.0"), (99.96, "100"), (123456.0, "123456"), (0.0368, "0.0368"),
    (1e-12, "0"), (float("nan"), "nan")])
def test_numbers_have_three_digits_after_rounding_too(value, expected):
    assert number(value) == expected


@pytest.mark.parametrize(("value", "others", "expected"), [
    (39.963153, [40.0], "39.963"), (28.597561, [30.0], "28.6"), (28.597561, [28.6], "28.5976"), (17.0, [17.01], "17.0"),
    (-55.01, [-55.0], "−55.010"), (-29.43203, [-29.34761, 4.7], "−29.432"), (15.0, [15.0], "15.0"), (5.0, [], "5.00"),
    (1e6 + 0.25, [1e6], "1000000.25"), (0.0, [1e-4], "0"), (2.0, [float("nan"), 2.0 + 1e-12], "2.00")])
def test_numbers_that_are_close_are_told_apart(value, others, expected):
    assert apart(value, others) == expected


@given(st.floats(-1e4, 1e4), st.floats(-3, 3).map(lambda x: 10.0**x), st.booleans())
def test_what_is_said_of_two_values_says_how_far_apart_they_are(value, gap, above):
    other = value + (gap if above else -gap)
    one, two = (float(apart(a, [b]).replace("−", "-")) for a, b in ((value, other), (other, value)))
    assert abs((two - one) - (other - value)) <= 0.11 * gap


@pytest.mark.parametrize(("value", "expected"), [
    (17.01, "17.01"), (17.0, "17.0"), (19.123456, "19.123456"), (-0.5, "−0.500"), (8 / 3, "2.6666667"), (0.0, "0"),
    (100.0, "100"), (1234.5, "1234.5")])
def test_values_that_were_set_keep_their_digits(value, expected):
    assert setting(value) == expected


@pytest.mark.parametrize(("text", "unit", "expected"), [
    ("0.200", "1/ms", "0.200 per ms"), ("0", "1/ms", "0"), ("5.00", "1/ms²", "5.00 per ms²"), ("3", "1", "3"),
    ("0", "mV", "0 mV"), ("2.0", "kHz/mV", "2.0 kHz/mV")])
def test_units_as_a_sentence_says_them(text, unit, expected):
    assert with_unit(text, unit) == expected


@pytest.mark.parametrize(("sentence", "expected"), [
    ("up to 2.35e-05 % of x", "up to 0.0000235 % of x"), ("1e+06 Hz, -3.2e-4 mV", "1000000 Hz, −0.000320 mV"),
    ("x_1e5 and 12 e 3 stay", "x_1e5 and 12 e 3 stay"), ("5e-11 mV", "0 mV"), ("the 3rd", "the 3rd"),
    ("f-I at -5 mV, (-0.2, -3) for 3-4 of x_e-2", "f-I at −5 mV, (−0.2, −3) for 3-4 of x_e-2")])
def test_sentences_hold_no_powers_of_ten(sentence, expected):
    assert plain(sentence) == expected


@pytest.mark.parametrize(("slug", "changes"), [
    ("euler_method", {"method": "adaptive"}), ("euler_method", {"method": "RK4", "dt": 0.005}),
    ("eif_poisson", {"r_e": 8.35000001, "r_i": 14.6, "K_i": 50}), ("poisson_process", {"r_0": 1.0, "r_1": 0.00001})])
def test_pages_hold_no_powers_of_ten(slug, changes):
    snapshot = find(slug)(**changes).snapshot()
    sentence = regime(snapshot, snapshot.model.explore).sentence
    assert not re.search(r"\de[-+]?\d", sentence)
