"""What was read of a file of spike times, and how its trains are numbered."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ncm_app.readers.cells import Array
from ncm_app.readers.grids import MOST_TRIALS
from ncm_app.readers.words import PER_MS


class SpikeTable(NamedTuple):
    """Spike times (k,) in ms in the order of the file, and the number of the train of each, or None for one train.

    `kind` is what the trains are called, "trial" or "cell"; `total` their number where it is told, and
    `first` the number from which they are counted, -1 where that is not told. `unit` is that of the file,
    "" where it names none. `how` says which columns were read, `dialect` how numbers are written; `notes`
    say what was taken for granted; `used` are the columns that were read, None for all.
    """

    times: Array
    trains: Array | None = None
    kind: str = "trial"
    total: int = 0
    first: int = -1
    unit: str = ""
    how: str = ""
    notes: tuple[str, ...] = ()
    used: tuple[int, ...] | None = None
    dialect: str = ""


def finished(table: SpikeTable) -> SpikeTable:
    """Return a table whose times are in ms."""
    if table.unit in ("", "ms"):
        return table
    per_ms = PER_MS[table.unit]  # division by whole numbers is rounded once
    times = table.times / per_ms if per_ms > 1.0 else table.times * round(1.0 / per_ms)
    return table._replace(times=times)


def numbered(numbers: Array, kind: str = "trial", first: int = -1) -> tuple[NDArray[np.int64], int, str]:
    """Return the train (k,) of each spike from 0 on, how many there are, and a note on numbers without a spike.

    Trials are counted from 0 where one has that number, else from 1. Numbers of cells that do not begin there,
    or of which most are missing, only name them. Raises ValueError, as for a sentence "... expected, ... found".
    """
    most = MOST_TRIALS if kind == "trial" else 2**53
    wrong = numbers[(numbers != np.floor(numbers)) | (numbers < 0) | (numbers > most)]
    if len(wrong):
        bound = f"to {MOST_TRIALS} " if kind == "trial" else ""
        raise ValueError(f"{kind} numbers from 0 {bound}expected, {wrong[0]:g} found")
    whole = numbers.astype(np.int64)
    names = np.flatnonzero(np.bincount(whole)) if whole.max() <= MOST_TRIALS else np.unique(whole)
    if len(names) > MOST_TRIALS:
        raise ValueError(f"at most {MOST_TRIALS} {kind}s expected, {len(names)} found")
    lowest, highest = int(names[0]), int(names[-1])
    if kind == "cell" and first < 0 and (lowest > 1 or 2 * len(names) < highest - lowest + 1):
        return np.searchsorted(names, whole), len(names), f"the {len(names)} cells in the file are taken to be all"
    base = first if 0 <= first <= lowest else int(lowest > 0)
    gap = int(np.diff(names).max(initial=1)) - 1
    if first < 0 and lowest - base > gap:
        raise ValueError(f"{kind} numbers from 0 or 1 on expected, {lowest} to {highest} found, before which {kind}s "
                         "may be silent or left out")
    count = highest - base + 1
    silent = count - len(names)
    notes = [f"no {kind} has the number 0: {kind}s are counted from 1"] if first < 0 and base else []
    notes += [f"{silent} of {count} {kind}s have no spike"] if silent else []
    return whole - base, count, "; ".join(notes)


def spoken_times(times: Array, unit: str = "ms") -> str:
    """Return the first three times in words."""
    first = ", ".join(f"{time:.6g}" for time in times[:3])
    return f"first time{'s' * (len(times) > 1)} {first} {unit}"
