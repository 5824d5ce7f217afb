"""Outlines: how what a model states of a mark becomes x and y, and how x and y are told in places and tables."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.views.columns import Column, lean


def steps(edges: Any, heights: Any) -> tuple[Column, Column]:
    """Return the outline of a histogram: edges (m + 1,) and heights (m,)."""
    if not len(heights):
        return lean(heights, heights)
    x = np.repeat(np.asarray(edges, dtype=np.float32), 2)
    y = np.zeros(len(x), dtype=np.float32)
    y[1:-1] = np.repeat(np.asarray(heights, dtype=np.float32), 2)
    return x, y


def above_zero(x: Any, y: Any) -> tuple[Column, Column]:
    """Return the outline of the area between a curve and zero."""
    x, y = (np.asarray(column, dtype=float) for column in (x, y))
    return lean(np.concatenate([x[:1], x, x[-1:]]), np.concatenate([[0.0], y, [0.0]])) if len(x) else lean(x, y)


def between(x: Any, low: Any, high: Any) -> tuple[Column, Column]:
    """Return the outline of the area between two curves."""
    x, low, high = (np.asarray(column, dtype=np.float32) for column in (x, low, high))
    return lean(np.concatenate([x, x[::-1]]), np.concatenate([high, low[::-1]]))


def labels(x: Any, y: Any, texts: Any) -> tuple[Any, ...]:
    """Return texts and their places."""
    return np.asarray(x, dtype=np.float32), np.asarray(y, dtype=np.float32), list(texts)


def places(columns: tuple[Any, ...]) -> tuple[NDArray[np.float64], ...]:
    """Return the places of points along x and along y."""
    return np.asarray(columns[0], dtype=float), np.asarray(columns[1], dtype=float)


def pairs(columns: tuple[Any, ...]) -> list[list[str]]:
    """Return x and y of each point as text; no rows where there is nothing."""
    x, y = columns[:2]
    return [[f"{a:.7g}", f"{b:.7g}"] for a, b in zip(x, y, strict=True)] if np.any(np.isfinite(y)) else []
