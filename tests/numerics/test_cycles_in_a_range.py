"""Cycles that exist only in a part of a range, or beside a stable rest: found, listed once, or said to be missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.cycles.branches import find_cycles
from ncm_app.numerics.cycles.collocation import Mesh
from ncm_app.numerics.cycles.continuation import ENOUGH, CyclePath, walk_cycles
from ncm_app.numerics.cycles.curve import CycleCurve, signature
from ncm_app.numerics.cycles.doubts import doubts_of
from ncm_app.numerics.cycles.lines import Line, without_shared
from ncm_app.numerics.cycles.runs import Wandering, seeds_of
from ncm_app.numerics.cycles.scouts import Fate, rests_at, scout, starts_at
from ncm_app.numerics.cycles.seeds import hopf_row
from ncm_app.numerics.cycles.termination import Landmarks
from ncm_app.numerics.results import Status
from ncm_app.numerics.system import SILENT, System
from tests.numerics.cycle_systems import BAUTIN, BAUTIN_VALUES, CASES, ISOLA_OF_CYCLES, diagram_of, value
from tests.numerics.systems import LORENZ, ML_HOMOCLINIC, ML_SNLC, MORRIS_LECAR, record

pytestmark = pytest.mark.sweep


def over(system: Any, p: Any, field: str, low: float, high: float, **more: Any) -> Any:
    return find_cycles(system, p, field, low, high, bifurcation_diagram(system, p, field, low, high), **more)


def period_of_run(system: Any, p: Any, start: Any, until: float) -> tuple[float, Any]:
    """Return the period and the extremes of the first state of a long run by DOP853."""
    def slope(t: float, y: Any) -> Any:
        return system.rhs(t, tuple(y), p)

    y = solve_ivp(slope, (0.0, until), start, "LSODA", rtol=1e-10, atol=1e-12).y[:, -1]
    level = float(y[0])

    def up(t: float, u: Any) -> float:
        return float(u[0] - level)

    up.direction = float(np.sign(slope(0.0, y)[0]))  # type: ignore[attr-defined]
    run = solve_ivp(slope, (0.0, until), y, "DOP853", rtol=1e-10, atol=1e-12, events=up, max_step=0.5)
    times = run.t_events[0]
    turn = run.t <= 2.0 * (times[-1] - times[-2])
    return float(times[-1] - times[-2]), (run.y[0][turn].min(), run.y[0][turn].max())


@pytest.mark.parametrize(("low", "high"), [(34.0, 36.2), (35.5, 36.2), (30.0, 35.3), (35.9, 36.3)])
def test_cycles_of_a_hopf_point_outside_the_range_are_found(low: float, high: float) -> None:
    """The Hopf point lies at 36.316, a homoclinic orbit at 35.00673; rest is stable all along."""
    found = over(MORRIS_LECAR, ML_HOMOCLINIC, "I", low, high, bounds=(-50.0, 300.0))
    stable = [branch for branch in found.branches if np.any(branch.stable)]
    assert len(stable) == 1 and found.message == ""
    branch = stable[0]
    assert branch.parameter[branch.stable].max() == pytest.approx(high, rel=1e-9)
    assert branch.parameter[branch.stable].min() == pytest.approx(max(low, 35.00673), abs=1e-3)
    assert all(point.code == "HC" and value(point) == pytest.approx(35.006734, rel=1e-6) for point in branch.points)
    at = int(np.argmin(np.abs(branch.parameter - (high - 0.1))))
    period, (bottom, top) = period_of_run(MORRIS_LECAR, ML_HOMOCLINIC._replace(I=float(branch.parameter[at])),
                                          branch.profiles[at][1:, 0], 500.0)
    assert branch.period[at] == pytest.approx(period, rel=1e-6)
    assert (branch.low[0, at], branch.high[0, at]) == pytest.approx((bottom, top), abs=0.05)


def test_unstable_cycles_come_in_from_a_hopf_point_outside() -> None:
    """r' = r (mu - r^2 + r^4): the branch turns at 1/4, and its outer part comes back into the range."""
    found = over(BAUTIN, BAUTIN_VALUES._replace(s=1.0), "mu", 0.05, 0.2, bounds=(-0.5, 1.0))
    assert sorted(bool(branch.stable.all()) for branch in found.branches) == [False, True]
    for branch in found.branches:
        side = -1.0 if branch.stable.all() else 1.0
        assert branch.high[0] == pytest.approx(((1.0 + side * np.sqrt(1.0 - 4.0 * branch.parameter)) / 2.0) ** 0.5,
                                               rel=1e-6)
        assert sorted(branch.parameter[[0, -1]]) == pytest.approx([0.05, 0.2])
        assert not branch.points  # the fold lies outside
    alone = over(BAUTIN, BAUTIN_VALUES._replace(s=1.0), "mu", 0.05, 0.2)
    assert all(np.all(one.stable) for one in alone.branches)  # without bounds only what runs settle into


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (-0.8, 2.0), (-0.3, 0.4)])
def test_an_isola_beside_a_stable_rest_is_found_once(low: float, high: float) -> None:
    found = over(ISOLA_OF_CYCLES, record(mu=0.0), "mu", low, high)
    inside = [branch for branch in found.branches if np.any(branch.stable)]
    assert len(inside) == 1
    assert inside[0].parameter**2 + (inside[0].high[0] ** 2 - 1.0) ** 2 == pytest.approx(0.25, abs=1e-6)


@pytest.mark.parametrize(("low", "high"), [(-60.0, 140.0), (-20.0, 200.0), (30.0, 120.0)])
def test_a_branch_is_listed_once_whatever_the_range(low: float, high: float) -> None:
    found = over(MORRIS_LECAR, ML_SNLC, "I", low, high)
    points = [point for branch in found.branches for point in branch.points]
    assert [point.code for point in sorted(points, key=value)] == ["SNIC", "LPC"]
    assert sorted(map(value, points)) == pytest.approx([39.963153, 115.948722], rel=1e-7)


def halves(name: str) -> tuple[Line, Line]:
    """Return a walk from a Hopf point, and one from its middle both ways."""
    curve = CycleCurve(*CASES[name])
    landmarks = Landmarks.of(curve, diagram_of(name).points)
    start = hopf_row(curve, landmarks.hopfs[0])
    path = walk_cycles(curve, start, landmarks, lambda path: None)
    middle = path.rows[len(path.rows) // 2]
    onward = walk_cycles(curve, middle, landmarks, lambda path: None)
    whole = Line(curve, path, CyclePath([start], Status.HOPF, landmarks.hopfs[0]))
    return whole, Line(curve, onward, CyclePath([middle], Status.NOT_CONVERGED))


@pytest.mark.parametrize("name", ["bautin", "brusselator", "wilson-cowan"])
def test_what_two_walks_share_is_known_by_their_orbits(name: str) -> None:
    whole, half = halves(name)
    assert np.mean(half.shared_with(whole)) > 0.8
    assert without_shared(half, half.shared_with(whole)) is None
    shared = whole.shared_with(half)
    assert not shared[2] and shared[-3]
    first = without_shared(whole, shared)
    assert first is not None and first.back.end is Status.HOPF and first.forth.end is Status.OK
    assert 3 < len(first.rows) < len(whole.rows)
    moved = whole.rows[5].cycle.moved(whole.rows[5].cycle, 0.01)
    assert not whole.holds(moved)


def test_cycles_that_cross_are_two() -> None:
    """A branch that passes through a family of neutral cycles shares one of them, and stays whole."""
    family, crossing = over(*CASES["book"]).branches
    assert family.parameter == pytest.approx(0.0, abs=1e-9)
    assert (crossing.parameter[0], crossing.parameter[-1]) == (-1.0, 1.0)


@pytest.mark.parametrize(("mu", "start", "fate"), [
    (-0.2, (0.3, 0.0), Fate.RESTS), (0.1, (0.1, 0.0), Fate.CYCLES), (0.1, (0.8, 0.3), Fate.CYCLES),
    (0.1, (1.6, 0.0), Fate.ESCAPES), (0.5, (0.5, 0.5), Fate.ESCAPES)])
def test_scouts_tell_what_becomes_of_a_run(mu: float, start: tuple[float, float], fate: Fate) -> None:
    """r' = r (mu - r^2 + r^4): the smaller cycle attracts, beyond the larger one all escapes."""
    curve = CycleCurve(*CASES["bautin"])
    rests = rests_at(curve, diagram_of("bautin"), mu)
    assert rests.states == pytest.approx(0.0, abs=1e-9) and len(rests.stable) == (mu < 0.0)
    found = scout(curve, mu, np.array(start), rests, SILENT)
    assert found.fate is fate
    if fate is Fate.CYCLES:
        radius = ((1.0 - np.sqrt(1.0 - 4.0 * mu)) / 2.0) ** 0.5
        assert found.period == pytest.approx(2.0 * np.pi, rel=1e-4)
        assert found.high == pytest.approx([radius, radius], rel=0.02)
        assert found.turn[:, 0] == pytest.approx(found.turn[:, -1], abs=0.05)


def test_scouts_start_beside_what_is_unstable() -> None:
    curve = CycleCurve(*CASES["lorenz"])
    rests = rests_at(curve, diagram_of("lorenz"), 10.0)
    assert len(rests.states) == 3 and len(rests.stable) == 2
    starts = starts_at(curve, rests, (np.array([1.0, 2.0, 3.0]),), 0, free=2)
    assert len(starts) == 1 + 2 + 2  # given, both sides of the saddle, two places
    assert starts[1] == pytest.approx(-starts[2]) and np.max(np.abs(starts[1])) > 0.1
    other = starts_at(curve, rests, (), 1, free=2)
    assert not np.allclose(other[-1], starts[-1])  # the places change with the value


def test_runs_start_between_and_beside_landmarks() -> None:
    curve = CycleCurve(*CASES["ml snlc"])
    seeds = np.array(seeds_of(Landmarks.of(curve, diagram_of("ml snlc").points), compiled=True))
    fold = (39.963153 - 0.0) / 150.0
    assert np.min(np.abs(seeds - fold)) < 0.005 and np.all((seeds > 0.0) & (seeds < 1.0))
    assert np.max(np.diff(np.sort(seeds))) < 0.06


def test_chaos_is_said_to_be_missing() -> None:
    found = over(LORENZ, record(r=0.0), "r", 26.0, 32.0)
    assert found.status is Status.NOT_CONVERGED
    assert "neither rest nor repeat themselves" in found.message and "values of r between" in found.message
    assert over(LORENZ, record(r=0.0), "r", 2.0, 12.0).message == ""


def test_what_took_too_long_is_said() -> None:
    whole, half = halves("brusselator")
    assert doubts_of(whole.curve, [whole], Wandering()) == []
    assert "cut short near B = " in doubts_of(half.curve, [half], Wandering())[0]
    assert "more cycles" in doubts_of(whole.curve, [whole], Wandering((), True))[0]
    assert "at 2 values of B between" in doubts_of(whole.curve, [], Wandering((0.2, 0.4)))[0]
    whole.curve.effort = ENOUGH + 1
    landmarks = Landmarks.of(whole.curve, diagram_of("brusselator").points)
    again = walk_cycles(whole.curve, whole.rows[3], landmarks, lambda path: None)
    assert again.end is Status.STEP_LIMIT and len(again.rows) == 1
    assert "ended early" in doubts_of(whole.curve, [whole], Wandering())[0]


def test_signatures_do_not_depend_on_the_mesh() -> None:
    whole, _ = halves("brusselator")
    cycle = whole.rows[-5].cycle
    assert signature(cycle.on(Mesh.uniform(97))) == pytest.approx(signature(cycle), abs=2e-5)


def test_cycles_that_leave_the_box_are_told() -> None:
    small = System(BAUTIN.rhs, BAUTIN.names, ((-0.2, 0.2),) * 2, ((-0.1, 0.1),) * 2)
    found = over(small, BAUTIN_VALUES._replace(s=0.0), "mu", -1.0, 1.0)
    assert "grow out of the model's box near mu = " in found.message
    assert "out of the model's box" not in over(*CASES["centre"]).message  # neutral cycles of every size
