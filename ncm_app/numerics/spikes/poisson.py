"""Poisson processes, drawn so that a slider moves the rate and not the noise (section 2.2)."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.noise import hash_uniform
from ncm_app.numerics.result import Array
from ncm_app.numerics.spikes.trains import Trains, sorted_trains


def poisson_trains(rate: Array, dt: float, count: int, seed: int, stream: int = 0) -> Trains:
    """Draw trials of a Poisson process bin by bin (algorithm 2): a spike where a uniform number is below r dt.

    `rate` (m,) in kHz over bins of `dt` ms, with r dt well below 1. A spike stands at the start of its bin.
    """
    size = len(rate)
    u = hash_uniform(seed, stream, np.arange(count * size)).reshape(count, size)
    trials, bins = np.nonzero(u < rate * dt)
    return sorted_trains(np.asarray(bins * dt), trials, count, size * dt)
