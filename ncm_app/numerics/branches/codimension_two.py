"""Find and refine the points of codimension two on a curve of folds or of Hopf points.

Which points there are, and what changes sign at each: [Kuznetsov2004], chapter 8, and [Govaerts2000].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.branches.critical_curve import CriticalCurve
from ncm_app.numerics.branches.special_points import multiply_pair_sums, predict_dips
from ncm_app.numerics.lyapunov import DOUBTFUL, estimate_lyapunov
from ncm_app.numerics.newton import bracket_roots
from ncm_app.numerics.results import Array

Measure = Callable[[Array], Array]
"""Test function: rows (k, d) -> values (k,)."""

VANISHES = 1e-3  # share of its values around that a test keeps at a true root; a jump or a pole keeps more
CLEAR = 1e-7  # parameter part of a tangent below which it has no direction
TURNING = 1e-5  # imaginary part, relative to the largest eigenvalue, that makes a pair oscillate
FAINT = 1e-2  # share of the typical Lyapunov coefficient against which a disagreement counts at least


@dataclass(frozen=True)
class Found:
    """A point on a walked curve: code, row z, and its place as a fractional index of the walk."""

    code: str
    z: Array
    place: float


@dataclass(frozen=True)
class Brackets:
    """Stretches of a walked curve over which a test changes sign: rows, places and values at both ends."""

    rows: tuple[Array, Array]
    places: tuple[Array, Array]
    values: tuple[Array, Array]


def find_on_folds(curve: CriticalCurve, z: Array, forward: Array) -> list[Found]:
    """Return the cusps, Bogdanov-Takens and fold-Hopf points on a fold curve in rows z (k, n + 2)."""
    found = _find_cusps(curve, z, forward)
    if curve.states > 1:
        found += locate(curve, "BT", z, lambda rows: multiply_others(curve.eigenvalues(rows) / curve.rate))
    if curve.states > 2:
        found += [q for q in locate(curve, "ZH", z, lambda rows: multiply_pair_sums(_without_zero(curve, rows)))
                  if oscillates(_without_zero(curve, q.z[None])[0])]
    return found


def find_on_hopf(curve: CriticalCurve, z: Array, lyapunov: Array) -> list[Found]:
    """Return the Bautin, fold-Hopf and double Hopf points on a Hopf curve in rows z (k, n + 3)."""
    known = np.flatnonzero(np.isfinite(lyapunov) & (lyapunov != 0.0))  # where it vanishes all along it changes no sign
    found = _refine(curve, "GH", _brackets(z[known], known.astype(float), lyapunov[known]),
                    lambda rows: np.array([lyapunov_at(curve, row)[0] for row in rows]))
    if curve.states > 2:
        found += locate(curve, "ZH", z, lambda rows: np.asarray(
            np.prod(_without_pair(curve, rows) / curve.rate, axis=1).real))
    if curve.states > 3:
        found += [q for q in locate(curve, "HH", z, lambda rows: multiply_pair_sums(_without_pair(curve, rows)))
                  if oscillates(_without_pair(curve, q.z[None])[0])]
    return found


def locate(curve: CriticalCurve, code: str, z: Array, measure: Measure) -> list[Found]:
    """Return where a test function changes sign along rows z (k, m), and vanishes there.

    Where a parabola through three values touches zero, a further row tells two roots apart.
    """
    values, places = measure(z), np.arange(len(z), dtype=float)
    dips = predict_dips(z, values[None], np.ones(len(z) - 1, dtype=bool)) if len(z) > 2 else np.empty(0)
    if len(dips):
        index = np.minimum(np.floor(dips).astype(int), len(z) - 2)
        chords = z[index + 1] - z[index]
        rows, arrived = curve.correct(z[index] + (dips - index)[:, None] * chords,
                                      chords / np.linalg.norm(chords, axis=1, keepdims=True))
        at = index[arrived] + 1
        values = np.insert(values, at, measure(rows[arrived]))
        z, places = np.insert(z, at, rows[arrived], axis=0), np.insert(places, at, dips[arrived])
    return _refine(curve, code, _brackets(z, places, values), measure)


def _brackets(z: Array, places: Array, values: Array) -> Brackets:
    at = np.flatnonzero((values[:-1] >= 0.0) != (values[1:] >= 0.0))
    return Brackets((z[at], z[at + 1]), (places[at], places[at + 1]), (values[at], values[at + 1]))


def _refine(curve: CriticalCurve, code: str, brackets: Brackets, measure: Measure) -> list[Found]:
    """Return the roots of a test in its brackets, all together."""
    start, end = brackets.rows
    if not len(start):
        return []
    normals = (end - start) / np.linalg.norm(end - start, axis=1, keepdims=True)

    def place(share: Array) -> tuple[Array, NDArray[np.bool_]]:
        return curve.correct(start + share[:, None] * (end - start), normals, steps=5)

    share = bracket_roots(lambda s: measure(place(s)[0]), np.zeros(len(start)), np.ones(len(start)),
                          *brackets.values, tolerance=1e-11)
    roots, arrived = place(share)
    size = np.max(np.abs(brackets.values), axis=0)
    where = brackets.places[0] + share * (brackets.places[1] - brackets.places[0])
    return [Found(code, roots[k], float(where[k]))
            for k in np.flatnonzero(arrived & (np.abs(measure(roots)) <= VANISHES * size))]


def _find_cusps(curve: CriticalCurve, z: Array, forward: Array) -> list[Found]:
    """Return where a fold curve turns back in the plane of the parameters."""
    tangents = curve.tangents(curve.evaluate(z)[1], forward)
    plane = tangents[:, curve.is_parameter]
    sizes = np.linalg.norm(plane, axis=1)
    clear = np.flatnonzero(sizes > CLEAR)
    found = []
    for i, j in pairwise(clear.tolist()):
        heading, onward = plane[i] / sizes[i], forward[i]
        if float(plane[j] @ heading) < 0.0:
            bracket = Brackets((z[[i]], z[[j]]), (np.array([float(i)]), np.array([float(j)])),
                               (sizes[[i]], plane[[j]] @ heading))
            found += _refine(curve, "CP", bracket, lambda rows, heading=heading, onward=onward: (  # type: ignore[misc]
                curve.tangents(curve.evaluate(rows)[1], onward[None])[:, curve.is_parameter] @ heading))
    return found


def measure_lyapunov(curve: CriticalCurve, z: Array) -> Array:
    """Return the first Lyapunov coefficient (k,) at rows z, in 1/ms: zero where it vanishes, NaN where not known."""
    values, gaps = np.array([lyapunov_at(curve, row) for row in z]).reshape(-1, 2).T
    sizes = np.abs(values[np.isfinite(gaps) & (values != 0.0)])
    typical = float(np.median(sizes)) if len(sizes) else 0.0
    sure = (gaps == 0.0) | (gaps < DOUBTFUL * np.maximum(np.abs(values), FAINT * typical))
    # Beside kinks differences of two lengths may agree by chance, but not twice in a row.
    beside = np.convolve(sure, [1, 0, 1], mode="same") > 0
    return np.where(sure & beside, values, np.nan)


def lyapunov_at(curve: CriticalCurve, row: Array) -> tuple[float, float]:
    """Return the first Lyapunov coefficient at a row z (n + 3,), and how far differences disagree, 1/ms."""
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


def _without_zero(curve: CriticalCurve, rows: Array) -> NDArray[np.complex128]:
    """Return the eigenvalues (k, n - 1) but the one nearest to zero."""
    values = curve.eigenvalues(rows)
    return np.array([np.delete(row, np.argmin(np.abs(row))) for row in values])


def _without_pair(curve: CriticalCurve, rows: Array) -> NDArray[np.complex128]:
    """Return the eigenvalues (k, n - 2) but the critical pair +-i w."""
    def leave(values: NDArray[np.complex128], target: complex) -> NDArray[np.complex128]:
        return np.delete(values, np.argmin(np.abs(values - target)))

    omegas = np.sqrt(np.maximum(rows[:, -1] * curve.square, 0.0))
    return np.array([leave(leave(values, 1j * omega), -1j * omega)
                     for values, omega in zip(curve.eigenvalues(rows), omegas, strict=True)])


def critical_frequency(curve: CriticalCurve, found: Found) -> float:
    """Return the frequency in 1/ms of the critical pair at GH, ZH and HH, NaN elsewhere."""
    if found.code in ("CP", "BT"):
        return float("nan")
    square = float(found.z[-1] * curve.square) if curve.hopf else _square(_without_zero(curve, found.z[None])[0])
    return float(np.sqrt(square) / (2.0 * np.pi))


def second_square(curve: CriticalCurve, found: Found) -> float:
    """Return w^2 (1/ms^2) of the other pair at a double Hopf point."""
    return _square(_without_pair(curve, found.z[None])[0])


def _square(eigenvalues: NDArray[np.complex128]) -> float:
    """Return w^2 of the oscillating pair among eigenvalues (n,) that is nearest to +-i w."""
    turning = np.abs(eigenvalues.imag) > TURNING * float(np.max(np.abs(eigenvalues)))
    nearest = int(np.argmin(np.where(turning, np.abs(eigenvalues.real), np.inf)))
    return float(eigenvalues[nearest].imag ** 2)


def oscillates(eigenvalues: NDArray[np.complex128]) -> bool:
    """Tell whether the two eigenvalues (n,) that nearly sum to zero are a complex pair."""
    first, second = np.triu_indices(len(eigenvalues), 1)
    nearest = int(np.argmin(np.abs(eigenvalues[first] + eigenvalues[second])))
    return bool(abs(eigenvalues[first[nearest]].imag) > TURNING * float(np.max(np.abs(eigenvalues))))
