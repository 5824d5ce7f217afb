"""Sketches: what the small picture of a plot shows of each kind of mark, as SVG."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.views.columns import extremes
from ncm_app.views.rasters import ticks

Place = Callable[[Any, Any], tuple[NDArray[np.float64], NDArray[np.float64]]]
"""Turns places in a plot into pixels of its small picture."""

POINTS = 140
"""Pairs of points that a piece of a curve keeps."""
MOST_PIECES = 600
"""Spikes of a raster, or pieces of a curve, that a small picture shows."""


def outline(columns: tuple[Any, ...], place: Place, hue: str) -> str:
    """Return a curve, broken where it has gaps."""
    return _path(columns[0], columns[1], place, hue, "none")


def shape(columns: tuple[Any, ...], place: Place, hue: str) -> str:
    """Return a filled outline."""
    return _path(columns[0], columns[1], place, hue, hue)


def rows(columns: tuple[Any, ...], place: Place, hue: str) -> str:
    """Return a tick for each spike."""
    return _path(*ticks(*columns), place, hue, "none")


def _path(x: Any, y: Any, place: Place, hue: str, fill: str) -> str:
    x, y = (np.asarray(column, dtype=float) for column in (x, y))
    pieces = np.split(np.arange(len(x)), np.flatnonzero(~np.isfinite(x + y)))[:MOST_PIECES]
    across, down = place(x, y)
    moves = (" ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across[piece], down[piece], strict=True)
                      if np.isfinite(a + b)) for piece in (_thinned(p, y) for p in pieces))
    return (f'<path d="{"".join(f"M{move}" for move in moves if move)}" stroke="{hue}" stroke-width="2" '
            f'fill="{fill}" fill-opacity=".4" vector-effect="non-scaling-stroke"/>')


def _thinned(piece: NDArray[np.intp], y: NDArray[np.float64]) -> NDArray[np.intp]:
    """Keep the lowest and the highest of each stretch of a long curve: a spike is not lost."""
    return piece[extremes(y[piece], POINTS)] if len(piece) > 2 * POINTS else piece


def nothing(columns: tuple[Any, ...], place: Place, hue: str) -> str:
    """Return no shape: letters are too large for a small picture."""
    return ""
