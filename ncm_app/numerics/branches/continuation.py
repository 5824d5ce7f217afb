"""Bifurcation diagrams: every branch of fixed points over a range of one parameter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ncm_app.numerics.branches.crossings import SHARED, count_lost, slopes_around, starts_around
from ncm_app.numerics.branches.curve import EquilibriumCurve
from ncm_app.numerics.branches.labelling import label_branch
from ncm_app.numerics.branches.seeding import far_from, seek_curves
from ncm_app.numerics.branches.track import Track, walk_track
from ncm_app.numerics.fixed_points.degree import index_on_edge
from ncm_app.numerics.fixed_points.equilibria import find_along, find_equilibria
from ncm_app.numerics.results import Array, Branch, Diagram, Status
from ncm_app.numerics.system import SILENT, Partial, Progress, SubProgress, System

SEEDS = (0.0, 1.0, 0.483, 0.739)
"""Where fixed points are sought, as fractions of the range: odd ones, to miss symmetric points."""

ROUNDS = 4  # at most, of the search between these values: it goes on as long as it finds new branches
BESIDE = 1e-3  # distance in the range at which fixed points are counted where they are degenerate
SHORTEST = 1e-5  # length below which a branch is a point
INCOMPLETE = "some branches may be missing or cut short"
FILLED = "fixed points that fill a whole line or plane are not followed"


@dataclass
class _Search:
    """The branches found so far, as walked and as returned, whether none seems to be missing, and whether
    fixed points fill lines or planes at most values."""

    curve: EquilibriumCurve
    stage: SubProgress
    tracks: list[Track] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)
    complete: bool = True
    filled: bool = False

    def add(self, start: Array, near: bool = True) -> bool:
        """Walk the branch through a start point unless it is known; tell whether one was added.

        Where several curves pass the start, those around it are walked (`near`).
        """
        curve = self.curve
        if any(curve.lies_on(start, track.z) for track in self.tracks):
            return False
        slopes = curve.evaluate(start[None])[1][0]
        _, sizes, rows = np.linalg.svd(slopes)
        if sizes[-1] < SHARED * sizes[0] or not sizes[0] > 0.0:
            return near and sum(self.add(z, near=False) for z in starts_around(curve, start)) > 0
        tangent = -rows[-1] if rows[-1, -1] < 0 else rows[-1]
        track = walk_track(curve, start, tangent, self.stage)
        if float(np.max(np.ptp(track.z, axis=0))) < SHORTEST:
            return False  # a fold just on the bound of the range
        known = [point for branch in self.branches for point in branch.points]
        self.branches.append(label_branch(curve.made_careful() if len(track.kinks) else curve, track, known))
        self.tracks.append(track)
        return True

    def result(self) -> Diagram:
        """Return the diagram as it is known now."""
        broken = {Status.NOT_CONVERGED, Status.STEP_LIMIT} & {end for branch in self.branches for end in branch.ends}
        status = next(iter(broken), Status.OK if self.complete else Status.NOT_CONVERGED)
        message = "; ".join([INCOMPLETE] * (status is not Status.OK) + [FILLED] * self.filled)
        return Diagram(self.curve.field, tuple(self.branches), status, message)


def bifurcation_diagram(system: System, p: Any, field: str, low: float, high: float,
                        progress: Progress = SILENT, seeds: tuple[float, ...] = SEEDS,
                        starts: Sequence[tuple[float, Array]] = ()) -> Diagram:
    """Return all branches of fixed points for parameter `field` from `low` to `high`, in its unit.

    Branches start from `starts`, fixed points (n,) known at values of the parameter, from the
    fixed points at several values (`seeds`, as fractions of the range), at branch points, and
    from points of curves that a search over states and parameter finds between them;
    they are walked by pseudo-arclength [Keller1977]. Raises a ValueError if the range does not
    grow, and Cancelled if `progress` does.
    """
    if not low < high:
        raise ValueError(f"the range of {field} must grow, not go from {low:g} to {high:g}")
    search = _Search(EquilibriumCurve(system, p, field, low, high), SubProgress(progress))
    curve, stage = search.curve, search.stage
    with np.errstate(all="ignore"):  # overflow far from the branches: such points are dropped
        values = [low + share * (high - low) for share in seeds]
        doubtful, filled = [], 0
        for count, (value, found) in enumerate(zip(values, find_along(system, p, field, values), strict=True)):
            for equilibrium in () if found.continuum else found.points:
                search.add(curve.scaled(equilibrium.state[:, None], value)[0])
            doubtful += [value] if found.status is not Status.OK else []
            filled += bool(found.continuum)
            stage.finish((count + 1) / (len(seeds) + 1), Partial(Diagram(field, tuple(search.branches))))
        for value, state in starts:
            search.add(curve.scaled(np.asarray(state, dtype=float)[:, None], value)[0])
        _switch_branches(search)
        _seek_islands(search)
        search.complete &= all(_is_complete(search, value) for value in doubtful)
        search.filled = filled > 1 or (not search.branches and _is_filled(search))
    return search.result()


def _is_filled(search: _Search) -> bool:
    """Tell whether fixed points fill a line or plane at an ordinary value, where no branch was found."""
    curve = search.curve
    middle = curve.low + SEEDS[2] * (curve.high - curve.low)
    return bool(find_equilibria(curve.system, curve.p._replace(**{curve.field: middle})).continuum)


def _switch_branches(search: _Search, first: int = 0) -> None:
    """Follow the branches that cross at every branch point; those found there are searched too."""
    curve = search.curve
    for branch in _growing(search.branches, first):
        for point in branch.points:
            if point.code == "BP":
                row = curve.scaled(point.state[:, None], point.parameters[curve.field])[0]
                for start in starts_around(curve, row):
                    search.add(start, near=False)


def _growing(branches: list[Branch], first: int) -> Iterator[Branch]:
    """Iterate over branches from one on, also over those that are appended meanwhile."""
    while first < len(branches):
        yield branches[first]
        first += 1


def _seek_islands(search: _Search) -> None:
    """Search for branches between the seeds for as long as new ones are found."""
    for turn in range(ROUNDS):
        before = len(search.branches)
        for start in seek_curves(search.curve, [track.z for track in search.tracks], turn):
            known = [track.z for track in search.tracks[before:]]
            if far_from(start[None], known, SHORTEST)[0] and count_lost(
                    search.curve, start, slopes_around(search.curve, start)) == 0:
                search.add(start, near=False)
        if len(search.branches) == before:
            return
        _switch_branches(search, before)
    search.complete = False


def _is_complete(search: _Search, value: float) -> bool:
    """Tell whether the branches agree with the index of the box close beside a value where a search did not.

    At a branch point or a fold fixed points have no simple index.
    """
    curve = search.curve
    inwards = value + BESIDE * (curve.high - curve.low) * (1.0 if value < (curve.low + curve.high) / 2.0 else -1.0)
    expected = index_on_edge(curve.system, curve.p._replace(**{curve.field: inwards}))
    if expected is None:
        return True
    if _index_sum(search.branches, inwards) != expected:
        for equilibrium in find_along(curve.system, curve.p, curve.field, [inwards])[0].points:
            search.add(curve.scaled(equilibrium.state[:, None], inwards)[0])
    return _index_sum(search.branches, inwards) == expected


def _index_sum(branches: list[Branch], value: float) -> int:
    """Return the sum of sign(det(-J)) over all places at which branches pass a value of the parameter."""
    total = 0
    for branch in branches:
        above = branch.parameter > value
        clear = np.min(np.abs(branch.eigenvalues), axis=0)
        for i in np.flatnonzero(above[1:] != above[:-1]):
            row = i if clear[i] > clear[i + 1] else i + 1  # a labelled row may have an eigenvalue zero
            total += 1 - 2 * int(branch.unstable[row] % 2)
    return total
