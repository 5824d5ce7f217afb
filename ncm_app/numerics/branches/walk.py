"""Walk along a curve by pseudo-arclength steps of adapted length [Keller1977]."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ncm_app.numerics.branches.curve import FINE, Curve
from ncm_app.numerics.branches.kinks import follow_kink, jumps, place_kink
from ncm_app.numerics.newton import solve_batch
from ncm_app.numerics.results import Array, Status
from ncm_app.numerics.system import Progress

FIRST, LONGEST, SHORTEST = 0.01, 0.04, 1e-6
"""Step lengths in scaled coordinates."""

CROWDED = 2e-4  # distance from a kink within which earlier points say nothing new
CLOSE = 2e-3
"""Step length below which differences are taken as narrowly as round-off allows."""

TURN, SHARPEST = 0.14, 0.4
"""Turn per step (rad) that is aimed at, and the largest that is accepted."""

MAX_POINTS = 3000
LANDING, LANDED = 60, 1e-7
"""Steps, at most, to a degenerate point on a bound, and the length of the last one."""

ROUND = 1e-9  # a bound counts as crossed only beyond round-off


@dataclass
class Path:
    """Points z (one row each) with tangents; `corners` index those on a sharp kink."""

    z: list[Array]
    tangents: list[Array]
    corners: list[int] = field(default_factory=list)
    end: Status = Status.OK


def continue_curve(curve: Curve, start: Array, tangent: Array, progress: Progress) -> Path:
    """Walk from a point (m,) on the curve along a tangent (m,) until something ends it; `end` says what."""
    path, step = Path([start], [tangent]), FIRST
    fine = curve.with_step(FINE)  # short steps are taken near kinks, where wide differences mix two sides
    if _points_outwards(curve, start, tangent):
        path.end = _name_bound(curve, start)
        return path
    while len(path.z) < MAX_POINTS:
        if len(path.z) % 16 == 0:
            progress.report(min(1.0, len(path.z) / MAX_POINTS))
        z, t = path.z[-1], path.tangents[-1]
        reach = LONGEST * max(1.0, 2.0 * float(np.max(np.abs(z[:-1] - 0.5))))
        found = _try_step(curve if step > CLOSE else fine, z, t, min(step, reach))
        if found is None:
            step = min(step, reach) / 2.0
            if step < SHORTEST:
                found = _round_corner(fine, z, t) if curve.rounds_corners else None
                if found is None:
                    path.end = Status.NOT_CONVERGED
                    _drop_undefined(curve, path)
                    return path
                near = follow_kink(fine, z, t)
                _add_corner(path, place_kink(fine, near, -t, found[1]), t, jumps(fine, near, -t, found[1]))
                step = FIRST / 5.0
            else:
                continue
        elif (angle := _angle(t, found[1])) < TURN / 3 or angle > TURN:
            step = min(step, reach) * min(1.7, max(0.5, TURN / max(angle, 1e-9)))
        if _finish(curve, path, *found):
            return path
    path.end = Status.STEP_LIMIT
    return path


def _add_corner(path: Path, kink: Array, tangent: Array, jumps: bool) -> None:
    """Append a kink instead of the points that crowd in front of it; a sharp turn without a jump is none."""
    while len(path.z) > 1 and float(np.linalg.norm(path.z[-1] - kink)) < CROWDED:
        path.z.pop()
        path.tangents.pop()
    path.z.append(kink)
    path.tangents.append(tangent)
    path.corners += [len(path.z) - 1] if jumps else []


def _drop_undefined(curve: Curve, path: Path) -> None:
    """Drop last points at which the derivatives do not exist."""
    while len(path.z) > 1 and not np.all(np.isfinite(curve.evaluate(path.z[-1][None])[1])):
        path.z.pop()
        path.tangents.pop()


def _angle(a: Array, b: Array) -> float:
    return float(np.arccos(min(1.0, max(-1.0, float(a @ b)))))


def _try_step(curve: Curve, z: Array, t: Array, step: float) -> tuple[Array, Array] | None:
    """Return the next point and its tangent, or None if the step was too long."""
    n = curve.n
    guess = z + step * t
    new = guess.copy()
    matrix, right = np.empty((n + 1, n + 1)), np.zeros((n + 1, 2))
    matrix[n], right[n, 1] = t, 1.0
    for _ in range(5):
        residual, slopes = curve.evaluate(new[None])
        matrix[:n], right[:n, 0], right[n, 0] = slopes[0], -residual[0], -(t @ (new - guess))
        solved = solve_batch(matrix[None], right[None])[0]
        shift = solved[:, 0]
        new = new + shift
        length = float(np.max(np.abs(shift)))
        if not length < step:  # also true for NaN
            return None
        if length < min(1e-6, 1e-3 * step):
            tangent = solved[:, 1] / np.linalg.norm(solved[:, 1])
            near = float(np.max(np.abs(new - guess))) < 0.5 * step
            return (new, tangent) if near and float(tangent @ t) > np.cos(SHARPEST) else None
    return None


def _finish(curve: Curve, path: Path, new: Array, tangent: Array) -> bool:
    """Append a point, or the point where the path ends; tell whether it ended."""
    z = path.z[-1]
    if len(path.z) > 3 and _passes(z, new, path.z[0], path.tangents[0]):
        new, tangent, path.end = path.z[0], path.tangents[0], Status.CLOSED
    elif _is_outside(curve, new):
        # The step was accepted with a small error: a silent population (on the edge) may seem outside.
        exact, arrived = curve.correct(new[None], tangent[None])
        new = exact[0] if arrived[0] else new
        if _is_outside(curve, new):
            new, path.end = _cut_at_bound(curve, z, new)
    path.z.append(new)
    path.tangents.append(tangent)
    return path.end is not Status.OK


def walk_forth_and_back(curve: Curve, start: Array, tangent: Array,
                        progress: Progress) -> tuple[Path, Path, Array, Array]:
    """Walk a curve both ways from a row: both paths, and all rows (m, k) with their forward tangents."""
    forth = continue_curve(curve, start, tangent, progress)
    back = Path([start], [tangent], end=Status.CLOSED)
    if forth.end is not Status.CLOSED:
        back = continue_curve(curve, start, -tangent, progress)
    z = np.array(back.z[:0:-1] + forth.z)
    forward = np.array([-t for t in back.tangents[:0:-1]] + forth.tangents)
    return forth, back, z, forward


def _passes(a: Array, b: Array, start: Array, tangent: Array) -> bool:
    """Tell whether the segment from a to b passes the start of the path, in its direction."""
    chord = b - a
    size = float(np.linalg.norm(chord))
    share = float((start - a) @ chord) / size**2
    off = float(np.linalg.norm(a + share * chord - start))
    return 0.0 <= share <= 1.0 and off < 0.1 * size and float(chord @ tangent) > 0.7 * size


def _is_outside(curve: Curve, z: Array) -> bool:
    return bool(np.any(z > curve.top + ROUND) or np.any(z < curve.bottom - ROUND))


def _cut_at_bound(curve: Curve, a: Array, b: Array) -> tuple[Array, Status]:
    """Return where the segment from a to b leaves the range, exactly on the bound."""
    over = np.where(b > curve.top + ROUND, curve.top, np.where(b < curve.bottom - ROUND, curve.bottom, np.nan))
    shares = (over - a) / np.where(b == a, np.nan, b - a)
    axis = int(np.nanargmin(shares))
    guess = a + np.clip(shares[axis], 0.0, 1.0) * (b - a)
    guess[axis] = over[axis]
    normal = np.zeros((1, len(a)))
    normal[0, axis] = 1.0
    exact, arrived = curve.correct(guess[None], normal)
    landed = exact[0] if arrived[0] else _land_on_bound(curve, guess, axis)
    if landed is None:
        return guess, Status.NOT_CONVERGED
    landed[axis] = over[axis]
    return landed, Status.PARAMETER_BOUND if curve.is_parameter[axis] else Status.LEFT_BOX


def _land_on_bound(curve: Curve, guess: Array, axis: int) -> Array | None:
    """Return the point of a curve on a bound where it has a fold or a branch point just there, or None.

    Newton's method halves the error in each step at such a point, and steps of least length stand still
    along what has no slope.
    """
    z, free = guess.copy(), np.delete(np.arange(len(guess)), axis)
    for _ in range(LANDING):
        residual, slopes = curve.evaluate(z[None])
        if not np.all(np.isfinite(slopes)):
            return None
        step = np.linalg.lstsq(slopes[0][:, free], -residual[0], rcond=1e-9)[0]
        z[free] += step
        if float(np.max(np.abs(step), initial=0.0)) < LANDED:
            return z if float(np.max(np.abs(z - guess))) < LONGEST else None
    return None


def _points_outwards(curve: Curve, z: Array, t: Array) -> bool:
    return bool(np.any((z >= curve.top - ROUND) & (t > ROUND)) or np.any((z <= curve.bottom + ROUND) & (t < -ROUND)))


def _name_bound(curve: Curve, z: Array) -> Status:
    values = z[curve.is_parameter]
    at_range = np.any((values >= 1.0 - ROUND) | (values <= ROUND))
    return Status.PARAMETER_BOUND if at_range else Status.LEFT_BOX


def _round_corner(curve: Curve, z: Array, t: Array) -> tuple[Array, Array] | None:
    """Return a point behind a sharp kink that lies just ahead, with its tangent.

    Beyond the kink the slopes differ by a matrix of rank one whose row space is normal to
    the kink surface; the new branch leaves on the far side of that surface.
    """
    ahead = 1e-3
    slopes = curve.evaluate(np.stack([z - ahead * t, z + ahead * t]))[1]
    if not np.all(np.isfinite(slopes)):
        return None
    normal = np.linalg.svd(slopes[1] - slopes[0])[2][0]
    new = np.linalg.svd(slopes[1])[2][-1]
    if (normal @ new) * (normal @ t) < 0.0:
        new = -new
    found, arrived = curve.correct((z + ahead * new)[None], new[None])
    moved = found[0] - z
    if not arrived[0] or float(np.linalg.norm(moved)) > 2.0 * ahead or float(moved @ new) < 0.5 * ahead:
        return None
    return found[0], new
