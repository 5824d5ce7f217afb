"""Dwell times: the double integral beside SciPy's, Kramers' formula beside it where the barrier is high."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from ncm_app.numerics.amplitude.escape import dwell_times, kramers_time, passage_time
from ncm_app.numerics.amplitude.feedback import Polynomial, Sigmoid, SigmoidOfPotential, potential
from ncm_app.numerics.amplitude.landscape import landscape

SEXTIC = Polynomial(1.0, 1.0, 2.0)
TABLE = [  # s, from 2 to rest, Kramers, from 0 to 2, Kramers
    (0.8, 675.43, 592.42, 13.38, 11.249), (1.0, 57.333, 47.133, 4.9216, 4.011),
    (1.2, 15.255, 11.917, 2.7668, 2.2907), (1.5, 5.0812, 3.8689, 1.6061, 1.4485)]


def by_scipy(feedback, s, geometric, start, end):
    """Return the double integral by adaptive quadrature."""
    def weight(z):
        return z**geometric * math.exp(-2.0 / s**2 * float(potential(feedback, np.array(z))))

    def outer(y):
        inner = quad(weight, y, 6.0, epsabs=0, epsrel=1e-9)[0] if end < start else quad(weight, 0.0, y, epsrel=1e-9)[0]
        return inner / weight(y)

    return 2.0 / s**2 * quad(outer, min(start, end), max(start, end), epsabs=0, epsrel=1e-8)[0]


@pytest.mark.parametrize(("s", "down", "down_kramers", "up", "up_kramers"), TABLE)
def test_published_potential(s, down, down_kramers, up, up_kramers):
    land = landscape(SEXTIC, s, 0)
    assert passage_time(land, 2.0, 0.02) == pytest.approx(down, rel=2e-5)  # rest counts as reached at 0.02
    assert passage_time(land, 0.0, 2.0) == pytest.approx(up, rel=2e-5)
    assert kramers_time(land, False) == pytest.approx(down_kramers, rel=2e-5)
    assert kramers_time(land, True) == pytest.approx(up_kramers, rel=5e-5)
    found = dwell_times(land)
    assert found[0] == pytest.approx(up, rel=5e-4) and found[1] == pytest.approx(down, rel=2e-5)


@pytest.mark.parametrize(("feedback", "s", "geometric"), [
    (SEXTIC, 1.0, 0), (SEXTIC, 1.0, 1), (Sigmoid(12.2, 1.5), 0.5, 1), (Polynomial(0.5, 1.2, 1.8), 0.9, 0)])
def test_double_integral_is_that_of_scipy(feedback, s, geometric):
    land = landscape(feedback, s, geometric)
    for start, end in ((land.high, land.low), (land.low, land.high), (1.9, 0.7)):
        assert passage_time(land, start, end) == pytest.approx(by_scipy(feedback, s, geometric, start, end), rel=1e-6)


def test_no_way_is_no_time_and_times_add():
    land = landscape(SEXTIC, 1.1, 0)
    assert passage_time(land, 2.0, 1.0) + passage_time(land, 1.0, 0.3) == pytest.approx(passage_time(land, 2.0, 0.3))
    assert passage_time(land, 1.0, 1.0 + 1e-9) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("geometric", [0, 1])
def test_kramers_is_right_where_the_barrier_is_high(geometric):
    errors = []
    for s in (0.6, 0.3, 0.15):
        land = landscape(SEXTIC, s, geometric)
        errors.append(kramers_time(land, False) / dwell_times(land)[1] - 1.0)
    assert abs(errors[0]) > 3 * abs(errors[1]) > 9 * abs(errors[2])


def test_times_beyond_all_numbers_are_infinite():
    land = landscape(Sigmoid(60.0, 1.5), 0.1, 0)
    assert land.barrier is None and dwell_times(land) == (math.inf, math.inf)  # beyond the Hopf point
    deep = landscape(Sigmoid(22.0, 1.5), 0.1, 0)
    assert dwell_times(deep)[1] == math.inf and kramers_time(deep, False) == math.inf
    assert math.isfinite(dwell_times(deep)[0])
    assert kramers_time(landscape(SigmoidOfPotential(12.0, 1.5), 0.5, 0), True) == math.inf


def test_long_times_keep_their_logarithm():
    land = landscape(SEXTIC, 0.12, 0)
    assert math.log(dwell_times(land)[1]) == pytest.approx(math.log(kramers_time(land, False)), abs=0.01)
