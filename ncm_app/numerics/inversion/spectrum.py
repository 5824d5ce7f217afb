"""Input and noise of a column at rest from the spectrum of its potential, by linear theory (as in DCM for spectra).

The fixed point is told by its potential y, in which spectra change evenly up to the saddle-nodes; p follows from y.
Noise of the input and the unit of the potential are one parameter here: both scale the spectrum. Linear theory holds
for small noise: near a Hopf point louder noise damps itself, and p seems farther away; `envelope` is for that.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import solve_banded
from scipy.special import digamma, polygamma

from ncm_app.numerics import spectra
from ncm_app.numerics.inversion.column import Column, never
from ncm_app.numerics.inversion.fitted import Fitted, fit
from ncm_app.numerics.results.base import Array, Result

SEGMENT, SHARED = 8000.0, 1.0 / 36.0
"""Length of the segments of a spectrum, ms: longer than a damped rhythm rings; correlation of the power in two Hann
windows that lie half over each other."""
LOWEST, HIGHEST = 1.0, 45.0
"""Frequencies that are fitted, Hz: the mean that is taken off each segment changes those below."""
NEIGHBOURS = (1.0, 4.0 / 9.0, 1.0 / 36.0)
"""Correlation of the power in a bin of a Hann window with that in itself, the next and the next but one."""
INPUTS = (-60.0, 600.0)
"""Inputs at which rests are looked for, Hz."""
SPREAD_B, SPREAD_SIGMA = 0.2, 3.0
"""Prior's SDs of ln B and of ln sigma."""
POTENTIALS = np.linspace(-8.0, 14.0, 1101)
GRID = 120
TOLD = 0.25
"""An input is told where its 90 % interval is shorter than this part of the inputs of its branch."""


@dataclass(frozen=True, eq=False)
class Seen(Result):
    """A spectrum: power (m,) in mV^2/Hz at `f` (m,), Hz, of windows of `size` samples, `dt` ms apart.

    `K` is how many windows without common samples would make it as certain; bins are `correlated` where windows
    overlap the frequencies, as Hann's do.
    """

    f: Array
    power: Array
    K: float
    dt: float
    size: int
    correlated: bool = True


@dataclass(frozen=True, eq=False)
class InputPosterior(Result):
    """Density (m,) of the input `p` (m,), Hz, beforehand even along the branch; its mean, SD, and 90 % interval.

    `told` is False where the interval fills most of the branch: then `low` and `high` are bounds, and no more.
    """

    p: Array
    density: Array
    mean: float
    sd: float
    low: float
    high: float
    told: bool


def see(y: Array, dt: float, segment: float = SEGMENT) -> Seen:
    """Return the spectrum of a potential (n,), mV, sampled every `dt` ms, between 1 and 45 Hz."""
    f, power = spectra.power_spectrum(y, dt, segment)
    size = spectra.segment_size(len(y), dt, segment)
    inside = (f >= LOWEST) & (f <= HIGHEST)
    count = 1 + (len(y) - size) // (size - size // 2)
    return Seen(f[inside], power[inside], count / (1.0 + 2.0 * SHARED * (1.0 - 1.0 / count)), dt, size)


def expected_spectrum(column: Column, y: float, dt: float, size: int) -> tuple[Array, Array]:
    """Return frequencies (m,), Hz, and expected power (m,), mV^2/Hz, at the rest with potential y (mV).

    Windows are of `size` samples, `dt` ms apart. Raises an ArithmeticError where the fixed point is not stable.
    """
    slopes = column.slopes(y)
    if np.linalg.eigvals(slopes).real.max() >= 0.0:
        raise ArithmeticError(f"the fixed point at {y:g} mV is not stable")
    source, output = np.zeros(6), np.eye(6)[0]
    source[4] = column.kick
    return spectra.expected_spectrum(slopes, source, output, dt, size)


def whitened(seen: Seen, power: Array) -> Array:
    """Return the differences (m,) of seen and expected log power, as independent standard normals."""
    off = (np.log(seen.power / power) - digamma(seen.K) + np.log(seen.K)) / np.sqrt(polygamma(1, seen.K))
    return np.asarray(solve_banded((2, 0), _factor(len(off)), off)) if seen.correlated else off


@functools.lru_cache(maxsize=16)
def _factor(m: int) -> Array:
    """Return Cholesky's factor of the correlations of neighbouring bins, as its three diagonals (3, m)."""
    L = np.zeros((3, m))  # L[k, j] is the entry (j + k, j)
    for j in range(m):
        for k in (2, 1, 0):
            i = j - k  # the entry of row j in column i
            if i < 0:
                continue
            known = sum(L[j - c, c] * L[i - c, c] for c in range(max(j - 2, 0), i))
            L[k, i] = np.sqrt(NEIGHBOURS[0] - known) if k == 0 else (NEIGHBOURS[k] - known) / L[0, i]
    return L


def stable_rests(column: Column) -> list[tuple[float, float]]:
    """Return the intervals of potential (mV) in which fixed points of inputs from -60 to 600 Hz are stable."""
    p = column.input_at(POTENTIALS)
    real = np.linalg.eigvals(np.moveaxis(column.slopes(POTENTIALS), 2, 0)).real.max(axis=1)
    good = np.concatenate([[False], (real < 0.0) & (p >= INPUTS[0]) & (p <= INPUTS[1]), [False]])
    edges = np.flatnonzero(good[1:] != good[:-1])
    return [(float(POTENTIALS[low]), float(POTENTIALS[high - 1])) for low, high in edges.reshape(-1, 2)
            if high > low + 2]


def fit_spectrum(seen: Seen, column: Column, free_B: bool = False, rest: tuple[float, float] | None = None,
                 check: Callable[[], Any] | None = None, tell: Callable[[Array, Array], Any] | None = None) -> Fitted:
    """Return input p (Hz), B (mV) if it is free, and sigma (root Hz) of a column at rest: the best of its rests.

    Constants other than these are those of `column`; `rest` is the only interval of potentials to look in. Priors:
    the interval for y, 20 % for B, next to nothing for sigma. Raises an ArithmeticError where nothing is stable.
    """
    found = [_fit_in(seen, column, free_B, interval, check, tell)
             for interval in (stable_rests(column) if rest is None else [rest])]
    if not found:
        raise ArithmeticError("the column has no stable fixed point")
    return min(found, key=lambda one: one.cost[-1])


def _fit_in(seen: Seen, column: Column, free_B: bool, rest: tuple[float, float], check: Callable[[], Any] | None,
            tell: Callable[[Array, Array], Any] | None) -> Fitted:
    middle, half, margin = 0.5 * sum(rest), 0.5 * (rest[1] - rest[0]), 0.5 if free_B else 0.0
    names = ("p", "B", "sigma") if free_B else ("p", "sigma")

    def column_at(theta: Array) -> Column:
        B = float(np.exp(theta[1])) if free_B else column.B
        return dataclasses.replace(column, B=B, sigma=float(np.exp(theta[-1])))

    def residuals(theta: Array) -> Array:
        return whitened(seen, at_frequencies(seen, column_at(theta), float(theta[0])))

    def values(theta: Array) -> Array:
        """Return p, B and sigma of y, ln B and ln sigma."""
        return np.array([column_at(theta).input_at(theta[0]), *np.exp(theta[1:])])

    def turned(path: Array, cost: Array) -> None:
        if tell is not None:
            tell(np.array([values(theta) for theta in path]), cost)

    ones = np.array([middle, np.log(column.B), 0.0] if free_B else [middle, 0.0])
    start = ones + np.eye(len(ones))[-1] * 0.5 * np.mean(np.log(seen.power / at_frequencies(seen, column_at(ones),
                                                                                           middle)))
    spread = np.array([half, SPREAD_B, SPREAD_SIGMA] if free_B else [half, SPREAD_SIGMA])
    far = np.where(np.arange(len(ones)) == 0, half + margin, 5.0 * spread)
    fitted = fit(residuals, start, start, spread, names, (start - far, start + far), check, turned)
    return in_units(fitted, values)


def in_units(fitted: Fitted, values: Callable[[Array], Array]) -> Fitted:
    """Return what was fitted in other parameters (k,) that are functions of the fitted ones, to first order."""
    h = 1e-4 * fitted.sd
    G = np.array([(values(fitted.estimate + step) - values(fitted.estimate - step)) / (2.0 * step.sum())
                  for step in np.diag(h)]).T
    covariance, prior_sd = G @ fitted.covariance @ G.T, np.abs(np.diag(G)) * fitted.prior_sd
    turn = np.linalg.solve(G.T, np.diag(1.0 / fitted.prior_sd)).T * prior_sd  # units of one prior in those of the other
    rows = np.sqrt(fitted.information)[:, None] * (fitted.directions.T @ turn)
    _, sizes, directions = np.linalg.svd(rows)
    return dataclasses.replace(
        fitted, estimate=values(fitted.estimate), covariance=covariance, sd=np.sqrt(np.diag(covariance)),
        path=np.array([values(theta) for theta in fitted.path]), prior_mean=values(fitted.prior_mean),
        prior_sd=prior_sd, information=sizes**2, directions=directions.T)


def at_frequencies(seen: Seen, column: Column, y: float) -> Array:
    """Return the expected power (m,) at the frequencies of a seen spectrum."""
    f, power = expected_spectrum(column, y, seen.dt, seen.size)
    return power[np.searchsorted(f, seen.f - 1e-9)]


def input_posterior(seen: Seen, column: Column, rest: tuple[float, float],
                    check: Callable[[], None] = never) -> InputPosterior:
    """Return the posterior of the input along a branch of rests, all constants known but sigma, of which nothing is.

    It needs no Gaussian: ln sigma enters the log spectrum as a sum and is integrated out as such.
    """
    y = np.linspace(*rest, GRID + 2)[1:-1]
    p, log = np.asarray(column.input_at(y)), np.full(GRID, -np.inf)
    along = whitened(dataclasses.replace(seen, power=np.exp(np.ones(len(seen.f)))), np.ones(len(seen.f))) - whitened(
        dataclasses.replace(seen, power=np.ones(len(seen.f))), np.ones(len(seen.f)))
    for k, potential in enumerate(y):
        check()
        try:
            off = whitened(seen, at_frequencies(seen, column, float(potential)))
        except ArithmeticError:
            continue
        left = off - along * (along @ off) / (along @ along)
        log[k] = -0.5 * left @ left
    weight = np.exp(log - log.max()) * np.abs(np.gradient(p))
    weight /= weight.sum()
    order = np.argsort(p)
    p, weight = p[order], weight[order]
    low, high = np.interp((0.05, 0.95), np.cumsum(weight) - 0.5 * weight, p)
    mean = float(weight @ p)
    told = high - low < TOLD * (p[-1] - p[0])
    return InputPosterior(p, weight / np.gradient(p), mean, float(np.sqrt(weight @ (p - mean) ** 2)), float(low),
                          float(high), bool(told))
