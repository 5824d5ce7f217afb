"""Steps of a network in NumPy: each population as arrays, spike by spike for the synapses."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.networks.arrivals import Arrivals
from ncm_app.numerics.networks.spec import Network, RunSettings
from ncm_app.numerics.networks.topology import Targets, stream_of
from ncm_app.numerics.noise import hash_uniform
from ncm_app.numerics.results.base import Array


def start_states(network: Network, settings: RunSettings) -> dict[str, Array]:
    """Return the states (n, cells) at t = 0 of each population, drawn evenly from its ranges."""
    found = {}
    for part in network.populations:
        number = np.arange(part.size)
        found[part.name] = np.array([
            low + (high - low) * hash_uniform(settings.seed, stream_of("start", part.name, state), number)
            for state, (low, high) in zip(part.cell.names, part.start, strict=True)]).reshape(part.cell.size, part.size)
    return found


class PlainSteps:
    """A network between its steps."""

    def __init__(self, network: Network, settings: RunSettings, targets: tuple[Targets, ...],
                 arrivals: tuple[Arrivals, ...]) -> None:
        self.network, self.dt, self.targets = network, settings.dt, targets
        self.arrivals = dict(zip((s.name for s in network.sources), arrivals, strict=True))
        self.real = np.dtype(settings.precision).type
        self.y = {name: y.astype(self.real) for name, y in start_states(network, settings).items()}
        self.currents = {part.name: {name: np.zeros(part.size, self.real) for name in network.currents(part.name)}
                         for part in network.populations}
        self.weights = [np.full(len(found.cells), projection.weight)
                        for projection, found in zip(network.projections, targets, strict=True)]
        self.traces: dict[str, dict[float, Array]] = {name: {} for name in (*network.offsets, *self.arrivals)}
        self.recorded: dict[tuple[str, int], list[Array]] = {key: [self.state_of(*key)] for key in settings.recorded}

    def state_of(self, name: str, cell: int) -> Array:
        """Return states and currents of a cell, one after the other."""
        return np.array([*self.y[name][:, cell], *(current[cell] for current in self.currents[name].values())])

    def advance(self, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Take the steps from `first` to before `last`; return the steps (k,) and cells (k,) of their spikes."""
        steps, cells = [np.empty(0, np.int64)], [np.empty(0, np.int32)]
        for i in range(first, last):
            fired: dict[str, Any] = {part.name: self.step_cells(part, i * self.dt) for part in self.network.populations}
            for name, offset in self.network.offsets.items():
                steps.append(np.full(len(fired[name]), i))
                cells.append((fired[name] + offset).astype(np.int32))
            for name, arrived in self.arrivals.items():
                fired[name] = arrived.cells[arrived.first[i]:arrived.first[i + 1]]
            self.transmit(fired)
            self.learn(fired)
            for key, kept in self.recorded.items():
                kept.append(self.state_of(*key))
        return np.concatenate(steps), np.concatenate(cells)

    def step_cells(self, part: Any, t: float) -> NDArray[np.int64]:
        """Step the cells and the currents of a population; reset and return those that spike."""
        y, currents, p = self.y[part.name], self.currents[part.name], part.values
        drive = getattr(p, part.drive) + sum(currents.values(), np.zeros(part.size, self.real))
        with np.errstate(all="ignore"):
            slopes = part.cell.rhs(t, tuple(y), p._replace(**{part.drive: drive}))
        for k, slope in enumerate(slopes):
            y[k] += self.real(self.dt) * slope
        for name, tau in self.network.currents(part.name).items():
            currents[name] *= self.real(1.0 - self.dt / tau)
        fired = np.nonzero(y[0] >= part.cell.threshold(p))[0]
        for state, value in zip(y, part.cell.reset(tuple(y[:, fired]), p), strict=True):
            state[fired] = value
        return fired

    def transmit(self, fired: dict[str, Any]) -> None:
        """Let the currents jump."""
        for k, projection in enumerate(self.network.projections):
            current = self.currents[projection.target][projection.current_name]
            for cell in fired[projection.source]:
                row = slice(*self.targets[k].first[cell:cell + 2])
                current[self.targets[k].cells[row]] += (self.weights[k][row] / projection.tau).astype(self.real)

    def trace(self, name: str, tau: float, size: int) -> Array:
        """Return the trace of the spikes of a population."""
        return self.traces[name].setdefault(tau, np.zeros(size))

    def learn(self, fired: dict[str, Any]) -> None:
        """Change the plastic weights."""
        for k, projection in enumerate(self.network.projections):
            if (rule := projection.plasticity) is None:
                continue
            source, target = projection.source, projection.target
            sources = self.targets[k].sources
            y_source = self.trace(source, rule.tau_y, self.network.part(source).size)
            y_target = self.trace(target, rule.tau_y, self.network.part(target).size)
            jump = 1.0 / rule.tau_y
            y_source *= 1.0 - self.dt / rule.tau_y
            if target != source:
                y_target *= 1.0 - self.dt / rule.tau_y
            weights = self.weights[k]
            after, before = np.isin(self.targets[k].cells, fired[target]), np.isin(sources, fired[source])
            weights[after] -= rule.eps * y_source[sources[after]]
            y_target[fired[target]] += jump
            weights[before] -= rule.eps * (y_target[self.targets[k].cells[before]] - 2.0 * rule.target_hz / 1000.0)
            if target != source:
                np.add.at(y_source, fired[source], jump)
            touched = after | before
            weights[touched] = np.minimum(weights[touched], rule.highest)
