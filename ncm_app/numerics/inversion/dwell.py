"""Dwell times of a rhythm under noise, and the potential of its amplitude that they tell.

U' = K R (4 - b R^2 + R^4): rest, a barrier and a rhythm at the roots of R^2; K is the strength of all self-connections
together, K = sum of i exp(g_i) / 10 for g_1 to g_4. Mean times follow from s^2 / K alone, T(K, s) =
T(1, s / sqrt(K)) / K, so that a curve for each b is enough. After Cooray, Rosch and Friston (2023), re-derived;
times are eps t.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.linalg import eigh_tridiagonal

from ncm_app.numerics.amplitude.escape import passage_time
from ncm_app.numerics.amplitude.landscape import POINTS, REACH, REST, Landscape
from ncm_app.numerics.noise import hash_uniform
from ncm_app.numerics.results.base import Array

WEIGHTS = np.array([1.0, 2.0, 3.0, 4.0]) / 10.0
"""Shares in K of the exponentials of the connectivities g_i."""
LEAST_B, MOST_B = 4.05, 7.0
"""Values of b between which there are rest and rhythm, parted by a barrier: beyond 4, where both meet."""
NODES, PLACES = 28, 200
SLOWEST, FASTEST, HIGHEST = 0.18, 6.0, 600.0
"""Noise over root K between which a curve of dwell times reaches; most of twice the barrier over its square."""


@dataclass(frozen=True, eq=False)
class DwellData:
    """Mean dwell times `mean` (m,), each with its standard `error`, of `counts` (m,) times at noise levels `s` (m,)."""

    s: Array
    mean: Array
    error: Array
    counts: Array
    source: str = ""
    reading: str = ""


def total_strength(g: Array) -> float:
    """Return K of connectivities g (4,)."""
    return float(WEIGHTS @ np.exp(g))


def wells(b: float) -> tuple[float, float]:
    """Return the amplitudes of barrier and rhythm; an ArithmeticError where there is no rhythm beside rest."""
    if not LEAST_B <= b <= MOST_B:
        raise ArithmeticError("no rhythm beside rest")
    root = math.sqrt(b * b - 16.0)
    return math.sqrt(0.5 * (b - root)), math.sqrt(0.5 * (b + root))


def potential(b: float, R: Array) -> Array:
    """Return U at K = 1 and amplitudes R (any shape), 0 at rest."""
    square = np.asarray(R) ** 2
    return np.asarray(square * (2.0 - 0.25 * b * square + square**2 / 6.0))


def _land(b: float, s: float) -> Landscape:
    """Return the potential at K = 1 as far as noise s reaches."""
    barrier, rhythm = wells(b)
    last = 1.05 * rhythm
    while potential(b, np.array(last)) - potential(b, np.array(rhythm)) < REACH * s * s:
        last *= 1.05
    R = np.linspace(0.0, last, POINTS)
    slope = R * (4.0 - b * R**2 + R**4)
    return Landscape(R, potential(b, R), slope, REST, barrier, rhythm, rhythm, 0, s, None)


def _height(b: float) -> float:
    """Return twice the barrier from the rhythm at K = 1."""
    ends = potential(b, np.array(wells(b)))
    return 2.0 * float(ends[0] - ends[1])


@functools.lru_cache(maxsize=256)
def _curve(b: float) -> CubicSpline:
    """Return the logarithm of the dwell time at K = 1 over log s, what the barrier adds left out."""
    s, rhythm = np.geomspace(max(SLOWEST, math.sqrt(_height(b) / HIGHEST)), FASTEST, NODES), wells(b)[1]
    found = [math.log(passage_time(_land(b, one), rhythm, REST)) - _height(b) / one**2 for one in s.tolist()]
    return CubicSpline(np.log(s), found)


def _kramers(b: float) -> float:
    """Return the logarithm of Kramers' dwell time at K = 1, what the barrier adds left out."""
    square = np.array(wells(b)) ** 2
    bends = 4.0 - 3.0 * b * square + 5.0 * square**2
    return math.log(2.0 * math.pi / math.sqrt(bends[1] * -bends[0]))


def log_dwell_times(K: float, b: float, s: Array, kramers: bool = False) -> Array:
    """Return the logarithm of the mean time (m,) that the rhythm lasts at noise s (m,), exactly or by Kramers' formula.

    Raises an ArithmeticError where there is no rhythm, or beyond the range of the curves.
    """
    if not K > 0.0:
        raise ArithmeticError("no rhythm beside rest")
    scaled = np.asarray(s) / math.sqrt(K)
    curve = _curve(b)
    low, high = np.exp(curve.x[[0, -1]])
    if scaled.min() < low * (1.0 - 1e-9) or scaled.max() > high:
        raise ArithmeticError("the rhythm would last too long or too short to be told")
    left = _kramers(b) if kramers else curve(np.log(scaled))
    return np.asarray(left + _height(b) / scaled**2 - math.log(K))


def survival(K: float, b: float, s: float) -> tuple[Array, Array]:
    """Return times (m,) and the share of dwell times (m,) that are longer, from the Fokker-Planck equation.

    The amplitude goes from place to place of a grid at rates in detailed balance, and ends at rest.
    """
    rhythm = wells(b)[1]
    R = np.linspace(REST, _land(b, s / math.sqrt(K)).R[-1], PLACES + 1)
    h, beta, U = R[1] - R[0], K / s**2, potential(b, R)
    rate = 0.5 * (s / h) ** 2
    up, down = rate * np.exp(-beta * np.diff(U)), rate * np.exp(beta * np.diff(U))  # from k to k + 1, from k + 1 to k
    leaving = np.append(up[1:], 0.0) + down
    rates, modes = eigh_tridiagonal(leaving, np.full(PLACES - 1, -rate))
    start = int(np.argmin(np.abs(R[1:] - rhythm)))
    weights = modes[start] * (np.exp(-beta * (U[1:] - U[start + 1])) @ modes)
    mean = float(np.sum(weights / rates))
    t = np.concatenate([[0.0], mean * np.geomspace(1e-4, 40.0, 600)])
    return t, np.minimum.accumulate(np.clip(np.exp(-np.outer(t, rates)) @ weights, 0.0, 1.0))


def make_dwell_data(K: float, b: float, s: Array, n: int, seed: int) -> DwellData:
    """Return the means of n dwell times at each noise level s (m,), drawn with their true distribution."""
    rows = []
    for level, one in enumerate(s):
        t, longer = survival(K, b, float(one))
        u = hash_uniform(seed, level, np.arange(n))
        rows.append(np.interp(-u, -longer[longer > 0.0], t[longer > 0.0]))
    return gathered(np.repeat(s, n), np.concatenate(rows))


def gathered(s: Array, times: Array, source: str = "", reading: str = "") -> DwellData:
    """Return means and standard errors of single dwell times (k,) by their noise level (k,)."""
    levels, place = np.unique(s, return_inverse=True)
    counts = np.bincount(place)
    mean = np.bincount(place, times) / counts
    spread = np.sqrt(np.bincount(place, (times - mean[place]) ** 2) / np.maximum(counts - 1, 1))
    return DwellData(levels, mean, spread / np.sqrt(counts), counts.astype(float), source, reading)


def dwell_residuals(data: DwellData, K: float, b: float, kramers: bool = False) -> Array:
    """Return ln of measured over expected means (m,), in standard errors."""
    return np.asarray((np.log(data.mean) - log_dwell_times(K, b, data.s, kramers)) * data.mean / data.error)
