"""Firing rate of a cell with one state under a constant input: exact, and as stepped."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ncm_app.numerics.results import Array, RateCurve
from ncm_app.numerics.runs.compiled import NEAR, Stepper, stepper
from ncm_app.numerics.system import System

LONGEST, SOON = 5_000.0, 500.0
"""A cell that has not fired after the first time (ms) counts as silent when it is stepped; beside an
onset only what fires within the second is stepped at all: the others take as long as all the rest."""

AGREEMENT = 1e-11
PANELS = (2, 4, 8, 16, 32, 64)
_GRID, _ZOOMS, _NODES = 129, 5, 24
_ROUNDS, _SECTIONS, _NEAR = 4, 64, 12
_CHUNK = 256
_AT_REST = 1e-11


def interspike_interval(system: System, p_values: Any) -> Array:
    """Return the exact time from reset to threshold in ms, inf for a silent cell.

    Fields of `p_values` may be arrays, which broadcast. The interval is the integral of
    dV / f(V), with V = V* + w sinh(u) about the minimum of f, where w is the width of the
    bottleneck: the integrand stays smooth however narrow the bottleneck is. A minimum of 0 within
    rounding is one that V only creeps up to.
    """
    low, high, shape = _ends(system, p_values)
    near = NEAR * (1.0 + np.abs(high))
    with np.errstate(all="ignore"):
        lowest, least, width = _bottleneck(system, p_values, low, high)
        start, end = (np.arcsinh((edge - lowest) / width) for edge in (low, high))
        passable = (least > near) & (high > low)
        interval = _converged(system, p_values, (lowest, width, start, end), passable)
    interval = np.where(high > low, np.where(least > near, interval, np.inf), 0.0)
    return np.broadcast_to(interval, shape).copy()


def _ends(system: System, p: Any) -> tuple[Array, Array, tuple[int, ...]]:
    assert system.threshold is not None and system.reset is not None
    high = np.asarray(system.threshold(p), dtype=float)
    low = np.asarray(system.reset((high,), p)[0], dtype=float)
    shape = np.broadcast_shapes(low.shape, high.shape, *(np.shape(value) for value in p))
    return np.broadcast_to(low, shape), np.broadcast_to(high, shape), shape


def _field(system: System, v: Array, p: Any) -> Array:
    return np.broadcast_to(np.asarray(system.rhs(0.0, (v,), p)[0], dtype=float), v.shape)


def _bottleneck(system: System, p: Any, low: Array, high: Array) -> tuple[Array, Array, Array]:
    """Return the V of the smallest f between the ends, that f, and the width of its surroundings."""
    parts = np.linspace(0.0, 1.0, _GRID).reshape(-1, *(1,) * low.ndim)
    left, right = low, high
    for _ in range(_ZOOMS):
        v = left + (right - left) * parts
        f = _field(system, v, p)
        best = np.argmin(f, axis=0)[None]
        near = [np.take_along_axis(v, np.clip(best + shift, 0, _GRID - 1), axis=0)[0] for shift in (-1, 0, 1)]
        left, lowest, right = near
    least = np.take_along_axis(f, best, axis=0)[0]
    # Width on which f doubles, by curvature inside or by slope at an end of the range.
    h = (high - low) * 1e-4
    inside = np.clip(lowest, low + h, high - h)
    below, middle, above = (_field(system, inside + shift, p) for shift in (-h, 0.0, h))
    bend, slope = (above - 2 * middle + below) / h**2, np.abs(above - below) / (2 * h)
    width = np.fmin(np.sqrt(2 * least / np.maximum(bend, 0.0)), np.where(lowest == inside, np.inf, least / slope))
    return lowest, least, np.where(width > 0, np.minimum(width, high - low), high - low)


def _converged(system: System, p: Any, map_: tuple[Array, Array, Array, Array], passable: NDArray[np.bool_]) -> Array:
    """Integrate on more and more panels until two numbers of panels agree.

    They do unless f has a kink; then the last number is good to about 1e-7.
    """
    before = _integrate(system, p, map_, PANELS[0])
    for panels in PANELS[1:]:
        now = _integrate(system, p, map_, panels)
        if np.all((np.abs(now - before) <= AGREEMENT * np.abs(now)) | ~passable):
            return now
        before = now
    return before


@functools.cache
def _gauss(panels: int) -> tuple[Array, Array]:
    """Return points and weights of Gauss rules on equal panels of 0 to 1."""
    points, weights = np.polynomial.legendre.leggauss(_NODES)
    split = (np.arange(panels)[:, None] + (1.0 + points) / 2.0) / panels
    return split.ravel(), np.tile(weights / (2.0 * panels), panels)


def _integrate(system: System, p: Any, map_: tuple[Array, Array, Array, Array], panels: int) -> Array:
    lowest, width, start, end = map_
    points, weights = (a.reshape(-1, *(1,) * lowest.ndim) for a in _gauss(panels))
    u = start + (end - start) * points
    speed = _field(system, lowest + width * np.sinh(u), p)
    total: Array = np.sum(weights * width * np.cosh(u) / speed, axis=0) * (end - start)
    return total


def rate_curve_with_onset(system: System, p: Any, field: str, values: Array, dt: float, method: str) -> RateCurve:
    """Return the firing rate over rising values (m,) and, densely, where it begins or ends between two of them.

    Of the values added every third is stepped, unless a spike takes more than `SOON` ms there; others are NaN.
    """
    more = np.setdiff1d(near_onset(system, p, field, values), values)
    exact = interspike_interval(system, p._replace(**{field: more}))
    seen = (exact <= SOON) & (np.arange(len(more)) % 3 == 0)
    stepped = rate_curve(system, p, field, np.append(values, more[seen]), dt, method)
    order = np.argsort(np.concatenate([stepped.values, more[~seen]]))
    with np.errstate(divide="ignore"):
        rates = np.append(stepped.exact, 1000.0 / exact[~seen])
    unseen = rates[len(stepped.values):] if method == "adaptive" else np.full(np.count_nonzero(~seen), np.nan)
    return RateCurve(np.append(stepped.values, more[~seen])[order], rates[order],
                     np.append(stepped.stepped, unseen)[order])


def near_onset(system: System, p: Any, field: str, values: Array) -> Array:
    """Return rising values (m,) of a parameter with more where firing begins or ends, if it does.

    Between a silent and a firing neighbour the last silent value is sought, and values are
    added beside it that lie the closer the steeper the rate may rise, by a root or a logarithm.
    """
    fires = _fires(system, p._replace(**{field: values}))
    found = [values]
    for k in np.flatnonzero(fires[1:] != fires[:-1]):
        silent, far = (values[k], values[k + 1]) if fires[k + 1] else (values[k + 1], values[k])
        firing = far
        for _ in range(_ROUNDS):
            tries = silent + (firing - silent) * np.linspace(0.0, 1.0, _SECTIONS + 1)
            first = int(np.argmax(_fires(system, p._replace(**{field: tries})))) or _SECTIONS
            silent, firing = tries[first - 1], tries[first]
        found.append(silent + (far - silent) * (np.arange(_NEAR) / _NEAR) ** 3)
    return np.unique(np.concatenate(found))


def _fires(system: System, p: Any) -> NDArray[np.bool_]:
    low, high, shape = _ends(system, p)
    with np.errstate(all="ignore"):
        _, least, _ = _bottleneck(system, p, low, high)
    return np.broadcast_to((least > NEAR * (1.0 + np.abs(high))) | (high <= low), shape)


def stepped_interval(system: System, p_values: Any, dt: float, method: str) -> Array:
    """Return the time from reset to the first spike as a method steps it, ms.

    Silence within `LONGEST` ms gives inf.
    """
    fields = [np.asarray(value) for value in p_values]
    shape = np.broadcast_shapes(*(field.shape for field in fields))
    columns = [np.broadcast_to(field, shape).ravel().tolist() for field in fields]
    advance = stepper(system, method)
    spikes = [_first_spike(advance, p_values._make(row), dt) for row in zip(*columns, strict=True)]
    return np.array(spikes).reshape(shape)


def _first_spike(advance: Stepper, p: Any, dt: float) -> float:
    system = advance.kernel.system
    assert system.threshold is not None and system.reset is not None
    v = float(system.reset((system.threshold(p),), p)[0])
    spikes, done, last = np.empty(1), 0, max(1, round(LONGEST / dt))
    while done < last:
        steps = min(_CHUNK, last - done)
        y = np.full((1, steps + 1), v)
        reached, count = advance(y, 0, steps, p, dt=dt, t0=done * dt, spikes=spikes)
        if count:
            return float(spikes[0])
        # Without an input that changes, a cell that has stopped moving will never fire.
        at_rest = abs(y[0, -1] - y[0, -2]) <= _AT_REST * abs(y[0, -1])
        if reached < steps or at_rest:
            return np.inf
        v, done = float(y[0, -1]), done + steps
    return np.inf


def rate_curve(system: System, p: Any, field: str, values: ArrayLike, dt: float, method: str) -> RateCurve:
    """Return the firing rate in Hz over values of one parameter, exact and as stepped.

    The adaptive method is as good as exact here.
    """
    values = np.asarray(values, dtype=float)
    batch = p._replace(**{field: values})
    exact = interspike_interval(system, batch)
    stepped = exact if method == "adaptive" else stepped_interval(system, batch, dt, method)
    with np.errstate(divide="ignore"):
        return RateCurve(values, 1000.0 / exact, 1000.0 / stepped)
