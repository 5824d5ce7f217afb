"""How fast does a model cycle or fire, over the plane of two parameters?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ncm_app.core.capabilities import has_rate_curve, has_rate_map
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.results import Array, Status
from ncm_app.numerics.results.base import Result
from ncm_app.numerics.runs.compiled import warm
from ncm_app.numerics.runs.rates import interspike_interval
from ncm_app.numerics.system import SILENT, Partial, Progress, SubProgress
from ncm_app.studies.diagram import whole_range
from ncm_app.studies.frequency import PER_SECOND
from ncm_app.studies.memo import remembered
from ncm_app.studies.oscillation import limit_cycle
from ncm_app.studies.systems import system_of

GRIDS = (5, 9, 17, 33)
"""Values of each parameter, from coarse to fine: each grid holds the one before."""
FINE = 129
"""Values where rates are integrals, and all come at once."""


@dataclass(frozen=True)
class RateMap(Result):
    """Frequency of the cycle, or rate of firing, reached from the model's own start: `rate` (m, n), Hz.

    `first` (n,) and `second` (m,) are values of the parameters `fields`; NaN where there is no cycle and no spike.
    """

    fields: tuple[str, str]
    first: Array
    second: Array
    rate: Array
    status: Status = Status.OK
    message: str = ""


def rate_map(snapshot: Snapshot, first: str, second: str, *, progress: Progress = SILENT) -> RateMap:
    """Return the frequency or rate over the bounds of two parameters; `progress` is told coarser grids.

    Their present values are not part of the question. Raises ValueError for a model without a rate.
    """
    if not has_rate_map(snapshot.model):
        raise ValueError(f"{snapshot.model.title} has no rate that could be drawn over two parameters")
    return _rate_map(whole_range(snapshot, first, second), first, second, progress=progress)


@remembered
def _rate_map(snapshot: Snapshot, first: str, second: str, *, progress: Progress = SILENT) -> RateMap:
    bounds = [snapshot.model.control(name).bounds for name in (first, second)]
    if has_rate_curve(snapshot.model):
        x, y = (np.linspace(low, high, FINE) for low, high in bounds)
        p = snapshot.p._replace(**{first: x[None, :], second: y[:, None]})
        interval = interspike_interval(system_of(snapshot.model), p)
        with np.errstate(divide="ignore"):
            return RateMap((first, second), x, y, np.where(np.isfinite(interval), PER_SECOND / interval, np.nan))
    return _of_cycles(snapshot, (first, second), bounds, progress)


def _of_cycles(snapshot: Snapshot, fields: tuple[str, str], bounds: list[tuple[float, float]],
               progress: Progress) -> RateMap:
    size, done, part = GRIDS[-1], 0, SubProgress(progress)
    rate, known = np.full((size, size), np.nan), np.zeros((size, size), dtype=bool)
    x, y = (np.linspace(low, high, size) for low, high in bounds)
    found = RateMap(fields, x, y, rate)
    # Hundreds of plain runs would take longer than compiling.
    warm(system_of(snapshot.model), "RK4", snapshot.p)
    for grid in GRIDS:
        step = (size - 1) // (grid - 1)
        for j, i in ((j, i) for j in range(0, size, step) for i in range(0, size, step) if not known[j, i]):
            here = snapshot.changed(**{fields[0]: float(x[i]), fields[1]: float(y[j])})
            rate[j, i], known[j, i] = PER_SECOND / limit_cycle(here, progress=part).period, True
            done += 1
            part.done = done / size**2
            progress.report(done / size**2)
        found = RateMap(fields, x[::step], y[::step], rate[::step, ::step].copy())
        progress.report(done / size**2, Partial(found, f"a grid of {grid} by {grid}"))
    return found
