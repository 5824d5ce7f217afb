"""What spike counts tell of a stimulus: a tuning curve, and the best threshold between two stimuli (section 2.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from ncm_app.numerics.results.base import Array, Result, Status
from ncm_app.numerics.spikes.trains import PER_SECOND

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Tuning(Result):
    """Mean rate at each stimulus (k,), Hz, its standard error (NaN for one trial), and the numbers of trials."""

    stimuli: Array
    rates: Array
    errors: Array
    trials: Counts
    status: Status = Status.OK
    message: str = ""


@dataclass(frozen=True)
class Threshold(Result):
    """Calling every count of `least` or more the stimulus with more spikes is right in a share `correct` of trials.

    Both stimuli count alike, however many trials each has; `first` tells whether the first has more.
    """

    least: int
    correct: float
    first: bool
    status: Status = Status.OK
    message: str = ""


def tuning_curve(counts: Counts, stimuli: Array, duration: float) -> Tuning:
    """Return mean and standard error of the rate by stimulus: `counts` (n,) in `duration` ms, `stimuli` (n,)."""
    angles, which = np.unique(stimuli, return_inverse=True)
    trials = np.bincount(which)
    mean = np.bincount(which, counts) / trials
    squares = np.bincount(which, (counts - mean[which]) ** 2)
    errors = np.sqrt(np.where(trials > 1, squares / np.maximum(trials - 1, 1), np.nan) / trials)
    return Tuning(angles, mean * PER_SECOND / duration, errors * PER_SECOND / duration, trials)


def place(stimuli: Array, wanted: float) -> int:
    """Return the index of the stimulus (k,), deg, nearest to an angle, the circle of 360 deg closed."""
    return int(np.argmin(np.abs((stimuli - wanted + 180.0) % 360.0 - 180.0)))


def best_threshold(first: Counts, second: Counts) -> Threshold:
    """Return the threshold on the count that tells two stimuli best apart; of equal ones the lowest."""
    levels = np.arange(1, max(first.max(), second.max()) + 2)
    above = [1.0 - np.searchsorted(np.sort(counts), levels) / len(counts) for counts in (first, second)]
    right = 0.5 + 0.5 * (above[0] - above[1])
    ways = {True: right, False: 1.0 - right}
    more = bool(ways[True].max() >= ways[False].max())
    return Threshold(int(levels[np.argmax(ways[more])]), float(ways[more].max()), more)


def poisson_chances(mean: float, most: int) -> Array:
    """Return the probabilities (most + 1,) of 0, 1, ..., `most` spikes in a Poisson process of a mean count."""
    k = np.arange(most + 1)
    return np.asarray(np.exp(xlogy(k, mean) - mean - gammaln(k + 1.0)))
