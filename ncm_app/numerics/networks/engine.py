"""A network between its steps, laid out in memory for the compiled loop."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.networks.arrivals import Arrivals
from ncm_app.numerics.networks.cell_code import compiled_step
from ncm_app.numerics.networks.kernel import run_steps
from ncm_app.numerics.networks.layout import LANES, STRIDE, address_of
from ncm_app.numerics.networks.spec import Network, Population, Projection, RunSettings
from ncm_app.numerics.networks.topology import Targets, by_target, stream_of
from ncm_app.numerics.noise import hash_uniform
from ncm_app.numerics.results.base import Array

_SAMPLES = 500
"""Most samples of the plastic weights over a run."""


class Taken(NamedTuple):
    """What some steps gave: `done`, the step after the last; spikes by step and population (s, n), and their cells."""

    done: int
    counts: NDArray[np.int32]
    cells: NDArray[np.int32]
    lost: tuple[int, int]


def start_states(population: Population, seed: int) -> Array:
    """Return the states (n, cells) at t = 0, drawn evenly from the ranges of the population."""
    number = np.arange(population.size)
    return np.array([low + (high - low) * hash_uniform(seed, stream_of("start", population.name, state), number)
                     for state, (low, high) in zip(population.cell.names, population.start, strict=True)])


class Block:
    """States and currents of a population, (rows, STRIDE); its lanes are filled up with copies of the first cell."""

    def __init__(self, network: Network, population: Population, settings: RunSettings) -> None:
        real = np.dtype(settings.precision)
        currents = network.currents(population.name)
        self.states, self.names = population.cell.size, list(currents)
        rows, edge = self.states + len(currents), 64 // real.itemsize
        self.whole = np.zeros(rows * STRIDE + edge, dtype=real)
        begin = -address_of(self.whole) % 64 // real.itemsize  # no vector lies across two lines of the cache
        self.rows = self.whole[begin:begin + rows * STRIDE].reshape(rows, STRIDE)
        padded = -(-population.size // LANES) * LANES
        if population.size:
            y = start_states(population, settings.seed)
            self.rows[:self.states, :population.size] = y
            self.rows[:self.states, population.size:padded] = y[:, :1]
        self.values = np.array(population.values, dtype=float)
        self.keeps = np.array([*(1.0 - settings.dt / tau for tau in currents.values()), 1.0], dtype=real)
        self.step = compiled_step(population, len(currents), settings.precision)

    def address(self, row: int, cell: int = 0) -> int:
        """Return where a number stands."""
        return address_of(self.rows) + (row * STRIDE + cell) * self.rows.itemsize

    def current(self, name: str) -> int:
        """Return where a current begins."""
        return self.address(self.states + self.names.index(name))


class Rule:
    """What a plastic projection needs: weights in the order of the targets, traces, synapses by target, samples."""

    def __init__(self, number: int, projection: Projection, targets: Targets, parts: dict[str, int],
                 network: Network, settings: RunSettings) -> None:
        rule, real = projection.plasticity, np.dtype(settings.precision)
        assert rule is not None
        self.number, self.projection = number, projection
        self.weights = np.full(max(len(targets.cells), 1), projection.weight, dtype=real)
        sizes = [network.part(name).size for name in (projection.source, projection.target)]
        self.y_target = np.zeros(sizes[1] + 1)
        self.y_source = self.y_target if projection.source == projection.target else np.zeros(sizes[0] + 1)
        self.first, self.places, self.sources = by_target(targets, sizes[1])
        count = len(targets.cells)
        self.picked = np.unique(np.linspace(0, max(count - 1, 0), min(count, settings.kept_weights)).astype(np.int64))
        self.every = max(round(settings.weight_ms / settings.dt), math.ceil(settings.steps / _SAMPLES), 1)
        samples = settings.steps // self.every + 1
        self.samples, self.means = np.zeros((samples, len(self.picked)), np.float32), np.zeros(samples)
        self.samples[0], self.means[0] = projection.weight, projection.weight if count else np.nan
        keep = 1.0 - settings.dt / rule.tau_y
        # Spikes of target cells only lower weights, so that none has to be looked at for being too high.
        clips = rule.eps < 0.0 or projection.weight > rule.highest
        self.values = (rule.eps, rule.tau_y, keep, 2.0 * rule.target_hz / 1000.0, rule.highest, float(clips))
        arrays: list[Any] = [self.y_source, self.y_target, self.first, self.places, self.sources]
        self.row = (number, parts[projection.target], *map(address_of, arrays), count, address_of(self.picked),
                    len(self.picked), address_of(self.samples), address_of(self.means))


def _table(rows: Sequence[tuple[int, ...]], width: int) -> NDArray[np.int64]:
    return np.array(rows, dtype=np.int64).reshape(len(rows), width)


class Engine:
    """Takes steps. Raises Unfit, with a sentence, where a cell cannot be compiled."""

    def __init__(self, network: Network, settings: RunSettings, targets: tuple[Targets, ...],
                 arrivals: tuple[Arrivals, ...]) -> None:
        self.network, self.settings, self.kept = network, settings, (targets, arrivals)
        real = np.dtype(settings.precision)
        parts = {part.name: k for k, part in enumerate(network.parts)}
        self.blocks = {part.name: Block(network, part, settings) for part in network.populations}
        self.rules = [Rule(k, p, targets[k], parts, network, settings)
                      for k, p in enumerate(network.projections) if p.plasticity is not None]
        plastic = {rule.number: rule for rule in self.rules}
        cells = [(b.address(0), part.size, address_of(b.values), address_of(b.keeps), b.step.address)
                 for part, b in zip(network.populations, self.blocks.values(), strict=True)]
        synapses = [(parts[p.source], self.blocks[p.target].current(p.current_name), address_of(found.first),
                     address_of(found.cells), int(found.cells.itemsize == 4),
                     address_of(plastic[k].weights) if k in plastic else 0)
                    for k, (p, found) in enumerate(zip(network.projections, targets, strict=True))]
        self.jumps = np.array([(1.0 if p.plasticity else p.weight) / p.tau for p in network.projections], dtype=real)
        self.scales = np.ones(len(self.rules))
        records = self._records()
        self.tables = (_table(cells, 5), _table([(address_of(a.first), address_of(a.cells)) for a in arrivals], 2),
                       _table(synapses, 6), self.jumps, _table([rule.row for rule in self.rules], 12),
                       np.array([rule.values for rule in self.rules]).reshape(-1, 6), self.scales,
                       self.rules[0].every if self.rules else 1, _table(records, 3), self.history,
                       np.array([part.size for part in network.parts], dtype=np.int64))
        self.found = np.empty(max(4 * network.size, 100_000), dtype=np.int32)

    def _records(self) -> list[tuple[int, int, int]]:
        """Lay out the history of the recorded cells."""
        rows, begin = [], 0
        for name, cell in self.settings.recorded:
            if name not in self.blocks or not 0 <= cell < self.network.part(name).size:
                raise ValueError(f"There is no cell {cell} of {name} to record.")
            block = self.blocks[name]
            rows.append((block.address(0, cell), len(block.rows), begin))
            begin += len(block.rows) * (self.settings.steps + 1)
        self.history = np.zeros(begin)
        for (_, count, start), (name, cell) in zip(rows, self.settings.recorded, strict=True):
            self.history[start:start + count] = self.blocks[name].rows[:, cell]
        return rows

    def recorded(self, k: int, done: int) -> tuple[Array, Array]:
        """Return states (n, m) and currents (c, m) of recorded cell k after 0 to `done` steps."""
        blocks = [self.blocks[name] for name, _ in self.settings.recorded]
        begin = sum(len(block.rows) for block in blocks[:k]) * (self.settings.steps + 1)
        rows = len(blocks[k].rows)
        kept = self.history[begin:begin + rows * (done + 1)].reshape(done + 1, rows).T.copy()
        return kept[:blocks[k].states], kept[blocks[k].states:]

    def advance(self, first: int, last: int) -> Taken:
        """Take the steps from `first` to before `last`, or fewer if so many spike that there is no more room."""
        counts = np.zeros((last - first, len(self.network.populations)), dtype=np.int32)
        done, count, *lost = run_steps(first, last, self.settings.dt, *self.tables, self.found, counts)
        return Taken(int(done), counts[:done - first], self.found[:count].copy(), (int(lost[0]), int(lost[1])))
