"""Bifurcation diagrams: every branch of fixed points over a range of one parameter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.branches.curve import FINE, EquilibriumCurve
from ncm_app.numerics.branches.kinks import locate_kinks
from ncm_app.numerics.branches.special_points import (
    add_turning_points,
    find_eigenvalues,
    find_sign_changes,
    label_points,
    make_point,
    measure_tests,
    refine_points,
)
from ncm_app.numerics.branches.walk import walk_forth_and_back
from ncm_app.numerics.fixed_points.equilibria import find_along
from ncm_app.numerics.lyapunov import first_lyapunov
from ncm_app.numerics.results import Array, Branch, Diagram, SpecialPoint, Status
from ncm_app.numerics.system import SILENT, Progress, Stage, System

SEEDS = (0.0, 1.0, 0.483, 0.237, 0.739)
"""Where fixed points are sought, as fractions of the range: odd ones, to miss symmetric points."""

FLANK = 5e-4  # distance from a kink at which differences see one side of it only
SWITCH = 0.01  # distance from a branch point at which the crossing branch is caught
INCOMPLETE = "some branches may be missing or cut short"


@dataclass
class _Track:
    """A branch in scaled coordinates: rows z, directions, smooth intervals, kink rows, ends."""

    z: Array
    forward: Array
    smooth: NDArray[np.bool_]
    kinks: NDArray[np.int64]
    ends: tuple[Status, Status]


def bifurcation_diagram(system: System, p: Any, field: str, low: float, high: float,
                        progress: Progress = SILENT, seeds: tuple[float, ...] = SEEDS) -> Diagram:
    """Return all branches of fixed points for parameter `field` from `low` to `high`.

    Branches start from the fixed points at several values (`seeds`, as fractions of the
    range) and at branch points.
    """
    if not low < high:
        raise ValueError(f"the range of {field} must grow, not go from {low:g} to {high:g}")
    stage = Stage(progress)
    with np.errstate(all="ignore"):  # overflow far from the branches: such points are dropped
        curve = EquilibriumCurve(system, p, field, low, high)
        tracks: list[_Track] = []
        branches: list[Branch] = []
        complete = True
        values = [low + share * (high - low) for share in seeds]
        for count, (value, found) in enumerate(zip(values, find_along(system, p, field, values), strict=True)):
            complete &= found.status is Status.OK
            for equilibrium in () if found.continuum else found.points:
                _add_branch(curve, curve.scaled(equilibrium.state[:, None], value)[0], None, tracks, branches, stage)
            stage.finish((count + 1) / (len(seeds) + 1), Diagram(field, tuple(branches)))
        _switch_branches(curve, tracks, branches, stage)
    broken = {Status.NOT_CONVERGED, Status.STEP_LIMIT} & {end for branch in branches for end in branch.ends}
    status = next(iter(broken), Status.OK if complete else Status.NOT_CONVERGED)
    return Diagram(field, tuple(branches), status, "" if status is Status.OK else INCOMPLETE)


def _add_branch(curve: EquilibriumCurve, start: Array, tangent: Array | None, tracks: list[_Track],
                branches: list[Branch], progress: Progress) -> None:
    """Walk the branch through a start point, unless it is known already."""
    if any(curve.lies_on(start, track.z) for track in tracks):
        return
    track = _walk_both_ways(curve, start, curve.first_tangent(start) if tangent is None else tangent, progress)
    known = [point for branch in branches for point in branch.points]
    branch = _label_branch(curve.made_careful() if len(track.kinks) else curve, track, known)
    tracks.append(track)
    branches.append(branch)


def _walk_both_ways(curve: EquilibriumCurve, start: Array, tangent: Array, progress: Progress) -> _Track:
    forth, back, z, forward = walk_forth_and_back(curve, start, tangent, progress)
    shift = len(back.z) - 1
    kinks = np.array(sorted([shift - i for i in back.corners] + [shift + i for i in forth.corners]), dtype=np.int64)
    smooth = np.ones(len(z) - 1, dtype=bool)
    smooth[np.concatenate([kinks - 1, kinks])] = False
    z = _polish(curve, z, forward, kinks)
    return _insert_kinks(curve, _Track(z, forward, smooth, kinks, (back.end, forth.end)))


def _polish(curve: EquilibriumCurve, z: Array, forward: Array, kinks: NDArray[np.int64]) -> Array:
    """Bring all points but the ends and the kinks to machine precision, in one batch."""
    inner = np.setdiff1d(np.arange(1, len(z) - 1), kinks)
    exact, arrived = curve.correct(z[inner], forward[inner])
    z[inner[arrived]] = exact[arrived]
    return z


def _insert_kinks(curve: EquilibriumCurve, track: _Track) -> _Track:
    """Insert the kinks, each with a neighbour on either side from which labels are sought."""
    intervals, rows = locate_kinks(curve, track.z, track.smooth)
    for interval, row in zip(intervals[::-1], rows[::-1], strict=True):
        track = _insert_kink(curve, track, int(interval), row)
    return track


def _insert_kink(curve: EquilibriumCurve, track: _Track, interval: int, row: Array) -> _Track:
    new, flags, before = [row], [False, False], 0
    fine = curve.with_step(FINE)
    for side, end in ((-1, track.z[interval]), (1, track.z[interval + 1])):
        gap = end - row
        size = float(np.linalg.norm(gap))
        if size > 2.0 * FLANK:
            flank = fine.correct((row + FLANK / size * gap)[None], gap[None] / size)[0][0]
            new, flags = ([flank, *new], [True, *flags]) if side < 0 else ([*new, flank], [*flags, True])
            before += side < 0
    at = interval + 1
    kinks = np.append(np.where(track.kinks >= at, track.kinks + len(new), track.kinks), at + before)
    smooth = np.concatenate([track.smooth[:interval], flags, track.smooth[at:]])
    forward = np.insert(track.forward, [at] * len(new), track.forward[interval], axis=0)
    return replace(track, z=np.insert(track.z, [at] * len(new), new, axis=0), forward=forward,
                   smooth=smooth, kinks=np.sort(kinks))


def _label_branch(curve: EquilibriumCurve, track: _Track, known: list[SpecialPoint]) -> Branch:
    """Return a branch with its labelled points, which are rows of it as well."""
    z, forward, smooth = add_turning_points(curve, track.z, track.forward, track.smooth)
    kinks = np.flatnonzero(np.isin(z, track.z[track.kinks]).all(axis=1)) if len(track.kinks) else track.kinks
    tests = measure_tests(curve, z, forward)
    kinds, intervals = find_sign_changes(tests, smooth)
    rows, found = refine_points(curve, z, tests, kinds, intervals)
    rows, kinds, intervals = rows[found], kinds[found], intervals[found]
    points = [_with_direction(curve, point) for point in label_points(curve, rows, kinds)
              if point and not _is_known(curve, point, known)]
    points += [_label_kink(curve, z[k - 1], z[k]) for k in kinks]
    along = np.sum((rows - z[intervals]) * (z[intervals + 1] - z[intervals]), axis=1)
    order = np.lexsort((along, intervals))
    eigenvalues = find_eigenvalues(curve.evaluate(z)[1])
    eigenvalues[kinks] = eigenvalues[kinks - 1]  # on a kink, differences mix its two sides
    places = intervals[order] + 1
    full = curve.unscaled(np.insert(z, places, rows[order], axis=0))
    eigenvalues = np.insert(eigenvalues, places, find_eigenvalues(curve.evaluate(rows[order])[1]), axis=0)
    size = np.max(np.abs(eigenvalues), axis=1, keepdims=True)
    unstable = np.sum(eigenvalues.real > 1e-8 * size, axis=1)
    return Branch(full[:, -1], full[:, :-1].T, eigenvalues.T, unstable, tuple(points), track.ends)


def _with_direction(curve: EquilibriumCurve, point: SpecialPoint) -> SpecialPoint:
    """Return a Hopf point with its Lyapunov coefficient, other points as they are."""
    if point.code != "H":
        return point
    return replace(point, lyapunov=first_lyapunov(curve.system, curve.p, curve.field, point))


def _label_kink(curve: EquilibriumCurve, before: Array, row: Array) -> SpecialPoint:
    return make_point(curve, row, find_eigenvalues(curve.evaluate(before[None])[1])[0], "KINK", [])


def _is_known(curve: EquilibriumCurve, point: SpecialPoint, known: list[SpecialPoint]) -> bool:
    """Tell whether a point of another branch has this label and place: a crossing has two branches."""
    place = np.append(point.state, point.parameters[curve.field])
    return any(point.code == other.code and bool(np.all(np.abs(
        place - np.append(other.state, other.parameters[curve.field])) < 1e-5 * curve.scale)) for other in known)


def _switch_branches(curve: EquilibriumCurve, tracks: list[_Track], branches: list[Branch], progress: Progress) -> None:
    """Follow the crossing branch at every branch point; those found there are searched too."""
    for branch in branches:  # grows while it is read
        for point in branch.points:
            if point.code == "BP":
                row = curve.scaled(point.state[:, None], point.parameters[curve.field])[0]
                for start, tangent in _crossing_starts(curve, row, branch):
                    _add_branch(curve, start, tangent, tracks, branches, progress)


def _crossing_starts(curve: EquilibriumCurve, row: Array, branch: Branch) -> list[tuple[Array, Array]]:
    """Return points near a branch point, off the branch on which it was found."""
    slopes = curve.evaluate(row[None])[1][0]
    kernel = np.linalg.svd(slopes)[2][-2:]
    rows = curve.scaled(branch.states, branch.parameter)
    nearest = int(np.argmin(np.linalg.norm(rows - row, axis=1)))
    along = rows[min(nearest + 1, len(rows) - 1)] - rows[max(nearest - 1, 0)]
    across = kernel.T @ (np.array([[0.0, -1.0], [1.0, 0.0]]) @ (kernel @ along))
    across /= np.linalg.norm(across)
    normals = np.stack([across, across])
    found, arrived = curve.correct(row + SWITCH * np.array([[1.0], [-1.0]]) * normals, normals)
    return [(z, curve.tangents(curve.evaluate(z[None])[1], across[None])[0]) for z in found[arrived]]

