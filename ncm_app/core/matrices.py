"""Matrices of two equations: their flow, and which one has a given trace and determinant."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

Entries = tuple[float, float, float, float]
"""A matrix ((a, b), (c, d)) as a, b, c, d."""

ALIKE = 1e-7
"""Eigenvalues closer than this are taken to be one."""

PARTS = 50
"""Steps in which a matrix gives up its shape until it fits its bounds."""


def nearest_matrix(entries: Sequence[float], trace: float, determinant: float, bound: float) -> Entries:
    """Return the nearest matrix with a given trace and determinant.

    With a, d = m +- h and b, c = g -+ s the trace is 2 m, and the determinant
    m^2 - (h^2 + g^2) + s^2. Nearest in the sum of squared changes keeps the direction of
    the stretch (h, g) and the sense of the turn s. Where no entry may exceed `bound`,
    the shape yields as far as it must; what no matrix within the bound has is clipped.
    """
    a, b, c, d = entries
    m = min(max(trace / 2.0, -bound), bound)
    spread = determinant - m * m
    h, g, s = (a - d) / 2.0, (b + c) / 2.0, (c - b) / 2.0
    stretch, turn = _nearest_sizes(math.hypot(h, g), abs(s), spread)
    share = abs(h) / math.hypot(h, g) if h or g else 0.0
    for part in range(PARTS + 1):
        keep = 1.0 - part / PARTS
        if spread >= 0:
            stretch_now = keep * stretch
            turn_now = math.sqrt(spread + stretch_now**2)
        else:
            turn_now = keep * turn
            stretch_now = math.sqrt(turn_now**2 - spread)
        # The difference of a and d takes up what b and c may not hold.
        least = math.sqrt(max(stretch_now**2 - max(bound - turn_now, 0.0) ** 2, 0.0))
        h_now = min(max(share * stretch_now, least), bound - abs(m))
        g_now = math.sqrt(max(stretch_now**2 - h_now**2, 0.0))
        if g_now + turn_now <= bound * (1.0 + 1e-6):  # a matrix on the bound is within, rounding aside
            break
    turn_now = min(turn_now, bound)
    h, g, s = math.copysign(h_now, h), math.copysign(min(g_now, bound - turn_now), g), math.copysign(turn_now, s)
    return m + h, g - s, g + s, m - h


def _nearest_sizes(stretch: float, turn: float, spread: float) -> tuple[float, float]:
    """Return the point of turn^2 - stretch^2 = spread nearest to (stretch, turn).

    By Lagrange it is (stretch / (1 - x), turn / (1 + x)), where x in (-1, 1) solves a
    decreasing equation.
    """
    # A size of exactly zero could not grow: every direction would be equally near.
    stretch, turn = max(stretch, 1e-9), max(turn, 1e-9)
    low, high = -1.0, 1.0
    for _ in range(100):
        x = (low + high) / 2.0
        if not -1.0 < x < 1.0:
            break
        if (turn / (1.0 + x)) ** 2 - (stretch / (1.0 - x)) ** 2 > spread:
            low = x
        else:
            high = x
    x = min(max(x, -1.0 + 1e-15), 1.0 - 1e-15)
    return stretch / (1.0 - x), turn / (1.0 + x)


def linear_flow(entries: Sequence[float], start: Sequence[float], t: Any) -> tuple[Any, Any]:
    """Return u(t), the solution of u' = A u: two arrays of the shape of t."""
    a, b, c, d = entries
    u, v = start
    middle = (a + d) / 2.0
    half = np.sqrt(complex(middle * middle - (a * d - b * c)))
    with np.errstate(all="ignore"):  # long after the run has blown up, exp overflows
        first, second = np.exp((middle + half) * t), np.exp((middle - half) * t)
        even = ((first + second) / 2.0).real
        odd = ((first - second) / (2.0 * half)).real if abs(half) > ALIKE else t * np.exp(middle * t)
        return even * u + odd * ((a - middle) * u + b * v), even * v + odd * (c * u + (d - middle) * v)
