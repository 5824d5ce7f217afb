"""Inversion across a Hopf point: input and noise from the envelope of a rhythm, below the point and beyond it alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ncm_app.core.inversion import Case, Problem
from ncm_app.models.masses._inversion_regions import EVERY, STEP, column_of
from ncm_app.numerics.inversion.column import Column, run_column
from ncm_app.numerics.inversion.envelope import Amplitude, amplitude_near, envelope_of, fit_envelope
from ncm_app.numerics.inversion.fitted import gaussian_over
from ncm_app.numerics.inversion.identified import cannot_be_told_apart

RUNS, LENGTH, SETTLE = 12, 40_000.0, 2000.0
"""Number of runs, and how long each is and what is left out of it first, ms."""
BINS = 60
Drawn = dict[str, tuple[Any, ...]]


@dataclass(frozen=True, eq=False)
class EnvelopeData:
    """Envelopes (runs, m), mV, of the rhythm."""

    R: Any
    source: str = ""
    reading: str = ""


def _amplitude(column: Column) -> Amplitude:
    """Return what governs the amplitude near the column's last Hopf point."""
    try:
        return amplitude_near(column)
    except ArithmeticError:  # as it may say it of the numbers of a search
        raise ArithmeticError("the column has no Hopf point from which a stable rhythm grows") from None


def made(p: Any) -> EnvelopeData:
    """Return the envelopes of noisy runs that begin at the highest fixed point."""
    column = column_of(p)
    near = _amplitude(column)
    if not near.p[0] <= p.p <= near.p[-1]:
        raise ArithmeticError(f"the input is too far from the Hopf point at {near.hopf:.1f} Hz")
    start, p_in = column.rest(float(column.rests(p.p)[-1])), np.full(round((LENGTH + SETTLE) / STEP), p.p)
    cut = round(SETTLE / STEP / EVERY)
    runs = [run_column(column, p_in, start, STEP, EVERY, p.seed, stream)[0][cut:] for stream in range(RUNS)]
    return EnvelopeData(envelope_of(np.array(runs), STEP * EVERY))


def problem(p: Any, data: EnvelopeData) -> Problem:
    """Return the problem of envelopes: p and sigma."""
    amplitude = _amplitude(column_of(p))
    grid = np.linspace(0.0, 1.1 * float(data.R.max()), 301)[1:]

    def explain(theta: Any) -> Drawn:
        return {"fitted": (grid, amplitude.density(grid, float(theta[0]), float(theta[1])))}

    return Problem(("p", "sigma"), ("Hz", "√Hz"), np.array([amplitude.hopf, 1.0]), np.array([60.0, 2.0]),
                   lambda check, tell: fit_envelope(data.R, amplitude, check, tell),
                   lambda found, first, second, check: gaussian_over(found, first, second), explain,
                   cannot_be_told_apart, np.array([p.p, p.sigma]), tested=False)


def draw_envelope(answer: Any, p: Any) -> Drawn:
    """The density of the envelope, and the fitted one."""
    if not isinstance(answer.data, EnvelopeData):
        return {}
    heights, edges = np.histogram(answer.data.R, BINS, (0.0, float(answer.data.R.max())), density=True)
    return {"measured": (edges, heights), **answer.explained}


ACROSS = "envelope across the Hopf point: p and sigma"
CASES = (Case(ACROSS, EnvelopeData, made, problem, ("p", "sigma", "seed"), ("A", "B")),)
