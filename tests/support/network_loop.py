"""A network stepped plainly in double precision: arrays for the cells, one spike after the other for the synapses."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.networks.arrivals import draw_arrivals
from ncm_app.numerics.networks.engine import start_states
from ncm_app.numerics.networks.spec import Network, Population, RunSettings
from ncm_app.numerics.networks.topology import targets_of
from ncm_app.numerics.results.base import Array


class NetworkLoop:
    """A network between its steps, on the draws that its seed stands for."""

    def __init__(self, network: Network, settings: RunSettings) -> None:
        self.network, self.dt = network, settings.dt
        self.targets = [targets_of(network, p, settings.seed) for p in network.projections]
        self.arrivals = {source.name: draw_arrivals(source, settings) for source in network.sources}
        self.y = {part.name: start_states(part, settings.seed) for part in network.populations}
        self.currents = {part.name: {name: np.zeros(part.size) for name in network.currents(part.name)}
                         for part in network.populations}
        self.weights = [np.full(len(found.cells), projection.weight)
                        for projection, found in zip(network.projections, self.targets, strict=True)]
        self.traces = [{name: np.zeros(network.part(name).size) for name in (p.source, p.target)}
                       for p in network.projections]
        self.times: list[float] = []
        self.cells: list[int] = []

    def run(self, steps: int) -> None:
        """Take steps from the start on."""
        for i in range(steps):
            fired: dict[str, Any] = {part.name: self.step_cells(part, i * self.dt) for part in self.network.populations}
            for name, offset in self.network.offsets.items():
                self.times += [(i + 1) * self.dt] * len(fired[name])
                self.cells += [int(cell) + offset for cell in fired[name]]
            for name, arrived in self.arrivals.items():
                fired[name] = arrived.cells[arrived.first[i]:arrived.first[i + 1]]
            self.transmit(fired)
            self.learn(fired)

    def step_cells(self, part: Population, t: float) -> NDArray[np.int64]:
        """Step the cells and the currents of a population; reset and return those that spike."""
        y, currents, p = self.y[part.name], self.currents[part.name], part.values
        drive = getattr(p, part.drive) + sum(currents.values(), np.zeros(part.size))
        with np.errstate(over="ignore"):
            slopes = part.cell.rhs(t, tuple(y), p._replace(**{part.drive: drive}))
        y += self.dt * np.array(slopes)
        for name, tau in self.network.currents(part.name).items():
            currents[name] *= 1.0 - self.dt / tau
        assert part.cell.threshold is not None and part.cell.reset is not None
        fired = np.nonzero(y[0] >= part.cell.threshold(p))[0]
        for state, value in zip(y, part.cell.reset(tuple(y[:, fired]), p), strict=True):
            state[fired] = value
        return fired

    def transmit(self, fired: dict[str, Any]) -> None:
        """Let the currents jump."""
        for projection, targets, weights in zip(self.network.projections, self.targets, self.weights, strict=True):
            current = self.currents[projection.target][projection.current_name]
            for cell in fired[projection.source]:
                row = slice(*targets.first[cell:cell + 2])
                current[targets.cells[row]] += weights[row] / projection.tau

    def learn(self, fired: dict[str, Any]) -> None:
        """Change the plastic weights: after spikes of target cells, then of source cells, then keep them below 0."""
        for k, projection in enumerate(self.network.projections):
            if (rule := projection.plasticity) is None:
                continue
            traces, weights, jump = self.traces[k], self.weights[k], 1.0 / rule.tau_y
            sources, targets = self.targets[k].sources, self.targets[k].cells
            for name in traces:
                traces[name] *= 1.0 - self.dt / rule.tau_y
            after, before = (np.isin(targets, fired[projection.target]), np.isin(sources, fired[projection.source]))
            weights[after] -= rule.eps * traces[projection.source][sources[after]]
            np.add.at(traces[projection.target], fired[projection.target], jump)
            for cell in fired[projection.source]:
                row = slice(*self.targets[k].first[cell:cell + 2])
                y_target: Array = traces[projection.target][targets[row]]
                weights[row] -= rule.eps * (y_target - 2.0 * rule.target_hz / 1000.0)
            if projection.source != projection.target:
                np.add.at(traces[projection.source], fired[projection.source], jump)
            touched = after | before
            weights[touched] = np.minimum(weights[touched], rule.highest)
