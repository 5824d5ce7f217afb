"""Runs of models against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.models.cells.eif import EIF
from ncm_app.models.cells.leaky_integrator import LeakyIntegrator
from ncm_app.models.rates.ei_rate_network import EIRateNetwork
from ncm_app.numerics.results import Status
from ncm_app.studies.simulate import observe, observed, simulate, simulate_from, solution, step_error

STABLE = {"Euler": lambda z: 1 + z, "Heun": lambda z: 1 + z + z**2 / 2,
          "RK4": lambda z: 1 + z + z**2 / 2 + z**3 / 6 + z**4 / 24}
"""What one step multiplies the distance to rest with: z is dt times the eigenvalue."""


def leak(factor, snapshot):
    """Return V after each step of a method, in closed form."""
    rest = snapshot.values_by_name["E_L"] + snapshot.values_by_name["I_0"]
    steps = np.arange(round(snapshot.t_end / snapshot.dt) + 1)
    return rest + (snapshot.values_by_name["V_0"] - rest) * factor ** steps


@settings(max_examples=30, deadline=None)
@given(method=st.sampled_from(sorted(STABLE)), dt=st.sampled_from([0.05, 0.5, 4.0, 20.0]), tau_m=st.floats(5, 50))
def test_linear_cell_is_multiplied_at_every_step(method, dt, tau_m):
    snapshot = LeakyIntegrator().snapshot(method=method, dt=dt, tau_m=tau_m, t_end=40.0)
    run = simulate(snapshot)
    np.testing.assert_allclose(run.t, dt * np.arange(len(run.t)), atol=1e-9)
    np.testing.assert_allclose(run.y[0], leak(STABLE[method](-dt / tau_m), snapshot), atol=1e-8)


def test_adaptive_run_meets_the_exact_solution():
    snapshot = LeakyIntegrator().snapshot(method="adaptive", input="sine")
    run = simulate(snapshot)
    np.testing.assert_allclose(run.y[0], solution(snapshot, "exact")[0], atol=1e-5)


def test_run_starts_where_it_is_told():
    snapshot = EIRateNetwork().snapshot()
    assert simulate_from(snapshot, (0.004, 0.002)).y[:, 0] == pytest.approx([0.004, 0.002])
    moved = snapshot.changed(r_e_0=0.004, r_i_0=0.002)
    np.testing.assert_array_equal(simulate_from(snapshot, (0.004, 0.002)).y, simulate(moved).y)


def test_observed_variables_have_a_value_at_every_time():
    constant = LeakyIntegrator().snapshot(I_0=3.0)
    (current,) = observe(constant, simulate(constant))
    np.testing.assert_array_equal(current, np.full(6001, 3.0))
    pulses = EIF().snapshot()
    run = simulate(pulses)
    t = run.t
    first, second = (t >= 200) & (t < 400), (t >= 600) & (t < 800)
    np.testing.assert_allclose(observe(pulses, run)[0], 5.0 * first + 18.0 * second)


def test_solutions_stand_on_the_times_of_the_run():
    snapshot = LeakyIntegrator().snapshot(t_end=20.0)
    run = simulate(snapshot)
    assert list(snapshot.model.solutions) == ["exact", "convolution"]
    np.testing.assert_allclose(solution(snapshot, "exact")[0], -67.0 - 3.0 * np.exp(-run.t / 15.0), atol=1e-12)


def test_what_several_plots_show_of_a_run_is_computed_once():
    snapshot = LeakyIntegrator().snapshot(t_end=30.0)
    assert observed(snapshot) is observed(snapshot)
    np.testing.assert_array_equal(observed(snapshot), observe(snapshot, simulate(snapshot)))
    assert solution(snapshot, "convolution") is solution(snapshot, "convolution")


def test_step_check_is_the_difference_of_two_closed_forms():
    snapshot = LeakyIntegrator().snapshot(dt=3.0, t_end=60.0)
    coarse, fine = leak(1 - 3.0 / 15.0, snapshot), leak(1 - 1.5 / 15.0, snapshot.changed(dt=1.5))
    check = step_error(snapshot)
    assert check.largest == pytest.approx([np.max(np.abs(coarse - fine[::2])) / np.ptp(fine)], rel=1e-9)
    assert check.message.startswith("Euler with dt = 3 ms: half the step changes V by up to")


def test_unstable_steps_are_drawn_until_they_blow_up_and_say_so():
    snapshot = LeakyIntegrator().snapshot(dt=50.0, tau_m=1.0, t_end=1000.0)
    run = simulate(snapshot)
    # Each step multiplies the distance by -49: beyond 1e6 widths after four or five steps.
    assert run.status is Status.DIVERGED
    assert 4 <= len(run.t) <= 7
    np.testing.assert_allclose(run.y[0] + 67.0, -3.0 * (-49.0) ** np.arange(len(run.t)))
    assert "V left every bound" in run.message
