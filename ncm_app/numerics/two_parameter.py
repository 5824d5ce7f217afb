"""Two-parameter diagrams: curves of folds and of Hopf points, and where they meet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ncm_app.numerics.codimension_two import Found, find_on_folds, find_on_hopf, measure_lyapunov, without_pair, without_zero
from ncm_app.numerics.continuation import bifurcation_diagram
from ncm_app.numerics.critical_curve import CriticalCurve
from ncm_app.numerics.results import Array, Loci, Locus, SpecialPoint, Status
from ncm_app.numerics.system import SILENT, Progress, System
from ncm_app.numerics.walk import Path, walk_path

LINES = (0.0, 1.0, 0.483, 0.237, 0.739)
"""Values of one parameter, as fractions of its range, at which the other is varied.

Every curve that is not closed leaves the range somewhere, so the four edges catch it.
"""

SEEDING = 0.4  # share of the work that the one-parameter diagrams are
SAME = 1e-5  # scaled distance below which two labels mean one point
REGULAR = 1e-6  # ratio of singular values below which no single curve passes a point
INCOMPLETE = "some curves may be missing or cut short"
DEGENERATE = "folds or Hopf points that both parameters leave as they are have no curve"
BENT = "kinks of the right-hand side are not followed"


@dataclass
class _Search:
    """The curves found so far: walked rows per kind, results, points, seeds still to try."""

    folds: CriticalCurve
    hopfs: CriticalCurve
    walked: dict[str, list[Array]] = field(default_factory=lambda: {"LP": [], "H": []})
    loci: list[Locus] = field(default_factory=list)
    points: list[SpecialPoint] = field(default_factory=list)
    seeds: list[tuple[str, SpecialPoint]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def curve(self, code: str) -> CriticalCurve:
        return self.hopfs if code == "H" else self.folds

    def remark(self, sentence: str) -> None:
        if sentence not in self.remarks:
            self.remarks.append(sentence)

    def result(self, complete: bool = True) -> Loci:
        broken = {Status.NOT_CONVERGED, Status.STEP_LIMIT} & {end for locus in self.loci for end in locus.ends}
        status = next(iter(broken), Status.OK if complete else Status.NOT_CONVERGED)
        remarks = self.remarks if status is Status.OK else [INCOMPLETE, *self.remarks]
        return Loci(self.folds.fields, tuple(self.loci), status, "; ".join(remarks))


def two_parameter_diagram(system: System, p: Any, fields: tuple[str, str],
                          ranges: tuple[tuple[float, float], tuple[float, float]],
                          progress: Progress = SILENT) -> Loci:
    """Return the curves of folds and Hopf points over two parameters, with labelled points.

    `fields` and `ranges` ((low, high), (low, high)) are the two parameters. Curves start
    from one-parameter diagrams in both directions, and from the points found on curves.
    """
    if fields[0] == fields[1]:
        raise ValueError(f"two different parameters are needed, not {fields[0]} twice")
    for name, (low, high) in zip(fields, ranges, strict=True):
        if not low < high:
            raise ValueError(f"the range of {name} must grow, not go from {low:g} to {high:g}")
    with np.errstate(all="ignore"):  # overflow far from the curves: such points are dropped
        seeds, complete = _seed(system, p, fields, ranges, progress)
        search = _start(system, p, fields, ranges, seeds)
        done = 0
        for code, seed in search.seeds:  # grows while it is read
            _follow(search, code, seed, progress)
            done += 1
            progress.report(SEEDING + (1.0 - SEEDING) * done / len(search.seeds), search.result())
    return search.result(complete)


def _seed(system: System, p: Any, fields: tuple[str, str], ranges: Any,
          progress: Progress) -> tuple[list[SpecialPoint], bool]:
    """Return the special points of one-parameter diagrams on lines across the plane."""
    seeds: list[SpecialPoint] = []
    complete = True
    for count, share in enumerate(LINES):
        for moved, held in ((0, 1), (1, 0)):
            value = ranges[held][0] + share * (ranges[held][1] - ranges[held][0])
            found = bifurcation_diagram(system, p._replace(**{fields[held]: value}), fields[moved], *ranges[moved])
            complete &= found.status is Status.OK
            for point in found.points:
                both = {fields[moved]: point.parameters[fields[moved]], fields[held]: value}
                seeds.append(SpecialPoint(point.code, {name: both[name] for name in fields}, point.state,
                                          point.eigenvalues, point.frequency, stable=point.stable))
        progress.report(SEEDING * (count + 1) / len(LINES), Loci(fields, ()))
    return seeds, complete


def _start(system: System, p: Any, fields: tuple[str, str], ranges: Any, seeds: list[SpecialPoint]) -> _Search:
    """Return a search with its seeds, in units of time that fit them."""
    rates = [float(np.max(np.abs(q.eigenvalues))) for q in seeds]
    rate = float(np.median(rates)) if rates else 1.0
    square = max(((2.0 * np.pi * q.frequency) ** 2 for q in seeds if q.code == "H"), default=rate**2)
    search = _Search(CriticalCurve(system, p, fields, ranges, rate),
                     CriticalCurve(system, p, fields, ranges, rate, square))
    search.seeds = [("LP", q) for q in seeds if q.code in ("LP", "BP")] + [("H", q) for q in seeds if q.code == "H"]
    if any(q.code == "KINK" for q in seeds):
        search.remark(BENT)
    return search


def _row(curve: CriticalCurve, point: SpecialPoint) -> Array:
    """Return the row z of a point on a curve of folds or of Hopf points."""
    values = np.array([point.parameters[name] for name in curve.fields])
    omega = 2.0 * np.pi * np.nan_to_num(point.frequency)
    return curve.scaled(point.state, values, float(omega) ** 2)


def _follow(search: _Search, code: str, seed: SpecialPoint, progress: Progress) -> None:
    """Walk the curve through a seed both ways, unless it is known already."""
    curve = search.curve(code)
    start = _row(curve, seed)
    if any(curve.lies_on(start, rows) for rows in search.walked[code]):
        return
    slopes = curve.evaluate(start[None])[1][0]
    sizes = np.linalg.svd(slopes / np.linalg.norm(slopes, axis=1, keepdims=True), compute_uv=False) \
        if np.all(np.isfinite(slopes)) and np.all(np.any(slopes, axis=1)) else np.zeros(1)
    if not sizes[-1] > REGULAR:
        search.remark(DEGENERATE)
        return
    tangent = curve.first_tangent(start)
    watch = _Watch(progress)
    forth = walk_path(curve, start, tangent, watch)
    back = Path([start], [tangent], end=Status.CLOSED)
    if forth.end is not Status.CLOSED:
        back = walk_path(curve, start, -tangent, watch)
    z = np.array(back.z[:0:-1] + forth.z)
    forward = np.array([-t for t in back.tangents[:0:-1]] + forth.tangents)
    if len(z) < 2:
        return
    search.walked[code].append(z)
    _add_locus(search, code, z, forward, (back.end, forth.end))


class _Watch(Progress):
    """Lets a walk notice a cancel without moving the fraction that is shown."""

    def __init__(self, whole: Progress) -> None:
        self.whole = whole

    def report(self, fraction: float, partial: Any = None) -> None:
        self.whole.report(SEEDING, partial)


def _add_locus(search: _Search, code: str, z: Array, forward: Array, ends: tuple[Status, Status]) -> None:
    """Append a walked curve with its labelled points, which become seeds as well."""
    curve = search.curve(code)
    inner = np.arange(1, len(z) - 1)
    exact, arrived = curve.correct(z[inner], forward[inner])
    z[inner[arrived]] = exact[arrived]
    lyapunov = measure_lyapunov(curve, z) if code == "H" else np.full(len(z), np.nan)
    found = find_on_hopf(curve, z, lyapunov) if code == "H" else find_on_folds(curve, z, forward)
    if code == "H":
        found += [Found("BT", z[i], i) for i in (0, len(z) - 1) if not z[i, -1] > 1e-9]
        ends = tuple(Status.TAKENS if not z[i, -1] > 1e-9 else end for i, end in zip((0, -1), ends))
    points = [_known(search, _label(curve, q)) for q in found]
    search.points += [q for q in points if not any(q is other for other in search.points)]
    search.seeds += [("H" if code == "LP" else "LP", q) for q in points if q.code in ("BT", "ZH")]
    search.seeds += [("H", q) for q in points if q.code == "HH"]
    inserted = sorted((q for q in found if q.code != "BT" or code == "LP"), key=lambda q: (q.interval, float(
        (q.z - z[q.interval]) @ (z[q.interval + 1] - z[q.interval]))))
    places = [q.interval + 1 for q in inserted]
    rows = np.insert(z, places, np.array([q.z for q in inserted]).reshape(-1, z.shape[1]), axis=0)
    sign = np.insert(lyapunov, places, [0.0 if q.code == "GH" else lyapunov[q.interval] for q in inserted])
    full, n = curve.unscaled(rows), curve.states
    omega = np.sqrt(np.maximum(full[:, -1], 0.0)) if code == "H" else np.full(len(rows), np.nan)
    search.loci.append(Locus(code, full[:, n], full[:, n + 1], full[:, :n].T, omega / (2.0 * np.pi), sign,
                             tuple(points), ends))


def _label(curve: CriticalCurve, found: Found) -> SpecialPoint:
    full, n = curve.unscaled(found.z), curve.states
    values = np.linalg.eigvals(curve.jacobians(found.z[None]))[0].astype(complex)
    return SpecialPoint(found.code, dict(zip(curve.fields, full[n:n + 2].tolist(), strict=True)), full[:n], values)


def _known(search: _Search, point: SpecialPoint) -> SpecialPoint:
    """Return the point itself, or the one with its label and place that another curve has."""
    place = _row(search.folds, point)
    return next((other for other in search.points if other.code == point.code
                 and float(np.max(np.abs(_row(search.folds, other) - place))) < SAME), point)
