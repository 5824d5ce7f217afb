"""Where branches end, and how a walk is watched and cancelled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.branches.curve import EquilibriumCurve
from ncm_app.numerics.branches.walk import continue_curve
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
    diagrams = [partial.answer for _, partial in seen if partial is not None]
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
    path = continue_curve(curve, start, -curve.first_tangent(start), SILENT)
    assert len(path.z) == 1 and path.end is Status.PARAMETER_BOUND


@pytest.mark.parametrize(("name", "low", "high", "branches", "labels"), [
    ("pitchfork", -1.0, 0.0, 1, {"BP"}), ("pitchfork", 0.0, 1.0, 2, {"BP"}), ("pitchfork", -0.4, 0.0, 1, {"BP"}),
    ("transcritical", -1.0, 0.0, 2, {"BP"}), ("transcritical", 0.0, 0.7, 2, {"BP"}),
    ("fold", 0.0, 1.0, 0, set()), ("fold", -1.0, 0.0, 1, {"LP"})])
def test_ranges_that_begin_or_end_on_a_special_point(name: str, low: float, high: float, branches: int,
                                                     labels: set[str]) -> None:
    system, p, field, _, _ = CASES[name]
    diagram = bifurcation_diagram(system, p, field, low, high)
    assert len(diagram.branches) == branches
    assert {q.code for q in diagram.points} == labels and len(diagram.points) == len(labels)
    assert diagram.status is Status.OK and diagram.message == ""
    for branch in diagram.branches:
        assert set(branch.ends) <= {Status.PARAMETER_BOUND, Status.LEFT_BOX}
        assert branch.parameter.min() >= low - 1e-12 and branch.parameter.max() <= high + 1e-12
    for point in diagram.points:
        assert point.parameters[field] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("share", [0.0, 1.0])
@pytest.mark.parametrize("tilt", [0.0, 0.3])
def test_a_range_that_ends_on_a_branch_point_of_bent_branches(share: float, tilt: float) -> None:
    # (x - tilt a) (x - tilt a - a + a^2 / 2): straight and bent branch cross at 0, at the end of the range.
    def field(x: Any, p: Any) -> Any:
        a = p.a if share == 0.0 else -p.a
        return (x - tilt * a) * (x - tilt * a - a + a * a / 2.0)

    low, high = (0.0, 0.8) if share == 0.0 else (-0.8, 0.0)
    diagram = bifurcation_diagram(scalar(field), record(a=0.0), "a", low, high)
    assert len(diagram.branches) == 2 and diagram.message == ""
    assert [(q.code, q.parameters["a"]) for q in diagram.points] == [("BP", pytest.approx(0.0, abs=1e-9))]


def test_a_hopf_point_at_the_bound_makes_no_doubt() -> None:
    spiral = make_system(lambda t, y, p: (p.a * y[0] - y[1], y[0] + p.a * y[1]), [(-1.0, 1.0)] * 2)
    for low, high in ((-1.0, 0.0), (0.0, 1.0)):
        diagram = bifurcation_diagram(spiral, record(a=0.0), "a", low, high)
        assert len(diagram.branches) == 1 and diagram.status is Status.OK
        assert len(diagram.points) <= 1


@pytest.mark.parametrize(("K", "branches"), [(0.6, 2), (0.3, 2), (0.02, 1), (0.5, 2)])
def test_kuramoto_oscillators_over_the_width_of_their_frequencies(K: float, branches: int) -> None:
    # Synchrony ends at Delta = K / 2, which the range 0.01 ... 0.3 holds or ends on.
    def field(r: Any, p: Any) -> Any:
        return (K / 2.0 - p.a) * r - K / 2.0 * r**3

    order = make_system(lambda t, y, p: (field(y[0], p),), [(-0.03, 1.03)], [(-0.05, 1.03)])
    diagram = bifurcation_diagram(order, record(a=0.1), "a", 0.01, 0.3)
    assert len(diagram.branches) == branches and diagram.message == ""
    assert [(q.code, q.parameters["a"]) for q in diagram.points] == [("BP", pytest.approx(K / 2.0, abs=1e-9))]
