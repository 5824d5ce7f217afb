"""Do the cells of a population fire together? The spectrum of its rate, and correlations of spike counts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.networks.statistics import UNKNOWN, Cells, Estimate, counts_over_time
from ncm_app.numerics.results.base import Array, Result
from ncm_app.numerics.spectra import power_spectrum
from ncm_app.numerics.spikes.trains import PER_SECOND

FEWEST_BINS = 16
"""Bins of a stretch below which its few frequencies are no spectrum."""
SEGMENTS = 4
"""Stretches of a run whose spectra are averaged; as they overlap by half, there are twice as many but one."""
LONGEST = 512.0
"""Longest stretch, ms: finer resolution than 2 Hz is noise."""
BLOCKS = 10
"""Parts of the windows that are left out in turn, for the error of a mean correlation."""
MOST_WINDOWS = 400
"""Windows in which spikes are counted at most."""


@dataclass(frozen=True)
class Spectrum(Result):
    """Power (m,) of the population rate over frequency (m,) Hz, in units of what independent Poisson cells give.

    `error` is that of a power relative to itself. Cells that follow a rhythm together, however weakly, have a power
    that grows with their number. `stretch` is the length of a run of which a spectrum is made, ms.
    """

    frequencies: Array
    powers: Array
    error: float
    stretch: float = 0.0

    @property
    def peak(self) -> tuple[float, float]:
        """The frequency (Hz) of the highest power and that power, NaN without a spectrum."""
        if not len(self.powers) or not np.isfinite(self.powers).any():
            return float("nan"), float("nan")
        k = int(np.nanargmax(self.powers))
        return float(self.frequencies[k]), float(self.powers[k])


def population_spectrum(times: Array, start: float, end: float, width: float = 1.0) -> Spectrum:
    """Return the spectrum of the spikes of a population (times (m,) ms) from `start` to `end` ms [Welch1967].

    Spikes are counted in bins of `width` ms. The spectral density of n independent Poisson cells of rate r is
    that of a Poisson process of rate n r: flat, and here 1.
    """
    counts = counts_over_time(times, start, end, width)
    each = int(min(2 * len(counts) // (SEGMENTS + 1), LONGEST / width))
    if not counts.sum() or each < FEWEST_BINS:
        return Spectrum(np.empty(0), np.empty(0), float("nan"))
    frequencies, density = power_spectrum(counts - counts.mean(), width, each * width)
    # One-sided: a Poisson count of mean c in each bin has density 2 c width.
    poisson = 2.0 * counts.mean() * width / PER_SECOND
    stretches = 2 * len(counts) // each - 1
    # Neighbours overlap by half: with the Hann window each is worth 0.95 independent ones.
    error = float(1.0 / np.sqrt(max(0.95 * stretches, 1.0)))
    return Spectrum(frequencies[1:-1], density[1:-1] / poisson, error, each * width)


def spike_count_matrix(times: Array, cells: Cells, size: int, start: float, end: float,
                       width: float) -> NDArray[np.float32]:
    """Return the spikes of each cell in each window of `width` ms from `start` to `end`, (size, windows)."""
    windows = max(int((end - start) / width + 1e-9), 0)
    places = np.floor((times - start) / width + 1e-9).astype(np.int64)
    inside = (places >= 0) & (places < windows)
    found = np.bincount(cells[inside] * windows + places[inside], minlength=size * windows)
    return found.reshape(size, windows).astype(np.float32)


@dataclass(frozen=True)
class Correlations(Result):
    """Count correlations of pairs: the `mean` over all pairs with its error, and those of a sample of pairs (k,).

    `windows` of `width` ms; of independent cells the coefficients scatter about 0 by `chance`, 1/sqrt(windows - 1).
    """

    mean: Estimate
    sample: Array
    windows: int
    width: float

    @property
    def chance(self) -> float:
        """SD of the coefficient of two independent cells."""
        return float(1.0 / np.sqrt(self.windows - 1)) if self.windows > 1 else float("nan")


def _mean_correlation(counts: NDArray[np.float32]) -> float:
    """Return the mean coefficient over all pairs of rows (n, m) that vary, NaN for fewer than two.

    The sum of n rows of variance 1 has variance n + n (n - 1) times that mean: no pair is looked at.
    """
    centred = counts - counts.mean(axis=1, keepdims=True)
    deviation = np.sqrt(np.mean(centred**2, axis=1))
    varies = deviation > 0
    n = int(varies.sum())
    if n < 2:
        return float("nan")
    total = (centred[varies] / deviation[varies, None]).sum(axis=0, dtype=np.float64)
    return float((np.mean(total**2) - n) / (n * (n - 1)))


def count_correlations(counts: NDArray[np.float32], width: float, sample: int = 150) -> Correlations:
    """Return the correlations of spike counts (cells, windows) in windows of `width` ms.

    The error of the mean is a jackknife over blocks of consecutive windows; coefficients of pairs are those
    of the first `sample` cells that fire, spread evenly over all. Cells whose count never changes are left out.
    """
    windows = counts.shape[1]
    if windows < 3:
        return Correlations(UNKNOWN, np.empty(0), windows, width)
    mean, blocks = _mean_correlation(counts), min(BLOCKS, windows)
    edges = np.linspace(0, windows, blocks + 1).astype(int)
    without = np.array([_mean_correlation(np.delete(counts, np.s_[low:high], axis=1))
                        for low, high in pairwise(edges)])
    error = float(np.sqrt((blocks - 1) * np.var(without)))
    active = np.flatnonzero(np.ptp(counts, axis=1) > 0) if len(counts) else np.empty(0, dtype=int)
    chosen = active[np.linspace(0, len(active) - 1, min(sample, len(active))).astype(int)] if len(active) else active
    pairs = np.corrcoef(counts[chosen])[np.triu_indices(len(chosen), 1)] if len(chosen) > 1 else np.empty(0)
    return Correlations(Estimate(mean, error), np.asarray(pairs, dtype=float), windows, width)
