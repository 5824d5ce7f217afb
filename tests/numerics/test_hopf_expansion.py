"""Hopf points and Lindstedt series beside the tables of two methods, harmonic balance and the cycle engine."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ncm_app.numerics.perturbation.comparison import KINDS, SLOPES, compare, range_of, slope_of, true_cycle
from ncm_app.numerics.perturbation.harmonic_balance import balance, derivative, resampled
from ncm_app.numerics.perturbation.hopf import find_hopf_point, fixed_point, jacobian
from ncm_app.numerics.perturbation.lindstedt import expand
from tests.numerics.neural_masses import PLACES, column_at, jansen_rit, microcircuit

POINTS = {  # p, omega, lambda', p2, p4, om2, om4, |obs.q|
    "H2": (315.696428, 70.142784, -1.503089e-2 - 1.110444e-2j, -1.956610e-2, -1.2777e-6, -1.966384e-4, -2.2493e-8,
           0.013989),
    "H1": (89.829108, 65.200982, 1.383730e-2 + 8.309210e-2j, 1.511167e-2, 1.8178e-6, 6.253988e-5, 1.5321e-7, 0.012754),
    "H0": (-12.147492, 45.487007, -5.348419e-2 + 4.301112e-1j, 1.549423e-2, 7.240e-7, 2.585498e-3, 1.0558e-7, 0.010438),
    "deep": (3.1949730172, 86.246379, 15.31459 + 10.59741j, 9.902463e-6, -5.7162e-12, -2.275303e-4, 1.98746e-9,
             0.007705)}
CYCLES = [  # distance, f Hz, a1, then errors of f and a1 for orders 2, 4, 6 and of the waveform for 2, 4
    ("H2", -1.0, 11.161967, 0.199572, (3.6e-7, 5.9e-9, 6e-11), (2.2e-3, 1.7e-5, 1.6e-7), (4.5e-4, 3.4e-6)),
    ("H2", -16.0, 11.136788, 0.771053, (1.1e-4, 2.3e-5, 3.8e-6), (3.8e-2, 4.1e-3, 5.9e-4), (3.2e-2, 3.4e-3)),
    ("H2", -64.0, 11.034046, 1.347075, (2.5e-3, 1.4e-3, 6.9e-4), (0.19, 6.2e-2, 2.8e-2), (0.30, 9.3e-2)),
    ("H1", 1.0, 10.377818, 0.206804, (9.7e-6, 9.2e-8, 6e-10), (3.4e-3, 5.1e-5, 6.6e-7), (6.9e-4, 1.1e-5)),
    ("deep", 0.01, 13.690266, 0.489999, (2.2e-5, 2.6e-7, 3e-9), (6.3e-4, 4.0e-6, 9.5e-8), (4.6e-4, 3.0e-6)),
    ("deep", 0.32, 12.789893, 2.835260, (1.8e-2, 6.8e-3, 2.6e-3), (2.3e-2, 2.2e-3, 2.4e-3), (9.0e-2, 1.1e-2))]
FARTHEST = {"H2": -100.0, "H1": 40.0, "H0": 60.0, "deep": 1.0}


@functools.cache
def expansion(name):
    field, p, x, _ = PLACES[name]
    return expand(find_hopf_point(field, p, x))


@functools.cache
def comparison(name, observed=None):
    distances = FARTHEST[name] * np.geomspace(1e-3, 1.0, 19)
    seen = PLACES[name][3] if observed is None else np.eye(8)[observed]
    return distances, compare(expansion(name), seen, distances)


@pytest.mark.parametrize("name", POINTS)
def test_point_and_coefficients_are_those_of_the_table(name):
    found, (p, omega, passing, p2, p4, om2, om4, seen) = expansion(name), POINTS[name]
    assert found.point.p == pytest.approx(p, abs=1e-6) and found.point.omega == pytest.approx(omega, abs=1e-6)
    assert found.point.passing == pytest.approx(passing, rel=2e-6)
    np.testing.assert_allclose((found.p[2], found.omega[2]), (p2, om2), rtol=1e-6)
    np.testing.assert_allclose((found.p[4], found.omega[4]), (p4, om4), rtol=5e-5)
    np.testing.assert_allclose(found.p[1::2], 0.0, atol=1e-12)
    np.testing.assert_allclose(found.omega[1::2], 0.0, atol=1e-12)
    assert abs(PLACES[name][3] @ found.point.q) == pytest.approx(seen, abs=5e-7)
    assert found.point.left @ found.point.q == pytest.approx(1.0)


@pytest.mark.parametrize(("name", "y", "p", "lead"), [
    ("p=100", 6.80455824, 100.0, 0.137386 + 65.992271j), ("p=200", 7.40431701, 200.0, 0.852063 + 69.975495j),
    ("p=320", 8.10480881, 320.0, -0.065905 + 70.093274j)])
def test_fixed_points_and_eigenvalues(name, y, p, lead):
    x, A = fixed_point(jansen_rit, p, column_at(y + 0.01))
    assert x[1] - x[2] == pytest.approx(y, abs=1e-8)
    values = np.linalg.eigvals(A)
    assert values[np.argmax(values.real + 1e-9 * values.imag)] == pytest.approx(lead, abs=2e-6)


@pytest.mark.parametrize("row", CYCLES, ids=lambda row: f"{row[0]} {row[1]}")
def test_errors_are_those_of_the_table(row):
    name, distance, f, a1, of_f, of_a, of_wave = row
    found = compare(expansion(name), PLACES[name][3], distance * np.geomspace(0.05, 1.0, 4))
    assert found.omega[0, -1] / (2 * np.pi) == pytest.approx(f, abs=6e-7)
    assert found.a[0, -1] == pytest.approx(a1, abs=6e-7)
    np.testing.assert_allclose(found.errors[0, :2, -1], of_f[:2], rtol=0.06)
    np.testing.assert_allclose(found.errors[1, :, -1], of_a, rtol=0.06)
    np.testing.assert_allclose(found.errors[2, :2, -1], of_wave, rtol=0.06)
    assert found.errors[0, 2, -1] == pytest.approx(of_f[2], rel=0.08)


@pytest.mark.parametrize("kind", range(3), ids=KINDS)
@pytest.mark.parametrize("name", POINTS)
def test_errors_grow_with_the_expected_power(name, kind):
    distances, found = comparison(name)
    slopes = [slope_of(distances, found.errors[kind, row], KINDS[kind]) for row in range(2)]
    np.testing.assert_allclose(slopes, SLOPES[KINDS[kind]][:2], atol=0.1)


@pytest.mark.parametrize(("name", "observed", "order", "far"), [
    ("H2", None, 0, 20.0), ("H1", None, 0, 14.0), ("deep", None, 0, 0.65), ("deep", 2, 0, 0.07), ("deep", 2, 1, 0.25)])
def test_range_within_five_per_cent(name, observed, order, far):
    distances, found = comparison(name, observed)
    assert range_of(distances, found.errors[1, order], 0.05) == pytest.approx(far, rel=0.05)


@pytest.mark.parametrize(("g", "f", "harmonics"), [
    (3.2, 13.70822999, (0.14424, 0.02994, 0.36144, 0.34731)), (4.0, 11.88650583, (1.27040, 0.25475, 4.79724, 4.67839))])
def test_cycles_of_the_deep_loop(g, f, harmonics):
    distances = (g - expansion("deep").p[0]) * np.geomspace(0.02, 1.0, 8)
    for k, wanted in zip((0, 2, 4, 6), harmonics, strict=True):
        found = compare(expansion("deep"), np.eye(8)[k], distances)
        assert found.omega[0, -1] / (2 * np.pi) == pytest.approx(f, abs=1e-7)
        assert found.a[0, -1] == pytest.approx(wanted, abs=6e-6)


def test_balance_is_a_run_of_the_equations():
    cycle = compare_far("H2", -64.0)
    period = 2 * np.pi / cycle.omega
    run = solve_ivp(lambda t, y: jansen_rit(y, cycle.p), (0.0, period), cycle.x[:, 0], method="DOP853", rtol=1e-11,
                    atol=1e-12, t_eval=period * np.arange(cycle.x.shape[1]) / cycle.x.shape[1])
    np.testing.assert_allclose(run.y, cycle.x, rtol=1e-6, atol=1e-6)


def compare_far(name, distance):
    """Return the cycle far from the point, reached in a few steps."""
    found = expansion(name)
    x, omega = found.states(6, found.size(6, found.p[0] + distance / 4)), found.omega[0]
    for part in (0.25, 0.6, 1.0):
        cycle = true_cycle(found, found.p[0] + part * distance, x, omega)
        x, omega = cycle.x, cycle.omega
    return cycle


def test_no_cycle_is_said_not_made_up():
    found = expansion("H2")
    x = found.states(6, found.size(6, found.p[0] - 1.0))
    with pytest.raises(ArithmeticError, match="no cycle"):
        balance(jansen_rit, found.p[0] + 40.0, x, found.omega[0])  # on the side where there is none
    assert all(np.isnan(found.size(order, found.p[0] + 1.0)) for order in (2, 4, 6))
    with pytest.raises(ArithmeticError, match="no pair"):
        find_hopf_point(lambda y, p: (p - y[0], -2.0 * y[1]), 1.0, np.zeros(2))


def test_hopf_normal_form_is_exact():
    def field(y, p):
        x, v = y
        r2 = x * x + v * v
        return p * x - v * (3.0 + 0.5 * r2) - x * r2, p * v + x * (3.0 + 0.5 * r2) - v * r2
    found = expand(find_hopf_point(field, 0.1, np.array([0.01, 0.0])))
    assert found.point.p == pytest.approx(0.0, abs=1e-12) and found.point.omega == pytest.approx(3.0)
    eps = found.size(6, 0.25)
    assert found.frequency(6, eps) == pytest.approx(3.0 + 0.5 * 0.25)
    np.testing.assert_allclose(np.hypot(*found.states(6, eps)), 0.5, atol=1e-12)


def test_matrices():
    theta = 2 * np.pi * np.arange(9) / 9
    np.testing.assert_allclose(derivative(9) @ np.sin(3 * theta), 3 * np.cos(3 * theta), atol=1e-12)
    finer = np.cos(2 * np.pi * np.arange(15) / 15)
    np.testing.assert_allclose(resampled(np.cos(theta)[None], 15)[0], finer, atol=1e-12)
    x = np.random.default_rng(1).normal(0.0, 1.0, (8, 3))
    value, A = jacobian(microcircuit, x, 3.0)
    np.testing.assert_allclose(value, np.array(microcircuit(x, 3.0)))
    h = 1e-6
    for j in range(8):
        other = x.copy()
        other[j] += h
        np.testing.assert_allclose((np.array(microcircuit(other, 3.0)) - value) / h, A[:, j], rtol=1e-4, atol=2.0)
