"""Rates from which spikes are drawn in several tests, and what a mean over seeds may differ by."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.spikes.poisson import Rate


def steady(rate, duration):
    """Return a constant rate in Hz over a duration in ms."""
    return Rate(np.array([0.0, duration]), np.array([rate / 1000]))


def sine(t):
    return np.maximum(20 + 30 * np.sin(2 * np.pi * t / 200), 0) / 1000


def swinging(duration=1000.0, dt=0.1):
    edges = np.arange(round(duration / dt) + 1) * dt
    return Rate(edges, sine(edges[:-1] + dt / 2))


def near(values, expected, spread=None):
    """Tell whether the mean over seeds, and the spread, are those expected, within four standard errors."""
    values = np.asarray(values)
    assert abs(values.mean() - expected) < 4 * values.std() / np.sqrt(len(values))
    if spread is not None:
        assert values.std() == pytest.approx(spread, rel=0.2)
