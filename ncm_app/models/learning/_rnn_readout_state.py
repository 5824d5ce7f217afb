"""What a recurrent network with a readout has learned: targets, states, answers, and the bound that LMS may cross."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.learning.chaos import stationary_variance
from ncm_app.numerics.learning.reservoir import (
    FAR,
    NEVER,
    Pace,
    Readout,
    Reservoir,
    Rule,
    advance_readout,
    begin_readout,
    draw_reservoir,
    eigenvalues,
    largest_exponent,
)
from ncm_app.numerics.results.base import Array, Result
from ncm_app.readers.curves import Curve

TARGETS = ["sine", "sum of sines", "square", "drawn"]
SINE, SUM, SQUARE, DRAWN = range(4)
FEEDBACKS = ["from t_on on", "always", "off"]
RULES = ["none", "LMS", "RLS"]
HARMONICS = np.array([1.0, 1.0 / 2.0, 1.0 / 6.0, 1.0 / 3.0]) / 1.5
"""Amplitudes of the sines of one, two, three and four times the frequency [Sussillo2009]."""
OVERSHOOT = 2.0
"""Share of the error beyond which a step leaves a larger one behind, of the other sign."""
LEAST = 0.05
"""Longest Euler step, in time constants, with which Lyapunov exponents are told: their error lies far above its own."""


@dataclass(frozen=True, eq=False)
class RNNState:
    """The readout and why it has stopped, "" if it goes on."""

    readout: Readout
    failed: str = ""

    @property
    def step(self) -> int:
        """How many steps were made."""
        return self.readout.step


@dataclass(frozen=True, eq=False)
class RNNAnswer(Result):
    """What plots read: times t (m,) ms with target y, readout z, |r|^2, |R| and the share of the error taken away.

    R and r (N,) are the present readout and rates, `samples` (k, m') those of some cells, once a ms.
    """

    step: int
    failed: str
    duration: float
    dt: float
    R: Array
    r: NDArray[np.floating]
    samples: NDArray[np.float32]
    t: Array
    y: Array
    z: Array
    size: Array
    norm: Array
    share: Array
    curve: Curve | None = None

    def rms(self, low: float, high: float) -> float:
        """Return the root mean square of z - y from one time (ms) to before another, NaN where there is none."""
        inside = (self.t >= low) & (self.t < high)
        return float(np.sqrt(np.mean((self.z[inside] - self.y[inside]) ** 2))) if np.any(inside) else float("nan")


def target(t: Any, p: Any, curve: Curve | None = None) -> Array:
    """Return the target at times t (ms): that of a file, repeated from its end on, or one of the model's own."""
    if curve is not None and curve.t is not None:
        whole = curve.t[-1] + float(np.median(np.diff(curve.t)))
        return np.asarray(np.interp(t % whole, curve.t, curve.y))
    phase = np.asarray(t) / p.period % 1.0
    if curve is not None or (p.target == DRAWN and len(p.drawn)):
        values = p.drawn if curve is None else curve.y
        return np.asarray(np.interp(phase, np.linspace(0.0, 1.0, len(values)), values))
    if p.target == SUM:
        waves = np.sin(2.0 * np.pi * np.multiply.outer(phase, np.arange(1, 5)))
        return np.asarray(p.amplitude * (waves @ HARMONICS))
    if p.target == SQUARE:
        return np.where(phase < 0.5, p.amplitude, -p.amplitude)
    return np.asarray(p.amplitude * np.sin(2.0 * np.pi * phase))


def network_of(p: Any) -> Reservoir:
    """Return the network that the controls describe."""
    return draw_reservoir(int(p.N), float(p.rho), int(p.seed))


def pace_of(p: Any) -> Pace:
    """Return how the network steps; rates are kept once a ms."""
    return Pace(p.dt / p.tau, p.gain, max(1, round(1.0 / p.dt)))


def rule_of(p: Any) -> Rule:
    """Return the rule that the controls describe, its times in steps."""
    def step(time: float) -> int:
        return round(time / p.dt)
    fed_back = (step(p.t_on), 0, NEVER)[p.feedback], NEVER
    eps = p.eps if RULES[p.learning] == "LMS" else p.eps_R
    return Rule(p.learning, eps, p.eps_P, p.each, (step(p.t_on), step(p.t_off)), fed_back, p.q)


def begin(p: Any) -> RNNState:
    """Return the state at step 0."""
    return RNNState(begin_readout(network_of(p), p.c))


def advance(state: RNNState, p: Any, curve: Curve | None, n: int) -> RNNState:
    """Return the state n steps later, or where the readout goes out of bounds."""
    y = target(p.dt * np.arange(state.step + 1, state.step + n + 1), p, curve)
    limit = FAR * largest_target(p, curve)
    readout = advance_readout(network_of(p), state.readout, y, rule_of(p), pace_of(p), limit)
    return RNNState(readout, why_it_failed(readout, p, limit) if readout.diverged else "")


def largest_target(p: Any, curve: Curve | None) -> float:
    """Return the largest target in size, at least 1."""
    own = np.abs(p.drawn).max() if p.target == DRAWN and len(p.drawn) else p.amplitude
    return max(1.0, float(own if curve is None else np.abs(curve.y).max()))


def why_it_failed(readout: Readout, p: Any, limit: float) -> str:
    """Return which bound was crossed before the readout went out of bounds, with both numbers and their times."""
    share = readout.history[3]
    high = np.flatnonzero(share > OVERSHOOT)
    end = f"the readout passed {limit:g} at {readout.step * p.dt:.0f} ms"
    if not len(high):
        return end
    return (f"each step overshoots by more than it mends: {share_name(p)} = {share[high[0]]:.4g} at "
            f"{high[0] * p.dt:.0f} ms, above {OVERSHOOT:g}; {end}")


def share_name(p: Any) -> str:
    """Return what the share of the error that a step takes away is called under the present rule."""
    return "eps |r|²" if RULES[p.learning] == "LMS" else "eps_R rᵀP r"


def look(state: RNNState, p: Any, curve: Curve | None) -> RNNAnswer:
    """Return what plots read."""
    now, t = state.readout, p.dt * np.arange(state.step + 1)
    z, size, norm, share = now.history.astype(float)
    return RNNAnswer(state.step, state.failed, float(p.t_end), p.dt, now.R, now.r, now.samples, t, target(t, p, curve),
                     z, size, norm, share, curve)


def expected_size(p: Any) -> float:
    """Return |r|^2 of the network alone by mean-field theory for very many cells."""
    g = p.gain * p.rho
    return float(p.N * stationary_variance(g) / g**2) if g else 0.0


def largest_rate(answer: RNNAnswer, p: Any) -> tuple[float, float]:
    """Return the learning rate of LMS beyond which it overshoots on average, 2 / |r|^2, and that |r|^2.

    |r|^2 is the mean over the last period, at first that of theory.
    """
    seen = answer.size[answer.t >= answer.t[-1] - p.period]
    size = float(seen.mean()) if answer.t[-1] > 5.0 * p.tau else expected_size(p)
    return OVERSHOOT / max(size, 1e-12), size


@functools.lru_cache(32)
def eigenvalues_alone(N: int, rho: float, seed: int, gain: float) -> Array:
    """Return the eigenvalues of the network about rest, without feedback."""
    return np.asarray(eigenvalues(draw_reservoir(N, rho, seed), gain))


@functools.lru_cache(128)
def exponent_alone(N: int, rho: float, seed: int, gain: float) -> tuple[float, float]:
    """Return the largest Lyapunov exponent without feedback and its error, in units of 1 / tau."""
    return largest_exponent(draw_reservoir(N, rho, seed), Pace(LEAST, gain))
