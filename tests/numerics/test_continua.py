"""Fixed points that fill a line or a plane are told as that, not as none and not as dozens."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.fixed_points.equilibria import find_equilibria
from tests.numerics.systems import FITZHUGH_NAGUMO, FOLD, LORENZ, make_system, record, scalar

SQUARE = [(-2.0, 2.0), (-2.0, 2.0)]
LINEAR = make_system(lambda t, y, p: (p.a * y[0] + p.b * y[1], p.c * y[0] + p.d * y[1]), SQUARE, [(-10.0, 10.0)] * 2)
RING = make_system(lambda t, y, p: (y[0] * (1.0 - y[0] ** 2 - y[1] ** 2), y[1] * (1.0 - y[0] ** 2 - y[1] ** 2)), SQUARE)


def matrix(a: float, b: float, c: float, d: float) -> Any:
    return record(a=a, b=b, c=c, d=d)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-2, 2))
@settings(max_examples=50, deadline=None)
def test_singular_matrices_have_a_line(a: float, b: float, ratio: float) -> None:
    """The second row is a multiple of the first, exactly or but for rounding."""
    a, b, ratio = (round(v, 6) for v in (a, b, ratio))  # no entries that are zero but for their last bit
    assume(np.hypot(a, b) > 0.05 and abs(a + ratio * b) > 0.05)
    p = matrix(a, b, ratio * a, ratio * b)
    found = find_equilibria(LINEAR, p)
    assert found.continuum == "line of fixed points"
    assert found.message == "There is a whole line of fixed points (the determinant is 0), of which one is shown."
    (point,) = found.points
    assert point.kind == found.continuum
    np.testing.assert_allclose(np.array(LINEAR.rhs(0.0, tuple(point.state), p)), 0.0, atol=1e-8)
    assert sorted(point.eigenvalues.real) == pytest.approx(sorted([0.0, a + ratio * b]), abs=1e-6)
    assert 0.0 in point.eigenvalues.real


def test_double_zero_and_the_zero_matrix() -> None:
    assert find_equilibria(LINEAR, matrix(0.0, 1.0, 0.0, 0.0)).continuum == "line of fixed points"
    found = find_equilibria(LINEAR, matrix(0.0, 0.0, 0.0, 0.0))
    assert found.continuum == "plane of fixed points"
    assert found.points[0].state == pytest.approx([0.0, 0.0])
    assert not found.points[0].stable


def test_the_point_that_is_shown_is_near_the_middle() -> None:
    (point,) = find_equilibria(LINEAR, matrix(-1.0, 2.0, 0.5, -1.0)).points
    assert point.state == pytest.approx([0.0, 0.0], abs=1e-12)


@pytest.mark.parametrize("entries", [(-2.0, -1.0, -1.0, -2.0), (1.0, 1.0 + 1e-5, 1.0, 1.0), (0.0, 1.0, -1.0, 0.0)])
def test_regular_matrices_keep_their_one_fixed_point(entries: Any) -> None:
    found = find_equilibria(LINEAR, matrix(*entries))
    assert found.continuum == ""
    assert found.message == ""
    assert len(found.points) == 1


def test_a_ring_of_fixed_points() -> None:
    """On the unit circle everything rests; which point is shown lies on it."""
    found = find_equilibria(RING, record())
    assert found.continuum == "line of fixed points"
    assert np.hypot(*found.points[0].state) == pytest.approx(1.0, abs=1e-6)


def test_on_a_line_a_stretch_may_rest() -> None:
    found = find_equilibria(scalar(lambda x, p: -np.maximum(x - 0.5, 0.0)), record())
    assert found.continuum == "line of fixed points"
    (point,) = found.points
    assert point.state[0] <= 0.5 + 1e-6


def test_in_space_too() -> None:
    system = make_system(lambda t, y, p: (-y[0], y[0] - y[1], 0.0 * y[2]), [(-1.0, 1.0)] * 3)
    found = find_equilibria(system, record())
    assert found.continuum == "line of fixed points"
    assert found.points[0].state[:2] == pytest.approx([0.0, 0.0], abs=1e-9)


@pytest.mark.parametrize(("system", "p"), [(FOLD, record(a=1.0)), (FOLD, record(a=0.0)), (FOLD, record(a=-1.0)),
                                           (LORENZ, record(r=1.0)), (FITZHUGH_NAGUMO, record(I=0.5))])
def test_single_and_missing_fixed_points_are_no_line(system: Any, p: Any) -> None:
    assert find_equilibria(system, p).continuum == ""


def test_a_line_at_a_seed_of_the_diagram_starts_no_branch_of_its_own() -> None:
    """The diagram first looks at the lower end, where the matrix is singular: only the origin goes on from there."""
    diagram = bifurcation_diagram(LINEAR, matrix(0.0, 1.0, 0.5, 1.0), "a", 0.5, 1.5)
    origin = max(diagram.branches, key=lambda branch: float(np.ptp(branch.parameter)))
    np.testing.assert_allclose(origin.states, 0.0, atol=1e-9)
    assert (origin.parameter.min(), origin.parameter.max()) == pytest.approx((0.5, 1.5), abs=1e-6)
    for branch in diagram.branches:
        if branch is not origin:
            np.testing.assert_allclose(branch.parameter, 0.5, atol=1e-6)


def test_a_line_stands_upright_in_the_diagram() -> None:
    """Where the origin meets it, at the singular value, there is a branch point."""
    diagram = bifurcation_diagram(LINEAR, matrix(0.0, 1.0, 0.5, 1.0), "a", -0.5, 1.5)
    origin, *others = diagram.branches
    np.testing.assert_allclose(origin.states, 0.0, atol=1e-9)
    assert [point.code for point in origin.points if point.code == "BP"] == ["BP"]
    for branch in others:
        np.testing.assert_allclose(branch.parameter, 0.5, atol=1e-6)
