"""Statistics of network spikes against processes whose rates, intervals and correlations are known."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.networks.rhythm import count_correlations, population_spectrum, spike_count_matrix
from ncm_app.numerics.networks.statistics import (
    Estimate,
    batch_means,
    cell_intervals,
    cell_rates,
    cell_variations,
    counts_over_time,
    mean_of,
    population_rate,
    shares,
)

SIZE, T_END, HZ = 200, 20_000.0, 15.0


def poisson_cells(seed=1, size=SIZE, t_end=T_END, hz=HZ):
    rng = np.random.default_rng(seed)
    count = rng.poisson(size * hz * t_end / 1000.0)
    return np.sort(rng.uniform(0.0, t_end, count)), rng.integers(0, size, count)


def common_drive(share, seed=2):
    """Return spikes of cells that each copy a mother process with a probability: counts correlate by that."""
    rng = np.random.default_rng(seed)
    mother = np.sort(rng.uniform(0.0, T_END, rng.poisson(HZ / share * T_END / 1000.0)))
    copied = rng.random((SIZE, len(mother))) < share
    cells, which = np.nonzero(copied)
    order = np.argsort(mother[which], kind="stable")
    return mother[which][order], cells[order]


def test_rate_and_its_error_are_those_of_a_poisson_process():
    off, errors = [], []
    for seed in range(60):
        times, _ = poisson_cells(seed, t_end=2000.0)
        found = population_rate(times, SIZE, 0.0, 2000.0)
        off.append(found.away_from(HZ))
        errors.append(found.error)
    exact = np.sqrt(HZ / (SIZE * 2.0))
    assert np.mean(errors) == pytest.approx(exact, rel=0.08)
    assert abs(np.mean(off)) < 0.5
    assert np.std(off) == pytest.approx(1.13, abs=0.3)  # Student's t with 9 degrees of freedom


def test_error_of_a_series_with_memory_is_larger_than_that_of_independent_values():
    rng, memory = np.random.default_rng(3), 0.95
    found, naive = [], []
    for _ in range(80):
        x = np.zeros(20_000)
        noise = rng.standard_normal(len(x))
        for k in range(1, len(x)):
            x[k] = memory * x[k - 1] + noise[k]
        found.append(batch_means(x).error)
        naive.append(mean_of(x).error)
    exact = 1.0 / (1.0 - memory) / np.sqrt(20_000)
    assert np.mean(found) == pytest.approx(exact, rel=0.1)
    assert np.mean(naive) < 0.3 * exact


def test_counts_leave_out_what_lies_beyond_whole_windows():
    times = np.array([0.0, 9.99, 10.0, 20.0, 29.9, 31.0])
    np.testing.assert_array_equal(counts_over_time(times, 10.0, 35.0, 10.0), [1, 2])


def test_rates_intervals_and_variations_of_cells():
    times = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 9.0, 12.0, 20.0, 41.0])
    cells = np.array([0, 2, 0, 2, 0, 0, 0, 2, 2, 2, 3])
    np.testing.assert_allclose(cell_rates(cells, 4, 50.0), [100.0, 0.0, 100.0, 20.0])
    gaps, owners = cell_intervals(times, cells)
    np.testing.assert_allclose(gaps, [2, 2, 1, 1, 2, 5, 3, 8])
    np.testing.assert_array_equal(owners, [0, 0, 0, 0, 2, 2, 2, 2])
    found = cell_variations(times, cells, 4)
    assert found[0] == pytest.approx(np.std([2, 2, 1, 1]) / 1.5)
    assert found[2] == pytest.approx(np.std([2, 5, 3, 8]) / 4.5)
    assert np.isnan(found[[1, 3]]).all()


def test_variation_of_poisson_cells_is_one_and_of_regular_ones_zero():
    times, cells = poisson_cells()
    assert mean_of(cell_variations(times, cells, SIZE)).value == pytest.approx(0.995, abs=0.01)
    regular = np.repeat(np.arange(100) * 10.0, 3)
    np.testing.assert_allclose(cell_variations(regular, np.tile(np.arange(3), 100), 3), 0.0, atol=1e-12)


@pytest.mark.parametrize(("values", "expected"), [
    ([1.0, 1.5, 9.0, np.nan], [0.0, 200 / 3, 100 / 3]), ([], [np.nan] * 3)])
def test_shares_count_what_lies_beyond_in_the_last_bin(values, expected):
    np.testing.assert_allclose(shares(np.array(values), np.array([0.0, 1.0, 2.0, 3.0])), expected)


def test_silence_has_no_statistics_and_no_warning():
    none, cells = np.empty(0), np.empty(0, dtype=np.int64)
    assert population_rate(none, 5, 0.0, 100.0).value == 0.0
    assert np.isnan(population_rate(none, 0, 0.0, 100.0).value)
    assert np.isnan(cell_variations(none, cells, 3)).all()
    assert np.isnan(population_spectrum(none, 0.0, 100.0).peak).all()
    assert np.isnan(count_correlations(spike_count_matrix(none, cells, 0, 0.0, 100.0, 10.0), 10.0).mean.value)
    assert np.isnan(mean_of(none).value)
    assert np.isnan(Estimate(1.0, 0.0).away_from(0.5))


def test_spectrum_of_poisson_cells_is_flat_and_one():
    times, _ = poisson_cells()
    found = population_spectrum(times, 0.0, T_END)
    scatter = found.error
    assert found.powers.mean() == pytest.approx(1.0, abs=5 * scatter / np.sqrt(len(found.powers)))
    assert found.powers.std() == pytest.approx(scatter, rel=0.25)


def test_spectrum_finds_a_rhythm():
    rng = np.random.default_rng(5)
    times, _ = poisson_cells()
    kept = times[rng.random(len(times)) < 0.5 * (1.0 + np.sin(2.0 * np.pi * 32.0 * times / 1000.0))]
    frequency, power = population_spectrum(kept, 0.0, T_END).peak
    assert frequency == pytest.approx(32.0, abs=2.0)
    assert power > 100.0


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_correlation_of_copies_is_the_share_that_they_copy(share):
    times, cells = common_drive(share)
    found = count_correlations(spike_count_matrix(times, cells, SIZE, 0.0, T_END, 50.0), 50.0)
    assert abs(found.mean.value - share) < 4 * found.mean.error
    assert found.mean.error < 0.03
    assert found.sample.mean() == pytest.approx(share, abs=4 * found.mean.error)


def test_independent_cells_do_not_correlate():
    times, cells = poisson_cells()
    found = count_correlations(spike_count_matrix(times, cells, SIZE, 0.0, T_END, 50.0), 50.0)
    assert abs(found.mean.value) < 4 * found.mean.error < 0.004
    assert found.sample.std() == pytest.approx(found.chance, rel=0.05)
    assert len(found.sample) == 150 * 149 / 2


def test_mean_correlation_is_that_of_all_pairs():
    times, cells = common_drive(0.2)
    counts = spike_count_matrix(times, cells, 40, 0.0, T_END, 100.0) if cells.max() < 40 else spike_count_matrix(
        times[cells < 40], cells[cells < 40], 40, 0.0, T_END, 100.0)
    every = np.corrcoef(counts)[np.triu_indices(40, 1)].mean()
    assert count_correlations(counts, 100.0).mean.value == pytest.approx(every, rel=1e-4)
