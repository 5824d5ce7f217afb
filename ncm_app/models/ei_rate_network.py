"""Excitatory-inhibitory rate network (section 3.3)."""

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.model import Choice, Flow, Preset, Quantity, State

THRESHOLD_LINEAR, SIGMOID, RECTIFIED_POWER = range(3)


@register_jitable
def f(current, p):
    """Firing rate (kHz) of a population at a mean input current (mV)."""
    if p.curve == THRESHOLD_LINEAR:
        return p.g * np.maximum(current - p.theta, 0.0)
    if p.curve == SIGMOID:
        return p.r_max / (1.0 + np.exp(-(current - p.theta) / p.s))
    return p.k * np.maximum(current - p.theta, 0.0) ** p.n


class EIRateNetwork(Flow):
    """Two populations excite and inhibit each other: rest, ringing, rhythm (Eq. 3.13)."""

    chapter, title = "3.3", "Excitatory-inhibitory rate network"

    tau_e = Quantity(30.0, bounds=(1, 100), unit="ms", symbol=r"\tau_e", group="time constants",
                     doc="time constant of the excitatory population")
    tau_i = Quantity(15.0, bounds=(1, 100), unit="ms", symbol=r"\tau_i", group="time constants",
                     doc="time constant of the inhibitory population")
    w_ee = Quantity(2000.0, bounds=(0, 6000), unit="mV/kHz", symbol="w_{ee}", group="weights", doc="e to e")
    w_ei = Quantity(-2000.0, bounds=(-8000, 0), unit="mV/kHz", symbol="w_{ei}", group="weights", doc="i to e")
    w_ie = Quantity(6000.0, bounds=(0, 12000), unit="mV/kHz", symbol="w_{ie}", group="weights", doc="e to i")
    w_ii = Quantity(-3000.0, bounds=(-8000, 0), unit="mV/kHz", symbol="w_{ii}", group="weights", doc="i to i")
    X_e = Quantity(25.0, bounds=(0, 60), unit="mV", symbol="X_e", group="input", doc="external input to e")
    X_i = Quantity(17.0, bounds=(0, 60), unit="mV", symbol="X_i", group="input", doc="external input to i")
    curve = Choice("threshold-linear", objects=["threshold-linear", "sigmoid", "rectified power"],
                   symbol="f", group="f-I curve", rare=True, doc="shape of the f-I curve")
    theta = Quantity(9.639161, bounds=(-20, 40), unit="mV", symbol=r"\theta", group="f-I curve", rare=True,
                     doc="threshold (for the sigmoid: the input at half the maximal rate)")
    g = Quantity(0.003575, bounds=(0.0, 0.02), unit="kHz/mV", symbol="g", group="f-I curve", rare=True,
                 doc="gain of the threshold-linear curve")
    r_max = Quantity(0.1, bounds=(0.001, 0.5), unit="kHz", symbol=r"r_{\max}", group="f-I curve", rare=True,
                     doc="maximal rate of the sigmoid")
    s = Quantity(5.0, bounds=(0.5, 30), unit="mV", symbol="s", group="f-I curve", rare=True,
                 doc="width of the sigmoid")
    k = Quantity(0.0005, bounds=(0.0, 0.01), unit="kHz/mVⁿ", symbol="k", group="f-I curve", rare=True,
                 doc="gain of the rectified power")
    n = Quantity(2.0, bounds=(1, 4), symbol="n", group="f-I curve", rare=True, doc="exponent of the rectified power")

    states = (
        State("r_e", start=0.0, span=(0.0, 0.02), box=(0.0, 0.5), unit="kHz", shown="Hz", symbol="r_e", role="excitatory",
              doc="rate of the excitatory population"),
        State("r_i", start=0.0, span=(0.0, 0.03), box=(0.0, 0.5), unit="kHz", shown="Hz", symbol="r_i", role="inhibitory",
              doc="rate of the inhibitory population"),
    )
    explore = "tau_i"
    presets = (
        Preset("Fig 3.4 A,B", "Fast inhibition: the rates ring twice and settle."),
        Preset("Fig 3.4 C,D", "Slow inhibition: the fixed point is unstable and the rates cycle.",
               values={"tau_e": 15.0, "tau_i": 30.0}),
    )

    @staticmethod
    def rhs(t, y, p):
        r_e, r_i = y
        dr_e = (-r_e + f(p.w_ee * r_e + p.w_ei * r_i + p.X_e, p)) / p.tau_e
        dr_i = (-r_i + f(p.w_ie * r_e + p.w_ii * r_i + p.X_i, p)) / p.tau_i
        return dr_e, dr_i
