"""How slow and how fast a system is over a range of a parameter: what steps and holds must fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ncm_app.numerics.jacobian import jacobian
from ncm_app.numerics.results import Array, Diagram
from ncm_app.numerics.runs.compiled import stepper
from ncm_app.numerics.system import SILENT, Progress, System

HOLD = 10.0
"""Slow times for which a value of a swept parameter is held: what decays is gone by exp(-10)."""

TYPICAL = 0.75
"""Share of the fixed points that are faster than the slow time: at folds and Hopf points nothing settles."""

STEP_PER_RATE = 1.0
"""RK4 step times the fastest rate on the way: a local error below 1%, and stable (up to 2.8)."""

PLACES = (0.0, 0.35, 0.7, 1.0)
"""Parts of the range of a parameter at which the fastest rate is sought."""

NEUTRAL = 1e-9  # real part, in sizes of the fastest eigenvalue, that is none: no time to wait for

_PILOT, _PILOTS, _SMALLEST, _ACROSS = 1024, 4, 1e-6, (0.1, 0.3, 0.5, 0.7, 0.9)


def slow_time(diagram: Diagram) -> float:
    """Return a time in ms in which most fixed points are approached, left or gone round once.

    Raises a ValueError if there is no fixed point.
    """
    found = [_times_of(branch.eigenvalues) for branch in diagram.branches]
    times = np.concatenate(found) if found else np.empty(0)
    times = times[times > 0.0]
    if not len(times):
        raise ValueError(f"there are no fixed points over {diagram.parameter} to tell the time scale from")
    return float(np.quantile(times, TYPICAL))


def _times_of(eigenvalues: Any) -> Array:
    """Return per point the longer of the slowest relaxation and the longest turn, 0 where neutral."""
    slowest, fastest = np.min(np.abs(eigenvalues.real), axis=0), np.max(np.abs(eigenvalues), axis=0)
    with np.errstate(divide="ignore"):
        relaxation = np.where(slowest > NEUTRAL * fastest, 1.0 / slowest, 0.0)
        turns = np.where(eigenvalues.imag > NEUTRAL * fastest, 2.0 * np.pi / np.abs(eigenvalues.imag), 0.0)
    return np.asarray(np.maximum(relaxation, turns.max(axis=0)))


def fitting_step(system: System, p: Any, field: str, low: float, high: float, start: Sequence[float],
                 progress: Progress = SILENT) -> float:
    """Return a step of time in ms, for RK4, that fits the fastest rate on short runs over the range."""
    with np.errstate(all="ignore"):
        steps = []
        y = np.array(start, dtype=float)
        for place in PLACES:
            step, y = _pilot(system, p._replace(**{field: low + place * (high - low)}), y)
            steps.append(step)
            progress.report(0.0)
    return min(steps)


def _pilot(system: System, p: Any, y: Array) -> tuple[float, Array]:
    """Return the step that fits a run from a state, and where the run ended."""
    low, high = np.array(system.box).T[:, :, None]
    across = np.array([[a + (b - a) * part for part in _ACROSS] for a, b in system.spans])
    # At a fold or an extreme the start has no rate: what is usual across the spans stands in.
    first = max(float(np.median(fastest_rates(system, across, p))), float(fastest_rates(system, y[:, None], p)[0]))
    advance, dt = stepper(system, "RK4"), STEP_PER_RATE / first
    for _ in range(_PILOTS):
        path = np.empty((system.size, _PILOT + 1))
        path[:, 0] = y
        done, _ = advance(path, 0, _PILOT, p, dt=dt)
        # What leaves the box may be on its way to infinity, at rates without bound; it tells of no longer step.
        inside = np.all((path[:, :done + 1] >= low) & (path[:, :done + 1] <= high), axis=0)
        kept = path[:, :done + 1][:, inside]
        wanted = STEP_PER_RATE / float(fastest_rates(system, kept[:, ::1 + kept.shape[1] // 256], p).max())
        if 0.8 * dt <= wanted and (wanted <= 1.25 * dt or not np.all(inside)):
            break
        dt = min(wanted, 4.0 * dt)
    return dt, kept[:, -1]


def fastest_rates(system: System, states: Array, p: Any) -> Array:
    """Return the largest magnitude of an eigenvalue at each of the states (n, k), in 1/ms."""
    rates = np.abs(np.linalg.eigvals(np.moveaxis(jacobian(system, states, p), -1, 0))).max(axis=1)
    return np.where(np.isfinite(rates), np.maximum(rates, _SMALLEST), _SMALLEST)
