"""Morris-Lecar neuron (section B.3.4)."""

from functools import partial

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.model import Choice, Curve, Curves, Flow, Preset, Quantity, State, Variable
from ncm_app.numerics.spikes.crossings import upward_crossings


@register_jitable
def m_inf(V, p):
    """Open share of the calcium channels, which follow V at once."""
    return (1.0 + np.tanh((V - p.V_1) / p.V_2)) / 2.0


@register_jitable
def w_inf(V, p):
    """Open share of the potassium channels at rest."""
    return (1.0 + np.tanh((V - p.V_3) / p.V_4)) / 2.0


@register_jitable
def tau_w(V, p):
    """Time constant of the potassium channels."""
    return 1.0 / (p.phi * np.cosh((V - p.V_3) / (2.0 * p.V_4)))


def potential(y, p):
    """Where a state stands on the axis of the gating curves."""
    return y[0]


level = partial(Quantity, step=0.1, unit="mV", group="gates", rare=True)
leak = partial(Quantity, group="membrane", rare=True)
AXIS = Variable("V", span=(-75.0, 50.0), unit="mV", doc="membrane potential")
SNIC = {"g_Ca": 4.0, "V_3": 12.0, "V_4": 17.4, "phi": 0.067}


class MorrisLecar(Flow):
    """Calcium excites and potassium calls back: two ways to start firing in one neuron (section B.3.4)."""

    chapter, title = "B.3.4", "Morris-Lecar neuron"

    I = Quantity(100.0, bounds=(-60, 310), step=0.1, unit="µA/cm²", group="input",  # noqa: E741
                 doc="applied current")
    g_Ca = Quantity(4.4, bounds=(0, 10), step=0.05, unit="mS/cm²", group="channels",
                    doc="calcium conductance")
    V_3 = Quantity(2.0, bounds=(-20, 30), step=0.1, unit="mV", group="channels",
                   doc="potential at which half the potassium channels open")
    V_4 = Quantity(30.0, bounds=(5, 50), step=0.1, unit="mV", group="channels",
                   doc="width of the potassium gate")
    phi = Quantity(0.04, bounds=(0.005, 0.5), step=0.001, unit="1/ms", group="channels",
                   doc="speed of the potassium gate")
    V_1 = level(-1.2, bounds=(-20, 20), doc="potential at which half the calcium channels open")
    V_2 = level(18.0, bounds=(5, 40), doc="width of the calcium gate")
    g_K = leak(8.0, bounds=(0, 20), unit="mS/cm²", doc="potassium conductance")
    g_L = leak(2.0, bounds=(0.1, 10), unit="mS/cm²", doc="leak conductance")
    C = leak(20.0, bounds=(1, 40), unit="µF/cm²", doc="capacitance of the membrane")
    E_Ca = leak(120.0, bounds=(60, 160), unit="mV", doc="reversal potential of calcium")
    E_K = leak(-84.0, bounds=(-110, -60), unit="mV", doc="reversal potential of potassium")
    E_L = leak(-60.0, bounds=(-80, -40), unit="mV", doc="reversal potential of the leak")
    t_end = Quantity(500.0, softbounds=(50, 2000), step=50)
    dt = Quantity(0.1, softbounds=(0.05, 2))
    method = Choice("RK4")

    states = (State("V", start=-20.0, span=(-75.0, 50.0), box=(-110.0, 160.0), unit="mV",
                    role="excitatory", doc="membrane potential"),
              State("w", start=0.1, span=(0.0, 1.0), box=(-0.05, 1.05), role="inhibitory",
                    doc="open share of the potassium channels"))
    explore = "I"
    curves = (Curves("gates: steady states", AXIS, Variable("open share", (0.0, 1.0)), (
        Curve("m∞", m_inf, potential, "V"), Curve("w∞", w_inf, potential, "w"))),
              Curves("gate: time constant", AXIS, Variable("time constant", (0.0, 25.0), "ms"), (
                  Curve("τ_w", tau_w, potential, "w"),)))
    presets = (
        Preset("Hopf", "The rest is lost at a subcritical Hopf point: firing starts at once at a high rate.",
               expect={"kinds": ("unstable spiral",), "hopf": {"I": (93.857618, 212.018816)},
                       "period": 85.2906, "cycle": ((-50.34, 0.118), (33.33, 0.512))}),
        Preset("Hopf: rest or firing", "Between the fold of cycles, 88.29, and Hopf point, 93.86, the start decides.",
               values={"I": 90.0},
               expect={"kinds": ("stable spiral",), "hopf": {"I": (93.857618, 212.018816)}, "period": 102.727}),
        Preset("SNIC", "The rest meets a saddle on the cycle itself: firing starts at any low rate.",
               values={**SNIC, "I": 42.0}, formerly=("SNLC",),
               expect={"kinds": ("unstable spiral",), "fold": {"I": (-9.949039, 39.963153)}, "hopf": {"I": 97.646164},
                       "period": 145.367}),
        Preset("SNIC: below", "Below the saddle-node: a rest, a saddle, and the unstable point that cycles go round.",
               values={**SNIC, "I": 35.0, "V_0": -10.0}, formerly=("SNLC: below",),
               expect={"kinds": ("stable node", "saddle", "unstable spiral"), "fold": {"I": (-9.949039, 39.963153)}}),
        Preset("homoclinic", "A faster potassium gate: a rest and a cycle coexist until the cycle meets the saddle.",
               values={**SNIC, "phi": 0.23, "I": 36.0, "V_0": 10.0, "w_0": 0.2},
               expect={"kinds": ("stable node", "saddle", "unstable spiral"), "hopf": {"I": 36.316217},
                       "fold": {"I": (-9.949039, 39.963153)}, "cycle": ((-20.3, 0.0263), (16.16, 0.414))}),
    )
    look_for = ("Hopf and SNIC differ in four numbers and in how firing begins: at a Hopf point with a finite rate, or "
                "at a saddle-node with a rate that grows from zero. The nullcline of w is steep in one and flat in the "
                "other.")
    try_this = ("In Hopf: rest or firing, start at V(0) = -27 mV, w(0) = 0.13: the same current, and the neuron rests.",
                "In SNIC, lower I from 42 to 40 µA/cm²: the period grows from 145 to 944 ms, the spikes stay as high.",
                "In Hopf, raise I to 250 µA/cm²: the neuron rests again, at 11 mV.",
                "In homoclinic, lower I from 36 to 35 µA/cm²: the cycle has met the saddle, and the neuron rests.")
    book_note = ("The draft has only the heading. The calcium gate follows V at once. In SNIC a neutral saddle lies on "
                 "the middle branch: its eigenvalues sum to zero, but they are real, so it is no Hopf point.")

    @staticmethod
    def rhs(t, y, p):
        V, w = y
        current = p.I - p.g_L * (V - p.E_L) - p.g_K * w * (V - p.E_K) - p.g_Ca * m_inf(V, p) * (V - p.E_Ca)
        dV = current / p.C
        dw = (w_inf(V, p) - w) / tau_w(V, p)
        return dV, dw

    @staticmethod
    def sound(run, p):
        return upward_crossings(run.t, run.y[0], 0.0), float(run.t[-1])
