"""How fast does a spiking cell fire under a constant input?"""

from __future__ import annotations

import numpy as np

from ncm_app.core.model import Spiking
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics import rates
from ncm_app.numerics.results import RateCurve
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.memo import remembered
from ncm_app.studies.systems import system_of

CURRENTS = 40


def has_rate_curve(model: type) -> bool:
    """Tell whether the rate is a function of one constant input and one state."""
    return issubclass(model, Spiking) and len(model.states) == 1 and bool(model.explore)


@remembered
def rate_curve(snapshot: Snapshot, values: tuple[float, ...] | None = None, *,
               progress: Progress = SILENT) -> RateCurve:
    """Compute the f-I curve over the explored parameter, exactly and by stepping."""
    field = snapshot.model.explore
    if values is None:
        low, high = snapshot.model.control(field).bounds
        values = tuple(map(float, np.linspace(low, high, CURRENTS)))
    steady = snapshot.steady
    return rates.rate_curve(system_of(snapshot.model), steady.p, field, np.array(values), steady.dt, steady.method)


def rate_at(snapshot: Snapshot) -> RateCurve:
    """Compute the rate at the present value of the explored parameter."""
    return rate_curve(snapshot, (float(snapshot.named[snapshot.model.explore]),))
