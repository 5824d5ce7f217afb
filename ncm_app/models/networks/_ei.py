"""What networks of an excitatory and an inhibitory population have in common: controls, and what they are made of."""

from __future__ import annotations

from typing import Any

from ncm_app.core.model import Count, Quantity
from ncm_app.models.networks._cells import population
from ncm_app.models.networks._network import Network
from ncm_app.models.networks._theory import mean_inputs, mean_weights
from ncm_app.numerics.networks.spec import Network as Circuit
from ncm_app.numerics.networks.spec import Plasticity, Projection, Source, Steps

LATER = {"N_e": 800, "N_i": 200, "N_x": 800, "p": 0.2, "j_ex": 30.0, "j_ix": 20.0, "j_ee": 12.0, "j_ei": -45.0,
         "j_ie": 35.0, "j_ii": -70.0}
"""Sizes and weights of the book's later version."""


class EIParts(Network):
    """Two populations and one of sources, with one probability for all connections."""

    N_e = Count(2000, bounds=(0, 16_000), softbounds=(0, 4000), group="sizes", doc="excitatory cells")
    N_i = Count(500, bounds=(0, 4000), softbounds=(0, 1000), group="sizes", doc="inhibitory cells")
    N_x = Count(2000, bounds=(0, 16_000), softbounds=(0, 4000), group="sizes", doc="external sources")
    p = Quantity(0.1, bounds=(0, 1), step=0.005, group="sizes", doc="probability of each connection")
    r_x = Quantity(5.0, bounds=(0, 20), step=0.1, unit="Hz", group="input", doc="rate of each source")
    j_ex = Quantity(25.0, bounds=(0, 100), unit="mV ms", group="weights", doc="external to e")
    j_ix = Quantity(17.0, bounds=(0, 100), unit="mV ms", group="weights", doc="external to i")
    j_ee = Quantity(10.0, bounds=(0, 40), unit="mV ms", group="weights", doc="e to e")
    j_ei = Quantity(-40.0, bounds=(-160, 0), unit="mV ms", group="weights", doc="i to e")
    j_ie = Quantity(30.0, bounds=(0, 120), unit="mV ms", group="weights", doc="e to i")
    j_ii = Quantity(-60.0, bounds=(-240, 0), unit="mV ms", group="weights", doc="i to i")
    tau_x = Quantity(8.0, bounds=(1, 50), unit="ms", group="time constants", doc="synapses of the sources")
    tau_e = Quantity(6.0, bounds=(1, 50), unit="ms", group="time constants", doc="excitatory synapses")
    tau_i = Quantity(4.0, bounds=(1, 50), unit="ms", group="time constants", doc="inhibitory synapses")


def rate_network_of(p: Any) -> dict[str, float]:
    """Return the weights (mV/kHz) and inputs (mV) of the rate network that this network has by mean-field theory."""
    circuit = circuit_of(p)
    (w_ee, w_ei), (w_ie, w_ii) = mean_weights(circuit).tolist()
    X_e, X_i = mean_inputs(circuit).tolist()
    return {"w_ee": w_ee, "w_ei": w_ei, "w_ie": w_ie, "w_ii": w_ii, "X_e": X_e, "X_i": X_i}


def circuit_of(p: Any, plasticity: Plasticity | None = None, steps: Steps = ()) -> Circuit:
    """Return the network; synapses from i to e may be plastic, and the rate of the sources steps at times (ms, Hz)."""
    taus = {"e": p.tau_e, "i": p.tau_i, "x": p.tau_x}
    weights = {("e", "x"): p.j_ex, ("i", "x"): p.j_ix, ("e", "e"): p.j_ee, ("e", "i"): p.j_ei, ("i", "e"): p.j_ie,
               ("i", "i"): p.j_ii}
    return Circuit((population("e", p.N_e, p), population("i", p.N_i, p)), (Source("x", p.N_x, p.r_x, steps),),
                   tuple(Projection(b, a, weight, p.p, taus[b], plasticity=plasticity if (a, b) == ("e", "i") else None)
                         for (a, b), weight in weights.items()))
