"""Where does the model rest, and what does its phase space look like there?"""

from __future__ import annotations

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.fixed_points.equilibria import EquilibriumSet, find_equilibria
from ncm_app.numerics.fixed_points.thresholds import below_threshold
from ncm_app.numerics.plane import portrait
from ncm_app.numerics.plane.separatrices import saddle_manifolds
from ncm_app.numerics.results import Array, Portrait
from ncm_app.numerics.results.plane import SaddleManifolds
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.memo import remembered
from ncm_app.studies.systems import flow_of, system_of


def equilibria(snapshot: Snapshot, *, progress: Progress = SILENT) -> EquilibriumSet:
    """Find all fixed points under the snapshot's steady values, those below the threshold of a cell with resets."""
    return _equilibria(flow_of(snapshot), progress=progress)


@remembered
def _equilibria(snapshot: Snapshot, *, progress: Progress = SILENT) -> EquilibriumSet:
    system = system_of(snapshot.model)
    return below_threshold(system, snapshot.p, find_equilibria(system, snapshot.p))


def separatrices(snapshot: Snapshot, *, progress: Progress = SILENT) -> tuple[SaddleManifolds, ...]:
    """Follow the stable and unstable manifolds of all saddles; none unless the phase space is a plane."""
    return _separatrices(flow_of(snapshot), progress=progress)


@remembered
def _separatrices(snapshot: Snapshot, *, progress: Progress = SILENT) -> tuple[SaddleManifolds, ...]:
    return saddle_manifolds(system_of(snapshot.model), snapshot.p, equilibria(snapshot, progress=progress).points)


def phase_portrait(snapshot: Snapshot, axes: tuple[int, int] = (0, 1), grid: int = 16,
                   held: tuple[float, ...] | None = None, *, progress: Progress = SILENT) -> Portrait:
    """Compute field and nullclines over the spans of two states, the others held (default: mid-span)."""
    return _phase_portrait(flow_of(snapshot), axes, grid, held, progress=progress)


@remembered
def _phase_portrait(snapshot: Snapshot, axes: tuple[int, int], grid: int, held: tuple[float, ...] | None, *,
                    progress: Progress = SILENT) -> Portrait:
    return portrait.phase_portrait(system_of(snapshot.model), snapshot.p, axes, held, grid=grid)


@remembered
def phase_line(snapshot: Snapshot, points: int = 400, *, progress: Progress = SILENT) -> tuple[Array, Array]:
    """Compute dV/dt over the span of the only state, up to the threshold of a cell with resets: (points,) each."""
    low, high = snapshot.model.states[0].span
    return portrait.phase_line(system_of(snapshot.model), snapshot.steady.p,
                               (low, min(high, threshold_of(snapshot) or high)), points)


def threshold_of(snapshot: Snapshot) -> float | None:
    """Return the value of the first state at which the cell spikes, None for a smooth model."""
    threshold = system_of(snapshot.model).threshold
    return None if threshold is None else float(threshold(snapshot.p))
