"""What the pages of neural mass models promise."""

from __future__ import annotations

import numpy as np

from ncm_app.studies.cycles import cycles
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


def sharpness(snapshot):
    """Return the highest power over the mean power of a run."""
    power = spectrum(snapshot)[0]
    return power.max() / power.mean()


def is_in(found, low_end, high_end):
    return bool(low_end <= found <= high_end)


PROMISES = (
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
