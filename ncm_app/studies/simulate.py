"""What does the model do from its start values?"""

from __future__ import annotations

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.results import Array, Trajectory
from ncm_app.numerics.runs import integrate
from ncm_app.numerics.runs.timing import moved_times
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.memo import remembered, streamed
from ncm_app.studies.systems import system_of

PAGE_STEPS = 400_000
"""Longest run on a page, in steps: with half the step, other solutions and all that is drawn, it takes 200 MB."""


@remembered
def simulate(snapshot: Snapshot, *, progress: Progress = SILENT) -> Trajectory:
    """Run a snapshot from its start values for its duration."""
    return simulate_from(snapshot, snapshot.start, progress=progress)


@streamed
def simulate_from(snapshot: Snapshot, start: tuple[float, ...], *, progress: Progress = SILENT) -> Trajectory:
    """Run a snapshot from another start (n,)."""
    return integrate.integrate(system_of(snapshot.model), start, snapshot.p, t_end=snapshot.t_end,
                               dt=snapshot.dt, method=snapshot.method, progress=progress, most=PAGE_STEPS)


def simulate_whole(snapshot: Snapshot, *, progress: Progress = SILENT) -> Trajectory:
    """Run a snapshot from its start values in as many steps as Python may ask for; nothing is remembered."""
    return integrate.integrate(system_of(snapshot.model), snapshot.start, snapshot.p, t_end=snapshot.t_end,
                               dt=snapshot.dt, method=snapshot.method, progress=progress)


@remembered
def step_error(snapshot: Snapshot, *, progress: Progress = SILENT) -> integrate.StepError:
    """Compare the run with one at half the time step."""
    return integrate.step_error(system_of(snapshot.model), snapshot.start, snapshot.p, t_end=snapshot.t_end,
                                dt=snapshot.dt, method=snapshot.method, progress=progress, most=PAGE_STEPS)


def observe(snapshot: Snapshot, run: Trajectory) -> tuple[Array, ...]:
    """Return the observed variables along a run, one array (m,) each, with its input as the run has seen it."""
    system, t = system_of(snapshot.model), run.t
    if system.edges is not None and len(t) > 1:
        jumps = system.edges(snapshot.start, snapshot.p, float(t[-1])).jumps
        moved = moved_times(jumps, len(t) - 1, float(t[1] - t[0]))
        t = t if moved is None else t + moved[::2]
    return tuple(frame + 0.0 * t for frame in snapshot.model.observe(t, run.y, snapshot.p))


def read_only(columns: tuple[Array, ...]) -> tuple[Array, ...]:
    """Return arrays that nobody can write into, since everybody who asks gets the same."""
    for column in columns:
        column.flags.writeable = False
    return columns


@remembered
def observed(snapshot: Snapshot, *, progress: Progress = SILENT) -> tuple[Array, ...]:
    """Return the observed variables (m,) along the run of a snapshot, which several plots show."""
    return read_only(observe(snapshot, simulate(snapshot, progress=progress)))


@remembered
def solution(snapshot: Snapshot, name: str, *, progress: Progress = SILENT) -> tuple[Array, ...]:
    """Return one of the model's other solutions, an array (m,) per state, on the times of the run."""
    return read_only(tuple(snapshot.model.solutions[name](simulate(snapshot, progress=progress).t, snapshot.p)))
