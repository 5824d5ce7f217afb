"""The nearest matrix with a given trace and determinant, and the flow of a matrix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm
from scipy.optimize import minimize

from ncm_app.core.matrices import linear_flow, nearest_matrix

entries = st.tuples(*[st.floats(-12, 12)] * 4)


def trace_and_determinant(found):
    a, b, c, d = found
    return a + d, a * d - b * c


@given(start=entries, goal=entries)
@settings(max_examples=300, deadline=None)
def test_what_some_matrix_within_the_bound_has_is_met_within_the_bound(start, goal):
    """With |T| / 2 <= 6 and a determinant that equal diagonal entries reach, a matrix always exists."""
    wanted = trace_and_determinant([v / 2 for v in goal])
    found = nearest_matrix(start, *wanted, bound=12)
    assert trace_and_determinant(found) == pytest.approx(wanted, abs=1e-9)
    assert max(map(abs, found)) <= 12 + 1e-12


@pytest.mark.parametrize("wanted", [(-4, 3), (2, 101), (-2, -30), (0, 0), (1, 0.25), (0, 140), (20, -40), (-20, 110)])
def test_corners_of_the_plane_are_reached_from_every_kind(wanted):
    for start in ((-2, -1, -1, -2), (0, 0, 0, 0), (-1, 10, -10, -1), (5, 0, 0, 5), (12, 12, -12, -12), (0, 3, 0, 0)):
        found = nearest_matrix(start, *wanted, bound=12)
        assert trace_and_determinant(found) == pytest.approx(wanted, abs=1e-9)
        assert max(map(abs, found)) <= 12


@pytest.mark.parametrize(("start", "wanted"), [
    ((-2, -1, -1, -2), (-3, 5)), ((-1, 10, -10, -1), (1, 40)), ((1, 2, -3, 4), (2, -6)), ((0.5, 1, 2, -1), (-1, 0.25))])
def test_no_other_matrix_is_nearer(start, wanted):
    """Against a minimisation over the three free entries, from many starts."""
    found = nearest_matrix(start, *wanted, bound=100)

    def distance(free):
        a, b, d = free[0], free[1], wanted[0] - free[0]
        c = (a * d - wanted[1]) / b
        return sum((x - y) ** 2 for x, y in zip((a, b, c, d), start, strict=True))

    rng = np.random.default_rng(2)
    fine = {"xatol": 1e-9, "fatol": 1e-12}
    best = min(minimize(distance, rng.uniform(-4, 4, 2), method="Nelder-Mead", options=fine).fun for _ in range(12))
    assert sum((x - y) ** 2 for x, y in zip(found, start, strict=True)) == pytest.approx(best, rel=1e-6)


@given(start=entries)
@settings(max_examples=100, deadline=None)
def test_a_matrix_is_nearest_to_itself(start):
    # In the corners of the bound the shape hangs on the root of rounding errors.
    assert nearest_matrix(start, *trace_and_determinant(start), bound=12) == pytest.approx(start, abs=1e-3)


def test_out_of_reach_is_clipped_to_what_is_in_reach():
    assert trace_and_determinant(nearest_matrix((0, 1, -1, 0), 0, 1e4, bound=12)) == pytest.approx((0, 144))
    assert trace_and_determinant(nearest_matrix((0, 1, 1, 0), 0, -1e4, bound=12)) == pytest.approx((0, -288))
    assert trace_and_determinant(nearest_matrix((0, 1, -1, 0), 99, 150, bound=12)) == pytest.approx((24, 150))


def test_a_small_drag_moves_the_entries_a_little():
    """On a path of 400 small steps through saddle, node and spiral no entry jumps."""
    here, largest = nearest_matrix((-2.0, -1.0, -1.0, -2.0), -4, -3, bound=12), 0.0
    for s in np.linspace(0, 1, 400):
        there = nearest_matrix(here, -4 + 6 * s, -3 + 30 * s, bound=12)
        largest = max(largest, *(abs(x - y) for x, y in zip(here, there, strict=True)))
        here = there
    # An entry may change like the root of a step in D, which is 0.075: spirals begin that way.
    assert largest < 1.3 * np.sqrt(0.075)


@given(start=entries, u=st.floats(-3, 3), t=st.floats(0.01, 1))
@settings(max_examples=100, deadline=None)
def test_flow_is_the_matrix_exponential(start, u, t):
    size = np.exp(np.linalg.norm(start) * t)
    found = [float(x[0]) for x in linear_flow(start, (u, 1.0), np.array([t]))]
    np.testing.assert_allclose(found, expm(t * np.reshape(start, (2, 2))) @ [u, 1.0], atol=1e-8 * size)
