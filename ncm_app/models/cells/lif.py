"""Leaky integrate-and-fire neuron (appendix B.3)."""

from ncm_app.core.integrate_and_fire import I_x, IntegrateAndFire
from ncm_app.core.model import Preset, Quantity, State


class LIF(IntegrateAndFire):
    """A leaky cell with a sharp threshold: V charges like a capacitor, and is reset when it reaches V_T."""

    chapter, title = "B.3", "Leaky integrate-and-fire neuron"
    acronym = "LIF"

    I_0 = Quantity(19.0)

    states = (State("V", start=-70.0, span=(-80.0, -38.0), box=(-120.0, 20.0), unit="mV",
                    doc="membrane potential"),)
    presets = (
        Preset("Fig B.3", "The neuron of the EIF's figures without its soft threshold: a spike every 36 ms.",
               values={"t_end": 300.0}, compare="eif",
               expect={"rate": 27.8022, "interval": 35.9684, "stepped_interval": 35.9, "fixed_points": (),
                       "threshold": {"I_0": 17.0}}),
        Preset("Fig B.3 at I = 15", "The EIF's threshold current: this cell still rests, 2 mV below its own.",
               values={"I_0": 15.0, "t_end": 300.0}, compare="eif",
               expect={"fixed_points": ((-57.0,),), "kinds": ("stable",), "eigenvalues": (-0.0666667,), "spikes": 0}),
        Preset("Just below", "0.1 mV too little: V settles 0.1 mV short of the threshold.",
               values={"I_0": 16.9, "t_end": 300.0},
               expect={"fixed_points": ((-55.1,),), "rate": 0.0, "spikes": 0, "at": {300.0: (-55.1,)}}),
        Preset("Just above", "0.1 mV above: the rate is 12.6 Hz at once, for it rises like 1/|ln(I_0 - I_th)|.",
               values={"I_0": 17.1}, expect={"fixed_points": (), "interval": 79.5496, "rate": 12.5708}),
        Preset("Pulses", "The input of Fig 1.2: the weak pulse only charges the membrane, the strong one fires it.",
               values={"I_0": 0.0, "I_1": 5.0, "I_2": 18.0}, compare="eif",
               expect={"spikes": 4, "fixed_points": ((-72.0,),)}),
    )
    look_for = ("The fixed point E_L + I_0 moves up with the input. At I_th = V_T - E_L it reaches the threshold: from "
                "then on V is reset before it can rest. No fixed point loses its stability, and none is met.")
    try_this = ("In Just above, lower I_0 to 17.01 mV: the interval grows from 80 to 114 ms only, for it grows like "
                "-ln(I_0 - I_th).",
                "In Fig B.3, compare with the EIF: the EIF begins 2 mV earlier, yet at 19 mV it is the slower one.",
                "In Fig B.3, compare with the QIF, reset at V_T there: it fires 49 times a second, the LIF 28.",
                "In Fig B.3, set dt to 1 ms: the interval falls to 35 ms, for long Euler steps charge V too fast.")
    book_note = ("The interval is tau_m ln((E_L + I_0 - V_re)/(E_L + I_0 - V_T)), 35.9684 ms at I_0 = 19 mV; "
                 "Euler steps of 0.1 ms give 35.9 ms. The draft has only the heading of this section.")

    @staticmethod
    def rhs(t, y, p):
        (V,) = y
        dV = (-(V - p.E_L) + I_x(t, p)) / p.tau_m
        return (dV,)
