"""Labels of a curve of cycles: fold (LPC), branch point (BP), period doubling (PD), torus point (TR).

At each of them a Floquet multiplier other than the trivial one crosses the unit circle:
at 1, at -1, or as a complex pair. Each kind has a test function that changes sign there.
Fold and branch point share theirs; at a fold the parameter turns around as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import scipy.optimize
from numpy.typing import NDArray

from ncm_app.numerics.cycles.curve import Cycle, CycleCurve, Found
from ncm_app.numerics.results import Array

FOLD, DOUBLING, TORUS, TURN, GROWTH = range(5)
"""Entries of the test functions; `TURN` is the parameter part of the direction, `GROWTH` see `Row.growth`."""

CODES = {FOLD: "LPC", DOUBLING: "PD", TORUS: "TR"}

CHANGE = "="
"""Code of a row at which stability changes without a label."""

PASSING = 1e-3
"""Parameter part of the direction beyond which a branch passes a branch point, and turns not around."""

MARGIN = 1e-6
"""Size below which a test function may be round-off or the error of the mesh."""

LARGEST = 1e10
"""Size of a multiplier in more than two dimensions beyond which its last digits decide its sign."""

REACHES = (0.05, 0.005)
"""Distances from a branch point, in steps, at which cycles beside it are computed."""

NEUTRAL = 1e-6  # distance from the unit circle within which a cycle counts as neutral
STILL, CANARD = 1e-8, 0.3
"""Change of the parameter that is none, in ranges, and change of the test at which a fold is sure even so."""


@dataclass(frozen=True, eq=False)
class Row:
    """A cycle of a branch, the direction onwards, its multipliers (n,) and tests (4,)."""

    cycle: Cycle
    tangent: Cycle
    multipliers: NDArray[np.complex128]
    tests: Array
    code: str = ""

    @property
    def stable(self) -> bool:
        """Whether every multiplier but the trivial one lies inside the unit circle, not on it."""
        return bool(np.all(np.abs(self.multipliers[1:]) < 1.0 - NEUTRAL))

    def test(self, kind: int) -> float:
        """Return the value of a test function."""
        return self.growth if kind == GROWTH else float(self.tests[kind])

    @property
    def growth(self) -> float:
        """Logarithm of the largest multiplier but the trivial one: below 0 where the cycle is stable."""
        return float(np.log(max(float(np.max(np.abs(self.multipliers[1:]))), 1e-300)))

    @property
    def resolved(self) -> bool:
        """Whether the signs of the multipliers are known; in the plane they always are."""
        return len(self.multipliers) == 2 or bool(np.max(np.abs(self.multipliers)) < LARGEST)


def make_row(curve: CycleCurve, found: Found, code: str = "") -> Row:
    """Return the row of a corrected cycle."""
    multipliers = curve.multipliers(found)
    return Row(found.cycle, found.tangent, multipliers, measure_tests(curve, found, multipliers), code)


def measure_tests(curve: CycleCurve, found: Found, multipliers: NDArray[np.complex128]) -> Array:
    """Return the test functions (4,) of a cycle.

    In the plane a fold is where the integral of the trace vanishes: it is as sharp along
    a canard, where the parameter stands still to all digits, as anywhere else.
    """
    others = multipliers[1:]
    first, second = np.triu_indices(len(others), 1)
    pairs = others[first] * others[second]
    fold = found.trace if curve.n == 2 else _product(1.0 - others, others)
    return np.array([fold, _product(others + 1.0, others), _product(1.0 - pairs, pairs), found.tangent.q])


def _product(factors: NDArray[np.complex128], sizes: NDArray[np.complex128]) -> float:
    return float(np.prod(factors / (1.0 + np.abs(sizes))).real)


def find_labels(curve: CycleCurve, before: Row, after: Row, between: Callable[[float], Row]) -> list[Row]:
    """Return the labelled cycles between two rows, and where stability changes, in their order.

    `between` gives the row at a share of the way, or raises an ArithmeticError.
    """
    found = []
    for kind in (FOLD, DOUBLING, TORUS):
        if not _changes(kind, before, after):
            continue
        crossing = kind == FOLD and _passes_on(before, after)
        if crossing or _may_be(kind, before, after):
            by = TURN if kind == FOLD and curve.n > 2 and not crossing else kind
            share, row = (_approach if crossing else _refine)(before, after, between, by)
            if row is not None and _confirmed(row, kind, crossing):
                found.append((share, replace(row, code="BP" if crossing else CODES[kind])))
    found = [(0.0, before), *sorted(found, key=lambda pair: pair[0]), (1.0, after)]
    rows: list[Row] = []
    for one, other in pairwise(found):
        change = None if one[1].code or other[1].code else _change(one[1], other[1], between)
        rows += [row for row in (change, other[1]) if row is not None]
    return rows[:-1]


def _change(before: Row, after: Row, between: Callable[[float], Row]) -> Row | None:
    """Return the neutral cycle between a stable and an unstable row that no label parts, None if there is none.

    So it is where a branch crosses a family of neutral cycles, and where a fold lies on a kink.
    """
    if before.stable == after.stable or before.growth * after.growth >= 0.0:
        return None
    row = _refine(before, after, between, GROWTH)[1] or _approach(before, after, between, GROWTH)[1]
    if row is None:
        return None
    sizes = np.abs(row.multipliers)
    top = 1 + int(np.argmax(sizes[1:]))
    critical = np.where(np.arange(len(sizes)) == top, row.multipliers / sizes[top], row.multipliers)
    return replace(row, code=CHANGE, multipliers=critical)


def _may_be(kind: int, before: Row, after: Row) -> bool:
    """Tell whether a fold is possible: the parameter must turn around there.

    Along a canard its direction is no more than the error of the mesh, and decides nothing.
    In a family of neutral cycles, as a linear system has, the test itself is round-off.
    """
    if kind != FOLD:
        return True
    if min(abs(before.tests[FOLD]), abs(after.tests[FOLD])) < MARGIN:
        return False
    if abs(after.cycle.q - before.cycle.q) < STILL and max(abs(before.tests[FOLD]), abs(after.tests[FOLD])) < CANARD:
        return False
    turns = before.tests[TURN], after.tests[TURN]
    in_plane = len(before.multipliers) == 2
    return turns[0] * turns[1] < 0.0 or (in_plane and min(map(abs, turns)) < MARGIN)


def _passes_on(before: Row, after: Row) -> bool:
    """Tell whether the parameter goes on while a multiplier passes 1: another branch crosses there.

    In the plane cycles do not cross, and along a canard the parameter stands still.
    """
    turns = before.tests[TURN], after.tests[TURN]
    return len(before.multipliers) > 2 and turns[0] * turns[1] > 0.0 and min(map(abs, turns)) > PASSING


def _changes(kind: int, before: Row, after: Row) -> bool:
    """Tell whether a test function changes sign between two rows.

    In more than two dimensions multipliers along a canard may be too large for their sign
    to be known; what is left of a fold is that the parameter turns around.
    """
    if before.resolved and after.resolved:
        return bool(before.tests[kind] * after.tests[kind] < 0.0)
    turns = before.tests[TURN], after.tests[TURN]
    return kind == FOLD and turns[0] * turns[1] < 0.0 and min(map(abs, turns)) > MARGIN


def _confirmed(row: Row, kind: int, crossing: bool) -> bool:
    """Tell whether a multiplier, or a pair, stands where its label says."""
    others = row.multipliers[1:]
    if crossing:
        return bool(np.min(np.abs(others - 1.0)) < 0.02)
    if kind == FOLD and not row.resolved:
        return abs(row.tests[TURN]) < MARGIN
    if kind == FOLD:
        return bool(np.min(np.abs(others - 1.0)) < 0.2)
    if kind == DOUBLING:
        return bool(np.min(np.abs(others + 1.0)) < 1e-4)
    # Two real multipliers with product 1 make a neutral saddle, which is no bifurcation.
    complex_ones = others[np.abs(others.imag) > 1e-6]
    return bool(len(complex_ones) and np.min(np.abs(np.abs(complex_ones) - 1.0)) < 1e-5)


def _refine(before: Row, after: Row, between: Callable[[float], Row], kind: int) -> tuple[float, Row | None]:
    """Return where a test function vanishes: the share of the way, and the row there."""
    best: list[tuple[float, Row]] = []

    def test(share: float) -> float:
        row = between(share)
        best.append((share, row))
        return row.test(kind)

    try:
        share = root_between(test, before.test(kind), after.test(kind))
    except ArithmeticError:
        return 0.0, None
    return next((pair for pair in reversed(best) if pair[0] == share), (share, None))


def _approach(before: Row, after: Row, between: Callable[[float], Row], kind: int) -> tuple[float, Row | None]:
    """Return a branch point from two rows near it: at the point itself no plane cuts one curve alone."""
    at, known = {0.0: before.test(kind), 1.0: after.test(kind)}, {}
    try:
        for reach in REACHES:
            (low, high) = sorted(sorted(at, key=lambda s: abs(at[s]))[:2])
            root = low - at[low] * (high - low) / (at[high] - at[low])
            for share in (root - reach, root + reach):
                known[share] = between(share)
                at[share] = known[share].test(kind)
    except ArithmeticError:
        return 0.0, None
    (one, other) = sorted(known, key=lambda s: abs(at[s]))[:2]
    part = at[one] / (at[one] - at[other])
    a, b = known[one].cycle, known[other].cycle
    point = replace(a, q=a.q + part * (b.q - a.q), log_period=a.log_period + part * (b.log_period - a.log_period))
    return one + part * (other - one), replace(known[one], cycle=point)


def root_between(test: Callable[[float], float], at_zero: float, at_one: float) -> float:
    """Return a root of a function between 0 and 1 whose end values are known."""
    known = {0.0: at_zero, 1.0: at_one}
    return float(scipy.optimize.brentq(lambda s: known[s] if s in known else test(s), 0.0, 1.0, xtol=1e-9, rtol=1e-9))

