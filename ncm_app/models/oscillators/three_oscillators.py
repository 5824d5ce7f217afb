"""Three phase oscillators (section B.3.3)."""

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.model import Choice, Flow, Preset, Quantity, State, Variable

PACEMAKER, ALL_TO_ALL = range(2)
TURN = (-2.0, 2.0 * np.pi - 2.0)


@register_jitable
def H(d, p):
    """Mean push by an oscillator that is ahead by d: sine at alpha = 0, 1 - cos (QIF, theta) at alpha = pi/2."""
    return np.sin(d - p.alpha) + np.sin(p.alpha)


@register_jitable
def push(x, psi_2, psi_3, p):
    """Mean push on an oscillator of phase x by all three, the first of which has phase 0."""
    return (H(-x, p) + H(psi_2 - x, p) + H(psi_3 - x, p)) / 3.0


class ThreeOscillators(Flow):
    """Three rhythms reduced to phases: coupling locks them if they differ little (section B.3.3)."""

    chapter, title = "B.3.3", "Three phase oscillators"

    network = Choice("all to all", objects=["pacemaker", "all to all"], group="coupling",
                     doc="the first oscillator drives the two others, or all three push each other")
    K = Quantity(0.25, bounds=(0, 1), step=0.005, unit="1/ms", group="coupling", doc="strength of coupling")
    alpha = Quantity(0.0, bounds=(-1.6, 1.6), step=0.01, unit="rad", group="coupling",
                     doc="lag of the push: 0 for a sine, pi/2 for the phase response of QIF and theta neurons")
    D_2 = Quantity(0.1, bounds=(-0.5, 0.5), step=0.005, unit="1/ms", group="frequencies",
                   doc="how much faster the second oscillator turns than the first, in rad/ms")
    D_3 = Quantity(-0.1, bounds=(-0.5, 0.5), step=0.005, unit="1/ms", group="frequencies",
                   doc="how much faster the third oscillator turns than the first, in rad/ms")
    t_end = Quantity(200.0, softbounds=(20, 1000))
    method = Choice("RK4")

    states = (State("psi_2", start=2.0, span=TURN, box=(-2.0, 4.28), unit="rad", periodic=TURN,
                    doc="phase of the second oscillator ahead of the first"),
              State("psi_3", start=1.0, span=TURN, box=(-2.0, 4.28), unit="rad", periodic=TURN,
                    doc="phase of the third oscillator ahead of the first"))
    observed = (Variable("R", span=(0.0, 1.0), role="external", doc="order: 1 if all phases agree"),)
    explore = "K"
    presets = (
        Preset("Kuramoto", "Three frequencies, coupled strongly enough: the phases lock at fixed distances.",
               expect={"kinds": ("stable node", "saddle"), "fold": {"K": 0.170438}}),
        Preset("Kuramoto: drift", "Below K = 0.1704 per ms no locked state exists; the phases slip past each other.",
               values={"K": 0.16}, expect={"fixed_points": (), "kinds": (), "fold": {"K": 0.170438}}),
        Preset("Two followers", "One pacemaker drives two oscillators; each locks where D = K sin psi.",
               values={"network": "pacemaker", "K": 0.15, "D_2": 0.05},
               expect={"kinds": ("stable node", "saddle", "saddle", "unstable node"), "fold": {"K": 0.1}}),
        Preset("QIF response", "QIF and theta neurons are only ever advanced: they lock to a faster pacemaker.",
               values={"network": "pacemaker", "alpha": 1.5707963, "K": 0.1, "D_2": -0.05, "D_3": -0.12},
               expect={"kinds": ("stable node", "saddle", "saddle", "unstable node"), "fold": {"K": 0.06}}),
        Preset("QIF response: slip", "A follower that is a little faster slips, slowly where the response vanishes.",
               values={"network": "pacemaker", "alpha": 1.5707963, "K": 0.1, "D_2": -0.05, "D_3": 0.002},
               expect={"fixed_points": (), "kinds": ()}),
    )
    look_for = ("Locked states are fixed points of the phase differences. They appear at a saddle-node as K grows; "
                "just below it the phases pass slowly, again and again, where the rest will be. Two "
                "and many oscillators have pages of their own.")
    try_this = ("In Kuramoto, lower K from 0.25 to 0.171 per ms: the node and the saddle are about to meet.",
                "In Kuramoto, raise alpha to 1.2 rad: the push loses its odd part, and the locked states are gone.",
                "In QIF response, set D_2 to 0.01 per ms: a faster follower is never held back, so it slips.")
    book_note = ("The draft has only the heading. K spreads the effect of a pulse over the cycle, as for weak "
                 "coupling.")

    @staticmethod
    def rhs(t, y, p):
        psi_2, psi_3 = y
        if p.network == PACEMAKER:
            return p.D_2 + p.K * H(-psi_2, p), p.D_3 + p.K * H(-psi_3, p)
        F = push(0.0, psi_2, psi_3, p)
        dpsi_2 = p.D_2 + p.K * (push(psi_2, psi_2, psi_3, p) - F)
        dpsi_3 = p.D_3 + p.K * (push(psi_3, psi_2, psi_3, p) - F)
        return dpsi_2, dpsi_3

    @staticmethod
    def observe(t, y, p):
        psi_2, psi_3 = y
        return (np.hypot(1.0 + np.cos(psi_2) + np.cos(psi_3), np.sin(psi_2) + np.sin(psi_3)) / 3.0,)
