"""Cycles of other parameter sets, under changes that must not matter, and their sentences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.cycles.branches import cycle_branches
from ncm_app.numerics.cycles.collocation import Mesh
from ncm_app.numerics.cycles.continuation import CyclePath
from ncm_app.numerics.cycles.conversion import describe, make_branch, make_point, profile_of
from ncm_app.numerics.cycles.curve import Cycle, CycleCurve, signature
from ncm_app.numerics.cycles.points import Row
from ncm_app.numerics.results import CycleBranch, SpecialPoint, Status
from ncm_app.numerics.system import System
from tests.numerics.cycle_systems import CASES, labels, only, the_branch, value
from tests.numerics.systems import ML_HOPF, ML_SNLC, MORRIS_LECAR, WC_NEUROMATCH, WILSON_COWAN_1972, make_system, record

pytestmark = pytest.mark.sweep


def cycles(system: System, p: Any, field: str, low: float, high: float) -> tuple[CycleBranch, ...]:
    return cycle_branches(system, p, field, low, high, bifurcation_diagram(system, p, field, low, high))


@pytest.mark.parametrize(("phi", "code"), [(0.067, "SNIC"), (0.1, "SNIC"), (0.15, "SNIC"), (0.2, "HC"), (0.3, "HC")])
def test_morris_lecar_turns_from_snic_to_homoclinic_as_potassium_gets_faster(phi: float, code: str) -> None:
    (branch,) = cycles(MORRIS_LECAR, ML_SNLC._replace(phi=phi), "I", 0.0, 150.0)
    assert labels(branch) == ["LPC", code]
    end = value(branch.points[-1])
    fold = 39.963153  # does not depend on phi
    assert end == pytest.approx(fold, rel=1e-7) if code == "SNIC" else end < fold


@pytest.mark.parametrize(("field", "low", "high", "p", "count"), [
    ("V_3", -20.0, 20.0, ML_HOPF._replace(I=100.0), 2), ("phi", 0.005, 0.2, ML_HOPF._replace(I=90.0), 1),
    ("g_Ca", 2.0, 8.0, ML_HOPF._replace(I=100.0), 2),
])
def test_any_parameter_may_be_varied(field: str, low: float, high: float, p: Any, count: int) -> None:
    (branch,) = cycles(MORRIS_LECAR, p, field, low, high)
    assert labels(branch) == ["LPC"] * count
    for fold in branch.points:
        assert np.min(np.abs(fold.eigenvalues[1:] - 1.0)) < 1e-6


def folds(branches: tuple[CycleBranch, ...]) -> list[float]:
    return sorted(value(point) for branch in branches for point in only(branch, "LPC"))


def test_the_range_does_not_move_the_folds() -> None:
    wide = cycles(MORRIS_LECAR, ML_HOPF, "I", -500.0, 1000.0)
    assert folds(wide) == pytest.approx(folds((the_branch("ml hopf"),)), rel=1e-8)


def test_a_range_that_cuts_a_branch_ends_it_exactly_at_the_bound() -> None:
    (branch,) = cycles(MORRIS_LECAR, ML_HOPF, "I", 80.0, 150.0)
    assert branch.ends == (Status.HOPF, Status.PARAMETER_BOUND)
    assert branch.parameter[-1] == 150.0
    assert branch.message == "Cycles from the Hopf point at I = 93.858 to the bound I = 150."


def test_a_range_between_the_hopf_points_is_entered_by_a_run() -> None:
    (branch,) = cycles(MORRIS_LECAR, ML_HOPF, "I", 120.0, 180.0)
    assert branch.ends == (Status.PARAMETER_BOUND, Status.PARAMETER_BOUND)
    assert sorted(branch.parameter[[0, -1]]) == [120.0, 180.0]
    assert np.all(branch.stable) and not branch.points


def test_the_unit_of_time_scales_the_period_alone() -> None:
    fast = make_system(lambda t, y, p: tuple(50.0 * f for f in MORRIS_LECAR.rhs(t, y, p)), MORRIS_LECAR.spans)
    branches = cycles(fast, ML_HOPF, "I", 0.0, 300.0)
    assert folds(branches) == pytest.approx(folds((the_branch("ml hopf"),)), rel=1e-8)
    periods = [[point.period for point in branch.points] for branch in (branches[0], the_branch("ml hopf"))]
    assert 50.0 * np.array(periods[0]) == pytest.approx(np.array(periods[1]), rel=1e-6)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_the_spans_do_not_move_the_folds(factor: float) -> None:
    spans = tuple((factor * low, factor * high) for low, high in MORRIS_LECAR.spans)
    other = System(MORRIS_LECAR.rhs, MORRIS_LECAR.names, spans, MORRIS_LECAR.box)
    assert folds(cycles(other, ML_HOPF, "I", 0.0, 300.0)) == pytest.approx(folds((the_branch("ml hopf"),)), rel=1e-7)


def test_a_mirrored_parameter_mirrors_the_branch() -> None:
    def mirrored(t: Any, y: Any, p: Any) -> Any:
        return MORRIS_LECAR.rhs(t, y, ML_HOPF._replace(I=-p.I))

    system = make_system(mirrored, MORRIS_LECAR.spans)
    found = folds(cycles(system, record(I=0.0), "I", -300.0, 0.0))
    assert [-v for v in found[::-1]] == pytest.approx(folds((the_branch("ml hopf"),)), rel=1e-8)


def test_neuromatch_oscillation_begins_at_a_saddle_node_and_ends_at_a_hopf_point() -> None:
    p = WC_NEUROMATCH._replace(w_ee=6.4, w_ei=4.8, w_ie=6.0, w_ii=1.2)
    (branch,) = cycles(WILSON_COWAN_1972, p, "P", 0.0, 3.0)
    assert branch.ends == (Status.HOPF, Status.SNIC) and labels(branch) == ["SNIC"]
    low, high = value(branch.points[0]), float(branch.parameter[0])
    assert low < 0.8 < high  # the preset oscillates at P = 0.8
    assert np.all(branch.stable)


def test_neuromatch_without_oscillation_has_no_cycles() -> None:
    assert cycles(WILSON_COWAN_1972, WC_NEUROMATCH, "P", -2.0, 4.0) == ()


@pytest.mark.parametrize("q", [-8.0, -6.5])
def test_hoppensteadt_izhikevich_cycles_are_symmetric(q: float) -> None:
    system, p, field = CASES["isolated"][:3]
    one = cycles(system, p._replace(Q=q), field, -6.0, 6.0)
    # (x, y, P, Q) -> (1 - x, 1 - y, -P, -12 - Q) at these weights.
    other = cycles(system, p._replace(Q=-12.0 - q), field, -6.0, 6.0)
    assert len(one) == len(other) == 1
    mirrored = sorted(-value(point) for point in other[0].points)
    assert sorted(value(point) for point in one[0].points) == pytest.approx(mirrored, abs=1e-7)
    assert one[0].low[0].min() == pytest.approx(1.0 - other[0].high[0].max(), abs=1e-3)


def circle(q: float, period: float = 2.0, radius: float = 0.1) -> Cycle:
    mesh = Mesh.uniform()
    angle = 2.0 * np.pi * mesh.phases
    return Cycle(mesh, 0.5 + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1), float(np.log(period)), q)


def row_at(q: float, multiplier: complex = 0.5, code: str = "") -> Row:
    return Row(circle(q), circle(q), np.array([1.0, multiplier], dtype=complex), np.zeros(4), code)


CURVE = CycleCurve(MORRIS_LECAR, ML_HOPF, "I", 0.0, 100.0)


@pytest.mark.parametrize(("end", "words"), [
    (Status.PARAMETER_BOUND, "to the bound I = 50."), (Status.LEFT_BOX, "to the edge of the model's box near I = 50."),
    (Status.STEP_LIMIT, "to the limit of steps near I = 50."), (Status.HOPF, "to a Hopf point near I = 50."),
    (Status.PERIOD_LIMIT, "to a period of 2 ms, the longest that is followed."),
    (Status.NOT_CONVERGED, "to a cycle beyond which the iteration did not converge near I = 50."),
])
def test_every_end_has_its_words(end: Status, words: str) -> None:
    forth, back = CyclePath([row_at(0.2), row_at(0.5)], end), CyclePath([row_at(0.2)], Status.LEFT_BOX)
    assert describe(CURVE, forth, back).endswith(words)


def test_a_named_end_is_named() -> None:
    point = SpecialPoint("HC", {"I": 12.5}, np.zeros(2), np.zeros(2, dtype=complex), period=float("inf"))
    forth = CyclePath([row_at(0.2), row_at(0.5)], Status.HOMOCLINIC, point)
    branch = make_branch(CURVE, forth, CyclePath([row_at(0.2)], Status.STEP_LIMIT))
    assert branch.message.endswith("to a homoclinic orbit at I = 12.5.") and branch.points == (point,)


def test_labelled_rows_belong_to_the_stable_side() -> None:
    rows = [row_at(0.1, 1.5), row_at(0.2, 1.0, "LPC"), row_at(0.3, 0.5), row_at(0.4, 0.4)]
    branch = make_branch(CURVE, CyclePath(rows, Status.LEFT_BOX), CyclePath(rows[:1]))
    assert branch.stable.tolist() == [False, True, True, True]
    assert branch.parameter == pytest.approx([10.0, 20.0, 30.0, 40.0])


def test_special_cycles_and_profiles_are_in_units_of_the_model() -> None:
    row = row_at(0.25, 1.0, "LPC")
    point = make_point(CURVE, row)
    assert point.state == pytest.approx([-75.0 + 125.0 * 0.6, 0.5]) and point.stable
    profile = profile_of(CURVE, row.cycle)
    assert profile[0, -1] == pytest.approx(2.0) and profile[1].max() == pytest.approx(0.0, abs=1e-9)
    assert signature(row.cycle)[-1] == 0.25
    assert row.cycle.extremes == pytest.approx(np.array([[0.4, 0.4], [0.6, 0.6]]), abs=1e-6)
