"""Labels where theory's usual conditions fail: vertical lines, vanishing tests, several eigenvalues at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ncm_app.numerics.branches.continuation import FILLED, bifurcation_diagram
from ncm_app.numerics.results import Diagram, Status
from tests.numerics.diagram_cases import codes, only, where
from tests.numerics.systems import make_system, record, scalar

PLANE = [(-2.0, 2.0)] * 2


def over(system: Any, low: float = -1.0, high: float = 1.0, **values: float) -> Diagram:
    return bifurcation_diagram(system, record(a=0.0, **values), "a", low, high)


def linear(a: Any, b: Any, c: Any, d: Any) -> Any:
    return make_system(lambda t, y, p: (a(p) * y[0] + b(p) * y[1], c(p) * y[0] + d(p) * y[1]), PLANE)


@pytest.mark.parametrize(("b", "c", "d"), [(1.0, 2.0, -1.0), (-0.7, 1.3, 0.4), (3.0, 0.2, 1.1)])
def test_a_linear_system_has_one_branch_point_where_its_determinant_vanishes(b: float, c: float, d: float) -> None:
    system = linear(lambda p: p.a, lambda p: b, lambda p: c, lambda p: d)
    diagram = over(system, -5.0, 5.0)
    (point,) = only(diagram, "BP")
    assert point.parameters["a"] == pytest.approx(b * c / d, abs=1e-9)
    np.testing.assert_allclose(point.state, 0.0, atol=1e-9)
    turns = -(d**2) - b * c > 0.0  # at a = -d the determinant decides between centre and saddle
    assert [q.code for q in diagram.points if q.code != "BP"] == [("H" if turns else "NS")]
    assert only(diagram, "H" if turns else "NS")[0].parameters["a"] == pytest.approx(-d, abs=1e-9)
    upright = [branch for branch in diagram.branches if np.ptp(branch.parameter) < 1e-9]
    assert len(diagram.branches) == 2 and len(upright) == 1


@pytest.mark.parametrize("size", [0.5, 3.0])
def test_a_trace_that_vanishes_all_along_gives_no_hopf_points(size: float) -> None:
    diagram = over(linear(lambda p: size, lambda p: p.a, lambda p: 5.0, lambda p: -size), -4.0, 4.0)
    assert codes(diagram) == ["BP"]
    assert where(diagram, "BP")[0] == pytest.approx(-size * size / 5.0, abs=1e-9)
    for branch in diagram.branches:  # centres do not grow, saddles do in one direction
        assert set(np.unique(branch.unstable)) <= {0, 1}


def test_determinant_that_vanishes_for_all_values_is_told() -> None:
    diagram = over(linear(lambda p: p.a, lambda p: 1.0, lambda p: 2.0 * p.a, lambda p: 2.0))
    assert diagram.points == () and diagram.message == FILLED


@pytest.mark.parametrize(("rhs", "expected"), [
    (lambda t, y, p: (y[1], -p.a * y[0]), {"BP": [0.0]}),  # harmonic oscillator
    (lambda t, y, p: (y[1], p.a - y[0] ** 2), {"LP": [0.0]}),  # saddle and centre meet
    (lambda t, y, p: (y[1], p.a * y[0] - y[0] ** 3), {"BP": [0.0]}),  # a well splits in two
    (lambda t, y, p: (p.a**2 * y[0] - y[1], y[0] + p.a**2 * y[1]), {}),  # the real part touches zero
    (lambda t, y, p: (-(p.a - 0.1) ** 2 * y[0] - y[1] - y[0] ** 3, y[0] - (p.a - 0.1) ** 2 * y[1]), {}),
])
def test_conservative_systems_and_tests_that_only_touch_zero(rhs: Any, expected: dict[str, list[float]]) -> None:
    diagram = over(make_system(rhs, PLANE))
    assert {code: pytest.approx(where(diagram, code), abs=1e-7) for code in codes(diagram)} == expected
    assert diagram.status is Status.OK


@pytest.mark.parametrize("coupling", [0.5, 2.0, -0.3])
@pytest.mark.parametrize("bounds", [(-1.0, 1.0), (-0.7, 1.3)])
def test_square_symmetry_has_one_branch_point_with_all_its_branches(coupling: float, bounds: tuple[float, float],
                                                                      ) -> None:
    def rhs(t: Any, y: Any, p: Any) -> Any:
        x, z = y
        return p.a * x - x * (x * x + coupling * z * z), p.a * z - z * (z * z + coupling * x * x)

    diagram = over(make_system(rhs, PLANE), *bounds)
    assert codes(diagram) == ["BP"] and where(diagram, "BP")[0] == pytest.approx(0.0, abs=1e-8)
    assert len(diagram.branches) == 5  # rest, two axes, two diagonals
    for branch in diagram.branches:
        x, z = branch.states
        square = np.maximum(x * x, z * z)
        both = np.all(np.abs(np.abs(x) - np.abs(z)) < 1e-6)
        expected = branch.parameter / (1.0 + coupling) if both and np.ptp(square) > 0.01 else branch.parameter
        assert np.allclose(square, 0.0, atol=1e-9) or np.allclose(square, expected, atol=1e-7)


def pairs(w: float, delay: float) -> Any:
    def rhs(t: Any, y: Any, p: Any) -> Any:
        x, u, v, z = y
        r, s, late = x * x + u * u, v * v + z * z, p.a - delay
        return (p.a * x - u - x * (r + s), p.a * u + x - u * (r + s),
                late * v - w * z - v * (s + 2.0 * r), late * z + w * v - z * (s + 2.0 * r))

    return make_system(rhs, [(-2.0, 2.0)] * 4)


@pytest.mark.parametrize(("w", "delay", "expected"), [
    (1.0, 0.0, [(0.0, 1.0)]), (1.7, 0.0, [(0.0, 1.0), (0.0, 1.7)]), (3.0, 0.05, [(0.0, 1.0), (0.05, 3.0)]),
    (2.2, -0.003, [(-0.003, 2.2), (0.0, 1.0)])])
def test_two_pairs_that_cross_together(w: float, delay: float, expected: list[tuple[float, float]]) -> None:
    diagram = over(pairs(w, delay))
    assert codes(diagram) == ["H"] * len(expected)
    found = sorted((q.parameters["a"], 2.0 * np.pi * q.frequency) for q in diagram.points)
    np.testing.assert_allclose(found, expected, atol=1e-7)


def test_a_pair_and_a_real_eigenvalue_cross_together() -> None:
    def rhs(t: Any, y: Any, p: Any) -> Any:
        x, u, v = y
        return p.a * x - 2.0 * u - x * (x * x + u * u), p.a * u + 2.0 * x - u * (x * x + u * u), v * (p.a - v * v)

    diagram = over(make_system(rhs, [(-2.0, 2.0)] * 3))
    assert sorted(codes(diagram)) == ["BP", "H"] and len(diagram.branches) == 2
    assert only(diagram, "H")[0].frequency == pytest.approx(1.0 / np.pi, rel=1e-9)
    np.testing.assert_allclose([q.parameters["a"] for q in diagram.points], 0.0, atol=1e-8)


def test_three_real_eigenvalues_cross_together() -> None:
    def rhs(t: Any, y: Any, p: Any) -> Any:
        return tuple(v * (p.a - sum(u * u for u in y) - 0.5 * v * v) for v in y)

    diagram = over(make_system(rhs, [(-2.0, 2.0)] * 3))
    assert codes(diagram) == ["BP"] and diagram.status is Status.OK
    assert len(diagram.branches) == 14  # rest, and a line for each of the 26 directions and its mirror image


def test_two_transcritical_points_at_one_value() -> None:
    diagram = over(make_system(lambda t, y, p: (y[0] * (p.a - y[0]), y[1] * (p.a - 2.0 * y[1])), PLANE))
    assert codes(diagram) == ["BP"] and len(diagram.branches) == 4


def test_vertical_lines_at_several_states() -> None:
    # a (x^2 - 1) rests everywhere at a = 0, and at x = +-1 for all a.
    diagram = over(scalar(lambda x, p: p.a * (x * x - 1.0)))
    assert codes(diagram) == ["BP", "BP"] and len(diagram.branches) == 3
    assert sorted(round(float(q.state[0]), 6) for q in diagram.points) == [-1.0, 1.0]


@pytest.mark.parametrize("mirror", [1.0, -1.0])
def test_both_directions_of_a_parameter_say_the_same(mirror: float) -> None:
    def rhs(t: Any, y: Any, p: Any) -> Any:
        a, (x, z) = mirror * p.a, y
        return x * (a - x * x - 0.5 * z * z), z * (a - 0.3 - z * z - 0.5 * x * x)

    diagram = over(make_system(rhs, PLANE))
    found = sorted((q.code, round(mirror * q.parameters["a"], 6)) for q in diagram.points)
    # Pure states at 0 and 0.3; the mixed one leaves the first at a = a/2 + 0.3, on either of its sides.
    assert found == [("BP", 0.0), ("BP", 0.3), ("BP", 0.6), ("BP", 0.6), ("NS", 0.15), ("NS", 0.5), ("NS", 0.5)]
    assert len(diagram.branches) == 5


def test_a_slow_hopf_point_is_no_double_zero() -> None:
    # A stiff third direction: the pair turns at 1e-5 of the fastest rate.
    system = make_system(lambda t, y, p: (p.a * y[0] - 1e-2 * y[1] - y[0] ** 3, 1e-2 * y[0] + p.a * y[1], -1e3 * y[2]),
                         [(-1.0, 1.0)] * 3)
    diagram = over(system, -0.05, 0.06)
    assert codes(diagram) == ["H"]
    assert diagram.points[0].frequency == pytest.approx(1e-2 / (2.0 * np.pi), rel=1e-6)
