"""Fixed points of a plane that hide between the nodes of a grid: beside folds, kinks and steep slopes.

Cells in which both components may vanish are quartered again and again; what is left are
seeds. It is done where the index sum, or the turn of the field around a cell, asks for it.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from ncm_app.numerics.jacobian import evaluate_field
from ncm_app.numerics.kernels.grids import may_vanish
from ncm_app.numerics.results import Array
from ncm_app.numerics.system import System

DEPTH, MOST = 12, 1500
"""How often cells are quartered, and how many are followed at most."""

STILL_GRID = 25
"""Cells per axis and window from which the search begins."""


def unexplained_cells(cells: Array, states: Array) -> Array:
    """Return those of the cells (2, 2, k) around which the field turns that hold none of the points (2, m).

    A point in a neighbouring cell counts.
    """
    wide = cells[1] - cells[0]
    near = np.all((states[:, None] >= (cells[0] - wide)[..., None]) & (states[:, None] <= (cells[1] + wide)[..., None]),
                  axis=0)
    return np.asarray(cells[:, :, ~np.any(near, axis=1)])


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
        # Corners alone do not see two roots in one cell: the middles of its edges too, and its own.
        shares = [np.array(share)[:, None] for share in product((0.0, 0.5, 1.0), repeat=2)]
        nodes = np.stack([low + (high - low) * share for share in shares])
        field = np.moveaxis(evaluate_field(system, np.moveaxis(nodes, 1, 0), p), 1, 0)
        kept = np.empty(field.shape[2], dtype=np.bool_)
        may_vanish(np.ascontiguousarray(field), kept)
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
