"""Functions for right-hand sides and solutions that more than one model may need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.saturating import constant_outside

NUDGE = 1e-12  # moves the argument off the removable singularity
STEEPEST = 300.0  # exponents beyond this would overflow


@register_jitable
def ratio(x: Any) -> Any:
    """x / (1 - exp(-x)), with its limit 1 at x = 0."""
    z = x + NUDGE * (np.abs(x) < NUDGE)
    return -z / np.expm1(-z)


@constant_outside(9.0, before=0.0, after=0.0)
def bump(s: Any) -> Any:
    """Gaussian pulse of height 1, s standard deviations from its middle."""
    return np.exp(-(s**2) / 2.0)


@constant_outside(9.0, before=0.0, after=1.0)
def rise(s: Any) -> Any:
    """Cumulative normal to 0.00015: a step that takes a few s to rise."""
    return 1.0 / (1.0 + np.exp(np.minimum(-1.5976 * s - 0.07056 * s**3, STEEPEST)))


def smoothed(t: Any, forcing: Callable[[Any], Any], tau: float) -> Any:
    """Return the kernel exp(-s / tau) / tau convolved with a forcing from t = 0 on (Eq. A.18), at times t.

    `t` (m,) is an even grid of ms; `forcing(t)` broadcasts. It is `np.convolve(kernel, forcing)`
    by Fourier transform, sampled in mid-step: the kernel jumps at s = 0, between two samples.
    """
    dt, size = t[-1] / max(len(t) - 1, 1), 2 * len(t)
    middle = t[:-1] + dt / 2.0
    kernel, driven = np.exp(-middle / tau) / tau, forcing(middle) + 0.0 * middle
    filtered = dt * np.fft.irfft(np.fft.rfft(kernel, size) * np.fft.rfft(driven, size), size)[: len(middle)]
    return np.concatenate(([0.0], filtered))
