"""Inversions of a Jansen-Rit column's noisy potential: its spectrum at rest, windows of a ramp through all regions."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ncm_app.core.inversion import Case, Inverted, Problem
from ncm_app.core.model import Measure
from ncm_app.numerics.inversion.column import Column, run_column
from ncm_app.numerics.inversion.features import WINDOW, windows_of
from ncm_app.numerics.inversion.fitted import gaussian_over
from ncm_app.numerics.inversion.identified import cannot_be_told_apart
from ncm_app.numerics.inversion.library import GRID, LOWER, UPPER, library
from ncm_app.numerics.inversion.ramp import Placed, place
from ncm_app.numerics.inversion.spectrum import (
    Seen,
    at_frequencies,
    fit_spectrum,
    input_posterior,
    see,
    stable_rests,
    whitened,
)

STEP, EVERY, SETTLE = 1.0, 4, 2000.0
"""Step of runs, ms, steps between two samples, and what is left out at their start."""
LOWEST, HIGHEST, AHEAD = -40.0, 345.0, 4000.0
"""Ends of the ramp, Hz, and how long the column is held at its first input before it."""
RAMP_EVERY = 5
SPOKEN = {"alpha": "rhythm", "none": "of no region"}
FAINTEST = 1e-2
"""Density, of the highest of a window, below which none is drawn."""
Drawn = dict[str, tuple[Any, ...]]


@dataclass(frozen=True, eq=False)
class SpectrumData:
    """A spectrum, and the file that it is from."""

    seen: Seen
    source: str = ""
    reading: str = ""


@dataclass(frozen=True, eq=False)
class RampData:
    """A potential (n,), mV, sampled every `dt` ms, and the input (w,), Hz, in the middle of each of its windows."""

    y: Any
    dt: float
    p: Any
    source: str = ""
    reading: str = ""


@functools.lru_cache(maxsize=16)
def _column(A: float, B: float, sigma: float) -> Column:
    return Column(A=A, B=B, sigma=sigma)


def column_of(p: Any) -> Column:
    """Return the column that the sliders of the truth say."""
    return _column(p.A, p.B, p.sigma)


def _stable(column: Column, p: float) -> list[float]:
    """Return the potentials, mV, of the stable rests at an input, the lowest first."""
    intervals = stable_rests(column)
    return [float(y) for y in column.rests(p) if any(low <= y <= high for low, high in intervals)]


def made_spectrum(p: Any) -> SpectrumData:
    """Return the spectrum of a noisy run at the lowest stable rest."""
    column = column_of(p)
    rests = _stable(column, p.p)
    if not rests:
        raise ArithmeticError("the column has no stable rest")
    count = round((1000.0 * p.T + SETTLE) / STEP)
    y, _ = run_column(column, np.full(count, p.p), column.rest(rests[0]), STEP, EVERY, p.seed)
    return SpectrumData(see(y[round(SETTLE / STEP / EVERY):], STEP * EVERY))


def _spectrum_problem(free_B: bool, p: Any, data: SpectrumData) -> Problem:
    """Return the problem of a spectrum: p and sigma, with or without B; other constants are those of the sliders."""
    column, seen = column_of(p), data.seen
    names, units = (("p", "B", "sigma"), ("Hz", "mV", "√Hz")) if free_B else (("p", "sigma"), ("Hz", "√Hz"))

    def explain(theta: Any) -> Drawn:
        there = _column(p.A, float(theta[1]) if free_B else p.B, float(theta[-1]))
        powers = [at_frequencies(seen, there, y) for y in _stable(there, float(theta[0]))]
        if not powers:
            return {}
        return {"fitted": (seen.f, min(powers, key=lambda power: float(np.sum(whitened(seen, power) ** 2))))}

    def apart(found: Any) -> str:
        if not free_B:
            rests = [rest for rest in stable_rests(column) if column.input_at(rest[0]) <= found.estimate[0] + 1.0
                     and found.estimate[0] - 1.0 <= column.input_at(rest[1])]
            along = input_posterior(seen, column, rests[0]) if rests else None
            if along is not None and not along.told:
                return f"no more of p than that it lies between {along.low:.0f} and {along.high:.0f} Hz"
        return cannot_be_told_apart(found)

    at = [0, 1, 2] if free_B else [0, 2]
    return Problem(names, units, np.array([150.0, p.B, 1.0])[at], np.array([150.0, 0.2 * p.B, 1.0])[at],
                   lambda check, tell: fit_spectrum(seen, column, free_B, check=check, tell=tell),
                   lambda found, first, second, check: gaussian_over(found, first, second), explain, apart,
                   np.array([p.p, p.B, p.sigma])[at])


def draw_spectrum(answer: Any, p: Any) -> Drawn:
    """Measured power over frequency, and the fitted one."""
    if not isinstance(answer.data, SpectrumData):
        return {}
    return {"measured": (answer.data.seen.f, answer.data.seen.power), **answer.explained}


def made_ramp(p: Any) -> RampData:
    """Return a noisy run whose input rises through all regions, or falls."""
    column, count = column_of(p), round(1000.0 * p.T_ramp / STEP)
    ends = (LOWEST, HIGHEST) if p.ramp == 0 else (HIGHEST, LOWEST)
    ramp = np.linspace(*ends, count)
    held = np.full(round(AHEAD / STEP), ends[0])
    start = column.rest(float(column.rests(ends[0])[0 if p.ramp == 0 else -1]))
    y, _ = run_column(column, np.concatenate([held, ramp]), start, STEP, RAMP_EVERY, p.seed)
    y = y[round(AHEAD / STEP / RAMP_EVERY):]
    size = round(WINDOW / STEP)
    return RampData(y, STEP * RAMP_EVERY, ramp[: count // size * size].reshape(-1, size).mean(axis=1))


def placed(p: Any, data: RampData, check: Any) -> Inverted:
    """Return where each window lies on the diagram of the column."""
    column = column_of(p)
    library_ = library(column, check)
    found = place(windows_of(data.y, data.dt), library_, check=check)
    off = np.abs(found.p - data.p)
    inside = off < 2.0 * found.sd + 3.0
    numbers = (Measure("median error", float(np.median(off)), "Hz"),
               Measure("within two SDs", 100.0 * float(np.mean(inside)), "%"),
               Measure("windows that fit", 100.0 * float(np.mean(found.fits)), "%"))
    names = np.array(found.regions())
    met = sorted({*names} - {"none"}, key=lambda name: float(np.median(np.flatnonzero(names == name))))
    counts = [f"{np.sum(names == name)} {SPOKEN.get(name, name)}" for name in (*met, "none") if np.any(names == name)]
    words = (f"{len(names)} windows of {WINDOW / 1000.0:g} s: {', '.join(counts)}; the input is found within "
             f"{np.median(off):.1f} Hz in half of them")
    none = np.empty(0)
    return Inverted(RAMP, data, (), (), none, none, none, (0, 0), np.empty((0, 0)), none, explained=_windows(
        found, library_.p, library_.branch, data), words=words, numbers=numbers)


def _windows(found: Placed, p: Any, branch: Any, data: RampData) -> Drawn:
    """Return the posterior of each window over the input, branches together, with truth and estimates."""
    t = (np.arange(len(found.p)) + 0.5) * WINDOW / 1000.0
    density = np.zeros((len(GRID), len(t)))
    for column, entry in zip(found.posterior.T, p, strict=True):
        density[int(np.abs(GRID - entry).argmin())] += column
    gaps = np.full(len(t), math.nan)
    shares = density / density.max(axis=0)
    drawn: Drawn = {"density": (t, GRID, np.where(shares > FAINTEST, shares, np.nan)), "truth": (t, data.p),
                    "errors": (np.ravel([t, t, gaps], "F"),
                               np.ravel([found.p - found.sd, found.p + found.sd, gaps], "F"))}
    for name, value in (("lower", LOWER), ("upper", UPPER)):
        drawn[name] = t[found.branch == value], found.p[found.branch == value]
    return drawn


def draw_windows(answer: Any, p: Any) -> Drawn:
    """The posterior of each window of the ramp."""
    return dict(answer.explained) if isinstance(answer.data, RampData) else {}


REST, REST_B, RAMP = "spectrum at rest: p and sigma", "spectrum at rest: p, B and sigma", "windows of a ramp: p"
CASES = (
    Case(REST, SpectrumData, made_spectrum, functools.partial(_spectrum_problem, False), ("p", "sigma", "T", "seed"),
         ("A", "B")),
    Case(REST_B, SpectrumData, made_spectrum, functools.partial(_spectrum_problem, True),
         ("p", "B", "sigma", "T", "seed"), ("A",)),
    Case(RAMP, RampData, made_ramp, None, ("ramp", "T_ramp", "seed"), ("A", "B", "sigma"), placed),
)
