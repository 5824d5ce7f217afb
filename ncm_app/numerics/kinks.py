"""Find where a curve of fixed points has a kink, because its right-hand side has one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.curve import FINE, STEP, EquilibriumCurve
from ncm_app.numerics.results import Array

NOTICEABLE = 1e-3  # smallest relative jump of the slopes that counts
FIRST_HALVINGS, HALVINGS = 6, 24


def locate_kinks(curve: EquilibriumCurve, z: Array, smooth: NDArray[np.bool_]) -> tuple[NDArray[np.int64], Array]:
    """Return the smooth intervals (k,) that contain a kink, and the kinks (k, n + 1).

    A jump of the slopes that stays as large while its interval is halved is a kink; in a
    smooth system it would shrink.
    """
    intervals = _suspect(z, curve.evaluate(z)[1])
    intervals = intervals[smooth[intervals]]
    fine = curve.with_step(FINE)
    low, high = z[intervals], z[intervals + 1]
    for times in (FIRST_HALVINGS, HALVINGS - FIRST_HALVINGS):
        low, high, kept = _halve(fine, low, high, times, on_curve=True)
        intervals, low, high = intervals[kept > 0.5], low[kept > 0.5], high[kept > 0.5]
    return intervals, (low + high) / 2.0


def follow_kink(curve: EquilibriumCurve, z: Array, tangent: Array) -> Array:
    """Return the kink (n + 1,) that lies just ahead of a point, where its branch ends."""
    ends = (z - STEP * tangent)[None], (z + 16 * STEP * tangent)[None]
    low, high, _ = _halve(curve.with_step(FINE), *ends, HALVINGS, on_curve=False)
    return np.asarray((low[0] + high[0]) / 2.0)


def _suspect(z: Array, slopes: Array) -> NDArray[np.int64]:
    """Return intervals over which the slopes change faster than in a neighbour."""
    size = np.maximum(np.linalg.norm(slopes, axis=(1, 2)), 1e-300)
    change = np.linalg.norm(np.diff(slopes, axis=0), axis=(1, 2)) / np.maximum(size[:-1], size[1:])
    speed = change / np.maximum(np.linalg.norm(np.diff(z, axis=0), axis=1), 1e-300)
    padded = np.concatenate([[np.inf], speed, [np.inf]])
    calmer = np.minimum(padded[:-2], padded[2:])
    return np.flatnonzero((change > NOTICEABLE) & (speed > 2.0 * calmer))


def _halve(fine: EquilibriumCurve, low: Array, high: Array, times: int,
           on_curve: bool) -> tuple[Array, Array, Array]:
    """Halve intervals towards the larger jump; return ends and the share of the jump left."""
    if not len(low):
        return low, high, np.empty(0)
    at_low, at_high = fine.evaluate(low)[1], fine.evaluate(high)[1]
    whole = np.linalg.norm(at_high - at_low, axis=(1, 2))
    for _ in range(times):
        middle = (low + high) / 2.0
        if on_curve:
            chord = high - low
            middle = fine.correct(middle, chord / np.linalg.norm(chord, axis=1, keepdims=True), steps=5)[0]
        at_middle = fine.evaluate(middle)[1]
        left = np.linalg.norm(at_middle - at_low, axis=(1, 2))
        right = np.linalg.norm(at_high - at_middle, axis=(1, 2))
        up = (right > left)[:, None]
        low, high = np.where(up, middle, low), np.where(up, high, middle)
        at_low, at_high = (np.where(up[..., None], a, b) for a, b in ((at_middle, at_low), (at_high, at_middle)))
    left_over = np.linalg.norm(at_high - at_low, axis=(1, 2))
    size = np.linalg.norm(at_low, axis=(1, 2))
    share = np.where(left_over > 0.5 * NOTICEABLE * size, left_over / np.maximum(whole, 1e-300), 0.0)
    return low, high, share
