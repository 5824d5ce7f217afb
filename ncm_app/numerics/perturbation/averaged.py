"""The averaged amplitude and the second-order frequency of an oscillator, beside the oscillator itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from ncm_app.numerics.amplitude.feedback import Feedback, Sigmoid, second_order_frequency, slope
from ncm_app.numerics.amplitude.noisy import oscillator_steps
from ncm_app.numerics.perturbation.harmonic_balance import balance
from ncm_app.numerics.perturbation.hopf import Field
from ncm_app.numerics.results.base import Array, Result

TURN, ROWS = 256, 800
EPSILONS = np.geomspace(0.005, 0.2, 8)


@dataclass(frozen=True)
class Transient(Result):
    """Amplitude of the oscillator, `R` (m,), and of its average, `averaged` (m,), over `tau` (m,) = eps t."""

    tau: Array
    R: Array
    averaged: Array


def transient(feedback: Feedback, eps: float, start: float, duration: float) -> Transient:
    """Return both amplitudes from one start over a duration in eps t; without noise."""
    turns = max(1, math.ceil(duration / (2.0 * math.pi * eps)))
    state, (R, variance, X, Y) = np.array([0.0, start]), np.empty((4, turns * TURN))
    oscillator_steps(state, feedback.code, feedback.numbers, eps, 0.0, 2.0 * math.pi / TURN, 0, 0, R, variance, X, Y)
    every = max(1, len(R) // ROWS)
    tau = np.arange(0, len(R) + 1, every) * eps * 2.0 * math.pi / TURN
    grid = np.linspace(0.0, 1.1 * max(start, float(R.max())), 801)
    fall = -slope(feedback, grid)
    averaged = solve_ivp(lambda t, r: np.interp(r, grid, fall), (0.0, tau[-1]), [start], t_eval=tau, rtol=1e-8,
                         atol=1e-10).y[0]
    return Transient(tau, np.concatenate([[start], R])[::every], averaged)


def oscillator_field(th: float, rho: float, eps: float) -> Field:
    """Return x'' + x = eps (-2 x' + G (S(x' - th) - S(-th))) as a field of (x, x') and G."""
    rest = Sigmoid(1.0, th, rho).numbers[3]

    def field(y: tuple[Any, ...], G: Any) -> tuple[Any, ...]:
        x, v = y
        return v, -x + eps * (-2.0 * v + G * (1.0 / (1.0 + np.exp(-rho * (v - th))) - rest))
    return field


def frequencies(feedback: Sigmoid, R: float) -> tuple[Array, Array]:
    """Return what order 2 and harmonic balance say of omega - 1 over EPSILONS, (n,) each, on the cycle near R.

    NaN where balance finds no cycle.
    """
    theta = 2.0 * np.pi * np.arange(64) / 64
    guess, found = R * np.array([np.sin(theta), np.cos(theta)]), list[float]()
    for eps in EPSILONS:
        try:
            cycle = balance(oscillator_field(feedback.th, feedback.rho, float(eps)), feedback.G, guess, 1.0, 24)
        except (ArithmeticError, np.linalg.LinAlgError):
            found += [math.nan] * (len(EPSILONS) - len(found))
            break
        guess = cycle.x
        found.append(cycle.omega - 1.0)
    return second_order_frequency(feedback, R) * EPSILONS**2, np.array(found)
