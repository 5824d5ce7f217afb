"""What of a plot lies outside its axes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ncm_app.views.columns import Limits
from ncm_app.views.mark_kinds import Extent

INVISIBLE, CLIPPED = 0.8, 0.02
"""Shares of a plot's points outside its axes: with the first it is empty for the eye, with the second cut."""


def clipped_fraction(extents: Iterable[Extent], limits: Limits) -> float:
    """Return the largest share of a layer's points that lies outside the axes; points at infinity do not count."""
    return max((_share(extent, limits) for extent in extents), default=0.0)


def _share(extent: Extent, limits: Limits) -> float:
    (x, y), ((left, right), (bottom, top)) = extent[:2], limits[:2]
    there = np.isfinite(x) & np.isfinite(y)
    if not there.any() or upright(x):
        return 0.0
    within = there & (x >= left) & (x <= right)  # a curve may go on beyond the stretch that is shown
    slack = 1e-4 * (top - bottom)
    return float(np.mean((y < bottom - slack)[within] | (y > top + slack)[within])) if within.any() else 1.0


def upright(x: Any) -> bool:
    """Tell whether a curve is a line straight up, which marks a place and has no ends of its own."""
    return len(x) > 1 and bool(np.ptp(np.asarray(x)) == 0.0)


def outgrown(wanted: tuple[float, float], shown: tuple[float, float], log: bool) -> bool:
    """Tell whether a range leaves the one shown, or would fill less than a third of it."""
    (low, high), (bottom, top) = (np.log(ends) if log else np.array(ends) for ends in (wanted, shown))
    slack = 1e-6 * (top - bottom)
    return bool(low < bottom - slack or high > top + slack or high - low < (top - bottom) / 3)
