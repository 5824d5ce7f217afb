"""How the error of a method shrinks with its step: the order as it is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ncm_app.numerics.results import Array, Result, Status
from ncm_app.numerics.runs.integrate import METHODS, integrate
from ncm_app.numerics.system import SILENT, Progress, System

FEWEST, MOST = 16, 8192
"""Numbers of steps of the coarsest and the finest run; each run has twice as many as the one before."""
FITTED = 4
"""Finest steps whose errors give the slope: coarser ones have terms of higher order in them."""


@dataclass(frozen=True)
class Convergence(Result):
    """Largest errors (methods, m) of each method at the steps `dt` (m,), and the slope of each on log axes.

    Errors are those of the first state, at the times of the run. `slopes` (methods,) use the finest
    errors above `floor` (m,), the level of rounding; NaN where fewer than two are left. An error of a
    run that blew up is NaN.
    """

    methods: tuple[str, ...]
    dt: Array
    errors: Array
    slopes: Array
    floor: Array
    status: Status = Status.OK
    message: str = ""


def convergence(system: System, start: tuple[float, ...], p: Any, exact: Callable[[Array], Array], *, t_end: float,
                progress: Progress = SILENT) -> Convergence:
    """Run with ever smaller steps, and compare with `exact(t)` (m,) of the first state."""
    counts = [FEWEST]
    while counts[-1] < MOST:
        counts.append(2 * counts[-1])
    dt = t_end / np.array(counts)
    errors = np.full((len(METHODS), len(dt)), np.nan)
    size = 1.0
    for i, step in enumerate(dt):
        for row, method in enumerate(METHODS):
            run = integrate(system, start, p, t_end=t_end, dt=step, method=method)
            if run.status is Status.OK:
                curve = exact(run.t)
                size = float(np.max(np.abs(curve)))
                errors[row, i] = float(np.max(np.abs(run.y[0] - curve)))
        progress.report((i + 1) / len(dt))
    # Each of n steps rounds to a part of eps: beyond n of these, errors tell nothing of the method.
    floor = np.finfo(float).eps * max(size, 1e-300) * np.array(counts)
    slopes = np.array([slope(dt, row, floor) for row in errors])
    return Convergence(tuple(METHODS), dt, errors, slopes, floor)


def slope(dt: Array, errors: Array, floor: Array) -> float:
    """Return the slope of the finest errors (m,) above the floor (m,) over dt (m,) on log axes, NaN of one or none."""
    told = np.flatnonzero(np.isfinite(errors) & (errors > floor))[-FITTED:]
    if len(told) < 2:
        return float("nan")
    return float(np.polyfit(np.log(dt[told]), np.log(errors[told]), 1)[0])
