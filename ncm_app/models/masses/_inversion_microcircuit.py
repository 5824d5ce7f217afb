"""Inversion of the spectrum of a canonical microcircuit at rest, as in dynamic causal modelling."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from ncm_app.core.catalogue import find
from ncm_app.core.inversion import Case, Problem
from ncm_app.models.masses._inversion_regions import Drawn, SpectrumData
from ncm_app.models.masses._microcircuit import gains, mixture, response, taus
from ncm_app.numerics.inversion.cmc import NAMES, PRIOR_SD, Circuit, draw_spectrum, expected_spectrum, fit_microcircuit
from ncm_app.numerics.inversion.fitted import gaussian_over
from ncm_app.numerics.inversion.identified import cannot_be_told_apart
from ncm_app.numerics.noise import hash_normal

STREAM = 9


@dataclass(frozen=True, eq=False)
class MicrocircuitData(SpectrumData):
    """A spectrum of the LFP of a microcircuit."""


@functools.cache
def _standard() -> Circuit:
    """Return the standard circuit at rest."""
    p: Any = find("canonical_microcircuit")().snapshot().p
    return Circuit(taus(p), gains(p), response(np.zeros(4), p)[1], mixture(p))


def _truth(p: Any) -> Any:
    """Return the hidden truth, drawn from the prior."""
    return PRIOR_SD * hash_normal(p.hidden, STREAM, np.arange(len(NAMES)))


def made(p: Any) -> MicrocircuitData:
    """Return a spectrum that is an average of many windows."""
    return MicrocircuitData(draw_spectrum(_standard(), _truth(p), p.seed))


def problem(p: Any, data: MicrocircuitData) -> Problem:
    """Return the problem of a spectrum: logarithms of factors on the standard values."""
    circuit, seen = _standard(), data.seen

    def explain(theta: Any) -> Drawn:
        return {"fitted": (seen.f, expected_spectrum(circuit, theta, seen.f))}

    return Problem(NAMES, ("1",) * len(NAMES), np.zeros(len(NAMES)), PRIOR_SD,
                   lambda check, tell: fit_microcircuit(seen, circuit, check, tell),
                   lambda found, first, second, check: gaussian_over(found, first, second), explain,
                   cannot_be_told_apart, _truth(p))


MICROCIRCUIT = "spectrum of a microcircuit: 11 factors"
CASES = (Case(MICROCIRCUIT, MicrocircuitData, made, problem, ("hidden", "seed")),)
