"""All branches of limit cycles over a range of one parameter.

Branches start at the Hopf points of the diagram of fixed points, and at cycles into which
simulations settle at a few values where no stable cycle is known yet. A branch that ends
at a Hopf point is not walked again from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from ncm_app.numerics.cycles.curve import CycleCurve
from ncm_app.numerics.cycles.ends import Landmarks
from ncm_app.numerics.cycles.points import Row
from ncm_app.numerics.cycles.records import make_branch, make_point
from ncm_app.numerics.cycles.starts import doubled_row, hopf_row, settled_row
from ncm_app.numerics.cycles.walk import CyclePath, at_parameter, lies_outside, signature, walk_cycles
from ncm_app.numerics.results import CycleBranch, Diagram, SpecialPoint, Status
from ncm_app.numerics.runs.compiled import warm
from ncm_app.numerics.system import SILENT, Progress, System

SEEDS = (0.5, 0.237, 0.739, 0.061, 0.937)
"""Where runs are started, as fractions of the range; and where in the spans of the states."""

STARTS = (0.31, 0.64)

NARROW, MOST = 1e-3, 8
"""Between neighbouring Hopf points and folds runs are started as well: smallest distance, and number of gaps."""

CASCADE = 2
"""Number of period doublings, one after the other, that are followed."""

OFTEN = 16  # rows between two partial results
SAME = 1e-4  # difference of two signatures below which they mean one cycle
BESIDE = 0.03  # distance within which a branch of twice the period ends at a known period doubling
ALIKE = 0.15  # difference below which it is worth looking closer


def cycle_branches(system: System, p: Any, field: str, low: float, high: float, diagram: Diagram,
                   progress: Progress = SILENT) -> tuple[CycleBranch, ...]:
    """Return the branches of limit cycles for parameter `field` from `low` to `high`.

    `diagram` holds the fixed points over the same range. There are none in one dimension,
    and systems with resets are left alone. `progress` is told the branches
    found so far; a cancel that it raises passes through.
    """
    if not low < high:
        raise ValueError(f"the range of {field} must grow, not go from {low:g} to {high:g}")
    if system.size < 2 or system.threshold is not None:
        return ()  # no smooth cycles on a line, nor in a system with resets
    with np.errstate(all="ignore"):  # overflow in steps that were too long: they are repeated shorter
        search = _Search(CycleCurve(system, p, field, low, high), diagram, progress)
        search.from_hopfs()
        search.from_doublings()
        search.from_runs()
        search.from_doublings()
    return tuple(search.branches)


class _Search:
    """The branches found so far, and where to look for more."""

    def __init__(self, curve: CycleCurve, diagram: Diagram, progress: Progress) -> None:
        self.curve, self.progress = curve, progress
        self.landmarks = Landmarks.of(curve, diagram.points)
        self.rows: list[list[Row]] = []
        self.doublings: list[int] = []
        self.searched = 0
        self.branches: list[CycleBranch] = []
        self.used: list[SpecialPoint] = []
        self.shown = 0.0
        self.seeds = (*SEEDS, *_between(self.landmarks))
        self.done, self.parts = 0, len(self.landmarks.hopfs) + len(self.seeds)

    def from_hopfs(self) -> None:
        """Walk from every Hopf point that is not the end of a branch already."""
        for point in self.landmarks.hopfs:
            if not any(point is other for other in self.used):
                start = hopf_row(self.curve, point)
                path = walk_cycles(self.curve, start, self.landmarks, self.watch(self.join))
                self.close(path, CyclePath([start], Status.HOPF, point))
            self.finish()

    def from_doublings(self) -> None:
        """Walk from period doublings at which stable cycles lose their stability, and from those found there."""
        while self.searched < len(self.rows):
            rows, count = self.rows[self.searched], self.doublings[self.searched] + 1
            self.searched += 1
            for row in rows if count <= CASCADE else ():
                point = make_point(self.curve, row) if row.code == "PD" else None
                if point is not None and point.stable and not any(_same(point, other) for other in self.used):
                    start = doubled_row(self.curve, row)
                    path = walk_cycles(self.curve, start, self.landmarks, self.watch(self.join))
                    self.close(path, CyclePath([start], Status.DOUBLING), count)

    def from_runs(self) -> None:
        """Simulate at a few values, and walk both ways from cycles that are new."""
        points = self.curve.points
        if points.system.owner:
            warm(points.system, "RK4", points.p)
        low, high = np.array(points.system.spans).T
        for q in self.seeds:
            for share in STARTS:
                if not any(_covers(rows, q) for rows in self.rows):
                    start = low + share * (high - low)
                    row = settled_row(self.curve, start, q, _Muted(self.progress, self.shown))
                    if row is not None and self.is_new(row):
                        self.walk_both_ways(row)
            self.finish()

    def walk_both_ways(self, row: Row) -> None:
        """Walk a branch from a cycle in its middle."""
        forth = walk_cycles(self.curve, row, self.landmarks, self.watch(self.join))
        back = CyclePath([row], Status.CLOSED)
        if forth.end is not Status.CLOSED:
            turned = replace(row, tangent=row.tangent.moved(row.tangent, -2.0))
            back = walk_cycles(self.curve, turned, self.landmarks, self.watch(lambda path: self.join(forth, path)))
        self.close(forth, back)

    def join(self, forth: CyclePath, back: CyclePath | None = None) -> CycleBranch:
        """Return the branch of two walks from the same row."""
        return make_branch(self.curve, forth, back or CyclePath(forth.rows[:1]))

    def close(self, forth: CyclePath, back: CyclePath, doublings: int = 0) -> None:
        """Record a finished branch; forget what lies on it as a start."""
        for path in (forth, back):
            if path.end is Status.DOUBLING:
                level, path.point = self.doubled(path.rows[-1])
                doublings = max(doublings, level)
                self.used += [path.point] if path.point is not None else []
            if path.end is Status.HOPF and path.point is not None:
                self.used.append(path.point)
                if len(path.rows) > 1:
                    path.rows.append(hopf_row(self.curve, path.point))
        if len(forth.rows) + len(back.rows) > 2 or forth.end is Status.NOT_CONVERGED:
            self.branches.append(self.join(forth, back))
            self.rows.append(back.rows[:0:-1] + forth.rows)
            self.doublings.append(doublings)

    def doubled(self, row: Row) -> tuple[int, SpecialPoint | None]:
        """Return the known period doubling at which a branch of twice the period ends, and which one of a cascade."""
        def gap(known: tuple[int, SpecialPoint]) -> float:
            point = known[1]
            q = (point.parameters[self.curve.field] - self.curve.points.low) / self.curve.points.scale[-1]
            return abs(q - row.cycle.q) + abs(np.log(2.0 * point.period / row.cycle.period))

        known = [(level + 1, point) for level, branch in zip(self.doublings, self.branches, strict=True)
                 for point in branch.points if point.code == "PD"]
        nearest = min(known, key=gap, default=None)
        return nearest if nearest is not None and gap(nearest) < BESIDE else (0, None)

    def watch(self, draw: Callable[[CyclePath], CycleBranch]) -> Callable[[CyclePath], None]:
        """Return what is called after every step: it reports, now and then with a picture."""
        def look(path: CyclePath) -> None:
            share = (self.done + len(path.rows) / (len(path.rows) + 100.0)) / self.parts
            partial = (*self.branches, draw(path)) if len(path.rows) % OFTEN == 0 else None
            self.shown = max(self.shown, share)
            self.progress.report(self.shown, partial)

        return look

    def finish(self) -> None:
        """Report one more part as done."""
        self.done += 1
        self.shown = self.done / self.parts
        self.progress.report(self.shown, tuple(self.branches))

    def is_new(self, row: Row) -> bool:
        """Tell whether a cycle lies in the box and on no known branch."""
        return not lies_outside(self.curve, row.cycle) and not any(self.contains(rows, row) for rows in self.rows)

    def contains(self, rows: list[Row], row: Row) -> bool:
        """Tell whether a cycle lies on a known branch: it is found again from a neighbour there."""
        wanted = signature(row.cycle)
        gaps = [float(np.max(np.abs(signature(other.cycle) - wanted))) for other in rows]
        for index in np.argsort(gaps)[:2]:
            near = rows[int(index)].cycle
            if gaps[int(index)] < ALIKE and near.amplitude > 0.0:
                again = at_parameter(self.curve, replace(near, q=row.cycle.q))
                if again is not None and float(np.max(np.abs(signature(again.cycle) - wanted))) < SAME:
                    return True
        return False


def _between(landmarks: Landmarks) -> list[float]:
    """Return the middles (scaled) between neighbouring Hopf points and folds: a rhythm may need a narrow range."""
    marks = np.unique(np.concatenate([landmarks.at_hopf[:, -1], landmarks.at_fold[:, -1]]))
    wide = np.flatnonzero(np.diff(marks) > NARROW)
    return [float(q) for q in (marks[wide] + marks[wide + 1])[:MOST] / 2.0]


def _same(point: SpecialPoint, other: SpecialPoint) -> bool:
    return point.code == other.code and point.parameters == other.parameters and point.period == other.period


def _covers(rows: list[Row], q: float) -> bool:
    """Tell whether a branch has a stable cycle at a parameter."""
    return any((a.cycle.q - q) * (b.cycle.q - q) <= 0.0 and (a.stable or b.stable)
               for a, b in pairwise(rows))


class _Muted(Progress):
    """Lets a run notice a cancel without moving the fraction that is shown."""

    def __init__(self, whole: Progress, done: float) -> None:
        self.whole, self.done = whole, done

    def report(self, fraction: float, partial: Any = None) -> None:
        self.whole.report(self.done)
