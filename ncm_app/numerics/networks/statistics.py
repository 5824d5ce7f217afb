"""What is read off the spikes of a network: rates, irregularity, intervals, each with its standard error.

Spikes are given as `times` (m,) in ms, sorted, and `cells` (m,), the number of the cell of each, from 0 within
the population. Errors are those of one network: what another draw of its connections would change is not in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.results.base import Array, Result
from ncm_app.numerics.spikes.trains import PER_SECOND

Cells = NDArray[np.int64]

BATCHES = 10
"""Parts of a run whose means give the error of the whole."""
FEWEST = 5
"""Spikes of a cell at least, for a CV of its intervals."""


@dataclass(frozen=True)
class Estimate(Result):
    """A measured `value` and its standard `error`, both NaN where there is too little to tell."""

    value: float
    error: float

    def away_from(self, theory: float) -> float:
        """Return by how many errors the value lies above a theory, NaN where that cannot be told."""
        return (self.value - theory) / self.error if self.error > 0.0 else float("nan")


UNKNOWN = Estimate(float("nan"), float("nan"))
"""Nothing to measure."""


def mean_of(values: Array) -> Estimate:
    """Return the mean of independent values (n,) and its error; values that are NaN are left out."""
    known = values[np.isfinite(values)]
    if not len(known):
        return UNKNOWN
    error = float(np.std(known, ddof=1) / np.sqrt(len(known))) if len(known) > 1 else float("nan")
    return Estimate(float(np.mean(known)), error)


def batch_means(series: NDArray[Any], batches: int = BATCHES) -> Estimate:
    """Return the mean of a stationary series (m,) and its error from the means of consecutive batches.

    Right where a batch is much longer than the series remembers, whatever its correlations [Law2015]. The values
    that no batch holds, fewer than `batches`, are the first.
    """
    each = len(series) // batches
    if not each:
        return UNKNOWN
    means = series[len(series) - each * batches :].reshape(batches, each).mean(axis=1)
    return Estimate(float(np.mean(means)), float(np.std(means, ddof=1) / np.sqrt(batches)))


def counts_over_time(times: Array, start: float, end: float, width: float) -> NDArray[np.int64]:
    """Return how many spikes lie in each window of `width` ms from `start` to `end`, (m,); a rest is left out."""
    windows = max(int((end - start) / width + 1e-9), 0)
    places = np.floor((times - start) / width + 1e-9).astype(np.int64)
    return np.bincount(places[(places >= 0) & (places < windows)], minlength=windows)


def population_rate(times: Array, size: int, start: float, end: float) -> Estimate:
    """Return the rate of a cell of a population of `size` from `start` to `end` ms, Hz."""
    if size == 0 or end <= start:
        return UNKNOWN
    width = (end - start) / BATCHES
    return batch_means(counts_over_time(times, start, end, width) * (PER_SECOND / (size * width)))


def cell_rates(cells: Cells, size: int, duration: float) -> Array:
    """Return the rate of each cell, (size,) Hz."""
    return np.asarray(PER_SECOND / duration * np.bincount(cells, minlength=size))


def cell_intervals(times: Array, cells: Cells) -> tuple[Array, Cells]:
    """Return the intervals between spikes of one cell, (k,) ms, and whose they are, (k,), sorted by cell."""
    order = np.argsort(cells, kind="stable")
    gaps, owners = np.diff(times[order]), cells[order]
    same = owners[1:] == owners[:-1]
    return np.asarray(gaps[same]), owners[1:][same]


def cell_variations(times: Array, cells: Cells, size: int) -> Array:
    """Return the CV of the intervals of each cell, (size,), divisor n; NaN for fewer than `FEWEST` spikes."""
    gaps, owners = cell_intervals(times, cells)
    number = np.bincount(owners, minlength=size)
    few = number < FEWEST - 1
    shared = np.where(few, 1, number)
    mean = np.bincount(owners, gaps, size) / shared
    spread = np.bincount(owners, (gaps - mean[owners]) ** 2, size) / shared
    few |= mean == 0.0
    return np.where(few, np.nan, np.sqrt(spread) / np.where(few, 1.0, mean))


def shares(values: Array, edges: Array) -> Array:
    """Return the share (%) of all values (n,) in each bin, (m,) for `edges` (m + 1,), NaN without a value.

    Values beyond the last edge count in the last bin.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return np.full(len(edges) - 1, np.nan)
    return np.asarray(100.0 / len(known) * np.histogram(np.minimum(known, edges[-1]), edges)[0])
