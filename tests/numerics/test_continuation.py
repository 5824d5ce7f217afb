"""Bifurcation diagrams against closed forms and the reference table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.results import Status
from tests.numerics.diagram_cases import AT_BOUNDS, codes, diagram_of, only, where
from tests.numerics.systems import (
    BOGDANOV_TAKENS,
    BOOK_HOPF,
    BRUSSELATOR,
    CUSP,
    EI,
    EI_VALUES,
    EIF,
    EIF_VALUES,
    HODGKIN_HUXLEY,
    ML_HOMOCLINIC,
    ML_SNLC,
    MORRIS_LECAR,
    make_system,
    record,
)

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
