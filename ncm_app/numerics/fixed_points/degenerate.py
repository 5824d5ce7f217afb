"""Names of fixed points at which the linearisation decides nothing: zero and imaginary eigenvalues, kinks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ncm_app.numerics.fixed_points.centres import side_of_pair
from ncm_app.numerics.fixed_points.degree import index_on_edge
from ncm_app.numerics.fixed_points.kinks import judge_sides, slopes_beside
from ncm_app.numerics.fixed_points.names import AXIS, ZERO, is_degenerate, name_kind
from ncm_app.numerics.fixed_points.reduced import Cluster, Reduced
from ncm_app.numerics.jacobian import jacobian, widths
from ncm_app.numerics.newton import polish_roots
from ncm_app.numerics.results import Array, Beyond, Equilibrium
from ncm_app.numerics.system import System

CLEAR = 1e-3
"""Share of the typical rate that stands for a zero eigenvalue once the sign of its growth is known."""

SLOW = 1e-3
"""Slope along the weakest direction, in rates over a span, below which a pair may be two zeros found roughly."""

ON_KINK = "on a kink (stability not decided by linearisation)"


def judge_kink(system: System, p: Any, point: Equilibrium, rate: float) -> Equilibrium:
    """Return a fixed point at which slopes jump within a difference step, with its own slopes or those of all sides."""
    beside = slopes_beside(system, point.state, p, rate)
    if beside is not None:
        values = np.linalg.eigvals(beside).astype(complex)
        return replace(point, jacobian=beside, eigenvalues=values, kind=name_kind(values, rate))
    sides = judge_sides(system, p, point.state)
    if sides is None:
        return replace(point, kind=ON_KINK, beyond=Beyond(0, _turns_around(system, p, point, 1e-6), False, False))
    return replace(point, jacobian=sides.jacobian, eigenvalues=sides.eigenvalues, kind=sides.kind,
                   beyond=Beyond(1, sides.index, sides.attracts, sides.repels))


def judge_degenerate(system: System, p: Any, point: Equilibrium, rates: Array) -> tuple[Equilibrium | None, Array]:
    """Return a fixed point with the name that higher orders give it, and guesses (n, k) of others beside it.

    The point itself is None if there is none after all: two have met and vanished.
    """
    values = point.eigenvalues
    rate = float(np.median(rates / widths(system.spans)))
    size, none = max(float(np.max(np.abs(values))), rate), np.empty((system.size, 0))
    zero = np.abs(values) <= ZERO * size
    pair = ~zero & (np.abs(values.real) <= AXIS * size)
    reduced = Reduced(system, p, point.state, rates)
    if not np.any(zero) and np.sum(pair) == 2 and reduced.size[-1] > SLOW:
        return _judge_pair(system, p, point, size), none
    cluster = reduced.cluster() if reduced.corank <= 1 or system.size == 1 else None
    clear = not is_degenerate(point.kind)
    if clear and (cluster is None or _is_apart(cluster, point.state)):
        return point, none if cluster is None else cluster.states
    if cluster is None:
        return replace(point, beyond=Beyond(0, _turns_around(system, p, point, 1e-4), False, False)), none
    if cluster.order == 0:
        return None, cluster.states[:, 1:]
    at = 0
    if cluster.order == 1:  # several roots close by, told apart: this is the nearest
        at = int(np.argmin(np.max(np.abs(cluster.states - point.state[:, None]), axis=0)))
    state = cluster.states[:, at] if cluster.order > 1 else _polished(system, p, cluster.states, at, rates)
    slopes = jacobian(system, state, p)
    values = np.linalg.eigvals(slopes).astype(complex)
    point = Equilibrium(state, values, slopes, name_kind(values, rate))
    beside = np.delete(cluster.states, at, axis=1)
    if cluster.order == 1 and not is_degenerate(point.kind):
        return point, beside
    return _named(point, cluster.order, float(cluster.growths[at]), int(cluster.indices[at]), size), beside


def _is_apart(cluster: Cluster, state: Array) -> bool:
    """Tell whether a root is another than the one at which several have met."""
    nearest = int(np.argmin(np.max(np.abs(cluster.states - state[:, None]), axis=0)))
    return cluster.order == 1 or nearest > 0


def _polished(system: System, p: Any, states: Array, at: int, rates: Array) -> Array:
    """Return one of several roots (n, k) close together to the last digit."""
    others = np.delete(states, at, axis=1)
    found, converged = polish_roots(system, p, states[:, [at]], rates)
    moved = np.max(np.abs(found - states[:, [at]]))
    near = others.shape[1] and moved > 0.1 * np.min(np.max(np.abs(others - states[:, [at]]), axis=0))
    return np.asarray(states[:, at] if near or not converged[0] else found[:, 0])


def _named(point: Equilibrium, order: int, growth: float, index: int, size: float) -> Equilibrium:
    """Name a point by its other eigenvalues and by what its first power along the slow direction does."""
    values, n = point.eigenvalues, len(point.eigenvalues)
    zero = np.abs(values) <= ZERO * size
    slowest, others = int(np.argmin(np.abs(values))), values[~zero]
    if np.sum(zero) > 1 or growth == 0.0 or np.any(np.abs(others.real) <= AXIS * size):
        grows = bool(np.any(others.real > AXIS * size))
        kind = name_kind(values, size) if n <= 2 or not grows else _with_directions(values, size)
        return replace(point, kind=kind, beyond=Beyond(0, index, False, False))
    exact = values.copy()
    if order > 1:
        exact[slowest] = 0.0
    if order % 2 == 0:
        kind = "semi-stable" if n == 1 else "saddle-node"
        return replace(point, eigenvalues=exact, kind=kind, beyond=Beyond(order, 0, False, False))
    leading = values.copy()
    leading[slowest] = growth * CLEAR * size
    attracts, repels = bool(np.all(leading.real < 0.0)), bool(np.all(leading.real > 0.0))
    return replace(point, eigenvalues=exact, kind=name_kind(leading, size),
                   beyond=Beyond(order, index, attracts, repels))


def _with_directions(values: Any, size: float) -> str:
    """Return the name of a point that is unstable whatever its eigenvalues on the imaginary axis do."""
    clear = values[np.abs(values.real) > AXIS * size]
    return name_kind(np.concatenate([clear, -np.ones(3) * size]))


def _judge_pair(system: System, p: Any, point: Equilibrium, size: float) -> Equilibrium:
    """Name a point with two imaginary eigenvalues: a weak spiral, a centre, or degenerate."""
    values = point.eigenvalues
    pair = np.abs(values.real) <= AXIS * size
    omega = float(np.max(np.abs(values[pair].imag)))
    growing = bool(np.any(values.real > AXIS * size))
    index = int(np.sign(np.linalg.det(-point.jacobian)))
    if growing:
        return replace(point, kind=_with_directions(values, size), beyond=Beyond(0, index, False, False))
    found = side_of_pair(system, p, point.state, point.jacobian, omega)
    exact = np.where(pair, 1j * values.imag, values)
    if found is None:
        return replace(point, kind="degenerate (two imaginary eigenvalues)", eigenvalues=exact,
                       beyond=Beyond(0, index, False, False))
    side, order = found
    if side == 0.0:
        return replace(point, kind="centre" if len(values) == 2 else "degenerate (two imaginary eigenvalues)",
                       eigenvalues=exact, beyond=Beyond(1, index, False, False))
    kind = f"weakly {'stable' if side < 0.0 else 'unstable'} spiral"
    return replace(point, kind=kind, eigenvalues=exact,
                   beyond=Beyond(order, index, side < 0.0, side > 0.0 and len(values) == 2))


def _turns_around(system: System, p: Any, point: Equilibrium, reach: float) -> int | None:
    """Return the index of a point of the plane from the field around it, `reach` spans away."""
    if system.size != 2:
        return None
    aside = reach * widths(system.spans)
    box = tuple((float(v - r), float(v + r)) for v, r in zip(point.state, aside, strict=True))
    return index_on_edge(replace(system, box=box), p)
