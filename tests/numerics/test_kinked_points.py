"""Fixed points on and beside kinks: against runs, algebra on each side, and roots of one equation."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ncm_app.numerics.fixed_points.degenerate import ON_KINK
from ncm_app.numerics.fixed_points.equilibria import find_equilibria
from ncm_app.numerics.results import Status
from ncm_app.numerics.system import System
from tests.numerics.systems import make_system, record, scalar

pytestmark = pytest.mark.sweep

BOX = [(-1.0, 1.1), (-1.0, 1.2)]


def rectified(weights: Any, input_: Any = (0.0, 0.0), tau: float = 1.0) -> System:
    """Return x' = -x + max(W x + input, 0), the second equation at its own pace."""
    (a, b), (c, d) = weights
    return make_system(lambda t, y, p: (-y[0] + np.maximum(a * y[0] + b * y[1] + input_[0], 0.0),
                                        (-y[1] + np.maximum(c * y[0] + d * y[1] + input_[1], 0.0)) / tau), BOX)


def growth(system: System, time: float = 40.0, step: float = 0.02) -> float:
    """Return the largest logarithm of what 16 starts around 0 have become: a homogeneous flow has no scale."""
    angles = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False) + 0.01
    y, grown = np.array([np.cos(angles), np.sin(angles)]), np.zeros(16)

    def field(z: Any) -> Any:
        return np.array(system.rhs(0.0, tuple(z), None))

    for _ in range(round(time / step)):
        k = field(y)
        m = field(y + step / 2.0 * k)
        n = field(y + step / 2.0 * m)
        y = y + step / 6.0 * (k + 2.0 * m + 2.0 * n + field(y + step * n))
        size = np.hypot(*y)
        y, grown = y / size, grown + np.log(size)
    return float(np.max(grown))


weights = st.floats(-4, 4)


@settings(max_examples=15, deadline=None)
@given(weights, weights, weights, weights, st.floats(0.3, 3))
def test_stability_on_a_kink_is_what_runs_do(a: float, b: float, c: float, d: float, tau: float) -> None:
    system = rectified(((a, b), (c, d)), tau=tau)
    found = find_equilibria(system, record())
    assume(not found.continuum)
    (point,) = (q for q in found.points if np.max(np.abs(q.state)) < 1e-9)
    grown = growth(system)
    assume(abs(grown) > 4.0 and point.kind != ON_KINK)
    assert point.stable == (grown < 0.0)
    assert point.kind.startswith("stable") == (grown < 0.0)


@pytest.mark.parametrize(("slope", "kind", "value"), [
    (1.5, "unstable on a kink", 0.5), (2.0, "unstable on a kink", 1.0), (0.5, "stable node", -0.5),
    (-2.0, "stable node", -1.0)])
def test_one_side_decides(slope: float, kind: str, value: float) -> None:
    """x' = -x + max(s x, 0): (s - 1) x to the right of 0, -x to its left."""
    system = rectified(((slope, 0.0), (0.0, 0.0)), tau=0.25)
    (point,) = find_equilibria(system, record()).points
    assert point.kind == kind
    assert float(np.max(point.eigenvalues.real)) == pytest.approx(value, abs=1e-6)


def swing(sides: tuple[float, float], turn: float) -> System:
    """Return x' = -turn y, y' = turn x + 2 r y, where r is one of two on either side of y = 0."""
    return make_system(lambda t, y, p: (-turn * y[1], turn * y[0] + 2.0 * np.where(y[1] > 0.0, *sides) * y[1]), BOX)


@pytest.mark.parametrize(("turn", "sides", "kind"), [(2.0, (-0.3, 0.1), "stable spiral"),
                                                     (3.0, (0.4, -0.1), "unstable spiral")])
def test_spirals_through_a_kink(turn: float, sides: tuple[float, float], kind: str) -> None:
    """On a side with eigenvalues r +- i w a half turn takes pi / w and grows by r pi / w."""
    (point,) = find_equilibria(swing(sides, turn), record()).points
    halves = np.array([1.0 / np.sqrt(turn**2 - r**2) for r in sides])
    assert point.kind == kind
    np.testing.assert_allclose(point.eigenvalues.real, np.dot(sides, halves) / halves.sum(), atol=1e-4)
    np.testing.assert_allclose(np.abs(point.eigenvalues.imag), 2.0 / halves.sum(), rtol=1e-4)
    assert point.index == 1


def test_sides_that_balance_are_not_judged() -> None:
    found = find_equilibria(swing((0.3, -0.3), 1.0), record())
    (point,) = found.points
    assert point.kind == ON_KINK == "on a kink (stability not decided by linearisation)"
    assert not point.stable and point.index == 1 and found.status is Status.OK


@pytest.mark.parametrize(("left", "right", "kind"), [(-1.0, -3.0, "stable"), (2.0, 0.5, "unstable"),
                                                     (-0.2, -5.0, "stable"), (0.1, 9.0, "unstable")])
def test_kinks_on_a_line(left: float, right: float, kind: str) -> None:
    found = find_equilibria(scalar(lambda x, p: np.where(x < 0.3, left, right) * (x - 0.3)), record())
    (point,) = found.points
    assert (point.kind, point.stable) == (kind, kind == "stable")
    assert found.index_sum == found.expected_index
    assert point.eigenvalues[0].real == pytest.approx(max(left, right), rel=1e-6)


def test_in_space_one_growing_direction_is_enough() -> None:
    def field(t: Any, y: Any, p: Any) -> Any:
        u, v, w = y
        return -u + np.maximum(p.s * u, 0.0), -v + 0.5 * np.maximum(v - u, 0.0), -2.0 * w

    system = make_system(field, [(-1.0, 1.1)] * 3)
    (point,) = find_equilibria(system, record(s=1.5)).points
    assert point.kind == "unstable on a kink" and not point.stable
    (point,) = find_equilibria(system, record(s=0.5)).points
    assert point.kind == ON_KINK


@settings(max_examples=25, deadline=None)
@given(exponent=st.floats(-7, -1), slope=st.floats(1.2, 4), power=st.floats(1.0, 2.5), cross=st.floats(-1, 1))
def test_two_points_beside_a_kink(exponent: float, slope: float, power: float, cross: float) -> None:
    """x' = -x + s max(x - d, 0)^n: 0 and the root of x = s (x - d)^n, found here by bisection in its own unit."""
    d = 10.0**exponent if power == 1.0 else 10.0**max(exponent, -4.0)
    power = 1.0 if exponent < -4.0 else power
    system = make_system(lambda t, y, p: (-y[0] + slope * np.maximum(y[0] - d, 0.0) ** power,
                                          -0.7 * y[1] + cross * y[0]), BOX)
    low, high = d, 1.0
    if slope * (high - d) ** power - high < 0.0:
        return  # the second root is out of reach
    for _ in range(200):
        middle = (low + high) / 2.0
        low, high = (middle, high) if slope * (middle - d) ** power - middle < 0.0 else (low, middle)
    assume(low < 0.9)
    found = find_equilibria(system, record())
    assert [q.kind for q in found.points] == ["stable node", "saddle"]
    np.testing.assert_allclose([q.state[0] for q in found.points], [0.0, low], atol=1e-5 * low + 1e-10)
    assert found.status is Status.OK and found.index_sum == 0


def silent(weights: Any, input_: Any) -> System:
    """Return `rectified` for rates from 0, most of them small: a silent network sits on the corner of the box."""
    return replace(rectified(weights, input_), spans=((0.0, 1.0), (0.0, 1.5)), box=((0.0, 25.0), (0.0, 25.0)))


def by_regions(weights: Any, input_: Any) -> list[Any]:
    """Return the fixed points of `silent`: one linear system for each choice of cells that are active."""
    w, found = np.array(weights), []
    for active in product((0.0, 1.0), repeat=2):
        matrix = np.eye(2) - np.array(active)[:, None] * w
        state = np.linalg.solve(matrix, np.array(active) * input_)
        drive = np.where(active, 1.0, -1.0) * (w @ state + input_)
        known = any(np.max(np.abs(state - other)) < 1e-10 for other in found)
        if np.all(drive >= -1e-13) and np.all(state < 25.0) and not known:
            found.append(state + 0.0)
    return found


def check_against_regions(weights: Any, input_: Any) -> None:
    expected = by_regions(weights, input_)
    found = [q.state for q in find_equilibria(silent(weights, input_), record())]
    assert len(found) == len(expected)
    for state in expected:
        nearest = min(found, key=lambda other: float(np.max(np.abs(other - state))))
        np.testing.assert_allclose(nearest, state, rtol=1e-4, atol=1e-10)


@pytest.mark.parametrize(("weights", "input_", "kinds"), [
    (((2.0, 0.0), (0.0, 0.0)), (0.0, -1.0), ["unstable on a kink"]),
    (((2.0, -6.0), (2.0, -1.0)), (0.0, -0.05), ["unstable on a kink", "stable spiral"]),
    (((3.0, -2.0), (1.0, -1.0)), (0.4, 0.4), ["unstable on a kink"]),
])
def test_slopes_may_be_singular_on_average(weights: Any, input_: Any, kinds: list[str]) -> None:
    """The sides' slopes are (2 - 1) and -1 in the first: their mean is 0, and yet 0 is a fixed point."""
    found = find_equilibria(silent(weights, input_), record())
    assert [q.kind for q in found.points] == kinds
    check_against_regions(weights, input_)


@pytest.mark.parametrize("small", [2e-4, 2e-5, 2e-6])
@pytest.mark.parametrize(("excites", "inhibits", "own"), [(4.0, -8.0, -12.0), (5.0, -10.0, -2.5), (5.0, -5.0, -5.0)])
def test_a_pair_in_a_thin_strip(excites: float, inhibits: float, own: float, small: float) -> None:
    """The second cell is active up to `small` alone, with y = small + own y; the first has x = 0 or x = a x + b y."""
    found = find_equilibria(silent(((excites, inhibits), (0.0, own)), (0.0, small)), record())
    y = small / (1.0 - own)
    x = -inhibits * y / (excites - 1.0)
    assert [q.kind for q in found.points] == ["stable node", "saddle"]
    np.testing.assert_allclose([q.state for q in found.points], [(0.0, y), (x, y)], rtol=1e-5, atol=1e-10)


round_weights = st.sampled_from([0.0, 0.5, 1.5, 2.0, 3.0, 4.0, 5.0])
round_inputs = st.sampled_from([-0.2, -1e-3, 0.0, 0.0, 1e-4, 1e-3, 0.2])


@settings(max_examples=60, deadline=None)
@given(st.tuples(round_weights, round_weights, round_weights, round_weights), st.tuples(round_inputs, round_inputs))
def test_networks_with_round_values(sizes: tuple[float, ...], input_: tuple[float, float]) -> None:
    a, b, c, d = sizes
    assume(abs((1.0 - a) * (1.0 + d) + b * c) > 1e-9)
    check_against_regions(((a, -b), (c, -d)), input_)
