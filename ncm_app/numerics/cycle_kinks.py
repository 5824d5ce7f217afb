"""Does a cycle cross a kink of the right-hand side? Then collocation loses its high order."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.curve import FINE
from ncm_app.numerics.cycle_curve import Cycle, CycleCurve
from ncm_app.numerics.results import Array

SUSPECTS, HALVINGS = 6, 14
"""Steps along the cycle that are examined, and how often each is halved."""

JUMP = 0.01
"""Relative jump of the slopes across a halved step that no smooth function has."""


def crosses_kink(curve: CycleCurve, cycle: Cycle) -> bool:
    """Tell whether the slopes of the right-hand side jump somewhere along a cycle."""
    points = curve.points.with_step(FINE)
    states = cycle.mesh.values(cycle.nodes).reshape(-1, curve.n)
    rows = np.concatenate([states, np.full((len(states), 1), cycle.q)], axis=1)
    slopes = points.evaluate(rows)[1]
    scale = float(np.max(_norms(slopes)))
    suspects = np.argsort(_norms(slopes - np.roll(slopes, -1, axis=0)))[-SUSPECTS:]
    low, high = rows[suspects], np.roll(rows, -1, axis=0)[suspects]
    at_low, at_high = slopes[suspects], np.roll(slopes, -1, axis=0)[suspects]
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        at_middle = points.evaluate(middle)[1]
        up = _norms(at_high - at_middle) > _norms(at_middle - at_low)
        low, high = np.where(up[:, None], middle, low), np.where(up[:, None], high, middle)
        at_low = np.where(up[:, None, None], at_middle, at_low)
        at_high = np.where(up[:, None, None], at_high, at_middle)
    return bool(np.any(_norms(at_high - at_low) > JUMP * scale))


def _norms(slopes: Array) -> Array:
    return np.asarray(np.linalg.norm(slopes, axis=(1, 2)))
