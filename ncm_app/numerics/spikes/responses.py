"""What spikes leave behind: post-synaptic currents and potentials (section 1.3).

A pulse that passes through leaky filters in series comes out as their cascade: a current with one
time constant, a potential with two (synapse, membrane), and with one more where the current rises.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ncm_app.numerics.results.base import Array

GUARD = 1e-6
"""Part of a step that a spike may lack: 0.3 / 0.1 is less than 3."""
CLOSE, TERMS = 0.7, 18
"""Exponents closer than this are told apart by a series of so many terms, exact to rounding."""


def _ratio(x: Array) -> Array:
    """Return (1 - exp(-x)) / x for x >= 0, which is 1 at 0."""
    safe = np.where(x == 0.0, 1.0, x)
    return np.asarray(np.where(x == 0.0, 1.0, -np.expm1(-safe) / safe))


def _second(a: Array, b: Array) -> Array:
    """Return the second divided difference of exp at 0, -a and -b, for 0 <= a <= b."""
    x, y = np.minimum(a, CLOSE), np.minimum(b, CLOSE)
    series, h, power, factor = np.zeros_like(a), np.ones_like(a), np.ones_like(a), 2.0
    for n in range(TERMS):  # complete symmetric polynomials of -a and -b, over (n + 2)!
        series, power = series + h / factor, -y * power
        h, factor = power - x * h, factor * (n + 3)
    apart = np.maximum(b, CLOSE)
    return np.where(b < CLOSE, series, (_ratio(a) - np.exp(-a) * _ratio(np.maximum(b - a, 0.0))) / apart)


def cascade(t: Any, *taus: float) -> Array:
    """Return what one to three leaky filters in series make of a unit pulse at 0, 1/ms.

    `t` (m,) and the time constants in ms. Its integral is one. It is a divided difference of
    exponentials, computed so that equal time constants (0/0 in the usual formula) are no exception.
    """
    t = np.asarray(t, dtype=float)
    first, *others = sorted(taus, reverse=True)
    s = np.maximum(t, 0.0)
    gaps = [s * (1.0 / tau - 1.0 / first) for tau in others]
    shape: Array = np.ones_like(s)
    if len(gaps) == 1:
        shape = s * _ratio(gaps[0])
    if len(gaps) == 2:
        shape = s**2 * _second(gaps[0], gaps[1])
    return np.asarray(np.where(t < 0.0, 0.0, np.exp(-s / first) * shape / np.prod(taus)))


def response(t: Array, times: Array, *taus: float) -> Array:
    """Return the sum of the cascades that begin at each of the times, (m,), 1/ms."""
    total = np.zeros_like(t)
    for time in times:
        start = int(np.searchsorted(t, time))
        total[start:] += cascade(t[start:] - time, *taus)
    return total


def counted(t: Array, times: Array) -> Array:
    """Return the number of spikes (m,) in each step that begins at t (m,); those after the last one are left out."""
    if len(t) < 2:
        return np.zeros_like(t)
    bins = np.floor(times / (t[1] - t[0]) + GUARD).astype(np.int64)
    return np.bincount(bins[bins < len(t)], minlength=len(t)).astype(float)


def released(t: Array, times: Array, tau: float) -> Array:
    """Return how many spikes' worth (m,) comes in each step that begins at t, if each comes at exp(-s / tau) / tau."""
    edges, total = np.append(t, 2.0 * t[-1] - t[-2]), np.zeros(len(t))
    for time in times:
        total += np.diff(-np.expm1(-np.maximum(edges - time, 0.0) / tau))
    return total


def convolved(signal: Array, kernel: Array) -> Array:
    """Return `np.convolve(signal, kernel)` (m,) up to the length of the signal (m,), by Fourier transform."""
    size = 2 * len(signal)
    return np.asarray(np.fft.irfft(np.fft.rfft(signal, size) * np.fft.rfft(kernel, size), size)[: len(signal)])


def highest(curve: Callable[[Array], Array], end: float) -> tuple[float, float]:
    """Return where and how high a curve is highest between 0 and `end`, by looking ever closer."""
    low, high = 0.0, end
    for _ in range(6):
        t = np.linspace(low, high, 401)
        k = int(np.argmax(curve(t)))
        low, high = t[max(k - 1, 0)], t[min(k + 1, 400)]
    return float(t[k]), float(curve(t)[k])
