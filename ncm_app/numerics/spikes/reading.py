"""From the bytes of a file to a recording, or to one sentence on what was expected and what was found.

Nothing in a file is trusted: no pickle is opened, sizes are looked at before anything is
unpacked, and every number is checked. Files are the book's .npz layouts, texts (.csv, .tsv, .txt)
and, where the host allows it, those of laboratories.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from ncm_app.numerics.results.base import Array
from ncm_app.numerics.spikes.crossings import LEAST_SPIKE, spike_levels, upward_crossings
from ncm_app.numerics.spikes.recordings import (
    LONGEST,
    Recording,
    checked_counts,
    checked_times,
    double_times,
    noted,
    rounded_up,
    trains_of,
)
from ncm_app.readers import laboratory
from ncm_app.readers.archives import read_archive
from ncm_app.readers.companions import CELLS, called, check_once, check_others, parted
from ncm_app.readers.files import check_ending, check_head, check_size, ending_of, opened
from ncm_app.readers.matrices import spike_table
from ncm_app.readers.tables import SpikeTable, numbered, spoken_times
from ncm_app.readers.texts import nothing, read_text

NAMES: dict[str, tuple[str, ...]] = {
    "times": ("SpikeTimes", "spike_times"), "trials": ("TrialNumbers", "trial_numbers", "trials"), "V": ("V",),
    "time": ("time",), "dt": ("dt",), "T": ("T", "duration"), "counts": ("SpikeCounts", "spike_counts"),
    "stimuli": ("AllOrientations", "TwoOrs", "orientations"), "x": ("x",), "y": ("y",)}
"""Arrays of a .npz file that are read, and what they may be called."""

WANTED = {name for names in NAMES.values() for name in names}

LAYOUTS = "SpikeTimes (with TrialNumbers, or V and dt), V and dt, SpikeCounts with AllOrientations, or x and y"

PLAIN_T = 1000.0
"""Duration of a trial of spike counts, ms, where the file names none."""

PLAIN = (".npz", ".csv", ".txt", ".tsv")

ENDINGS = (*PLAIN, *(laboratory.ENDINGS if laboratory.enabled() else ()))
"""Endings of the names of files that are read."""


def read_recording(name: str, data: bytes, check: Callable[[], None] = nothing) -> Recording:
    """Return the recording in a file, or raise a ValueError with a sentence for its reader.

    `check` is called again and again while a long text is read, and may raise to stop that.
    """
    return opened(name, lambda source: _read(source, ending_of(name), data, check))


def _read(source: str, ending: str, data: bytes, check: Callable[[], None]) -> Recording:
    check_ending(ending, (*PLAIN, *laboratory.ENDINGS))
    check_size(data, ending, "spikes")
    if ending in laboratory.ENDINGS:
        table, T = laboratory.read_laboratory(ending, data)
        return spikes(source, table, "", T)
    check_head(data, ending)
    if ending == ".npz":
        return from_arrays(source, *read_archive(data, WANTED, NAMES["times"], CELLS))
    return spikes(source, read_text(data, check))


def from_arrays(source: str, arrays: Mapping[str, Array], others: list[str]) -> Recording:
    """Return the recording in the known arrays of a .npz file; a ValueError says what the `others` leave open."""
    if any(name in arrays for name in NAMES["times"]):
        check_once(arrays, [*(names for key, names in NAMES.items() if key != "stimuli"), CELLS])
        check_others(others)
    found = {key: arrays[n] for key, names in (*NAMES.items(), ("cells", CELLS)) for n in names if n in arrays}
    for key, values in found.items():
        padded = key == "times" and values.ndim > 1 and min(values.shape) > 1  # rows may end in NaN
        wrong = np.count_nonzero(np.isinf(values) if padded else ~np.isfinite(values))
        if wrong:
            name = called(NAMES.get(key, CELLS), arrays)
            raise ValueError(f"finite numbers expected in {name}, {wrong} NaN or infinite found")
    if "times" in found:
        name = called(CELLS, arrays) if "cells" in found else ""
        trials, kind = parted(found["times"], found.get("trials"), found.get("cells"), name)
        return _spikes(source, {**found, "trials": trials} if trials is not None else found, kind, name)
    if "counts" in found and "stimuli" in found:
        return _counts(source, found, *matrix(found["counts"], found["stimuli"].ravel()))
    if "x" in found and "y" in found:
        return _counts(source, found, *one_hot(found["x"], found["y"], found.get("stimuli")))
    if "V" in found:
        return _spikes(source, {key: values for key, values in found.items() if key != "trials"})
    raise ValueError(f"{LAYOUTS} expected, {', '.join([*arrays, *others][:8]) or 'no array'} found")


def _number(found: Mapping[str, Array], key: str) -> float | None:
    """Return a number that may be an array of one, None if it is not there."""
    if key not in found:
        return None
    if found[key].size != 1 or not float(found[key].ravel()[0]) > 0:
        raise ValueError(f"one positive number expected in {key}, {found[key].ravel()[:3].tolist()} found")
    return float(found[key].ravel()[0])


def _duration(found: Mapping[str, Array]) -> float | None:
    T = _number(found, "T")
    if T is not None and not 1.0 <= T <= LONGEST:
        raise ValueError(f"a duration T from 1 to {LONGEST:g} ms expected, {T:g} found")
    return T


def _spikes(source: str, found: Mapping[str, Array], kind: str = "trial", name: str = "") -> Recording:
    V, dt, T = found.get("V"), _number(found, "dt"), _duration(found)
    if V is not None:
        if sum(length > 1 for length in V.shape) > 1:
            raise ValueError(f"one membrane potential expected in V, shape {V.shape} found")
        V = V.ravel()
        dt = dt or _step(found.get("time"), len(V))
        T = T or dt * (len(V) - 1)
    if "times" not in found:
        assert V is not None and dt is not None
        return spikes(source, *read_off(V, dt), T, V, dt)
    table = spike_table(found["times"], found.get("trials"))
    if kind == "cell":
        table = table._replace(kind=kind, how=f"SpikeTimes, and trains from {name}")
    return spikes(source, table, "", T, V, dt or 0.0)


def read_off(V: Array, dt: float) -> tuple[SpikeTable, str]:
    """Return the spikes in a membrane potential (m,) mV, and a note on how; a ValueError where none rises."""
    rest, level, back = spike_levels(V)
    if 2.0 * (level - rest) < LEAST_SPIKE:
        raise ValueError(f"SpikeTimes, or spikes that rise {LEAST_SPIKE:g} mV above the median of V, expected, "
                         f"V from {V.min():.3g} to {V.max():.3g} found")
    return (SpikeTable(upward_crossings(np.arange(len(V), dtype=float) * dt, V, level, back)),
            f"the file names no spike times: they are where V rises through {level:.1f} mV, halfway from its median "
            f"({rest:.1f} mV) to its peak")


def _step(time: Array | None, size: int) -> float:
    if time is None or time.size != size or size < 2 or not np.ptp(time) > 0:
        raise ValueError(f"dt, or a time for each of {size} samples of V expected, neither found")
    return float(np.ptp(time)) / (size - 1)


def spikes(source: str, table: SpikeTable, note: str = "", T: float | None = None, V: Array | None = None,
           dt: float = 0.0) -> Recording:
    """Return a recording of spike times (ms), with a potential (m,) mV or without; a ValueError says what is wrong."""
    times = table.times
    wrong = checked_times(times, T)
    if wrong:
        raise ValueError(wrong)
    duration = rounded_up(float(times.max())) if T is None else T
    if duration > LONGEST:
        raise ValueError(f"at most {LONGEST:g} ms expected, a recording of {duration:g} ms found")
    numbers, count, counted = None, 1, ""
    if table.trains is not None:
        numbers, count, counted = numbered(table.trains, table.kind, table.first)
    trains = trains_of(times, numbers, duration, table.total or count)
    notes = [text for text in (note, *table.notes, counted, double_times(trains)) if text]
    return noted(Recording(source, duration, trains, V, dt, notes=tuple(notes), open_ended=T is None, unit=table.unit,
                           reading=_reading(table)))


def _reading(table: SpikeTable) -> str:
    """Return how spike times were read, with the first three of them, in the order of the file."""
    unit = f"in {table.unit}" if table.unit else "in ms, for the file names no other unit"
    parts = [part for part in (table.how, table.dialect, unit, spoken_times(table.times)) if part]
    return f"Read as {'; '.join(parts)}."


def matrix(counts: Array, stimuli: Array) -> tuple[Array, Array]:
    """Return counts (cells, n) and stimuli (n,) of trials x stimuli, or cells x stimuli x trials; else a ValueError."""
    k = len(stimuli)
    if counts.ndim == 3 and counts.shape[1] == k:
        return counts.reshape(len(counts), -1), np.repeat(stimuli, counts.shape[2])
    if counts.ndim == 2 and k in counts.shape:
        by_trial = counts if counts.shape[1] == k else counts.T
        return by_trial.reshape(1, -1), np.tile(stimuli, len(by_trial))
    raise ValueError(f"SpikeCounts of trials x {k} orientations expected, shape {counts.shape} found")


def one_hot(x: Array, y: Array, stimuli: Array | None) -> tuple[Array, Array]:
    """Return counts (cells, n) and stimuli (n,) of decoding data: `y` (k, n) marks each trial's; else a ValueError."""
    if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[1]:
        raise ValueError(f"x of neurons x trials and y of stimuli x trials expected, {x.shape} and {y.shape} found")
    if not np.all(np.isin(y, (0, 1))) or not np.all(y.sum(axis=0) == 1):
        raise ValueError("exactly one 1 in each column of y expected, others found")
    angles = np.arange(len(y)) * 360.0 / len(y) if stimuli is None else stimuli.ravel()
    if len(angles) != len(y):
        raise ValueError(f"{len(y)} orientations expected, {len(angles)} found")
    return x, angles[y.argmax(axis=0)]


def _counts(source: str, found: Mapping[str, Array], counts: Array, stimuli: Array) -> Recording:
    wrong = checked_counts(counts)
    if wrong:
        raise ValueError(wrong)
    T, notes = _duration(found), []
    if len(counts) > 1:
        notes.append(f"decoding data of {len(counts)} neurons: one at a time is shown, the slider neuron chooses")
    if counts.max() > (T or PLAIN_T):
        notes.append("T is read in ms; these counts suggest that it is in seconds")
    if T is None:
        notes.append(f"the file names no duration: trials of {PLAIN_T:g} ms are assumed")
    return noted(Recording(source, T or PLAIN_T, counts=counts.astype(np.int64), stimuli=stimuli, notes=tuple(notes)))
