"""Columns: the float32 arrays that a layer draws, and what makes long or broken curves into them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float32]
Columns = dict[str, tuple[Any, ...]]
"""Per layer its columns, in the order of its kind of mark (`mark_kinds`)."""

Limits = tuple[tuple[float, float], ...]
"""The ranges of x and y, and of the colours where a view has a heat map."""

ABSENT: Column = np.array([np.nan], dtype=np.float32)
NOTHING = (ABSENT, ABSENT)
NO_LABELS = (ABSENT, ABSENT, [""])
HIGHEST = 1e37
WIDEST = 1500
"""Pixel columns of the widest plot: longer curves keep two points in each."""


def reach(columns: Columns, names: Sequence[str], axis: int) -> tuple[float, float]:
    """Return the range of some curves on one axis (0 or 1), with a margin."""
    return span_of(np.concatenate([np.asarray(columns[name][axis], dtype=float) for name in names]))


def span_of(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the range of values, with a margin; 0 to 1 where there are none."""
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    margin = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return low - margin, high + margin


def lean(x: Any, y: Any) -> tuple[Column, Column]:
    """Return float32 columns, reduced to the extremes per pixel where too long, absent where empty."""
    x, y = np.asarray(x), np.asarray(y)
    if not len(x):
        return NOTHING
    if len(x) > 2 * WIDEST:
        keep = extremes(y, WIDEST)
        x, y = x[keep], y[keep]
    # float32 ends at 3e38; a curve that far away leaves every picture.
    return x.astype(np.float32), np.clip(y, -HIGHEST, HIGHEST).astype(np.float32)


def extremes(y: NDArray[Any], buckets: int) -> NDArray[np.intp]:
    """Return the sorted indices of the first lowest and highest value per bucket."""
    width = -(-len(y) // buckets)
    whole = len(y) // width
    blocks = np.nan_to_num(y[: whole * width], nan=0.0).reshape(whole, width)
    starts = np.arange(whole) * width
    picks = [starts + blocks.argmin(1), starts + blocks.argmax(1), [0, len(y) - 1]]
    if whole * width < len(y):
        rest = np.nan_to_num(y[whole * width:], nan=0.0)
        picks.append([whole * width + int(rest.argmin()), whole * width + int(rest.argmax())])
    return np.unique(np.concatenate(picks)).astype(np.intp)


def apart(x: Any) -> Any:
    """Return rising places (m,), only the first in each pixel column where there are too many to tell apart."""
    if len(x) <= 2 * WIDEST:
        return x
    pixels = np.floor((x - x[0]) * (WIDEST / (x[-1] - x[0])))
    return x[np.append(True, np.diff(pixels) > 0)]


def scattered(points: Sequence[tuple[float, float]]) -> tuple[Column, Column]:
    """Return the columns of a few points; NaN when there are none."""
    if not points:
        return NOTHING
    x, y = np.array(points, dtype=np.float32).T
    return x, y


def joined(pieces: Sequence[tuple[Any, Any]]) -> tuple[Column, Column]:
    """Return many polylines as one, with a NaN between two pieces."""
    if not pieces:
        return NOTHING
    xs, ys = [], []
    for x, y in pieces:
        xs += [np.asarray(x, dtype=np.float32), ABSENT]
        ys += [np.asarray(y, dtype=np.float32), ABSENT]
    return np.concatenate(xs), np.concatenate(ys)


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


def holds_something(columns: tuple[Any, ...]) -> bool:
    """Tell whether there is anything to draw: a place that is finite."""
    return bool(np.isfinite(columns[0]).any())
