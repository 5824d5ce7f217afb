"""What pencil and paper say of the models."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from ncm_app.models.cells.eif import EIF, Phi
from ncm_app.models.cells.leaky_integrator import LeakyIntegrator, convolution, exact, pieces
from ncm_app.models.rates.ei_rate_network import EIRateNetwork, f
from ncm_app.numerics.noise import held_noise
from ncm_app.studies.rates import rate_at
from ncm_app.studies.simulate import simulate, solution
from ncm_app.studies.stability import equilibria

GRID = np.arange(6001) * 0.1
GAIN = 0.003575


# Leaky integrator -------------------------------------------------------------------

@pytest.mark.parametrize(("I_0", "V"), [(5.0, -68.1036), (4.0, -68.7358)])
def test_constant_input_of_figure_and_caption(I_0, V):
    p = LeakyIntegrator().snapshot(I_0=I_0).p
    assert exact(np.array([0.0, 15.0]), p)[0] == pytest.approx([-70.0, V], abs=5e-5)


@given(V_0=st.floats(-120, -20), E_L=st.floats(-90, -50), I_0=st.floats(-20, 20), tau_m=st.floats(1, 100))
@settings(deadline=None)
def test_distance_to_rest_decays_by_e_in_tau(V_0, E_L, I_0, tau_m):
    p = LeakyIntegrator().snapshot(V_0=V_0, E_L=E_L, I_0=I_0, tau_m=tau_m).p
    rest = E_L + I_0
    V = exact(np.array([0.0, tau_m, 2 * tau_m]), p)[0]
    np.testing.assert_allclose(V - rest, (V_0 - rest) * np.exp([0.0, -1.0, -2.0]), atol=1e-11)


def test_square_pulse_charges_and_discharges():
    p = LeakyIntegrator().snapshot(input="square wave", I_0=0.0, V_0=-72.0).p
    V = exact(GRID, p)[0]
    inside, after = (GRID >= 200) & (GRID < 400), GRID >= 400
    np.testing.assert_allclose(V[GRID < 200], -72.0, atol=1e-12)
    np.testing.assert_allclose(V[inside], -72.0 + 4.0 * (1.0 - np.exp(-(GRID[inside] - 200) / 15)), atol=1e-12)
    top = 4.0 * (1.0 - np.exp(-200 / 15))
    np.testing.assert_allclose(V[after], -72.0 + top * np.exp(-(GRID[after] - 400) / 15), atol=1e-12)


@given(t_1=st.floats(0, 1000), width=st.floats(-50, 300), T_x=st.floats(5, 300), tau_m=st.floats(1, 100))
@example(t_1=0.0, width=5.0, T_x=5.5, tau_m=5.5)  # an edge soon after the last time asked for
@settings(max_examples=60, deadline=None)
def test_repeating_square_wave_settles_to_its_mean(t_1, width, T_x, tau_m):
    """Averaged over one period of the settled wave, V is E_L plus the mean of the input."""
    t_2 = min(max(t_1 + width, 0.0), 1000.0)
    p = LeakyIntegrator().snapshot(input="square wave", I_0=1.0, t_1=t_1, t_2=t_2, T_x=T_x, tau_m=tau_m).p
    start = 30 * tau_m
    times = start + T_x * (np.arange(20_000) + 0.5) / 20_000
    mean = p.I_0 + p.I_1 * min(max(t_2 - t_1, 0.0), T_x) / T_x
    assert np.mean(exact(times, p)[0]) == pytest.approx(p.E_L + mean, abs=1e-3)


@given(f_x=st.floats(0.5, 200), tau_m=st.floats(1, 100))
@settings(deadline=None)
def test_sine_comes_out_filtered(f_x, tau_m):
    p = LeakyIntegrator().snapshot(input="sine", I_0=2.0, f_x=f_x, tau_m=tau_m).p
    omega = 2e-3 * np.pi * f_x
    t = 40 * tau_m + np.linspace(0.0, 1000.0 / f_x, 50)
    size, lag = 1.0 / np.hypot(1.0, omega * tau_m), np.arctan(omega * tau_m)
    np.testing.assert_allclose(exact(t, p)[0], -70.0 + 4.0 * size * np.sin(omega * t - lag), atol=1e-9)


@given(h_x=st.floats(1, 100), seed=st.integers(0, 9999))
@settings(deadline=None)
def test_noise_approaches_each_level_while_it_is_held(h_x, seed):
    p = LeakyIntegrator().snapshot(input="noise", I_0=3.0, h_x=h_x, seed=seed).p
    ends = h_x * np.arange(0, 9)
    V = exact(ends, p)[0]
    levels = -69.0 + 4.0 * held_noise(ends[:-1] + h_x / 2, h_x, seed, 0)
    np.testing.assert_allclose(V[1:], levels + (V[:-1] - levels) * np.exp(-h_x / 15.0), atol=1e-10)


def test_noise_repeats_for_a_seed_and_differs_between_seeds():
    model = LeakyIntegrator(input="noise")
    first, again, other = (exact(GRID, model.snapshot(seed=s).p)[0] for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert np.max(np.abs(first - other)) > 1.0


@given(shape=st.sampled_from(["constant", "square wave", "sine", "noise"]), I_0=st.floats(-20, 20),
       I_1=st.floats(-20, 20), t_1=st.integers(0, 300), t_2=st.integers(0, 600), T_x=st.integers(5, 600),
       f_x=st.floats(0.5, 200), h_x=st.integers(1, 100), tau_m=st.floats(2, 100))
@settings(max_examples=80, deadline=None)
def test_convolution_errs_by_the_square_of_the_step(shape, I_0, I_1, t_1, t_2, T_x, f_x, h_x, tau_m):
    """For steps on the grid: half the input times (dt/tau)^2 + (omega dt)^2, at most."""
    p = LeakyIntegrator().snapshot(input=shape, I_0=I_0, I_1=I_1, t_1=t_1, t_2=t_2, T_x=T_x, f_x=f_x, h_x=h_x,
                                   tau_m=tau_m).p
    largest = abs(I_0) + max(abs(I_1), 6.0 * p.sigma_x)
    bound = 0.5 * largest * ((0.1 / tau_m) ** 2 + (2e-4 * np.pi * f_x) ** 2) + 1e-9
    assert np.max(np.abs(convolution(GRID, p)[0] - exact(GRID, p)[0])) <= bound


def test_convolution_equals_the_direct_sum_and_beats_the_book():
    p = LeakyIntegrator().snapshot(input="square wave", I_0=0.0, V_0=-72.0).p
    middle = GRID[:-1] + 0.05
    current = 4.0 * ((middle >= 200) & (middle < 400))
    direct = np.convolve(np.exp(-middle / 15) / 15, current)[:6000] * 0.1
    V, best = convolution(GRID, p)[0], exact(GRID, p)[0]
    np.testing.assert_allclose(V[1:], -72.0 + direct, atol=1e-11)
    lags = np.arange(-75, 75, 0.1)
    kernel = np.where(lags >= 0, np.exp(-lags / 15) / 15, 0.0)
    times = np.arange(0, 600, 0.1)
    book = -72.0 + 0.1 * np.convolve(4.0 * ((times >= 200) & (times <= 400)), kernel, mode="same")
    assert np.max(book) == pytest.approx(-68.0404, abs=5e-5)
    assert np.max(np.abs(book - best[:-1])) == pytest.approx(0.0404, abs=5e-5)
    assert np.max(np.abs(V - best)) < 1e-5


def test_solutions_survive_a_run_of_one_point():
    p = LeakyIntegrator().snapshot().p
    assert convolution(np.array([0.0]), p)[0] == pytest.approx([-70.0])
    assert pieces(np.array([0.0]), p) == pytest.approx([-70.0])


def test_euler_error_shrinks_with_the_step():
    errors = []
    for dt in (0.2, 0.1, 0.05):
        snapshot = LeakyIntegrator(input="square wave", I_0=0.0, dt=dt).snapshot()
        run = simulate(snapshot)
        errors.append(np.max(np.abs(run.y[0] - solution(snapshot, "exact")[0])))
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=0.02)
    assert errors[1] / errors[2] == pytest.approx(2.0, rel=0.02)


# Exponential integrate-and-fire -----------------------------------------------------

cells = {"E_L": st.floats(-90, -66), "V_T": st.floats(-60, -45), "D": st.floats(0.5, 6), "tau_m": st.floats(1, 50)}


@given(**cells)
@settings(deadline=None)
def test_field_just_touches_zero_at_the_threshold_input(E_L, V_T, D, tau_m):
    p = EIF().snapshot(E_L=E_L, V_T=V_T, D=D, tau_m=tau_m).steady.p._replace(I_0=V_T - E_L - D)
    V = V_T + np.linspace(-20.0, 20.0, 401)
    speed = EIF.rhs(0.0, (V,), p)[0]
    assert np.argmin(speed) == 200
    assert speed[200] == pytest.approx(0.0, abs=1e-12)


@given(**cells)
@settings(max_examples=40, deadline=None)
def test_fixed_points_meet_and_vanish_at_the_threshold_input(E_L, V_T, D, tau_m):
    threshold = V_T - E_L - D
    cell = EIF(E_L=E_L, V_T=V_T, D=D, tau_m=tau_m)
    below = equilibria(cell.snapshot(I_0=threshold - 0.5)).points
    assert [point.kind for point in below] == ["stable", "unstable"]
    assert below[0].state[0] < V_T < below[1].state[0]
    assert equilibria(cell.snapshot(I_0=threshold + 0.5)).points == ()


@pytest.mark.parametrize("I_0", [15.1, 16.0, 18.0, 30.0, 40.0])
@pytest.mark.parametrize("tau_m", [10.0, 15.0])
def test_rate_is_the_inverse_of_the_time_from_reset_to_threshold(I_0, tau_m):
    snapshot = EIF(I_0=I_0, I_1=0.0, I_2=0.0, tau_m=tau_m).snapshot()

    def slowness(V):
        return 1.0 / EIF.rhs(0.0, (V,), snapshot.p)[0]

    interval = quad(slowness, -75.0, -40.0, points=[-55.0], limit=500)[0] + quad(slowness, -40.0, 5.0, limit=500)[0]
    assert rate_at(snapshot).exact[0] == pytest.approx(1000.0 / interval, rel=1e-6)


def test_intervals_of_the_table():
    found = [1000.0 / rate_at(EIF(I_0=I_0).snapshot()).exact[0] for I_0 in (15.1, 16.0, 18.0, 20.0, 30.0, 40.0)]
    assert found == pytest.approx([303.908, 95.9672, 52.9899, 39.2061, 18.8604, 12.8366], rel=4e-6)


@given(V=st.floats(-120, 20), V_T=st.floats(-65, -40), D=st.floats(0.5, 6))
@settings(deadline=None)
def test_guard_against_overflow_changes_no_digit(V, V_T, D):
    assert Phi(V, EIF().snapshot(V_T=V_T, D=D).p) == D * np.exp((V - V_T) / D)


def test_upstroke_beyond_any_number_stays_finite():
    p = EIF().snapshot(D=0.5).p
    assert np.isfinite(EIF.rhs(0.0, (1e100,), p)[0])


def test_start_above_the_unstable_point_spikes_once():
    cell = EIF(**EIF.preset_values("Fig 1.3 A"))
    assert len(simulate(cell.snapshot(V_0=-50.0)).spikes) == 1
    assert len(simulate(cell.snapshot(V_0=-51.0)).spikes) == 0


def test_pulses_are_on_from_their_start_to_just_before_their_end():
    snapshot = EIF(I_0=1.0).snapshot()
    t = np.array([0.0, 199.9, 200.0, 399.9, 400.0, 599.9, 600.0, 799.9, 800.0])
    (current,) = EIF.observe(t, np.zeros((1, 9)), snapshot.p)
    np.testing.assert_array_equal(current, [1.0, 1.0, 6.0, 6.0, 1.0, 1.0, 19.0, 19.0, 1.0])


# Excitatory-inhibitory rates --------------------------------------------------------

def rates_of(**values):
    return EIRateNetwork(**values).snapshot()


def weights(p):
    return np.array([[p.w_ee, p.w_ei], [p.w_ie, p.w_ii]])


def test_fixed_point_solves_the_linear_equations():
    p = rates_of().p
    rates = np.linalg.solve(np.eye(2) - p.g * weights(p), p.g * (np.array([p.X_e, p.X_i]) - p.theta))
    (point,) = equilibria(rates_of()).points
    np.testing.assert_allclose(point.state, rates, rtol=1e-10)
    assert 1000 * rates == pytest.approx([5.60833, 12.50437], abs=5e-6)


@given(tau_e=st.floats(1, 100), tau_i=st.floats(1, 100))
@settings(max_examples=40, deadline=None)
def test_trace_and_determinant_follow_equation_3_14(tau_e, tau_i):
    snapshot = rates_of(tau_e=tau_e, tau_i=tau_i)
    (point,) = equilibria(snapshot).points
    p = snapshot.p
    trace = (p.g * p.w_ee - 1) / tau_e + (p.g * p.w_ii - 1) / tau_i
    determinant = np.linalg.det(p.g * weights(p) - np.eye(2)) / (tau_e * tau_i)
    assert point.trace == pytest.approx(trace, rel=1e-6, abs=1e-8)
    assert point.determinant == pytest.approx(determinant, rel=1e-6)
    assert point.stable == (trace < 0)


def test_stability_is_lost_at_the_ratio_of_time_constants():
    ratio = (1 + GAIN * 3000) / (GAIN * 2000 - 1)
    assert ratio == pytest.approx(1.906504, abs=5e-7)
    for factor, stable in ((0.999, True), (1.001, False)):
        (point,) = equilibria(rates_of(tau_e=15.0, tau_i=15.0 * ratio * factor)).points
        assert point.stable is stable


def test_euler_steps_lose_stability_earlier():
    """The Euler map z -> z + dt lambda z leaves the unit circle at 2 Re(lambda) + dt |lambda|^2 = 0."""
    def growth(tau_i):
        (point,) = equilibria(rates_of(tau_e=15.0, tau_i=tau_i)).points
        value = point.eigenvalues[0]
        return 2 * value.real + 0.1 * abs(value) ** 2

    assert growth(27.27) < 0 < growth(27.29)


def test_smooth_curves_have_the_stated_values():
    sigmoid = rates_of(curve="sigmoid", theta=20.0, s=3.0, r_max=0.02).p
    assert [f(20.0, sigmoid), f(23.0, sigmoid)] == pytest.approx([0.01, 0.02 / (1 + np.exp(-1))])
    power = rates_of(curve="rectified power", theta=5.0, k=5e-5, n=2.0).p
    assert [f(4.0, power), f(25.0, power)] == pytest.approx([0.0, 0.02])
    line = rates_of().p
    assert [f(9.0, line), f(line.theta + 1.0, line)] == pytest.approx([0.0, GAIN])


@pytest.mark.parametrize(("start", "end"), [(0.0, 0.446), (0.004, 0.446), (0.005, 14.770), (0.02, 14.770)])
def test_memory_keeps_what_it_is_given(start, end):
    snapshot = rates_of(**EIRateNetwork.preset_values("Sigmoid: memory")).changed(r_e_0=start, t_end=2000.0)
    assert 1000 * simulate(snapshot).y[0, -1] == pytest.approx(end, abs=5e-4)
