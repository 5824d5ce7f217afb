"""What do the functions of one variable look like that a model is made of?"""

from __future__ import annotations

import numpy as np

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.results import CurveSet
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.memo import remembered
from ncm_app.studies.simulate import simulate

POINTS = 401


@remembered
def curves(snapshot: Snapshot, index: int = 0, *, progress: Progress = SILENT) -> CurveSet:
    """Compute a model's curves over their axis, and where the run's last state is on them."""
    stated, p = snapshot.model.curves[index], snapshot.p
    low, high = stated.x.span
    x = np.linspace(low, high, POINTS)
    state = tuple(map(float, simulate(snapshot, progress=progress).y[:, -1]))
    at = [float(curve.at(state, p)) for curve in stated.curves]
    with np.errstate(over="ignore"):
        values = [curve.value(x, p) + 0.0 * x for curve in stated.curves]
        there = [float(curve.value(place, p)) for curve, place in zip(stated.curves, at, strict=True)]
    return CurveSet(x, np.array(values), np.array([at, there]))
