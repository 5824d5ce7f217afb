"""Stationary rates of populations by mean-field theory, r = f(W r + X), and in the limit of strong weights (3.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.results.base import Array, Result, Status

NO_SOLUTION = ("mean-field theory has no stationary rates here: excitation feeds itself (g w > 1), and inhibition does "
               "not hold it back")


@dataclass(frozen=True)
class MeanField(Result):
    """Every solution of r = f(W r + X), rates (k, populations) in kHz, the steadiest first; `gains` (k, ...) of each.

    A gain (kHz/mV) is the slope of f at the solution, 0 where a population is silent.
    """

    rates: Array
    gains: Array
    status: Status = Status.OK
    message: str = ""


def _growth(weights: Array, gains: Array) -> float:
    """Return how fast a small change of the rates grows if all time constants are 1."""
    return float(np.linalg.eigvals(gains[:, None] * weights).real.max()) - 1.0


def mean_field(weights: Array, inputs: Array, f: Callable[[Array], Array], g: float, theta: float) -> MeanField:
    """Return the solutions of r = f(W r + X) for a threshold-linear f of gain g above theta (Eq. 3.10).

    `weights` (n, n) in mV/kHz, row: onto whom; `inputs` X (n,) in mV, `g` in kHz/mV, `theta` in mV. Of each set of
    populations that fire the rates are linear, r = (1 - g W)^-1 g (X - theta); they are a solution where f, which
    maps inputs (mV) to rates (kHz), gives them back. All 2^n sets are tried.
    """
    size = len(inputs)
    found: list[tuple[float, NDArray[Any], Array]] = []
    for firing in product((True, False), repeat=size):
        gains = np.where(firing, g, 0.0)
        matrix = np.eye(size) - gains[:, None] * weights
        if abs(np.linalg.det(matrix)) < 1e-12:
            continue  # a whole line of rates, or none
        rates = np.where(firing, np.linalg.solve(matrix, gains * (inputs - theta)), 0.0)  # and no rounding error
        back = f(weights @ rates + inputs)
        if np.allclose(back, rates, rtol=1e-9, atol=1e-12) and np.all((rates > 0.0) == firing):
            found.append((_growth(weights, gains), np.asarray(rates), gains))
    if not found:
        return MeanField(np.empty((0, size)), np.empty((0, size)), Status.NOT_CONVERGED, NO_SOLUTION)
    found.sort(key=lambda entry: entry[0])
    return MeanField(np.array([rates for _, rates, _ in found]), np.array([gains for _, _, gains in found]))


def balanced_rates(weights: Array, inputs: Array) -> Array:
    """Return -W^-1 X, the rates (n,) kHz at which strong excitation and inhibition cancel; NaN where none can be.

    Weights W (n, n) in mV/kHz, inputs X (n,) in mV [vanVreeswijk1998].
    """
    if abs(np.linalg.det(weights)) <= 1e-9 * max(np.abs(weights).max(initial=0.0), 1e-300) ** len(weights):
        return np.full(len(inputs), np.nan)
    rates = -np.linalg.solve(weights, inputs)
    return np.asarray(rates) if np.all(rates > 0.0) else np.full(len(inputs), np.nan)
