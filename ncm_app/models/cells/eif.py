"""Exponential integrate-and-fire neuron (section 1.2)."""

from ncm_app.core.integrate_and_fire import I_x, Phi, SoftThreshold
from ncm_app.core.model import Preset, Quantity


class EIF(SoftThreshold):
    """A leaky cell with a soft threshold: rest below I_th, regular spikes above (Eq. 1.5)."""

    chapter, title = "1.2", "Exponential integrate-and-fire neuron"
    acronym = "EIF"

    I_1 = Quantity(5.0)
    I_2 = Quantity(18.0)

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
        Preset("Fig B.3", "Against the LIF: the same cell with a soft and with a sharp threshold.",
               values={"I_0": 19.0, "I_1": 0.0, "I_2": 0.0, "t_end": 300.0}, compare="lif",
               expect={"rate": 22.3039, "stepped_interval": 45.2, "fixed_points": (), "fold": {"I_0": 15.0}}),
        Preset("Fig B.3 at I_th", "The QIF has the same saddle-node and the same curvature: near V_T the two are one.",
               values={"I_0": 15.0, "I_1": 0.0, "I_2": 0.0, "t_end": 300.0}, compare="qif",
               expect={"fixed_points": ((-55.0,),), "kinds": ("semi-stable",), "spikes": 0, "rate": 0.0}),
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
