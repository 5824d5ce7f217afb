"""The nearest point of a polyline, and what is too far away to be meant."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncm_app.views.picking import between, nearest

RAMP = np.array([0.0, 1.0, 3.0]), np.array([0.0, 1.0, 1.0])


@pytest.mark.parametrize(("place", "gap", "at"), [
    ((0.5, 0.5), 0.0, 0.5), ((2.0, 1.5), 0.5, 1.5), ((9.0, 1.0), 6.0, 2.0), ((-1.0, -1.0), 2.0**0.5, 0.0)])
def test_nearest_point_lies_between_vertices(place, gap, at):
    assert nearest(*RAMP, place, (1.0, 1.0)) == pytest.approx((gap, at))


def test_distances_are_in_parts_of_the_axes():
    gap, _ = nearest(*RAMP, (2.0, 1.5), (1.0, 10.0))
    assert gap == pytest.approx(0.05)


def test_a_single_point_is_its_own_nearest():
    assert nearest(np.array([2.0]), np.array([1.0]), (2.0, 3.0), (1.0, 4.0)) == (0.5, 0.0)


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=2, max_size=12),
       st.tuples(st.floats(-5, 5), st.floats(-5, 5)))
def test_no_vertex_is_nearer_than_the_nearest_point(vertices, place):
    x, y = np.array(vertices).T
    gap, at = nearest(x, y, place, (1.0, 1.0))
    assert gap <= np.hypot(x - place[0], y - place[1]).min() + 1e-9
    spot = between(np.array([x, y]), at)
    assert np.hypot(*(spot - np.array(place))) == pytest.approx(gap, abs=1e-6)


def test_broken_lines_are_picked_where_they_are_whole():
    x, y = np.array([0.0, np.nan, 2.0, 3.0]), np.array([0.0, np.nan, 2.0, 3.0])
    gap, at = nearest(x, y, (2.5, 2.5), (1.0, 1.0))
    assert (gap, at) == pytest.approx((0.0, 2.5))
