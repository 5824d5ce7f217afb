"""What is measured of spike trains: counts, intervals, rates, histograms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from ncm_app.numerics.spikes.histograms import count_histogram, funnel, interval_histogram
from ncm_app.numerics.spikes.trains import (
    Trains,
    fano_factor,
    firing_rate,
    gaussian_kernel,
    intervals,
    rate_over_time,
    return_map,
    smoothed_rate,
    sorted_trains,
    spike_counts,
    successive_intervals,
    variation,
)

THREE = sorted_trains(np.array([30.0, 5.0, 10.0, 70.0, 20.0]), np.array([2, 0, 2, 2, 0]), 4, 100.0)


def test_spikes_are_sorted_by_trial_then_time():
    np.testing.assert_array_equal(THREE.times, [5, 20, 10, 30, 70])
    np.testing.assert_array_equal(THREE.trials, [0, 0, 2, 2, 2])
    assert not THREE.times.flags.writeable


def test_silent_trials_count_too():
    np.testing.assert_array_equal(spike_counts(THREE), [2, 0, 3, 0])
    assert firing_rate(THREE) == pytest.approx(1000 * 5 / 400)


def test_intervals_stay_within_a_trial():
    np.testing.assert_array_equal(intervals(THREE), [15, 20, 40])


def test_variation_and_fano_factor_have_divisor_n():
    assert variation(np.array([1.0, 3.0])) == pytest.approx(0.5)
    assert fano_factor(np.array([1, 3])) == pytest.approx(0.5)
    assert fano_factor(np.array([7, 7, 7])) == 0.0


def test_too_few_spikes_give_no_number():
    assert math.isnan(variation(np.array([4.0])))
    assert math.isnan(fano_factor(np.array([3])))
    assert math.isnan(fano_factor(np.array([0, 0])))


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6), width=st.sampled_from([5.0, 12.5, 20.0, 100.0]))
def test_rate_over_time_holds_every_spike(seed, width):
    rng = np.random.default_rng(seed)
    trains = sorted_trains(rng.uniform(0, 100, 40), rng.integers(0, 3, 40), 3, 100.0)
    edges, rate = rate_over_time(trains, width)
    assert len(edges) == len(rate) + 1
    assert (edges[0], edges[-1]) == (0.0, 100.0)
    assert np.sum(rate * width) * 3 / 1000 == pytest.approx(40)


@pytest.mark.parametrize("dt", [0.1, 0.3, 0.05])
def test_spikes_at_the_start_of_their_bins_fall_into_the_right_window(dt):
    """k * dt is often a rounding error below the edge on which it lies: the trap of the book's round trip."""
    bins = np.arange(6000)
    trains = sorted_trains(bins * dt, 0 * bins, 1, 6000 * dt)
    _, rate = rate_over_time(trains, 20 * dt)
    np.testing.assert_allclose(rate * 20 * dt / 1000, 20.0)


def test_smoothed_rate_is_the_convolution_with_a_gaussian():
    rng, dt, sigma = np.random.default_rng(3), 0.5, 10.0
    trains = sorted_trains(np.floor(rng.uniform(0, 800, 60)) * dt, rng.integers(0, 5, 60), 5, 400.0)
    t, rate = smoothed_rate(trains, sigma, dt)
    density = np.zeros(800)
    np.add.at(density, np.rint(trains.times / dt).astype(int), 1 / (5 * dt))
    kernel = gaussian_kernel(sigma, dt)
    within = dt * np.convolve(np.ones(800), kernel, "same")  # the part of the kernel inside the recording
    assert within[0] == pytest.approx(0.5, abs=0.02) and within[400] == pytest.approx(1.0)
    np.testing.assert_allclose(rate, 1000 * dt * np.convolve(density, kernel, "same") / within, atol=1e-9)
    assert (t[0], t[-1], len(t)) == (0.0, 399.5, 800)


def one_trial(times, duration):
    return sorted_trains(np.asarray(times, dtype=float), np.zeros(len(times), dtype=np.int64), 1, duration)


def test_last_window_is_as_long_as_what_is_left_of_the_recording():
    edges, rate = rate_over_time(one_trial([100, 450, 950, 990, 1000], 1000.0), 300.0)
    np.testing.assert_allclose(edges, [0, 300, 600, 900, 1000])
    np.testing.assert_allclose(rate, [10 / 3, 10 / 3, 0, 30])


def test_spike_at_the_very_end_belongs_to_the_last_window():
    edges, rate = rate_over_time(one_trial([500], 500.0), 500.0)
    assert (edges.tolist(), rate.tolist()) == ([0.0, 500.0], [2.0])


def test_window_longer_than_the_recording_covers_the_recording_and_no_sliver_is_a_window():
    times = np.linspace(0.0, 2.0, 60)
    edges, rate = rate_over_time(one_trial(times, 2.0), 500.0)
    assert (edges.tolist(), rate.tolist()) == ([0.0, 2.0], [30_000.0])
    edges, rate = rate_over_time(one_trial([1000.4], 1000.5), 500.0)
    np.testing.assert_allclose(edges, [0, 500, 1000.5])
    np.testing.assert_allclose(rate, [0, 1000 / 500.5])


@pytest.mark.parametrize("duration", [2.0, 40.0, 1000.0])
def test_constant_rate_stays_what_it_is_whatever_the_kernel(duration):
    """As many spikes in each bin: sentence, windows and smoothed rate must say the same, up to the ends."""
    dt = duration / 200
    trains = one_trial((np.arange(200) + 0.5) * dt, duration)
    _, smoothed = smoothed_rate(trains, 250.0, dt)
    np.testing.assert_allclose(smoothed, firing_rate(trains), rtol=1e-9)
    np.testing.assert_allclose(rate_over_time(trains, duration / 4)[1], firing_rate(trains))


def test_gaussian_kernel_has_integral_one_and_its_deviation():
    kernel, dt = gaussian_kernel(10.0, 0.1), 0.1
    s = dt * (np.arange(len(kernel)) - len(kernel) // 2)
    assert kernel.sum() * dt == pytest.approx(1.0)
    assert math.sqrt(np.sum(kernel * s**2) * dt) == pytest.approx(10.0, rel=0.02)  # cut at three SD


def trains_of(counts, duration=1000.0):
    rows = np.repeat(np.arange(len(counts)), counts)
    times = np.random.default_rng(1).uniform(0, duration, len(rows))
    return sorted_trains(times, rows, len(counts), duration)


@pytest.mark.parametrize("mean", [0.2, 3.0, 15.0, 1000.0])
def test_count_histogram_holds_every_trial_and_all_chance(mean):
    counts = np.random.default_rng(2).poisson(mean, 60)
    counts[0] = 3 * round(mean) + 30  # a stray one is shown too
    (edges, shares), (places, chances) = count_histogram(trains_of(counts), mean)
    assert shares.sum() == pytest.approx(100.0)
    assert chances.sum() == pytest.approx(100.0, abs=0.05)
    np.testing.assert_allclose(places, (edges[1:] + edges[:-1]) / 2)
    for low, high, chance in zip(edges[:-1], edges[1:], chances, strict=True):
        inside = np.arange(math.ceil(low), math.floor(high) + 1)
        assert chance == pytest.approx(100 * poisson.pmf(inside, mean).sum(), abs=1e-9)


def test_bars_of_a_few_counts_stand_on_the_counts():
    (edges, shares), (places, _) = count_histogram(trains_of([2, 2, 5]), 3.0)
    at = dict(zip(places, shares, strict=True))
    assert (at[2.0], at[5.0], at[3.0]) == pytest.approx((200 / 3, 100 / 3, 0.0))
    np.testing.assert_allclose(np.diff(edges), 1.0)


def test_interval_histogram_is_a_density():
    trains = trains_of(np.full(50, 20))
    edges, density = interval_histogram(trains, 1000.0)
    assert np.sum(density * np.diff(edges)) / 1000 == pytest.approx(1.0)
    half, _ = interval_histogram(trains, 100.0)
    assert half[-1] == pytest.approx(100.0)


def test_bars_of_stepped_intervals_hold_whole_steps():
    """Else bars of 12 and of 13 steps alternate, and the histogram is a comb."""
    dt = 0.3
    steps = np.tile(np.arange(1, 41), 5)
    times = np.concatenate([[0.0], np.cumsum(steps)]) * dt
    trains = Trains(times, np.zeros(len(times), dtype=np.int64), 1, float(times[-1]) + dt)
    edges, density = interval_histogram(trains, 10.0, step=dt)
    np.testing.assert_allclose(edges / dt, np.rint(edges / dt), atol=1e-9)
    # One step per bar: no interval of nought steps, then as many of each.
    assert density[0] == 0.0
    np.testing.assert_allclose(density[1:], 1000 / (40 * dt))


def test_funnel_leaves_out_what_is_not_known_and_never_goes_below_zero():
    x = np.array([1.0, 2.0, 3.0])
    found = funnel(x, (np.array([np.nan, 0.5, 1.0]), np.array([np.nan, 0.7, 0.2])), 2.0, 0.9, np.array([0.8, 1.1, 1.0]))
    np.testing.assert_allclose(found["band"], [[2, 3], [0.0, 0.8], [1.2, 1.2]])
    np.testing.assert_array_equal(found["now"], [[2.0], [0.9]])
    places, values = found["repeats"]
    assert np.all(np.abs(np.log(places / 2.0)) <= 0.125 + 1e-12)
    np.testing.assert_array_equal(values, [0.8, 1.1, 1.0])


def test_no_spikes_give_empty_histograms():
    none = Trains(np.array([]), np.array([], dtype=np.int64), 3, 100.0)
    assert not interval_histogram(none, 100.0)[1].any()
    (edges, shares), _ = count_histogram(none, 0.1)
    assert shares[np.searchsorted(edges, 0.0) - 1] == 100.0
    one = np.array([1.0])
    assert len(funnel(one, (one, 0.1 * one), 1.0, np.nan, np.array([]))["repeats"][0]) == 0


@pytest.mark.parametrize("duration", [1e-9, 1e-3, 7.0, 50.0])
def test_a_kernel_wider_than_the_recording_is_cut_where_it_counts_nothing(duration):
    """The sum over the recording alone, each bin weighed by the whole kernel, whatever its width: no grid beyond it."""
    times = duration * np.array([0.1, 0.35, 0.9])
    trains, sigma, size = Trains(times, np.zeros(3, dtype=int), 1, duration), 400.0, 200
    dt = duration / size
    t, rate = smoothed_rate(trains, sigma, dt)
    weights = np.exp(-((t[:, None] - t[None, :]) ** 2) / (2 * sigma**2))
    density = np.bincount(np.floor(times / dt + 1e-9).astype(int), minlength=size) / dt
    np.testing.assert_allclose(rate, 1000.0 * (weights @ density) / weights.sum(axis=1), rtol=1e-9)


def test_successive_intervals_stay_within_their_trial():
    trains = sorted_trains(np.array([1.0, 3.0, 6.0, 0.0, 10.0, 4.0, 5.0]), np.array([0, 0, 0, 1, 1, 2, 2]), 3, 20.0)
    first, second = successive_intervals(trains)
    np.testing.assert_allclose([first, second], [[2.0], [3.0]])
    assert return_map(trains, np.array([0.0, 2.5, 5.0])).tolist() == [[0.0, 0.0], [100.0, 0.0]]
    lone = sorted_trains(np.array([1.0]), np.array([0]), 1, 20.0)
    assert np.isnan(return_map(lone, np.array([0.0, 1.0]))).all()


def test_return_map_of_a_poisson_process_is_a_product_of_exponentials():
    """Each cell within five standard deviations of n p (1 - p); shares of 60,000 pairs."""
    r, rng = 0.02, np.random.default_rng(3)
    times = np.cumsum(rng.exponential(1.0 / r, 60_002))
    trains = sorted_trains(times, np.zeros(len(times), dtype=int), 1, float(times[-1]) + 1.0)
    edges = np.linspace(0.0, 150.0, 7)
    alone = -np.diff(np.exp(-r * edges))
    theory = alone[:, None] * alone[None, :]
    found = return_map(trains, edges) / 100.0
    deviation = np.abs(found - theory) / np.sqrt(theory * (1.0 - theory) / 60_000)
    assert deviation.max() < 5.0
    assert 0.5 < np.sqrt(np.mean(deviation**2)) < 1.7  # neighbouring pairs share an interval
    assert found.sum() == pytest.approx((1.0 - np.exp(-r * 150.0)) ** 2, abs=0.01)


def test_return_map_tells_the_order_of_intervals():
    """Intervals of 10, 30, 50 ms by turns: the next one stands on the y axis."""
    times = np.cumsum(np.tile([10.0, 30.0, 50.0], 100))
    trains = sorted_trains(times, np.zeros(300, dtype=int), 1, 1e5)
    share = return_map(trains, np.array([0.0, 20.0, 40.0, 60.0]))
    assert [share[1, 0], share[2, 1], share[0, 2]] == pytest.approx([100 / 3] * 3, abs=0.5)
    assert share[0, 1] == share[1, 2] == share[0, 0] == 0.0
