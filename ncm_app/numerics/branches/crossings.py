"""Where several eigenvalues pass the imaginary axis together, and where branches cross."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.branches.curve import EquilibriumCurve
from ncm_app.numerics.branches.special_points import NOISE, Measured, bridge, find_eigenvalues, make_point
from ncm_app.numerics.codes import POINTS, critical
from ncm_app.numerics.results import Array, SpecialPoint

SWITCH = 0.01  # distance from a branch point at which the branches that cross there are caught
SHARED = 1e-6
"""Share of the slopes below which a singular value vanishes: several curves pass such a point."""

HALVINGS = 44  # of a stretch, to place where the number of growing directions changes
ASIDE = 1e-6  # share of a stretch, beyond the place, at which that number is counted again
VANISHES, ALIKE = 1e-4, 1e-4
"""Shares of the Jacobian below which an eigenvalue is zero, and two frequencies are one."""

DIRECTIONS = 24  # in which branches are sought around a point where more than two may cross


@dataclass(frozen=True)
class Crossing:
    """A row at which several eigenvalues cross, and the first row of the curve behind it."""

    row: Array
    after: int
    points: tuple[SpecialPoint, ...]


def find_unexplained(measured: Measured, smooth: NDArray[np.bool_], labels: list[tuple[str, int]]) -> list[
        tuple[int, int]]:
    """Return stretches (first row, last row) over which more directions begin to grow than labels explain.

    `labels` are codes with the row before which they lie.
    """
    unstable = measured.unstable
    found = []
    for i, j in zip(*bridge(unstable >= 0, smooth), strict=True):
        change = int(unstable[j] - unstable[i])
        sizes = [size for code, row in labels if i < row <= j and (size := critical(POINTS, code))]
        if change != 0 or sizes:
            reach = {0}
            for size in sizes:
                reach = {old + sign * size for old in reach for sign in (-1, 1)}
            if change not in reach and change != 0:
                found.append((int(i), int(j)))
    return found


def find_crossings(curve: EquilibriumCurve, z: Array, measured: Measured, stretch: tuple[int, int]) -> list[Crossing]:
    """Return where, on a stretch of rows z (k, n + 1), the number of growing directions changes."""
    i, j = stretch
    chord = z[j] - z[i]
    normal = chord[None] / np.linalg.norm(chord)

    def at(share: float) -> tuple[Array, NDArray[np.complex128]]:
        row = curve.correct((z[i] + share * chord)[None], normal)[0]
        return row[0], find_eigenvalues(curve.evaluate(row)[1])[0]

    size = float(max(measured.sizes[i], measured.sizes[j]))
    found: list[Crossing] = []
    last, low = int(measured.unstable[j]), 0.0
    here = int(measured.unstable[i])
    while here != last and len(found) < curve.n:
        start, high = low, 1.0
        for _ in range(HALVINGS):
            middle = (start + high) / 2.0
            start, high = (middle, high) if _growing(at(middle)[1], size) == here else (start, middle)
        row, values = at(high)
        low = min(high + ASIDE, 1.0)
        behind = last if low == 1.0 else _growing(at(low)[1], size)
        along = float(np.sum((z[i:j + 1] - z[i]) @ chord <= high * float(chord @ chord)))
        points = _label(curve, row, values, abs(behind - here), size)
        found.append(Crossing(row, i + min(max(int(along), 1), j - i), points))
        here = behind
    return found


def _growing(eigenvalues: NDArray[np.complex128], size: float) -> int:
    return int(np.sum(eigenvalues.real > NOISE * size))


def _label(curve: EquilibriumCurve, row: Array, values: NDArray[np.complex128], count: int,
           size: float) -> tuple[SpecialPoint, ...]:
    """Return one branch point for all eigenvalues that vanish at a row, one Hopf point for every frequency."""
    critical = np.argsort(np.abs(values.real), kind="stable")[:count]
    zero = [int(k) for k in critical if abs(values[k]) < VANISHES * size]
    turning = [int(k) for k in critical if k not in zero and abs(values[k].imag) > VANISHES * size]
    points = [make_point(curve, row, values, "BP", zero)] if zero else []
    told: list[float] = []
    for k in turning:
        omega = abs(float(values[k].imag))
        if all(abs(omega - other) > ALIKE * size for other in told):
            told.append(omega)
            points.append(make_point(curve, row, values, "H", [*zero, *turning], frequency=omega / (2.0 * np.pi)))
    return tuple(points)


def count_lost(curve: EquilibriumCurve, row: Array, size: float) -> int:
    """Return how many ranks the slopes lose at a row: none where one curve passes, else branches cross.

    `size` (1/ms) is that of the slopes around: at the row itself all of them may vanish.
    """
    values = np.linalg.svd(curve.evaluate(row[None])[1][0], compute_uv=False)
    return int(np.sum(values < SHARED * max(size, float(values[0]))))


def slopes_around(curve: EquilibriumCurve, row: Array) -> float:
    """Return the size of the slopes around a row (n + 1,) at the distance at which branches are caught, 1/ms."""
    shifts = SWITCH * np.concatenate([np.eye(curve.n + 1), -np.eye(curve.n + 1)])
    slopes = curve.evaluate(row + shifts)[1]
    return float(np.nanmedian(np.linalg.norm(slopes, axis=(1, 2))))


def starts_around(curve: EquilibriumCurve, row: Array) -> list[Array]:
    """Return points (n + 1,) of all branches near a row that they share, inside the box and the range."""
    slopes, n = curve.evaluate(row[None])[1][0], curve.n
    size = max(slopes_around(curve, row), 1e-300)
    lost = int(np.sum(np.linalg.svd(slopes, compute_uv=False) < 1e2 * SHARED * size))
    kernel = np.linalg.svd(slopes)[2][n - max(lost, 1):]
    if len(kernel) == 2:
        angles = np.pi * (np.arange(DIRECTIONS) + 0.3) / (DIRECTIONS / 2)
        shares = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    else:
        shares = np.random.default_rng(0).normal(size=(DIRECTIONS * len(kernel), len(kernel)))
        shares = np.concatenate([shares, np.eye(len(kernel)), -np.eye(len(kernel))])
    normals = shares @ kernel
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    found, arrived = curve.correct(row + SWITCH * normals, normals, steps=12)
    arrived &= np.all((found >= curve.bottom) & (found <= curve.top), axis=1)
    kept: list[Array] = []
    for z in found[arrived]:
        if all(np.max(np.abs(z - other)) > 1e-4 * SWITCH for other in kept):
            kept.append(z)
    return kept
