"""Threshold units that are updated one after the other in random order, and their mean field.

For developers: what is random is a function of the seed, so that strengths change the dynamics and no draw.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.core.model import Measure
from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.noise import hash_normal, hash_uniform
from ncm_app.numerics.results.base import Array, Result
from ncm_app.numerics.system import Partial, Progress

HELD, FRESH = range(2)
WEIGHTS, PICKS, NOISE, START, LAST = range(5)  # streams of random numbers
ROW = 1 << 16  # counters of a row of weights: a larger network holds the smaller one
WORK = 5_000_000  # inputs that are changed at most between two reports: some ms
RECORDS = 10  # of the activity in the time in which each unit is updated once on average


@dataclass(frozen=True)
class BinaryRun(Result):
    """Share of units that are on, `r` (m,), over times `t` (m,), ms; what the second half of the run tells.

    `on` (N,) is the share of that half for which each unit was on, `inputs` (N,) their total inputs at the end.
    """

    t: Array
    r: Array
    on: Array
    inputs: Array
    duration: float


@kernel()
def _fill(Z, first, last, seed):  # type: ignore[no-untyped-def]
    for k in range(first, last):
        for j in range(Z.shape[1]):
            Z[k, j] = 0.0 if j == k else hash_normal(seed, 0, k * 65536 + j)


@kernel()
def _update(S, h, since, on, Z, X, first, last, half, parameters, seed, record, r):  # type: ignore[no-untyped-def]
    """Do updates first to last; `on` counts those of the second half through which a unit was on."""
    mean, scale, theta, mu, sigma, fresh = parameters
    size, active = len(S), S.sum()
    for u in range(first, last):
        k = min(int(hash_uniform(seed, 1, u) * size), size - 1)
        x = mu + sigma * (hash_normal(seed, 2, u) if fresh else X[k])
        fires = scale * h[k] + mean * active + x > theta
        if fires != (S[k] == 1):
            step = 1 if fires else -1
            if not fires:
                on[k] += max(u - max(since[k], half), 0)
            since[k] = u
            S[k], active = S[k] + step, active + step
            for j in range(size):
                h[j] += step * Z[k, j]
        if (u + 1) % record == 0:
            r[(u + 1) // record] = active / size


@functools.lru_cache(maxsize=2)
def weights(size: int, seed: int) -> NDArray[np.float32]:
    """Return standard normal numbers (N, N), those from a unit in its row; no unit drives itself."""
    Z = np.empty((size, size), dtype=np.float32)
    _fill(Z, 0, size, seed)
    Z.setflags(write=False)
    return Z


def simulate(p: Any, progress: Progress) -> BinaryRun:
    """Update units one at a time, each once in tau on average, and tell what is known so far."""
    size, seed = p.N, p.seed
    Z, X = weights(size, seed), hash_normal(seed, NOISE, np.arange(size))
    S = (hash_uniform(seed, START, np.arange(size)) < p.r_0).astype(np.int64)
    h, since, on = S @ Z.astype(np.float64), np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    record = max(1, size // RECORDS)
    total = max(1, round(size * p.T / p.tau / record)) * record
    r = np.empty(total // record + 1)
    r[0] = S.mean()
    numbers = (p.mu_W / size, p.sigma_W / math.sqrt(size), p.theta, p.mu_X, p.sigma_X, p.noise == FRESH)
    t = np.arange(len(r)) * record * p.tau / size
    half, chunk = total // 2, record * max(1, WORK // (size * record))

    def told(known: int, done: int) -> BinaryRun:
        return BinaryRun(t[:known], r[:known].copy(), _shares(S, since, on, half, done), _inputs(S, h, X, p),
                         float(t[-1]))

    for first in range(0, total, chunk):
        last = min(first + chunk, total)
        _update(S, h, since, on, Z, X, first, last, half, numbers, seed, record, r)
        known = last // record + 1
        if last < total:
            progress.report(last / total, Partial(told(known, last), f"the first {t[known - 1]:.3g} ms")
                            if progress.wants_partial else None)
    return told(len(r), total)


def _shares(S: Array, since: Array, on: Array, half: int, now: int) -> Array:
    """Return for which share of the second half, up to now, each unit was on."""
    if now <= half:
        return np.full(len(S), np.nan)
    return np.asarray((on + S * np.maximum(now - np.maximum(since, half), 0)) / (now - half))


def _inputs(S: Array, h: Array, X: Array, p: Any) -> Array:
    """Return the total input of each unit."""
    x = hash_normal(p.seed, LAST, np.arange(p.N)) if p.noise == FRESH else X
    return np.asarray(p.mu_W / p.N * S.sum() + p.sigma_W / math.sqrt(p.N) * h + p.mu_X + p.sigma_X * x)


# The mean field ---------------------------------------------------------------------------------

def spread(r: Any, p: Any) -> Any:
    """Return the SD of the inputs where a share r is on: those of the weights and of X add."""
    return np.sqrt(p.sigma_X**2 + p.sigma_W**2 * r)


def share_on(r: Any, p: Any) -> Any:
    """Return F(r), the share of Gaussian inputs above theta where a share r, or each of (m,), is on."""
    if np.ndim(r):
        return np.array([share_on(one, p) for one in np.asarray(r).tolist()])
    sd = math.sqrt(p.sigma_X**2 + p.sigma_W**2 * max(r, 0.0))
    return 0.5 * math.erfc((p.theta - p.mu_X - p.mu_W * r) / (math.sqrt(2.0) * sd))


def slope(r: float, p: Any) -> float:
    """Return F'(r)."""
    low, high = max(r - 1e-5, 0.0), min(r + 1e-5, 1.0)
    return (share_on(high, p) - share_on(low, p)) / (high - low)


def fixed_points(p: Any) -> list[float]:
    """Return all r with r = F(r), rising."""
    grid = np.linspace(0.0, 1.0, 1001)
    off = share_on(grid, p) - grid
    found = [float(grid[k]) for k in np.flatnonzero(off == 0.0)]
    for k in np.flatnonzero(off[:-1] * off[1:] < 0.0):
        low, high = grid[k], grid[k + 1]
        for _ in range(40):
            middle = (low + high) / 2.0
            low, high = (middle, high) if (share_on(middle, p) - middle) * off[k] > 0.0 else (low, middle)
        found.append(float(low))
    return sorted(found)


def followed(t: Array, p: Any) -> Array:
    """Return r over times (m,), ms, of tau dr/dt = -r + F(r) from r_0, in steps of Runge and Kutta."""
    steps = min(max(int(np.ceil(10.0 * t[-1] / p.tau)), 1), 2000)
    h, r, found = t[-1] / steps / p.tau, p.r_0, [p.r_0]
    for _ in range(steps):
        k1 = share_on(r, p) - r
        k2 = share_on(r + h / 2.0 * k1, p) - (r + h / 2.0 * k1)
        k3 = share_on(r + h / 2.0 * k2, p) - (r + h / 2.0 * k2)
        k4 = share_on(r + h * k3, p) - (r + h * k3)
        r = r + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        found.append(r)
    return np.interp(t, np.linspace(0.0, t[-1], steps + 1), found)


def transition(p: Any) -> tuple[Array, Array, Array]:
    """Return mu_X (m,) at which a share r (m,) is a fixed point, and whether it is stable."""
    ends = np.geomspace(1e-4, 0.02, 60)
    r = np.concatenate([ends, np.linspace(0.021, 0.979, 200), 1.0 - ends[::-1]])
    normal = NormalDist()
    mu = p.theta - p.mu_W * r + spread(r, p) * np.array([normal.inv_cdf(x) for x in r])
    return mu, r, np.gradient(mu, r) > 0.0


def standard_error(run: BinaryRun, p: Any) -> float:
    """Return the standard error of the activity: units differ, and the network passes on what they share.

    A small excess of active units changes the inputs of all, by F'(r) of it: what is seen is 1 / (1 - F') of it.
    """
    gain = slope(float(np.mean(run.on)), p)
    return float(np.std(run.on) / math.sqrt(len(run.on)) / max(1.0 - gain, 0.05))


def measured(run: BinaryRun, p: Any) -> tuple[Measure, ...]:
    """Activity of the second half and the variance of the inputs at the end, beside the mean field."""
    if not np.isfinite(run.on).all():
        return ()
    r = float(np.mean(run.on))
    theory = float(followed(np.array([0.0, max(run.duration, 200.0 * p.tau)]), p)[-1])
    variance = float(np.var(run.inputs))
    return (Measure("activity", r, theory=theory, error=standard_error(run, p), theory_name="mean field"),
            Measure("variance of inputs", variance, theory=float(spread(theory, p) ** 2),
                    error=variance * math.sqrt(2.0 / len(run.inputs)), theory_name="mean field"))
