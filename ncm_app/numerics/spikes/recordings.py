"""What was recorded of neurons: spikes over trials, a membrane potential, spike counts by stimulus (section 2.1)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.result import Array, Result, Status
from ncm_app.numerics.spikes.trains import Trains, sorted_trains

LONGEST, MOST_TRIALS, MOST_COUNT = 1e7, 10_000, 100_000
"""Bounds of what is analysed: duration of a trial in ms, trials, spikes in one count."""


@dataclass(frozen=True, eq=False, repr=False)
class Recording(Result):
    """Any of spikes, membrane potential and spike counts by stimulus; trials last `duration` ms.

    `V` (m,) in mV is sampled every `dt` ms from 0 on; `counts` (cells, n) are spikes in a trial
    each, and `stimuli` (n,) the stimulus of each trial, deg. `notes` and `message` say what was taken
    for granted; `open_ended` that the file names no duration. Two recordings are never equal:
    nobody is to find one by its content.
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


def noted(recording: Recording) -> Recording:
    """Return a recording with a message of all that was taken for granted."""
    trains, notes = recording.trains, list(recording.notes)
    if recording.open_ended:
        notes.append(f"the file names no duration: {recording.duration:g} ms is taken from the last spike")
    if trains is not None and len(trains.times) > trains.count * trains.duration:  # more than a spike per ms
        notes.append("times are read as ms; this rate suggests that they are in seconds: then set unit to s")
    text = "; ".join(notes)
    return replace(recording, message=f"{text[0].upper()}{text[1:]}." if text else "")


def in_seconds(recording: Recording) -> Recording:
    """Return the recording of a file whose times are in seconds; spike counts stay what they are."""
    trains = recording.trains
    if trains is None:
        return recording
    duration = 1000.0 * recording.duration
    longer = replace(trains, times=1000.0 * trains.times, duration=duration)
    return noted(replace(recording, duration=duration, trains=longer, dt=1000.0 * recording.dt))


def rounded_up(time: float) -> float:
    """Return the duration that a last spike at `time` ms suggests: the next number of two digits."""
    unit = 10.0 ** (math.floor(math.log10(max(time, 1.0))) - 1)
    return math.ceil(time / unit) * unit or 1.0


def times_in_trials(times: Array, numbers: Array | None, duration: float, count: int = 0) -> Trains:
    """Return trains from times and the trial number of each.

    Numbers count from 0 where the number of trials is told or one of them is 0, else from 1.
    """
    if numbers is None:
        return sorted_trains(times, np.zeros(len(times), dtype=np.int64), 1, duration)
    trials = numbers.astype(np.int64)  # uint8 would wrap
    if not count:
        trials = trials - (trials.min() > 0)
    return sorted_trains(times, trials, count or int(trials.max()) + 1, duration)


def checked_times(times: Array, numbers: Array | None, duration: float | None) -> str:
    """Return what is wrong with spike times and trial numbers, "" if nothing is."""
    if not len(times):
        return "at least one spike time expected, none found"
    if times.min() < 0:
        return f"spike times from 0 ms on expected, {times.min():g} found"
    longest = LONGEST if duration is None else duration
    if times.max() > longest:
        return f"spike times up to {longest:g} ms expected, {times.max():g} found"
    if numbers is None:
        return ""
    if len(numbers) != len(times):
        return f"a trial number for each of {len(times)} spikes expected, {len(numbers)} found"
    wrong = numbers[(numbers != np.floor(numbers)) | (numbers < 0) | (numbers > MOST_TRIALS)]
    return f"trial numbers from 0 to {MOST_TRIALS} expected, {wrong[0]:g} found" if len(wrong) else ""


def checked_counts(counts: Array) -> str:
    """Return what is wrong with spike counts, "" if nothing is."""
    if not counts.size:
        return "at least one spike count expected, none found"
    wrong = counts[(counts != np.floor(counts)) | (counts < 0) | (counts > MOST_COUNT)]
    return f"spike counts (whole numbers up to {MOST_COUNT}) expected, {wrong[0]:g} found" if len(wrong) else ""
