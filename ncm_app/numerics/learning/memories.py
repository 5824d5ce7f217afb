"""What a Hopfield network has stored, and how: its weights, kept as patterns and never as a matrix.

W = (xi D^T) / N off the diagonal, for patterns xi (N, P) of -1 and 1: D is xi itself by Hebb's rule, and xi C^-1
with the overlaps C of the patterns by the projection rule [Personnaz1986]. So an input costs P products, not N.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.noise import hash_uniform

Values = NDArray[Any]

NONE, KEPT, SLIP = range(3)  # self-weights
HEBB, PROJECTION = range(2)
ROW = 1 << 16  # counters of a pattern: a larger network holds the smaller one
EXACT = 1 << 24  # whole numbers up to here are exact in float32


@dataclass(frozen=True, eq=False)
class Memories:
    """Patterns `xi` (N, P) of -1 and 1, their duals `D` (N, P), and `cut` (N,): N W_jj = xi_j . D_j - cut_j.

    Both are float32 where all sums are whole numbers that it holds exactly, else float64.
    """

    xi: Values
    D: Values
    cut: Values

    @property
    def size(self) -> int:
        """Return the number of units, N."""
        return int(self.xi.shape[0])

    @property
    def number(self) -> int:
        """Return the number of memories, P."""
        return int(self.xi.shape[1])

    def matrix(self) -> Values:
        """Return all weights (N, N)."""
        W = self.xi.astype(float) @ self.D.astype(float).T
        return np.asarray((W - np.diag(self.cut)) / self.size)

    def self_weights(self) -> Values:
        """Return the weights of all units onto themselves (N,)."""
        return np.asarray(((self.xi * self.D).sum(axis=1, dtype=float) - self.cut) / self.size)

    def inputs(self, S: Values) -> Values:
        """Return the inputs (N,) of all units in a state S (N,)."""
        return np.asarray((self.xi.astype(float) @ (self.D.T.astype(float) @ S) - self.cut * S) / self.size)

    def overlaps(self, S: Values) -> Values:
        """Return the overlaps (P,) of a state S (N,), or those (m, P) of states (m, N), with the memories."""
        return np.asarray(S.astype(float) @ self.xi.astype(float) / self.size)

    def energy(self, S: Values) -> float:
        """Return the energy of a state per unit, -S W S / 2N."""
        return float(-0.5 * S @ self.inputs(S) / self.size)


def store(patterns: Any, rule: int = HEBB, self_weights: int = NONE) -> Memories:
    """Return what a network has stored of patterns (P, N) of -1 and 1.

    `self_weights` are none, those that the rule itself gives, or those of a slip: Hebb's, less the pattern's own value
    over N. Patterns that depend on each other are stored as their span by the projection rule.
    """
    found = np.asarray(patterns)
    number, size = found.shape
    single = rule == HEBB and number * size < EXACT
    xi: Values = np.ascontiguousarray(found.T, dtype=np.float32 if single else np.float64)
    D: Values = xi
    if rule == PROJECTION:
        D = np.ascontiguousarray(xi @ np.linalg.pinv(xi.T @ xi / size, hermitian=True))
    own = (xi * D).sum(axis=1)
    cut = {NONE: own, KEPT: np.zeros_like(own), SLIP: xi.sum(axis=1)}[self_weights]
    return Memories(xi, D, cut)


def random_patterns(number: int, size: int, seed: int) -> Values:
    """Return patterns (number, size), int8, of -1 and 1 by chance; more of them, or larger ones, hold the fewer."""
    counters = np.arange(number)[:, None] * ROW + np.arange(size)
    return np.where(hash_uniform(seed, 0, counters) < 0.5, -1, 1).astype(np.int8)


def flipped(S: Values, share: float, seed: int) -> Values:
    """Return a state (N,) with a share of the units flipped, chosen by chance: a larger share holds the smaller one."""
    changed = np.array(S, dtype=np.int8)
    changed[flip_order(len(S), seed)[: round(share * len(S))]] *= -1
    return changed


def flip_order(size: int, seed: int) -> Values:
    """Return in which order units are flipped, (size,)."""
    return np.argsort(hash_uniform(seed, 2, np.arange(size)))


def mixture(patterns: Values, signs: Any = 1) -> Values:
    """Return the sign of the sum of an odd number of patterns (m, N), each times its sign: a state of its own."""
    return np.where((np.asarray(patterns, dtype=float).T * signs).sum(axis=1) < 0.0, -1, 1).astype(np.int8)
