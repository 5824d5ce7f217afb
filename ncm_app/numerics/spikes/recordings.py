"""What was recorded of neurons: spikes over trials, a membrane potential, spike counts by stimulus (section 2.1)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.results.base import Array, Result, Status
from ncm_app.numerics.spikes.trains import Trains, sorted_trains

LONGEST, MOST_TRIALS, MOST_COUNT = 1e7, 10_000, 100_000
"""Bounds of what is analysed: duration of a trial in ms, trials, spikes in one count."""


@dataclass(frozen=True, eq=False, repr=False)
class Recording(Result):
    """Any of spikes, membrane potential and spike counts by stimulus; trials last `duration` ms.

    `V` (m,) in mV is sampled every `dt` ms from 0 on; `counts` (cells, n) are spikes in a trial
    each, and `stimuli` (n,) the stimulus of each trial, deg. `notes` and `message` say what was taken
    for granted; `open_ended` that the file names no duration. Two recordings are never equal:
    nobody is to find one by its content. `reading` says how the file was read, with its first times;
    `unit` is that of its times where the file names it, else "".
    """

    source: str
    duration: float
    trains: Trains | None = None
    V: Array | None = None
    dt: float = 0.0
    counts: NDArray[np.int64] | None = None
    stimuli: Array | None = None
    notes: tuple[str, ...] = ()
    open_ended: bool = False
    status: Status = Status.OK
    message: str = ""
    reading: str = ""
    unit: str = ""


def noted(recording: Recording) -> Recording:
    """Return a recording with a message of all that was taken for granted."""
    trains, notes = recording.trains, list(recording.notes)
    if recording.open_ended:
        notes.append(f"the file names no duration: {recording.duration:g} ms is taken from the last spike")
    dense = trains is not None and len(trains.times) > trains.count * trains.duration  # more than a spike per ms
    if dense and not recording.unit:
        notes.append("times are read as ms; this rate suggests that they are in seconds: then set unit to s")
    text = "; ".join(notes)
    return replace(recording, message=f"{text[0].upper()}{text[1:]}." if text else "")


def in_seconds(recording: Recording) -> Recording:
    """Return the recording of a file whose times are in seconds; spike counts stay what they are.

    So do times whose unit the file itself names.
    """
    trains = recording.trains
    if trains is None or recording.unit:
        return recording
    duration = 1000.0 * recording.duration
    longer = replace(trains, times=1000.0 * trains.times, duration=duration)
    return noted(replace(recording, duration=duration, trains=longer, dt=1000.0 * recording.dt))


def rounded_up(time: float) -> float:
    """Return the duration that a last spike at `time` ms suggests: the next number of two digits.

    A time in single precision counts as the decimal number that it stands for, 0.3 for 0.30000001192.
    """
    time = decimal(time)
    unit = 10.0 ** (math.floor(math.log10(max(time, 1.0))) - 1)
    units = time / unit
    whole = round(units) if math.isclose(units, round(units), rel_tol=1e-12) else math.ceil(units)
    return float(f"{whole * unit:.12g}") or 1.0


def decimal(time: float) -> float:
    """Return the shortest decimal number that a time in single precision stands for; others as they are."""
    single = np.float32(time)
    return float(str(single)) if float(single) == time else time


def trains_of(times: Array, numbers: NDArray[np.int64] | None, duration: float, count: int) -> Trains:
    """Return trains from times and the train of each, from 0 on; rounding may not carry a spike beyond the end."""
    trains = np.zeros(len(times), dtype=np.int64) if numbers is None else numbers
    return sorted_trains(np.minimum(times, duration), trains, count, duration)


def double_times(trains: Trains) -> str:
    """Return a note on times that come more than once in one train, "" if none does."""
    double = int(np.count_nonzero((np.diff(trains.times) == 0) & (np.diff(trains.trials) == 0)))
    times = "time comes" if double == 1 else "times come"
    return f"{double} {times} again in the same trial: each is counted" if double else ""


ROUNDING = 1e-6
"""By how much of itself a time may lie beyond the end: single precision rounds by less."""


def checked_times(times: Array, duration: float | None) -> str:
    """Return what is wrong with spike times (m,) in ms, "" if nothing is."""
    if not len(times):
        return "at least one spike time expected, none found"
    if times.min() < 0:
        return f"spike times from 0 ms on expected, {times.min():g} found"
    longest = LONGEST if duration is None else duration
    if times.max() > longest * (1.0 + ROUNDING):
        return f"spike times up to {longest:g} ms expected, {times.max():g} found"
    return ""


def checked_counts(counts: Array) -> str:
    """Return what is wrong with spike counts (cells, n), "" if nothing is."""
    if not counts.size:
        return "at least one spike count expected, none found"
    wrong = counts[(counts != np.floor(counts)) | (counts < 0) | (counts > MOST_COUNT)]
    return f"spike counts (whole numbers up to {MOST_COUNT}) expected, {wrong[0]:g} found" if len(wrong) else ""
