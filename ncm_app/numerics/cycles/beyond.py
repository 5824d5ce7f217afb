"""Cycles of a range whose Hopf points lie outside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.cycles.continuation import CyclePath, at_parameter, walk_cycles
from ncm_app.numerics.cycles.curve import CycleCurve
from ncm_app.numerics.cycles.points import Row
from ncm_app.numerics.cycles.scouts import SAME_SIZE, Fate, rests_at, scout, starts_at
from ncm_app.numerics.cycles.seeds import hopf_row, turned_row
from ncm_app.numerics.cycles.termination import Landmarks
from ncm_app.numerics.results import Diagram, SpecialPoint
from ncm_app.numerics.system import Progress

INSIDE = 1e-6  # distance from the ends of a range, in ranges, at which a cycle lies inside

FEW, VERTICAL, ASIDE = 4, 1e-6, 0.02
"""Rows and the width, in ranges, of a walk along a family of neutral cycles; distance beside it at which runs start."""


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
        inside = 0.0 < (point.parameters[points.field] - points.low) / points.scale[-1] < 1.0
        if inside or any(point is other for other in used):
            continue
        path = walk_cycles(outer, hopf_row(outer, point), landmarks, watch)
        used += [path.point] if path.point is not None else []
        paths = [path]
        if len(path.rows) > FEW and np.ptp([row.cycle.q for row in path.rows]) < VERTICAL:
            paths += _beside(outer, diagram, landmarks, path.rows[0].cycle.q, progress)
        for row in (row for path in paths for row in _entries(curve, outer, path)):
            if is_new(row):
                yield row


def _beside(outer: CycleCurve, diagram: Diagram, landmarks: Landmarks, q: float,
            progress: Progress) -> Iterator[CyclePath]:
    """Yield walks along the stable cycles on both sides of a family of neutral cycles at a scaled value q.

    Such a family leads along itself only; the branches that cross it are those of single
    cycles, stable on one side and unstable on the other. Runs find them on the first.
    """
    def watch(path: CyclePath) -> None:
        progress.report(0.0)

    for place in (q - ASIDE, q + ASIDE):
        if not 0.0 < place < 1.0:
            continue
        value = outer.value_at(place)
        rests = rests_at(outer, diagram, value)
        found = [scout(outer, value, start, rests, progress) for start in starts_at(outer, rests, (), 0, free=1)]
        rows = [turned_row(outer, run.turn, run.period, place) for run in found if run.fate is Fate.CYCLES]
        seen: list[Row] = []
        for row in rows:
            if row is None or not row.stable or any(_alike(row, other) for other in seen):
                continue
            seen.append(row)
            yield walk_cycles(outer, row, landmarks, watch)
            yield walk_cycles(outer, replace(row, tangent=row.tangent.moved(row.tangent, -2.0)), landmarks, watch)


def _alike(row: Row, other: Row) -> bool:
    """Tell whether two cycles at one value of the parameter are the same."""
    return bool(np.max(np.abs(row.cycle.extremes - other.cycle.extremes)) < SAME_SIZE * row.cycle.amplitude)


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
