"""Answers over one or two parameters: branches, loci, sweeps, onsets."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.results.base import Array, Result, Status, row_of


@dataclass(frozen=True)
class SpecialPoint(Result):
    """A labelled point of a branch: `code` LP, H, NS, BP, KINK (non-smooth) or TH (threshold).

    On branches of cycles LPC, BP, PD, TR, HC or SNIC: `state` is then the one with the highest
    first state (the fixed point at HC and SNIC, where the period is infinite), and
    `eigenvalues` are the Floquet multipliers. `frequency` in 1/ms (cycles per ms) at H, else
    NaN; `lyapunov` at H, negative if supercritical, zero if it vanishes (a degenerate Hopf point),
    NaN if unknown.

    Over two parameters CP (cusp), BT (Bogdanov-Takens), GH (Bautin), ZH (fold-Hopf) or HH
    (double Hopf), with a `frequency` at the last three.
    """

    code: str
    parameters: dict[str, float]
    state: Array
    eigenvalues: NDArray[np.complex128]
    frequency: float = float("nan")
    period: float = float("nan")
    stable: bool = False
    lyapunov: float = float("nan")

    def columns(self) -> dict[str, Any]:
        """Return one row: code, parameters by name, state, and what else is known."""
        return row_of(self.to_dict())


@dataclass(frozen=True)
class Branch(Result):
    """A curve of fixed points: `parameter` (m,), `states` (n, m), `eigenvalues` (n, m).

    `unstable` (m,) counts eigenvalues with positive real part; `ends` says why the
    curve ended at its first and at its last point.
    """

    parameter: Array
    states: Array
    eigenvalues: NDArray[np.complex128]
    unstable: NDArray[np.int64]
    points: tuple[SpecialPoint, ...]
    ends: tuple[Status, Status]


@dataclass(frozen=True)
class Diagram(Result):
    """Bifurcation diagram: all branches found over a range of one parameter.

    `cycles` are the branches of limit cycles, where these were asked for.
    """

    parameter: str
    branches: tuple[Branch, ...]
    status: Status = Status.OK
    message: str = ""
    cycles: tuple[CycleBranch, ...] = ()

    def columns(self) -> dict[str, Any]:
        """Return all branches, those of fixed points first."""
        return {"": [*self.branches, *self.cycles]}

    @property
    def points(self) -> tuple[SpecialPoint, ...]:
        """Special points of all branches, in the order of the parameter."""
        found = [point for branch in self.branches for point in branch.points]
        found += [point for cycle in self.cycles for point in cycle.points]
        return tuple(sorted(found, key=lambda point: point.parameters[self.parameter]))


@dataclass(frozen=True)
class Locus(Result):
    """A curve over two parameters, of folds (`code` LP) or of Hopf points (H).

    `first`, `second` (m,) are the parameters, `states` (n, m) the fixed point. On H
    `frequency` (m,) is in 1/ms, zero at BT, and `lyapunov` (m,) negative where the Hopf point is
    supercritical, zero at GH and where it vanishes (degenerate); both are NaN on LP, `lyapunov`
    wherever it is not known. `points` lie on the curve, and are rows of it.
    """

    code: str
    first: Array
    second: Array
    states: Array
    frequency: Array
    lyapunov: Array
    points: tuple[SpecialPoint, ...]
    ends: tuple[Status, Status]


@dataclass(frozen=True)
class Loci(Result):
    """Two-parameter bifurcation diagram: all curves found over the ranges of two `fields`."""

    fields: tuple[str, str]
    loci: tuple[Locus, ...]
    status: Status = Status.OK
    message: str = ""

    @property
    def points(self) -> tuple[SpecialPoint, ...]:
        """Special points of all curves, each once, in the order of the parameters."""
        found = {id(point): point for locus in self.loci for point in locus.points}
        return tuple(sorted(found.values(), key=lambda q: (q.code, *(q.parameters[name] for name in self.fields))))


@dataclass(frozen=True)
class CycleBranch(Result):
    """A curve of limit cycles: `parameter`, `period` in ms, `stable`, all (m,).

    `low`, `high` (n, m) are the extremes of the states, `multipliers` (n, m) the Floquet
    multipliers with the trivial one first; `profiles` hold per cycle the time in ms and
    the states (1 + n, k). At a Hopf point the profile is a constant. `message` says where
    the branch begins and ends.
    """

    parameter: Array
    period: Array
    low: Array
    high: Array
    multipliers: NDArray[np.complex128]
    stable: NDArray[np.bool_]
    points: tuple[SpecialPoint, ...]
    ends: tuple[Status, Status]
    profiles: tuple[Array, ...] = ()
    message: str = ""

    def stretches(self) -> tuple[tuple[bool, slice], ...]:
        """Return (stable, rows) of every stretch of one stability; neighbours meet at the stable one's last row.

        That row is the labelled, or the neutral, cycle at which stability changes.
        """
        changes = [0, *map(int, np.flatnonzero(self.stable[1:] != self.stable[:-1]) + 1), len(self.stable)]
        found = []
        for first, last in pairwise(changes):
            whole = bool(self.stable[first])
            found.append((whole, slice(first if whole else max(first - 1, 0),
                                       last if whole else min(last + 1, len(self.stable)))))
        return tuple(found)

    def cycle(self, index: int) -> tuple[Array, Array]:
        """Return times (k,) in ms from 0 to the period, and states (n, k), of one cycle."""
        profile = self.profiles[index]
        return profile[0], profile[1:]


@dataclass(frozen=True)
class SweepPart(Result):
    """One way of a slow sweep: `parameter` (m,), each value held for the same time.

    `low`, `high` (n, m) are the extremes of the states late in each hold, `end` (n, m)
    the states at its end; `rate` (m,) in Hz counts spikes of systems with resets, else NaN;
    `settled` (m,) is False where the extremes went on changing, as they do in chaos.
    """

    parameter: Array
    low: Array
    high: Array
    end: Array
    rate: Array
    settled: NDArray[np.bool_]


@dataclass(frozen=True)
class Sweep(Result):
    """A parameter swept slowly up and down, each value starting where the last one ended.

    `settle_time` in ms is how long a value is held at least; `noise` see `numerics.sweep`.
    `hysteresis` lists the ranges (low, high) over which the two ways differ.
    """

    parameter: str
    up: SweepPart
    down: SweepPart
    settle_time: float
    noise: float = 0.0
    seed: int = 0
    hysteresis: tuple[tuple[float, float], ...] = ()
    status: Status = Status.OK
    message: str = ""


@dataclass(frozen=True)
class Onset(Result):
    """Where and how stable cycles of full size begin over a parameter.

    `kind` "SNIC", "homoclinic", "supercritical Hopf", "degenerate Hopf", "cycle fold",
    "subcritical Hopf with a cycle fold", "uncertain", "none", ...; `value` of the parameter
    and `period` in ms there; `excitability` class 1 or 2, 0 if unknown; `exponent` of the
    law that was fitted (see `numerics.onset`); `bistable` the range in which rest is stable
    beside the cycles, or empty; `start` the period in ms of the cycles to which a slow move of
    the parameter leads from rest, NaN if unknown.
    """

    kind: str
    parameter: str
    value: float = float("nan")
    period: float = float("nan")
    excitability: int = 0
    exponent: float = float("nan")
    bistable: tuple[float, ...] = ()
    status: Status = Status.OK
    message: str = ""
    start: float = float("nan")


@dataclass(frozen=True)
class FrequencyCurve(Result):
    """Frequency of cycles in Hz over a parameter: lines (2, m) with NaN between pieces."""

    parameter: str
    stable: Array
    unstable: Array
    points: tuple[SpecialPoint, ...]
