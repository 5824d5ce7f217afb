"""A parameter that drifts up and down again, or stays, while the system runs with white noise on its states.

Heun steps in machine code: the right-hand side is that of the model, the parameter moves within each step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.compiled_flow import any_flow, warm_flow
from ncm_app.numerics.noise import hash_normal
from ncm_app.numerics.results.base import Array, Result
from ncm_app.numerics.system import SILENT, Progress, System

MS = 1000.0
CHUNK = 65_536
HOLD = 2000.0
"""How long the parameter stays at its first value before and after the ramp, ms."""
SETTLE = 4000.0
"""How long the system runs without drift and noise before all that, ms."""


class Course(NamedTuple):
    """Where a parameter goes: from `start` to `end` at `rate` per s, and back where it `returns`.

    With `rest` (s) it stays at `start` for so long and goes nowhere.
    """

    field: str
    start: float
    end: float
    rate: float
    returns: bool = True
    rest: float = 0.0


class Noisy(NamedTuple):
    """White noise on the states: `source` (n,), in their units per root of ms, and the seed of its draws."""

    source: tuple[float, ...]
    seed: int = 1


@dataclass(frozen=True)
class Drifting(Result):
    """One state `x` (m,) of a run at times `t` (m,), s, and the drifting parameter (m,) then."""

    t: Array
    parameter: Array
    x: Array

    @property
    def dt(self) -> float:
        """Seconds from one record to the next."""
        return float(self.t[1] - self.t[0])


@kernel(error_model="numpy")
def ramp_steps(flow: Any, values: Array, place: int, course: Array, y: Array, dt: float, source: Array,
               seed: int, first: int, every: int, seen: int, out: Array) -> None:
    """Step a state (n,) len(out) * every times from step `first` on; note state `seen` after each `every` steps.

    `course` is first value, change per step, steps before the ramp, steps up, steps down; values[place] follows it.
    """
    n = len(y)
    k, m, x = np.empty(n), np.empty(n), np.empty(n)
    root = math.sqrt(dt)
    for j in range(len(out) * every):
        now = first + j
        values[place] = _value(course, now)
        flow(y.ctypes, k.ctypes, values.ctypes, 1)
        kick = root * hash_normal(seed, 0, now)
        for i in range(n):
            x[i] = y[i] + dt * k[i] + kick * source[i]
        values[place] = _value(course, now + 1.0)
        flow(x.ctypes, m.ctypes, values.ctypes, 1)
        for i in range(n):
            y[i] += 0.5 * dt * (k[i] + m[i]) + kick * source[i]
        if (j + 1) % every == 0:
            out[j // every] = y[seen]


@kernel(error_model="numpy")
def _value(course: Array, step: float) -> float:
    """Return the parameter at a step: it rises, falls and stays in straight lines."""
    along = min(max(step - course[2], 0.0), course[3] + course[4])
    return course[0] + course[1] * (course[3] - abs(course[3] - along))  # type: ignore[no-any-return]


def values_along(course: Array, steps: Array) -> Array:
    """Return the parameter (m,) after so many steps (m,)."""
    along = np.clip(steps - course[2], 0.0, course[3] + course[4])
    return np.asarray(course[0] + course[1] * (course[3] - np.abs(course[3] - along)))


def course_in_steps(course: Course, dt: float) -> tuple[Array, int]:
    """Return the course as the kernel takes it, and the number of steps of `dt` ms."""
    if course.rest:
        return np.array([course.start, 0.0, 0.0, 0.0, 0.0]), max(round(course.rest * MS / dt), 1)
    up = round(abs(course.end - course.start) / course.rate * MS / dt)
    change = (course.end - course.start) / up if up else 0.0
    hold, down = round(HOLD / dt), up if course.returns else 0
    return np.array([course.start, change, hold, up, down], dtype=float), hold + up + down + (
        hold if course.returns else 0)


def run_along(system: System, p: Any, course: Course, start: tuple[float, ...], noise: Noisy, seen: int, dt: float,
              every: int, progress: Progress = SILENT) -> Drifting:
    """Return state `seen` of a run along a course, every so many steps of `dt` ms.

    It begins where the system comes from `start` (n,) without noise before anything moves. A cancel that
    `progress` raises passes through. Raises ArithmeticError where the run blows up.
    """
    warm_flow(system, p)
    flow = any_flow(system, p)
    place, values = p._fields.index(course.field), flow.values.copy() if len(flow.values) else np.array(p, dtype=float)
    steps, total = course_in_steps(course, dt)
    y, still = np.array(start, dtype=float), np.array([course.start, 0.0, 0.0, 0.0, 0.0])
    source = np.array(noise.source, dtype=float)
    ramp_steps(flow.call, values, place, still, y, dt, 0.0 * source, 0, 0, round(SETTLE / dt), seen, np.empty(1))
    count = max(total // every, 2)
    x, block = np.empty(count), max(CHUNK // every, 1)
    for first in range(0, count, block):
        part = x[first:first + block]
        ramp_steps(flow.call, values, place, steps, y, dt, source, noise.seed, first * every, every, seen, part)
        if not math.isfinite(part[-1]):
            raise ArithmeticError(f"the run blew up near {course.field} = {values[place]:g}")
        progress.report(min(first + block, count) / count)
    after = every * np.arange(1, count + 1, dtype=float)
    return Drifting(after * dt / MS, values_along(steps, after), x)
