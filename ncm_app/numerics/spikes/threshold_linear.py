"""The threshold-linear f-I curve that fits rates best: f(I) = g (I - theta) above theta, else 0 (section 2.3).

The squared error has several valleys, one for each set of points above theta, so that a
descent may end in the wrong one. Given that set the best line is known in closed form:
all sets are tried, and the best valley is the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ncm_app.numerics.results.base import Array, Result, Status


@dataclass(frozen=True)
class ThresholdLinear(Result):
    """Gain `g` (rate per input) and threshold `theta` of the best fit, and its squared `error`; NaN without one."""

    g: float
    theta: float
    error: float
    status: Status = Status.OK
    message: str = ""

    def __call__(self, inputs: Array) -> Array:
        """Return the rate under each input."""
        return np.asarray(self.g * np.maximum(inputs - self.theta, 0.0))


def fit_threshold_linear(inputs: Array, rates: Array) -> ThresholdLinear:
    """Fit f to rates (m,) at rising inputs (m,) by least squares; silence fits no curve.

    Rates that do not rise with the input on the whole have no best curve: one that starts ever
    lower and is ever flatter fits them ever better. Then the best one within the inputs is returned.
    """
    found = [ThresholdLinear(g, theta, float(np.sum((g * np.maximum(inputs - theta, 0.0) - rates) ** 2)))
             for g, theta in _valleys(np.asarray(inputs, dtype=float), np.asarray(rates, dtype=float)) if g > 0]
    if not found:
        return ThresholdLinear(np.nan, np.nan, np.nan, Status.NOT_CONVERGED, "There are too few rates above 0 to fit.")
    return min(found, key=lambda fit: fit.error)


def _valleys(inputs: Array, rates: Array) -> Iterator[tuple[float, float]]:
    """Yield the best (g, theta) for each set of points above theta, of two points or more, and at its ends."""
    for first in range(len(inputs) - 1):
        x, r = inputs[first:], rates[first:]
        low, high = (inputs[first - 1] if first else -np.inf), inputs[first]
        g = float(np.sum((x - x.mean()) * r) / np.sum((x - x.mean()) ** 2))
        if g > 0 and low <= (theta := float(x.mean() - r.mean() / g)) <= high:
            yield g, theta
        yield float(np.sum((x - high) * r) / np.sum((x - high) ** 2)), float(high)
