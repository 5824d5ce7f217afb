"""How does an oscillation begin? The onset of stable cycles, named from its scaling laws.

The name comes from how period and amplitude change on the way to the onset, and is
compared with what the branch of cycles itself ends at: if the two disagree, the onset is
called uncertain. Classes of excitability after Hodgkin; see [Rinzel1998] and [Izhikevich2007],
chapters 6 and 7: a slow rise of the parameter makes a cell of class 1 fire at any low
rate, one of class 2 at a finite one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ncm_app.numerics.codes import onset_at
from ncm_app.numerics.cycles.neutral import is_isochronous, neutral_rows
from ncm_app.numerics.onsets.resting import resting_ranges
from ncm_app.numerics.onsets.scaling import PeriodFit, amplitude_exponent, fit_period, period_exponent
from ncm_app.numerics.results import Array, CycleBranch, Diagram, Onset, SpecialPoint, Status

FULL_SIZE = 0.5
"""Amplitude, in that of the largest cycle, that a stretch of stable cycles has to reach."""

GROWS = 4.0
"""Ratio of the period at an end to the shortest one above which it may grow without bound."""

USED, SHORTEST, FEWEST = 8, 2.0, 5  # cycles of a fit; their period, in shortest ones; how few are enough
SMALL, NEAR_HOPF, VANISHED = 0.35, 4, 0.05  # cycles of the amplitude's law: size, in largest ones; number; no size
HERTZ = 1000.0  # of one cycle per ms
ERROR, CLEARLY = 0.03, 3.0  # relative error of a law that holds; ratio of errors that decides
AGREES = 0.1  # relative difference at which exponents and rates are still those of the theory
SAME, ROUND_OFF = 1e-3, 1e-9  # difference in ranges of the parameter that counts as none; size of a zero


@dataclass(frozen=True)
class _End:
    """One end of a stretch of stable cycles; rows (m,) from far to near.

    `code` is what the branch says: a code of a special point, "bound", or "" if nothing.
    """

    branch: CycleBranch
    rows: Array
    value: float
    code: str
    point: SpecialPoint | None
    amplitudes: Array

    @property
    def values(self) -> Array:
        return self.branch.parameter[self.rows]

    @property
    def periods(self) -> Array:
        return self.branch.period[self.rows]


def onset_type(diagram: Diagram, branches: Sequence[CycleBranch], field: str, low: float, high: float) -> Onset:
    """Name the onset of stable cycles of full size over parameter `field` from `low` to `high`, in its unit.

    It is the lowest end of such a stretch, or the highest if the stretch begins at a bound.
    """
    ends = _ends_of(branches, field, low, high)
    if not ends:
        return Onset("none", field, message=f"No stable cycles between {field} = {low:.4g} and {high:.4g}.")
    begins = [pair[0] for pair in ends if pair[0].code != "bound"] or [
        pair[1] for pair in ends if pair[1].code != "bound"]
    if not begins:
        return Onset("none", field, message=f"The cycles are stable from {field} = {low:.4g} to {high:.4g}: no onset.")
    end = min(begins, key=lambda one: one.value)
    return _Naming(diagram, branches, end, field, high - low).name()


def _ends_of(branches: Sequence[CycleBranch], field: str, low: float, high: float) -> list[tuple[_End, _End]]:
    """Return the lower and the upper end of every stretch of stable cycles of full size."""
    if not branches:
        return []
    ranges = np.max([np.max((branch.high - branch.low) * branch.stable, axis=1) for branch in branches], axis=0)
    found = []
    for branch in branches:
        sizes = np.max((branch.high - branch.low) / np.where(ranges > 0.0, ranges, 1.0)[:, None], axis=0)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], branch.stable, [False]]))).reshape(-1, 2)
        for first, last in edges:
            rows = np.arange(first, last)
            if len(rows) > 1 and np.max(sizes[rows]) >= FULL_SIZE:
                pair = [_end(branch, way, sizes, field, (low, high)) for way in (rows[::-1], rows)]
                found.append(tuple(sorted(pair, key=lambda one: one.value)))
    return found  # type: ignore[return-value]


def _end(branch: CycleBranch, rows: Array, sizes: Array, field: str, bounds: tuple[float, float]) -> _End:
    """Return the end of a stretch at its last row."""
    at, width = int(rows[-1]), bounds[1] - bounds[0]
    value, period = float(branch.parameter[at]), float(branch.period[at])
    outer = {0: branch.ends[0], len(branch.parameter) - 1: branch.ends[1]}.get(at)
    codes = {Status.HOMOCLINIC: ("HC",), Status.SNIC: ("SNIC",)}.get(outer, ("LPC", "PD", "TR"))  # type: ignore[arg-type]
    near = [point for point in branch.points if point.code in codes
            and abs(point.parameters[field] - value) < 10.0 * SAME * width
            and (np.isinf(point.period) or abs(point.period - period) < SAME * period)]
    point = min(near, key=lambda one: abs(one.parameters[field] - value), default=None)
    code = point.code if point else {Status.HOPF: "H", Status.PARAMETER_BOUND: "bound"}.get(outer, "")  # type: ignore[arg-type]
    if not code and outer is None and _turns(branch.parameter, at, SAME * SAME * width):
        code = "LPC"  # at a kink of the right-hand side the fold is sharp, and has no multiplier at 1
    exact = float(point.parameters[field]) if point else value
    exact = 0.0 if abs(exact) < ROUND_OFF * width else exact
    return _End(branch, rows, exact, code, point, sizes[rows])


def _turns(values: Array, at: int, least: float) -> bool:
    """Tell whether values have an extreme at an inner place, or beside it; smaller steps are round-off."""
    steps = np.diff(values[max(at - 2, 0):at + 3])
    return bool(np.any(steps > least) and np.any(steps < -least))


class _Naming:
    """The end of a stretch of stable cycles, what the laws say of it, and the sentence."""

    def __init__(self, diagram: Diagram, branches: Sequence[CycleBranch], end: _End, field: str,
                 width: float) -> None:
        self.end, self.field, self.width, self.branches = end, field, width, branches
        self.hopfs = [q for q in diagram.points if q.code == "H"]
        inside = min(end.values), max(end.values)
        beside = [(a, b) for a, b in resting_ranges(diagram, inside) if b - a > SAME * width
                  and min(abs(a - end.value), abs(b - end.value)) < 10.0 * SAME * width]
        self.bistable: tuple[float, ...] = max(beside, key=lambda pair: pair[1] - pair[0], default=())
        self.exponent, self.period, self.proof = float("nan"), self.period_at_end(), ""

    def period_at_end(self) -> float:
        """Return the period where the stretch ends: at a Hopf point that of its eigenvalues."""
        hopfs = self.hopfs_at(self.end.value) if self.end.code == "H" else []
        return 1.0 / hopfs[0].frequency if hopfs else float(self.end.periods[-1])

    def hopfs_at(self, *values: float) -> list[SpecialPoint]:
        """Return the Hopf points between values of the parameter, the ends included."""
        low, high = min(values) - SAME * self.width, max(values) + SAME * self.width
        return [q for q in self.hopfs if low <= q.parameters[self.field] <= high]

    def name(self) -> Onset:
        """Return the onset, uncertain if the laws do not say what the branch says."""
        by_law, by_code = self.by_scaling(), onset_at(self.end.code)
        kind = by_law
        if by_law != by_code:
            kind = self.degenerate() or "uncertain"
        if kind == "cycle fold" and (hopf := self.leads_to_hopf()) is not None:
            kind = f"{'degenerate' if self.family_at(hopf) else 'subcritical'} Hopf with a cycle fold"
        if kind == "uncertain":
            ends = by_code or "no labelled point"
            message = (f"Onset at {self.field} = {self.end.value:.4g}, of uncertain type: the branch of cycles ends at "
                       f"{ends}, but {self.proof}.")
            return Onset(kind, self.field, self.end.value, self.period, 0, self.exponent, self.bistable,
                         Status.NOT_CONVERGED, message, self.start_of_rest())
        excitability = 1 if kind == "SNIC" and not self.bistable else 2
        return Onset(kind, self.field, self.end.value, self.period, excitability, self.exponent, self.bistable,
                     message=self.sentence(kind, excitability), start=self.start_of_rest())

    def by_scaling(self) -> str:
        """Return the kind of onset that the periods and amplitudes tell, and remember the proof."""
        end = self.end
        if end.periods[-1] > GROWS * end.periods.min():
            return self.by_period()
        if end.amplitudes[-1] < VANISHED * end.amplitudes[-1 - NEAR_HOPF:].max():
            near = np.flatnonzero(end.amplitudes[:-1] < SMALL * end.amplitudes.max())[-NEAR_HOPF:]
            self.exponent = amplitude_exponent(end.values[near], end.amplitudes[near], end.value)
            self.proof = f"the amplitude grows with exponent {self.exponent:.2f}"
            return "supercritical Hopf" if abs(self.exponent - 0.5) < AGREES else ""
        self.proof = f"the period stays finite, {self.period:.4g} ms, and so does the amplitude"
        return onset_at(end.code) if end.code in ("LPC", "PD", "TR") else "cycle fold"

    def by_period(self) -> str:
        """Return which of the laws of an infinite period fits, and its numbers."""
        end = self.end
        use = np.flatnonzero(end.periods > SHORTEST * end.periods.min())[-USED:]
        if len(use) < FEWEST:
            self.proof = "too few long cycles are known to tell how the period grows"
            return ""
        values, periods = end.values[use], end.periods[use]
        fits = sorted((fit_period(law, values, periods) for law in ("SNIC", "homoclinic")), key=lambda fit: fit.error)
        best, other = fits
        self.exponent = period_exponent(values, periods, end.value)
        laws = {"SNIC": "1/√x", "homoclinic": "−ln x"}
        self.proof = (f"the period grows like {laws[best.law]} (error {100 * best.error:.2g}%, against "
                      f"{100 * other.error:.2g}% for {laws[other.law]})")
        if best.error > ERROR or other.error < CLEARLY * best.error:
            return ""
        self.period = float("inf")
        return best.law if best.law == "SNIC" or self.rate_agrees(best) else ""

    def rate_agrees(self, fit: PeriodFit) -> bool:
        """Compare the slope of the period over -ln x with the saddle's slower leading rate."""
        if self.end.point is None or self.end.point.code != "HC":
            return True
        values = self.end.point.eigenvalues.real
        rate = min(float(values[values > 0.0].min()), float(-values[values < 0.0].max()))
        self.proof += f", with slope {fit.slope:.4g} ms against {1 / rate:.4g} ms = 1/λ of the saddle"
        return abs(fit.slope * rate - 1.0) < 2 * AGREES

    def degenerate(self) -> str:
        """Name cycles that begin where the fixed point changes stability, but not like the square root."""
        at, step = int(self.end.rows[-1]), int(np.sign(self.end.rows[-1] - self.end.rows[0]))
        outside = min(max(at + step, 0), len(self.end.branch.parameter) - 1)
        here = self.hopfs_at(*self.end.branch.parameter[[at, outside]])
        if not here or not np.isfinite(self.period) or self.end.code not in ("", "H"):
            return ""
        family = self.family_at(here[0])
        if not family and self.end.code == "H" and abs(self.exponent - 0.25) > AGREES / 2.0:
            return ""
        value = float(here[0].parameters[self.field])
        self.end = replace(self.end, value=0.0 if abs(value) < ROUND_OFF * self.width else value)
        self.period = 1.0 / here[0].frequency
        self.proof = family or (f"its cubic coefficient is 0: the amplitude grows with exponent {self.exponent:.2f}"
                                if self.end.code == "H" else "cycles of finite size begin there")
        return "degenerate Hopf"

    def family_at(self, hopf: SpecialPoint) -> str:
        """Return what a family of neutral cycles at a Hopf point is like, "" if there is none."""
        for branch in self.branches:
            rows = neutral_rows(branch, self.width)
            if np.any(rows) and abs(branch.parameter[rows][0] - hopf.parameters[self.field]) < SAME * self.width:
                flow = "the flow is linear near the point" if is_isochronous(branch, rows) else "nothing damps there"
                return f"{flow}: a family of neutral cycles at one value of {self.field}"
        return ""

    def leads_to_hopf(self) -> SpecialPoint | None:
        """Return the Hopf point to which the unstable cycles beyond the fold go, None if they do not."""
        first, last = int(self.end.rows[0]), int(self.end.rows[-1])
        side = 0 if last < first else 1
        if self.end.branch.ends[side] is not Status.HOPF:
            return None
        value = float(self.end.branch.parameter[-side])
        return min(self.hopfs_at(value), key=lambda q: abs(q.parameters[self.field] - value), default=None)

    def sentence(self, kind: str, excitability: int) -> str:
        """Return what a student reads."""
        x = f"|{self.field} {'−' if self.end.value >= 0 else '+'} {abs(self.end.value):.4g}|"
        how = {
            "SNIC": f"SNIC, the period grows like 1/√{x} (fitted exponent {self.exponent:.2f})",
            "homoclinic": f"homoclinic orbit, the period grows like −ln {x}{self.proof.partition(')')[2]}",
            "supercritical Hopf": f"supercritical Hopf point, the amplitude grows like √{x} (fitted exponent "
                                  f"{self.exponent:.2f}) from a period of {self.period:.4g} ms",
            "degenerate Hopf": f"degenerate Hopf point, {self.proof}, with a period of {self.period:.4g} ms",
        }.get(kind, f"{kind}, cycles begin at full size with a period of {self.period:.4g} ms")
        said = f"Onset at {self.field} = {self.end.value:.4g}: {how}: class {excitability}{self.why(excitability)}."
        return said + (self.both_ways() if self.bistable else "")

    def start_of_rest(self) -> float:
        """Return the period in ms of the cycles that a rest goes to when a slow move ends it, NaN if unknown.

        Next to a bistable range these are not the slowest ones.
        """
        if not self.bistable:
            return self.period
        far = max(self.bistable, key=lambda value: abs(value - self.end.value))
        if abs(far - self.end.values[0]) < SAME * self.width:
            return float("nan")  # rest is stable as far as the cycles reach
        order = np.argsort(self.end.values)
        return float(np.interp(far, self.end.values[order], self.end.periods[order]))

    def why(self, excitability: int) -> str:
        """Return why the class is not that of a frequency that falls to 0 Hz."""
        start = self.start_of_rest()
        if excitability != 2 or np.isfinite(self.period) or not np.isfinite(start):
            return ""
        return f", although the frequency falls to 0 Hz: from rest it starts at {HERTZ / start:.3g} Hz"

    def both_ways(self) -> str:
        """Return what a slow move of the parameter through the bistable range does."""
        low, high = self.bistable
        where = f" Bistable between {low:.4g} and {high:.4g}"
        far = high if abs(high - self.end.value) > abs(low - self.end.value) else low
        period = self.start_of_rest()
        if not np.isfinite(period):
            return f"{where}, as far as the cycles reach: beside them a rest is stable."
        start, stop = ("rise", "fall") if far > self.end.value else ("fall", "rise")
        return (f"{where}: a slow {start} of {self.field} keeps the rest to {far:.4g}, where cycles last "
                f"{period:.4g} ms; a slow {stop} keeps the cycles to {self.end.value:.4g}.")
