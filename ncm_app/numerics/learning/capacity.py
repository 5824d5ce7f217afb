"""How much a Hopfield network can hold, and from how far away it recalls: measured, and as theory says."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.learning.memories import HEBB, Memories, flip_order, random_patterns, store
from ncm_app.numerics.learning.recall import _settle, settle
from ncm_app.numerics.results.base import Array

SWEEPS = 200
"""After so many, on average, of each unit a state is taken as it is: near capacity some tens are needed."""

RECALLED = 0.9
"""Overlap from which on a state counts as a memory."""


@dataclass(frozen=True, eq=False)
class Recalled:
    """Over `x` (n,): means over networks, or trials, of what is recalled, with their standard errors; `size` N."""

    x: Array
    mean: Array
    error: Array
    size: int


@kernel()
def _kept(xi, P, chosen, seed, most):  # type: ignore[no-untyped-def]
    """Return the overlap with a memory, among the first P, after the network was started in it."""
    N = len(xi)
    S, A, cut = np.empty(N, dtype=np.int8), np.zeros(P, dtype=xi.dtype), np.full(N, P, dtype=xi.dtype)
    for j in range(N):
        S[j] = 1 if xi[j, chosen] > 0 else -1
        for m in range(P):
            A[m] += xi[j, m] * xi[j, chosen]
    _settle(S, A, xi, xi, cut, P, seed, most)
    return A[chosen] / N


def kept_overlaps(size: int, numbers: tuple[int, ...], networks: int, seed: int) -> Array:
    """Return overlaps (networks, n) with a memory after a start in it, with so many memories (n,) by Hebb's rule.

    Each network holds other random patterns, more of them at a higher load.
    """
    found = np.empty((networks, len(numbers)))
    for k in range(networks):
        xi = store(random_patterns(max(numbers), size, seed + 10_000 * (k + 1)), HEBB).xi
        found[k] = [_kept(xi, P, 0, seed + k, SWEEPS) for P in numbers]
    return found


@functools.lru_cache(maxsize=8)
def capacity_curve(size: int, loads: tuple[float, ...], networks: int, seed: int) -> Recalled:
    """Measure how well memories last, over loads P/N of whole patterns; errors are those over networks."""
    numbers = tuple(max(1, round(load * size)) for load in loads)
    found = kept_overlaps(size, numbers, networks, seed)
    return Recalled(np.array(numbers) / size, found.mean(axis=0),
                    found.std(axis=0, ddof=1) / math.sqrt(networks), size)


def basin_curve(memories: Memories, chosen: int, shares: tuple[float, ...], trials: int, seed: int) -> Recalled:
    """Measure in which part of the trials a memory is recalled after a share of its units was flipped."""
    memory = memories.xi[:, chosen].astype(np.int8)
    found = np.empty((len(shares), trials))
    for trial in range(trials):
        key = seed + 10_000 * (trial + 1)
        order = flip_order(len(memory), key)
        for k, share in enumerate(shares):
            S = memory.copy()
            S[order[: round(share * len(S))]] *= -1
            ended, _ = settle(S, memories, key, SWEEPS)
            found[k, trial] = memory @ ended.astype(float) >= RECALLED * len(S)
    mean = found.mean(axis=1)
    return Recalled(np.array(shares), mean, np.sqrt(mean * (1.0 - mean) / trials), memories.size)


def retrieval_overlap(alpha: float) -> float:
    """Return the overlap of a memory in a large network at a load, 0 where none is stable [Amit1985].

    With y = m / sqrt(2 alpha r): sqrt(2 alpha) = erf(y) / y - 2 exp(-y^2) / sqrt(pi), m = erf(y), at the larger y.
    """
    if alpha <= 0.0:
        return 1.0
    root = math.sqrt(2.0 * alpha)
    low, high = PEAK, 40.0
    if _load_root(low) < root:
        return 0.0
    for _ in range(80):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _load_root(middle) > root else (low, middle)
    return math.erf(low)


def bit_error(alpha: float, self_weight: float = 0.0) -> float:
    """Return the share of units of a random memory that the others' crosstalk turns at once, at a load P/N."""
    return 0.5 * math.erfc((1.0 + self_weight) / math.sqrt(2.0 * alpha)) if alpha > 0.0 else 0.0


def _load_root(y: float) -> float:
    return math.erf(y) / y - 2.0 * math.exp(-y * y) / math.sqrt(math.pi)


def _peak() -> float:
    """Return the y at which the load is largest: there the memories lose their stability."""
    low, high = 0.5, 5.0
    for _ in range(200):
        a, b = low + (high - low) / 3.0, high - (high - low) / 3.0
        low, high = (a, high) if _load_root(a) < _load_root(b) else (low, b)
    return 0.5 * (low + high)


PEAK = _peak()
ALPHA_C, M_C = _load_root(PEAK) ** 2 / 2.0, math.erf(PEAK)
"""Load P/N above which no memory is stable in a large network, 0.1379, and the overlap there, 0.967 [Amit1985]."""
