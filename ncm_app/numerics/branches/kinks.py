"""Find where a curve of fixed points has a kink, because its right-hand side has one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.branches.curve import FINE, STEP, Curve
from ncm_app.numerics.results import Array

NOTICEABLE = 1e-3  # smallest relative jump of the slopes that counts
FIRST, SECOND, THIRD = 6, 6, 10
"""Halvings of an interval: to dismiss smooth ones, to be sure of a kink, to place it."""

BESIDE, LEFT = (3e-7, 1e-5, 2e-5), 0.98
"""Distances from a place at which the jump of the slopes is measured, and how much of it is left closest by.

At a kink the jump is there at once, and the further ones, taken in a line, foretell it. The slopes of a power n
of a rectified input change like x^(n - 1), fast but from zero: of what they foretell 0.97 is there if n = 1.01,
0.57 if n = 1.17."""

CHORDS, POINTS = 24, 65
"""Chords through the spans on which kinks are sought, and points on each."""

ASIDE = 2e-5  # distance from a kink at which its two sides are straight, and told apart


def has_kinks(curve: Curve) -> bool:
    """Tell whether the slopes of the right-hand side jump somewhere in the spans.

    Chords across them are searched; a smooth function, however steep, looks straight at last.
    """
    rng, fine = np.random.default_rng(0), curve.with_step(FINE)
    ends = rng.random((2, CHORDS, curve.n + 1))
    shares = np.linspace(0.0, 1.0, POINTS)[:, None, None]
    z = (ends[0] + shares * (ends[1] - ends[0])).transpose(1, 0, 2)
    slopes = fine.evaluate(z.reshape(-1, curve.n + 1))[1].reshape(CHORDS, POINTS, curve.n, curve.n + 1)
    jumps = np.linalg.norm(np.diff(slopes, axis=1), axis=(2, 3))
    chord, place = np.arange(CHORDS), np.argmax(np.nan_to_num(jumps), axis=1)
    _, _, left = _halve(fine, z[chord, place], z[chord, place + 1], SECOND + THIRD, on_curve=False)
    return bool(np.any(left > 0.5))


def locate_kinks(curve: Curve, z: Array, smooth: NDArray[np.bool_]) -> tuple[NDArray[np.int64], Array]:
    """Return the smooth intervals (k,) that contain a kink, and the kinks (k, n + 1).

    A jump of the slopes that stays as large while its interval is halved is a kink; in a
    smooth system it would shrink.
    """
    fine = curve.with_step(FINE)
    intervals = _suspect(z, fine.evaluate(z)[1])
    intervals = intervals[smooth[intervals]]
    low, high = z[intervals], z[intervals + 1]
    for times in (FIRST, SECOND):
        low, high, kept = _halve(fine, low, high, times, on_curve=True)
        intervals, low, high = intervals[kept > 0.5], low[kept > 0.5], high[kept > 0.5]
    low, high, _ = _halve(fine, low, high, THIRD, on_curve=True)
    rows, real = np.empty_like(low), np.zeros(len(low), dtype=bool)
    for k, (start, end) in enumerate(zip(low, high, strict=True)):
        backward = (z[intervals[k]] - start) / np.linalg.norm(z[intervals[k]] - start)
        onward = (z[intervals[k] + 1] - end) / np.linalg.norm(z[intervals[k] + 1] - end)
        real[k] = jumps(fine, (start + end) / 2.0, backward, onward)
        rows[k] = place_kink(fine, (start + end) / 2.0, backward, onward) if real[k] else start
    return intervals[real], rows[real]


def jumps(fine: Curve, near: Array, backward: Array, onward: Array) -> bool:
    """Tell whether the slopes jump at a point (m,), given directions (m,) to its sides, and do not only change fast."""
    sides = fine.evaluate(near + ASIDE * np.stack([backward, onward]))[1]
    if not np.all(np.isfinite(sides)):
        return False
    normal = np.linalg.svd(sides[1] - sides[0])[2][0]  # on either side of a kink slopes differ along one direction
    slopes = fine.evaluate(np.concatenate([near + d * np.stack([normal, -normal]) for d in BESIDE]))[1]
    close, middle, far = np.linalg.norm(slopes[1::2] - slopes[::2], axis=(1, 2))
    return bool(close > LEFT * abs(2.0 * middle - far) and close > 0.5 * NOTICEABLE * np.linalg.norm(slopes[0]))


def place_kink(fine: Curve, near: Array, backward: Array, onward: Array) -> Array:
    """Return where the two sides of a kink near a point (m,) meet, given directions (m,) to either.

    Halving ends where differences straddle the kink; the sides' tangents do not have to.
    """
    normals = np.stack([backward, onward])
    sides, arrived = fine.correct(near + ASIDE * normals, normals)
    tangents = fine.tangents(fine.evaluate(sides)[1], normals)
    if not arrived.all() or abs(float(tangents[0] @ tangents[1])) > 0.999999:
        return near  # the slopes jump, but the curve is straight: nothing to intersect
    steps = np.linalg.lstsq(np.stack([tangents[0], -tangents[1]], axis=1), sides[1] - sides[0])[0]
    meet = np.mean(sides + steps[:, None] * tangents, axis=0)
    return meet if float(np.linalg.norm(meet - near)) < ASIDE else near


def follow_kink(fine: Curve, z: Array, tangent: Array) -> Array:
    """Return the kink (n + 1,) that lies just ahead of a point, where its branch ends."""
    ends = (z - STEP * tangent)[None], (z + 16 * STEP * tangent)[None]
    low, high, _ = _halve(fine, *ends, FIRST + SECOND + THIRD, on_curve=False)
    return np.asarray((low[0] + high[0]) / 2.0)


def _suspect(z: Array, slopes: Array) -> NDArray[np.int64]:
    """Return intervals over which the slopes change faster than in a neighbour."""
    size = np.maximum(np.linalg.norm(slopes, axis=(1, 2)), 1e-300)
    change = np.linalg.norm(np.diff(slopes, axis=0), axis=(1, 2)) / np.maximum(size[:-1], size[1:])
    speed = change / np.maximum(np.linalg.norm(np.diff(z, axis=0), axis=1), 1e-300)
    padded = np.concatenate([[np.inf], speed, [np.inf]])
    calmer = np.minimum(padded[:-2], padded[2:])
    return np.flatnonzero((change > NOTICEABLE) & (speed > 2.0 * calmer))


def _halve(fine: Curve, low: Array, high: Array, times: int,
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
