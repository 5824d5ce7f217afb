"""How fast does a spiking cell fire under a constant input?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ncm_app.core.capabilities import has_rate_curve
from ncm_app.core.model import Spiking
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.results import MeasuredRates, RateCurve
from ncm_app.numerics.runs import rates
from ncm_app.numerics.runs.compiled import STAGES, is_warm, warm
from ncm_app.numerics.runs.run_rates import FALLBACK, measure_onset, measure_rates
from ncm_app.numerics.spikes.bursts import find_bursts
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.memo import remembered
from ncm_app.studies.systems import system_of

CURRENTS, MEASURED = 40, 21
"""Values of a curve that is computed exactly, and of one for which every rate takes a run; more where firing begins."""


@remembered
def rate_curve(snapshot: Snapshot, values: tuple[float, ...] | None = None, field: str = "", *,
               progress: Progress = SILENT) -> RateCurve:
    """Compute the f-I curve over a parameter (the one explored by default), exactly and by stepping."""
    field, steady = field or snapshot.model.explore, snapshot.steady
    system, p = system_of(snapshot.model), steady.p
    if values is None:
        low, high = snapshot.model.control(field).bounds
        grid = np.linspace(low, high, CURRENTS)
        return rates.rate_curve_with_onset(system, p, field, grid, steady.dt, steady.method)
    return rates.rate_curve(system, p, field, values, steady.dt, steady.method)


def rate_at(snapshot: Snapshot) -> RateCurve:
    """Compute the rate at the present value of the explored parameter."""
    return rate_curve(snapshot, (float(snapshot.values_by_name[snapshot.model.explore]),))


def measured_rates(snapshot: Snapshot, field: str = "", *, progress: Progress = SILENT) -> MeasuredRates:
    """Measure the f-I curve of a cell with several states in runs from the model's own start.

    Empty until the steps are compiled (`warm_rates`): nobody waits for so many plain runs.
    """
    field = field or snapshot.model.explore
    low, high = snapshot.model.control(field).bounds
    if not is_warm(system_of(snapshot.model), rates_method(snapshot)):
        nothing = np.full(2, np.nan)
        return MeasuredRates(np.array([low, high], dtype=float), nothing, nothing)
    values = tuple(map(float, np.linspace(low, high, MEASURED)))
    # The present value is no part of the question.
    return _measured(_from_start(snapshot, field), field, values, progress=progress)


def measured_here(snapshot: Snapshot, *, progress: Progress = SILENT) -> MeasuredRates:
    """Measure the rates at the present value of the explored parameter."""
    field = snapshot.model.explore
    return _measured(_from_start(snapshot), field, (float(snapshot.values_by_name[field]),), progress=progress)


def warm_rates(model: type[Spiking], method: str) -> bool:
    """Compile what the measured rates need; return True, for then they are there."""
    system = system_of(model)
    warm(system, method, model(**model.preset_values(model.first_preset())).snapshot().p)
    return True


def are_warm(model: type[Spiking], method: str) -> bool:
    """Tell whether the measured rates are there at once."""
    return is_warm(system_of(model), method)


def rate_as_stepped(snapshot: Snapshot, *, progress: Progress = SILENT) -> float:
    """Return the lasting rate under the constant input alone, in Hz, as the method steps it."""
    if has_rate_curve(snapshot.model):
        return float(rate_at(snapshot).stepped[0])
    return float(measured_here(snapshot, progress=progress).lasting[0])


def rates_method(snapshot: Snapshot) -> str:
    """Return the method by which rates are measured: the page's, if it steps evenly."""
    return snapshot.method if snapshot.method in STAGES else FALLBACK


def _from_start(snapshot: Snapshot, *parameters: str) -> Snapshot:
    """Return the steady snapshot with the usual start and duration, which do not matter here."""
    return snapshot.steady.without(start=True, parameters=("t_end", *parameters))


@remembered
def _measured(snapshot: Snapshot, field: str, values: tuple[float, ...], *,
              progress: Progress = SILENT) -> MeasuredRates:
    ask = measure_onset if len(values) > 1 else measure_rates
    found = ask(system_of(snapshot.model), snapshot.p, field, values, snapshot.start, snapshot.dt, snapshot.method,
                progress)
    bursts = tuple(map(find_bursts, found.late))
    # Of a burster whole bursts count: else it would matter where the run ends.
    lasting = [rate if pattern is None else 1000.0 * pattern.spikes / pattern.every
               for rate, pattern in zip(found.lasting, bursts, strict=True)]
    return replace(found, lasting=np.array(lasting), late=(), bursts=bursts)
