"""Run a network: spikes as they come, stopped where it runs away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.networks.arrivals import Arrivals, draw_arrivals
from ncm_app.numerics.networks.plain import PlainSteps
from ncm_app.numerics.networks.result import RecordedCell, SpikeRun, WeightHistory
from ncm_app.numerics.networks.runaway import runaway
from ncm_app.numerics.networks.spec import Network, RunSettings
from ncm_app.numerics.networks.topology import Targets, targets_of
from ncm_app.numerics.results.base import Status
from ncm_app.numerics.system import SILENT, Partial, Progress

FIRST_PART = 200.0
"""Length of the part of a run that is shown at once, ms."""

CHUNK = 100
"""Steps between two looks at the progress."""

DEFAULTS = RunSettings()


def run_network(network: Network, settings: RunSettings = DEFAULTS, progress: Progress = SILENT) -> SpikeRun:
    """Run a network from t = 0 on.

    The first 200 ms are reported as soon as they are there, later parts whenever they are wanted. Every
    draw depends on the seed and on the names of the parts, so weights and rates change the dynamics and
    not the noise. Raises Cancelled within 20 ms where `progress` does.
    """
    run = _Run(network, settings, tuple(targets_of(network, p, settings.seed) for p in network.projections),
               tuple(draw_arrivals(source, settings) for source in network.sources))
    progress.report(0.0)
    steps, first_part = settings.steps, round(FIRST_PART / settings.dt)
    done = 0
    while done < steps and not run.sentence:
        last = min(done + CHUNK, steps, first_part if done < first_part else steps)
        run.advance(done, last)
        done = last
        wanted = done == first_part or progress.wants_partial
        words = f"the first {done * settings.dt:.0f} ms"
        progress.report(done / steps, Partial(run.result(done), words) if wanted and done < steps else None)
    return run.result(done)


@dataclass
class _Run:
    """What a run has gathered so far."""

    network: Network
    settings: RunSettings
    targets: tuple[Targets, ...]
    arrivals: tuple[Arrivals, ...]
    spike_steps: list[NDArray[np.int64]] = field(default_factory=list)
    cells: list[NDArray[np.int32]] = field(default_factory=list)
    sentence: str = ""
    stopped: int = -1

    def __post_init__(self) -> None:
        self.engine = PlainSteps(self.network, self.settings, self.targets, self.arrivals)
        self.plastic = [k for k, p in enumerate(self.network.projections) if p.plasticity is not None]
        self.samples: dict[int, list[tuple[float, float, Any]]] = {k: [] for k in self.plastic}
        self.picked = {k: _picked(len(self.targets[k].cells), self.settings.kept_weights) for k in self.plastic}
        self.sample(0)

    def advance(self, first: int, last: int) -> None:
        """Take steps, and look whether the network runs away."""
        interval = max(round(self.settings.weight_ms / self.settings.dt), 1)
        while first < last:
            stop = min(last, (first // interval + 1) * interval) if self.plastic else last
            steps, cells = self.engine.advance(first, stop)
            self.spike_steps.append(steps)
            self.cells.append(cells)
            if stop % interval == 0:
                self.sample(stop)
            first = stop
        self.stopped, self.sentence = runaway(self.network, self.settings, np.concatenate(self.spike_steps),
                                              np.concatenate(self.cells), last)

    def sample(self, step: int) -> None:
        """Keep the plastic weights as they are after a number of steps."""
        for k in self.plastic:
            weights = self.engine.weights[k]
            mean = float(np.mean(weights)) if len(weights) else np.nan
            self.samples[k].append((step * self.settings.dt, mean, weights[self.picked[k]].astype(np.float32)))

    def result(self, done: int) -> SpikeRun:
        """Return the run as far as it got."""
        done = self.stopped if self.sentence else done
        network, dt = self.network, self.settings.dt
        steps = np.concatenate([np.empty(0, np.int64), *self.spike_steps])
        cells = np.concatenate([np.empty(0, np.int32), *self.cells])[steps < done]
        times = (steps[steps < done] + 1) * dt
        t, rates = self.binned(times, cells, done * dt)
        input_times, input_cells = self.inputs(done)
        return SpikeRun(
            tuple(p.name for p in network.populations), tuple(p.size for p in network.populations), times, cells,
            tuple(s.name for s in network.sources), tuple(s.size for s in network.sources), input_times, input_cells,
            t, rates, done * dt, dt, tuple(self.recording(*key, done) for key in self.settings.recorded),
            tuple(self.history(k, done * dt) for k in self.plastic),
            Status.RUNAWAY if self.sentence else Status.OK, self.sentence)

    def inputs(self, done: int) -> tuple[Any, Any]:
        """Return times and cells of the spikes of all sources, sorted."""
        times, cells, offset = [np.empty(0)], [np.empty(0, np.int32)], 0
        for source, arrived in zip(self.network.sources, self.arrivals, strict=True):
            times.append(arrived.times[:arrived.first[done]])
            cells.append(arrived.cells[:arrived.first[done]] + np.int32(offset))
            offset += source.size
        order = np.argsort(np.concatenate(times), kind="stable")
        return np.concatenate(times)[order], np.concatenate(cells)[order]

    def binned(self, times: Any, cells: Any, t_end: float) -> tuple[Any, Any]:
        """Return the middles of the bins, ms, and the rates of the populations in them, Hz."""
        width = self.settings.bin_ms
        count = int(t_end / width + 1e-9)
        rates, first = np.zeros((len(self.network.populations), count)), 0
        # A spike that ends a step at the end of a bin belongs to that bin.
        place = np.minimum(((times - 0.5 * self.settings.dt) / width).astype(np.int64), count)
        for a, part in enumerate(self.network.populations):
            inside = (cells >= first) & (cells < first + part.size)
            found = np.bincount(place[inside], minlength=count + 1)[:count]
            rates[a] = 1000.0 * found / (width * max(part.size, 1))
            first += part.size
        return (np.arange(count) + 0.5) * width, rates

    def recording(self, name: str, cell: int, done: int) -> RecordedCell:
        """Return what is recorded of a cell."""
        states = next(p.cell.names for p in self.network.populations if p.name == name)
        rows = np.array(self.engine.recorded[name, cell][:done + 1], dtype=float).T
        return RecordedCell(name, cell, self.settings.dt * np.arange(done + 1.0), rows[:len(states)], states,
                            rows[len(states):], tuple(self.network.currents(name)))

    def history(self, k: int, t_end: float) -> WeightHistory:
        """Return how the weights of a plastic projection went."""
        projection, targets, picked = self.network.projections[k], self.targets[k], self.picked[k]
        kept = [sample for sample in self.samples[k] if sample[0] <= t_end]
        pairs = np.stack([targets.sources[picked], targets.cells[picked].astype(np.int64)], axis=1)
        return WeightHistory(projection.source, projection.target, np.array([t for t, _, _ in kept]),
                             np.array([mean for _, mean, _ in kept]), np.array([w for _, _, w in kept]), pairs)


def _picked(count: int, most: int) -> NDArray[np.int64]:
    """Return the numbers of at most so many synapses, evenly spread."""
    return np.unique(np.linspace(0, max(count - 1, 0), min(count, most)).astype(np.int64))
