"""Phase line and phase plane: field, nullclines, held states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncm_app.numerics.fixed_points.equilibria import find_equilibria
from ncm_app.numerics.jacobian import evaluate_field
from ncm_app.numerics.plane.portrait import phase_line, phase_portrait
from tests.numerics.systems import (
    EI,
    EI_VALUES,
    EIF,
    EIF_VALUES,
    FITZHUGH_NAGUMO,
    LORENZ,
    ML_HOPF,
    MORRIS_LECAR,
    make_system,
    record,
)


def finite(line: Any) -> Any:
    return line[:, ~np.isnan(line[0])]


def distance(line: Any, point: Any, spans: Any) -> float:
    """Return the distance of a point from a polyline, in shares of the spans."""
    scale = np.array([[high - low] for low, high in spans])
    z = line / scale
    target = np.asarray(point)[:, None] / scale
    a, b = z[:, :-1], z[:, 1:]
    chord = b - a
    share = np.clip(np.sum((target - a) * chord, axis=0) / np.maximum(np.sum(chord**2, axis=0), 1e-30), 0, 1)
    return float(np.nanmin(np.linalg.norm(a + share * chord - target, axis=0)))


def test_field_on_the_grid() -> None:
    portrait = phase_portrait(EI, EI_VALUES, grid=7)
    assert portrait.dx.shape == portrait.dy.shape == (7, 7)
    np.testing.assert_allclose(portrait.x[[0, -1]], EI.spans[0])
    np.testing.assert_allclose(portrait.y[[0, -1]], EI.spans[1])
    row, column = 5, 2
    field = evaluate_field(EI, np.array([portrait.x[column], portrait.y[row]]), EI_VALUES)
    assert (portrait.dx[row, column], portrait.dy[row, column]) == pytest.approx(tuple(field), rel=1e-12)


def test_cubic_nullcline() -> None:
    portrait = phase_portrait(FITZHUGH_NAGUMO, record(I=0.5))
    v, w = finite(portrait.x_nullcline)
    np.testing.assert_allclose(w, v - v**3 / 3 + 0.5, atol=2e-3)
    v, w = finite(portrait.y_nullcline)
    np.testing.assert_allclose(w, (v + 0.7) / 0.8, atol=1e-9)


@given(a=st.floats(-2, 2), b=st.floats(-1, 1))
def test_straight_nullclines_are_exact(a: float, b: float) -> None:
    system = make_system(lambda t, y, p: (y[1] - a * y[0] - b, -y[1]), [(-1, 1), (-3, 3)])
    portrait = phase_portrait(system, record(a=0.0), fine=31)
    x, y = finite(portrait.x_nullcline)
    np.testing.assert_allclose(y, a * x + b, atol=1e-12)
    np.testing.assert_allclose(finite(portrait.y_nullcline)[1], 0.0, atol=1e-12)


@pytest.mark.parametrize(("system", "p"), [(EI, EI_VALUES), (FITZHUGH_NAGUMO, record(I=0.7)),
                                           (MORRIS_LECAR, ML_HOPF._replace(I=90.0))])
def test_nullclines_cross_at_the_fixed_points(system: Any, p: Any) -> None:
    portrait = phase_portrait(system, p)
    for point in find_equilibria(system, p).points:
        assert distance(portrait.x_nullcline, point.state, system.spans) < 1e-3
        assert distance(portrait.y_nullcline, point.state, system.spans) < 1e-3


def test_kinked_nullcline_is_straight_on_both_sides() -> None:
    p = EI_VALUES
    e, i = finite(phase_portrait(EI, p).x_nullcline)
    # Silent below the threshold: r_e = 0; above it a straight line.
    kink = (p.X_e - p.theta) / -p.w_ei
    line = ((p.g * p.w_ee - 1.0) * e + p.g * (p.X_e - p.theta)) / (-p.g * p.w_ei)
    silent, on_line = np.abs(e) < 1e-12, np.abs(i - line) < 1e-10
    assert np.all(on_line | silent)
    assert np.count_nonzero(silent) > 20 and np.count_nonzero(on_line) > 100
    # The corner itself is a vertex.
    assert np.min(np.hypot(e, i - kink)) < 1e-9


@pytest.mark.parametrize("fine", [23, 51, 101])
def test_kinked_nullcline_does_not_depend_on_the_grid(fine: int) -> None:
    fixed = EI_VALUES._replace(X_e=20.0)
    reference, coarse = (phase_portrait(EI, fixed, fine=k).x_nullcline for k in (201, fine))
    far = max(distance(reference, vertex, EI.spans) for vertex in finite(coarse)[:, 2:-2].T)
    assert far < 1e-9


def test_nullcline_along_the_axis_is_drawn() -> None:
    e, i = finite(phase_portrait(EI, EI_VALUES._replace(X_e=0.0, w_ee=0.0)).x_nullcline)
    np.testing.assert_allclose(e, 0.0, atol=1e-12)
    assert i.min() <= 0.0 and i.max() >= 0.03


def test_pieces_are_separated_by_nan() -> None:
    system = make_system(lambda t, y, p: (y[0] ** 2 - 0.25, y[1]), [(-1, 1), (-1, 1)])
    portrait = phase_portrait(system, record(a=0.0))
    assert np.count_nonzero(np.isnan(portrait.x_nullcline[0])) == 1
    np.testing.assert_allclose(np.abs(finite(portrait.x_nullcline)[0]), 0.5, atol=1e-6)


def test_no_nullcline_is_empty() -> None:
    system = make_system(lambda t, y, p: (1.0 + y[0] ** 2, y[1]), [(-1, 1), (-1, 1)])
    assert phase_portrait(system, record(a=0.0)).x_nullcline.shape == (2, 0)


def test_other_states_are_held() -> None:
    portrait = phase_portrait(LORENZ, record(r=28.0), axes=(0, 2), held=(9.0, 5.0, 9.0), grid=5)
    x, z = np.meshgrid(portrait.x, portrait.y)
    np.testing.assert_allclose(portrait.dx, 10.0 * (5.0 - x))
    np.testing.assert_allclose(portrait.dy, 5.0 * x - 8.0 / 3.0 * z)
    np.testing.assert_allclose(finite(portrait.x_nullcline)[0], 5.0, atol=1e-9)


def test_held_states_default_to_the_middle() -> None:
    portrait = phase_portrait(LORENZ, record(r=28.0), axes=(0, 1), grid=3)
    np.testing.assert_allclose(portrait.dy, portrait.x[None, :] * (28.0 - 20.0) - portrait.y[:, None])


def test_swapped_axes_swap_the_portrait() -> None:
    straight = phase_portrait(FITZHUGH_NAGUMO, record(I=0.5))
    swapped = phase_portrait(FITZHUGH_NAGUMO, record(I=0.5), axes=(1, 0))
    np.testing.assert_allclose(swapped.dx, straight.dy.T)
    np.testing.assert_allclose(swapped.dy, straight.dx.T)
    w, v = finite(swapped.y_nullcline)
    np.testing.assert_allclose(w, v - v**3 / 3 + 0.5, atol=2e-3)


def test_spans_can_be_chosen() -> None:
    portrait = phase_portrait(EI, EI_VALUES, spans=((0.0, 0.1), (0.0, 0.2)), grid=4)
    assert portrait.x[-1] == 0.1 and portrait.y[-1] == 0.2


def test_overflow_leaves_a_gap_without_a_warning() -> None:
    system = make_system(lambda t, y, p: (np.log(y[0]) - y[1], y[1]), [(-1, 1), (-1, 1)])
    portrait = phase_portrait(system, record(a=0.0))
    assert np.all(np.isnan(portrait.dx[:, 0]))
    x, y = finite(portrait.x_nullcline)
    np.testing.assert_allclose(y, np.log(x), atol=1e-3)


def test_result_is_read_only() -> None:
    portrait = phase_portrait(EI, EI_VALUES)
    with pytest.raises(ValueError, match="read-only"):
        portrait.dx[0, 0] = 1.0


def test_phase_line_of_the_eif() -> None:
    v, f = phase_line(EIF, EIF_VALUES._replace(I_0=5.0), (-80.0, -45.0), 351)
    np.testing.assert_allclose(f, (-(v + 72.0) + 2.0 * np.exp((v + 55.0) / 2.0) + 5.0) / 15.0)
    assert v.shape == (351,) and (v[0], v[-1]) == (-80.0, -45.0)
    assert v[np.argmin(f)] == pytest.approx(-55.0, abs=0.1)


def test_phase_line_spans_the_axis_by_default() -> None:
    v, f = phase_line(EIF, EIF_VALUES)
    assert (v[0], v[-1], v.size) == (-80.0, 5.0, 400)
    with pytest.raises(ValueError, match="read-only"):
        f[0] = 1.0
