"""The kind of networks of spiking cells: what all of them have in common."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ncm_app.core.model import Choice, Count, Experiment, Measure, Quantity
from ncm_app.models.networks import _words as words
from ncm_app.models.networks._answer import NetworkAnswer
from ncm_app.models.networks._cells import CELLS
from ncm_app.models.rates._f_i_curve import GAIN, THETA
from ncm_app.numerics.networks.result import SpikeRun
from ncm_app.numerics.networks.run import run_network
from ncm_app.numerics.networks.spec import Network as Circuit
from ncm_app.numerics.networks.spec import RunSettings
from ncm_app.numerics.results.base import Status
from ncm_app.numerics.system import PartProgress

MOST_SYNAPSES = 40_000_000
"""Synapses of a network at most: two bytes each."""
BURN_IN = 100.0
"""What is measured leaves out the start, at most half of the run, ms."""
HEARD = 50
"""Cells of a population that are played at once."""


class Network(Experiment):
    """Spiking cells in populations, connected at random, under Poisson input.

    Implement these: `circuit(p)`, the populations (`_cells.population`), sources, projections and what is plastic
    of `numerics.networks.spec`; `plots`, by `_plots.network_plots` from the names and roles of populations and
    sources; controls for what `circuit` reads. Controls of cell, run and theory, all that is measured beside its
    theory, sentence and sound come with the kind. `first_measured` may say from when on, ms.
    """

    t_end = Quantity(200.0, bounds=(10, 10_000), softbounds=(50, 3000), step=10, unit="ms", symbol="T", group="run",
                     doc="duration of the run")
    seed = Count(1, bounds=(0, 9999), group="run", doc="seed of connections, input spikes and starts")
    order = Choice("by number", objects=["by number", "by rate"], group="view", doc="order of the cells in the raster")
    sigma = Quantity(6.0, bounds=(1, 100), step=1, unit="ms", group="view", doc="SD of the Gaussian that smooths rates")
    watched = Count(1, bounds=(1, 20_000), group="view", doc="the cell whose input is drawn, and that is heard")
    heard = Choice("the cell", objects=["the cell", f"{HEARD} cells"], group="view", doc="what is played")
    cell = Choice("EIF", objects=list(CELLS), group="cell", rare=True, doc="the kind of cell")
    tau_m = Quantity(10.0, bounds=(1, 50), unit="ms", group="cell", rare=True, doc="membrane time constant")
    E_L = Quantity(-72.0, bounds=(-90, -60), unit="mV", group="cell", rare=True, doc="resting potential")
    V_T = Quantity(-55.0, bounds=(-65, -40), unit="mV", group="cell", rare=True, doc="threshold, soft but for the LIF")
    D = Quantity(2.0, bounds=(0.5, 6), unit="mV", group="cell", rare=True, doc="softness of the threshold")
    V_th = Quantity(0.0, bounds=(-20, 20), unit="mV", group="cell", rare=True, doc="V at which a spike counts")
    V_re = Quantity(-72.0, bounds=(-90, -66), unit="mV", group="cell", rare=True, doc="V after a spike")
    g = Quantity(GAIN, bounds=(0.0, 0.01), unit="kHz/mV", group="mean field", rare=True,
                 doc="gain of the f-I curve of mean-field theory")
    theta = Quantity(THETA, bounds=(-20, 40), unit="mV", group="mean field", rare=True, doc="its threshold")

    pictured = "rates"
    only_drawn = ("order", "sigma", "heard", "g", "theta")
    idle_unless: ClassVar[Any] = {"cell": {"EIF": ("D", "V_th"), "LIF": (), "QIF": ("D", "V_th"),
                                           "AdEx": ("D", "V_th")}}

    @staticmethod
    def circuit(p: Any) -> Circuit:
        """Return what the network is made of."""
        raise NotImplementedError

    @staticmethod
    def first_measured(p: Any) -> float:
        """Return from when on the network is measured, ms."""
        return min(BURN_IN, float(p.t_end) / 2.0)

    @staticmethod
    def settings(p: Any, circuit: Circuit) -> RunSettings:
        """Return how the network is run, and which cell is recorded."""
        return RunSettings(t_end=p.t_end, seed=p.seed, recorded=_recorded(circuit, p.watched))

    @classmethod
    def perform(cls, p: Any, progress: Any) -> NetworkAnswer:
        """Run the network; partial answers are its first part."""
        circuit, start = cls.circuit(p), cls.first_measured(p)
        too_many = words.too_many_synapses(circuit, MOST_SYNAPSES)
        if too_many:
            return NetworkAnswer(circuit, _unrun(circuit, too_many), start, p.seed)

        def answer(run: SpikeRun) -> NetworkAnswer:
            return NetworkAnswer(circuit, run, min(start, run.t_end / 2.0), p.seed)

        return answer(run_network(circuit, cls.settings(p, circuit), PartProgress(progress, answer)))

    @staticmethod
    def measure(answer: NetworkAnswer, p: Any) -> tuple[Measure, ...]:
        """Return rates beside mean-field theory, CVs, correlations and rhythms, each with its error."""
        return words.measures(answer, words.expected(answer, p))

    @staticmethod
    def tell(answer: NetworkAnswer, p: Any) -> str:
        """Say at which rates the network fires, and how far theory is off and why."""
        return words.told(answer, p)

    @staticmethod
    def sound(answer: NetworkAnswer, p: Any) -> tuple[Any, float]:
        """Return the spikes of the chosen cell, or of some cells of its population, and the duration, ms."""
        cell, run = answer.watched, answer.run
        if cell is None:
            return np.empty(0), run.t_end
        times, cells = run.spikes_of(cell.population)
        return times[cells < HEARD if p.heard else cells == cell.cell], run.t_end


def _recorded(circuit: Circuit, number: int) -> tuple[tuple[str, int], ...]:
    """Return population and number of a cell that is counted through all populations; the last if there are fewer."""
    if not circuit.size:
        return ()
    place = min(number, circuit.size) - 1
    name = max((name for name, first in circuit.offsets.items() if first <= place and circuit.part(name).size),
               key=lambda one: circuit.offsets[one])
    return ((name, place - circuit.offsets[name]),)


def _unrun(circuit: Circuit, sentence: str) -> SpikeRun:
    """Return the run of a network that is not run, which says why."""
    none, nobody = np.empty(0), np.empty(0, dtype=np.int32)
    names, sources = (tuple(part.name for part in parts) for parts in (circuit.populations, circuit.sources))
    sizes, source_sizes = (tuple(part.size for part in parts) for parts in (circuit.populations, circuit.sources))
    return SpikeRun(names, sizes, none, nobody, sources, source_sizes, none.copy(), nobody.copy(), none.copy(),
                    np.empty((len(names), 0)), 0.0, 0.1, status=Status.STEP_LIMIT, sentence=sentence)
