"""Samples made ready: which are learned from and which are for the test, and in what units inputs are."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.noise import hash_uniform
from ncm_app.numerics.results.base import Array
from ncm_app.readers.samples import LabelledData

PARTED = 9
"""Stream of the random numbers that part samples."""

TESTED = 0.25
"""Least share of samples that is kept for the test."""

SPAN, BYTES, SPREAD, EACH, STORED = range(5)
"""Units of inputs: 0 to 1, 0 to 255, those of the mean and SD of all inputs or of each one, and as they are."""


def parted(data: LabelledData, m: int, seed: int) -> LabelledData:
    """Return samples with at most m to learn from, and those for the test where there were none.

    Which they are follows from the seed alone, and of each class it is the same share; all keep their order.
    """
    if len(data.X_test):
        kept = _chosen(data.labels, m, seed)
        return data if len(kept) == len(data.X) else replace(data, X=data.X[kept], labels=data.labels[kept])
    kept = _chosen(data.labels, min(m, int(len(data.X) * (1.0 - TESTED))), seed)
    left = np.setdiff1d(np.arange(len(data.X)), kept)
    return replace(data, X=data.X[kept], labels=data.labels[kept], X_test=data.X[left], labels_test=data.labels[left])


def _chosen(labels: NDArray[np.int64], m: int, seed: int) -> NDArray[np.int64]:
    """Return the places, in order, of about m samples: of each class the same share, and one at least."""
    if m >= len(labels):
        return np.arange(len(labels))
    drawn = np.argsort(hash_uniform(seed, PARTED, np.arange(len(labels))), kind="stable")
    ordered = drawn[np.argsort(labels[drawn], kind="stable")]
    counts = np.bincount(labels)
    rank = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = (rank + 0.5) / np.repeat(counts, counts)  # the m with the smallest are spread evenly over classes
    share[rank == 0] = -1.0
    return np.sort(ordered[np.argsort(share, kind="stable")[:m]])


@dataclass(frozen=True, eq=False)
class Scale:
    """Inputs in the units that are learned from: (x - shift) / unit, each (n,) or one number."""

    shift: Array | float
    unit: Array | float

    def __call__(self, X: Array) -> Array:
        """Return inputs (m, n) in these units."""
        return np.ascontiguousarray((X - self.shift) / self.unit, dtype=float)

    def back(self, X: Array) -> Array:
        """Return inputs (m, n) in these units as they were before."""
        return np.asarray(X * self.unit + self.shift)


def scale_of(X: Array, units: int) -> Scale:
    """Return how inputs (m, n) come to be in other units; one that never changes becomes 0."""
    if units == STORED:
        return Scale(0.0, 1.0)
    if units in (SPAN, BYTES):
        low, high = float(X.min()), float(X.max())
        return Scale(low, (high - low) / (1.0 if units == SPAN else 255.0))
    if units == SPREAD:
        return Scale(float(X.mean()), float(X.std()))
    spread = X.std(axis=0)
    return Scale(X.mean(axis=0), np.where(spread > 1e-12 * np.abs(X).max(), spread, 1.0))
