"""Does a smooth system settle into a cycle, and how long is it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ncm_app.numerics.jacobian import evaluate_field, jacobian
from ncm_app.numerics.results import Array, Oscillation, Status, Trajectory
from ncm_app.numerics.runs.compiled import stepper
from ncm_app.numerics.system import SILENT, Progress, System

STEP_PER_RATE = 0.2
"""RK4 step times the fastest rate along the way: a local error near 3e-6."""

SAME, ALIKE, NEARLY = 1e-6, 1e-4, 0.01
"""Passages are one cycle if states and periods agree to this part; a first guess at it; and a first hint."""

PERIOD_ERROR = 1e-5
AT_REST = 1e-9
RESTS = "The state settles to a point."
_PILOT, _WINDOW, _BUDGET = 512, 4096, 400_000
_LONGEST_PATTERN, _FEWEST = 20, 3
_PILOTS, _ATTEMPTS, _CYCLES, _FINER = 3, 4, 4, 4


class BlowUpError(ArithmeticError):
    """The solution left every bound."""


class _Cycle(NamedTuple):
    """Period in ms, lowest and highest state (n,), and how many passages it holds."""

    period: float
    low: Array
    high: Array
    passages: int

    def step(self, dt: float) -> float:
        """Return a step (ms), at most `dt`, that divides the time from passage to passage."""
        between = self.period / self.passages
        return float(between / np.ceil(between / dt))


@dataclass(frozen=True)
class _Passages:
    """Upward crossings of the mean of one state: times (k,) and states (n, k)."""

    times: Array
    states: Array


def period_of(trajectory: Trajectory, index: int = 0) -> float:
    """Return the period in ms of one state in the second half of a run, NaN if none.

    It is the mean distance of the upward crossings of the mean, by linear interpolation. One counts only if the
    state was below half its depth since the last: a bump of a spike's flank is no turn.
    """
    half = len(trajectory.t) // 2
    t, y = trajectory.t[half:], trajectory.y[index, half:]
    if len(t) < 3 or np.ptp(y) <= AT_REST * np.max(np.abs(y)):
        return float("nan")
    gap = y - y.mean()
    up = np.flatnonzero((gap[:-1] < 0) & (gap[1:] >= 0))
    dips = np.searchsorted(np.flatnonzero(gap < 0.5 * gap.min()), up, side="right")
    up = up[np.diff(dips, prepend=0) > 0]
    if len(up) < 2:
        return float("nan")
    times = t[up] + (t[up + 1] - t[up]) * gap[up] / (gap[up] - gap[up + 1])
    return float((times[-1] - times[0]) / (len(times) - 1))


def settle(system: System, start: Sequence[float], p: Any, *, progress: Progress = SILENT) -> Oscillation:
    """Follow a smooth system without time dependence until it rests or repeats itself.

    A cycle is accepted when the states at two passages through a section agree, and
    its period when a quarter of the step leaves it alone.
    """
    with np.errstate(all="ignore"):
        return Pursuit(system, p, progress).run(np.array(start, dtype=float))


class Pursuit:
    """A run of one system under one record of parameters, followed until it rests or repeats itself."""

    def __init__(self, system: System, p: Any, progress: Progress) -> None:
        self.system, self.p, self.progress = system, p, progress
        self.advance = stepper(system, "RK4")
        self.widths = np.array([high - low for low, high in system.spans])
        self.used = 0

    def run(self, y: Array) -> Oscillation:
        """Follow the run from a state (n,), with smaller steps if it blows up."""
        dt = STEP_PER_RATE / self.fastest(y[:, None])
        for _ in range(_ATTEMPTS):
            try:
                return self.search(y, self.choose_step(y, dt))
            except BlowUpError:
                # A burst that the first steps did not meet may need smaller ones.
                dt /= 8
        nothing = np.full(self.system.size, np.nan)
        return Oscillation(np.nan, nothing, nothing, Status.DIVERGED,
                           "The solution blew up: it neither rests nor cycles from this start.")

    def search(self, y: Array, dt: float) -> Oscillation:
        """Follow the run at a step (ms) in growing windows until its end is known."""
        steps = _WINDOW
        while self.used < _BUDGET:
            path = self.follow(y, steps, dt)
            y, late = path[:, -1], path[:, steps // 2:]
            if np.all(np.ptp(late, axis=1) <= AT_REST * self.widths):
                return Oscillation(np.nan, y, y, message=RESTS)
            found = self.cycle_in(late, dt, ALIKE)
            if found is not None:
                return self.refine(y, found, dt)
            dt = self.in_time(late, dt)
            steps = min(2 * steps, max(_WINDOW, _BUDGET - self.used))
        return Oscillation(np.nan, np.min(late, axis=1), np.max(late, axis=1), Status.NOT_CONVERGED,
                           f"After {self.used * dt:.3g} ms the state has neither come to rest nor repeated itself.")

    def follow(self, y: Array, steps: int, dt: float) -> Array:
        """Return the path (n, steps + 1) from a state, or raise if it blows up."""
        path = np.empty((self.system.size, steps + 1))
        path[:, 0] = y
        done = 0
        while done < steps:
            goal = min(steps, done + self.advance.chunk)
            done, _ = self.advance(path, done, goal, self.p, dt=dt)
            if done < goal:
                raise BlowUpError
            self.progress.report(min(0.99, (self.used + done) / _BUDGET))
        self.used += steps
        return path

    def choose_step(self, y: Array, dt: float) -> float:
        """Return a time step, at most `dt`, for the fastest rate met on a short run."""
        for _ in range(_PILOTS):
            wanted = STEP_PER_RATE / self.fastest(self.follow(y, _PILOT, dt)[:, ::16])
            if wanted >= 0.7 * dt:
                break
            dt = wanted
        return dt

    def fastest(self, states: Array) -> float:
        """Return the largest magnitude of an eigenvalue at states (n, k), in 1/ms."""
        rates = np.abs(np.linalg.eigvals(np.moveaxis(jacobian(self.system, states, self.p), -1, 0)))
        rates = rates[np.isfinite(rates)]
        return float(max(rates.max(initial=0.0), 1e-6))

    def in_time(self, path: Array, dt: float) -> float:
        """Return a step, at most `dt`, that divides the time of return if that is nearly known.

        Kinks of the right-hand side then fall on the same part of a step each time. Where they do not, passages
        jitter, and what returns after one turn seems to return after several, or never.
        """
        gaps = np.diff(self.passages(path, self.index(path), dt).times)
        if len(gaps) < _FEWEST or np.ptp(gaps) > NEARLY * gaps[-1]:
            return dt
        return float(gaps.mean() / np.ceil(gaps.mean() / dt))

    def index(self, path: Array) -> int:
        """Return the state that moves most, in parts of its span."""
        return int(np.argmax(np.ptp(path, axis=1) / self.widths))

    def cycle_in(self, path: Array, dt: float, tolerance: float) -> _Cycle | None:
        """Return the cycle at the end of a path if it repeats itself."""
        passages = self.passages(path, self.index(path), dt)
        times, states = passages.times, passages.states
        for lag in range(1, min(_LONGEST_PATTERN, (len(times) - 1) // 2) + 1):
            periods = times[-1] - times[-1 - lag], times[-1 - lag] - times[-1 - 2 * lag]
            # The size at the end, not on the whole path: what decays is small against its past, and no cycle.
            size = np.ptp(path[:, int(times[-1 - 2 * lag] / dt):], axis=1)
            moved = np.abs(states[:, -lag:] - states[:, -2 * lag:-lag])
            moved /= np.maximum(size, AT_REST * self.widths)[:, None]
            if np.all(moved <= tolerance) and abs(periods[0] - periods[1]) <= tolerance * periods[0]:
                last = path[:, -min(path.shape[1], int(periods[0] / dt) + 4):]
                return _Cycle(periods[0], -_peaks(-last), _peaks(last), lag)
        return None

    def passages(self, path: Array, index: int, dt: float) -> _Passages:
        """Locate the upward crossings of the mean of a state on cubic pieces."""
        mean = path[index].mean()
        gap = path[index] - mean
        up = np.flatnonzero((gap[:-1] < 0) & (gap[1:] >= 0))[-2 * _LONGEST_PATTERN - 1:]
        left, right = path[:, up], path[:, up + 1]
        slopes = [dt * evaluate_field(self.system, side, self.p) for side in (left, right)]
        part = gap[up] / (gap[up] - gap[up + 1])
        for _ in range(4):
            value, slope = _hermite(left, right, slopes, part)
            part = np.clip(part - (value[index] - mean) / slope[index], 0.0, 1.0)
        return _Passages((up + part) * dt, _hermite(left, right, slopes, part)[0])

    def refine(self, y: Array, found: _Cycle, dt: float) -> Oscillation:
        """Go on along the cycle until it closes, then refine the step until the period stays.

        The step is made to divide the time between passages, as in `in_time`: what seemed to be a pattern
        of several turns because they jitter turns out to be one.
        """
        cycles, closed = _CYCLES, np.nan
        while True:
            dt = found.step(dt)
            if self.used + (steps := int(cycles * found.period / dt)) > _BUDGET:
                why = "still drifts" if np.isnan(closed) else "still depends on the step"
                return Oscillation(*found[:3], Status.NOT_CONVERGED,
                                   f"The state cycles, but its period of about {found.period:.3g} ms {why}.")
            path = self.follow(y, steps, dt)
            y = path[:, -1]
            if np.all(np.ptp(path, axis=1) <= AT_REST * self.widths):
                return Oscillation(np.nan, y, y, message=RESTS)
            again = self.cycle_in(path, dt, SAME)
            if again is None:
                found, cycles = self.cycle_in(path, dt, ALIKE) or found, 2 * cycles
                continue
            if abs(again.period - closed) <= PERIOD_ERROR * closed:
                return Oscillation(*again[:3], message=f"The state cycles with a period of {again.period:.4g} ms.")
            found, closed, cycles, dt = again, again.period, _CYCLES, dt / _FINER


def _hermite(left: Array, right: Array, slopes: list[Array], part: Array) -> tuple[Array, Array]:
    """Return value and slope per step of cubics at a part (k,) of their step."""
    rise = right - left
    c = 3 * rise - 2 * slopes[0] - slopes[1]
    d = slopes[0] + slopes[1] - 2 * rise
    return (left + part * (slopes[0] + part * (c + part * d)),
            slopes[0] + part * (2 * c + 3 * part * d))


def _peaks(path: Array) -> Array:
    """Return the highest value of each state (n,), by a parabola through three points."""
    top = np.clip(np.argmax(path, axis=1), 1, path.shape[1] - 2)
    rows = np.arange(len(path))
    a, b, c = path[rows, top - 1], path[rows, top], path[rows, top + 1]
    bend = a - 2 * b + c
    lift = np.where(bend < 0, -(a - c) ** 2 / (8 * np.where(bend < 0, bend, -1.0)), 0.0)
    return np.asarray(np.maximum(path.max(axis=1), b + np.where(np.abs(a - c) <= -bend, lift, 0.0)))
