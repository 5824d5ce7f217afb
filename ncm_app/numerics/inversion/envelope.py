"""Input and noise of a column on either side of a Hopf point, from the envelope of its rhythm: one model for both.

The amplitude R of a noisy rhythm obeys dR = (mu R + a R^3 + D / R) dt + sqrt(2 D) dW, so that it has the density
p(R) ~ R exp((mu R^2 / 2 + a R^4 / 4) / D) whether the fixed point is stable, mu < 0, or the cycle is, mu > 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ncm_app.numerics.inversion.column import Column
from ncm_app.numerics.inversion.fitted import Fitted, fit
from ncm_app.numerics.inversion.spectrum import in_units, stable_rests
from ncm_app.numerics.perturbation.comparison import observed_wave
from ncm_app.numerics.perturbation.hopf import find_hopf_point
from ncm_app.numerics.perturbation.lindstedt import expand
from ncm_app.numerics.results.base import Array, Result

BAND = (6.0, 17.0)
"""Band of the rhythm, Hz."""
TRIM, RECORD = 1000.0, 10.0
"""What is left out at either end of an envelope, and how far apart its samples are, ms."""
ORDER, REACH = 6, 70.0
"""Order to which the cycle's size is known, and how far from the Hopf point, Hz."""
BINS, FINE = 24, 400
SPREAD, SPREAD_SIGMA = 60.0, 2.0
"""Prior's SDs of p, Hz, and of ln sigma."""


@dataclass(frozen=True, eq=False)
class Amplitude(Result):
    """What governs the amplitude at inputs `p` (m,), Hz: `mu` (m,) per ms, `a` (m,) per ms and mV^2, and the strength
    `D` (m,) of noise, mV^2/ms, where sigma is 1 root Hz; the Hopf point is at `hopf`, Hz."""

    p: Array
    mu: Array
    a: Array
    D: Array
    hopf: float

    def at(self, p: float) -> tuple[float, float, float]:
        """Return mu, a and D at an input."""
        return (float(np.interp(p, self.p, self.mu)), float(np.interp(p, self.p, self.a)),
                float(np.interp(p, self.p, self.D)))

    def density(self, R: Array, p: float, sigma: float) -> Array:
        """Return the density (m,), 1/mV, of amplitudes on an even grid (m,) from near 0 on, mV."""
        mu, a, D = self.at(p)
        log = np.log(R) + (0.5 * mu * R**2 + 0.25 * a * R**4) / (D * sigma**2)
        found = np.exp(log - log.max())
        return np.asarray(found / (found.sum() * (R[1] - R[0])))


def amplitude_near(column: Column, hopf: float | None = None) -> Amplitude:
    """Return what governs the amplitude of rhythms near a Hopf point, the last one unless an input near it is given.

    Below it, `a` is such that the cycle is as large as its series to order 6 says; beyond it is as at the point.
    Raises an ArithmeticError where there is no such point, or its cycles are unstable.
    """
    rests = stable_rests(column)
    if not rests:
        raise ArithmeticError("the column has no stable fixed point")
    y = rests[-1][0] if hopf is None else float(column.rests(hopf)[-1])
    point = find_hopf_point(column.field(), float(column.input_at(y)), column.rest(y))
    expansion = expand(point, ORDER)
    square = (2.0 * abs(point.q[0])) ** 2
    cubic = -expansion.p[2] * point.passing.real / square
    if cubic >= 0.0:
        raise ArithmeticError(f"the cycles at the Hopf point near {point.p:.4g} Hz are unstable")
    p = point.p + np.linspace(-REACH, 2.0 * REACH, 106)
    mu, D, a = np.empty_like(p), np.empty_like(p), np.full(len(p), cubic)
    for k, value in enumerate(p):
        slopes = column.slopes(float(column.rests(value)[-1]))
        values, vectors = np.linalg.eig(slopes)
        at = int(np.argmin(np.abs(values - 1j * point.omega)))
        mu[k] = values[at].real
        excited = vectors[0, at] * np.linalg.inv(vectors)[at, 4] * column.kick / column.sigma
        D[k] = abs(excited) ** 2
        eps = expansion.size(ORDER, float(value))
        if mu[k] > 0.0 and np.isfinite(eps) and abs(value - point.p) > 1.0:
            a[k] = -mu[k] / observed_wave(expansion.states(ORDER, eps), np.eye(6)[0])[0] ** 2
    return Amplitude(p, mu, a, D, point.p)


def envelope_of(y: Array, dt: float, band: tuple[float, float] = BAND) -> Array:
    """Return the envelope (..., m), mV, of a band of potentials (..., n) sampled every `dt` ms: 10 ms apart."""
    y = np.asarray(y, dtype=float)
    n = y.shape[-1]
    f = np.fft.fftfreq(n, dt / 1000.0)
    spectrum = np.fft.fft(y - y.mean(axis=-1, keepdims=True)) * np.where((f >= band[0]) & (f <= band[1]), 2.0, 0.0)
    cut, every = round(TRIM / dt), max(1, round(RECORD / dt))
    return np.asarray(np.abs(np.fft.ifft(spectrum))[..., cut:n - cut:every])


def independent_count(R: Array) -> float:
    """Return as how many independent samples those of envelopes (runs, m) count, by the sum of autocorrelations.

    The sum ends where they first fall below 0.05.
    """
    off = R**2 - np.mean(R**2)
    m = R.shape[-1]
    power = np.abs(np.fft.rfft(off, 2 * m, axis=-1)) ** 2
    along = np.fft.irfft(power, 2 * m, axis=-1)[..., :m].mean(axis=0) / (m - np.arange(m))
    correlation = along / along[0]
    end = int(np.argmax(correlation < 0.05)) or m
    return float(R.size / (1.0 + 2.0 * correlation[1:end].sum()))


def fit_envelope(R: Array, amplitude: Amplitude, check: Callable[[], Any] | None = None,
                 tell: Callable[[Array, Array], Any] | None = None) -> Fitted:
    """Return input p (Hz) and sigma (root Hz) from envelopes (runs, m), mV, as `envelope_of` makes them.

    The residuals are signed roots of the deviance of counts in bins, where all samples count as many as are
    independent: as bins settle sooner than the mean square does, chi2 is far below its `dof` and tests nothing.
    Priors: 60 Hz about the Hopf point, next to nothing for sigma.
    """
    R = np.atleast_2d(R)
    count = independent_count(R)
    edges = np.quantile(R, np.linspace(0.0, 1.0, BINS + 1))
    edges[0], edges[-1] = 0.0, 2.0 * edges[-1]
    seen = count * np.histogram(R, edges)[0] / R.size
    grid = (np.arange(FINE) + 0.5) * edges[-1] / FINE

    def residuals(theta: Array) -> Array:
        below = np.cumsum(amplitude.density(grid, float(theta[0]), float(np.exp(theta[1])))) * (grid[1] - grid[0])
        expected = count * np.diff(np.interp(edges, np.append(0.0, grid + grid[0]), np.append(0.0, below)))
        expected = np.maximum(expected, 1e-12 * count)
        deviance = 2.0 * (seen * np.log(seen / expected) - seen + expected)
        return np.asarray(np.sign(seen - expected) * np.sqrt(np.maximum(deviance, 0.0)))

    def values(theta: Array) -> Array:
        return np.array([theta[0], np.exp(theta[1])])

    def turned(path: Array, cost: Array) -> None:
        if tell is not None:
            tell(np.array([values(theta) for theta in path]), cost)

    _, a, D = amplitude.at(amplitude.hopf)
    noise = 0.5 * np.log(np.mean(R**2) ** 2 * -a / D)  # about as loud as noise at the Hopf point would be
    middle, spread = np.array([amplitude.hopf, noise]), np.array([SPREAD, SPREAD_SIGMA])
    ends = np.array([amplitude.p[0], noise - 8.0]), np.array([amplitude.p[-1], noise + 8.0])
    found = [fit(residuals, (start, noise), middle, spread, ("p", "sigma"), ends, check, turned)
             for start in (amplitude.hopf - 0.4 * REACH, amplitude.hopf + 0.4 * REACH)]
    return in_units(min(found, key=lambda one: one.cost[-1]), values)
