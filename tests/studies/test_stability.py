"""Fixed points and phase portraits against algebra."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import lambertw

from ncm_app.models.cells.eif import EIF
from ncm_app.models.cells.leaky_integrator import LeakyIntegrator
from ncm_app.models.rates.ei_rate_network import EIRateNetwork
from ncm_app.studies.stability import equilibria, phase_line, phase_portrait


def linear_network(snapshot):
    """Return fixed point and eigenvalues of the threshold-linear network, both rates above zero."""
    v = snapshot.values_by_name
    weights = np.array([[v["w_ee"], v["w_ei"]], [v["w_ie"], v["w_ii"]]])
    drive = v["g"] * (np.array([v["X_e"], v["X_i"]]) - v["theta"])
    pull = v["g"] * weights - np.eye(2)
    return np.linalg.solve(-pull, drive), np.linalg.eigvals(pull / np.array([[v["tau_e"]], [v["tau_i"]]]))


@settings(max_examples=25, deadline=None)
@given(tau_e=st.floats(2, 100), tau_i=st.floats(2, 100), X_e=st.floats(24, 35))
def test_linear_network_rests_where_algebra_says(tau_e, tau_i, X_e):
    snapshot = EIRateNetwork().snapshot(tau_e=tau_e, tau_i=tau_i, X_e=X_e)
    state, eigenvalues = linear_network(snapshot)
    (point,) = equilibria(snapshot).points
    np.testing.assert_allclose(point.state, state, rtol=1e-6)
    np.testing.assert_allclose(np.sort_complex(point.eigenvalues), np.sort_complex(eigenvalues), rtol=1e-4, atol=1e-6)
    assert point.trace == pytest.approx(eigenvalues.sum().real, rel=1e-5, abs=1e-8)
    assert point.determinant == pytest.approx(np.prod(eigenvalues).real, rel=1e-5)


@settings(max_examples=25, deadline=None)
@given(I_0=st.floats(-10, 14.5), D=st.floats(1, 2))
def test_exponential_cell_rests_where_lambert_says(I_0, D):
    snapshot = EIF().snapshot(I_0=I_0, D=D)
    c = (-55.0 + 72.0 - I_0) / D  # with u = (V - V_T) / D, a fixed point has e^u = u + c
    roots = [-55.0 + D * float((-c - lambertw(-np.exp(-c), branch)).real) for branch in (0, -1)]
    found = equilibria(snapshot).points
    assert [float(q.state[0]) for q in found] == pytest.approx(roots, abs=1e-5)
    slopes = [(np.exp((V + 55.0) / D) - 1.0) / 15.0 for V in roots]
    assert [float(q.eigenvalues[0].real) for q in found] == pytest.approx(slopes, rel=1e-4)
    assert [q.stable for q in found] == [True, False]


def test_inputs_that_move_in_time_are_left_out():
    assert len(equilibria(EIF().snapshot(I_2=40.0)).points) == 2
    (point,) = equilibria(LeakyIntegrator().snapshot(input="noise", I_0=3.0)).points
    assert point.state == pytest.approx([-69.0])


def test_phase_line_is_the_right_hand_side():
    V, slope = phase_line(EIF().snapshot(I_0=3.0))
    assert (V[0], V[-1], len(V)) == (-80.0, 5.0, 400)  # up to the threshold: no run is beyond it
    np.testing.assert_allclose(slope, (-(V + 72.0) + 2.0 * np.exp((V + 55.0) / 2.0) + 3.0) / 15.0)


def test_phase_portrait_is_the_field_with_straight_nullclines():
    snapshot = EIRateNetwork().snapshot()
    portrait = phase_portrait(snapshot)
    v = snapshot.values_by_name
    r_e, r_i = np.meshgrid(portrait.x, portrait.y)
    into_e = v["w_ee"] * r_e + v["w_ei"] * r_i + v["X_e"] - v["theta"]
    np.testing.assert_allclose(portrait.dx, (-r_e + v["g"] * np.maximum(into_e, 0.0)) / v["tau_e"], atol=1e-12)
    x, y = portrait.x_nullcline
    residue = -x + v["g"] * np.maximum(v["w_ee"] * x + v["w_ei"] * y + v["X_e"] - v["theta"], 0.0)
    assert np.count_nonzero(np.isfinite(residue)) > 2
    np.testing.assert_allclose(residue[np.isfinite(residue)], 0.0, atol=1e-6)


def test_portrait_of_other_axes_is_the_mirrored_one():
    straight, mirrored = (phase_portrait(EIRateNetwork().snapshot(), axes) for axes in ((0, 1), (1, 0)))
    np.testing.assert_allclose(mirrored.dx, straight.dy.T, atol=1e-12)
    np.testing.assert_allclose(mirrored.dy, straight.dx.T, atol=1e-12)
