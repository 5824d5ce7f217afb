"""What theory expects of the counts and intervals of a Poisson process in a window (section 2.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtr

from ncm_app.numerics.results.base import Array

FEWEST, PER_TRIAL = 10.0, 2.0
"""Intervals in all, and in a trial, below which the spread of a CV is not known well."""
LENGTHS, REACH = 400, 25.0
"""Interval lengths over which moments are taken, up to REACH mean intervals."""


def count_chances(edges: Array, mean: float) -> Array:
    """Return the chance (m,) that a Poisson count of this mean lies between edges (m + 1,)."""
    return np.asarray(np.diff(pdtr(np.maximum(np.floor(edges), 0.0), mean) * (edges >= 0)))


def interval_density(lengths: Array, durations: Array, rate: Array, period: float) -> Array:
    """Return how many intervals of each length a trial is expected to hold, per ms: (lengths, durations).

    `rate` (m + 1,) in kHz are samples of a periodic rate at even steps over one `period` in ms, both
    ends included. Of a window of T ms: the integral over t from 0 to T - x of
    r(t) r(t + x) exp(-(L(t + x) - L(t))), L the integral of r. It is r^2 (T - x) exp(-r x)
    where the rate is constant: long intervals fit less often.
    """
    h, m = period / (len(rate) - 1), len(rate) - 1
    steps = h * (rate[1:] + rate[:-1]) / 2.0
    reached = np.concatenate(([0.0], np.cumsum(steps)))
    t = h * np.arange(m + 1)
    turns, within = np.divmod(t + lengths[:, None], period)
    gap = turns * reached[-1] + np.interp(within, t, reached) - reached
    pairs = rate * np.interp(within, t, rate) * np.exp(-gap)
    summed = np.concatenate([np.zeros((len(lengths), 1)), np.cumsum(h * (pairs[:, 1:] + pairs[:, :-1]) / 2.0, axis=1)],
                            axis=1)
    whole, rest = np.divmod(np.maximum(durations - lengths[:, None], 0.0), period)
    left = np.minimum((rest / h).astype(np.int64), m - 1)
    part = np.take_along_axis(summed, left, 1)
    part += (rest / h - left) * (np.take_along_axis(summed, left + 1, 1) - part)
    return np.asarray(whole * summed[:, -1:] + part)


def expected_variation(durations: Array, count: int, rate: Array, period: float) -> tuple[Array, Array]:
    """Return mean and SD of the CV of all intervals of `count` trials, one for each duration in ms.

    The CV of the density above, times what so many exponential intervals lose on average; the SD is
    that of as many independent intervals. NaN where there are too few intervals to rely on that.
    """
    mean_rate = float(np.mean(rate[1:] + rate[:-1])) / 2.0
    longest = REACH / mean_rate + period * (np.ptp(rate) > 0)
    x = np.linspace(0.0, min(longest, float(np.max(durations))), LENGTHS)
    density = interval_density(x, durations, rate, period)
    number = np.trapezoid(density, x, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        weights = density / number
        mean = np.trapezoid(weights * x[:, None], x, axis=0)
        second, third, fourth = (np.trapezoid(weights * (x[:, None] - mean) ** k, x, axis=0) for k in (2, 3, 4))
        square = second / mean**2
        wider = np.sqrt(square * ((fourth - second**2) / (4 * second**2) - third / (second * mean) + square))
    lost, spread = exponential_variation(np.asarray(count * number))
    known = (count * number >= FEWEST) & (number >= PER_TRIAL)
    return np.where(known, np.sqrt(square) * lost, np.nan), np.where(known, wider * spread, np.nan)


def exponential_variation(number: Array) -> tuple[Array, Array]:
    """Return mean and SD of the CV (divisor n) of n independent exponential intervals.

    Moments of CV^2 = n sum(x^2) / sum(x)^2 - 1 are exact, as x / sum(x) has a flat Dirichlet law;
    the square root is expanded to second order.
    """
    n = np.maximum(np.asarray(number, dtype=float), 1.0 + 1e-9)
    mean = (n - 1.0) / (n + 1.0)
    fourth = n**2 * (24.0 + 4.0 * (n - 1.0)) / ((n + 1.0) * (n + 2.0) * (n + 3.0))
    variance = fourth - (2.0 * n / (n + 1.0)) ** 2
    return np.sqrt(mean) - variance / (8.0 * mean**1.5), np.sqrt(variance / (4.0 * mean))


def expected_fano(count: NDArray[np.int64] | int, mean: float) -> tuple[Array, Array]:
    """Return mean and SD of the Fano factor (divisor n) of n trials of a Poisson process.

    `mean` is the expected count of a trial. n times the Fano factor is Pearson's statistic of equal
    counts, whose moments are exact for a given total.
    """
    n = np.asarray(count, dtype=float)
    total = np.maximum(n * mean, 1.0)
    return (n - 1.0) / n, np.sqrt(2.0 * (n - 1.0) * (1.0 - 1.0 / total)) / n
