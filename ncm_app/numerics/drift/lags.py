"""How far a parameter that drifts passes a bifurcation before the state follows, over the rate of the drift.

At a saddle-node x' = a p + b x^2 with p = rate t is solved by Airy's functions: the state leaves by 2.338 (rate^2 /
(a b))^(1/3) late. At a Hopf point the eigenvalue's real part grows as mu' rate t, in a time of 1 / sqrt(mu' rate): the
lag is about sqrt(rate / |mu'|). It is exactly that for an amplitude r' = -mu' rate t r - c r^3 that has come to where
r^2 = sqrt(mu' rate) / c e^-1 / (sqrt(pi) (1 + erf 1)): for this the equation has a closed solution, whatever the rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ncm_app.numerics.drift.ramp import Course, Drifting, Noisy, run_along
from ncm_app.numerics.drift.states import Levels, windows_of
from ncm_app.numerics.perturbation.hopf import Field, evaluate, jacobian
from ncm_app.numerics.results.base import Array, Result
from ncm_app.numerics.system import SILENT, Progress, SubProgress, System

AIRY = 2.338107410459767
"""The first zero of Airy's function Ai(-z)."""
RATES = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
SHARE = math.exp(-1.0) / (math.sqrt(math.pi) * (1.0 + math.erf(1.0)))
TURN = 0.1
"""Length of a window that holds a turn of the rhythm, s."""


@dataclass(frozen=True)
class Lags(Result):
    """Lags behind the saddle-node and behind the Hopf point (m,) at `rates` (m,), with what theory says (m,).

    `passage` is a b of the saddle-node, in 1/s^2 per unit of the parameter, `speed` |mu'| in 1/s per unit.
    """

    rates: Array
    node: Array
    hopf: Array
    passage: float
    speed: float

    @property
    def node_theory(self) -> Array:
        """Airy's lag behind the saddle-node."""
        return node_lag(self.rates, self.passage)

    @property
    def hopf_theory(self) -> Array:
        """The lag behind the Hopf point, up to a factor of about one."""
        return hopf_lag(self.rates, self.speed)


def node_lag(rate: Any, passage: float) -> Any:
    """Return by how much a saddle-node is passed at a rate."""
    return AIRY * (rate**2 / passage) ** (1.0 / 3.0)


def hopf_lag(rate: Any, speed: float) -> Any:
    """Return the lag behind a Hopf point at a rate."""
    return np.sqrt(rate / speed)


def passage_of(field: Field, p: float, x: Array) -> float:
    """Return a b of the normal form x' = a (p - p*) + b x^2 at a saddle-node: 1/ms^2 per unit of the parameter."""
    A = jacobian(field, x, p)[1]
    values, vectors = np.linalg.eig(A)
    v = np.real(vectors[:, np.argmin(np.abs(values))])
    lefts, left = np.linalg.eig(A.T)
    w = np.real(left[:, np.argmin(np.abs(lefts))])
    w = w / (w @ v)
    states = np.zeros((len(x), 3, 1))
    states[:, 0, 0], states[:, 1, 0] = x, v
    bend = evaluate(field, states, p)[:, 2, 0]
    still = np.zeros((len(x), 2, 1))
    still[:, 0, 0] = x
    push = evaluate(field, still, np.array([p, 1.0]))[:, 1, 0]
    return float((w @ push) * (w @ bend))


def node_exit(run: Drifting, level: float) -> float:
    """Return the parameter at which a run first rises through a level, NaN if it does not."""
    above = np.flatnonzero(run.x > level)
    if not len(above) or not above[0]:
        return np.nan
    k = above[0]
    share = (level - run.x[k - 1]) / (run.x[k] - run.x[k - 1])
    return float(run.parameter[k - 1] + share * (run.parameter[k] - run.parameter[k - 1]))


def rhythm_end(run: Drifting, swing: float) -> float:
    """Return the parameter where half the range of a turn falls below `swing` for good, NaN if it does not."""
    windows = windows_of(run.x, run.dt, Levels(swing=swing), TURN, 0.2 * TURN)
    there = np.flatnonzero(windows.swing > swing)
    if not len(there) or there[-1] == len(windows.t) - 1:
        return np.nan
    k = there[-1]
    share = (windows.swing[k] - swing) / (windows.swing[k] - windows.swing[k + 1])
    return float(np.interp(windows.t[k] + share * (windows.t[k + 1] - windows.t[k]), run.t, run.parameter))


@dataclass(frozen=True)
class Ends:
    """What is passed on the way up, and what is known there; both starts are states (n,) from which runs settle.

    The saddle-node is at `node`; from the start `low` state 0 has left it when it exceeds `left`; `passage` as in
    `Lags`. The rhythm that begins from `high` ends at the Hopf point `hopf`; `speed` as in `Lags`, and `cubic` is c
    of the amplitude of state 0, in 1/s per its unit squared.
    """

    node: float
    left: float
    low: tuple[float, ...]
    passage: float
    hopf: float
    high: tuple[float, ...]
    speed: float
    cubic: float


def small_amplitude(rate: Any, speed: float, cubic: float) -> Any:
    """Return the amplitude that a rhythm has sqrt(rate / |mu'|) behind its Hopf point."""
    return np.sqrt(SHARE * np.sqrt(speed * rate) / cubic)


def lags_of(system: System, p: Any, parameter: str, ends: Ends, noise: Noisy, dt: float, rates: Array = RATES,
            progress: Progress = SILENT) -> Lags:
    """Return the lags of state 0 at all rates; a cancel that `progress` raises passes through."""
    node, hopf, part = [], [], SubProgress(progress)
    for k, rate in enumerate(map(float, rates)):
        reach = node_lag(rate, ends.passage)
        course = Course(parameter, ends.node - 5.0 * reach - 2.0, ends.node + 3.0 * reach + 2.0, rate, returns=False)
        run = run_along(system, p, course, ends.low, noise, 0, dt, 1, part)
        node.append(node_exit(run, ends.left) - ends.node)
        reach = hopf_lag(rate, ends.speed)
        course = Course(parameter, ends.hopf - 2.0 * reach, ends.hopf + 3.0 * reach, rate, returns=False)
        run = run_along(system, p, course, ends.high, noise, 0, dt, 8, part)
        hopf.append(rhythm_end(run, small_amplitude(rate, ends.speed, ends.cubic)) - ends.hopf)
        part.finish((k + 1) / len(rates), None)
    return Lags(rates, np.array(node), np.array(hopf), ends.passage, ends.speed)
