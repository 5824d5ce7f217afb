"""Which limit cycles are there as one parameter moves?"""

from __future__ import annotations

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.cycles.branches import cycle_branches
from ncm_app.numerics.results import CycleBranch
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.diagram import diagram, starts_of, whole_range
from ncm_app.studies.memo import remembered
from ncm_app.studies.met import Start
from ncm_app.studies.systems import system_of


def cycles(snapshot: Snapshot, parameter: str, *, progress: Progress = SILENT) -> tuple[CycleBranch, ...]:
    """Return the branches of limit cycles over the bounds of a parameter.

    The present value of the parameter is not part of the question. There are none for
    one state and for a model with resets. `progress` is told the branches found so far.
    """
    return _cycles(whole_range(snapshot, parameter), parameter, starts_of(snapshot, parameter), progress=progress)


def known_cycles(snapshot: Snapshot, parameter: str) -> tuple[CycleBranch, ...] | None:
    """Return the same if it was computed before, else None: for what must not wait."""
    return _cycles.known(whole_range(snapshot, parameter), parameter, starts_of(snapshot, parameter))


@remembered
def _cycles(snapshot: Snapshot, parameter: str, starts: tuple[Start, ...], *,
            progress: Progress = SILENT) -> tuple[CycleBranch, ...]:
    low, high = snapshot.model.control(parameter).bounds
    rest = diagram(snapshot, parameter, progress=progress)
    return cycle_branches(system_of(snapshot.model), snapshot.p, parameter, low, high, rest, progress)
