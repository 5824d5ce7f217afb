"""Derivatives of a right-hand side by central differences, for whole batches at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ncm_app.numerics.compiled_flow import compiled_flow
from ncm_app.numerics.kernels.grids import fill_field
from ncm_app.numerics.results import Array
from ncm_app.numerics.system import System

STEP = 5e-5
"""Step as a fraction of the span: balances h^4 truncation against round-off / h."""

MANY = 200
"""States from which on compiled code evaluates a field, without the interpreter lock."""

# Fourth order: the plain two-point rule loses three digits on steep exponentials.
_OFFSETS = np.array([1.0, -1.0, 2.0, -2.0])
_WEIGHTS = np.array([8.0, -8.0, -1.0, 1.0]) / 12.0


def evaluate_field(system: System, states: Array, p: Any) -> Array:
    """Return dy/dt at states (n, ...) and t = 0, shape (n, ...), in state per ms."""
    if states[0].size >= MANY and states.dtype == np.float64 and (flow := compiled_flow(system, p)) is not None:
        batch = np.ascontiguousarray(states).reshape(system.size, -1)
        fill_field(*flow, batch, slopes := np.empty_like(batch))
        return slopes.reshape(states.shape)
    components = system.rhs(0.0, tuple(states), p)
    shape = np.broadcast_shapes(states.shape[1:], *(np.shape(c) for c in components))
    field = np.empty((system.size, *shape))
    for i, component in enumerate(components):
        field[i] = component
    return field


def round_steps(steps: ArrayLike) -> Array:
    """Return positive steps (any shape) as powers of two, so that y + h - y is h exactly."""
    return np.asarray(np.exp2(np.round(np.log2(np.asarray(steps, dtype=float)))))


def stencil_offsets(steps: Array) -> Array:
    """Return shifts (n, 4 n + 1) of the centre and of its neighbours on every axis."""
    n = len(steps)
    shifts = np.zeros((n, 4 * n + 1))
    for k, step in enumerate(steps):
        shifts[k, 1 + 4 * k:5 + 4 * k] = step * _OFFSETS
    return shifts


def combine_stencil(values: Array, steps: Array) -> tuple[Array, Array]:
    """Split values (n, 4 m + 1, ...) into the centre (n, ...) and slopes (n, m, ...)."""
    n, m = len(values), len(steps)
    neighbours = values[:, 1:].reshape(n, m, 4, *values.shape[2:])
    slopes = np.einsum("jki...,i->jk...", neighbours, _WEIGHTS)
    return values[:, 0], slopes / steps.reshape(1, m, *(1,) * (values.ndim - 2))


def differentiate(function: Callable[[Array], Array], points: Array, steps: Array) -> tuple[Array, Array]:
    """Return values (n, ...) and slopes (n, m, ...) at points (m, ...), in one call.

    `function` maps (m, 4 m + 1, ...) to (n, 4 m + 1, ...); `steps` (m,) are differences.
    """
    shifts = stencil_offsets(steps)
    shifted = points[:, None] + shifts.reshape(*shifts.shape, *(1,) * (points.ndim - 1))
    return combine_stencil(function(shifted), steps)


def state_steps(system: System, step: float = STEP) -> Array:
    """Return the difference step of every state (n,), from its span."""
    return round_steps([step * (high - low) for low, high in system.spans])


def field_and_jacobian(system: System, states: Array, p: Any, step: float = STEP) -> tuple[Array, Array]:
    """Return dy/dt (n, ...) and the Jacobian (n, n, ...) of states (n, ...), by differences of `step` spans."""
    return differentiate(lambda y: evaluate_field(system, y, p), states, state_steps(system, step))


def jacobian(system: System, states: ArrayLike, p: Any) -> Array:
    """Return d(dy_j/dt)/dy_k of states (n, ...) as an array (n, n, ...), in 1/ms.

    Accurate to about 1e-9 of the largest entry where the right-hand side is smooth on
    the scale of a thousandth of the span.
    """
    return field_and_jacobian(system, np.asarray(states, dtype=float), p)[1]


def parameter_derivative(system: System, states: ArrayLike, p: Any, name: str, span: float | None = None) -> Array:
    """Return d(dy/dt)/d(parameter) of states (n, ...), shape (n, ...).

    `span` is the scale of the parameter; by default its size, or 1 at zero.
    """
    y = np.asarray(states, dtype=float)
    value = float(getattr(p, name))
    step = round_steps([STEP * (span or abs(value) or 1.0)])
    values = value + stencil_offsets(step)[0]
    moved = p._replace(**{name: values.reshape(-1, *(1,) * (y.ndim - 1))})
    shifted = np.broadcast_to(y[:, None], (len(y), 5, *y.shape[1:]))
    return combine_stencil(evaluate_field(system, shifted, moved), step)[1][:, 0]


def widths(pairs: Sequence[tuple[float, float]]) -> Array:
    """Return high - low of (low, high) pairs (n,)."""
    return np.array([high - low for low, high in pairs], dtype=float)
