"""What pencil and paper say of linear systems."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from ncm_app.core.model import Flow
from ncm_app.models.mathematics.linear_system import LinearSystem, exact
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from tests.models.asking import snapshot_of

entries = st.floats(-12, 12)


@given(a=entries, b=entries, c=entries, d=entries, u=entries.map(lambda v: v / 2), t=st.floats(0.01, 1))
@settings(max_examples=200, deadline=None)
def test_closed_form_is_the_matrix_exponential(a, b, c, d, u, t):
    p = snapshot_of(LinearSystem, a=a, b=b, c=c, d=d, u_1_0=u, u_2_0=1.0).p
    size = np.exp(np.linalg.norm([[a, b], [c, d]]) * t)
    found = [x[0] for x in exact(np.array([t]), p)]
    np.testing.assert_allclose(found, expm(t * np.array([[a, b], [c, d]])) @ [u, 1.0], atol=1e-8 * size)


@pytest.mark.parametrize(("a", "b", "c", "d"), [(-1, 1, 0, -1), (0, 0, 0, 0), (2, 0, 0, 2), (-1, 1, 1e-18, -1)])
def test_closed_form_survives_equal_eigenvalues(a, b, c, d):
    p = snapshot_of(LinearSystem, a=a, b=b, c=c, d=d).p
    found = [x[0] for x in exact(np.array([1.5]), p)]
    np.testing.assert_allclose(found, expm(1.5 * np.array([[a, b], [c, d]], dtype=float)) @ [1.75, 0.25], rtol=1e-9)


@given(a=entries, b=entries, c=entries, d=entries)
@settings(max_examples=100, deadline=None)
def test_trace_and_determinant_decide_the_kind(a, b, c, d):
    trace, determinant = a + d, a * d - b * c
    if min(abs(trace), abs(determinant), abs(trace**2 - 4 * determinant)) < 1e-3:
        return
    (point,) = equilibria(snapshot_of(LinearSystem, a=a, b=b, c=c, d=d)).points
    shape = "spiral" if trace**2 < 4 * determinant else "node"
    side = "stable" if trace < 0 else "unstable"
    assert point.kind == ("saddle" if determinant < 0 else f"{side} {shape}")


def test_eulers_spiral_is_too_large_by_the_growth_of_its_map():
    """Each step multiplies the distance by |1 + dt lambda| instead of exp(dt Re lambda)."""
    snapshot = snapshot_of(LinearSystem, "Fig A.8 stable spiral")
    end, true = simulate(snapshot).y[:, -1], [x[-1] for x in exact(np.array([0.0, 5.0]), snapshot.p)]
    growth = (abs(1 + 0.001 * (-1 + 10j)) / np.exp(-0.001)) ** 5000
    assert np.hypot(*end) / np.hypot(*true) == pytest.approx(growth, rel=1e-6)
    assert growth == pytest.approx(1.281, abs=5e-4)


GIVEN = ("entries", "real eigenvalues", "complex eigenvalues", "trace and determinant")


def matrix_of(snapshot):
    """Return the matrix by asking the right-hand side for its columns."""
    return np.array([LinearSystem.rhs(0.0, unit, snapshot.p) for unit in ((1.0, 0.0), (0.0, 1.0))]).T


@given(first=st.floats(-12, 12), second=st.floats(-12, 12), s=st.floats(0.2, 5))
@settings(max_examples=60, deadline=None)
def test_given_eigenvalues_are_the_eigenvalues(first, second, s):
    real = matrix_of(snapshot_of(LinearSystem, given="real eigenvalues", lambda_1=first, lambda_2=second, s=s))
    np.testing.assert_allclose(real @ [s, 1.0], first * np.array([s, 1.0]), atol=1e-12)
    np.testing.assert_allclose(real @ [-s, 1.0], second * np.array([-s, 1.0]), atol=1e-12)
    turning = matrix_of(snapshot_of(LinearSystem, given="complex eigenvalues", alpha=first, omega=second, s=s))
    assert [np.trace(turning), np.linalg.det(turning)] == pytest.approx([2 * first, first**2 + second**2], abs=1e-9)


@given(T=st.floats(-24, 24), D=st.floats(-288, 288), s=st.floats(0.2, 5))
@settings(max_examples=60, deadline=None)
def test_given_trace_and_determinant_are_met(T, D, s):
    found = matrix_of(snapshot_of(LinearSystem, given="trace and determinant", T=T, D=D, s=s))
    assert [np.trace(found), np.linalg.det(found)] == pytest.approx([T, D], abs=1e-9)


@pytest.mark.parametrize("given_by", GIVEN)
@pytest.mark.parametrize("preset", list(LinearSystem.presets)[::3])
@pytest.mark.parametrize("place", [(-4.0, 3.0), (2.0, 100.0), (-2.0, -30.0), (0.0, 9.0), (-3.0, 2.25), (0.5, -0.5)])
def test_a_click_in_the_plane_is_met_however_the_matrix_is_given(given_by, preset, place):
    model = LinearSystem(**{**LinearSystem.preset_values(preset), "given": given_by})
    moved = model.snapshot(**LinearSystem.at_trace_determinant(model.values(), *place))
    found = matrix_of(moved)
    assert [np.trace(found), np.linalg.det(found)] == pytest.approx(place, abs=1e-9)
    (point,) = equilibria(moved).points
    assert [point.trace, point.determinant] == pytest.approx(place, abs=1e-5)


@pytest.mark.parametrize("given_by", GIVEN)
def test_a_click_far_away_stays_within_the_bounds(given_by):
    model = LinearSystem(given=given_by)
    for place in ((500.0, 9e4), (-500.0, -9e4), (0.0, 9e4), (0.0, -9e4), (24.0, 144.0)):
        snapshot = model.snapshot(**LinearSystem.at_trace_determinant(model.values(), *place))
        assert np.isfinite(matrix_of(snapshot)).all()


def test_a_click_keeps_turn_and_order():
    clockwise = LinearSystem(**LinearSystem.preset_values("Fig A.8 stable spiral"))
    moved = LinearSystem.at_trace_determinant(clockwise.values(), 1.0, 60.0)
    assert moved["b"] > 0 > moved["c"]
    swapped = LinearSystem(given="real eigenvalues", lambda_1=-5.0, lambda_2=-1.0)
    moved = LinearSystem.at_trace_determinant(swapped.values(), -3.0, 2.0)
    assert [moved["lambda_1"], moved["lambda_2"]] == pytest.approx([-2.0, -1.0])


@pytest.mark.parametrize(("preset", "changes", "kind"), [
    ("Fig A.8 stable node", {"b": -2.5, "c": -2.5}, "saddle"), ("Fig A.8 stable spiral", {"a": 1.0}, "centre"),
    ("Trace and determinant", {"D": 0.5}, "stable node"), ("Trace and determinant", {"D": -1.0}, "saddle"),
    ("Trace and determinant", {"T": 2.0}, "unstable spiral"), ("Real eigenvalues", {"lambda_1": 1.0}, "saddle")])
def test_what_to_try_is_true(preset, changes, kind):
    (point,) = equilibria(snapshot_of(LinearSystem, preset, **changes)).points
    assert point.kind == kind


def test_other_things_to_try_are_true():
    """Euler's steps of 0.03 ms make the stable spiral grow; the saddle's line leads to rest."""
    coarse = simulate(snapshot_of(LinearSystem, "Fig A.8 stable spiral", dt=0.03))
    assert np.hypot(*coarse.y[:, -1]) > np.hypot(*coarse.y[:, 0])
    straight = simulate(snapshot_of(LinearSystem, "Fig A.8 saddle", u_1_0=1.0, u_2_0=1.0))
    assert straight.y[0] == pytest.approx(straight.y[1], abs=1e-9)
    assert abs(straight.y[0, -1]) < 1e-5


def test_other_models_cannot_be_placed_by_trace_and_determinant():
    assert Flow.at_trace_determinant({}, 1.0, 1.0) is None
