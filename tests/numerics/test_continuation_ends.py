"""Where branches end, and how a walk is watched and cancelled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.branches.curve import EquilibriumCurve
from ncm_app.numerics.branches.walk import walk_path
from ncm_app.numerics.results import Diagram, Status
from ncm_app.numerics.system import SILENT, Cancelled, Progress
from tests.numerics.diagram_cases import CASES
from tests.numerics.systems import FOLD, make_system, record, scalar


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
