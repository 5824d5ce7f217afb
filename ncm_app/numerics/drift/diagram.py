"""What a drifting run is drawn over: fixed points and extremes of cycles of one state over the parameter, and the
values at which a parameter that stands still would lose or gain a state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.cycles.branches import find_cycles
from ncm_app.numerics.drift.states import HIGH, REST, RHYTHM, SPIKES, Transition
from ncm_app.numerics.results import Array, CycleBranch, Diagram, SpecialPoint
from ncm_app.numerics.results.base import Result
from ncm_app.numerics.system import SILENT, Progress, System

Line = tuple[Array, Array]
NONE: Line = (np.empty(0), np.empty(0))


@dataclass(frozen=True)
class Background(Result):
    """Lines (x, y) with NaN between pieces: `stable`, `unstable` fixed points, extremes of stable and unstable cycles.

    `points` are the special points by code in the order of the parameter; `whole` tells whether cycles are in it.
    """

    stable: Line = NONE
    unstable: Line = NONE
    cycles: Line = NONE
    unstable_cycles: Line = NONE
    points: tuple[SpecialPoint, ...] = ()
    parameter: str = ""
    whole: bool = False
    diagram: Any = field(default=None, repr=False)

    def points_of(self, code: str) -> tuple[SpecialPoint, ...]:
        """Return all special points of a code, in the order of the parameter."""
        return tuple(q for q in self.points if q.code == code)

    def at(self, code: str) -> tuple[float, ...]:
        """Return the parameter at all special points of a code, rising."""
        return tuple(q.parameters[self.parameter] for q in self.points_of(code))


class Static(NamedTuple):
    """Values of the parameter at which states end if it stands still; NaN where there is none.

    `low` is the end of the low rest and of the spikes (a saddle-node on the cycle), `spikes` the fold of cycles,
    `begins` and `ends` the Hopf points between which the rhythm is, `high` the one at which the high rest is lost.
    """

    low: float = np.nan
    spikes: float = np.nan
    begins: float = np.nan
    ends: float = np.nan
    high: float = np.nan

    def of(self, change: Transition) -> float:
        """Return the value that belongs to a change of state."""
        if change.before == REST or (change.before == SPIKES and change.after == REST):
            return self.low
        if change.before == SPIKES:
            return self.spikes
        if change.after == REST:
            return self.high
        if {change.before, change.after} == {RHYTHM, HIGH}:
            near = [value for value in (self.begins, self.ends, self.high) if np.isfinite(value)]
            return min(near, key=lambda value: abs(value - change.parameter), default=np.nan)
        return np.nan

    def lasting(self, changes: list[Transition]) -> list[Transition]:
        """Return changes of state without those that noise takes back, and without the turns in which the high rest is
        left for the low one: these belong to that change."""
        found: list[Transition] = []
        for change in changes:
            last = found[-1] if found else None
            if last is not None and last.before == HIGH and change.after == REST and self.of(last) == self.high:
                found[-1] = change._replace(before=HIGH)
            elif last is not None and (last.before, last.after, last.rising) == (
                    change.after, change.before, change.rising) and self.of(last) == self.of(change):
                found.pop()
            else:
                found.append(change)
        return found


def _gaps(mask: NDArray[np.bool_], x: Array, y: Array) -> Line:
    """Return a curve where a mask is true, as a copy with NaN elsewhere."""
    return np.where(mask, x, np.nan), np.where(mask, y, np.nan)


def _joined(lines: list[Line]) -> Line:
    parts = [(np.append(x, np.nan), np.append(y, np.nan)) for x, y in lines]
    return (np.concatenate([x for x, _ in parts]), np.concatenate([y for _, y in parts])) if parts else NONE


def fixed_points(system: System, p: Any, parameter: str, low: float, high: float, seen: int,
                 progress: Progress = SILENT) -> Background:
    """Return the fixed points of state `seen` over a range, without cycles."""
    found = bifurcation_diagram(system, p, parameter, low, high, progress=progress)
    stable, unstable = [], []
    for branch in found.branches:
        holds = branch.unstable == 0
        beside = ~holds
        beside[1:] |= ~holds[:-1]
        beside[:-1] |= ~holds[1:]
        stable.append(_gaps(holds, branch.parameter, branch.states[seen]))
        unstable.append(_gaps(beside, branch.parameter, branch.states[seen]))
    return Background(_joined(stable), _joined(unstable), points=found.points, parameter=parameter, diagram=found)


def with_cycles(background: Background, system: System, p: Any, low: float, high: float, seen: int,
                progress: Progress = SILENT) -> Background:
    """Return fixed points and, of cycles, the lowest and the highest value of state `seen`."""
    rest: Diagram = background.diagram
    found = find_cycles(system, p, background.parameter, low, high, rest, progress).branches
    points = sorted((*background.points, *(q for branch in found for q in branch.points)),
                    key=lambda q: q.parameters[background.parameter])
    stable, unstable = (_extremes(found, seen, holds) for holds in (True, False))
    return Background(background.stable, background.unstable, stable, unstable, tuple(points), background.parameter,
                      True, rest)


def _extremes(branches: tuple[CycleBranch, ...], seen: int, stable: bool) -> Line:
    return _joined([(branch.parameter[rows], side[seen, rows]) for branch in branches
                    for holds, rows in branch.stretches() if holds == stable for side in (branch.low, branch.high)])


def static_of(background: Background) -> Static:
    """Return where states end: saddle-node and Hopf points of the fixed points, and the fold of cycles if known.

    One Hopf point alone is the one at which a rhythm begins.
    """
    folds, hopfs, spikes = background.at("LP"), background.at("H"), background.at("LPC")
    if len(hopfs) == 1:
        return Static(begins=hopfs[0])
    return Static(max(folds, default=np.nan), max(spikes, default=np.nan), *(
        (hopfs[-2], hopfs[-1], hopfs[0]) if len(hopfs) > 2 else (np.nan, np.nan, np.nan)))
