"""Two formulations of a rate network, beside each other and beside linear algebra."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.models.rates._rate_formulations_plots import jacobians, linear, rates, rest, sine, swings
from ncm_app.models.rates._responses import weights
from ncm_app.models.rates.rate_formulations import RateFormulations
from ncm_app.studies.plots import drawn_columns, measures
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from tests.models.asking import snapshot_of

CURVES = [{"curve": "threshold-linear"}, {"curve": "sigmoid", "theta": 20.0, "w_ee": 1000.0},
          {"curve": "rectified power", "k": 5e-5, "theta": 5.0, "w_ee": 1000.0}]


@pytest.mark.parametrize("changes", CURVES)
@pytest.mark.parametrize("taus", [{"tau_e": 30.0, "tau_i": 15.0}, {"tau_e": 5.0, "tau_i": 60.0}])
def test_fixed_points_and_eigenvalues_are_the_same(changes, taus):
    snapshot = snapshot_of(RateFormulations, "Step", **changes, **taus)
    p = snapshot.p
    for q in equilibria(snapshot).points:
        r, I = np.array(q.state[:2]), np.array(q.state[2:])  # noqa: E741
        np.testing.assert_allclose(I, weights(p) @ r, atol=1e-6)
        values = sorted(q.eigenvalues, key=lambda z: (round(z.real, 5), z.imag))
        np.testing.assert_allclose(values[::2], values[1::2], atol=1e-5)
    one, other = (np.sort_complex(np.linalg.eigvals(J)) for J in jacobians(np.array([0.003, 0.0071]), p))
    np.testing.assert_allclose(one, other, atol=1e-12)


@pytest.mark.parametrize("changes", CURVES)
def test_with_one_time_constant_both_are_one_model(changes):
    snapshot = snapshot_of(RateFormulations, "One time constant", r_e_0=0.0, r_i_0=0.0, I_e_0=0.0, I_i_0=0.0,
                           dt=0.01, **changes)
    run, p = simulate(snapshot), snapshot.p
    np.testing.assert_allclose(run.y[2:], weights(p) @ run.y[:2], atol=1e-9)
    slope = np.diff(run.y[0]) / np.diff(run.t)  # of an Euler step, and so exact
    np.testing.assert_allclose(rates(run, p)[0][:-1], run.y[0, :-1] + p.tau_e * slope, atol=1e-9)


def test_with_two_time_constants_they_part():
    run = simulate(snapshot_of(RateFormulations, "Step"))
    W = weights(snapshot_of(RateFormulations, "Step").p)
    assert np.abs(run.y[2:] - W @ run.y[:2]).max() > 1.0


@pytest.mark.parametrize("preset_taus", [(20.0, 20.0), (30.0, 15.0)])
@pytest.mark.parametrize("frequency", [3.0, 20.0, 60.0])
def test_swings_of_a_run_are_those_of_the_linear_response(preset_taus, frequency):
    snapshot = snapshot_of(RateFormulations, "Sine", tau_e=preset_taus[0], tau_i=preset_taus[1], f_x=frequency, A_x=0.2,
                           t_end=2000.0, method="RK4", dt=0.05)
    run, p = simulate(snapshot), snapshot.p
    known = [p.A_x * x[0] for x in linear(frequency, rest(run, p)[1], p)]
    np.testing.assert_allclose(swings(run, p), known, rtol=2e-3)


def test_ratio_of_the_swings_for_one_time_constant():
    p = snapshot_of(RateFormulations, "One time constant").p
    frequency = np.array([1.0, 10.0, 100.0])
    one, other = linear(frequency, np.array([p.g, p.g]), p)
    np.testing.assert_allclose(other / one, np.abs(1.0 + 2j * np.pi * frequency * p.tau_e / 1000.0), rtol=1e-12)
    high, _ = linear(np.array([1e6]), np.array([p.g, p.g]), p), None
    assert high[1][0] == pytest.approx(p.g, rel=1e-4) and high[0][0] < 1e-3 * p.g


def test_rate_of_the_second_jumps_with_the_input_by_the_gain():
    snapshot = snapshot_of(RateFormulations, "Step")
    run = simulate(snapshot)
    f_e, i = rates(run, snapshot.p)[0], int(np.searchsorted(run.t, 100.0 - 1e-9))
    assert 1000.0 * (f_e[i] - f_e[i - 1]) == pytest.approx(10.0 * 3.575, rel=1e-3)
    assert abs(run.y[0, i] - run.y[0, i - 1]) < 1e-8


def test_no_swing_is_measured_without_a_sine_or_whole_periods():
    assert len(measures(snapshot_of(RateFormulations, "Step"))) == 2
    assert len(measures(snapshot_of(RateFormulations, "Sine"))) == 4
    assert len(measures(snapshot_of(RateFormulations, "Sine", f_x=0.5))) == 2
    p = snapshot_of(RateFormulations, "Sine").p
    assert sine(12.5, p) == pytest.approx(1.0) and "f_x" in RateFormulations.idle(None, p._replace(A_x=0.0))


def test_drawn_points_lie_on_each_other():
    drawn = drawn_columns(snapshot_of(RateFormulations, "Step"), 2)
    np.testing.assert_allclose(np.sort(drawn["first"][1]), np.sort(drawn["second"][1]), atol=1e-9)
    responses = drawn_columns(snapshot_of(RateFormulations, "Sine"), 3)
    for name, value in zip(("first", "second"), responses["now"][1], strict=True):
        assert np.interp(20.0, *responses[name]) == pytest.approx(value, rel=5e-3)
