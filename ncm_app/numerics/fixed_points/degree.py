"""How many fixed points a box must hold, each counted with its index: the degree of the field on its edge.

In one dimension the ends tell it, in the plane the turns of the field along the edge, in
space opposite faces on which some component keeps its sign (Poincare and Miranda).
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.fixed_points.seeds import scatter
from ncm_app.numerics.jacobian import evaluate_field, widths
from ncm_app.numerics.results import Array
from ncm_app.numerics.system import System

EDGE = 1e-6
"""Margin around the box, in its widths: a silent network sits exactly on its edge."""

ALONG, FACE = 96, 1024
"""Points along each edge of a plane and on each face in space."""

PARTS, ROUNDS = 16, 7
"""Parts into which stretches are cut on which the field turns fast, and how often."""

SHARP = 2.0
"""Turn of the field (rad) between neighbours on an edge beyond which it is looked at more closely."""

STEEP = 2.0
"""Ratio of its sizes at neighbours beyond which it is too: where several fixed points lie just beyond the edge, the
field turns by more than once between two neighbours, and only its size tells."""


def index_on_edge(system: System, p: Any) -> int | None:
    """Return the sum of sign(det(-J)) over all fixed points in the box, as its edge tells it.

    None where it does not: a fixed point on the edge, a field that is not finite there, or
    faces in space on which no component keeps its sign.
    """
    margin = EDGE * widths(system.box)
    bounds = [(low - m, high + m) for (low, high), m in zip(system.box, margin, strict=True)]
    if system.size == 1:
        low, high = np.sign(evaluate_field(system, np.array([bounds[0]]), p)[0])
        return int((low - high) / 2) if low * high in (1.0, -1.0) else None
    return _turns(system, p, bounds) if system.size == 2 else _opposite_faces(system, p, bounds)


def _turns(system: System, p: Any, bounds: list[tuple[float, float]]) -> int | None:
    """Return how often the field turns along the edge of a plane."""
    low, high = np.array(bounds).T[:, :, None]
    corners = np.array([[0, 1, 1, 0, 0], [0, 0, 1, 1, 0]])[:, :, None]
    shares = np.arange(ALONG) / ALONG
    path = (corners[:, :-1] + (corners[:, 1:] - corners[:, :-1]) * shares).reshape(2, -1)
    path = low + (high - low) * np.concatenate([path, path[:, :1]], axis=1)
    field = evaluate_field(system, path, p)
    rates = np.maximum(np.median(np.abs(field), axis=1), 1e-300)[:, None]
    # Stretches from a to b, with the field at their ends.
    a, b, at_a, at_b = path[:, :-1], path[:, 1:], field[:, :-1], field[:, 1:]
    total = 0.0
    for _ in range(ROUNDS):
        if not (np.all(np.isfinite(at_a)) and np.all(np.isfinite(at_b))):
            return None
        turn = (_angle(at_b / rates) - _angle(at_a / rates) + np.pi) % (2.0 * np.pi) - np.pi
        fast = (np.abs(turn) > SHARP) | _near_dips(at_a / rates, at_b / rates)
        total += float(np.sum(turn[~fast]))
        if not np.any(fast):
            return round(total / (2.0 * np.pi))
        finer = a[:, fast, None] + (b - a)[:, fast, None] * np.linspace(0.0, 1.0, PARTS + 1)
        field = evaluate_field(system, finer, p)
        a, b = finer[:, :, :-1].reshape(2, -1), finer[:, :, 1:].reshape(2, -1)
        at_a, at_b = field[:, :, :-1].reshape(2, -1), field[:, :, 1:].reshape(2, -1)
    return None


def _near_dips(at_a: Array, at_b: Array) -> NDArray[np.bool_]:
    """Tell of each stretch whether the size of the field (2, m) changes fast along it or one beside it."""
    sizes = np.hypot(*at_a), np.hypot(*at_b)
    steep = np.maximum(*sizes) > STEEP * np.minimum(*sizes)
    return np.asarray(steep | np.roll(steep, 1) | np.roll(steep, -1))


def _angle(field: Array) -> Array:
    return np.asarray(np.arctan2(field[1], field[0]))


def _opposite_faces(system: System, p: Any, bounds: list[tuple[float, float]]) -> int | None:
    """Return the degree in space from components that keep their signs on opposite faces."""
    n, cells = system.size, scatter(tuple(bounds), FACE)
    signs = np.zeros((n, 2, n))
    for k, ends in enumerate(bounds):
        for side, edge in enumerate(ends):
            face = cells.copy()
            face[k] = edge
            field = evaluate_field(system, face, p)
            signs[k, side] = 1.0 * np.all(field > 0.0, axis=1) - 1.0 * np.all(field < 0.0, axis=1)
            if not np.any(signs[k, side]):
                return None
    if np.any(np.all(signs == 1.0, axis=(0, 1)) | np.all(signs == -1.0, axis=(0, 1))):
        return 0
    for order in permutations(range(n)) if n <= 5 else [tuple(range(n))]:
        low, high = signs[np.arange(n), 0, order], signs[np.arange(n), 1, order]
        if np.all(low * high):
            parity = round(float(np.linalg.det(np.eye(n)[list(order)])))
            return int(parity * np.prod((low - high) / 2.0))
    return None
