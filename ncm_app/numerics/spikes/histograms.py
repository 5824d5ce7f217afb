"""Histograms of spike trains beside what theory expects, and estimates beside their spread."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.results.base import Array
from ncm_app.numerics.spikes.expected import count_chances
from ncm_app.numerics.spikes.trains import PER_SECOND, Trains, intervals, spike_counts

Columns = tuple[Array, ...]


def count_histogram(trains: Trains, mean: float) -> tuple[Columns, Columns]:
    """Return edges and share of trials (%) for spike counts, then places and shares of a Poisson law.

    High counts stand a few together: a quarter of the standard deviation of the law.
    """
    found, deviation = spike_counts(trains), np.sqrt(mean)
    width = max(1.0, float(np.round(deviation / 4.0)))
    low = max(0.0, min(float(np.floor(mean - 4.0 * deviation)), float(found.min())))
    high = max(float(np.ceil(mean + 4.5 * deviation)) + 1.0, float(found.max()))
    edges = np.arange(low, high + width + 0.5, width) - 0.5
    shares = 100.0 * np.histogram(found, edges)[0] / trains.count
    return (edges, shares), ((edges[1:] + edges[:-1]) / 2.0, 100.0 * count_chances(edges, mean))


def interval_histogram(trains: Trains, longest: float, step: float = 0.0, bars: int = 40) -> Columns:
    """Return edges (ms) and density (Hz) of all intervals up to `longest` ms.

    Where spikes stand on multiples of `step` ms the bars are as wide as a whole number of them.
    """
    width = longest / bars
    if step > 0.0:
        width = step * max(1, round(width / step))
    gaps, edges = intervals(trains), np.asarray(width * np.arange(bars + 1), dtype=float)
    # An interval of some steps is often a rounding error short of the edge on which it lies.
    places = (gaps / width + 1e-9).astype(np.int64)
    counted = np.bincount(places[places < bars], minlength=bars)
    return edges, np.asarray(PER_SECOND * counted / (max(len(gaps), 1) * width))


def funnel(x: Array, expected: tuple[Array, Array], place: float, value: float, repeats: Array) -> dict[str, Columns]:
    """Return expected mean and spread over x, one estimate at its place, and its repeats about it.

    The repeats stand side by side within an eighth of the place: x is meant for a logarithmic axis.
    """
    mean, spread = expected
    known = np.isfinite(mean)
    aside = place * np.exp(np.linspace(-0.125, 0.125, len(repeats)))
    return {"band": (x[known], np.maximum(mean - spread, 0.0)[known], (mean + spread)[known]), "mean": (x, mean),
            "repeats": (aside, repeats), "now": (np.array([place]), np.array([value]))}
