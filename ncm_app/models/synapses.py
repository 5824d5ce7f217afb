"""Leaky integrator with two synapses (section 1.3)."""

import numpy as np

from ncm_app.core.model import (
    STEPPED,
    Choice,
    Flow,
    Mark,
    Panel,
    Preset,
    Quantity,
    State,
    Times,
    Variable,
)


def kicks(t, times):
    """Number of spikes in each step that begins at t, ms."""
    dt = t[1] - t[0]
    return np.bincount(np.clip(np.rint(times / dt).astype(int), 0, len(t) - 1), minlength=len(t)).astype(float)


class Synapses(Flow):
    """Each input spike adds a current that rises at once and decays; the membrane smooths it (Eq. 1.10)."""

    chapter, title = "1.3", "Leaky integrator with synapses"

    s_e = Times((20.0, 200.0, 210.0), bounds=(0, 1000), symbol="s_e", group="spikes", doc="excitatory spikes")
    s_i = Times((100.0,), bounds=(0, 1000), symbol="s_i", group="spikes", doc="inhibitory spikes")
    J_e = Quantity(12.0, bounds=(0, 50), unit="mV ms", symbol="J_e", group="synapses", doc="excitatory weight")
    J_i = Quantity(-12.0, bounds=(-50, 0), unit="mV ms", symbol="J_i", group="synapses", doc="inhibitory weight")
    tau_e = Quantity(5.0, bounds=(1, 50), unit="ms", symbol=r"\tau_e", group="synapses", doc="excitatory decay time")
    tau_i = Quantity(5.0, bounds=(1, 50), unit="ms", symbol=r"\tau_i", group="synapses", doc="inhibitory decay time")
    tau_m = Quantity(10.0, bounds=(1, 100), unit="ms", symbol=r"\tau_m", group="cell", doc="membrane time constant")
    E_L = Quantity(-72.0, bounds=(-90, -50), unit="mV", symbol="E_L", group="cell", doc="resting potential")
    t_end = Quantity(300.0)
    method = Choice("Euler", objects=STEPPED)

    states = (State("V", start=-72.0, span=(-73.0, -70.5), box=(-120.0, 0.0), unit="mV", doc="membrane potential"),
              State("I_e", start=0.0, span=(-3.0, 3.0), unit="mV", role="excitatory", axis_group="currents",
                    doc="excitatory current"),
              State("I_i", start=0.0, span=(-3.0, 3.0), unit="mV", role="inhibitory", axis_group="currents",
                    doc="inhibitory current"))
    portrait, driven = False, True
    panels = (Panel("spikes", "Input spikes", Variable("time", (0.0, 300.0), unit="ms"),
                    Variable("synapse", (-0.6, 1.6)),
                    (Mark("excitatory", "raster", "excitatory"), Mark("inhibitory", "raster", "inhibitory")),
                    lambda run, p: {"excitatory": (p.s_e, 0.0 * p.s_e), "inhibitory": (p.s_i, 0.0 * p.s_i + 1.0)},
                    shape="strip", over_time=True, above=True, clicks=("s_e", "s_i")),)
    presets = (Preset("Fig 1.4", "Two spikes close together add up.", expect={"at": {300.0: (-72.0, 0.0, 0.0)}}),)
    look_for = "Currents jump, V does not."
    try_this = ("Click on the spike rows.", "Move J_e.")

    @staticmethod
    def rhs(t, y, p):
        V, I_e, I_i = y
        dV = (-(V - p.E_L) + I_e + I_i) / p.tau_m
        dI_e = -I_e / p.tau_e
        dI_i = -I_i / p.tau_i
        return dV, dI_e, dI_i

    @staticmethod
    def impulses(t, p):
        return np.array([0.0 * t, p.J_e / p.tau_e * kicks(t, p.s_e), p.J_i / p.tau_i * kicks(t, p.s_i)])

    equations = (r"I_e \leftarrow I_e + \frac{J_e}{\tau_e} \text{ at each excitatory spike}",)
