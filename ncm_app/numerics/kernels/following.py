"""Curves of a flow, followed by Dormand and Prince's pair of orders 5 and 4: the kernels of `plane.tracing`.

A step is bounded by its length in spans and by its error, so that it neither stalls beside a fixed point nor
jumps over a bend [Dormand1980].
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.results.base import Array

DONE, LEFT, RESTS, STUCK, REACHED, WINDS = range(6)
"""Why a curve ends: all its steps done, out of the window, no motion, no step small enough, at a target, on a cycle."""

STAGES = np.array([
    [1 / 5, 0, 0, 0, 0, 0],
    [3 / 40, 9 / 40, 0, 0, 0, 0],
    [44 / 45, -56 / 15, 32 / 9, 0, 0, 0],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0, 0],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0],
    [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84]])
ERRORS = np.array([71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40])

NEAR = 5e-4
"""Distance in spans from a fixed point, or from a cycle, at which a curve has reached it."""

BESIDE = 0.05
"""Distance in spans within which two passages are taken for turns of one spiral."""

PIECE = 128
"""Points between two looks at a curve."""


@kernel(error_model="numpy")
def _step(flow: Any, values: Array, y: Array, h: float, scale: Array, k: Array, x: Array) -> float:
    """Write where a step of h ms from a state (n,) leads into `x`, its slopes into `k` (7, n); return the error.

    The first slope is that at the state; the error is in spans.
    """
    n, missed = len(y), 0.0
    for s in range(6):
        for i in range(n):
            move = 0.0
            for m in range(s + 1):
                move += STAGES[s, m] * k[m, i]
            x[i] = y[i] + h * move
        flow(x.ctypes, k[s + 1].ctypes, values.ctypes, 1)
    for i in range(n):
        part = 0.0
        for m in range(7):
            part += ERRORS[m] * k[m, i]
        missed += abs(h * part) / scale[i]
    return missed


@kernel(error_model="numpy")
def extend(flow: Any, values: Array, states: Array, times: Array, first: int, steps: int, longest: float,
           error: float, limits: Array) -> tuple[int, int]:
    """Fill columns after `first` of states (n, m) and times (m,); return the number of new points and why they end.

    `longest` is the longest step in spans, a negative one goes back in time; `error` is what a step may add, in
    spans. `limits` (3, n) holds the widths of the spans and the low and high edges of the window.
    """
    n, tries, j, h = len(states), 0, 0, 1e300
    sign = 1.0 if longest > 0.0 else -1.0
    k, y, x = np.empty((7, n)), np.empty(n), np.empty(n)
    for i in range(n):
        y[i] = states[i, first]
    flow(y.ctypes, k[0].ctypes, values.ctypes, 1)
    while j < steps:
        speed = 0.0
        for i in range(n):
            speed += (k[0, i] / limits[0, i]) ** 2
        speed = speed ** 0.5
        if not 1e-150 < speed < 1e150:
            return j, RESTS
        h = min(h, abs(longest) / speed)
        missed = _step(flow, values, y, sign * h, limits[0], k, x)
        tries += 1
        if not missed <= error:
            if tries > 20 * steps + 200:
                return j, STUCK
            h *= max(0.2, 0.9 * (error / missed) ** 0.2) if missed < 1e300 else 0.1
            continue
        j += 1
        times[first + j] = times[first + j - 1] + sign * h
        for i in range(n):
            y[i], k[0, i], states[i, first + j] = x[i], k[6, i], x[i]
        h *= min(5.0, 0.9 * (error / (missed + 1e-300)) ** 0.2)
        for i in range(n):
            if not limits[1, i] <= y[i] <= limits[2, i]:
                return j, LEFT
    return j, DONE


@kernel(error_model="numpy")
def _hermite(left: float, right: float, first: float, last: float, part: float) -> tuple[float, float]:
    """Return value and slope of a cubic at a part of its step; `first` and `last` are its slopes per step."""
    rise = right - left
    c, d = 3.0 * rise - 2.0 * first - last, first + last - 2.0 * rise
    return left + part * (first + part * (c + part * d)), first + part * (2.0 * c + 3.0 * part * d)


@kernel(error_model="numpy")
def crossing(flow: Any, values: Array, states: Array, times: Array, at: int, base: Array, along: Array,
             scale: Array) -> tuple[bool, float, float]:
    """Return whether a plane curve crosses a section between points `at` and `at` + 1, how far aside, and where.

    `base` (2,) lies on the section, `along` (2,) is the flow's direction there in spans. Distances aside are in
    spans; where is a part of the step, on the cubic between the points.
    """
    y, slope, ahead, aside = np.empty(2), np.empty(2), np.empty(2), np.empty(2)
    on, across = np.empty(2), np.empty(2)
    for end in range(2):
        for i in range(2):
            y[i] = states[i, at + end]
        flow(y.ctypes, slope.ctypes, values.ctypes, 1)
        step = times[at + 1] - times[at]
        first, second = (y[0] - base[0]) / scale[0], (y[1] - base[1]) / scale[1]
        ahead[end], aside[end] = along[0] * first + along[1] * second, along[0] * second - along[1] * first
        first, second = slope[0] * step / scale[0], slope[1] * step / scale[1]
        on[end], across[end] = along[0] * first + along[1] * second, along[0] * second - along[1] * first
    if not (ahead[0] < 0.0 <= ahead[1] and abs(aside[0]) < BESIDE):
        return False, 0.0, 0.0
    part = ahead[0] / (ahead[0] - ahead[1])
    for _ in range(4):
        value, rise = _hermite(ahead[0], ahead[1], on[0], on[1], part)
        part = min(max(part - value / (rise if rise != 0.0 else 1.0), 0.0), 1.0)
    return True, _hermite(aside[0], aside[1], across[0], across[1], part)[0], part


@kernel(error_model="numpy")
def passes(states: Array, at: int, base: Array, along: Array, scale: Array) -> bool:
    """Tell whether a curve may cross a section between two points: it goes from behind to ahead."""
    before = (states[0, at] - base[0]) / scale[0] * along[0] + (states[1, at] - base[1]) / scale[1] * along[1]
    after = (states[0, at + 1] - base[0]) / scale[0] * along[0] + (states[1, at + 1] - base[1]) / scale[1] * along[1]
    return before < 0.0 <= after


@kernel(error_model="numpy")
def section_at(flow: Any, values: Array, state: Array, sign: float, scale: Array) -> Array:
    """Return the direction (2,) in spans of the flow at a state (2,), forward or (`sign` -1) back in time."""
    along = np.empty(2)
    flow(state.ctypes, along.ctypes, values.ctypes, 1)
    along[0], along[1] = sign * along[0] / scale[0], sign * along[1] / scale[1]
    speed = max(np.hypot(along[0], along[1]), 1e-300)
    along[0], along[1] = along[0] / speed, along[1] / speed
    return along


@kernel(error_model="numpy")
def last_turns(flow: Any, values: Array, states: Array, times: Array, last: int, sign: float,
               scale: Array) -> tuple[float, float]:
    """Return how far inside or outside the turn before point `last` was, in spans, and by which factor turns shrink.

    Both are NaN as far as there were not enough turns.
    """
    base = np.empty(2)
    base[0], base[1] = states[0, last], states[1, last]
    along = section_at(flow, values, base, sign, scale)
    nearest, count = np.nan, 0
    for at in range(last - 3, -1, -1):
        if passes(states, at, base, along, scale):
            hit, aside, _ = crossing(flow, values, states, times, at, base, along, scale)
            if hit and count:
                return nearest, nearest / (aside - nearest) if aside != nearest else 1.0
            if hit:
                nearest, count = aside, 1
    return nearest, np.nan


@kernel(error_model="numpy")
def _target_at(states: Array, first: int, last: int, targets: Array, scale: Array) -> tuple[int, int]:
    """Return the first of some points beside a target of (n, k), and which target it is; -1 for none."""
    for at in range(first, last + 1):
        for target in range(targets.shape[1]):
            gap = 0.0
            for i in range(len(scale)):
                gap += ((states[i, at] - targets[i, target]) / scale[i]) ** 2
            if gap < NEAR * NEAR:
                return at, target
    return -1, -1


@kernel(error_model="numpy")
def _rests(states: Array, last: int, scale: Array) -> bool:
    """Tell whether the last points of a curve lie together, at a fixed point that is not among the targets."""
    for i in range(len(scale)):
        low, high = np.inf, -np.inf
        for at in range(max(last - 15, 0), last + 1):
            low, high = min(low, states[i, at]), max(high, states[i, at])
        if not high - low < 0.1 * NEAR * scale[i]:
            return False
    return True


@kernel(error_model="numpy")
def follow(flow: Any, values: Array, states: Array, times: Array, longest: float, error: float, limits: Array,
           targets: Array) -> tuple[int, int, int]:
    """Fill states (n, m) and times (m,) from the first on until the curve ends; return its last point, why, and where.

    Where is the place among `targets` (n, k), -1 for none. DONE stands for a curve that needs more points.
    """
    last: Any = np.int64(0)  # a literal 0 is a type of its own, for which `extend` would be compiled once more
    most, scale, sign = states.shape[1] - 1, limits[0], 1.0 if longest > 0.0 else -1.0
    while last < most:
        first = last
        done, why = extend(flow, values, states, times, first, min(PIECE, most - first), longest, error, limits)
        last += done
        at, target = _target_at(states, first, last, targets, scale)
        if target >= 0:
            for i in range(len(scale)):
                states[i, at] = targets[i, target]
            return at, REACHED, target
        if why != DONE:
            return last, why, -1
        if _rests(states, last, scale):
            return last, RESTS, -1
        if len(scale) == 2:
            aside, factor = last_turns(flow, values, states, times, last, sign, scale)
            # The distances between turns shrink by a constant factor; what is left is the sum of that series.
            # So a slow spiral into a fixed point is not taken for a cycle.
            if abs(aside) < 1e-2 * NEAR or (0.0 <= factor < 1.0 and abs(aside) / (1.0 - factor) < NEAR):
                return last, WINDS, -1
    return last, DONE, -1


@kernel(error_model="numpy")
def turn(flow: Any, values: Array, states: Array, times: Array, longest: float, error: float, limits: Array,
         base: Array, along: Array) -> tuple[int, float, float]:
    """Fill states (2, m) until the curve crosses a section again; return the point before, how far aside, and where.

    The point is -1 where it does not come back. The first steps, which leave the section, do not count.
    """
    last: Any = np.int64(0)
    most, checked = states.shape[1] - 1, 8
    while last < most:
        done, why = extend(flow, values, states, times, last, min(512, most - last), longest, error, limits)
        if done == 0:
            return -1, 0.0, 0.0
        last += done
        for at in range(checked, last):
            if passes(states, at, base, along, limits[0]):
                hit, aside, part = crossing(flow, values, states, times, at, base, along, limits[0])
                if hit:
                    return at, aside, part
        checked = max(checked, last)
        if why != DONE:
            return -1, 0.0, 0.0
    return -1, 0.0, 0.0


def first_run(flow: Any, values: Array, size: int) -> None:
    """Run each kernel on as little as possible, with a flow of a number of states."""
    states, times, limits = np.zeros((size, 2)), np.zeros(2), np.ones((3, size))
    follow(flow, values, states, times, 0.1, 1e-8, limits, np.empty((size, 0)))
    if size == 2:
        last_turns(flow, values, states, times, 1, 1.0, limits[0])
        turn(flow, values, states, times, 0.1, 1e-8, limits, np.zeros(2), np.zeros(2))
