"""Bifurcation diagrams against closed forms and the reference table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.numerics.continuation import bifurcation_diagram
from ncm_app.numerics.curve import FINE, EquilibriumCurve
from ncm_app.numerics.equilibria import find_equilibria
from ncm_app.numerics.jacobian import evaluate_field
from ncm_app.numerics.kinks import locate_kinks
from ncm_app.numerics.results import Diagram, SpecialPoint, Status
from ncm_app.numerics.special_points import find_sign_changes, multiply_pair_sums
from ncm_app.numerics.system import SILENT, Cancelled, Progress
from ncm_app.numerics.walk import walk_path
from tests.numerics.systems import (
    BENT_LINE,
    BOGDANOV_TAKENS,
    BOOK_HOPF,
    BRUSSELATOR,
    CUSP,
    EI,
    EI_VALUES,
    EIF,
    EIF_VALUES,
    FITZHUGH_NAGUMO,
    FOLD,
    HODGKIN_HUXLEY,
    ISOLA,
    JANSEN_RIT,
    KINKED_FOLD,
    LORENZ,
    ML_HOMOCLINIC,
    ML_HOPF,
    ML_SNLC,
    MORRIS_LECAR,
    PITCHFORK,
    TRANSCRITICAL,
    WC_FIG_11,
    WILSON_COWAN,
    WILSON_COWAN_1972,
    make_system,
    record,
    scalar,
)

AT_BOUNDS = (Status.PARAMETER_BOUND, Status.PARAMETER_BOUND)


def codes(diagram: Diagram) -> list[str]:
    return [point.code for point in diagram.points]


def only(diagram: Diagram, code: str) -> list[SpecialPoint]:
    return [point for point in diagram.points if point.code == code]


def where(diagram: Diagram, code: str) -> list[float]:
    return [point.parameters[diagram.parameter] for point in only(diagram, code)]


CASES: dict[str, tuple[Any, Any, str, float, float]] = {
    "fold": (FOLD, record(a=0.0), "a", -1.0, 1.0),
    "transcritical": (TRANSCRITICAL, record(a=0.0), "a", -1.0, 1.0),
    "pitchfork": (PITCHFORK, record(a=0.0), "a", -1.0, 1.0),
    "cusp": (CUSP, record(a=0.0, b=1.0), "a", -1.0, 1.0),
    "isola": (ISOLA, record(a=0.0), "a", -2.0, 2.0),
    "eif": (EIF, EIF_VALUES, "I_0", 0.0, 20.0),
    "ei": (EI, EI_VALUES._replace(tau_e=15.0), "tau_i", 1.0, 100.0),
    "ei input": (EI, EI_VALUES, "X_e", 0.0, 60.0),
    "brusselator": (BRUSSELATOR, record(A=1.0, B=1.0), "B", 0.5, 4.0),
    "fitzhugh": (FITZHUGH_NAGUMO, record(I=0.0), "I", 0.0, 2.0),
    "ml hopf": (MORRIS_LECAR, ML_HOPF, "I", 0.0, 300.0),
    "ml snlc": (MORRIS_LECAR, ML_SNLC, "I", 0.0, 150.0),
    "lorenz": (LORENZ, record(r=0.0), "r", 0.0, 30.0),
    "hodgkin-huxley": (HODGKIN_HUXLEY, record(I=0.0, k_m=0.0556), "I", 0.0, 200.0),
    "jansen-rit": (JANSEN_RIT, record(p=0.0), "p", -100.0, 400.0),
    "wilson-cowan": (WILSON_COWAN_1972, WC_FIG_11, "P", -3.0, 6.0),
}
found: dict[str, Diagram] = {}


def diagram_of(name: str) -> Diagram:
    """Return the diagram of a case, computed once for all tests."""
    if name not in found:
        found[name] = bifurcation_diagram(*CASES[name])
    return found[name]


# --- closed forms -----------------------------------------------------------------------------


def test_fold() -> None:
    diagram = diagram_of("fold")
    assert codes(diagram) == ["LP"]
    assert where(diagram, "LP")[0] == pytest.approx(0.0, abs=1e-10)
    (branch,) = diagram.branches
    np.testing.assert_allclose(branch.parameter, -branch.states[0] ** 2, atol=1e-12)
    assert branch.ends == AT_BOUNDS and diagram.status is Status.OK and diagram.message == ""


def test_stability_changes_at_the_fold() -> None:
    (branch,) = diagram_of("fold").branches
    x = branch.states[0]
    np.testing.assert_array_equal(branch.unstable[np.abs(x) > 1e-6], (x > 0)[np.abs(x) > 1e-6])
    np.testing.assert_allclose(branch.eigenvalues[0].real, 2 * x, atol=1e-9)


@pytest.mark.parametrize(("name", "law"), [("transcritical", lambda a, x: x * (a - x)),
                                           ("pitchfork", lambda a, x: x * (a - x * x))])
def test_crossing_branches(name: str, law: Any) -> None:
    diagram = diagram_of(name)
    assert codes(diagram) == ["BP"]  # once, though two branches pass; and no fold on the bent one
    assert where(diagram, "BP")[0] == pytest.approx(0.0, abs=1e-8)
    assert len(diagram.branches) == 2
    for branch in diagram.branches:
        np.testing.assert_allclose(law(branch.parameter, branch.states[0]), 0.0, atol=1e-12)


def test_branch_points_lead_to_branches_that_no_seed_meets() -> None:
    # Both ends of the crossing branch lie inside the box between the seeded values.
    def closed_loop(t: Any, y: Any, p: Any) -> Any:
        return (y[0] * ((p.a - 0.1) ** 2 + y[0] ** 2 - 0.01),)

    diagram = bifurcation_diagram(make_system(closed_loop, [(-1.0, 1.0)]), record(a=0.0), "a", -1.0, 1.0)
    np.testing.assert_allclose(where(diagram, "BP"), [0.0, 0.2], atol=1e-8)
    loop = diagram.branches[1]
    np.testing.assert_allclose(np.hypot(loop.parameter - 0.1, loop.states[0]), 0.1, atol=1e-10)
    assert loop.ends == (Status.CLOSED, Status.CLOSED)
    assert len(diagram.branches) == 2


def test_folds_of_the_cubic() -> None:
    diagram = diagram_of("cusp")
    edge = 2.0 / 3.0**1.5
    np.testing.assert_allclose(where(diagram, "LP"), [-edge, edge], rtol=1e-9)
    assert codes(diagram) == ["LP", "LP"] and len(diagram.branches) == 1


@given(b=st.floats(0.05, 1.2))
@settings(max_examples=25, deadline=None)
def test_cusp_curve(b: float) -> None:
    diagram = bifurcation_diagram(CUSP, record(a=0.0, b=b), "a", -1.0, 1.0)
    a = np.array(where(diagram, "LP"))
    assert len(a) == 2
    np.testing.assert_allclose(27.0 * a**2, 4.0 * b**3, rtol=1e-6)


def test_no_fold_before_the_cusp() -> None:
    assert codes(bifurcation_diagram(CUSP, record(a=0.0, b=-0.05), "a", -1.0, 1.0)) == []


def test_closed_curve() -> None:
    diagram = diagram_of("isola")
    (branch,) = diagram.branches
    np.testing.assert_allclose(where(diagram, "LP"), [-1.0, 1.0], rtol=1e-9)
    assert branch.ends == (Status.CLOSED, Status.CLOSED)
    assert (branch.parameter[0], branch.states[0, 0]) == (branch.parameter[-1], branch.states[0, -1])
    assert len(branch.points) == 2


def test_eif_threshold_current() -> None:
    diagram = diagram_of("eif")
    (point,) = diagram.points
    assert point.code == "LP"
    assert point.parameters["I_0"] == pytest.approx(15.0, rel=1e-10)
    assert point.state[0] == pytest.approx(-55.0, rel=1e-8)


@given(E_L=st.floats(-80, -65), V_T=st.floats(-58, -48), D=st.floats(0.8, 5))
@settings(max_examples=25, deadline=None)
def test_eif_threshold_current_in_general(E_L: float, V_T: float, D: float) -> None:
    p = EIF_VALUES._replace(E_L=E_L, V_T=V_T, D=D)
    (current,) = where(bifurcation_diagram(EIF, p, "I_0", 0.0, 40.0), "LP")
    assert current == pytest.approx(V_T - E_L - D, rel=1e-8)


@given(tau_e=st.floats(5, 40))
@settings(max_examples=20, deadline=None)
def test_rate_network_hopf(tau_e: float) -> None:
    p = EI_VALUES._replace(tau_e=tau_e)
    diagram = bifurcation_diagram(EI, p, "tau_i", 1.0, 100.0)
    ratio = (1.0 - p.g * p.w_ii) / (p.g * p.w_ee - 1.0)
    assert ratio == pytest.approx(1.906504, rel=1e-6)
    (point,) = diagram.points
    assert point.code == "H" and point.parameters["tau_i"] == pytest.approx(ratio * tau_e, rel=1e-8)
    determinant = ((p.g * p.w_ee - 1) * (p.g * p.w_ii - 1) - p.g**2 * p.w_ei * p.w_ie) / (tau_e * ratio * tau_e)
    assert point.frequency == pytest.approx(np.sqrt(determinant) / (2 * np.pi), rel=1e-7)
    assert point.period == pytest.approx(1.0 / point.frequency)


@given(A=st.floats(0.5, 1.6))
@settings(max_examples=20, deadline=None)
def test_brusselator_hopf(A: float) -> None:
    (point,) = bifurcation_diagram(BRUSSELATOR, record(A=A, B=1.0), "B", 0.5, 4.0).points
    assert point.code == "H"
    assert point.parameters["B"] == pytest.approx(1 + A * A, rel=1e-8)
    assert point.period == pytest.approx(2 * np.pi / A, rel=1e-8)
    np.testing.assert_allclose(point.state, [A, (1 + A * A) / A], rtol=1e-8)


def test_hopf_of_the_books_exercise() -> None:
    diagram = bifurcation_diagram(BOOK_HOPF, record(c=0.5), "c", -1.0, 1.5)
    (point,) = diagram.points
    assert point.code == "H"
    assert point.parameters["c"] == pytest.approx(0.0, abs=1e-9)
    assert point.frequency == pytest.approx(1 / (2 * np.pi), rel=1e-9)


def test_bogdanov_takens_slice() -> None:
    diagram = bifurcation_diagram(BOGDANOV_TAKENS, record(a=0.0, b=0.5), "a", -1.0, 1.0)
    assert codes(diagram) == ["H", "LP"]
    assert where(diagram, "H")[0] == pytest.approx(-0.25, rel=1e-8)
    assert where(diagram, "LP")[0] == pytest.approx(0.0, abs=1e-9)


def test_lorenz() -> None:
    diagram = diagram_of("lorenz")
    assert where(diagram, "BP") == [pytest.approx(1.0, rel=1e-8)]
    np.testing.assert_allclose(where(diagram, "H"), [470.0 / 19.0] * 2, rtol=1e-8)
    # omega^2 = b (sigma + r) at the Hopf point.
    omega = np.sqrt(8.0 / 3.0 * (10.0 + 470.0 / 19.0))
    assert only(diagram, "H")[0].frequency == pytest.approx(omega / (2 * np.pi), rel=1e-7)
    # On the trivial branch -8/3 and the growing eigenvalue add to zero: no Hopf point.
    grows = 8.0 / 3.0
    assert where(diagram, "NS") == [pytest.approx(1.0 + grows * (grows + 11.0) / 10.0, rel=1e-8)]


# --- reference table --------------------------------------------------------------------------


def test_fitzhugh_nagumo() -> None:
    diagram = diagram_of("fitzhugh")
    assert codes(diagram) == ["H", "H"]
    np.testing.assert_allclose(where(diagram, "H"), [0.331281337, 1.418718663], rtol=1e-8)
    for point, side in zip(diagram.points, (-1, 1), strict=True):
        assert point.state[0] == pytest.approx(side * np.sqrt(1 - 0.064), rel=1e-8)
        assert point.period == pytest.approx(22.805917, rel=1e-7)


def test_morris_lecar_hopf_set() -> None:
    diagram = diagram_of("ml hopf")
    assert codes(diagram) == ["H", "H"] and len(diagram.branches) == 1
    for point, (current, v, period) in zip(diagram.points, [(93.857618, -25.270105, 78.75661),
                                                            (212.018817, 7.800664, 42.28192)], strict=True):
        assert point.parameters["I"] == pytest.approx(current, rel=1e-8)
        assert point.state[0] == pytest.approx(v, rel=1e-6)
        assert point.period == pytest.approx(period, rel=1e-6)


@pytest.mark.parametrize("p", [ML_SNLC, ML_HOMOCLINIC])
def test_neutral_saddle_is_not_a_hopf_point(p: Any) -> None:
    diagram = bifurcation_diagram(MORRIS_LECAR, p, "I", -15.0, 150.0)
    assert sorted(codes(diagram)) == ["H", "LP", "LP", "NS"]
    (neutral,) = only(diagram, "NS")
    assert np.all(neutral.eigenvalues.imag == 0) and np.isnan(neutral.frequency)
    assert neutral.eigenvalues.real.sum() == pytest.approx(0.0, abs=1e-9)
    (hopf,) = only(diagram, "H")
    assert hopf.state[0] > neutral.state[0]  # on the upper branch, not on the middle one
    assert np.all(np.abs(hopf.eigenvalues.imag) > 0) and hopf.eigenvalues.real.sum() == pytest.approx(0.0, abs=1e-9)


def test_folds_of_morris_lecar_are_double_roots() -> None:
    for point in only(diagram_of("ml snlc"), "LP"):
        assert np.min(np.abs(point.eigenvalues)) < 1e-7


@pytest.mark.parametrize(("k_m", "currents"), [(0.0556, (9.745807, 154.732631)), (1 / 18, (9.775438, 154.522434))])
def test_hodgkin_huxley(k_m: float, currents: tuple[float, float]) -> None:
    diagram = bifurcation_diagram(HODGKIN_HUXLEY, record(I=0.0, k_m=k_m), "I", 0.0, 200.0)
    assert codes(diagram) == ["H", "H"]
    np.testing.assert_allclose(where(diagram, "H"), currents, rtol=1e-7)
    if k_m == 0.0556:
        np.testing.assert_allclose([q.state[0] for q in diagram.points], [-59.664063, -43.041262], rtol=1e-7)


def test_jansen_rit() -> None:
    diagram = diagram_of("jansen-rit")
    np.testing.assert_allclose(where(diagram, "LP"), [-41.301410, 113.586273], rtol=1e-7)
    np.testing.assert_allclose(where(diagram, "H"), [-12.147492, 89.829108, 315.696428], rtol=1e-7)
    omega = [2 * np.pi * q.frequency for q in only(diagram, "H")]
    np.testing.assert_allclose(omega, [45.487007, 65.200982, 70.142784], rtol=1e-7)
    y = [q.state[1] - q.state[2] for q in only(diagram, "H")]
    np.testing.assert_allclose(y, [5.940456, 6.739567, 8.079144], rtol=1e-6)


# --- kinks ------------------------------------------------------------------------------------


def test_kink_is_neither_fold_nor_hopf() -> None:
    diagram = diagram_of("ei input")
    assert codes(diagram) == ["KINK"]
    p = EI_VALUES
    silent = p.g * (p.X_i - p.theta) / (1 - p.g * p.w_ii)
    (point,) = diagram.points
    assert point.parameters["X_e"] == pytest.approx(p.theta - p.w_ei * silent, rel=1e-8)
    np.testing.assert_allclose(point.state, [0.0, silent], atol=1e-9)


@pytest.mark.parametrize("w", [1.2, 2.0, 6.0])
def test_branch_turns_back_at_a_kink(w: float) -> None:
    diagram = bifurcation_diagram(KINKED_FOLD, record(w=w, X=0.0), "X", -1.0, 1.0)
    assert codes(diagram) == ["KINK"]
    assert where(diagram, "KINK")[0] == pytest.approx(0.0, abs=2e-8)
    (branch,) = diagram.branches
    X, r = branch.parameter, branch.states[0]
    assert np.all((np.abs(r) < 1e-7) | (np.abs(r * (w - 1) + X) < 1e-7))
    assert np.count_nonzero(branch.unstable) > 5 and np.count_nonzero(branch.unstable == 0) > 5


@pytest.mark.parametrize("w", [-3.0, 0.5, 0.8])
def test_bent_branch_goes_on(w: float) -> None:
    diagram = bifurcation_diagram(BENT_LINE, record(w=w, X=0.0), "X", -1.0, 0.7)
    assert codes(diagram) == ["KINK"]
    assert where(diagram, "KINK")[0] == pytest.approx(0.0, abs=2e-8)
    (branch,) = diagram.branches
    np.testing.assert_allclose(branch.states[0], np.maximum(branch.parameter, 0.0) / (1 - w), atol=1e-7)
    assert np.all(branch.unstable == 0) and branch.ends == AT_BOUNDS


def test_steep_smooth_curve_has_no_kink() -> None:
    for steepness in (3.0, 10.0, 30.0):
        smooth = scalar(lambda x, p: -x + np.logaddexp(0.0, p.k * p.a) / p.k)
        assert codes(bifurcation_diagram(smooth, record(a=0.0, k=steepness), "a", -1.0, 1.0)) == []


def test_kinks_are_located_between_points() -> None:
    curve = EquilibriumCurve(BENT_LINE, record(w=0.5, X=0.0), "X", -1.0, 1.0)
    X = np.linspace(-0.9, 0.95, 30)
    z = curve.scaled(np.maximum(X, 0.0)[None] * 2.0, X)
    intervals, rows = locate_kinks(curve, z, np.ones(29, dtype=bool))
    assert intervals.tolist() == [int(np.flatnonzero(X > 0)[0]) - 1]
    assert curve.unscaled(rows)[0, 1] == pytest.approx(0.0, abs=1e-7)
    assert len(locate_kinks(curve, z, np.zeros(29, dtype=bool))[0]) == 0


# --- properties of every branch ---------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_every_point_is_a_fixed_point(name: str) -> None:
    system, p, field, _, _ = CASES[name]
    for branch in diagram_of(name).branches:
        residual = evaluate_field(system, branch.states, p._replace(**{field: branch.parameter}))
        scale = np.array([[high - low] for low, high in system.spans])
        # On a kink itself the residual is as small as its place is exact.
        rate = 1.0 + np.max(np.abs(branch.eigenvalues), axis=0)
        kinks = [q.parameters[field] for q in branch.points if q.code == "KINK"]
        near = np.any([np.abs(branch.parameter - k) < 1e-6 for k in [*kinks, np.inf]], axis=0)
        assert np.max((np.abs(residual) / scale / rate)[:, ~near]) < 1e-11
        assert np.max(np.abs(residual) / scale / rate) < 1e-7


@pytest.mark.parametrize("name", CASES)
def test_branches_end_exactly_at_the_bounds(name: str) -> None:
    _, _, _, low, high = CASES[name]
    for branch in diagram_of(name).branches:
        for end, value in zip(branch.ends, branch.parameter[[0, -1]], strict=True):
            assert end is Status.CLOSED or (end is Status.PARAMETER_BOUND and value in (low, high))
        assert branch.parameter.min() >= low and branch.parameter.max() <= high


@pytest.mark.parametrize("name", CASES)
def test_stability_changes_only_at_labels(name: str) -> None:
    for branch in diagram_of(name).branches:
        rows = {int(np.argmin(np.sum((branch.states.T - q.state) ** 2, axis=1))) for q in branch.points}
        field = diagram_of(name).parameter
        crossings = [q for other in diagram_of(name).branches for q in other.points]
        for i in np.flatnonzero(np.diff(branch.unstable)):
            near = [q for q in crossings if min(branch.parameter[i:i + 2]) - 1e-3 <= q.parameters[field]
                    <= max(branch.parameter[i:i + 2]) + 1e-3]
            assert near, f"stability changes at {branch.parameter[i]} without a label near {rows}"


@pytest.mark.parametrize("name", CASES)
def test_equilibria_between_the_seeds_lie_on_the_branches(name: str) -> None:
    system, p, field, low, high = CASES[name]
    scale = np.array([b - a for a, b in system.spans])
    for share in (0.13, 0.62, 0.91):
        value = low + share * (high - low)
        for point in find_equilibria(system, p._replace(**{field: value})).points:
            gaps = []
            for branch in diagram_of(name).branches:
                q = branch.parameter - value
                for i in np.flatnonzero(q[:-1] * q[1:] <= 0):
                    t = -q[i] / (q[i + 1] - q[i]) if q[i + 1] != q[i] else 0.0
                    between = branch.states[:, i] + t * (branch.states[:, i + 1] - branch.states[:, i])
                    gaps.append(np.max(np.abs(between - point.state) / scale))
            assert min(gaps) < 0.01


@pytest.mark.parametrize("name", CASES)
def test_no_branch_is_walked_twice(name: str) -> None:
    system = CASES[name][0]
    scale = np.array([[b - a] for a, b in system.spans])
    branches = diagram_of(name).branches
    for k, branch in enumerate(branches):
        for other in branches[:k]:
            middle = branch.states[:, [len(branch.parameter) // 3]] / scale
            close = np.max(np.abs(other.states / scale - middle), axis=0) < 1e-7
            same = np.abs(other.parameter - branch.parameter[len(branch.parameter) // 3]) < 1e-7
            assert not np.any(close & same)


@pytest.mark.parametrize("name", ["fold", "cusp", "eif", "ei", "brusselator", "fitzhugh", "ml hopf", "ml snlc"])
def test_walking_back_gives_the_same_points(name: str) -> None:
    system, p, field, low, high = CASES[name]

    def mirrored(t: Any, y: Any, q: Any) -> Any:
        return system.rhs(t, y, q._replace(**{field: -getattr(q, field)}))

    mirror = type(system)(mirrored, system.names, system.spans, system.box)
    back = bifurcation_diagram(mirror, p, field, -high, -low)
    forth = diagram_of(name)
    assert codes(back) == codes(forth)[::-1]
    np.testing.assert_allclose([-q.parameters[field] for q in back.points][::-1],
                               [q.parameters[field] for q in forth.points], rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_labels_are_rows_of_their_branch(name: str) -> None:
    field = diagram_of(name).parameter
    for branch in diagram_of(name).branches:
        for point in branch.points:
            match = (branch.parameter == point.parameters[field]) & np.all(point.state == branch.states.T, axis=1)
            assert match.any()


def test_results_are_read_only() -> None:
    branch = diagram_of("fold").branches[0]
    for array in (branch.parameter, branch.states, branch.eigenvalues, branch.unstable):
        with pytest.raises(ValueError, match="read-only"):
            array[..., 0] = 0


# --- ends, bounds, watching -------------------------------------------------------------------


def test_leaving_the_box_is_named() -> None:
    line = make_system(lambda t, y, p: (p.a - y[0],), [(0.0, 1.0)], [(0.0, 1.0)])
    (branch,) = bifurcation_diagram(line, record(a=0.0), "a", -1.0, 2.0).branches
    assert branch.ends == (Status.LEFT_BOX, Status.LEFT_BOX)
    np.testing.assert_allclose(branch.parameter[[0, -1]], [0.0, 1.0], atol=1e-12)


def test_unfinished_branch_is_admitted() -> None:
    # The field ends in NaN at a = 0.5: the branch cannot be followed further.
    cliff = scalar(lambda x, p: np.where(p.a < 0.5, p.a - x, np.nan))
    diagram = bifurcation_diagram(cliff, record(a=0.0), "a", -1.0, 1.0)
    assert diagram.status is Status.NOT_CONVERGED and "missing" in diagram.message
    assert Status.NOT_CONVERGED in diagram.branches[0].ends
    assert np.all(np.isfinite(diagram.branches[0].states))


def test_empty_diagram() -> None:
    diagram = bifurcation_diagram(scalar(lambda x, p: 1.0 + x * x + p.a**2), record(a=0.0), "a", -1.0, 1.0)
    assert diagram.branches == () and diagram.points == ()


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (2.0, 1.0), (float("nan"), 1.0)])
def test_range_must_grow(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="range of a"):
        bifurcation_diagram(FOLD, record(a=0.0), "a", low, high)


def test_progress_grows_and_brings_partial_diagrams() -> None:
    seen: list[tuple[float, Any]] = []

    class Watch(Progress):
        def report(self, fraction: float, partial: Any = None) -> None:
            seen.append((fraction, partial))

    bifurcation_diagram(*CASES["lorenz"], progress=Watch())
    diagrams = [partial for _, partial in seen if partial is not None]
    assert diagrams and isinstance(diagrams[-1], Diagram)
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions) and min(fractions) >= 0.0 and max(fractions) <= 1.0


def test_cancel_stops_the_walk() -> None:
    class Impatient(Progress):
        def report(self, fraction: float, partial: Any = None) -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        bifurcation_diagram(*CASES["ml hopf"], progress=Impatient())


def test_walk_starting_on_a_bound_and_pointing_outwards_ends_at_once() -> None:
    curve = EquilibriumCurve(FOLD, record(a=0.0), "a", -1.0, 0.5)
    start = curve.scaled(np.array([[1.0]]), -1.0)[0]
    path = walk_path(curve, start, -curve.first_tangent(start), SILENT)
    assert len(path.z) == 1 and path.end is Status.PARAMETER_BOUND


# --- parts ------------------------------------------------------------------------------------


def test_scaling_goes_both_ways() -> None:
    curve = EquilibriumCurve(EI, EI_VALUES, "X_e", 0.0, 60.0)
    states = np.array([[0.01, 0.02], [0.015, 0.0]])
    z = curve.scaled(states, np.array([30.0, 60.0]))
    np.testing.assert_allclose(z, [[0.5, 0.5, 0.5], [1.0, 0.0, 1.0]])
    np.testing.assert_allclose(curve.unscaled(z)[:, :2].T, states)


@pytest.mark.parametrize("curve", [EquilibriumCurve(FITZHUGH_NAGUMO, record(I=0.0), "I", 0.0, 2.0),
                                   EquilibriumCurve(FITZHUGH_NAGUMO, record(I=0.0), "I", 0.0, 2.0).made_careful()])
def test_scaled_slopes_keep_the_eigenvalues(curve: EquilibriumCurve) -> None:
    point = find_equilibria(FITZHUGH_NAGUMO, record(I=0.6)).points[0]
    residual, slopes = curve.evaluate(curve.scaled(point.state[:, None], 0.6))
    np.testing.assert_allclose(residual, 0.0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.eigvals(slopes[0, :, :-1]).sum(), point.trace, atol=1e-9)
    # d(dv/dt)/dI = 1, scaled by the range of I over the span of v.
    assert slopes[0, 0, -1] == pytest.approx(2.0 / 5.0, rel=1e-9)


def test_careful_curve_keeps_to_one_side_of_a_kink() -> None:
    curve = EquilibriumCurve(BENT_LINE, record(w=0.5, X=0.0), "X", -1.0, 1.0)
    beside = curve.scaled(np.array([[0.0]]), -1e-5)
    assert curve.evaluate(beside)[1][0, 0, 0] > -0.99
    assert curve.made_careful().evaluate(beside)[1][0, 0, 0] == pytest.approx(-1.0, abs=1e-7)
    assert curve.with_step(FINE).evaluate(beside)[1][0, 0, 0] == pytest.approx(-1.0, abs=1e-7)


def test_tangent_points_forward_along_the_curve() -> None:
    curve = EquilibriumCurve(FOLD, record(a=0.0), "a", -1.0, 1.0)
    z = curve.scaled(np.array([[-0.5]]), -0.25)
    forward = np.array([[1.0, 0.0]])
    (tangent,) = curve.tangents(curve.evaluate(z)[1], forward)
    # a = -x^2: da = -2 x dx, in shares of the ranges 4 and 2.
    np.testing.assert_allclose(tangent, np.array([1.0, 2.0]) / np.sqrt(5.0), rtol=1e-8)
    np.testing.assert_allclose(curve.first_tangent(z[0]), tangent, rtol=1e-8)


def test_correction_stays_in_its_plane() -> None:
    curve = EquilibriumCurve(FOLD, record(a=0.0), "a", -1.0, 1.0)
    guess = curve.scaled(np.array([[-0.6, 0.4]]), -0.3)
    normals = np.array([[0.0, 1.0], [1.0, 0.0]])
    exact, arrived = curve.correct(guess, normals)
    assert arrived.all()
    np.testing.assert_allclose(curve.unscaled(exact)[0], [-np.sqrt(0.3), -0.3], rtol=1e-12)
    np.testing.assert_allclose(curve.unscaled(exact)[1], [0.4, -0.16], rtol=1e-12)


@given(a=st.floats(-3, 3), b=st.floats(0.01, 3), c=st.floats(-3, 3))
def test_pair_product_vanishes_for_hopf_and_neutral_pairs(a: float, b: float, c: float) -> None:
    assert multiply_pair_sums(np.array([[b * 1j, -b * 1j, c]]))[0] == pytest.approx(0.0, abs=1e-12)
    assert multiply_pair_sums(np.array([[b + 0j, -b, c]]))[0] == pytest.approx(0.0, abs=1e-12)
    values = np.array([[a + b * 1j, a - b * 1j]])
    assert np.sign(multiply_pair_sums(values)[0]) == np.sign(2 * a)
    assert multiply_pair_sums(np.array([[c + 0j]]))[0] == 1.0


def test_sign_changes_skip_noise_and_kinks() -> None:
    tests = np.array([[1.0, -1.0, -1.0, 1.0], [1.0, 1e-14, -1e-14, -1e-15], [1.0, 1.0, 1.0, 1.0]])
    kinds, intervals = find_sign_changes(tests, np.array([True, True, False]))
    assert (kinds.tolist(), intervals.tolist()) == ([0], [0])


def crossings(diagram: Diagram, value: float) -> int:
    """Return how often the branches pass a parameter value."""
    sides = [np.diff(branch.parameter > value) for branch in diagram.branches]
    return int(sum(np.count_nonzero(changes) for changes in sides))


weights = st.floats(0.5, 20.0)


@settings(max_examples=40, deadline=None)
@given(w_ee=weights, w_ei=weights, w_ie=weights, w_ii=weights, Q=st.floats(-8, 8), tau=st.floats(0.2, 5),
       P=st.floats(-9.9, 9.9))
def test_diagram_agrees_with_equilibria_on_random_networks(P: float, **values: float) -> None:
    p = record(P=0.0, **values)
    diagram = bifurcation_diagram(WILSON_COWAN, p, "P", -10.0, 10.0)
    assert diagram.message == ""
    folds = where(diagram, "LP")
    if folds and np.min(np.abs(np.array(folds) - P)) < 1e-3:
        return
    assert crossings(diagram, P) == len(find_equilibria(WILSON_COWAN, p._replace(P=P)).points)


@pytest.mark.parametrize("q", [6.742396424741482, 2.4930581622387145])
def test_seed_beside_a_fold_does_not_start_its_branch_again(q: float) -> None:
    # With these weights one of the seeded values lies within 1 % of a fold.
    p = record(w_ee=15.1109228283762, w_ei=11.108748305937247, w_ie=15.363851218613773, w_ii=5.884714910260356,
               P=0.0, Q=q, tau=1.9)
    diagram = bifurcation_diagram(WILSON_COWAN, p, "P", -10.0, 10.0)
    assert len(diagram.branches) == 1 and len(only(diagram, "LP")) == 2


def test_two_kinks_close_together_are_told_apart() -> None:
    p = EI_VALUES._replace(tau_i=48.0, w_ee=664.968387, w_ei=-7409.154, w_ie=536.748249, w_ii=-6566.596, X_i=9.47692668)
    diagram = bifurcation_diagram(EI, p, "X_e", 0.0, 60.0)
    assert codes(diagram) == ["KINK", "KINK"]
    # E turns on at theta; I joins where w_ie r_e makes up for what X_i lacks.
    r_e = (p.theta - p.X_i) / p.w_ie
    np.testing.assert_allclose(where(diagram, "KINK"), [p.theta + r_e * (1 / p.g - p.w_ee), p.theta], rtol=1e-8)
