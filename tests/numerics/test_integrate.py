"""Runs: orders of the methods, chunks, spikes, and the ways in which a run can end."""

from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.linalg import expm

from ncm_app.numerics.results import Status
from ncm_app.numerics.runs import adaptive, compiled, integrate
from ncm_app.numerics.runs.integrate import METHODS, StepError, step_error
from ncm_app.numerics.system import Cancelled, Progress, System

Linear = namedtuple("Linear", "a b c d")
Cell = namedtuple("Cell", "I_1 I_2 V_th V_re")
One = namedtuple("One", "a")

SPIRAL = Linear(-1.0, 10.0, -10.0, -1.0)
FIG_1_2 = Cell(5.0, 18.0, 5.0, -75.0)
EVERY = [*METHODS, "adaptive"]


def linear(t, y, p):
    u, v = y
    return p.a * u + p.b * v, p.c * u + p.d * v


def eif(t, y, p):
    """Exponential integrate-and-fire cell of Fig 1.2 with its two pulses."""
    (V,) = y
    current = p.I_1 * ((t >= 200.0) * (t < 400.0)) + p.I_2 * ((t >= 600.0) * (t < 800.0))
    return ((-(V + 72.0) + 2.0 * np.exp((V + 55.0) / 2.0) + current) / 15.0,)


def system(rhs, *names, span=(-2.0, 2.0), **more):
    return System(rhs, names, (span,) * len(names), (span,) * len(names), **more)


PLANE = system(linear, "u", "v")
NEURON = system(eif, "V", span=(-80.0, 10.0), threshold=lambda p: p.V_th, reset=lambda y, p: (p.V_re,))


class Recorder(Progress):
    """Keeps the reports, and cancels at one of them."""

    def __init__(self, cancel_at=None):
        self.fractions, self.cancel_at = [], cancel_at

    def report(self, fraction, partial=None):
        self.fractions.append(fraction)
        if len(self.fractions) == self.cancel_at:
            raise Cancelled


def run(one, start, p, *, t_end, dt=0.1, method="Euler", **more):
    return integrate.integrate(one, start, p, t_end=t_end, dt=dt, method=method, **more)


@pytest.mark.parametrize(("method", "order"), METHODS.items())
def test_order_of_each_method(method, order):
    """The slope of the error against the matrix exponential is the declared order."""
    start = np.array([1.5, 1.25])
    exact = expm(np.array([[-1.0, 10.0], [-10.0, -1.0]])) @ start
    steps = 2.0 ** -np.arange(7, 11)
    errors = [np.linalg.norm(run(PLANE, start, SPIRAL, t_end=1.0, dt=dt, method=method).y[:, -1] - exact)
              for dt in steps]
    slope = np.polyfit(np.log(steps), np.log(errors), 1)[0]
    assert slope == pytest.approx(order, abs=0.15)


def test_adaptive_run_follows_the_matrix_exponential():
    done = run(PLANE, (1.5, 1.25), SPIRAL, t_end=2.0, dt=0.05, method="adaptive")
    exact = [expm(np.array([[-1.0, 10.0], [-10.0, -1.0]]) * t) @ [1.5, 1.25] for t in done.t]
    np.testing.assert_allclose(done.y.T, exact, atol=1e-6)
    assert done.status is Status.OK and len(done.t) == 41


def test_euler_repeats_the_table_of_the_book():
    """u(1) of the stable spiral of Appendix A.8, dt = 0.001."""
    done = run(PLANE, (1.5, 1.25), SPIRAL, t_end=1.0, dt=0.001)
    np.testing.assert_allclose(done.y[:, -1], [-0.750283, -0.0827445], rtol=2e-6)


@pytest.mark.parametrize("method", METHODS)
def test_chunks_change_nothing(method, monkeypatch):
    whole = run(NEURON, (-70.0,), FIG_1_2, t_end=1000.0, method=method)
    monkeypatch.setattr(compiled, "CHUNKS", {True: 17, False: 17})
    parts = run(NEURON, (-70.0,), FIG_1_2, t_end=1000.0, method=method)
    np.testing.assert_array_equal(whole.y, parts.y)
    np.testing.assert_array_equal(whole.spikes, parts.spikes)


def test_times_are_multiples_of_the_step():
    done = run(PLANE, (0.0, 0.0), SPIRAL, t_end=0.7, dt=0.1)
    np.testing.assert_array_equal(done.t, np.arange(8) * 0.1)
    assert done.names == ("u", "v") and done.y.shape == (2, 8) and len(done.spikes) == 0
    assert len(run(PLANE, (0.0, 0.0), SPIRAL, t_end=0.01, dt=0.1).t) == 2
    assert not done.y.flags.writeable


@pytest.mark.parametrize("warm", [False, True])
def test_spikes_of_figure_1_2(warm):
    if warm:
        compiled.warm(NEURON, "Euler", FIG_1_2)
    done = run(NEURON, (-70.0,), FIG_1_2, t_end=1000.0)
    np.testing.assert_allclose(done.spikes, [651.0, 704.3, 757.6], atol=1e-9)
    assert done.y[0, 4000] == pytest.approx(-66.9950, abs=5e-5)
    assert done.y[0, 6510] == -75.0


def test_adaptive_spikes_are_those_of_the_integral():
    done = run(NEURON, (-70.0,), FIG_1_2, t_end=1000.0, method="adaptive")
    np.testing.assert_allclose(np.diff(done.spikes), 52.98989571, atol=1e-4)
    assert done.y.max() < 5.0 and done.y[0, -1] == pytest.approx(-71.9996, abs=0.01)


@pytest.mark.parametrize("method", EVERY)
def test_spike_at_the_very_end(method):
    """dv/dt = 1/8 from 0 to 1: a spike each 8 ms, the last one at the end of the run."""
    ramp = system(lambda t, y, p: (p.a,), "v", threshold=lambda p: 1.0, reset=lambda y, p: (0.0,))
    done = run(ramp, (0.0,), One(0.125), t_end=24.0, dt=0.25, method=method)
    np.testing.assert_allclose(done.spikes[:2], [8.0, 16.0], atol=1e-6)
    assert len(done.t) == done.y.shape[1] == 97
    assert done.y[0, 48] == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize(("method", "dt"), [("Euler", 1 / 64), ("RK4", 1 / 64), ("adaptive", 1 / 64)])
def test_a_blow_up_says_when_and_which_variable(method, dt):
    """dv/dt = v^2 from 1 has a pole at t = 1."""
    pole = system(lambda t, y, p: (0.0 * y[0], y[1] ** 2), "rest", "w")
    done = run(pole, (0.5, 1.0), One(0.0), t_end=8.0, dt=dt, method=method)
    assert done.status is Status.DIVERGED
    assert 0.9 < done.t[-1] < 1.2
    assert len(done.t) == done.y.shape[1] and np.all(np.isfinite(done.y))
    assert done.message.startswith("w left every bound at t = ")
    assert ("dt = 0.015625 ms" in done.message) == (method != "adaptive")


def test_a_right_hand_side_without_a_value_ends_the_run():
    rough = system(lambda t, y, p: (1.0 / (2.0 - y[0]) ** 0.5 if y[0] < 2.0 else np.nan,), "u", span=(0.0, 5.0))
    for method in EVERY:
        done = run(rough, (1.0,), One(0.0), t_end=10.0, dt=0.1, method=method)
        assert done.status is Status.DIVERGED and np.all(np.isfinite(done.y)), method
        assert 0.5 < done.t[-1] < 1.0  # the value is lost at t = 2/3


def test_step_limit_names_the_bound_and_the_end(monkeypatch):
    monkeypatch.setattr(integrate, "MAX_STEPS", 1000)
    for method in EVERY:
        done = run(PLANE, (1.0, 0.0), SPIRAL, t_end=20.0, dt=0.01, method=method)
        assert done.status is Status.STEP_LIMIT and len(done.t) == 1001
        assert "t = 10 ms of 20 ms" in done.message and "1,000 steps" in done.message


def test_spike_limit_of_adaptive_runs(monkeypatch):
    monkeypatch.setattr(adaptive, "MAX_SPIKES", 2)
    done = run(NEURON, (-70.0,), FIG_1_2, t_end=1000.0, method="adaptive")
    assert done.status is Status.STEP_LIMIT and len(done.spikes) == 2
    assert "2 spikes" in done.message and done.t[-1] == pytest.approx(703.6)


@pytest.mark.parametrize("method", EVERY)
def test_a_reset_above_the_threshold_comes_to_an_end(method):
    done = run(NEURON, (-70.0,), FIG_1_2._replace(V_re=6.0), t_end=1000.0, method=method)
    assert done.status is Status.STORM and len(done.spikes) == 1
    assert "V is reset to 6, above its threshold" in done.message


def test_solver_step_limit(monkeypatch):
    monkeypatch.setattr(adaptive, "MAX_SOLVER_STEPS", 20)
    done = run(PLANE, (1.0, 0.0), SPIRAL, t_end=20.0, method="adaptive")
    assert done.status is Status.STEP_LIMIT and "20 adaptive steps" in done.message


@pytest.mark.parametrize("method", EVERY)
def test_a_run_reports_and_obeys_a_cancel(method):
    patient, impatient = Recorder(), Recorder(cancel_at=2)
    run(PLANE, (1.0, 0.0), SPIRAL, t_end=100.0, dt=0.01, method=method, progress=patient)
    assert len(patient.fractions) > 2 and np.all(np.diff(patient.fractions) > 0) and patient.fractions[-1] <= 1
    with pytest.raises(Cancelled):
        run(PLANE, (1.0, 0.0), SPIRAL, t_end=100.0, dt=0.01, method=method, progress=impatient)
    assert len(impatient.fractions) == 2


@pytest.mark.parametrize(("t_end", "dt"), [(0.0, 0.1), (1.0, 0.0), (1.0, -0.1), (float("nan"), 0.1)])
def test_impossible_settings_are_refused(t_end, dt):
    with pytest.raises(ValueError, match="must be positive"):
        run(PLANE, (1.0, 0.0), SPIRAL, t_end=t_end, dt=dt)


@pytest.mark.parametrize(("method", "order"), METHODS.items())
def test_step_error_shrinks_with_the_order(method, order):
    errors = [step_error(PLANE, (1.0, 0.5), SPIRAL, t_end=1.0, dt=dt, method=method).largest.max()
              for dt in (1 / 256, 1 / 512)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.2)


def test_step_error_of_euler_is_the_difference_that_theory_gives():
    """For du/dt = -u the two runs at t = 1 are (1 - dt)^n and (1 - dt/2)^2n."""
    decay = system(lambda t, y, p: (-y[0],), "u")
    error = step_error(decay, (1.0,), One(0.0), t_end=1.0, dt=0.25, method="Euler")
    assert error.largest[0] * (1 - 0.875**8) == pytest.approx(0.875**8 - 0.75**4, rel=1e-12)
    assert error.status is Status.OK and isinstance(error, StepError)
    assert error.message == "Euler with dt = 0.25 ms: half the step changes u by up to 4.1% of its range."
    wild = step_error(decay, (1.0,), One(0.0), t_end=10.0, dt=2.5, method="Euler")
    assert wild.message == "Euler with dt = 2.5 ms: half the step changes u by more than its whole range."


def test_step_error_of_a_spiking_cell_is_a_shift_in_time():
    error = step_error(NEURON, (-70.0,), FIG_1_2, t_end=1000.0, dt=0.1, method="Euler")
    assert error.counts == (3, 3) and 0.1 < error.spike_shift < 1.0
    assert "moves the last spike by 0.3 ms" in error.message
    coarse = step_error(NEURON, (-70.0,), FIG_1_2, t_end=1000.0, dt=16.0, method="Euler")
    assert coarse.counts[0] != coarse.counts[1] and "spikes, but" in coarse.message


def test_step_error_passes_on_how_a_run_ended():
    pole = system(lambda t, y, p: (y[0] ** 2,), "w")
    error = step_error(pole, (1.0,), One(0.0), t_end=8.0, dt=0.125, method="Euler")
    assert error.status is Status.DIVERGED and error.message.startswith("w left every bound")


def test_step_error_at_rest_is_zero():
    error = step_error(PLANE, (0.0, 0.0), SPIRAL, t_end=1.0, dt=0.1, method="RK4")
    np.testing.assert_array_equal(error.largest, [0.0, 0.0])
    adaptive_error = step_error(PLANE, (1.0, 0.0), SPIRAL, t_end=1.0, dt=0.1, method="adaptive")
    assert adaptive_error.largest.max() < 1e-5


def test_adaptive_steps_do_not_pass_over_a_short_pulse():
    """A pulse of height 20 for 0.5 ms raises the integral by 10, wherever it falls."""
    pulse = system(lambda t, y, p: (20.0 * ((t >= p.a) * (t < p.a + 0.5)),), "u", span=(0.0, 20.0))
    for start in (50.0, 123.456, 190.0):
        done = run(pulse, (0.0,), One(start), t_end=200.0, method="adaptive")
        assert done.y[0, -1] == pytest.approx(10.0, abs=1e-5)
    blind = run(pulse, (0.0,), One(50.0), t_end=200.0, method="adaptive", max_step=200.0)
    assert blind.y[0, -1] == 0.0


def test_adaptive_reset_uses_the_state_at_the_threshold():
    """An adapting cell: w grows by 1 at each spike and decays in between, both in closed form."""
    one = System(lambda t, y, p: (p.a, -y[1]), ("v", "w"), ((0.0, 1.0), (0.0, 2.0)), ((0.0, 1.0), (0.0, 2.0)),
                 lambda p: 1.0, lambda y, p: (y[0] - 1.0, y[1] + 1.0))
    done = run(one, (0.0, 0.0), One(0.5), t_end=7.0, dt=0.01, method="adaptive")
    np.testing.assert_allclose(done.spikes, [2.0, 4.0, 6.0], atol=1e-6)
    exact = sum(np.where(done.t > s + 1e-5, np.exp(-(done.t - s)), 0.0) for s in done.spikes)
    away = np.min(np.abs(done.t[:, None] - done.spikes), axis=1) > 1e-3
    np.testing.assert_allclose(done.y[1, away], exact[away], atol=1e-5)


def test_results_convert():
    done = run(PLANE, (1.0, 0.0), SPIRAL, t_end=1.0)
    assert set(done.to_dict()) == {"t", "y", "spikes", "status", "message", "names"}
    error = step_error(PLANE, (1.0, 0.0), SPIRAL, t_end=1.0, dt=0.1, method="Heun")
    assert error.to_dict()["method"] == "Heun" and not error.largest.flags.writeable


def test_adaptive_runs_in_two_threads_do_not_mix():
    """SciPy kept the state of LSODA in one place per process before version 1.17."""
    alone = [run(PLANE, (1.0, 0.0), p, t_end=20.0, method="adaptive").y for p in (SPIRAL, Linear(0.0, 1.0, -1.0, 0.0))]
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(run, PLANE, (1.0, 0.0), p, t_end=20.0, method="adaptive")
                for p in (SPIRAL, Linear(0.0, 1.0, -1.0, 0.0)) * 4]
    for k, job in enumerate(jobs):
        np.testing.assert_array_equal(job.result().y, alone[k % 2])
