"""Compiled networks in double precision against a plain loop on the same draws: the same spikes, the same weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ncm_app.models.cells.adex import AdEx
from ncm_app.models.cells.channelrhodopsin_eif import ChannelrhodopsinEIF
from ncm_app.models.cells.lif import LIF
from ncm_app.models.cells.qif import QIF
from ncm_app.numerics.networks.engine import Engine
from ncm_app.numerics.networks.run import run_network
from ncm_app.numerics.networks.spec import Network, Plasticity, Population, Projection, RunSettings, Source
from ncm_app.studies.systems import system_of
from tests.support.network_loop import NetworkLoop
from tests.support.networks import LATER, TAUS, feedforward, later, population, recurrent

RULE = Plasticity(150.0, 50.0, 5.0)
SMALL = {"e": 160, "i": 40, "x": 160}
STRONG = {pair: 4.0 * weight for pair, weight in LATER.items()}


def same(network: Network, settings: RunSettings, least: int) -> NetworkLoop:
    """Check that both have the same spikes, and at least so many; return the plain loop."""
    run, loop = run_network(network, settings), NetworkLoop(network, settings)
    loop.run(settings.steps)
    assert run.sentence == "" and len(run.times) >= least
    assert np.allclose(run.times, loop.times, atol=1e-9) and run.cells.tolist() == loop.cells
    return loop


@pytest.mark.parametrize("seed", [1, 2])
def test_recurrent_network_has_the_spikes_of_the_plain_loop(seed: int) -> None:
    same(later(), RunSettings(t_end=200.0, precision="float64", seed=seed), 1500)


def test_feedforward_network_has_the_spikes_of_the_plain_loop() -> None:
    same(feedforward(), RunSettings(t_end=500.0, precision="float64"), 400)


PLASTIC = {
    "i to e": recurrent(SMALL, 0.2, STRONG, 10.0, RULE),
    "capped": recurrent(SMALL, 0.2, STRONG, 10.0, replace(RULE, highest=-175.0)),
    "anti": recurrent(SMALL, 0.2, STRONG, 10.0, replace(RULE, eps=-20.0, highest=-178.0)),
    "too high at first": recurrent(SMALL, 0.2, STRONG, 10.0, replace(RULE, highest=-182.0)),
    "e to e": Network((population("e", 100, I_0=17.0),), (),
                      (Projection("e", "e", 3.0, 0.2, 6.0, plasticity=replace(RULE, highest=40.0)),)),
    "x to e": Network((population("e", 100),), (Source("x", 80, 30.0),),
                      (Projection("x", "e", 60.0, 0.2, 6.0, plasticity=replace(RULE, highest=80.0)),)),
    "two rules": Network((population("e", 100), population("i", 40)), (Source("x", 80, 30.0),),
                         (Projection("x", "e", 80.0, 0.2, 6.0, plasticity=replace(RULE, highest=90.0)),
                          Projection("x", "i", 80.0, 0.2, 6.0),
                          Projection("i", "e", -60.0, 0.3, 4.0, plasticity=RULE))),
}


@pytest.mark.parametrize("case", PLASTIC)
def test_plastic_weights_are_those_of_the_plain_loop(case: str) -> None:
    network, settings = PLASTIC[case], RunSettings(t_end=200.0, precision="float64", kept_weights=10**6)
    loop = same(network, settings, 100)
    plastic = [k for k, p in enumerate(network.projections) if p.plasticity is not None]
    for k, history in zip(plastic, run_network(network, settings).weights, strict=True):
        assert np.allclose(history.weights[-1], loop.weights[k], rtol=2e-7)
        assert abs(history.mean[-1] - np.mean(loop.weights[k])) < 1e-9
        assert np.array_equal(history.pairs[:, 0], loop.targets[k].sources)
        assert np.ptp(loop.weights[k]) > 1.0


@pytest.mark.parametrize("case", PLASTIC)
def test_plastic_weights_are_exact_in_double_precision(case: str) -> None:
    network, settings = PLASTIC[case], RunSettings(t_end=150.0, precision="float64")
    loop = NetworkLoop(network, settings)
    engine = Engine(network, settings, tuple(loop.targets), tuple(loop.arrivals.values()))
    assert engine.advance(0, settings.steps).done == settings.steps
    loop.run(settings.steps)
    for rule in engine.rules:
        assert np.abs(rule.weights - loop.weights[rule.number]).max() < 1e-9


def _cells(model: Any, size: int, **changes: float) -> Population:
    known = {name: control.default for name, control in model.controls().items() if name in model.Parameters._fields}
    coded = {name: model.controls()[name].encode(v) if isinstance(v, str) else v for name, v in known.items()}
    values = model.Parameters(**(coded | {"I_1": 0.0, "I_2": 0.0} | changes))
    system = system_of(model)
    start = ((-72.0, -60.0), *((0.0, 0.2) for _ in system.names[1:]))
    return Population("e", size, system, values, start)


CELLS = {
    "LIF": _cells(LIF, 150, I_0=10.0, V_re=-72.0),
    "QIF": _cells(QIF, 150, I_0=10.0),
    "QIF counted at V_T": _cells(QIF, 150, I_0=10.0, counted=1),
    "AdEx": _cells(AdEx, 150, I_0=10.0),
    "channelrhodopsin": _cells(ChannelrhodopsinEIF, 150, I_0=5.0),
    "pulses": _cells(LIF, 150, I_0=8.0, I_1=15.0, t_1=50.0, d_1=30.0),
}


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("case", CELLS)
def test_any_integrate_and_fire_cell_of_the_catalogue_will_do(case: str, precision: str) -> None:
    network = Network((CELLS[case],), (Source("x", 100, 20.0),),
                      (Projection("x", "e", 30.0, 0.2, TAUS["x"]), Projection("e", "e", 4.0, 0.1, TAUS["e"])))
    if precision == "float64":
        same(network, RunSettings(t_end=150.0, precision=precision), 50)
    else:
        single, double = (run_network(network, RunSettings(t_end=150.0, precision=real))
                          for real in (precision, "float64"))
        assert abs(len(single.times) - len(double.times)) < 0.1 * len(double.times)


def test_cells_of_several_kinds_live_in_one_network() -> None:
    first, second = CELLS["LIF"], replace(CELLS["AdEx"], name="a")
    network = Network((first, second), (Source("x", 100, 20.0),),
                      (Projection("x", "e", 30.0, 0.2, 8.0), Projection("x", "a", 30.0, 0.2, 8.0),
                       Projection("e", "a", 4.0, 0.1, 6.0), Projection("a", "e", -4.0, 0.1, 6.0, "I_a")))
    same(network, RunSettings(t_end=100.0, precision="float64"), 50)
