"""Recordings in .npz files: which array holds the samples, which axis is time, and what tells the rate."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from ncm_app.readers.signals import read_signals
from tests.readers.written_eeg import ALPHA, FS, T, npz

TWO = np.vstack([ALPHA, 2 * ALPHA])


def read(data):
    return read_signals("mine.npz", data)


@pytest.mark.parametrize("arrays", [
    {"data": TWO, "sfreq": 256.0}, {"eeg": TWO.T, "fs": np.array([256])}, {"x": TWO, "dt_ms": 1000 / FS},
    {"lfp": TWO.astype(np.float32), "t_s": T}, {"Fz": TWO[0], "Cz": TWO[1], "Fs": 256},
    {"data": TWO, "sampling_rate": np.int16(256), "ch_names": np.array(["Fz", "Cz"]), "info": np.array([{}])},
    {"signal": TWO[:, None], "srate": 256}])
def test_channels_and_rate(arrays):
    found = read(npz(**arrays))
    assert found.fs == pytest.approx(FS)
    np.testing.assert_allclose(found.values, TWO, rtol=1e-6)
    named = "Fz" in arrays or "ch_names" in arrays
    assert found.names == (("Fz", "Cz") if named else ("1", "2"))


@pytest.mark.parametrize(("arrays", "words"), [
    ({"data": TWO}, "tells no sampling rate"), ({"data": TWO, "dt": 1 / FS},
                                                "dt = 0.003906 without a unit: 256 Hz if that is s"),
    ({"data": TWO, "time": T}, "times in steps of 0.003906 without a unit")])
def test_a_rate_that_is_not_told_is_asked_for(arrays, words):
    found = read(npz(**arrays))
    assert found.fs == 0.0 and words in found.reading


def bomb():
    """Return a small archive of an array of 2 GB."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (1 << 28,)})
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("data.npy", "w") as member:
        member.write(head.getvalue())
        for _ in range(80):
            member.write(bytes(1 << 20))
    return whole.getvalue()


WRONG = {
    "object": (npz(data=np.array([{}] * 600)), "a Python object (pickle), which is never opened, found"),
    "cut": (npz(data=TWO, fs=256)[:-300], "cut off or damaged found"), "bomb": (bomb(), "at most 64 MB expected"),
    "complex": (npz(data=ALPHA + 1j), "data of type <c16 found"), "none": (npz(fs=256.0),
                                                                           "an array of at least 480 samples"),
    "axis": (npz(data=np.outer(np.arange(300.0), np.arange(256.0)), fs=256), "either axis may be time"),
    "epochs": (npz(data=np.ones((3, 20, 256)), fs=256),
               "channels x samples expected in 'data', shape (3, 20, 256) found"),
    "lengths": (npz(Fz=ALPHA, Cz=ALPHA[:1000], fs=256),
                "of one length and one sampling rate expected, 1,000 and 2,560"),
    "two": (npz(data=ALPHA, eeg=ALPHA, fs=256), "one array of samples expected, 'data' and 'eeg' found"),
    "rates": (npz(data=ALPHA, fs=[256, 128]), "one positive number expected in 'fs', [256.0, 128.0] found"),
    "conflict": (npz(data=ALPHA, fs=500, t_s=T), "one sampling rate expected, 500 Hz and times of 256 Hz found"),
    "differ": (npz(data=ALPHA, fs=500, sfreq=256), "one sampling rate expected, 500 and 256 Hz found"),
    "zero": (npz(data=ALPHA, fs=0), "one positive number expected"), "times": (npz(data=ALPHA, t_s=T[:-1]),
                                                                               "a time for each of"),
    "whole": (npz(data=np.arange(2**62, 2**62 + 3000), fs=256),
              "samples from -1e+12 to 1e+12 expected, 4.61169e+18 found"),
    "overflow": (npz(data=np.linspace(0, 1e300, 3000), fs=256), "samples from -1e+12 to 1e+12 expected, inf found"),
    "infinite": (npz(data=np.where(T == 1, np.inf, ALPHA), fs=256),
                 "finite numbers, or NaN, expected, 1 infinite found"),
    "gaps": (npz(data=np.full(3000, np.nan), fs=256), "no number in any channel found"),
    "single": (b"\x93NUMPY" + bytes(99), "a single array (.npy) found"), "pickle": (b"\x80\x04" + bytes(99),
                                                                                    "a Python pickle")}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_is_one_sentence(kind):
    data, words = WRONG[kind]
    with pytest.raises(ValueError, match=r"^mine\.npz was not opened: ") as caught:
        read(data)
    assert words in str(caught.value) and len(str(caught.value)) < 320
