"""Weak feedback eps f of an oscillator x'' + x = eps f, and what is left of it on average over a turn.

With x = R sin(psi), x' = R cos(psi) and f of the current x', the amplitude follows R' = eps <cos(psi) f(R cos(psi))>
= -eps dU/dR [Sanders2007, 2.8]. After Cooray, Rosch and Friston (2023), re-derived.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ncm_app.numerics.results.base import Array

PHASES = 256
"""Points on the circle: more than any harmonic that counts of a feedback that can be drawn. Half of them tell all."""

HARMONICS = 61

_COS = np.cos(2.0 * np.pi * (np.arange(PHASES // 2) + 0.5) / PHASES)


def logistic(u: Array) -> Array:
    """Return 1 / (1 + exp(-u)) without overflow."""
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * np.asarray(u)))


def softplus(u: Array) -> Array:
    """Return log(1 + exp(u)) without overflow."""
    return np.asarray(np.logaddexp(0.0, u))


@dataclass(frozen=True)
class Sigmoid:
    """Damping and a sigmoid: f(y) = -2 y + G (S(y - th) - S(-th)), S logistic with slope rho."""

    G: float
    th: float
    rho: float = 2.0
    code: ClassVar[int] = 0
    conserves: ClassVar[bool] = False

    @property
    def numbers(self) -> tuple[float, float, float, float]:
        """G, th, rho and S(-th)."""
        return self.G, self.th, self.rho, float(logistic(np.asarray(-self.rho * self.th)))

    def value(self, y: Array) -> Array:
        """Return f(y)."""
        return np.asarray(-2.0 * y + self.G * (logistic(self.rho * (y - self.th)) - self.numbers[3]))

    def slope(self, y: Array) -> Array:
        """Return f'(y)."""
        s = logistic(self.rho * (y - self.th))
        return np.asarray(-2.0 + self.G * self.rho * s * (1.0 - s))

    def work(self, y: Array) -> Array:
        """Return the integral of f from 0 to y."""
        rise = softplus(self.rho * (y - self.th)) - softplus(np.asarray(-self.rho * self.th))
        return np.asarray(-y * y + self.G * (rise / self.rho - self.numbers[3] * y))

    @property
    def hopf(self) -> float:
        """Gain at which rest loses its stability, 2 / S'(-th)."""
        s = self.numbers[3]
        return 2.0 / (self.rho * s * (1.0 - s))

    @property
    def subcritical(self) -> bool:
        """Whether the rhythm is already there below that gain: S''' > 0 at -th."""
        return self.rho * self.th > math.log(2.0 + math.sqrt(3.0))


@dataclass(frozen=True)
class Polynomial:
    """Five powers of the current, so that U' = K R (R^2 - a_1^2) (R^2 - a_2^2): rest, a_1 and a_2 are stationary."""

    K: float
    a_1: float
    a_2: float
    code: ClassVar[int] = 1
    conserves: ClassVar[bool] = False

    @property
    def numbers(self) -> tuple[float, float, float, float]:
        """Coefficients of y, y^3, y^5: those of U' over the means of cos^2, cos^4, cos^6."""
        first, second = self.a_1**2, self.a_2**2
        return -2.0 * self.K * first * second, 8.0 / 3.0 * self.K * (first + second), -3.2 * self.K, 0.0

    def value(self, y: Array) -> Array:
        """Return f(y)."""
        b, c, d, _ = self.numbers
        return np.asarray(y * (b + y * y * (c + y * y * d)))

    def slope(self, y: Array) -> Array:
        """Return f'(y)."""
        b, c, d, _ = self.numbers
        return np.asarray(b + y * y * (3.0 * c + 5.0 * y * y * d))

    def work(self, y: Array) -> Array:
        """Return the integral of f from 0 to y."""
        b, c, d, _ = self.numbers
        return np.asarray(y * y * (b / 2.0 + y * y * (c / 4.0 + y * y * d / 6.0)))


@dataclass(frozen=True)
class SigmoidOfPotential(Sigmoid):
    """Damping of the current, but a sigmoid of the potential x: it conserves energy, and no gain makes a rhythm."""

    code: ClassVar[int] = 2
    conserves: ClassVar[bool] = True


Feedback = Sigmoid | Polynomial
"""A feedback f of the current y = x', arrays of any shape: `value`, `slope` and `work`, the integral of f from 0 to y.

Kernels know it by `code` and `numbers`; one that `conserves` acts on the potential x instead.
"""


def _mean(function: Callable[[Array], Array], R: Array, weight: Array | float = 1.0) -> Array:
    y = np.multiply.outer(np.asarray(R, dtype=float), _COS)
    return np.asarray(np.mean(weight * function(y), axis=-1))


def potential(feedback: Feedback, R: Array) -> Array:
    """Return U at amplitudes R (any shape), per eps and 0 at rest: minus the mean work of f."""
    return 0.5 * np.asarray(R) ** 2 if feedback.conserves else -_mean(feedback.work, R)


def slope(feedback: Feedback, R: Array) -> Array:
    """Return dU/dR; the mean of x' f(x) over a turn is 0, so that of a conserving feedback damping alone is left."""
    return 1.0 * np.asarray(R) if feedback.conserves else -_mean(feedback.value, R, _COS)


def curvature(feedback: Feedback, R: Array) -> Array:
    """Return d^2U/dR^2."""
    return np.ones(np.shape(R)) if feedback.conserves else -_mean(feedback.slope, R, _COS**2)


def force(feedback: Feedback, x: Array, y: Array) -> Array:
    """Return f at potential x and current y."""
    if not feedback.conserves:
        return feedback.value(y)
    return np.asarray(feedback.value(x) + 2.0 * x - 2.0 * y)


def drive(th: float, rho: float, R: Array) -> Array:
    """Return Phi(R) = <cos(psi) S(R cos(psi) - th)>: R' = eps (-R + G Phi(R))."""
    return _mean(lambda y: logistic(rho * (y - th)), R, _COS)


def harmonics(feedback: Feedback, R: float) -> Array:
    """Return F_n of f(R cos(t)) = sum of F_n cos(n t), n below HARMONICS."""
    spectrum = np.fft.rfft(feedback.value(R * np.cos(2.0 * np.pi * np.arange(PHASES) / PHASES))).real / PHASES
    return np.asarray(np.concatenate([spectrum[:1], 2.0 * spectrum[1:HARMONICS]]))


def second_order_frequency(feedback: Feedback, R: float) -> float:
    """Return om2 of the frequency 1 + om2 eps^2 of the cycle of amplitude R, at which F_1 = 0 (Lindstedt)."""
    F, n = harmonics(feedback, R), np.arange(HARMONICS)
    return float(-np.sum(n[2:] ** 2 * F[2:] ** 2 / (n[2:] ** 2 - 1.0)) / (2.0 * R * R))
