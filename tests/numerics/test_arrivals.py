"""Sums of Poisson trains: their law, and that a slider moves as few spikes as it must."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ncm_app.numerics.noise import hash_uniform
from ncm_app.numerics.spikes import arrivals as module
from ncm_app.numerics.spikes.arrivals import add_arrivals, arrivals, in_steps
from ncm_app.numerics.spikes.shot_noise import deviation, deviation_of_mean, running_means

SEEDS = range(400)


@pytest.mark.parametrize(("rate", "duration"), [(1.6, 500.0), (0.3, 77.0), (4.25, 64.0)])
def test_counts_are_poisson(rate, duration):
    counts = np.array([len(arrivals(rate, duration, seed, 0)[0]) for seed in range(1500)])
    mean = rate * duration
    assert counts.mean() == pytest.approx(mean, abs=4 * np.sqrt(mean / len(counts)))
    assert counts.var() / mean == pytest.approx(1.0, abs=4 * np.sqrt(2 / len(counts)))


def test_times_and_marks_are_even_and_intervals_exponential():
    times, marks = arrivals(2.3, 20_000.0, 7, 3)
    assert stats.kstest(times / 20_000.0, "uniform").pvalue > 1e-3
    assert stats.kstest(marks, "uniform").pvalue > 1e-3
    assert stats.kstest(np.diff(np.sort(times)) * 2.3, "expon").pvalue > 1e-3
    assert abs(np.corrcoef(times, marks)[0, 1]) < 4 / np.sqrt(len(times))


def test_seeds_and_streams_are_independent():
    counts = np.array([[len(arrivals(1.3, 300.0, seed, stream)[0]) for stream in range(6)] for seed in SEEDS])
    streams, seeds = np.corrcoef(counts.T), np.corrcoef(counts[:-1].ravel(), counts[1:].ravel())
    assert np.abs(streams[~np.eye(6, dtype=bool)]).max() < 4.5 / np.sqrt(len(SEEDS))
    assert abs(seeds[0, 1]) < 4.5 / np.sqrt(counts[1:].size)
    a, b = (np.sort(arrivals(5.0, 5000.0, 1, stream)[0]) for stream in (0, 1))
    assert len(np.intersect1d(np.round(a, 6), np.round(b, 6))) < 5


@given(low=st.floats(0.01, 8), more=st.floats(0, 8), duration=st.floats(1, 900), longer=st.floats(0, 900),
       seed=st.integers(0, 9999))
@settings(max_examples=80, deadline=None)
def test_a_higher_rate_adds_spikes_and_a_longer_run_keeps_the_earlier_ones(low, more, duration, longer, seed):
    few, many = ({*zip(*map(np.ndarray.tolist, arrivals(rate, duration, seed, 1)), strict=True)}
                 for rate in (low, low + more))
    assert few <= many
    long = {*zip(*map(np.ndarray.tolist, arrivals(low, duration + longer, seed, 1)), strict=True)}
    assert {spike for spike in long if spike[0] < duration} == few


@given(rate=st.floats(0.01, 20), dt=st.sampled_from([0.05, 0.1, 0.37, 1.0, 7.0]), seed=st.integers(0, 9999),
       cut=st.integers(1, 900))
@settings(max_examples=60, deadline=None)
def test_counts_per_step_are_the_same_spikes(rate, dt, seed, cut):
    """Drawn at once, in two parts, or binned from the list: all one."""
    steps, streams = 1000, np.array([4, 5])
    whole, parts = (np.zeros((steps, 3), dtype=np.uint8) for _ in range(2))
    add_arrivals(whole, np.array([rate, 0.5]), 0, dt, seed, streams)
    add_arrivals(parts[:cut], np.array([rate, 0.5]), 0, dt, seed, streams)
    add_arrivals(parts[cut:], np.array([rate, 0.5]), cut, dt, seed, streams)
    np.testing.assert_array_equal(whole, parts)
    times = arrivals(rate, steps * dt, seed, 4)[0]
    listed = in_steps(times, np.arange(steps) * dt)
    apart = np.abs(listed - whole[:, 0])  # a spike on the edge of two steps may be counted in either
    assert apart.sum() <= 2
    assert not whole[:, 2].any()


def test_half_the_step_holds_the_same_spikes():
    times = arrivals(3.0, 500.0, 2, 0)[0]
    coarse, fine = in_steps(times, np.arange(5001) * 0.1), in_steps(times, np.arange(10001) * 0.05)
    assert np.abs(fine[:-1].reshape(-1, 2).sum(axis=1) - coarse[:-1]).sum() <= 2
    assert coarse.sum() == fine.sum() == len(times)


def test_hash_is_that_of_the_noise():
    """The compiled file repeats it, so that its copy on disk is never stale."""
    for seed, stream in ((0, 0), (3, 1), (9999, 1017)):
        key = int(module.key_of(seed, stream))
        word = (key + 5 * int(module.GOLDEN)) % 2**64
        own = int(module.mix(np.uint64(word)))
        assert (float(own >> 12) + 0.5) * 2.0**-52 == hash_uniform(seed, stream, 5)


# Shot noise ---------------------------------------------------------------------------

def test_spread_of_figure_2_5():
    """SD of I_e + I_i, from Campbell's theorem: j^2 r / (2 tau) for each kind."""
    assert np.hypot(deviation(16.0, 1.6, 5.0), deviation(-16.0, 0.75, 5.0)) == pytest.approx(7.756, abs=5e-4)


@pytest.mark.parametrize("tau", [5.0, 20.0])
def test_estimates_of_the_mean_scatter_as_theory_says(tau):
    """Over seeds, after 1 and 30 trials: no bias, and the spread that is drawn as a band."""
    length, burn_in, rate, weight = 400.0, 200.0, 1.6, 16.0
    found = np.array([running_means(weight, rate, tau, length=length, trials=30, burn_in=burn_in, seed=seed, stream=9)
                      for seed in range(500)])[:, :, [0, 29]]
    number = np.array([1, 30])
    over_trials = deviation(weight, rate, tau) / np.sqrt(number)
    over_time = deviation_of_mean(weight, rate, tau, length * number - burn_in)
    for k, spread in enumerate((over_trials, over_time)):
        assert (np.abs(found[:, k].mean(axis=0) - weight * rate) < 4 * spread / np.sqrt(500)).all()
        np.testing.assert_allclose(found[:, k].std(axis=0), spread, rtol=4 / np.sqrt(2 * 500))


def test_estimates_are_those_of_a_stepped_current():
    rate, tau, dt, length, trials = 1.1, 7.0, 0.01, 50.0, 4
    counts = in_steps(arrivals(rate, length * trials, 3, 2)[0], np.arange(round(length * trials / dt)) * dt)
    steps = round(length / dt)
    current, alone = np.zeros(len(counts) + 1), np.zeros(trials)
    for k, n in enumerate(counts):
        current[k + 1] = current[k] * (1 - dt / tau) + 12.0 / tau * n
        alone[k // steps] = alone[k // steps] * (1 - dt / tau) + 12.0 / tau * n
    over_trials, over_time = running_means(12.0, rate, tau, length=length, trials=trials, burn_in=25.0, seed=3,
                                           stream=2)
    np.testing.assert_allclose(over_trials, np.cumsum(alone) / np.arange(1, trials + 1), rtol=0.01)
    means = [current[round(25.0 / dt):k * steps].mean() for k in range(1, trials + 1)]
    np.testing.assert_allclose(over_time, means, rtol=0.01)
