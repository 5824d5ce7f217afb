"""What the spikes of a network show: raster, rates, histograms over cells, rhythm, correlations."""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.models.networks._answer import NetworkAnswer
from ncm_app.models.networks._theory import Curve, mean_field_rates
from ncm_app.models.rates._f_i_curve import f
from ncm_app.numerics.networks.statistics import cell_intervals, shares
from ncm_app.numerics.results.base import Array
from ncm_app.numerics.spikes.trains import Trains, smoothed_rate

MOST_DRAWN = 20_000
"""Spikes of a raster beyond which only some cells are drawn; everything else counts all."""
BY_RATE = 1
BARS = 30
MOST_POINTS = 1000
"""Cells of a population that are drawn as points at most."""
BIN = 0.5
"""Bins in which spikes are counted to be smoothed, ms."""

START, FINE = 60.0, 1.0
"""How much of a run is its start, and the SD of the Gaussian that smooths the rates there, ms."""

Drawing = dict[str, tuple[Any, ...]]


def _ranks(cells: Any, size: int) -> Any:
    """Return the place of each cell, (size,), the one with the most spikes on top."""
    ranks = np.empty(size, dtype=np.int64)
    ranks[np.argsort(np.bincount(cells, minlength=size), kind="stable")] = np.arange(size)
    return ranks


def _drawn(parts: list[tuple[str, Any, Any, int]], by_rate: bool) -> Drawing:
    """Return rasters of parts (name, times, cells, size), one above the other, and what is left out."""
    every = -(-sum(len(times) for _, times, _, _ in parts) // MOST_DRAWN)
    found, first, last = {}, 0, 0.0  # type: Drawing, int, float
    for name, times, cells, size in parts:
        rows = _ranks(cells, size)[cells] if by_rate else cells
        kept = rows % every == 0 if every > 1 else np.ones(len(rows), dtype=bool)
        found[name] = times[kept], first + 1 + rows[kept]
        first, last = first + size, max(last, float(times[-1]) if len(times) else 0.0)
    if every > 1:
        found["note"] = [0.5 * last], [1.05 * first + 1.0], [f"one cell in {every} is drawn"]
    return found


def raster(answer: NetworkAnswer, p: Any) -> Drawing:
    """Draw the spikes of all populations, those of the first lowest, in the order chosen."""
    return _drawn([(name, *answer.run.spikes_of(name), answer.size_of(name)) for name in answer.run.names],
                  p.order == BY_RATE)


def inputs(answer: NetworkAnswer, p: Any) -> Drawing:
    """Draw the spikes of all sources."""
    run, parts, first = answer.run, [], 0  # type: Any, list[tuple[str, Any, Any, int]], int
    for name, size in zip(run.source_names, run.source_sizes, strict=True):
        own = (run.input_cells >= first) & (run.input_cells < first + size)
        parts.append((name, run.input_times[own], run.input_cells[own] - first, size))
        first += size
    return _drawn(parts, p.order == BY_RATE)


def rates(answer: NetworkAnswer, p: Any) -> Drawing:
    """Draw the rate of each population over time, smoothed, and that of mean-field theory."""
    run, found = answer.run, {}  # type: Any, Drawing
    ends = [0.0, max(run.t_end, run.dt)]
    solved = mean_field_rates(answer.network, p)
    for k, (name, size) in enumerate(zip(run.names, run.sizes, strict=True)):
        times, cells = run.spikes_of(name)
        if size and run.t_end >= BIN:
            found[name] = smoothed_rate(Trains(times, cells.astype(np.int64), size, run.t_end), p.sigma, BIN)
        if len(solved.rates) and size:
            found[f"theory_{name}"] = ends, [1000.0 * solved.rates[0, k]] * 2
    return found


def start_of_rates(answer: NetworkAnswer, p: Any) -> Drawing:
    """Draw the rate of each population at the start of the run, hardly smoothed."""
    run, found = answer.run, {}  # type: Any, Drawing
    end = min(START, run.t_end)
    for name, size in zip(run.names, run.sizes, strict=True):
        times, cells = run.spikes_of(name)
        early = np.searchsorted(times, end)
        if size and end >= BIN:
            found[name] = smoothed_rate(Trains(times[:early], cells[:early].astype(np.int64), size, end), FINE, BIN)
    return found


def _edges(values: list[Array], least: float, unit: float = 0.0) -> Array:
    """Return the edges (m + 1,) of about `BARS` bars from 0 that hold all values.

    Values that are multiples of a `unit` lie in the middle of what a bar holds of them.
    """
    known = np.concatenate([each[np.isfinite(each)] for each in values]) if values else np.empty(0)
    highest = max(least, float(known.max(initial=0.0)))
    width = max(1, round(highest / (BARS * unit))) * unit if unit else highest / BARS
    return np.asarray(width * np.arange(int(np.floor(highest / width + 1e-9)) + 2) - unit / 2.0)


def rate_histogram(answer: NetworkAnswer, p: Any) -> Drawing:
    """Draw the share of cells over their rate, and what Poisson cells that all had the mean rate would give."""
    if not answer.is_measured:
        return {}
    one_spike = 1000.0 / answer.length
    edges, found = _edges(list(answer.cell_rates.values()), 10.0, one_spike), {}  # type: Array, Drawing
    for name, values in answer.cell_rates.items():
        if len(values):
            found[name] = edges, shares(values, edges)
            found[f"theory_{name}"] = (edges[1:] + edges[:-1]) / 2.0, _of_one_rate(edges, values, answer.length)
    return found


def _of_one_rate(edges: Array, values: Array, length: float) -> Array:
    """Return the share (%) of Poisson cells of the mean of the rates (Hz) in each bin, counted for `length` ms."""
    expected = float(values.mean()) * length / 1000.0
    number = np.arange(int(expected + 12.0 * np.sqrt(expected) + 30.0))
    logs = number * np.log(max(expected, 1e-300)) - expected - np.cumsum(np.log(np.maximum(number, 1)))
    chances = np.exp(logs)
    return np.asarray(100.0 * np.histogram(1000.0 * number / length, edges, weights=chances)[0])


def rates_over_inputs(answer: NetworkAnswer, p: Any) -> Drawing:
    """Draw the rate of each cell over the mean input that its own synapses bring, and the f-I curve of the theory."""
    if not answer.is_measured:
        return {}
    drawn: Drawing = {}
    for name, values in answer.cell_rates.items():
        every = -(-len(values) // MOST_POINTS) if len(values) else 1
        drawn[name] = answer.own_inputs[name][::every], values[::every]
    places = np.concatenate([x for x, _ in drawn.values()]) if drawn else np.empty(0)
    x = np.linspace(float(places.min(initial=0.0)), float(places.max(initial=1.0)), 121)
    return {**drawn, "theory": (x, 1000.0 * f(x, Curve(p.g, p.theta)))}


def variations(answer: NetworkAnswer, p: Any) -> Drawing:
    """Draw the share of cells over the CV of their intervals; that of a Poisson process is 1."""
    known = {name: values for name, values in answer.variations.items() if np.isfinite(values).any()}
    if not answer.is_measured or not known:
        return {}
    edges = _edges(list(known.values()), 1.5)
    drawn = {name: (edges, shares(values, edges)) for name, values in known.items()}
    highest = max(float(heights.max()) for _, heights in drawn.values())
    return {**drawn, "Poisson": ([1.0, 1.0], [0.0, highest])}


def intervals(answer: NetworkAnswer, p: Any) -> Drawing:
    """Draw the density of the intervals of all cells, and that of Poisson cells of one rate."""
    if not answer.is_measured:
        return {}
    gaps = {name: cell_intervals(*spikes)[0] for name, spikes in answer.spikes.items()}
    gaps = {name: found for name, found in gaps.items() if len(found)}
    longest = max((float(np.quantile(found, 0.98)) for found in gaps.values()), default=0.0)
    edges, drawn = np.linspace(0.0, max(longest, 1.0), 41), {}  # type: Array, Drawing
    for name, found in gaps.items():
        rate = 1.0 / found.mean()
        drawn[name] = edges, 1000.0 / (len(found) * edges[1]) * np.histogram(found, edges)[0]
        drawn[f"theory_{name}"] = edges, 1000.0 * rate * np.exp(-rate * edges)
    return drawn


def spectrum(answer: NetworkAnswer, p: Any) -> Drawing:
    """Draw the spectrum of the rate of each population; of independent Poisson cells it is 1."""
    drawn: Drawing = {name: (found.frequencies, found.powers) for name, found in answer.spectra.items()
                      if len(found.powers)}
    return {**drawn, "Poisson": ([0.0, 500.0], [1.0, 1.0])} if drawn and answer.is_measured else {}


def correlations(answer: NetworkAnswer, p: Any) -> Drawing:
    """Draw the coefficients of pairs of cells of a population, and their law for independent cells."""
    known = {name: found for name, found in answer.correlations.items() if len(found.sample)}
    if not answer.is_measured or not known:
        return {}
    edges = np.linspace(-1.0, 1.0, 81)
    drawn: Drawing = {name: (edges, shares(found.sample, edges)) for name, found in known.items()}
    chance, x = next(iter(known.values())).chance, np.linspace(-1.0, 1.0, 161)
    law = np.exp(-(x**2) / (2.0 * chance**2)) / (chance * np.sqrt(2.0 * np.pi))
    top = max(float(np.nanmax(heights)) for _, heights in drawn.values())
    words = "\n".join(f"{name}: {found.mean.value:.3f} ± {found.mean.error:.3f}" for name, found in known.items())
    return {**drawn, "chance": (x, 100.0 * (edges[1] - edges[0]) * law),
            "means": ([-0.6], [0.6 * top], [f"mean {words}"])}
