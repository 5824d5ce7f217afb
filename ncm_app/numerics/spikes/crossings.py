"""Spikes of a smooth cell: the moments at which its potential rises through a level."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.result import Array


def upward_crossings(t: Array, y: Array, level: float) -> Array:
    """Return the times at which y (m,) rises through a level, found on straight lines between samples."""
    gap = y - level
    up = np.flatnonzero((gap[:-1] < 0) & (gap[1:] >= 0))
    return np.asarray(t[up] + (t[up + 1] - t[up]) * gap[up] / (gap[up] - gap[up + 1]))
