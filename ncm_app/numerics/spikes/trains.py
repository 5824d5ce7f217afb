"""Spike trains over trials, and the statistics that the book measures of them (section 2.1)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.results.base import Array, Result, Status

PER_SECOND = 1000.0
"""Spikes per second of one spike per ms."""


@dataclass(frozen=True)
class Trains(Result):
    """Spikes of one cell in several trials: `times` (k,) in ms and `trials` (k,) from 0, sorted by trial, then time.

    `count` is the number of trials, silent ones included; each lasts `duration` ms.
    """

    times: Array
    trials: NDArray[np.int64]
    count: int
    duration: float
    status: Status = Status.OK
    message: str = ""


def sorted_trains(times: Array, trials: NDArray[np.int64], count: int, duration: float) -> Trains:
    """Return trains with the spikes in order."""
    order = np.lexsort((times, trials))
    return Trains(np.asarray(times, dtype=float)[order], np.asarray(trials, dtype=np.int64)[order], count, duration)


def spike_counts(trains: Trains) -> NDArray[np.int64]:
    """Return the number of spikes of each trial, (count,)."""
    return np.bincount(trains.trials, minlength=trains.count)


def firing_rate(trains: Trains) -> float:
    """Return the rate averaged over time and trials, Hz."""
    return PER_SECOND * len(trains.times) / (trains.count * trains.duration)


def intervals(trains: Trains) -> Array:
    """Return the intervals (m,) between spikes of one trial, all trials pooled, ms."""
    gaps, same = np.diff(trains.times), np.diff(trains.trials) == 0
    return np.asarray(gaps[same])


def successive_intervals(trains: Trains) -> tuple[Array, Array]:
    """Return each interval and the one after it, (k,) and (k,) ms; pairs do not reach from one trial into the next."""
    gaps, same = np.diff(trains.times), np.diff(trains.trials) == 0
    both = same[:-1] & same[1:]
    return np.asarray(gaps[:-1][both]), np.asarray(gaps[1:][both])


def return_map(trains: Trains, edges: Array) -> Array:
    """Return the share of all pairs of successive intervals in each cell, (m, m), in percent.

    Intervals stand along the second axis, those that follow along the first; `edges` (m + 1,) are in ms, and
    pairs beyond them count in the whole. Of a Poisson process of rate r a share is the product
    of exp(-r a) - exp(-r b) over both intervals. NaN without a pair.
    """
    first, second = successive_intervals(trains)
    counted = np.histogram2d(second, first, (edges, edges))[0]
    return np.asarray(100.0 * counted / len(first)) if len(first) else np.full(counted.shape, np.nan)


def variation(gaps: Array) -> float:
    """Return the coefficient of variation of intervals (m,), divisor m; NaN for fewer than two or if all are 0."""
    return float(np.std(gaps) / np.mean(gaps)) if len(gaps) > 1 and np.any(gaps) else float("nan")


def fano_factor(counts: NDArray[np.int64]) -> float:
    """Return variance (divisor n) over mean of spike counts (n,), NaN for one trial or no spike."""
    return float(np.var(counts) / np.mean(counts)) if len(counts) > 1 and np.any(counts) else float("nan")


SLIVER = 0.1
"""A rest of this share of a window, or less, is no window of its own: one spike in it would be a giant rate."""


def rate_over_time(trains: Trains, width: float) -> tuple[Array, Array]:
    """Return the edges (m + 1,) of windows of `width` ms and the trial-averaged rate in them (m,), Hz.

    The last window ends with the recording: it is shorter, or by a `SLIVER` longer, and a spike at the
    very end belongs to it.
    """
    whole = max(1, math.ceil(trains.duration / width - SLIVER))
    edges = np.append(width * np.arange(whole), trains.duration)
    # A spike at the start of its bin is often a rounding error short of the edge on which it lies.
    places = np.minimum((trains.times / width + 1e-9).astype(np.int64), whole - 1)
    counted = np.bincount(places, minlength=whole)
    return edges, np.asarray(PER_SECOND * counted / (trains.count * np.diff(edges)))


def gaussian_kernel(sigma: float, dt: float, most: int | None = None) -> Array:
    """Return a Gaussian of SD `sigma` ms on steps of `dt` ms within three SD, of integral one (1/ms).

    It reaches `most` steps to each side at most.
    """
    reach = max(1, round(3.0 * sigma / dt))
    reach = reach if most is None else min(reach, most)
    s = dt * np.arange(-reach, reach + 1)
    kernel = np.exp(-(s**2) / (2.0 * sigma**2))
    return np.asarray(kernel / (kernel.sum() * dt))


def smoothed_rate(trains: Trains, sigma: float, dt: float) -> tuple[Array, Array]:
    """Return times (m,) ms and the trial-averaged rate smoothed by a Gaussian (m,), Hz.

    Spikes are counted in bins of `dt`. Near both ends the sum is divided by the part of the kernel that
    lies within the recording: nothing is known of what lies beyond.
    """
    size = max(1, round(trains.duration / dt))
    bins = np.minimum(np.floor(trains.times / dt + 1e-9).astype(np.int64), size - 1)
    density = np.bincount(bins, minlength=size) / (dt * trains.count)
    kernel = gaussian_kernel(sigma, dt, size)  # what is farther away than the recording is long counts nothing
    reach, length = len(kernel) // 2, size + len(kernel) - 1
    whole = np.fft.irfft(np.fft.rfft(density, length) * np.fft.rfft(kernel, length), length)
    t, below = np.arange(size), np.append(0.0, np.cumsum(kernel)) * dt
    within = below[reach + 1 + np.minimum(t, reach)] - below[reach - np.minimum(size - 1 - t, reach)]
    return np.asarray(t * dt, dtype=float), np.asarray(PER_SECOND * dt * whole[reach : reach + size] / within)
