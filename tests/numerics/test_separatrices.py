"""Manifolds of saddles: closed forms, separatrices between basins, connections, homoclinic orbits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ncm_app.numerics.compiled_flow import compiled_flow, warm_flow
from ncm_app.numerics.fixed_points.equilibria import find_equilibria
from ncm_app.numerics.plane.separatrices import saddle_manifolds
from ncm_app.numerics.plane.tracing import NEAR
from ncm_app.numerics.results import Status
from ncm_app.numerics.results.plane import Manifold, SaddleManifolds
from ncm_app.numerics.system import System
from tests.numerics.cycle_systems import branches_of, value
from tests.numerics.systems import (
    FOLD,
    LORENZ,
    ML_HOMOCLINIC,
    ML_SNLC,
    MORRIS_LECAR,
    WC_NEUROMATCH,
    WILSON_COWAN_1972,
    make_system,
    record,
)

SQUARE = [(-2.0, 2.0), (-2.0, 2.0)]
LINEAR = make_system(lambda t, y, p: (-y[0] - 2.0 * y[1], -2.0 * y[0] - y[1]), SQUARE)
PARABOLA = make_system(lambda t, y, p: (y[0], -y[1] + y[0] ** 2), SQUARE)
DUFFING = make_system(lambda t, y, p: (y[1], y[0] - y[0] ** 3 - p.damping * y[1]), SQUARE)
CHAIN = make_system(lambda t, y, p: (1.0 - y[0] ** 2, y[0] * y[1]), SQUARE)


def manifolds(system: System, p: Any) -> tuple[SaddleManifolds, ...]:
    return saddle_manifolds(system, p, find_equilibria(system, p).points)


def the_saddle(system: System, p: Any) -> SaddleManifolds:
    (found,) = manifolds(system, p)
    return found


def branches(found: SaddleManifolds) -> tuple[Manifold, ...]:
    return (*found.stable, *found.unstable)


def end_of(system: System, p: Any, start: Any, t_end: float) -> Any:
    run = solve_ivp(lambda t, y: system.rhs(t, tuple(y), p), (0.0, t_end), start, "LSODA", rtol=1e-9, atol=1e-11)
    return run.y[:, -1]


def test_manifolds_of_a_linear_saddle_are_its_eigenvectors() -> None:
    found = the_saddle(LINEAR, record())
    for branch, way in zip(branches(found), [(1, 1), (1, 1), (1, -1), (1, -1)], strict=True):
        assert branch.status is Status.LEFT_BOX
        np.testing.assert_allclose(branch.line[0] * way[1], branch.line[1] * way[0], atol=1e-9)
        np.testing.assert_array_equal(branch.line[:, 0], found.saddle.state)
        assert np.max(np.abs(branch.line)) > 5.9
    for pair in (found.stable, found.unstable):
        assert pair[0].line[0, -1] * pair[1].line[0, -1] < 0


def test_curved_manifold_has_its_closed_form() -> None:
    """x' = x, y' = -y + x^2 has the stable manifold x = 0 and the unstable one y = x^2 / 3."""
    found = the_saddle(PARABOLA, record())
    for branch in found.stable:
        np.testing.assert_allclose(branch.line[0], 0.0, atol=1e-12)
    for branch in found.unstable:
        np.testing.assert_allclose(branch.line[1], branch.line[0] ** 2 / 3.0, atol=1e-7)
    assert {np.sign(branch.line[0, -1]) for branch in found.unstable} == {-1.0, 1.0}


def test_points_lie_close_enough_to_draw_and_no_closer_than_needed() -> None:
    for branch in branches(the_saddle(WILSON_COWAN_1972, WC_NEUROMATCH)):
        gaps = np.linalg.norm(np.diff(branch.line, axis=1), axis=0)  # both spans are 1
        assert np.max(gaps) < 0.03
        assert 20 < branch.line.shape[1] < 400


def test_undamped_duffing_has_two_homoclinic_orbits() -> None:
    """On them y^2 = x^2 - x^4 / 2: both unstable branches come back to the saddle."""
    found = the_saddle(DUFFING, record(damping=0.0))
    for branch in branches(found):
        x, y = branch.line
        np.testing.assert_allclose(y**2, x**2 - x**4 / 2.0, atol=1e-6)
        assert np.max(np.abs(x)) == pytest.approx(np.sqrt(2.0), abs=1e-3)
        assert branch.status is Status.HOMOCLINIC
        assert "saddle" in branch.message


def test_damped_duffing_ends_in_its_wells() -> None:
    found = the_saddle(DUFFING, record(damping=0.3))
    ends = sorted(float(branch.line[0, -1]) for branch in found.unstable)
    assert ends == pytest.approx([-1.0, 1.0], abs=1e-9)
    assert [branch.status for branch in found.unstable] == [Status.OK, Status.OK]
    assert {branch.message for branch in found.unstable} == {"goes to a fixed point"}
    assert [branch.status for branch in found.stable] == [Status.LEFT_BOX, Status.LEFT_BOX]


def test_saddles_may_be_connected() -> None:
    """x' = 1 - x^2, y' = x y has a saddle at x = -1 and one at x = 1, joined by the axis."""
    found = manifolds(CHAIN, record())
    assert [q.saddle.state[0] for q in found] == pytest.approx([-1.0, 1.0])
    inner = [[b for b in branches(q) if b.status is Status.HOMOCLINIC] for q in found]
    for (branch,), end in zip(inner, (1.0, -1.0), strict=True):
        np.testing.assert_allclose(branch.line[1], 0.0, atol=1e-12)
        assert branch.line[0, -1] == pytest.approx(end, abs=4 * NEAR)


CASES = {"wilson-cowan": (WILSON_COWAN_1972, WC_NEUROMATCH, 200.0),
         "duffing": (DUFFING, record(damping=0.3), 300.0),
         "morris-lecar": (MORRIS_LECAR, ML_HOMOCLINIC._replace(I=36.0), 2000.0)}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_stable_manifold_parts_what_ends_in_different_places(case: Any) -> None:
    """Starts a thousandth of a span on either side of it end in different places."""
    system, p, t_end = case
    width = np.array([high - low for low, high in system.spans])
    for branch in the_saddle(system, p).stable:
        low, high = np.array(system.spans).T[:, :, None]
        inside = np.flatnonzero(np.all((low < branch.line) & (branch.line < high), axis=0))
        middle = int(inside[len(inside) // 2])
        along = (branch.line[:, middle + 1] - branch.line[:, middle - 1]) / width
        across = np.array([-along[1], along[0]]) / np.hypot(*along) * width
        ends = [end_of(system, p, branch.line[:, middle] + side * 1e-3 * across, t_end) for side in (-1, 1)]
        assert np.max(np.abs(ends[0] - ends[1]) / width) > 0.05


def test_both_unstable_branches_meet_in_the_node_just_before_a_snic() -> None:
    """Below the saddle-node on the cycle, saddle and node lie on one closed curve."""
    found = the_saddle(MORRIS_LECAR, ML_SNLC._replace(I=35.0))
    ends = [branch.line[:, -1] for branch in found.unstable]
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-9)
    assert [branch.status for branch in found.unstable] == [Status.OK, Status.OK]
    lengths = sorted(branch.line.shape[1] for branch in found.unstable)
    assert lengths[1] > 2 * lengths[0]
    assert max(np.max(branch.line[0]) for branch in found.unstable) > 20.0  # the way round is a spike


@pytest.mark.parametrize(("step", "status"), [(-0.02, Status.OK), (0.02, Status.CLOSED)])
def test_the_way_of_the_unstable_branch_changes_at_the_homoclinic_point(step: float, status: Status) -> None:
    """Where the branch of cycles ends, the branch that winds onto the cycle turns to the node."""
    (at,) = (value(q) for branch in branches_of("ml homoclinic") for q in branch.points if q.code == "HC")
    found = the_saddle(MORRIS_LECAR, ML_HOMOCLINIC._replace(I=at + step))
    assert status in {branch.status for branch in found.unstable}
    assert (Status.CLOSED in {branch.status for branch in found.unstable}) == (status is Status.CLOSED)


def test_compiled_and_plain_flows_agree() -> None:
    # A record and a right-hand side of its own, so that no other test has compiled it.
    system = make_system(lambda t, y, p: (y[1], y[0] - y[0] ** 3 - p.damping * y[1]), SQUARE)
    p = record(damping=0.3)
    plain = the_saddle(system, p)
    assert compiled_flow(system, p) is None
    warm_flow(system, p)
    assert compiled_flow(system, p) is not None
    for a, b in zip(branches(plain), branches(the_saddle(system, p)), strict=True):
        assert a.status is b.status
        np.testing.assert_allclose(a.line[:, :40], b.line[:, :40], atol=1e-9)
        np.testing.assert_allclose(a.line[:, -1], b.line[:, -1], atol=1e-6)


def test_a_flow_that_overflows_far_away_is_followed_as_far_as_it_goes() -> None:
    system = make_system(lambda t, y, p: (y[0] + (3.0 * y[0]) ** 401, -y[1]), SQUARE)
    found = the_saddle(system, record())
    ahead = next(branch for branch in found.unstable if branch.line[0, -1] > 0)
    assert np.all(np.isfinite(ahead.line))
    assert ahead.line[0, -1] > 0.5


def test_there_are_none_without_a_saddle_on_a_line_or_in_space() -> None:
    assert manifolds(MORRIS_LECAR, ML_SNLC._replace(I=60.0)) == ()
    assert manifolds(FOLD, record(a=-1.0)) == ()
    assert manifolds(LORENZ, record(r=10.0)) == ()


def test_answers_are_read_only() -> None:
    found = the_saddle(LINEAR, record())
    with pytest.raises(ValueError, match="read-only"):
        found.stable[0].line[0, 0] = 1.0
