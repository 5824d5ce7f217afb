"""Root finding on whole batches: damped Newton in n dimensions, brackets in one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.compiled_flow import CompiledFlow, compiled_flow
from ncm_app.numerics.jacobian import STEP, evaluate_field, field_and_jacobian, state_steps, widths
from ncm_app.numerics.kernels.polishing import ARRIVED, FULL, RESIDUAL, SETTLED, WANDERS, polish
from ncm_app.numerics.results import Array
from ncm_app.numerics.system import System

FRACTIONS = np.array([1.0, 0.5, 0.25, 0.0625])
"""Shortened Newton steps that are tried together, in one call."""

PATIENCE = 7
"""Number of steps after which a seed must be near a root."""

LONGEST = 0.5
"""Longest Newton step, as a fraction of the span (or of the distance from it)."""


def solve_batch(matrices: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """Solve matrices (k, n, n) x = right (k, n) or (k, n, m); singular ones give NaN."""
    columns = right[..., None] if right.ndim == 2 else right
    try:
        found = np.linalg.solve(matrices, columns)
    except np.linalg.LinAlgError:
        singular = np.linalg.det(matrices) == 0.0
        found = np.linalg.solve(np.where(singular[:, None, None], np.eye(matrices.shape[-1]), matrices), columns)
        found[singular] = np.nan
    return np.asarray(found[..., 0] if right.ndim == 2 else found)


def newton_steps(field: Array, slopes: Array) -> Array:
    """Return -J^-1 f (n, k) for a field (n, k) and Jacobians (n, n, k)."""
    if len(field) == 1:
        return np.where(slopes[0] == 0.0, np.nan, -field / np.where(slopes[0] == 0.0, 1.0, slopes[0]))
    return solve_batch(np.moveaxis(slopes, -1, 0), -field.T).T


def _shorten(steps: Array, states: Array, middle: Array, scale: Array) -> Array:
    reach = LONGEST * np.maximum(1.0, np.max(np.abs(states - middle) / scale, axis=0))
    length = np.max(np.abs(steps) / scale, axis=0)
    return np.asarray(steps * np.minimum(1.0, reach / np.maximum(length, 1e-300)))


def polish_roots(system: System, p: Any, seeds: Array, rates: Array, steps: int = 22,
                 along: tuple[str, Array] | None = None, step: float = STEP) -> tuple[Array, NDArray[np.bool_]]:
    """Run damped Newton from seeds (n, k); return states (n, k) and which converged.

    `rates` (n,) or (n, k) are typical sizes of the field, against which residuals count;
    `along` names a parameter that has a value of its own for every seed (k,). `step` (in
    spans) is that of the differences: a short one sees only one side of a kink close by.
    """
    flow = compiled_flow(system, p)
    if flow is not None:
        return _polished(system, p, flow, seeds, rates, steps, along, step)

    def at(seeds: Any) -> Any:
        return p if along is None else p._replace(**{along[0]: along[1][seeds]})

    rates = rates.reshape(len(rates), -1) * np.ones(seeds.shape[1])
    scale = widths(system.spans)[:, None]
    middle = np.array([[(low + high) / 2] for low, high in system.spans])
    states, last = seeds.copy(), np.full(seeds.shape[1], np.inf)
    active = np.arange(seeds.shape[1])
    for count in range(steps):
        y = states[:, active]
        full = newton_steps(*field_and_jacobian(system, y, at(active), step))
        states[:, active] = _best_trial(system, at(active), y, _shorten(full, y, middle, scale), rates[:, active])
        last[active] = length = np.max(np.abs(full) / scale, axis=0)
        # Seeds that still take long steps by now wander, and hold up those that converge.
        active = active[(length > SETTLED) & (length < (np.inf if count < PATIENCE else WANDERS))]
        if not len(active):
            break
    arrived = last < ARRIVED
    y = states[:, arrived]
    field, slopes = field_and_jacobian(system, y, at(arrived), step)
    final = newton_steps(field, slopes)  # convergence is quadratic: this leaves only round-off
    states[:, arrived] = y + np.where(np.max(np.abs(final) / scale, axis=0) < 1e-6, final, 0.0)
    residual = np.max(np.abs(evaluate_field(system, states, at(slice(None)))) / rates, axis=0)
    return states, arrived & (residual < RESIDUAL)


def _polished(system: System, p: Any, flow: CompiledFlow, seeds: Array, rates: Array, steps: int,
              along: tuple[str, Array] | None, step: float) -> tuple[Array, NDArray[np.bool_]]:
    """Return the same by the compiled kernel: each seed goes its way as in the batch."""
    count = seeds.shape[1]
    scales = np.stack([widths(system.spans), np.mean(system.spans, axis=1), state_steps(system, step)])
    place, values = (-1, np.empty(0)) if along is None else (p._fields.index(along[0]), np.array(along[1], dtype=float))
    states, converged = np.empty_like(seeds, order="C"), np.zeros(count, dtype=np.int64)
    polish(flow.call, flow.values, place, values, np.ascontiguousarray(seeds),
           np.ascontiguousarray(np.broadcast_to(rates.reshape(len(rates), -1), seeds.shape)), scales, FRACTIONS, steps,
           PATIENCE, LONGEST, states, converged)
    return states, converged == 1


def _best_trial(system: System, p: Any, y: Array, steps: Array, rates: Array) -> Array:
    trials = y[:, None] + FRACTIONS[None, :, None] * steps[:, None]
    size = np.sum((evaluate_field(system, trials, p) / rates[:, None]) ** 2, axis=0)
    size = np.where(np.isfinite(size), size, np.inf)
    # Near a root all trials are round-off: prefer the full step unless another is clearly better.
    best = np.argmin(size * np.array([FULL, 1.0, 1.0, 1.0])[:, None], axis=0)
    return np.asarray(np.take_along_axis(trials, best[None, None], axis=1)[:, 0])


def bracket_roots(function: Callable[[Array], Array], low: Array, high: Array, f_low: Array, f_high: Array,
                  tolerance: float = 1e-15, steps: int = 80) -> Array:
    """Return a root of each component in its bracket (k,), by Chandrupatla's method.

    `function` maps (k,) to (k,); the end values must differ in sign. `tolerance` is
    relative to the width of the bracket and to the size of the root.
    """
    a, b, fa, fb = (np.array(v, dtype=float) for v in (high, low, f_high, f_low))
    c, fc = a.copy(), fa.copy()
    share = np.full(a.shape, 0.5)
    slack = tolerance * (np.abs(high - low) + np.maximum(np.abs(high), np.abs(low))) + 1e-300
    for _ in range(steps):
        x = a + share * (b - a)
        fx = function(x)
        same = np.sign(fx) == np.sign(fa)
        c, fc = np.where(same, a, b), np.where(same, fa, fb)
        b, fb = np.where(same, b, a), np.where(same, fb, fa)
        a, fa = x, fx
        limit = slack / np.maximum(np.abs(b - a), 1e-300)
        if np.all((limit > 0.5) | (fa == 0.0) | (fb == 0.0)):
            break
        share = np.clip(_inverse_quadratic(a, b, c, fa, fb, fc), limit, np.maximum(1.0 - limit, limit))
    return np.where(np.abs(fa) <= np.abs(fb), a, b)


def _inverse_quadratic(a: Array, b: Array, c: Array, fa: Array, fb: Array, fc: Array) -> Array:
    """Return the share of the way from a to b at which to look next."""
    with np.errstate(all="ignore"):
        xi = (a - b) / (c - b)
        phi = (fa - fb) / (fc - fb)
        trusted = (1.0 - np.sqrt(1.0 - xi) < phi) & (phi < np.sqrt(xi))
        share = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
    return np.where(trusted & np.isfinite(share), share, 0.5)
