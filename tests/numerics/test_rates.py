"""Firing rates: closed forms, the book's table, and the bottleneck near threshold."""

from collections import namedtuple

import numpy as np
import pytest
from scipy.integrate import quad

from ncm_app.numerics.runs import compiled
from ncm_app.numerics.runs.rates import interspike_interval, rate_curve, stepped_interval
from ncm_app.numerics.system import System

EIF = namedtuple("EIF", "I_0 tau_m V_th V_re")
QIF = namedtuple("QIF", "c V_th V_re")
LIF = namedtuple("LIF", "I_0 tau_m V_th V_re")

TABLE = {  # I_0: (exact and Euler interval with tau_m = 15, the same with tau_m = 10), ms
    15.1: (303.908, 304.3, 202.605, 202.9), 16.0: (95.9672, 96.3, 63.9781, 64.3), 18.0: (52.9899, 53.3, 35.3266, 35.7),
    20.0: (39.2061, 39.6, 26.1374, 26.5), 30.0: (18.8604, 19.2, 12.5736, 12.9), 40.0: (12.8366, 13.2, 8.55774, 8.9)}
CURRENTS = np.array(list(TABLE))


def cell(f, span):
    return System(lambda t, y, p: (f(y[0], p),), ("V",), (span,), (span,), lambda p: p.V_th, lambda y, p: (p.V_re,))


EIF_CELL = cell(lambda v, p: (-(v + 72.0) + 2.0 * np.exp((v + 55.0) / 2.0) + p.I_0) / p.tau_m, (-80.0, 10.0))
QIF_CELL = cell(lambda v, p: v * v + p.c, (-10.0, 10.0))
LIF_CELL = cell(lambda v, p: (p.I_0 - v) / p.tau_m, (-5.0, 20.0))


@pytest.mark.parametrize(("column", "tau"), [(0, 15.0), (2, 10.0)])
def test_table_of_the_book(column, tau):
    p = EIF(CURRENTS, tau, 5.0, -75.0)
    table = np.array(list(TABLE.values())).T
    np.testing.assert_allclose(interspike_interval(EIF_CELL, p), table[column], rtol=4e-6)
    np.testing.assert_allclose(stepped_interval(EIF_CELL, p, 0.1, "Euler"), table[column + 1], atol=1e-9)


def test_quadratic_cell_has_a_closed_form():
    """dv/dt = v^2 + c from -a to b takes (atan(b/r) + atan(a/r)) / r with r = sqrt(c)."""
    c = 10.0 ** np.arange(-12.0, 4.0)
    r = np.sqrt(c)
    exact = (np.arctan(7.0 / r) + np.arctan(9.0 / r)) / r
    np.testing.assert_allclose(interspike_interval(QIF_CELL, QIF(c, 7.0, -9.0)), exact, rtol=1e-10)


def test_leaky_cell_has_a_closed_form():
    """The slowest point of a leaky cell is its threshold, at the end of the range."""
    current = 10.0 + 10.0 ** np.arange(-9.0, 3.0)
    exact = 12.0 * np.log((current + 3.0) / (current - 10.0))
    found = interspike_interval(LIF_CELL, LIF(current, 12.0, 10.0, -3.0))
    np.testing.assert_allclose(found, exact, rtol=1e-10 / 1e-3)
    np.testing.assert_allclose(found[4:], exact[4:], rtol=1e-10)


@pytest.mark.parametrize("current", [15.01, 17.0, 25.0, 50.0])
def test_plain_quadrature_agrees(current):
    p = EIF(current, 15.0, 5.0, -75.0)
    exact, _ = quad(lambda v: 1.0 / EIF_CELL.rhs(0.0, (v,), p)[0], -75.0, 5.0, points=[-60, -57, -55, -53, -50, -40],
                    epsabs=0, epsrel=1e-12, limit=400)
    assert float(interspike_interval(EIF_CELL, p)) == pytest.approx(exact, rel=1e-10)


def test_interval_diverges_like_the_square_root_law():
    """Near threshold the interval is pi tau sqrt(2 D / (I - I_th))."""
    above = np.array([1e-10, 1e-8, 1e-6])
    interval = interspike_interval(EIF_CELL, EIF(15.0 + above, 15.0, 5.0, -75.0))
    np.testing.assert_allclose(interval * np.sqrt(above) / (15.0 * np.pi * 2.0), 1.0, rtol=1e-3)


def test_silent_cells_have_an_infinite_interval():
    p = EIF(np.array([-10.0, 5.0, 14.999, 15.0, 15.1]), 15.0, 5.0, -75.0)
    np.testing.assert_array_equal(np.isinf(interspike_interval(EIF_CELL, p)), [True, True, True, True, False])
    np.testing.assert_array_equal(np.isinf(stepped_interval(EIF_CELL, p, 0.1, "Euler")), [True] * 4 + [False])


def test_batches_broadcast_over_any_field():
    one = float(interspike_interval(EIF_CELL, EIF(18.0, 15.0, 5.0, -75.0)))
    grid = interspike_interval(EIF_CELL, EIF(np.array([[16.0], [18.0]]), np.array([10.0, 15.0, 30.0]), 5.0, -75.0))
    assert grid.shape == (2, 3) and grid[1, 1] == pytest.approx(one, rel=1e-12)
    np.testing.assert_allclose(grid[:, 2], 3 * grid[:, 0], rtol=1e-10)  # time scales with tau_m
    resets = interspike_interval(EIF_CELL, EIF(18.0, 15.0, 5.0, np.array([-90.0, -75.0, -66.0])))
    assert np.all(np.diff(resets) < 0) and resets[1] == pytest.approx(one, rel=1e-12)
    stepped = stepped_interval(EIF_CELL, EIF(18.0, np.array([10.0, 15.0]), 5.0, -75.0), 0.1, "Euler")
    np.testing.assert_allclose(stepped, [35.7, 53.3], atol=1e-9)


def test_a_reset_at_the_threshold_takes_no_time():
    np.testing.assert_array_equal(interspike_interval(EIF_CELL, EIF(18.0, 15.0, 5.0, np.array([5.0, 6.0]))), [0.0, 0.0])


@pytest.mark.parametrize("method", compiled.STAGES)
def test_stepped_interval_is_late_by_a_step_at_most_and_converges(method):
    p = EIF(CURRENTS, 15.0, 5.0, -75.0)
    exact = interspike_interval(EIF_CELL, p)
    errors = [np.abs(stepped_interval(EIF_CELL, p, dt, method) - exact).max() for dt in (0.4, 0.1, 0.025)]
    assert errors[2] < 0.15 and errors[2] < 0.5 * errors[1] < 0.25 * errors[0]


def test_compiled_and_plain_text_give_the_same_intervals():
    p = EIF(np.linspace(-10.0, 50.0, 40), 15.0, 5.0, -75.0)
    plain = stepped_interval(EIF_CELL, p, 0.2, "Heun")
    compiled.warm(EIF_CELL, "Heun", EIF(18.0, 15.0, 5.0, -75.0))
    np.testing.assert_array_equal(stepped_interval(EIF_CELL, p, 0.2, "Heun"), plain)


def test_rate_curve_of_the_book():
    curve = rate_curve(EIF_CELL, EIF(0.0, 15.0, 5.0, -75.0), "I_0", [10.0, *CURRENTS], 0.1, "Euler")
    np.testing.assert_allclose(curve.exact, [0.0, 3.29047, 10.4202, 18.8715, 25.5062, 53.0210, 77.9022], rtol=4e-6)
    np.testing.assert_allclose(curve.stepped[1:], 1000.0 / np.array(list(TABLE.values()))[:, 1], rtol=1e-9)
    assert curve.stepped[0] == 0.0
    np.testing.assert_array_equal(curve.values, [10.0, *CURRENTS])


def test_adaptive_rates_are_the_exact_ones():
    curve = rate_curve(EIF_CELL, EIF(0.0, 15.0, 5.0, -75.0), "I_0", CURRENTS, 0.1, "adaptive")
    np.testing.assert_array_equal(curve.exact, curve.stepped)


def test_a_cell_that_leaves_the_other_way_is_silent():
    """With a step beyond its time constant, Euler throws the leaky cell to and fro."""
    p = LIF(np.array([5.0]), 12.0, 1e9, -3.0)
    assert np.isinf(stepped_interval(LIF_CELL, p, 40.0, "Euler")[0])


def test_a_kink_costs_few_digits():
    """dv/dt = 1 up to v = 1/3 and 1 + 3 (v - 1/3) beyond: the interval is 1/3 + log(3) / 3."""
    kinked = cell(lambda v, p: 1.0 + 3.0 * np.maximum(v - 1.0 / 3.0, 0.0) * p.c, (0.0, 1.0))
    found = interspike_interval(kinked, QIF(1.0, 1.0, 0.0))
    assert float(found) == pytest.approx((1.0 + np.log(3.0)) / 3.0, rel=1e-6)
