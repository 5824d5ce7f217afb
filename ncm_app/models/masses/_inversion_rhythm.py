"""Inversions of a rhythm by harmonic balance: the alpha rhythm of a Jansen-Rit column, the microcircuit's deep loop."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from ncm_app.core.catalogue import find
from ncm_app.core.inversion import Case, Problem
from ncm_app.models.masses._hopf_points import PLACES, expansion_at
from ncm_app.numerics.inversion.fitted import fit, posterior
from ncm_app.numerics.inversion.identified import cannot_be_told_apart
from ncm_app.numerics.inversion.rhythm import (
    HERTZ,
    AlphaData,
    DeepLoopData,
    Rhythm,
    RhythmData,
    harmonic_amplitudes,
    noisy,
    read_off,
)
from ncm_app.numerics.perturbation.comparison import follow
from ncm_app.numerics.perturbation.hopf import Field

SD_OF_F = 0.05
"""Standard deviation of a measured frequency, Hz."""
Drawn = dict[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Loop:
    """A model's rhythm: where it is known, what is estimated and measured, and under which prior.

    `controls` are the model's own, each with the factor by which a parameter, by its place, sets it.
    """

    place: str
    way: tuple[float, ...]
    names: tuple[str, ...]
    units: tuple[str, ...]
    controls: tuple[tuple[str, int, float], ...]
    known: tuple[float, ...]
    prior: tuple[tuple[float, ...], tuple[float, ...]]
    bounds: tuple[tuple[float, ...], tuple[float, ...]]
    measured: tuple[str, ...]
    harmonics: int
    grid: int
    kind: type[RhythmData]


ALPHA = Loop("Jansen-Rit, alpha ends", (-5.0, -20.0, -50.0, -80.0, -100.0), ("p", "B", "A"), ("Hz", "mV", "mV"),
             (("p", 0, 1.0), ("B", 1, 1.0), ("A", 2, 1.0)), (22.0, 3.25), ((220.0, 22.0, 3.25), (60.0, 2.0, 0.2)),
             ((60.0, 15.0, 2.5), (400.0, 30.0, 4.5)), ("f", "a_1", "a_2"), 6, 41, AlphaData)
DEEP = Loop("Microcircuit, deep loop", (0.02, 0.1, 0.3, 0.6, 0.8), ("g", "k"), ("1", "1"),
            (("g_deep", 0, 1.0), ("T_ii", 1, 16.0), ("T_dp", 1, 28.0)), (1.0,), ((4.0, 1.0), (0.5, 0.15)),
            ((2.6, 0.5), (5.5, 1.8)), ("f", "a_1", "a_3"), 5, 17, DeepLoopData)


@functools.lru_cache(maxsize=4)
def _known(loop: Loop) -> Any:
    """Return the farthest of the cycles that are followed from the Hopf point."""
    return follow(expansion_at(PLACES[loop.place], 0.0, 0.0, 0.0), np.array(loop.way))[-1]


def rhythm_of(loop: Loop) -> Rhythm:
    """Return the cycle of the loop's model over its parameters."""
    place = PLACES[loop.place]
    model: Any = find(place.slug)
    p, known = model(sigma=0.0).snapshot().p, _known(loop)

    def field(theta: Any) -> Field:
        q = p._replace(**{name: factor * float(theta[i]) for name, i, factor in loop.controls})
        return lambda y, _: model.rhs(0.0, y, q)

    return Rhythm(field, np.array([known.p, *loop.known]), known, 0.5 * np.array(loop.prior[1]), loop.harmonics)


def _observed(loop: Loop) -> int:
    return 0 if loop is ALPHA else 1


def _truth(loop: Loop, p: Any) -> Any:
    return np.array([getattr(p, name) for name in loop.names])


def made(loop: Loop, p: Any) -> RhythmData:
    """Return frequency and harmonics of the true cycle with noise."""
    values = read_off(rhythm_of(loop).at(_truth(loop, p)), _observed(loop), loop.measured)
    sd = np.where(np.array(loop.measured) == "f", SD_OF_F, 0.01 * p.error * values)
    found = noisy(loop.measured, values, sd, p.seed)
    return loop.kind(found.names, found.values, found.sd)


def problem(loop: Loop, estimated: tuple[int, ...], p: Any, data: RhythmData) -> Problem:
    """Return the problem of the loop's data; parameters that are not estimated are those of the sliders."""
    rhythm, at = rhythm_of(loop), list(estimated)
    mean, sd = np.array(loop.prior)[:, at]
    bounds = tuple(np.array(loop.bounds)[:, at])
    names = tuple(loop.names[i] for i in at)

    def full(theta: Any) -> Any:
        values = _truth(loop, p)
        values[at] = theta
        return values

    def residuals(theta: Any) -> Any:
        return (data.values - read_off(rhythm.at(full(theta)), _observed(loop), data.names)) / data.sd

    def explain(theta: Any) -> Drawn:
        cycle = rhythm.at(full(theta))
        count = np.arange(1, 5)
        return {"fitted": (count * cycle.omega * HERTZ, harmonic_amplitudes(cycle, _observed(loop))[count])}

    return Problem(names, tuple(loop.units[i] for i in at), mean, sd,
                   lambda check, tell: fit(residuals, mean + p.begin * sd, mean, sd, names, bounds, check, tell),
                   lambda found, one, two, check: posterior(residuals, found, one, two, loop.grid, 3.5, bounds, check),
                   explain, cannot_be_told_apart, _truth(loop, p)[at])


ALL, ALONE, MICROCIRCUIT = "EEG rhythm: p, B and A", "EEG rhythm: p", "deep loop: g and k"
CASES = (
    Case(ALL, AlphaData, functools.partial(made, ALPHA), functools.partial(problem, ALPHA, (0, 1, 2)),
         ("p", "B", "A", "error", "seed")),
    Case(ALONE, AlphaData, functools.partial(made, ALPHA), functools.partial(problem, ALPHA, (0,)),
         ("p", "error", "seed"), ("B", "A")),
    Case(MICROCIRCUIT, DeepLoopData, functools.partial(made, DEEP), functools.partial(problem, DEEP, (0, 1)),
         ("g", "k", "error", "seed")),
)


def draw_harmonics(answer: Any, p: Any) -> Drawn:
    """Measured amplitudes of harmonics with two standard deviations over their frequency, and the fitted ones."""
    data = answer.data
    if not isinstance(data, RhythmData):
        return {}
    f, sd_f = data.values[0], data.sd[0]
    number = np.array([int(name[2:]) for name in data.names[1:]])
    a, sd, x, gaps = data.values[1:], data.sd[1:], number * f, np.full(len(number), np.nan)
    low = np.maximum(a - 2.0 * sd, 0.05 * np.abs(a))
    upright = np.ravel([x, x, gaps], "F"), np.ravel([low, a + 2.0 * sd, gaps], "F")
    flat = np.ravel([x - 2.0 * number * sd_f, x + 2.0 * number * sd_f, gaps], "F"), np.ravel([a, a, gaps], "F")
    drawn: Drawn = {"measured": (x, a), "errors": (np.concatenate([upright[0], flat[0]]),
                                                   np.concatenate([upright[1], flat[1]]))}
    return drawn | dict(answer.explained)
