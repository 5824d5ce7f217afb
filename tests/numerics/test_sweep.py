"""Slow sweeps: jumps at folds and Hopf points, delayed and never early, but earlier with noise."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.results import Status, SweepPart
from ncm_app.numerics.runs.compiled import warm
from ncm_app.numerics.runs.sweep import differing_ranges, sweep
from ncm_app.numerics.runs.time_scales import HOLD, fitting_step, slow_time
from ncm_app.numerics.system import Cancelled, Progress, System
from tests.numerics.systems import FOLD, ML_HOPF, MORRIS_LECAR, PITCHFORK, make_system, record

pytestmark = pytest.mark.sweep

BISTABLE = make_system(lambda t, y, p: (p.a + y[0] - y[0] ** 3,), [(-2.0, 2.0)])
"""Stable states apart between the folds at a = -+ 2 / (3 sqrt 3)."""
EDGE = 2 / (3 * np.sqrt(3))
A = record(a=0.0)

NORMAL_FORM = make_system(lambda t, y, p: ((p.a - y[0] ** 2 - y[1] ** 2) * y[0] - 5.0 * y[1],
                                           (p.a - y[0] ** 2 - y[1] ** 2) * y[1] + 5.0 * y[0]), [(-1.0, 1.0)] * 2)
"""Supercritical Hopf point at a = 0: cycles of radius sqrt(a)."""


def swept(system, low=-1.0, high=1.0, start=(-1.0,), *, steps=80, settle_time=10.0, dt=0.1, **more):
    return sweep(system, A, "a", low, high, start, steps=steps, settle_time=settle_time, dt=dt, **more)


def jump(part):
    """The first value on a way at which the state has changed its sign."""
    return float(part.parameter[np.flatnonzero(np.sign(part.end[0]) != np.sign(part.end[0, 0]))[0]])


@cache
def noisy(seed, noise=0.25):
    warm(BISTABLE, "RK4", A, noisy=True)
    return swept(BISTABLE, noise=noise, seed=seed, steps=60)


@pytest.mark.parametrize("steps", [40, 80])
def test_jumps_come_within_one_step_beyond_each_fold(steps):
    found, step = swept(BISTABLE, steps=steps), 2.0 / (steps - 1)
    assert EDGE < jump(found.up) <= EDGE + step
    assert -EDGE - step <= jump(found.down) < -EDGE
    ((low, high),) = found.hysteresis
    assert -EDGE < low < -EDGE + step and EDGE - step < high < EDGE
    assert found.status is Status.OK
    assert found.message.endswith("hysteresis.") and "differ between" in found.message


def test_off_the_jumps_the_state_lies_on_the_branch():
    found = swept(BISTABLE)
    for part in (found.up, found.down):
        x = part.end[0]
        np.testing.assert_allclose(x**3 - x, part.parameter, atol=3e-4)
        assert np.all(part.settled) and np.all(part.low <= part.end) and np.all(part.end <= part.high)
        assert np.all(np.isnan(part.rate))


def test_the_two_ways_mirror_each_other_as_the_equation_does():
    found = swept(BISTABLE)
    np.testing.assert_allclose(found.down.end, -found.up.end, atol=1e-3)
    np.testing.assert_array_equal(found.down.parameter, found.up.parameter[::-1])


def test_noise_makes_jumps_earlier_on_average():
    quiet = swept(BISTABLE, steps=60)
    early = [EDGE - jump(noisy(seed).up) for seed in range(12)], [EDGE + jump(noisy(seed).down) for seed in range(12)]
    for way in early:
        assert np.mean(way) > 2 * np.std(way) / np.sqrt(len(way)) > 0
    assert np.mean(early[0]) > EDGE - jump(quiet.up)
    assert min(early[0]) > -2.0 / 59  # and never later than one step beyond


def test_more_noise_makes_them_earlier_still():
    times = [np.mean([jump(noisy(seed, noise).up) for seed in range(12)]) for noise in (0.1, 0.25, 0.6)]
    assert times[0] > times[1] > times[2]


def test_noise_depends_on_the_seed_alone():
    again = swept(BISTABLE, noise=0.25, seed=3, steps=60)
    np.testing.assert_array_equal(again.up.end, noisy(3).up.end)
    np.testing.assert_array_equal(again.down.low, noisy(3).down.low)
    assert not np.array_equal(again.up.end, noisy(4).up.end)


def test_noise_is_common_to_all_strengths_and_has_the_strength_it_says():
    """For x' = a - x noise adds something linear in it, of variance kick^2 / (1 - exp(-2 dt))."""
    decay = make_system(lambda t, y, p: (p.a - y[0],), [(-2.0, 2.0)])
    warm(decay, "RK4", A, noisy=True)

    def added(seed, noise):
        ways = [swept(decay, noise=n, seed=seed, steps=200) for n in (1e-12, noise)]
        quiet, loud = (np.concatenate([way.up.end[0], way.down.end[0]]) for way in ways)
        return loud - quiet

    np.testing.assert_allclose(added(1, 0.1), 2 * added(1, 0.05), atol=1e-9)
    kick = 0.1 * 4.0 / np.sqrt(10.0 / 0.1)
    every = np.concatenate([added(seed, 0.1) for seed in range(4)])
    assert np.var(every) == pytest.approx(kick**2 / (1 - np.exp(-0.2)), rel=4 * np.sqrt(2 / len(every)))


@cache
def morris_lecar():
    low, high = 80.0, 100.0
    diagram = bifurcation_diagram(MORRIS_LECAR, ML_HOPF, "I", low, high)
    dt = fitting_step(MORRIS_LECAR, ML_HOPF, "I", low, high, (-40.0, 0.1))
    warm(MORRIS_LECAR, "RK4", ML_HOPF)
    return sweep(MORRIS_LECAR, ML_HOPF, "I", low, high, (-40.0, 0.1), steps=60,
                 settle_time=HOLD * slow_time(diagram), dt=dt)


def test_morris_lecar_starts_to_fire_at_the_hopf_point_and_stops_at_the_fold_of_cycles():
    found, step = morris_lecar(), 20.0 / 59
    firing = [part.parameter[np.ptp([part.low[0], part.high[0]], axis=0) > 40.0] for part in (found.up, found.down)]
    assert 93.857618 < firing[0].min() < 93.857618 + 3 * step
    assert 88.293251 < firing[1].min() + step < 88.293251 + 2 * step
    ((low, high),) = found.hysteresis
    assert abs(low - 88.293251) < 1.5 * step and abs(high - 93.857618) < 2 * step


def test_a_supercritical_hopf_point_gives_a_band_and_no_hysteresis():
    found = swept(NORMAL_FORM, -0.5, 0.6, (0.1, 0.1), steps=40, settle_time=60.0)
    radius = np.sqrt(np.maximum(found.down.parameter, 0.0))
    np.testing.assert_allclose(found.down.high[0], radius, atol=0.02)
    np.testing.assert_allclose(found.down.low[1], -radius, atol=0.02)
    assert found.hysteresis == ()
    assert found.message.endswith("Up and down agree: no hysteresis.")


def test_a_branch_that_loses_its_stability_is_left_soon():
    """x = 0 stays a fixed point of x' = a x - x^3: without a nudge it would never be left."""
    found = swept(PITCHFORK, start=(0.0,), steps=50)
    assert np.all(found.up.end[0, found.up.parameter < 0] < 1e-3)
    late = found.up.parameter > 0.17
    np.testing.assert_allclose(np.abs(found.up.end[0, late]), np.sqrt(found.up.parameter[late]), rtol=1e-3)


def test_a_blow_up_stops_the_sweep_and_says_where():
    found = swept(FOLD, start=(-0.5,), steps=41)
    assert found.status is Status.DIVERGED
    assert found.up.parameter[-1] == pytest.approx(0.0)  # the fold of x' = a + x^2
    assert "up" in found.message and "a = 0.05" in found.message
    assert found.down.parameter.shape == (0,) and found.down.low.shape == (1, 0)
    assert found.hysteresis == ()


def test_resets_give_the_rate_of_the_leaky_cell_and_reach_the_threshold():
    """v' = (a - v) / tau from 0 to 1 fires every tau ln(a / (a - 1)) ms, and not at all below a = 1."""
    cell = System(lambda t, y, p: ((p.a - y[0]) / 10.0,), ("v",), ((0.0, 1.0),), ((-5.0, 5.0),),
                  threshold=lambda p: 1.0, reset=lambda y, p: (0.0 * y[0],))
    warm(cell, "RK4", A)
    found = swept(cell, 0.0, 3.0, (0.5,), steps=16, settle_time=200.0, dt=0.02)
    fires = found.up.parameter > 1.1
    a = found.up.parameter[fires]
    np.testing.assert_allclose(found.up.rate[fires], 100.0 / np.log(a / (a - 1.0)), rtol=0.01)
    assert np.all(found.up.rate[~fires] == 0.0)
    np.testing.assert_allclose(found.up.high[0, ~fires], found.up.parameter[~fires], atol=1e-3)
    assert np.all(found.up.high[0, fires] == 1.0)
    assert np.all(found.up.low[0, fires] < 0.05)


def test_progress_grows_with_partial_sweeps_and_a_cancel_passes():
    class Watch(Progress):
        fractions, parts = [], []

        def report(self, fraction, partial=None):
            self.fractions.append(fraction)
            if partial is not None:
                self.parts.append(len(partial.answer.up.parameter) + len(partial.answer.down.parameter))
            if fraction > 0.75:
                raise Cancelled

    with pytest.raises(Cancelled):
        swept(BISTABLE, steps=40, progress=Watch())
    assert np.all(np.diff(Watch.fractions) >= 0) and Watch.fractions[-1] == pytest.approx(61 / 80)
    assert Watch.parts == list(range(4, 61, 4))


def part_of(values, parameter):
    rows = np.array([values], dtype=float)
    return SweepPart(np.array(parameter, dtype=float), rows, rows, rows, rows[0], np.full(len(values), True))


def test_ranges_that_differ_are_found_with_their_ends():
    up, width = part_of([0, 0, 0, 1, 1, 1, 1, 1, 1, 1], range(10)), np.array([1.0])
    down = part_of([1, 1, 1, 1, 1, 1, 1, 1, 1, 0], range(9, -1, -1))
    assert differing_ranges(up, down, width) == ((1.0, 2.0),)
    assert differing_ranges(up, down, width, fewest=3) == ()
    assert differing_ranges(up, part_of([1, 1], [9, 8]), width) == ()
    assert differing_ranges(up, part_of([], []), width) == ()


@pytest.mark.parametrize("wrong", [{"low": 1.0}, {"settle_time": 0.0}, {"dt": -0.1}, {"steps": 1}, {"noise": -0.1}])
def test_impossible_questions_are_refused(wrong):
    with pytest.raises(ValueError, match=r"must grow|needs a settle time"):
        swept(BISTABLE, **wrong)
