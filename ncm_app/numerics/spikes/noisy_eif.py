"""Many exponential integrate-and-fire cells under Poisson input at once (Eq. 2.2).

For developers. The cells stand side by side in the lanes of vector instructions: single
precision, a polynomial for the exponential, and spikes looked for only in steps that have
one. The equation repeats that of `models/eif_poisson.py`; a test compares them. Compiled
code is kept on disk by the date of this one file, so everything it calls stands here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.results.base import Array
from ncm_app.numerics.runs.rates import interspike_interval
from ncm_app.numerics.spikes.arrivals import add_arrivals
from ncm_app.numerics.spikes.trains import PER_SECOND, Trains, sorted_trains
from ncm_app.numerics.system import System

LANES = 16
"""Cells are stepped in multiples of this: the numbers of single precision in the widest vector."""

_F = np.float32
_LOG2E, _HIGHEST, _LOWEST, _HALF = _F(1.4426950408889634), _F(80.0), _F(-80.0), _F(0.5)
_C0, _C1, _C2, _C3, _C4, _C5, _C6 = (_F(c) for c in (
    1.0, 0.6931471805599453, 0.2402265069591007, 0.0555041086648216, 0.009618129107628477, 0.0013333558146428443,
    0.00015403530393381608))
_BIAS, _SHIFT = np.int32(127), np.int32(23)
CHUNK = 5_000
"""Steps whose input is drawn at once, so that it stays in the processor's own memory."""


class Cell(NamedTuple):
    """What the cells have in common: times in ms, the rest in mV, weights in mV ms."""

    tau_m: float
    tau_e: float
    tau_i: float
    E_L: float
    V_T: float
    D: float
    V_th: float
    V_re: float
    j_e: float
    j_i: float


@kernel(fastmath=True, error_model="numpy")
def _advance(n_e, n_i, V, I_e, I_i, c, steps_of, lanes_of):  # type: ignore[no-untyped-def]
    """Step all cells once for each row of the counts; write after how many steps who spiked, return the number."""
    leak, slope, bend, E_L, V_T, V_th, V_re, keep_e, keep_i, jump_e, jump_i = c
    found, lanes = 0, len(V)
    for step in range(n_e.shape[0]):
        fired = np.int32(0)
        for k in range(lanes):
            x = (V[k] - V_T) * bend
            x = min(max(x, _LOWEST), _HIGHEST) * _LOG2E
            whole = np.floor(x + _HALF)
            f = x - whole
            two_to_f = _C0 + f * (_C1 + f * (_C2 + f * (_C3 + f * (_C4 + f * (_C5 + f * _C6)))))
            power = np.int32((np.int32(whole) + _BIAS) << _SHIFT).view(np.float32)
            v = V[k] + leak * (E_L - V[k] + slope * two_to_f * power + I_e[k] + I_i[k])
            I_e[k] = I_e[k] * keep_e + jump_e * _F(n_e[step, k])
            I_i[k] = I_i[k] * keep_i + jump_i * _F(n_i[step, k])
            fired += np.int32(v >= V_th)
            V[k] = v
        if fired > 0:
            for k in range(lanes):
                if V[k] >= V_th:
                    V[k] = V_re
                    steps_of[found] = step + 1
                    lanes_of[found] = k
                    found += 1
    return found


def sweep(cell: Cell, rates_e: Array, rates_i: Array, *, t_end: float, dt: float, seed: int,
          stream: int = 0) -> Trains:
    """Run one cell for each pair of rates (m,), kHz, from rest without input; their spikes as trials.

    The rates are those of all excitatory and of all inhibitory inputs together. Each cell has
    input of its own: streams `stream`, `stream` + 1 for the first one, and so on. Euler steps, ms.
    """
    count = len(rates_e)
    cells, streams = Cells(cell, -(-count // LANES) * LANES, dt), stream + 2 * np.arange(count)
    last, times, which = round(t_end / dt), [], []
    n_e, n_i = (np.empty((CHUNK, cells.lanes), dtype=np.uint8) for _ in range(2))
    for first in range(0, last, CHUNK):
        size = min(CHUNK, last - first)
        n_e[:size], n_i[:size] = 0, 0
        add_arrivals(n_e[:size], rates_e, first, dt, seed, streams)
        add_arrivals(n_i[:size], rates_i, first, dt, seed, streams + 1)
        at, who = cells.advance(n_e[:size], n_i[:size])
        mine = who < count  # the last lanes are there to fill the vector
        times.append((first + at[mine]) * dt)
        which.append(who[mine])
    return sorted_trains(np.concatenate(times), np.concatenate(which).astype(np.int64), count, t_end)


class Cells:
    """Cells that are stepped together: `V`, `I_e`, `I_i` (lanes,) in mV, at first at rest without input."""

    def __init__(self, cell: Cell, lanes: int, dt: float) -> None:
        self.lanes = lanes
        self.V = np.full(lanes, cell.E_L, dtype=_F)
        self.I_e, self.I_i = np.zeros(lanes, dtype=_F), np.zeros(lanes, dtype=_F)
        self._at = self._which = np.empty(0, dtype=np.int32)
        self.constants = tuple(_F(c) for c in (
            dt / cell.tau_m, cell.D, 1.0 / cell.D, cell.E_L, cell.V_T, cell.V_th, cell.V_re, 1.0 - dt / cell.tau_e,
            1.0 - dt / cell.tau_i, cell.j_e / cell.tau_e, cell.j_i / cell.tau_i))

    def advance(self, n_e: NDArray[np.uint8], n_i: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Step once per row of input counts (steps, lanes); return after how many steps who spiked, (k,) each."""
        if len(self._at) < n_e.size:  # every cell might spike in every step
            self._at, self._which = (np.empty(n_e.size, dtype=np.int32) for _ in range(2))
        found = int(_advance(n_e, n_i, self.V, self.I_e, self.I_i, self.constants, self._at, self._which))
        return self._at[:found].copy(), self._which[:found].copy()


def variations(trains: Trains, runs: int, fewest: int) -> Array:
    """Return the CV of the intervals of each `runs` trials, pooled; NaN where they have fewer spikes than `fewest`."""
    count, same = trains.count // runs, np.diff(trains.trials) == 0
    gaps, of = np.diff(trains.times)[same], trains.trials[1:][same] // runs
    number, total, squares = (np.bincount(of, weights, count) for weights in (None, gaps, gaps**2))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / number
        spread = np.sqrt(np.maximum(squares / number - mean**2, 0.0)) / mean
    enough = (np.bincount(trains.trials // runs, minlength=count) >= fewest) & (number > 1)
    return np.where(enough, spread, np.nan)


def steady_rates(drift: Callable[[Any, Any], Any], inputs: Array, reset: float, threshold: float) -> Array:
    """Return the exact rate under each constant input (m,), Hz: 0 where `drift(V, I)` in mV/ms has a zero."""
    system = System(lambda t, y, p: (drift(y[0], p[0]),), ("V",), ((reset, threshold),), ((reset, threshold),),
                    threshold=lambda p: threshold, reset=lambda y, p: (reset,))
    return np.asarray(PER_SECOND / interspike_interval(system, (np.asarray(inputs, dtype=float),)))
