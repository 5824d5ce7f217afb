"""Counter-based noise: one set of digits in three forms, moments, independence."""

import math
from collections import namedtuple

import numba
import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import kstest

from ncm_app.numerics import noise
from ncm_app.numerics.noise import hash_normal, hash_uniform, held_noise, normal_sums
from ncm_app.numerics.runs.compiled import is_warm, warm
from ncm_app.numerics.runs.integrate import integrate
from ncm_app.numerics.system import System

SEEDS = range(40)
DRAWS = 4000
Noisy = namedtuple("Noisy", "tau sigma interval seed")


@numba.njit
def compiled_rows(seed, stream, counters):
    rows = np.empty((2, len(counters)))
    for i in range(len(counters)):
        rows[0, i] = hash_uniform(seed, stream, counters[i])
        rows[1, i] = hash_normal(seed, stream, counters[i])
    return rows


@numba.njit
def compiled_held(times, interval, seed, stream):
    return np.array([held_noise(t, interval, seed, stream) for t in times])


@pytest.mark.parametrize(("seed", "stream"), [(0, 0), (1, 0), (0, 1), (6, 3), (2**31 - 1, 12345)])
def test_three_forms_give_the_same_digits(seed, stream):
    counters = np.concatenate([np.arange(2000), 10 ** np.arange(4, 16)])
    rows = compiled_rows(seed, stream, counters)
    np.testing.assert_array_equal(rows[0], hash_uniform(seed, stream, counters))
    np.testing.assert_array_equal(rows[0], [hash_uniform(seed, stream, int(c)) for c in counters])
    # Tails use a logarithm, whose last bit is the platform's business.
    np.testing.assert_allclose(rows[1], hash_normal(seed, stream, counters), rtol=1e-15)
    np.testing.assert_allclose(rows[1], [hash_normal(seed, stream, int(c)) for c in counters], rtol=1e-15)


def test_splitmix_finalizer_matches_the_published_generator():
    """SplitMix64 from state 0 starts with these words (Vigna's reference code)."""
    words = [noise._mix_int(k * noise._GOLDEN & noise._WORD) for k in (1, 2, 3)]
    assert words == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


def test_arrays_broadcast_over_every_argument():
    grid = hash_normal(np.arange(3)[:, None], 2, np.arange(5))
    assert grid.shape == (3, 5)
    assert grid[2, 4] == pytest.approx(hash_normal(2, 2, 4), rel=1e-15)
    assert hash_uniform(np.int64(1), 0, 5.0) == hash_uniform(1, 0, 5)


def test_normal_is_the_quantile_of_the_uniform():
    u = hash_uniform(1, 2, np.arange(200_000))
    assert 0 < u.min() < 1e-4 and 1 - 1e-4 < u.max() < 1
    np.testing.assert_allclose(hash_normal(1, 2, np.arange(200_000)), ndtri(u), rtol=1e-11, atol=1e-14)


def test_moments_over_seeds():
    means, variances, skews = np.array([(z.mean(), z.var(), (z**3).mean()) for z in (
        hash_normal(seed, 0, np.arange(DRAWS)) for seed in SEEDS)]).T
    error = 1 / math.sqrt(DRAWS * len(SEEDS))
    assert abs(means.mean()) < 4 * error
    assert abs(variances.mean() - 1) < 4 * math.sqrt(2) * error
    assert abs(skews.mean()) < 4 * math.sqrt(15) * error
    assert means.std() == pytest.approx(1 / math.sqrt(DRAWS), rel=0.5)


def test_uniform_distribution():
    assert kstest(hash_uniform(5, 1, np.arange(50_000)), "uniform").pvalue > 1e-3


@pytest.mark.parametrize("pair", ["streams", "seeds", "neighbours", "seed and stream swapped"])
def test_sequences_are_independent(pair):
    counters = np.arange(DRAWS)
    correlations = []
    for seed in SEEDS:
        first = hash_normal(seed, 0, counters)
        other = {"streams": lambda s: hash_normal(s, 1, counters), "seeds": lambda s: hash_normal(s + 1, 0, counters),
                 "neighbours": lambda s: hash_normal(s, 0, counters + 1),
                 "seed and stream swapped": lambda s: hash_normal(0, s + 1, counters)}[pair](seed)
        correlations.append((first * other).mean())
    z = np.array(correlations) * math.sqrt(DRAWS)
    assert abs(z.mean()) < 4 / math.sqrt(len(SEEDS)) and np.abs(z).max() < 4.5


def test_no_stream_is_a_shift_of_another():
    """A fault of seed * G + counter * G: two streams hold the same numbers a few places apart."""
    values = [hash_uniform(seed, stream, np.arange(2000)) for seed in range(12) for stream in range(12)]
    assert len(np.unique(np.concatenate(values))) == 144 * 2000


def test_held_noise_is_constant_over_an_interval_and_changes_on_the_grid():
    interval, dt, per = 0.5, 0.1, 5
    times = np.arange(100_000) * dt
    held = held_noise(times, interval, 3, 1)
    np.testing.assert_allclose(held, np.repeat(hash_normal(3, 1, np.arange(len(times) // per)), per), rtol=1e-15)
    np.testing.assert_allclose(held[:3000], [held_noise(float(t), interval, 3, 1) for t in times[:3000]], rtol=1e-15)
    np.testing.assert_allclose(held, compiled_held(times, interval, 3, 1), rtol=1e-15)


def test_held_noise_accepts_a_zero_dimensional_time():
    assert held_noise(np.float64(1.2), 0.5, 3, 1) == held_noise(np.array([1.2]), 0.5, 3, 1)[0]


def noisy_cell():
    def rhs(t, y, p):
        return ((-y[0] + p.sigma * held_noise(t, p.interval, p.seed, 4)) / p.tau,)

    return System(rhs, ("v",), ((-3.0, 3.0),), ((-3.0, 3.0),))


@pytest.mark.parametrize("method", ["Euler", "Heun", "RK4"])
def test_noise_inside_a_right_hand_side_is_the_same_compiled(method):
    one, p = noisy_cell(), Noisy(10.0, 2.0, 0.5, 7)
    plain = integrate(one, (0.0,), p, t_end=200.0, dt=0.1, method=method)
    warm(one, method, p)
    assert is_warm(one, method)
    fast = integrate(one, (0.0,), p, t_end=200.0, dt=0.1, method=method)
    np.testing.assert_allclose(plain.y, fast.y, rtol=1e-12, atol=1e-14)
    other = integrate(one, (0.0,), p._replace(seed=8), t_end=200.0, dt=0.1, method=method)
    assert abs(np.corrcoef(plain.y[0], other.y[0])[0, 1]) < 0.9


def test_filtered_noise_has_the_variance_of_theory():
    """Euler with one draw per step is v -> (1 - a) v + a sigma z: variance sigma^2 a / (2 - a)."""
    one, p = noisy_cell(), Noisy(10.0, 2.0, 1.0, 0)
    warm(one, "Euler", p)
    runs = [integrate(one, (0.0,), p._replace(seed=s), t_end=20_000.0, dt=1.0, method="Euler") for s in SEEDS]
    variances = np.array([run.y[0, 100:].var() for run in runs])
    spread = variances.std() / math.sqrt(len(SEEDS))
    assert abs(variances.mean() - 4.0 * 0.1 / 1.9) < 4 * spread < 0.01


def test_a_weight_leaves_the_noise_as_it_was():
    one, p = noisy_cell(), Noisy(10.0, 2.0, 0.5, 7)
    weak, strong = (integrate(one, (0.0,), p._replace(sigma=s), t_end=50.0, dt=0.1, method="Euler") for s in (1.0, 3.0))
    np.testing.assert_allclose(strong.y, 3.0 * weak.y, rtol=1e-12, atol=1e-14)


def test_sums_are_those_of_the_numbers_in_turn():
    drawn = hash_normal(7, 2, np.arange(4 * 250)).reshape(250, 4)
    np.testing.assert_allclose(normal_sums(7, 2, 250, 4), drawn.sum(axis=1), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(normal_sums(7, 2, 1000, 1), drawn.ravel(), rtol=1e-12, atol=1e-14)
