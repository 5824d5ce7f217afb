"""Recordings in texts: the rate is told with certainty or asked for, and each thing that is wrong has a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.readers.signals import MOST_BYTES, SHORTEST, read_signals
from tests.readers.written_eeg import ALPHA, FS, T, text


def read(data, name="mine.csv"):
    return read_signals(name, data if isinstance(data, bytes) else data.encode())


@pytest.mark.parametrize(("data", "words"), [
    (text(T, ALPHA, head="t (s),Fz (uV)\n"), "times from 't (s)', in s"),
    (text(1000 * T, ALPHA, head="time_ms\tFz_uV\n", sign="\t"), "times from 'time_ms', in ms"),
    (text(T, ALPHA, head="Zeit [s];Fz [µV]\n", sign=";", mark=","), "decimal comma, columns parted by semicolons"),
    ("\ufeff" + text(T, ALPHA, head="time (s),EEG (microvolt)\n"), "in µV"),
    (text(ALPHA, head="# sampling rate: 256 Hz, in µV\n"), "rate from 'sampling rate: 256 Hz"),
    (text(ALPHA, head="fs = 256\nEEG (µV)\n"), "rate from 'fs = 256'"),
    (text(ALPHA, head="Sampling frequency (Hz),256\nFz [uV]\n"), "rate from 'Sampling frequency (Hz),256'"),
    (text(ALPHA, head="% Abtastrate: 0,256 kHz\n% Einheit µV\nEEG (uV)\n"), "rate from"),
    (text(ALPHA, head="# dt = 3.90625 ms\nEEG (uV)\n"), "rate from 'dt = 3.90625 ms'"),
    (text(T, ALPHA, head="# t (s),EEG_uV\n"), "times from 't (s)', in s"),
    (text(np.arange(len(T)), ALPHA, head="# fs=256Hz\nsample,Fz (uV)\n"), "1 channel ('Fz')"),
    (text(T, ALPHA, head="time,Fz (uV)\n# fs = 256 Hz\n"), "which names no unit, is not read")])
def test_rate_and_unit_are_those_that_the_file_names(data, words):
    found = read(data)
    assert found.fs == pytest.approx(FS, rel=1e-4)
    assert found.unit == "µV"
    assert words in found.reading
    np.testing.assert_allclose(found.values[0], ALPHA, rtol=1e-5)


@pytest.mark.parametrize(("digits", "decimals"), [(6, 3), (4, 2)])
def test_times_may_be_rounded_as_long_as_they_rise(digits, decimals):
    t = np.round(T / 2 * (FS / 50) if decimals == 2 else T, decimals)
    found = read(text(t, ALPHA, head="t (s),y\n", digits=12))
    assert found.fs == pytest.approx((len(t) - 1) / t[-1], rel=1e-9)
    assert digits


@pytest.mark.parametrize(("data", "words"), [
    (text(ALPHA), "the file tells no sampling rate"), (text(T, ALPHA), "the first column rises evenly"),
    (text(T, ALPHA, head="time,Fz\n"), "256 Hz if that is s, 2.56e+05 Hz if ms")])
def test_a_rate_that_is_not_told_is_asked_for(data, words):
    found = read(data)
    assert found.fs == 0.0 and found.values.shape == (1, len(T)) and words in found.reading


def test_columns_are_channels_and_electrodes_are_no_times():
    found = read(text(T, ALPHA, 2 * ALPHA, 3 * ALPHA, head="t (s),T3,C3,M1\n"))
    assert found.names == ("T3", "C3", "M1") and found.values.shape == (3, len(T))
    wide = read("\n".join(",".join(f"{v:g}" for v in k * ALPHA) for k in (1, 2)))
    assert wide.names == ("1", "2") and "each line is a channel" in wide.reading
    np.testing.assert_allclose(wide.values[1], 2 * ALPHA, rtol=1e-5)


def test_missing_samples_stay_missing():
    found = read(text(T, np.where(T == 2.0, np.nan, ALPHA), head="t (s),Fz\n"))
    assert np.flatnonzero(np.isnan(found.values[0])).tolist() == [2 * FS]


def changed(place, cell):
    lines = text(T, ALPHA, head="t (s),Fz\n").split("\n")
    lines[place] = cell
    return "\n".join(lines)


WRONG = {
    "empty": (b"", "an empty one found"), "words": ("hello\nthere", "numbers expected, 'there' found in line 2"),
    "binary": (bytes(range(256)) * 40, "text with numbers expected, other data found"),
    "picture": (b"\x89PNG\r\n" + bytes(99), "a PNG picture found"), "line": ("1" * 10**7,
                                                                             "infinite number found in line 1"),
    "large": (b"1\n" * (MOST_BYTES // 2 + 1), "at most 64 MB expected, 64 MB found"),
    "cells": (b"1,2\n" * 2_000_001, "at most 4000000 numbers expected"),
    "short": (text(T[:1000], ALPHA[:1000], head="t (s),y\n"),
              f"at least {SHORTEST:g} s expected, 3.91 s at 256 Hz found"),
    "few": (text(ALPHA[:100]), "at least 8 s of a recording expected, 100 samples found"),
    "constant": (text(T, 0 * T, head="t (s),y\n"), "a recording that changes expected, 0 in every sample found"),
    "cell": (changed(80, "0.3,bad"), "a number in each cell expected, 'bad' found in line 81"),
    "blank": (changed(80, ""), "none found in line 81: write NaN"),
    "missing": (changed(80, "0.3"), "1 instead of 2 found in line 81"),
    "gap": (text(np.where(T > 4, T + 1, T), ALPHA, head="t (s),y\n"), "a step of 1.004 after 4 found"),
    "rates": (text(np.where(T > 5, 2 * T - 5, T), ALPHA, head="t (s),y\n"), "one sampling rate expected, steps of"),
    "back": (text(np.where(T == 4, 3, T), ALPHA, head="t (s),y\n"),
             "times that rise from line to line expected, 3 after"),
    "conflict": (text(T, ALPHA, head="# fs = 500 Hz\nt (s),y\n"), "'fs = 500 Hz' and times 't (s)' of 256 Hz found"),
    "two": (text(ALPHA, head="# fs = 500 Hz\n# fs = 256 Hz\n"), "one sampling rate expected"),
    "unit": (text(ALPHA, head="# dt = 4\n"), "a time between samples in s, ms or µs expected, 'dt = 4' found"),
    "slow": (text(ALPHA, head="# fs = 4\n"), "a sampling rate from 100 to 50,000 Hz expected, 4 Hz in 'fs = 4' found"),
    "thousands": (text(ALPHA, head="# fs = 1,000 Hz\n"), "as a number such as 256 or 512.5 expected"),
    "minutes": (text(T, ALPHA, head="time (min),y\n"),
                "times in s, ms, µs or ns expected, a column 'time (min)' found"),
    "volts": (text(T, ALPHA, ALPHA, head="t (s),a (mV),b (uV)\n"),
              "one unit of all channels expected, mV and µV found"),
    "times": (text(T, ALPHA, T, head="t (s),y,time (s)\n"), "one column of times expected, 't (s) and time (s)' found"),
    "commas": (text(ALPHA, mark=","), "may be read both ways"),
    "alone": (text(T, head="t (s)\n"), "a column of samples expected, only 't (s)' found"),
    "far": (text(T, ALPHA * 1e30, head="t (s),y\n"), "samples from -1e+12 to 1e+12 expected")}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_is_one_sentence(kind):
    data, words = WRONG[kind]
    with pytest.raises(ValueError, match=r"^mine\.csv was not opened: ") as caught:
        read(data)
    sentence = str(caught.value)
    assert words in sentence and sentence.endswith(".") and len(sentence) < 320 and "\n" not in sentence


def test_reading_stops_when_nobody_waits():
    def stop():
        raise TimeoutError

    with pytest.raises(TimeoutError):
        read_signals("mine.csv", text(T, ALPHA).encode(), stop)
