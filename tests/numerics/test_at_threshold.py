"""Cells at their threshold, and cells whose spikes have no end, under every method."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

from ncm_app.numerics.results import Status
from ncm_app.numerics.runs.integrate import METHODS, integrate
from ncm_app.numerics.runs.rates import interspike_interval, near_onset
from ncm_app.numerics.system import System

pytestmark = pytest.mark.sweep

EVERY = [*METHODS, "adaptive"]
P = namedtuple("P", "I E tau theta reset D", defaults=(2.0,))


def leak(t, y, p):
    return ((-(y[0] - p.E) + p.I) / p.tau,)


def exponential(t, y, p):
    return ((-(y[0] - p.E) + p.D * np.exp((y[0] + 55.0) / p.D) + p.I) / p.tau,)


def parabola(t, y, p):
    return (((y[0] - p.theta) ** 2 / 4.0 + p.I) / p.tau,)


def tired(t, y, p):
    return (*exponential(t, y[:1], p)[:1], -y[1] / 100.0)


def cell(rhs, states=1):
    names, spans = ("V", "w")[:states], ((-80.0, 10.0), (0.0, 10.0))[:states]
    return System(rhs, names, spans, spans, threshold=lambda p: p.theta,
                  reset=(lambda y, p: (p.reset,)) if states == 1 else (lambda y, p: (p.reset, y[1] + 0.5)))


def spikes(system, p, method, t_end=2000.0, dt=0.1, start=-70.0):
    return integrate(system, (start, 0.0)[:system.size], p, t_end=t_end, dt=dt, method=method)


@pytest.mark.parametrize("method", EVERY)
@pytest.mark.parametrize("gap", [0.0, 1e-14, 1e-10, 1e-6, 1e-3])
def test_what_stays_below_its_threshold_never_fires(method, gap):
    draw = np.random.default_rng(7)
    for _ in range(4):
        E, theta, tau = draw.uniform(-90, -60), draw.uniform(-55, -40), draw.uniform(3, 40)
        run = spikes(cell(leak), P(theta - E - gap, E, tau, theta, E - 5.0), method)
        assert len(run.spikes) == 0 and run.status is Status.OK
        assert run.y[0, -1] == pytest.approx(theta - gap, abs=1e-9)


@pytest.mark.parametrize("method", EVERY)
def test_a_parabola_that_touches_zero_at_the_threshold_is_crept_up_to(method):
    run = spikes(cell(parabola), P(0.0, 0.0, 10.0, -55.0, -75.0), method)
    assert len(run.spikes) == 0 and run.y[0, -1] < -55.0


@pytest.mark.parametrize("gap", [1e-8, 1e-6, 1e-3, 0.5])
def test_what_rises_above_it_fires_as_often_as_the_closed_form_says(gap):
    """Interval of the LIF: tau ln((E + I - V_re) / (E + I - V_T)); the first one starts at -70 mV."""
    p = P(17.0 + gap, -72.0, 15.0, -55.0, -75.0)
    run = spikes(cell(leak), p, "adaptive")
    above = (p.I + p.E) - p.theta  # what is left of the gap in floats
    every = 15.0 * np.log((20.0 + above) / above)
    first = 15.0 * np.log((15.0 + above) / above)
    expected = first + every * np.arange(int((2000.0 - first) / every) + 1)
    assert run.spikes == pytest.approx(expected, rel=1e-4)
    assert float(interspike_interval(cell(leak), p)) == pytest.approx(every, rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_a_step_that_lands_on_the_threshold_and_goes_on_fires_there(method):
    """V rises by 1 mV per ms; eighths are exact in floats."""
    rising = cell(lambda t, y, p: (1.0,))
    run = integrate(rising, (-1.0,), P(0, 0, 1, 0.0, -1.0), t_end=4.0, dt=0.125, method=method)
    assert run.spikes == pytest.approx([1.0, 2.0, 3.0, 4.0])


def test_cells_that_only_reach_their_threshold_are_silent_in_rates_too():
    for theta in np.linspace(-60.3, -40.7, 25):
        p = P(theta + 72.3, -72.3, 15.0, theta, -75.0)
        assert np.isinf(interspike_interval(cell(leak), p))
        values = near_onset(cell(leak), p, "I", np.linspace(0.0, 40.0, 21))
        assert np.any(np.abs(values - (theta + 72.3)) < 1e-4)


@pytest.mark.parametrize("method", EVERY)
@pytest.mark.parametrize("reset", [-50.0, -54.9, 20.0])
def test_a_reset_above_the_threshold_ends_the_run_with_a_sentence(method, reset):
    run = spikes(cell(leak), P(20.0, -72.0, 15.0, -55.0, reset), method)
    assert run.status is Status.STORM and len(run.spikes) == 1
    assert run.spikes[0] == pytest.approx(15.0 * np.log(18.0 / 3.0), abs=0.2)
    assert f"V is reset to {reset:g}, above its threshold" in run.message and "without end" in run.message
    assert run.t[-1] <= run.spikes[0] <= run.t[-1] + 0.11


@pytest.mark.parametrize(("rhs", "states", "p"), [
    (leak, 1, P(20.0, -72.0, 15.0, -55.0, -55.0)),
    (leak, 1, P(20.0, -72.0, 15.0, -55.0, np.nextafter(-55.0, -60.0))),
    (exponential, 1, P(20.0, -72.0, 15.0, 5.0, 0.0)),
    (exponential, 1, P(20.0, -72.0, 15.0, 5.0, -35.0, 0.5)),
    (tired, 2, P(20.0, -72.0, 15.0, 5.0, -35.0, 0.5))])
def test_adaptive_steps_end_where_spikes_crowd_into_a_moment(rhs, states, p):
    run = spikes(cell(rhs, states), p, "adaptive", t_end=100.0)
    assert run.status is Status.STORM and len(run.spikes) <= 1001
    assert "without end" in run.message
    for method in METHODS:  # steps go on: a spike at each is all that they can show
        stepped = spikes(cell(rhs, states), p, method, t_end=100.0)
        assert stepped.t[-1] == 100.0 or stepped.status is Status.STORM
        assert len(stepped.spikes) <= 1000


def test_a_cell_above_its_threshold_at_the_start_fires_once_and_goes_on():
    for method in EVERY:
        run = spikes(cell(leak), P(0.0, -72.0, 15.0, -55.0, -75.0), method, t_end=50.0, start=-50.0)
        assert run.status is Status.OK
        assert run.y[0, -1] < -71.0


def test_a_step_of_the_input_fires_a_cell_that_has_crept_up_to_its_threshold():
    def pushed(t, y, p):
        return ((-(y[0] - p.E) + p.I + 3.0 * (t >= 500.0)) / p.tau,)

    edges = namedtuple("Edges", "jumps stops longest_step known_until")(
        np.array([500.0]), np.array([500.0]), np.inf, np.inf)
    system = System(pushed, ("V",), ((-80.0, 10.0),), ((-80.0, 10.0),), threshold=lambda p: p.theta,
                    reset=lambda y, p: (p.reset,), edges=lambda start, p, t_end: edges)
    run = spikes(system, P(17.0, -72.0, 15.0, -55.0, -75.0), "adaptive", t_end=520.0)
    assert run.spikes == pytest.approx([500.0], abs=1e-3)
