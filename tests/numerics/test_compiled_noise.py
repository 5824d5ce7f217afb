"""Steppers that add given noise: exact for a random walk, the same compiled, the known spread."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.noise import hash_normal
from ncm_app.numerics.runs.compiled import STAGES, is_warm, stepper, warm
from ncm_app.numerics.system import System
from tests.numerics.systems import make_system, record, scalar

STILL = make_system(lambda t, y, p: (0.0 * y[0], 0.0 * y[1]), [(-1.0, 1.0)] * 2)
NOTHING = record(a=0.0)


def kicked(system, method, kicks, p, dt=0.1, **more):
    y = np.hstack([np.zeros((len(kicks), 1)), kicks])
    done, count = stepper(system, method, noisy=True)(y, 0, kicks.shape[1], p, dt=dt, **more)
    return y, done, count


def test_without_a_flow_the_states_walk_by_the_given_kicks():
    kicks = hash_normal(3, np.arange(2)[:, None], np.arange(500))
    y, done, _ = kicked(STILL, "Euler", kicks, NOTHING)
    assert done == 500
    np.testing.assert_allclose(y[:, 1:], np.cumsum(kicks, axis=1), rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", STAGES)
def test_without_kicks_it_steps_like_the_plain_method(method):
    decay = scalar(lambda x, p: p.a - x)
    y, *_ = kicked(decay, method, np.zeros((1, 50)), record(a=1.0))
    plain = np.zeros((1, 51))
    stepper(decay, method)(plain, 0, 50, record(a=1.0), dt=0.1)
    np.testing.assert_array_equal(y, plain)


@pytest.mark.parametrize("method", ["Euler", "RK4"])
def test_compiled_and_plain_text_agree(method):
    decay, p = make_system(lambda t, y, p: (p.a - y[0] ** 3,), [(-2.0, 2.0)]), record(a=1.0)
    kicks = 0.1 * hash_normal(1, 0, np.arange(300))[None]
    plain, *_ = kicked(decay, method, kicks, p)
    warm(decay, method, p, noisy=True)
    assert is_warm(decay, method, noisy=True)
    assert not is_warm(decay, method)
    np.testing.assert_allclose(kicked(decay, method, kicks, p)[0], plain, rtol=1e-12, atol=1e-14)


def test_what_python_floats_refuse_starts_again_with_the_same_kicks():
    """1/x at x = 0 is an error for a float and inf for NumPy; here it is capped."""
    capped = scalar(lambda x, p: np.minimum(1.0 / x, 1.0))
    y, done, _ = kicked(capped, "Euler", np.full((1, 4), 0.5), NOTHING, dt=0.1)
    assert done == 4
    np.testing.assert_allclose(y[0], [0.0, 0.6, 1.2, 1.2 + 0.5 + 0.1 / 1.2, y[0, 3] + 0.5 + 0.1 / y[0, 3]])


@pytest.mark.parametrize("method", ["Euler", "RK4"])
def test_an_ornstein_uhlenbeck_process_has_its_known_spread(method):
    """x' = -x + sigma xi has variance sigma^2 / 2 at rest."""
    system, sigma, dt, steps = make_system(lambda t, y, p: (-p.a * y[0],), [(-2.0, 2.0)]), 0.5, 0.02, 100_000
    warm(system, method, record(a=1.0), noisy=True)
    y, *_ = kicked(system, method, sigma * np.sqrt(dt) * hash_normal(7, 0, np.arange(steps))[None], record(a=1.0), dt)
    # The time of memory is 1: 2000 independent values, hence 3% of error in the variance.
    assert np.var(y[0, 1000:]) == pytest.approx(sigma**2 / 2, rel=0.1)


def test_kicks_can_push_a_cell_over_its_threshold():
    cell = System(lambda t, y, p: (0.0 * y[0],), ("v",), ((0.0, 1.0),), ((0.0, 1.0),),
                  threshold=lambda p: 1.0, reset=lambda y, p: (0.0,))
    spikes = np.empty(10)
    _, _, count = kicked(cell, "Euler", np.full((1, 8), 0.3), NOTHING, dt=1.0, spikes=spikes)
    assert count == 2
    np.testing.assert_allclose(spikes[:2], [4.0, 8.0])
