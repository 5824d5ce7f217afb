"""Limit cycles in the plane, the unstable ones too: what attracts as time runs backwards.

In the plane every isolated cycle attracts in one direction of time. Curves that wind
onto one are followed from several starts; the place where it closes is then refined on
a section across the flow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from ncm_app.numerics.jacobian import jacobian
from ncm_app.numerics.plane.separatrices import direction_of, targets_of, window_around
from ncm_app.numerics.plane.tracing import Curve, Section, Tracer
from ncm_app.numerics.results import Array, Equilibrium, Status
from ncm_app.numerics.results.plane import PlaneCycle
from ncm_app.numerics.system import SILENT, Progress, System

BESIDE = 0.01
"""Distance in spans from a fixed point at which curves start that may wind onto the cycle around it."""

GRID = (0.2, 0.5, 0.8)
"""Further starts, as shares of the spans."""

CLOSED, SMALLEST, SAME = 1e-8, 1e-3, 1e-3
"""In spans: by how much a cycle may miss itself, its least size, and how far two that are one may be apart."""

PATIENCE = 8
"""How often a curve is followed on while its turns move apart."""

ISOLATED = 1e-6
"""A cycle whose multiplier is closer to 1 has neighbours that close too, as around a centre."""

DRAWN, TRIES = 500, 12
"""About how many points of a cycle are kept, and steps of the refinement."""


def plane_cycles(system: System, p: Any, points: Sequence[Equilibrium], *, progress: Progress = SILENT,
                 ) -> tuple[PlaneCycle, ...]:
    """Return the limit cycles of a system in the plane, those with small periods first.

    `points` are its fixed points. Found is what curves wind onto, forward or back in
    time, that start beside the fixed points and on a grid over the spans. There are none
    on a line, in space, or where resets break the flow.
    """
    if system.size != 2 or system.threshold is not None:
        return ()
    search = _Search(Tracer(system, p, _window(system, points)), points)
    starts = [(start, forward) for forward in (False, True) for start in search.starts(forward)]
    with np.errstate(all="ignore"):
        for done, (start, forward) in enumerate(starts):
            progress.report(done / len(starts))
            search.follow(start, forward)
    return tuple(sorted(search.found, key=lambda cycle: cycle.period))


def _window(system: System, points: Sequence[Equilibrium]) -> Array:
    """Return the window (2, 2) that holds the box too."""
    inner, box = window_around(system, points), np.array(system.box)
    return np.stack([np.minimum(inner[:, 0], box[:, 0]), np.maximum(inner[:, 1], box[:, 1])], axis=1)


class _Search:
    """The cycles found so far."""

    def __init__(self, tracer: Tracer, points: Sequence[Equilibrium]) -> None:
        self.tracer, self.points = tracer, points
        self.found: list[PlaneCycle] = []

    def starts(self, forward: bool) -> list[Array]:
        """Return states beside the fixed points that are left in this direction of time, and the grid."""
        low, high = np.array(self.tracer.system.spans).T
        sources = targets_of(self.points, not forward).T
        beside = [source + np.array([BESIDE, 0.0]) * self.tracer.widths for source in sources]
        beside += [q.state + side * BESIDE * direction_of(self.tracer, q, forward)
                   for q in self.points if q.kind == "saddle" for side in (-1.0, 1.0)]
        return beside + [low + np.array(share) * (high - low) for share in product(GRID, GRID)]

    def follow(self, start: Array, forward: bool) -> None:
        """Follow the flow from a state, and keep the cycle onto which it winds if it is new."""
        targets = targets_of(self.points, forward)
        curve = self.tracer.follow(start, forward, targets)
        for _ in range(PATIENCE):
            if curve.status is not Status.STEP_LIMIT or self.tracer.turns(curve, forward)[1] < 1.0:
                break  # else the turns still move apart, as beside a weakly unstable spiral
            curve = self.tracer.follow(curve.states[:, -1], forward, targets)
        if curve.status not in (Status.CLOSED, Status.STEP_LIMIT) or self.is_known(curve.states[:, -1]):
            return
        cycle = close(self.tracer, curve, forward)
        if cycle is not None and not any(self.is_known(cycle.states[:, k]) for k in (0, cycle.states.shape[1] // 2)):
            self.found.append(cycle)

    def is_known(self, state: Array) -> bool:
        """Tell whether a state lies on a cycle found before."""
        return any(_distance(cycle.states / self.tracer.widths[:, None], state / self.tracer.widths) < SAME
                   for cycle in self.found)


def _distance(line: Array, point: Array) -> float:
    """Return the distance of a point (2,) from a polyline (2, m)."""
    chord, gap = np.diff(line, axis=1), point[:, None] - line[:, :-1]
    share = np.clip(np.sum(gap * chord, axis=0) / np.maximum(np.sum(chord**2, axis=0), 1e-300), 0.0, 1.0)
    return float(np.min(np.linalg.norm(gap - share * chord, axis=0)))


def close(tracer: Tracer, curve: Curve, forward: bool) -> PlaneCycle | None:
    """Return the cycle onto which a curve winds, refined by the secant method; None if there is none.

    The unknown is the distance aside on the section at the curve's end at which a turn
    comes back to where it began.
    """
    section = Section.at(tracer, curve.states[:, -1], forward)
    last, factor = tracer.turns(curve, forward)
    if not np.isfinite(last):
        return None
    # The turns approach the cycle like a geometric series.
    ahead = -last * factor / (1.0 - factor) if np.isfinite(factor) and abs(factor) < 0.999 else 0.0
    places, misses = [], []
    place = 0.0
    for _ in range(TRIES):
        loop = tracer.turn(section, place, forward)
        if loop is None:
            return None
        places.append(place)
        misses.append(loop[1])
        if abs(loop[1]) < CLOSED:
            return _cycle(tracer, loop[0], forward)
        if len(places) == 1:
            place = ahead or place + loop[1]
        else:
            slope = (misses[-1] - misses[-2]) / (places[-1] - places[-2])
            place -= misses[-1] / slope
        if not abs(place) < 1.0 or place in places:
            return None
    return None


def _cycle(tracer: Tracer, loop: Curve, forward: bool) -> PlaneCycle | None:
    """Return a closed turn as a cycle in forward time, with its multiplier; None for a dot or beside a centre."""
    if np.max(np.ptp(loop.states, axis=1) / tracer.widths) < SMALLEST:
        return None
    states, times = (loop.states, loop.times) if forward else (loop.states[:, ::-1], loop.times[::-1] - loop.times[-1])
    growth = _divergence(tracer, replace(loop, states=states, times=times))
    if abs(growth) < ISOLATED:
        return None
    kept = np.unique(np.linspace(0, len(times) - 1, min(DRAWN, len(times))).astype(int))
    return PlaneCycle(states[:, kept], times[kept], float(times[-1]), float(np.exp(min(growth, 690.0))))


def _divergence(tracer: Tracer, loop: Curve) -> float:
    """Return the integral of the flow's divergence along a curve: the logarithm of its multiplier.

    By Simpson's rule; the states halfway lie on the cubics through the points.
    """
    states, steps = loop.states, np.diff(loop.times)
    flow = tracer.slope(states) * tracer.widths[:, None]
    middle = (states[:, :-1] + states[:, 1:]) / 2.0 + (flow[:, :-1] - flow[:, 1:]) * steps / 8.0
    ends, halfway = (np.einsum("iik->k", jacobian(tracer.system, s, tracer.p)) for s in (states, middle))
    return float(np.sum(steps * (ends[:-1] + 4.0 * halfway + ends[1:]) / 6.0))
