"""Runs of a system from a start: fixed steps as the book teaches them, or adaptive ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ncm_app.numerics.results import Array, Result, Status, Trajectory
from ncm_app.numerics.runs.adaptive import integrate_adaptive, storm_sentence
from ncm_app.numerics.runs.compiled import limits_of, stepper
from ncm_app.numerics.runs.timing import moved_times
from ncm_app.numerics.system import SILENT, Edges, Partial, Progress, System

METHODS = {"Euler": 1, "Heun": 2, "RK4": 4}
"""Order of each fixed-step method: the error shrinks like dt to this power."""

MAX_STEPS = 1_000_000
"""Longest run, in steps."""

EVERY_STEP = 1000
"""A cell that fires at so many steps in a row, and at the next one, fires without end as far as steps can show."""


def integrate(system: System, start: Sequence[float], p: Any, *, t_end: float, dt: float, method: str,
              progress: Progress = SILENT, max_step: float | None = None, most: int | None = None) -> Trajectory:
    """Run a system from `start` (n,) for `t_end` ms, with a value every `dt` ms, in at most `most` steps.

    `method` is a name in `METHODS`, or "adaptive" (LSODA, which stops and starts anew at every edge of the
    input; `max_step` in ms bounds its steps besides, t_end / 500 by default). A run that blows up,
    spikes without end or would be too long stops, and says so in its status. Raises a ValueError if
    `t_end` or `dt` is not positive or impulses are to be met by adaptive steps, and Cancelled if
    `progress` does.
    """
    if not (t_end > 0 and dt > 0):
        raise ValueError(f"Duration and time step must be positive, not {t_end:g} and {dt:g} ms.")
    wanted = max(1, round(t_end / dt))
    most = most or MAX_STEPS
    steps = min(wanted, most)
    t: Array = np.arange(steps + 1, dtype=np.float64) * dt
    edges = None if system.edges is None else system.edges(start, p, float(t[-1]))
    if method == "adaptive":
        if system.delay:
            raise ValueError("Adaptive steps keep no past: choose Euler, Heun or RK4.")
        if system.impulses is not None:
            raise ValueError("Adaptive steps would step over impulses: choose Euler, Heun or RK4.")
        longest = min(max_step or t_end / 500, np.inf if edges is None else edges.longest_step)
        run = integrate_adaptive(system, start, p, t, max_step=longest, edges=edges, progress=progress)
    else:
        run = _step_through(system, start, p, t, dt, method, progress, edges)
    if run.status is Status.OK and steps < wanted:
        message = (f"The run stops at t = {t[-1]:g} ms of {t_end:g} ms: it may have {most:,} steps "
                   f"at most. Choose a larger time step or a shorter duration.")
        return Trajectory(run.t, run.y, run.spikes, Status.STEP_LIMIT, message, run.names)
    if run.status is Status.OK and abs(t[-1] - t_end) > 1e-9 * t_end:
        return replace(run, message=f"The run ends at t = {t[-1]:g} ms: of all times that are a whole number of time "
                                    f"steps of {dt:g} ms (one at least), this is the one nearest to {t_end:g} ms.")
    return run


def _step_through(system: System, start: Sequence[float], p: Any, t: Array, dt: float, method: str,
                  progress: Progress, edges: Edges | None) -> Trajectory:
    driven, lag = system.impulses is not None, getattr(p, system.delay) / dt if system.delay else 0.0
    advance, last = stepper(system, method, noisy=driven, delayed=lag > 0.0), len(t) - 1
    y = np.empty((system.size, last + 1))
    if system.impulses is not None:
        y[:, 1:] = system.impulses(t, p)[:, :-1]
    y[:, 0] = start
    spikes = np.empty(last if system.threshold else 0)
    done, count, moved = 0, 0, None if edges is None else moved_times(edges.jumps, last, dt)
    while done < last:
        goal = min(last, done + advance.chunk)
        before = count
        done, count = advance(y, done, goal, p, dt=dt, spikes=spikes, count=count, moved=moved, lag=lag)
        # What comes before the new spikes is looked at again: a storm ends at the same step for chunks of any length.
        ended = _every_step(spikes[:count], before, dt)
        if ended:
            stop = round(spikes[ended - 1] / dt)
            return Trajectory(t[:stop], y[:, :stop], spikes[:ended], Status.STORM,
                              _storm_of_steps(system, t[stop], method, dt), system.names)
        if done < goal and _is_storm(system, y[:, done + 1], p):
            return Trajectory(t[:done + 1], y[:, :done + 1], spikes[:count], Status.STORM,
                              storm_sentence(system, p, t[done + 1]), system.names)
        if done < goal:
            message = _blow_up_sentence(system, y[:, done + 1], t[done + 1], f"{method} with dt = {dt:g} ms")
            return Trajectory(t[:done + 1], y[:, :done + 1], spikes[:count], Status.DIVERGED, message, system.names)
        progress.report(done / last, _so_far(system, t, y, spikes, done, count) if progress.wants_partial else None)
    return Trajectory(t, y, spikes[:count], names=system.names)


def _so_far(system: System, t: Array, y: Array, spikes: Array, done: int, count: int) -> Partial:
    """Return the run up to a step: it begins like the whole one, as no step depends on later input."""
    run = Trajectory(t[:done + 1], y[:, :done + 1].copy(), spikes[:count].copy(), names=system.names)
    return Partial(run, f"the first {t[done]:.0f} of {t[-1]:.0f} ms")


def _every_step(spikes: Array, known: int, dt: float) -> int:
    """Return the number of spikes up to the one with which a cell has fired at every step for too long, or 0."""
    late = spikes[max(0, known - EVERY_STEP):]
    hits = np.flatnonzero(late[EVERY_STEP:] - late[:-EVERY_STEP] < (EVERY_STEP + 0.5) * dt)
    return len(spikes) - len(late) + int(hits[0]) + EVERY_STEP + 1 if len(hits) else 0


def _storm_of_steps(system: System, t: float, method: str, dt: float) -> str:
    return (f"The run stops at t = {t:g} ms: {system.names[0]} has passed its threshold at each of the last "
            f"{EVERY_STEP + 1:,} steps. Either spikes follow each other without end, or {method} with dt = {dt:g} ms "
            f"is too coarse to part them: choose a smaller time step.")


def _is_storm(system: System, state: Array, p: Any) -> bool:
    """Tell whether a run ended at a reset that stands above the threshold, and not by blowing up."""
    within = bool(np.all(np.abs(state) <= limits_of(system)))
    return system.threshold is not None and within and bool(state[0] > system.threshold(p))


def _blow_up_sentence(system: System, state: Array, t: float, how: str) -> str:
    with np.errstate(invalid="ignore"):
        within = np.abs(state) <= limits_of(system)
    name = system.names[int(np.argmin(within))]
    return f"{name} left every bound at t = {t:g} ms: {how} is too coarse here, or the model itself blows up."


@dataclass(frozen=True)
class StepError(Result):
    """What halving the time step changes.

    `largest` (n,) is the largest difference at common times, as a fraction of the range
    of the solution; `spike_shift` in ms is that of the last common spike (NaN without
    one); `counts` are the numbers of spikes with dt and with dt / 2.
    """

    method: str
    dt: float
    largest: Array
    spike_shift: float = float("nan")
    counts: tuple[int, int] = (0, 0)
    status: Status = Status.OK
    message: str = ""


def step_error(system: System, start: Sequence[float], p: Any, *, t_end: float, dt: float, method: str,
               progress: Progress = SILENT, most: int | None = None) -> StepError:
    """Run with dt and with dt / 2, and tell how far apart the runs are."""
    coarse = integrate(system, start, p, t_end=t_end, dt=dt, method=method, progress=progress, most=most)
    end = float(coarse.t[-1])
    fine = integrate(system, start, p, t_end=max(end, dt), dt=dt / 2, method=method, progress=progress,
                     max_step=t_end / 1000, most=most)
    common = min(len(coarse.t), (len(fine.t) + 1) // 2)
    a, b = coarse.y[:, :common], fine.y[:, :2 * common - 1:2]
    largest = np.max(np.abs(a - b), axis=1) / _ranges(system, fine.y)
    counts = len(coarse.spikes), len(fine.spikes)
    both = min(counts)
    shift = float(coarse.spikes[both - 1] - fine.spikes[both - 1]) if both else float("nan")
    bad = next((run for run in (coarse, fine) if run.status is not Status.OK), None)
    message = bad.message if bad else _error_sentence(system, method, dt, largest, shift, counts)
    return StepError(method, dt, largest, shift, counts, bad.status if bad else Status.OK, message)


def _ranges(system: System, y: Array) -> Array:
    """Return the range of each state of a run, or of its axis if it does not move."""
    range_ = np.ptp(y, axis=1)
    width = np.array([high - low for low, high in system.spans])
    return np.where(range_ > 1e-12 * width, range_, width)


def _error_sentence(system: System, method: str, dt: float, largest: Array, shift: float,
                    counts: tuple[int, int]) -> str:
    how = f"{method} with dt = {dt:g} ms"
    if counts[0] != counts[1]:
        return f"{how}: {counts[0]} spikes, but {counts[1]} with half the step."
    if counts[0]:
        return f"{how}: half the step moves the last spike by {abs(shift):.2g} ms."
    worst = int(np.argmax(largest))
    if largest[worst] < 1e-4:
        return f"{how}: half the step changes {system.names[worst]} by less than 0.01% of its range."
    share = f"up to {100 * largest[worst]:.2g}% of its range" if largest[worst] < 1 else "more than its whole range"
    return f"{how}: half the step changes {system.names[worst]} by {share}."
