"""What does a run come to in the end, and which numbers does one read off it? Nothing is said where it is uncertain."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ncm_app.core.capabilities import has_resets, is_audible, is_flow
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.cycles.oscillation import period_of
from ncm_app.numerics.results import Array, Status, Trajectory
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.endings import escape
from ncm_app.studies.oscillation import limit_cycle
from ncm_app.studies.regime import is_on_cycle
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria

RESTS, OSCILLATES, LEAVES, SLIPS = "rests", "oscillates", "leaves its range", "slips"
NEAR = 0.02
"""A run that ends within this part of a state's span from a fixed point has come to it."""
ALIKE = 0.25
"""A period, or a swing, of the run as it was stepped and of the cycle differ by less than this part."""
TURNS, MOST_STEPS = 40, 200_000
"""Turns after which a run is on its cycle, of which the second half is measured; steps that are worth it."""
MOST_STATES = 6
"""States above which it takes too long to find out for a question beside the run."""


class LongRun(NamedTuple):
    """How a run ends (`RESTS`, `OSCILLATES`, ...) and the fixed point where it rests (n,), None for none."""

    ends: str
    rest: Array | None = None


def long_run(snapshot: Snapshot, progress: Progress = SILENT) -> LongRun | None:
    """Return what the run of a smooth flow under constant input comes to, None where that is not certain."""
    model = snapshot.model
    if not is_flow(model) or has_resets(model) or len(model.states) > MOST_STATES:
        return None
    run = simulate(snapshot, progress=progress)
    if escape(snapshot, run):
        return LongRun(LEAVES)
    if snapshot.steady != snapshot or run.status is not Status.OK:
        return None
    found = equilibria(snapshot, progress=progress)
    stable = [point for point in found.points if point.stable]
    turns = any(state.periodic is not None for state in model.states)
    if turns and not found.points and not found.message:
        return LongRun(SLIPS)
    reached = [point for point in stable if _is_near(snapshot, run.y[:, -1], point.state)]
    cycle = limit_cycle(snapshot, progress=progress) if len(model.states) > 1 and not turns else None
    if cycle is not None and is_on_cycle(cycle, found.points):
        size = float(cycle.high[0] - cycle.low[0])
        seen = cycle.period > 0.5 * run.t[-1] or abs(late_swing(run) - size) < ALIKE * size
        return LongRun(OSCILLATES) if seen else None
    if cycle is not None and cycle.status is not Status.OK:
        return None
    if reached:
        return LongRun(RESTS, reached[0].state)
    # One that rings for longer than the run comes to the only place there is.
    return LongRun(RESTS, stable[0].state) if cycle is not None and len(stable) == len(found.points) == 1 else None


def rests_of(snapshot: Snapshot, progress: Progress = SILENT) -> list[float]:
    """Return the places of the stable fixed points on the axis of the first state, in shown units."""
    points = equilibria(snapshot, progress=progress).points
    return [float(point.state[0]) * snapshot.model.states[0].scale for point in points if point.stable]


def spikes_of(snapshot: Snapshot, progress: Progress = SILENT) -> Array | None:
    """Return the times of the spikes of a run, ms; None of a model that says of none what a spike is."""
    model = snapshot.model
    if not is_flow(model) or not (has_resets(model) or is_audible(model)):
        return None
    run = simulate(snapshot, progress=progress)
    if run.status is not Status.OK:
        return None
    heard = None if has_resets(model) else model.sound(run, snapshot.p)
    return run.spikes if has_resets(model) else None if heard is None else np.asarray(heard[0])


def late_period(snapshot: Snapshot, progress: Progress = SILENT) -> float:
    """Return the period of a run that oscillates for good, ms, as it was stepped; NaN of any other."""
    found = long_run(snapshot, progress)
    if found is None or found.ends != OSCILLATES:
        return float("nan")
    true = limit_cycle(snapshot, progress=progress).period
    if TURNS * true > MOST_STEPS * snapshot.dt:
        return true
    # The run itself has few turns, and they may still be growing.
    stepped = period_of(simulate(snapshot.changed(t_end=TURNS * true), progress=progress))
    return stepped if abs(stepped - true) < ALIKE * true else float("nan")


def late_interval(snapshot: Snapshot, progress: Progress = SILENT) -> float:
    """Return the last interval between spikes, ms; NaN of fewer than three spikes, or under a changing input."""
    spikes = spikes_of(snapshot, progress)
    steady = snapshot.steady == snapshot
    return float(spikes[-1] - spikes[-2]) if spikes is not None and len(spikes) > 2 and steady else float("nan")


def late_swing(run: Trajectory) -> float:
    """Return the distance from the lowest to the highest value of the first state in the second half of a run."""
    return float(np.ptp(run.y[0, len(run.t) // 2:]))


def _is_near(snapshot: Snapshot, end: Array, place: Array) -> bool:
    states = snapshot.model.states
    gap = np.abs(end - place)
    for i, state in enumerate(states):
        if state.periodic is not None:
            turn = state.periodic[1] - state.periodic[0]
            gap[i] = min(gap[i] % turn, turn - gap[i] % turn)
    return bool(np.all(gap < NEAR * np.array([state.span[1] - state.span[0] for state in states])))
