"""Which point of which branch is meant by a place in a bifurcation diagram?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ncm_app.numerics.results import Array
from ncm_app.views.columns import Limits
from ncm_app.views.diagram import Cycles, Explored

REACH = 0.06
"""A branch farther away than this part of the plot's height is not meant."""
TRUE_TO_X = 3.0
"""How much more a step sideways counts than one up: the parameter is what one points at."""


class Picked(NamedTuple):
    """A value of the parameter and a state there (n,), on a fixed point or a cycle."""

    value: float
    state: Array
    on: str


class _Candidate(NamedTuple):
    distance: float
    picked: Picked


def nearest(x: Array, y: Array, place: tuple[float, float], sizes: tuple[float, float]) -> tuple[float, float]:
    """Return the distance from a place to a polyline, and where on it: index plus fraction.

    Distances are in parts of `sizes`, the ranges of the axes.
    """
    line = np.array([(x - place[0]) / sizes[0], (y - place[1]) / sizes[1]])
    if line.shape[1] == 1:
        return float(np.linalg.norm(line[:, 0])), 0.0
    start, step = line[:, :-1], np.diff(line, axis=1)
    squares = np.maximum(np.sum(step * step, axis=0), 1e-300)
    along = np.clip(-np.sum(start * step, axis=0) / squares, 0.0, 1.0)
    gaps = np.linalg.norm(start + along * step, axis=0)
    gaps[~np.isfinite(gaps)] = np.inf
    best = int(np.argmin(gaps))
    return float(gaps[best]), best + float(along[best])


def between(values: Array, at: float) -> Array:
    """Return values (..., m) at an index plus fraction."""
    low = min(int(at), values.shape[-1] - 1)
    high = min(low + 1, values.shape[-1] - 1)
    return np.asarray(values[..., low] + (at - low) * (values[..., high] - values[..., low]))


def pick(explored: Explored, cycles: Cycles | None, scale: float, limits: Limits,
         place: tuple[float, float]) -> Picked | None:
    """Return the point of a branch next to a place, or None if all are too far."""
    sizes = (limits[0][1] - limits[0][0]) / TRUE_TO_X, limits[1][1] - limits[1][0]
    found: list[_Candidate] = []
    for branch in explored.diagram.branches:
        gap, at = nearest(branch.parameter, branch.states[explored.axis] * scale, place, sizes)
        found.append(_Candidate(gap, Picked(float(between(branch.parameter, at)), between(branch.states, at),
                                            "fixed point")))
    for cycle in cycles.branches if cycles else ():
        for extreme, best in ((cycle.low, np.argmin), (cycle.high, np.argmax)):
            gap, at = nearest(cycle.parameter, extreme[explored.axis] * scale, place, sizes)
            _, states = cycle.cycle(round(at))
            start = states[:, int(best(states[explored.axis]))]
            found.append(_Candidate(gap, Picked(float(between(cycle.parameter, at)), start, "cycle")))
    closest = min(found, key=lambda candidate: candidate.distance, default=None)
    return closest.picked if closest is not None and closest.distance < REACH else None
