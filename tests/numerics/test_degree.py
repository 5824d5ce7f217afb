"""The edge of a box tells the sum of the indices inside: winding numbers, ends of a line, opposite faces."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.numerics.fixed_points.degree import index_on_edge
from ncm_app.numerics.fixed_points.equilibria import find_equilibria
from tests.numerics.systems import make_system, record, scalar

SQUARE = [(-1.0, 1.2), (-1.3, 1.0)]


@pytest.mark.parametrize("power", [-3, -2, -1, 1, 2, 3, 4])
def test_powers_of_a_complex_number_wind_as_often(power: int) -> None:
    def field(t: Any, y: Any, p: Any) -> Any:
        z = (y[0] + 1j * y[1]) ** abs(power)
        return z.real, np.sign(power) * z.imag

    assert index_on_edge(make_system(field, SQUARE), record()) == power


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), min_size=1, max_size=5))
def test_only_roots_inside_count(roots: list[tuple[float, float]]) -> None:
    """Each factor z - z_k adds one turn if z_k is in the box, none if it is not."""
    margins = [min(abs(x - e) for e in SQUARE[0]) for x, _ in roots] + [min(abs(y - e) for e in SQUARE[1])
                                                                       for _, y in roots]
    if min(margins) < 1e-3:
        return

    def field(t: Any, y: Any, p: Any) -> Any:
        z = np.prod([(y[0] - x) + 1j * (y[1] - v) for x, v in roots], axis=0)
        return z.real, z.imag

    inside = sum(SQUARE[0][0] < x < SQUARE[0][1] and SQUARE[1][0] < v < SQUARE[1][1] for x, v in roots)
    assert index_on_edge(make_system(field, SQUARE), record()) == inside


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("margin", [-1e-2, -1e-3, -1e-4, 1e-4, 1e-3, 1e-2])
@pytest.mark.parametrize("along", [0.0, 0.1234, -0.77])
def test_several_points_that_have_met_beside_the_edge(count: int, margin: float, along: float) -> None:
    """The field turns by more than half a turn between two places at which the edge is looked at first."""
    def field(t: Any, y: Any, p: Any) -> Any:
        z = (y[0] - (SQUARE[0][1] + margin) + 1j * (y[1] - along)) ** count
        return z.real, z.imag

    assert index_on_edge(make_system(field, SQUARE), record()) == (count if margin < 0 else 0)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.integers(0, 2**31))
def test_linear_fields_have_the_sign_of_the_determinant(n: int, seed: int) -> None:
    """In space the faces must tell it: each component is led by one state, in any order."""
    rng = np.random.default_rng(seed)
    matrix = np.eye(n)[rng.permutation(n)] * rng.choice([-1.0, 1.0], n) + 0.9 / n * rng.uniform(-1, 1, (n, n)) * (n > 1)

    def field(t: Any, y: Any, p: Any) -> Any:
        return tuple(sum(matrix[i, k] * y[k] for k in range(n)) for i in range(n))

    found = index_on_edge(make_system(field, [(-1.0, 1.0)] * n), record())
    if n < 3 or found is not None:
        assert found == np.sign(np.linalg.det(-matrix))


def test_faces_that_decide_nothing_are_not_guessed() -> None:
    def field(t: Any, y: Any, p: Any) -> Any:
        return y[0] * y[1], y[1] * y[2], y[2] * y[0]

    assert index_on_edge(make_system(field, [(-1.0, 1.0)] * 3), record()) is None
    away = make_system(lambda t, y, p: (1.0 + y[0] ** 2, y[1], y[2]), [(-1.0, 1.0)] * 3)
    assert index_on_edge(away, record()) == 0


def test_roots_on_the_edge_and_infinite_fields_are_not_counted() -> None:
    assert index_on_edge(scalar(lambda x, p: np.where(x < 2.0, np.nan, 1.0)), record()) is None
    on_edge = make_system(lambda t, y, p: (y[0] - SQUARE[0][1] - 2.2e-6, y[1]), SQUARE)
    assert index_on_edge(on_edge, record()) is None
    infinite = make_system(lambda t, y, p: (np.where(y[0] > 1.0, np.inf, y[0]), y[1]), SQUARE)
    assert index_on_edge(infinite, record()) is None


def test_a_field_that_turns_fast_on_the_edge_is_followed() -> None:
    """Two steep steps on one edge, a ten-thousandth apart: a whole turn between two of the first points."""
    def field(t: Any, y: Any, p: Any) -> Any:
        return np.tanh(3e4 * (y[0] - 0.1002)) * np.tanh(3e4 * (y[0] - 0.1001)), y[1] - np.tanh(3e4 * (y[0] - 0.10015))

    found = find_equilibria(make_system(field, [(-1.0, 1.0), (-0.5, 0.5)]), record())
    assert found.expected_index is not None
