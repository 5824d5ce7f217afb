"""What the pages of oscillators, excitable cells and populations of appendix B promise."""

from __future__ import annotations

import numpy as np

from ncm_app.models.oscillators.kuramoto import simulated
from ncm_app.models.oscillators.phase_oscillators import advance, size, weak_advance
from ncm_app.studies.cycles import cycles
from ncm_app.studies.diagram import diagram
from tests.models.promised_appendix_b import supercritical
from tests.models.promises import (
    Promise,
    course,
    end,
    kinds,
    peak,
    period,
    rests,
    run,
    sentence,
    special,
    theory,
)


def rests_at_end(snapshot):
    """Tell whether a run has come to one of its stable fixed points."""
    last = run(snapshot).y[:, -1]
    size = [state.span[1] - state.span[0] for state in snapshot.model.states]
    return any(np.all(np.abs(last - point.state) < 0.02 * np.array(size)) for point in rests(snapshot) if point.stable)


def turns(snapshot, angle=2.0 * np.pi):
    """Return how long the phase difference takes for a turn in the end, ms."""
    t, psi = course(snapshot)
    steps = np.arange(psi[0], psi[-1], angle)
    return float(np.diff(np.interp(steps, psi, t))[-1])


def slips(snapshot):
    return bool(np.abs(np.diff(course(snapshot)[1][[0, -1]]))[0] > 2.0 * np.pi) or not rests(snapshot)


def grey_distance(snapshot):
    found = run(snapshot)
    return np.abs(simulated(found.t, snapshot.p) - found.y[0])[found.t > 120].max()


def fold_of_cycles(snapshot):
    return min(p.parameters["I"] for branch in cycles(snapshot, "I") for p in branch.points if p.code == "LPC")


def parts_from_small(q):
    """Tell whether a large pulse advances by more than in proportion early in the turn, by less late."""
    early, late = np.linspace(0.3, 1.5, 40), np.linspace(2.6, 5.9, 40)
    p = q(omega=1.0).p
    return bool(np.all(advance(early, p) > weak_advance(early, p)) and np.all(advance(late, p) < weak_advance(late, p)))


PROMISES = (
    Promise("kuramoto", "In Partial synchrony, lower", {
        "r decays, ever more slowly": lambda q: np.all(np.diff(run(q(K=0.2)).y[0]) < 0) and end(q(K=0.2)) > 0.05}),
    Promise("kuramoto", "In Partial synchrony, change", {
        "other 50 frequencies": lambda q: q().p.N,
        "a little more or less": lambda q: (0.001 < np.ptp([simulated(run(q()).t, q(seed=k).p)[-500:].mean() for k in
            (2, 3, 4)]) < 0.3)}),
    Promise("kuramoto", "In Partial synchrony, raise N", {
        "comes close": lambda q: grey_distance(q(N=1000)) < 0.06 < grey_distance(q())}),
    Promise("kuramoto", "Synchrony begins", {
        "2 / (pi g(0)) = 2 Delta": lambda q: (2.0, special(q(), "K", "BP")[0] / q().p.Delta),
        "sqrt(1 - 2 Delta / K)": lambda q: ((1.0, 2.0) if np.isclose(rests(q())[1].state[0], np.sqrt(1 - 2 * q().p.Delta
            / q().p.K)) else (0, 0)),
        "1 / sqrt(N)": lambda q: 1.0 if 0.3 < grey_distance(q(N=100)) * 10 < 5 else 0.0}),
    Promise("kuramoto", "At twice the onset", {
        "twice the onset": lambda q: np.isclose(q().p.K, 2 * special(q(), "K", "BP")[0]),
        "slowest 78 %": lambda q: 200 / np.pi * np.arctan(q().p.K * end(q()) / q().p.Delta),
        "to 0.71": lambda q: end(q())}),
    Promise("kuramoto", "r grows slowly", {"50 oscillators": lambda q: q().p.N}),
    Promise("three_oscillators", "In Kuramoto, lower", {
        "about to meet": lambda q: kinds(q(K=0.171)) == ("stable node", "saddle") and kinds(q(K=0.17)) == ()}),
    Promise("three_oscillators", "In Kuramoto, raise", {
        "the locked states are gone": lambda q: kinds(q(alpha=1.2)) == ()}),
    Promise("three_oscillators", "In QIF response, set", {"it slips": lambda q: kinds(q(D_2=0.01)) == ()}),
    Promise("three_oscillators", "Below K = 0.1704", {"0.1704": lambda q: special(q(), "K", "LP")[:1]}),
    Promise("phase_oscillators", "In Two coupled, raise", {
        "gone; the phases slip": lambda q: kinds(q(D=0.22)) == () and slips(q(D=0.22))}),
    Promise("phase_oscillators", "In Two coupled: slip, raise", {
        "18 ms instead of 69": lambda q: (turns(q(D=0.4)), turns(q()))}),
    Promise("phase_oscillators", "In QIF follower, raise", {
        "so it slips": lambda q: kinds(q(D=0.01)) == () and len(kinds(q())) == 2}),
    Promise("phase_oscillators", "In QIF follower, equal", {
        "four times as large": lambda q: size(q(omega=1.0).p) == 4 * size(q().p),
        "by less late": parts_from_small}),
    Promise("phase_oscillators", "The difference of the frequencies is less", {
        "2 K": lambda q: special(q(), "D", "LP")[1] / q().p.K}),
    Promise("phase_oscillators", "A little beyond 2 K", {
        "2 K": lambda q: special(q(), "D", "LP")[1] / q().p.K,
        "slip": lambda q: slips(q())}),
    Promise("fitzhugh_nagumo", "In Excitable, set", {
        "no spike": lambda q: peak(q(v_0=-0.5)) > 1.5 and peak(q(v_0=-0.65)) < 0}),
    Promise("fitzhugh_nagumo", "In Rest or rhythm", {
        "the neuron rests": lambda q: (rests_at_end(q(v_0=-0.97, w_0=-0.34, t_end=2000.0)) and not
            rests_at_end(q(t_end=2000.0)))}),
    Promise("fitzhugh_nagumo", "In Rhythm, lower", {
        "grows to 122 ms": lambda q: max(period(q(phi=0.02)), period(q()))}),
    Promise("fitzhugh_nagumo", "v jumps along", {
        "where the trace is 0, at v = -0.967 and 0.967": lambda q: (0.0, *sorted(p.state[0] for p in diagram(q(),
            "I").points if p.code == "H")),
        "two subcritical": lambda q: supercritical(q(), "I") == [False, False]}),
    Promise("morris_lecar", "In Hopf: rest or firing", {
        "the neuron rests": lambda q: (rests_at_end(q(V_0=-27.0, w_0=0.13, t_end=3000.0)) and not
            rests_at_end(q(t_end=3000.0)))}),
    Promise("morris_lecar", "In SN", {"from 145 to 944 ms": lambda q: (period(q()), period(q(I=40.0)))}),
    Promise("morris_lecar", "In Hopf, raise", {"rests again, at 11 mV": lambda q: end(q(I=250.0))}),
    Promise("morris_lecar", "In homoclinic, lower", {
        "the neuron rests": lambda q: (rests_at_end(q(I=35.0, t_end=1000.0)) and not rests_at_end(q(I=36.0,
            t_end=1000.0)))}),
    Promise("morris_lecar", "Between the fold", {
        "88.29": lambda q: fold_of_cycles(q()),
        "93.86": lambda q: special(q(), "I", "H")[0]}),
    Promise("conductance_synapses", "In Driving force, click", {
        "V rests at E_i": lambda q: q(I_x=-3.0).p.E_L + q(I_x=-3.0).p.I_x == q().p.E_i,
        "an inhibitory spike does nothing": lambda q: ("inhibitory one leaves V where it is" in
            sentence(q(I_x=-3.0)))}),
    Promise("conductance_synapses", "In Driving force, set", {
        "0.77 mV": lambda q: theory(q(I_x=20.0), "EPSP"),
        "7.2 mV": lambda q: -theory(q(I_x=20.0), "IPSP")}),
    Promise("conductance_synapses", "In High-conductance state, set", {
        "near -12 mV": lambda q: q().model.levels(q(linear="at rest").p)[3]}),
    Promise("conductance_synapses", "In High-conductance state, double", {
        "from 2.0 to 1.1 ms": lambda q: (theory(q(), "tau_eff"), theory(q(r_e=16.0, r_i=30.0), "tau_eff")),
        "so does the SD of V": lambda q: theory(q(r_e=16.0, r_i=30.0), "SD of V") < theory(q(), "SD of V")}),
    Promise("conductance_synapses", "4,700 spikes", {
        "4,700": lambda q: q().p.K_e * q().p.r_e + q().p.K_i * q().p.r_i,
        "five times": lambda q: abs(q().p.tau_m / theory(q(), "tau_eff") - 5) < 0.2}),
    Promise("wilson_cowan", "In 1972 Fig 11, lower P", {
        "meets a saddle at 1.066, a homoclinic orbit": lambda q: [
            p.parameters["P"] for branch in cycles(q(), "P") for p in branch.points if p.code == "HC"],
        "P from 1.25 to 1.0": lambda q: (q(P=1.25).p.P, 1.0 if rests_at_end(q(P=1.0, t_end=200.0)) and end(q(P=1.0,
            t_end=200.0)) < 0.05 else 0)}),
    Promise("wilson_cowan", "In 1972 Fig 11, raise", {
        "steady, ringing": lambda q: np.isnan(period(q(P=2.0))) and kinds(q(P=2.0)) == ("stable spiral",)}),
    Promise("wilson_cowan", "In Neuromatch, start", {"dies out": lambda q: end(q(E_0=0.2)) < 0.1 < 0.3 < end(q())}),
    Promise("wilson_cowan", "In Neuromatch oscillation", {
        "from 21.5 to 54 ms": lambda q: (period(q()), period(q(P=0.72)))}),
    Promise("wilson_cowan", "Here inhibitory", {
        "at P = 0, Q = -6": lambda q: (q().p.P, q().p.Q),
        "all is symmetric": lambda q: np.allclose(q().model.rhs(0, (0.3, 0.6), q().p), -np.array(q().model.rhs(0, (0.7,
            0.4), q().p)))}),
)
