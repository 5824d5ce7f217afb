"""A pair of imaginary eigenvalues: a centre only where the flow closes on itself, else a weak spiral."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from ncm_app.numerics.jacobian import evaluate_field, widths
from ncm_app.numerics.lyapunov import DOUBTFUL, estimate_lyapunov
from ncm_app.numerics.results import Array
from ncm_app.numerics.system import System

RADII = (0.2, 0.1, 0.05, 0.025)
"""Distances in spans from which a turn is followed."""

CLOSED = 1e-8
"""Share of its distance by which a turn may miss its start and still be closed."""

LINEAR = 1e-10


def side_of_pair(system: System, p: Any, state: Array, jacobian: Array, omega: float) -> tuple[float, int] | None:
    """Return the sign of growth beside a fixed point with eigenvalues +-i omega (rad/ms), and its order.

    The sign is 0 for a centre. The first Lyapunov coefficient decides (order 3); where it
    vanishes, whether turns in the plane close. None where neither does.
    """
    if _is_linear(system, p, state, jacobian):
        return 0.0, 1
    value, gap = estimate_lyapunov(system, p, state)
    if gap < DOUBTFUL * abs(value):
        return float(np.sign(value)), 3
    return _turns(system, p, state, omega) if system.size == 2 else None


def _is_linear(system: System, p: Any, state: Array, jacobian: Array) -> bool:
    rng = np.random.default_rng(0)
    aside = (rng.random((system.size, 12)) - 0.5) * widths(system.spans)[:, None]
    field, line = evaluate_field(system, state[:, None] + aside, p), jacobian @ aside
    return bool(np.all(np.abs(field - line) <= LINEAR * np.max(np.abs(line), axis=1, keepdims=True)))


def still_shrinks(system: System, p: Any, state: Array, reach: float, period: float) -> bool:
    """Tell whether turns shrink around a fixed point (2,) of the plane also inside of one that reaches to `reach`.

    `reach` is the highest value of the first state on it. Inside a stable cycle turns grow.
    """
    radius = 0.9 * abs(reach - float(state[0])) / float(widths(system.spans)[0])
    moved = _turn(system, p, state, radius, 2.0 * np.pi / period)
    return moved is not None and moved < 0.0


def _turn(system: System, p: Any, state: Array, radius: float, omega: float) -> float | None:
    """Return by which part a turn around a state that begins `radius` spans to its right comes back further out."""
    scale = widths(system.spans)

    def field(t: float, z: Array) -> Array:
        return evaluate_field(system, state + scale * z, p) / scale

    def back(t: float, z: Array) -> float:
        return float(z[1])

    start = np.array([radius, 0.0])
    back.direction = float(np.sign(field(0.0, start)[1]))  # type: ignore[attr-defined]
    run = solve_ivp(field, (0.0, 8.0 * np.pi / omega), start, method="DOP853", rtol=1e-12,
                    atol=1e-14 * radius, events=back)
    ends = [y for t, y in zip(run.t_events[0], run.y_events[0], strict=True) if t > 0.5 * np.pi / omega]
    return float(ends[0][0] / radius - 1.0) if run.success and ends else None


def _turns(system: System, p: Any, state: Array, omega: float) -> tuple[float, int] | None:
    """Follow turns around a fixed point of the plane from several distances, and compare their ends."""
    found = [_turn(system, p, state, radius, omega) for radius in RADII]
    moved = np.array([share for share in found if share is not None])
    if len(moved) >= 2 and np.max(np.abs(moved)) < CLOSED:
        return 0.0, 1
    if len(moved) < 3 or np.min(np.abs(moved)) < 10.0 * CLOSED or len(set(np.sign(moved))) > 1:
        return None
    # Where r' is like r^k a turn moves by a share like r^(k - 1), and k is odd.
    power = float(np.log2(moved[-2] / moved[-1]))
    order = 2 * round(power / 2.0) + 1
    return (float(np.sign(moved[-1])), order) if order > 1 and abs(power - order + 1) < 0.3 else None
