"""What each region of the column's diagram sounds like: features of noisy runs on a grid of inputs, from both sides."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.inversion.column import Column, never, run_column
from ncm_app.numerics.inversion.features import WINDOW, windows_of
from ncm_app.numerics.results.base import Array, Result

REGIONS = ("low rest", "spikes", "alpha", "high rest")
LOWER, UPPER = 0, 1
"""Branches of the diagram: on the lower one are the low rest and spikes, on the upper alpha and the high rest."""
GRID = np.arange(-60.0, 400.1, 2.5)
SETTLE, COUNT = 4000.0, 8
"""What is left out at the start of each run, ms, and how many windows follow."""
STEP, EVERY = 1.0, 5
"""Step of the runs, ms, and how many of them are between two samples."""
FALSE_ALARM = 0.01
"""Share of windows of the model itself that are said to fit nowhere."""
REACH = 5.0
"""How far, in inputs (Hz), windows count for the features at an input, ever less."""
SHRINK = 10.0
"""How many windows of the whole region stand beside those near an input, in the covariance; of all beside a region."""
SECOND, PART = 1000.0, 0.02
"""A second of which more than this part is below the middle of the folds belongs to the lower branch."""
KEPT = 6


@dataclass(frozen=True)
class Library(Result):
    """Features expected at inputs `p` (m,), Hz, on the branch `branch` (m,) in the region `region` (m,) of REGIONS.

    `mean` (m, 6); `whiten` (m, 6, 6) turns what is off the mean into independent standard normals, `log_density`
    (m,) is the logarithm of the features' density there. A window fits where it is nearer than `limit`, in such SDs, to
    some entry; FALSE_ALARM of the model's own do not.
    """

    p: Array
    branch: NDArray[np.int64]
    region: NDArray[np.int64]
    mean: Array
    whiten: Array
    log_density: Array
    limit: float
    column: Column


class Windows(NamedTuple):
    """Features (k, 6) of windows, the input (k,) and branch (k,) they come from, and their number in their run."""

    features: Array
    p: Array
    branch: NDArray[np.int64]
    number: NDArray[np.int64]


_made: OrderedDict[Column, Library] = OrderedDict()
_making = threading.Lock()


def library(column: Column, check: Callable[[], None] = never) -> Library:
    """Return what windows of 8 s look like over inputs from -60 to 400 Hz; raise what `check` raises.

    Made in a second or two by 370 runs, and remembered for the last few columns.
    """
    while not _making.acquire(timeout=0.02):
        check()
    try:
        if column not in _made:
            _made[column] = make_library(column, check)
            while len(_made) > KEPT:
                _made.popitem(last=False)
        _made.move_to_end(column)
        return _made[column]
    finally:
        _making.release()


def make_library(column: Column, check: Callable[[], None] = never) -> Library:
    """Return a new library; its limit is found by windows of even number held against those of odd number."""
    windows = simulate_windows(column, check)
    odd = windows.number % 2 == 1
    half = _fitted(column, Windows(*(x[odd] for x in windows)), np.inf)
    check()
    limit = np.quantile(nearest(half, windows.features[~odd]), 1.0 - FALSE_ALARM)
    return _fitted(column, windows, float(limit))


def simulate_windows(column: Column, check: Callable[[], None] = never, seed: int = 1) -> Windows:
    """Return windows of runs from the lowest and the highest fixed point of each input, without those that mix."""
    folds = column.folds()
    split, low = (0.5 * sum(folds), column.rest(folds[0])) if len(folds) == 2 else (-np.inf, None)
    samples = round((SETTLE + COUNT * WINDOW) / (STEP * EVERY))
    first = round(SETTLE / (STEP * EVERY))
    found, inputs, branches = [], [], []
    for k, p in enumerate(GRID):
        rests = column.rests(float(p))
        starts = [column.rest(rests[-1])]
        if low is not None:
            starts.append(column.rest(rests[0]) if rests[0] < folds[0] else low)
        for side, start in enumerate(starts):
            y, _ = run_column(column, np.full(samples * EVERY, p), start, STEP, EVERY, seed, 2 * k + side, check)
            found.append(windows_of(y[first:], STEP * EVERY))
            branches.append(branches_of(y[first:], STEP * EVERY, split))
            inputs.append(p)
    branch, number = np.concatenate(branches), np.tile(np.arange(COUNT), len(found))
    pure = branch >= 0
    return Windows(np.concatenate(found)[pure], np.repeat(inputs, COUNT)[pure], branch[pure], number[pure])


def branches_of(y: Array, dt: float, split: float) -> NDArray[np.int64]:
    """Return on which branch a run (n,) was in each window: -1 where it changed over."""
    second = round(SECOND / dt)
    per = round(WINDOW / SECOND)
    count = len(y) // (second * per)
    lower = (y[:count * per * second].reshape(count, per, second) < split).mean(axis=2) > PART
    return np.where(lower.all(axis=1), LOWER, np.where(lower.any(axis=1), -1, UPPER))


def region_of(column: Column, p: float, branch: int) -> int:
    """Return which of REGIONS a branch is in at an input: rest where its fixed point is stable, else the cycle."""
    folds, rests = column.folds(), column.rests(p)
    low = len(folds) == 2 and rests[0] < folds[0]
    at = rests[0] if branch == LOWER else rests[-1]
    rest = (low or branch == UPPER) and np.linalg.eigvals(column.slopes(at)).real.max() < 0.0
    return (0 if rest else 1) if branch == LOWER else (3 if rest else 2)


def _fitted(column: Column, windows: Windows, limit: float) -> Library:
    """Return features and their scatter by lines through what is near in input, branch and region."""
    places = [(p, branch) for branch in (LOWER, UPPER) for p in GRID
              if np.sum((windows.p == p) & (windows.branch == branch)) >= COUNT // 4]
    regions = {place: region_of(column, *place) for place in places}
    everywhere = np.cov((windows.features - _along(windows.p + 1e6 * windows.branch, windows.features)).T)
    rows: list[tuple[Array, Array, float]] = []
    region = np.array([regions.get((p, b), -1) for p, b in zip(windows.p, windows.branch, strict=True)])
    for p, branch in places:
        same = (windows.branch == branch) & (region == regions[p, branch])
        x, f = windows.p[same] - p, windows.features[same]
        weight = np.maximum(0.0, 1.0 - np.abs(x) / (REACH + STEP))
        mean, slope, spread = _line(x, f, weight)
        pooled = _blend(np.cov((f - _along(x, f)).T), float(len(f)), everywhere)
        spread = _blend(spread, float(np.sum(weight > 0.0)), pooled)
        spread = spread + np.outer(slope, slope) * (GRID[1] - GRID[0]) ** 2 / 12.0
        whiten = np.linalg.inv(np.linalg.cholesky(spread))
        rows.append((mean, whiten, float(np.log(np.diag(whiten) / np.sqrt(2.0 * np.pi)).sum())))
    means, whitens, densities = zip(*rows, strict=True)
    return Library(np.array([p for p, _ in places]), np.array([b for _, b in places]),
                   np.array([regions[place] for place in places]), np.array(means), np.array(whitens),
                   np.array(densities), limit, column)


def _line(x: Array, f: Array, weight: Array) -> tuple[Array, Array, Array]:
    """Return value (6,) and slope (6,) at 0 of a weighted line through features, and the covariance about it."""
    w = weight / weight.sum()
    middle = w @ x
    varied = w @ (x - middle) ** 2
    mean = w @ f
    slope = (w * (x - middle)) @ f / varied if varied > 0.0 else 0.0 * mean
    left = f - mean - np.outer(x - middle, slope)
    free = 1.0 - np.sum(w**2) * (2.0 if varied > 0.0 else 1.0)
    return mean - middle * slope, slope, (w[:, None] * left).T @ left / max(free, 0.2)


def _blend(spread: Array, count: float, wider: Array) -> Array:
    """Return a covariance of so many windows, with that of more about them as if it were of SHRINK windows."""
    return (count * spread + SHRINK * wider) / (count + SHRINK)


def _along(x: Array, f: Array) -> Array:
    """Return the mean features (k, 6) of all windows that share a number."""
    _, place = np.unique(x, return_inverse=True)
    sums = np.zeros((place.max() + 1, f.shape[1]))
    np.add.at(sums, place, f)
    return np.asarray((sums / np.bincount(place)[:, None])[place])


def deviations(made: Library, features: Array) -> Array:
    """Return how far features (w, 6) are from each entry, in its SDs: (w, m, 6)."""
    return np.einsum("mij,wmj->wmi", made.whiten, features[:, None, :] - made.mean, optimize=True)


def nearest(made: Library, features: Array) -> Array:
    """Return the distance (w,), in SDs, of features (w, 6) from the entry that is nearest."""
    return np.asarray(np.sqrt(np.sum(deviations(made, features) ** 2, axis=2).min(axis=1)))
