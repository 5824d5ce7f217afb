"""Cycles of a range whose Hopf points lie outside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.cycles.curve import CycleCurve
from ncm_app.numerics.cycles.ends import Landmarks
from ncm_app.numerics.cycles.points import Row
from ncm_app.numerics.cycles.starts import hopf_row
from ncm_app.numerics.cycles.walk import CyclePath, at_parameter, walk_cycles
from ncm_app.numerics.results import SpecialPoint
from ncm_app.numerics.system import Progress

INSIDE = 1e-6  # distance from the ends of a range, in ranges, at which a cycle lies inside


def rows_from_beyond(curve: CycleCurve, bounds: tuple[float, float] | None, progress: Progress,
                     is_new: Callable[[Row], bool]) -> Iterator[Row]:
    """Yield a cycle in the range of a curve for every branch that comes in from a Hopf point outside.

    `bounds` are those of the parameter; a row is yielded only if `is_new` says that no
    branch known by then holds it.
    """
    points = curve.points
    if bounds is None or (bounds[0] >= points.low and bounds[1] <= points.high):
        return
    wide = min(bounds[0], points.low), max(bounds[1], points.high)
    question = points.system, points.p, points.field, *wide
    diagram = bifurcation_diagram(*question, progress)
    outer = CycleCurve(*question)
    landmarks, used = Landmarks.of(outer, diagram.points), list[SpecialPoint]()

    def watch(path: CyclePath) -> None:
        progress.report(0.0)

    for point in landmarks.hopfs:
        inside = points.low <= point.parameters[points.field] <= points.high
        if inside or any(point is other for other in used):
            continue
        path = walk_cycles(outer, hopf_row(outer, point), landmarks, watch)
        used += [path.point] if path.point is not None else []
        for row in _entries(curve, outer, path):
            if is_new(row):
                yield row


def _entries(curve: CycleCurve, outer: CycleCurve, path: CyclePath) -> Iterator[Row]:
    """Yield a cycle in the range for every stretch of a wider walk that runs through it."""
    stretch: list[tuple[Row, float]] = []
    for a, b in pairwise([*path.rows, path.rows[-1]]):
        ends = sorted((outer.value_at(row.cycle.q) - curve.points.low) / curve.points.scale[-1] for row in (a, b))
        low, high = max(ends[0], INSIDE), min(ends[1], 1.0 - INSIDE)
        if low <= high and a is not b and a.cycle.amplitude > 0.0:
            stretch.append((a, (low + high) / 2.0))
            continue
        yield from _enter(curve, stretch)
        stretch = []


def _enter(curve: CycleCurve, stretch: list[tuple[Row, float]]) -> Iterator[Row]:
    """Yield the first cycle, from the middle of a stretch outwards, that is found in the range."""
    middle = len(stretch) / 2.0
    for k in sorted(range(len(stretch)), key=lambda k: abs(k - middle)):
        row, q = stretch[k]
        found = at_parameter(curve, replace(row.cycle, q=q))
        if found is not None and np.isfinite(found.cycle.log_period):
            yield found
            return
