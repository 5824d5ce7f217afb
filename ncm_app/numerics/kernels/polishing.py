"""Damped Newton from many seeds, one after the other: the kernel of `numerics.newton.polish_roots`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.results.base import Array

Whole = NDArray[np.int64]

SETTLED, WANDERS, ARRIVED, RESIDUAL = 1e-8, 0.05, 1e-7, 1e-10
"""Lengths of a step, in spans, after which it is the last, or still far away, or has arrived; and the field that is
left at a root, in typical rates."""

FULL = 1e-3
"""Weight of the field after a full step against those after shortened ones."""


@kernel(error_model="numpy")
def slopes_at(flow: Any, y: Array, values: Array, steps: Array, work: Array, field: Array, slopes: Array) -> None:
    """Write field (n,) and Jacobian (n, n) at a state (n,), by central differences of fourth order.

    `work` (2, n, 4 n + 1) is room for the states of the stencil and their slopes.
    """
    n, m = len(y), 4 * len(y) + 1
    points, found = work[0], work[1]
    for i in range(n):
        for j in range(m):
            points[i, j] = y[i]
        points[i, 1 + 4 * i] += steps[i]
        points[i, 2 + 4 * i] -= steps[i]
        points[i, 3 + 4 * i] += 2.0 * steps[i]
        points[i, 4 + 4 * i] -= 2.0 * steps[i]
    flow(points.ctypes, found.ctypes, values.ctypes, m)
    for i in range(n):
        field[i] = found[i, 0]
        for k in range(n):
            at = 1 + 4 * k
            slopes[i, k] = (8.0 * (found[i, at] - found[i, at + 1]) - (found[i, at + 2] - found[i, at + 3])) / (
                12.0 * steps[k])


@kernel(error_model="numpy")
def solve_into(matrix: Array, right: Array) -> None:
    """Solve a system (n, n) in place, into `right` (n,): by pivots, NaN where it is singular."""
    n = len(right)
    for i in range(n):
        best = i
        for j in range(i + 1, n):
            if abs(matrix[j, i]) > abs(matrix[best, i]):
                best = j
        if matrix[best, i] == 0.0:
            for j in range(n):
                right[j] = np.nan
            return
        if best != i:
            for k in range(n):
                matrix[i, k], matrix[best, k] = matrix[best, k], matrix[i, k]
            right[i], right[best] = right[best], right[i]
        for j in range(i + 1, n):
            share = matrix[j, i] / matrix[i, i]
            for k in range(i + 1, n):
                matrix[j, k] -= share * matrix[i, k]
            right[j] -= share * right[i]
    for i in range(n - 1, -1, -1):
        for k in range(i + 1, n):
            right[i] -= matrix[i, k] * right[k]
        right[i] /= matrix[i, i]


@kernel(error_model="numpy")
def _newton(flow: Any, y: Array, values: Array, steps: Array, work: Array, step: Array, slopes: Array) -> None:
    """Write Newton's step -J^-1 f (n,) at a state (n,)."""
    slopes_at(flow, y, values, steps, work, step, slopes)
    for i in range(len(step)):
        step[i] = -step[i]
    solve_into(slopes, step)


@kernel(error_model="numpy")
def _longest(step: Array, scale: Array) -> float:
    """Return the length of a step (n,) in spans, NaN if any part is."""
    length = 0.0
    for i in range(len(step)):
        part = abs(step[i]) / scale[i]
        length = part if not part <= length else length
        if np.isnan(length):
            return np.nan
    return length


@kernel(error_model="numpy")
def _best_trial(flow: Any, y: Array, values: Array, step: Array, rates: Array, fractions: Array, trials: Array) -> None:
    """Move a state (n,) by the fraction of a step (n,) that leads to the least field; `trials` (2, n, k) is room."""
    n, count = len(y), len(fractions)
    for i in range(n):
        for j in range(count):
            trials[0, i, j] = y[i] + fractions[j] * step[i]
    flow(trials[0].ctypes, trials[1].ctypes, values.ctypes, count)
    best, least = 0, np.inf
    for j in range(count):
        size = 0.0
        for i in range(n):
            size += (trials[1, i, j] / rates[i]) ** 2
        # Near a root all trials are round-off: prefer the full step unless another is clearly better.
        size = size * FULL if j == 0 else size
        if size < least:
            best, least = j, size
    for i in range(n):
        y[i] = trials[0, i, best]


@kernel(error_model="numpy")
def polish(flow: Any, values: Array, along: int, places: Array, seeds: Array, rates: Array, scales: Array,
           fractions: Array, rounds: int, patience: int, reach: float, states: Array, converged: Whole) -> None:
    """Fill states (n, k) with what Newton's steps from seeds (n, k) lead to, `converged` (k,) with 1 for roots.

    `scales` (3, n) holds the widths of the spans, their middles, and the steps of differences; `along` is the place
    of the parameter that has a value in `places` (k,) for each seed, written into `values`; -1 for none.
    """
    n, count = seeds.shape
    work, trials = np.empty((2, n, 4 * n + 1)), np.empty((2, n, len(fractions)))
    step, slopes, ends, rate = np.empty(n), np.empty((n, n)), np.empty((2, n)), np.empty(n)
    scale, middle, steps, y = scales[0], scales[1], scales[2], np.empty(n)
    for seed in range(count):
        if along >= 0:
            values[along] = places[seed]
        for i in range(n):
            y[i], rate[i] = seeds[i, seed], rates[i, seed]
        length = np.inf
        for turn in range(rounds):
            _newton(flow, y, values, steps, work, step, slopes)
            length = _longest(step, scale)
            for i in range(n):
                ends[0, i] = y[i] - middle[i]
            share = min(1.0, reach * max(1.0, _longest(ends[0], scale)) / max(length, 1e-300))
            for i in range(n):
                step[i] *= share
            _best_trial(flow, y, values, step, rate, fractions, trials)
            # Seeds that still take long steps by now wander: they are given up.
            if not (length > SETTLED and (turn < patience or length < WANDERS)):
                break
        arrived = length < ARRIVED
        if arrived:
            _newton(flow, y, values, steps, work, step, slopes)
            if _longest(step, scale) < 1e-6:  # convergence is quadratic: this leaves only round-off
                for i in range(n):
                    y[i] += step[i]
        flow(y.ctypes, ends[1].ctypes, values.ctypes, 1)
        for i in range(n):
            states[i, seed] = y[i]
        converged[seed] = arrived and _longest(ends[1], rate) < RESIDUAL


def first_run(flow: Any, values: Array, size: int) -> None:
    """Run each kernel on as little as possible, with a flow of a number of states."""
    seeds, ones = np.zeros((size, 1)), np.ones((3, size))
    polish(flow, values, -1, np.empty(0), seeds, seeds + 1.0, ones, np.ones(4), 1, 1, 0.5,
           np.empty_like(seeds), np.empty(1, dtype=np.int64))
