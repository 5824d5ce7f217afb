"""Many noisy cells at once: the same equation as the model's, and the rates of the book's figure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ncm_app.models.synapses.eif_poisson import EIFPoisson
from ncm_app.numerics.spikes.noisy_eif import LANES, Cell, Cells, steady_rates, sweep, variations
from ncm_app.numerics.spikes.threshold_linear import fit_threshold_linear
from ncm_app.numerics.spikes.trains import Trains, intervals, spike_counts, variation

CELL = Cell(10.0, 5.0, 5.0, -72.0, -55.0, 2.0, 5.0, -75.0, 16.0, -16.0)
R_E = np.arange(3.0, 12.0)
MEANS = 200 * 16 * R_E / 1000 - 12.0
BOOK = np.array([0.0, 0.0, 0.0, 0.8, 5.0, 13.2, 23.4, 35.2, 51.2])
"""Rates of Fig 2.6 C, Hz."""


def figure(seed, t_end=5000.0, stream=10):
    return sweep(CELL, 0.2 * R_E, np.full(9, 0.75), t_end=t_end, dt=0.1, seed=seed, stream=stream)


@pytest.fixture(scope="module")
def many():
    """Rates of Fig 2.6 C under 60 seeds, (60, 9), Hz."""
    return np.array([spike_counts(figure(seed)) / 5.0 for seed in range(60)])


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_kernel_is_the_models_equation(data):
    names = [name for name in Cell._fields if name not in ("j_e", "j_i")]
    given_values = {n: data.draw(st.floats(*EIFPoisson.control(n).bounds), label=n) for n in names}
    snapshot = EIFPoisson(**given_values, j_e=16.0, j_i=-8.0).snapshot()
    cell, dt = Cell(*(getattr(snapshot.p, name) for name in Cell._fields)), 0.1
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    cells = Cells(cell, LANES, dt)
    V = rng.uniform(cell.V_re, cell.V_T + 5 * cell.D, LANES)
    I_e, I_i = rng.uniform(0.0, 60.0, LANES), rng.uniform(-60.0, 0.0, LANES)
    cells.V[:], cells.I_e[:], cells.I_i[:] = V, I_e, I_i
    n_e, n_i = (rng.integers(0, 4, (1, LANES)).astype(np.uint8) for _ in range(2))
    at, which = cells.advance(n_e, n_i)
    dV, dI_e, dI_i = EIFPoisson.rhs(0.0, (V, I_e, I_i), snapshot.p)
    after = V + dt * dV
    fired = after >= cell.V_th
    clear = np.abs(after - cell.V_th) > 1e-2  # single precision may decide otherwise at the threshold
    assert set(np.flatnonzero(fired & clear)) <= set(which) <= set(np.flatnonzero(fired | ~clear))
    assert (at == 1).all()
    np.testing.assert_allclose(cells.V[clear & ~fired], after[clear & ~fired], rtol=1e-5, atol=2e-4)
    assert (cells.V[clear & fired] == np.float32(cell.V_re)).all()
    np.testing.assert_allclose(cells.I_e, I_e + dt * dI_e + cell.j_e / cell.tau_e * n_e[0], rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(cells.I_i, I_i + dt * dI_i + cell.j_i / cell.tau_i * n_i[0], rtol=1e-5, atol=1e-4)


def textbook(seed, rate, t_end, dt=0.1):
    """Rate of the book's loop on NumPy's own random numbers, Hz."""
    rng = np.random.default_rng(seed)
    n_e, n_i = rng.poisson(0.2 * rate * dt, round(t_end / dt)), rng.poisson(0.75 * dt, round(t_end / dt))
    V, I_e, I_i, spikes = -72.0, 0.0, 0.0, 0
    for e, i in zip(n_e.tolist(), n_i.tolist(), strict=True):
        V += dt * (-(V + 72.0) + 2.0 * np.exp((V + 55.0) / 2.0) + I_e + I_i) / 10.0
        I_e += dt * (-I_e) / 5.0 + 16.0 / 5.0 * e
        I_i += dt * (-I_i) / 5.0 - 16.0 / 5.0 * i
        if V > 5.0:
            V, spikes = -75.0, spikes + 1
    return 1000.0 * spikes / t_end


def test_rates_are_those_of_the_books_loop(many):
    """40 s of the loop at three points of the curve; its SD is that of one of 60 runs, less for its length."""
    for rate in (7.0, 8.0, 10.0):
        ours = many[:, int(rate) - 3]
        theirs = textbook(1, rate, 40_000.0)
        assert theirs == pytest.approx(ours.mean(), abs=4 * ours.std() * np.sqrt(1 / 8 + 1 / 60)), rate


def test_rates_are_those_of_the_figure(many):
    """The book's run is one draw of ours, and the mean over eight of its seeds is near our mean."""
    mean, spread = many.mean(axis=0), many.std(axis=0)
    assert (np.abs(BOOK - mean) <= 3 * spread + 0.2).all()
    eight = np.array([0.0, 0.0, 0.0, 0.9, 4.77, 12.55, 24.8, 37.82, 50.2])
    assert (np.abs(eight - mean) <= 4 * spread / np.sqrt(8) + 0.02).all()


def test_fit_over_seeds_is_unbiased(many):
    fits = [fit_threshold_linear(MEANS, rates) for rates in many]
    g, theta = (np.array([getattr(fit, name) for fit in fits]) for name in ("g", "theta"))
    # The table holds eight seeds: 3.63 +- 0.18 Hz/mV and 9.6 +- 0.33 mV.
    assert g.mean() == pytest.approx(3.63, abs=3 * 0.18 / np.sqrt(8) + 3 * 0.18 / np.sqrt(60))
    assert theta.mean() == pytest.approx(9.6, abs=3 * 0.33 / np.sqrt(8) + 3 * 0.33 / np.sqrt(60))
    assert 0.08 < g.std() < 0.3
    assert 0.15 < theta.std() < 0.6


def test_inputs_of_the_points_and_of_the_kinds_are_independent(many):
    correlation = np.corrcoef(many[:, 4:].T)
    assert np.abs(correlation[~np.eye(5, dtype=bool)]).max() < 4.5 / np.sqrt(len(many))
    # Were both kinds one train, weights of equal size would cancel, and noise would make nothing fire.
    balanced = sweep(CELL, np.full(9, 2.0), np.full(9, 2.0), t_end=5000.0, dt=0.1, seed=1)
    assert len(balanced.times) > 0


def test_longer_sweeps_begin_like_shorter_ones():
    """Steps are drawn in chunks: their length and the lanes beside must not matter."""
    short, long = figure(3, 1234.5), figure(3, 5000.0)
    early = long.times <= 1234.5 + 1e-9
    np.testing.assert_array_equal(short.times, long.times[early])
    np.testing.assert_array_equal(short.trials, long.trials[early])
    alone = sweep(CELL, np.array([2.2]), np.array([0.75]), t_end=5000.0, dt=0.1, seed=3, stream=26)
    np.testing.assert_array_equal(alone.times, long.times[long.trials == 8])


def test_variations_are_those_of_single_trains():
    trains = figure(5, 20_000.0)
    found = variations(trains, 1, 30)
    for k in range(9):
        times = trains.times[trains.trials == k]
        assert np.isnan(found[k]) if len(times) < 30 else found[k] == pytest.approx(variation(np.diff(times)))
    assert np.isnan(found[:3]).all() and np.isfinite(found[5:]).all()
    pooled = variations(Trains(trains.times, trains.trials, 9, trains.duration), 9, 30)
    assert pooled == pytest.approx([variation(intervals(trains))])


def test_cv_falls_from_noise_to_drift():
    """Ex 2.3.3, 20 s per point, over 20 seeds: .80, .71, .56, .49, .41 from 13.6 to 26.4 mV."""
    rates = np.arange(8.0, 13.0) * 0.2
    found = np.array([variations(sweep(CELL, rates, np.full(5, 0.75), t_end=20_000.0, dt=0.1, seed=seed), 1, 30)
                      for seed in range(20)])
    assert (np.abs(found.mean(axis=0) - [0.80, 0.71, 0.56, 0.49, 0.41]) <= 3 * found.std(axis=0)).all()
    assert (np.diff(found.mean(axis=0)) < 0).all()


@pytest.mark.parametrize(("current", "rate"), [(10.0, 0.0), (15.1, 4.93570), (16.0, 15.6303), (20.0, 38.2593),
                                               (40.0, 116.853)])
def test_rate_without_noise(current, rate):
    found = steady_rates(lambda V, I_x: (-(V + 72.0) + 2.0 * np.exp((V + 55.0) / 2.0) + I_x) / 10.0,
                         np.array([current, 20.0]), -75.0, 5.0)
    assert found == pytest.approx([rate, 38.2593], rel=5e-6)


# Threshold-linear fit -----------------------------------------------------------------

def test_fit_of_the_figure_is_the_books():
    fit = fit_threshold_linear(MEANS, BOOK)
    assert (fit.g, fit.theta) == pytest.approx((3.575, 9.639161), abs=6e-7)
    assert fit.error == pytest.approx(22.4, abs=0.05)


@given(st.lists(st.floats(0, 60), min_size=9, max_size=9), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_no_other_line_fits_better(rates, seed):
    rates = np.array(rates)
    assume(np.polyfit(MEANS, rates, 1)[0] > 1e-3)
    fit = fit_threshold_linear(MEANS, rates)
    rng = np.random.default_rng(seed)
    theta = rng.uniform(-20.0, MEANS[-2], 400)
    x = np.maximum(MEANS - theta[:, None], 0.0)
    g = np.maximum(np.sum(x * rates, axis=1) / np.sum(x**2, axis=1), 1e-9)
    others = np.sum((g[:, None] * x - rates) ** 2, axis=1)
    assert fit.error <= others.min() * (1 + 1e-9) + 1e-9
    assert fit.error == pytest.approx(np.sum((fit(MEANS) - rates) ** 2), abs=1e-9)


def test_exact_line_is_found_and_silence_is_said():
    line = fit_threshold_linear(MEANS, 2.5 * np.maximum(MEANS - 5.0, 0.0))
    assert (line.g, line.theta, line.error) == pytest.approx((2.5, 5.0, 0.0), abs=1e-9)
    none = fit_threshold_linear(MEANS, np.zeros(9))
    assert np.isnan(none.g) and "too few" in none.message
