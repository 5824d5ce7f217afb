"""Poisson processes have the law that theory states, whatever the algorithm, and share their random numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare, expon, kstest, poisson

from ncm_app.numerics.results.base import Status
from ncm_app.numerics.spikes import poisson as module
from ncm_app.numerics.spikes.expected import expected_variation
from ncm_app.numerics.spikes.poisson import (
    BINS,
    COUNTS,
    TIMES,
    Rate,
    poisson_quantiles,
    poisson_trains,
    repeated,
    times_at,
)
from ncm_app.numerics.spikes.trains import fano_factor, firing_rate, intervals, spike_counts, variation
from ncm_app.numerics.system import Cancelled, Progress
from tests.numerics.spike_rates import near, sine, steady, swinging

SEEDS = range(200)
ALGORITHMS = pytest.mark.parametrize("algorithm", [TIMES, BINS, COUNTS])


@pytest.mark.parametrize("mean", [0.0, 0.01, 1.0, 15.0, 800.0, 16000.0])
def test_quantiles_are_those_of_the_poisson_law(mean):
    u = np.concatenate([np.random.default_rng(1).random(500), [1e-9, 1 - 1e-9]])
    np.testing.assert_array_equal(poisson_quantiles(mean, u), poisson.ppf(u, mean))
    least, most = poisson_quantiles(mean, np.array([2.0**-53, 1 - 2.0**-53]))
    assert 0 <= least <= mean <= most < mean + 12 * np.sqrt(mean) + 45


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 10**6), pieces=st.integers(1, 3000), silent=st.floats(0, 0.999))
def test_places_are_those_of_linear_interpolation(seed, pieces, silent):
    rng = np.random.default_rng(seed)
    values = rng.random(pieces) * (rng.random(pieces) > silent)
    values[rng.integers(pieces)] = 1.0
    reached, edges = np.concatenate([[0.0], np.cumsum(values)]), np.arange(pieces + 1.0)
    heights = rng.random(500) * reached[-1]
    np.testing.assert_allclose(times_at(heights, reached, edges), np.interp(heights, reached, edges), atol=1e-6)
    assert 0 <= times_at(reached[-1:], reached, edges)[0] <= edges[-1]


@ALGORITHMS
def test_rate_variation_and_fano_factor_over_seeds(algorithm):
    runs = [poisson_trains(steady(15, 1000), 100, seed, algorithm=algorithm) for seed in SEEDS]
    near([firing_rate(run) for run in runs], 15.0, np.sqrt(15 / 100))
    near([fano_factor(spike_counts(run)) for run in runs], 0.99, np.sqrt(2 * 99) / 100)
    mean, spread = expected_variation(np.array([1000.0]), 100, np.full(2, 0.015), 1000.0)
    found = [variation(intervals(run)) for run in runs]
    assert np.mean(found) == pytest.approx(float(mean[0]), abs=0.005)
    assert np.std(found) == pytest.approx(float(spread[0]), rel=0.2)


def test_intervals_are_exponential_and_counts_poisson():
    gaps = intervals(poisson_trains(steady(40, 100_000), 3, 5))
    assert kstest(gaps, expon(scale=25).cdf).pvalue > 1e-3
    counts = spike_counts(poisson_trains(steady(3, 1000), 5000, 6))
    seen = np.bincount(np.minimum(counts, 9), minlength=10)
    law = np.append(poisson.pmf(np.arange(9), 3), poisson.sf(8, 3))
    assert chisquare(seen, 5000 * law).pvalue > 1e-3


def test_times_of_a_changing_rate_are_uniform_in_rescaled_time():
    rate = swinging()
    reached = np.concatenate([[0.0], np.cumsum(rate.values * np.diff(rate.edges))])
    times = poisson_trains(rate, 300, 3).times
    assert kstest(np.interp(times, rate.edges, reached) / reached[-1], "uniform").pvalue > 1e-3
    assert np.all(sine(times) > 0)


def patterns(algorithm, chances, trials=40_000):
    """Return how often each pattern of counts in three bins came up."""
    rate = Rate(np.arange(4) * 2.0, np.array(chances) / 2.0)
    trains = poisson_trains(rate, trials, 9, algorithm=algorithm, dt=2.0)
    found = np.zeros((trials, 3), dtype=int)
    np.add.at(found, (trains.trials, np.rint(trains.times / 2.0).astype(int)), 1)
    return found


def test_bins_spike_with_chance_r_dt_independently_and_once_at_most():
    chances = (0.1, 0.5, 0.8)
    found = patterns(BINS, chances)
    assert found.max() == 1
    seen = np.bincount(found @ [1, 2, 4], minlength=8)
    law = [np.prod([c if k >> b & 1 else 1 - c for b, c in enumerate(chances)]) for k in range(8)]
    assert chisquare(seen, len(found) * np.array(law)).pvalue > 1e-3


def test_poisson_counts_per_bin_are_poisson_and_independent():
    chances = (0.1, 0.5, 1.8)
    found = np.minimum(patterns(COUNTS, chances), 3)
    law = [np.append(poisson.pmf(np.arange(3), c), poisson.sf(2, c)) for c in chances]
    joint = law[0][:, None, None] * law[1][:, None] * law[2]
    seen = np.zeros((4, 4, 4))
    np.add.at(seen, tuple(found.T), 1)
    common = joint * len(found) >= 5
    assert chisquare(np.append(seen[common], seen[~common].sum()),
                     len(found) * np.append(joint[common], joint[~common].sum())).pvalue > 1e-3


def test_wide_bins_make_trains_sub_poisson():
    """A Bernoulli train of chance p: the CV of its geometric intervals is sqrt(1 - p), its Fano factor 1 - p."""
    runs = [poisson_trains(steady(40, 20_000), 20, seed, algorithm=BINS, dt=5.0) for seed in range(40)]
    assert np.mean([variation(intervals(run)) for run in runs]) == pytest.approx(np.sqrt(0.8), abs=0.004)
    near([fano_factor(spike_counts(run)) for run in runs], 0.8 * 19 / 20)


def test_a_chance_of_one_is_refused():
    with pytest.raises(ValueError, match=r"below 1, not 1\.2"):
        poisson_trains(steady(80, 1000), 1, 1, algorithm=BINS, dt=15.0)


@pytest.mark.parametrize("pair", ["trials", "streams", "seeds", "count and times"])
def test_what_is_drawn_apart_is_independent(pair):
    rate, products = steady(20, 1000), []
    for seed in SEEDS:
        counts = spike_counts(poisson_trains(rate, 50, seed)) - 20
        if pair == "trials":
            other = np.roll(counts, 1)
        elif pair == "count and times":
            trains = poisson_trains(rate, 50, seed)
            other = np.bincount(trains.trials, trains.times / 1000 - 0.5, minlength=50)
        else:
            shift = {"streams": {"stream": 1}, "seeds": {}}[pair]
            other = spike_counts(poisson_trains(rate, 50, seed + (pair == "seeds"), **shift)) - 20
        products.append(np.mean(counts * other) / (20 if pair != "count and times" else np.sqrt(20 * 20 / 12)))
    assert abs(np.mean(products)) < 4 / np.sqrt(50 * len(SEEDS))


@ALGORITHMS
def test_a_higher_rate_adds_spikes_and_moves_none(algorithm):
    low, high = (poisson_trains(steady(r, 1000), 100, 4, algorithm=algorithm) for r in (15.0, 15.5))
    old, new = (set(zip(run.trials.tolist(), run.times.round(6).tolist(), strict=True)) for run in (low, high))
    if algorithm == BINS:  # the intensity is not quite linear in r: a few spikes change their bin
        assert len(old & new) > 0.98 * len(old)
    else:
        assert old <= new
    assert 0 < len(new - old) < 0.12 * len(old)


def test_a_higher_sine_moves_spikes_a_little():
    def drawn(height):
        edges = np.arange(10_001) * 0.1
        return poisson_trains(Rate(edges, (20 + height * np.sin(2 * np.pi * edges[:-1] / 200)) / 1000), 100, 4)
    low, high = drawn(15.0), drawn(15.5)
    np.testing.assert_array_equal(low.trials, high.trials)
    assert 0 < np.abs(low.times - high.times).max() < 4.0


def test_more_trials_leave_the_first_ones_as_they_are():
    few, many = (poisson_trains(steady(15, 1000), n, 4) for n in (7, 300))
    np.testing.assert_array_equal(few.times, many.times[many.trials < 7])


@pytest.mark.parametrize("change", [{"seed": 5}, {"stream": 1}])
def test_another_seed_or_stream_draws_all_anew(change):
    first, other = (poisson_trains(steady(15, 1000), 100, **{"seed": 4, **c}) for c in ({}, change))
    assert not set(first.times) & set(other.times)


class Watched(Progress):
    """Keeps the fractions, and cancels after some of them."""

    def __init__(self, cancel_after=10**9):
        self.seen, self.cancel_after = [], cancel_after

    def report(self, fraction, partial=None):
        self.seen.append(fraction)
        if len(self.seen) > self.cancel_after:
            raise Cancelled


def test_long_runs_report_end_at_the_bound_and_say_so(monkeypatch):
    monkeypatch.setattr(module, "MOST_SPIKES", 3000)
    monkeypatch.setattr(module, "BLOCK", 500)
    monkeypatch.setattr(module, "FIRST_BLOCK", 500)
    watched = Watched()
    trains = poisson_trains(steady(20, 5000), 100, 1, progress=watched)
    assert (trains.count, trains.status) == (30, Status.STEP_LIMIT)
    assert "30 of 100 trials" in trains.message and "3,000 spikes" in trains.message
    assert watched.seen == pytest.approx(np.arange(1, 7) / 6)
    with pytest.raises(Cancelled):
        poisson_trains(steady(20, 5000), 100, 1, progress=Watched(2))
    assert poisson_trains(steady(20, 5000), 30, 1).status is Status.OK


def test_blocks_do_not_show(monkeypatch):
    whole = poisson_trains(swinging(), 100, 2)
    monkeypatch.setattr(module, "BLOCK", 100)
    parts = poisson_trains(swinging(), 100, 2)
    np.testing.assert_array_equal(whole.trials, parts.trials)
    np.testing.assert_allclose(whole.times, parts.times, atol=1e-9)


def test_repeats_scatter_as_theory_says_and_are_not_the_run_itself():
    rate, variations, fanos = steady(15, 1000), [], []
    for seed in range(40):
        trains = poisson_trains(rate, 50, seed)
        found = repeated(rate, trains, seed)
        assert (len(found.variations), len(found.fanos), found.message) == (24, 24, "")
        assert not np.any(np.isin(found.fanos, fano_factor(spike_counts(trains))) & np.isin(
            found.variations, variation(intervals(trains))))
        variations.append(found.variations)
        fanos.append(found.fanos)
    mean, spread = expected_variation(np.array([1000.0]), 50, np.full(2, 0.015), 1000.0)
    near(np.ravel(variations), float(mean[0]), float(spread[0]))
    near(np.ravel(fanos), 0.98, np.sqrt(2 * 49) / 50)


def test_repeats_keep_their_trials_when_there_are_more():
    rate = steady(15, 1000)
    few, more = (repeated(rate, poisson_trains(rate, n, 1), 1).fanos for n in (200, 210))
    assert np.corrcoef(few, more)[0, 1] > 0.8


def test_large_runs_have_fewer_repeats_and_say_so(monkeypatch):
    rate = steady(20, 5000)
    for most, left, words in ((20_000, 4, "Only 4 repeats are"), (5000, 1, "One repeat is"), (100, 0, "No repeat is")):
        monkeypatch.setattr(module, "MOST_REPEATED", most)
        found = repeated(rate, poisson_trains(rate, 50, 1), 1)
        assert (len(found.fanos), len(found.variations)) == (left, left)
        assert words in found.message


def test_wide_bins_are_named_in_the_answer():
    for algorithm, dt, told in ((BINS, 5.0, True), (BINS, 0.1, False), (COUNTS, 5.0, False)):
        rate = steady(40, 1000)
        trains = poisson_trains(rate, 10, 1, algorithm=algorithm, dt=dt)
        assert ("r dt reaches 0.2" in repeated(rate, trains, 1, algorithm=algorithm, dt=dt).message) == told
