"""Does the model settle into a cycle, and how long does it last?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.cycles.oscillation import settle
from ncm_app.numerics.fixed_points.centres import still_shrinks
from ncm_app.numerics.results import Oscillation, Status
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.memo import remembered
from ncm_app.studies.stability import equilibria
from ncm_app.studies.systems import system_of

DECAYING = "The rings around the fixed point shrink ever more slowly."


@remembered
def limit_cycle(snapshot: Snapshot, *, progress: Progress = SILENT) -> Oscillation:
    """Follow a smooth model from its start values until it rests or cycles.

    Around a weakly stable spiral rings shrink so slowly that they seem to close: they are no cycle.
    """
    system, p = system_of(snapshot.model), snapshot.steady.p
    found = settle(system, snapshot.start, p, progress=progress)
    if not np.isfinite(found.period) or system.size != 2:
        return found
    weak = [q for q in equilibria(snapshot, progress=progress).points if q.stable and q.kind.startswith("weakly")]
    if any(np.all((q.state > found.low) & (q.state < found.high))
           and still_shrinks(system, p, q.state, float(found.high[0]), found.period) for q in weak):
        return replace(found, period=float("nan"), status=Status.STEP_LIMIT, message=DECAYING)
    return found
