"""Where the amplitude of an oscillator may stay: wells and the barrier of its potential, and the fold over the gain.

Noise on the amplitude alone, dR = -U' dt + s dW, gives the density exp(-2 U / s^2) over R. Noise on the oscillator
pushes its phase too: the density counts the circle of length 2 pi R, R exp(-2 U / s^2), as if the potential were
V = U - s^2/2 log R. Time is that of the average, eps t.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq

from ncm_app.numerics.amplitude.feedback import Feedback, Sigmoid, curvature, drive, potential, slope
from ncm_app.numerics.results.base import Array, Result

POINTS = 2001
REACH = 15.0
"""The grid ends where the density is at most exp(-2 REACH) of its highest."""
FARTHEST = 200.0
REST = 0.02
"""Amplitude at which the oscillator is at rest, where U alone counts: its well there is at the reflecting end."""


@dataclass(frozen=True)
class Landscape(Result):
    """U and U' over amplitudes R (n,), even grid from 0; wells and barriers of V in rising order.

    `low` and `high` are the wells on both sides of `barrier`, None where there is one well only, `alone`; the well
    at the end R = 0 counts as reached at REST.
    `geometric` is 1 where the density counts the circle, else 0; `s` the noise.
    """

    R: Array
    U: Array
    slope: Array
    low: float | None
    barrier: float | None
    high: float | None
    alone: float
    geometric: int
    s: float
    feedback: Any

    def height(self, R: float) -> float:
        """Return V at an amplitude."""
        U = float(potential(self.feedback, np.array(R)))
        return U - 0.5 * self.s**2 * float(np.log(R)) if self.geometric else U

    def bend(self, R: float) -> float:
        """Return V'' at an amplitude."""
        return float(curvature(self.feedback, np.array(R))) + (
            0.5 * (self.s / R) ** 2 if self.geometric else 0.0)


def zeros(function: Callable[[Any], Any], grid: Array, values: Array) -> list[float]:
    """Return where a function, known on a grid, changes its sign, rising."""
    return [float(brentq(lambda x: float(function(np.array(x))), grid[k], grid[k + 1], xtol=1e-14, rtol=1e-14))
            for k in np.flatnonzero(values[:-1] * values[1:] < 0.0)]


@functools.lru_cache(maxsize=64)
def stationary(feedback: Feedback) -> tuple[float, ...]:
    """Return the amplitudes above 0 at which U' = 0, rising: in turn unstable and stable as rest is or not."""
    last = 4.0
    while last < FARTHEST and np.any(slope(feedback, np.array([last, 1.5 * last])) <= 0.0):
        last *= 1.5
    grid = np.linspace(1e-4, 1.5 * last, 801)
    return tuple(zeros(functools.partial(slope, feedback), grid, slope(feedback, grid)))


@functools.lru_cache(maxsize=64)
def _profile(feedback: Feedback, s: float) -> tuple[Array, Array, Array]:
    """Return R, U and U' as far as noise s reaches."""
    first = (0.0, *stationary(feedback))
    bottom = float(potential(feedback, np.array(first)).min())
    last = 1.05 * first[-1] + s
    while last < FARTHEST and float(potential(feedback, np.array(last))) - bottom < REACH * s * s:
        last *= 1.05
    R = np.linspace(0.0, last, POINTS)
    return R, potential(feedback, R), slope(feedback, R)


@functools.lru_cache(maxsize=256)
def landscape(feedback: Feedback, s: float, geometric: int) -> Landscape:
    """Return the potential of a feedback under noise s, over all amplitudes that the noise reaches."""
    R, U, fall = _profile(feedback, 2.0 ** math.ceil(math.log2(s)))

    def tilt(R: Array) -> Array:
        return slope(feedback, R) - 0.5 * s * s / R * geometric

    found = zeros(tilt, R[1:], fall[1:] - 0.5 * s * s / R[1:] * geometric)
    if not geometric and float(curvature(feedback, np.array(0.0))) > 0.0:
        found = [0.0, *found]
    low, barrier, high = found[:3] if len(found) > 2 else (None, None, None)
    if barrier and not geometric:
        low = min(REST, 0.5 * barrier)
    return Landscape(R, U, fall, low, barrier, high, found[-1] if found else 0.0, geometric, s, feedback)


def density(land: Landscape) -> Array:
    """Return the stationary density over the grid of R, (n,)."""
    p = land.R**land.geometric * np.exp(-2.0 * (land.U - land.U.min()) / land.s**2)
    return np.asarray(p / np.trapezoid(p, land.R))


def share_above(land: Landscape, level: float) -> float:
    """Return the share of time that theory expects above an amplitude."""
    p, R = density(land), land.R
    inside = np.concatenate([[level], R[level < R]])
    return float(np.trapezoid(np.interp(inside, R, p), inside))


@functools.lru_cache(maxsize=64)
def fold(th: float, rho: float) -> tuple[float, float]:
    """Return the gain at which the rhythm appears, G_F = min of R / Phi(R), and its amplitude there.

    Where the Hopf point is supercritical both are that point: its gain, and 0.
    """
    start = Sigmoid(1.0, th, rho)
    if not start.subcritical:
        return start.hopf, 0.0

    def gain(R: Array) -> Array:
        return np.asarray(R / drive(th, rho, R))

    def flat(R: Array) -> Array:  # d/dR of R / Phi, times Phi^2: with Phi' = (1 - U'') / G
        return np.asarray(drive(th, rho, R) - R * (1.0 - curvature(start, R)))

    grid = np.geomspace(1e-2, 20.0 * (th + 1.0 / rho), 200)
    at = min(zeros(flat, grid, flat(grid)), key=lambda R: float(gain(np.array(R))))
    return float(gain(np.array(at))), at
