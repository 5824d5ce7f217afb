"""Branches that were followed, and whether a cycle, or another branch, lies on one of them.

Orbits are compared, not labels: a cycle lies on a branch if the branch, followed from a
neighbouring row, comes to the same extremes, period and parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.cycles.continuation import CyclePath, step_to
from ncm_app.numerics.cycles.curve import Cycle, CycleCurve, signature
from ncm_app.numerics.cycles.points import Row
from ncm_app.numerics.cycles.predictor import look_ahead
from ncm_app.numerics.results import Array, Status

SAME = 1e-4  # difference of two signatures below which they mean one cycle
NEAR = 0.03  # distance from the chords of a branch within which it is worth looking closer
OVERLAP = 4  # neighbouring rows that two branches share where they are one
CHORDS, TRIALS, AIMED = 3, 8, 1e-7
"""How many chords are looked at, steps of a secant along the branch, and the miss that is none."""


@dataclass(frozen=True, eq=False)
class Line:
    """A branch that was followed: two walks from one row, and which one of a cascade of doublings it is."""

    curve: CycleCurve
    forth: CyclePath
    back: CyclePath
    doublings: int = 0

    @cached_property
    def rows(self) -> list[Row]:
        """All rows from the end of the backward walk to that of the forward one."""
        return self.back.rows[:0:-1] + self.forth.rows

    @cached_property
    def marks(self) -> Array:
        """Signatures of all rows (m, 2 n + 2)."""
        return np.array([signature(row.cycle) for row in self.rows])

    def covers(self, q: float) -> bool:
        """Tell whether the branch has a stable cycle at a scaled parameter."""
        return len(self.stable_at(q)) > 0

    def stable_at(self, q: float) -> list[tuple[Row, Row]]:
        """Return the neighbouring rows around a scaled parameter between which cycles are stable."""
        return [(a, b) for a, b in pairwise(self.rows)
                if (a.cycle.q - q) * (b.cycle.q - q) <= 0.0 and (a.stable or b.stable)]

    def feet(self, marks: Array) -> tuple[Array, Array]:
        """Return the distances (k, m - 1) of signatures (k, 2 n + 2) from the chords, and the shares at the feet."""
        chords = np.diff(self.marks, axis=0)
        gaps = marks[:, None] - self.marks[:-1]
        shares = np.clip(np.sum(gaps * chords, axis=2) / np.maximum(np.sum(chords**2, axis=1), 1e-300), 0.0, 1.0)
        return np.linalg.norm(gaps - shares[..., None] * chords, axis=2), shares

    def holds(self, cycle: Cycle) -> bool:
        """Tell whether a cycle lies on the branch."""
        if len(self.rows) < 2:
            return False
        wanted = signature(cycle)
        distances, shares = (found[0] for found in self.feet(wanted[None]))
        for k in np.argsort(distances)[:CHORDS]:
            if distances[k] > NEAR:
                break
            at = int(k) + int(shares[k] > 0.5)
            at = at if self.rows[at].cycle.amplitude > 0.0 else int(k) + int(shares[k] <= 0.5)
            if self._reaches(at, int(k), wanted):
                return True
        return False

    def _reaches(self, at: int, chord: int, wanted: Array) -> bool:
        """Tell whether the branch, followed from a row, comes to a signature; chords give the direction."""
        row, along = self.rows[at], self.marks[chord + 1] - self.marks[chord]
        along = along / max(float(np.linalg.norm(along)), 1e-300)
        ahead = look_ahead(row.cycle, row.tangent, NEAR)
        places, misses = [0.0], [float((self.marks[at] - wanted) @ along)]
        if float(np.max(np.abs(self.marks[at] - wanted))) < SAME:
            return True
        place = NEAR / 3.0
        for _ in range(TRIALS):
            found = step_to(self.curve, ahead, place)
            if found is None:
                return False
            here = signature(found.cycle)
            places.append(place)
            misses.append(float((here - wanted) @ along))
            if float(np.max(np.abs(here - wanted))) < SAME:
                return True
            if abs(misses[-1]) < AIMED or misses[-1] == misses[-2]:
                return False
            place -= misses[-1] * (places[-1] - places[-2]) / (misses[-1] - misses[-2])
            place = float(np.clip(place, -0.2, 0.2))
        return False

    def shared_with(self, other: Line) -> NDArray[np.bool_]:
        """Tell for each row (m,) whether it lies on another branch; only a few of them are looked at closely.

        Rows beside the chords of the other branch come in stretches. A stretch is shared
        if its middle row is found again; one of few rows is only a crossing.
        """
        shared = np.zeros(len(self.rows), dtype=bool)
        if len(other.rows) < 2 or other.curve is not self.curve:
            return shared
        beside = np.min(other.feet(self.marks)[0], axis=1) < NEAR / 3.0
        edges = np.flatnonzero(np.diff(np.concatenate([[False], beside, [False]]))).reshape(-1, 2)
        for first, last in edges:
            middle = self.rows[(int(first) + int(last)) // 2].cycle
            if last - first >= min(OVERLAP, len(self.rows)) and middle.amplitude > 0.0 and other.holds(middle):
                shared[first:last] = True
        return shared


def without_shared(line: Line, shared: NDArray[np.bool_]) -> Line | None:
    """Return the longest stretch of a branch that no other branch shares, None if there is hardly any.

    It ends on a row that both have, so that no gap is left.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], ~shared, [False]]))).reshape(-1, 2)
    if not len(edges) or not np.any(shared):
        return line if not np.any(shared) else None
    first, last = max(((int(a), int(b)) for a, b in edges), key=lambda pair: pair[1] - pair[0])
    if last - first < 3:
        return None  # the last rows of a branch may differ from those of the other by their steps
    start, stop = max(first - 1, 0), min(last + 1, len(line.rows))
    ends = [CyclePath([], path.end, path.point) if whole else CyclePath([], Status.OK)
            for path, whole in ((line.back, start == 0), (line.forth, stop == len(line.rows)))]
    rows = line.rows[start:stop]
    forth = CyclePath(rows, ends[1].end, ends[1].point)
    return Line(line.curve, forth, CyclePath(rows[:1], ends[0].end, ends[0].point), line.doublings)
