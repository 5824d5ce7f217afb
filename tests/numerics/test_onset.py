"""Onsets of oscillation against what is known of each system."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.cycles.branches import cycle_branches
from ncm_app.numerics.onsets.onset import onset_type
from ncm_app.numerics.results import Status
from tests.numerics.cycle_systems import BAUTIN, BAUTIN_VALUES, CASES, branches_of, diagram_of, only, the_branch, value


@cache
def onset(name):
    *_, field, low, high = CASES[name]
    return onset_type(diagram_of(name), branches_of(name), field, low, high)


@pytest.mark.parametrize(("name", "kind", "at", "excitability"), [
    ("ml hopf", "subcritical Hopf with a cycle fold", 88.293251, 2),
    ("ml snlc", "SNIC", 39.963153, 1),
    ("ml homoclinic", "homoclinic", 35.006734, 2),
    ("hh classical", "subcritical Hopf with a cycle fold", 6.26032, 2),
    ("fitzhugh", "subcritical Hopf with a cycle fold", 0.32417852, 2),
    ("brusselator", "supercritical Hopf", 5.0, 2),
    ("bautin", "supercritical Hopf", 0.0, 2),
    ("wilson-cowan", "homoclinic", 1.065745, 2),
    ("isola", "cycle fold", -0.5, 2),
])
def test_onsets_have_their_names_and_places(name, kind, at, excitability):
    found = onset(name)
    assert (found.kind, found.excitability) == (kind, excitability)
    assert found.value == pytest.approx(at, rel=1e-5, abs=1e-6)
    assert found.status is Status.OK
    assert found.message.startswith(f"Onset at {CASES[name][2]} = ")
    assert f"class {excitability}" in found.message


def test_a_snic_has_its_exponent_and_no_bistability():
    for name in ("ml snlc", "isolated"):
        found = onset(name)
        assert found.kind == "SNIC"
        assert found.exponent == pytest.approx(-0.5, abs=0.03)
        assert np.isinf(found.period) and found.bistable == ()
        assert "1/√" in found.message


def test_a_homoclinic_orbit_has_the_rate_of_its_saddle_and_coexists_with_rest():
    found = onset("ml homoclinic")
    assert np.isinf(found.period) and found.exponent > -0.1
    assert found.bistable == pytest.approx((35.006734, 39.963153), rel=1e-5)  # up to the saddle-node
    rate = only(the_branch("ml homoclinic"), "HC")[0].eigenvalues.real.max()
    assert f"against {1 / rate:.4g} ms" in found.message
    assert "keeps the rest to 39.96" in found.message


def test_a_supercritical_hopf_point_has_exponent_one_half_and_the_period_of_its_eigenvalues():
    found = onset("brusselator")
    assert found.exponent == pytest.approx(0.5, abs=0.03)
    assert found.period == pytest.approx(2 * np.pi / 2.0, rel=1e-6)
    assert found.bistable == ()


def test_morris_lecar_rests_or_fires_between_fold_of_cycles_and_hopf_point():
    found = onset("ml hopf")
    assert found.bistable == pytest.approx((88.293251, 93.857618), rel=1e-6)
    assert found.period == pytest.approx(135.3862, rel=1e-4)


def test_a_bautin_point_crossed_the_other_way_is_subcritical():
    """r' = r (mu + r^2 - r^4): the fold of cycles lies at mu = -1/4, the Hopf point at 0."""
    values = BAUTIN_VALUES._replace(beta=1.0, s=-1.0)
    diagram = bifurcation_diagram(BAUTIN, values, "mu", -0.5, 0.5)
    branches = cycle_branches(BAUTIN, values, "mu", -0.5, 0.5, diagram)
    found = onset_type(diagram, branches, "mu", -0.5, 0.5)
    assert found.kind == "subcritical Hopf with a cycle fold"
    assert found.value == pytest.approx(-0.25, abs=1e-6)
    assert found.bistable == pytest.approx((-0.25, 0.0), abs=1e-6)
    assert found.period == pytest.approx(2 * np.pi, rel=1e-6)


def test_the_book_s_hopf_point_is_degenerate():
    """At c = 0 the system is linear: cycles of a finite size change stability there."""
    found = onset("book")
    assert (found.kind, found.value) == ("degenerate Hopf", 0.0)
    assert found.period == pytest.approx(2 * np.pi, rel=1e-6)
    assert "the flow is linear near the point: a family of neutral cycles" in found.message


def test_a_fold_of_cycles_at_a_kink_counts_as_one():
    """Below the Hopf point at 28.598 the kink of the threshold bends the branch back."""
    found = onset("threshold-linear")
    assert found.kind == "degenerate Hopf with a cycle fold"  # around the Hopf point the network is linear
    assert 27.0 < found.value == the_branch("threshold-linear").parameter.min() < 28.5
    assert found.bistable == pytest.approx((found.value, 28.59756), rel=1e-6)


def relabelled(name, code, end):
    """The branch of a case whose last end claims to be something else."""
    branch = the_branch(name)
    points = tuple(replace(q, code=code, eigenvalues=np.array([0.1, -0.3]) + 0j) if np.isinf(q.period) else q
                   for q in branch.points)
    ends = tuple(end if e in (Status.SNIC, Status.HOMOCLINIC) else e for e in branch.ends)
    return replace(branch, points=points, ends=ends)


@pytest.mark.parametrize(("name", "code", "end", "said"), [("ml snlc", "HC", Status.HOMOCLINIC, "homoclinic"),
                                                           ("ml homoclinic", "SNIC", Status.SNIC, "SNIC")])
def test_a_label_that_contradicts_the_scaling_makes_the_onset_uncertain(name, code, end, said):
    *_, field, low, high = CASES[name]
    found = onset_type(diagram_of(name), [relabelled(name, code, end)], field, low, high)
    assert (found.kind, found.excitability) == ("uncertain", 0)
    assert found.status is Status.NOT_CONVERGED
    assert f"ends at {said}, but the period grows like" in found.message


def test_without_stable_cycles_there_is_no_onset():
    found = onset("lorenz")
    assert found.kind == "none" and np.isnan(found.value)
    assert found.message == "No stable cycles between r = 5 and 26."
    assert onset_type(diagram_of("lorenz"), (), "r", 5.0, 26.0).kind == "none"


def test_cycles_that_are_always_there_have_no_onset():
    branch, folds = the_branch("ml snlc"), sorted(value(q) for q in the_branch("ml snlc").points)
    inner = (branch.parameter > folds[0] + 3.0) & (branch.parameter < 90.0) & branch.stable
    cut = replace(branch, **{name: getattr(branch, name)[..., inner]
                             for name in ("parameter", "period", "low", "high", "multipliers", "stable")},
                  points=(), profiles=(), ends=(Status.PARAMETER_BOUND, Status.PARAMETER_BOUND))
    found = onset_type(diagram_of("ml snlc"), [cut], "I", 43.0, 90.0)
    assert found.kind == "none" and "no onset" in found.message
