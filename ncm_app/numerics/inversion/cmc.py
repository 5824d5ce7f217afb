"""Parameters of the canonical microcircuit at rest from a spectrum of its LFP, under the priors of SPM
for the circuit itself.

All are natural logarithms of factors on standard values, 0 beforehand, as in dynamic causal modelling for spectra
[Friston2012]. The innovations that drive the spiny stellate cells have the power exp(gain) f^-exp(exponent).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ncm_app.numerics.inversion.fitted import Fitted, fit
from ncm_app.numerics.inversion.spectrum import Seen, whitened
from ncm_app.numerics.results.base import Array, Result
from ncm_app.numerics.spectra import MS

TAUS, SLOPE, GAIN, EXPONENT = slice(0, 4), 8, 9, 10
SYNAPSES = {"G_7": (1, 1), "G_2": (0, 1), "G_3": (0, 2), "G_4": (2, 2)}
"""Free gains: at which row (target) and column (source) of ss, sp, ii, dp they stand."""
NAMES = ("T_ss", "T_sp", "T_ii", "T_dp", *SYNAPSES, "R", "gain", "exponent")
PRIOR_SD = np.sqrt([1.0 / 32.0] * 8 + [1.0 / 64.0] + [1.0 / 4.0] * 2)
"""SPM's, but for the innovations: of these hardly anything is known, as a recording may be in any unit."""
FREQUENCIES = np.arange(1.0, 65.0)
AVERAGES = 60.0


@dataclass(frozen=True, eq=False)
class Circuit(Result):
    """A circuit at rest: time constants `T` (4,), ms, of ss, sp, ii, dp, gains `G` (4, 4), mV/ms, from column to row,
    slopes of the response at rest `slope` (4,), 1/mV, weights of the potentials in the LFP `seen` (4,), and the
    `delay` of all synapses, ms."""

    T: Array
    G: Array
    slope: Array
    seen: Array
    delay: float = 0.0


def expected_spectrum(circuit: Circuit, theta: Array, f: Array = FREQUENCIES) -> Array:
    """Return the power (m,) of the LFP at frequencies (m,), Hz, for logarithms of factors (11,) in the order of NAMES.

    The unit is that of the innovations at 1 Hz times ms^2. Raises an ArithmeticError where the rest is not stable;
    with a delay that is not looked into.
    """
    T = circuit.T * np.exp(theta[TAUS])
    G = circuit.G.copy()
    for k, place in enumerate(SYNAPSES.values(), 4):
        G[place] *= np.exp(theta[k])
    loops = T[:, None] * G * circuit.slope * np.exp(theta[SLOPE])
    if circuit.delay == 0.0 and not _stable(T, loops):
        raise ArithmeticError("the rest is not stable")
    s = 2j * np.pi * f / MS
    own = (1.0 + s[:, None] * T) ** 2
    A = own[:, :, None] * np.eye(4) - np.exp(-s * circuit.delay)[:, None, None] * loops
    V = np.linalg.solve(A, np.broadcast_to((T * np.eye(4)[0])[:, None], (len(f), 4, 1)))[:, :, 0]
    return np.asarray(np.abs(V @ circuit.seen) ** 2 * np.exp(theta[GAIN]) * f ** -np.exp(theta[EXPONENT]))


def _stable(T: Array, loops: Array) -> bool:
    J = np.zeros((8, 8))
    J[:4, 4:], J[4:, 4:] = np.eye(4), np.diag(-2.0 / T)
    J[4:, :4] = (loops - np.eye(4)) / T[:, None] ** 2
    return bool(np.linalg.eigvals(J).real.max() < 0.0)


def draw_spectrum(circuit: Circuit, theta: Array, seed: int, K: float = AVERAGES, f: Array = FREQUENCIES) -> Seen:
    """Return a spectrum as an average of K windows without common samples would show it: power has a gamma density."""
    drawn = np.random.default_rng(seed).gamma(K, 1.0 / K, len(f))
    return Seen(f, expected_spectrum(circuit, theta, f) * drawn, K, 0.0, 0, correlated=False)


def fit_microcircuit(seen: Seen, circuit: Circuit, check: Callable[[], Any] | None = None,
                     tell: Callable[[Array, Array], Any] | None = None) -> Fitted:
    """Return logarithms of factors (11,) on the values of a circuit, in the order of NAMES, from a spectrum."""
    zero = np.zeros(len(NAMES))
    return fit(lambda theta: whitened(seen, expected_spectrum(circuit, theta, seen.f)), zero, zero, PRIOR_SD, NAMES,
               None, check, tell)
