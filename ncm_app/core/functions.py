"""Functions for right-hand sides that more than one model may need."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.settled import settled

NUDGE = 1e-12  # moves the argument off the removable singularity
STEEPEST = 300.0  # exponents beyond this would overflow


@register_jitable
def ratio(x: Any) -> Any:
    """x / (1 - exp(-x)), with its limit 1 at x = 0."""
    z = x + NUDGE * (np.abs(x) < NUDGE)
    return -z / np.expm1(-z)


@settled(9.0, before=0.0, after=0.0)
def bump(s: Any) -> Any:
    """Gaussian pulse of height 1, s standard deviations from its middle."""
    return np.exp(-(s**2) / 2.0)


@settled(9.0, before=0.0, after=1.0)
def rise(s: Any) -> Any:
    """Cumulative normal to 0.00015: a step that takes a few s to rise."""
    return 1.0 / (1.0 + np.exp(np.minimum(-1.5976 * s - 0.07056 * s**3, STEEPEST)))
