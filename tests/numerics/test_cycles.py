"""Branches of limit cycles against closed forms and the reference table."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.cycles.branches import cycle_branches
from ncm_app.numerics.results import CycleBranch, Status
from tests.numerics.cycle_systems import (
    BAUTIN,
    BAUTIN_VALUES,
    CASES,
    TORUS,
    branches_of,
    diagram_of,
    labels,
    only,
    return_error,
    the_branch,
    value,
)
from tests.numerics.systems import BRUSSELATOR, record

BOTH_HOPF = (Status.HOPF, Status.HOPF)


def test_morris_lecar_meets_the_reference_folds_of_cycles() -> None:
    branch = the_branch("ml hopf")
    assert labels(branch) == ["LPC", "LPC"]
    first, second = branch.points
    assert value(first) == pytest.approx(88.293251, rel=1e-7)
    assert first.period == pytest.approx(135.3862, rel=1e-6)
    assert value(second) == pytest.approx(216.899801, rel=1e-7)
    assert second.period == pytest.approx(77.92905, rel=1e-6)


def test_a_branch_from_hopf_to_hopf_is_walked_once() -> None:
    branch = the_branch("ml hopf")
    assert branch.ends == BOTH_HOPF
    assert branch.parameter[[0, -1]] == pytest.approx([93.857618, 212.018817], rel=1e-7)
    assert branch.period[[0, -1]] == pytest.approx([78.75661, 42.28192], rel=1e-6)
    assert branch.low[:, [0, -1]] == pytest.approx(branch.high[:, [0, -1]], abs=1e-9)
    assert branch.low[0, [0, -1]] == pytest.approx([-25.270105, 7.800664], rel=1e-6)
    assert branch.message == "Cycles from the Hopf point at I = 93.858 to the Hopf point at I = 212.02."


def test_stability_changes_at_the_folds_only() -> None:
    branch = the_branch("ml hopf")
    folds = [int(np.argmin(np.abs(branch.parameter - value(point)))) for point in branch.points]
    inside = slice(folds[0], folds[1] + 1)
    assert np.all(branch.stable[inside])
    assert not np.any(branch.stable[:folds[0]]) and not np.any(branch.stable[folds[1] + 1:])
    assert branch.parameter.min() == value(branch.points[0])
    assert branch.parameter.max() == value(branch.points[1])


def test_fitzhugh_nagumo_has_two_canard_folds_and_no_more() -> None:
    branch = the_branch("fitzhugh")
    assert branch.ends == BOTH_HOPF
    assert branch.period[[0, -1]] == pytest.approx(22.805917, rel=1e-7)
    assert labels(branch) == ["LPC", "LPC"]
    # The equations are symmetric: (v, w, I) -> (-v, 1.75 - w, 1.75 - I).
    assert value(branch.points[0]) + value(branch.points[1]) == pytest.approx(1.75, abs=1e-8)
    assert branch.points[0].period == pytest.approx(branch.points[1].period, rel=1e-7)
    assert branch.low[0].min() == pytest.approx(-branch.high[0].max(), rel=1e-6)


def test_hodgkin_huxley_cycles_join_its_hopf_points() -> None:
    branch = the_branch("hh classical")
    assert branch.ends == BOTH_HOPF
    assert branch.parameter[[0, -1]] == pytest.approx([9.775438, 154.522434], rel=1e-7)
    assert labels(branch) == ["LPC", "PD", "PD", "LPC", "LPC"]
    # Rinzel and Miller (1980) drew this branch: down, up, down, and up again.
    turns = np.sign(np.diff(branch.parameter))
    assert list(turns[np.append(True, np.diff(turns) != 0)]) == [-1, 1, -1, 1]
    assert not only(branch, "LPC")[0].stable and only(branch, "LPC")[2].stable


def test_the_book_form_of_hodgkin_huxley_moves_the_hopf_points() -> None:
    branch = the_branch("hh book")
    assert branch.parameter[[0, -1]] == pytest.approx([9.745807, 154.732631], rel=1e-7)
    assert branch.low[0, [0, -1]] == pytest.approx([-59.664063, -43.041262], rel=1e-6)
    assert labels(branch) == labels(the_branch("hh classical"))


def test_no_branch_of_hodgkin_huxley_is_reported_twice() -> None:
    assert len(branches_of("hh book")) == len(branches_of("hh classical")) == 1


@pytest.mark.parametrize("beta", [-1.0, -0.6])
def test_bautin_normal_form_folds_at_a_quarter_of_beta_squared(beta: float) -> None:
    case = BAUTIN, BAUTIN_VALUES._replace(beta=beta), "mu", -0.1, 0.5
    (branch,) = cycle_branches(*case, bifurcation_diagram(*case))
    (fold,) = branch.points
    assert fold.code == "LPC"
    assert value(fold) == pytest.approx(beta**2 / 4.0, rel=1e-10)
    assert fold.period == pytest.approx(2.0 * np.pi, rel=1e-9)
    assert np.hypot(*fold.state) == pytest.approx(np.sqrt(-beta / 2.0), rel=1e-6)


def test_bautin_cycles_have_the_radius_and_multiplier_of_the_formula() -> None:
    branch = the_branch("bautin")
    radius = branch.high[0]
    assert radius**4 - radius**2 + branch.parameter == pytest.approx(0.0, abs=1e-7)
    assert branch.low[0] == pytest.approx(-radius, abs=1e-7)
    assert branch.multipliers[0] == pytest.approx(1.0)
    wanted = np.exp(2.0 * np.pi * (4.0 * radius**4 - 2.0 * radius**2))
    assert branch.multipliers[1] == pytest.approx(wanted, rel=1e-5)
    certain = np.abs(wanted - 1.0) > 1e-3
    assert np.array_equal(branch.stable[certain], wanted[certain] < 1.0)


def test_brusselator_cycles_grow_like_a_square_root() -> None:
    branch = the_branch("brusselator")
    assert branch.parameter[0] == pytest.approx(5.0, rel=1e-9)
    assert branch.period[0] == pytest.approx(np.pi, rel=1e-9)
    assert np.all(branch.stable) and not branch.points
    assert branch.ends == (Status.HOPF, Status.PARAMETER_BOUND)
    assert branch.parameter[-1] == 7.0
    amplitude = (branch.high - branch.low)[0]
    ratio = amplitude[1:4] ** 2 / (branch.parameter[1:4] - 5.0)
    assert np.ptp(ratio) < 0.1 * ratio.mean()


@pytest.mark.parametrize("a", [0.7, 1.0, 1.5])
def test_brusselator_period_at_onset(a: float) -> None:
    case = BRUSSELATOR, record(A=a, B=1.0), "B", 0.8 * (1 + a * a), 1.2 * (1 + a * a)
    (branch,) = cycle_branches(*case, bifurcation_diagram(*case))
    assert branch.period[0] == pytest.approx(2.0 * np.pi / a, rel=1e-9)
    assert branch.parameter[0] == pytest.approx(1.0 + a * a, rel=1e-9)


def test_jansen_rit_has_a_fold_of_cycles_and_a_plain_branch() -> None:
    spiking, alpha = sorted(branches_of("jansen-rit"), key=lambda branch: branch.parameter[0])
    assert spiking.ends == (Status.HOPF, Status.SNIC)
    assert labels(spiking) == ["LPC", "SNIC"]
    assert value(only(spiking, "LPC")[0]) == pytest.approx(137.38, abs=0.005)  # Grimbert and Faugeras (2006)
    assert value(only(spiking, "SNIC")[0]) == pytest.approx(113.586273, rel=1e-7)
    assert alpha.ends == BOTH_HOPF and not alpha.points and np.all(alpha.stable)
    assert alpha.parameter[[0, -1]] == pytest.approx([89.829108, 315.696428], rel=1e-7)


def test_rossler_doubles_its_period_again_and_again() -> None:
    plain, doubled, fourfold = branches_of("rossler")[:3]
    assert plain.ends == (Status.HOPF, Status.PARAMETER_BOUND)
    for whole, half in ((doubled, plain), (fourfold, doubled)):
        (point,) = half.points
        assert point.code == "PD" and point.stable
        assert np.min(np.abs(point.eigenvalues[1:] + 1.0)) < 1e-6
        assert whole.ends == (Status.DOUBLING, Status.PARAMETER_BOUND)
        assert whole.message.startswith(f"Cycles from the period doubling at c = {value(point):.5g} to")
        assert whole.parameter[0] == pytest.approx(value(point), rel=1e-9)
        assert whole.period[0] == pytest.approx(2.0 * point.period, rel=1e-9)
        assert whole.stable[1] and whole.multipliers[1, 1].real > 0.0
    assert len(branches_of("rossler")) <= 4  # a run may settle on cycles of the next generation, the last one shown
    # Where the cascade is in the literature (a = b = 0.2): 2.83, 3.84, 4.12.
    found = [value(branch.points[0]) for branch in (plain, doubled, fourfold)]
    assert found == pytest.approx([2.832, 3.837, 4.124], abs=1e-3)


def test_a_torus_point_is_where_theory_puts_it() -> None:
    branch = the_branch("langford")
    (torus,) = branch.points
    assert torus.code == "TR" and torus.stable
    assert value(torus) == pytest.approx(TORUS, rel=1e-8)
    assert torus.period == pytest.approx(2.0 * np.pi / 3.5, rel=1e-8)
    assert np.abs(torus.eigenvalues) == pytest.approx(1.0, abs=1e-7)
    square = (0.6 + 0.7 * branch.parameter - 0.343 / 3.0) / 1.175
    assert branch.high[0] ** 2 == pytest.approx(square, abs=1e-6)


def test_multipliers_of_langford_cycles_follow_from_radius_and_height() -> None:
    branch = the_branch("langford")
    square, a = branch.high[0] ** 2, branch.parameter
    trace, determinant = a - 0.49 - 0.25 * square, 2.0 * square * 1.175
    root = np.sqrt((trace**2 - 4.0 * determinant).astype(complex))
    wanted = np.exp((trace + root) / 2.0 * branch.period)
    found = branch.multipliers[1:]
    gap = np.minimum(np.abs(found[0] - wanted), np.abs(found[1] - wanted))
    assert np.max(gap[1:]) < 1e-5


@pytest.mark.parametrize(("name", "shares"), [
    ("ml hopf", (0.4, 0.6)), ("fitzhugh", (0.5,)), ("hh classical", (0.8, 0.9)), ("ml snlc", (0.5, 0.7)),
    ("jansen-rit", (0.5,)),
])
def test_stable_cycles_close_when_integrated(name: str, shares: tuple[float, ...]) -> None:
    system, p, field = CASES[name][:3]
    branch = branches_of(name)[-1]
    stable = np.flatnonzero(branch.stable)
    for share in shares:
        index = int(stable[int(share * (len(stable) - 1))])
        times, states = branch.cycle(index)
        assert times[-1] == branch.period[index]
        assert np.array_equal(states[:, 0], states[:, -1])
        at = p._replace(**{field: float(branch.parameter[index])})
        assert return_error(system, at, float(times[-1]), states[:, 0]) < 1e-8


@pytest.mark.parametrize("name", ["ml hopf", "fitzhugh", "brusselator", "langford", "wilson-cowan"])
def test_extremes_contain_the_profile_closely(name: str) -> None:
    branch = the_branch(name)
    for index in range(len(branch.parameter)):
        states = branch.cycle(index)[1]
        width = np.maximum(np.ptp(states, axis=1), 1e-9)
        assert np.all(branch.high[:, index] >= states.max(axis=1) - 1e-12 * width)
        assert np.all(branch.high[:, index] <= states.max(axis=1) + 0.01 * width)
        assert np.all(branch.low[:, index] <= states.min(axis=1) + 1e-12 * width)


@pytest.mark.parametrize("name", ["ml hopf", "hh classical", "rossler", "isola"])
def test_labelled_cycles_are_rows_of_the_branch(name: str) -> None:
    branch = branches_of(name)[0]
    for point in branch.points:
        index = int(np.argmin(np.abs(branch.parameter - value(point)) + np.abs(branch.period - point.period)))
        assert branch.parameter[index] == value(point) and branch.period[index] == point.period
        assert branch.high[0, index] == pytest.approx(point.state[0], rel=0.01)
        assert np.array_equal(branch.multipliers[:, index], point.eigenvalues)
        assert point.frequency == pytest.approx(1.0 / point.period)


@pytest.mark.parametrize("name", list(CASES))
def test_every_branch_is_complete_and_read_only(name: str) -> None:
    for branch in branches_of(name):
        _check_shapes(branch, CASES[name][0].size)
        low, high = CASES[name][3:]
        assert np.all((branch.parameter >= low - 1e-9) & (branch.parameter <= high + 1e-9))
        with pytest.raises(ValueError, match="read-only"):
            branch.cycle(0)[1][0, 0] = 0.0


def _check_shapes(branch: CycleBranch, n: int) -> None:
    m = len(branch.parameter)
    assert branch.period.shape == branch.stable.shape == (m,)
    assert branch.low.shape == branch.high.shape == branch.multipliers.shape == (n, m)
    assert len(branch.profiles) == m
    assert branch.stable.dtype == bool
    for values in (branch.parameter, branch.period, branch.low, branch.high, branch.multipliers):
        assert np.all(np.isfinite(values)) and not values.flags.writeable
    assert np.all(branch.period > 0.0) and np.all(branch.high >= branch.low)
    assert branch.message.endswith(".")


def test_no_label_repeats() -> None:
    for name in CASES:
        found = [(p.code, round(value(p), 6), round(p.period, 4), round(p.state[0], 6))
                 for branch in branches_of(name) for p in branch.points if np.isfinite(p.period)]
        assert len(found) == len(set(found)), name


def test_diagrams_and_cycles_name_the_same_hopf_points() -> None:
    for name in ("ml hopf", "fitzhugh", "hh book", "langford"):
        hopfs = [value(point) for point in diagram_of(name).points if point.code == "H"]
        ends = [float(b.parameter[i]) for b in branches_of(name) for i, end in zip((0, -1), b.ends, strict=True)
                if end is Status.HOPF]
        assert sorted(ends) == sorted(hopfs), name
