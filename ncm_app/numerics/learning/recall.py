"""Recall in a Hopfield network: units that turn to the sign of their input, one after the other or all at once.

The overlaps with the memories are kept, not the inputs: an update costs P products, a flip as many sums. Which unit
is next depends on seed and step alone, so a run can be stopped and go on, and is the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.learning.memories import Memories, Values
from ncm_app.numerics.noise import hash_uniform

RANDOM, SEQUENTIAL, SYNCHRONOUS = range(3)
SUMS = {"reassoc", "nsz"}  # in any order: they are exact by Hebb's rule
LONGEST = 1000  # sweeps until a state counts as settled


@kernel(fastmath=SUMS, forceinline=True)
def _input(j, S, A, xi, cut, P):  # type: ignore[no-untyped-def]
    """Return N times the input of a unit."""
    row, h = xi[j], A.dtype.type(0)
    for m in range(P):
        h += row[m] * A[m]
    return h - cut[j] * S[j]


@kernel(fastmath=SUMS, forceinline=True)
def _flip(j, S, A, xi, D, cut, P):  # type: ignore[no-untyped-def]
    """Flip a unit; return by how much the energy changes, times N."""
    own, row, twice = A.dtype.type(0), D[j], A.dtype.type(2 * S[j])
    for m in range(P):
        own += xi[j, m] * row[m]
    gain = 2.0 * (S[j] * _input(j, S, A, xi, cut, P) - (own - cut[j]))
    for m in range(P):
        A[m] -= twice * row[m]
    S[j] = -S[j]
    return gain


@kernel(fastmath=SUMS)
def _update(S, A, waiting, xi, D, cut, order, seed, first, last, steps, units, gains):  # type: ignore[no-untyped-def]
    """Do updates first to last; note each flip, and return how many there were."""
    N, P, flips = len(S), len(A), 0
    for k in range(first, last):
        j = min(int(hash_uniform(seed, 1, k) * N), N - 1) if order == 0 else k % N
        turns = _input(j, S, A, xi, cut, P) * S[j] < 0.0
        if order != 2:
            if turns:
                steps[flips], units[flips], gains[flips] = k + 1, j, _flip(j, S, A, xi, D, cut, P)
                flips += 1
            continue
        waiting[j] = turns
        if j == N - 1:
            for i in range(N):
                if waiting[i]:
                    steps[flips], units[flips], gains[flips] = k + 1, i, _flip(i, S, A, xi, D, cut, P)
                    flips += 1
                waiting[i] = False
    return flips


@kernel(fastmath=SUMS)
def _settle(S, A, xi, D, cut, P, seed, most):  # type: ignore[no-untyped-def]
    """Update units in random order until all agree with their inputs; return after how many sweeps, or `most`."""
    N = len(S)
    for sweep in range(most):
        moved = False
        for k in range(sweep * N, (sweep + 1) * N):
            j = min(int(hash_uniform(seed, 1, k) * N), N - 1)
            if _input(j, S, A, xi, cut, P) * S[j] < 0.0:
                _flip(j, S, A, xi, D, cut, P)
                moved = True
        if not moved:
            for j in range(N):
                moved = moved or _input(j, S, A, xi, cut, P) * S[j] < 0.0
            if not moved:
                return sweep
    return most


@dataclass(frozen=True, eq=False)
class Recall:
    """The state `S` (N,) after `step` updates, and the way to it.

    `A` (P,) are N times the overlaps in the weights' own terms, `waiting` (N,) units that turn at the end of a
    synchronous sweep. `start` (N,) was the first state, of energy `E_0` per unit; flip k came with update `at[k]`, of
    unit `units[k]`, and changed the energy by `gains[k]`.
    """

    step: int
    S: Values
    A: Values
    waiting: Values
    start: Values
    E_0: float
    at: Values
    units: Values
    gains: Values
    failed: str = ""

    def energies(self) -> tuple[Values, Values]:
        """Return update numbers and energies per unit: at first, after each flip, and now."""
        E = self.E_0 + np.concatenate([[0.0], np.cumsum(self.gains)])
        return np.concatenate([[0], self.at, [self.step]]), np.append(E, E[-1])

    def paths(self, memories: Memories, chosen: Values) -> Values:
        """Return overlaps (flips + 2, m) with chosen memories (m,), at the places of `energies`."""
        begin = np.asarray(self.start.astype(float) @ memories.xi[:, chosen])
        now = self.start.astype(np.int64)
        turned = np.empty(len(self.units))
        for k, unit in enumerate(self.units):
            now[unit] *= -1
            turned[k] = now[unit]
        steps = 2.0 * turned[:, None] * memories.xi[self.units][:, chosen]
        m = np.concatenate([begin[None], begin + np.cumsum(steps, axis=0)]) / memories.size
        return np.concatenate([m, m[-1:]])

    def cycle(self) -> Values:
        """Return the units that flip at each synchronous sweep, to and fro, if the last two flipped the same."""
        size = len(self.S)
        swept = self.step // size * size
        last, before = (np.sort(self.units[self.at == end]) for end in (swept, swept - size))
        return last if swept > size and np.array_equal(last, before) else last[:0]


def begin(start: Values, memories: Memories) -> Recall:
    """Return a recall that is about to start from a state (N,) of -1 and 1."""
    S = np.array(start, dtype=np.int8)
    A = (memories.D.T.astype(float) @ S).astype(memories.D.dtype)
    none = np.empty(0, dtype=np.int32)
    return Recall(0, S, A, np.zeros(len(S), dtype=np.bool_), S, memories.energy(S), none, none, np.empty(0))


def advance(state: Recall, memories: Memories, order: int, seed: int, n: int) -> Recall:
    """Return the recall n updates further on; in any parts it is the same."""
    S, A, waiting = state.S.copy(), state.A.copy(), state.waiting & (order == SYNCHRONOUS)
    room = n + len(S) * (order == SYNCHRONOUS)
    at, units, gains = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32), np.empty(room)
    flips = _update(S, A, waiting, memories.xi, memories.D, memories.cut, order, seed, state.step, state.step + n,
                    at, units, gains)
    return Recall(state.step + n, S, A, waiting, state.start, state.E_0,
                  np.concatenate([state.at, at[:flips]]), np.concatenate([state.units, units[:flips]]),
                  np.concatenate([state.gains, gains[:flips] / memories.size**2]))


def settle(start: Values, memories: Memories, seed: int, most: int = LONGEST) -> tuple[Values, int]:
    """Return the state (N,) in which updates in random order end, and after how many sweeps at most."""
    S = np.array(start, dtype=np.int8)
    A = (memories.D.T.astype(float) @ S).astype(memories.D.dtype)
    return S, int(_settle(S, A, memories.xi, memories.D, memories.cut, memories.number, seed, most))
