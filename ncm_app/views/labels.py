"""Codes beside special points, one label for points whose markers touch."""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.views.columns import NO_LABELS, Limits, scattered

Spot = tuple[str, float, float]

MARKER = np.array([0.012, 0.04])
"""Half the width and height of a marker, as shares of the plot."""

HIGHEST = 0.86
"""Share of the plot's height above which a label would stand in what is above the plot."""


def grouped(points: list[Spot]) -> list[list[Spot]]:
    """Return the points (code, x, y as shares of the plot) in groups whose markers touch."""
    groups: list[list[Spot]] = []
    for point in points:
        near = [g for g in groups if any(abs(point[1] - x) < 2 * MARKER[0] and abs(point[2] - y) < 2 * MARKER[1]
                                         for _, x, y in g)]
        groups = [g for g in groups if g not in near] + [[q for g in near for q in g] + [point]]
    return groups


def codes_beside(points: list[Spot], window: Limits) -> tuple[Any, ...]:
    """Return the columns (x, y, text) of the labels of points in the units of the axes."""
    if not points:
        return NO_LABELS
    (left, right), (bottom, top) = window
    groups = grouped([(code, (x - left) / (right - left), (y - bottom) / (top - bottom)) for code, x, y in points])
    # The label stands right of the group's last point.
    lasts = [max(group, key=lambda spot: spot[1]) for group in groups]
    places = [(left + x * (right - left), bottom + (y if y > 1.0 else min(y, HIGHEST)) * (top - bottom))
              for _, x, y in lasts]
    return (*scattered(places), ["  " + ", ".join(dict.fromkeys(code for code, _, _ in group)) for group in groups])
