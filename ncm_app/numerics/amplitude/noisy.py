"""Runs of a noisy oscillator and of its averaged amplitude, compiled, with the times it dwells in each well.

Amplitude: dR = -U'(R) dtau + s dW, reflected at 0, by Heun steps. Oscillator: x'' + x = eps f + sqrt(2 eps) s xi, by
half turns, which are exact, around a kick; its noise gives R the variance s^2 in a time tau = eps t of 1 [D].
Random numbers are functions of (seed, stream, step). Between steps a level may be crossed unseen: the chance is that
of a Brownian bridge, else dwell times would be too long by the root of the step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.amplitude.landscape import Landscape
from ncm_app.numerics.noise import hash_normal, hash_uniform
from ncm_app.numerics.results.base import Array, Result
from ncm_app.numerics.system import Partial, Progress

CHUNK = 65_536
STEEPEST = 0.1
"""Part of the fastest decay that one step of the amplitude, or one kick, may last."""
TURNS = (64, 128, 256, 512, 1024)
MOST_STEPS = 20_000_000
RECORDS, BINS = 4000, 80


@dataclass(frozen=True)
class NoisyRun(Result):
    """Amplitudes `R` (m,) and states `x`, `y` (m,) at times `tau` (m,) = eps t; what all steps tell.

    `counts` (BINS,) are steps with R between `edges` (BINS + 1,); `high` and `low` times spent in each well before
    the other was first met; `cycles` (2, n) durations from one arrival in the upper well to the next, and the time
    above `split` meanwhile; `above` the share of all time above it. `every` is the steps between two records, `step`
    how long one is, in eps t.
    """

    tau: Array
    R: Array
    x: Array
    y: Array
    counts: NDArray[np.int64]
    edges: Array
    high: Array
    low: Array
    cycles: Array
    above: float
    every: int
    step: float


@kernel(error_model="numpy")
def amplitude_steps(state, table, inverse, s, dtau, seed, first, R, variance):  # type: ignore[no-untyped-def]
    """Step the amplitude state[0] len(R) times by a table of -U' over an even grid; note R and its variance."""
    r, last, root = state[0], len(table) - 2, s * math.sqrt(dtau)
    for n in range(len(R)):
        kick = root * hash_normal(seed, 0, first + n)
        place = r * inverse
        k = min(int(place), last)
        drift = table[k] + (place - k) * (table[k + 1] - table[k])
        place = abs(r + dtau * drift + kick) * inverse
        k = min(int(place), last)
        r = abs(r + 0.5 * dtau * (drift + table[k] + (place - k) * (table[k + 1] - table[k])) + kick)
        R[n], variance[n] = r, root * root
    state[0] = r


@kernel(error_model="numpy")
def oscillator_steps(state, code, numbers, eps, s, turn, seed, first, R, variance, X, Y):  # type: ignore[no-untyped-def]
    """Step x and y = x', state (2,), by kicks between turns of an angle; note R, x, y, and the variance of R."""
    x, y = state[0], state[1]
    a, b, c, d = numbers
    cos, sin, pull, root = math.cos(0.5 * turn), math.sin(0.5 * turn), eps * turn, s * math.sqrt(2.0 * eps * turn)
    for n in range(len(R)):
        x, y = cos * x + sin * y, cos * y - sin * x
        if code == 1:
            f = y * (a + y * y * (b + y * y * c))
        else:
            v = y if code == 0 else x
            f = -2.0 * y + a * (1.0 / (1.0 + math.exp(-c * (v - b))) - d)
        y += pull * f + root * hash_normal(seed, 0, first + n)
        r2 = x * x + y * y
        variance[n] = root * root * y * y / max(r2, 1e-12)
        x, y = cos * x + sin * y, cos * y - sin * x
        R[n], X[n], Y[n] = math.sqrt(r2), x, y
    state[0], state[1] = x, y


@kernel(error_model="numpy")
def _tally(R, variance, first, seed, levels, scale, counts, since, found, dwells):  # type: ignore[no-untyped-def]
    """Count steps in bins, and note in `dwells` (k, 4) well, duration, duration and steps above of a cycle, in rows.

    `since` (6,): the well one is in (0 none, 1 low, 2 high), arrival there, steps above `split` so far, arrival
    in the upper well and steps above then, and R before.
    """
    low, split, high = levels
    bins, before = len(counts), since[5]
    for n in range(len(R)):
        r, now = R[n], first + n + 1
        counts[min(int(r * scale), bins - 1)] += 1
        since[2] += r > split
        if since[0] != 1.0 and _meets(before, r, low, -1.0, variance[n], seed, now):
            if since[0] == 2.0:
                dwells[found, 0], dwells[found, 1] = 2.0, now - since[1]
                found += 1
            since[0], since[1] = 1.0, now
        elif since[0] != 2.0 and _meets(before, r, high, 1.0, variance[n], seed, now):
            if since[0] == 1.0:
                dwells[found, 0], dwells[found, 1] = 1.0, now - since[1]
                if since[3] >= 0.0:
                    dwells[found, 2], dwells[found, 3] = now - since[3], since[2] - since[4]
                found += 1
            since[0], since[1], since[3], since[4] = 2.0, now, now, since[2]
        before = r
    since[5] = before
    return found


@kernel(error_model="numpy", forceinline=True)
def _meets(before, after, level, way, variance, seed, step):  # type: ignore[no-untyped-def]
    """Tell whether a path was at a level at a step, or between, coming from the other side."""
    left, right = way * (level - before), way * (level - after)
    if right <= 0.0:
        return True
    if left <= 0.0 or left * right > 10.0 * variance:
        return False
    return hash_uniform(seed, 1, step) < math.exp(-2.0 * left * right / variance)


def step_of(land: Landscape, eps: float, oscillator: bool) -> tuple[float, int]:
    """Return the step in eps t, and for the oscillator how many make a turn."""
    R = land.R[land.U - land.U.min() < 12.0 * land.s**2]
    bend = max(float(np.abs(np.gradient(land.slope, land.R))[: len(R)].max()), 1.0)
    if not oscillator:
        return min(0.02, STEEPEST / bend), 0
    steep = eps * float(np.abs(land.feedback.slope(np.linspace(-R[-1], R[-1], 801))).max())
    turns = next((n for n in TURNS if 2.0 * math.pi / n * steep < 5.0 * STEEPEST), TURNS[-1])
    return eps * 2.0 * math.pi / turns, turns


def simulate(land: Landscape, split: float, eps: float, T: float, start: float, seed: int, oscillator: bool,
             progress: Progress) -> NoisyRun:
    """Run for a time T = eps t, at most 20 million steps, from an amplitude.

    Wells are those of `land`; where it has one well only nothing is said of dwelling. `split` parts the two states.
    """
    feedback = land.feedback
    step, turns = step_of(land, eps, oscillator)
    total = int(min(max(math.ceil(T / step), 10), MOST_STEPS))
    every = max(1, total // RECORDS)
    block = every * max(1, CHUNK // every)
    last = land.R[-1]
    levels = (land.low, split, land.high) if land.barrier else (-1.0, split, math.inf)
    counts, dwells = np.zeros(BINS, dtype=np.int64), np.zeros((block + 1, 4))
    since, state = np.array([0.0, 0.0, 0.0, -1.0, 0.0, start]), np.array([start, 0.0])
    R, variance, X, Y = np.empty((4, block))
    kept, rows = [np.array([[start], [start], [0.0]])], [np.empty((0, 4))]
    inverse, edges = (len(land.R) - 1) / last, np.linspace(0.0, last, BINS + 1)

    def told(done: int) -> NoisyRun:
        R, x, y = np.concatenate(kept, axis=1)
        found = np.concatenate(rows)
        timed = found * step
        return NoisyRun(every * step * np.arange(len(R), dtype=float), R, x, y, counts.copy(), edges,
                        timed[found[:, 0] == 2.0, 1], timed[found[:, 0] == 1.0, 1], timed[found[:, 2] > 0.0, 2:].T,
                        float(since[2]) / done, every, step)

    for first in range(0, total, block):
        size = min(block, total - first)
        part = R[:size]
        if oscillator:
            oscillator_steps(state, feedback.code, feedback.numbers, eps, land.s, 2.0 * math.pi / turns, seed, first,
                             part, variance, X, Y)
        else:
            amplitude_steps(state, -land.slope, inverse, land.s, step, seed, first, part, variance)
        number = _tally(part, variance, first, seed, levels, BINS / last, counts, since, 0, dwells)
        rows.append(dwells[:number].copy())
        dwells[:number] = 0.0
        at = slice(every - 1, size, every)
        kept.append(np.array([part[at], X[at], Y[at]] if oscillator else [part[at], part[at], 0.0 * part[at]]))
        if first + size < total:
            share = (first + size) / total
            progress.report(share, Partial(told(first + size), f"the first {share * T:.3g} of {T:g}")
                            if progress.wants_partial else None)
    return told(total)
