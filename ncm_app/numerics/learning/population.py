"""A population of neurons with tuning curves, and Poisson counts whose trials share a gain [Goris2014].

Counts are quantiles of uniform numbers that are functions of (seed, trial, neuron): a slider moves rates, no noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.learning.discriminant import Moments
from ncm_app.numerics.noise import hash_normal, hash_uniform
from ncm_app.numerics.results.base import Array, Result

FIRST, TURN = 120.0, 137.50776405003785
"""Direction that the first neuron prefers, and from one to the next: golden turns fill the circle evenly, deg."""

STRAY, STIMULI, GAINS, COUNTS = 20, 21, 22, 23
"""Streams of random numbers."""

LARGEST_GAIN = 6.0
"""Bound of a trial's gain."""

NEGLIGIBLE = 1e-18
"""Chance of a count, above the mean, at which no higher one is looked for."""

ROOM = 4096
"""Neurons that a trial has to itself among the counters."""


@dataclass(frozen=True)
class Tuning(Result):
    """Tuning of all neurons: rates in Hz, angles in deg, counted over `duration` ms.

    The rate is `base`, and up to `peak` more at the direction that a neuron prefers; `width` is the SD of that bump. At
    the opposite direction there is another, less high by the share `direction`. `sigma_g` is the SD of the gain that
    all neurons share in a trial.
    """

    base: float
    peak: float
    width: float
    direction: float
    duration: float
    sigma_g: float

    def means(self, angles: Array, N: int, seed: int) -> Array:
        """Return the mean counts (k, N) at angles (k,), deg."""
        neurons = np.arange(N)
        preferred = FIRST + TURN * neurons + 5.0 * hash_normal(seed, STRAY, neurons)
        away = (angles[:, None] - preferred + 180.0) % 360.0 - 180.0
        opposite = (away + 360.0) % 360.0 - 180.0
        bumps = np.exp(-(away**2) / (2.0 * self.width**2))
        bumps += (1.0 - self.direction) * np.exp(-(opposite**2) / (2.0 * self.width**2))
        return np.asarray(self.duration / 1000.0 * (self.base + self.peak * bumps))

    def gains(self, seed: int, trials: NDArray[np.int64]) -> Array:
        """Return the gain (m,) of trials: log-normal, of mean one."""
        s = math.sqrt(math.log1p(self.sigma_g**2))
        return np.asarray(np.minimum(np.exp(s * hash_normal(seed, GAINS, trials) - s * s / 2.0), LARGEST_GAIN))

    def moments(self, means: Array) -> Moments:
        """Return means and covariances of the counts under two stimuli of mean counts (2, N)."""
        shared = self.sigma_g**2 * means[:, :, None] * means[:, None, :]
        return Moments(means, shared + np.array([np.diag(one) for one in means]))


@kernel(error_model="numpy")
def _quantiles(means, gains, stimuli, seed, stream, room, counts):  # type: ignore[no-untyped-def]
    """Fill counts (m, N) with Poisson quantiles of uniform numbers."""
    for t in range(counts.shape[0]):
        for i in range(counts.shape[1]):
            mean = gains[t] * means[stimuli[t], i]
            u, k = hash_uniform(seed, stream, t * room + i), 0
            chance = math.exp(-mean)
            below = chance
            while below < u and (k < mean or chance > NEGLIGIBLE):
                k += 1
                chance *= mean / k
                below += chance
            counts[t, i] = k


def counts(tuning: Tuning, angles: Array, N: int, trials: int, seed: int) -> tuple[Array, NDArray[np.int64]]:
    """Return counts (trials, N), and which of the angles was shown in each: all as often, in random order."""
    numbers = np.arange(trials)
    drawn = np.argsort(hash_uniform(seed, STIMULI, numbers), kind="stable")
    shown = (drawn % len(angles)).astype(np.int64)
    found = np.empty((trials, N))
    _quantiles(tuning.means(angles, N, seed), tuning.gains(seed, numbers), shown, seed, COUNTS, ROOM, found)
    return found, shown


def ideal_right(means: Array, X: Array, labels: NDArray[np.int64]) -> float:
    """Return the share that the most likely angle is right: of independent Poisson counts X (m, N), means (k, N)."""
    likelihoods = X @ np.log(np.maximum(means, 1e-300)).T - means.sum(axis=1)
    return float(np.mean(likelihoods.argmax(axis=1) == labels))
