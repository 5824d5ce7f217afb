"""Islands: branches that no seed of a range meets, found by a search over states and parameter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.branches.curve import EquilibriumCurve
from ncm_app.numerics.branches.seeding import distance_to, far_from, seek_curves
from ncm_app.numerics.results import Diagram, Status
from ncm_app.numerics.system import System
from tests.numerics.diagram_cases import where
from tests.numerics.systems import make_system, record, scalar

pytestmark = pytest.mark.sweep


def circle(size: int, centre: float, level: float, radius: float, line: bool) -> System:
    """A closed branch about (centre, level) in the first of `size` states, with or without a line at -1.5."""
    def rhs(t: Any, y: Any, p: Any) -> Any:
        first = radius**2 - (y[0] - level) ** 2 - (p.a - centre) ** 2
        rest = tuple((np.tanh(y[k - 1]) - y[k]) * (1.0 + k) for k in range(1, size))
        return (first * (y[0] + 1.5) if line else first, *rest)

    return make_system(rhs, [(-2.0, 2.0)] * size)


def over_unit(system: System, **more: Any) -> Diagram:
    return bifurcation_diagram(system, record(a=0.0), "a", 0.0, 1.0, **more)


@pytest.mark.parametrize(("size", "line"), [(1, False), (1, True), (2, False), (2, True), (4, True), (5, False)])
@pytest.mark.parametrize(("centre", "level", "radius"), [(0.36, 0.3, 0.1), (0.617, -0.7, 0.03), (0.87, 1.1, 0.06)])
def test_small_closed_branches_are_found(size: int, line: bool, centre: float, level: float, radius: float) -> None:
    diagram = over_unit(circle(size, centre, level, radius, line))
    np.testing.assert_allclose(where(diagram, "LP"), [centre - radius, centre + radius], atol=1e-8)
    assert len(diagram.branches) == 1 + line and diagram.status is Status.OK and diagram.message == ""
    (closed,) = [b for b in diagram.branches if b.ends == (Status.CLOSED, Status.CLOSED)]
    np.testing.assert_allclose(np.hypot(closed.parameter - centre, closed.states[0] - level), radius, rtol=1e-8)


def test_several_islands_are_found_together() -> None:
    places = [(0.12, 0.5), (0.33, -1.0), (0.6, 1.2), (0.85, 0.0)]

    def field(x: Any, p: Any) -> Any:
        product = 1.0
        for a, level in places:
            product = product * ((x - level) ** 2 + (p.a - a) ** 2 - 0.0016)
        return product

    diagram = over_unit(scalar(field))
    edges = sorted(a + side * 0.04 for a, _ in places for side in (-1, 1))
    np.testing.assert_allclose(where(diagram, "LP"), edges, atol=1e-7)
    assert len(diagram.branches) == 4


@pytest.mark.parametrize("width", [0.15, 0.05])
def test_an_active_state_that_lives_in_a_window_is_found(width: float) -> None:
    # r = s(r) bump(a): the active state and its threshold live where the bump is high enough.
    def field(r: Any, p: Any) -> Any:
        return -r + np.exp(-(((p.a - 0.62) / width) ** 2)) / (1.0 + np.exp(-12.0 * (r - 0.5))) - 0.02

    low, high = where(over_unit(scalar(field, (-0.2, 1.2))), "LP")
    # Folds mirror each other; at both the height of the bump is the same one, found from the tangent condition.
    r = np.linspace(0.5, 0.95, 200001)
    height = np.min((r + 0.02) * (1.0 + np.exp(-12.0 * (r - 0.5))))
    away = width * np.sqrt(-np.log(height))
    assert (low, high) == (pytest.approx(0.62 - away, abs=1e-7), pytest.approx(0.62 + away, abs=1e-7))


def test_a_branch_that_leaves_the_box_and_comes_back_is_found_whole() -> None:
    # x = 1.3 sin(3 pi a) leaves the box |x| <= 1 twice upwards and once downwards.
    waves = make_system(lambda t, y, p: (1.3 * np.sin(3.0 * np.pi * p.a) - y[0],), [(-1.0, 1.0)], [(-1.0, 1.0)])
    diagram = over_unit(waves)
    leave = np.arcsin(1.0 / 1.3) / (3.0 * np.pi)
    inside = [(k / 3.0 - leave * (k > 0), k / 3.0 + leave * (k < 3)) for k in range(4)]
    found = sorted((b.parameter.min(), b.parameter.max()) for b in diagram.branches)
    np.testing.assert_allclose(found, inside, atol=1e-9)


def test_starts_that_the_caller_knows_are_followed() -> None:
    # With a single seed far off and no search, only the start tells of the circle.
    system = circle(1, 0.4, 0.2, 0.004, line=True)
    state = np.array([0.2 + 0.004])
    diagram = over_unit(system, starts=[(0.4, state)])
    np.testing.assert_allclose(where(diagram, "LP"), [0.396, 0.404], atol=1e-8)
    assert len(over_unit(system, starts=[(0.4, np.array([-1.5]))]).branches) <= 2  # the line is known already


def test_search_drops_what_is_known() -> None:
    system = circle(1, 0.5, 0.0, 0.2, line=False)
    curve = EquilibriumCurve(system, record(a=0.0), "a", 0.0, 1.0)
    found = seek_curves(curve, [])
    assert len(found) > 20
    residual = 0.2**2 - curve.unscaled(found)[:, 0] ** 2 - (curve.unscaled(found)[:, 1] - 0.5) ** 2
    np.testing.assert_allclose(residual, 0.0, atol=1e-10)
    angles = np.linspace(0.0, 2.0 * np.pi, 200)
    known = curve.scaled(0.2 * np.sin(angles)[None], 0.5 + 0.2 * np.cos(angles))
    assert len(seek_curves(curve, [known])) == 0
    assert len(seek_curves(curve, [known[:100]])) > 0


def test_distances_from_a_polyline() -> None:
    rows = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 2.0]])
    points = np.array([[0.5, 0.3], [1.4, -0.3], [0.0, 2.0], [1.0, 1.0], [-3.0, 4.0]])
    np.testing.assert_allclose(distance_to(points, rows), [0.3, 0.5, 1.0, 0.0, np.sqrt(20.0)], atol=1e-12)
    np.testing.assert_allclose(distance_to(points, rows[:1]), np.linalg.norm(points, axis=1))
    assert far_from(points, [rows], 0.4).tolist() == [False, True, True, False, True]
    assert far_from(points, [], 0.4).all()
