"""Adaptive exponential integrate-and-fire neuron (appendix B.3)."""

import numpy as np

from ncm_app.core.integrate_and_fire import MEMBRANE, I_x, Phi, SoftThreshold
from ncm_app.core.model import Measure, Preset, Quantity, State
from ncm_app.numerics.spikes.bursts import find_bursts

PAUSE = 1.5  # times the last interval: an interval that is worth telling besides


class AdEx(SoftThreshold):
    """An EIF that tires: a slow current w grows with V and with every spike, and holds V back."""

    chapter, title = "B.3", "Adaptive exponential integrate-and-fire neuron"
    acronym = "AdEx"

    I_0 = Quantity(19.0)
    V_re = Quantity(-75.0, bounds=(-90, -45))
    a = Quantity(0.1, bounds=(0, 2), group="adaptation", doc="how much w follows V")
    b = Quantity(0.75, bounds=(0, 10), unit="mV", group="adaptation", doc="jump of w at each spike")
    tau_w = Quantity(400.0, bounds=(20, 600), unit="ms", group="adaptation",
                     doc="time constant of w")

    states = (MEMBRANE, State("w", start=0.0, span=(-1.0, 13.0), box=(-100.0, 200.0), unit="mV",
                              axis_group="adaptation", doc="adaptation current"))
    presets = (
        Preset("Fig B.4", "Ten spikes, ever further apart: w builds up, from 52 ms to 138 ms between two spikes.",
               compare="eif",
               expect={"spike_times": (41.7, 94.0, 155.0, 227.1, 313.3, 415.9, 534.2, 663.9, 799.7, 938.2),
                       "measured": {"largest w": 4.03748}, "fixed_points": (), "steady_rate": (7.0, 7.3)}),
        Preset("Tonic", "Without adaptation, a = b = 0, it is the EIF: every interval is the same.",
               values={"a": 0.0, "b": 0.0, "t_end": 300.0}, compare="eif",
               expect={"measured": {"last interval": 45.2}, "steady_rate": 22.12, "first_rate": 22.12,
                       "fixed_points": ()}),
        Preset("Initial burst", "Reset above V_T: four quick spikes, then w allows one every 73 ms.",
               values={"I_0": 25.0, "a": 0.2, "b": 3.0, "tau_w": 150.0, "V_re": -54.0},
               expect={"measured": {"first interval": 7.4, "last interval": (72.0, 75.0)},
                       "steady_rate": (13.0, 14.5), "fixed_points": ()}),
        Preset("Bursting", "Reset well above V_T: bursts of five quick spikes, then w needs 202 ms to fall.",
               values={"I_0": 20.0, "a": 0.0, "b": 1.5, "tau_w": 200.0, "V_re": -52.0},
               expect={"measured": {"first interval": 4.3, "longest interval": 202.1, "spikes per burst": 5.0},
                       "steady_rate": (20.0, 24.0),
                       "fixed_points": ()}),
        Preset("Rebound", "A rest that w helps to hold: when the hyperpolarizing pulse ends, w is low, and V fires.",
               values={"I_0": 22.0, "I_1": -20.0, "t_1": 300.0, "d_1": 300.0, "a": 1.0, "b": 1.0, "tau_w": 100.0,
                       "V_0": -61.0, "w_0": 11.0},
               expect={"spikes": 1, "kinds": ("stable node", "saddle"), "steady_rate": 0.0}),
    )
    look_for = ("In the plane, V moves right below its nullcline (blue) and is thrown back to V_re at each spike, "
                "while w climbs by b. The higher w, the narrower the passage under the nullcline, and the longer the "
                "next wait.")
    try_this = ("In Fig B.4, set b to 0: w still follows V, but the intervals grow from 47 to 55 ms only.",
                "In Fig B.4, compare with the EIF under the same input: it fires 22 times, this cell ten times.",
                "In Bursting, lower V_re from -52 to -60 mV: the bursts turn into single spikes, 74 ms apart.",
                "In Rebound, set I_1 from -20 to -10 mV: w does not fall far enough, and there is no spike.")
    book_note = ("The draft has no text for this neuron; the values are those of the later draft's figure. Its w "
                 "at the end is that of the last step, at 999.9 ms.")

    @staticmethod
    def rhs(t, y, p):
        V, w = y
        dV = (-(V - p.E_L) + Phi(V, p) - w + I_x(t, p)) / p.tau_m
        dw = (-w + p.a * (V - p.E_L)) / p.tau_w
        return dV, dw

    @staticmethod
    def reset(y, p):
        w = y[1]
        return p.V_re, w + p.b

    @staticmethod
    def measure(answer, p):
        waits = np.diff(answer.spikes)
        largest = Measure("largest w", float(np.max(answer.y[1])), "mV")
        if not len(waits):
            return (largest,)
        pattern = find_bursts(answer.spikes)
        if pattern is not None:  # then the last interval says only where the run ends
            named = [("first interval", waits[0]), ("longest interval", np.max(waits)),
                     ("burst to burst", pattern.every)]
        else:
            named = [("first interval", waits[0]), ("last interval", waits[-1])]
            if np.max(waits) > PAUSE * waits[-1]:
                named.append(("longest interval", np.max(waits)))
        each = () if pattern is None else (Measure("spikes per burst", pattern.spikes),)
        return (*(Measure(name, float(wait), "ms") for name, wait in named), *each, largest)
