"""Which limit cycles are there as one parameter moves?"""

from __future__ import annotations

import numpy as np

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.cycles.branches import Cycles, find_cycles
from ncm_app.numerics.results import Array, CycleBranch, Diagram
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.diagram import diagram, starts_of, whole_range
from ncm_app.studies.memo import long
from ncm_app.studies.met import Start
from ncm_app.studies.systems import system_of


def cycles(snapshot: Snapshot, parameter: str, *, progress: Progress = SILENT) -> tuple[CycleBranch, ...]:
    """Return the branches of limit cycles over the bounds of a parameter.

    The present value of the parameter is not part of the question. There are none for
    one state and for a model with resets. `progress` is told the branches found so far.
    """
    return cycles_over(snapshot, parameter, progress=progress).branches


def cycles_over(snapshot: Snapshot, parameter: str, *, progress: Progress = SILENT) -> Cycles:
    """Return the same branches with a message on what may be missing."""
    return _cycles(whole_range(snapshot, parameter), parameter, starts_of(snapshot, parameter), progress=progress)


def known_cycles(snapshot: Snapshot, parameter: str) -> tuple[CycleBranch, ...] | None:
    """Return the branches if they were computed before, else None: for what must not wait."""
    found = _cycles.known(whole_range(snapshot, parameter), parameter, starts_of(snapshot, parameter))
    return None if found is None else found.branches


def known_doubt(snapshot: Snapshot, parameter: str) -> str:
    """Return what may be missing among branches that were computed before, "" where nothing is known to be."""
    found = _cycles.known(whole_range(snapshot, parameter), parameter, starts_of(snapshot, parameter))
    return "" if found is None else found.message


def cycles_between(snapshot: Snapshot, parameter: str, low: float, high: float, fixed: Diagram) -> Cycles:
    """Return the limit cycles over a range of a parameter; `fixed` holds its fixed points there.

    Branches that come in from Hopf points outside the range are looked for within the bounds of the
    parameter.
    """
    return find_cycles(system_of(snapshot.model), snapshot.steady.p, parameter, low, high, fixed,
                       bounds=snapshot.model.control(parameter).bounds, starts=(_start(snapshot),))


def _start(snapshot: Snapshot) -> Array:
    """Return the state (n,) from which the model itself starts."""
    return np.array(snapshot.start, dtype=float)


@long
def _cycles(snapshot: Snapshot, parameter: str, starts: tuple[Start, ...], *, progress: Progress = SILENT) -> Cycles:
    low, high = snapshot.model.control(parameter).bounds
    rest = diagram(snapshot, parameter, progress=progress)
    return find_cycles(system_of(snapshot.model), snapshot.p, parameter, low, high, rest, progress,
                       starts=(_start(snapshot),))
