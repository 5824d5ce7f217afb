"""What every branch of every bifurcation diagram must be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.fixed_points.equilibria import find_equilibria
from ncm_app.numerics.jacobian import evaluate_field
from ncm_app.numerics.results import Diagram, Status
from tests.numerics.diagram_cases import CASES, codes, diagram_of, only, where
from tests.numerics.systems import WILSON_COWAN, record

pytestmark = pytest.mark.sweep


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
