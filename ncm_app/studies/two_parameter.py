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

Range = tuple[float, float]


def two_parameter(snapshot: Snapshot, first: str, second: str, *, progress: Progress = SILENT) -> Loci:
    """Return the curves of folds and Hopf points over the bounds of two parameters.

    Their present values are not part of the question, so moving their sliders only
    moves the dot.
    """
    return _two_parameter(whole_range(snapshot, first, second), first, second, progress=progress)


@long
def _two_parameter(snapshot: Snapshot, first: str, second: str, *, progress: Progress = SILENT) -> Loci:
    control = snapshot.model.control
    return two_parameter_between(snapshot, (first, second), (control(first).bounds, control(second).bounds), progress)


def two_parameter_between(snapshot: Snapshot, names: tuple[str, str], ranges: tuple[Range, Range],
                          progress: Progress = SILENT) -> Loci:
    """Return the curves over parts of the bounds of two parameters; nothing is remembered."""
    system, p = system_of(snapshot.model), snapshot.steady.p
    return clip_loci(system, p, two_parameter_diagram(system, p, names, ranges, progress=progress))
