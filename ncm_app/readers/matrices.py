"""Spike times in an array: one train, times with the trial number of each, or a row or a column for each trial."""

from __future__ import annotations

import numpy as np

from ncm_app.readers.cells import Array
from ncm_app.readers.grids import NO_TRAINS, Trains, is_dense, is_raster, is_whole, only_reading, trains_of_rows
from ncm_app.readers.tables import SpikeTable

WHAT, BETTER = "SpikeTimes", "one list of SpikeTimes with TrialNumbers"


def spike_table(times: Array, trials: Array | None) -> SpikeTable:
    """Return the spike times in an array of one or two dimensions, with trial numbers or without.

    A matrix may end in NaN or 0 where trials have fewer spikes. Raises ValueError where rows and columns, or
    neither, can be trials, and for flags or counts in place of times.
    """
    flat = sum(length > 1 for length in times.shape) < 2
    if flat and trials is not None and trials.size != times.size:
        raise ValueError(f"a trial number for each of {times.size} spikes expected, {trials.size} found")
    if is_raster(times):
        raise ValueError(f"times expected in {WHAT}, {NO_TRAINS}" if times.ndim > 1 else
                         f"times expected in {WHAT}, only 0 and 1 found: write the times at which it is 1")
    if not flat:
        return _matrix(times, trials)
    plain = times.ravel()
    if trials is not None:
        return SpikeTable(plain, trials.ravel(), how="SpikeTimes and TrialNumbers")
    back = np.flatnonzero(np.diff(plain) < 0)
    if len(back):
        several = "counts in bins, or " if is_whole(plain) else ""
        raise ValueError(f"{WHAT} in ascending order, or with TrialNumbers, expected, {plain[back[0] + 1]:g} after "
                         f"{plain[back[0]]:g} found, which may be {several}several trials")
    return SpikeTable(plain, how=WHAT)


def _matrix(times: Array, trials: Array | None) -> SpikeTable:
    if times.ndim > 2:
        raise ValueError(f"{BETTER} expected, shape {times.shape} found")
    if trials is None:
        found = only_reading(times, WHAT, BETTER)
        _check_quantities(times)
    elif trials.shape == times.shape:
        there = np.isfinite(times)
        return SpikeTable(times[there], trials[there], how="SpikeTimes and TrialNumbers")
    else:
        found = _told(times, trials.ravel())
    numbers = found.trains.astype(float)
    if trials is not None:
        return SpikeTable(found.times, trials.ravel()[found.trains], how="SpikeTimes and TrialNumbers",
                          notes=found.notes)
    return SpikeTable(found.times, numbers, "trial", found.total, 0, how=WHAT, notes=found.notes)


def _check_quantities(times: Array) -> None:
    """Raise a ValueError where two or three rows or columns may be times and their trial numbers."""
    for rows, word in ((times, "row"), (times.T, "column")):
        numbers = sum(bool(np.all(np.isfinite(row))) and is_dense(row) for row in rows[:3])
        if len(rows) < 4 and numbers >= len(rows) - 1:
            shape = f"{times.shape[0]} x {times.shape[1]}"
            raise ValueError(f"{BETTER} expected, {WHAT} of {shape} found, in which {word}s may be trials, or times "
                             "and the trial number of each")


def _told(times: Array, trials: Array) -> Trains:
    """Return the trains in a matrix with a trial number for each row, or for each column."""
    axes = [axis for axis in (0, 1) if times.shape[axis] == len(trials)]
    if len(axes) != 1 or len(np.unique(trials)) != len(trials):
        raise ValueError(f"a trial number for each spike or each row expected, {len(trials)} for SpikeTimes of "
                         f"{times.shape[0]} x {times.shape[1]} found")
    found = trains_of_rows(times if axes[0] == 0 else times.T)
    if not isinstance(found, Trains):
        raise ValueError(f"the times of one trial in each {'row' if axes[0] == 0 else 'column'} expected, SpikeTimes "
                         f"found in which {found}")
    return found
