"""What a Hopfield network has stored, from where it starts, and what the state is called in which it ends."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from ncm_app.core.model import Measure
from ncm_app.models.learning._hopfield_patterns import DRAWN_SIDE, digit_patterns, resized
from ncm_app.numerics.learning.capacity import ALPHA_C, RECALLED, bit_error, retrieval_overlap
from ncm_app.numerics.learning.memories import HEBB, Memories, Values, flipped, mixture, random_patterns, store
from ncm_app.numerics.learning.recall import SYNCHRONOUS, Recall
from ncm_app.numerics.noise import hash_uniform
from ncm_app.numerics.results.base import Result

DIGITS, RANDOM, DRAWN = range(3)  # patterns
MEMORY, MIXTURE, ANY, SKETCH = range(4)  # where a recall starts from
MIXED = 3  # memories in a mixture
ALIKE = 0.2  # mean overlap from which on memories have much in common
CANDIDATES = 6  # memories of largest overlap among which a mixture is sought


@dataclass(frozen=True, eq=False)
class Stored:
    """The memories, and what each is called: "", or what the digit shows."""

    memories: Memories
    names: tuple[str, ...]
    wrong_bits: float  # share of all units of all memories that disagree with their inputs
    alike: float  # mean overlap of two memories

    def call(self, k: int) -> str:
        """Return how a sentence names a memory."""
        return f"memory {k + 1}{self.names[k] and f' (a {self.names[k]})'}"


@dataclass(frozen=True, eq=False)
class Answer(Result):
    """The recall so far, of which memory, and in which network; `duration` is how many updates it may last."""

    step: int
    duration: float
    stored: Stored
    run: Recall
    cued: int
    failed: str = ""

    def columns(self) -> dict[str, Any]:
        """Return the overlap with each memory."""
        return {"memory": np.arange(1, len(self.overlaps) + 1), "overlap": self.overlaps}

    @functools.cached_property
    def overlaps(self) -> Values:
        """Return the overlaps (P,) with all memories."""
        return self.stored.memories.overlaps(self.run.S)

    @functools.cached_property
    def restless(self) -> int:
        """Return how many units disagree with their inputs."""
        return int(np.count_nonzero(self.stored.memories.inputs(self.run.S) * self.run.S < -1e-12))


@functools.lru_cache(maxsize=16)
def _stored(patterns: int, P: int, digit: int, side: int, weights: int, self_weights: int, seed: int,
            drawn: tuple[bytes, ...]) -> Stored:
    if patterns == DIGITS:
        xi, names = digit_patterns(P, digit, side)
    elif patterns == DRAWN:
        pictures = [np.frombuffer(one, dtype=np.int64).reshape(-1, DRAWN_SIDE) for one in drawn if one]
        xi = np.array([resized(one, side) for one in pictures or [np.empty((0, DRAWN_SIDE), dtype=np.int64)]])
        names = ("",) * len(xi)
    else:
        xi, names = random_patterns(P, side * side, seed), ("",) * P
    memories = store(xi, weights, self_weights)
    return Stored(memories, names, _wrong_bits(memories), _alike(memories))


def _wrong_bits(memories: Memories) -> float:
    """Return which share of all units of all memories would turn at once."""
    xi = memories.xi.astype(float)
    inputs = xi @ (memories.D.T.astype(float) @ xi) - memories.cut[:, None] * xi
    return float(np.mean(inputs * xi < -1e-9))


def _alike(memories: Memories) -> float:
    """Return the mean overlap of two of the memories, 0 where there is but one."""
    together = float(np.mean(memories.xi.sum(axis=1, dtype=float) ** 2))
    return (together - memories.number) / max(memories.number * (memories.number - 1), 1)


def stored_of(p: Any) -> Stored:
    """Return what the network holds under parameters."""
    drawn = tuple(one.tobytes() for one in (p.xi_1, p.xi_2, p.xi_3)) if p.patterns == DRAWN else ()
    return _stored(p.patterns, p.P, p.digit, p.side, p.weights, p.self_weights, p.seed, drawn)


def cued_of(p: Any, stored: Stored) -> int:
    """Return which memory is cued, from 0 on: the last one where there are not so many."""
    return min(int(p.cued), stored.memories.number) - 1


def start_of(p: Any, stored: Stored) -> Values:
    """Return the state (N,) from which a recall starts."""
    xi = stored.memories.xi
    if p.start == ANY:
        return np.where(hash_uniform(p.seed, 3, np.arange(len(xi))) < 0.5, -1, 1).astype(np.int8)
    if p.start == SKETCH:
        return resized(p.S_0, p.side)
    chosen = (cued_of(p, stored) + np.arange(MIXED if p.start == MIXTURE else 1)) % xi.shape[1]
    return flipped(mixture(xi[:, chosen].T), p.flips, p.seed)


# What a state is called -------------------------------------------------------------------------

def name_of(S: Values, stored: Stored, m: Values) -> str:
    """Return what a state (N,) with overlaps (P,) is called: a memory, the inverse of one, a mixture, or spurious."""
    best = int(np.abs(m).argmax())
    if abs(m[best]) >= RECALLED:
        wrong = round((1.0 - abs(float(m[best]))) * len(S) / 2.0)
        what = stored.call(best) if m[best] > 0.0 else f"the inverse of {stored.call(best)}"
        return what + (f", {wrong} of {len(S)} units wrong" if wrong else "")
    mixed = mixed_of(S, stored, m) if stored.alike < ALIKE else ()
    if len(mixed):
        numbers, parts = [f"{k + 1}" for k in mixed], [f"{m[k]:.2f}" for k in mixed]
        return (f"a mixture of memories {', '.join(numbers[:-1])} and {numbers[-1]}, a spurious state: overlaps "
                f"{', '.join(parts[:-1])} and {parts[-1]}")
    what = "a blend of the memories, a spurious state" if stored.alike >= ALIKE else "a spurious state of no name"
    return f"{what}: its largest overlap is {m[best]:.2f}, with {stored.call(best)}"


def mixed_of(S: Values, stored: Stored, m: Values) -> Values:
    """Return the three memories (3,) of whose sum, each with its sign, a state (N,) is the sign; (0,) for none."""
    likely = np.sort(np.argsort(-np.abs(m))[:CANDIDATES])
    for chosen in map(np.array, combinations(likely, MIXED)):
        if mixture(stored.memories.xi[:, chosen].T, np.sign(m[chosen])).astype(float) @ S >= RECALLED * len(S):
            return np.asarray(chosen)
    return np.empty(0, dtype=int)


def told(answer: Answer, p: Any) -> str:
    """Return what the recall does, and which crosstalk stands in its way."""
    stored, m, run = answer.stored, answer.overlaps, answer.run
    cycle = run.cycle() if p.order == SYNCHRONOUS else ()
    crosstalk = crosstalk_words(stored, p)
    if answer.step == 0:
        off = int(np.count_nonzero(stored.memories.xi[:, answer.cued] != run.S))
        return f"the start: {off} of {len(run.S)} units differ from {stored.call(answer.cued)}{crosstalk}"
    if len(cycle):
        return (f"to and fro between two states: the same {len(cycle)} units turn at each sweep, as all are updated at "
                f"once; one after the other they would settle{crosstalk}")
    if answer.restless:
        return (f"on its way: {answer.restless} of {len(run.S)} units disagree with their inputs, overlap "
                f"{m[answer.cued]:.2f} with {stored.call(answer.cued)}{crosstalk}")
    return f"settled in {name_of(run.S, stored, m)}{crosstalk}"


def crosstalk_words(stored: Stored, p: Any) -> str:
    """Return a clause on the crosstalk of memories that are alike, "" where it turns no unit."""
    if p.weights != HEBB or stored.alike < ALIKE or not stored.wrong_bits:
        return ""
    return (f"; these memories are alike (mean overlap {stored.alike:.2f}), and by Hebb's rule their crosstalk turns "
            f"{100.0 * stored.wrong_bits:.2g} % of their units")


def measured(answer: Answer, p: Any) -> tuple[Measure, ...]:
    """Return the overlap with the cued memory, the energy, and how many bits of the memories crosstalk turns."""
    stored, load = answer.stored, answer.stored.memories.number / answer.stored.memories.size
    as_in_theory = p.patterns == RANDOM and p.weights == HEBB and p.self_weights == 0
    lasts = as_in_theory and load < ALPHA_C and not answer.restless and answer.overlaps[answer.cued] > RECALLED
    wrong = Measure("wrong bits of memories", 100.0 * stored.wrong_bits, "%")
    if as_in_theory and stored.memories.number > 1:
        wrong = Measure(wrong.name, wrong.value, "%", 100.0 * bit_error(load), theory_name="crosstalk")
    return (Measure("overlap", float(answer.overlaps[answer.cued]), theory=retrieval_overlap(load) if lasts else None,
                    theory_name="many units"),
            Measure("energy per unit", float(answer.run.energies()[1][-1])), wrong)
