"""What the pages of neural mass models promise."""

from __future__ import annotations

import numpy as np

from ncm_app.models.masses._delay import hopf
from ncm_app.models.masses._microcircuit import loop_gains, taus
from ncm_app.studies.cycles import cycles
from ncm_app.studies.diagram import diagram
from ncm_app.studies.plots import drawn_columns
from ncm_app.studies.two_parameter import two_parameter
from tests.models.promises import Promise, end, kinds, low, measured, peak, period, rests, special


def fold_of_cycles(snapshot, parameter):
    return [q.parameters[parameter] for branch in cycles(snapshot, parameter) for q in branch.points if q.code == "LPC"]


def ends_of_loci(snapshot):
    """Return how many cusps and Bogdanov-Takens points there are over p and C."""
    codes = [q.code for q in two_parameter(snapshot, "p", "C").points]
    return codes.count("CP"), codes.count("BT")


def spectrum(snapshot):
    """Return the powers of the run and of linear theory at their common frequencies."""
    drawn = drawn_columns(snapshot, 0)
    return np.array(drawn["run"][1]), np.array(drawn["theory"][1])


def sharpness(snapshot, which=0):
    """Return the highest power over the mean power of a run (0), or of linear theory (1)."""
    power = spectrum(snapshot)[which]
    return power.max() / power.mean()


def is_in(found, low_end, high_end):
    return bool(low_end <= found <= high_end)


def tones(snapshot):
    """Return the frequencies (Hz) at which the first fixed point rings."""
    return np.sort(np.abs(rests(snapshot)[0].eigenvalues.imag))[::2] * 1000.0 / (2.0 * np.pi)


def lost_at(snapshot):
    """Return the factor on all gains at which a delayed circuit loses its rest, and the frequency there."""
    p = snapshot.p
    return hopf(taus(p), loop_gains(np.zeros(4), p) / p.rho, p.d)


def supercritical(snapshot, parameter):
    return all(q.lyapunov < 0.0 for q in diagram(snapshot, parameter).points if q.code == "H")


def slow_share(snapshot):
    """Return the part of the power below 12 Hz."""
    f, power = map(np.array, drawn_columns(snapshot, 0)["theory"])
    return power[f < 12.0].sum() / power.sum()


PROMISES = (
    Promise("canonical_microcircuit", "The standard circuit", {
        "each tone of the spectrum is a pair of eigenvalues": lambda q: np.allclose(
            np.array(drawn_columns(q(), 0)["resonances"][0]), tones(q()), rtol=1e-6),
        "at 3.195 times the deep": lambda q: special(q(), "g_deep", "H"),
        "at 3.773 times the granular": lambda q: special(q(), "g_granular", "H"),
        "at 8.412 times the superficial": lambda q: special(q(), "g_superficial", "H"),
        "All are supercritical": lambda q: all(supercritical(q(), name) for name in (
            "g_deep", "g_granular", "g_superficial", "rho"))}),
    Promise("canonical_microcircuit", "In Standard, raise", {
        "grows and sharpens": lambda q: spectrum(q(g_deep=3.0))[1].max() > 2 * spectrum(q())[1].max()
            and sharpness(q(g_deep=3.0), 1) > sharpness(q(), 1),
        "a tone of 13.4 Hz": lambda q: tones(q(g_deep=3.0))[0]}),
    Promise("canonical_microcircuit", "In Deep loop, lower", {
        "shrinks": lambda q: peak(q(g_deep=3.2), 3, 3000.0) < 0.3 * peak(q(), 3, 3000.0),
        "13.7 instead of 11.9 Hz": lambda q: (1000.0 / period(q(g_deep=3.2)), 1000.0 / period(q()))}),
    Promise("canonical_microcircuit", "In Delay, raise", {
        "at 2.87 times the gains, at 30.8 Hz": lambda q: lost_at(q(d=2.0))}),
    Promise("canonical_microcircuit", "In Standard, set", {
        "more of the slow tones": lambda q: slow_share(q(l_dp=1.0)) > 1.2 * slow_share(q())}),
    Promise("canonical_microcircuit", "Equations and constants", {
        "(Bastos and others 2012)": None, "Cooray, Rosch & Friston (2023)": None,
        "0.8 is SPM's 800 per s": lambda q: (q().p.G_1, 1000.0 * q().p.G_1)}),
    Promise("canonical_microcircuit", "At rest, with four", {"four ways to ring": lambda q: len(tones(q())) == 4}),
    Promise("canonical_microcircuit", "The same between", {
        "near 35 Hz": lambda q: is_in(1000.0 / period(q()), 33.0, 36.0)}),
    Promise("canonical_microcircuit", "The fast pair", {
        "near 89 Hz": lambda q: is_in(1000.0 / period(q()), 86.0, 91.0)}),
    Promise("canonical_microcircuit", "With synapses 1 ms late", {
        "1 ms late": lambda q: q().p.d, "at 4.91 times": lambda q: lost_at(q())[0],
        "instead of 16.3": lambda q: special(q(d=0.0), "rho", "H")}),
    Promise("canonical_microcircuit", "A little more, and", {
        "oscillates by itself, at 44 Hz": lambda q: (q().p.sigma == 0.0 and peak(q(), 1, 4000.0) > 0.5
                                                     and measured(q(), "frequency"))}),
    Promise("canonical_microcircuit", "Steeper responses", {"version of 2014": None}),
    Promise("canonical_microcircuit", "Slower cells", {
        "tones at 9.84 and 15.9 Hz": lambda q: tones(q())[:2]}),
    Promise("jansen_rit", "One diagram holds", {
        "saddle-node at 113.6 Hz": lambda q: special(q(), "p", "LP")[1],
        "Hopf points, 89.8 and 315.7 Hz": lambda q: special(q(), "p", "H")[1:],
        "fold of cycles at 137.4 Hz": lambda q: fold_of_cycles(q(), "p"),
        "meet in a cusp": lambda q: ends_of_loci(q()) == (1, 1)}),
    Promise("jansen_rit", "In Rest or rhythm, start", {
        "the column rests": lambda q: np.isclose(end(q(y_0=1.0)), rests(q())[0].state[0])
            and low(q(), after=4000.0) > 5}),
    Promise("jansen_rit", "In Spikes, lower", {
        "from 419 to 1,060 ms": lambda q: (period(q(p=120.0)), period(q(p=114.0))),
        "stay as high": lambda q: abs(peak(q(p=114.0), after=2000.0) - peak(q(), after=2000.0)) < 0.3}),
    Promise("jansen_rit", "In Spikes, raise", {
        "spikes are gone": lambda q: peak(q(), after=3000.0) > 11 > 9 > peak(q(p=140.0), after=3000.0),
        "alpha is left": lambda q: is_in(1000.0 / period(q(p=140.0)), 10.0, 11.0)}),
    Promise("jansen_rit", "In Noise at the high rest", {
        "the peak grows and sharpens": lambda q: spectrum(q(p=318.0))[0].max() > 2 * spectrum(q())[0].max()
            and sharpness(q(p=318.0)) > sharpness(q()),
        "stays below what linear theory says": lambda q: np.divide(*(s.max() for s in spectrum(q(p=318.0)))) < 0.5}),
    Promise("jansen_rit", "Equations and constants", {
        "Jansen and Rit (1995)": None, "Cooray, Rosch & Friston (2023)": None,
        "100 per s is 0.1": lambda q: (1000.0 * q().p.a, q().p.a)}),
    Promise("jansen_rit", "Below the saddle-node", {
        "low rest and the alpha rhythm coexist": lambda q: kinds(q())[0] == "stable spiral" and period(q()) > 0}),
    Promise("jansen_rit", "Where both rhythms", {
        "switches between them": lambda q: peak(q()) > 10.5 and measured(q(), "SD of y") > 1.5}),
)
