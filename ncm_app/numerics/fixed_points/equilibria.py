"""All fixed points of a system inside its box, with their names and an index check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ncm_app.numerics.fixed_points.continua import find_continuum
from ncm_app.numerics.jacobian import evaluate_field, jacobian, widths
from ncm_app.numerics.newton import bracket_roots, polish_roots
from ncm_app.numerics.results import Array, Equilibrium, Result, Status
from ncm_app.numerics.system import System

LINE, PLANE, SPACE = 2001, 61, 256
"""Grid points per axis with 1 and 2 states, and number of seeds with more."""

MISSING = "some fixed points may be missing"
FLAT = ("semi-stable", "saddle-node")
SAME = 1e-6  # distance in spans below which two roots are one
EDGE = 1e-6  # margin around the box: a silent network sits exactly on its edge


@dataclass(frozen=True)
class EquilibriumSet(Result):
    """The fixed points in a box, sorted by their states.

    `index_sum` adds sign(det(-J)); `expected_index` is 1 if the flow enters the box on
    all sides (Poincare-Hopf), else None. If they differ, `message` says so. Where fixed
    points fill a line or a plane, `continuum` is its name and `points` holds one of them.
    """

    points: tuple[Equilibrium, ...]
    index_sum: int
    expected_index: int | None
    status: Status = Status.OK
    message: str = ""
    continuum: str = ""


def find_equilibria(system: System, p: Any) -> EquilibriumSet:
    """Return all fixed points in `system.box` at the parameters `p`."""
    with np.errstate(all="ignore"):  # far from the fixed points exp may overflow: such seeds are dropped
        expected = 1 if flow_enters(system, p) else None
        points = _search(system, p, 1)
        if _is_incomplete(points, expected):
            points = _search(system, p, 3)
        if not points or any(q.kind.startswith((*FLAT, "degenerate")) for q in points):
            continuum = _continuum(system, p)
            if continuum is not None:
                message = f"There is a whole {continuum.kind} (the determinant is 0), of which one is shown."
                return EquilibriumSet((continuum,), 0, expected, Status.OK, message, continuum.kind)
    missing = _is_incomplete(points, expected)
    status, message = (Status.NOT_CONVERGED, MISSING) if missing else (Status.OK, "")
    return EquilibriumSet(points, _index_sum(points), expected, status, message)


def find_along(system: System, p: Any, field: str, values: Sequence[float]) -> tuple[EquilibriumSet, ...]:
    """Return the fixed points in the box at several values of one parameter.

    They are sought together, which is three times as fast; where the index check asks
    for a closer look, it is taken at that value alone.
    """
    records = [p._replace(**{field: value}) for value in values]
    if system.size == 1:
        return tuple(find_equilibria(system, record) for record in records)
    with np.errstate(all="ignore"):
        parts = [_seeds(system, record, 1) for record in records]
        sizes = [seeds.shape[1] for seeds, _ in parts]
        rates = np.repeat(np.stack([rate for _, rate in parts], axis=1), sizes, axis=1)
        states, converged = polish_roots(system, p, np.concatenate([seeds for seeds, _ in parts], axis=1), rates,
                                         along=(field, np.repeat(np.asarray(values, dtype=float), sizes)))
        ends = np.cumsum(sizes)[:-1]
        found = zip(records, np.split(states, ends, axis=1), np.split(converged, ends), parts, strict=True)
        return tuple(_checked(system, record, _describe_roots(system, record, some[:, good], part[1]))
                     for record, some, good, part in found)


def _checked(system: System, p: Any, points: tuple[Equilibrium, ...]) -> EquilibriumSet:
    expected = 1 if flow_enters(system, p) else None
    if _is_incomplete(points, expected):
        return find_equilibria(system, p)
    return EquilibriumSet(points, _index_sum(points), expected)


def _index_sum(points: tuple[Equilibrium, ...]) -> int:
    # A zero eigenvalue (fold) counts as a stable and an unstable point in one: index 0.
    return sum(0 if e.kind in FLAT else int(np.sign(np.linalg.det(-e.jacobian))) for e in points)


def _is_incomplete(points: tuple[Equilibrium, ...], expected: int | None) -> bool:
    return expected is not None and _index_sum(points) != expected


def _search(system: System, p: Any, refine: int) -> tuple[Equilibrium, ...]:
    if system.size == 1:
        states, rates = _roots_on_line(system, p, refine * (LINE - 1) + 1)
    else:
        seeds, rates = _seeds(system, p, refine)
        states, converged = polish_roots(system, p, seeds, rates)
        states = states[:, converged]
    return _describe_roots(system, p, states, rates)


def _seeds(system: System, p: Any, refine: int) -> tuple[Array, Array]:
    """Return seeds (n, k) of fixed points, and typical rates (n,)."""
    return _plane_seeds(system, p, refine * PLANE) if system.size == 2 else _space_seeds(system, p, refine)


def _describe_roots(system: System, p: Any, states: Array, rates: Array) -> tuple[Equilibrium, ...]:
    """Return the fixed points inside the box among roots (n, k), each once."""
    states = _drop_repeats(system, states[:, _inside(system, states)])
    return describe_equilibria(system, p, states, float(np.median(rates / widths(system.spans))))


def _continuum(system: System, p: Any) -> Equilibrium | None:
    """Return one point, near the middle of the spans, of a line or plane of fixed points."""
    middle = np.array([[(low + high) / 2.0] for low, high in system.spans])
    seeds = np.concatenate([middle, _grid(system.spans, 5) if system.size <= 2
                            else _latin_hypercube(system.spans, 64)], axis=1)
    rates = _typical(evaluate_field(system, seeds, p))
    found = find_continuum(system, p, seeds, rates)
    if found is None:
        return None
    (point,) = describe_equilibria(system, p, found[0][:, None])
    size = max(float(np.max(np.abs(point.eigenvalues))), float(np.median(rates / widths(system.spans))))
    zero = np.abs(point.eigenvalues) <= 1e-7 * size
    return replace(point, eigenvalues=np.where(zero, 0.0, point.eigenvalues), kind=found[1])


def describe_equilibria(system: System, p: Any, states: Array, rate: float = 0.0) -> tuple[Equilibrium, ...]:
    """Return the fixed points at states (n, k), with eigenvalues and names.

    `rate` is a typical rate (1/ms): an eigenvalue far below it counts as zero.
    """
    slopes = np.moveaxis(jacobian(system, states, p), -1, 0)
    values = np.linalg.eigvals(slopes).astype(complex) if len(slopes) else np.empty((0, system.size), complex)
    return tuple(Equilibrium(state, value, slope, name_kind(value, rate))
                 for state, value, slope in zip(states.T, values, slopes, strict=True))


def flow_enters(system: System, p: Any, points: int = 41) -> bool:
    """Tell whether the flow points into the box on all of its faces (on a grid)."""
    margin = EDGE * widths(system.box)
    bounds = [(low - m, high + m) for (low, high), m in zip(system.box, margin, strict=True)]
    cells = _latin_hypercube(bounds, 1024) if system.size > 2 else _grid(bounds, points)
    for k, (low, high) in enumerate(bounds):
        for edge, inward in ((low, 1.0), (high, -1.0)):
            face = cells.copy()
            face[k] = edge
            if not np.all(inward * evaluate_field(system, face, p)[k] > 0.0):
                return False
    return True


def _grid(bounds: Any, points: int) -> Array:
    lines = [np.linspace(low, high, points) for low, high in bounds]
    return np.stack(np.meshgrid(*lines, indexing="ij")).reshape(len(lines), -1)


def _latin_hypercube(bounds: Any, points: int) -> Array:
    rng = np.random.default_rng(0)
    shares = np.stack([(rng.permutation(points) + rng.random(points)) / points for _ in bounds])
    low = np.array([[b[0]] for b in bounds])
    return np.asarray(low + shares * widths(bounds)[:, None])


def _typical(field: Array) -> Array:
    finite = np.where(np.isfinite(field), np.abs(field), np.nan).reshape(len(field), -1)
    # A low quantile: the field near the fixed points, not its explosion far away.
    return np.array([np.quantile(row[row > 0.0], 0.1) if np.any(row > 0.0) else 1.0 for row in finite])


def _inside(system: System, states: Array) -> Any:
    margin = EDGE * widths(system.box)[:, None]
    low, high = np.array(system.box, dtype=float).T[:, :, None]
    return np.all((states >= low - margin) & (states <= high + margin), axis=0)


def _drop_repeats(system: System, states: Array) -> Array:
    scale = widths(system.spans)[:, None]
    rest, kept = states[:, np.lexsort(states[::-1])], []
    while rest.shape[1]:
        kept.append(rest[:, 0])
        rest = rest[:, np.max(np.abs(rest - rest[:, :1]) / scale, axis=0) > SAME]
    return np.array(kept).reshape(-1, system.size).T


def _roots_on_line(system: System, p: Any, points: int) -> tuple[Array, Array]:
    """Return all roots (1, k) of one state, double roots included, and the rate (1,)."""
    (span,), (box,) = system.spans, system.box
    inner = np.linspace(*span, points)
    nodes = np.unique(np.concatenate([np.linspace(*box, points), inner[(inner > box[0]) & (inner < box[1])]]))
    values = evaluate_field(system, nodes[None], p)[0]
    nodes, values = nodes[np.isfinite(values)], values[np.isfinite(values)]
    rates = _typical(evaluate_field(system, inner[None], p))
    turning, level = _turning_points(system, p, nodes, values)
    heights = evaluate_field(system, turning[None], p)[0]
    touches = np.abs(heights) <= level
    double, keep = turning[touches], ~touches
    order = np.argsort(all_nodes := np.concatenate([nodes, turning[keep]]), kind="stable")
    nodes, values = all_nodes[order], np.concatenate([values, heights[keep]])[order]
    cross = np.flatnonzero(values[:-1] * values[1:] < 0.0)
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
    return found, 1e-9 * np.maximum(size[middle - 1], size[middle + 1])


def _plane_seeds(system: System, p: Any, points: int) -> tuple[Array, Array]:
    """Return seeds (2, k) from grid cells in which both components can vanish."""
    seeds, fields = [], []
    for bounds in dict.fromkeys((system.box, system.spans)):
        lines = [np.linspace(low, high, points) for low, high in bounds]
        grid = np.stack(np.meshgrid(*lines, indexing="ij"))
        field = evaluate_field(system, grid, p)
        fields.append(field)
        centres = np.stack(np.meshgrid(*((v[:-1] + v[1:]) / 2 for v in lines), indexing="ij"))
        seeds += [centres[:, np.all(_may_vanish(field), axis=0)], _grid(bounds, 5)]
    return np.concatenate(seeds, axis=1), _typical(fields[-1])


def _may_vanish(field: Array) -> Any:
    corners = np.stack([field[:, :-1, :-1], field[:, 1:, :-1], field[:, :-1, 1:], field[:, 1:, 1:]])
    low, high = corners.min(axis=0), corners.max(axis=0)
    slack = 0.25 * (high - low)  # a nullcline may bulge into a cell between its corners
    return np.asarray((low <= slack) & (high >= -slack))


def _space_seeds(system: System, p: Any, refine: int) -> tuple[Array, Array]:
    cells = [_latin_hypercube(bounds, SPACE * refine) for bounds in dict.fromkeys((system.spans, system.box))]
    corners = [np.array(list(product(*bounds)), dtype=float).T for bounds in (system.spans,) if system.size <= 6]
    return np.concatenate(cells + corners, axis=1), _typical(evaluate_field(system, cells[0], p))


def name_kind(eigenvalues: ArrayLike, rate: float = 0.0) -> str:
    """Return the name of a fixed point from its eigenvalues (n,), in 1/ms.

    The plane follows the trace-determinant diagram (Fig. A.10), degenerate cases by
    name. `rate` is a typical rate: what is 1e-7 of it counts as zero.
    """
    values = np.asarray(eigenvalues, dtype=complex)
    size = max(float(np.max(np.abs(values))), rate)
    if len(values) == 1:
        slope = values[0].real
        return "semi-stable" if abs(slope) <= 1e-7 * size else "stable" if slope < 0 else "unstable"
    return _name_in_plane(values, size) if len(values) == 2 else _name_in_space(values, size)


def _name_in_plane(values: Any, size: float) -> str:
    trace, determinant = float(values.sum().real), float(values.prod().real)
    if abs(determinant) <= 1e-7 * size * size:
        return "saddle-node" if abs(trace) > 1e-7 * size else "degenerate (two zero eigenvalues)"
    if determinant < 0:
        return "saddle"
    if abs(trace) <= 1e-8 * size:
        return "centre"
    side = "stable" if trace < 0 else "unstable"
    gap = trace * trace - 4.0 * determinant
    if abs(gap) <= 1e-8 * size * size:
        return f"{side} degenerate node"
    return f"{side} {'node' if gap > 0 else 'spiral'}"


def _name_in_space(values: Any, size: float) -> str:
    real, turning = values.real, np.abs(values.imag) > 1e-8 * size
    if np.any(np.abs(real) <= 1e-8 * size):
        return "degenerate (an eigenvalue on the imaginary axis)"
    growing = int(np.sum(real > 0))
    if growing == 0:
        # The slowest direction is the one that is seen.
        return "stable spiral" if turning[np.argmax(real)] else "stable"
    directions = "1 direction" if growing == 1 else f"{growing} directions"
    return f"unstable {'spiral ' if np.any(turning & (real > 0)) else ''}({directions})"
