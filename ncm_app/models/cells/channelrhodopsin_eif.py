"""EIF neuron with channels that light opens (appendix B.1, Exercise B.1.1)."""

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.integrate_and_fire import MEMBRANE, I_x, Phi, SoftThreshold
from ncm_app.core.model import Choice, Preset, Quantity, State, Variable

OFF, ON, PULSES = range(3)
FEWEST = 3  # spikes from which a rate can be read


@register_jitable
def L(t, p):
    """Light: 1 on, 0 off."""
    if p.light == ON:
        return 1.0
    if p.light == PULSES:
        first = 1.0 * ((t >= p.t_1) * (t < p.t_1 + p.d_1))
        second = 1.0 * ((t >= p.t_2) * (t < p.t_2 + p.d_2))
        return np.maximum(first, second)
    return 0.0


class ChannelrhodopsinEIF(SoftThreshold):
    """An EIF neuron with sodium channels that light opens: a lamp instead of an electrode (Ex. B.1.1)."""

    chapter, title = "B.1", "EIF neuron with channelrhodopsin"
    acronym = "EIF with ChR"

    light = Choice("on", objects=["off", "on", "pulses"], symbol="L", group="light",
                   doc="light: off, on, or on during both pulses (from t_1 for d_1, from t_2 for d_2)")
    g_ChR = Quantity(0.17, bounds=(0, 0.5), group="light",
                     doc="conductance of all channels when open, in units of the leak's")
    E_ChR = Quantity(50.0, bounds=(0, 60), unit="mV", group="light", rare=True,
                     doc="reversal potential of the channel (sodium)")
    tau_ChR = Quantity(2.0, bounds=(0.5, 50), unit="ms", group="light",
                       doc="time in which the channels open and close")

    states = (MEMBRANE, State("p_ChR", start=0.0, span=(0.0, 1.0), role="external",
                              doc="share of open channels"))
    observed = (Variable("L", span=(0.0, 1.0), role="external", doc="light"),)
    steady = {"I_1": 0.0, "I_2": 0.0, "light": {"pulses": "on"}}
    explore = "g_ChR"
    presets = (
        Preset("Ex B.1.1", "The answer, about 20 Hz in the light: g_ChR = 0.172 times the leak.",
               values={"g_ChR": 0.172}, expect={"steady_rate": (19.5, 20.5), "fixed_points": ()}),
        Preset("Ex B.1.1 pulses", "Light switches the cell on twice for 200 ms; it fires only then.",
               values={"light": "pulses", "g_ChR": 0.172},
               expect={"spikes": 8, "steady_rate": (19.5, 20.5), "fixed_points": ()}),
        Preset("Ex B.1.1 too weak", "0.13 times the leak: light depolarizes the cell, but not to its threshold.",
               values={"g_ChR": 0.13}, expect={"steady_rate": 0.0, "spikes": 0, "kinds": ("stable node", "saddle")}),
        Preset("Ex B.1.1 at 0.16", "0.16 times the leak gives 15.0 Hz.", values={"g_ChR": 0.16},
               expect={"steady_rate": 15.0, "fixed_points": ()}),
        Preset("Ex B.1.1 at 0.20", "0.20 times the leak gives 30.0 Hz: twice the rate for a quarter more channels.",
               values={"g_ChR": 0.2}, expect={"steady_rate": 30.0, "fixed_points": ()}),
        Preset("Dark", "Without light the channels are shut, and the cell is the EIF at rest.",
               values={"light": "off"}, expect={"spikes": 0, "kinds": ("stable node", "saddle")}),
    )
    look_for = ("Light opens the channels within some 2 ms, then V climbs to the next spike at a rate that g_ChR sets. "
                "The channels add leak as well as drive, so V charges faster than under a current.")
    try_this = ("In Ex B.1.1, move g_ChR: 0.16 gives 15.0 Hz, 0.17 19.3 Hz, 0.18 23.1 Hz, 0.20 30.0 Hz.",
                "In Ex B.1.1 pulses, raise tau_ChR from 2 to 50 ms: the first spike comes 143 instead of 50 ms late.",
                "In Ex B.1.1 too weak, raise I_0 to 5 mV: light and current together fire the cell at 22 Hz.")
    book_note = ("Of g_ChR only the ratio to the leak conductance counts. The exercise prints the input I_x twice in "
                 "its equation; it stands there once, as here, and is 0 in the exercise.")

    @staticmethod
    def rhs(t, y, p):
        V, p_ChR = y
        dV = (-(V - p.E_L) + Phi(V, p) - p.g_ChR * p_ChR * (V - p.E_ChR) + I_x(t, p)) / p.tau_m
        dp_ChR = (-p_ChR + L(t, p)) / p.tau_ChR
        return dV, dp_ChR

    @staticmethod
    def reset(y, p):
        p_ChR = y[1]
        return p.V_re, p_ChR

    @staticmethod
    def idle(run, p):
        return () if p.light == PULSES else SoftThreshold.idle(run, p)

    @staticmethod
    def observe(t, y, p):
        return (L(t, p),)

    @staticmethod
    def tell(answer, p):
        if p.light == OFF:
            return ""
        lit = answer.spikes[L(answer.spikes, p) + 0.0 * answer.spikes > 0.5]
        if p.light == PULSES:
            outside = len(answer.spikes) - len(lit)
            return (f"the light comes on twice: {len(lit)} spikes in it and {outside} without; "
                    "rates, fixed points and bifurcations are those of lasting light")
        if len(lit) < FEWEST:
            return f"{len(lit)} spikes in the light: raise g_ChR for the 20 Hz of Ex B.1.1"
        rate = 1000.0 / (lit[-1] - lit[-2])
        goal = "that is the 20 Hz of Ex B.1.1" if abs(rate - 20.0) < 0.5 else (
            f"{'lower' if rate > 20.0 else 'raise'} g_ChR for the 20 Hz of Ex B.1.1")
        return f"in the light the cell fires at {rate:.1f} Hz in this run; {goal}"
