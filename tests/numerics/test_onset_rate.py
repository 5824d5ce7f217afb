"""Onset of firing of cells with resets, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.onsets.onset_rate import onset_of_rate
from ncm_app.numerics.results import Status
from ncm_app.numerics.system import System
from tests.numerics.systems import record


def cell(flow, threshold, reset, span=(-5.0, 5.0)):
    return System(lambda t, y, p: (flow(y[0], p),), ("v",), (span,), (span,),
                  threshold=lambda p: threshold, reset=lambda y, p: (reset + 0.0 * y[0],))


def onset(system, low=-1.0, high=2.0):
    p = record(a=0.0)
    return onset_of_rate(system, bifurcation_diagram(system, p, "a", low, high), p, "a", low, high)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_quadratic_cell_fires_from_its_saddle_node_on(sign):
    """v' = a + v^2 has its fold at a = 0; there the interval is pi / sqrt(a)."""
    found = onset(cell(lambda v, p: sign * p.a + v * v, 3.0, -3.0), -1.0, 1.0)
    assert (found.kind, found.excitability, found.status) == ("SNIC", 1, Status.OK)
    assert found.value == pytest.approx(0.0, abs=1e-9)
    assert found.exponent == pytest.approx(-0.5, abs=0.01)
    assert np.isinf(found.period)
    assert "SNIC, the interval grows like 1/√" in found.message


def test_the_leaky_cell_fires_when_its_rest_reaches_the_threshold():
    """v' = a - v fires every ln(a / (a - 1)) from a = 1 on: no saddle-node, no square root."""
    found = onset(cell(lambda v, p: p.a - v, 1.0, 0.0))
    assert (found.kind, found.excitability) == ("fixed point on the way", 1)
    assert found.value == pytest.approx(1.0, abs=1e-6)
    assert abs(found.exponent) < 0.1
    assert "−ln" in found.message


def test_a_saddle_node_outside_the_way_from_reset_to_threshold_does_not_count():
    """v' = a + v^2 with reset above 0: the unstable point sqrt(-a) meets the reset at a = -1/4."""
    found = onset(cell(lambda v, p: p.a + v * v, 3.0, 0.5), -1.0, 1.0)
    assert found.kind == "fixed point on the way"
    assert found.value == pytest.approx(-0.25, abs=1e-6)


def test_a_silent_cell_has_no_onset():
    found = onset(cell(lambda v, p: p.a - v, 4.0, 0.0))
    assert found.kind == "none"
    assert found.message == "No onset of firing between a = -1 and 2."


def test_another_law_is_called_uncertain():
    """At a cusp, v' = a + v^3 (no fold), the interval grows like a^(-2/3)."""
    found = onset(cell(lambda v, p: p.a + np.abs(v) ** 3, 3.0, -3.0), -1.0, 1.0)
    assert found.kind == "uncertain"
    assert found.status is Status.NOT_CONVERGED
    assert found.exponent == pytest.approx(-2 / 3, abs=0.03)
