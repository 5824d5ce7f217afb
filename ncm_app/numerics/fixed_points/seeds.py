"""Where fixed points are sought: grids in the plane, scattered seeds in space, brackets on a line."""

from __future__ import annotations

import functools
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from ncm_app.numerics.jacobian import evaluate_field, jacobian, widths
from ncm_app.numerics.kernels.grids import cells_of
from ncm_app.numerics.newton import bracket_roots
from ncm_app.numerics.results import Array
from ncm_app.numerics.system import System

LINE, PLANE, SPACE = 2001, 61, 256
"""Grid points per axis with 1 and 2 states, and number of seeds with more."""

FAR = 100.0
"""How many times wider than its span a box is that holds states of all scales."""

Bounds = tuple[tuple[float, float], ...]

NO_CELLS = np.empty((2, 2, 0))


class Seeds(NamedTuple):
    """Where fixed points are sought: `states` (n, k), typical `rates` (n,) of the field, and, in a plane, cells.

    `turning` (2, 2, m) are the low and high corners of the grid's cells around whose edge the field turns once.
    """

    states: Array
    rates: Array
    turning: Array


def find_seeds(system: System, p: Any, refine: int = 1) -> Seeds:
    """Return where fixed points are sought with two states or more."""
    return _plane_seeds(system, p, refine * PLANE) if system.size == 2 else _space_seeds(system, p, refine)


@functools.lru_cache(maxsize=64)
def fill_grid(bounds: Bounds, points: int) -> Array:
    """Return the nodes (n, points^n) of a grid over (low, high) pairs, read-only."""
    lines = [np.linspace(low, high, points) for low, high in bounds]
    return _read_only(np.stack(np.meshgrid(*lines, indexing="ij")).reshape(len(lines), -1))


@functools.lru_cache(maxsize=64)
def scatter(bounds: Bounds, points: int) -> Array:
    """Return states (n, points) of a Latin hypercube over (low, high) pairs, always the same and read-only."""
    rng = np.random.default_rng(0)
    shares = np.stack([(rng.permutation(points) + rng.random(points)) / points for _ in bounds])
    low = np.array([[b[0]] for b in bounds])
    return _read_only(np.asarray(low + shares * widths(bounds)[:, None]))


@functools.lru_cache(maxsize=64)
def scatter_over_scales(inner: Bounds, outer: Bounds, points: int) -> Array:
    """Return states (n, points) of which each component has a scale of its own between two boxes, read-only."""
    rng = np.random.default_rng(1)
    (low, high), (least, most) = (np.array(bounds).T[:, :, None] for bounds in (inner, outer))
    middle, share = (low + high) / 2.0, rng.random((len(inner), points))
    width = (high - low) / 2.0 * ((most - least) / (high - low)) ** share
    return _read_only(np.clip(middle + width * rng.uniform(-1.0, 1.0, share.shape), least, most))


def _read_only(states: Array) -> Array:
    states.flags.writeable = False
    return states


def typical(field: Array) -> Array:
    """Return a typical size of each component (n,) of a field (n, ...)."""
    # A low quantile: the field near the fixed points, not its explosion far away.
    return np.array([_low_quantile(row) for row in np.abs(field).reshape(len(field), -1)])


def _low_quantile(sizes: Array) -> float:
    """Return the tenth part's border of those sizes (m,) that are finite and not 0; 1 if there are none."""
    sizes = sizes[np.isfinite(sizes) & (sizes > 0.0)]
    if not len(sizes):
        return 1.0
    place = 0.1 * (len(sizes) - 1)
    below = int(place)
    above = min(below + 1, len(sizes) - 1)
    sizes = np.partition(sizes, (below, above))
    return float(sizes[below] + (place - below) * (sizes[above] - sizes[below]))


def _plane_seeds(system: System, p: Any, points: int) -> Seeds:
    """Return seeds (2, k) from grid cells in which both components can vanish."""
    seeds, turning, field = [], [], np.empty(0)
    for bounds in dict.fromkeys((system.box, system.spans)):
        lines = [np.linspace(low, high, points) for low, high in bounds]
        field = evaluate_field(system, fill_grid(bounds, points).reshape(2, points, points), p)
        cells = np.empty((3, (points - 1) ** 2))
        i, j, whole = cells[:, :cells_of(field, cells)].astype(np.int64)
        low, high = (np.stack([lines[0][i + k], lines[1][j + k]]) for k in (0, 1))
        whole = whole == 1
        turning.append(np.stack([low[:, whole], high[:, whole]]))
        seeds += [(low + high) / 2.0, fill_grid(bounds, 5)]
    return Seeds(np.concatenate(seeds, axis=1), typical(field), np.concatenate(turning, axis=2))


def _space_seeds(system: System, p: Any, refine: int) -> Seeds:
    cells = [scatter(bounds, SPACE * refine) for bounds in dict.fromkeys((system.spans, system.box))]
    if np.max(widths(system.box) / widths(system.spans)) > FAR:
        cells.append(scatter_over_scales(system.spans, system.box, 2 * SPACE * refine))
    corners = [np.array(list(product(*bounds)), dtype=float).T for bounds in (system.spans,) if system.size <= 6]
    return Seeds(np.concatenate(cells + corners, axis=1), typical(evaluate_field(system, cells[0], p)), NO_CELLS)


def roots_on_line(system: System, p: Any, refine: int = 1) -> tuple[Array, Array]:
    """Return all roots (1, k) of one state, double roots included, and the rate (1,)."""
    (span,), (box,) = system.spans, system.box
    points = refine * (LINE - 1) + 1
    inner = np.linspace(*span, points)
    nodes = np.unique(np.concatenate([np.linspace(*box, points), inner[(inner > box[0]) & (inner < box[1])]]))
    values = evaluate_field(system, nodes[None], p)[0]
    nodes, values = nodes[np.isfinite(values)], values[np.isfinite(values)]
    rates = typical(evaluate_field(system, inner[None], p))
    turning, level = _turning_points(system, p, nodes, values)
    heights = evaluate_field(system, turning[None], p)[0]
    touches = np.abs(heights) <= level
    double, keep = turning[touches], ~touches
    order = np.argsort(all_nodes := np.concatenate([nodes, turning[keep]]), kind="stable")
    nodes, values = all_nodes[order], np.concatenate([values, heights[keep]])[order]
    cross = np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0.0)  # products may underflow
    single = bracket_roots(lambda v: evaluate_field(system, v[None], p)[0],
                           nodes[cross], nodes[cross + 1], values[cross], values[cross + 1])
    return np.concatenate([double, single, nodes[values == 0.0]])[None], rates


def _turning_points(system: System, p: Any, nodes: Array, values: Array) -> tuple[Array, Array]:
    """Return minima of |f| without a change of sign, and the |f| that counts as zero there."""
    size = np.abs(values)
    middle = np.flatnonzero((size[1:-1] <= size[:-2]) & (size[1:-1] <= size[2:])
                            & (values[:-2] * values[1:-1] > 0.0) & (values[1:-1] * values[2:] > 0.0)) + 1
    ends = nodes[[middle - 1, middle + 1]]

    def slope(v: Array) -> Array:
        return jacobian(system, v[None], p)[0, 0]

    found = bracket_roots(slope, ends[0], ends[1], slope(ends[0]), slope(ends[1]))
    return found, 1e-6 * np.maximum(size[middle - 1], size[middle + 1])
