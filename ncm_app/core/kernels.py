"""Kernels to convolve a signal with, their integrals and what they do to a sine (section A.4)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

SHAPES = ("Gaussian", "exponential", "box", "difference")
"""Kernels of standard deviation sigma; the difference is a Gaussian of sigma minus one of 2 sigma."""

GAUSSIAN, EXPONENTIAL, BOX, DIFFERENCE = range(4)

RADII = (5.0, 8.0, math.sqrt(3.0), 10.0)
"""Half the length of each kernel in units of sigma: beyond it nothing worth summing is left."""


def normal(s: Any, sigma: float) -> Any:
    """Return the Gaussian of standard deviation sigma and integral 1 at s."""
    return np.exp(-(s**2) / (2.0 * sigma**2)) / (sigma * math.sqrt(2.0 * math.pi))


def sampled_kernel(shape: int, sigma: float, dt: float) -> tuple[Any, Any]:
    """Return an even grid s (2 m + 1,) about 0 and a kernel on it whose Riemann sum is 1 (0: difference).

    A jump within the kernel counts half, as in the trapezoidal rule.
    """
    reach = math.ceil(RADII[shape] * sigma / dt)
    steps = np.arange(-reach, reach + 1)
    s = steps * dt
    if shape == EXPONENTIAL:
        k = np.exp(-np.maximum(s, 0.0) / sigma) * np.heaviside(steps, 0.5)
    elif shape == BOX:
        k = np.clip((math.sqrt(3.0) * sigma - np.abs(s)) / dt + 0.5, 0.0, 1.0)
    else:
        k = normal(s, sigma)
    k = k / (np.sum(k) * dt)
    if shape == DIFFERENCE:
        wide = normal(s, 2.0 * sigma)
        k = k - wide / (np.sum(wide) * dt)
    return s, k


def response(shape: int, sigma: float, w: Any) -> Any:
    """Return a kernel's Fourier transform at angular frequency w (1/ms): size and phase given to a sine."""
    if shape == EXPONENTIAL:
        return 1.0 / (1.0 + 1j * w * sigma)
    if shape == BOX:
        return np.sinc(w * math.sqrt(3.0) * sigma / np.pi) + 0j
    narrow = np.exp(-((w * sigma) ** 2) / 2.0) + 0j
    return narrow - narrow**4 if shape == DIFFERENCE else narrow


def climb(shape: int, sigma: float, s: Any) -> Any:
    """Return the integral of a kernel up to s (m,): the answer to a step of height 1."""
    if shape == EXPONENTIAL:
        return -np.expm1(-np.maximum(s, 0.0) / sigma)
    if shape == BOX:
        return np.clip(0.5 + s / (2.0 * math.sqrt(3.0) * sigma), 0.0, 1.0)
    below = np.vectorize(lambda z: 0.5 * math.erfc(-z / math.sqrt(2.0)), otypes=[float])
    narrow = below(s / sigma)
    return narrow - below(s / (2.0 * sigma)) if shape == DIFFERENCE else narrow


def convolved(x: Any, k: Any) -> Any:
    """Return x (n,) convolved with k (2 m + 1,), as long as x, with zeros beyond its edges.

    NumPy's "same" is as long as the longer of the two.
    """
    reach = (len(k) - 1) // 2
    return np.convolve(x, k)[reach : reach + len(x)]
