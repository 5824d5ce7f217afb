"""Runs with an adaptive step (SciPy's LSODA), also through spikes and resets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.integrate import LSODA
from scipy.optimize import brentq

from ncm_app.numerics.results import Array, Status, Trajectory
from ncm_app.numerics.runs.compiled import limits_of
from ncm_app.numerics.system import SILENT, Progress, System

RELATIVE, ABSOLUTE = 1e-8, 1e-10
"""Tolerances per step, relative to the state and to the width of its span."""

MAX_SPIKES = 100_000
MAX_SOLVER_STEPS = 2_000_000
_LOOK = 100  # solver steps between two looks at the progress


class _NotFiniteError(ArithmeticError):
    """The right-hand side gave inf or NaN."""


class _Run:
    """A run on its way: the grid as far as it is filled, the spikes, and the solver."""

    def __init__(self, system: System, start: Sequence[float], p: Any, t: Array, max_step: float) -> None:
        self.system, self.p, self.t, self.max_step = system, p, t, max_step
        self.theta = float(system.threshold(p)) if system.threshold else np.inf
        self.limits = np.array(limits_of(system))
        self.y = np.empty((system.size, len(t)))
        self.y[:, 0] = start
        self.filled, self.spikes = 1, list[float]()
        self.solver = self.restart(float(t[0]), self.y[:, 0])

    def slope(self, t: float, y: Array) -> Array:
        states = [float(x) for x in y]
        # There is no flow beyond the threshold: trial steps must not overflow there.
        states[0] = min(states[0], self.theta)
        try:
            slope = np.array(self.system.rhs(t, tuple(states), self.p), dtype=float)
        except (ZeroDivisionError, OverflowError) as error:
            raise _NotFiniteError from error
        if not np.all(np.isfinite(slope)):
            raise _NotFiniteError
        return slope

    def restart(self, t: float, y: Array) -> LSODA:
        scales = ABSOLUTE * np.array([high - low for low, high in self.system.spans])
        return LSODA(self.slope, t, y, float(self.t[-1]), max_step=self.max_step, rtol=RELATIVE, atol=scales)

    def advance(self) -> None:
        """Take one solver step: fill the grid up to it, or up to a spike."""
        solver = self.solver
        solver.step()
        if solver.status == "failed" or not np.all(np.abs(solver.y) <= self.limits):
            raise _NotFiniteError
        dense, until = solver.dense_output(), solver.t
        fired = solver.y[0] >= self.theta
        if fired:
            until = _crossing(lambda s: float(dense(s)[0]) - self.theta, solver.t_old, solver.t)
        upto = int(np.searchsorted(self.t, until, side="left" if fired else "right"))
        upto = len(self.t) if solver.status == "finished" and not fired else upto
        self.y[:, self.filled:upto] = dense(self.t[self.filled:upto])
        self.filled = max(self.filled, upto)
        if fired:
            self.fire(until, dense(until))

    def fire(self, t: float, y: Array) -> None:
        assert self.system.reset is not None
        self.spikes.append(t)
        after = np.array(self.system.reset(tuple(float(x) for x in y), self.p), dtype=float)
        if t < self.t[-1]:
            self.solver = self.restart(t, after)
        else:
            self.y[:, self.filled:] = after[:, None]
            self.filled = len(self.t)

    def result(self, status: Status = Status.OK, message: str = "") -> Trajectory:
        return Trajectory(self.t[:self.filled], self.y[:, :self.filled], np.array(self.spikes), status, message,
                          self.system.names)


def _crossing(gap: Callable[[float], float], early: float, late: float) -> float:
    if gap(early) >= 0:
        return early
    # The solver's own value may be a rounding error above that of its interpolant.
    return float(brentq(gap, early, late, xtol=1e-12, rtol=1e-14)) if gap(late) > 0 else late


def integrate_adaptive(system: System, start: Sequence[float], p: Any, t: Array, *, max_step: float,
                       progress: Progress = SILENT) -> Trajectory:
    """Run a system from `start` (n,) with LSODA; values on the grid `t` (m,), ms.

    A spike is located on the interpolant, and the solver starts anew after the reset.
    """
    with np.errstate(all="ignore"):
        run = _Run(system, start, p, t, max_step)
        for step in range(MAX_SOLVER_STEPS):
            if run.filled == len(t):
                return run.result()
            if len(run.spikes) >= MAX_SPIKES:
                return run.result(Status.STEP_LIMIT, f"The run stops at t = {run.spikes[-1]:g} ms: "
                                                     f"it may have {MAX_SPIKES:,} spikes at most.")
            try:
                run.advance()
            except _NotFiniteError:
                return run.result(Status.DIVERGED, _blow_up_sentence(run))
            if step % _LOOK == 0:
                progress.report(run.filled / len(t))
    return run.result(Status.STEP_LIMIT, f"The run stops at t = {run.solver.t:g} ms: it may have "
                                         f"{MAX_SOLVER_STEPS:,} adaptive steps at most.")


def _blow_up_sentence(run: _Run) -> str:
    with np.errstate(invalid="ignore"):
        share = np.nan_to_num(np.abs(run.solver.y) / run.limits, nan=np.inf)
    name = run.system.names[int(np.argmax(share))]
    return f"{name} left every bound at t = {run.solver.t:g} ms: the model itself blows up."
