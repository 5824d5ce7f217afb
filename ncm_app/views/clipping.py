"""What of a plot lies outside its axes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ncm_app.views.view import Columns, Limits

INVISIBLE, CLIPPED = 0.8, 0.02
"""Shares of a plot's points outside its axes: with the first it is empty for the eye, with the second cut."""


def clipped_fraction(columns: Columns, names: Iterable[str], limits: Limits) -> float:
    """Return the largest share of a layer's points that lies outside the axes; points at infinity do not count."""
    return max((_share(columns[name], limits) for name in names if name in columns), default=0.0)


def _share(pair: tuple[Any, ...], limits: Limits) -> float:
    x, y = (np.asarray(column, dtype=float) for column in pair[:2])
    (left, right), (bottom, top) = limits
    there = np.isfinite(x) & np.isfinite(y)
    if not there.any() or upright(x):
        return 0.0
    within = there & (x >= left) & (x <= right)  # a curve may go on beyond the stretch that is shown
    slack = 1e-4 * (top - bottom)
    return float(np.mean((y < bottom - slack)[within] | (y > top + slack)[within])) if within.any() else 1.0


def upright(x: Any) -> bool:
    """Tell whether a curve is a line straight up, which marks a place and has no ends of its own."""
    return len(x) > 1 and bool(np.ptp(np.asarray(x)) == 0.0)
