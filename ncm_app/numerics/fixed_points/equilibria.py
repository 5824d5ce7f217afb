"""All fixed points of a system inside its box, with their names and an index check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.fixed_points.continua import find_continuum
from ncm_app.numerics.fixed_points.degenerate import ON_KINK, judge_degenerate, judge_kink
from ncm_app.numerics.fixed_points.degree import EDGE, index_on_edge
from ncm_app.numerics.fixed_points.hidden import all_cells, seeds_within, unexplained_cells
from ncm_app.numerics.fixed_points.kinks import measure_slopes, roots_beside_kink, roots_on_kinks
from ncm_app.numerics.fixed_points.names import is_degenerate, name_kind
from ncm_app.numerics.fixed_points.reduced import AROUND, with_clusters
from ncm_app.numerics.fixed_points.seeds import NO_CELLS, Seeds, fill_grid, find_seeds, roots_on_line, scatter, typical
from ncm_app.numerics.jacobian import STEP, evaluate_field, widths
from ncm_app.numerics.newton import polish_roots
from ncm_app.numerics.results import Array, Equilibrium, Result, Status
from ncm_app.numerics.system import System

MISSING = "some fixed points may be missing"
SAME = 1e-6  # distance in spans below which two roots are one, unless they are told apart for certain
FAINT = {1: 1.0, 2: 0.5}
"""Slope along the weakest direction, in typical rates over a span, below which others may be close by."""
OTHERS = 0.1  # the same with more states
FINE, FINEST = 1e-7, 1e-9  # difference steps in spans where slopes may jump close by, and do
STALLED, MOST = 1e-5, 6  # residual in rates of seeds that Newton's steps led slowly, and how many are looked at
CLOSEST = 1e-11  # distance in spans at which two roots can still be told apart, beside 0
ROUNDS = 3  # how often what is found beside a point is itself looked at


@dataclass(frozen=True)
class EquilibriumSet(Result, Sequence[Equilibrium]):
    """The fixed points in a box, sorted by their states; a sequence of them.

    `index_sum` adds sign(det(-J)); `expected_index` is what the field on the edge of the box
    asks for (Poincare-Hopf: 1 where the flow enters on all sides), None where that is not
    known. If they differ, `message` says so and `status` is not OK. Where fixed points fill
    a line or a plane, `continuum` is its name and `points` holds one of them.
    """

    points: tuple[Equilibrium, ...]
    index_sum: int
    expected_index: int | None
    status: Status = Status.OK
    message: str = ""
    continuum: str = ""

    def __len__(self) -> int:
        return len(self.points)

    def __iter__(self) -> Iterator[Equilibrium]:
        return iter(self.points)

    @overload
    def __getitem__(self, at: int) -> Equilibrium: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Equilibrium, ...]: ...

    def __getitem__(self, at: int | slice) -> Equilibrium | tuple[Equilibrium, ...]:
        return self.points[at]


def find_equilibria(system: System, p: Any) -> EquilibriumSet:
    """Return all fixed points in `system.box` at the parameters `p`."""
    with np.errstate(all="ignore"):  # far from the fixed points exp may overflow: such seeds are dropped
        return _completed(system, p, _search(system, p, 1))


def find_along(system: System, p: Any, field: str, values: Sequence[float]) -> tuple[EquilibriumSet, ...]:
    """Return the fixed points in the box at several values of one parameter.

    They are sought together, which is three times as fast; where the index check asks
    for a closer look, it is taken at that value alone.
    """
    records = [p._replace(**{field: value}) for value in values]
    if system.size == 1:
        return tuple(find_equilibria(system, record) for record in records)
    with np.errstate(all="ignore"):
        parts = [find_seeds(system, record) for record in records]
        sizes = [part.states.shape[1] for part in parts]
        rates = np.repeat(np.stack([part.rates for part in parts], axis=1), sizes, axis=1)
        states, converged = polish_roots(system, p, np.concatenate([part.states for part in parts], axis=1), rates,
                                         along=(field, np.repeat(np.asarray(values, dtype=float), sizes)))
        ends = np.cumsum(sizes)[:-1]
        found = zip(records, np.split(states, ends, axis=1), np.split(converged, ends), parts, strict=True)
        return tuple(_completed(system, record, _rooted(system, record, part, some, good))
                     for record, some, good, part in found)


def describe_equilibria(system: System, p: Any, states: Array, rate: float = 0.0) -> tuple[Equilibrium, ...]:
    """Return the fixed points at states (n, k), with eigenvalues and names.

    `rate` is a typical rate (1/ms): an eigenvalue far below it counts as zero. Names follow
    from eigenvalues, and beside kinks from the slopes there; what degenerate points do is
    not asked.
    """
    return _describe(system, p, states, rate)[0]


def _describe(system: System, p: Any, states: Array, rate: float) -> tuple[tuple[Equilibrium, ...], NDArray[np.bool_]]:
    """Return the fixed points at states (n, k), and which of them are close to a kink."""
    if not states.shape[1]:
        return (), np.empty(0, dtype=bool)
    states = states + 0.0  # no -0
    slopes, rough = measure_slopes(system, states, p, rate)
    slopes = np.moveaxis(slopes, -1, 0)
    values = np.linalg.eigvals(slopes).astype(complex)
    points = [Equilibrium(state, value, slope, name_kind(value, rate))
              for state, value, slope in zip(states.T, values, slopes, strict=True)]
    return tuple(judge_kink(system, p, point, rate) if kinked else point
                 for point, kinked in zip(points, rough, strict=True)), rough


def _completed(system: System, p: Any, found: Seeds) -> EquilibriumSet:
    """Return the fixed points among the roots found, after a closer look where some must be missing."""
    expected, states, rates = index_on_edge(system, p), found.states, found.rates
    points = _described(system, p, states, rates)
    if isinstance(points, EquilibriumSet):
        return points
    more = _look_closer(system, p, points, found, expected)
    if more.shape[1]:
        known = np.array([q.state for q in points]).reshape(-1, system.size).T
        again = _described(system, p, np.concatenate([known, more], axis=1), rates)
        if isinstance(again, EquilibriumSet):
            return again
        points = again
    total = _index_sum(points)
    if expected is None or total is None or total == expected:
        return EquilibriumSet(points, total or 0, expected)
    message = f"{MISSING}: the indices of those found add up to {total}, not to {expected}"
    return EquilibriumSet(points, total, expected, Status.NOT_CONVERGED, message)


def _look_closer(system: System, p: Any, points: Sequence[Equilibrium], found: Seeds, expected: int | None) -> Array:
    """Return further roots (n, k) where the index sum, or the field around a cell, asks for them."""
    total, none = _index_sum(points), np.empty((system.size, 0))
    wrong = expected is not None and total is not None and total != expected
    if system.size != 2:
        return _search(system, p, 3).states if wrong else none
    cells = unexplained_cells(found.turning, np.array([q.state for q in points]).reshape(-1, 2).T)
    if not wrong and not cells.shape[2]:
        return none
    seeds = seeds_within(system, p, np.concatenate([all_cells(system), cells], axis=2) if wrong else cells)
    states, converged = polish_roots(system, p, seeds, found.rates, step=FINE)
    return states[:, converged]


def _index_sum(points: Sequence[Equilibrium]) -> int | None:
    found = [q.index for q in points]
    return None if None in found else sum(i for i in found if i is not None)


def _search(system: System, p: Any, refine: int) -> Seeds:
    """Return roots (n, k), with the typical rates and the cells that go with them."""
    if system.size == 1:
        return Seeds(*roots_on_line(system, p, refine), NO_CELLS)
    seeds = find_seeds(system, p, refine)
    return _rooted(system, p, seeds, *polish_roots(system, p, seeds.states, seeds.rates))


def _rooted(system: System, p: Any, seeds: Seeds, states: Array, converged: NDArray[np.bool_]) -> Seeds:
    """Return the roots among states (n, k) to which Newton's steps led, also slowly because several have met there."""
    roots, rest = states[:, converged], states[:, ~converged]
    residual = np.max(np.abs(evaluate_field(system, rest, p)) / seeds.rates[:, None], axis=0)
    slow = rest[:, np.argsort(residual)[:min(MOST, int(np.sum(residual < STALLED)))]]
    if slow.shape[1]:  # where three have met, each step leaves two thirds of the way
        slow, arrived = polish_roots(system, p, slow, seeds.rates)
        roots = with_clusters(system, p, np.concatenate([roots, slow[:, arrived]], axis=1), slow[:, ~arrived],
                               seeds.rates)
    kinked = roots_on_kinks(system, p, seeds.states[:, ~converged], seeds.rates)
    return seeds._replace(states=np.concatenate([roots, kinked], axis=1))


def _described(system: System, p: Any, states: Array, rates: Array) -> tuple[Equilibrium, ...] | EquilibriumSet:
    """Return the fixed points inside the box among roots (n, k), each once, and those that are close beside them."""
    states = _drop_repeats(system, states[:, _inside(system, states)])
    rate = float(np.median(rates / widths(system.spans)))
    raw, kinked = _describe(system, p, states, rate)
    if not raw or any((is_degenerate(q.kind) and q.kind != "centre") or q.kind == ON_KINK for q in raw):
        continuum = _continuum(system, p)
        if continuum is not None:
            message = f"There is a whole {continuum.kind} (the determinant is 0), of which one is shown."
            return EquilibriumSet((continuum,), 0, None, Status.OK, message, continuum.kind)
    points: list[Equilibrium] = []
    waiting = [_Found(q, SAME, bool(near)) for q, near in zip(raw, kinked, strict=True)]
    for _ in range(ROUNDS):
        new: list[_Found] = []
        for found in waiting:
            if _is_copy(system, found, points):
                continue
            judged, beside = _judged(system, p, found, rates)
            if judged is not None and not _is_among(system, judged.state, points, found.apart):
                points.append(judged)
                new += _beside(system, p, found, beside, points, rates) if beside.shape[1] else []
        waiting = new
        if not waiting:
            break
    return tuple(sorted(points, key=lambda q: tuple(q.state)))


def _is_copy(system: System, found: _Found, points: Sequence[Equilibrium]) -> bool:
    """Tell whether a root belongs to several that have met: Newton's steps stop short of these, all around."""
    met = [q for q in points if q.beyond is not None and q.beyond.order != 1]
    return found.apart == SAME and not found.kinked and _is_among(system, found.point.state, met, AROUND)


class _Found(NamedTuple):
    """A fixed point, the distance in spans below which another root is the same, and whether a kink is close."""

    point: Equilibrium
    apart: float
    kinked: bool


def _judged(system: System, p: Any, found: _Found, rates: Array) -> tuple[Equilibrium | None, Array]:
    """Return a point with its final name, None if it is none after all, and guesses (n, k) of others beside it."""
    point = found.point
    if point.beyond is not None:
        return point, np.empty((system.size, 0))
    if found.kinked:
        return point, roots_beside_kink(system, p, point.state)
    if not is_degenerate(point.kind):
        weakest = np.linalg.svd(point.jacobian * widths(system.spans) / rates[:, None], compute_uv=False)[-1]
        if weakest > FAINT.get(system.size, OTHERS):
            return point, np.empty((system.size, 0))
    return judge_degenerate(system, p, point, rates)


def _beside(system: System, p: Any, origin: _Found, guesses: Array, known: Sequence[Equilibrium],
            rates: Array) -> list[_Found]:
    """Return the new fixed points to which guesses (n, k) beside another one lead."""
    scale = widths(system.spans)[:, None]
    states, converged = polish_roots(system, p, guesses, rates, step=FINEST if origin.kinked else STEP)
    far = np.max(np.abs(guesses - origin.point.state[:, None]) / scale, axis=0)
    there = converged & (far > CLOSEST) & (np.max(np.abs(states - guesses) / scale, axis=0) < 0.1 * far)
    there &= _inside(system, states)
    apart = np.minimum(SAME, 0.01 * far)
    new: list[int] = []
    for k in np.flatnonzero(there):
        gaps = np.max(np.abs(states[:, new] - states[:, [k]]) / scale, axis=0)
        if np.all(gaps > apart[k]) and not _is_among(system, states[:, k], known, float(apart[k])):
            new.append(int(k))
    points, kinked = _describe(system, p, states[:, new], float(np.median(rates / scale[:, 0])))
    return [_Found(point, float(apart[k]), bool(near)) for point, k, near in zip(points, new, kinked, strict=True)]


def _is_among(system: System, state: Array, points: Sequence[Equilibrium], distance: float) -> bool:
    scale = widths(system.spans)
    return any(float(np.max(np.abs(state - q.state) / scale)) <= distance for q in points)


def _continuum(system: System, p: Any) -> Equilibrium | None:
    """Return one point, near the middle of the spans, of a line or plane of fixed points."""
    middle = np.array([[(low + high) / 2.0] for low, high in system.spans])
    seeds = np.concatenate([middle, fill_grid(system.spans, 5) if system.size <= 2
                            else scatter(system.spans, 64)], axis=1)
    rates = typical(evaluate_field(system, seeds, p))
    found = find_continuum(system, p, seeds, rates)
    if found is None:
        return None
    (point,) = describe_equilibria(system, p, found[0][:, None])
    size = max(float(np.max(np.abs(point.eigenvalues))), float(np.median(rates / widths(system.spans))))
    zero = np.abs(point.eigenvalues) <= 1e-7 * size
    return replace(point, eigenvalues=np.where(zero, 0.0, point.eigenvalues), kind=found[1])


def _inside(system: System, states: Array) -> Any:
    margin = EDGE * widths(system.box)[:, None]
    low, high = np.array(system.box, dtype=float).T[:, :, None]
    return np.all((states >= low - margin) & (states <= high + margin), axis=0)


def _drop_repeats(system: System, states: Array) -> Array:
    scale = widths(system.spans)[:, None]
    rest, kept = states[:, np.lexsort(states[::-1])], []
    while rest.shape[1]:
        kept.append(rest[:, 0])
        rest = rest[:, np.max(np.abs(rest - rest[:, :1]) / scale, axis=0) > SAME]
    return np.array(kept).reshape(-1, system.size).T
