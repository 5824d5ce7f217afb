"""All branches of limit cycles over a range of one parameter.

Branches start at the Hopf points of the diagram of fixed points, at Hopf points beyond the
range whose cycles reach into it, and at cycles into which runs settle. A branch that ends
at a Hopf point is not walked again from there, and none is listed twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ncm_app.numerics.cycles.beyond import rows_from_beyond
from ncm_app.numerics.cycles.continuation import ENOUGH, FIRST, CyclePath, lies_outside, walk_cycles
from ncm_app.numerics.cycles.conversion import make_branch, make_point
from ncm_app.numerics.cycles.curve import CycleCurve
from ncm_app.numerics.cycles.doubts import doubts_of
from ncm_app.numerics.cycles.lines import Line, without_shared
from ncm_app.numerics.cycles.neutral import linear_radius
from ncm_app.numerics.cycles.points import Row
from ncm_app.numerics.cycles.runs import follow_runs
from ncm_app.numerics.cycles.seeds import doubled_row, hopf_row
from ncm_app.numerics.cycles.termination import Landmarks, place
from ncm_app.numerics.results import Array, CycleBranch, Diagram, Result, SpecialPoint, Status
from ncm_app.numerics.system import SILENT, Partial, Progress, System

CASCADE = 2
"""Number of period doublings, one after the other, that are followed."""

OFTEN = 16  # rows between two partial results
KNOWN = 3  # row of a walk at which it is asked whether its branch is known
BESIDE = 0.03  # distance within which a branch of twice the period ends at a known period doubling


@dataclass(frozen=True)
class Cycles(Result):
    """Branches of limit cycles; `message` says what may be missing, "" if nothing is known to be."""

    branches: tuple[CycleBranch, ...] = ()
    status: Status = Status.OK
    message: str = ""


def find_cycles(system: System, p: Any, field: str, low: float, high: float, diagram: Diagram,
                progress: Progress = SILENT, bounds: tuple[float, float] | None = None,
                starts: tuple[Array, ...] = ()) -> Cycles:
    """Return the branches of limit cycles for parameter `field` from `low` to `high`.

    `diagram` holds the fixed points over the same range; Hopf points outside it are looked
    for within `bounds`; `starts` (n,) are states from which runs start as well. There are no
    cycles in one dimension, and systems with resets are left alone. `progress` is told the
    branches found so far; a cancel that it raises passes through. Raises ValueError for an
    empty range.
    """
    if not low < high:
        raise ValueError(f"the range of {field} must grow, not go from {low:g} to {high:g}")
    if system.size < 2 or system.threshold is not None:
        return Cycles()  # no smooth cycles on a line, nor in a system with resets
    with np.errstate(all="ignore"):  # overflow in steps that were too long: they are repeated shorter
        search = Search(CycleCurve(system, p, field, low, high), diagram, progress)
        search.from_hopfs()
        search.from_beyond(bounds)
        search.from_doublings()
        wandering = follow_runs(search, starts)
        search.from_doublings()
        doubts = doubts_of(search.curve, search.lines, wandering)
    return Cycles(search.branches, Status.NOT_CONVERGED if doubts else Status.OK, " ".join(doubts))


def cycle_branches(system: System, p: Any, field: str, low: float, high: float, diagram: Diagram,
                   progress: Progress = SILENT) -> tuple[CycleBranch, ...]:
    """Return the branches of `find_cycles` alone."""
    return find_cycles(system, p, field, low, high, diagram, progress).branches


class _KnownError(Exception):
    """A walk is on a branch that is known."""


class Search:
    """The branches found so far, and where to look for more."""

    def __init__(self, curve: CycleCurve, diagram: Diagram, progress: Progress) -> None:
        self.curve, self.diagram, self.progress = curve, diagram, progress
        self.landmarks = Landmarks.of(curve, diagram.points)
        self.lines: list[Line] = []
        self.searched: list[Line] = []
        self.used: list[SpecialPoint] = []
        self.drawn: dict[Line, CycleBranch] = {}
        self.shown, self.done, self.parts = 0.0, 0, len(self.landmarks.hopfs)

    @property
    def branches(self) -> tuple[CycleBranch, ...]:
        """The branches found so far, in model units."""
        self.drawn = {line: self.drawn.get(line) or make_branch(self.curve, line.forth, line.back)
                      for line in self.lines}
        return tuple(self.drawn.values())

    @property
    def tired(self) -> bool:
        """Whether more work was done than an answer is worth."""
        return self.curve.effort > ENOUGH

    def from_hopfs(self) -> None:
        """Walk from every Hopf point that is not the end of a branch already."""
        for point in self.landmarks.hopfs:
            if not any(point is other for other in self.used):
                start, first = hopf_row(self.curve, point), FIRST
                if not np.isfinite(point.lyapunov):
                    first = min(linear_radius(self.curve, place(self.curve, point)) or FIRST, FIRST)
                self.walk(start, CyclePath([start], Status.HOPF, point), first=first)
            self.finish()

    def from_beyond(self, bounds: tuple[float, float] | None) -> None:
        """Walk from cycles of the range that belong to Hopf points outside it."""
        for row in rows_from_beyond(self.curve, bounds, _Muted(self.progress, self.shown), self.is_new):
            self.walk_both_ways(row)

    def from_doublings(self) -> None:
        """Walk from period doublings at which stable cycles lose their stability, and from those found there."""
        while line := next((line for line in self.lines if line not in self.searched), None):
            self.searched.append(line)
            for row in line.rows if line.doublings < CASCADE else ():
                point = make_point(self.curve, row) if row.code == "PD" else None
                if point is not None and point.stable and not any(_same(point, other) for other in self.used):
                    start = doubled_row(self.curve, row)
                    self.walk(start, CyclePath([start], Status.DOUBLING), line.doublings + 1)

    def walk(self, start: Row, back: CyclePath, doublings: int = 0, first: float = FIRST) -> None:
        """Walk one way from where a branch begins, unless that leads along a known one."""
        try:
            forth = walk_cycles(self.curve, start, self.landmarks, self.watch(self.join, careful=True), first)
        except _KnownError:
            return
        self.close(forth, back, doublings)

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
            self.add(Line(self.curve, forth, back, doublings))

    def add(self, line: Line) -> None:
        """Keep a branch, but for what others have of it; branches that it holds as a whole give way to it."""
        for other in list(self.lines):
            if np.all(other.shared_with(line)[1:-1]) and len(other.rows) > 2:
                self.lines.remove(other)
                continue
            rest = without_shared(line, line.shared_with(other))
            if rest is None:
                return
            line = rest
        self.lines.append(line)

    def doubled(self, row: Row) -> tuple[int, SpecialPoint | None]:
        """Return the known period doubling at which a branch of twice the period ends, and which one of a cascade."""
        def gap(known: tuple[int, SpecialPoint]) -> float:
            point = known[1]
            q = (point.parameters[self.curve.field] - self.curve.points.low) / self.curve.points.scale[-1]
            return abs(q - row.cycle.q) + abs(np.log(2.0 * point.period / row.cycle.period))

        known = [(line.doublings + 1, point) for line, branch in zip(self.lines, self.branches, strict=True)
                 for point in branch.points if point.code == "PD"]
        nearest = min(known, key=gap, default=None)
        return nearest if nearest is not None and gap(nearest) < BESIDE else (0, None)

    def watch(self, draw: Callable[[CyclePath], CycleBranch], careful: bool = False) -> Callable[[CyclePath], None]:
        """Return what is called after every step: it reports, now and then with a picture.

        If `careful`, it stops a walk along a branch that is known.
        """
        def look(path: CyclePath) -> None:
            share = (self.done + len(path.rows) / (len(path.rows) + 100.0)) / max(self.parts, self.done + 1)
            partial = Partial((*self.branches, draw(path))) if len(path.rows) % OFTEN == 0 else None
            self.shown = max(self.shown, share)
            self.progress.report(self.shown, partial)
            if careful and len(path.rows) == KNOWN and path.end is Status.OK and not self.is_new(path.rows[-1]):
                raise _KnownError

        return look

    def finish(self) -> None:
        """Report one more part as done."""
        self.done += 1
        self.shown = max(self.shown, self.done / self.parts)
        self.progress.report(self.shown, Partial(self.branches))

    def is_new(self, row: Row) -> bool:
        """Tell whether a cycle lies in the box and on no known branch."""
        return not lies_outside(self.curve, row.cycle) and not any(line.holds(row.cycle) for line in self.lines)


def _same(point: SpecialPoint, other: SpecialPoint) -> bool:
    return point.code == other.code and point.parameters == other.parameters and point.period == other.period


class _Muted(Progress):
    """Lets a part notice a cancel without moving the fraction that is shown."""

    def __init__(self, whole: Progress, done: float) -> None:
        self.whole, self.done = whole, done

    def report(self, fraction: float, partial: Partial | None = None) -> None:
        self.whole.report(self.done)
