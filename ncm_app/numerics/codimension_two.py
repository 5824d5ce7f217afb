"""Find and refine the points of codimension two on a curve of folds or of Hopf points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.critical_curve import CriticalCurve
from ncm_app.numerics.lyapunov import DOUBTFUL, estimate_lyapunov
from ncm_app.numerics.newton import bracket_roots
from ncm_app.numerics.results import Array
from ncm_app.numerics.special_points import multiply_pair_sums

Measure = Callable[[Array, NDArray[np.int64]], Array]
"""Test function: rows (k, d) and the intervals (k,) that they come from -> values (k,)."""

VANISHES = 1e-3  # share of its values around that a test keeps at a true root; a jump or a pole keeps more
CLEAR = 1e-7  # parameter part of a tangent below which it has no direction
TURNING = 1e-5  # imaginary part, relative to the largest eigenvalue, that makes a pair oscillate
FAINT = 1e-2  # share of the typical Lyapunov coefficient against which a disagreement counts at least


@dataclass(frozen=True)
class Found:
    """Points on a walked curve: code, row z, index of the point of the walk before it."""

    code: str
    z: Array
    interval: int


def find_on_folds(curve: CriticalCurve, z: Array, forward: Array) -> list[Found]:
    """Return the cusps, Bogdanov-Takens and fold-Hopf points on a fold curve in rows z."""
    found = _find_cusps(curve, z, forward)
    if curve.states == 1:
        return found

    def takens(rows: Array, intervals: NDArray[np.int64]) -> Array:
        return multiply_others(np.linalg.eigvals(curve.jacobians(rows)) / curve.rate)

    def fold_hopf(rows: Array, intervals: NDArray[np.int64]) -> Array:
        return multiply_pair_sums(without_zero(np.linalg.eigvals(curve.jacobians(rows))))

    found += locate(curve, "BT", z, takens)
    if curve.states > 2:
        found += [q for q in locate(curve, "ZH", z, fold_hopf)
                  if oscillates(without_zero(np.linalg.eigvals(curve.jacobians(q.z[None])))[0])]
    return found


def find_on_hopf(curve: CriticalCurve, z: Array, lyapunov: Array) -> list[Found]:
    """Return the Bautin, fold-Hopf and double Hopf points on a Hopf curve in rows z."""
    known = np.flatnonzero(np.isfinite(lyapunov))

    def bautin(rows: Array, intervals: NDArray[np.int64]) -> Array:
        return np.array([lyapunov_at(curve, row)[0] for row in rows])

    def others(rows: Array) -> NDArray[np.complex128]:
        return without_pair(np.linalg.eigvals(curve.jacobians(rows)), rows[:, -1] * curve.square)

    def fold_hopf(rows: Array, intervals: NDArray[np.int64]) -> Array:
        return np.asarray(np.prod(others(rows) / curve.rate, axis=1).real)

    def double_hopf(rows: Array, intervals: NDArray[np.int64]) -> Array:
        return multiply_pair_sums(others(rows))

    found = _between(curve, "GH", z, known, lyapunov[known], bautin)
    if curve.states > 2:
        found += locate(curve, "ZH", z, fold_hopf)
    if curve.states > 3:
        found += [q for q in locate(curve, "HH", z, double_hopf) if oscillates(others(q.z[None])[0])]
    return found


def locate(curve: CriticalCurve, code: str, z: Array, measure: Measure) -> list[Found]:
    """Return where a test function changes sign along rows z, and vanishes there."""
    every = np.arange(len(z))
    return _between(curve, code, z, every, measure(z, every), measure)


def _between(curve: CriticalCurve, code: str, z: Array, rows: NDArray[np.int64], values: Array,
             measure: Measure) -> list[Found]:
    """Return the roots of a test with known `values` at some `rows`, in increasing order."""
    at = np.flatnonzero((values[:-1] >= 0.0) != (values[1:] >= 0.0))
    return _refine(curve, code, z, rows[at], rows[at + 1], values[at], values[at + 1], measure)


def _refine(curve: CriticalCurve, code: str, z: Array, first: NDArray[np.int64], last: NDArray[np.int64],
            f_first: Array, f_last: Array, measure: Measure) -> list[Found]:
    """Return the roots of a test between rows `first` and `last`, by brackets, all together."""
    if not len(first):
        return []
    start, chord = z[first], z[last] - z[first]
    normals = chord / np.linalg.norm(chord, axis=1, keepdims=True)

    def place(share: Array) -> tuple[Array, NDArray[np.bool_]]:
        return curve.correct(start + share[:, None] * chord, normals, steps=5)

    share = bracket_roots(lambda s: measure(place(s)[0], first), np.zeros(len(first)), np.ones(len(first)),
                          f_first, f_last, tolerance=1e-11)
    roots, arrived = place(share)
    small = np.abs(measure(roots, first)) <= VANISHES * np.maximum(np.abs(f_first), np.abs(f_last))
    # Between rows that are not neighbours the interval is the one that holds the share.
    steps = np.floor(share * (last - first)).astype(int)
    return [Found(code, roots[k], int(min(first[k] + steps[k], last[k] - 1)))
            for k in np.flatnonzero(arrived & small)]


def _find_cusps(curve: CriticalCurve, z: Array, forward: Array) -> list[Found]:
    """Return where a fold curve turns back in the plane of the parameters."""
    n = curve.states
    tangents = curve.tangents(curve.evaluate(z)[1], forward)
    plane = tangents[:, n:n + 2]
    sizes = np.linalg.norm(plane, axis=1)
    clear = np.flatnonzero(sizes > CLEAR)
    turns = np.flatnonzero(np.sum(plane[clear[:-1]] * plane[clear[1:]], axis=1) < 0.0)
    first, last = clear[turns], clear[turns + 1]
    heading = dict(zip(first.tolist(), plane[first] / sizes[first, None], strict=True))

    def cusp(rows: Array, intervals: NDArray[np.int64]) -> Array:
        ahead = curve.tangents(curve.evaluate(rows)[1], forward[intervals])[:, n:n + 2]
        return np.asarray(np.sum(ahead * np.array([heading[i] for i in intervals.tolist()]), axis=1))

    return _refine(curve, "CP", z, first, last, sizes[first],
                   np.sum(plane[last] * plane[first], axis=1) / sizes[first], cusp) if len(first) else []


def measure_lyapunov(curve: CriticalCurve, z: Array) -> Array:
    """Return the first Lyapunov coefficient (k,) at rows z, in 1/ms; NaN where it is not known."""
    values, gaps = np.array([lyapunov_at(curve, row) for row in z]).reshape(-1, 2).T
    known = np.abs(values[np.isfinite(gaps)])
    typical = float(np.median(known)) if len(known) else 0.0
    return np.where(gaps < DOUBTFUL * np.maximum(np.abs(values), FAINT * typical), values, np.nan)


def lyapunov_at(curve: CriticalCurve, row: Array) -> tuple[float, float]:
    """Return the first Lyapunov coefficient at a row z, and how far differences disagree."""
    full, n = curve.unscaled(row), curve.states
    if not row[-1] > 0.0:
        return 0.0, float("inf")
    p = curve.p._replace(**dict(zip(curve.fields, full[n:n + 2].tolist(), strict=True)))
    return estimate_lyapunov(curve.system, p, full[:n])


def multiply_others(eigenvalues: NDArray[np.complex128]) -> Array:
    """Return the sum over i of the product of all eigenvalues (k, n) but the i-th.

    If one vanishes, it is the product of the others, whichever that is.
    """
    n = eigenvalues.shape[1]
    return np.asarray(sum(np.prod(np.delete(eigenvalues, i, axis=1), axis=1) for i in range(n)).real)


def without_zero(eigenvalues: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return the eigenvalues (k, n - 1) but the one nearest to zero."""
    smallest = np.argmin(np.abs(eigenvalues), axis=1)
    return np.array([np.delete(row, i) for row, i in zip(eigenvalues, smallest, strict=True)])


def without_pair(eigenvalues: NDArray[np.complex128], squares: Array) -> NDArray[np.complex128]:
    """Return the eigenvalues (k, n - 2) but the critical pair +-i w, given w^2 (k,)."""
    rest = []
    for row, square in zip(eigenvalues, squares, strict=True):
        kept = row
        for target in (1j, -1j):
            kept = np.delete(kept, np.argmin(np.abs(kept - target * np.sqrt(max(square, 0.0)))))
        rest.append(kept)
    return np.array(rest)


def oscillates(eigenvalues: NDArray[np.complex128]) -> bool:
    """Tell whether the two eigenvalues (n,) that nearly sum to zero are a complex pair."""
    first, second = np.triu_indices(len(eigenvalues), 1)
    nearest = int(np.argmin(np.abs(eigenvalues[first] + eigenvalues[second])))
    return bool(abs(eigenvalues[first[nearest]].imag) > TURNING * float(np.max(np.abs(eigenvalues))))
