"""What does the flow look like in the plane of two states?"""

from __future__ import annotations

import numpy as np

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.plane_results import PhasePlane
from ncm_app.numerics.results import Equilibrium
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.simulate import simulate, simulate_from
from ncm_app.studies.stability import equilibria, phase_portrait, separatrices

State = tuple[float, ...]


def default_held(snapshot: Snapshot, points: tuple[Equilibrium, ...]) -> State:
    """Return where the other states are held: at the first fixed point, or in the middle of their spans."""
    if points:
        return tuple(float(v) for v in points[0].state)
    return tuple(sum(state.span) / 2 for state in snapshot.model.states)


def phase_plane(snapshot: Snapshot, axes: tuple[int, int] = (0, 1), held: State = (), starts: tuple[State, ...] = (),
                *, progress: Progress = SILENT) -> PhasePlane:
    """Return the phase plane of two states, with the run and runs from other starts.

    `axes` are the indices of the states on it; `held` (n,) gives the values of all
    states, of which those on the axes do not matter; without it see `default_held`.
    """
    points = equilibria(snapshot, progress=progress).points
    held = held or default_held(snapshot, points)
    # What stands on the axes is no part of the question.
    rest = tuple(0.0 if i in axes else float(v) for i, v in enumerate(held))
    clicked = tuple(simulate_from(snapshot, start, progress=progress) for start in starts)
    return PhasePlane(phase_portrait(snapshot, axes, held=rest, progress=progress), points,
                      simulate(snapshot, progress=progress), clicked, axes, np.array(held),
                      separatrices(snapshot, progress=progress))
