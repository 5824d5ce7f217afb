"""Branches of fixed points of systems with resets end at the threshold, and are called nothing else."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import replace

import numpy as np
import pytest

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.branches.two_parameter import two_parameter_diagram
from ncm_app.numerics.fixed_points.equilibria import find_equilibria
from ncm_app.numerics.fixed_points.thresholds import below_threshold, clip_diagram, clip_loci, is_below
from ncm_app.numerics.results import Status
from ncm_app.numerics.system import System

P = namedtuple("P", "a b")
BOUNDS = (-4.0, 4.0)

LINE = System(rhs=lambda t, y, p: (p.a - y[0],), names=("x",), spans=((-5.0, 5.0),), box=((-9.0, 9.0),),
              threshold=lambda p: p.b, reset=lambda y, p: (-6.0,))
PARABOLA = replace(LINE, rhs=lambda t, y, p: (p.a + y[0] ** 2,))
PLANE = System(rhs=lambda t, y, p: (p.a - y[0] ** 3 + y[0] - y[1], 0.3 * (y[0] - 2.0 * y[1])), names=("x", "y"),
               spans=((-3.0, 3.0),) * 2, box=((-5.0, 5.0),) * 2, threshold=lambda p: p.b,
               reset=lambda y, p: (-4.0, y[1]))


def clipped(system, b):
    p = P(0.0, b)
    return clip_diagram(system, p, bifurcation_diagram(system, p, "a", *BOUNDS), BOUNDS[1] - BOUNDS[0])


@pytest.mark.parametrize("b", [-2.0, 0.0, 1.7])
def test_stable_branch_ends_where_it_reaches_the_threshold(b):
    diagram = clipped(LINE, b)
    (branch,) = diagram.branches
    (point,) = diagram.points
    assert (point.code, point.stable) == ("TH", True)
    assert point.parameters["a"] == pytest.approx(b, abs=1e-10)
    assert point.state == pytest.approx([b], abs=1e-10)
    assert point.eigenvalues == pytest.approx([-1.0], abs=1e-6)
    assert branch.states.max() == pytest.approx(b, abs=1e-10)
    assert Status.THRESHOLD in branch.ends
    assert Status.PARAMETER_BOUND in branch.ends


@pytest.mark.parametrize(("b", "codes"), [(1.0, ["LP"]), (0.0, ["TH"]), (-1.0, ["TH"])])
def test_fold_counts_only_below_the_threshold(b, codes):
    """x^2 = -a: the stable branch is -sqrt(-a), the unstable one above it is cut without an event."""
    diagram = clipped(PARABOLA, b)
    assert [q.code for q in diagram.points] == codes
    assert diagram.points[0].parameters["a"] == pytest.approx(-min(b, 0.0) ** 2, abs=1e-7)
    for branch in diagram.branches:
        assert branch.states.max() <= b + 1e-7
        np.testing.assert_allclose(branch.states[0] ** 2, -branch.parameter, atol=1e-7)


def test_threshold_that_moves_with_the_parameter():
    """rest a against threshold 1 + a/2: they meet at a = 2."""
    system = replace(LINE, threshold=lambda p: 1.0 + p.a / 2.0)
    (point,) = clipped(system, 0.0).points
    assert point.parameters["a"] == pytest.approx(2.0, abs=1e-9)
    assert point.state == pytest.approx([2.0], abs=1e-9)


def test_two_states_meet_the_threshold_on_the_curve():
    """On the branch y = x/2 and a = x^3 - x/2, so at x = b = 1 the parameter is 1/2."""
    diagram = clipped(PLANE, 1.0)
    (point,) = [q for q in diagram.points if q.code == "TH"]
    assert point.parameters["a"] == pytest.approx(0.5, abs=1e-9)
    assert point.state == pytest.approx([1.0, 0.5], abs=1e-9)


def test_smooth_systems_are_left_alone():
    smooth = replace(LINE, threshold=None, reset=None)
    p = P(0.0, -9.0)
    diagram = bifurcation_diagram(smooth, p, "a", *BOUNDS)
    assert clip_diagram(smooth, p, diagram, 8.0) is diagram
    assert np.all(is_below(smooth, p, [-1.0, 100.0]))


def test_fixed_points_at_or_beyond_the_threshold_are_no_rest():
    for a, count in ((-1.0, 1), (0.999, 1), (1.0, 0), (2.0, 0)):
        p = P(a, 1.0)
        assert len(below_threshold(LINE, p, find_equilibria(LINE, p)).points) == count
    both = below_threshold(PARABOLA, P(-1.0, 0.5), find_equilibria(PARABOLA, P(-1.0, 0.5)))
    assert [q.kind for q in both.points] == ["stable"]


def test_folds_over_two_parameters_stop_at_the_threshold():
    """x^2 + a with threshold b: the fold is at x = 0, below the threshold for b > 0."""
    p = P(0.0, 0.0)
    loci = two_parameter_diagram(PARABOLA, p, ("a", "b"), (BOUNDS, BOUNDS))
    found = clip_loci(PARABOLA, p, loci)
    assert min(np.min(locus.second) for locus in loci.loci) == pytest.approx(-4.0)
    assert found.loci
    for locus in found.loci:
        assert np.min(locus.second) > 0.0
        assert Status.THRESHOLD in locus.ends
