"""A small drawn trace of a model, as SVG text, for the catalogue."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ncm_app.core.state import State
from ncm_app.numerics.results import Trajectory
from ncm_app.views import style
from ncm_app.views.view import extremes

WIDTH, HEIGHT, POINTS = 280, 90, 140


def thumbnail(states: Sequence[State], run: Trajectory) -> str:
    """Return an SVG of the states over time, each scaled to the common range."""
    scaled = [run.y[i] * s.scale for i, s in enumerate(states)]
    low, high = min(float(np.min(y)) for y in scaled), max(float(np.max(y)) for y in scaled)
    span = high - low or 1.0
    hues = [style.hue(s.role, i) for i, s in enumerate(states)]
    lines = [_line(run.t, (y - low) / span, hue) for y, hue in zip(scaled, hues, strict=True)]
    return (f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" aria-hidden="true">'
            f'{"".join(lines)}</svg>')


def _line(t: np.ndarray, y: np.ndarray, hue: str) -> str:
    keep = extremes(y, POINTS) if len(y) > 2 * POINTS else np.arange(len(y))
    x, y = t[keep] / t[-1] * WIDTH, HEIGHT - 6 - y[keep] * (HEIGHT - 12)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return (f'<polyline points="{points}" fill="none" stroke="{hue}" stroke-width="2" '
            'vector-effect="non-scaling-stroke"/>')
