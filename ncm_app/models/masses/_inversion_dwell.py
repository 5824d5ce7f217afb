"""Inversions of dwell times: the strength of a potential, its four parts, or its strength and its shape."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ncm_app.core.inversion import Case, Derived, Problem
from ncm_app.numerics.inversion.dwell import (
    WEIGHTS,
    DwellData,
    dwell_residuals,
    log_dwell_times,
    make_dwell_data,
    total_strength,
)
from ncm_app.numerics.inversion.fitted import fit, posterior
from ncm_app.numerics.inversion.identified import cannot_be_told_apart

LEVELS = 0.1 * np.arange(6)
"""Levels of the noise above the lowest."""
Drawn = dict[str, tuple[Any, ...]]


def made(p: Any) -> DwellData:
    """Return n dwell times at each of six noise levels."""
    return make_dwell_data(p.K, p.b, p.s + LEVELS, p.n, p.seed)


def _problem(names: tuple[str, ...], prior: Any, bounds: Any, truth: Any,
             form: Callable[[Any, Any], tuple[float, float]], p: Any, data: DwellData) -> Problem:
    """Return the problem whose parameters give K and b by `form(theta, p)`; `truth(p)` are the true ones."""
    mean, sd = np.array(prior, dtype=float)
    noise = np.geomspace(data.s.min() / 1.05, data.s.max() * 1.05, 60)

    def residuals(theta: Any) -> Any:
        return dwell_residuals(data, *form(theta, p), bool(p.formula))

    def explain(theta: Any) -> Drawn:
        return {"fitted": (noise, np.exp(log_dwell_times(*form(theta, p), noise, bool(p.formula))))}

    return Problem(names, ("1",) * len(names), mean, sd,
                   lambda check, tell: fit(residuals, mean + p.begin * sd, mean, sd, names, bounds, check, tell),
                   lambda found, one, other, check: posterior(residuals, found, one, other, 61, 3.5, bounds, check),
                   explain, cannot_be_told_apart, truth(p), partial(_strength, p) if len(names) == 4 else _nothing)


def _strength(p: Any, found: Any) -> tuple[Derived, ...]:
    """Return the one number that the four tell."""
    row = WEIGHTS * np.exp(found.estimate)
    return (("K", float(row.sum()), float(np.sqrt(row @ found.covariance @ row)), p.K),)


def _nothing(found: Any) -> tuple[Derived, ...]:
    return ()


def _truth_of_g(p: Any) -> Any:
    return np.full(4, np.log(p.K))


STRENGTH, PARTS, SHAPE = "dwell times: K", "dwell times: g_1 to g_4", "dwell times: K and b"
SHARED = ("n", "s", "seed")
CASES = (
    Case(STRENGTH, DwellData, made, partial(
        _problem, ("K",), ((1.0,), (0.5,)), ((0.1,), (4.0,)), lambda p: (p.K,), lambda theta, p: (theta[0], p.b)),
        ("K", *SHARED), ("b", "formula")),
    Case(PARTS, DwellData, made, partial(
        _problem, ("g_1", "g_2", "g_3", "g_4"), (np.zeros(4), np.full(4, np.sqrt(0.5))), (np.full(4, -4.0),
                                                                                        np.full(4, 3.0)),
        _truth_of_g, lambda theta, p: (total_strength(theta), p.b)), ("K", *SHARED), ("b", "formula")),
    Case(SHAPE, DwellData, made, partial(
        _problem, ("K", "b"), ((1.0, 5.0), (0.5, 0.5)), ((0.1, 4.06), (4.0, 6.9)), lambda p: (p.K, p.b),
        lambda theta, p: (theta[0], theta[1])), ("K", "b", *SHARED), ("formula",)),
)


def draw_dwell(answer: Any, p: Any) -> Drawn:
    """Mean dwell times with two standard errors over the noise, and the fitted curve."""
    data = answer.data
    if not isinstance(data, DwellData):
        return {}
    low, high = (data.mean * np.exp(way * 2.0 * data.error / data.mean) for way in (-1.0, 1.0))
    gaps = np.full(len(low), np.nan)
    drawn: Drawn = {"measured": (data.s, data.mean), "errors": (
        np.ravel([data.s, data.s, gaps], "F"), np.ravel([low, high, gaps], "F"))}
    return drawn | dict(answer.explained)
