"""Channels of a recording from the arrays of a .npz file: one of samples, or one for each channel."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from ncm_app.readers.archives import archive_names, read_archive, read_words
from ncm_app.readers.cells import Array
from ncm_app.readers.sampling import checked_rate, rate_of_times, same_rate
from ncm_app.readers.signal_names import is_time, plain_name, volts_in
from ncm_app.readers.signals import FEWEST, MOST_CHANNELS, Signals
from ncm_app.readers.words import PER_MS, role_of, shown

RATES = re.compile(r"(fs|f_s|sf|sfreq|srate|sr|samplerate|sample_?rate|sampling_?(rate|freq\w*))(_?hz)?$",
                   re.IGNORECASE)
STEPS = re.compile(r"(dt|sampling_?(interval|period))(_(?P<unit>s|ms|us))?$", re.IGNORECASE)
"""Names of numbers that tell the rate: by itself, or as the time between samples."""
KNOWN = ("data", "signal", "signals", "eeg", "lfp", "ieeg", "ecog", "seeg", "x", "y", "v", "raw", "values", "samples",
         "recording", "trace", "traces")
"""What the array of samples may be called, in small letters."""
LABELS = re.compile(r"(ch|chan|channel)s?_?(name|label)s?|labels|channels$", re.IGNORECASE)
"""Names of an array that names the channels."""
APART = 10
"""How many times as many samples as channels tell which axis is time."""


def read(ending: str, data: bytes, check: Callable[[], None]) -> Signals:
    """Return the channels in a .npz file; raise a ValueError "... expected, ... found" for what is not certain."""
    names = archive_names(data)
    timed = [name for name in names if is_time(name) and not STEPS.match(name)]
    numbers = [name for name in names if RATES.match(name) or STEPS.match(name)]
    named = [name for name in names if name.lower() in KNOWN and name not in numbers]
    if len(named) > 1:
        raise ValueError(f"one array of samples expected, {' and '.join(map(shown, named))} found")
    chosen = named or [name for name in names if name not in (*timed, *numbers) and not LABELS.match(name)]
    check()
    arrays, _ = read_archive(data, {*chosen, *numbers, *timed})
    check()
    times = [arrays[name] for name in timed]
    if len(timed) > 1:
        raise ValueError(f"one array of times expected, {' and '.join(map(shown, timed))} found")
    values, called, how = _channels({name: arrays[name] for name in chosen}, times[0].size if times else 0, list(names))
    labels = next((read_words(data, name, MOST_CHANNELS) for name in names if LABELS.match(name)), [])
    fs, notes = _rate({name: arrays[name] for name in numbers})
    if timed:
        rate, asked = rate_of_times(times[0].ravel(), role_of(timed[0]).unit)
        if times[0].size != values.shape[1]:
            raise ValueError(f"a time for each of {values.shape[1]:,} samples expected, {times[0].size:,} found")
        if fs and rate and not same_rate(fs, rate):
            raise ValueError(f"one sampling rate expected, {fs:.4g} Hz and times of {rate:.4g} Hz found")
        notes.append(asked if not fs else "")
        fs = fs or rate
    if fs:
        notes = [note for note in notes if "without a unit" not in note]
    called = labels if len(labels) == len(called) else called
    unit = volts_in([*called, *named])
    if np.isinf(values).any():
        raise ValueError(f"finite numbers, or NaN, expected, {np.count_nonzero(np.isinf(values))} infinite found")
    with np.errstate(over="ignore"):  # what is too large for a single is so large that it is refused
        kept = np.ascontiguousarray(values, dtype=np.float32)
    return Signals("", kept, tuple(plain_name(name) or name for name in called), fs, unit, how,
                   tuple(note for note in notes if note))


def _rate(numbers: dict[str, Array]) -> tuple[float, list[str]]:
    """Return the rate, Hz, that numbers tell by their names, 0 where none does, and notes."""
    found, notes = [], []
    for name, value in numbers.items():
        if value.size != 1 or not float(value.ravel()[0]) > 0.0:
            raise ValueError(f"one positive number expected in {shown(name)}, {value.ravel()[:3].tolist()} found")
        number, step = float(value.ravel()[0]), STEPS.match(name)
        if step and not step["unit"]:
            notes.append(f"{name} = {number:.4g} without a unit: {1 / number:.4g} Hz if that is s, {1e3 / number:.4g} "
                         "Hz if ms")
            continue
        found.append(checked_rate(1000.0 * PER_MS[step["unit"].lower()] / number if step else number, name))
    if found and not all(same_rate(found[0], rate) for rate in found):
        raise ValueError(f"one sampling rate expected, {found[0]:.4g} and {found[-1]:.4g} Hz found")
    return found[0] if found else 0.0, notes


def _channels(arrays: dict[str, Array], count: int, names: list[str]) -> tuple[Array, list[str], str]:
    """Return the samples (channels, n), a name for each, and how they were read; `count` times stand beside them."""
    long = {name: values for name, values in arrays.items() if values.size >= FEWEST}
    if not long:
        raise ValueError(f"an array of at least {FEWEST} samples expected, "
                         f"{shown(', '.join(names)) if names else 'none'} "
                         "found")
    if len(long) == 1:
        (name, values), = long.items()
        return _matrix(name, values, count)
    if any(max(values.shape) != values.size for values in long.values()):
        raise ValueError(f"one array of samples, named data, expected, {shown(', '.join(long))} found")
    lengths = {values.size for values in long.values()}
    if len(lengths) > 1 or len(long) > MOST_CHANNELS:
        raise ValueError(f"channels of one length and one sampling rate expected, "
                         f"{' and '.join(f'{n:,}' for n in sorted(lengths)[:3])} "
                         "samples found")
    return np.array([values.ravel() for values in long.values()]), list(long), "an array for each channel"


def _matrix(name: str, values: Array, count: int) -> tuple[Array, list[str], str]:
    values = values.squeeze()
    if values.ndim == 1:
        return values[None], [name], ""
    if values.ndim > 2:
        raise ValueError(f"channels x samples expected in {shown(name)}, shape {values.shape} found: join epochs, or "
                         "choose one")
    rows, columns = values.shape
    by_time = rows != columns and count in (rows, columns)
    if not by_time and not max(rows, columns) >= APART * min(rows, columns):
        raise ValueError(f"far more samples than channels expected in {shown(name)}, shape {values.shape} found, of "
                         "which either axis may be time")
    down = rows == count if by_time else rows > columns
    found = values.T if down else values
    return found, [str(k + 1) for k in range(len(found))], f"{'samples x channels' if down else 'channels x samples'}"
