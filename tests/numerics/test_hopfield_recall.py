"""Recall in a Hopfield network, beside loops over its whole matrix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.numerics.learning import memories as stored
from ncm_app.numerics.learning import recall
from ncm_app.numerics.learning.memories import Memories, flipped, mixture, random_patterns, store
from ncm_app.numerics.noise import hash_uniform

ORDERS = ("random", "sequential", "synchronous")
RULES = [stored.HEBB, stored.PROJECTION]
SELF = [stored.NONE, stored.KEPT, stored.SLIP]


def matrix(patterns, rule, self_weights):
    """Return W by its definition, and the diagonal that is asked for."""
    N = patterns.shape[1]
    xi = patterns.astype(float)
    W = sum(np.outer(one, one) for one in xi) / N if rule == stored.HEBB else xi.T @ np.linalg.solve(xi @ xi.T, xi)
    own = np.diag(W).copy()
    np.fill_diagonal(W, {stored.NONE: 0.0, stored.KEPT: own, stored.SLIP: own - xi.sum(axis=0) / N}[self_weights])
    return W


def loop(W, S, order, seed, updates):
    """Return the states after each update, (m, N), and their energies, both by matrix products."""
    S, N, rows = S.astype(float).copy(), len(S), []
    sweep = S.copy()
    for k in range(updates):
        j = int(hash_uniform(seed, 1, k) * N) if order == recall.RANDOM else k % N
        if order != recall.SYNCHRONOUS:
            h = (W @ S)[j]
            S[j] = S[j] if abs(h) < 1e-12 else np.sign(h)
        elif j == N - 1:
            h = W @ sweep
            S = np.where(np.abs(h) < 1e-12, S, np.sign(h))
            sweep = S.copy()
        rows.append(S.copy())
    rows = np.array(rows)
    return rows, -0.5 * np.einsum("ki,ij,kj->k", rows, W, rows) / N


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("self_weights", SELF)
@pytest.mark.parametrize("order", range(3), ids=ORDERS)
def test_states_and_energies_are_those_of_a_plain_loop(order, self_weights, rule):
    patterns = random_patterns(7, 45, 3)
    memories, W = store(patterns, rule, self_weights), matrix(patterns, rule, self_weights)
    np.testing.assert_allclose(memories.matrix(), W, atol=1e-6)
    np.testing.assert_allclose(memories.self_weights(), np.diag(W), atol=1e-6)
    first = flipped(patterns[2], 0.35, 5)
    rows, energies = loop(W, first, order, 5, 400)
    run = recall.begin(first, memories)
    paths, times = [], []
    for _ in range(400):
        run = recall.advance(run, memories, order, 5, 1)
        paths.append(run.S)
        times.append(run.energies()[1][-1])
    np.testing.assert_array_equal(paths, rows)
    np.testing.assert_allclose(times, energies, atol=1e-6)
    np.testing.assert_allclose(memories.energy(run.S), energies[-1], atol=1e-6)
    np.testing.assert_allclose(memories.inputs(run.S), W @ run.S, atol=1e-6)
    at, path = run.energies()[0], run.paths(memories, np.arange(7))
    expected = np.vstack([first, rows])[at] @ patterns.T / 45.0
    same = np.append(np.diff(at) > 0, True)  # of flips at the end of a sweep, the last one is the state
    np.testing.assert_allclose(path[same], expected[same], atol=1e-12)


@pytest.mark.parametrize("order", range(3), ids=ORDERS)
@pytest.mark.parametrize("rule", RULES)
def test_a_run_in_parts_is_the_run(order, rule):
    memories = store(random_patterns(20, 120, 1), rule)
    first = recall.begin(flipped(random_patterns(20, 120, 1)[0], 0.4, 2), memories)
    whole, parts = recall.advance(first, memories, order, 9, 1000), first
    for n in (1, 118, 2, 119, 240, 520):
        parts = recall.advance(parts, memories, order, 9, n)
    for name in ("step", "S", "A", "waiting", "at", "units", "gains"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))
    assert first.step == 0 and not len(first.units)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 9999), number=st.integers(1, 30), size=st.integers(2, 90), share=st.floats(0.0, 1.0),
       rule=st.sampled_from(RULES), order=st.sampled_from((recall.RANDOM, recall.SEQUENTIAL)),
       self_weights=st.sampled_from(SELF))
def test_energy_never_rises_without_negative_self_weights(seed, number, size, share, rule, order, self_weights):
    patterns = random_patterns(number, size, seed)
    memories = store(patterns, rule, self_weights)
    if memories.self_weights().min() < -1e-9:  # the slip takes more than the projection rule gives
        return
    run = recall.advance(recall.begin(flipped(patterns[0], share, seed), memories), memories, order, seed, 6 * size)
    assert np.all(run.gains < 1e-12)
    assert run.energies()[1][-1] == pytest.approx(memories.energy(run.S), abs=1e-9)


def test_energy_can_rise_with_negative_self_weights():
    memories = store(random_patterns(3, 60, 1))
    odd = Memories(memories.xi, memories.D, memories.cut + np.float32(60.0))
    run = recall.advance(recall.begin(memories.xi[:, 0].astype(int), odd), odd, recall.RANDOM, 1, 600)
    assert odd.self_weights().max() < 0.0 < run.gains.max()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 9999), size=st.integers(3, 300), share=st.floats(0.0, 0.499))
def test_a_lone_memory_is_recalled_from_below_half_flips(seed, size, share):
    pattern = random_patterns(1, size, seed)[0]
    wrong = round(share * size)
    S, _ = recall.settle(flipped(pattern, share, seed), store(pattern[None]), seed)
    if 2 * wrong < size - 1:  # every input then has the sign of the memory
        np.testing.assert_array_equal(S, pattern)
    turned, _ = recall.settle(flipped(pattern, 1.0 - share, seed), store(pattern[None]), seed)
    if 2 * (size - round((1.0 - share) * size)) < size - 1:
        np.testing.assert_array_equal(turned, -pattern)


def test_the_projection_rule_holds_all_patterns_that_do_not_depend_on_each_other():
    patterns = random_patterns(60, 100, 4)
    again = np.vstack([patterns, patterns[:2]])
    for known in (patterns, again):
        memories = store(known, stored.PROJECTION)
        np.testing.assert_allclose(memories.inputs(known[5]) + (memories.cut / 100.0) * known[5], known[5], atol=1e-9)
        assert recall.settle(known[5], memories, 1)[1] == 0


def test_a_mixture_of_three_is_a_state_of_its_own():
    patterns = random_patterns(5, 2000, 6)
    memories, signs = store(patterns), np.array([1, -1, 1])
    first = mixture(patterns[:3], signs)
    S, sweeps = recall.settle(first, memories, 2)
    assert sweeps <= 2 and S @ first.astype(float) > 0.99 * 2000
    np.testing.assert_allclose(memories.overlaps(S)[:3], 0.5 * signs, atol=0.06)  # SD 0.02


def test_a_synchronous_cycle_of_two():
    memories = store(np.array([[1, 1, -1, -1]]), stored.HEBB)
    lone = Memories(-memories.xi, memories.D, np.float32(-1.0) * memories.cut)  # two pairs that want to differ
    run = recall.advance(recall.begin(np.array([1, 1, -1, -1]), lone), lone, recall.SYNCHRONOUS, 0, 12)
    np.testing.assert_array_equal(run.cycle(), [0, 1, 2, 3])
    still = recall.advance(recall.begin(np.array([1, 1, -1, -1]), memories), memories, recall.SYNCHRONOUS, 0, 12)
    assert not len(still.cycle())


def test_more_patterns_hold_the_fewer_and_more_flips_too():
    np.testing.assert_array_equal(random_patterns(9, 50, 2)[:4, :30], random_patterns(4, 30, 2))
    S = random_patterns(1, 200, 3)[0]
    few, many = (flipped(S, share, 8) != S for share in (0.1, 0.3))
    assert few.sum() == 20 and many.sum() == 60 and np.all(many[few])
    assert abs(random_patterns(50, 400, 7).mean()) < 4.0 / np.sqrt(20_000)
