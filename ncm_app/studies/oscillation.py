"""Does the model settle into a cycle, and how long does it last?"""

from __future__ import annotations

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.cycles.oscillation import settle
from ncm_app.numerics.results import Oscillation
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.memo import remembered
from ncm_app.studies.systems import system_of


@remembered
def settled(snapshot: Snapshot, *, progress: Progress = SILENT) -> Oscillation:
    """Follow a smooth model from its start values until it rests or cycles."""
    return settle(system_of(snapshot.model), snapshot.start, snapshot.steady.p, progress=progress)
