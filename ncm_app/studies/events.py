"""Bifurcations of cycles, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ncm_app.core.capabilities import has_resets
from ncm_app.core.model import Flow
from ncm_app.numerics.codes import CYCLES, POINTS, row, rows_of
from ncm_app.numerics.results import CycleBranch, SpecialPoint

SAME = 1e-9
"""Relative difference of two points that are one, or mirror images."""


class Event(NamedTuple):
    """A bifurcation of cycles: its name in words, the value of the parameter, the point."""

    words: str
    value: float
    point: SpecialPoint


def cycle_events(branches: Iterable[CycleBranch], parameter: str) -> tuple[Event, ...]:
    """Return the bifurcations on branches of cycles, in the order of the parameter.

    Branches that mirror each other share theirs, which are told once.
    """
    found: list[Event] = []
    for branch in branches:
        for point in branch.points:
            event = Event(row(CYCLES, point.code).words, float(point.parameters[parameter]), point)
            if not any(_alike(event, other) for other in found):
                found.append(event)
    return tuple(sorted(found, key=lambda event: event.value))


def words_of_codes(model: type[Flow]) -> dict[str, str]:
    """Return code -> words of all special points that the diagrams of a model over one parameter can have."""
    states, resets = len(model.states), has_resets(model)
    return {row.code: row.words for of in (CYCLES, POINTS) for row in rows_of(of) if row.possible(states, resets)}


def _alike(one: Event, other: Event) -> bool:
    same_period = one.point.period == other.point.period or bool(
        np.isclose(one.point.period, other.point.period, rtol=1e-5))
    return one.words == other.words and same_period and bool(np.isclose(one.value, other.value, rtol=SAME, atol=SAME))
