"""Spikes of a smooth cell: the moments at which its potential rises through a level."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.results.base import Array

LEAST_SPIKE = 30.0
"""Height above the median from which on a peak of the membrane potential is a spike, mV."""


def upward_crossings(t: Array, y: Array, level: float, back: float | None = None) -> Array:
    """Return the times at which y (m,) rises through a level, found on straight lines between samples.

    After each it must have fallen below `back`, if that is given, before it may count again.
    """
    gap = y - level
    up = np.flatnonzero((gap[:-1] < 0) & (gap[1:] >= 0))
    if back is not None and len(up):
        between = np.minimum.reduceat(y, up + 1)[:-1]
        up = up[np.append(True, between < back)]
    return np.asarray(t[up] + (t[up + 1] - t[up]) * gap[up] / (gap[up] - gap[up + 1]))


def spike_levels(V: Array) -> tuple[float, float, float]:
    """Return the median of a membrane potential (m,), the level halfway from it to the peak, and that a quarter up.

    A spike rises through the second; noise at its flank does not make another before V has fallen below the third.
    """
    rest, peak = float(np.median(V)), float(V.max())
    return rest, (rest + peak) / 2.0, (3.0 * rest + peak) / 4.0
