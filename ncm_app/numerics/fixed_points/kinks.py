"""Fixed points on and beside kinks of the right-hand side: slopes from one side, stability from all of them.

On a kink a flow is to first order homogeneous, f(y* + t d) = t F(d), but not linear. In the
plane its directions turn by themselves: where some direction d stays (F(d) along d), the
point attracts if F points inwards on all of them; where none does, if a whole turn shrinks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.jacobian import (
    STEP,
    combine_stencil,
    evaluate_field,
    field_and_jacobian,
    round_steps,
    stencil_offsets,
    widths,
)
from ncm_app.numerics.newton import bracket_roots, newton_steps
from ncm_app.numerics.results import Array
from ncm_app.numerics.system import System

STEPS = (STEP, 1e-6, 2e-8, 5e-10)
"""Difference steps in spans, tried until the slopes do not jump within one."""

BENT = 1e-4
"""Share of the slopes that a step may miss by."""

NEAR, ALIKE = 1e-6, 1e-3
"""Distance in spans at which the sides of a kink are looked at; how far F may depend on it, as a share."""

REACHES, SIDES, NEWTON = tuple(10.0**-k for k in range(3, 10)), 6, 4
"""Distances in spans at which other sides are entered, directions per state, and Newton's steps there."""

ONE_SIDE, LANDINGS = 1e-9, 6
"""Difference step in spans with which a kink is approached from one side, and Newton's steps on the way."""

LANDED, CLOSE, FAR = 1e-10, 1e-3, 1.0
"""Distance in spans from a root that counts as being there, and from a kink after one step; longest step on
the way, in widths of the box."""

DIRECTIONS = 721
STILL = 1e-6  # share of |F| below which a direction stays, or neither grows nor shrinks


@dataclass(frozen=True)
class Sides:
    """What a flow does around a fixed point on a kink: a kind, slopes, eigenvalues, index, and which way it goes.

    `attracts` and `repels` are both False where it does neither, or that is not known.
    """

    kind: str
    jacobian: Array
    eigenvalues: NDArray[np.complex128]
    index: int | None
    attracts: bool
    repels: bool


def measure_slopes(system: System, states: Array, p: Any, rate: float = 0.0,
                   step: float = STEP) -> tuple[Array, NDArray[np.bool_]]:
    """Return the Jacobians (n, n, k) of states (n, k), and where slopes jump within a step (in spans).

    `rate` is a typical rate (1/ms): jumps that are small against it are round-off.
    """
    steps = round_steps(step * widths(system.spans))
    n = len(steps)
    values = evaluate_field(system, states[:, None] + stencil_offsets(steps)[:, :, None], p)
    slopes = combine_stencil(values, steps)[1]
    arms = values[:, 1:].reshape(n, n, 4, -1)
    near, far = (arms[:, :, i] + arms[:, :, i + 1] - 2.0 * values[:, :1] for i in (0, 2))
    scaled = np.maximum(np.abs(slopes * steps[:, None]).max(axis=1), rate * steps[:, None])[:, None]
    rough = np.abs(far - 4.0 * near) / 12.0 > BENT * np.maximum(scaled, 1e-300)
    return slopes, np.asarray(np.any(rough, axis=(0, 1)))


def slopes_beside(system: System, state: Array, p: Any, rate: float) -> Array | None:
    """Return the Jacobian (n, n) at a state (n,) beside a kink, None if it is on it."""
    for step in STEPS[1:]:
        slopes, rough = measure_slopes(system, state[:, None], p, rate, step)
        if not rough[0]:
            return np.asarray(slopes[..., 0])
    return None


def roots_beside_kink(system: System, p: Any, state: Array) -> Array:
    """Return roots (n, k) that lie on other sides of a kink close to a fixed point (n,).

    On each side the flow is close to linear: Newton's steps from there, with differences that stay on
    the side, either arrive or leave it.
    """
    n, scale = system.size, widths(system.spans)
    directions = np.random.default_rng(0).normal(size=(n, SIDES * n))
    directions /= np.linalg.norm(directions, axis=0)
    found = []
    for reach in REACHES:
        starts = state[:, None] + reach * scale[:, None] * directions
        slopes, rough = measure_slopes(system, starts, p, step=reach / 100.0)
        y, size = starts, np.max(np.abs(evaluate_field(system, starts, p)), axis=0)
        for _ in range(NEWTON):
            y = y + newton_steps(evaluate_field(system, y, p), slopes)
            slopes = measure_slopes(system, y, p, step=reach / 1000.0)[0]
        apart = np.max(np.abs(y - state[:, None]) / scale[:, None], axis=0)
        rest = np.max(np.abs(evaluate_field(system, y, p)), axis=0)
        good = ~rough & (rest < 1e-6 * size) & (apart < 20.0 * reach) & (apart > reach / 20.0)
        found.append(y[:, good])
    return np.concatenate(found, axis=1)


def roots_on_kinks(system: System, p: Any, seeds: Array, rates: Array) -> Array:
    """Return roots (n, k) on kinks or close to one to which Newton's steps from seeds (n, m) lead from one side.

    On the kink itself the slopes may be singular, or their mean over both sides: what is left
    to go is measured with the slopes of the side from which a step came.
    """
    scale, longest = widths(system.spans)[:, None], FAR * widths(system.box)[:, None]
    y, found = seeds, [seeds[:, :0]]
    for count in range(LANDINGS if seeds.shape[1] else 0):
        field, slopes = field_and_jacobian(system, y, p, ONE_SIDE)
        steps = newton_steps(field, slopes)
        kept = np.all(np.abs(steps) < longest, axis=0)  # NaN too
        y, slopes = (y + steps)[:, kept], slopes[:, :, kept]
        if count == 0 and y.shape[1]:  # most systems have no kinks: they are done with here
            kept = measure_slopes(system, y, p, step=CLOSE)[1]
            y, slopes = y[:, kept], slopes[:, :, kept]
        if not y.shape[1]:
            break
        field = evaluate_field(system, y, p)
        rest = newton_steps(field, slopes)
        landed = np.all(np.abs(rest) < LANDED * scale, axis=0) & np.all(np.abs(field) < LANDED * rates[:, None], axis=0)
        found.append((y + rest)[:, landed])
        y = y[:, ~landed]
        if not y.shape[1]:
            break
    states = np.concatenate(found, axis=1)
    return states[:, measure_slopes(system, states, p)[1]] if states.shape[1] else states


def judge_sides(system: System, p: Any, state: Array) -> Sides | None:
    """Say what happens around a fixed point (n,) on a kink, None where first order does not decide it."""
    if system.size == 1:
        return _on_line(system, p, state)
    return _in_plane(system, p, state) if system.size == 2 else _in_space(system, p, state)


def _flow(system: System, p: Any, state: Array, directions: Array, reach: float = NEAR) -> Array:
    """Return F (n, k) in scaled coordinates for directions (n, k)."""
    scale = widths(system.spans)[:, None]
    return evaluate_field(system, state[:, None] + reach * scale * directions, p) / scale / reach


def _slopes_along(system: System, p: Any, state: Array, direction: Array) -> Array:
    """Return the Jacobian (n, n) of the sector of a kink into which a direction (n,) points."""
    aside = state + NEAR * widths(system.spans) * direction
    return np.asarray(measure_slopes(system, aside[:, None], p, step=NEAR / 100.0)[0][..., 0])


def _on_line(system: System, p: Any, state: Array) -> Sides | None:
    # Further out the sign of f is the same; close by a power may be too small to see.
    left, right = (_flow(system, p, state, np.array([[side]]), reach)[0, 0] * side
                   for side, reach in ((-1.0, NEAR), (1.0, NEAR)))
    size = max(abs(left), abs(right))
    if min(abs(left), abs(right)) <= STILL * size or size == 0.0:
        return None
    kind = "stable" if max(left, right) < 0.0 else "unstable" if min(left, right) > 0.0 else "semi-stable"
    slope = np.array([[max(left, right)]])
    index = 0 if kind == "semi-stable" else 1 if kind == "stable" else -1
    return Sides(kind, slope, slope[0].astype(complex), index, kind == "stable", kind == "unstable")


def _in_plane(system: System, p: Any, state: Array) -> Sides | None:
    angles = np.linspace(0.0, 2.0 * np.pi, DIRECTIONS)

    def parts(at: Array, reach: float = NEAR) -> tuple[Array, Array, Array]:
        u = np.stack([np.cos(at), np.sin(at)])
        flow = _flow(system, p, state, u, reach)
        return flow, u[0] * flow[0] + u[1] * flow[1], u[0] * flow[1] - u[1] * flow[0]

    flow, growth, turn = parts(angles)
    size = float(np.max(np.abs(flow)))
    if not size > 0.0 or np.max(np.abs(flow - parts(angles, NEAR / 2.0)[0])) > ALIKE * size:
        return None
    heading = np.unwrap(np.arctan2(flow[1], flow[0]))
    index = round(float(heading[-1] - heading[0]) / (2.0 * np.pi)) if np.all(np.hypot(*flow) > STILL * size) else None
    cross = np.flatnonzero(turn[:-1] * turn[1:] < 0.0)
    rays = bracket_roots(lambda at: parts(at)[2], angles[cross], angles[cross + 1], turn[cross], turn[cross + 1])
    rays = np.concatenate([rays, angles[np.abs(turn) <= STILL * size]])
    if not len(rays):
        return _turning(system, p, state, angles, growth, turn, index)
    along = parts(rays)[1]
    if np.min(np.abs(along)) <= STILL * size or index is None:
        return None
    fastest = float(rays[np.argmax(along)])
    slopes = _slopes_along(system, p, state, np.array([np.cos(fastest), np.sin(fastest)]))
    kind = ("stable node" if np.all(along < 0.0) else "unstable node" if np.all(along > 0.0)
            else "saddle" if index == -1 else "unstable on a kink")
    return Sides(kind, slopes, np.linalg.eigvals(slopes).astype(complex), index, kind == "stable node",
                 kind == "unstable node")


def _turning(system: System, p: Any, state: Array, angles: Array, growth: Array, turn: Array,
             index: int | None) -> Sides | None:
    """Judge a kink around which every start turns, by what is left of it after one turn."""
    period = float(np.trapezoid(1.0 / np.abs(turn), angles))
    rate = float(np.trapezoid(growth / np.abs(turn), angles)) / period
    if abs(rate) * period < 1e-4:
        return None
    values = rate + 2j * np.pi / period * np.array([1.0, -1.0])
    scale = widths(system.spans)
    slopes = np.array([[rate, -values[0].imag], [values[0].imag, rate]]) * scale[:, None] / scale
    return Sides(f"{'stable' if rate < 0.0 else 'unstable'} spiral", slopes, values, index, rate < 0.0, rate > 0.0)


def _in_space(system: System, p: Any, state: Array) -> Sides | None:
    """Look for a direction that stays and grows: one is enough for an unstable point. None if there is none."""
    n = system.size
    directions = np.random.default_rng(0).normal(size=(n, 64))
    scale = widths(system.spans)
    for direction in (directions / np.linalg.norm(directions, axis=0)).T:
        slopes = _slopes_along(system, p, state, direction)
        values, vectors = np.linalg.eig(slopes * scale / scale[:, None])
        for value, vector in zip(values, vectors.T, strict=True):
            if abs(value.imag) > 0.0 or value.real <= STILL * np.max(np.abs(values)):
                continue
            both = np.stack([vector.real, -vector.real], axis=1)
            gap = _flow(system, p, state, both) - value.real * both
            if np.any(np.max(np.abs(gap), axis=0) < ALIKE * value.real):
                return Sides("unstable on a kink", slopes, values.astype(complex), None, False, False)
    return None
