"""Find and refine the labelled points of a curve of fixed points: LP, H, NS, BP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics import codes
from ncm_app.numerics.branches.curve import EquilibriumCurve
from ncm_app.numerics.newton import bracket_roots, solve_batch
from ncm_app.numerics.results import Array, SpecialPoint

FOLD, PAIR, BRANCHING = range(3)
"""Rows of the test functions: each changes sign at its kind of point."""

NOISE = 1e-9
"""Share of the Jacobian below which an eigenvalue or a sum of two, got by differences, has no sign."""

FLAT = 1e-2  # share of the typical slopes below which slopes count as that large: with NOISE, their round-off
LEVEL = 1e-8  # parameter part of a tangent below which the parameter stands still
SINGULAR = 1e10  # condition number from which a determinant has no sign
BRIDGED = 3  # intervals, at most, over which a sign is compared where the rows between have none
ZERO = 1e-9  # product of two eigenvalues, as a share of the Jacobian's square, that is zero
VANISHES = 1e-3  # share of its values around that a test keeps at a true root; a jump keeps more
TOUCHING = 1e-3  # scaled distance below which a fold beside a branch point is the branch point


@dataclass(frozen=True)
class Measured:
    """What is measured along k rows of a curve.

    `tests` (3, k) and which of them have a sign that is no round-off (`clear`); `eigenvalues`
    (k, n) and `sizes` (k,) of the Jacobians, and `wholes` (k,) of all slopes, in 1/ms.
    """

    tests: Array
    clear: NDArray[np.bool_]
    eigenvalues: NDArray[np.complex128]
    sizes: Array
    wholes: Array

    def inserted(self, at: NDArray[np.int64], more: Measured) -> Measured:
        """Return the same with more rows in front of rows `at`."""
        return Measured(np.insert(self.tests, at, more.tests, axis=1), np.insert(self.clear, at, more.clear, axis=1),
                        np.insert(self.eigenvalues, at, more.eigenvalues, axis=0),
                        np.insert(self.sizes, at, more.sizes), np.insert(self.wholes, at, more.wholes))

    @property
    def unstable(self) -> NDArray[np.int64]:
        """Number of growing directions (k,), -1 where an eigenvalue has no clear sign."""
        real, least = self.eigenvalues.real, NOISE * self.sizes[:, None]
        return np.where(np.all(np.abs(real) > least, axis=1), np.sum(real > least, axis=1), -1)


def find_eigenvalues(slopes: Array) -> NDArray[np.complex128]:
    """Return eigenvalues (k, n) in 1/ms of slopes (k, n, n + 1)."""
    return np.asarray(np.linalg.eigvals(slopes[:, :, :-1]).astype(complex))


def measure(curve: EquilibriumCurve, z: Array, forward: Array) -> Measured:
    """Return the test functions and eigenvalues at rows z, with directions `forward` (k, n + 1).

    Fold: parameter part of the tangent. Pair: product of the sums of two eigenvalues.
    Branching: determinant of the slopes, as shares of their size, bordered by the tangent.
    """
    slopes = curve.evaluate(z)[1]
    eigenvalues = find_eigenvalues(slopes)
    floor = FLAT * curve.rate + 1e-300
    sizes = np.maximum(np.linalg.norm(slopes[:, :, :-1], axis=(1, 2)), floor)
    wholes = np.maximum(np.linalg.norm(slopes, axis=(1, 2)), floor)
    unit = slopes / wholes[:, None, None]
    inverse = solve_batch(np.concatenate([unit, forward[:, None]], axis=1),
                          np.broadcast_to(np.eye(curve.n + 1), (len(z), curve.n + 1, curve.n + 1)))
    tangents = inverse[:, :, -1].copy()
    lost = ~np.all(np.isfinite(tangents), axis=1)
    tangents[lost] = forward[lost]
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
    tests = np.stack([tangents[:, -1], multiply_pair_sums(eigenvalues),
                      np.linalg.det(np.concatenate([unit, tangents[:, None]], axis=1))])
    first, second = np.triu_indices(curve.n, 1)
    least = np.min(np.abs(eigenvalues[:, first] + eigenvalues[:, second]), axis=1, initial=np.inf)
    regular = np.linalg.norm(inverse, axis=(1, 2)) < SINGULAR  # false for NaN
    clear = np.stack([regular & (np.abs(tests[FOLD]) > LEVEL), least > NOISE * sizes, regular])
    return Measured(tests, clear, eigenvalues, sizes, wholes)


def multiply_pair_sums(eigenvalues: NDArray[np.complex128]) -> Array:
    """Return the product over i < j of (l_i + l_j) / size for rows (k, n); 1 if n = 1."""
    first, second = np.triu_indices(eigenvalues.shape[1], 1)
    size = np.maximum(np.max(np.abs(eigenvalues), axis=1, keepdims=True), 1e-300)
    sums = (eigenvalues[:, first] + eigenvalues[:, second]) / size
    return np.asarray(np.prod(sums, axis=1).real)


def add_turning_points(curve: EquilibriumCurve, z: Array, forward: Array, smooth: NDArray[np.bool_]) -> tuple[
        Array, Array, NDArray[np.bool_], Measured]:
    """Insert points where a test function may touch zero twice between two rows z (k, n + 1).

    A parabola through three values tells where; returns rows, directions, which of the
    intervals between neighbours are smooth, and what is measured at the rows.
    """
    measured = measure(curve, z, forward)
    where = predict_dips(z, measured.tests, smooth)
    if not len(where):
        return z, forward, smooth, measured
    index = np.floor(where).astype(int)
    share = (where - index)[:, None]
    chord = z[index + 1] - z[index]
    normals = chord / np.linalg.norm(chord, axis=1, keepdims=True)
    found, arrived = curve.correct(z[index] + share * chord, normals)
    index, found, normals = index[arrived] + 1, found[arrived], normals[arrived]
    measured = measured.inserted(index, measure(curve, found, normals))
    z, forward = np.insert(z, index, found, axis=0), np.insert(forward, index, normals, axis=0)
    return z, forward, np.insert(smooth, index, True), measured


def predict_dips(z: Array, tests: Array, smooth: NDArray[np.bool_]) -> Array:
    """Return fractional indices where a parabola through three tests (3, k) changes sign twice."""
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


def bridge(clear: NDArray[np.bool_], smooth: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs of rows with clear values between which all is smooth and few rows are unclear."""
    rows = np.flatnonzero(clear)
    first, last = rows[:-1], rows[1:]
    broken = np.concatenate([[0], np.cumsum(~smooth)])
    joined = (broken[last] == broken[first]) & (last - first <= BRIDGED)
    return first[joined], last[joined]


def find_sign_changes(tests: Array, clear: NDArray[np.bool_], smooth: NDArray[np.bool_]) -> tuple[
        NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return kinds, first and last rows of the stretches in which a test function (3, k) changes sign.

    Values that are round-off have no sign: a function that vanishes all along changes nowhere.
    """
    kinds, starts, ends = [], [], []
    for kind, (values, sure) in enumerate(zip(tests, clear, strict=True)):
        first, last = bridge(sure, smooth)
        changes = (values[first] >= 0.0) != (values[last] >= 0.0)
        starts.append(first[changes])
        ends.append(last[changes])
        kinds.append(np.full(int(np.sum(changes)), kind))
    return np.concatenate(kinds), np.concatenate(starts), np.concatenate(ends)


def refine_points(curve: EquilibriumCurve, z: Array, tests: Array, kinds: NDArray[np.int64],
                  starts: NDArray[np.int64], ends: NDArray[np.int64]) -> tuple[Array, NDArray[np.bool_]]:
    """Return the rows (k, n + 1) at which the tests vanish, and which were found."""
    rows, found = np.empty((len(kinds), z.shape[1])), np.ones(len(kinds), dtype=bool)
    plain = np.flatnonzero(kinds != BRANCHING)
    if len(plain):
        rows[plain], found[plain] = _refine_crossings(curve, z, tests, kinds[plain], starts[plain], ends[plain])
    for k in np.flatnonzero(kinds == BRANCHING):
        i, j = starts[k], ends[k]
        share = tests[BRANCHING, i] / (tests[BRANCHING, i] - tests[BRANCHING, j])
        rows[k], found[k] = _refine_branch_point(curve, z[i] + share * (z[j] - z[i]))
        found[k] &= bool(np.linalg.norm(rows[k] - z[i]) < 2.0 * np.linalg.norm(z[j] - z[i]))
    return rows, found


def _refine_crossings(curve: EquilibriumCurve, z: Array, tests: Array, kinds: NDArray[np.int64],
                      starts: NDArray[np.int64], ends: NDArray[np.int64]) -> tuple[Array, NDArray[np.bool_]]:
    """Return where the tests change sign along the curve, by brackets, all together, and which vanish there."""
    start, chord = z[starts], z[ends] - z[starts]
    normals = chord / np.linalg.norm(chord, axis=1, keepdims=True)
    rows = np.arange(len(kinds))

    def place(share: Array) -> Array:
        return curve.correct(start + share[:, None] * chord, normals, steps=5)[0]

    def test(share: Array) -> Array:
        return np.asarray(measure(curve, place(share), normals).tests[kinds, rows])

    span = np.zeros(len(kinds)), np.ones(len(kinds))
    values = tests[kinds, starts], tests[kinds, ends]
    found = place(bracket_roots(test, *span, *values, tolerance=1e-12))
    left = np.abs(measure(curve, found, normals).tests[kinds, rows])
    return found, left < VANISHES * np.maximum(*np.abs(values))


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


def label_points(curve: EquilibriumCurve, z: Array, kinds: NDArray[np.int64], measured: Measured,
                 starts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[SpecialPoint | None]:
    """Return the labelled points at rows z (k, n + 1), between measured rows `starts` and `ends` (k,).

    None where a label repeats a branch point or says nothing.
    """
    if not len(z):
        return []
    slopes = curve.evaluate(z)[1]
    eigenvalues = find_eigenvalues(slopes)
    crossings = z[kinds == BRANCHING]
    found: list[SpecialPoint | None] = []
    for row, matrix, values, kind, i, j in zip(z, slopes, eigenvalues, kinds, starts, ends, strict=True):
        if kind == PAIR:
            sides = measured.eigenvalues[[i, j]]
            found.append(_label_pair(curve, row, float(np.linalg.norm(matrix[:, :-1])), values, sides))
            continue
        # A pitchfork's bent branch also turns around where it crosses the straight one.
        repeats = kind == FOLD and any(np.max(np.abs(row - other)) < TOUCHING for other in crossings)
        found.append(None if repeats else make_point(curve, row, values, "LP" if kind == FOLD else "BP",
                                                     [int(np.argmin(np.abs(values)))]))
    return found


def _label_pair(curve: EquilibriumCurve, row: Array, size: float, values: NDArray[np.complex128],
                sides: NDArray[np.complex128]) -> SpecialPoint | None:
    """Return the Hopf point or the neutral saddle at a row, from its eigenvalues and those on both `sides` of it."""
    critical = nearest_pair(values)
    vanish = float(np.prod(np.abs(values[critical]))) <= ZERO * size**2
    turning = abs(values[critical[0]].imag)
    if turning > 1e-6 * float(np.max(np.abs(values))) and not (vanish and not all(map(_turns, sides))):
        return make_point(curve, row, values, "H", critical, frequency=float(turning / (2.0 * np.pi)))
    # Where both vanish, two real eigenvalues pass zero together.
    return None if vanish else make_point(curve, row, values, "NS", critical)


def nearest_pair(values: NDArray[np.complex128]) -> list[int]:
    """Return which two eigenvalues (n,) have the smallest sum."""
    first, second = np.triu_indices(len(values), 1)
    nearest = int(np.argmin(np.abs(values[first] + values[second])))
    return [int(first[nearest]), int(second[nearest])]


def _turns(values: NDArray[np.complex128]) -> bool:
    """Tell whether the two eigenvalues of (n,) with the smallest sum are a complex pair."""
    one = values[nearest_pair(values)[0]]
    return bool(abs(one.imag) > 1e-3 * abs(one))


def make_point(curve: EquilibriumCurve, row: Array, values: NDArray[np.complex128], code: str,
               critical: list[int], frequency: float = float("nan")) -> SpecialPoint:
    """Return a labelled point from a row (n + 1,); it is stable if no eigenvalue (n,) but the critical ones grows."""
    full = curve.unscaled(row)
    others: Any = np.delete(values, critical)
    calm = codes.critical(codes.POINTS, code) > 0 or bool(np.all(values[critical].real < 0))
    return SpecialPoint(code, {curve.field: float(full[-1])}, full[:-1], values, frequency, 1.0 / frequency,
                        stable=bool(np.all(others.real < 0)) and calm)
