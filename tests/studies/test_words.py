"""Sentences begin with a capital, symbols stay as they are."""

from __future__ import annotations

import pytest

from ncm_app.studies.words import finished, number


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
