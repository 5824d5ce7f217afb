"""Bifurcations of cycles, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ncm_app.numerics.results import CycleBranch, SpecialPoint

CYCLE_EVENTS = {"LPC": "fold of cycles", "PD": "period doubling", "TR": "torus bifurcation",
                "HC": "homoclinic orbit", "SNIC": "SNIC", "BP": "branch point of cycles"}
"""Code of a special point on a branch of cycles -> what happens there."""

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
            if point.code in CYCLE_EVENTS:
                event = Event(CYCLE_EVENTS[point.code], float(point.parameters[parameter]), point)
                if not any(_alike(event, other) for other in found):
                    found.append(event)
    return tuple(sorted(found, key=lambda event: event.value))


def _alike(one: Event, other: Event) -> bool:
    same_period = one.point.period == other.point.period or bool(
        np.isclose(one.point.period, other.point.period, rtol=1e-5))
    return one.words == other.words and same_period and bool(np.isclose(one.value, other.value, rtol=SAME, atol=SAME))
