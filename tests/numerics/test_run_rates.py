"""Rates measured in runs, against rates that are known."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

from ncm_app.numerics.runs.run_rates import measure_rates
from ncm_app.numerics.system import System

P = namedtuple("P", "I b tau")
CELL = System(rhs=lambda t, y, p: (p.I - y[1], -y[1] / p.tau), names=("V", "w"), spans=((0.0, 1.0), (0.0, 1.0)),
              box=((-1.0, 2.0), (-1.0, 2.0)), threshold=lambda p: 1.0, reset=lambda y, p: (0.0, y[1] + p.b))


def rates(values, b=0.0, tau=100.0, dt=0.1, start=(0.0, 0.0), method="Euler"):
    found = measure_rates(CELL, P(0.0, b, tau), "I", values, start, dt, method)
    return found.first, found.lasting


@pytest.mark.parametrize("method", ["Euler", "RK4", "adaptive"])
def test_without_adaptation_both_rates_are_that_of_the_ramp(method):
    first, lasting = rates([0.0, 0.0099, 0.0202, 0.101], method=method)  # thresholds between two steps
    steps = np.ceil(1.0 / np.array([0.0099, 0.0202, 0.101]) / 0.1)
    np.testing.assert_allclose(first, [0.0, *(10_000.0 / steps)], rtol=1e-9)
    np.testing.assert_allclose(lasting, first, rtol=1e-9)


def test_adaptation_lowers_the_lasting_rate_to_that_of_a_closed_form():
    """Over an interval T the current w takes b tau on the average b tau / T: I T - b tau = 1."""
    first, lasting = rates([0.1], b=0.01, tau=100.0, dt=0.01)
    assert 1000.0 / lasting[0] == pytest.approx((1.0 + 0.01 * 100.0) / 0.1, rel=0.01)
    assert first[0] > 1.5 * lasting[0]


def test_a_cell_that_fires_once_or_rests_counts_as_silent():
    first, lasting = rates([0.0, -0.01], start=(0.999999, -0.01))
    assert list(first) == [0.0, 0.0]
    assert list(lasting) == [0.0, 0.0]


def test_a_run_that_repeats_itself_ends_early_with_the_same_answer():
    """With a quick tau the state after each reset repeats itself; the second half of a whole run agrees."""
    (_, lasting) = rates([0.0507], b=0.02, tau=10.0, dt=0.1)
    y = np.zeros(2)
    spikes = []
    for i in range(40_000):
        y = y + 0.1 * np.array([0.0507 - y[1], -y[1] / 10.0])
        if y[0] >= 1.0:
            spikes.append(0.1 * (i + 1))
            y = np.array([0.0, y[1] + 0.02])
    late = np.array(spikes)[np.array(spikes) > 2000.0]
    assert lasting[0] == pytest.approx(1000.0 * (len(late) - 1) / (late[-1] - late[0]), rel=1e-9)
