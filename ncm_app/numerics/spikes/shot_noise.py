"""A synaptic current as shot noise: its spread, and estimates of its mean (section 2.3, Ex 2.3.1)."""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from ncm_app.numerics.results.base import Array
from ncm_app.numerics.spikes.arrivals import arrivals


def deviation(weight: float, rate: float, tau: float) -> float:
    """Return the SD (mV) of a stationary current: spikes at `rate` kHz, each weight / tau e^(-t / tau)."""
    return abs(weight) * float(np.sqrt(rate / (2.0 * tau)))


def deviation_of_mean(weight: float, rate: float, tau: float, duration: Array | float) -> Array:
    """Return the SD of the time average of a stationary current over a duration in ms."""
    part = tau / np.asarray(duration)
    return np.asarray(abs(weight) * np.sqrt(rate / duration * (1.0 - part * (1.0 - np.exp(-1.0 / part)))))


def running_means(weight: float, rate: float, tau: float, *, length: float, trials: int, burn_in: float, seed: int,
                  stream: int) -> tuple[Array, Array]:
    """Estimate the mean of a current from 1, 2, ... trials of `length` ms, and from one run as long as these.

    Returns for each number of trials (trials,) the average over them of the current at their end,
    from nothing at their start, and its average over time if nothing starts it anew, without the
    `burn_in` (ms, less than a trial). Both take the same spikes; nothing is stepped.
    """
    times = arrivals(rate, length * trials, seed, stream)[0]
    which = (times / length).astype(np.int64)
    left = np.exp(-((which + 1) * length - times) / tau) * (weight / tau)
    ends = np.bincount(which, left, trials)
    kept = float(np.exp(-length / tau))
    unbroken = np.array([*accumulate(ends, lambda before, new: kept * before + new)])
    # Of what a spike gives, its weight, the current's value times tau is still to come.
    given = weight * np.cumsum(np.bincount(which, minlength=trials)) - tau * unbroken
    early = times[times < burn_in]
    given = given - np.sum(weight * (1.0 - np.exp(-(burn_in - early) / tau)))
    number = np.arange(1, trials + 1)
    return np.cumsum(ends) / number, given / (length * number - burn_in)
