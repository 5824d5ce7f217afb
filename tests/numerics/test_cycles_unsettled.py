"""Nothing is said to wander that rests, repeats itself or escapes; cycles that cross a family beyond the range."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import ncm_app as ncm
from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.cycles.curve import CycleCurve
from ncm_app.numerics.cycles.doubts import doubts_of
from ncm_app.numerics.cycles.oscillation import Pursuit
from ncm_app.numerics.cycles.runs import Wandering
from ncm_app.numerics.cycles.scouts import Fate, rest_near, rests_at
from ncm_app.numerics.cycles.unsettled import followed
from ncm_app.numerics.system import SILENT
from tests.numerics.cycle_systems import CASES
from tests.numerics.systems import LORENZ, make_system, record

pytestmark = pytest.mark.sweep

SETTLED = [("three_oscillators", {"network": "pacemaker"}, "K", None), ("three_oscillators", {}, "K", (0.45, 0.55)),
           ("three_oscillators", {}, "K", None), ("three_oscillators", {}, "alpha", None),
           ("three_oscillators", {}, "D_2", None), ("three_oscillators", {}, "D_3", None),
           ("brusselator", {}, "B", None), ("wilson_cowan", {}, "theta_e", (-0.875, -0.125)),
           ("ei_rate_network", {}, "w_ii", None)]


@pytest.mark.parametrize(("name", "values", "field", "bounds"), SETTLED)
def test_runs_that_rest_repeat_or_escape_are_not_said_to_wander(name: str, values: Any, field: str,
                                                                bounds: Any) -> None:
    more = () if bounds is None else (bounds,)
    assert ncm.bifurcation_diagram(ncm.model(name, **values), field, *more).message == ""


def fate(system: Any, p: Any, start: Any, field: str = "a", low: float = 0.0, high: float = 2.0) -> Fate:
    curve = CycleCurve(system, p, field, low, high)
    rests = rests_at(curve, bifurcation_diagram(system, p, field, low, high), getattr(p, field))
    return followed(curve, getattr(p, field), np.array(start, dtype=float), rests, SILENT).fate


def test_a_run_that_rests_far_from_the_box_rests() -> None:
    """x' = (a + 9 - x) / 5, y' = x - y: rest at x = y = a + 9, which the box does not hold."""
    far = make_system(lambda t, y, p: ((p.a + 9.0 - y[0]) / 5.0, y[0] - y[1]), ((-3.0, 3.0),) * 2)
    assert fate(far, record(a=1.0), (0.0, 0.5)) is Fate.RESTS


def test_a_run_that_starts_at_a_saddle_is_moved_off_it() -> None:
    """x' = x - x^3 / 4, y' = -y: rest at x = 2 and -2, a saddle at 0."""
    saddle = make_system(lambda t, y, p: (p.a * y[0] - y[0] ** 3 / 4.0, -y[1]), ((-3.0, 3.0),) * 2)
    assert fate(saddle, record(a=1.0), (0.0, 0.0)) is Fate.RESTS


def test_a_run_that_repeats_itself_and_one_that_escapes() -> None:
    """r' = a r (1 - r^2) at angular speed 1: the unit circle; and outside it with the sign turned, escape."""
    def circle(t: float, y: Any, p: Any) -> Any:
        gain = p.a * (1.0 - y[0] ** 2 - y[1] ** 2)
        return gain * y[0] - y[1], gain * y[1] + y[0]

    assert fate(make_system(circle, ((-3.0, 3.0),) * 2), record(a=0.5), (0.3, 0.0)) is Fate.CYCLES
    outside = fate(make_system(circle, ((-3.0, 3.0),) * 2), record(a=-0.5), (1.3, 0.0), low=-1.0, high=-0.1)
    assert outside is Fate.ESCAPES


def test_only_runs_that_part_from_their_neighbours_wander() -> None:
    """Two rhythms at a ratio of the square root of 2 never repeat, and are not chaos; Lorenz at r = 28 is."""
    def torus(t: float, y: Any, p: Any) -> Any:
        (u, v), (w, z) = y[:2], y[2:]
        first, second = 1.0 - u * u - v * v, 1.0 - w * w - z * z
        return first * u - v, first * v + u, second * w - p.a * z, second * z + p.a * w

    assert fate(make_system(torus, ((-3.0, 3.0),) * 4), record(a=2.0**0.5), (1.0, 0.0, 1.0, 0.0)) is Fate.UNCLEAR
    assert fate(LORENZ, record(r=28.0), (1.0, 2.0, 20.0), "r", 27.0, 29.0) is Fate.WANDERS


def test_chaos_is_still_told_and_what_is_unclear_in_its_own_words() -> None:
    said = ncm.bifurcation_diagram(ncm.model("lorenz"), "r", (27.5, 28.5)).message
    assert "neither rest nor repeat themselves" in said and "followed to their end" not in said
    curve = CycleCurve(*CASES["brusselator"])
    (unclear,) = doubts_of(curve, [], Wandering((), False, (0.5,)))
    assert "not followed to their end" in unclear and "neither" not in unclear


@pytest.mark.parametrize(("low", "high"), [(0.5, 1.5), (0.0, 1.0), (0.1, 0.5), (0.05, 3.0), (1.0, 3.0), (2.0, 3.0),
                                           (0.7, 0.9)])
def test_unstable_cycles_that_cross_a_neutral_family_beyond_the_range(low: float, high: float) -> None:
    """Van der Pol's cycle in reverse time: unstable at every c > 0, while all circles are neutral at c = 0."""
    (branch,) = ncm.bifurcation_diagram(ncm.model("hopf_system", c=1.0), "c", (low, high)).cycles
    assert not branch.stable.any() and branch.parameter.max() == pytest.approx(high)
    k = int(np.argmin(np.abs(branch.parameter - (low + high) / 2.0)))
    c = float(branch.parameter[k])

    def up(t: float, y: Any) -> float:
        return float(y[0])

    up.direction = 1.0  # type: ignore[attr-defined]
    run = solve_ivp(lambda t, y: (c * (1.0 - y[1] ** 2) * y[0] + y[1], -y[0]), (0.0, 200.0 + 20.0 / c), (0.0, 2.0),
                    rtol=1e-9, atol=1e-11, events=up)
    assert branch.period[k] == pytest.approx(run.t_events[0][-1] - run.t_events[0][-2], rel=1e-5)
    assert branch.low[1, k] == pytest.approx(-abs(run.y_events[0][-1][1]), rel=1e-4)


def test_stable_cycles_on_the_other_side_come_in_too() -> None:
    (branch,) = ncm.bifurcation_diagram(ncm.model("hopf_system", c=-1.0), "c", (-2.0, -1.0)).cycles
    assert branch.stable.all() and branch.high[1].min() == pytest.approx(2.0086, abs=1e-4)


def test_a_stable_rest_is_found_where_there_is_one_within_reach() -> None:
    bistable = make_system(lambda t, y, p: (y[0] - y[0] ** 3 / 4.0, -y[1]), ((-3.0, 3.0),) * 2)
    pursuit = Pursuit(bistable, record(a=1.0), SILENT)
    found = rest_near(pursuit, np.array([1.99, 0.01]), 0.05)
    assert found is not None and found == pytest.approx([2.0, 0.0], abs=1e-9)
    assert rest_near(pursuit, np.array([1.0, 0.0]), 0.05) is None  # too far
    assert rest_near(pursuit, np.array([0.01, 0.0]), 0.05) is None  # a saddle
