"""Fixed points: all of them, their names, and the index theorem."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.numerics.fixed_points.degree import index_on_edge
from ncm_app.numerics.fixed_points.equilibria import find_equilibria
from ncm_app.numerics.fixed_points.names import name_kind
from ncm_app.numerics.jacobian import evaluate_field, jacobian
from ncm_app.numerics.newton import bracket_roots, polish_roots, solve_batch
from ncm_app.numerics.results import Status
from tests.numerics.systems import (
    BENT_LINE,
    CUSP,
    EI,
    EI_VALUES,
    EIF,
    EIF_VALUES,
    FITZHUGH_NAGUMO,
    HODGKIN_HUXLEY,
    JANSEN_RIT,
    KINKED_FOLD,
    LORENZ,
    ML_SNLC,
    MORRIS_LECAR,
    PITCHFORK,
    WC_FIG_11,
    WILSON_COWAN,
    WILSON_COWAN_1972,
    make_system,
    record,
    scalar,
)


@pytest.mark.parametrize(("current", "stable", "slope_stable", "unstable", "slope_unstable"), [
    (0.0, -71.999593, -0.0666531, -50.224746, 0.659175),
    (5.0, -66.995030, -0.0665010, -50.818565, 0.472714),
    (14.0, -57.396581, -0.0465527, -53.284647, 0.0905118),
])
def test_table_of_figure_1_3(current: float, stable: float, slope_stable: float, unstable: float,
                             slope_unstable: float) -> None:
    low, high = find_equilibria(EIF, EIF_VALUES._replace(I_0=current)).points
    assert (low.kind, high.kind) == ("stable", "unstable")
    assert low.state[0] == pytest.approx(stable, abs=1e-6)
    assert high.state[0] == pytest.approx(unstable, abs=1e-6)
    assert low.eigenvalues[0].real == pytest.approx(slope_stable, rel=1e-5)
    assert high.eigenvalues[0].real == pytest.approx(slope_unstable, rel=1e-5)


def test_double_root_at_the_threshold_current() -> None:
    (point,) = find_equilibria(EIF, EIF_VALUES._replace(I_0=15.0)).points
    assert point.kind == "semi-stable"
    assert point.state[0] == pytest.approx(-55.0, abs=1e-8)


def test_no_fixed_point_above_the_threshold_current() -> None:
    found = find_equilibria(EIF, EIF_VALUES._replace(I_0=20.0))
    assert found.points == () and found.index_sum == 0 and found.status is Status.OK


@pytest.mark.parametrize("gap", [1e-3, 1e-5, 1e-7])
def test_two_roots_just_before_they_meet(gap: float) -> None:
    found = find_equilibria(EIF, EIF_VALUES._replace(I_0=15.0 - gap)).points
    # I = 15 - x^2 / (2 D) near the fold.
    expected = -55.0 + np.array([-1.0, 1.0]) * np.sqrt(4.0 * gap)
    np.testing.assert_allclose([p.state[0] for p in found], expected, atol=2.0 * gap + 1e-9)
    assert [p.kind for p in found] == ["stable", "unstable"]


@pytest.mark.parametrize("gap", [1e-3, 1e-5, 1e-7])
def test_no_root_just_after_they_met(gap: float) -> None:
    assert find_equilibria(EIF, EIF_VALUES._replace(I_0=15.0 + gap)).points == ()


@given(roots=st.lists(st.integers(-38, 38), min_size=1, max_size=6, unique=True))
def test_line_finds_every_root_of_a_polynomial(roots: list[int]) -> None:
    places = np.sort(roots) / 20.0
    system = scalar(lambda x, p: np.prod([x - r for r in places], axis=0))
    found = find_equilibria(system, record(a=0.0))
    np.testing.assert_allclose([p.state[0] for p in found.points], places, atol=1e-10)
    kinds = ["unstable" if (len(places) - k) % 2 else "stable" for k in range(len(places))]
    assert [p.kind for p in found.points] == kinds


def test_cubic_index_sum_is_one() -> None:
    found = find_equilibria(CUSP, record(a=0.1, b=1.0))
    assert len(found.points) == 3
    assert found.expected_index == found.index_sum == 1
    assert found.message == ""


def test_fold_of_the_cubic_counts_zero() -> None:
    found = find_equilibria(CUSP, record(a=2.0 / 3.0**1.5, b=1.0))
    assert sorted(p.kind for p in found.points) == ["semi-stable", "stable"]
    assert found.index_sum == 1


@pytest.mark.parametrize("x", [-0.7, -0.2])
def test_kinked_line(x: float) -> None:
    silent, active = find_equilibria(KINKED_FOLD, record(w=2.0, X=x)).points
    assert silent.state[0] == pytest.approx(0.0, abs=1e-12) and silent.kind == "stable"
    assert active.state[0] == pytest.approx(-x) and active.kind == "unstable"
    assert find_equilibria(KINKED_FOLD, record(w=2.0, X=0.3)).points == ()
    assert len(find_equilibria(BENT_LINE, record(w=0.5, X=0.3)).points) == 1


@pytest.mark.parametrize(("tau_e", "tau_i", "eigenvalue", "kind"), [
    (30.0, 15.0, -0.288333 + 0.312152j, "stable spiral"),
    (15.0, 30.0, 0.00958333 + 0.424833j, "unstable spiral"),
])
def test_rate_network_of_figure_3_4(tau_e: float, tau_i: float, eigenvalue: complex, kind: str) -> None:
    found = find_equilibria(EI, EI_VALUES._replace(tau_e=tau_e, tau_i=tau_i))
    (point,) = found.points
    np.testing.assert_allclose(point.state * 1000.0, [5.60833, 12.50437], atol=5e-6)
    top = point.eigenvalues[np.argmax(point.eigenvalues.imag)]
    assert top.real == pytest.approx(eigenvalue.real, rel=2e-6)
    assert top.imag == pytest.approx(eigenvalue.imag, rel=2e-6)
    assert point.kind == kind and point.stable == (top.real < 0)
    assert point.trace == pytest.approx(2 * eigenvalue.real, rel=2e-6)
    assert point.determinant == pytest.approx(abs(eigenvalue) ** 2, rel=1e-5)


def test_silent_network_sits_on_the_edge_of_the_box() -> None:
    found = find_equilibria(EI, EI_VALUES._replace(X_e=0.0, X_i=0.0))
    silent = found.points[0]
    np.testing.assert_allclose(silent.state, 0.0, atol=1e-12)
    assert silent.stable


def test_three_fixed_points_of_morris_lecar() -> None:
    found = find_equilibria(MORRIS_LECAR, ML_SNLC._replace(I=30.0))
    assert [p.kind for p in found.points] == ["stable node", "saddle", "unstable spiral"]
    assert found.index_sum == 1


def test_lorenz_has_three() -> None:
    found = find_equilibria(LORENZ, record(r=28.0))
    side = np.sqrt(8.0 / 3.0 * 27.0)
    expected = [[-side, -side, 27.0], [0.0, 0.0, 0.0], [side, side, 27.0]]
    np.testing.assert_allclose([p.state for p in found.points], expected, atol=1e-9)
    assert [p.kind for p in found.points] == ["unstable spiral (2 directions)", "unstable (1 direction)",
                                              "unstable spiral (2 directions)"]


def test_fitzhugh_rest_state() -> None:
    (point,) = find_equilibria(FITZHUGH_NAGUMO, record(I=0.0)).points
    v = point.state[0]
    assert v - v**3 / 3 - (v + 0.7) / 0.8 == pytest.approx(0.0, abs=1e-12)


def test_hodgkin_huxley_has_one() -> None:
    for current in (0.0, 20.0, 160.0):
        found = find_equilibria(HODGKIN_HUXLEY, record(I=current, k_m=1 / 18))
        assert len(found.points) == 1


@pytest.mark.parametrize(("p", "count"), [(-100.0, 1), (0.0, 3), (100.0, 3), (200.0, 1)])
def test_jansen_rit_between_its_folds(p: float, count: int) -> None:
    # Folds at 113.586 and -41.301: three fixed points between them.
    assert len(find_equilibria(JANSEN_RIT, record(p=p)).points) == count


weights = st.floats(0.0, 20.0)


@settings(max_examples=60, deadline=None)
@given(w_ee=weights, w_ei=weights, w_ie=weights, w_ii=weights, P=st.floats(-8, 8),
       Q=st.floats(-8, 8), tau=st.floats(0.2, 5))
def test_index_theorem_on_random_wilson_cowan(**values: float) -> None:
    found = find_equilibria(WILSON_COWAN, record(**values))
    assert found.expected_index == 1
    assert found.index_sum == 1 and found.message == "" and found.status is Status.OK
    for point in found.points:
        assert np.abs(evaluate_field(WILSON_COWAN, point.state, record(**values))).max() < 1e-11


@settings(max_examples=30, deadline=None)
@given(P=st.floats(-3, 6))
def test_saddles_come_between_nodes(P: float) -> None:
    found = find_equilibria(WILSON_COWAN_1972, WC_FIG_11._replace(P=P))
    saddles = sum(p.kind == "saddle" for p in found.points)
    assert len(found.points) == 2 * saddles + 1 or "saddle-node" in {p.kind for p in found.points}


def test_missing_points_are_admitted() -> None:
    # A barrier of NaN hides the only fixed point: the index theorem notices.
    def hidden(t: Any, y: Any, p: Any) -> Any:
        inside = np.hypot(y[0], y[1]) < 0.5
        return np.where(inside, np.nan, -y[0]), np.where(inside, np.nan, -y[1])

    found = find_equilibria(make_system(hidden, [(-2, 2), (-2, 2)]), record(a=0.0))
    assert found.points == ()
    assert found.message == "some fixed points may be missing: the indices of those found add up to 0, not to 1"
    assert found.status is Status.NOT_CONVERGED


def test_points_on_the_edge_of_the_box_are_counted() -> None:
    logistic = scalar(lambda x, p: x * (1 - x), (0.0, 2.0))
    found = find_equilibria(logistic, record(a=0.0))
    assert found.expected_index == found.index_sum == 0
    np.testing.assert_allclose([p.state[0] for p in found.points], [0.0, 1.0], atol=1e-12)


def test_the_edge_of_the_box_tells_the_index() -> None:
    assert index_on_edge(PITCHFORK, record(a=1.0)) == 1
    assert index_on_edge(scalar(lambda x, p: x), record(a=0.0)) == -1
    assert index_on_edge(scalar(lambda x, p: 1.0 + x * x), record(a=0.0)) == 0
    inward = make_system(lambda t, y, p: (-y[0], -y[1], -y[2]), [(-1, 1)] * 3)
    assert index_on_edge(inward, record(a=0.0)) == 1
    saddle = make_system(lambda t, y, p: (-y[0], y[1]), [(-1, 1)] * 2)
    assert index_on_edge(saddle, record(a=0.0)) == -1


def test_points_are_read_only_and_convert() -> None:
    found = find_equilibria(EI, EI_VALUES)
    with pytest.raises(ValueError, match="read-only"):
        found.points[0].state[0] = 1.0
    assert set(found.to_dict()) == {"points", "index_sum", "expected_index", "status", "message", "continuum"}


@pytest.mark.parametrize(("eigenvalues", "kind"), [
    ([-1.0], "stable"), ([2.0], "unstable"), ([0.0], "semi-stable"),
    ([-1, -2], "stable node"), ([1, 2], "unstable node"), ([-1, 2], "saddle"),
    ([-1 + 2j, -1 - 2j], "stable spiral"), ([1 + 2j, 1 - 2j], "unstable spiral"),
    ([2j, -2j], "centre"), ([0, -1], "saddle-node"), ([0, 1], "saddle-node"),
    ([-1, -1], "stable degenerate node"), ([1, 1], "unstable degenerate node"),
    ([0, 0], "degenerate (two zero eigenvalues)"),
    ([-1, -2, -3], "stable"), ([-1 + 1j, -1 - 1j, -3], "stable spiral"), ([-3 + 1j, -3 - 1j, -1], "stable"),
    ([-1, 2, -3], "unstable (1 direction)"), ([1, 2, -3], "unstable (2 directions)"),
    ([1 + 1j, 1 - 1j, -3], "unstable spiral (2 directions)"),
    ([1j, -1j, -3], "degenerate (an eigenvalue on the imaginary axis)"),
])
def test_names(eigenvalues: list[complex], kind: str) -> None:
    assert name_kind(eigenvalues) == kind


@given(trace=st.floats(-5, 5), determinant=st.floats(-5, 5))
def test_names_agree_with_the_trace_determinant_plane(trace: float, determinant: float) -> None:
    gap = trace**2 - 4 * determinant
    if min(abs(trace), abs(determinant), abs(gap)) < 1e-3:
        return
    name = name_kind(np.linalg.eigvals([[0.0, 1.0], [-determinant, trace]]))
    if determinant < 0:
        assert name == "saddle"
    else:
        assert name == f"{'stable' if trace < 0 else 'unstable'} {'node' if gap > 0 else 'spiral'}"


def test_a_small_eigenvalue_counts_against_the_typical_rate() -> None:
    assert name_kind([1e-12]) == "unstable"
    assert name_kind([1e-12], rate=1.0) == "semi-stable"


@given(scale=st.floats(1e-3, 1e3))
def test_names_do_not_depend_on_the_unit_of_time(scale: float) -> None:
    for values in ([-1, -2], [-1, 2], [1 + 2j, 1 - 2j], [2j, -2j], [-1, 2, 3]):
        assert name_kind(np.array(values) * scale) == name_kind(values)


@given(a=st.lists(st.floats(-3, 3), min_size=1, max_size=5))
def test_brackets_find_cube_roots(a: list[float]) -> None:
    target = np.array(a)
    low, high = np.full_like(target, -4.0), np.full_like(target, 5.0)
    found = bracket_roots(lambda x: x**3 - target, low, high, low**3 - target, high**3 - target)
    np.testing.assert_allclose(found**3, target, atol=1e-12)


def test_bracket_of_a_jump_converges_to_the_jump() -> None:
    found = bracket_roots(lambda x: np.where(x < 0.3, -1.0, 1.0), np.zeros(1), np.ones(1), -np.ones(1), np.ones(1))
    assert found[0] == pytest.approx(0.3, abs=1e-14)


def test_singular_systems_give_nan() -> None:
    matrices = np.array([[[1.0, 2.0], [2.0, 4.0]], [[2.0, 0.0], [0.0, 4.0]]])
    found = solve_batch(matrices, np.ones((2, 2)))
    assert np.all(np.isnan(found[0]))
    np.testing.assert_allclose(found[1], [0.5, 0.25])
    assert solve_batch(matrices[1:], np.ones((1, 2, 3))).shape == (1, 2, 3)


def test_newton_tells_which_seeds_arrived() -> None:
    parabola = scalar(lambda x, p: 1.0 + x * x)
    states, arrived = polish_roots(parabola, record(a=0.0), np.array([[0.3, 1.0]]), np.ones(1))
    assert not arrived.any()
    states, arrived = polish_roots(PITCHFORK, record(a=1.0), np.array([[0.2, 0.9, -1.7]]), np.ones(1))
    assert arrived.all()
    np.testing.assert_allclose(np.abs(states * (1 - states**2)), 0.0, atol=1e-14)


def test_jacobian_of_a_point_is_the_jacobian_there() -> None:
    (point,) = find_equilibria(EI, EI_VALUES).points
    np.testing.assert_allclose(point.jacobian, jacobian(EI, point.state, EI_VALUES), rtol=1e-12)
    np.testing.assert_allclose(np.sort_complex(point.eigenvalues), np.sort_complex(np.linalg.eigvals(point.jacobian)))
