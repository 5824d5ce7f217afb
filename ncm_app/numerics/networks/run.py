"""Run a network: spikes as they come, stopped where it runs away."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.networks.arrivals import draw_arrivals
from ncm_app.numerics.networks.engine import Engine, Rule
from ncm_app.numerics.networks.result import RecordedCell, SpikeRun, WeightHistory
from ncm_app.numerics.networks.runaway import Stop, runaway
from ncm_app.numerics.networks.spec import Network, RunSettings
from ncm_app.numerics.networks.topology import targets_of
from ncm_app.numerics.results.base import Status
from ncm_app.numerics.system import SILENT, Partial, Progress

FIRST_PART = 200.0
"""Length of the part of a run that is shown at once, ms."""

CHUNK = 0.005
"""Time of work between two looks at the progress, s."""

DEFAULTS = RunSettings()


def run_network(network: Network, settings: RunSettings = DEFAULTS, progress: Progress = SILENT) -> SpikeRun:
    """Run a network from t = 0 on, without the interpreter lock.

    The first 200 ms are reported as soon as they are there, later parts in turn, where they are wanted. Every
    draw depends on the seed and on the names of the parts, so weights and rates change the dynamics and
    not the noise. Raises Cancelled within 20 ms where `progress` does, and Unfit, with a sentence, where the
    equation of a cell cannot be compiled.
    """
    run = _Run(network, settings, progress)
    progress.report(0.0)
    steps, first_part = settings.steps, round(FIRST_PART / settings.dt)
    done, chunk = 0, 100
    while done < steps and run.stop is None:
        begun = time.perf_counter()
        reached = run.advance(done, min(done + chunk, first_part if done < first_part else steps, steps))
        chunk = max(int(min(4.0, CHUNK / max(time.perf_counter() - begun, 1e-6)) * (reached - done)), 10)
        done = reached
        wanted = first_part <= done < steps and progress.wants_partial
        words = f"the first {done * settings.dt:.0f} ms"
        progress.report(done / steps, Partial(run.result(done), words) if wanted else None)
    return run.result(done)


def warm_network(network: Network, settings: RunSettings = DEFAULTS) -> None:
    """Compile all that a run of this network needs, or load it from disk; meant for a background thread."""
    small = replace(network, populations=tuple(replace(part, size=1) for part in network.populations),
                    sources=tuple(replace(source, size=1) for source in network.sources))
    run_network(small, replace(settings, t_end=settings.dt, recorded=()))


class _Run:
    """What a run has gathered so far: spikes by step and population, and the cells that they are of."""

    def __init__(self, network: Network, settings: RunSettings, progress: Progress) -> None:
        self.network, self.settings = network, settings
        drawn = []
        for projection in network.projections:
            progress.report(0.0)
            drawn.append(targets_of(network, projection, settings.seed))
        self.targets = targets = tuple(drawn)
        self.arrivals = tuple(draw_arrivals(source, settings, progress) for source in network.sources)
        self.engine = Engine(network, settings, targets, self.arrivals)
        self.counts = np.zeros((settings.steps, len(network.populations)), dtype=np.int32)
        self.cells: list[NDArray[np.int32]] = []
        self.stop: Stop | None = None

    def advance(self, first: int, last: int) -> int:
        """Take steps, and look whether the network runs away; return the next step."""
        taken = self.engine.advance(first, last)
        self.counts[first:taken.done] = taken.counts
        self.cells.append(taken.cells)
        self.stop = runaway(self.network, self.settings, self.counts, first, taken)
        return taken.done

    def result(self, done: int) -> SpikeRun:
        """Return the run as far as it got."""
        done = done if self.stop is None else self.stop.step
        network, dt, counts = self.network, self.settings.dt, self.counts[:done]
        place = np.flatnonzero(counts)
        many = counts.ravel()[place]
        step, part = np.divmod(place, max(len(network.populations), 1))
        own = np.concatenate([np.empty(0, np.int32), *self.cells])[:many.sum()]
        offsets = np.array(list(network.offsets.values()), np.int32)
        t, rates = self.binned(counts)
        return SpikeRun(
            tuple(p.name for p in network.populations), tuple(p.size for p in network.populations),
            dt * np.repeat(step + 1.0, many), own + np.repeat(offsets[part], many),
            tuple(s.name for s in network.sources), tuple(s.size for s in network.sources),
            *self.inputs(done), t, rates, done * dt, dt,
            tuple(self.recording(k, done) for k in range(len(self.settings.recorded))),
            tuple(self.history(rule, done) for rule in self.engine.rules),
            Status.OK if self.stop is None else self.stop.status, "" if self.stop is None else self.stop.sentence)

    def inputs(self, done: int) -> tuple[Any, Any]:
        """Return times and cells of the spikes of all sources, sorted."""
        times, cells, offset = [np.empty(0)], [np.empty(0, np.int32)], 0
        for source, arrived in zip(self.network.sources, self.arrivals, strict=True):
            times.append(arrived.times[:arrived.first[done]])
            cells.append(arrived.cells[:arrived.first[done]] + np.int32(offset))
            offset += source.size
        if len(self.arrivals) == 1:
            return times[1], cells[1]
        order = np.argsort(np.concatenate(times), kind="stable")
        return np.concatenate(times)[order], np.concatenate(cells)[order]

    def binned(self, counts: Any) -> tuple[Any, Any]:
        """Return the middles of the bins, ms, and the rates of the populations in them, Hz."""
        width = max(round(self.settings.bin_ms / self.settings.dt), 1)
        bins = len(counts) // width
        found = counts[:bins * width].reshape(bins, width, counts.shape[1]).sum(axis=1).T
        sizes = np.array([[max(part.size, 1)] for part in self.network.populations]).reshape(-1, 1)
        length = width * self.settings.dt
        return (np.arange(bins) + 0.5) * length, 1000.0 * found / (length * sizes)

    def recording(self, k: int, done: int) -> RecordedCell:
        """Return what is recorded of a cell."""
        name, cell = self.settings.recorded[k]
        states = next(p.cell.names for p in self.network.populations if p.name == name)
        y, currents = self.engine.recorded(k, done)
        t = self.settings.dt * np.arange(done + 1.0)
        return RecordedCell(name, cell, t, y, states, currents, tuple(self.network.currents(name)))

    def history(self, rule: Rule, done: int) -> WeightHistory:
        """Return how the weights of a plastic projection went."""
        count, targets = done // rule.every + 1, self.targets[rule.number]
        pairs = np.stack([targets.sources[rule.picked], targets.cells[rule.picked].astype(np.int64)], axis=1)
        t = self.settings.dt * rule.every * np.arange(float(count))
        return WeightHistory(rule.projection.source, rule.projection.target, t, rule.means[:count].copy(),
                             rule.samples[:count].copy(), pairs)
