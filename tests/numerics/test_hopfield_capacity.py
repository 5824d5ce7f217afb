"""How many memories a network holds, against what is published; basins, and single bits."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.learning import capacity
from ncm_app.numerics.learning.memories import KEPT, random_patterns, store

LOADS = tuple(np.arange(0.10, 0.26, 0.01))


def test_capacity_and_jump_of_theory():
    # 0.137905566 by Steffan and Kuehn, Z. Phys. B 95, 1994; an overlap of 0.967 by [Amit1985]
    assert pytest.approx(0.137905566, abs=1e-9) == capacity.ALPHA_C
    assert pytest.approx(0.967, abs=5e-4) == capacity.M_C
    assert capacity.retrieval_overlap(capacity.ALPHA_C + 1e-6) == 0.0
    assert capacity.retrieval_overlap(0.0) == 1.0


@pytest.mark.parametrize("alpha", [0.02, 0.08, 0.13])
def test_overlap_solves_the_three_equations_of_theory(alpha):
    m = capacity.retrieval_overlap(alpha)
    r = 1.0
    for _ in range(500):  # C and r at this m
        C = np.sqrt(2.0 / (np.pi * alpha * r)) * np.exp(-m * m / (2.0 * alpha * r))
        r = 1.0 / (1.0 - C) ** 2
    y = m / np.sqrt(2.0 * alpha * r)
    grid = np.linspace(-8.0, 8.0, 400_001)
    erf = np.trapezoid(np.where(abs(grid) < y, np.exp(-(grid**2)), 0.0), grid) / np.sqrt(np.pi)
    assert m == pytest.approx(erf, abs=1e-4)


def half(size, networks):
    """Return the load up to which half of the networks keep a memory, and its standard error."""
    kept = capacity.kept_overlaps(size, tuple(round(load * size) for load in LOADS), networks, 5) > 0.7
    up_to = LOADS[0] + 0.01 * (kept.sum(axis=1) - 0.5)
    return up_to.mean(), up_to.std() / np.sqrt(networks)


def test_measured_overlaps_below_capacity_are_those_of_theory():
    found = capacity.capacity_curve(1600, (0.04, 0.08, 0.11), 12, 1)
    theory = [capacity.retrieval_overlap(load) for load in found.x]
    np.testing.assert_allclose(found.mean, theory, atol=3e-3)


def test_overlaps_jump_above_capacity():
    low, high = capacity.capacity_curve(1600, (0.11, 0.2), 12, 1).mean
    assert low > 0.98 and 0.25 < high < 0.5  # the rest that is left of the memory: 0.35 in large networks


def test_measured_capacity_is_the_published_one():
    (small, small_error), (large, large_error) = half(800, 100), half(1600, 60)
    limit, error = 2.0 * large - small, np.hypot(2.0 * large_error, small_error)  # what is finite falls like 1 / N
    assert small > large > capacity.ALPHA_C  # small networks hold a larger share
    # 0.145 with an error of 0.009, from simulations: Amit, Gutfreund, Sompolinsky, Annals of Physics 173, 1987
    assert abs(limit - 0.145) < 2.0 * np.hypot(0.009, error)
    assert error < 0.006


def test_a_larger_network_holds_the_patterns_of_a_smaller_load():
    one, both = (capacity.capacity_curve(300, loads, 4, 5) for loads in ((0.05,), (0.05, 0.2)))
    assert one.mean[0] == both.mean[0] and one.error[0] == both.error[0]


@pytest.mark.parametrize("number", [40, 80, 160])
def test_wrong_bits_of_memories_are_those_of_the_crosstalk(number):
    size = 400
    found = []
    for seed in range(12):
        xi = random_patterns(number, size, seed)
        memories, kept = store(xi), store(xi, self_weights=KEPT)
        found.append([np.mean([memories_of.inputs(row) * row < 0.0 for row in xi]) for memories_of in (memories, kept)])
    mean, error = np.mean(found, axis=0), np.std(found, axis=0, ddof=1) / np.sqrt(12)
    alpha = number / size
    for k, theory in enumerate((capacity.bit_error(alpha), capacity.bit_error(alpha, alpha))):
        # inputs are whole numbers over N: a tie is right, which takes off half a step of them
        assert abs(mean[k] - theory) < 5.0 * error[k] + 0.06 * theory


def test_basins_shrink_with_the_load():
    shares = tuple(np.linspace(0.0, 0.5, 11))
    light, heavy = (capacity.basin_curve(store(random_patterns(number, 400, 1)), 0, shares, 24, 1)
                    for number in (4, 48))
    assert light.mean[0] == heavy.mean[0] == 1.0 and light.error[0] == 0.0
    assert light.mean[8] > 0.95 > 0.3 > heavy.mean[8]
    assert np.all(np.diff(heavy.mean) < 0.25)
    assert heavy.error == pytest.approx(np.sqrt(heavy.mean * (1 - heavy.mean) / 24))
