"""A recurrent network of random weights whose readout learns [Sussillo2009]: draws, steps, eigenvalues.

Weights and rates are in single precision, which halves what a step reads: the rates are chaotic, so no precision
keeps their digits, and their statistics are the same. The readout learns in double precision, in which it equals
batch least squares on the same rates.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.learning.readout_steps import LMS, RLS, exponent_blocks, take_steps
from ncm_app.numerics.networks.topology import stream_of
from ncm_app.numerics.noise import hash_normal
from ncm_app.numerics.results.base import Array

FAR = 100.0
"""How many times the target's size (at least 1) a readout may be: beyond it has diverged."""
SHOWN = 7
"""Cells whose rates are kept."""
NEVER = 1 << 60
TRANSIENT, BLOCKS = 50.0, 20
"""Time constants before a Lyapunov exponent is taken, and blocks of time that give its error."""


@dataclass(frozen=True, eq=False)
class Reservoir:
    """Random weights and starts: `columns` (N, N), whose rows are the columns of W, Q (N,), R (N,), r (N,)."""

    columns: NDArray[np.floating]
    Q: NDArray[np.floating]
    R: Array
    r: NDArray[np.floating]


class Rule(NamedTuple):
    """How a readout learns and is fed back: a window is from its first step to before its last.

    `kind` is HELD, LMS or RLS, `eps` the learning rate of either, `eps_P` that of P, `each` of how many steps one
    learns, `feedback` the factor of Q while z is fed back.
    """

    kind: int = LMS
    eps: float = 0.005
    eps_P: float = 1.0
    each: int = 1
    learns: tuple[int, int] = (0, NEVER)
    fed_back: tuple[int, int] = (0, NEVER)
    feedback: float = 1.0


class Pace(NamedTuple):
    """dt / tau, the gain of the f-I curve, and of how many steps the rates of some cells are kept."""

    rate: float
    gain: float = 1.0
    every: int = 1


@dataclass(frozen=True, eq=False)
class Readout:
    """Rates and readout after `step` steps.

    r and R (N,); z (1,); P (N, N), of which the upper triangle counts, less s s^T (N,). `blocks` hold what became of
    each stretch of steps: z, |r|^2, |R| and the share of the error that the step took away (4, m), and the rates of
    the first cells (k, m'). It has `diverged` where |z| went out of bounds.
    """

    step: int
    r: NDArray[np.floating]
    R: Array
    z: Array
    P: Array
    s: Array
    blocks: tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...]
    diverged: bool = False

    @property
    def history(self) -> NDArray[np.float32]:
        """Return z, |r|^2, |R| and the share of the error taken away, for the steps from 0 on, (4, step + 1)."""
        return np.concatenate([block for block, _ in self.blocks], axis=1)

    @property
    def samples(self) -> NDArray[np.float32]:
        """Return the rates of the first cells at every kept step from 0 on, (k, m)."""
        return np.concatenate([block for _, block in self.blocks], axis=1)

    @property
    def inverse(self) -> Array:
        """Return P (N, N), the inverse of the regularised correlations."""
        upper = np.triu(self.P)
        return np.asarray(upper + np.triu(upper, 1).T - np.outer(self.s, self.s))


@functools.lru_cache(maxsize=16)
def draw_reservoir(N: int, rho: float, seed: int, precision: str = "float32") -> Reservoir:
    """Return weights W ~ rho normal / sqrt(N), Q ~ normal, R ~ normal / sqrt(N), and rates r ~ normal / 10."""
    def normal(name: str, count: int) -> Array:
        return np.asarray(hash_normal(seed, stream_of("rnn", name), np.arange(count)))
    W = rho * normal("W", N * N).reshape(N, N) / math.sqrt(N)
    made = Reservoir(np.ascontiguousarray(W.T, dtype=precision), normal("Q", N).astype(precision),
                     normal("R", N) / math.sqrt(N), (0.1 * normal("r", N)).astype(precision))
    for array in (made.columns, made.Q, made.R, made.r):
        array.flags.writeable = False
    return made


def begin_readout(drawn: Reservoir, c: float, kept: int = SHOWN) -> Readout:
    """Return the readout at step 0, with P = c I; the rates of the first `kept` cells will be kept."""
    r = drawn.r.astype(float)
    z, N = float(drawn.R @ r), len(r)
    first = np.array([[z], [r @ r], [np.linalg.norm(drawn.R)], [0.0]], dtype=np.float32)
    return Readout(0, drawn.r, drawn.R, np.array([z]), c * np.eye(N), np.zeros(N),
                   ((first, drawn.r[:kept, None].astype(np.float32)),))


def advance_readout(drawn: Reservoir, before: Readout, y: Array, rule: Rule, pace: Pace,
                    limit: float = math.inf) -> Readout:
    """Return the readout after a step for each target of y (m,), or fewer if |z| exceeds the limit."""
    real = drawn.columns.dtype.type
    r, R, z, s = before.r.copy(), before.R.copy(), before.z.copy(), before.s.copy()
    P = before.P.copy() if rule.kind == RLS else np.empty((0, 0))  # nothing else reads or writes it
    history = np.empty((4, len(y)), np.float32)
    kept = before.blocks[0][1].shape[0]
    samples = np.empty((kept, (before.step + len(y)) // pace.every - before.step // pace.every), np.float32)
    Q = drawn.Q * real(rule.feedback)
    taken = take_steps((drawn.columns, Q, real(pace.rate), real(pace.gain)), r, (R, z, P, s), before.step,
                       np.ascontiguousarray(y, dtype=float), (*rule.learns, *rule.fed_back, rule.each), rule.kind,
                       (float(rule.eps), float(rule.eps_P), float(limit)), history, np.arange(kept), pace.every,
                       samples)
    step = before.step + taken
    samples = samples[:, :step // pace.every - before.step // pace.every]
    return Readout(step, r, R, z, P if rule.kind == RLS else before.P, s,
                   (*before.blocks, (history[:, :taken], samples)), not abs(z[0]) <= limit)


def eigenvalues(drawn: Reservoir, gain: float, R: Array | None = None) -> NDArray[np.complex128]:
    """Return the eigenvalues (N,) of the network about rest, g W, or of g (W + Q R) with the readout fed back."""
    W = drawn.columns.T.astype(float)
    return np.asarray(np.linalg.eigvals(gain * (W if R is None else W + np.outer(drawn.Q, R))), dtype=complex)


class Exponent(NamedTuple):
    """A largest Lyapunov exponent and its standard error, both in units of 1 / tau."""

    value: float
    error: float


def largest_exponent(drawn: Reservoir, pace: Pace, R: Array | None = None,
                     r: NDArray[np.floating] | None = None, span: float = 200.0) -> Exponent:
    """Return the largest Lyapunov exponent over `span` time constants [Benettin1980].

    With R (N,) the readout is fed back and held; it begins at rates r (N,), those drawn if there are none. Its error
    is that of the mean over blocks of the time.
    """
    real = drawn.columns.dtype.type
    N = len(drawn.r)
    start = np.array(drawn.r if r is None else r, dtype=real)
    held = np.zeros(N, real) if R is None else R.astype(real)
    deviation = np.asarray(hash_normal(1, stream_of("rnn", "deviation"), np.arange(N))).astype(real)
    each = max(1, round(span / pace.rate / BLOCKS))
    growth = exponent_blocks((drawn.columns, drawn.Q, real(pace.rate), real(pace.gain)), held, start, deviation,
                             each, BLOCKS, round(TRANSIENT / pace.rate))
    found = growth / (each * pace.rate)
    return Exponent(float(found.mean()), float(found.std(ddof=1) / math.sqrt(BLOCKS)))
