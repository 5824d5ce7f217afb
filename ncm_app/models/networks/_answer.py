"""What a network answers: its run, and all that plots, numbers and sentences read off it, each computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ncm_app.numerics.networks.result import RecordedCell, SpikeRun
from ncm_app.numerics.networks.rhythm import (
    MOST_WINDOWS,
    Correlations,
    Spectrum,
    count_correlations,
    population_spectrum,
    spike_count_matrix,
)
from ncm_app.numerics.networks.spec import Network
from ncm_app.numerics.networks.statistics import (
    FEWEST,
    Cells,
    Estimate,
    cell_rates,
    cell_variations,
    population_rate,
)
from ncm_app.numerics.networks.topology import targets_of
from ncm_app.numerics.results.base import Array, Result, Status

WINDOW = 50.0
"""Length of the windows in which spikes are counted for correlations, ms; less where a run is short."""
FEWEST_WINDOWS = 10
SHORTEST = 10.0
"""Shortest stretch of a run of which anything is measured, ms."""


@dataclass(frozen=True)
class NetworkAnswer(Result):
    """A network, its run, and from when on it is measured (`start`, ms)."""

    network: Network
    run: SpikeRun
    start: float
    seed: int

    @property
    def status(self) -> Status:
        """How the run ended."""
        return self.run.status

    @property
    def is_measured(self) -> bool:
        """Whether enough of the run is left after its start."""
        return self.run.t_end - self.start >= SHORTEST

    @property
    def is_plastic(self) -> bool:
        """Whether some weights learn, so that theory for those that the network begins with does not hold."""
        return any(one.plasticity is not None for one in self.network.projections)

    @cached_property
    def spikes(self) -> dict[str, tuple[Array, Cells]]:
        """Times (m,) ms and cells (m,) of the spikes of each population from `start` on."""
        found = {}
        for name in self.run.names:
            times, cells = self.run.spikes_of(name)
            first = np.searchsorted(times, self.start)
            found[name] = np.asarray(times[first:]), cells[first:].astype(np.int64)
        return found

    def size_of(self, name: str) -> int:
        """Return the number of cells of a population or source."""
        return self.network.part(name).size

    @property
    def length(self) -> float:
        """How long the network is measured, ms."""
        return max(self.run.t_end - self.start, self.run.dt)

    @cached_property
    def rates(self) -> dict[str, Estimate]:
        """The rate of each population, Hz."""
        return {name: population_rate(times, self.size_of(name), self.start, self.run.t_end)
                for name, (times, _) in self.spikes.items()}

    @cached_property
    def cell_rates(self) -> dict[str, Array]:
        """The rate of each cell, (n,) Hz."""
        return {name: cell_rates(cells, self.size_of(name), self.length) for name, (_, cells) in self.spikes.items()}

    @cached_property
    def variations(self) -> dict[str, Array]:
        """The CV of each cell, (n,), NaN for those with too few spikes, and for all where most have too few.

        Else cells that by chance fired faster for a while, and evenly, would stand for all.
        """
        found = {}
        for name, (times, cells) in self.spikes.items():
            size = self.size_of(name)
            enough = len(times) >= FEWEST * size
            found[name] = cell_variations(times, cells, size) if enough else np.full(size, np.nan)
        return found

    @cached_property
    def correlations(self) -> dict[str, Correlations]:
        """Count correlations within each population."""
        width = max(min(WINDOW, self.length / FEWEST_WINDOWS), self.length / MOST_WINDOWS)
        return {name: count_correlations(spike_count_matrix(times, cells, self.size_of(name), self.start,
                                                            self.run.t_end, width), width)
                for name, (times, cells) in self.spikes.items()}

    @cached_property
    def spectra(self) -> dict[str, Spectrum]:
        """The spectrum of the rate of each population."""
        return {name: population_spectrum(times, self.start, self.run.t_end)
                for name, (times, _) in self.spikes.items()}

    @cached_property
    def own_inputs(self) -> dict[str, Array]:
        """The mean input of each cell, (n,) mV, by its own number of synapses and the rates of their populations."""
        found = {name: np.zeros(self.size_of(name)) for name in self.run.names}
        rates = {name: rate.value / 1000.0 for name, rate in self.rates.items()}
        rates |= {source.name: source.rate_at(self.run.t_end) / 1000.0 for source in self.network.sources}
        for projection in self.network.projections:
            reached = targets_of(self.network, projection, self.seed).cells
            number = np.bincount(reached, minlength=self.size_of(projection.target))
            found[projection.target] += projection.weight * number * np.nan_to_num(rates[projection.source])
        return found

    @property
    def watched(self) -> RecordedCell | None:
        """The cell whose currents are kept, None without one."""
        return self.run.recorded[0] if self.run.recorded else None
