"""Runs along ramps beside a plain loop, and when they leave a state beside theory and beside the specification."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest

from ncm_app.core.catalogue import find
from ncm_app.models.masses._drift_runs import COLUMN, ends_of, record_of, source_of, starts_of, system_of
from ncm_app.numerics.drift.lags import hopf_lag, lags_of, node_lag, passage_of, small_amplitude
from ncm_app.numerics.drift.ramp import HOLD, SETTLE, Course, Noisy, course_in_steps, run_along, values_along
from ncm_app.numerics.noise import hash_normal
from ncm_app.numerics.system import Cancelled, Progress, System
from tests.models.asking import snapshot_of


class Given(NamedTuple):
    """Parameters of a small system."""

    p: float


def column_run(course, sigma=0.0, dt=0.5, every=8, seed=1, start=0):
    return run_along(system_of(COLUMN), record_of(COLUMN), course, starts_of(COLUMN)[start],
                     Noisy(source_of(COLUMN, sigma), seed), 0, dt, every)


def test_ramp_is_that_of_a_plain_loop():
    model, dt, course = find(COLUMN), 0.5, Course("p", 60.0, 61.0, 4.0)
    run = column_run(course, 1.0, dt, 1, 7)
    steps, total = course_in_steps(course, dt)
    assert total == len(run.t) == 2 * 4000 + 1000 and run.t[-1] == pytest.approx(total * dt / 1000)
    y, source = np.zeros(6), np.array(source_of(COLUMN, 1.0))
    p = record_of(COLUMN, p=60.0)

    def slopes(y, k):
        value = float(values_along(steps, np.array([k]))[0])
        return np.array(model.rhs(0.0, tuple(y), p._replace(p=value)))

    for _ in range(round(SETTLE / dt)):
        first = slopes(y, 0)
        y = y + 0.5 * dt * (first + slopes(y + dt * first, 0))
    assert np.abs(slopes(y, 0)).max() < 1e-9  # it begins at rest
    for k in range(300):
        kick = math.sqrt(dt) * hash_normal(7, 0, k) * source
        first = slopes(y, k)
        y = y + 0.5 * dt * (first + slopes(y + dt * first + kick, k + 1)) + kick
        assert run.x[k] == pytest.approx(y[0], abs=1e-9)


def test_parameter_waits_rises_falls_and_waits():
    dt, course = 0.5, Course("p", 10.0, 4.0, 2.0)
    steps, total = course_in_steps(course, dt)
    hold, ramp = HOLD / dt, 6.0 / 2.0 * 1000 / dt
    assert total == 2 * hold + 2 * ramp
    values = values_along(steps, np.array([0.0, hold, hold + ramp / 2, hold + ramp, hold + 2 * ramp, total]))
    np.testing.assert_allclose(values, [10.0, 10.0, 7.0, 4.0, 10.0, 10.0])
    assert course_in_steps(course._replace(returns=False), dt)[1] == hold + ramp
    assert course_in_steps(course._replace(end=10.0), dt)[1] == 2 * hold
    assert course_in_steps(course._replace(rest=3.0), dt)[1] == 6000


def test_noise_enters_as_the_model_says():
    source = np.array(source_of(COLUMN, 2.0))
    assert source[4] == pytest.approx(3.25 * 0.1 * 2.0 / math.sqrt(1000.0)) and np.count_nonzero(source) == 1
    assert not np.any(source_of(COLUMN, 0.0))
    assert source_of("canonical_microcircuit", 0.5)[4] == pytest.approx(0.5 / 2.0)


def test_cancel_passes_through_and_a_blow_up_is_told():
    class Refusing(Progress):
        def report(self, fraction, partial=None):
            raise Cancelled

    with pytest.raises(Cancelled):
        run_along(system_of(COLUMN), record_of(COLUMN), Course("p", 0.0, 10.0, 4.0), (0.0,) * 6,
                  Noisy((0.0,) * 6), 0, 0.5, 8, Refusing())
    growing = System(rhs=lambda t, y, p: (p.p + y[0] * y[0],), names=("x",), spans=((0.0, 1.0),),
                     box=((0.0, 1.0),))
    with pytest.raises(ArithmeticError, match="blew up near p = "):
        run_along(growing, Given(-1.0), Course("p", -1.0, 1.0, 1.0), (-1.0,), Noisy((0.0,)), 0, 1.0, 1)


SPECIFIED = {1.0: 0.8008, 2.0: 1.2691, 4.0: 2.0063, 8.0: 3.161, 16.0: 4.958}


@pytest.fixture(scope="module")
def lags():
    rates = np.array([0.5, *SPECIFIED, 32.0])
    return lags_of(system_of(COLUMN), record_of(COLUMN), "p", ends_of(), Noisy((0.0,) * 6), 0.5, rates)


def test_saddle_node_is_left_as_specified(lags):
    np.testing.assert_allclose(lags.node[1:-1], list(SPECIFIED.values()), atol=6e-5, rtol=2e-4)
    assert np.polyfit(np.log(lags.rates[1:-1]), np.log(lags.node[1:-1]), 1)[0] == pytest.approx(0.658, abs=5e-4)
    assert lags.passage == pytest.approx(27.721831, rel=1e-6)  # pi / root of it is the constant of the period, 0.5967
    np.testing.assert_allclose(lags.node_theory[[1, -2]], [0.773, 4.905], atol=6e-4)
    np.testing.assert_allclose(lags.node, lags.node_theory, rtol=0.045)


def test_hopf_point_is_followed_by_the_root_of_the_rate(lags):
    assert lags.speed == pytest.approx(15.03089e-3, rel=1e-6)
    np.testing.assert_allclose(lags.hopf_theory[[2, 3, 4]], [11.5, 16.3, 23.07], atol=0.05)
    np.testing.assert_allclose(lags.hopf, lags.hopf_theory, rtol=0.08)
    slow = lags.rates < 5.0
    np.testing.assert_allclose(lags.hopf[slow], lags.hopf_theory[slow], rtol=0.03)
    assert np.polyfit(np.log(lags.rates[slow]), np.log(lags.hopf[slow]), 1)[0] == pytest.approx(0.5, abs=0.02)


def test_theory_is_the_solution_of_its_normal_forms():
    a, b, rate, h = 3.0, 5.0, 0.2, 1e-4
    x, t = -math.sqrt(a * rate * 6.0 / b), -6.0
    while x < 1e4:
        x, t = x + h * (a * rate * t + b * x * x) if x < 10.0 else math.inf, t + h
    assert rate * t == pytest.approx(node_lag(rate, a * b), rel=0.02)
    mu, c, r, t, lag = 0.4, 2.0, 1.0, -8.0, hopf_lag(0.2, 0.4)
    while t < lag / rate:
        r, t = r + h * (-mu * rate * t * r - c * r**3), t + h
    assert r == pytest.approx(small_amplitude(rate, mu, c), rel=1e-3)


def test_passage_is_that_of_a_normal_form_in_other_coordinates():
    def field(y, p):  # x' = 3 p + 5 x^2 with x = 2 u - v, and w' = -w with w = v
        u, v = y
        x = 2.0 * u - v
        return (3.0 * p + 5.0 * x * x - v) / 2.0, -1.0 * v

    assert passage_of(field, 0.0, np.zeros(2)) == pytest.approx(15.0)


def test_record_is_that_of_the_page_of_the_column():
    assert record_of(COLUMN, p=200.0) == snapshot_of(find(COLUMN), "Alpha").p
