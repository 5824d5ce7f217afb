"""What a network is made of, and how it is run; frozen and hashable, so that answers can be remembered by it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ncm_app.numerics.networks.layout import MOST_CELLS
from ncm_app.numerics.system import System

Range = tuple[float, float]
Steps = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Population:
    """Cells of one kind, under one set of parameters.

    `cell` is the System of an integrate-and-fire model, `values` its record of parameters (a NamedTuple of
    numbers). All synaptic currents add to the parameter `drive`, so `values` may hold a constant drive and pulses
    of its own. `start` holds one (low, high) for each state: at t = 0 a cell draws each evenly from there.
    """

    name: str
    size: int
    cell: System
    values: Any
    start: tuple[Range, ...]
    drive: str = "I_0"


@dataclass(frozen=True)
class Source:
    """Poisson processes of one rate, `rate_hz`; from each time (ms) in `steps` on, in order, at that rate (Hz)."""

    name: str
    size: int
    rate_hz: float
    steps: Steps = ()

    def rate_at(self, t: float) -> float:
        """Return the rate at time t (ms), Hz."""
        return next((rate for start, rate in reversed(self.steps) if t >= start), self.rate_hz)


@dataclass(frozen=True)
class Plasticity:
    """Homeostatic rule for the weights of a projection (section 4.1, Eq. 4.2, with the sign of its prose).

    Every cell keeps a trace y (1/ms) that jumps by 1/tau_y at its spike and decays with tau_y (ms). A spike of a
    source cell changes the weight J (mV ms) of each of its synapses by -eps (y_target - 2 r_0), a spike of a target
    cell by -eps y_source; `target_hz` is r_0. These are the jumps themselves: a loop that multiplies them by
    dt = 0.1, as the snippet of the text does, learns ten times more slowly. Afterwards J is at most `highest`.

    In one step, currents jump first, by the weights as they were; then target cells that spike change
    weights (y_source still without the spikes of this step); last the source cells that spike.
    """

    tau_y: float
    eps: float
    target_hz: float
    highest: float = 0.0


@dataclass(frozen=True)
class Projection:
    """Random synapses: each pair of cells is connected with `probability`, itself included, independently.

    A spike adds weight/tau (mV; weight in mV ms, tau in ms) to the current of each target cell, which decays by
    1 - dt/tau in each step. Projections that name the same `current` onto the same target share it, and must
    agree in tau; without a name the current is called after the source.
    """

    source: str
    target: str
    weight: float
    probability: float
    tau: float
    current: str = ""
    plasticity: Plasticity | None = None

    @property
    def current_name(self) -> str:
        """Name of the current."""
        return self.current or self.source


@dataclass(frozen=True)
class Network:
    """Populations, Poisson sources, and the projections from either onto populations.

    Raises ValueError, with a sentence, where they do not fit together.
    """

    populations: tuple[Population, ...]
    sources: tuple[Source, ...] = ()
    projections: tuple[Projection, ...] = ()

    def __post_init__(self) -> None:
        names = [part.name for part in self.parts]
        if len(set(names)) < len(names):
            raise ValueError(f"Two parts of the network have the same name: {', '.join(names)}.")
        for part in self.parts:
            if not 0 <= part.size <= MOST_CELLS:
                raise ValueError(f"{part.name} has {part.size} cells; there can be 0 to {MOST_CELLS}.")
        for population in self.populations:
            _check_cell(population)
        _check_projections(self, names)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{part.name} {part.size}" for part in self.parts)
        return f"Network({sizes}; {len(self.projections)} projections)"

    @property
    def parts(self) -> tuple[Population | Source, ...]:
        """Populations, then sources."""
        return *self.populations, *self.sources

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Number of the first cell of each population: cells are counted through."""
        found, first = {}, 0
        for population in self.populations:
            found[population.name] = first
            first += population.size
        return found

    @cached_property
    def size(self) -> int:
        """Number of cells of all populations."""
        return sum(population.size for population in self.populations)

    def currents(self, target: str) -> dict[str, float]:
        """Return the time constants (ms) of the currents of a population, by name, in the order of the projections."""
        return {p.current_name: p.tau for p in self.projections if p.target == target}

    def part(self, name: str) -> Population | Source:
        """Return a population or source by name."""
        return next(part for part in self.parts if part.name == name)


def _check_cell(population: Population) -> None:
    cell, name = population.cell, population.name
    if cell.threshold is None or cell.reset is None:
        raise ValueError(f"The cell of {name} has no threshold and reset, so it does not spike.")
    if cell.impulses is not None:
        raise ValueError(f"The cell of {name} draws its own input; a network needs one without.")
    if population.drive not in population.values._fields:
        raise ValueError(f"The cell of {name} has no parameter {population.drive} that currents could add to.")
    if len(population.start) != cell.size:
        raise ValueError(f"The cell of {name} has {cell.size} states, but {len(population.start)} ranges to start in.")


def _check_projections(network: Network, names: list[str]) -> None:
    pairs, taus = set(), dict[tuple[str, str], float]()
    for p in network.projections:
        if p.source not in names or p.target not in network.offsets:
            raise ValueError(f"From {p.source} to {p.target} there can be no projection: one is not in the network.")
        if (p.source, p.target) in pairs:
            raise ValueError(f"There are two projections from {p.source} to {p.target}.")
        pairs.add((p.source, p.target))
        if not 0.0 <= p.probability <= 1.0 or not p.tau > 0.0:
            raise ValueError(f"From {p.source} to {p.target}, the probability {p.probability} must lie in 0 to 1, and "
                             f"the time constant {p.tau} ms above 0.")
        if taus.setdefault((p.target, p.current_name), p.tau) != p.tau:
            raise ValueError(f"The current {p.current_name} of {p.target} has two time constants.")


@dataclass(frozen=True)
class RunSettings:
    """How a network is run: times in ms, `seed` for all draws, cells whose state is kept.

    `recorded` names (population, number) of cells; `bin_ms` is the width of the bins of the population rates.
    A run is stopped where a population fires above `cap_hz` on average over a window (`numerics.networks.runaway`).
    Of plastic weights, those of at most `kept_weights` synapses of each projection are kept, every `weight_ms`.
    """

    t_end: float = 1000.0
    dt: float = 0.1
    seed: int = 1
    precision: str = "float32"
    recorded: tuple[tuple[str, int], ...] = ()
    bin_ms: float = 2.0
    cap_hz: float = 500.0
    kept_weights: int = 1000
    weight_ms: float = 20.0

    def __post_init__(self) -> None:
        if self.precision not in ("float32", "float64"):
            raise ValueError(f"Networks run in float32 or float64, not in {self.precision}.")
        if not (self.dt > 0.0 and self.t_end >= 0.0 and self.bin_ms > 0.0 and self.weight_ms > 0.0):
            raise ValueError("A run needs a step, bins and samples longer than 0, and an end not before 0 ms.")

    @property
    def steps(self) -> int:
        """Number of steps."""
        return round(self.t_end / self.dt)
