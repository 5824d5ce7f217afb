"""The largest Lyapunov exponent of a random network with very many cells, by mean-field theory [Sompolinsky1988].

Inputs x of tau x' = -x + g W tanh(x) have, for very many cells, an autocovariance D(t) (t in units of tau) that moves
like a particle, D'' = -V'(D), with V(D) = -D^2 / 2 + g^2 (<F F> - <F>^2) and F = log cosh; the means are over two
Gaussians of variance D(0) and covariance D. Chaos is the orbit that ends at rest at D = 0, so V(D(0)) = 0. A small
deviation grows at lambda with (1 + lambda)^2 = 1 - E, where E is the lowest level of a quantum particle in the
potential 1 - g^2 <tanh' tanh'>. Below g = 1 all rests, and lambda = g - 1.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
from scipy.linalg import eigh_tridiagonal
from scipy.optimize import brentq

from ncm_app.numerics.results.base import Array

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(80)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_NEAR = 1.005
"""Gain below which chaos is too weak to be told from rest."""
_POINTS = 400
"""Points along the orbit, and along the time axis of the level."""


def _log_cosh(x: Array) -> Array:
    return np.asarray(np.logaddexp(x, -x) - np.log(2.0))


def _slope(x: Array) -> Array:
    return np.asarray(1.0 / np.cosh(x) ** 2)


def _paired(f: Callable[[Array], Array], variance: float, correlations: Array) -> Array:
    """Return <f(x) f(y)> for Gaussians x, y of one variance and each of the correlations (m,)."""
    c = np.asarray(correlations)[:, None, None]
    x = np.sqrt(variance) * _NODES
    y = np.sqrt(variance) * (c * _NODES[:, None] + np.sqrt(1.0 - c**2) * _NODES)
    return np.asarray(np.einsum("i,j,i,mij->m", _WEIGHTS, _WEIGHTS, f(x), f(y)))


def stationary_variance(g: float) -> float:
    """Return D(0), the variance of the inputs, of the chaotic state at a gain g; 0 at rest."""
    if g <= _NEAR:
        return 0.0

    def height(variance: float) -> float:
        F = _log_cosh(np.sqrt(variance) * _NODES)
        return float(-variance / 2.0 + g**2 * (_WEIGHTS @ F**2 - (_WEIGHTS @ F) ** 2) / variance)
    return float(brentq(height, 1e-6, g**2))


@functools.lru_cache(maxsize=64)
def mean_field_exponent(g: float) -> float:
    """Return the largest Lyapunov exponent at a gain g, in units of 1 / tau."""
    variance = stationary_variance(g)
    if not variance:
        return g - 1.0
    # c = 1 - s^2 along the orbit takes the square root out of the start, where the particle rests.
    s = np.linspace(0.0, np.sqrt(1.0 - 1e-4), _POINTS)
    c = 1.0 - s**2
    means = _WEIGHTS @ _log_cosh(np.sqrt(variance) * _NODES)
    V = -(c * variance) ** 2 / 2.0 + g**2 * (_paired(_log_cosh, variance, c) - means**2)
    middle = (s[1:] + s[:-1]) / 2.0
    V_middle = np.interp(middle, s, V / np.maximum(s, s[1]) ** 2) * middle**2
    steps = 2.0 * middle * variance * np.diff(s) / np.sqrt(np.maximum(-2.0 * V_middle, 1e-300))
    times = np.concatenate([[0.0], np.cumsum(steps)])
    level = 1.0 - g**2 * _paired(_slope, variance, c)
    t = (np.arange(4 * _POINTS) + 0.5) * 1.5 * times[-1] / (4 * _POINTS)
    h = t[1] - t[0]
    diagonal = np.interp(t, times, level) + 2.0 / h**2
    diagonal[0] -= 1.0 / h**2  # the lowest state is even
    lowest = eigh_tridiagonal(diagonal, np.full(len(t) - 1, -1.0 / h**2), select="i", select_range=(0, 0),
                              eigvals_only=True)[0]
    return float(np.sqrt(1.0 - lowest) - 1.0)
