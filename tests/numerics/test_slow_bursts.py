"""The oscillator whose gain follows its amplitude: steps, its average, bursts and when there are none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ncm_app.numerics.amplitude.feedback import Sigmoid, slope
from ncm_app.numerics.amplitude.landscape import fold
from ncm_app.numerics.drift.bursts import (
    EVERY,
    STEP,
    TURN,
    Slow,
    SlowRun,
    burst_steps,
    bursts_of,
    hopf_gain,
    least_k,
    run_averaged,
    run_bursts,
)
from ncm_app.numerics.noise import hash_normal
from ncm_app.numerics.system import Cancelled, Progress

SPECIFIED = Slow(1.0, 0.05, 0.02, 0.001, 11.5, 3.0)
FOLD = fold(1.0, 2.0)[1]


def test_steps_are_those_of_a_plain_loop():
    turn, n = 2.0 * math.pi / TURN, 200
    state, out = np.array([1.0, 0.5, 9.0]), np.empty((3, n))
    burst_steps(state, tuple(SPECIFIED), turn, 3, 10, 1, out)
    z, G = 1.0 + 0.5j, 9.0
    for k in range(n):
        z *= np.exp(-0.5j * turn)
        kick = 0.05 * turn * float(Sigmoid(G, 1.0).value(np.array(z.imag)))
        z += 1j * (kick + 0.02 * math.sqrt(turn) * hash_normal(3, 0, 10 + k))
        G += 0.001 * turn * (11.5 - G - 3.0 * abs(z) ** 2)
        z *= np.exp(-0.5j * turn)
        np.testing.assert_allclose(out[:, k], (z.real, abs(z), G), atol=1e-12)


def test_average_without_noise_slides_as_the_potential_says():
    slow = SPECIFIED._replace(s_0=0.0, delta=0.0, G_0=12.0)
    run = run_averaged(slow, 1000.0, 1)
    feedback = Sigmoid(12.0, 1.0)
    for k in range(20, len(run.R) - 1, 20):
        step = run.R[k + 1] - run.R[k]
        assert step == pytest.approx(-0.05 * STEP * float(slope(feedback, run.R[k])), abs=2e-4)
    assert run.R[-1] == pytest.approx(3.3, abs=0.3) and np.all(run.G == 12.0)


def test_bursts_are_those_of_the_specification():
    runs = [bursts_of(run_bursts(SPECIFIED, 10_000.0, seed), FOLD) for seed in range(12)]
    means = [bursts_of(run_averaged(SPECIFIED, 10_000.0, seed), FOLD) for seed in range(12)]
    for found, onset, offset, duty in ((runs, 9.86, 7.63, 0.273), (means, 9.70, 7.65, 0.272)):
        numbers = np.array([(len(b.first), b.onsets.mean(), b.offsets.mean(), b.duty) for b in found])
        assert np.median(numbers[:, 0]) == 7 and set(numbers[:, 0]) <= {6, 7, 8, 9}
        scatter = numbers.std(axis=0)
        assert np.all(scatter < (1.0, 0.2, 0.1, 0.04))
        np.testing.assert_array_less(np.abs(numbers.mean(axis=0)[1:] - (onset, offset, duty)), (0.15, 0.04, 0.03))


def test_amplitude_is_that_of_whole_turns():
    run = run_bursts(SPECIFIED._replace(s_0=0.0, delta=0.0, G_0=12.0), 400.0, 1)
    assert run.t[1] - run.t[0] == pytest.approx(2.0 * math.pi * EVERY / TURN)
    late = run.x[-4 * TURN:]
    assert run.R[-1] == pytest.approx(np.ptp(late) / 2, rel=0.02) and np.all(run.G == 12.0)


def test_condition_parts_bursts_from_a_rhythm_that_stays():
    assert least_k(SPECIFIED) == pytest.approx(1.6251, abs=1e-4) and hopf_gain(SPECIFIED) == pytest.approx(9.524391)
    for k, ends in ((1.3, False), (2.2, True)):
        found = bursts_of(run_averaged(SPECIFIED._replace(k=k, s_0=0.002), 20_000.0, 1), FOLD)
        assert bool(found.last) == ends and (len(found.first) > 5) == ends
    assert not bursts_of(run_bursts(SPECIFIED._replace(G_0=9.0, s_0=0.001), 5000.0, 1), FOLD).first
    assert math.isnan(least_k(SPECIFIED._replace(th=0.5)))


def test_bursts_are_read_off_an_amplitude():
    R = np.array([0.0, 1.2, 1.4, 0.2, 0.3, 1.3, 0.9, 1.3, 0.1, 1.5])
    G = np.array([9.0, 9.5, 8.0, 7.5, 9.0, 9.9, 8.0, 7.9, 7.6, 9.7])
    found = bursts_of(SlowRun(np.arange(10.0), R, R, G), FOLD)
    assert (found.first, found.last) == ([1, 5, 9], [3, 8]) and found.duty == 0.5
    np.testing.assert_allclose(found.onsets, [9.9, 9.7])
    np.testing.assert_allclose(found.offsets, [7.5, 7.6])


def test_cancel_passes_through():
    class Refusing(Progress):
        def report(self, fraction, partial=None):
            raise Cancelled

    with pytest.raises(Cancelled):
        run_bursts(SPECIFIED, 100.0, 1, Refusing())
