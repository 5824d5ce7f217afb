"""Cells that fire at every step end with a sentence; those that pause now and then go on. What adaptive runs say."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

from ncm_app.numerics.results import Status
from ncm_app.numerics.runs import adaptive, compiled
from ncm_app.numerics.runs.integrate import METHODS, integrate
from ncm_app.numerics.system import System

pytestmark = pytest.mark.sweep

P = namedtuple("P", "I E tau theta reset")
AT_ONCE = P(20.0, -72.0, 15.0, -55.0, -55.0)


def leak(t, y, p):
    return ((-(y[0] - p.E) + p.I) / p.tau,)


def rising(t, y, p):
    return (1.0,)


def cell(rhs):
    return System(rhs, ("V",), ((-80.0, 10.0),), ((-80.0, 10.0),), threshold=lambda p: p.theta,
                  reset=lambda y, p: (p.reset,))


def first_step(method, dt):
    """Step at which the leaky cell reaches -55 mV from -70 mV: its distance from -52 mV shrinks by one factor each."""
    x, order = -dt / 15.0, METHODS[method]
    factor = sum(x**k / np.prod(np.arange(1, k + 1)) for k in range(order + 1))
    return int(np.ceil(np.log(3.0 / 18.0) / np.log(factor)))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("chunk", [7, 50_000, *(pytest.param(n, marks=pytest.mark.sweep) for n in (1000, 2000))])
@pytest.mark.parametrize("warm", [False, True])
def test_a_spike_at_each_of_1001_steps_ends_the_run(method, chunk, warm, monkeypatch):
    monkeypatch.setattr(compiled, "CHUNKS", {True: chunk, False: chunk})
    system, dt = cell(leak), 0.1
    if warm:
        compiled.warm(system, method, AT_ONCE)
        assert compiled.is_warm(system, method)
    run = integrate(system, (-70.0,), AT_ONCE, t_end=500.0, dt=dt, method=method)
    k = first_step(method, dt)
    assert run.status is Status.STORM
    assert run.spikes == pytest.approx(dt * np.arange(k, k + 1001))
    assert len(run.t) == run.y.shape[1] == k + 1000 and np.all(np.isfinite(run.y))
    assert f"t = {dt * (k + 1000):g} ms" in run.message and "each of the last 1,001 steps" in run.message
    assert "without end" in run.message and f"{method} with dt = 0.1 ms" in run.message


@pytest.mark.parametrize("method", METHODS)
def test_what_fires_at_every_second_step_or_for_1000_steps_goes_on(method):
    """V rises by 1 mV per ms; eighths are exact in floats."""
    second = integrate(cell(rising), (-0.25,), P(0, 0, 1, 0.0, -0.25), t_end=1000.0, dt=0.125, method=method)
    assert second.status is Status.OK and second.message == "" and second.t[-1] == 1000.0
    assert second.spikes == pytest.approx(0.25 * np.arange(1, 4001))
    short = integrate(cell(rising), (-0.125,), P(0, 0, 1, 0.0, -0.125), t_end=125.0, dt=0.125, method=method)
    assert short.status is Status.OK and len(short.spikes) == 1000
    longer = integrate(cell(rising), (-0.125,), P(0, 0, 1, 0.0, -0.125), t_end=126.0, dt=0.125, method=method)
    assert longer.status is Status.STORM and longer.spikes[-1] == 1001 * 0.125


def test_a_pause_of_one_step_after_1000_spikes_is_enough():
    def pausing(t, y, p):
        return (1.0 * (np.floor(8.0 * t) % 1001 != 1000),)

    run = integrate(cell(pausing), (-0.125,), P(0, 0, 1, 0.0, -0.125), t_end=1000.0, dt=0.125, method="Euler")
    assert run.status is Status.OK and len(run.spikes) == 8000 - 8000 // 1001


def test_the_limit_of_solver_steps_tells_what_took_them(monkeypatch):
    monkeypatch.setattr(adaptive, "MAX_SOLVER_STEPS", 2000)
    every = 15.0 * np.log(4.0 / 3.0)  # from -56 to -55 mV, on the way to -52 mV
    run = integrate(cell(leak), (-56.0,), AT_ONCE._replace(reset=-56.0), t_end=9000.0, dt=0.1, method="adaptive")
    count = len(run.spikes)
    assert run.status is Status.STEP_LIMIT and count > 20
    assert f"2,000 adaptive steps at most, and {count:,} spikes within {(count - 1) * every:.3g} ms" in run.message


@pytest.mark.parametrize("method", [*METHODS, "adaptive"])
@pytest.mark.parametrize(("t_end", "dt", "end"), [(16.0, 3.0, 15.0), (1.0, 50.0, 50.0), (17.0, 3.0, 18.0),
                                                  (10.0, 0.3, 9.9)])
def test_a_run_whose_steps_do_not_divide_its_duration_says_where_it_ends(method, t_end, dt, end):
    run = integrate(cell(leak), (-70.0,), P(1.0, -72.0, 15.0, -55.0, -75.0), t_end=t_end, dt=dt, method=method)
    assert run.status is Status.OK and run.t[-1] == pytest.approx(end)
    assert f"ends at t = {end:g} ms" in run.message and f"nearest to {t_end:g} ms" in run.message


@pytest.mark.parametrize(("t_end", "dt"), [(1000.0, 0.1), (0.7, 0.1), (100.0, 1.0 / 3.0), (2000.0, 0.07)])
def test_a_run_that_ends_where_it_should_says_nothing(t_end, dt):
    if abs(round(t_end / dt) * dt - t_end) > 1e-6:
        t_end = round(t_end / dt) * dt
    run = integrate(cell(leak), (-70.0,), P(1.0, -72.0, 15.0, -55.0, -75.0), t_end=t_end, dt=dt, method="Euler")
    assert run.status is Status.OK and run.message == ""
