"""Numbers in rows and columns: which reading as spike trains is possible, and which is the only one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MOST_TRIALS = 10_000
"""Bound on the number of trains."""

NO_TRAINS = "a matrix of 0 and 1 found: write the times at which it is 1"


class Trains(NamedTuple):
    """Times (k,) and the train (k,) of each, from 0 on; how many trains there are, and what was taken for granted."""

    times: Array
    trains: NDArray[np.int64]
    total: int
    notes: tuple[str, ...] = ()


def is_raster(values: Array) -> bool:
    """Tell whether numbers are flags rather than times: three or more, and all of them 0 or 1."""
    return values.size > 2 and bool(np.all((values == 0) | (values == 1)))


def trains_of_rows(grid: Array) -> Trains | str:
    """Return the trains in the rows of a grid that ends in NaN or 0, or why they cannot be trains.

    Times of a train ascend; numbers are missing, or zeros stand in their place, at the ends of rows only.
    """
    grid = np.where(np.isinf(grid), np.nan, grid)
    there = ~np.isnan(grid)
    lengths = there.sum(axis=1)
    if np.any(there != (np.arange(grid.shape[1]) < lengths[:, None])):
        return "a number is missing before the last"
    notes: tuple[str, ...] = ()
    later = np.maximum.accumulate(grid[:, ::-1], axis=1)[:, ::-1] if not np.any(lengths < grid.shape[1]) else None
    if later is not None and np.any(grid[:, -1] == 0) and np.any(grid[:, 0] > 0):
        padded = (later == 0) & (np.maximum.accumulate(grid, axis=1) > 0)
        lengths = (~padded).sum(axis=1)
        if np.any(later[:, 0] == 0):
            return "a train is all zeros: silent, or one spike at 0"
        notes = ("zeros at the ends are read as filling",)
    rows = np.repeat(np.arange(len(grid)), lengths)
    times = grid[np.arange(grid.shape[1]) < lengths[:, None]]
    if np.any((np.diff(times) < 0) & (np.diff(rows) == 0)):
        return "times do not ascend"
    return Trains(times, rows.astype(np.int64), len(grid), notes)


def only_reading(grid: Array, what: str, better: str) -> Trains:
    """Return the trains in a grid whose rows, or whose columns, can be trains; raise a ValueError where both or none.

    `what` names the grid in a sentence, `better` says how to write it with one meaning.
    """
    if is_raster(grid[~np.isnan(grid)]):
        raise ValueError(f"times expected in {what}, {NO_TRAINS}")
    rows, columns = trains_of_rows(grid), trains_of_rows(grid.T)
    shape = f"{grid.shape[0]} x {grid.shape[1]}"
    if isinstance(rows, Trains) and isinstance(columns, Trains):
        raise ValueError(f"{better} expected, {what} of {shape} found, in which rows or columns may be trials")
    if isinstance(rows, str) and isinstance(columns, str):
        raise ValueError(f"{better} expected, {what} of {shape} found, in which neither rows nor columns are trials ("
                         f"in rows, {rows}; in columns, {columns})")
    found = rows if isinstance(rows, Trains) else columns
    assert isinstance(found, Trains)
    word = "row" if found is rows else "column"
    return found._replace(notes=(f"each of {found.total} {word}s is read as a trial", *found.notes))


def is_whole(values: Array) -> bool:
    """Tell whether all numbers are whole."""
    return bool(np.all(values == np.floor(values)))


def counts_on(values: Array) -> bool:
    """Tell whether a column counts its rows, from 0 or 1 on."""
    return len(values) > 0 and values[0] in (0, 1) and bool(np.all(np.diff(values) == 1))


def is_dense(values: Array, each: int = 1) -> bool:
    """Tell whether whole numbers may count trains: from 0 or 1 on, half of them there, `each` as often on average."""
    if not len(values) or not is_whole(values) or values.min() not in (0, 1) or values.max() > MOST_TRIALS:
        return False
    there = np.count_nonzero(np.bincount(values.astype(np.int64)))
    return bool(there >= 0.5 * (values.max() - values.min() + 1) and each * there <= len(values))


def evenly_spaced(times: Array) -> bool:
    """Tell whether times are those of samples: three or more in equal steps."""
    steps = np.diff(times)
    slack = 1e-6 * np.abs(times).max(initial=0.0) + 1e-12
    return len(steps) > 1 and steps[0] > 0 and bool(np.all(np.abs(steps - steps[0]) <= slack))
