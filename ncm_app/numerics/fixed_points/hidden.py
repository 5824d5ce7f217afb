"""Fixed points of a plane that hide between the nodes of a grid: beside folds, kinks and steep slopes.

Cells in which both components may vanish are quartered again and again; what is left are
seeds. It is done where the index sum, or the turn of the field around a cell, asks for it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.fixed_points.seeds import PLANE, may_vanish
from ncm_app.numerics.jacobian import evaluate_field
from ncm_app.numerics.results import Array
from ncm_app.numerics.system import System

DEPTH, MOST = 12, 1500
"""How often cells are quartered, and how many are followed at most."""

STILL_GRID = 25
"""Cells per axis and window from which the search begins."""


def unexplained_cells(system: System, p: Any, states: Array) -> Array:
    """Return the cells (2, 2, k), low and high corner, around whose edge the field turns but which hold no point.

    `states` (2, m) are the fixed points that are known; a point in a neighbouring cell counts.
    """
    cells = []
    for bounds in dict.fromkeys((system.box, system.spans)):
        lines = [np.linspace(low, high, PLANE) for low, high in bounds]
        field = evaluate_field(system, np.stack(np.meshgrid(*lines, indexing="ij")), p)
        i, j = np.nonzero(_turns_around(field))
        low = np.stack([lines[0][i], lines[1][j]])
        size = np.array([[line[1] - line[0]] for line in lines])
        cells.append(np.stack([low, low + size]))
    found = np.concatenate(cells, axis=2)
    wide = found[1] - found[0]
    near = np.all((states[:, None] >= (found[0] - wide)[..., None]) & (states[:, None] <= (found[1] + wide)[..., None]),
                  axis=0)
    return found[:, :, ~np.any(near, axis=1)]


def _turns_around(field: Array) -> NDArray[np.bool_]:
    """Tell around which cells of a grid the field (2, m, m) makes a whole turn, by its quadrants at the corners."""
    quadrant = np.where(field[1] >= 0.0, np.where(field[0] >= 0.0, 0, 1), np.where(field[0] >= 0.0, 3, 2))
    round_trip = [quadrant[:-1, :-1], quadrant[1:, :-1], quadrant[1:, 1:], quadrant[:-1, 1:], quadrant[:-1, :-1]]
    steps = np.stack([(b - a + 2) % 4 - 2 for a, b in zip(round_trip[:-1], round_trip[1:], strict=True)])
    # A step of two quadrants may be half a turn either way: it tells nothing.
    return np.asarray((np.abs(steps.sum(axis=0)) == 4) & ~np.any(steps == -2, axis=0))


def all_cells(system: System) -> Array:
    """Return the cells (2, 2, k) of coarse grids over box and spans."""
    cells = []
    for bounds in dict.fromkeys((system.box, system.spans)):
        lines = [np.linspace(low, high, STILL_GRID + 1) for low, high in bounds]
        low = np.stack(np.meshgrid(*(line[:-1] for line in lines), indexing="ij")).reshape(2, -1)
        size = np.array([[line[1] - line[0]] for line in lines])
        cells.append(np.stack([low, low + size]))
    return np.concatenate(cells, axis=2)


def seeds_within(system: System, p: Any, cells: Array) -> Array:
    """Return seeds (2, m) where both components may vanish within cells (2, 2, k), from coarse to fine."""
    seeds = []
    for depth in range(DEPTH):
        low, high = cells
        corners = np.stack([low, np.stack([high[0], low[1]]), np.stack([low[0], high[1]]), high])
        field = np.moveaxis(evaluate_field(system, np.moveaxis(corners, 1, 0), p), 1, 0)
        kept = may_vanish(field) & np.all(np.isfinite(field), axis=(0, 1))
        cells = cells[:, :, kept]
        if cells.shape[2] > MOST:  # nullclines run along each other: look at some of it
            cells = cells[:, :, np.linspace(0, cells.shape[2] - 1, MOST).astype(int)]
        if depth >= 3:
            seeds.append(cells.mean(axis=0)[:, :: max(1, cells.shape[2] // 200)])
        low, high = cells
        middle = (low + high) / 2.0
        cells = np.concatenate([np.stack([np.where(np.array(side)[:, None], middle, low),
                                          np.where(np.array(side)[:, None], high, middle)])
                                for side in ((0, 0), (0, 1), (1, 0), (1, 1))], axis=2)
    return np.concatenate(seeds, axis=1)
