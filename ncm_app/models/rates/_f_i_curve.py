"""The f-I curve of rate models and of mean-field theory: a population's rate at its mean input (section 2.3)."""

import numpy as np
from numba.extending import register_jitable

THRESHOLD_LINEAR, SIGMOID, RECTIFIED_POWER = range(3)

THETA, GAIN = 9.639161, 0.003575
"""Threshold (mV) and gain (kHz/mV) of the threshold-linear curve that fits Fig 2.6 C."""


@register_jitable
def f(current, p):
    """Firing rate (kHz) of a population at a mean input current (mV)."""
    if p.curve == THRESHOLD_LINEAR:
        return p.g * np.maximum(current - p.theta, 0.0)
    if p.curve == SIGMOID:
        return p.r_max / (1.0 + np.exp(-(current - p.theta) / p.s))
    return p.k * np.maximum(current - p.theta, 0.0) ** p.n
