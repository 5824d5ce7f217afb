"""What plots of a recording show: columns by mark; nothing where the recording does not hold it (section 2.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.results.base import Array
from ncm_app.numerics.spikes.recordings import Recording
from ncm_app.numerics.spikes.trains import (
    Trains,
    intervals,
    rate_over_time,
    return_map,
    smoothed_rate,
    spike_counts,
    successive_intervals,
)
from ncm_app.numerics.spikes.tuning import (
    Counts,
    Threshold,
    Tuning,
    best_threshold,
    place,
    poisson_chances,
    tuning_curve,
)

SHORTEST = 1e-6
"""Shortest axis of intervals, ms: those of a damaged file may be all but zero."""

FEWEST_PAIRS, MOST_CELLS, SHOWN = 20, 40, 0.98
"""Pairs of intervals that a joint histogram needs, its most cells on a side, and the part of intervals it holds."""

Marks = dict[str, tuple[Any, ...]]

MOST_WINDOWS, MOST_STEPS, MOST_BARS, FEWEST_STEPS = 4000, 200_000, 60, 200
"""Bounds on what a long recording is cut into, and a short one."""

GAP = np.nan


def smooth(trains: Trains, sigma: float) -> tuple[Array, Array]:
    """Return times and the smoothed, trial-averaged rate, in steps of 1 ms, finer if kernel or recording are short."""
    step = min(1.0, sigma / 10.0, trains.duration / FEWEST_STEPS)
    return smoothed_rate(trains, sigma, max(step, trains.duration / MOST_STEPS))


def cell_counts(recording: Recording, neuron: int) -> Counts:
    """Return the counts (n,) of one cell, numbered from 1; of the last one where there are fewer."""
    assert recording.counts is not None
    return recording.counts[min(neuron, len(recording.counts)) - 1]


def tuning_of(recording: Recording, neuron: int) -> Tuning:
    """Return the tuning curve of one cell."""
    assert recording.stimuli is not None
    return tuning_curve(cell_counts(recording, neuron), recording.stimuli, recording.duration)


def two_samples(recording: Recording, neuron: int, angles: tuple[float, float]) -> tuple[Counts, Counts]:
    """Return the counts of one cell under the two stimuli nearest to two angles."""
    assert recording.stimuli is not None
    counts, stimuli = cell_counts(recording, neuron), recording.stimuli
    first, second = (counts[stimuli == stimuli[place(stimuli, angle)]] for angle in angles)
    return first, second


def threshold_of(recording: Recording, neuron: int, angles: tuple[float, float]) -> Threshold:
    """Return the best threshold between the two stimuli nearest to two angles."""
    return best_threshold(*two_samples(recording, neuron, angles))


def compared(recording: Recording, neuron: int, angles: tuple[float, float]) -> tuple[float, float]:
    """Return the recorded stimuli that are nearest to two angles."""
    stimuli = tuning_of(recording, neuron).stimuli
    first, second = (float(stimuli[place(stimuli, angle)]) for angle in angles)
    return first, second


def potential(recording: Recording) -> Marks:
    """Membrane potential, and a mark above each spike."""
    if recording.V is None:
        return {}
    times = np.zeros(0) if recording.trains is None else recording.trains.times
    height = float(recording.V.max()) + 6.0
    return {"V": (np.arange(len(recording.V)) * recording.dt, recording.V),
            "spikes": (times, np.full(len(times), height))}


def raster(recording: Recording) -> Marks:
    """One row for each trial, where there are several."""
    trains = recording.trains
    return {} if trains is None or trains.count < 2 else {"spikes": (trains.times, trains.trials)}


def train(recording: Recording) -> Marks:
    """The spikes of a single trial, where no potential shows them."""
    trains = recording.trains
    if trains is None or trains.count > 1 or recording.V is not None:
        return {}
    return {"spikes": (trains.times, trains.trials)}


def rates(recording: Recording, width: float, sigma: float) -> Marks:
    """Rate in windows and smoothed rate."""
    trains = recording.trains
    if trains is None:
        return {}
    return {"counted": rate_over_time(trains, max(width, trains.duration / MOST_WINDOWS)),
            "smoothed": smooth(trains, sigma)}


def interval_bars(recording: Recording) -> Marks:
    """Histogram of the intervals, and what a Poisson process of the same mean interval would show."""
    gaps = np.zeros(0) if recording.trains is None else intervals(recording.trains)
    if len(gaps) < 2 or not gaps.max() > 0:
        return {}
    longest = max(float(gaps.max()), SHORTEST)
    heights, edges = np.histogram(gaps, int(np.clip(np.sqrt(len(gaps)), 8, MOST_BARS)), (0.0, longest))
    x, mean = np.linspace(0.0, edges[-1], 200), max(float(gaps.mean()), SHORTEST)
    return {"recorded": (edges, heights), "Poisson": (x, len(gaps) * edges[1] * np.exp(-x / mean) / mean)}


def interval_pairs(recording: Recording) -> Marks:
    """Joint histogram of each interval and the next; the longest few, which would squeeze the others, lie outside."""
    if recording.trains is None:
        return {}
    pairs = successive_intervals(recording.trains)
    if len(pairs[0]) < FEWEST_PAIRS or not np.max(pairs) > 0:
        return {}
    longest = max(float(np.quantile(pairs, SHOWN)), SHORTEST)
    edges = np.linspace(0.0, longest, int(np.clip(len(pairs[0]) ** 0.35, 4, MOST_CELLS)) + 1)
    return {"pairs": (edges, edges, return_map(recording.trains, edges))}


def count_bars(counts: Counts, most: int) -> tuple[Array, NDArray[np.int64]]:
    """Return a histogram of spike counts up to `most`, in bars that hold the same number of whole numbers each."""
    width = -(-(most + 1) // MOST_BARS)
    edges = np.asarray(np.arange(0, most + width + 1, width) - 0.5, dtype=float)
    return edges, np.asarray(np.histogram(counts, edges)[0], dtype=np.int64)


def trial_counts(recording: Recording) -> Marks:
    """Histogram of spike counts over trials, and a Poisson distribution of the same mean."""
    if recording.trains is None or recording.trains.count < 2:
        return {}
    counts = spike_counts(recording.trains)
    edges, heights = count_bars(counts, int(counts.max()))
    width = edges[1] - edges[0]
    k = np.arange(counts.max() + 1)
    return {"recorded": (edges, heights),
            "Poisson": (k, len(counts) * width * poisson_chances(float(counts.mean()), int(counts.max())))}


def tuning(recording: Recording, neuron: int, angles: tuple[float, float]) -> Marks:
    """Rates by stimulus with error bars of one standard error, and the two stimuli chosen."""
    if recording.counts is None:
        return {}
    curve = tuning_of(recording, neuron)
    bars = np.stack([curve.rates - curve.errors, curve.rates + curve.errors, np.full(len(curve.rates), GAP)], axis=1)
    chosen = [[place(curve.stimuli, angle)] for angle in angles]
    return {"rate": (curve.stimuli, curve.rates), "error": (np.repeat(curve.stimuli, 3), bars.ravel()),
            "theta_1": (curve.stimuli[chosen[0]], curve.rates[chosen[0]]),
            "theta_2": (curve.stimuli[chosen[1]], curve.rates[chosen[1]])}


def two_histograms(recording: Recording, neuron: int, angles: tuple[float, float]) -> Marks:
    """Histograms of spike counts under the two stimuli chosen, and the best threshold between them."""
    if recording.counts is None:
        return {}
    samples = two_samples(recording, neuron, angles)
    most = int(max(counts.max() for counts in samples))
    bars = [count_bars(counts, most) for counts in samples]
    first, second = compared(recording, neuron, angles)
    if first == second:  # there is nothing to tell apart
        return {"theta_1": bars[0], "theta_2": bars[1]}
    least = best_threshold(*samples).least - 0.5
    return {"theta_1": bars[0], "theta_2": bars[1],
            "threshold": (np.array([least, least]), np.array([0.0, max(heights.max() for _, heights in bars)]))}
