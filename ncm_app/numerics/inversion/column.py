"""The Jansen-Rit column as the inversions need it: its constants, right-hand side, fixed points, and noisy runs.

States are (y, x_0, x_2, x_3, x_4, x_5), y = x_1 - x_2 in mV, times in ms, rates of firing and p in Hz [Jansen1995].
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba.extending import register_jitable
from scipy.optimize import brentq

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.noise import hash_normal
from ncm_app.numerics.perturbation.hopf import Field, jacobian
from ncm_app.numerics.results.base import Array

MS = 1000.0
CHUNK = 100_000
"""Steps between two looks at whether the run is still wanted: a few ms."""
SPAN = (-60.0, 60.0)
FOLDS = 4001


def never() -> None:
    """Ask nothing: the default of every `check`."""


@dataclass(frozen=True)
class Column:
    """Constants of a column, units as on its page: A, B in mV, a, b per ms, e_0 in Hz, v_0 in mV, r per mV.

    `sigma` is the white noise of the input, in root Hz: the SD of the pulses of a second.
    """

    A: float = 3.25
    B: float = 22.0
    a: float = 0.1
    b: float = 0.05
    C: float = 135.0
    e_0: float = 2.5
    v_0: float = 6.0
    r: float = 0.56
    sigma: float = 0.5

    @classmethod
    def of(cls, p: Any) -> Column:
        """Return the constants that stand in the numbers of a page."""
        return cls(**{name: float(getattr(p, name)) for name in cls.__dataclass_fields__})

    @property
    def kick(self) -> float:
        """How strongly white noise of the input moves x_4, mV/ms per root of ms."""
        return self.A * self.a * self.sigma / math.sqrt(MS)

    def rate(self, v: Any) -> Any:
        """Return the rate of firing, 1/ms, at a mean potential, mV."""
        return 2.0 * self.e_0 / MS / (1.0 + np.exp(self.r * (self.v_0 - v)))

    def field(self) -> Field:
        """Return dx/dt, per ms, of the six states and p in Hz."""
        A, B, a, b, C, S = self.A, self.B, self.a, self.b, self.C, self.rate

        def rates(x: tuple[Any, ...], p: Any) -> tuple[Any, ...]:
            y, x_0, x_2, x_3, x_4, x_5 = x
            return (x_4 - x_5, x_3, x_5, A * a * S(y) - 2.0 * a * x_3 - a**2 * x_0,
                    A * a * (p / MS + 0.8 * C * S(C * x_0)) - 2.0 * a * x_4 - a**2 * (y + x_2),
                    B * b * 0.25 * C * S(0.25 * C * x_0) - 2.0 * b * x_5 - b**2 * x_2)
        return rates

    def input_at(self, y: Any) -> Any:
        """Return the input p, Hz, at which potentials y (mV) stand still."""
        x_0 = self.A / self.a * self.rate(y)
        x_2 = self.B / self.b * 0.25 * self.C * self.rate(0.25 * self.C * x_0)
        return MS * (self.a / self.A * (y + x_2) - 0.8 * self.C * self.rate(self.C * x_0))

    def rest(self, y: Any) -> Array:
        """Return the states (6, ...) of the fixed point at which the potential is y (mV)."""
        y = np.asarray(y, dtype=float)
        x_0 = self.A / self.a * self.rate(y)
        x_2 = self.B / self.b * 0.25 * self.C * self.rate(0.25 * self.C * x_0)
        return np.array([y, x_0, x_2, 0.0 * y, 0.0 * y, 0.0 * y])

    def slopes(self, y: Any) -> Array:
        """Return the Jacobian (6, 6, ...), per ms, at the fixed points where the potential is y (mV)."""
        return jacobian(self.field(), self.rest(y), 0.0)[1]

    def folds(self) -> tuple[float, ...]:
        """Return the potentials, mV, of the saddle-nodes, from low to high; none where p grows with y throughout."""
        y = np.linspace(*SPAN, FOLDS)
        p = self.input_at(y)
        turns = np.flatnonzero(np.diff(np.sign(np.diff(p)))) + 1
        found = []
        for k in turns:
            low, middle, high = p[k - 1:k + 2]
            found.append(float(y[k] + 0.5 * (y[1] - y[0]) * (low - high) / (low - 2.0 * middle + high)))
        return tuple(found)

    def rests(self, p: float) -> Array:
        """Return the potentials (k,), mV, of all fixed points at an input, from low to high."""
        edges = [SPAN[0], *self.folds(), SPAN[1]]

        def off(y: float) -> float:
            return float(self.input_at(y)) - p

        return np.array([brentq(off, low, high, xtol=1e-12) for low, high in itertools.pairwise(edges)
                         if off(low) * off(high) <= 0.0])


@kernel(error_model="numpy")
def column_steps(state, past, constants, slow, fast, p, step, every, seed, stream, first, y):  # type: ignore[no-untyped-def]
    """Step state (6,) len(p) times, inputs p in Hz; note the potential before every `every`th step in y.

    Synapses move exactly under rates of firing that go on as the cubic through the last four, `past` (3, 4):
    exponential Adams-Bashforth [Hochbruck2010, 2.4]. `fast` and `slow` (6, 2) are what `weights` returns.
    """
    A, B, a, b, C, e, v_0, r, kick = constants
    top, root = 2.0 * e / 1000.0, kick * math.sqrt(step)
    x_0, x_2, x_1 = state[1], state[2], state[0] + state[2]
    x_3, x_4, x_5 = state[3], state[4], state[5]
    u, v, w = _ahead(past[0]), _ahead(past[1]), _ahead(past[2])
    for n in range(len(p)):
        if (first + n) % every == 0:
            y[(first + n) // every] = x_1 - x_2
        u = _next(A * a * top / (1.0 + math.exp(r * (v_0 - x_1 + x_2))), u, first + n)
        v = _next(A * a * (p[n] / 1000.0 + 0.8 * C * top / (1.0 + math.exp(r * (v_0 - C * x_0)))), v, first + n)
        w = _next(B * b * 0.25 * C * top / (1.0 + math.exp(r * (v_0 - 0.25 * C * x_0))), w, first + n)
        if root > 0.0:
            x_4 += root * hash_normal(seed, stream, first + n)
        x_0, x_3 = _moved(x_0, x_3, u, fast)
        x_1, x_4 = _moved(x_1, x_4, v, fast)
        x_2, x_5 = _moved(x_2, x_5, w, slow)
    state[:] = x_1 - x_2, x_0, x_2, x_3, x_4, x_5
    past[0, :], past[1, :], past[2, :] = u, v, w


@register_jitable
def _ahead(u: Any) -> Any:
    return u[0], u[1], u[2], u[3]


@register_jitable
def _next(now: Any, u: Any, n: Any) -> Any:
    """Put the newest drive before the last three: before the first step it has been the same."""
    return (now, u[0], u[1], u[2]) if n > 0 else (now, now, now, now)


@register_jitable
def _moved(x: Any, v: Any, u: Any, weights: Any) -> Any:
    return (weights[0, 0] * x + weights[1, 0] * v + weights[2, 0] * u[0] + weights[3, 0] * u[1]
            + weights[4, 0] * u[2] + weights[5, 0] * u[3],
            weights[0, 1] * x + weights[1, 1] * v + weights[2, 1] * u[0] + weights[3, 1] * u[1]
            + weights[4, 1] * u[2] + weights[5, 1] * u[3])


def weights(rate: float, step: float) -> Array:
    """Return how x and x' (2,) after a step follow from x, x' and the last four drives u, newest first: (6, 2).

    x'' = u - 2 rate x' - rate^2 x, and u is the cubic through its last four values.
    """
    def response(t: Any) -> Any:
        return np.array([t, 1.0 - rate * t]) * np.exp(-rate * t)

    nodes, parts = np.polynomial.legendre.leggauss(8)
    s = 0.5 * (nodes + 1.0)
    cubic = [np.prod([(s + m) / (m - k) for m in range(4) if m != k], axis=0) for k in range(4)]
    driven = [(0.5 * step * parts * one * response(step * (1.0 - s))).sum(axis=1) for one in cubic]
    fade = np.exp(-rate * step)
    return np.array([[fade * (1.0 + rate * step), -fade * rate**2 * step], response(step), *driven])


def run_column(column: Column, p: Array, start: Array, step: float = 1.0, every: int = 1, seed: int = 1,
               stream: int = 0, check: Callable[[], None] = never) -> tuple[Array, Array]:
    """Return the potential y (m,), mV, every `every` steps of `step` ms under inputs p (n,), Hz, and the last state.

    `start` (6,) is the state at the beginning. Random numbers are functions of (seed, stream, step). Raises what
    `check` raises, which is called every few ms.
    """
    constants = (column.A, column.B, column.a, column.b, column.C, column.e_0, column.v_0, column.r, column.kick)
    slow, fast, past = weights(column.b, step), weights(column.a, step), np.zeros((3, 4))
    state, y = np.array(start, dtype=float), np.empty(-(-len(p) // every))
    p = np.ascontiguousarray(p, dtype=float)
    for first in range(0, len(p), CHUNK):
        check()
        column_steps(state, past, constants, slow, fast, p[first:first + CHUNK], step, every, seed, stream, first, y)
    return y, state
