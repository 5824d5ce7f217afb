"""Quadratic integrate-and-fire neuron (appendix B.3)."""

from numba.extending import register_jitable

from ncm_app.core.integrate_and_fire import I_x, SoftThreshold
from ncm_app.core.model import Choice, Preset, Quantity

AT_V_TH, AT_V_T = range(2)


@register_jitable
def F(V, p):
    """Drift (mV): a parabola with the EIF's lowest point and curvature, at V_T."""
    return (V - p.V_T) ** 2 / (2.0 * p.D) - (p.V_T - p.E_L - p.D)


class QIF(SoftThreshold):
    """The simplest cell with a saddle-node: a parabola that touches zero at I_th and runs away above V_T."""

    chapter, title = "B.3", "Quadratic integrate-and-fire neuron"
    acronym = "QIF"

    I_0 = Quantity(19.0)
    counted = Choice("at V_th", objects=["at V_th", "at V_T"], symbol="spike", group="spike",
                     doc="where V is reset: at V_th, or at the lowest point V_T of the parabola")

    presets = (
        Preset("With an upswing", "V runs away above V_T and is reset at V_th: the spikes last as long as their onset.",
               values={"t_end": 300.0}, compare="eif",
               expect={"rate": 23.1672, "interval": 43.1644, "fixed_points": (), "fold": {"I_0": 15.0}}),
        Preset("Fig B.3", "V is reset at V_T, halfway through the bottleneck: twice as many spikes.",
               values={"counted": "at V_T", "t_end": 300.0}, compare="eif",
               expect={"rate": 48.5413, "interval": 20.601, "stepped_interval": 20.5, "threshold": {"I_0": 15.0}}),
        Preset("Fig B.3 at I_th", "The parabola just touches zero at V_T: V creeps up to it and never passes.",
               values={"I_0": 15.0, "t_end": 300.0},
               expect={"fixed_points": ((-55.0,),), "kinds": ("semi-stable",), "spikes": 0, "rate": 0.0}),
        Preset("Below I_th", "Two fixed points, 4 mV on either side of V_T: a rest and the point of no return.",
               values={"I_0": 11.0}, expect={"fixed_points": ((-59.0,), (-51.0,)), "kinds": ("stable", "unstable"),
                                             "eigenvalues": (-0.133333, 0.133333), "spikes": 0}),
        Preset("Just above", "0.1 mV above I_th: V lingers at V_T for most of 294 ms.",
               values={"I_0": 15.1}, expect={"fixed_points": (), "rate": 3.40091}),
    )
    look_for = ("As I_0 grows, two fixed points at equal distances from V_T meet there at I_th = V_T - E_L - D and "
                "vanish. Near I_th the EIF is this parabola.")
    try_this = ("In Just above, raise I_0 to 15.4 mV: four times the distance from I_th, and about twice the rate "
                "(3.4 to 6.9 Hz).",
                "In With an upswing, compare with the EIF: with the same saddle-node and curvature it fires 22 times a "
                "second, this cell 23 times.",
                "In Fig B.3, lower I_0 from 19 to 14 mV: V rests 2 mV below V_T, the threshold there. At 16 mV the "
                "spikes are back, for the rest reaches V_T at 15 mV.",
                "In Below I_th, start at V(0) = -50 mV, beyond the unstable point: one spike, then rest.")
    book_note = ("In the later draft's Eq. B.5 the sign is wrong: the parabola agrees with the EIF at V_T when its "
                 "constant is (I_0 - V_T + E_L + D)/tau_m, as here. With c = 1/(2 D tau_m) = 1/60 the curvatures "
                 "agree too. The figure resets at V_T, where a QIF has made only half of its way.")

    @staticmethod
    def rhs(t, y, p):
        (V,) = y
        dV = (F(V, p) + I_x(t, p)) / p.tau_m
        return (dV,)

    @staticmethod
    def idle(run, p):
        return (*SoftThreshold.idle(run, p), *("V_th",) * (p.counted == AT_V_T))

    @staticmethod
    def threshold(p):
        if p.counted == AT_V_T:
            return p.V_T
        return p.V_th
