"""How branches of cycles end, how they are found, and how they are watched."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.cycles.branches import cycle_branches
from ncm_app.numerics.cycles.collocation import Mesh
from ncm_app.numerics.cycles.continuation import CyclePath, at_parameter, walk_cycles
from ncm_app.numerics.cycles.curve import CycleCurve, signature
from ncm_app.numerics.cycles.periodic_blocks import multipliers_of
from ncm_app.numerics.cycles.points import Row
from ncm_app.numerics.cycles.seeds import hopf_row, settled_row
from ncm_app.numerics.cycles.termination import Landmarks
from ncm_app.numerics.results import CycleBranch, Diagram, Status
from ncm_app.numerics.system import SILENT, Cancelled, Progress, System
from tests.numerics.cycle_systems import (
    BAUTIN,
    BAUTIN_VALUES,
    CASES,
    CENTRE,
    branches_of,
    diagram_of,
    labels,
    only,
    the_branch,
    value,
)
from tests.numerics.systems import EIF, EIF_VALUES, ML_SNLC, MORRIS_LECAR, WILSON_COWAN, record

pytestmark = pytest.mark.sweep


def walk_from_hopf(name: str, index: int) -> CyclePath:
    """Walk from one Hopf point of a case alone."""
    curve = CycleCurve(*CASES[name])
    landmarks = Landmarks.of(curve, diagram_of(name).points)
    return walk_cycles(curve, hopf_row(curve, landmarks.hopfs[index]), landmarks, lambda path: None)


def test_snlc_set_ends_in_a_saddle_node_on_the_cycle() -> None:
    branch = the_branch("ml snlc")
    assert branch.ends == (Status.HOPF, Status.SNIC)
    assert labels(branch) == ["LPC", "SNIC"]
    snic = branch.points[-1]
    assert value(snic) == pytest.approx(39.963153, rel=1e-7)
    assert snic.period == np.inf and not snic.stable
    assert np.min(np.abs(snic.eigenvalues)) < 1e-6
    assert "a saddle-node on the cycle (SNIC) at I = 39.963" in branch.message
    assert branch.stable[-1]


def test_period_near_a_snic_grows_like_an_inverse_square_root() -> None:
    branch = the_branch("ml snlc")
    near = branch.period > 150.0
    assert np.sum(near) > 4
    root = (branch.parameter[near] - value(branch.points[-1])) ** -0.5
    line = np.polyfit(root, branch.period[near], 1)
    assert np.polyval(line, root) == pytest.approx(branch.period[near], rel=0.003)


def test_homoclinic_set_has_a_cycle_fold_and_a_homoclinic_end() -> None:
    branch = the_branch("ml homoclinic")
    assert branch.ends == (Status.HOPF, Status.HOMOCLINIC)
    assert labels(branch) == ["LPC", "HC"]
    homoclinic = branch.points[-1]
    assert value(homoclinic) == pytest.approx(float(branch.parameter[-1]), rel=1e-5)
    assert homoclinic.eigenvalues.real.min() < 0.0 < homoclinic.eigenvalues.real.max()
    assert branch.message.endswith(f"a homoclinic orbit at I = {value(homoclinic):.5g}.")


def test_period_near_a_homoclinic_orbit_grows_like_a_logarithm() -> None:
    branch = the_branch("ml homoclinic")
    homoclinic = branch.points[-1]
    gap = np.abs(branch.parameter - value(homoclinic))
    near = np.argsort(gap)[1:4]
    slope = np.polyfit(np.log(gap[near]), branch.period[near], 1)[0]
    assert slope == pytest.approx(-1.0 / homoclinic.eigenvalues.real.max(), rel=0.05)


def test_the_homoclinic_orbit_of_lorenz() -> None:
    for branch in branches_of("lorenz"):
        assert branch.ends == (Status.HOPF, Status.HOMOCLINIC)
        assert value(branch.points[-1]) == pytest.approx(13.926557, rel=1e-6)
        assert branch.points[-1].state == pytest.approx([0.0, 0.0, 0.0], abs=1e-8)
        assert not np.any(branch.stable)


def test_both_wings_of_lorenz_are_followed() -> None:
    one, other = branches_of("lorenz")
    assert np.sign(one.low[0, 0]) == -np.sign(other.low[0, 0])
    assert one.parameter[0] == pytest.approx(470.0 / 19.0, rel=1e-8)


def test_wilson_cowan_cycles_meet_a_saddle() -> None:
    branch = the_branch("wilson-cowan")
    assert branch.ends == (Status.HOPF, Status.HOMOCLINIC)
    assert np.all(branch.stable)


def test_a_branch_without_hopf_point_is_found_by_a_run() -> None:
    assert "H" not in [point.code for point in diagram_of("isolated").points]
    branch = the_branch("isolated")
    assert branch.ends == (Status.SNIC, Status.SNIC)
    first, second = only(branch, "SNIC")
    # The symmetry (x, y, P) -> (1 - x, 1 - y, -P) checks itself.
    assert value(first) == pytest.approx(-value(second), rel=1e-9)
    assert branch.low[0].min() == pytest.approx(1.0 - branch.high[0].max(), abs=1e-4)


def test_a_closed_branch_is_recognised() -> None:
    branch = the_branch("isola")
    assert branch.ends == (Status.CLOSED, Status.CLOSED)
    assert branch.message == "The branch of cycles closes on itself."
    assert sorted(value(point) for point in branch.points) == pytest.approx([-0.5, 0.5], rel=1e-9)
    assert branch.parameter[0] == branch.parameter[-1] and branch.period[0] == branch.period[-1]
    assert branch.parameter**2 + (branch.high[0] ** 2 - 1.0) ** 2 == pytest.approx(0.25, abs=1e-6)


def test_neutral_cycles_of_a_linear_system_carry_no_label() -> None:
    branch = the_branch("centre")
    assert branch.ends == (Status.HOPF, Status.LEFT_BOX)
    assert not branch.points and not np.any(branch.stable)
    assert branch.parameter == pytest.approx(0.0, abs=1e-9)
    assert branch.period == pytest.approx(2.0 * np.pi, rel=1e-8)
    assert "the edge of the model's box" in branch.message


def test_the_book_system_has_its_neutral_family_and_the_cycle_of_van_der_pol() -> None:
    neutral, pol = branches_of("book")
    assert neutral.parameter == pytest.approx(0.0, abs=1e-9)
    assert pol.ends == (Status.PARAMETER_BOUND, Status.PARAMETER_BOUND)
    assert pol.parameter[[0, -1]].tolist() == [-1.0, 1.0]
    assert not pol.points
    # At |c| = 1 this is the cycle of van der Pol with mu = 1.
    assert pol.period[[0, -1]] == pytest.approx(6.6632868593, rel=1e-8)
    assert pol.stable[0] and not pol.stable[-1]
    assert pol.multipliers[1, 0] * pol.multipliers[1, -1] == pytest.approx(1.0, rel=1e-4)


@pytest.mark.parametrize("name", ["ml hopf", "hh book", "fitzhugh"])
def test_forward_and_backward_walks_agree(name: str) -> None:
    forth, back = walk_from_hopf(name, 0), walk_from_hopf(name, -1)
    assert forth.end is back.end is Status.HOPF
    found = [[(row.code, row.cycle.q, row.cycle.log_period) for row in rows if row.code in ("LPC", "PD", "TR")]
             for rows in (forth.rows, back.rows[::-1])]
    assert [code for code, _, _ in found[0]] == [code for code, _, _ in found[1]]
    for one, other in zip(*found, strict=True):
        assert one[1:] == pytest.approx(other[1:], rel=2e-7)


def corrected(name: str) -> list[tuple[CycleCurve, Row, Any]]:
    curve = CycleCurve(*CASES[name])
    rows = [row for row in walk_from_hopf(name, 0).rows[2::6] if not row.code]
    across = [row.tangent for row in rows]
    return [(curve, row, curve.correct(row.cycle, row.cycle, t)) for row, t in zip(rows, across, strict=True)]


@pytest.mark.parametrize("name", ["lorenz", "langford", "ml homoclinic", "rossler", "hh book"])
def test_one_multiplier_of_the_blocks_is_one(name: str) -> None:
    rows = corrected(name)
    shortest = min(row.cycle.period for _, row, _ in rows)
    for _, row, found in rows:
        # Beside a homoclinic orbit errors grow by exp(rate x period) along the cycle.
        if row.cycle.period < 2.0 * shortest:
            assert np.min(np.abs(multipliers_of(found.chain) - 1.0)) < 1e-6


@pytest.mark.parametrize("name", ["lorenz", "langford", "ml homoclinic", "bautin"])
def test_the_product_of_the_multipliers_is_exp_of_the_trace(name: str) -> None:
    for curve, row, found in corrected(name):
        if abs(found.trace) < 12.0:
            assert np.prod(multipliers_of(found.chain)).real == pytest.approx(np.exp(found.trace), rel=1e-5)
            assert np.prod(curve.multipliers(found)).real == pytest.approx(np.exp(found.trace), rel=1e-6)
        if name == "lorenz":
            assert found.trace == pytest.approx(-(10.0 + 1.0 + 8.0 / 3.0) * row.cycle.period, rel=1e-9)


def test_a_correction_repeats_itself() -> None:
    for _, row, found in corrected("ml hopf"):
        assert signature(found.cycle) == pytest.approx(signature(row.cycle), abs=1e-9)
        # The direction may differ by a shift of the phase, which another reference settles.
        assert found.tangent.dot(row.tangent) == pytest.approx(1.0, abs=1e-3)
        assert found.steps == 1


def test_a_cycle_survives_a_change_of_its_mesh() -> None:
    curve = CycleCurve(*CASES["ml hopf"])
    row = next(row for row in walk_from_hopf("ml hopf", 0).rows if row.cycle.q > 0.5)
    again = at_parameter(curve, row.cycle.on(Mesh.uniform(120)))
    assert again is not None
    assert again.cycle.period == pytest.approx(row.cycle.period, rel=1e-6)
    assert again.cycle.extremes == pytest.approx(row.cycle.extremes, abs=1e-5)


def test_settled_runs_give_cycles_only_where_they_cycle() -> None:
    curve = CycleCurve(*CASES["ml hopf"])
    row = settled_row(curve, np.array([-30.0, 0.1]), 0.5, SILENT)
    assert row is not None and row.stable
    branch = the_branch("ml hopf")
    upper = np.flatnonzero(branch.stable)
    order = upper[np.argsort(branch.parameter[upper])]
    nearby = np.interp(150.0, branch.parameter[order], branch.period[order])
    assert row.cycle.period == pytest.approx(float(nearby), rel=0.01)
    assert settled_row(curve, np.array([-30.0, 0.1]), 0.1, SILENT) is None


def test_a_run_that_escapes_gives_nothing() -> None:
    curve = CycleCurve(CENTRE, record(c=0.0), "c", 0.0, 1.0)
    assert settled_row(curve, np.array([0.1, 0.1]), 0.5, SILENT) is None


def test_cycles_that_leave_the_box_end_there() -> None:
    small = System(BAUTIN.rhs, BAUTIN.names, ((-0.2, 0.2),) * 2, ((-0.1, 0.1),) * 2)
    case = small, BAUTIN_VALUES._replace(s=0.0), "mu", -1.0, 1.0
    (branch,) = cycle_branches(*case, bifurcation_diagram(*case))
    assert branch.ends == (Status.HOPF, Status.LEFT_BOX)
    assert branch.high[0, -1] > 0.3


def test_no_cycles_on_a_line_nor_without_any() -> None:
    case = EIF, EIF_VALUES, "I_0", 0.0, 20.0
    assert cycle_branches(*case, bifurcation_diagram(*case)) == ()
    case = WILSON_COWAN, record(w_ee=1.0, w_ei=1.0, w_ie=1.0, w_ii=1.0, Q=0.0, P=0.0, tau=1.0), "P", -1.0, 1.0
    assert cycle_branches(*case, bifurcation_diagram(*case)) == ()


def test_a_range_must_grow() -> None:
    with pytest.raises(ValueError, match="must grow"):
        cycle_branches(MORRIS_LECAR, ML_SNLC, "I", 1.0, 1.0, Diagram("I", ()))


class _Watch(Progress):
    """Keeps what it is told, and cancels after a number of reports."""

    def __init__(self, limit: int = 10**9) -> None:
        self.fractions: list[float] = []
        self.partials: list[tuple[CycleBranch, ...]] = []
        self.limit = limit

    def report(self, fraction: float, partial: Any = None) -> None:
        self.fractions.append(fraction)
        if partial is not None:
            self.partials.append(partial)
        if len(self.fractions) >= self.limit:
            raise Cancelled


def test_progress_grows_and_brings_partial_branches() -> None:
    watch = _Watch()
    whole = cycle_branches(*CASES["ml hopf"], diagram_of("ml hopf"), watch)
    assert np.all(np.diff(watch.fractions) >= 0.0) and watch.fractions[-1] == 1.0
    assert all(0.0 <= fraction <= 1.0 for fraction in watch.fractions)
    grown = [partial.answer for partial in watch.partials if partial.answer]
    lengths = [len(branches[0].parameter) for branches in grown]
    assert lengths == sorted(lengths) and len(set(lengths)) > 2
    assert lengths[-1] == len(whole[0].parameter)
    first = grown[0][0]
    assert np.array_equal(first.parameter, whole[0].parameter[:len(first.parameter)])


@pytest.mark.parametrize("limit", [1, 5, 30, 50])
def test_a_cancel_passes_through(limit: int) -> None:
    watch = _Watch(limit)
    with pytest.raises(Cancelled):
        cycle_branches(*CASES["ml hopf"], diagram_of("ml hopf"), watch)
    assert len(watch.fractions) == limit


def test_the_same_question_has_the_same_answer() -> None:
    again = cycle_branches(*CASES["bautin"], diagram_of("bautin"))
    assert np.array_equal(again[0].parameter, the_branch("bautin").parameter)
    assert np.array_equal(again[0].high, the_branch("bautin").high)


def test_results_convert_to_a_dictionary() -> None:
    fields = the_branch("bautin").to_dict()
    assert {"parameter", "period", "low", "high", "multipliers", "stable", "points", "ends"} <= set(fields)
