"""What does the flow look like in the plane of two states?"""

from __future__ import annotations

import numpy as np

from ncm_app.core.capabilities import has_smooth_plane, is_smooth
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.plane.basins import find_basins
from ncm_app.numerics.plane.cycles import plane_cycles as find_cycles
from ncm_app.numerics.results import Equilibrium
from ncm_app.numerics.results.plane import Basins, PhasePlane, PlaneCycle
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.memo import remembered
from ncm_app.studies.simulate import simulate, simulate_from
from ncm_app.studies.stability import equilibria, phase_portrait, separatrices, threshold_of
from ncm_app.studies.systems import flow_of, system_of

State = tuple[float, ...]

SHOWN = ("manifolds", "cycles", "basins")
"""What may be shown in a plane besides field, nullclines and runs, in the order of its cost."""


def default_held(snapshot: Snapshot, points: tuple[Equilibrium, ...]) -> State:
    """Return where the other states are held: at the first fixed point, or in the middle of their spans."""
    if points:
        return tuple(float(v) for v in points[0].state)
    return tuple(sum(state.span) / 2 for state in snapshot.model.states)


@remembered
def _plane_cycles(snapshot: Snapshot, *, progress: Progress = SILENT) -> tuple[PlaneCycle, ...]:
    return find_cycles(system_of(snapshot.model), snapshot.p, equilibria(snapshot, progress=progress).points,
                       progress=progress)


def plane_cycles(snapshot: Snapshot, *, progress: Progress = SILENT) -> tuple[PlaneCycle, ...]:
    """Return the limit cycles of a model with two smooth states, stable and unstable ones."""
    return _plane_cycles(flow_of(snapshot), progress=progress)


def unstable_cycles(snapshot: Snapshot, *, progress: Progress = SILENT) -> tuple[PlaneCycle, ...]:
    """Return the unstable cycles: they part the starts that rest from those that cycle or leave."""
    return tuple(cycle for cycle in plane_cycles(snapshot, progress=progress) if not cycle.stable)


def basins(snapshot: Snapshot, *, progress: Progress = SILENT) -> Basins | None:
    """Return where all starts of a plane go, None unless the model has two smooth states; takes up to a second."""
    if not has_smooth_plane(snapshot.model):
        return None
    return _basins(flow_of(snapshot), progress=progress)


@remembered
def _basins(snapshot: Snapshot, *, progress: Progress = SILENT) -> Basins:
    points, cycles = equilibria(snapshot, progress=progress).points, plane_cycles(snapshot, progress=progress)
    first, second = (np.inf if s.periodic is None else s.periodic[1] - s.periodic[0] for s in snapshot.model.states)
    return find_basins(system_of(snapshot.model), snapshot.p, points, cycles, turns=(first, second), progress=progress)


def phase_plane(snapshot: Snapshot, axes: tuple[int, int] = (0, 1), held: State = (), starts: tuple[State, ...] = (),
                show: tuple[str, ...] = ("manifolds",), *, progress: Progress = SILENT) -> PhasePlane:
    """Return the phase plane of two states, with the run and runs from other starts.

    `axes` are the indices of the states on it; `held` (n,) gives the values of all
    states, of which those on the axes do not matter; without it see `default_held`.
    `show` names what is computed besides, of `SHOWN`; a slice has none of it.
    """
    points = equilibria(snapshot, progress=progress).points
    held = held or default_held(snapshot, points)
    # What stands on the axes is no part of the question.
    rest = tuple(0.0 if i in axes else float(v) for i, v in enumerate(held))
    smooth = is_smooth(snapshot.model)
    clicked = tuple(simulate_from(snapshot, start, progress=progress) for start in starts)
    return PhasePlane(phase_portrait(snapshot, axes, held=rest, progress=progress), points,
                      simulate(snapshot, progress=progress), clicked, axes, np.array(held),
                      separatrices(snapshot, progress=progress) if "manifolds" in show and smooth else (),
                      plane_cycles(snapshot, progress=progress) if "cycles" in show and smooth else (),
                      basins(snapshot, progress=progress) if "basins" in show else None,
                      threshold_of(snapshot))
