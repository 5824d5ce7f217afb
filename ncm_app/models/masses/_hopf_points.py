"""Hopf points at which the page of second-order analysis expands: of the oscillator, and of models of the catalogue."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ncm_app.core.catalogue import find
from ncm_app.numerics.amplitude.feedback import Sigmoid
from ncm_app.numerics.amplitude.landscape import fold
from ncm_app.numerics.perturbation.averaged import oscillator_field
from ncm_app.numerics.perturbation.comparison import Comparison, compare
from ncm_app.numerics.perturbation.hopf import Field, find_hopf_point
from ncm_app.numerics.perturbation.lindstedt import Expansion, expand
from ncm_app.numerics.results.base import Array, Result

OSCILLATOR = "oscillator"
HERTZ = 1000.0 / (2.0 * math.pi)  # of a frequency in rad/ms
SHARES = np.concatenate([np.geomspace(1e-3, 0.1, 10), np.linspace(0.16, 1.0, 13)])
"""Distances of the true cycles as shares of the farthest: even in logarithms near by, even on the axis beyond."""


class Place(NamedTuple):
    """A Hopf point: model, parameter and state near it, what is observed, and how far cycles are followed."""

    slug: str
    parameter: str
    p: float
    x: tuple[float, ...]
    observed: int
    farthest: float
    unit: str = "1"
    hertz: float = 1.0
    frequency_unit: str = "1"


PLACES = {
    "Jansen-Rit, alpha ends": Place("jansen_rit", "p", 316.0, (8.08, 0.124, 19.7, 0.0, 0.0, 0.0), 0, 100.0, "mV", HERTZ,
                                    "Hz"),
    "Jansen-Rit, alpha begins": Place("jansen_rit", "p", 90.0, (6.74, 0.098, 13.4, 0.0, 0.0, 0.0), 0, 40.0, "mV", HERTZ,
                                      "Hz"),
    "Jansen-Rit, unstable cycles": Place("jansen_rit", "p", -12.0, (5.94, 0.08, 10.1, 0.0, 0.0, 0.0), 0, 60.0, "mV",
                                         HERTZ, "Hz"),
    "Microcircuit, deep loop": Place("canonical_microcircuit", "g_deep", 3.2, (0.0,) * 8, 3, 1.0, "mV", HERTZ, "Hz"),
    "current-to-current oscillator": Place(OSCILLATOR, "G", 0.0, (0.0, 0.0), 0, 0.0),
}


@dataclass(frozen=True, eq=False)
class Answer(Result):
    """The expansion about a Hopf point, and what it says beside the true cycles at `distances` (k,)."""

    place: Place
    expansion: Expansion
    comparison: Comparison
    distances: Array

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.place.slug!r}, {self.place.parameter!r}, {len(self.distances)} distances)"

    def columns(self) -> dict[str, Any]:
        """Return the distances from the Hopf point that are drawn."""
        return {"distance": self.distances}


def place_of(p: Any) -> Place:
    """Return the chosen Hopf point; that of the oscillator follows from threshold and steepness."""
    place = list(PLACES.values())[p.point]
    if place.slug != OSCILLATOR:
        return place
    sigmoid = Sigmoid(1.0, p.th, p.rho)
    reach = 0.9 * (sigmoid.hopf - fold(p.th, p.rho)[0]) if sigmoid.subcritical else 0.5 * sigmoid.hopf
    return place._replace(p=sigmoid.hopf, farthest=reach)


def field_of(place: Place, th: float, rho: float, eps: float) -> Field:
    """Return the equations of a place as a field of states and its parameter."""
    if place.slug == OSCILLATOR:
        return oscillator_field(th, rho, eps)
    model = find(place.slug)
    p = model().snapshot().p
    return lambda y, value: model.rhs(0.0, y, p._replace(**{place.parameter: value}))  # type: ignore[attr-defined]


@functools.lru_cache(maxsize=32)
def expansion_at(place: Place, th: float, rho: float, eps: float) -> Expansion:
    """Return the expansion to order 6."""
    return expand(find_hopf_point(field_of(place, th, rho, eps), place.p, np.array(place.x)))


def expansion_of(p: Any) -> Expansion:
    """Return the expansion about the chosen Hopf point."""
    place = place_of(p)
    return expansion_at(place, *((p.th, p.rho, p.eps) if place.slug == OSCILLATOR else (0.0, 0.0, 0.0)))


def seen_of(place: Place) -> Array:
    """Return what is observed of the states, as a row."""
    return np.eye(len(place.x))[place.observed]


def answer_of(p: Any) -> Answer:
    """Return expansion and comparison over distances that grow a thousandfold."""
    place, expansion = place_of(p), expansion_of(p)
    distances = side_of(expansion) * place.farthest * SHARES
    comparison = compare(expansion, seen_of(place), distances)
    return Answer(place, expansion, comparison, distances[: len(comparison.p)])


def side_of(expansion: Expansion) -> float:
    """Return on which side of the Hopf point the cycles are, 1 or -1."""
    return math.copysign(1.0, expansion.p[2])


@functools.lru_cache(maxsize=64)
def _here(place: Place, th: float, rho: float, eps: float, share: float) -> Comparison:
    expansion = expansion_at(place, th, rho, eps)
    path = side_of(expansion) * place.farthest * share * np.geomspace(max(0.05, min(5e-4 / share, 0.5)), 1.0, 4)
    return compare(expansion, seen_of(place), path)


def here(p: Any) -> Comparison | None:
    """Return predictions and the true cycle at the chosen distance as the last of a few; None if it is not found."""
    place = place_of(p)
    numbers = (p.th, p.rho, p.eps) if place.slug == OSCILLATOR else (0.0, 0.0, 0.0)
    found = _here(place, *numbers, p.d / 100.0)
    return found if len(found.p) == 4 else None
