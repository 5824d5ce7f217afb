"""How wrong is each method, over time and over its step?"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ncm_app.core.model import METHODS
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.results import Array, Trajectory
from ncm_app.numerics.runs import convergence as numerics
from ncm_app.numerics.runs.integrate import METHODS as STEPPED
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.memo import remembered
from ncm_app.studies.simulate import simulate
from ncm_app.studies.systems import system_of


class Comparison(NamedTuple):
    """The run of each method with the present step beside the exact solution of the first state."""

    runs: dict[str, Trajectory]
    exact: tuple[Array, Array]
    t_end: float


class Orders(NamedTuple):
    """Errors over the step, the present step, and the errors that the methods make with it."""

    convergence: numerics.Convergence
    dt: float
    now: dict[str, float]


def compare(snapshot: Snapshot, *, progress: Progress = SILENT) -> Comparison:
    """Run every method with the present step."""
    methods = [name for name in snapshot.model.control("method").objects if name in METHODS]
    runs = {name: simulate(snapshot.changed(method=name), progress=progress) for name in methods}
    t = np.linspace(0.0, snapshot.t_end, 2001)
    return Comparison(runs, (t, _exact(snapshot, t)), snapshot.t_end)


def errors_over_time(snapshot: Snapshot, run: Trajectory) -> Array:
    """Return the distance of the first state from the exact solution on the times of a run."""
    return np.abs(run.y[0] - _exact(snapshot, run.t))


def orders(snapshot: Snapshot, *, progress: Progress = SILENT) -> Orders:
    """Measure the order of each method, and place the present step among the errors."""
    runs = compare(snapshot, progress=progress).runs
    now = {name: float(np.max(errors_over_time(snapshot, run))) for name, run in runs.items()
           if name in STEPPED}
    return Orders(converge(_stepless(snapshot), progress=progress), snapshot.dt, now)


@remembered
def converge(snapshot: Snapshot, *, progress: Progress = SILENT) -> numerics.Convergence:
    """Measure how the error of each method shrinks with its step."""
    return numerics.convergence(system_of(snapshot.model), snapshot.start, snapshot.p,
                                lambda t: _exact(snapshot, t), t_end=snapshot.t_end, progress=progress)


def _stepless(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot that all steps and methods share."""
    return snapshot.without(parameters=("dt", "method"))


def _exact(snapshot: Snapshot, t: Array) -> Any:
    return snapshot.model.solutions["exact"](t, snapshot.p)[0]
