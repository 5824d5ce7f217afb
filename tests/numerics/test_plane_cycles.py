"""Stable and unstable cycles in the plane: closed forms, and the branches of cycles by continuation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ncm_app.numerics.cycles.oscillation import settle
from ncm_app.numerics.fixed_points.equilibria import find_equilibria
from ncm_app.numerics.plane.cycles import plane_cycles
from ncm_app.numerics.results.plane import PlaneCycle
from ncm_app.numerics.system import Cancelled, Progress, System
from tests.numerics.cycle_systems import BAUTIN, CASES, CENTRE, ISOLA_OF_CYCLES, branches_of, return_error
from tests.numerics.systems import (
    BOOK_HOPF,
    EI,
    EI_VALUES,
    FOLD,
    LORENZ,
    ML_HOMOCLINIC,
    ML_HOPF,
    MORRIS_LECAR,
    make_system,
    record,
)

pytestmark = pytest.mark.sweep


def cycles_of(system: System, p: Any) -> tuple[PlaneCycle, ...]:
    return plane_cycles(system, p, find_equilibria(system, p).points)


def radii(cycle: PlaneCycle) -> Any:
    return np.hypot(*cycle.states)


def test_both_cycles_of_the_bautin_form() -> None:
    """r' = r (mu - r^2 + r^4): r^2 = (1 -+ sqrt(1 - 4 mu)) / 2, and the multipliers follow by hand."""
    p = record(mu=0.15, beta=-1.0, s=1.0, w=1.0)
    found = sorted(cycles_of(BAUTIN, p), key=lambda cycle: float(radii(cycle)[0]))
    assert [cycle.stable for cycle in found] == [True, False]
    for cycle, side in zip(found, (-1.0, 1.0), strict=True):
        square = (1.0 + side * np.sqrt(1.0 - 4.0 * p.mu)) / 2.0
        np.testing.assert_allclose(radii(cycle), np.sqrt(square), rtol=1e-6)
        assert cycle.period == pytest.approx(2.0 * np.pi, rel=1e-7)
        assert np.log(cycle.multiplier) == pytest.approx(4.0 * np.pi * square * (2.0 * square - 1.0), rel=1e-5)


def test_cycles_that_no_fixed_point_repels_onto() -> None:
    """The fixed point is stable, and so is the outer cycle; the unstable one parts their starts."""
    found = cycles_of(ISOLA_OF_CYCLES, record(mu=0.2))
    gap = np.sqrt(0.25 - 0.04)
    by_size = sorted(found, key=lambda cycle: float(radii(cycle)[0]))
    assert [cycle.stable for cycle in by_size] == [False, True]
    for cycle, square in zip(by_size, (1.0 - gap, 1.0 + gap), strict=True):
        np.testing.assert_allclose(radii(cycle), np.sqrt(square), rtol=1e-6)


def test_nested_cycles_are_all_found_once() -> None:
    def rings(t: Any, y: Any, p: Any) -> Any:
        r = np.sqrt(y[0] * y[0] + y[1] * y[1])
        growth = -2.0 * (r - 0.5) * (r - 1.0) * (r - 1.5)
        return growth * y[0] - y[1], growth * y[1] + y[0]

    found = cycles_of(make_system(rings, [(-2.0, 2.0), (-2.0, 2.0)]), record())
    sizes = sorted((float(radii(cycle)[0]), cycle.stable) for cycle in found)
    assert [size for size, _ in sizes] == pytest.approx([0.5, 1.0, 1.5], rel=1e-6)
    assert [stable for _, stable in sizes] == [True, False, True]


def test_the_unstable_cycle_of_the_exercise() -> None:
    """Ex. A.9.3: starts beyond (2.1727, 0) blow up. Backwards in time it is van der Pol's cycle."""
    (unstable,), (stable,) = cycles_of(BOOK_HOPF, record(c=1.0)), cycles_of(BOOK_HOPF, record(c=-1.0))
    assert (unstable.stable, stable.stable) == (False, True)
    x, y = unstable.states
    crossing = np.flatnonzero((y[:-1] < 0) & (y[1:] >= 0))[0]
    share = y[crossing] / (y[crossing] - y[crossing + 1])
    assert x[crossing] + share * (x[crossing + 1] - x[crossing]) == pytest.approx(2.1727, abs=2e-4)
    assert unstable.period == pytest.approx(6.66329, abs=1e-5)
    assert unstable.multiplier * stable.multiplier == pytest.approx(1.0, rel=1e-5)


SOME = [("ml hopf", 0.3), ("ml hopf", 0.7), ("fitzhugh", 0.2), ("fitzhugh", 0.8), ("ml homoclinic", 0.5),
        ("wilson-cowan", 0.5), ("isolated", 0.4), ("brusselator", 0.6)]


@pytest.mark.parametrize(("name", "share"), SOME)
def test_cycles_are_those_of_the_branches(name: str, share: float) -> None:
    """Period, extremes and multiplier agree with collocation and continuation."""
    system, p, field, *_ = CASES[name]
    (branch, *_) = branches_of(name)
    for stable in (True, False):
        of_kind = np.flatnonzero(branch.stable == stable)
        if not len(of_kind):
            continue
        k = int(of_kind[int(share * len(of_kind))])
        here = p._replace(**{field: float(branch.parameter[k])})
        found = [c for c in cycles_of(system, here) if c.stable == stable]
        cycle = min(found, key=lambda c: abs(c.period - branch.period[k]))
        width = np.array([high - low for low, high in system.spans])
        # Along a slow manifold that repels, both are as exact as their errors allow.
        assert return_error(system, here, cycle.period, cycle.states[:, 0]) < 2e-5
        assert cycle.period == pytest.approx(branch.period[k], rel=1e-4)
        # Between two points of the polyline the extremes are up to a bend of a step away.
        extremes = np.array([cycle.states.min(axis=1) - branch.low[:, k], cycle.states.max(axis=1) - branch.high[:, k]])
        assert np.max(np.abs(extremes) / width) < 2e-4
        expected = float(np.log(np.abs(branch.multipliers[1, k])))
        assert np.log(cycle.multiplier) == pytest.approx(expected, rel=1e-3, abs=0.01)


def test_cycle_through_the_kinks_of_threshold_linear_rates() -> None:
    p = EI_VALUES._replace(tau_e=15.0, tau_i=30.0)
    (cycle,) = cycles_of(EI, p)
    assert cycle.stable
    assert return_error(EI, p, cycle.period, cycle.states[:, 0]) < 1e-7
    assert cycle.period == pytest.approx(settle(EI, [0.004, 0.01], p).period, rel=1e-5)


@pytest.mark.parametrize("current", [89.0, 91.0, 93.0])
def test_rest_and_firing_of_morris_and_lecar_are_parted_by_an_unstable_cycle(current: float) -> None:
    """Between the fold of cycles (88.29) and the Hopf point (93.86) there are two cycles."""
    p = ML_HOPF._replace(I=current)
    (point,) = find_equilibria(MORRIS_LECAR, p).points
    small, large = sorted(cycles_of(MORRIS_LECAR, p), key=lambda c: float(np.ptp(c.states[0])))
    assert (point.stable, small.stable, large.stable) == (True, False, True)
    assert np.all(large.states.min(axis=1) < small.states.min(axis=1))
    assert np.all(small.states.min(axis=1) < point.state)
    assert np.all(point.state < small.states.max(axis=1))
    assert np.all(small.states.max(axis=1) < large.states.max(axis=1))


@pytest.mark.parametrize(("current", "count"), [(88.0, 0), (88.6, 2), (95.0, 1), (217.0, 0)])
def test_number_of_cycles_changes_at_the_known_points(current: float, count: int) -> None:
    assert len(cycles_of(MORRIS_LECAR, ML_HOPF._replace(I=current))) == count


def test_cycle_around_a_weakly_unstable_spiral() -> None:
    """Just below its Hopf point at 36.316 the spiral winds out slowly; the cycle lasts 40.83 ms."""
    (cycle,) = cycles_of(MORRIS_LECAR, ML_HOMOCLINIC._replace(I=36.0))
    assert cycle.stable
    assert cycle.period == pytest.approx(40.83, abs=0.005)


def test_states_close_and_times_run_over_one_period() -> None:
    for cycle in cycles_of(MORRIS_LECAR, ML_HOPF._replace(I=91.0)):
        np.testing.assert_allclose(cycle.states[:, 0], cycle.states[:, -1], rtol=1e-5)
        assert cycle.times[0] == pytest.approx(0.0, abs=1e-12)
        assert cycle.times[-1] == pytest.approx(cycle.period)
        assert np.all(np.diff(cycle.times) > 0)
        # Forward in time: the flow points from each point to the next.
        flow = np.array(MORRIS_LECAR.rhs(0.0, tuple(cycle.states[:, :-1]), ML_HOPF._replace(I=91.0)))
        width = np.array([[125.0], [1.0]])
        assert np.all(np.sum(flow / width * np.diff(cycle.states, axis=1) / width, axis=0) > 0)


def test_there_are_none_around_a_centre_on_a_line_or_in_space() -> None:
    assert cycles_of(CENTRE, record(c=0.0)) == ()
    assert cycles_of(CENTRE, record(c=0.02)) == ()
    assert cycles_of(FOLD, record(a=-1.0)) == ()
    assert cycles_of(LORENZ, record(r=15.0)) == ()


class Impatient(Progress):
    """Cancels when half of the work is done."""

    def __init__(self) -> None:
        self.seen: list[float] = []

    def report(self, fraction: float, partial: Any = None) -> None:
        self.seen.append(fraction)
        if fraction >= 0.5:
            raise Cancelled


def test_search_reports_and_can_be_cancelled() -> None:
    progress = Impatient()
    p = ML_HOPF._replace(I=91.0)
    with pytest.raises(Cancelled):
        plane_cycles(MORRIS_LECAR, p, find_equilibria(MORRIS_LECAR, p).points, progress=progress)
    assert progress.seen == sorted(progress.seen)
    assert len(progress.seen) > 3
