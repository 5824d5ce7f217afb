"""FitzHugh-Nagumo neuron (section B.3.4)."""

from ncm_app.core.model import Choice, Flow, Preset, Quantity, State


class FitzHughNagumo(Flow):
    """The least that can be excited: a fast variable that a slow one calls back (section B.3.4)."""

    chapter, title = "B.3.4", "FitzHugh-Nagumo neuron"

    I = Quantity(0.5, bounds=(-1, 2.5), step=0.01, group="input", doc="constant input")  # noqa: E741
    a = Quantity(0.7, bounds=(-0.5, 1.5), step=0.01, group="recovery", doc="offset of recovery")
    b = Quantity(0.8, bounds=(0, 2), step=0.01, group="recovery", doc="how recovery restrains itself")
    phi = Quantity(0.08, bounds=(0.005, 1), step=0.005, unit="1/ms", group="recovery",
                   doc="speed of recovery")
    t_end = Quantity(200.0, softbounds=(20, 1000))
    method = Choice("RK4")

    states = (State("v", start=-1.0, span=(-2.5, 2.5), box=(-4.0, 4.0), role="excitatory",
                    doc="fast variable, like the membrane potential"),
              State("w", start=-0.5, span=(-1.5, 2.5), box=(-8.0, 8.0), role="inhibitory",
                    doc="slow recovery"))
    explore = "I"
    presets = (
        Preset("Rhythm", "Between the two Hopf points no rest is stable: the neuron fires again and again.",
               expect={"fixed_points": ((-0.804848, -0.13106),), "kinds": ("unstable spiral",),
                       "hopf": {"I": (0.331281, 1.418719)},
                       "period": 39.4744, "cycle": ((-1.970, -0.246), (1.852, 1.394))}),
        Preset("Excitable", "Without input the neuron rests, but a push past the middle of the cubic fires it once.",
               values={"I": 0.0, "v_0": -0.5, "w_0": -0.62},
               expect={"fixed_points": ((-1.199408, -0.62426),), "kinds": ("stable spiral",),
                       "hopf": {"I": (0.331281, 1.418719)}}),
        Preset("Rest or rhythm", "Just below the Hopf point a stable rest and a stable rhythm coexist.",
               values={"I": 0.328, "v_0": 1.0, "t_end": 400.0},
               expect={"kinds": ("stable spiral",), "hopf": {"I": (0.331281, 1.418719)}, "period": 49.5383}),
        Preset("Too much input", "Above the second Hopf point the neuron rests again, in the raised state.",
               values={"I": 1.6},
               expect={"kinds": ("stable spiral",), "hopf": {"I": (0.331281, 1.418719)}}),
    )
    look_for = ("v jumps along level lines to the outer branches of its nullcline; w drags it slowly to "
                "the knees. Rest is lost and found where the trace is 0, at v = -0.967 and 0.967, in two subcritical "
                "Hopf bifurcations. Time is in ms.")
    try_this = ("In Excitable, set v(0) to -0.65 instead of -0.5: no spike. The rise between them is steep, not sharp.",
                "In Rest or rhythm, set v(0) to -0.97 and w(0) to -0.34: under the same input the neuron rests.",
                "In Rhythm, lower phi from 0.08 to 0.02 per ms: the jumps become level and the period grows to 122 ms.")
    book_note = ("The draft has only the heading. Here I = 0.331281 and 1.418719 are the Hopf points for a = 0.7, "
                 "b = 0.8, phi = 0.08; other sources give 0.34 or 0.4 for the first.")

    @staticmethod
    def rhs(t, y, p):
        v, w = y
        dv = v - v**3 / 3.0 - w + p.I
        dw = p.phi * (v + p.a - p.b * w)
        return dv, dw
