"""Poisson processes, drawn so that a slider moves the rate and not the noise (section 2.2).

One construction serves all algorithms. Let L(t) be the integral of an intensity over
[0, t]. A trial has as many points as the Poisson law of mean L(T) gives for its uniform
number (the quantile), and point k stands where L reaches u_k L(T), u_k uniform: the count,
then independent times of density r(t) / L(T), by time rescaling [Brown2001]. Each u is a function of
(seed, stream, trial, k), so a higher rate adds spikes one by one.
  * Times: the intensity is r(t), and these are the spikes (algorithm 1).
  * Bins: the intensity is -log(1 - r dt) / dt, and a bin with points holds one spike. It does
    so with probability r dt, independently of all others: the law of algorithm 2, at a cost
    that grows with the spikes and not with the bins.
  * Counts: the intensity is r(t), and bins keep all their points: Poisson counts per bin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from ncm_app.numerics.noise import hash_uniform
from ncm_app.numerics.results.base import Array, Result, Status
from ncm_app.numerics.spikes.trains import Trains, fano_factor
from ncm_app.numerics.system import SILENT, Partial, PartProgress, Progress

TIMES, BINS, COUNTS = range(3)
"""The algorithms: a count and times; at most one spike per bin; Poisson counts per bin."""

MOST_SPIKES = 1_000_000
"""Spikes expected of a whole run at most: 16 MB."""
FIRST_BLOCK, BLOCK = 10_000, 50_000
"""Spikes until the first look at the progress, and between two."""
MOST_REPEATS, ENOUGH_REPEATS, MOST_REPEATED = 24, 8, 170_000
"""Repeats of an experiment at most, how many are enough to say nothing, and the spikes expected of all together."""
ROOM = 2**32
"""Counters that a trial has to itself."""
APART = 2**16
"""Trials that a repeat has to itself."""


@dataclass(frozen=True)
class Rate(Result):
    """A rate `values` (m,) in kHz, constant between `edges` (m + 1,) in ms; the first edge is 0."""

    edges: Array
    values: Array

    @property
    def duration(self) -> float:
        """Length of a trial, ms."""
        return float(self.edges[-1])

    @property
    def expected(self) -> float:
        """Expected number of spikes in a trial."""
        return float(np.sum(self.values * np.diff(self.edges)))


@dataclass(frozen=True)
class Repeats(Result):
    """Trials of a Poisson process, and what the same experiment gave with other random numbers.

    `expected` is the mean count of a trial; `variations` (k,) and `fanos` (k,) are CV and Fano
    factor of k repeats.
    """

    trains: Trains
    expected: float
    variations: Array
    fanos: Array
    status: Status = Status.OK
    message: str = ""


def poisson_quantiles(mean: float, u: Array) -> NDArray[np.int64]:
    """Return the smallest n with Pr(N <= n) >= u (m,) for a Poisson law of a mean count, one for each u."""
    n = np.arange(int(mean + 12.0 * np.sqrt(mean) + 40.0))
    log_mean = np.log(mean) if mean > 0 else -np.inf
    with np.errstate(invalid="ignore"):
        cumulated = np.cumsum(np.exp(np.where(n > 0, n * log_mean, 0.0) - mean - gammaln(n + 1.0)))
    return np.asarray(np.searchsorted(cumulated, u), dtype=np.int64)


def _reached(rate: Rate, algorithm: int, dt: float) -> Array:
    """Return the integral of the intensity up to every edge."""
    intensity = -np.log1p(-rate.values * dt) / dt if algorithm == BINS else rate.values
    return np.concatenate(([0.0], np.cumsum(intensity * np.diff(rate.edges))))


def _points(edges: Array, reached: Array, trials: NDArray[np.int64], seed: int,
            stream: int) -> tuple[Array, NDArray[np.int64]]:
    """Return the times (k,) of the points of some trials and their rows (k,), both sorted."""
    counts = poisson_quantiles(float(reached[-1]), hash_uniform(seed, 2 * stream, trials))
    rows = np.repeat(np.arange(len(trials)), counts)
    place = np.arange(len(rows)) - (np.cumsum(counts) - counts)[rows]
    u = hash_uniform(seed, 2 * stream + 1, trials[rows] * ROOM + place)
    u = np.sort(rows + u) - rows  # one sort for all trials: each lies between two whole numbers
    return times_at(u * reached[-1], reached, edges), rows


def times_at(heights: Array, reached: Array, edges: Array) -> Array:
    """Return np.interp(heights (m,), reached (k,), edges (k,)), five times as fast where heights are unordered.

    A table over even heights tells where to begin; most are found within a step or two.
    """
    if len(edges) == 2 or not len(heights):
        return np.interp(heights, reached, edges)
    last = int(np.flatnonzero(np.diff(reached))[-1])
    even = np.searchsorted(reached, np.linspace(0.0, reached[-1], last + 2), side="right") - 1
    k = np.minimum(even[(heights * ((last + 1) / reached[-1])).astype(np.int64)], last)
    short = np.flatnonzero(reached[k + 1] < heights)
    for _ in range(3):
        k[short] += 1
        short = short[reached[k[short] + 1] < heights[short]]
    k[short] = np.searchsorted(reached, heights[short]) - 1
    return edges[k] + (heights - reached[k]) * (edges[k + 1] - edges[k]) / (reached[k + 1] - reached[k])


def _spikes(edges: Array, reached: Array, trials: NDArray[np.int64], seed: int, stream: int, algorithm: int,
            dt: float) -> tuple[Array, NDArray[np.int64]]:
    times, rows = _points(edges, reached, trials, seed, stream)
    if algorithm == TIMES:
        return times, rows
    bins = np.minimum(np.floor(times / dt), round(edges[-1] / dt) - 1)
    if algorithm == BINS:
        first = np.ones(len(bins), dtype=bool)
        first[1:] = (np.diff(bins) > 0) | (np.diff(rows) > 0)
        bins, rows = bins[first], rows[first]
    return np.asarray(bins * dt), rows


def poisson_trains(rate: Rate, count: int, seed: int, *, algorithm: int = TIMES, dt: float = 0.1, stream: int = 0,
                   progress: Progress = SILENT) -> Trains:
    """Draw `count` trials of a Poisson process with a rate that may change in time.

    In bins of `dt` ms the rate must be constant, its edges multiples of dt, and a spike stands
    at the start of its bin. A run of more than MOST_SPIKES ends after fewer trials, and says so.
    Rates are in kHz, times in ms. Raises a ValueError if r dt reaches 1 where
    bins are drawn, and Cancelled if `progress` does.
    """
    highest = float(np.max(rate.values)) * dt
    if algorithm == BINS and highest >= 1.0:
        raise ValueError(f"A bin spikes with probability r dt, which must be below 1, not {highest:g}.")
    kept = min(count, max(1, int(MOST_SPIKES / max(rate.expected, 1e-9))))
    reached = _reached(rate, algorithm, dt)
    times, rows, first = [], [], 0  # type: list[Array], list[NDArray[np.int64]], int
    while first < kept:
        block = max(1, int((BLOCK if first else FIRST_BLOCK) / max(rate.expected, 1.0)))
        trials = np.arange(first, min(first + block, kept))
        part = _spikes(rate.edges, reached, trials, seed, stream, algorithm, dt)
        times.append(part[0])
        rows.append(part[1] + first)
        first += len(trials)
        partial = None
        if progress.wants_partial:
            # Trials do not depend on each other: these are the first ones of the whole.
            partial = Partial(Trains(np.concatenate(times), np.concatenate(rows), first, rate.duration),
                              f"the first {first} of {kept} trials")
        progress.report(first / kept, partial)
    message = "" if kept == count else (
        f"Only {kept} of {count} trials are drawn: a run may have about {MOST_SPIKES:,} spikes at most. "
        f"Choose fewer or shorter trials, or a lower rate.")
    return Trains(np.concatenate(times), np.concatenate(rows), kept, rate.duration,
                  Status.OK if kept == count else Status.STEP_LIMIT, message)


def poisson_experiment(rate: Rate, count: int, seed: int, *, algorithm: int = TIMES, dt: float = 0.1,
                       progress: Progress = SILENT) -> Repeats:
    """Draw `count` trials as `poisson_trains` does, and repeat that with other random numbers.

    A partial answer holds the first trials, and no repeats.
    """
    def first_ones(trains: Trains) -> Repeats:
        return Repeats(trains, rate.expected, np.empty(0), np.empty(0))

    trains = poisson_trains(rate, count, seed, algorithm=algorithm, dt=dt,
                            progress=PartProgress(progress, first_ones))
    return repeated(rate, trains, seed, algorithm=algorithm, dt=dt)


def repeated(rate: Rate, trains: Trains, seed: int, *, algorithm: int = TIMES, dt: float = 0.1) -> Repeats:
    """Repeat an experiment with other random numbers, and keep CV and Fano factor (repeats,) of each."""
    each = max(trains.count * rate.expected, 1.0)
    size = min(MOST_REPEATS, int(MOST_REPEATED / each))
    trials = (np.arange(size)[:, None] * APART + np.arange(trains.count)).ravel()
    times, rows = _spikes(rate.edges, _reached(rate, algorithm, dt), trials, seed, 1, algorithm, dt)
    counts = np.bincount(rows, minlength=len(trials)).reshape(size, trains.count)
    same = np.diff(rows) == 0
    gaps, owner = np.diff(times)[same], rows[:-1][same] // trains.count
    message = " ".join(filter(None, [trains.message, _too_many(size), _too_wide(rate, algorithm, dt)]))
    fanos = np.array([fano_factor(row) for row in counts], dtype=float)
    return Repeats(trains, rate.expected, _variations(gaps, owner, size), fanos, trains.status, message)


def _variations(gaps: Array, owner: NDArray[np.int64], size: int) -> Array:
    """Return the CV (divisor n) of the gaps of each owner (sorted), NaN for fewer than two."""
    ends = np.searchsorted(owner, np.arange(size + 1))
    found = np.full(size, np.nan)
    for k in np.flatnonzero(np.diff(ends) > 1):
        own = gaps[ends[k]:ends[k + 1]]
        found[k] = own.std() / own.mean()
    return found


def _too_many(size: int) -> str:
    if size >= ENOUGH_REPEATS:
        return ""
    shown = f"Only {size} repeats are" if size > 1 else "One repeat is" if size else "No repeat is"
    return f"{shown} drawn beside this large run: all repeats together may have about {MOST_REPEATED:,} spikes."


def _too_wide(rate: Rate, algorithm: int, dt: float) -> str:
    highest = float(np.max(rate.values)) * dt
    if algorithm != BINS or highest < 0.1:
        return ""
    return (f"r dt reaches {highest:.2g}, which is not small: a bin holds one spike at most, so these trains are more "
            f"regular than a Poisson process.")
