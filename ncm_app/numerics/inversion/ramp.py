"""Where on the column's diagram each window of a recording lies: input and branch, or that no region fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.inversion.column import never
from ncm_app.numerics.inversion.library import REGIONS, Library, deviations
from ncm_app.numerics.results.base import Array, Result

SCALES, ZOOMS, FAR = 41, 3, 8.0
"""Units that are tried at once where that of a recording is unknown, how often more finely, and how far around the
best: down to this log density below it."""
STRAY = 0.05
"""Share of windows that may be of no entry, where all windows are taken together."""


@dataclass(frozen=True)
class Placed(Result):
    """Places of windows (w,): input `p` and its `sd`, Hz, on the `branch`, and the `region`, an index of REGIONS.

    `posterior` (w, m) over the entries of the library; `certain` (w,) is the probability of the branch. `distance`
    (w,) is that from the nearest entry in SDs; `fits` (w,) where it is below the library's limit. A window without
    features (flat, or with gaps) has NaN for numbers, distance inf, branch and region -1. `log_unit` is the
    logarithm of the recording's unit in mV with its `log_unit_sd`, 0 and 0 where the unit is taken for mV;
    `evidence` the log density of all windows, by which libraries of other noise are compared.
    """

    p: Array
    sd: Array
    branch: NDArray[np.int64]
    region: NDArray[np.int64]
    certain: Array
    posterior: Array
    distance: Array
    fits: NDArray[np.bool_]
    log_unit: float
    log_unit_sd: float
    evidence: float

    def regions(self) -> tuple[str, ...]:
        """Return the name of each window's region: "none" where no region fits."""
        return tuple(REGIONS[r] if fits else "none" for r, fits in zip(self.region, self.fits, strict=True))


def place(windows: Array, library: Library, unit_known: bool = True, check: Callable[[], None] = never) -> Placed:
    """Return where windows with features (w, 6) lie; all entries of the library are equally likely beforehand.

    Without `unit_known`, one factor for the whole recording is found as well: loudness then counts from window to
    window only. Raises what `check` raises.
    """
    windows = np.asarray(windows, dtype=float).reshape(-1, library.mean.shape[1])
    good = np.asarray(np.isfinite(windows).all(axis=1))
    off = deviations(library, windows[good])
    units = np.zeros(1) if unit_known or not good.any() else _units(library, windows[good, 0])
    log = _log_densities(library, off, units, check)
    for _ in range(ZOOMS if len(units) > 1 else 0):
        total = _total(library, windows[good], _each(log))
        likely = np.flatnonzero(total > total.max() - FAR)
        units = np.linspace(units[max(likely[0] - 1, 0)], units[min(likely[-1] + 1, SCALES - 1)], SCALES)
        log = _log_densities(library, off, units, check)
    each = _each(log)
    total = _total(library, windows[good], each)
    weight = np.exp(total - total.max()) / np.exp(total - total.max()).sum()
    posterior = np.full((len(windows), len(library.p)), np.nan)
    posterior[good] = np.einsum("k,kwm->wm", weight, np.exp(log - each[:, :, None]) / len(library.p))
    unit = float(weight @ units)
    distance = np.full(len(windows), np.inf)
    distance[good] = np.sqrt(np.sum((off + unit * library.whiten[:, :, 0]) ** 2, axis=2).min(axis=1))
    return Placed(*_summed(library, posterior, good), posterior, distance, distance < library.limit, unit,
                  float(np.sqrt(weight @ (units - unit) ** 2)),
                  float(total.max() + np.log(np.mean(np.exp(total - total.max())))))


def _units(library: Library, log_rms: Array) -> Array:
    """Return logarithms of units at which windows are as loud as entries of the library can be."""
    loud = library.mean[:, 0]
    return np.linspace(loud.min() - log_rms.max() - 1.0, loud.max() - log_rms.min() + 1.0, SCALES)


def _log_densities(library: Library, off: Array, units: Array, check: Callable[[], None]) -> Array:
    """Return log densities (k, w, m) of windows that are `off` (w, m, 6) by entries, in units (k,) of mV."""
    found = np.empty((len(units), *off.shape[:2]))
    for k, unit in enumerate(units):  # in another unit all features stay but ln rms
        check()
        found[k] = library.log_density - 0.5 * np.sum((off + unit * library.whiten[:, :, 0]) ** 2, axis=2)
    return found


def _each(log: Array) -> Array:
    """Return log densities (k, w) of windows, whichever entry they come from."""
    top = log.max(axis=2, keepdims=True)
    return np.asarray(np.log(np.exp(log - top).mean(axis=2)) + top[:, :, 0])


def _total(library: Library, windows: Array, each: Array) -> Array:
    """Return the log density (k,) of all windows, where one in a few, such as those of a change, is of no entry.

    Those have features (w, 6) anywhere about the library's, and any loudness: they say nothing of the unit.
    """
    loud, others = library.mean[:, 0], library.mean[:, 1:]
    root = np.linalg.inv(np.linalg.cholesky(np.cov(others.T)))
    off = (windows[:, 1:] - others.mean(axis=0)) @ root.T
    stray = np.log(np.diag(root) / np.sqrt(2.0 * np.pi)).sum() - 0.5 * np.sum(off**2, axis=1) - np.log(np.ptp(loud))
    return np.asarray(np.logaddexp(np.log(1.0 - STRAY) + each, np.log(STRAY) + stray).sum(axis=1))


def _summed(library: Library, posterior: Array, good: NDArray[np.bool_]) -> tuple[
        Array, Array, NDArray[np.int64], NDArray[np.int64], Array]:
    """Return input, SD, branch, region and certainty (w,) each: the likeliest branch, and the mean along it."""
    of_branch = np.stack([posterior[:, library.branch == b].sum(axis=1) for b in (0, 1)])
    of_region = np.stack([posterior[:, library.region == r].sum(axis=1) for r in range(len(REGIONS))])
    branch = np.where(good, np.argmax(of_branch, axis=0), -1)
    region = np.where(good, np.argmax(of_region, axis=0), -1)
    there = np.where(library.branch == branch[:, None], posterior, 0.0)
    total = there.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        share = np.where(good[:, None], there / total, np.nan)
    p = share @ library.p
    step = np.diff(np.unique(library.p)).min() if len(library.p) > 1 else 0.0
    sd = np.sqrt(np.sum(share * (library.p - p[:, None]) ** 2, axis=1) + step**2 / 12.0)
    certain = np.where(good, of_branch.max(axis=0), np.nan)
    return p, sd, branch, region, certain
