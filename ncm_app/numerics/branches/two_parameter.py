"""Two-parameter diagrams: curves of folds and of Hopf points, and where they meet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ncm_app.numerics.branches.codimension_two import Found, second_square
from ncm_app.numerics.branches.continuation import SEEDS, bifurcation_diagram
from ncm_app.numerics.branches.critical_curve import CriticalCurve
from ncm_app.numerics.branches.locus import (
    REGULAR,
    find_points,
    label,
    make_locus,
    measure_lyapunov,
    regularity,
    walk_both_ways,
)
from ncm_app.numerics.codes import POINTS, row
from ncm_app.numerics.results import Array, Loci, Locus, SpecialPoint, Status
from ncm_app.numerics.system import SILENT, Partial, Progress, SubProgress, System

Ranges = tuple[tuple[float, float], tuple[float, float]]

FEWER = (0.0, 1.0, 0.483)
LINES = {0.0: SEEDS, 1.0: SEEDS, 0.362: FEWER, 0.681: FEWER, 0.487: FEWER}
"""Values of one parameter at which the other is varied, and of that where fixed points are sought.

Both are fractions of the range. The four edges catch every curve that leaves it, the
lines between them the others.
"""

SEEDING = 0.4  # share of the work that the one-parameter diagrams are
SAME = 1e-5  # scaled distance below which two labels mean one point

INCOMPLETE = "some curves may be missing or cut short"
DEGENERATE = "folds or Hopf points that the two parameters cannot move apart have no curve"
BENT = "kinks of the right-hand side are not followed"


@dataclass
class _Search:
    """The curves found so far: walked rows by code, results, points, seeds (code, row) to try."""

    curves: dict[str, CriticalCurve]
    seeds: list[tuple[str, Array]]
    walked: dict[str, list[Array]] = field(default_factory=lambda: {"LP": [], "H": []})
    loci: list[Locus] = field(default_factory=list)
    points: list[SpecialPoint] = field(default_factory=list)
    remarks: dict[str, None] = field(default_factory=dict)
    """Sentences in the order in which they came up."""

    def result(self, complete: bool = True) -> Loci:
        """Return the diagram as it is known now."""
        broken = {Status.NOT_CONVERGED, Status.STEP_LIMIT} & {end for locus in self.loci for end in locus.ends}
        status = next(iter(broken), Status.OK if complete else Status.NOT_CONVERGED)
        remarks = list(self.remarks) if status is Status.OK else [INCOMPLETE, *self.remarks]
        return Loci(self.curves["LP"].fields, tuple(self.loci), status, "; ".join(remarks))


def two_parameter_diagram(system: System, p: Any, fields: tuple[str, str], ranges: Ranges,
                          progress: Progress = SILENT) -> Loci:
    """Return the curves of folds and Hopf points over two parameters, with labelled points.

    `fields` and `ranges` ((low, high), (low, high)) are the two parameters. Curves start
    from one-parameter diagrams in both directions, and from the points found on curves. Raises a
    ValueError if a range does not grow or the parameters are one, and Cancelled if `progress` does.
    """
    if fields[0] == fields[1]:
        raise ValueError(f"two different parameters are needed, not {fields[0]} twice")
    for name, (low, high) in zip(fields, ranges, strict=True):
        if not low < high:
            raise ValueError(f"the range of {name} must grow, not go from {low:g} to {high:g}")
    stage = SubProgress(progress)
    with np.errstate(all="ignore"):  # overflow far from the curves: such points are dropped
        seeds, complete = _find_seeds(system, p, fields, ranges, stage)
        search = _start(system, p, fields, ranges, seeds)
        for count, (code, row) in enumerate(search.seeds):  # grows while it is read
            if _follow(search, code, row, stage):
                share = (count + 1) / len(search.seeds)
                stage.finish(max(stage.done, SEEDING + (1.0 - SEEDING) * share), Partial(search.result()))
    return search.result(complete)


def _find_seeds(system: System, p: Any, fields: tuple[str, str], ranges: Ranges,
                stage: SubProgress) -> tuple[list[SpecialPoint], bool]:
    """Return the special points of one-parameter diagrams on lines across the plane."""
    seeds: list[SpecialPoint] = []
    complete = True
    for count, (share, points) in enumerate(LINES.items()):
        for moved, held in ((0, 1), (1, 0)):
            low, high = ranges[held]
            line = {fields[held]: low + share * (high - low)}
            found = bifurcation_diagram(system, p._replace(**line), fields[moved], *ranges[moved],
                                        progress=stage, seeds=points)
            complete &= found.status is Status.OK
            seeds += [SpecialPoint(q.code, {**line, **q.parameters}, q.state, q.eigenvalues, q.frequency)
                      for q in found.points]
        stage.finish(SEEDING * (count + 1) / len(LINES), Partial(Loci(fields, ())))
    return seeds, complete


def _start(system: System, p: Any, fields: tuple[str, str], ranges: Ranges, seeds: list[SpecialPoint]) -> _Search:
    """Return a search with its first seeds, in units of time that fit them."""
    plain = CriticalCurve(system, p, fields, ranges)
    rate = 1.0
    if seeds:  # the field's slopes, parameters included: at a fold of one state the eigenvalue is zero
        slopes = plain.evaluate(np.array([_row(plain, q) for q in seeds]))[1][:, :system.size]
        rate = float(np.nanmedian(np.linalg.norm(slopes, axis=(1, 2)))) or 1.0
    square = max(((2.0 * np.pi * q.frequency) ** 2 for q in seeds if q.code == "H"), default=rate**2)
    curves = {"LP": CriticalCurve(system, p, fields, ranges, rate),
              "H": CriticalCurve(system, p, fields, ranges, rate, square)}
    search = _Search(curves, [(locus, _row(curves[locus], q)) for q in seeds if (locus := row(POINTS, q.code).locus)])
    if any(q.code == "KINK" for q in seeds):
        search.remarks[BENT] = None
    return search


def _row(curve: CriticalCurve, point: SpecialPoint, square: float | None = None) -> Array:
    """Return the row z of a point; without `square` (1/ms^2) its own frequency counts."""
    own = float(2.0 * np.pi * np.nan_to_num(point.frequency)) ** 2
    values = np.array([point.parameters[name] for name in curve.fields])
    return curve.scaled(point.state, values, own if square is None else square)


def _follow(search: _Search, code: str, row: Array, stage: SubProgress) -> bool:
    """Add the curve through a seed, unless it is known already; tell whether one was added."""
    curve = search.curves[code]
    if any(curve.lies_on(row, known) for known in search.walked[code]):
        return False
    if regularity(curve, row) < REGULAR:
        search.remarks[DEGENERATE] = None
        return False
    walk = walk_both_ways(curve, row, stage)
    if walk is None:
        return False
    for status, remark in ((Status.KINK, BENT), (Status.DEGENERATE, DEGENERATE)):
        if status in walk.ends:
            search.remarks[remark] = None
    lyapunov = measure_lyapunov(curve, walk.z) if code == "H" else np.full(len(walk.z), np.nan)
    found = find_points(curve, walk, lyapunov)
    points = [_known(search, label(curve, q)) for q in found]
    search.walked[code].append(walk.z)
    search.loci.append(make_locus(curve, walk, lyapunov, found, points))
    search.points += [q for q in points if not any(q is other for other in search.points)]
    for one, point in zip(found, points, strict=True):
        _seed(search, code, one, point)
    return True


def _seed(search: _Search, code: str, found: Found, point: SpecialPoint) -> None:
    """Append the seeds of the other curves that pass a point of codimension two."""
    hopfs = search.curves["H"]
    if point.code in ("BT", "ZH"):
        other = "H" if code == "LP" else "LP"
        search.seeds.append((other, _row(search.curves[other], point, 0.0 if point.code == "BT" else None)))
    if point.code == "HH":
        search.seeds.append(("H", _row(hopfs, point, second_square(hopfs, found))))


def _known(search: _Search, point: SpecialPoint) -> SpecialPoint:
    """Return a point, or the same one as another curve has it."""
    curve = search.curves["LP"]
    return next((other for other in search.points if other.code == point.code
                 and float(np.max(np.abs(_row(curve, other) - _row(curve, point)))) < SAME), point)
