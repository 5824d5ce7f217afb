"""Where in the plane of two parameters do fixed points appear, vanish or begin to oscillate?"""

from __future__ import annotations

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.branches.two_parameter import two_parameter_diagram
from ncm_app.numerics.fixed_points.thresholds import clip_loci
from ncm_app.numerics.results import Loci
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.diagram import whole_range
from ncm_app.studies.memo import long
from ncm_app.studies.systems import system_of


def two_parameter(snapshot: Snapshot, first: str, second: str, *, progress: Progress = SILENT) -> Loci:
    """Return the curves of folds and Hopf points over the bounds of two parameters.

    Their present values are not part of the question, so moving their sliders only
    moves the dot.
    """
    return _two_parameter(whole_range(snapshot, first, second), first, second, progress=progress)


@long
def _two_parameter(snapshot: Snapshot, first: str, second: str, *, progress: Progress = SILENT) -> Loci:
    control = snapshot.model.control
    system = system_of(snapshot.model)
    found = two_parameter_diagram(system, snapshot.p, (first, second), (control(first).bounds, control(second).bounds),
                                  progress=progress)
    return clip_loci(system, snapshot.p, found)
