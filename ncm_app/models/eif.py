"""Exponential integrate-and-fire neuron (section 1.2)."""

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.model import Preset, Quantity, Spiking, State, Variable

STEEPEST = 300.0  # exponents beyond this would overflow; V has spiked long before


@register_jitable
def Phi(V, p):
    """Sodium current (mV) that starts a spike."""
    return p.D * np.exp(np.minimum((V - p.V_T) / p.D, STEEPEST))


@register_jitable
def I_x(t, p):
    """Input (mV): a constant and two pulses."""
    first = p.I_1 * ((t >= p.t_1) * (t < p.t_1 + p.d_1))
    second = p.I_2 * ((t >= p.t_2) * (t < p.t_2 + p.d_2))
    return p.I_0 + first + second


class EIF(Spiking):
    """A leaky cell with a soft threshold: rest below I_th, regular spikes above (Eq. 1.5)."""

    chapter, title = "1.2", "Exponential integrate-and-fire neuron"

    I_0 = Quantity(0.0, bounds=(-10, 50), unit="mV", symbol="I_0", group="input", doc="constant input")
    I_1 = Quantity(5.0, bounds=(-20, 50), unit="mV", symbol="I_1", group="input", doc="height of the first pulse")
    I_2 = Quantity(18.0, bounds=(-20, 50), unit="mV", symbol="I_2", group="input", doc="height of the second pulse")
    t_1 = Quantity(200.0, bounds=(0, 1000), unit="ms", symbol="t_1", group="pulses", doc="start of the first pulse")
    d_1 = Quantity(200.0, bounds=(0, 1000), unit="ms", symbol="d_1", group="pulses", doc="length of the first pulse")
    t_2 = Quantity(600.0, bounds=(0, 1000), unit="ms", symbol="t_2", group="pulses", doc="start of the second pulse")
    d_2 = Quantity(200.0, bounds=(0, 1000), unit="ms", symbol="d_2", group="pulses", doc="length of the second pulse")
    tau_m = Quantity(15.0, bounds=(1, 50), unit="ms", symbol=r"\tau_m", group="cell", doc="membrane time constant")
    E_L = Quantity(-72.0, bounds=(-90, -60), unit="mV", symbol="E_L", group="cell", doc="resting potential")
    V_T = Quantity(-55.0, bounds=(-65, -40), unit="mV", symbol="V_T", group="cell", doc="soft threshold")
    D = Quantity(2.0, bounds=(0.5, 6), unit="mV", symbol="D", group="cell", doc="softness of the threshold")
    V_th = Quantity(5.0, bounds=(-20, 20), unit="mV", symbol=r"V_{th}", group="spike", doc="V at which a spike counts")
    V_re = Quantity(-75.0, bounds=(-90, -66), unit="mV", symbol=r"V_{re}", group="spike", doc="V after a spike")
    t_end = Quantity(1000.0)

    states = (State("V", start=-70.0, span=(-80.0, 10.0), box=(-120.0, 20.0), unit="mV", symbol="V",
                    doc="membrane potential"),)
    observed = (Variable("I_x", span=(-1.0, 30.0), unit="mV", symbol="I_x", role="external", doc="input"),)
    steady = {"I_1": 0.0, "I_2": 0.0}
    explore = "I_0"
    presets = (
        Preset("Fig 1.2", "A weak pulse only charges the membrane; a strong one makes it spike three times.",
               expect={"spike_times": (651.0, 704.3, 757.6), "at": {400.0: (-66.995,)}, "fold": {"I_0": 15.0},
                       "fixed_points": ((-71.999593,), (-50.224746,)), "kinds": ("stable", "unstable"),
                       "eigenvalues": (-0.0666531, 0.659175)}),
        Preset("Fig 1.3 A", "Below threshold: V rests at one fixed point; the other is the point of no return.",
               values={"I_0": 5.0, "I_1": 0.0, "I_2": 0.0},
               expect={"fixed_points": ((-66.99503,), (-50.818565,)), "kinds": ("stable", "unstable"),
                       "eigenvalues": (-0.066501, 0.472714), "spikes": 0, "rate": 0.0}),
        Preset("Fig 1.3 B", "Above threshold: no fixed point is left, and the cell spikes for ever.",
               values={"I_0": 20.0, "I_1": 0.0, "I_2": 0.0},
               expect={"fixed_points": (), "rate": 25.5062, "interval": 39.2061, "stepped_interval": 39.6}),
        Preset("Ex 1.2.1 below", "1 mV below I_th = V_T - E_L - D = 15 mV: two fixed points, no spike.",
               values={"I_0": 14.0, "I_1": 0.0, "I_2": 0.0},
               expect={"fixed_points": ((-57.396581,), (-53.284647,)), "kinds": ("stable", "unstable"),
                       "eigenvalues": (-0.0465527, 0.0905118), "spikes": 0, "rate": 0.0}),
        Preset("Ex 1.2.1 above", "1 mV above I_th: slow, regular spikes; V lingers where the fixed points met.",
               values={"I_0": 16.0, "I_1": 0.0, "I_2": 0.0},
               expect={"fixed_points": (), "rate": 10.4202, "interval": 95.9672, "stepped_interval": 96.3}),
        Preset("Ex 1.2.2", "One point of the f-I curve, 18.87 Hz; the curve starts at I_th like a square root.",
               values={"I_0": 18.0, "I_1": 0.0, "I_2": 0.0},
               expect={"rate": 18.8715, "interval": 52.9899, "stepped_interval": 53.3}),
    )
    look_for = ("As I_0 grows, the stable and the unstable fixed point move together, meet at I_th = V_T - E_L - D, "
                "and vanish. From then on nothing holds V back, and the cell spikes.")
    try_this = ("In Fig 1.3 A, raise I_0 slowly from 5 to 15 mV and watch the two fixed points meet at V_T.",
                "In Ex 1.2.1 above, lower I_0 to 15.1 mV: the interval grows from 96 to 304 ms.",
                "In Fig 1.3 A, start at V(0) = -50 mV, just above the unstable point: one spike, then rest.",
                "In Ex 1.2.2, set dt from 0.1 to 1 ms: every spike comes late, so the rate falls.")
    book_note = ("The dots of the book's Fig 1.3 sit at E_L + I_0 and at V_T, not on the fixed points: the one on "
                 "the right lies 4.18 mV above V_T. Below I_th the cell stays silent when V(0) is below that unstable "
                 "point, and a start above it gives a spike. At I_th itself V creeps up like 1/t, not exponentially. "
                 "The intervals of Fig 1.2 are 53.3 ms; the exact one is 52.9899 ms, the rest is Euler's error.")

    @staticmethod
    def rhs(t, y, p):
        (V,) = y
        dV = (-(V - p.E_L) + Phi(V, p) + I_x(t, p)) / p.tau_m
        return (dV,)

    @staticmethod
    def threshold(p):
        return p.V_th

    @staticmethod
    def reset(y, p):
        return (p.V_re,)

    @staticmethod
    def observe(t, y, p):
        return (I_x(t, p),)
