"""How fast neighbouring states part along a flow: its largest Lyapunov exponent, with an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ncm_app.numerics.results import Array, Result, Status
from ncm_app.numerics.runs.compiled import Stepper, stepper
from ncm_app.numerics.runs.time_scales import fastest_rates
from ncm_app.numerics.system import SILENT, Partial, Progress, System

STEP_PER_RATE = 0.1
"""RK4 step times the fastest rate on the way: a local error near 1e-7."""

APART = 1e-9
"""Distance of the two states, in spans, to which it is set back after every window."""

WINDOW, WINDOWS, PLAIN_WINDOWS = 100, 1000, 500
"""Steps of a window, and windows of a run that is compiled, and of one that is not."""

TRANSIENT, PARTS = 0.25, 15
"""Share of the windows that belongs to the approach, and parts of the rest whose scatter gives the error."""

ERRORS, E_FOLDS, AGREE = 5.0, 15.0, 0.3
"""A rate is positive if it is so many errors above 0, makes so many e-folds, and half the step changes it
by no more than this part."""


@dataclass(frozen=True)
class Divergence(Result):
    """Rate at which neighbours part (1/ms), its standard error, and the time it was followed for (ms).

    `chaotic` where the rate is positive beyond its error at two steps of time; the status is DIVERGED
    where the run blew up.
    """

    rate: float
    error: float
    duration: float
    chaotic: bool
    status: Status = Status.OK
    message: str = ""


def divergence(system: System, start: Sequence[float], p: Any, *, progress: Progress = SILENT) -> Divergence:
    """Follow a smooth system without time dependence and a neighbour of it from a start (n,).

    The distance is set back after every window [Benettin1980]; the mean logarithm by which it grows
    is the largest Lyapunov exponent.
    """
    advance = stepper(system, "RK4")
    windows = WINDOWS if advance.chunk > WINDOW * 100 else PLAIN_WINDOWS
    with np.errstate(all="ignore"):
        dt = _fitting_step(advance, start, p)
        found = [_rate(advance, start, p, dt / part, windows, Share(progress, k / 2)) for k, part in enumerate((1, 2))]
    (rough, _), (rate, error) = found
    duration = float(windows * WINDOW * dt / 2.0 * (1.0 - TRANSIENT))
    if not np.isfinite(rate + rough):
        return Divergence(np.nan, np.nan, 0.0, False, Status.DIVERGED, "The solution blew up.")
    chaotic = rate > ERRORS * error and rate * duration > E_FOLDS and abs(rough - rate) <= AGREE * rate
    return Divergence(rate, error, duration, bool(chaotic))


class Share(Progress):
    """Tells a half of a computation as a half of the whole."""

    def __init__(self, whole: Progress, done: float) -> None:
        self.whole, self.done = whole, done

    def report(self, fraction: float, partial: Partial | None = None) -> None:
        """Report a fraction of this half."""
        self.whole.report(self.done + fraction / 2.0)


def _fitting_step(advance: Stepper, start: Sequence[float], p: Any) -> float:
    """Return a step for the fastest rate met on a short run."""
    system, y = advance.kernel.system, np.array(start, dtype=float)
    dt = STEP_PER_RATE / float(fastest_rates(system, y[:, None], p)[0])
    for _ in range(3):
        path = np.empty((system.size, 1025))
        path[:, 0] = y
        done, _ = advance(path, 0, 1024, p, dt=dt)
        wanted = STEP_PER_RATE / float(fastest_rates(system, path[:, :done + 1:16], p).max())
        if wanted >= 0.7 * dt:
            break
        dt = wanted
    return min(dt, wanted)


def _rate(advance: Stepper, start: Sequence[float], p: Any, dt: float, windows: int,
          progress: Progress) -> tuple[float, float]:
    system = advance.kernel.system
    widths = np.array([high - low for low, high in system.spans])
    one = np.empty((system.size, WINDOW + 1))
    other = np.empty_like(one)
    one[:, 0] = start
    other[:, 0] = one[:, 0] + APART * widths / np.sqrt(system.size)
    logs: Array = np.empty(windows)
    for k in range(windows):
        for path in (one, other):
            done, _ = advance(path, 0, WINDOW, p, dt=dt)
            if done < WINDOW:
                return np.nan, np.nan
        apart = (other[:, -1] - one[:, -1]) / widths
        distance = float(np.linalg.norm(apart))
        # Two states that have become one to rounding are as good as a fast approach.
        apart = apart / distance if distance > 0.0 else np.ones(system.size) / np.sqrt(system.size)
        logs[k] = np.log(max(distance, 1e-16) / APART)
        one[:, 0] = one[:, -1]
        other[:, 0] = one[:, 0] + APART * apart * widths
        if k % 50 == 0:
            progress.report(k / windows)
    kept = logs[round(TRANSIENT * windows):]
    parts = np.array([np.mean(part) for part in np.array_split(kept, PARTS)]) / (WINDOW * dt)
    return float(np.mean(kept) / (WINDOW * dt)), float(np.std(parts, ddof=1) / np.sqrt(PARTS))
