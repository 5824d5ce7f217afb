"""The cells of networks: any integrate-and-fire model of the catalogue, under the parameters of the network."""

from __future__ import annotations

from typing import Any

from ncm_app.core.catalogue import find
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.networks.spec import Population
from ncm_app.numerics.system import System

CELLS = {"EIF": "eif", "LIF": "lif", "QIF": "qif", "AdEx": "adex"}
"""Options of the cell, and the slug of each model."""

SHARED = ("tau_m", "E_L", "V_T", "D", "V_re", "V_th")
"""Parameters that a network sets; a cell without one ignores it."""


def threshold_input(p: Any) -> float:
    """Return the constant input (mV) above which the chosen cell fires: without noise below it, none does."""
    return float(p.V_T - p.E_L - (0.0 if list(CELLS)[p.cell] == "LIF" else p.D))


def population(name: str, size: int, p: Any) -> Population:
    """Return a population of the chosen cell; V starts evenly between E_L and V_T, all else at its usual value."""
    model = find(CELLS[list(CELLS)[p.cell]])
    usual = model.preset_values(None)
    own = {key: getattr(p, key) for key in SHARED if key in usual}
    silent = dict.fromkeys(("I_0", "I_1", "I_2"), 0.0)
    values = Snapshot.of(model, {**usual, **own, **silent}).p
    low, high = sorted((p.E_L, p.V_T))
    start = ((low, high), *((usual[s.start_control],) * 2 for s in model.states[1:]))
    return Population(name, size, System.of(model), values, start)
