"""Find and refine the labelled points of a curve of fixed points: LP, H, NS, BP."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.branches.curve import EquilibriumCurve
from ncm_app.numerics.newton import bracket_roots, solve_batch
from ncm_app.numerics.results import Array, SpecialPoint

FOLD, PAIR, BRANCHING = range(3)
"""Rows of the test functions: each changes sign at its kind of point."""

FLAT = 1e-9  # relative size below which a test function is only round-off
TOUCHING = 1e-3  # scaled distance below which a fold beside a branch point is the branch point
SAME = 1e-6  # scaled distance below which two labels mean one point


def find_eigenvalues(slopes: Array) -> NDArray[np.complex128]:
    """Return eigenvalues (k, n) in 1/ms of slopes (k, n, n + 1)."""
    return np.asarray(np.linalg.eigvals(slopes[:, :, :-1]).astype(complex))


def measure_tests(curve: EquilibriumCurve, z: Array, forward: Array) -> Array:
    """Return the test functions (3, k) at rows z, with directions `forward` (k, n + 1).

    Fold: parameter part of the tangent. Pair: product of the sums of two eigenvalues.
    Branching: determinant of the slopes bordered by the tangent.
    """
    slopes = curve.evaluate(z)[1]
    tangents = curve.tangents(slopes, forward)
    bordered = np.linalg.det(np.concatenate([slopes, tangents[:, None]], axis=1))
    return np.stack([tangents[:, -1], multiply_pair_sums(find_eigenvalues(slopes)), bordered])


def multiply_pair_sums(eigenvalues: NDArray[np.complex128]) -> Array:
    """Return the product over i < j of (l_i + l_j) / size for rows (k, n); 1 if n = 1."""
    first, second = np.triu_indices(eigenvalues.shape[1], 1)
    size = np.maximum(np.max(np.abs(eigenvalues), axis=1, keepdims=True), 1e-300)
    sums = (eigenvalues[:, first] + eigenvalues[:, second]) / size
    return np.asarray(np.prod(sums, axis=1).real)


def add_turning_points(curve: EquilibriumCurve, z: Array, forward: Array, smooth: NDArray[np.bool_]) -> tuple[
        Array, Array, NDArray[np.bool_]]:
    """Insert points where a test function may touch zero twice between two points.

    A parabola through three values tells where; returns rows, directions and which of
    the intervals between neighbours are smooth.
    """
    tests = measure_tests(curve, z, forward)
    where = predict_dips(z, tests, smooth)
    if not len(where):
        return z, forward, smooth
    index = np.floor(where).astype(int)
    share = (where - index)[:, None]
    chord = z[index + 1] - z[index]
    normals = chord / np.linalg.norm(chord, axis=1, keepdims=True)
    found, arrived = curve.correct(z[index] + share * chord, normals)
    index, found, normals = index[arrived] + 1, found[arrived], normals[arrived]
    z, forward = np.insert(z, index, found, axis=0), np.insert(forward, index, normals, axis=0)
    return z, forward, np.insert(smooth, index, True)


def predict_dips(z: Array, tests: Array, smooth: NDArray[np.bool_]) -> Array:
    """Return fractional indices where a parabola through three tests changes sign twice."""
    lengths = np.linalg.norm(np.diff(z, axis=0), axis=1)
    a, b = lengths[:-1], lengths[1:]
    with np.errstate(all="ignore"):
        left, right = (tests[:, 1:-1] - tests[:, :-2]) / a, (tests[:, 2:] - tests[:, 1:-1]) / b
        bend = (right - left) / (a + b)
        slope = (left * b + right * a) / (a + b)
        shift = -slope / (2.0 * bend)
        lowest = tests[:, 1:-1] - slope**2 / (4.0 * bend)
    same = (tests[:, :-2] * tests[:, 1:-1] > 0) & (tests[:, 1:-1] * tests[:, 2:] > 0)
    inside = (shift > -a) & (shift < b) & (smooth[:-1] & smooth[1:])
    rows, columns = np.nonzero(same & inside & (lowest * tests[:, 1:-1] < 0))
    moved = shift[rows, columns]
    share = np.where(moved < 0, moved / a[columns], moved / b[columns])
    return np.unique(columns + 1 + np.clip(share, -0.99, 0.99))


def find_sign_changes(tests: Array, smooth: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return kinds and intervals in which a test function (3, k) changes sign."""
    positive = tests >= 0.0
    size = np.maximum(np.abs(tests[:, :-1]), np.abs(tests[:, 1:]))
    real = size > FLAT * np.max(np.abs(tests), axis=1, keepdims=True)
    kinds, intervals = np.nonzero((positive[:, :-1] != positive[:, 1:]) & real & smooth)
    return kinds, intervals


def refine_points(curve: EquilibriumCurve, z: Array, tests: Array, kinds: NDArray[np.int64],
                  intervals: NDArray[np.int64]) -> tuple[Array, NDArray[np.bool_]]:
    """Return the rows (k, n + 1) at which the tests vanish, and which were found."""
    rows, found = np.empty((len(kinds), z.shape[1])), np.ones(len(kinds), dtype=bool)
    plain = np.flatnonzero(kinds != BRANCHING)
    if len(plain):
        rows[plain] = _refine_crossings(curve, z, tests, kinds[plain], intervals[plain])
    for k in np.flatnonzero(kinds == BRANCHING):
        i = intervals[k]
        share = tests[BRANCHING, i] / (tests[BRANCHING, i] - tests[BRANCHING, i + 1])
        rows[k], found[k] = _refine_branch_point(curve, z[i] + share * (z[i + 1] - z[i]))
        found[k] &= bool(np.linalg.norm(rows[k] - z[i]) < 2.0 * np.linalg.norm(z[i + 1] - z[i]))
    return rows, found


def _refine_crossings(curve: EquilibriumCurve, z: Array, tests: Array, kinds: NDArray[np.int64],
                      intervals: NDArray[np.int64]) -> Array:
    """Return where the tests change sign along the curve, by brackets, all together."""
    start, chord = z[intervals], z[intervals + 1] - z[intervals]
    normals = chord / np.linalg.norm(chord, axis=1, keepdims=True)
    rows = np.arange(len(kinds))

    def place(share: Array) -> Array:
        return curve.correct(start + share[:, None] * chord, normals, steps=5)[0]

    def test(share: Array) -> Array:
        return np.asarray(measure_tests(curve, place(share), normals)[kinds, rows])

    ends = np.zeros(len(kinds)), np.ones(len(kinds))
    return place(bracket_roots(test, *ends, tests[kinds, intervals], tests[kinds, intervals + 1], tolerance=1e-12))


def _refine_branch_point(curve: EquilibriumCurve, guess: Array) -> tuple[Array, bool]:
    """Return a branch point by Newton on F + b v = 0, v' DF = 0, |v| = 1.

    Corrections along the curve fail here, because two curves cross; this system in (z, b,
    v) is regular, and b = 0 tells a true crossing from a near miss.
    """
    n, size = curve.n, curve.n + 1
    z, b = guess.copy(), 0.0
    v = np.linalg.svd(curve.evaluate(z[None])[1][0])[0][:, -1]
    matrix, step = np.zeros((n + size + 1, n + size + 1)), 2.0**-11
    for _ in range(20):
        around = np.concatenate([z[None], z + step * np.eye(size), z - step * np.eye(size)])
        residuals, slopes = curve.evaluate(around)
        bend = np.einsum("i,kij->jk", v, slopes[1:size + 1] - slopes[size + 1:]) / (2.0 * step)
        matrix[:n, :size], matrix[:n, size], matrix[:n, size + 1:] = slopes[0], v, b * np.eye(n)
        matrix[n:-1, :size], matrix[n:-1, size + 1:] = bend, slopes[0].T
        matrix[-1, size + 1:] = 2.0 * v
        right = np.concatenate([residuals[0] + b * v, slopes[0].T @ v, [v @ v - 1.0]])
        shift = -solve_batch(matrix[None], right[None])[0]
        if not np.all(np.isfinite(shift)):
            return guess, False
        z, b, v = z + shift[:size], b + float(shift[size]), v + shift[size + 1:]
        if float(np.max(np.abs(shift[:size]))) < 1e-11:
            return z, bool(abs(b) < 1e-9 * max(np.linalg.norm(slopes[0]), np.linalg.norm(bend)))
    return guess, False


def label_points(curve: EquilibriumCurve, z: Array, kinds: NDArray[np.int64]) -> list[SpecialPoint | None]:
    """Return the labelled points at rows z; None where a label repeats a branch point."""
    if not len(z):
        return []
    eigenvalues = find_eigenvalues(curve.evaluate(z)[1])
    crossings = z[kinds == BRANCHING]
    found: list[SpecialPoint | None] = []
    for row, values, kind in zip(z, eigenvalues, kinds, strict=True):
        # A pitchfork's bent branch also turns around where it crosses the straight one.
        repeats = kind == FOLD and any(np.max(np.abs(row - other)) < TOUCHING for other in crossings)
        found.append(None if repeats else _label(curve, row, values, int(kind)))
    return found


def _label(curve: EquilibriumCurve, row: Array, values: NDArray[np.complex128], kind: int) -> SpecialPoint:
    if kind != PAIR:
        critical = [int(np.argmin(np.abs(values)))]
        return make_point(curve, row, values, "LP" if kind == FOLD else "BP", critical)
    first, second = np.triu_indices(len(values), 1)
    nearest = int(np.argmin(np.abs(values[first] + values[second])))
    critical = [int(first[nearest]), int(second[nearest])]
    turning = abs(values[critical[0]].imag)
    if turning <= 1e-6 * float(np.max(np.abs(values))):
        return make_point(curve, row, values, "NS", critical)
    return make_point(curve, row, values, "H", critical, frequency=float(turning / (2.0 * np.pi)))


def make_point(curve: EquilibriumCurve, row: Array, values: NDArray[np.complex128], code: str,
               critical: list[int], frequency: float = float("nan")) -> SpecialPoint:
    """Return a labelled point; it is stable if no eigenvalue but the critical ones grows."""
    full = curve.unscaled(row)
    others: Any = np.delete(values, critical)
    calm = code in ("H", "LP", "BP") or bool(np.all(values[critical].real < 0))
    return SpecialPoint(code, {curve.field: float(full[-1])}, full[:-1], values, frequency, 1.0 / frequency,
                        stable=bool(np.all(others.real < 0)) and calm)
