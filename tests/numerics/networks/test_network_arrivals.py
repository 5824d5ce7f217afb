"""Spikes of Poisson sources: their law, their order, their independence."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy import stats

from ncm_app.numerics.networks.arrivals import draw_arrivals
from ncm_app.numerics.networks.spec import RunSettings, Source

SETTINGS = RunSettings(t_end=2000.0)


def test_counts_cells_and_times_follow_their_laws() -> None:
    found = draw_arrivals(Source("x", 50, 20.0), SETTINGS)
    assert abs(len(found.times) - 2000) < 4.5 * np.sqrt(2000)
    assert stats.kstest(found.times, "uniform", (0.0, 2000.0)).pvalue > 1e-3
    assert stats.chisquare(np.bincount(found.cells, minlength=50)).pvalue > 1e-3
    assert stats.kstest(np.diff(found.times), "expon", (0.0, 1.0)).pvalue > 1e-3


def test_spikes_stand_in_their_steps_and_in_order() -> None:
    found = draw_arrivals(Source("x", 200, 10.0), SETTINGS)
    assert np.all(np.diff(found.times) >= 0) and found.first[-1] == len(found.times)
    steps = np.repeat(np.arange(SETTINGS.steps), np.diff(found.first))
    assert np.all(np.abs((steps + 0.5) * 0.1 - found.times) <= 0.05 + 1e-9)


def test_a_higher_rate_adds_spikes_and_moves_none() -> None:
    few, more = (draw_arrivals(Source("x", 100, rate), SETTINGS) for rate in (10.0, 10.5))
    pairs = [set(zip(found.times, found.cells, strict=True)) for found in (few, more)]
    assert pairs[0] < pairs[1] and 0 < len(pairs[1] - pairs[0]) < 200


def test_steps_of_the_rate_change_it_when_they_say() -> None:
    steps = ((500.0, 30.0), (1500.0, 0.0), (2500.0, 99.0))
    found = draw_arrivals(Source("x", 100, 10.0, steps), SETTINGS)
    counts = [np.sum((found.times >= a) & (found.times < b)) for a, b in ((0, 500), (500, 1500), (1500, 2000))]
    assert abs(counts[0] - 500) < 100 and abs(counts[1] - 3000) < 250 and counts[2] == 0
    plain = draw_arrivals(Source("x", 100, 10.0), SETTINGS)
    assert np.array_equal(found.times[found.times < 500], plain.times[plain.times < 500])


def test_no_cells_and_no_rate_give_no_spikes() -> None:
    for source in (Source("x", 0, 10.0), Source("x", 10, 0.0)):
        found = draw_arrivals(source, SETTINGS)
        assert len(found.times) == 0 and np.all(found.first == 0)


def test_sources_are_independent_over_200_seeds() -> None:
    """Of two sources, and of neighbouring seeds: no spikes in common steps beyond chance, at no shift."""
    settings = [RunSettings(t_end=200.0, seed=seed) for seed in range(201)]
    e, i = ([np.diff(draw_arrivals(Source(name, 40, 25.0), s).first) for s in settings] for name in "ei")
    for pairs in (list(zip(e, i, strict=True))[:200], list(pairwise(e))):
        for shift in (0, 1, 10):
            common = [float(np.sum(np.roll(a, shift) * b)) for a, b in pairs]
            expected = 2000 * 0.1**2
            assert abs(np.mean(common) - expected) < 4.0 * np.std(common) / np.sqrt(200)
            assert abs(np.var(common) / expected - 1.0) < 0.5
