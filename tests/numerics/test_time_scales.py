"""Slow and fast times of systems whose rates are known."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.runs.time_scales import STEP_PER_RATE, fastest_rates, fitting_step, slow_time
from tests.numerics.systems import FOLD, make_system, record, scalar

A = record(a=0.0, k=1.0)


def relaxing(slow, fast):
    return make_system(lambda t, y, p: ((p.a - y[0]) / slow, (p.a - y[1]) / fast), [(-1.0, 1.0)] * 2)


@pytest.mark.parametrize("slow", [3.0, 700.0])
def test_slow_time_is_that_of_the_slowest_decay(slow):
    diagram = bifurcation_diagram(relaxing(slow, 1.0), A, "a", -0.5, 0.5)
    assert slow_time(diagram) == pytest.approx(slow, rel=1e-6)


@pytest.mark.parametrize("damping", [0.5, 0.0])
def test_slow_time_is_that_of_a_turn_where_this_is_longer(damping):
    turning = make_system(lambda t, y, p: (-damping * y[0] - 0.2 * y[1], 0.2 * y[0] - damping * y[1] + 0.001 * p.a),
                          [(-1.0, 1.0)] * 2)
    assert slow_time(bifurcation_diagram(turning, A, "a", -1.0, 1.0)) == pytest.approx(2 * np.pi / 0.2, rel=1e-6)


def test_without_fixed_points_there_is_no_slow_time():
    nowhere = bifurcation_diagram(FOLD, A, "a", 1.0, 2.0)
    with pytest.raises(ValueError, match="no fixed points over a"):
        slow_time(nowhere)


@pytest.mark.parametrize("fast", [0.01, 2.0])
def test_step_fits_the_fastest_decay(fast):
    step = fitting_step(relaxing(50.0, fast), A, "a", -0.5, 0.5, (0.0, 0.0))
    assert step == pytest.approx(STEP_PER_RATE * fast, rel=1e-5)


def test_step_fits_rates_that_only_the_way_meets():
    """x' = -x^3 has no rate at rest; from x = 2 it starts with 12."""
    rates = fastest_rates(scalar(lambda x, p: -(x**3)), np.array([[2.0, 1.0]]), A)
    np.testing.assert_allclose(rates, [12.0, 3.0], rtol=1e-6)
    step = fitting_step(scalar(lambda x, p: -(x**3)), A, "a", 0.0, 1.0, (2.0,))
    assert step == pytest.approx(STEP_PER_RATE / 12.0, rel=1e-5)


def test_step_forgets_what_runs_away():
    """x' = 1 + x^2 goes to infinity, where its rate 2 x has no bound; the box ends at 2."""
    step = fitting_step(FOLD, record(a=1.0), "a", 1.0, 2.0, (0.0,))
    assert STEP_PER_RATE / 4.0 <= step < STEP_PER_RATE
