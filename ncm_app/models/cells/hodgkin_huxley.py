"""Hodgkin-Huxley neuron (section B.2)."""

from functools import partial

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.functions import bump, ratio, rise
from ncm_app.core.model import Choice, Curve, Curves, Flow, Preset, Quantity, State, Variable
from ncm_app.numerics.spikes.crossings import upward_crossings

BOOK, CLASSICAL = range(2)


@register_jitable
def alpha_n(V, p):
    """Rate at which potassium gates open."""
    return 0.1 * ratio(0.1 * (V + 55.0))


@register_jitable
def beta_n(V, p):
    """Rate at which potassium gates close."""
    return 0.125 * np.exp(-0.0125 * (V + 65.0))


@register_jitable
def alpha_m(V, p):
    """Rate at which sodium gates open."""
    return ratio(0.1 * (V + 40.0))


@register_jitable
def beta_m(V, p):
    """Rate at which sodium gates close."""
    if p.exponent == CLASSICAL:
        return 4.0 * np.exp(-(V + 65.0) / 18.0)
    return 4.0 * np.exp(-0.0556 * (V + 65.0))


@register_jitable
def alpha_h(V, p):
    """Rate at which sodium channels become available again."""
    return 0.07 * np.exp(-0.05 * (V + 65.0))


@register_jitable
def beta_h(V, p):
    """Rate at which sodium channels are blocked."""
    return 1.0 / (1.0 + np.exp(-0.1 * (V + 35.0)))


@register_jitable
def I_in(t, p):
    """Applied current: a constant, three Gaussian pulses and a soft step."""
    s_1, s_2, s_3 = (t - p.t_1) / p.d, (t - p.t_2) / p.d, (t - p.t_3) / p.d
    pulses = p.I_1 * bump(s_1) + p.I_2 * bump(s_2) + p.I_3 * bump(s_3)
    return p.I_app + pulses + p.I_s * rise((t - p.t_s) / p.d_s)


def share(alpha, beta, power):
    """Return a gate's steady state, to the power in which its current has it."""
    return lambda V, p: (alpha(V, p) / (alpha(V, p) + beta(V, p))) ** power


def slowness(alpha, beta):
    """Return a gate's time constant."""
    return lambda V, p: 1.0 / (alpha(V, p) + beta(V, p))


def potential(y, p):
    """Where a state stands on the axis of the gating curves."""
    return y[0]


dose = partial(Quantity, 0.0, bounds=(-50, 200), softbounds=(-20, 60), step=0.1, unit="µA/cm²",
               group="pulses and step")
moment = partial(Quantity, bounds=(0.2, 1000), step=0.1, unit="ms", group="timing", rare=True)
channel = partial(Quantity, group="membrane", rare=True)
AXIS = Variable("V", span=(-100.0, 50.0), unit="mV", doc="membrane potential")
REST = {"kinds": ("stable",), "hopf": {"I_app": (9.745807, 154.7326)}}


class HodgkinHuxley(Flow):
    """Sodium fires the spike and potassium ends it: the squid axon in four equations (section B.2)."""

    chapter, title = "B.2", "Hodgkin-Huxley neuron"

    I_app = Quantity(0.0, bounds=(-20, 200), softbounds=(-5, 30), step=0.1, unit="µA/cm²",
                     group="input", doc="constant applied current")
    I_1, t_1 = dose(doc="height of the first pulse"), moment(25.0, doc="middle of the first pulse")
    I_2, t_2 = dose(doc="height of the second pulse"), moment(50.0, doc="middle of the second pulse")
    I_3, t_3 = dose(doc="height of the third pulse"), moment(75.0, doc="middle of the third pulse")
    d = moment(1.5, bounds=(0.2, 20), doc="SD of a pulse")
    I_s, t_s = dose(doc="height of the step"), moment(125.0, doc="middle of the step")
    d_s = moment(2.0, bounds=(0.2, 50), doc="SD of the step's rise")
    exponent = Choice("book", objects=["book", "classical"], symbol=r"\beta_m", group="coefficients", rare=True,
                      doc="exponent of beta_m: 0.0556 as the book rounds it, or 1/18")
    g_Na = channel(120.0, bounds=(0, 200), unit="mS/cm²", doc="sodium conductance")
    g_K = channel(36.0, bounds=(0, 80), unit="mS/cm²", doc="potassium conductance")
    g_L = channel(0.3, bounds=(0.01, 2), unit="mS/cm²", doc="leak conductance")
    E_Na = channel(50.0, bounds=(20, 80), unit="mV", doc="reversal potential of sodium")
    E_K = channel(-77.0, bounds=(-100, -60), unit="mV", doc="reversal potential of potassium")
    E_L = channel(-54.387, bounds=(-80, -40), unit="mV", doc="reversal potential of the leak")
    C_m = channel(1.0, bounds=(0.2, 5), unit="µF/cm²", doc="capacitance of the membrane")
    t_end = Quantity(100.0, softbounds=(10, 500))
    dt = Quantity(0.05, softbounds=(0.01, 0.1), step=0.005)
    method = Choice("RK4")

    states = (State("V", start=-65.5, span=(-80.0, 50.0), box=(-110.0, 100.0), unit="mV",
                    role="excitatory", doc="membrane potential"),
              State("n", start=0.3177, span=(0.0, 1.0), box=(-0.02, 1.02), role="inhibitory",
                    doc="share of open potassium gates"),
              State("h", start=0.596, span=(0.0, 1.0), box=(-0.02, 1.02), doc="share of available sodium"),
              State("m", start=0.053, span=(0.0, 1.0), box=(-0.02, 1.02), doc="share of open sodium gates"))
    observed = (Variable("I_in", span=(0.0, 15.0), unit="µA/cm²", symbol=r"I_{\mathrm{in}}", role="external",
                         doc="applied current"),)
    curves = (
        Curves("gates: steady states (Fig B.1)", AXIS, Variable("open share", (0.0, 1.0)), (
            Curve("n∞⁴", share(alpha_n, beta_n, 4), potential, "n"),
            Curve("m∞³", share(alpha_m, beta_m, 3), potential, "m"),
            Curve("h∞", share(alpha_h, beta_h, 1), potential, "h"))),
        Curves("gates: time constants (Fig B.1)", AXIS, Variable("time constant", (0.0, 9.0), "ms"), (
            Curve("τ_n", slowness(alpha_n, beta_n), potential, "n"),
            Curve("τ_m", slowness(alpha_m, beta_m), potential, "m"),
            Curve("τ_h", slowness(alpha_h, beta_h), potential, "h"))))
    steady = {"I_1": 0.0, "I_2": 0.0, "I_3": 0.0, "I_s": 0.0, "t_1": 25.0, "t_2": 50.0, "t_3": 75.0, "d": 1.5,
              "t_s": 125.0, "d_s": 2.0}  # without pulses their times mean nothing
    explore = "I_app"
    presets = (
        Preset("Fig B.2 A-D", "One pulse, one spike: m rises, then h falls and n rises, and the spike is over.",
               values={"I_1": 10.0, "t_1": 10.0, "t_end": 20.0},
               expect={**REST, "fixed_points": ((-64.99638, 0.317732, 0.595994, 0.052955),),
                       "crossings": {0.0: (10.05,)}}),
        Preset("Fig B.2 E,F", "Of three growing pulses the first fails; then a step makes the neuron fire on and on.",
               values={"I_1": 2.0, "I_2": 5.0, "I_3": 8.0, "I_s": 15.0, "t_end": 200.0},
               expect={**REST, "crossings": {0.0: (51.4, 75.3, 125.9, 138.9, 151.6, 164.4, 177.1, 189.8)}}),
        Preset("book", "A constant current just above the Hopf point: regular spikes, with the book's coefficients.",
               values={"I_app": 10.0},
               expect={"kinds": ("unstable spiral (2 directions)",), "hopf": REST["hopf"], "period": 14.6305}),
        Preset("classical", "The same with the exponent of 1952: the Hopf points move by 0.03 and -0.2 µA/cm².",
               values={"I_app": 10.0, "exponent": "classical"},
               expect={"kinds": ("unstable spiral (2 directions)",), "hopf": {"I_app": (9.775438, 154.5224)},
                       "period": 14.6362}),
        Preset("Threshold", "This pulse of 2.95 µA/cm² fails, one of 3.0 fires: the threshold is 2.986.",
               values={"I_1": 2.95, "t_1": 10.0, "t_end": 40.0}, expect={**REST, "crossings": {0.0: ()}}),
        Preset("Refractory period", "A second pulse, 8 ms after the first, finds h low and n high: no second spike.",
               values={"I_1": 10.0, "t_1": 10.0, "I_2": 10.0, "t_2": 18.0, "t_end": 60.0},
               expect={**REST, "crossings": {0.0: (10.05,)}}),
        Preset("All or none", "Pulses of 4, 10 and 40 µA/cm² give spikes of 38, 40 and 41 mV.",
               values={"I_1": 4.0, "I_2": 10.0, "I_3": 40.0, "t_1": 10.0, "t_3": 90.0, "t_end": 120.0},
               expect={**REST, "crossings": {0.0: (12.00, 50.07, 88.58)}}),
    )
    look_for = ("m follows V within half a ms, h and n take several: first sodium, then potassium. Rest and firing "
                "coexist between 6.3 and 9.75 µA/cm², where the rest is lost in a subcritical Hopf bifurcation.")
    try_this = ("In Threshold, raise I_1 from 2.95 to 3 µA/cm²: a full spike, 5 ms after the pulse.",
                "In Refractory period, raise I_2 to 40 µA/cm² or t_2 to 22 ms: the second spike is back.",
                "In Fig B.2 E,F, set d_s to 20 ms: the step rises slowly, and firing waits until 157 ms.",
                "In book, choose Euler and set dt to 0.1 ms: the run blows up within 3 ms.")
    book_note = ("The book rounds 1/18 in the exponent of beta_m to 0.0556; classical has 1/18. The last term of "
                 "Eq. B.1 removes open gates, E_Na is 50, not 55 mV, and the start V = -65.5 mV is not the rest, "
                 "-64.996. The book's Euler steps of 0.001 ms delay the spikes by 0.002 ms, RK4 with 0.05 ms by less.")

    @staticmethod
    def idle(run, p):
        pulses = [(p.I_1, "t_1"), (p.I_2, "t_2"), (p.I_3, "t_3")]
        still = [name for height, name in pulses if height == 0]
        return (*still, *("d",) * (len(still) == len(pulses)), *("t_s", "d_s") * (p.I_s == 0))

    @staticmethod
    def rhs(t, y, p):
        V, n, h, m = y
        I_L, I_K, I_Na = p.g_L * (V - p.E_L), p.g_K * n**4 * (V - p.E_K), p.g_Na * m**3 * h * (V - p.E_Na)
        dV = (I_in(t, p) - I_L - I_K - I_Na) / p.C_m
        dn = (1.0 - n) * alpha_n(V, p) - n * beta_n(V, p)
        dh = (1.0 - h) * alpha_h(V, p) - h * beta_h(V, p)
        dm = (1.0 - m) * alpha_m(V, p) - m * beta_m(V, p)
        return dV, dn, dh, dm

    @staticmethod
    def observe(t, y, p):
        return (I_in(t, p),)

    @staticmethod
    def sound(run, p):
        return upward_crossings(run.t, run.y[0], 0.0), float(run.t[-1])
