"""Bursts that an oscillator makes by itself: the rhythm lowers the gain of its own feedback slowly, rest lets it rise.

x'' + x = eps f(x') + s_0 xi with the sigmoid f of gain G [see numerics.amplitude.feedback], and
G' = delta (G_0 - G - k R^2), R^2 = x^2 + x'^2. Averaged over a turn, R' = -eps U'(R) with the same G, and the noise
pushes both components of the amplitude by s_0 / sqrt(2). One turn lasts 2 pi.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.amplitude.feedback import Sigmoid, drive
from ncm_app.numerics.amplitude.landscape import fold
from ncm_app.numerics.noise import hash_normal
from ncm_app.numerics.results.base import Array, Result
from ncm_app.numerics.system import SILENT, Progress

TURN, EVERY = 64, 2
"""Steps in a turn, and from one record to the next."""
CHUNK = 65_536
STEP, POINTS = 0.5, 1501
"""Step of the averaged amplitude, and points of the table of its drive."""
BEGINS, ENDS = 0.7, 0.35
"""A burst begins where R exceeds, and ends where it falls below, these parts of the amplitude at the fold."""


class Slow(NamedTuple):
    """Threshold, strength of the feedback, noise, slowness, and what the gain goes to at rest and loses per R^2."""

    th: float
    eps: float
    s_0: float
    delta: float
    G_0: float
    k: float
    rho: float = 2.0


@dataclass(frozen=True)
class SlowRun(Result):
    """Oscillator `x`, amplitude `R` over a turn and gain `G` (m,) at times `t` (m,), a turn being 2 pi."""

    t: Array
    x: Array
    R: Array
    G: Array


class Bursts(NamedTuple):
    """Bursts: the first and last record of each (k,), the highest gain before and the lowest in each, share of time.

    Onsets leave out the first burst, and offsets a last one that has not ended.
    """

    first: list[int]
    last: list[int]
    onsets: Array
    offsets: Array
    duty: float


@kernel(error_model="numpy")
def burst_steps(state, numbers, turn, seed, first, every, out):  # type: ignore[no-untyped-def]
    """Step x, x', G (3,) by kicks between half turns; note x, R and G in `out` (3, m) after each `every` steps."""
    x, y, G = state[0], state[1], state[2]
    th, eps, s_0, delta, G_0, k, rho = numbers
    rest = 1.0 / (1.0 + math.exp(rho * th))
    cos, sin, root = math.cos(0.5 * turn), math.sin(0.5 * turn), s_0 * math.sqrt(turn)
    for n in range(out.shape[1] * every):
        x, y = cos * x + sin * y, cos * y - sin * x
        f = -2.0 * y + G * (1.0 / (1.0 + math.exp(-rho * (y - th))) - rest)
        y += eps * turn * f + root * hash_normal(seed, 0, first + n)
        G += delta * turn * (G_0 - G - k * (x * x + y * y))
        x, y = cos * x + sin * y, cos * y - sin * x
        if (n + 1) % every == 0:
            j = n // every
            out[0, j], out[1, j], out[2, j] = x, math.sqrt(x * x + y * y), G
    state[0], state[1], state[2] = x, y, G


@kernel(error_model="numpy")
def averaged_steps(state, numbers, table, reach, h, seed, out):  # type: ignore[no-untyped-def]
    """Step the amplitude's two components and G (3,) by the averaged equations; `table` is Phi(R) / R up to `reach`."""
    u, v, G = state[0], state[1], state[2]
    eps, s_0, delta, G_0, k = numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]
    root, last = s_0 * math.sqrt(0.5 * h), len(table) - 2
    for n in range(out.shape[1]):
        R = math.sqrt(u * u + v * v)
        place = min(R / reach, 1.0) * (last + 1)
        j = min(int(place), last)
        pull = eps * h * (G * (table[j] + (place - j) * (table[j + 1] - table[j])) - 1.0)
        u += pull * u + root * hash_normal(seed, 1, n)
        v += pull * v + root * hash_normal(seed, 2, n)
        G += delta * h * (G_0 - G - k * R * R)
        out[0, n], out[1, n] = math.sqrt(u * u + v * v), G
    state[0], state[1], state[2] = u, v, G


def run_bursts(slow: Slow, T: float, seed: int, progress: Progress = SILENT) -> SlowRun:
    """Return a run for a time T from rest, with the gain at G_0; a cancel that `progress` raises passes through."""
    turn = 2.0 * math.pi / TURN
    count, block = max(round(T / turn) // EVERY, 2 * TURN), CHUNK // EVERY
    out, state = np.empty((3, count)), np.array([0.0, 0.1, slow.G_0])
    for first in range(0, count, block):
        burst_steps(state, tuple(slow), turn, seed, first * EVERY, EVERY, out[:, first:first + block])
        progress.report(min(first + block, count) / count)
    width = TURN // EVERY
    sums = np.cumsum(np.concatenate([np.full(width, out[1, 0]), out[1]]))
    R = (sums[width:] - sums[:-width]) / width
    return SlowRun(turn * EVERY * np.arange(1, count + 1, dtype=float), out[0], R, out[2])


def run_averaged(slow: Slow, T: float, seed: int) -> SlowRun:
    """Return the same of the averaged amplitude, `x` being 0."""
    reach = 1.5 * max(slow.G_0, 1.0) / math.pi + 1.0  # R = G Phi < G / pi on the rhythm
    grid = np.linspace(0.0, reach, POINTS)
    grid[0] = 1e-4 * reach
    out = np.empty((2, max(round(T / STEP), 2)))
    table = drive(slow.th, slow.rho, grid) / grid
    averaged_steps(np.array([0.0, 0.1, slow.G_0]), tuple(slow), table, reach, STEP, seed, out)
    return SlowRun(STEP * np.arange(1, out.shape[1] + 1, dtype=float), np.zeros(out.shape[1]), *out)


def bursts_of(run: SlowRun, fold_R: float) -> Bursts:
    """Return the bursts of a run: of amplitudes about that at the fold."""
    up, down = np.flatnonzero(BEGINS * fold_R < run.R), np.flatnonzero(ENDS * fold_R > run.R)
    first, last, here = [], [], 0
    while len(up) and here <= up[-1]:
        start = int(up[np.searchsorted(up, here)])
        first.append(start)
        k = int(np.searchsorted(down, start))
        if k == len(down):
            break
        here = int(down[k])
        last.append(here)
    onsets = [run.G[end:start + 1].max() for end, start in zip(last, first[1:], strict=False)]
    offsets = [run.G[start:end + 1].min() for start, end in zip(first, last, strict=False)]
    return Bursts(first, last, np.array(onsets), np.array(offsets), float(np.mean(BEGINS * fold_R < run.R)))


def least_k(slow: Slow) -> float:
    """Return the loss k above which bursts end, (G_0 - G_F) / R_F^2: with less the rhythm keeps its gain at the fold.

    NaN where the Hopf point is supercritical: there is no fold, and so are no bursts.
    """
    G_F, R_F = fold(slow.th, slow.rho)
    return (slow.G_0 - G_F) / R_F**2 if R_F else math.nan


def hopf_gain(slow: Slow) -> float:
    """Return the gain beyond which rest is unstable."""
    return Sigmoid(1.0, slow.th, slow.rho).hopf
