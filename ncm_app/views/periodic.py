"""Curves of angles, which come back at the other end of their turn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def wrapped(x: Any, y: Any, low: float, high: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a curve of a periodic y folded into low..high, with a gap where it leaves and enters.

    At each crossing the curve is led to both edges, with a NaN between them.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    turns = np.floor((y - low) / (high - low))
    with np.errstate(invalid="ignore"):
        places = np.flatnonzero(np.abs(np.diff(turns)) == 1)
    folded, up = y - turns * (high - low), turns[places + 1] > turns[places]
    leave, enter = np.where(up, high, low), np.where(up, low, high)
    edge = np.where(up, turns[places + 1], turns[places]) * (high - low) + low
    share = (edge - y[places]) / (y[places + 1] - y[places])
    there = x[places] + share * (x[places + 1] - x[places])
    gap = np.full(len(places), np.nan)
    at = np.repeat(places + 1, 3)
    return (np.insert(x, at, np.column_stack([there, there, there]).ravel()),
            np.insert(folded, at, np.column_stack([leave, gap, enter]).ravel()))
