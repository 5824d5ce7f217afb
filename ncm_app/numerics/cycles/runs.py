"""Branches of cycles that are entered by runs: where to run, and what each run means."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ncm_app.numerics.cycles.lines import Line
from ncm_app.numerics.cycles.points import Row
from ncm_app.numerics.cycles.scouts import SAME_SIZE, TINY, Fate, Rests, Scouted, rests_at, scout, starts_at
from ncm_app.numerics.cycles.seeds import settled_row, turned_row
from ncm_app.numerics.cycles.termination import Landmarks
from ncm_app.numerics.cycles.unsettled import followed
from ncm_app.numerics.results import Array
from ncm_app.numerics.runs.compiled import warm
from ncm_app.numerics.system import Partial, Progress

if TYPE_CHECKING:
    from ncm_app.numerics.cycles.branches import Search

EVENLY, PLAIN = 20, (0.5, 0.237, 0.739, 0.061, 0.937)
"""Number of values over the range at which runs start; those of a system without compiled steps."""

NARROW, MOST, ASIDE = 1e-3, 8, 4e-3
"""Runs start between Hopf points, folds and the ends, and beside them: least gap, number of them, distance."""

FAMILY = 1e-5  # logarithm of a multiplier of a family of neutral cycles

PATIENT, NEW, ASKED = 2, 6, 40
"""How many runs that wander are followed on for long, and how many branches are entered by runs.

The last is how many runs are followed on to learn whether they wander at all.
"""


class Wandering(NamedTuple):
    """Scaled values at which runs neither rest nor repeat themselves; whether more branches were left out.

    `unclear` are the values at which it is not known where runs go.
    """

    values: tuple[float, ...] = ()
    more: bool = False
    unclear: tuple[float, ...] = ()


def seeds_of(landmarks: Landmarks, compiled: bool) -> list[float]:
    """Return the scaled values of the parameter at which runs start."""
    marks = np.unique(np.concatenate([landmarks.at_hopf[:, -1], landmarks.at_fold[:, -1]]))
    marks = marks[np.diff(marks, prepend=-1.0) > NARROW]
    if not compiled:
        wide = np.flatnonzero(np.diff(marks) > NARROW)
        return [*PLAIN, *map(float, (marks[wide] + marks[wide + 1])[:MOST] / 2.0)]
    edges = np.concatenate([[0.0], marks, [1.0]])
    wide = np.flatnonzero(np.diff(edges) > NARROW)[:MOST]
    beside = np.concatenate([marks[:MOST] - ASIDE, marks[:MOST] + ASIDE])
    seeds = [(np.arange(EVENLY) + 0.5) / EVENLY, (edges[wide] + edges[wide + 1]) / 2.0,
             beside[(beside > 0.0) & (beside < 1.0)]]
    return [float(q) for q in np.concatenate(seeds)]


def follow_runs(search: Search, starts: tuple[Array, ...]) -> Wandering:
    """Let runs look for stable cycles, and walk both ways from those that are new."""
    curve, system = search.curve, search.curve.points.system
    if system.owner:
        warm(system, "RK4", curve.points.p)
    seeds = seeds_of(search.landmarks, bool(system.owner))
    search.parts += len(seeds)
    runs = _Runs(search, starts)
    for count, q in enumerate(seeds):
        if not search.tired and (system.owner or not any(line.covers(q) for line in search.lines)):
            runs.look_at(q, count)
        search.finish()
    return Wandering(tuple(sorted(runs.wandering)), runs.more, tuple(sorted(runs.unclear)))


class _Runs:
    """Runs from several states at several values, and what was learned from them."""

    def __init__(self, search: Search, starts: tuple[Array, ...]) -> None:
        self.search, self.given = search, starts
        self.wandering, self.unclear = set[float](), set[float]()
        self.patience, self.asked, self.entered, self.more = PATIENT, ASKED, 0, False

    def look_at(self, q: float, count: int) -> None:
        """Start runs at a scaled value of the parameter."""
        search, progress = self.search, _Still(self.search)
        value = search.curve.value_at(q)
        rests = rests_at(search.curve, search.diagram, value)
        covered = any(line.covers(q) for line in search.lines)
        for start in starts_at(search.curve, rests, self.given, count, free=1 if covered else 2):
            if q in self.wandering or q in self.unclear:
                return
            found = scout(search.curve, value, start, rests, progress)
            if found.fate is Fate.CYCLES and not self.known(q, found):
                self.enter(q, found, progress, rests, calm=len(rests.stable) > 0)
            if found.fate is Fate.WANDERS:
                self.enter(q, found, progress, rests, calm=False)

    def known(self, q: float, found: Scouted) -> bool:
        """Tell whether a run is on a cycle of a branch."""
        return any(_explains(line, q, found) for line in self.search.lines)

    def enter(self, q: float, found: Scouted, progress: Progress, rests: Rests, calm: bool) -> None:
        """Walk the branch of the cycle to which a run goes; `calm` if it may as well come to rest."""
        if found.fate is Fate.WANDERS:
            self.patience -= 1
            if self.patience < 0:
                self.ask(q, found, progress, rests)
                return
        curve = self.search.curve
        row = turned_row(curve, found.turn, found.period, q) if found.fate is Fate.CYCLES else None
        if row is None or not row.stable or row.cycle.amplitude < TINY:
            if calm:
                return  # turns that shrink too slowly to see it
            row = settled_row(curve, found.state, q, progress)
        if row is None or not row.stable:
            if not calm:
                self.ask(q, found, progress, rests)
            return
        self.follow(row)

    def follow(self, row: Row) -> None:
        """Walk the branch of a stable cycle, if it is new."""
        if self.search.is_new(row):
            self.entered += 1
            self.more |= self.entered > NEW
            if self.entered <= NEW:
                self.search.walk_both_ways(row)

    def ask(self, q: float, found: Scouted, progress: Progress, rests: Rests) -> None:
        """Follow a run on to learn whether it wanders, and take note of it."""
        self.asked -= 1
        curve = self.search.curve
        if self.asked >= 0:
            found = followed(curve, curve.value_at(q), found.state, rests, progress)
        if found.fate is Fate.CYCLES and not self.known(q, found):
            row = turned_row(curve, found.turn, found.period, q)
            if row is not None and row.stable and row.cycle.amplitude >= TINY:
                self.follow(row)
            else:
                self.unclear.add(q)
        elif found.fate is Fate.UNCLEAR or self.asked < 0:
            self.unclear.add(q)
        elif found.fate is Fate.WANDERS:
            self.wandering.add(q)


def _explains(line: Line, q: float, found: Scouted) -> bool:
    """Tell whether a run is on a stable cycle of a branch: same extremes, same period."""
    points = line.curve.points
    if sum(abs(row.cycle.q - q) < ASIDE**2 and abs(row.growth) < FAMILY for row in line.rows) >= 3:
        return True  # there cycles of every size are neutral
    run = (np.stack([found.low, found.high]) - points.origin[:-1]) / points.scale[:-1]
    for a, b in line.stable_at(q):
        step = b.cycle.q - a.cycle.q
        share = (q - a.cycle.q) / step if step else 0.0
        known = a.cycle.extremes + share * (b.cycle.extremes - a.cycle.extremes)
        period = a.cycle.log_period + share * (b.cycle.log_period - a.cycle.log_period)
        size = float(np.max(known[1] - known[0]))
        if np.max(np.abs(known - run)) < SAME_SIZE * size and abs(np.log(found.period) - period) < SAME_SIZE:
            return True
    return False


class _Still(Progress):
    """Lets a run notice a cancel without moving the fraction that is shown."""

    def __init__(self, search: Search) -> None:
        self.search = search

    def report(self, fraction: float, partial: Partial | None = None) -> None:
        self.search.progress.report(self.search.shown)
