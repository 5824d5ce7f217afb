"""What the notes on the book say of the models; None: what only the book itself can show."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from ncm_app.studies.expectations import check
from ncm_app.studies.plots import measures
from tests.models.promises import (
    Promise,
    blown_up,
    course,
    crossings,
    end,
    gaps,
    interval,
    measured,
    peak,
    rests,
    run,
    special,
    stepped_interval,
    theory,
)

BINS = np.arange(10_000)
EARLY = np.flatnonzero((BINS * 0.1 / 0.1).astype(int) != BINS)
"""Bins whose times, divided by the width and cut, are those of the bin before."""


def off(snapshot, name):
    """Return the largest error of one way to the solution."""
    return check(snapshot, "errors", {name: 0.0}).found[name]


def stepped_hopf(q):
    """Return tau_i at which Euler's steps neither shrink nor widen a small circle about the fixed point."""
    def widening(tau_i):
        snapshot = q("Fig 3.4 C,D", tau_i=tau_i)
        return np.abs(1.0 + snapshot.dt * rests(snapshot)[0].eigenvalues).max() - 1.0

    return brentq(widening, 26.0, 28.5)


def like_one_over_time(snapshot):
    """Tell whether the distance from V_T falls like 1/t: its inverse grows evenly."""
    t, V = course(snapshot, after=500.0)
    inverse = 1.0 / (snapshot.p.V_T - V)
    return bool(np.abs(np.diff(inverse) / np.diff(t) / np.mean(np.diff(inverse) / np.diff(t)) - 1).max() < 0.1)


def line_at(x, t):
    """Return the solution of x' = x^2 - 1 from x after a time, in closed form."""
    share = (x - 1.0) / (x + 1.0) * np.exp(2.0 * t)
    return (1.0 + share) / (1.0 - share)


def too_large(snapshot):
    u = course(snapshot)[1]
    return 100.0 * (np.exp(-snapshot.p.a * 5.0) * np.hypot(u[-1], end(snapshot, 1)) / np.hypot(*snapshot.start) - 1.0)


def mirrored(q):
    p = q("Hoppensteadt-Izhikevich", P=1.0, Q=-5.0).p
    other = q("Hoppensteadt-Izhikevich", P=-1.0, Q=-12.0 + 5.0).p
    rhs = q().model.rhs
    return np.allclose(rhs(0, (0.2, 0.7), p), -np.array(rhs(0, (0.8, 0.3), other)))


def spread_of_fano(q):
    return next(found.theory for found in measures(q()) if found.name == "Fano factor")


PROMISES = (
    Promise("leaky_integrator", "Fig 1.1 is drawn", {
        "I_0 = 5 mV (V ends at -67)": lambda q: (q().p.I_0, end(q())),
        "4 mV; the right panels start at -72, not -70 mV": None,
        "s >= 0": None,
        "up to 0.0404 mV off": None,
        "off by 0.0000074 mV": lambda q: off(q("Fig 1.1 C,D"), "convolution")}),
    Promise("eif", "The dots of the book", {
        "4.18 mV above V_T": lambda q: rests(q("Fig 1.3 A"))[1].state[0] - q().p.V_T,
        "like 1/t": lambda q: 1.0 if like_one_over_time(q("Fig B.3 at I_th", t_end=3000.0)) else 0.0,
        "are 53.3 ms": lambda q: gaps(q("Fig 1.2"))[0],
        "52.9899 ms": lambda q: interval(q("Ex 1.2.2"))}),
    Promise("synapses", "The book's convolution", {
        "0.607898 mV": None,
        "0.604207 mV": lambda q: measured(q(), "EPSP"),
        "0.6 mV": lambda q: theory(q(), "EPSP"),
        "off by 0.000004 mV": lambda q: off(q(), "convolution")}),
    Promise("spike_trains", "The book's 15.175", {
        "15.175 Hz": None, "15.12": None, "a bin of 1 ms": None, "begin with 1": None, "trial 42 at 4.36 ms": None,
        "SpikeTimes[2], not [3]": None}),
    Promise("poisson_process", "For a sine, algorithm", {
        "algorithm 1": lambda q: float(q().values_by_name["algorithm"][0]),
        "404 of 10,000": lambda q: (len(EARLY), len(BINS)),
        "dt = 0.1 ms": None,
        "bin 43": lambda q: EARLY[0],
        "(N - 1) / N": lambda q: 1.0 if np.isclose(spread_of_fano(q), 0.99) else 0.0,
        "0.993 at 15 Hz and 1 s": lambda q: (theory(q(), "CV"), q().p.r_0, q().t_end / 1000.0)}),
    Promise("eif_poisson", "Figures are drawn with", {
        "weights of 16 mV ms (mean input 13.6, mean free potential -58.4 mV)": lambda q: (
            q().p.j_e, theory(q(), "mean I"), measured(q(), "mean free V")),
        "12.75 and -59.25 mV go with 15": lambda q: (
            theory(q("Text of 2.3"), "mean I"), measured(q("Text of 2.3"), "mean free V"), q("Text of 2.3").p.j_e),
        "from θ = 15 mV ends at 10.6 instead of 9.64": None,
        "5 s leave an SD of 0.4 mV in θ, 0.2 Hz/mV": None}),
    Promise("ei_rate_network", "Stability needs", {
        "0.1806": lambda q: rests(q("Fig 3.4 A,B"))[0].determinant,
        "steps of 0.1 ms": lambda q: q().dt,
        "27.28 ms instead of 28.60": lambda q: (stepped_hopf(q), special(q("Fig 3.4 C,D"), "tau_i", "H")[0]),
        "24.7 ms instead of 22.64": lambda q: [
            np.diff(crossings(q("Fig 3.4 C,D", t_end=1000.0, method=method), 0.0056))[-1]
            for method in ("Euler", "RK4")]}),
    Promise("exponential_decay", "The middle form", {
        "end at 15, not at 5": lambda q: (q().values_by_name["y_0"] + q().p.c, end(q(t_end=300.0), 1))}),
    Promise("convolution", "The book's exp", {
        "/ 2), 1.2247 for its sigma = 3": lambda q: (2.0, np.sqrt(3.0 / 2.0), 3.0)}),
    Promise("forced_linear", "The solution printed", {
        "5 tau, t], not up to 0": None,
        "is 0.0011 off": None,
        "0.0000012": lambda q: off(q("Fig A.4 E"), "convolution")}),
    Promise("euler_method", "In the book's first", {
        "u(1,:)": None,
        "tan(x/2) = tan(1/2) exp(sin t)": lambda q: (2.0, 1.0, 2.0) if np.isclose(
            np.tan(check(q(), "exact", {3.0: ()}).found[3.0][0] / 2), np.tan(0.5) * np.exp(np.sin(3.0))) else ()}),
    Promise("lorenz", "The exercise's plot3", {
        "steps of 0.01 ms": lambda q: q().dt,
        "x reaches 21.2 and z 53.6": lambda q: (peak(q()), peak(q(), 2)),
        "19.6 and 47.8": lambda q: (peak(q(method="RK4", dt=0.002)), peak(q(method="RK4", dt=0.002), 2))}),
    Promise("phase_line", "In Ex A.7.1 Euler", {
        "every step adds 0": lambda q: np.ptp(run(q("Ex A.7.1")).y),
        "t = 5 from the starts of Fig A.6 and Ex A.7.2 are -0.999637, -0.999909 and -1.00003": lambda q: (
            5.0, *(line_at(q(name).start[0], 5.0) for name in ("Fig A.6", "Ex A.7.2", "Ex A.7.2, from -2")))}),
    Promise("dirac_delta", "As a limit of Gaussians", {
        "exp(-t^2 / (2 sigma^2)): as printed the area is 0.7071": lambda q: (2.0, np.sqrt(0.5)),
        "not 0": None,
        "x(30) = 0.036973": lambda q: (30.0, np.interp(30.0, *course(q()))),
        "0.0367879": lambda q: np.exp(-1.0) / q().p.tau}),
    Promise("linear_system", "In Fig A.10", {
        "T < 0, not T > 0": None,
        "D > 0": None,
        "steps of 0.001 ms": lambda q: q().dt,
        "t = 5 ms by more than 25 %": lambda q: (5.0, 25.0) if too_large(q("Fig A.8 stable spiral")) > 25 else ()}),
    Promise("hopf_system", "The parameter of", {
        "c goes to 0": None,
        "c > 0 solutions from outside the cycle, such as x = 3": lambda q: (0.0, 3.0) if blown_up(
            q("Ex A.9.3, outside", c=1.0, x_0=3.0)) < 2 else ()}),
    Promise("channelrhodopsin_eif", "Of g_ChR only", {"is 0 in the exercise": lambda q: q().p.I_0}),
    Promise("hodgkin_huxley", "The book rounds", {
        "1/18 in": None,
        "0.0556; classical has 1/18": lambda q: (1.0 / 18.0, 1.0, 18.0),
        "E_Na is 50, not 55 mV": lambda q: (q().p.E_Na, 55.0),
        "-65.5 mV is not the rest, -64.996": lambda q: (q().start[0], rests(q())[0].state[0]),
        "0.001 ms delay the spikes by 0.002 ms": lambda q: (
            0.001, crossings(q(method="Euler", dt=0.001))[0] - crossings(q(method="RK4", dt=0.001))[0]),
        "RK4 with 0.05 ms by less": lambda q: (0.05,) if abs(
            crossings(q(method="RK4", dt=0.05))[0] - crossings(q(method="RK4", dt=0.001))[0]) < 0.002 else ()},
            preset="Fig B.2 A-D"),
    Promise("adex", "The draft has no text", {"at 999.9 ms": lambda q: q().t_end - q().dt}),
    Promise("lif", "The interval is", {
        "35.9684 ms at I_0 = 19 mV": lambda q: (interval(q()), q().p.I_0),
        "steps of 0.1 ms give 35.9 ms": lambda q: (q().dt, stepped_interval(q()))}),
    Promise("qif", "In the later draft", {
        "c = 1/(2 D tau_m) = 1/60": lambda q: (1.0, 2.0, 1.0, 2 * q().p.D * q().p.tau_m)}),
    Promise("kuramoto", "The draft has only", {"(2008)": None}),
    Promise("phase_oscillators", "The draft has only", {
        "(1 - cos(2 sqrt(I_0) t)) / (2 I_0)": None,
        "I_0 = 4, pulses of 1": lambda q: (q("QIF follower, equal").p.omega, 1.0),
        "from 0.1871 to 1.4604 within 14 pulses": lambda q: (
            q("QIF follower, equal").start[0] / 4.0,
            np.interp(14 * 2 * np.pi / 4.0, *course(q("QIF follower, equal"))) / 4.0, 14.0),
        "1.4567": None}),
    Promise("fitzhugh_nagumo", "The draft has only", {
        "I = 0.331281 and 1.418719": lambda q: special(q(), "I", "H"),
        "a = 0.7, b = 0.8, phi = 0.08": lambda q: (q().p.a, q().p.b, q().p.phi),
        "0.34 or 0.4": None}),
    Promise("wilson_cowan", "The draft has only", {
        "(1972)": None,
        "(1 - E, 1 - I, -P, -12 - Q)": lambda q: (1.0, 1.0, -12.0) if mirrored(q) else ()}),
)
