"""The examples of docs/recordings.md are read, or refused, as it says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from ncm_app.numerics.spikes.reading import ENDINGS, read_recording
from ncm_app.readers import laboratory, signals
from ncm_app.readers.archives import MOST_BYTES, MOST_NUMBERS
from ncm_app.readers.cells import MOST_CELLS
from ncm_app.readers.sampling import LEAST_RATE, MOST_RATE
from ncm_app.readers.signals import read_signals

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "recordings.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```(read|refused)\n(.*?)```", TEXT, re.DOTALL)
TRAINS = [[[12.5, 40.25, 77.75]], [[10.5, 35.0], [12.0]], [[10.5, 20.75], [12.25]], [[12.5, 40.0], [77.5]]]


def test_examples_are_read_as_documented():
    texts = [text for kind, text in EXAMPLES if kind == "read"]
    for text, trains in zip(texts, TRAINS, strict=True):
        found = read_recording("a.csv", text.encode()).trains
        assert found.count == len(trains)
        for k, train in enumerate(trains):
            np.testing.assert_allclose(found.times[found.trials == k], train, rtol=1e-12)


@pytest.mark.parametrize("text", [text for kind, text in EXAMPLES if kind == "refused"])
def test_examples_are_refused_as_documented(text):
    with pytest.raises(ValueError, match="expected"):
        read_recording("a.csv", text.encode())


def test_example_of_a_recording_is_read_as_documented():
    lines = re.findall(r"```signal\n(.*?)```", TEXT, re.DOTALL)[0].splitlines()
    found = read_signals("a.csv", "\n".join([*lines[:2], *lines[2:] * 1100]).encode())
    assert (found.names, found.fs, found.unit) == (("Fz", "Cz"), 256.0, "µV")
    np.testing.assert_allclose(found.values[:, :2], [[12.5, 13.75], [-3.25, -2.5]])


def test_bounds_of_recordings_are_those_of_the_program():
    assert f"at most {signals.MOST_BYTES >> 20} MB, {signals.MOST_CHANNELS} channels and " in TEXT
    assert f"{signals.MOST_SAMPLES // 10**6} million samples" in TEXT
    assert f"{MOST_NUMBERS / 1e6:.1f} million in a .npz" in TEXT
    assert f"from {signals.SHORTEST:g} s to {signals.LONGEST / 3600:g} hours" in TEXT.replace("\n", " ")
    assert f"{LEAST_RATE:g} to {MOST_RATE:,.0f} samples" in TEXT
    assert all(ending in TEXT for ending in signals.ENDINGS)


def test_numbers_and_names_of_the_documentation_are_those_of_the_program():
    assert f"at most {MOST_BYTES >> 20} MB and {MOST_CELLS // 10**6} million numbers" in TEXT
    assert f"{laboratory.SWITCH}=1" in TEXT
    assert laboratory.SWITCH in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert all(ending in TEXT for ending in (*ENDINGS, *laboratory.ENDINGS))
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert {name.split(">")[0] for name in extras["recordings"]} == {"pynwb", "neo"}
    assert "docs/recordings.md" in (ROOT / "README.md").read_text(encoding="utf-8")
