"""How far an expansion about a Hopf point holds: its predictions beside the true cycles, over the distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ncm_app.numerics.perturbation.harmonic_balance import BalancedCycle, balance, resampled
from ncm_app.numerics.perturbation.lindstedt import Expansion
from ncm_app.numerics.results.base import Array, Result

ORDERS = (2, 4, 6)
KINDS = ("frequency", "amplitude", "waveform")
SLOPES = {"frequency": (2.0, 3.0, 4.0), "amplitude": (1.0, 2.0, 3.0), "waveform": (1.5, 2.5, 3.5)}
"""Powers of the distance with which errors grow, of each order: eps is the root of the distance."""
PHASES, HARMONICS, RESOLVED, FIT = 128, (7, 13, 24), 1e-11, 4
NOISE = {"frequency": 1e-10, "amplitude": 3e-9, "waveform": 3e-9}
"""Errors below this are rounding: near a Hopf point the size of the cycle is known less well than its frequency."""


@dataclass(frozen=True)
class Comparison(Result):
    """At parameters `p` (k,): frequency `omega` (1 + 3, k) and first harmonic `a` (1 + 3, k) of the true cycle and of
    orders 2, 4, 6; `errors` (3, 3, k), relative of frequency and of first harmonic, absolute of the waveform.

    `waves` (1 + 3, k, PHASES) is what is observed over a turn, from its highest first harmonic on.
    """

    p: Array
    omega: Array
    a: Array
    waves: Array
    errors: Array


def observed_wave(x: Array, observed: Array) -> tuple[float, Array]:
    """Return the first harmonic of a cycle (n, m) as it is observed, and the wave (PHASES,) from its phase on."""
    spectrum = np.fft.rfft(resampled((observed @ x)[None], PHASES)[0]) / PHASES
    phase = np.angle(spectrum[1])
    turned = spectrum * np.exp(-1j * phase * np.arange(len(spectrum)))
    return float(2.0 * abs(spectrum[1])), np.fft.irfft(turned * PHASES, PHASES)


def true_cycle(expansion: Expansion, p: float, guess: Array, omega: float) -> BalancedCycle:
    """Return the cycle at a parameter with as many harmonics as it needs; ArithmeticError where there is none."""
    found = balance(expansion.point.field, p, guess, omega, HARMONICS[0])
    for count in HARMONICS[1:]:
        if found.left < RESOLVED:
            break
        found = balance(expansion.point.field, p, found.x, found.omega, count)
    return found


def follow(expansion: Expansion, distances: Array) -> list[BalancedCycle]:
    """Return the true cycles at rising distances from the Hopf point, as far as they are found.

    The first is guessed by the expansion, each next one by the one before and how the expansion changes.
    """
    found: list[BalancedCycle] = []
    for distance in distances:
        p = expansion.p[0] + float(distance)
        eps = expansion.size(6, p)
        if not np.isfinite(eps):
            eps = expansion.size(2, p)
        if found:
            grown = np.sqrt((p - expansion.p[0]) / (found[-1].p - expansion.p[0]))
            middle = found[-1].x.mean(axis=1, keepdims=True)
            guess, omega = middle + grown * (found[-1].x - middle), found[-1].omega
        else:
            guess, omega = expansion.states(6, eps), expansion.frequency(6, eps)
        try:
            found.append(true_cycle(expansion, p, guess, omega))
        except (ArithmeticError, np.linalg.LinAlgError):
            break
    return found


def compare(expansion: Expansion, observed: Array, distances: Array) -> Comparison:
    """Return predictions of orders 2, 4 and 6 beside the true cycles at distances of one sign, as far as found."""
    cycles = follow(expansion, distances)
    k = len(cycles)
    p, omega, a = np.array([c.p for c in cycles]), np.full((4, k), np.nan), np.full((4, k), np.nan)
    waves = np.full((4, k, PHASES), np.nan)
    for i, cycle in enumerate(cycles):
        omega[0, i] = cycle.omega
        a[0, i], waves[0, i] = observed_wave(cycle.x, observed)
        for row, order in enumerate(ORDERS, 1):
            eps = expansion.size(order, cycle.p)
            if np.isfinite(eps):
                omega[row, i] = expansion.frequency(order, eps)
                a[row, i], waves[row, i] = observed_wave(expansion.states(order, eps), observed)
    errors = np.array([np.abs(omega[1:] / omega[0] - 1.0), np.abs(a[1:] / a[0] - 1.0),
                       np.abs(waves[1:] - waves[0]).max(axis=2)])
    return Comparison(p, omega, a, waves, errors)


def slope_of(distances: Array, errors: Array, kind: str) -> float:
    """Return the power with which an error grows, from the FIT nearest distances at which it is above rounding."""
    inside = np.flatnonzero(errors > NOISE[kind])[:FIT]
    if len(inside) < FIT:
        return float("nan")
    return float(np.polyfit(np.log(np.abs(distances[inside])), np.log(errors[inside]), 1)[0])


def range_of(distances: Array, errors: Array, most: float) -> float:
    """Return the distance up to which an error stays below a bound, on a line in logarithms; inf if it always does."""
    beyond = np.flatnonzero(~(errors <= most))
    if not len(beyond):
        return float("inf")
    k = int(beyond[0])
    if k == 0 or not np.isfinite(errors[k]):
        return float(abs(distances[max(k - 1, 0)]))
    share = np.log(most / errors[k - 1]) / np.log(errors[k] / errors[k - 1])
    return float(np.exp(np.interp(share, (0.0, 1.0), np.log(np.abs(distances[k - 1:k + 1])))))
