"""Firing rate of any cell with resets under a constant input, measured by running it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ncm_app.numerics.compiled import STAGES, Stepper, stepper
from ncm_app.numerics.results import MeasuredRates
from ncm_app.numerics.system import SILENT, Progress, System

DURATION = 5_000.0
"""Length of each run in ms; what fires less than twice in its second half counts as silent in the end."""

MOST_STEPS = 200_000
"""A run is shorter where its step is small."""

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
    for k, value in enumerate(values):
        found[:, k] = _rates_of(advance, p._replace(**{field: float(value)}), start, dt)
        progress.report((k + 1) / len(values))
    return MeasuredRates(values, *found)


def _rates_of(advance: Stepper, p: Any, start: Sequence[float], dt: float) -> tuple[float, float]:
    steps = int(min(round(DURATION / dt), MOST_STEPS))
    y = np.empty((len(start), steps + 1))
    y[:, 0] = start
    store = np.empty(steps)
    _, count = advance(y, 0, steps, p, dt=dt, spikes=store)
    spikes = store[:count]
    late = spikes[spikes > steps * dt / 2.0]
    first = 1000.0 / (spikes[1] - spikes[0]) if count > 1 else 0.0
    lasting = 1000.0 * (len(late) - 1) / (late[-1] - late[0]) if len(late) > 1 else 0.0
    return float(first), float(lasting)
