"""EEG formats: read by MNE-Python where it is installed, and a sentence that says how to get it where it is not."""

from __future__ import annotations

import contextlib
import importlib
import tomllib
from pathlib import Path

import numpy as np
import pytest

from ncm_app.readers.signal_formats import INSTALL
from ncm_app.readers.signals import read_signals
from tests.readers.written_eeg import ALPHA, FS, brainvision, edf

CHANNELS = {"Fz": ALPHA, "Cz": 2 * ALPHA}
ZIP = brainvision(CHANNELS)


@pytest.fixture
def mne():
    return pytest.importorskip("mne")


@pytest.mark.parametrize(("name", "data"), [("a.edf", edf(CHANNELS)), ("a.bdf", edf(CHANNELS, bdf=True)), ("a.zip",
                                                                                                           ZIP)])
def test_extra_is_named_where_the_library_is_missing(monkeypatch, name, data):
    real = importlib.import_module

    def missing(module, *rest):
        if module == "mne":
            raise ImportError(module)
        return real(module, *rest)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(ValueError, match=r"MNE-Python for .* files expected, none found") as caught:
        read_signals(name, data)
    assert INSTALL in str(caught.value)
    extras = tomllib.loads(Path(__file__).parents[2].joinpath("pyproject.toml").read_text(encoding="utf-8"))
    assert [need.split(">")[0] for need in extras["project"]["optional-dependencies"]["eeg"]] == ["mne"]


@pytest.mark.parametrize(("name", "data"), [
    ("a.edf", edf(CHANNELS)), ("a.bdf", edf(CHANNELS, bdf=True)), ("a.zip", ZIP),
    ("a.zip", brainvision(CHANNELS, marks=0, leave=("rec.vmrk",)))])
def test_channels_in_microvolts(mne, name, data):
    found = read_signals(name, data)
    assert (found.names, found.fs, found.unit) == (("Fz", "Cz"), FS, "µV")
    np.testing.assert_allclose(found.values, list(CHANNELS.values()), atol=0.051)


def test_channels_at_another_rate_are_left_out_and_named(mne):
    found = read_signals("a.edf", edf({**CHANNELS, "Resp": ALPHA[::8]}))
    assert found.names == ("Fz", "Cz") and found.fs == FS
    assert "channels at other rates are left out ('Resp')" in found.reading


def test_units_other_than_volts_are_left_as_they_are(mne):
    found = read_signals("a.edf", edf(CHANNELS, unit="degC"))
    assert found.unit == ""
    np.testing.assert_allclose(found.values[0], ALPHA, atol=0.01)


WRONG = {
    "alone": ("a.vhdr", b"Brain Vision Data Exchange Header File Version 1.0\n", "the .vhdr alone found"),
    "companion": ("a.eeg", bytes(5000), "a .zip of the three files of BrainVision expected"),
    "no head": ("a.zip", brainvision(CHANNELS, leave=("rec.vhdr",)), "0 .vhdr among 'rec.eeg, rec.vmrk' found"),
    "no data": ("a.zip", brainvision(CHANNELS, leave=("rec.eeg",)), "the companion 'rec.eeg' of 'rec.vhdr' expected"),
    "elsewhere": ("a.zip", brainvision(CHANNELS, data_file="/etc/passwd"), "the companion"),
    "parts": ("a.zip", brainvision(CHANNELS, marks=3), "one in 3 segments found"),
    "damaged zip": ("a.zip", ZIP[:-100], "cut off or damaged found"), "no zip": ("a.zip", b"hello",
                                                                                 "cut off or damaged found"),
    "cut": ("a.edf", edf(CHANNELS, cut=500), "cut off or damaged found"),
    "discontinuous": ("a.edf", edf(CHANNELS, reserved="EDF+D"), "a recording without gaps expected"),
    "other": ("a.edf", b"hello" * 200, "a .edf file expected, other data found"),
    "swapped": ("a.bdf", edf(CHANNELS), "a .bdf file expected, other data found"),
    "slow": ("a.edf", edf({"Temp": ALPHA[::64]}, records=10),
             "a sampling rate from 100 to 50,000 Hz expected, 4 Hz found"),
    "head": ("a.edf", edf(CHANNELS)[:300], "cut off or damaged found"),
    "count": ("a.edf", edf(CHANNELS)[:252] + b"many" + edf(CHANNELS)[256:], "cut off or damaged found")}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_is_one_sentence(kind, request):
    name, data, words = WRONG[kind]
    if kind not in ("alone", "companion"):
        request.getfixturevalue("mne")
    with pytest.raises(ValueError, match=rf"^{name} was not opened: ") as caught:
        read_signals(name, data)
    assert words in str(caught.value)
    assert "passwd" in str(caught.value) or kind != "elsewhere"


def test_damage_inside_a_file_never_ends_in_another_error(mne):
    whole = edf(CHANNELS)
    random = np.random.default_rng(1)
    for _ in range(30):
        data = bytearray(whole)
        for place in random.integers(0, 768, 6):
            data[place] = random.integers(32, 127)
        with contextlib.suppress(ValueError):
            read_signals("a.edf", bytes(data))
