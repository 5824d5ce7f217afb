"""Sentences begin with a capital, symbols stay as they are."""

from __future__ import annotations

import pytest

from ncm_app.studies.words import finished


@pytest.mark.parametrize(("sentence", "expected"), [
    ("silent in this run", "Silent in this run."), ("a single spike", "A single spike."),
    ("y falls to 2", "y falls to 2."), ("r_e is 2 Hz", "r_e is 2 Hz."), ("r(t) swings", "r(t) swings."),
    ("14.8 Hz: 3 spikes", "14.8 Hz: 3 spikes."), ("", "."), ("(no) spikes", "(no) spikes.")])
def test_symbols_keep_their_case(sentence, expected):
    assert finished(sentence) == expected
