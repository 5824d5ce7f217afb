"""What a run of a network gives: spikes, rates, the recorded cells, weights over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.results.base import Array, Result, Status


@dataclass(frozen=True)
class RecordedCell(Result):
    """One cell: `t` (m,) in ms, its states `y` (n, m) by `names`, its currents `I` (c, m), mV, by `currents`.

    As in the stepper of single cells, the states hold in the step of a spike what comes after the reset.
    """

    population: str
    cell: int
    t: Array
    y: Array
    names: tuple[str, ...]
    I: Array  # noqa: E741
    currents: tuple[str, ...]


@dataclass(frozen=True)
class WeightHistory(Result):
    """Plastic weights of a projection: `t` (s,) in ms, `mean` (s,) over all synapses, mV ms.

    `weights` (s, k) are those of k synapses that stand for all; `pairs` (k, 2) their source and target cells.
    """

    source: str
    target: str
    t: Array
    mean: Array
    weights: NDArray[np.float32]
    pairs: NDArray[np.int64]


@dataclass(frozen=True)
class SpikeRun(Result):
    """A run: spikes at `times` (k,) in ms, sorted, of `cells` (k,), counted through all populations.

    Population a has the `sizes[a]` cells from `sum(sizes[:a])` on. `input_times` (m,), sorted, and `input_cells` (m,)
    are those of the Poisson sources, counted through likewise. `t` (b,) are the middles of bins of `bin_ms`,
    `rates` (n, b) the mean rate of each population in them, Hz. `t_end` is how far the run got, ms.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    times: Array
    cells: NDArray[np.int32]
    source_names: tuple[str, ...]
    source_sizes: tuple[int, ...]
    input_times: Array
    input_cells: NDArray[np.int32]
    t: Array
    rates: Array
    t_end: float
    dt: float
    recorded: tuple[RecordedCell, ...] = ()
    weights: tuple[WeightHistory, ...] = ()
    status: Status = Status.OK
    sentence: str = ""

    def freeze_arrays(self) -> None:
        """Make every array read-only; they are the run's own, so none is copied."""
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    def columns(self) -> dict[str, Any]:
        """Return one row for each spike: its time, population, and number in it."""
        which = self.population_of(self.cells)
        first = np.cumsum((0, *self.sizes))[:-1]
        return {"t": self.times, "population": np.array(self.names, dtype=object)[which],
                "cell": self.cells - first[which] if len(self.cells) else self.cells}

    def population_of(self, cells: Any) -> NDArray[np.int64]:
        """Return the number of the population of each cell."""
        return np.searchsorted(np.cumsum(self.sizes), cells, side="right")

    def spikes_of(self, population: str) -> tuple[Array, NDArray[np.int32]]:
        """Return times (k,) and numbers (k,), from 0, of the spikes of one population."""
        which = self.names.index(population)
        first = sum(self.sizes[:which])
        inside = (self.cells >= first) & (self.cells < first + self.sizes[which])
        return self.times[inside], self.cells[inside] - np.int32(first)

    def rate(self, population: str, start: float = 0.0) -> float:
        """Return the mean rate of a population from `start` (ms) to the end, Hz; 0 if it has no cells."""
        which = self.names.index(population)
        span = self.sizes[which] * (self.t_end - start)
        return 1000.0 * float(np.count_nonzero(self.spikes_of(population)[0] > start)) / span if span > 0 else 0.0

    def cell_rates(self, population: str, start: float = 0.0) -> Array:
        """Return the rate of each cell of a population from `start` (ms) to the end, (n,) Hz."""
        times, cells = self.spikes_of(population)
        counts = np.bincount(cells[times > start], minlength=self.sizes[self.names.index(population)])
        return np.asarray(1000.0 * counts / max(self.t_end - start, self.dt))
