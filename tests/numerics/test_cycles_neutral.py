"""Degenerate Hopf points: families of neutral cycles carry no fold, and nothing sub- or supercritical begins there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.cycles.branches import find_cycles
from ncm_app.numerics.cycles.curve import CycleCurve
from ncm_app.numerics.cycles.neutral import linear_radius, neutral_rows
from ncm_app.numerics.cycles.points import CHANGE
from ncm_app.numerics.cycles.termination import place
from ncm_app.numerics.onsets.onset import onset_type
from ncm_app.numerics.results import Status
from tests.numerics.cycle_systems import BAUTIN, BAUTIN_VALUES, branches_of
from tests.numerics.systems import EI, EI_VALUES, make_system, record

pytestmark = pytest.mark.sweep

TAU_E = 15.0


def network(w_ee: float, w_ei: float, w_ie: float, w_ii: float, X_e: float, X_i: float) -> Any:
    return EI_VALUES._replace(tau_e=TAU_E, w_ee=w_ee, w_ei=w_ei, w_ie=w_ie, w_ii=w_ii, X_e=X_e, X_i=X_i)


def hopf_of(p: Any) -> tuple[float, float, Any]:
    """Return tau_i and the period at the Hopf point of an active network, and its rates, in closed form.

    The trace (g w_ee - 1) / tau_e + (g w_ii - 1) / tau_i vanishes, and omega^2 is the determinant.
    """
    matrix = np.array([[p.g * p.w_ee - 1.0, p.g * p.w_ei], [p.g * p.w_ie, p.g * p.w_ii - 1.0]])
    tau_i = -TAU_E * matrix[1, 1] / matrix[0, 0]
    rates = np.linalg.solve(matrix, -p.g * np.array([p.X_e - p.theta, p.X_i - p.theta]))
    return tau_i, 2.0 * np.pi / np.sqrt(np.linalg.det(matrix) / (TAU_E * tau_i)), rates


def answers(system: Any, p: Any, field: str, low: float, high: float) -> tuple[Any, Any, Any]:
    diagram = bifurcation_diagram(system, p, field, low, high)
    found = find_cycles(system, p, field, low, high, diagram)
    return diagram, found, onset_type(diagram, found.branches, field, low, high)


NETWORKS = [(2030.0, -1970.0, 6460.0, -3040.0, 23.4, 17.7), (1900.0, -2100.0, 5900.0, -2500.0, 22.0, 15.5),
            (2200.0, -1700.0, 5200.0, -2600.0, 20.0, 21.0), (1500.0, -1500.0, 6800.0, -3300.0, 24.0, 18.0)]


@pytest.mark.parametrize("values", NETWORKS)
def test_a_threshold_linear_network_has_no_fold_at_its_hopf_point(values: tuple[float, ...]) -> None:
    p = network(*values)
    tau_i, period, rates = hopf_of(p)
    assert np.all(rates > 0.0)  # both populations fire: the formula holds
    diagram, found, onset = answers(EI, p, "tau_i", 5.0, 95.0)
    (hopf,) = [point for point in diagram.points if point.code == "H"]
    assert hopf.parameters["tau_i"] == pytest.approx(tau_i, rel=1e-8)
    folds = [point.parameters["tau_i"] for branch in found.branches for point in branch.points if point.code == "LPC"]
    assert all(abs(fold - tau_i) > 1e-3 for fold in folds)
    (branch,) = [one for one in found.branches if one.ends[0] is Status.HOPF]
    family = neutral_rows(branch, 90.0)
    assert np.count_nonzero(family) >= 3 and family[0]
    assert branch.period[family] == pytest.approx(period, rel=1e-6)
    assert branch.parameter[family] == pytest.approx(tau_i, rel=1e-8)
    assert onset.kind == ("degenerate Hopf with a cycle fold" if folds else "degenerate Hopf")
    if not folds:
        assert onset.value == pytest.approx(tau_i, rel=1e-8) and onset.period == pytest.approx(period, rel=1e-8)
        assert "the flow is linear near the point: a family of neutral cycles" in onset.message


def test_below_the_degenerate_hopf_point_runs_come_to_rest_and_above_it_they_cycle() -> None:
    p = network(*NETWORKS[0])
    tau_i, *_ = hopf_of(p)
    sizes = []
    for at in (tau_i - 0.4, tau_i + 0.4):
        def slope(t: float, y: Any, at: float = at) -> Any:
            return EI.rhs(t, tuple(y), p._replace(tau_i=at))

        late = solve_ivp(slope, (0.0, 6000.0), (0.02, 0.0), "LSODA", rtol=1e-9, atol=1e-13, max_step=1.0).y[:, -400:]
        sizes.append(float(np.ptp(late[0])))
    _, found, onset = answers(EI, p, "tau_i", 5.0, 95.0)
    assert sizes[0] < 1e-3 * sizes[1] and onset.bistable == ()
    (branch,) = found.branches
    near = int(np.argmin(np.abs(branch.parameter - (tau_i + 0.4))))
    assert branch.stable[near] and branch.high[0, near] - branch.low[0, near] == pytest.approx(sizes[1], rel=0.1)


def _damped_lotka_volterra(t: Any, y: Any, p: Any) -> Any:
    x, z = y
    return x * (1.0 - z) - p.c * x * (x - 1.0), p.k * z * (x - 1.0)


def _cubic(t: Any, y: Any, p: Any) -> Any:
    x, z = y
    r = x * x + z * z
    return p.mu * x - z + p.a * r * x - r * r * x, x + p.mu * z + p.a * r * z - r * r * z


LOTKA_VOLTERRA = make_system(_damped_lotka_volterra, [(0.0, 3.0), (0.0, 3.0)], [(0.01, 6.0), (0.01, 6.0)])
CUBIC = make_system(_cubic, [(-1.5, 1.5), (-1.5, 1.5)])


@pytest.mark.parametrize("k", [0.5, 1.0, 2.5])
def test_a_conservative_flow_has_a_family_of_cycles_and_no_label(k: float) -> None:
    """At c = 0 the flow conserves k x - k ln x + z - ln z; the small cycles take 2 pi / sqrt(k)."""
    _, found, onset = answers(LOTKA_VOLTERRA, record(c=0.0, k=k), "c", -0.4, 0.6)
    assert all(not branch.points and not branch.stable.any() for branch in found.branches)
    (branch,) = found.branches
    assert branch.parameter == pytest.approx(0.0, abs=1e-8) and np.all(neutral_rows(branch, 1.0))
    assert branch.period.min() == pytest.approx(2.0 * np.pi / np.sqrt(k), rel=1e-6)
    for at in (5, len(branch.period) // 2):
        x, z = branch.profiles[at][1:]
        assert np.ptp(k * x - k * np.log(x) + z - np.log(z)) < 1e-5
    assert onset.kind == "none"


@pytest.mark.parametrize(("a", "kind"), [(0.0, "degenerate Hopf"), (-0.8, "supercritical Hopf"),
                                         (0.8, "subcritical Hopf with a cycle fold")])
def test_a_cubic_coefficient_of_zero_is_not_called_super_nor_subcritical(a: float, kind: str) -> None:
    """r' = mu r + a r^3 - r^5: at a = 0 the cycle grows like mu^(1/4)."""
    _, found, onset = answers(CUBIC, record(mu=0.0, a=a), "mu", -0.5, 1.0)
    assert onset.kind == kind and onset.period == pytest.approx(2.0 * np.pi, rel=1e-6)
    (branch,) = found.branches
    squares = np.maximum(a / 2.0 + np.sqrt(np.maximum(a * a / 4.0 + branch.parameter, 0.0)), 0.0)
    assert branch.high[0][branch.stable] == pytest.approx(np.sqrt(squares[branch.stable]), abs=1e-5)
    assert [point.code for point in branch.points] == (["LPC"] if a > 0.0 else [])
    if not a:
        assert onset.exponent == pytest.approx(0.25, abs=0.02) and "cubic coefficient is 0" in onset.message


def test_how_far_a_flow_is_linear() -> None:
    p = network(*NETWORKS[0])
    curve = CycleCurve(EI, p, "tau_i", 5.0, 95.0)
    (hopf,) = bifurcation_diagram(EI, p, "tau_i", 5.0, 95.0).points
    radius = linear_radius(curve, place(curve, hopf))
    kink = np.min(hopf_of(p)[2] / curve.points.scale[:2])  # the rates that fall to 0 first
    assert 0.0 < radius < 3.0 * kink
    bent = CycleCurve(BAUTIN, BAUTIN_VALUES, "mu", -0.5, 1.0)
    assert linear_radius(bent, np.append((np.zeros(2) + 2.0) / 4.0, 1.0 / 3.0)) == 0.0


def test_stability_is_drawn_up_to_where_it_changes() -> None:
    """Van der Pol's cycle x of amplitude 2 changes its stability at c = 0, between two rows of the walk."""
    branch = max(branches_of("book"), key=lambda one: float(np.ptp(one.parameter)))
    (whole, first), (other, second) = branch.stretches()
    assert (whole, other) == (True, False)
    at = branch.parameter[first][-1]
    assert at == pytest.approx(0.0, abs=1e-9) and branch.parameter[second][0] == at
    assert branch.period[first][-1] == pytest.approx(2.0 * np.pi, rel=1e-5)
    assert np.abs(branch.multipliers[1, first.stop - 1]) == pytest.approx(1.0, abs=1e-9)
    assert CHANGE not in [point.code for point in branch.points]


def test_stretches_meet_at_labels_and_cover_all_rows() -> None:
    for branch in (one for name in ("ml hopf", "fitzhugh", "jansen-rit", "rossler") for one in branches_of(name)):
        rows = np.concatenate([np.arange(len(branch.stable))[part] for _, part in branch.stretches()])
        assert set(rows) == set(range(len(branch.stable)))
        for stable, part in branch.stretches():
            inside = branch.stable[part]
            assert np.all(inside) if stable else not np.any(inside[1:-1])
        for (_, one), (_, two) in zip(branch.stretches(), branch.stretches()[1:], strict=False):
            assert branch.parameter[one][-1] == branch.parameter[two][0]

