"""What spikes leave behind: cascades of filters, counting into steps, volleys, conductances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from ncm_app.numerics.spikes.conductances import Bombardment, potential, single
from ncm_app.numerics.spikes.responses import cascade, convolved, counted, highest, released, response
from ncm_app.numerics.spikes.spike_groups import Volley, deflection, volleys

TAU = st.floats(0.1, 100.0)


@given(st.lists(TAU, min_size=1, max_size=3))
def test_cascades_have_area_one(taus):
    t = np.linspace(0.0, 1.0, 20_001) ** 2 * 40.0 * max(taus)
    assert np.trapezoid(cascade(t, *taus), t) == pytest.approx(1.0, abs=2e-4)


@given(TAU, TAU, TAU)
def test_each_filter_leaks_and_sums_what_comes_in(a, b, c):
    """tau dx/dt = -x + input, along whole curves: the area under both sides agrees."""
    t = np.linspace(0.0, 3.0 * max(a, b, c), 4001)
    for taus in ((a, b), (a, b, c)):
        x, source = cascade(t, *taus), cascade(t, *taus[:-1])
        right = np.concatenate(([0.0], np.cumsum(np.diff(t) * (source - x)[1:] + np.diff(t) * (source - x)[:-1]) / 2.0))
        step = t[1] / min(taus)
        np.testing.assert_allclose(taus[-1] * x, right, atol=2.0 * step**2 + 1e-9)


@pytest.mark.parametrize("tau", [0.5, 5.0, 50.0])
def test_equal_time_constants_are_the_limit_of_different_ones(tau):
    t = np.linspace(0.0, 10.0 * tau, 501)
    np.testing.assert_allclose(cascade(t, tau, tau), t * np.exp(-t / tau) / tau**2, rtol=1e-13)
    np.testing.assert_allclose(cascade(t, tau, tau, tau), t**2 * np.exp(-t / tau) / (2.0 * tau**3), rtol=1e-13)
    for off in (1e-3, 1e-6, 1e-9, 1e-12):
        near = cascade(t, tau, tau * (1 + off), tau * (1 - off))
        np.testing.assert_allclose(near, cascade(t, tau, tau, tau), rtol=0, atol=30 * off / tau + 1e-14)


def test_three_filters_are_the_usual_sum_of_exponentials():
    t, taus = np.linspace(0.0, 80.0, 801), (0.5, 4.0, 10.0)
    expected = sum(a * np.exp(-t / a) / ((a - b) * (a - c)) for a, b, c in (taus, (4.0, 10.0, 0.5), (10.0, 0.5, 4.0)))
    np.testing.assert_allclose(cascade(t, *taus), expected, atol=1e-15)
    np.testing.assert_array_equal(cascade(t, *taus), cascade(t, *reversed(taus)))
    np.testing.assert_array_equal(cascade(-t[1:], *taus), 0.0)


@pytest.mark.parametrize(("taus", "when", "size"), [
    ((5.0, 10.0), 10.0 * np.log(2.0), 0.6), ((0.5, 4.0, 10.0), 6.657, 0.649164), ((0.5, 4.0), 1.188, 2.22899),
    ((10.0, 10.0), 10.0, 12.0 / (10.0 * np.e))])
def test_peaks_of_the_book(taus, when, size):
    found = highest(lambda t: 12.0 * cascade(t, *taus), 60.0)
    assert found == pytest.approx((when, size), abs=6e-4)
    assert found[1] == pytest.approx(size, rel=2e-6)


def test_spikes_fall_into_the_step_that_holds_them():
    t = np.arange(0.0, 1.01, 0.1)
    counts = counted(t, np.array([0.0, 0.3, 0.3, 0.39, 0.4, 1.0, 1.2, 500.0]))
    np.testing.assert_array_equal(counts, [1, 0, 0, 3, 1, 0, 0, 0, 0, 0, 1])
    np.testing.assert_array_equal(counted(t[:1], np.array([0.0])), [0.0])


def test_what_is_released_adds_up_to_one_spike_and_to_a_jump_when_fast():
    t, spikes = np.arange(0.0, 100.0, 0.1), np.array([10.0, 40.04])
    assert released(t, spikes, 2.0).sum() == pytest.approx(2.0)
    np.testing.assert_allclose(released(t, spikes, 1e-6), counted(t, spikes), atol=1e-12)
    slow = released(t, spikes, 2.0)
    np.testing.assert_allclose(slow[:101], [0.0] * 100 + [1 - np.exp(-0.05)], atol=1e-12)


def test_convolution_is_numpys():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 37))
    np.testing.assert_allclose(convolved(a, b), np.convolve(a, b)[:37], atol=1e-13)


def test_responses_begin_at_their_spikes():
    t = np.linspace(0.0, 50.0, 501)
    both = response(t, np.array([10.0, 20.0, 80.0]), 5.0)
    np.testing.assert_allclose(both, cascade(t - 10.0, 5.0) + cascade(t - 20.0, 5.0))
    assert not both[:100].any()


@pytest.mark.parametrize(("trains", "expected"), [
    (([20.0, 200.0, 210.0], [100.0]), [Volley(0, (20.0,), 100.0), Volley(1, (100.0,), 200.0),
                                       Volley(0, (200.0, 210.0), 300.0)]),
    (([20.0, 30.0, 41.0], [40.0]), [Volley(0, (20.0, 30.0), 40.0)]), (([], []), []), (([400.0], [500.0]), []),
    (([10.0, 290.0], [10.0]), [Volley(0, (10.0,), 10.0), Volley(0, (290.0,), 300.0)])])
def test_volleys_are_what_can_be_told_apart(trains, expected):
    assert volleys(tuple(map(np.array, trains)), 50.0, 300.0, disturbed=False) == expected


def test_a_start_away_from_rest_hides_the_first_spikes():
    trains = np.array([20.0, 80.0]), np.array([])
    assert [v.times for v in volleys(trains, 50.0, 300.0, disturbed=True)] == [(80.0,)]


def test_a_peak_that_is_cut_off_is_no_peak():
    t = np.arange(0.0, 50.0, 0.1)
    y = 12.0 * cascade(t - 20.0, 5.0, 10.0)
    assert deflection(t, y, Volley(0, (20.0,), 50.0), 1.0) == pytest.approx((6.9, 0.6), abs=1e-3)
    assert deflection(t, -y, Volley(1, (20.0,), 50.0), -1.0) == pytest.approx((6.9, -0.6), abs=1e-3)
    for until in (20.0, 24.0):
        assert np.isnan(deflection(t, y, Volley(0, (20.0,), until), 1.0)).all()


def test_names_say_how_many_spikes():
    assert [Volley(1, (1.0,) * n, 9.0).name for n in (1, 2, 5)] == ["IPSP", "paired IPSP", "IPSP of 5 spikes"]


@pytest.mark.parametrize(("J", "tau", "tau_m", "load"), [(0.3, 5.0, 10.0, 0.0), (8.0, 5.0, 10.0, 0.0),
                                                        (20.0, 1.0, 50.0, 4.0), (2.0, 50.0, 1.0, 0.5)])
def test_one_conductance_pulse_against_an_integrator(J, tau, tau_m, load):
    t = np.linspace(0.0, 4.0 * max(tau, tau_m), 2001)
    solved = solve_ivp(lambda s, v: (-(1 + load) * v - J / tau * np.exp(-s / tau) * (v - 1.0)) / tau_m, (0.0, t[-1]),
                       [0.0], method="DOP853", rtol=1e-10, atol=1e-13, t_eval=t)
    np.testing.assert_allclose(single(J, tau, tau_m, t, load), solved.y[0], atol=2e-3 * solved.y.max())


def test_weak_conductances_are_currents():
    t = np.linspace(0.0, 60.0, 4001)
    np.testing.assert_allclose(single(1e-4, 5.0, 10.0, t) / 1e-4, cascade(t, 5.0, 10.0), atol=2e-6)


def test_potential_without_fluctuations_and_without_input():
    alone = potential((Bombardment(0.0, 0.3, 5.0, 0.0),), -72.0, 10.0, 1000.0)
    assert alone == (-72.0, -72.0, 0.0, 10.0, 0.0)
    many = potential((Bombardment(1e6, 1e-6, 5.0, 0.0), Bombardment(1e6, 3e-6, 5.0, -75.0)), -72.0, 10.0, 1000.0)
    assert many.level == pytest.approx((-72.0 - 225.0) / 5.0)
    assert (many.mean, many.sd, many.tau) == pytest.approx((many.level, 0.0, 2.0), abs=0.02)
