"""Wilson-Cowan populations with sigmoid responses (section B.7)."""

from functools import partial

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.model import Choice, Curve, Curves, Flow, Preset, Quantity, State, Variable

FROM_ZERO, LOGISTIC = range(2)


@register_jitable
def S(x, a, theta, p):
    """Share of a population that answers an input x."""
    s = 1.0 / (1.0 + np.exp(-a * (x - theta)))
    if p.curve == LOGISTIC:
        return s
    return s - 1.0 / (1.0 + np.exp(a * theta))


@register_jitable
def x_e(E, I_, p):
    """Total input of the excitatory cells."""
    return p.w_ee * E - p.w_ei * I_ + p.P


@register_jitable
def x_i(E, I_, p):
    """Total input of the inhibitory cells."""
    return p.w_ie * E - p.w_ii * I_ + p.Q


weight = partial(Quantity, bounds=(-5, 30), step=0.1, group="weights")
shape = partial(Quantity, group="response", rare=True)
NEUROMATCH = {"w_ee": 9.0, "w_ei": 4.0, "w_ie": 13.0, "w_ii": 11.0, "a_e": 1.2, "theta_e": 2.8, "a_i": 1.0,
              "theta_i": 4.0, "tau_i": 2.0, "r": 0.0, "P": 0.0, "E_0": 0.3}
WEAK = {**NEUROMATCH, "w_ee": 6.4, "w_ei": 4.8, "w_ie": 6.0, "w_ii": 1.2, "P": 0.8, "t_end": 100.0}
PLAIN = {"curve": "logistic", "r": 0.0, "w_ee": 10.0, "w_ei": 10.0, "w_ie": 10.0, "w_ii": -2.0, "a_e": 1.0,
         "theta_e": 0.0, "a_i": 1.0, "theta_i": 0.0, "P": 0.0, "Q": -6.0}


class WilsonCowan(Flow):
    """Shares of active excitatory and inhibitory cells with sigmoid responses (section B.7)."""

    chapter, title = "B.7", "Wilson-Cowan populations"

    P = Quantity(1.25, bounds=(-6, 10), softbounds=(-2, 4), step=0.01, group="input", doc="input to E")
    Q = Quantity(0.0, bounds=(-14, 10), softbounds=(-8, 4), step=0.01, group="input", doc="input to I")
    w_ee, w_ei = weight(16.0, doc="E to E"), weight(12.0, doc="I to E, taken off")
    w_ie, w_ii = weight(15.0, doc="E to I"), weight(3.0, doc="I to I, taken off")
    tau_e = Quantity(1.0, bounds=(0.2, 20), step=0.1, unit="ms", group="time constants",
                     doc="time constant of E")
    tau_i = Quantity(1.0, bounds=(0.2, 20), step=0.1, unit="ms", group="time constants",
                     doc="time constant of I")
    curve = Choice("from zero", objects=["from zero", "logistic"], symbol="S", group="response", rare=True,
                   doc="response: shifted so that no input gives no answer, or the plain logistic curve")
    a_e, theta_e = shape(1.3, bounds=(0.1, 5), doc="steepness for E"), shape(4.0, bounds=(-5, 10), doc="threshold of E")
    a_i, theta_i = shape(2.0, bounds=(0.1, 5), doc="steepness for I"), shape(3.7, bounds=(-5, 10), doc="threshold of I")
    k_e = shape(1.0, bounds=(0.2, 2), doc="highest share of E")
    k_i = shape(1.0, bounds=(0.2, 2), doc="highest share of I")
    r = shape(1.0, bounds=(0, 2), doc="refractoriness: how far active cells cannot be excited again")
    t_end = Quantity(50.0, softbounds=(10, 300))
    dt = Quantity(0.01, softbounds=(0.01, 0.5))
    method = Choice("RK4")

    states = (State("E", start=0.1, span=(-0.05, 1.0), box=(-0.6, 2.2), role="excitatory",
                    doc="share of excitatory cells that are active"),
              State("I", start=0.05, span=(-0.05, 1.0), box=(-0.6, 2.2), role="inhibitory",
                    doc="share of inhibitory cells that are active"))
    explore = "P"
    curves = (Curves("responses", Variable("total input", (-10.0, 15.0)), Variable("share that answers", (0.0, 1.0)), (
        Curve("S_e", lambda x, p: S(x, p.a_e, p.theta_e, p), lambda y, p: x_e(*y, p), "E"),
        Curve("S_i", lambda x, p: S(x, p.a_i, p.theta_i, p), lambda y, p: x_i(*y, p), "I"))),)
    presets = (
        Preset("1972 Fig 11", "Strong excitation, checked by inhibition: the populations take turns.",
               expect={"kinds": ("unstable spiral",), "fold": {"P": (0.903197, 1.083016)}, "hopf": {"P": 1.909253},
                       "period": 5.0034, "cycle": ((0.102, 0.021), (0.271, 0.197))}),
        Preset("1972, two rests", "With less input a silent rest and a saddle appear; the cycle is gone.",
               values={"P": 1.0}, expect={"kinds": ("stable node", "saddle", "unstable spiral"),
                                          "fold": {"P": (0.903197, 1.083016)}}),
        Preset("Neuromatch", "Two rests, a silent and an active one, parted by a saddle.",
               values=NEUROMATCH,
               expect={"kinds": ("stable spiral", "saddle", "stable node"), "fold": {"P": (-0.841015, 0.457533)}}),
        Preset("Neuromatch oscillation", "Weaker weights and a steady input: a slow rhythm.",
               values=WEAK,
               expect={"kinds": ("unstable spiral",), "fold": {"P": (0.637162, 0.713464)}, "hopf": {"P": 0.999146},
                       "period": 21.5206, "cycle": ((0.087, 0.020), (0.768, 0.419))}),
        Preset("Hoppensteadt-Izhikevich", "Here inhibitory cells excite each other; at P = 0, Q = -6 all is symmetric.",
               values=PLAIN,
               expect={"fixed_points": ((0.5, 0.5),), "kinds": ("unstable spiral",), "period": 4.2148,
                       "cycle": ((0.223, 0.210), (0.777, 0.791)),
                       "fold": {"P": (-3.324139, -3.108633, 3.108633, 3.324139)}}),
    )
    look_for = ("The nullcline of E bends like an S where excitation feeds itself. Where I cuts its middle part the "
                "rest may be unstable, and runs go round it; three cuts make room for two lasting states.")
    try_this = ("In 1972 Fig 11, lower P from 1.25 to 1.0: the cycle meets a saddle at 1.066, a homoclinic orbit, and "
                "nearly all falls silent.",
                "In 1972 Fig 11, raise P to 2: the cycle shrinks to a steady, ringing activity.",
                "In Neuromatch, start at E(0) = 0.2 instead of 0.3: the activity dies out.",
                "In Neuromatch oscillation, lower P from 0.8 to 0.72: the period grows from 21.5 to 54 ms.")
    book_note = ("The draft has only the heading; the equations are those of Wilson and Cowan (1972). Positive w_ei "
                 "and w_ii are taken off. In Hoppensteadt-Izhikevich the map from (E, I, P, Q) to (1 - E, 1 - I, -P, "
                 "-12 - Q) leaves the picture as it is.")

    @staticmethod
    def rhs(t, y, p):
        E, I_ = y
        dE = (-E + (p.k_e - p.r * E) * S(x_e(E, I_, p), p.a_e, p.theta_e, p)) / p.tau_e
        dI = (-I_ + (p.k_i - p.r * I_) * S(x_i(E, I_, p), p.a_i, p.theta_i, p)) / p.tau_i
        return dE, dI
