"""Walk a curve of folds or of Hopf points from a seed, and label what lies on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ncm_app.numerics.branches.codimension_two import (
    Found,
    critical_frequency,
    find_on_folds,
    find_on_hopf,
    measure_lyapunov,
)
from ncm_app.numerics.branches.critical_curve import CriticalCurve
from ncm_app.numerics.branches.curve import FINE
from ncm_app.numerics.branches.walk import walk_forth_and_back
from ncm_app.numerics.codes import LOCI, critical
from ncm_app.numerics.results import Array, Locus, SpecialPoint, Status
from ncm_app.numerics.system import Progress

REGULAR, NEARLY = 1e-6, 2e-3
"""Singular values below which no single curve passes a point, and below which such a point is near."""

NOISE = 1e-7  # size of a derivative of the Jacobian that is round-off only
ROUND = 1e-9  # w^2, scaled, below which a Hopf curve has met a fold curve
REACH, LOOKS, LEAST = 4e-3, 33, (1e-3, 1e-5)
"""Distance over which a kink is sought, points there, smallest leaps of the Jacobian and of its slope."""


@dataclass
class Walk:
    """A walked curve: rows z, directions, why it ended at either end."""

    z: Array
    forward: Array
    ends: tuple[Status, Status]


def regularity(curve: CriticalCurve, row: Array) -> float:
    """Return how clearly one curve passes a row (m,): 0 where none or several do, else up to about 1."""
    slopes = curve.evaluate(row[None])[1][0]
    sizes = np.linalg.norm(slopes, axis=1, keepdims=True)
    # The added rows are of order one by their units: without a value above round-off they say nothing.
    if not (np.all(np.isfinite(slopes)) and np.all(sizes > 0.0) and np.all(sizes[curve.states:] > NOISE)):
        return 0.0
    return float(np.linalg.svd(slopes / sizes, compute_uv=False)[-1])


def walk_both_ways(curve: CriticalCurve, start: Array, progress: Progress) -> Walk | None:
    """Walk the curve through a regular row (m,), up to kinks; None if nothing of it lies inside."""
    forth, back, z, forward = walk_forth_and_back(curve, start, curve.first_tangent(start), progress)
    inner = np.arange(1, len(z) - 1)
    exact, arrived = curve.correct(z[inner], forward[inner])
    z[inner[arrived]] = exact[arrived]
    walk = _cut_at_kinks(curve, Walk(z, forward, (back.end, forth.end)), len(back.z) - 1)
    return walk if len(walk.z) > 1 else None


def _cut_at_kinks(curve: CriticalCurve, walk: Walk, start: int) -> Walk:
    """Return the part of a walk around its start in which derivatives exist, with named ends."""
    kinked = curve.is_kinked(walk.z)
    before, behind = np.flatnonzero(kinked[:start + 1]), np.flatnonzero(kinked[start:])
    low = int(before[-1]) + 1 if len(before) else 0
    high = start + int(behind[0]) if len(behind) else len(walk.z)
    z, forward = walk.z[low:high], walk.forward[low:high]
    if len(z) < 2:
        return Walk(z, forward, walk.ends)
    first = Status.KINK if low > 0 else _name_end(curve, walk.ends[0], z[0])
    last = Status.KINK if high < len(walk.z) else _name_end(curve, walk.ends[1], z[-1])
    return Walk(z, forward, (first, last))


def _name_end(curve: CriticalCurve, end: Status, row: Array) -> Status:
    if end is Status.LEFT_BOX and curve.hopf and not row[-1] > ROUND:
        return Status.TAKENS
    if end is Status.NOT_CONVERGED and _meets_kink(curve, row):
        return Status.KINK
    if end is Status.NOT_CONVERGED and regularity(curve, row) < NEARLY:
        return Status.DEGENERATE
    return end


def _meets_kink(curve: CriticalCurve, row: Array) -> bool:
    """Tell whether the Jacobian or its slope leaps on a line through a row: differences met a kink."""
    axes = np.eye(len(row))[:curve.states + 2]
    lines = row + np.linspace(-REACH, REACH, LOOKS)[:, None] * axes[:, None]
    matrices = curve.jacobians(lines.reshape(-1, len(row)), FINE).reshape(len(axes), LOOKS, curve.states, -1)
    size = max(curve.rate, float(np.linalg.norm(matrices[0, LOOKS // 2])))
    for order, least in enumerate(LEAST, start=1):
        changes = np.linalg.norm(np.diff(matrices, n=order, axis=1), axis=(2, 3))
        leaps = np.max(changes[:, :-1] + changes[:, 1:], axis=1)
        if np.any((leaps > 0.6 * np.sum(changes, axis=1)) & (leaps > least * size)):
            return True
    return False


def find_points(curve: CriticalCurve, walk: Walk, lyapunov: Array) -> list[Found]:
    """Return the points of codimension two on a walked curve, in their order on it."""
    if not curve.hopf:
        found = find_on_folds(curve, walk.z, walk.forward)
    else:
        found = find_on_hopf(curve, walk.z, lyapunov)
        found += [Found("BT", walk.z[i], float(i)) for i, end in zip((0, len(walk.z) - 1), walk.ends, strict=True)
                  if end is Status.TAKENS]
    return sorted(found, key=lambda q: q.place)


def label(curve: CriticalCurve, found: Found) -> SpecialPoint:
    """Return a point of codimension two in model units."""
    full, n = curve.unscaled(found.z), curve.states
    values = curve.eigenvalues(found.z[None])[0]
    others = values[np.argsort(np.abs(values.real))][critical(LOCI, found.code):]
    frequency = critical_frequency(curve, found)
    return SpecialPoint(found.code, dict(zip(curve.fields, full[n:n + 2].tolist(), strict=True)), full[:n], values,
                        frequency, 1.0 / frequency, stable=bool(np.all(others.real < 0.0)))


def make_locus(curve: CriticalCurve, walk: Walk, lyapunov: Array, found: list[Found],
               points: list[SpecialPoint]) -> Locus:
    """Return a walked curve in model units, with its labelled points as rows."""
    added = [q for q in found if not q.place.is_integer()]
    places = [int(q.place) + 1 for q in added]
    rows = np.insert(walk.z, places, np.array([q.z for q in added]).reshape(-1, curve.n + 1), axis=0)
    # The coefficient passes zero at GH, and infinity at ZH.
    special = {"GH": 0.0, "ZH": np.nan}
    signs = np.insert(lyapunov, places, [special.get(q.code, lyapunov[int(q.place)]) for q in added])
    full, n = curve.unscaled(rows), curve.states
    omega = np.sqrt(np.maximum(full[:, -1], 0.0)) if curve.hopf else np.full(len(rows), np.nan)
    return Locus("H" if curve.hopf else "LP", full[:, n], full[:, n + 1], full[:, :n].T, omega / (2.0 * np.pi),
                 signs, tuple(points), walk.ends)


__all__ = ["REGULAR", "Walk", "find_points", "label", "make_locus", "measure_lyapunov", "regularity", "walk_both_ways"]
