"""Fixed points that a page has met and that its diagram must hold: an island may have no other seed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

import numpy as np

from ncm_app.core.capabilities import has_resets
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.branches.seeding import distance_to
from ncm_app.numerics.jacobian import field_and_jacobian, widths
from ncm_app.numerics.newton import newton_steps
from ncm_app.numerics.results import Array, Diagram, Status
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.memo import remembered
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from ncm_app.studies.systems import system_of

Start = tuple[float, tuple[float, ...]]
"""A value of the parameter and a fixed point there."""

BESIDE = 3e-3
"""Distance from a drawn branch, in spans and ranges, within which a point lies on it."""

SETTLED, MOVED = 1e-2, 0.05
"""Largest changes, in spans, of a run in its last twentieth, and of its end by Newton's steps, if it comes to rest."""

STEPS, EXACT = 10, 1e-9

MOST = 6
"""Fixed points kept for one diagram."""


class Met:
    """Starts by question, the least recently used questions forgotten first."""

    def __init__(self, questions: int = 64) -> None:
        self.questions = questions
        self._starts: OrderedDict[Hashable, tuple[Start, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, question: Hashable) -> tuple[Start, ...]:
        """Return what was met outside the plain diagram of a question."""
        with self._lock:
            return self._starts.get(question, ())

    def add(self, question: Hashable, new: tuple[Start, ...]) -> tuple[Start, ...]:
        """Keep new starts of a question; return all, the oldest dropped beyond a few."""
        with self._lock:
            starts = tuple(dict.fromkeys((*self._starts.get(question, ()), *new)))[-MOST:]
            self._starts[question] = starts
            self._starts.move_to_end(question)
            while len(self._starts) > self.questions:
                self._starts.popitem(last=False)
            return starts


MET = Met()


def points_here(snapshot: Snapshot, progress: Progress = SILENT) -> list[Array]:
    """Return the fixed points (n,) at the present values, and the one at which the run comes to rest."""
    found = equilibria(snapshot, progress=progress)
    if found.continuum:
        return []
    points, end = [q.state for q in found.points], end_of_run(snapshot, progress=progress)
    scale = widths(system_of(snapshot.model).spans)
    if end is None or any(np.max(np.abs(end - point) / scale) < BESIDE for point in points):
        return points
    return [*points, end]


@remembered
def end_of_run(snapshot: Snapshot, *, progress: Progress = SILENT) -> Array | None:
    """Return the fixed point (n,) inside the box to which the present run comes, None if it comes to none."""
    if snapshot.steady != snapshot or has_resets(snapshot.model):
        return None
    run, system = simulate(snapshot, progress=progress), system_of(snapshot.model)
    late = run.y[:, -max(len(run.t) // 20, 2):]
    scale = widths(system.spans)
    if run.status is not Status.OK or not np.all(np.ptp(late, axis=1) < SETTLED * scale):
        return None
    low, high = np.array(system.box, dtype=float).T
    state = late[:, -1:].copy()
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            step = newton_steps(*field_and_jacobian(system, state, snapshot.p))
            state = state + step
            if not np.all(np.abs(step[:, 0]) < MOVED * scale):
                return None
            if np.all(np.abs(step[:, 0]) < EXACT * scale):
                near = np.all(np.abs(state - late[:, -1:])[:, 0] < MOVED * scale)
                inside = np.all((state[:, 0] >= low) & (state[:, 0] <= high))
                return _read_only(state[:, 0]) if near and inside else None
    return None


def _read_only(state: Array) -> Array:
    """Return a copy that nobody can write into: sessions share what is remembered."""
    kept = np.array(state)
    kept.setflags(write=False)
    return kept


def missing_from(diagram: Diagram, snapshot: Snapshot, progress: Progress) -> tuple[Start, ...]:
    """Return the fixed points at the present values that lie on no branch of a diagram over its parameter."""
    value = float(snapshot.values_by_name[diagram.parameter])
    points = points_here(snapshot, progress)
    if not points:
        return ()
    low, high = snapshot.model.control(diagram.parameter).bounds
    scale = np.append(widths(system_of(snapshot.model).spans), high - low)
    rows = np.array([np.append(point, value) for point in points]) / scale
    far = np.ones(len(rows), dtype=bool)
    for branch in diagram.branches:
        far &= distance_to(rows, np.vstack([branch.states, branch.parameter]).T / scale) > BESIDE
    return tuple((value, tuple(map(float, point))) for point, alone in zip(points, far, strict=True) if alone)
