"""Find curves that no seed has met: islands and closed branches between the values that are searched."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.branches.curve import NEAR, EquilibriumCurve
from ncm_app.numerics.newton import solve_batch
from ncm_app.numerics.results import Array

SPREAD = 192
"""Places in states and parameter from which the nearest curve is sought."""

STEPS, REACH = 16, 0.3
"""Steps of the search, and the longest of them in scaled coordinates."""

ARRIVED = 1e-10  # length of the last step
BESIDE = 2e-3  # distance from a known curve, which its chords keep well, within which a point says nothing new


def distance_to(points: Array, rows: Array) -> Array:
    """Return the distances (k,) of points (k, n + 1) from a polyline in rows (m, n + 1)."""
    if len(rows) < 2:
        return np.asarray(np.linalg.norm(points - rows[0], axis=1))
    chords = np.diff(rows, axis=0)
    squares = np.maximum(np.sum(chords**2, axis=1), 1e-300)
    along = (points @ chords.T - np.sum(rows[:-1] * chords, axis=1)) / squares
    share = np.clip(along, 0.0, 1.0)
    # |p - a - s c|^2, expanded: no array of all differences is built
    ahead = along * squares
    apart = (np.sum(points**2, axis=1)[:, None] - 2.0 * points @ rows[:-1].T + np.sum(rows[:-1] ** 2, axis=1)
             - 2.0 * share * ahead + share**2 * squares)
    return np.asarray(np.sqrt(np.maximum(np.min(apart, axis=1), 0.0)))


def far_from(points: Array, walked: list[Array], least: float) -> NDArray[np.bool_]:
    """Tell which points (k, m) are farther than `least` from all curves walked in rows, in scaled coordinates."""
    far = np.ones(len(points), dtype=bool)
    for rows in walked:
        far[far] = distance_to(points[far], rows) > least
    return far


@cache
def _places(dimensions: int, turn: int) -> Array:
    """Return places (SPREAD, dimensions) in the unit cube, evenly spread on every axis."""
    rng = np.random.default_rng(turn)
    return np.stack([(rng.permutation(SPREAD) + rng.random(SPREAD)) / SPREAD for _ in range(dimensions)], axis=1)


def seek_curves(curve: EquilibriumCurve, walked: list[Array], turn: int = 0) -> Array:
    """Return points (k, n + 1) of curves near which nothing is known yet, inside the box and the range.

    Steps of least length lead from places all over the box and the range to the nearest curve, in
    states and parameter at once (Gauss-Newton); those that come to a curve `walked` are dropped on
    the way. `turn` numbers the choice of places.
    """
    shares = _places(curve.n + 1, turn)
    low, high = np.maximum(curve.bottom, 0.0), np.minimum(curve.top, 1.0)
    wide = np.arange(SPREAD) % 2 == 0  # half of them in the box, half in the spans
    z = np.where(wide[:, None], curve.bottom + shares * (curve.top - curve.bottom), low + shares * (high - low))
    length = np.full(len(z), np.inf)
    for count in range(STEPS):
        residual, slopes = curve.evaluate(z)
        size = np.maximum(np.linalg.norm(slopes, axis=2), 1e-300)
        residual, slopes = residual / size, slopes / size[:, :, None]
        across = slopes.transpose(0, 2, 1)
        step = -np.einsum("kij,kj->ki", across, solve_batch(slopes @ across, residual))
        length = np.linalg.norm(step, axis=1)
        step *= np.minimum(1.0, REACH / np.maximum(length, 1e-300))[:, None]
        z = z + step
        kept = np.isfinite(length) & np.all((z > curve.bottom - REACH) & (z < curve.top + REACH), axis=1)
        if count < 4 or count == 7:
            kept &= far_from(z, walked, NEAR)
        z, length = z[kept], length[kept]
        if not len(z) or np.all(length < ARRIVED):
            break
    inside = np.all((z >= curve.bottom) & (z <= curve.top), axis=1) & (length < 1e2 * ARRIVED)
    z = z[inside]
    return z[far_from(z, walked, BESIDE)]
