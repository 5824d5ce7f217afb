"""Two phase oscillators (section B.3.3)."""

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.model import Choice, Curve, Curves, Flow, Preset, Quantity, State, Variable

TWO_WAY, ONE_WAY = range(2)
SINE, QIF = range(2)
TURN = (-2.0, 2.0 * np.pi - 2.0)


@register_jitable
def H(d, p):
    """Mean push by an oscillator that is ahead by d."""
    if p.response == SINE:
        return np.sin(d)
    return 1.0 - np.cos(d)


def size(p):
    """Return the size of the one pulse per turn that pushes by K on average."""
    return 2.0 * np.pi * p.K / p.omega


def advance(phase, p):
    """Return the exact advance of a QIF (theta) neuron by a pulse: V jumps at V = -cot(phase / 2)."""
    s, c = np.sin(phase / 2.0), np.cos(phase / 2.0)
    return 2.0 * np.arctan2(size(p) * s**2, 1.0 - size(p) * s * c)


def weak_advance(phase, p):
    """Return the advance by a small pulse."""
    return size(p) * (1.0 - np.cos(phase))


def ahead(y, p):
    """Where the first oscillator is, seen from the second, from -pi to pi."""
    return np.pi - (np.pi + y[0]) % (2.0 * np.pi)


def phase(y, p):
    """Where the second oscillator is in its turn when the first one fires."""
    return y[0] % (2.0 * np.pi)


class PhaseOscillators(Flow):
    """Two rhythms reduced to phases: they lock if they differ little, and slip if not (section B.3.3)."""

    chapter, title = "B.3.3", "Two phase oscillators"

    network = Choice("two-way", objects=["two-way", "one-way"], group="coupling",
                     doc="each pushes the other, or the first one alone pushes the second")
    response = Choice("sine", objects=["sine", "QIF"], symbol="H", group="coupling",
                      doc="push: a sine, or the phase response of QIF and theta neurons, which only advances")
    K = Quantity(0.1, bounds=(0, 0.6), step=0.005, unit="1/ms", group="coupling", doc="strength of push")
    D = Quantity(0.1, bounds=(-0.5, 0.5), step=0.005, unit="1/ms", group="frequencies",
                 doc="how much faster the second oscillator turns than the first, in rad/ms")
    omega = Quantity(2.0, bounds=(0.5, 10), step=0.1, unit="1/ms", group="single pulse", rare=True,
                     doc="speed of a turn, in rad/ms; only the size of a single pulse depends on it")
    t_end = Quantity(200.0, softbounds=(20, 1000))
    method = Choice("RK4")

    states = (State("psi", start=2.0, span=TURN, box=(-2.0, 4.28), unit="rad", periodic=TURN,
                    doc="phase of the second oscillator ahead of the first"),)
    explore = "D"
    curves = (Curves("push", Variable("phase of the other, ahead", (-np.pi, np.pi), "rad"),
                     Variable("H", (-1.0, 2.0)), (Curve("H", H, ahead),)),
              Curves("response of a QIF neuron to one pulse", Variable("phase", (0.0, 2.0 * np.pi), "rad"),
                     Variable("advance", (0.0, 1.0), "rad"),
                     (Curve("exact", advance, phase), Curve("small pulse", weak_advance, phase))))
    presets = (
        Preset("Two coupled", "The difference of the frequencies is less than 2 K: the phases lock.",
               expect={"fixed_points": ((0.523599,), (2.617994,)), "kinds": ("stable", "unstable"),
                       "eigenvalues": (-0.173205, 0.173205), "fold": {"D": (-0.2, 0.2)}}),
        Preset("Two coupled: slip", "A little beyond 2 K the phases slip, slowly where the lock was.",
               values={"D": 0.22}, expect={"fixed_points": (), "kinds": (), "fold": {"D": (-0.2, 0.2)}}),
        Preset("Follower", "One drives, one follows: half the coupling, half the range of locking.",
               values={"network": "one-way", "D": 0.05},
               expect={"fixed_points": ((0.523599,), (2.617994,)), "kinds": ("stable", "unstable"),
                       "fold": {"D": (-0.1, 0.1)}}),
        Preset("QIF follower", "Pulses only advance a QIF neuron: it locks to a faster partner, never to a slower one.",
               values={"network": "one-way", "response": "QIF", "D": -0.1},
               expect={"fixed_points": ((-1.570796,), (1.570796,)), "kinds": ("stable", "unstable"),
                       "fold": {"D": (-0.2, 0.0)}}),
        Preset("QIF follower, equal", "Pulses at the follower's own frequency advance it until it fires with them.",
               values={"network": "one-way", "response": "QIF", "D": 0.0, "K": 0.31831, "omega": 4.0, "psi_0": 0.7484,
                       "t_end": 24.0, "dt": 0.01},
               expect={"fixed_points": ((0.0,),), "kinds": ("semi-stable",), "at": {21.99: (5.841,)}}),
        Preset("Two QIF neurons", "Both are advanced alike: the pushes cancel, and nothing locks.",
               values={"response": "QIF", "D": 0.02}, expect={"fixed_points": (), "kinds": ()}),
    )
    look_for = ("The phase difference psi obeys one equation on a circle. A lock is a fixed point; it is born in a "
                "saddle-node where the difference D of the frequencies is as large as the strongest push. Just beyond "
                "it psi lingers where the lock was.")
    try_this = ("In Two coupled, raise D from 0.1 to 0.22 per ms: the fixed points have met and gone; the phases slip.",
                "In Two coupled: slip, raise D to 0.4 per ms: a slip takes 18 ms instead of 69.",
                "In QIF follower, raise D to 0.01 per ms: a faster neuron is never held back, so it slips.",
                "In QIF follower, equal, lower omega from 4 to 1 per ms: a pulse four times as large advances by more "
                "than in proportion early in the turn, by less late.")
    book_note = ("The draft has only the heading; later versions have QIF neurons V' = V² + I_0 with period pi / "
                 "sqrt(I_0) and phase response (1 - cos(2 sqrt(I_0) t)) / (2 I_0) at time t after the reset. In QIF "
                 "follower, equal (I_0 = 4, pulses of 1) the phase in those units goes from 0.1871 to 1.4604 within 14 "
                 "pulses, here as by the exact response pulse after pulse; the book's stepped simulation ends at "
                 "1.4567.")

    @staticmethod
    def rhs(t, y, p):
        (psi,) = y
        back = H(psi, p) if p.network == TWO_WAY else 0.0
        dpsi = p.D + p.K * (H(-psi, p) - back)
        return (dpsi,)
