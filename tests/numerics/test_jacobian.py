"""Derivatives by differences against derivatives by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncm_app.numerics.jacobian import (
    combine_stencil,
    differentiate,
    evaluate_field,
    field_and_jacobian,
    jacobian,
    parameter_derivative,
    round_steps,
    state_steps,
    stencil_offsets,
    widths,
)
from tests.numerics.systems import (
    BRUSSELATOR,
    EI,
    EI_VALUES,
    EIF,
    EIF_VALUES,
    FITZHUGH_NAGUMO,
    LORENZ,
    make_system,
    record,
)


def brusselator_by_hand(y: Any, p: Any) -> Any:
    u, v = y
    return np.array([[2 * u * v - p.B - 1, u * u], [p.B - 2 * u * v, -u * u]])


def fitzhugh_by_hand(y: Any, p: Any) -> Any:
    v = y[0]
    return np.array([[1 - v * v, -np.ones_like(v)], [np.full_like(v, 0.08), np.full_like(v, -0.064)]])


def lorenz_by_hand(y: Any, p: Any) -> Any:
    a, b, c = y
    one = np.ones_like(a)
    return np.array([[-10 * one, 10 * one, 0 * one], [p.r - c, -one, -a], [b, a, -8 / 3 * one]])


CASES = [(BRUSSELATOR, record(A=1.3, B=2.2), brusselator_by_hand),
         (FITZHUGH_NAGUMO, record(I=0.7), fitzhugh_by_hand),
         (LORENZ, record(r=28.0), lorenz_by_hand)]


@pytest.mark.parametrize(("system", "p", "by_hand"), CASES)
@given(shares=st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_equals_derivative_by_hand(system: Any, p: Any, by_hand: Callable[..., Any], shares: list[float]) -> None:
    y = np.array([low + s * (high - low) for s, (low, high) in zip(shares, system.spans, strict=False)])
    expected = by_hand(y, p)
    assert np.abs(jacobian(system, y, p) - expected).max() <= 1e-9 * max(1.0, np.abs(expected).max())


@pytest.mark.parametrize(("system", "p", "by_hand"), CASES)
@pytest.mark.parametrize("shape", [(), (7,), (3, 4)])
def test_batch_has_the_shape_of_the_states(system: Any, p: Any, by_hand: Any, shape: tuple[int, ...]) -> None:
    y = np.random.default_rng(1).uniform(-1, 1, (system.size, *shape))
    slopes = jacobian(system, y, p)
    assert slopes.shape == (system.size, system.size, *shape)
    np.testing.assert_allclose(slopes, by_hand(y, p), atol=1e-9 * np.abs(slopes).max())


@given(v=st.floats(-80, -45))
def test_steep_exponential(v: float) -> None:
    slope = jacobian(EIF, [v], EIF_VALUES)[0, 0]
    expected = (-1 + np.exp((v + 55.0) / 2.0)) / 15.0
    assert slope == pytest.approx(expected, abs=1e-9 * max(1.0, abs(expected)))


def test_far_up_the_exponential_the_error_stays_relative() -> None:
    v = np.linspace(-45, 5, 50)[None]
    expected = (-1 + np.exp((v + 55.0) / 2.0)) / 15.0
    np.testing.assert_allclose(jacobian(EIF, v, EIF_VALUES)[0], expected, rtol=1e-9)


def test_rate_network_by_hand() -> None:
    p = EI_VALUES
    slopes = jacobian(EI, [0.0056, 0.0125], p)
    expected = [[(p.g * p.w_ee - 1) / p.tau_e, p.g * p.w_ei / p.tau_e],
                [p.g * p.w_ie / p.tau_i, (p.g * p.w_ii - 1) / p.tau_i]]
    np.testing.assert_allclose(slopes, expected, rtol=1e-9)
    assert np.trace(slopes) == pytest.approx((p.g * p.w_ee - 1) / p.tau_e + (p.g * p.w_ii - 1) / p.tau_i)


def test_one_call_for_the_whole_batch() -> None:
    calls = []

    def rhs(t: Any, y: Any, p: Any) -> Any:
        calls.append(y[0].shape)
        return y[1], -y[0]

    jacobian(make_system(rhs, [(-1, 1), (-1, 1)]), np.zeros((2, 100)), record(a=1.0))
    assert calls == [(9, 100)]


def test_field_comes_with_the_jacobian() -> None:
    y = np.random.default_rng(2).uniform(0, 3, (2, 11))
    p = record(A=1.0, B=3.0)
    field, slopes = field_and_jacobian(BRUSSELATOR, y, p)
    np.testing.assert_array_equal(field, evaluate_field(BRUSSELATOR, y, p))
    np.testing.assert_array_equal(slopes, jacobian(BRUSSELATOR, y, p))


def test_constant_component_is_spread_over_the_batch() -> None:
    system = make_system(lambda t, y, p: (p.a, -y[1]), [(0, 1), (0, 1)])
    y = np.zeros((2, 5))
    np.testing.assert_array_equal(evaluate_field(system, y, record(a=2.0))[0], np.full(5, 2.0))
    np.testing.assert_array_equal(jacobian(system, y, record(a=2.0))[0], np.zeros((2, 5)))


def test_array_valued_parameter() -> None:
    values = np.array([1.0, 2.0, 3.0])
    y = np.ones((2, 3))
    slopes = jacobian(BRUSSELATOR, y, record(A=1.0, B=values))
    np.testing.assert_allclose(slopes[0, 0], 2 - values - 1, atol=1e-9)
    single = [jacobian(BRUSSELATOR, [1.0, 1.0], record(A=1.0, B=b)) for b in values]
    np.testing.assert_allclose(slopes, np.stack(single, axis=-1), atol=1e-12)


@given(u=st.floats(0.1, 4), v=st.floats(0.1, 4), b=st.floats(-3, 5))
def test_parameter_derivative_by_hand(u: float, v: float, b: float) -> None:
    slope = parameter_derivative(BRUSSELATOR, [u, v], record(A=1.0, B=b), "B", span=5.0)
    np.testing.assert_allclose(slope, [-u, u], atol=1e-9)


def test_parameter_derivative_of_a_time_constant() -> None:
    y = np.random.default_rng(3).uniform(0, 0.02, (2, 6))
    slope = parameter_derivative(EI, y, EI_VALUES, "tau_i")
    field = evaluate_field(EI, y, EI_VALUES)
    np.testing.assert_allclose(slope[1], -field[1] / EI_VALUES.tau_i, rtol=1e-8)
    np.testing.assert_allclose(slope[0], 0.0, atol=1e-15)
    assert slope.shape == y.shape


def test_parameter_at_zero_has_a_scale() -> None:
    slope = parameter_derivative(FITZHUGH_NAGUMO, [0.3, 0.1], record(I=0.0), "I")
    np.testing.assert_allclose(slope, [1.0, 0.0], atol=1e-10)


@given(step=st.floats(1e-9, 1e3))
def test_steps_are_powers_of_two(step: float) -> None:
    rounded = float(round_steps(step))
    assert np.log2(rounded) == round(np.log2(rounded))
    assert 0.7 <= rounded / step <= 1.42


def test_steps_follow_the_spans() -> None:
    steps = state_steps(EI)
    assert steps.shape == (2,)
    assert np.all(steps < 1e-4 * widths(EI.spans)) and np.all(steps > 1e-5 * widths(EI.spans))


def test_stencil_moves_one_coordinate_at_a_time() -> None:
    shifts = stencil_offsets(np.array([1.0, 10.0]))
    assert shifts.shape == (2, 9)
    np.testing.assert_array_equal(shifts[:, 0], [0, 0])
    assert np.all(np.count_nonzero(shifts[:, 1:], axis=0) == 1)
    np.testing.assert_array_equal(np.sort(shifts[1, 5:]), [-20, -10, 10, 20])


@given(c=st.lists(st.floats(-3, 3), min_size=5, max_size=5), x=st.floats(-2, 2))
def test_differences_are_exact_for_quartics(c: list[float], x: float) -> None:
    value, slope = differentiate(lambda z: np.polyval(c, z), np.array([x]), np.array([0.25]))
    assert value[0] == pytest.approx(np.polyval(c, x), abs=1e-12)
    assert slope[0, 0] == pytest.approx(np.polyval(np.polyder(c), x), abs=1e-9)


def test_combining_splits_centre_and_slopes() -> None:
    steps = np.array([0.5, 0.25])
    plane = 3.0 + np.array([[2.0, -1.0]]) @ stencil_offsets(steps)
    value, slopes = combine_stencil(plane, steps)
    np.testing.assert_allclose(value, [3.0])
    np.testing.assert_allclose(slopes, [[2.0, -1.0]])
