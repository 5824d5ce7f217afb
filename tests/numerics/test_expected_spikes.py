"""What theory expects of counts and intervals is what drawn trains show."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from ncm_app.numerics.spikes.expected import (
    expected_fano,
    expected_variation,
    exponential_variation,
    interval_density,
)
from ncm_app.numerics.spikes.poisson import poisson_trains
from ncm_app.numerics.spikes.trains import fano_factor, intervals, spike_counts, variation
from tests.numerics.spike_rates import near, sine, steady, swinging

SEEDS = range(200)


def test_interval_density_of_a_constant_rate_is_the_closed_form():
    x = np.linspace(0, 600, 50)
    found = interval_density(x, np.array([400.0, 5000.0]), np.full(2, 0.02), 170.0)
    for k, end in enumerate((400.0, 5000.0)):
        np.testing.assert_allclose(found[:, k], 0.02**2 * np.maximum(end - x, 0) * np.exp(-0.02 * x), rtol=1e-9)


@pytest.mark.parametrize("end", [130.0, 1000.0, 5010.0])
def test_intervals_of_a_changing_rate_have_the_expected_density(end):
    x = np.linspace(0, min(end, 1500.0), 3001)
    density = interval_density(x, np.array([end]), sine(np.linspace(0, 200, 129)), 200.0)[:, 0]
    rate = swinging(end)
    number = np.trapezoid(density, x)
    assert number == pytest.approx(rate.expected - 1 + np.exp(-rate.expected), rel=2e-3)
    cumulated = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(x))]) / number
    gaps = intervals(poisson_trains(rate, int(6000 / number), 8))
    assert kstest(gaps, lambda gap: np.interp(gap, x, cumulated)).pvalue > 1e-3


@pytest.mark.parametrize(("end", "trials"), [(1000.0, 100), (5000.0, 1), (1000.0, 5)])
def test_variation_of_a_changing_rate_is_expected(end, trials):
    mean, spread = expected_variation(np.array([end]), trials, sine(np.linspace(0, 200, 65)), 200.0)
    found = [variation(intervals(poisson_trains(swinging(end), trials, seed))) for seed in SEEDS]
    assert np.mean(found) == pytest.approx(float(mean[0]), abs=4 * np.std(found) / np.sqrt(len(found)) + 0.01)
    assert np.std(found) == pytest.approx(float(spread[0]), rel=0.25)


@pytest.mark.parametrize(("seconds", "mean", "spread"), [(5, 0.958, 0.124), (20, 0.995, 0.070), (100, 0.998, 0.031)])
def test_exercise_on_the_variation(seconds, mean, spread):
    """Numbers of 500 runs of the book's own code: one trial at 10 Hz."""
    theory, deviation = expected_variation(np.array([1000.0 * seconds]), 1, np.full(2, 0.01), 1000.0)
    assert float(theory[0]) == pytest.approx(mean, abs=0.015)
    assert float(deviation[0]) == pytest.approx(spread, rel=0.1)
    found = [variation(intervals(poisson_trains(steady(10, 1000.0 * seconds), 1, seed))) for seed in SEEDS]
    near(found, float(theory[0]), float(deviation[0]))


@pytest.mark.parametrize(("trials", "mean", "spread"), [(10, 0.897, 0.420), (100, 0.991, 0.141)])
def test_exercise_on_the_fano_factor(trials, mean, spread):
    """Numbers of 2000 runs of the book's own code: trials of 1 s at 10 Hz."""
    theory, deviation = expected_fano(trials, 10.0)
    assert float(theory) == pytest.approx(mean, abs=0.01)
    assert float(deviation) == pytest.approx(spread, rel=0.02)
    near([fano_factor(spike_counts(poisson_trains(steady(10, 1000.0), trials, seed))) for seed in range(400)],
         float(theory), float(deviation))


@pytest.mark.parametrize("number", [15, 49, 400])
def test_variation_of_exponential_intervals(number):
    gaps = np.random.default_rng(7).exponential(size=(20_000, number))
    mean, spread = exponential_variation(np.array([number]))
    found = gaps.std(axis=1) / gaps.mean(axis=1)
    assert found.mean() == pytest.approx(float(mean[0]), abs=0.008)
    assert found.std() == pytest.approx(float(spread[0]), rel=0.08)


def test_too_few_intervals_have_no_expected_variation():
    durations = np.array([100.0, 300.0, 1000.0, 3000.0])
    mean, spread = expected_variation(durations, 1, np.full(2, 0.01), 100.0)
    np.testing.assert_array_equal(np.isnan(mean), [True, True, True, False])
    np.testing.assert_array_equal(np.isnan(spread), np.isnan(mean))
