"""Walk along a curve of limit cycles by pseudo-arclength steps of adapted length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ncm_app.numerics.cycles.collocation import Mesh
from ncm_app.numerics.cycles.curve import Cycle, CycleCurve, Found, signature
from ncm_app.numerics.cycles.kinks import on_kinks, refitted
from ncm_app.numerics.cycles.points import Row, find_labels, make_row, root_between
from ncm_app.numerics.cycles.predictor import Ahead, look_ahead, turn_between
from ncm_app.numerics.cycles.termination import (
    Landmarks,
    closing_point,
    halves_its_period,
    shrinks_to_point,
    vanishing_point,
)
from ncm_app.numerics.results import SpecialPoint, Status

FIRST, LONGEST, SHORTEST = 0.02, 0.05, 1e-6
"""Step lengths in scaled coordinates; on cycles wider than a span the longest one grows with them."""

TURN, SHARPEST = 0.3, 0.6
"""Turn per step (rad) that is aimed at, and the largest that is accepted."""

TRIVIAL = 1e-6  # amplitude at which a cycle is a fixed point
EFFORT = 4  # Newton steps beyond which the next step is shorter
EVERY = 1  # steps between two looks at the mesh
MAX_ROWS = 600
ENOUGH = 4_000_000
"""Work on one curve (`CycleCurve.effort`) after which no branch is followed further: about ten seconds."""
ROUND = 1e-9


@dataclass
class CyclePath:
    """Rows of a branch, why it ended, and the point where it ended if that has a name."""

    rows: list[Row]
    end: Status = Status.OK
    point: SpecialPoint | None = None


def walk_cycles(curve: CycleCurve, start: Row, landmarks: Landmarks,
                watch: Callable[[CyclePath], None], first: float = FIRST) -> CyclePath:
    """Walk from a row until something ends the branch; `end` says what.

    `watch` is called with the growing path after every step, and may raise to stop it;
    `first` is the length of the first step.
    """
    path, step, base = CyclePath([start]), first, start
    while path.end is Status.OK:
        if curve.effort > ENOUGH:
            path.end = Status.STEP_LIMIT
            break
        ahead = look_ahead(base.cycle, base.tangent, step)
        found = step_to(curve, ahead, step)
        angle = np.inf if found is None else turn_between(ahead, found.cycle, found.tangent)
        if found is None or angle > SHARPEST:
            step /= 2.0
            if step < SHORTEST:
                path.end = Status.NOT_CONVERGED
            continue
        _add_rows(curve, path, base, _Step(ahead, step, make_row(curve, found)), landmarks)
        effort = 0.7 if found.steps > EFFORT else 1.5
        step = min(LONGEST * max(1.0, base.cycle.amplitude), step * min(effort, max(0.5, TURN / max(angle, 1e-9))))
        watch(path)
        base = path.rows[-1]
        if len(path.rows) % EVERY == 0 or found.steps > EFFORT:
            base = on_mesh(base, refitted(curve, base.cycle))
    return path


def on_mesh(row: Row, mesh: Mesh) -> Row:
    """Return a row on another mesh."""
    return replace(row, cycle=row.cycle.on(mesh), tangent=row.tangent.on(mesh).unit())


def step_to(curve: CycleCurve, ahead: Ahead, step: float, exact: bool = False) -> Found | None:
    """Return the cycle a step ahead, or None if the step was too long."""
    here, guess = ahead.at(step)
    forward = ahead.direction(here.mesh)
    found = curve.correct(guess, here if here.amplitude > TRIVIAL else forward, forward, exact)
    # A fixed point, with any period, obeys the equations as well.
    return on_kinks(curve, found, forward, exact) if found is not None and found.cycle.amplitude > TRIVIAL else None


@dataclass(frozen=True, eq=False)
class _Step:
    """A step that was taken, and the row it led to."""

    ahead: Ahead
    length: float
    row: Row

    def row_at(self, curve: CycleCurve, share: float) -> Row:
        """Return the row at a share of the step."""
        found = step_to(curve, self.ahead, share * self.length, exact=True)
        if found is None:
            raise ArithmeticError("no cycle was found between two neighbours")
        return make_row(curve, found)


def _add_rows(curve: CycleCurve, path: CyclePath, before: Row, step: _Step, landmarks: Landmarks) -> None:
    """Append a row after the labelled ones in front of it, or the end of the branch."""
    after = step.row
    if before.cycle.amplitude > 0.0 and shrinks_to_point(before.cycle, after.cycle):
        path.end, path.point = Status.HOPF, vanishing_point(curve, before.cycle, after.cycle, landmarks)
        return
    if before.cycle.amplitude > 0.0 and halves_its_period(before.cycle, after.cycle):
        path.end = Status.DOUBLING
        return
    if not -ROUND <= after.cycle.q <= 1.0 + ROUND:
        path.end = Status.PARAMETER_BOUND
        cut = _cut_at_bound(curve, before, step)
        if cut is None:
            path.end = Status.NOT_CONVERGED
            return
        after = cut
    if before.cycle.amplitude > 0.0:
        path.rows += find_labels(curve, before, after, lambda share: step.row_at(curve, share))
    path.rows.append(after)
    if path.end is not Status.OK:
        return
    if len(path.rows) > 3 and _passes(path.rows[-2], after, path.rows[0]):
        path.rows[-1], path.end = path.rows[0], Status.CLOSED
    elif lies_outside(curve, after.cycle):
        path.end = Status.LEFT_BOX
    elif len(path.rows) >= MAX_ROWS:
        path.end = Status.STEP_LIMIT
    else:
        shortest = min(row.cycle.log_period for row in path.rows)
        path.end, path.point = closing_point(curve, before.cycle, after.cycle, shortest, landmarks)


def _cut_at_bound(curve: CycleCurve, before: Row, step: _Step) -> Row | None:
    """Return the cycle exactly at the bound of the parameter on the way to a row."""
    after = step.row.cycle
    bound = 1.0 if after.q > 1.0 else 0.0
    guess = step.ahead.at(step.length * (bound - before.cycle.q) / (after.q - before.cycle.q))[1]
    cut = at_parameter(curve, replace(guess, q=bound))
    return _search_bound(curve, before, step, bound) if cut is None else cut


def _search_bound(curve: CycleCurve, before: Row, step: _Step, bound: float) -> Row | None:
    """Return the cycle at the bound where the curve bends too much for a straight guess."""
    def beyond(share: float) -> float:
        return step.row_at(curve, share).cycle.q - bound

    try:
        share = root_between(beyond, before.cycle.q - bound, step.row.cycle.q - bound)
        return at_parameter(curve, replace(step.row_at(curve, share).cycle, q=bound))
    except ArithmeticError:
        return None


def at_parameter(curve: CycleCurve, guess: Cycle) -> Row | None:
    """Return the cycle near a guess at exactly its parameter, None if there is none."""
    across = Cycle(guess.mesh, np.zeros_like(guess.nodes), 0.0, 1.0)
    found = curve.correct(guess, guess, across)
    return None if found is None else make_row(curve, on_kinks(curve, found, across))


def _passes(a: Row, b: Row, start: Row) -> bool:
    """Tell whether the step from a to b passes the start of the path, in its direction."""
    ends = signature(a.cycle), signature(b.cycle)
    chord, gap = ends[1] - ends[0], signature(start.cycle) - ends[0]
    size = float(np.linalg.norm(chord))
    share = float(gap @ chord) / size**2
    off = float(np.linalg.norm(gap - share * chord))
    return 0.0 <= share <= 1.0 and off < 0.1 * size and start.tangent.q * b.tangent.q > 0.0


def lies_outside(curve: CycleCurve, cycle: Cycle) -> bool:
    """Tell whether a cycle reaches further outside the box than the box is wide."""
    bottom, top = curve.points.bottom[:-1], curve.points.top[:-1]
    width = top - bottom
    return bool(np.any(cycle.nodes > top + width) or np.any(cycle.nodes < bottom - width))
