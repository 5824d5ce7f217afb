"""The parts of a continuation: scaling, slopes, tangents, corrections, signs of special points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncm_app.numerics.branches.curve import FINE, EquilibriumCurve
from ncm_app.numerics.branches.special_points import find_sign_changes, multiply_pair_sums
from ncm_app.numerics.fixed_points.equilibria import find_equilibria
from tests.numerics.systems import BENT_LINE, EI, EI_VALUES, FITZHUGH_NAGUMO, FOLD, record


def test_scaling_goes_both_ways() -> None:
    curve = EquilibriumCurve(EI, EI_VALUES, "X_e", 0.0, 60.0)
    states = np.array([[0.01, 0.02], [0.015, 0.0]])
    z = curve.scaled(states, np.array([30.0, 60.0]))
    np.testing.assert_allclose(z, [[0.5, 0.5, 0.5], [1.0, 0.0, 1.0]])
    np.testing.assert_allclose(curve.unscaled(z)[:, :2].T, states)


@pytest.mark.parametrize("curve", [EquilibriumCurve(FITZHUGH_NAGUMO, record(I=0.0), "I", 0.0, 2.0),
                                   EquilibriumCurve(FITZHUGH_NAGUMO, record(I=0.0), "I", 0.0, 2.0).made_careful()])
def test_scaled_slopes_keep_the_eigenvalues(curve: EquilibriumCurve) -> None:
    point = find_equilibria(FITZHUGH_NAGUMO, record(I=0.6)).points[0]
    residual, slopes = curve.evaluate(curve.scaled(point.state[:, None], 0.6))
    np.testing.assert_allclose(residual, 0.0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.eigvals(slopes[0, :, :-1]).sum(), point.trace, atol=1e-9)
    # d(dv/dt)/dI = 1, scaled by the range of I over the span of v.
    assert slopes[0, 0, -1] == pytest.approx(2.0 / 5.0, rel=1e-9)


def test_careful_curve_keeps_to_one_side_of_a_kink() -> None:
    curve = EquilibriumCurve(BENT_LINE, record(w=0.5, X=0.0), "X", -1.0, 1.0)
    beside = curve.scaled(np.array([[0.0]]), -1e-5)
    assert curve.evaluate(beside)[1][0, 0, 0] > -0.99
    assert curve.made_careful().evaluate(beside)[1][0, 0, 0] == pytest.approx(-1.0, abs=1e-7)
    assert curve.with_step(FINE).evaluate(beside)[1][0, 0, 0] == pytest.approx(-1.0, abs=1e-7)


def test_tangent_points_forward_along_the_curve() -> None:
    curve = EquilibriumCurve(FOLD, record(a=0.0), "a", -1.0, 1.0)
    z = curve.scaled(np.array([[-0.5]]), -0.25)
    forward = np.array([[1.0, 0.0]])
    (tangent,) = curve.tangents(curve.evaluate(z)[1], forward)
    # a = -x^2: da = -2 x dx, in shares of the ranges 4 and 2.
    np.testing.assert_allclose(tangent, np.array([1.0, 2.0]) / np.sqrt(5.0), rtol=1e-8)
    np.testing.assert_allclose(curve.first_tangent(z[0]), tangent, rtol=1e-8)


def test_correction_stays_in_its_plane() -> None:
    curve = EquilibriumCurve(FOLD, record(a=0.0), "a", -1.0, 1.0)
    guess = curve.scaled(np.array([[-0.6, 0.4]]), -0.3)
    normals = np.array([[0.0, 1.0], [1.0, 0.0]])
    exact, arrived = curve.correct(guess, normals)
    assert arrived.all()
    np.testing.assert_allclose(curve.unscaled(exact)[0], [-np.sqrt(0.3), -0.3], rtol=1e-12)
    np.testing.assert_allclose(curve.unscaled(exact)[1], [0.4, -0.16], rtol=1e-12)


@given(a=st.floats(-3, 3), b=st.floats(0.01, 3), c=st.floats(-3, 3))
def test_pair_product_vanishes_for_hopf_and_neutral_pairs(a: float, b: float, c: float) -> None:
    assert multiply_pair_sums(np.array([[b * 1j, -b * 1j, c]]))[0] == pytest.approx(0.0, abs=1e-12)
    assert multiply_pair_sums(np.array([[b + 0j, -b, c]]))[0] == pytest.approx(0.0, abs=1e-12)
    values = np.array([[a + b * 1j, a - b * 1j]])
    assert np.sign(multiply_pair_sums(values)[0]) == np.sign(2 * a)
    assert multiply_pair_sums(np.array([[c + 0j]]))[0] == 1.0


def test_sign_changes_skip_noise_and_kinks() -> None:
    tests = np.array([[1.0, -1.0, -1.0, 1.0], [1.0, 1e-14, -1e-14, -1e-15], [1.0, 1.0, 1.0, 1.0]])
    clear = np.abs(tests) > 1e-12
    kinds, starts, ends = find_sign_changes(tests, clear, np.array([True, True, False]))
    assert (kinds.tolist(), starts.tolist(), ends.tolist()) == ([0], [0], [1])


def test_sign_changes_bridge_a_row_that_lies_on_the_point() -> None:
    tests = np.array([[2.0, 1.0, 0.0, -1.0, -2.0]] * 3)
    kinds, starts, ends = find_sign_changes(tests, tests != 0.0, np.ones(4, dtype=bool))
    assert (kinds.tolist(), starts.tolist(), ends.tolist()) == ([0, 1, 2], [1, 1, 1], [3, 3, 3])
    assert len(find_sign_changes(tests, tests != 0.0, np.array([True, True, False, True]))[0]) == 0
    # Over a long stretch of zeros there is no one point at which the sign changes.
    long = np.array([[1.0, 0.0, 0.0, 0.0, -1.0]] * 3)
    assert len(find_sign_changes(long, long != 0.0, np.ones(4, dtype=bool))[0]) == 0
