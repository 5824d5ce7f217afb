"""Suppression by a surround [Ozeki2009], and competition for inhibition that is shared (section B.9)."""

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.model import Choice, Preset, Quantity, State, Variable
from ncm_app.models.rates._ei_populations import EIPopulations
from ncm_app.models.rates._f_i_curve import f
from ncm_app.models.rates._surround_suppression_plots import measured

THEN_BOTH, THEN_OTHER, CENTRE, BOTH = range(4)
STRONG = {"w_ee": 2000.0, "w_ei": -4000.0, "w_ie": 5000.0, "w_ii": -7000.0, "tau_e": 60.0, "tau_i": 12.0, "X_e": 20.0}


@register_jitable
def centre(t, p):
    """Whether the centre is stimulated."""
    first, second = (t >= p.t_1) * (t < p.t_1 + p.d), (t >= p.t_2) * (t < p.t_2 + p.d)
    if p.stimulus == THEN_BOTH:
        return np.maximum(first, second)
    if p.stimulus == THEN_OTHER:
        return first
    if p.stimulus in (CENTRE, BOTH):
        return 1
    return 0


@register_jitable
def surround(t, p):
    """Whether the surround is stimulated."""
    if p.stimulus in (THEN_BOTH, THEN_OTHER):
        return (t >= p.t_2) * (t < p.t_2 + p.d)
    if p.stimulus == BOTH:
        return 1
    return 0


class SurroundSuppression(EIPopulations):
    """Two excitatory populations share their inhibition: one suppresses the other, or silences it (section B.9)."""

    chapter, title = "B.9", "Surround suppression and competition"

    tau_i = Quantity(10.0)
    w_ee, w_ei, w_ie, w_ii = Quantity(250.0), Quantity(-500.0), Quantity(500.0), Quantity(0.0)
    w_cs = Quantity(0.0, bounds=(0, 2000), unit="mV/kHz", group="weights",
                    doc="from either e to the other")
    X_e = Quantity(10.0, doc="input to e of the centre while the centre is stimulated")
    X_i = Quantity(0.0, doc="input to i while the centre is stimulated")
    X_s = Quantity(10.0, bounds=(0, 60), unit="mV", group="input",
                   doc="input to e of the surround while the surround is stimulated")
    X_is = Quantity(0.0, bounds=(0, 60), unit="mV", group="input",
                    doc="input to i while the surround is stimulated")
    B = Quantity(0.0, bounds=(0, 60), unit="mV", group="input", doc="constant input to e of centre and surround")
    stimulus = Choice("centre, then both", group="stimulus",
                      objects=["centre, then both", "centre, then surround", "centre", "both", "none"],
                      doc="what is stimulated: in two steps, or throughout")
    t_1 = Quantity(500.0, bounds=(0, 10_000), softbounds=(0, 3000), unit="ms", group="stimulus", doc="first step")
    t_2 = Quantity(2000.0, bounds=(0, 10_000), softbounds=(0, 3000), unit="ms", group="stimulus", doc="second step")
    d = Quantity(500.0, bounds=(1, 5000), softbounds=(1, 2000), unit="ms", group="stimulus", doc="length of a step")
    theta, g = Quantity(0.0), Quantity(0.001)
    t_end = Quantity(3000.0)
    dt = Quantity(0.5)

    states = (State("r_c", start=0.0, span=(0.0, 0.04), box=(0.0, 0.5), unit="kHz", shown="Hz", role="excitatory",
                    doc="rate of e of the centre"),
              State("r_s", start=0.0, span=(0.0, 0.04), box=(0.0, 0.5), unit="kHz", shown="Hz", role="external",
                    doc="rate of e of the surround"),
              State("r_i", start=0.0, span=(0.0, 0.04), box=(0.0, 0.5), unit="kHz", shown="Hz", role="inhibitory",
                    doc="rate of the shared inhibitory population"))
    observed = (Variable("x_c", span=(0.0, 25.0), unit="mV", role="excitatory", symbol="X_c(t)", fits=True,
                         doc="external input to e of the centre"),
                Variable("x_s", span=(0.0, 25.0), unit="mV", role="external", symbol="X_s(t)", fits=True,
                         doc="external input to e of the surround"),
                Variable("x_i", span=(0.0, 25.0), unit="mV", role="inhibitory", symbol="X_i(t)", fits=True,
                         doc="external input to i"))
    steady = {"stimulus": {"centre, then both": "both", "centre, then surround": "none"}}
    idle_unless = {**EIPopulations.idle_unless,
                   "stimulus": {"centre, then both": ("t_1", "t_2", "d"), "centre, then surround": ("t_1", "t_2", "d")}}
    explore = "w_ee"
    presets = (
        Preset("Classic", "The surround lowers the centre from 10 to 8 Hz by more inhibition, -4 instead of -2.5 mV.",
               expect={"kinds": ("stable",),
                       "at": {1000.0: (10.0, 0.0, 5.0), 2500.0: (8.0, 8.0, 8.0)}, "fixed_points": ((8.0, 8.0, 8.0),),
                       "measured": {"suppression": 20.0}, "branch": {"w_ee": 1000.0}}),
        Preset("Inhibition-stabilised", "The centre falls from 10 to 6.67 Hz, its inhibition from -30 to -26.7 mV.",
               values={**STRONG, "X_i": 10.0, "X_s": 0.0, "X_is": 10.0},
               expect={"kinds": ("stable",),
                       "at": {1000.0: (10.0, 0.0, 7.5), 2500.0: (6.6667, 0.0, 6.6667)},
                       "fixed_points": ((6.66667, 0.0, 6.66667),), "eigenvalues": (-0.623259, -0.0267412, -0.0166667),
                       "measured": {"inhibition of e, first": -30.0, "inhibition of e, second": -26.667}}),
        Preset("Winner takes all", "Each step chooses who fires, at 13.3 Hz, and the choice outlasts the step.",
               values={**STRONG, "B": 20.0, "X_s": 20.0, "stimulus": "centre, then surround"},
               expect={"kinds": ("stable", "unstable (1 direction)", "stable"),
                       "fixed_points": ((0.0, 13.33333, 8.33333), (5.0, 5.0, 6.25), (13.33333, 0.0, 8.33333)),
                       "branch": {"w_ee": 1000.0}, "at": {1900.0: (13.333, 0.0, 8.333), 3000.0: (0.0, 13.333, 8.333)}}),
        Preset("No winner", "Weak excitation, w_ee / 1000 = 0.25: after either step both share 8 Hz again.",
               values={"B": 10.0, "X_e": 5.0, "X_s": 5.0, "stimulus": "centre, then surround"},
               expect={"kinds": ("stable",),
                       "fixed_points": ((8.0, 8.0, 8.0),), "at": {1900.0: (8.0, 8.0, 8.0)}}),
        Preset("Saturating rates", "On a smooth f-I curve the choice begins at a pitchfork: g (w_ee - w_cs) is 1.",
               values={"curve": "sigmoid", "r_max": 0.05, "s": 4.0, "theta": 15.0, "w_ee": 800.0, "w_ei": -1200.0,
                       "w_ie": 600.0, "B": 25.0, "stimulus": "centre, then surround"},
               expect={"kinds": ("stable spiral", "unstable (1 direction)", "stable spiral"),
                       "branch": {"w_ee": 489.183}}),
    )
    look_for = ("Shared inhibition cannot hold the difference r_c - r_s, which grows where g (w_ee - w_cs) > 1: one "
                "population wins. Below 1 the surround only takes from the centre. Where w_ee is strong and the "
                "surround drives i alone, inhibition ends lower, as in B.8.")
    try_this = ("In Classic, raise X_s from 10 to 40 mV: the surround silences the centre.",
                "In Inhibition-stabilised, lower X_is from 10 to 0 mV: without its way to i the surround does nothing.",
                "In Winner takes all, lower w_ee from 2000 to 500 mV/kHz: the choice is forgotten after each step.",
                "In Saturating rates, lower B from 25 to 5 mV: below the pitchfork at B = 9.02 mV both share again.")
    book_note = ("The draft has only the heading. Classic and Inhibition-stabilised have the values of later versions: "
                 "there rates stand for inputs (f(I) = I above 0), here a gain of 1 Hz/mV turns mV into Hz. Their "
                 "inhibition-stabilised network has one e; here its surround is a second one that stays silent.")

    @staticmethod
    def rhs(t, y, p):
        r_c, r_s, r_i = y
        X_c = p.B + p.X_e * centre(t, p)
        X_s = p.B + p.X_s * surround(t, p)
        X_i = p.X_i * centre(t, p) + p.X_is * surround(t, p)
        dr_c = (-r_c + f(p.w_ee * r_c + p.w_cs * r_s + p.w_ei * r_i + X_c, p)) / p.tau_e
        dr_s = (-r_s + f(p.w_ee * r_s + p.w_cs * r_c + p.w_ei * r_i + X_s, p)) / p.tau_e
        dr_i = (-r_i + f(p.w_ie * (r_c + r_s) + p.w_ii * r_i + X_i, p)) / p.tau_i
        return dr_c, dr_s, dr_i

    @staticmethod
    def observe(t, y, p):
        return (p.B + p.X_e * centre(t, p), p.B + p.X_s * surround(t, p),
                p.X_i * centre(t, p) + p.X_is * surround(t, p))

    @staticmethod
    def measure(answer, p):
        return measured(answer, p)
