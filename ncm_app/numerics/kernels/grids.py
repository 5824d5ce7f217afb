"""What a field on a grid tells: in which cells it may vanish, around which it turns, where one component is zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.results.base import Array

SLACK = 0.25
"""Part of a component's range in a cell by which a nullcline may bulge into it between its corners."""

TOLERANCE, HALVINGS = 1e-10, 80
"""Part of an edge to which the place of a zero is known, and the most steps that it takes."""


@kernel(error_model="numpy")
def fill_field(flow: Any, values: Array, states: Array, out: Array) -> None:
    """Write the slopes of states (n, k) into `out` (n, k); both are contiguous."""
    flow(states.ctypes, out.ctypes, values.ctypes, states.shape[1])


@kernel(error_model="numpy")
def _reaches_zero(low: float, high: float) -> bool:
    """Tell whether a component with values from low to high at a few places in a cell can be zero in it."""
    slack = SLACK * (high - low)
    return low <= slack and high >= -slack


@kernel(error_model="numpy")
def may_vanish(nodes: Array, found: Any) -> None:
    """Tell in which cells all components of a field can vanish, by its values (m, n, k) at m places in each.

    Fills `found` (k,). A cell in which a value is not finite is none.
    """
    for cell in range(nodes.shape[2]):
        found[cell] = True
        for i in range(nodes.shape[1]):
            low, high = np.inf, -np.inf
            for node in range(nodes.shape[0]):
                value = nodes[node, i, cell]
                low, high = min(low, value), max(high, value)
                if not np.isfinite(value):
                    found[cell] = False
            if not _reaches_zero(low, high):
                found[cell] = False


@kernel(error_model="numpy")
def cells_of(field: Array, found: Array) -> int:
    """Write the cells of a grid in which a field (2, a, b) can vanish into `found` (3, k); return their number.

    The rows are a cell's place along the two axes, and 1 where the field turns once around it, by its quadrants
    at the corners: all four, in order. A cell with a value that is no number is none.
    """
    count, corner = 0, np.empty(4, dtype=np.int64)
    for i in range(field.shape[1] - 1):
        for j in range(field.shape[2] - 1):
            good = True
            for k in range(2):
                a, b, c, d = field[k, i, j], field[k, i + 1, j], field[k, i + 1, j + 1], field[k, i, j + 1]
                good = good and not np.isnan(a + b + c + d) and _reaches_zero(min(a, b, c, d), max(a, b, c, d))
            if not good:
                continue
            for at in range(4):
                m, n = i + (0 < at < 3), j + (at >= 2)
                right, up = field[0, m, n] >= 0.0, field[1, m, n] >= 0.0
                corner[at] = (0 if right else 1) if up else (3 if right else 2)
            step, once = (corner[1] - corner[0]) % 4, True
            for at in range(4):
                once = once and (corner[(at + 1) % 4] - corner[at]) % 4 == step
            found[0, count], found[1, count], found[2, count] = i, j, 1.0 if once and step % 2 == 1 else 0.0
            count += 1
    return count


@kernel(error_model="numpy")
def _component(flow: Any, values: Array, which: int, low: Array, high: Array, part: float, work: Array) -> float:
    """Return a component of the flow at a part of the way from one state (n,) to another; `work` (2, n) is room."""
    for i in range(len(low)):
        work[0, i] = low[i] + part * (high[i] - low[i])
    flow(work[0].ctypes, work[1].ctypes, values.ctypes, 1)
    return work[1, which]


@kernel(error_model="numpy")
def zero_between(flow: Any, values: Array, which: int, low: Array, high: Array, work: Array) -> float:
    """Return the part of the way from one state (n,) to another where a component of the flow is zero, by
    Chandrupatla's method; NaN where it does not change its sign. `work` (2, n) is room.
    """
    a, b = 1.0, 0.0
    at_a = _component(flow, values, which, low, high, a, work)
    at_b = _component(flow, values, which, low, high, b, work)
    if not at_a * at_b < 0.0:
        return np.nan
    share = 0.5
    for _ in range(HALVINGS):
        x = a + share * (b - a)
        at_x = _component(flow, values, which, low, high, x, work)
        if (at_x > 0.0) == (at_a > 0.0):
            c, at_c = a, at_a
        else:
            c, at_c, b, at_b = b, at_b, a, at_a
        a, at_a = x, at_x
        limit = 2.0 * TOLERANCE / max(abs(b - a), 1e-300)
        if limit > 0.5 or at_a == 0.0 or at_b == 0.0:
            break
        xi, phi = (a - b) / (c - b), (at_a - at_b) / (at_c - at_b)
        share = 0.5
        if 1.0 - np.sqrt(1.0 - xi) < phi < np.sqrt(xi):
            guess = at_a / (at_b - at_a) * at_c / (at_b - at_c) + (c - a) / (b - a) * at_a / (at_c - at_a) * at_b / (
                at_c - at_b)
            share = guess if np.isfinite(guess) else 0.5
        share = min(max(share, limit), 1.0 - limit)
    return a if abs(at_a) <= abs(at_b) else b


@kernel(error_model="numpy")
def zeros_on_edges(flow: Any, values: Array, rest: Array, axes: Array, which: int, corner: Array, cell: Array,
                   line: Array) -> None:
    """Move vertices (2, m) of a nullcline, in cells of a grid, along their edges to where a component is zero.

    Linear interpolation is off where the field has a kink inside the edge. `rest` (n,) holds the values of all states,
    `axes` (2,) the two of the grid, `corner` (2,) and `cell` (2,) its origin and the size of a cell.
    """
    low, high, work = np.empty(len(rest)), np.empty(len(rest)), np.empty((2, len(rest)))
    for i in range(len(rest)):
        low[i] = high[i] = rest[i]
    for m in range(line.shape[1]):
        # A vertex has one whole coordinate; its edge runs along the other.
        first = abs(line[0, m] - np.floor(line[0, m] + 0.5)) > 1e-9
        second = abs(line[1, m] - np.floor(line[1, m] + 0.5)) > 1e-9
        if first == second:  # also between two pieces, where it is NaN
            continue
        along = 0 if first else 1
        below = np.floor(line[along, m] + 1e-9)
        for k in range(2):
            low[axes[k]] = high[axes[k]] = corner[k] + cell[k] * line[k, m]
        low[axes[along]] = corner[along] + cell[along] * below
        high[axes[along]] = corner[along] + cell[along] * (below + 1.0)
        share = zero_between(flow, values, which, low, high, work)
        if not np.isnan(share):
            line[along, m] = below + share


def first_run(flow: Any, values: Array, size: int) -> None:
    """Run each kernel on as little as possible, with a flow of a number of states."""
    fill_field(flow, values, np.zeros((size, 1)), np.empty((size, 1)))
    cells_of(np.zeros((2, 2, 2)), np.zeros((3, 1)))
    may_vanish(np.zeros((1, 1, 1)), np.empty(1, dtype=np.bool_))
    pair = np.ones(2)
    zeros_on_edges(flow, values, np.zeros(size), np.zeros(2, dtype=np.int64), 0, pair, pair, np.zeros((2, 1)))
