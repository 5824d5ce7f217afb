"""A small drawn trace of a model, as SVG text, for the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ncm_app.core.plot import Plot
from ncm_app.core.state import State
from ncm_app.numerics.results import Trajectory
from ncm_app.views import style
from ncm_app.views.columns import extremes
from ncm_app.views.mark_kinds import MARK_KINDS
from ncm_app.views.sketches import POINTS

WIDTH, HEIGHT, MARGIN = 280, 90, 6
"""Pixels of a small picture, and those left free above and below."""


def thumbnail(states: Sequence[State], run: Trajectory) -> str:
    """Return an SVG of the states over time, each scaled to the common range."""
    scaled = [run.y[i] * s.scale for i, s in enumerate(states)]
    low, high = min(float(np.min(y)) for y in scaled), max(float(np.max(y)) for y in scaled)
    span = high - low or 1.0
    hues = [style.hue(s.role, i) for i, s in enumerate(states)]
    lines = [_line(run.t, (y - low) / span, hue) for y, hue in zip(scaled, hues, strict=True)]
    return _svg("".join(lines))


def _ends(places: list[Any]) -> tuple[float, float]:
    """Return the least and the largest of places along an axis, some of which may have none there (NaN)."""
    all_places = np.concatenate([np.ravel(np.asarray(one, dtype=float)) for one in places])
    known = all_places[np.isfinite(all_places)]
    return (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)


def plot_thumbnail(panel: Plot, columns: Mapping[str, tuple[Any, ...]]) -> str:
    """Return an SVG of what a panel draws, scaled to what is there."""
    rows = {mark: MARK_KINDS[mark.kind] for mark in panel.marks if mark.name in columns}
    shown = [mark for mark, row in rows.items() if row.sketched == "always"] or [
        mark for mark, row in rows.items() if row.sketched == "alone"]
    drawn = {mark: rows[mark].take(*columns[mark.name]) for mark in shown}
    extents = [rows[mark].extent(taken) for mark, taken in drawn.items()]
    (left, right), (low, high) = (_ends([extent[axis] for extent in extents]) for axis in (0, 1))
    if any(rows[mark].of_rows for mark in drawn):  # ticks stand half a row up and down
        low, high = low - 0.5, high + 0.5

    def place(x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        return ((x - left) / ((right - left) or 1.0) * WIDTH,
                HEIGHT - MARGIN - (y - low) / ((high - low) or 1.0) * (HEIGHT - 2 * MARGIN))

    hues = [style.GREY if mark.role in ("theory", "now") else style.hue(mark.role, i) for i, mark in enumerate(drawn)]
    return _svg("".join(rows[mark].sketch(taken, place, hue)
                        for (mark, taken), hue in zip(drawn.items(), hues, strict=True)))


def _svg(shapes: str) -> str:
    return (f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" aria-hidden="true">'
            f"{shapes}</svg>")


BLANK = _svg("")
"""The frame of a picture that is still to be drawn."""


def _line(t: np.ndarray, y: np.ndarray, hue: str) -> str:
    keep = extremes(y, POINTS) if len(y) > 2 * POINTS else np.arange(len(y))
    x, y = t[keep] / t[-1] * WIDTH, HEIGHT - MARGIN - y[keep] * (HEIGHT - 2 * MARGIN)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return (f'<polyline points="{points}" fill="none" stroke="{hue}" stroke-width="2" '
            'vector-effect="non-scaling-stroke"/>')
