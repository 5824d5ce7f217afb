"""How does the oscillation of a model begin as one parameter moves?"""

from __future__ import annotations

from ncm_app.core.capabilities import has_rate_curve, has_resets
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.onsets.onset import onset_type
from ncm_app.numerics.onsets.onset_rate import onset_of_rate
from ncm_app.numerics.results import Onset
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.cycles import cycles
from ncm_app.studies.diagram import diagram, starts_of, whole_range
from ncm_app.studies.memo import remembered
from ncm_app.studies.met import Start
from ncm_app.studies.systems import system_of


def onset(snapshot: Snapshot, parameter: str, *, progress: Progress = SILENT) -> Onset:
    """Name the onset of cycles, or of firing, over the bounds of a parameter.

    The present value of the parameter is not part of the question.
    """
    return _onset(whole_range(snapshot, parameter), parameter, starts_of(snapshot, parameter), progress=progress)


@remembered
def _onset(snapshot: Snapshot, parameter: str, starts: tuple[Start, ...], *, progress: Progress = SILENT) -> Onset:
    bounds = snapshot.model.control(parameter).bounds
    fixed = diagram(snapshot, parameter, progress=progress)
    if has_rate_curve(snapshot.model):
        return onset_of_rate(system_of(snapshot.model), fixed, snapshot.p, parameter, *bounds)
    if has_resets(snapshot.model):
        return Onset("none", parameter, message="The onset of firing is named for resets in one state only.")
    return onset_type(fixed, cycles(snapshot, parameter, progress=progress), parameter, *bounds)
