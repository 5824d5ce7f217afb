"""What pencil and paper say of the small systems of appendix A."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.models.mathematics.phase_line import PhaseLine
from ncm_app.models.oscillators.brusselator import Brusselator
from ncm_app.models.oscillators.hopf_system import HopfSystem
from ncm_app.models.oscillators.lorenz import Lorenz
from ncm_app.numerics.results import Status
from ncm_app.studies.diagram import diagram
from ncm_app.studies.expectations import check
from ncm_app.studies.oscillation import limit_cycle
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from tests.models.asking import snapshot_of, special

# Phase line ---------------------------------------------------------------------------

@pytest.mark.parametrize(("x_0", "x"), [(0.6, -np.tanh(5 - np.arctanh(0.6))), (0.0, -np.tanh(5)),
                                        (-2.0, -1 / np.tanh(5 + np.arctanh(0.5)))])
def test_parabola_is_solved_by_hyperbolic_tangents(x_0, x):
    run = simulate(snapshot_of(PhaseLine, f="x^2 - 1", x_0=x_0, method="RK4"))
    assert run.y[0, -1] == pytest.approx(x, abs=1e-9)


def test_exact_values_of_the_note():
    values = [-np.tanh(5 - np.arctanh(0.6)), -np.tanh(5), -1 / np.tanh(5 + np.arctanh(0.5))]
    assert values == pytest.approx([-0.999637, -0.999909, -1.00003], abs=5e-7)


def test_parabola_blows_up_at_its_pole():
    run = simulate(snapshot_of(PhaseLine, x_0=1.1, method="adaptive"))
    assert run.status is Status.DIVERGED
    assert run.t[-1] == pytest.approx(np.arctanh(1 / 1.1), abs=0.02)


@given(a=st.floats(-3, 3).filter(lambda a: abs(a) > 1e-2))
@settings(max_examples=50, deadline=None)
def test_normal_forms_have_their_fixed_points(a):
    expected = {"x^2 + a": [-np.sqrt(-a), np.sqrt(-a)] if a < 0 else [],
                "pitchfork": [-np.sqrt(a), 0.0, np.sqrt(a)] if a > 0 else [0.0], "transcritical": sorted([0.0, a])}
    for f, points in expected.items():
        found = [float(q.state[0]) for q in equilibria(snapshot_of(PhaseLine, f=f, a=a)).points]
        assert found == pytest.approx(points, abs=1e-9)


def test_cubic_folds_where_its_slope_is_zero():
    roots = (2 + np.array([1, -1]) * np.sqrt(7)) / 3
    folds = (roots + 1) * (roots - 1) * (roots - 2)
    assert special(snapshot_of(PhaseLine, "Ex A.7.3"), "a", "LP") == pytest.approx(folds, abs=1e-9)


# Hopf system --------------------------------------------------------------------------

@pytest.mark.parametrize("preset", HopfSystem.presets)
def test_hopf_point_is_at_zero_with_frequency_one(preset):
    (point,) = [q for q in diagram(snapshot_of(HopfSystem, preset), "c").points if q.code == "H"]
    assert point.parameters["c"] == pytest.approx(0.0, abs=1e-9)
    assert point.frequency == pytest.approx(1 / (2 * np.pi), rel=1e-9)


def test_van_der_pol_cycles_have_their_known_size_and_period():
    """Period at c = -1 from the literature; at small c by the expansion 2 pi (1 + c^2 / 16)."""
    strong, weak = (limit_cycle(snapshot_of(HopfSystem, c=c)) for c in (-1.0, -0.1))
    assert strong.period == pytest.approx(6.6632868593, rel=1e-6)
    assert strong.high[1] == pytest.approx(2.0086, abs=5e-5)
    assert weak.period == pytest.approx(2 * np.pi * (1 + 0.01 / 16), rel=1e-5)


def test_unstable_cycle_parts_rest_from_escape():
    inside, outside = (simulate(snapshot_of(HopfSystem, "Ex A.9.3", x_0=x, method="RK4", t_end=100.0))
                       for x in (2.1726, 2.1728))
    assert inside.status is Status.OK and np.hypot(*inside.y[:, -1]) < 1e-9
    assert outside.status is Status.DIVERGED
    assert simulate(snapshot_of(HopfSystem, "Ex A.9.3, outside")).t[-1] == pytest.approx(1.3, abs=0.1)


# Lorenz -------------------------------------------------------------------------------

@given(sigma=st.floats(1, 30), r=st.floats(1.1, 50), beta=st.floats(0.2, 8))
@settings(max_examples=40, deadline=None)
def test_lorenz_fixed_points(sigma, r, beta):
    away = np.sqrt(beta * (r - 1))
    found = [q.state for q in equilibria(snapshot_of(Lorenz, sigma=sigma, r=r, beta=beta)).points]
    expected = [(-away, -away, r - 1), (0, 0, 0), (away, away, r - 1)]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_lorenz_events():
    assert special(Lorenz().snapshot(), "r", "H") == pytest.approx([470 / 19] * 2, rel=1e-7)
    assert special(Lorenz().snapshot(), "r", "BP") == pytest.approx([1.0], abs=1e-7)


def test_lorenz_volume_shrinks_at_a_constant_rate():
    for point in equilibria(Lorenz().snapshot()).points:
        assert point.trace == pytest.approx(-(10 + 1 + 8 / 3), rel=1e-6)


def test_lorenz_stays_in_the_range_of_the_exercise():
    outcome = check(Lorenz().snapshot(), "range", ((-19.2, -25.4, 0.95), (21.2, 28.9, 53.6)))
    assert outcome.met, outcome.sentence


# Brusselator --------------------------------------------------------------------------

@given(A=st.floats(0.5, 2), B=st.floats(0.1, 6))
@settings(max_examples=40, deadline=None)
def test_brusselator_fixed_point(A, B):
    (point,) = equilibria(snapshot_of(Brusselator, A=A, B=B)).points
    assert point.state == pytest.approx([A, B / A], rel=1e-8)
    assert [point.trace, point.determinant] == pytest.approx([B - 1 - A**2, A**2], abs=1e-5)


@pytest.mark.parametrize("A", [0.5, 1.0, 1.7])
def test_brusselator_hopf_point(A):
    (point,) = [q for q in diagram(snapshot_of(Brusselator, A=A), "B").points if q.code == "H"]
    assert point.parameters["B"] == pytest.approx(1 + A**2, rel=1e-8)
    assert 1 / point.frequency == pytest.approx(2 * np.pi / A, rel=1e-8)
