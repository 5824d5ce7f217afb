"""Runs with an adaptive step (SciPy's LSODA), from edge to edge of the input, through spikes and resets.

LSODA changes between methods for stiff and other equations by itself [Hindmarsh1983].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.integrate import LSODA
from scipy.optimize import brentq

from ncm_app.numerics.results import Array, Status, Trajectory
from ncm_app.numerics.runs.compiled import NEAR, limits_of
from ncm_app.numerics.runs.timing import after, before
from ncm_app.numerics.system import SILENT, Edges, Progress, System

RELATIVE, ABSOLUTE = 1e-8, 1e-10
"""Tolerances per step, relative to the state and to the width of its span."""

AT_THRESHOLD, SLOW = 1e-12, 1e-3
"""The absolute one of V where it is counted from its threshold, which is where it would pass that at less than
so many spans per ms: how close it has come then decides when, and whether, it fires."""

FASTEST = 1e7
"""Spans per ms beyond which an upstroke counts as no faster: it is over within a tenth of a nanosecond."""

MAX_SPIKES = MAX_EDGES = 10_000
"""Most spikes, and most edges of the input, in one run: the solver starts anew after each, in a few ms."""

MAX_SOLVER_STEPS = 1_000_000
STORM_SPIKES, STORM = 1000, 0.1
"""So many spikes within so many ms are one moment in which the cell fires without end."""

_LOOK = 100  # solver steps between two looks at the progress


class _NotFiniteError(ArithmeticError):
    """The right-hand side gave inf or NaN."""


class _StormError(ArithmeticError):
    """After a reset the cell fires again at once, and again."""


class _Run:
    """A run on its way: the grid as far as it is filled, the spikes, and the solver.

    The solver's states are counted from `base`: the first one from a threshold that it nears slowly.
    """

    def __init__(self, system: System, start: Sequence[float], p: Any, t: Array, max_step: float,
                 edges: Edges | None) -> None:
        self.system, self.p, self.t, self.max_step = system, p, t, max_step
        self.theta = float(system.threshold(p)) if system.threshold else np.inf
        self.near = NEAR * (1.0 + abs(self.theta))
        self.base, self.widths = np.zeros(system.size), np.array([high - low for low, high in system.spans])
        self.limits = np.array(limits_of(system))
        stops = np.empty(0) if edges is None else edges.stops
        stops = stops[(stops > after(0.0)) & (stops < before(t[-1]))]
        self.ends = [*stops.tolist(), float(t[-1])]
        self.y = np.empty((system.size, len(t)))
        self.y[:, 0] = start
        self.filled, self.spikes, self.piece = 1, list[float](), 0
        self.solver = self.restart(float(t[0]), self.y[:, 0])

    def slope(self, t: float, z: Array) -> Array:
        """Return the slopes that the solver sees."""
        return self.slope_at(t, z + self.base)

    def slope_at(self, t: float, y: Array) -> Array:
        states = [float(x) for x in y]
        # There is no flow beyond the threshold: trial steps must not overflow there.
        states[0] = min(states[0], self.theta)
        try:
            # At an edge of the input, this side of it counts.
            slope = np.array(self.system.rhs(min(max(t, self.first), self.last), tuple(states), self.p), dtype=float)
        except (ZeroDivisionError, OverflowError) as error:
            raise _NotFiniteError from error
        if self.system.threshold:
            slope[0] = min(slope[0], FASTEST * self.widths[0])
        if not np.all(np.isfinite(slope)):
            raise _NotFiniteError
        return slope

    def restart(self, t: float, y: Array) -> LSODA:
        """Return a solver that starts at a state, for the piece of the input that t is in."""
        end = self.ends[self.piece]
        begin = self.ends[self.piece - 1] if self.piece else 0.0
        middle = (begin + end) / 2.0
        self.first, self.last = min(after(begin) if begin else 0.0, middle), max(before(end), middle)
        self.base, scales = np.zeros(self.system.size), ABSOLUTE * self.widths
        if self.system.threshold and abs(self.passing(t, y)) < SLOW * self.widths[0]:
            self.base[0], scales[0] = self.theta, AT_THRESHOLD * self.widths[0]
        return LSODA(self.slope, t, y - self.base, end, max_step=self.max_step, rtol=RELATIVE, atol=scales)

    def advance(self) -> None:
        """Take one solver step: fill the grid up to it, or up to a spike or the end of a piece."""
        solver = self.solver
        solver.step()
        if solver.status == "failed" and self.spikes and solver.t <= after(self.spikes[-1]):
            raise _StormError
        if solver.status == "failed" or not np.all(np.abs(solver.y + self.base) <= self.limits):
            raise _NotFiniteError
        dense, until = solver.dense_output(), solver.t
        height = self.theta - self.base[0]
        fired = solver.y[0] >= height
        if fired:
            crossing = _crossing(lambda s: float(dense(s)[0]) - height, solver.t_old, solver.t)
            passes = self.goes_on(crossing, dense(crossing) + self.base)
            # V that has crept up to its threshold fires once something pushes it on.
            fired = passes or self.goes_on(until, solver.y + self.base)
            until = crossing if passes else until
        upto = int(np.searchsorted(self.t, until, side="left" if fired else "right"))
        ended = solver.status == "finished"
        upto = len(self.t) if ended and not fired and self.piece == len(self.ends) - 1 else upto
        self.y[:, self.filled:upto] = dense(self.t[self.filled:upto]) + self.base[:, None]
        self.filled = max(self.filled, upto)
        if fired:
            self.fire(until, dense(until) + self.base)
        elif ended and self.filled < len(self.t):
            self.piece += 1
            self.solver = self.restart(solver.t, solver.y + self.base)

    def passing(self, t: float, y: Array) -> float:
        """Return the slope at which V would pass its threshold, inf without bound; the other states are as they are."""
        try:
            return float(self.slope_at(t, np.array([self.theta, *y[1:]]))[0])
        except _NotFiniteError:
            return float("inf")

    def goes_on(self, t: float, y: Array) -> bool:
        """Tell whether V passes its threshold: else it has crept up to it, within rounding."""
        return self.passing(t, y) > self.near

    def fire(self, t: float, y: Array) -> None:
        assert self.system.reset is not None
        self.spikes.append(t)
        state = np.array(self.system.reset(tuple(float(x) for x in y), self.p), dtype=float)
        if state[0] > self.theta + self.near or self.is_storm(t, state):
            raise _StormError
        if t >= self.ends[self.piece] and self.piece < len(self.ends) - 1:
            self.piece += 1
        if t < self.t[-1]:
            self.solver = self.restart(t, state)
        else:
            self.y[:, self.filled:] = state[:, None]
            self.filled = len(self.t)

    def is_storm(self, t: float, state: Array) -> bool:
        """Tell whether spikes have come too fast for too long, or the reset is one more spike."""
        if state[0] >= self.theta and self.goes_on(t, state):
            return True
        return len(self.spikes) > STORM_SPIKES and t - self.spikes[-1 - STORM_SPIKES] < STORM

    def result(self, status: Status = Status.OK, message: str = "") -> Trajectory:
        return Trajectory(self.t[:self.filled], self.y[:, :self.filled], np.array(self.spikes), status, message,
                          self.system.names)


def _crossing(gap: Callable[[float], float], early: float, late: float) -> float:
    if gap(early) >= 0:
        return early
    # The solver's own value may be a rounding error above that of its interpolant.
    return float(brentq(gap, early, late, xtol=1e-12, rtol=1e-14)) if gap(late) > 0 else late


def integrate_adaptive(system: System, start: Sequence[float], p: Any, t: Array, *, max_step: float,
                       edges: Edges | None = None, progress: Progress = SILENT) -> Trajectory:
    """Run a system from `start` (n,) with LSODA; values on the grid `t` (m,), ms.

    The solver starts anew at every edge of the input, and after the reset of a spike, which is located on
    the interpolant. A run in which spikes have no end, or come too often, stops with a sentence.
    """
    with np.errstate(all="ignore"):
        run = _Run(system, start, p, t, max_step, edges)
        for step in range(MAX_SOLVER_STEPS):
            if run.filled == len(t):
                return run.result()
            unknown = edges is not None and run.solver.t > edges.known_until
            if len(run.spikes) >= MAX_SPIKES or run.piece >= MAX_EDGES or unknown:
                return run.result(Status.STEP_LIMIT, _restarts_sentence(run))
            try:
                run.advance()
            except _StormError:
                return run.result(Status.STORM, storm_sentence(system, p, run.spikes[-1]))
            except _NotFiniteError:
                return run.result(Status.DIVERGED, _blow_up_sentence(run))
            if step % _LOOK == 0:
                progress.report(run.filled / len(t))
    return run.result(Status.STEP_LIMIT, _steps_sentence(run))


def storm_sentence(system: System, p: Any, t: float) -> str:
    """Say that from a spike at t (ms) on spikes have no end."""
    assert system.reset is not None and system.threshold is not None
    theta = float(system.threshold(p))
    # Only the first state tells: others may add up over the spikes.
    reset = float(system.reset((theta, *(0.0,) * (system.size - 1)), p)[0])
    where = f"{'above' if reset > theta else 'at'} its threshold" if reset >= theta else "where it runs away at once"
    return (f"The run stops at t = {t:g} ms: {system.names[0]} is reset to {reset:g}, {where}, "
            f"so that spikes follow each other without end.")


def _steps_sentence(run: _Run) -> str:
    text = f"The run stops at t = {run.solver.t:g} ms: it may have {MAX_SOLVER_STEPS:,} adaptive steps at most"
    if len(run.spikes) < 2:
        return f"{text}."
    return (f"{text}, and {len(run.spikes):,} spikes within {run.spikes[-1] - run.spikes[0]:.3g} ms took them: the "
            f"solver starts anew at each. Choose a shorter duration, or see whether the cell may fire so often.")


def _restarts_sentence(run: _Run) -> str:
    counts = [f"{count:,} {what}" for count, what in
              ((len(run.spikes), "spikes"), (run.piece, "edges of the input")) if count]
    return (f"The run stops at t = {run.solver.t:g} ms, after {' and '.join(counts)}: adaptive steps start anew at "
            f"each, which takes long. Choose Euler, Heun or RK4, or a shorter duration.")


def _blow_up_sentence(run: _Run) -> str:
    with np.errstate(invalid="ignore"):
        share = np.nan_to_num(np.abs(run.solver.y + run.base) / run.limits, nan=np.inf)
    name = run.system.names[int(np.argmax(share))]
    return f"{name} left every bound at t = {run.solver.t:g} ms: the model itself blows up."
