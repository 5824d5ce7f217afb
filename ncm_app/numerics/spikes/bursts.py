"""Bursts: a few quick spikes, a pause, and again."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.results.base import Array
from ncm_app.numerics.results.run import Bursts

UNEVEN = 3.0
"""Ratio of the longest to the shortest interval of settled firing from which on it is called bursting.

There is no sharp border: a cell that settles to one interval has 1, one that alternates between
two intervals little more, and bursts of an adaptive cell 10 to 100.
"""

LEAST = 2
"""Pauses that must be seen: what lies between two of them is a whole burst."""


def find_bursts(spikes: Array) -> Bursts | None:
    """Return the bursts in settled firing at times (k,) ms, None if it is tonic or too short to tell.

    A pause is an interval above the geometric mean of the shortest and the longest one.
    """
    gaps = np.diff(spikes)
    if len(gaps) < 2 * LEAST or gaps.min() <= 0 or gaps.max() < UNEVEN * gaps.min():
        return None
    pauses = np.flatnonzero(gaps > np.sqrt(gaps.min() * gaps.max()))
    if len(pauses) < LEAST:
        return None
    counts = np.diff(pauses)
    if counts.max() < 2:
        return None
    begins = spikes[pauses + 1]
    return Bursts(int(counts.min()), int(counts.max()), float(counts.mean()), float(np.diff(begins).mean()))
