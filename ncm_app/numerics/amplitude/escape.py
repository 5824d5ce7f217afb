"""How long noise takes to carry the amplitude over its barrier: exactly, and by Kramers' formula.

The mean first passage time between two wells is a double integral over the potential [Gardiner2009, 5.5]; Kramers'
formula keeps its curvatures and height alone, and holds where the barrier is many times the noise. Times are eps t.
"""

from __future__ import annotations

import math

import numpy as np

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.amplitude.landscape import Landscape
from ncm_app.numerics.results.base import Array

LARGEST = 1e290
"""Longest time that is told as a number."""


def _running(values: Array, slopes: Array, R: Array) -> Array:
    """Return the integral up to each point by the trapezoidal rule with slopes: of fourth order."""
    h = R[1] - R[0]
    parts = 0.5 * h * (values[:-1] + values[1:]) + h * h / 12.0 * (slopes[:-1] - slopes[1:])
    return np.concatenate([[0.0], np.cumsum(parts)])


def _between(x: float, R: Array, values: Array, slopes: Array) -> float:
    """Return a function of which values and slopes are known on a grid at one place between, by a cubic."""
    h = R[1] - R[0]
    k = min(int((x - R[0]) / h), len(R) - 2)
    u = (x - R[k]) / h
    return float(values[k] + u * (h * slopes[k] + u * (
        3.0 * (values[k + 1] - values[k]) - h * (2.0 * slopes[k] + slopes[k + 1])
        + u * (2.0 * (values[k] - values[k + 1]) + h * (slopes[k] + slopes[k + 1])))))


@kernel(error_model="numpy")
def _gathered(R, U, slope, beta, circle, upward, out):  # type: ignore[no-untyped-def]
    """Fill `out` (n,) with the integral of w(z) / w(y) over z from 0 to y, or from y on; w = R^circle e^(-beta U).

    Point by point: each is the one before, scaled by a ratio of weights, so that no exponent grows large before
    the integral itself does.
    """
    h, last = R[1] - R[0], len(R) - 1
    out[0 if upward else last] = 0.0
    for step in range(1, last + 1 - (0 if upward else circle)):
        y = step if upward else last - step
        z = y - 1 if upward else y + 1
        ratio = math.exp(beta * (U[y] - U[z]))
        if circle:
            weight, rise = ratio * R[z] / R[y], ratio / R[y] - beta * slope[z] * ratio * R[z] / R[y]
        else:
            weight, rise = ratio, -beta * slope[z] * ratio
        own = circle / R[y] - beta * slope[y] if circle else -beta * slope[y]
        way = 1.0 if upward else -1.0
        out[y] = out[z] * weight + 0.5 * h * (weight + 1.0) + way * h * h / 12.0 * (rise - own)


def passage_time(land: Landscape, start: float, end: float) -> float:
    """Return the mean time from one amplitude until another is first met, inf where it is beyond all numbers.

    The amplitude is reflected at 0. Upward T = 2/s^2 int_start^end dy e^(2V(y)/s^2) int_0^y dz e^(-2V(z)/s^2);
    downward the inner integral goes from y to infinity.
    """
    R, beta, upward, inner = land.R, 2.0 / land.s**2, end > start, np.empty(len(land.R))
    with np.errstate(over="ignore"):
        _gathered(R, land.U, land.slope, beta, land.geometric, upward, inner)
    first, last = np.searchsorted(R, (min(start, end), max(start, end)))
    part = slice(max(int(first) - 1, land.geometric), int(last) + 1)
    R, inner = R[part], inner[part]
    if not np.all(inner < LARGEST):
        return math.inf
    pull = land.geometric / np.maximum(R, R[-1] * 1e-9) - beta * land.slope[part]
    slopes = (1.0 if upward else -1.0) - inner * pull
    total = _running(inner, slopes, R)
    return beta * abs(_between(end, R, total, inner) - _between(start, R, total, inner))


def dwell_times(land: Landscape) -> tuple[float, float]:
    """Return the mean time from the lower well to the upper one and back, inf without a barrier."""
    if land.low is None or land.high is None:
        return math.inf, math.inf
    return passage_time(land, land.low, land.high), passage_time(land, land.high, land.low)


def kramers_time(land: Landscape, upward: bool) -> float:
    """Return 2 pi / sqrt(V'' |V''|) e^(2 dV / s^2) from a well over the barrier, inf beyond all numbers.

    Half of it from R = 0, where the amplitude is reflected and half a well is left.
    """
    if land.barrier is None or land.low is None or land.high is None:
        return math.inf
    end = upward and not land.geometric
    start = (0.0 if end else land.low) if upward else land.high
    height = 2.0 * (land.height(land.barrier) - land.height(start)) / land.s**2
    bends = land.bend(start) * abs(land.bend(land.barrier))
    if bends <= 0.0 or height > math.log(LARGEST):
        return math.inf
    return (0.5 if end else 1.0) * 2.0 * math.pi / math.sqrt(bends) * math.exp(height)
