"""Walk a curve of folds or of Hopf points from a seed, and label what lies on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ncm_app.numerics.codimension_two import Found, critical_frequency, find_on_folds, find_on_hopf, measure_lyapunov
from ncm_app.numerics.critical_curve import JUMP, CriticalCurve
from ncm_app.numerics.curve import FINE
from ncm_app.numerics.results import Array, Locus, SpecialPoint, Status
from ncm_app.numerics.system import Progress
from ncm_app.numerics.walk import Path, walk_path

REGULAR = 1e-6  # ratio of singular values below which no single curve passes a point
ROUND = 1e-9  # w^2, scaled, below which a Hopf curve has met a fold curve
AHEAD, LOOKS = 0.05, 65
"""Distance around the end of a walk over which a kink is sought, and number of points there."""

CRITICAL = {"CP": 1, "BT": 2, "GH": 2, "ZH": 3, "HH": 4}
"""Number of eigenvalues on the imaginary axis at each point of codimension two."""


@dataclass
class Walk:
    """A walked curve: rows z, directions, why it ended at either end."""

    z: Array
    forward: Array
    ends: tuple[Status, Status]


def is_regular(curve: CriticalCurve, row: Array) -> bool:
    """Tell whether one curve, and no more than one, passes a point."""
    slopes = curve.evaluate(row[None])[1][0]
    sizes = np.linalg.norm(slopes, axis=1, keepdims=True)
    if not (np.all(np.isfinite(slopes)) and np.all(sizes > 0.0)):
        return False
    values = np.linalg.svd(slopes / sizes, compute_uv=False)
    return bool(values[-1] > REGULAR)


def walk_both_ways(curve: CriticalCurve, start: Array, progress: Progress) -> Walk | None:
    """Walk the curve through a regular row, up to kinks; None if nothing of it lies inside."""
    tangent = curve.first_tangent(start)
    forth = walk_path(curve, start, tangent, progress)
    back = Path([start], [tangent], end=Status.CLOSED)
    if forth.end is not Status.CLOSED:
        back = walk_path(curve, start, -tangent, progress)
    z = np.array(back.z[:0:-1] + forth.z)
    forward = np.array([-t for t in back.tangents[:0:-1]] + forth.tangents)
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
    first = Status.KINK if low > 0 else _name_end(curve, walk.ends[0], z[0], -forward[0])
    last = Status.KINK if high < len(walk.z) else _name_end(curve, walk.ends[1], z[-1], forward[-1])
    return Walk(z, forward, (first, last))


def _name_end(curve: CriticalCurve, end: Status, row: Array, ahead: Array) -> Status:
    if end is Status.LEFT_BOX and curve.hopf and not row[-1] > ROUND:
        return Status.TAKENS
    if end is Status.NOT_CONVERGED and _meets_kink(curve, row, ahead):
        return Status.KINK
    return end


def _meets_kink(curve: CriticalCurve, row: Array, ahead: Array) -> bool:
    """Tell whether the Jacobian changes in one leap along a line through the end of a walk."""
    line = row + np.linspace(-AHEAD, AHEAD, LOOKS)[:, None] * ahead
    matrices = curve.jacobians(line, FINE)
    changes = np.linalg.norm(np.diff(matrices, axis=0), axis=(1, 2))
    leap = float(np.max(changes))
    return leap > 0.5 * float(np.sum(changes)) and leap > JUMP * max(curve.rate, float(np.linalg.norm(matrices[0])))


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
    others = values[np.argsort(np.abs(values.real))][CRITICAL[found.code]:]
    frequency = critical_frequency(curve, found)
    return SpecialPoint(found.code, dict(zip(curve.fields, full[n:n + 2].tolist(), strict=True)), full[:n], values,
                        frequency, 1.0 / frequency, stable=bool(np.all(others.real < 0.0)))


def make_locus(curve: CriticalCurve, walk: Walk, lyapunov: Array, found: list[Found],
               points: list[SpecialPoint]) -> Locus:
    """Return a walked curve in model units, with its labelled points as rows."""
    added = [q for q in found if not q.place.is_integer()]
    places = [int(q.place) + 1 for q in added]
    rows = np.insert(walk.z, places, np.array([q.z for q in added]).reshape(-1, curve.n + 1), axis=0)
    signs = np.insert(lyapunov, places, [0.0 if q.code == "GH" else lyapunov[int(q.place)] for q in added])
    full, n = curve.unscaled(rows), curve.states
    omega = np.sqrt(np.maximum(full[:, -1], 0.0)) if curve.hopf else np.full(len(rows), np.nan)
    return Locus("H" if curve.hopf else "LP", full[:, n], full[:, n + 1], full[:, :n].T, omega / (2.0 * np.pi),
                 signs, tuple(points), walk.ends)


__all__ = ["Walk", "find_points", "is_regular", "label", "make_locus", "measure_lyapunov", "walk_both_ways"]
