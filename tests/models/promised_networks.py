"""What the pages of spiking networks promise."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ncm_app.models.networks import _feedforward_plots as averaged
from ncm_app.models.networks._plastic_plots import as_rates, rate_model
from ncm_app.models.networks._theory import linearised, mean_field_rates
from ncm_app.numerics.networks.effective import outliers
from ncm_app.numerics.results import Status
from ncm_app.studies.companion import companion_of, linked_values
from ncm_app.studies.oscillation import limit_cycle
from ncm_app.studies.plots import run_or_perform
from ncm_app.studies.stability import equilibria
from tests.models.promises import Promise, measured, sentence, theory


def mean_field(snapshot):
    """Return the mean-field rates, Hz; theory asks for no run."""
    return 1000.0 * mean_field_rates(snapshot.model.circuit(snapshot.p), snapshot.p).rates[0]


def stray(snapshot):
    """Return how far theory lets the mean of I_e stray, mV."""
    answer = run_or_perform(snapshot)
    return float(averaged.deviation_of_mean(answer, snapshot.p.N, snapshot.p.t_end))


def expected_deviation(snapshot):
    return averaged.expected_deviation(run_or_perform(snapshot), snapshot.p)


def scatter(snapshot):
    """Return how far the rates of cells lie from a line in their mean inputs, for those that fire, Hz."""
    answer = run_or_perform(snapshot)
    rates, inputs = answer.cell_rates["post"], answer.own_inputs["post"]
    inside = rates > 5.0
    return float(np.std(rates[inside] - np.polyval(np.polyfit(inputs[inside], rates[inside], 1), inputs[inside])))


def rightmost(snapshot):
    """Return the largest real part of the outliers in theory, 1/ms."""
    return float(outliers(linearised(snapshot.model.circuit(snapshot.p), snapshot.p)).real.max())


def alike(snapshot, other):
    return all(abs(measured(snapshot, name) / measured(other, name) - 1.0) < 0.15 for name in ("rate e", "rate i"))


def rates_beside(snapshot):
    """Return the rate network that stands beside a network."""
    other = companion_of(snapshot.model)
    return other(**linked_values(snapshot), dt=0.01).snapshot()


def cycles(snapshot):
    """Return how often the rate network beside cycles a second, 0 where it rests."""
    (point,), found = equilibria(rates_beside(snapshot)).points, limit_cycle(rates_beside(snapshot))
    return 0.0 if point.stable else 1000.0 / found.period


def rings(snapshot):
    """Return for how many ms the rate network beside rings, until a hundredth is left."""
    (point,) = equilibria(rates_beside(snapshot)).points
    assert point.kind == "stable spiral"
    return np.log(100.0) / -point.eigenvalues.real.max()


FEEDFORWARD = (
    Promise("feedforward_network", "A hundred cells share", {
        "A hundred cells share 2,500 sources": lambda q: q().p.N_e + q().p.N_i}, preset="Fig 3.1"),
    Promise("feedforward_network", "Averaged over 1,000 cells", {
        "1,000 cells": lambda q: q().p.N, "2 s": lambda q: q().t_end / 1000.0,
        "within a per cent or two": lambda q: abs(measured(q(), "mean I_e") / theory(q(), "mean I_e") - 1.0) < 0.02},
        preset="Ex 3.1.1, many cells"),
    Promise("feedforward_network", "In Fig 3.1, raise r_e", {
        "rises from 14.2 to 25.6 Hz": lambda q: (*mean_field(q()), *mean_field(q(r_e=9.0))),
        "the cells too": lambda q: measured(q(r_e=9.0), "rate post") > measured(q(r_e=8.0), "rate post") + 5.0}),
    Promise("feedforward_network", "In Fig 3.1, raise T", {
        "points close in on a curve": lambda q: scatter(q(t_end=10_000.0)) < 0.7 * scatter(q(t_end=1000.0)),
        "the lasting SD stays": lambda q: abs(measured(q(t_end=10_000.0), "lasting SD of rates")
                                              - measured(q(), "lasting SD of rates")) < 1.5}),
    Promise("feedforward_network", "In Ex 3.1.1, many cells", {
        "by 0.58 mV instead of 0.15 mV": lambda q: (stray(q(N=10)), stray(q(N=1000)))}),
    Promise("feedforward_network", "In Fig 3.1, lower p_e and p_i", {
        "the mean stays": lambda q: np.allclose(*(averaged.mean_excitation(run_or_perform(s)) for s in halved(q))),
        "cells differ more": lambda q: expected_deviation(halved(q)[0]) > 1.2 * expected_deviation(halved(q)[1])}),
    Promise("feedforward_network", "The book's own run gives", {
        "12.85 Hz": None, "14.16 Hz": lambda q: mean_field(q()), "13.48 with an SD of 0.99 Hz": None, "(1/2)": None}),
)


def halved(q):
    return q(p_e=0.05, p_i=0.05, j_e=32.0, j_i=-32.0), q(p_e=0.1, p_i=0.1, j_e=16.0, j_i=-16.0)


RECURRENT = (
    Promise("recurrent_network", "1,000 cells, twice", {
        "1,000 cells": lambda q: q().p.N_e + q().p.N_i,
        "twice as densely": lambda q: q().p.p == 2.0 * q("Fig 3.3").p.p}, preset="Fig 3.3, later version"),
    Promise("recurrent_network", "Excitation faster than inhibition", {
        "some 30 a second": lambda q: 10.0 * round(measured(q(), "rhythm") / 10.0)}, preset="Ex 3.3.1"),
    Promise("recurrent_network", "Eight times the cells", {
        "Eight times the cells": lambda q: q().p.N_e == 8 * q("Fig 3.3").p.N_e and q().p.N_i == 8 * q("Fig 3.3").p.N_i,
        "with as many synapses for each": lambda q: q().p.N_e * q().p.p == q("Fig 3.3").p.N_e * q("Fig 3.3").p.p,
        "the same rates": lambda q: alike(q(), q("Fig 3.3, longer"))}, preset="20,000 cells"),
    Promise("recurrent_network", "In Fig 3.3, longer, raise tau_i", {
        "pass the limit of stability": lambda q: rightmost(q(tau_i=12.0)) > 0.0 > rightmost(q(tau_i=4.0)),
        "some 20 a second": lambda q: 10.0 * round(measured(q(tau_i=12.0), "rhythm") / 10.0)}),
    Promise("recurrent_network", "Given an f-I curve of these cells", {
        "rests where the spikes are on average": lambda q: cycles(q()) == 0.0 and all(
            abs(measured(q(), f"rate {name}") - rate) < 0.25
            for name, rate in zip("ei", mean_field(q()), strict=True))}),
    Promise("recurrent_network", "Spikes come in volleys; the rates ring", {
        "come in volleys": lambda q: "rhythm" in sentence(q()),
        "ring for some ms, and rest": lambda q: 10.0 < rings(q()) < 30.0}),
    Promise("recurrent_network", "Slow inhibition: 12 volleys", {
        "12 volleys a second": lambda q: measured(q(), "rhythm"), "cycle 44 times": lambda q: cycles(q())}),
    Promise("recurrent_network", "In Beside rates: agreement, raise r_x", {
        "double with the input": lambda q: np.isclose(measured(q(r_x=10.0), "rate e in balance"),
                                                      2.0 * measured(q(r_x=5.0), "rate e in balance")),
        "rise to 15.4 and 42.4 Hz": lambda q: [measured(q(r_x=10.0), f"rate {name}") for name in "ei"],
        "to 13.6 and 36.2 Hz": lambda q: mean_field(q(r_x=10.0))}),
    Promise("recurrent_network", "In Beside rates: Fig 3.4 C,D, lower tau_i", {
        "the rate network comes to rest": lambda q: cycles(q(tau_i=20.0)) == 0.0 < cycles(q(tau_i=30.0)),
        "still fire in volleys": lambda q: "rhythm" in sentence(q(tau_i=20.0))}),
    Promise("recurrent_network", "In Runaway, change j_ei", {
        "the rates come down": lambda q: run_or_perform(q(j_ei=-40.0)).status is Status.OK
        and run_or_perform(q(j_ei=-10.0)).status is Status.RUNAWAY}),
    Promise("recurrent_network", "The f-I curve of the mean field", {
        "V_re = -75, V_th = 5 mV, synapses of 5 ms": None, "6.50 and 16.96 Hz": None, "100,000": None}),
)

def window_rates(snapshot):
    """Return the rates of e up to 0.5, 1, 2 and 3 s, Hz, by the rate network."""
    t, (r_e, _, _) = rate_model(snapshot.p)
    edges = [0.0, 500.0, 1000.0, 2000.0, 3000.0]
    return [1000.0 * float(r_e[(t >= low) & (t < high)].mean()) for low, high in pairwise(edges)]


PLASTIC = (
    Promise("plastic_network", "Inhibition learns", {
        "from 8.4 to 4.9 Hz": lambda q: (measured(q(), "rate e at first"), measured(q(), "rate e")),
        "within 3 s": lambda q: q().p.t_end / 1000.0, "to 4 Hz": lambda q: q().p.r_0}, preset="Fig 4.1 D,E"),
    Promise("plastic_network", "Learning ten times as fast", {
        "ten times as fast": lambda q: q().p.eps == 10.0 * q("Fig 4.1 D,E").p.eps,
        "the target is met": lambda q: "its target is met" in sentence(q())}, preset="As fast as Fig 4.1 F"),
    Promise("plastic_network", "Fewer cells", {
        "2 s": lambda q: q().p.t_end / 1000.0,
        "too short to learn": lambda q: "still on its way" in sentence(q())}, preset="Fig 4.1, later version"),
    Promise("plastic_network", "In Fig 4.1 D,E, raise eps", {
        "after 3 s": lambda q: q().p.t_end / 1000.0,
        "the target is met": lambda q: "target is met" in sentence(q(eps=800.0))
        and "on its way" in sentence(q(eps=80.0))}),
    Promise("plastic_network", "In Fig 4.1 D,E, lower eps", {
        "nothing is learned": lambda q: measured(q(eps=0.0), "mean j_ei") == q(eps=80.0).p.j_ei,
        "9.3 Hz": lambda q: measured(q(eps=0.0), "rate e")}),
    Promise("plastic_network", "In Fig 4.1 D,E, raise r_0", {
        "the target is met": lambda q: "its target is met" in sentence(q(r_0=8.0)) and q(r_0=4.0).p.r_0 == 4.0,
        "-40.3 mV ms": lambda q: measured(q(r_0=8.0), "mean j_ei")}),
    Promise("plastic_network", "In Ex 4.1.1, lower step_x", {
        "falls below its target": lambda q: measured(q(step_x=-2.0), "rate e") < 4.0,
        "inhibition is unlearned": lambda q: measured(q(step_x=-2.0), "mean j_ei")
        > measured(q(step_x=2.0), "mean j_ei") + 10.0}),
    Promise("plastic_network", "Weights spread out", {
        "Eq. 4.3 (dashed) takes the same way": lambda q: np.all(np.abs(np.diff(window_rates(q()))) > 0.3),
        "they no longer differ as they do without learning": lambda q: np.std(run_or_perform(q()).cell_rates["e"])
        < 0.5 * np.std(run_or_perform(q(eps=0.0)).cell_rates["e"])}),
    Promise("plastic_network", "The book's code", {
        "dt = 0.1 ms": None, "80 mV ms²": lambda q: q().p.eps, "it says 800": None, "with 2 eps p N_i": None,
        "80,000": lambda q: 2.0 * q("As fast as Fig 4.1 F").p.eps * q().p.p * q().p.N_i,
        "eps = 80": lambda q: q().p.eps, "learn with 8000": lambda q: as_rates(q().p).eps_r,
        "8.57, 6.33, 5.35 and 4.83 Hz up to 0.5, 1, 2 and 3 s": None}),
)

PROMISES = (*FEEDFORWARD, *RECURRENT, *PLASTIC)
