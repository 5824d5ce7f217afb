"""A small drawn trace of a model, as SVG text, for the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ncm_app.core.plot import Mark, Plot
from ncm_app.core.state import State
from ncm_app.numerics.results import Trajectory
from ncm_app.views import style
from ncm_app.views.plots import glyph_columns
from ncm_app.views.rasters import ticks
from ncm_app.views.view import extremes

WIDTH, HEIGHT, POINTS = 280, 90, 140
MOST_PIECES = 600
"""Spikes of a raster that a small picture shows."""


def thumbnail(states: Sequence[State], run: Trajectory) -> str:
    """Return an SVG of the states over time, each scaled to the common range."""
    scaled = [run.y[i] * s.scale for i, s in enumerate(states)]
    low, high = min(float(np.min(y)) for y in scaled), max(float(np.max(y)) for y in scaled)
    span = high - low or 1.0
    hues = [style.hue(s.role, i) for i, s in enumerate(states)]
    lines = [_line(run.t, (y - low) / span, hue) for y, hue in zip(scaled, hues, strict=True)]
    return _svg("".join(lines))


def plot_thumbnail(panel: Plot, columns: Mapping[str, tuple[Any, ...]]) -> str:
    """Return an SVG of what a panel draws, scaled to what is there."""
    drawn = {mark: [np.asarray(c, dtype=float) for c in _shape(mark, columns[mark.name])]
             for mark in panel.marks if mark.name in columns and mark.kind != "labels"}
    # Points are no line: a small picture shows them only where there is nothing else.
    drawn = {mark: pair for mark, pair in drawn.items() if mark.kind != "points"} or drawn
    ends = np.array([[np.nanmin(values), np.nanmax(values)] for pair in drawn.values() for values in pair]
                    ).reshape(-1, 2, 2)
    low, high = ends[:, :, 0].min(axis=0), ends[:, :, 1].max(axis=0)
    shapes = []
    for i, (mark, pair) in enumerate(drawn.items()):
        x, y = ((v - a) / ((b - a) or 1.0) for v, a, b in zip(pair, low, high, strict=True))
        hue = style.GREY if mark.role in ("theory", "now") else style.hue(mark.role, i)
        pieces = np.split(np.arange(len(x)), np.flatnonzero(~np.isfinite(x + y)))[:MOST_PIECES]
        moves = (" ".join(f"{a * WIDTH:.1f},{HEIGHT - 6 - b * (HEIGHT - 12):.1f}" for a, b in zip(
            x[piece], y[piece], strict=True) if np.isfinite(a + b)) for piece in (_thinned(p, y) for p in pieces))
        filled = mark.kind in ("bars", "area")
        shapes.append(f'<path d="{"".join(f"M{move}" for move in moves if move)}" stroke="{hue}" stroke-width="2" '
                      f'fill="{hue if filled else "none"}" fill-opacity=".4" vector-effect="non-scaling-stroke"/>')
    return _svg("".join(shapes))


def _shape(mark: Mark, columns: tuple[Any, ...]) -> tuple[Any, ...]:
    drawn = glyph_columns(mark.kind, columns)[:2]
    return ticks(*drawn) if mark.kind == "raster" else drawn


def _thinned(piece: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Keep the lowest and the highest of each stretch of a long curve: a spike is not lost."""
    return piece[extremes(y[piece], POINTS)] if len(piece) > 2 * POINTS else piece


def _svg(shapes: str) -> str:
    return (f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" aria-hidden="true">'
            f"{shapes}</svg>")


def _line(t: np.ndarray, y: np.ndarray, hue: str) -> str:
    keep = extremes(y, POINTS) if len(y) > 2 * POINTS else np.arange(len(y))
    x, y = t[keep] / t[-1] * WIDTH, HEIGHT - 6 - y[keep] * (HEIGHT - 12)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return (f'<polyline points="{points}" fill="none" stroke="{hue}" stroke-width="2" '
            'vector-effect="non-scaling-stroke"/>')
