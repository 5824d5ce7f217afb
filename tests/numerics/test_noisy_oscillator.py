"""Noisy runs beside plain loops over the same draws, and beside theory: shares, dwell times, bridges between steps."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ncm_app.numerics.amplitude import noisy
from ncm_app.numerics.amplitude.escape import dwell_times
from ncm_app.numerics.amplitude.feedback import Polynomial, Sigmoid, SigmoidOfPotential, force
from ncm_app.numerics.amplitude.landscape import landscape, share_above, stationary
from ncm_app.numerics.amplitude.noisy import amplitude_steps, oscillator_steps, simulate, step_of
from ncm_app.numerics.noise import hash_normal
from ncm_app.numerics.system import SILENT, Cancelled, Progress

SEXTIC = Polynomial(1.0, 1.0, 2.0)
FEEDBACKS = [SEXTIC, Sigmoid(12.2, 1.5), SigmoidOfPotential(12.2, 1.5)]


def simulated(feedback, s, oscillator=False, T=2000.0, seed=1, eps=0.01, progress=SILENT):
    land = landscape(feedback, s, int(oscillator))
    split = (*stationary(feedback), math.inf)[0]
    return land, simulate(land, split, eps, T, 2.0, seed, oscillator, progress)


def test_amplitude_is_that_of_a_plain_loop():
    land, n, dtau = landscape(SEXTIC, 1.2, 0), 400, 1e-3
    state, (R, variance) = np.array([0.3]), np.empty((2, n))
    amplitude_steps(state, -land.slope, 1.0 / land.R[1], 1.2, dtau, 7, 50, R, variance)
    r = 0.3
    for k in range(n):
        kick = 1.2 * math.sqrt(dtau) * hash_normal(7, 0, 50 + k)
        drift = -np.interp(r, land.R, land.slope)
        r = abs(r + dtau / 2 * (drift - np.interp(abs(r + dtau * drift + kick), land.R, land.slope)) + kick)
        assert R[k] == pytest.approx(r, abs=1e-12)
    assert state[0] == R[-1] and np.all(variance == pytest.approx(1.44e-3))


@pytest.mark.parametrize("feedback", FEEDBACKS, ids=range(3))
def test_oscillator_is_that_of_a_plain_loop(feedback):
    eps, turn, n = 0.05, 2 * np.pi / 64, 300
    state, (R, variance, X, Y) = np.array([1.0, 0.5]), np.empty((4, n))
    oscillator_steps(state, feedback.code, feedback.numbers, eps, 0.4, turn, 3, 0, R, variance, X, Y)
    z = 1.0 + 0.5j  # x + i y turns clockwise
    for k in range(n):
        z *= np.exp(-0.5j * turn)
        kick = eps * turn * float(force(feedback, np.array(z.real), np.array(z.imag)))
        z += 1j * (kick + 0.4 * math.sqrt(2 * eps * turn) * hash_normal(3, 0, k))
        z *= np.exp(-0.5j * turn)
        assert complex(X[k], Y[k]) == pytest.approx(z, abs=1e-12)
    np.testing.assert_allclose(R, np.hypot(X, Y))
    assert variance.mean() == pytest.approx(eps * turn * 0.4**2, rel=0.2)  # s^2 in a time eps t of 1


def deviation(times, theory):
    return (times.mean() - theory) / (times.std(ddof=1) / math.sqrt(len(times)))


@pytest.mark.parametrize(("feedback", "s", "T"), [(SEXTIC, 1.5, 6000.0), (SEXTIC, 1.2, 6000.0),
                                                  (Sigmoid(12.2, 1.5), 0.6, 20_000.0)])
def test_dwell_times_of_the_amplitude(feedback, s, T):
    land, run = simulated(feedback, s, T=T)
    up, down = dwell_times(land)
    assert len(run.high) > 150 and abs(len(run.high) - len(run.low)) < 2
    assert abs(deviation(run.high, down)) < 3.5 and abs(deviation(run.low, up)) < 3.5
    assert run.above == pytest.approx(share_above(land, stationary(feedback)[0]), abs=0.04)
    assert run.cycles[1].sum() / run.cycles[0].sum() == pytest.approx(run.above, abs=0.02)
    np.testing.assert_allclose(run.cycles[0], (run.high + run.low[: len(run.high)])[: run.cycles.shape[1]])


def test_levels_crossed_between_steps_are_seen(monkeypatch):
    """A coarser step, four times as long, gives the same times: unseen crossings would lengthen them by its root."""
    land, run = simulated(SEXTIC, 1.5, T=6000.0)
    monkeypatch.setattr(noisy, "STEEPEST", 0.4)
    coarse = np.concatenate([simulate(land, 1.0, 0.01, 3000.0, 2.0, seed, False, SILENT).high for seed in range(2, 6)])
    assert noisy.step_of(land, 0.01, False)[0] == pytest.approx(4.0 * run.step)
    assert abs(coarse.mean() - run.high.mean()) < 3.0 * math.hypot(coarse.std() / math.sqrt(len(coarse)),
                                                                  run.high.std() / math.sqrt(len(run.high)))


def test_oscillator_follows_the_geometric_form_as_eps_falls():
    land, run = simulated(SEXTIC, 1.5, oscillator=True, T=4000.0)
    assert run.above == pytest.approx(0.9287, abs=0.012) and run.high.size == 0  # one peak of the density
    assert abs(run.above - share_above(landscape(SEXTIC, 1.5, 0), 1.0)) > 0.15  # 1-D: 0.7475
    land, run = simulated(Sigmoid(12.2, 1.5), 0.6, oscillator=True, T=6000.0, eps=0.0125)
    up, down = dwell_times(land)
    assert abs(deviation(run.high, down)) < 3.5 and abs(deviation(run.low, up)) < 3.5


def test_feedback_of_the_potential_stays_at_rest():
    land, run = simulated(SigmoidOfPotential(20.0, 1.5), 0.5, oscillator=True, T=3000.0)
    assert run.R.mean() == pytest.approx(0.5 * math.sqrt(math.pi) / 2, rel=0.06)  # R exp(-R^2 / s^2)
    assert run.above == 0.0 and land.barrier is None and run.high.size == run.low.size == 0


def test_noise_depends_on_seed_and_step_alone():
    a, b, c = (simulated(SEXTIC, 1.2, T=100.0, seed=seed)[1] for seed in (1, 1, 2))
    np.testing.assert_array_equal(a.R, b.R)
    assert not np.array_equal(a.R, c.R)
    longer = simulated(SEXTIC, 1.2, T=200.0)[1]
    np.testing.assert_array_equal(longer.R[1:50], a.R[2:100:2][: len(longer.R[1:50])])


def test_steps_follow_what_is_steep():
    assert step_of(landscape(Sigmoid(12.2, 1.5), 0.5, 0), 0.02, False) == (0.02, 0)
    step, turns = step_of(landscape(SEXTIC, 1.5, 1), 0.01, True)
    assert turns == 128 and step == pytest.approx(0.01 * 2 * np.pi / 128)
    assert step_of(landscape(SEXTIC, 1.5, 0), 0.01, False)[0] < 1e-3


class Watching(Progress):
    wants_partial = True

    def __init__(self, until=2.0):
        self.parts, self.until = [], until

    def report(self, fraction, partial=None):
        self.parts.append((fraction, partial))
        if fraction > self.until:
            raise Cancelled


def test_partial_runs_are_the_beginning_of_the_whole():
    watching = Watching()
    _, run = simulated(SEXTIC, 1.5, T=500.0, progress=watching)
    assert len(watching.parts) > 3
    for fraction, partial in watching.parts:
        first = partial.answer
        np.testing.assert_array_equal(first.R, run.R[: len(first.R)])
        np.testing.assert_array_equal(first.high, run.high[: len(first.high)])
        assert first.counts.sum() == pytest.approx(fraction * run.counts.sum(), abs=1)
    with pytest.raises(Cancelled):
        simulated(SEXTIC, 1.5, T=500.0, progress=Watching(0.3))
