"""Firing rate of any cell with resets under a constant input, measured by running it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ncm_app.numerics.results import Array, MeasuredRates
from ncm_app.numerics.runs.compiled import STAGES, Stepper, stepper
from ncm_app.numerics.system import SILENT, Progress, System

DURATION, CHUNK = 4_000.0, 400.0
"""Length of each run in ms; what fires less than twice in its second half counts as silent in the end.
A run is looked at after every chunk, and ends as soon as it rests or repeats itself."""

MOST_STEPS = 200_000
"""A run is shorter where its step is small."""

SAME, AT_REST = 1e-7, 1e-12
"""Change, in spans of a state, from one reset to the next of a run that repeats itself; per step of one that rests."""

HALVINGS, MOST_ONSETS = 6, 4
"""How often the way from a silent value to a firing one is halved, and how many of these ways are."""

FALLBACK = "RK4"
"""Method in place of one that does not step evenly."""


def measure_rates(system: System, p: Any, field: str, values: ArrayLike, start: Sequence[float], dt: float,
                  method: str, progress: Progress = SILENT) -> MeasuredRates:
    """Run from `start` (n,) at each value of one parameter; return the first and the lasting rate, Hz.

    The first is that of the first interval between spikes, 0 where there are not two; the
    lasting one is the mean over the second half of the run.
    """
    values = np.asarray(values, dtype=float)
    advance = stepper(system, method if method in STAGES else FALLBACK)
    found = np.zeros((2, len(values)))
    late = []
    for k, value in enumerate(values):
        found[:, k], spikes = _rates_of(advance, p._replace(**{field: float(value)}), start, dt)
        late.append(spikes)
        progress.report((k + 1) / len(values))
    return MeasuredRates(values, found[0], found[1], tuple(late))


def measure_onset(system: System, p: Any, field: str, values: ArrayLike, start: Sequence[float], dt: float,
                  method: str, progress: Progress = SILENT) -> MeasuredRates:
    """Measure rates at rising values (m,) and, by halving, where firing begins or ends between two of them.

    A line through the rates then rises from 0 within `1 / 2**HALVINGS` of what was between two values.
    """
    rates = measure_rates(system, p, field, values, start, dt, method, progress)
    for _ in range(HALVINGS):
        silent = np.stack([rates.first, rates.lasting]) == 0.0
        k = np.flatnonzero(np.any(silent[:, 1:] != silent[:, :-1], axis=0))[:MOST_ONSETS]
        more = measure_rates(system, p, field, (rates.values[k] + rates.values[k + 1]) / 2.0, start, dt, method)
        rates = _merged(rates, more)
    return rates


def _merged(one: MeasuredRates, other: MeasuredRates) -> MeasuredRates:
    order = np.argsort(np.append(one.values, other.values))
    late = one.late + other.late
    return MeasuredRates(np.append(one.values, other.values)[order], np.append(one.first, other.first)[order],
                         np.append(one.lasting, other.lasting)[order], tuple(late[k] for k in order))


def _rates_of(advance: Stepper, p: Any, start: Sequence[float], dt: float) -> tuple[tuple[float, float], Array]:
    steps, chunk = int(min(round(DURATION / dt), MOST_STEPS)), max(2, round(CHUNK / dt))
    y, store = np.empty((len(start), steps + 1)), np.empty(steps)
    y[:, 0] = start
    done, count, settled = 0, 0, 0.0
    while done < steps and not settled:
        goal, before = min(steps, done + chunk), count
        reached, count = advance(y, done, goal, p, dt=dt, spikes=store, count=count)
        if reached < goal:
            break  # blown up: what was seen until then is what there is
        done, settled = goal, _settled(advance.kernel.system, y[:, :goal + 1], store[before:count], dt)
    spikes = store[:count]
    first = 1000.0 / (spikes[1] - spikes[0]) if count > 1 else 0.0
    if settled:
        return (float(first), 1000.0 / settled), spikes[:0]
    late = spikes[spikes > done * dt / 2.0]
    if len(late) < 2:
        return (float(first), 0.0), late
    # The spikes of a single burst are no rate: no train of equal intervals has more than this bound.
    seen = max(done * dt, float(late[-1])) - done * dt / 2.0  # a run may blow up before its first chunk is whole
    bound = 1000.0 * (len(late) + 1) / seen
    return (float(first), float(min(1000.0 * (len(late) - 1) / (late[-1] - late[0]), bound))), late


def _settled(system: System, y: Array, spikes: Array, dt: float) -> float:
    """Return the interval that repeats itself, inf at rest, 0 for a run that still changes."""
    spans = np.array([high - low for low, high in system.spans])
    if not len(spikes):
        return float("inf") if np.all(np.abs(y[:, -1] - y[:, -2]) <= AT_REST * spans) else 0.0
    if len(spikes) < 3:
        return 0.0
    after = y[:, np.rint(spikes[-3:] / dt).astype(int)]
    return float(spikes[-1] - spikes[-2]) if np.all(np.ptp(after, axis=1) <= SAME * spans) else 0.0
