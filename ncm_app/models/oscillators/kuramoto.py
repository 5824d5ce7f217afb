"""Many phase oscillators: the Kuramoto model (section B.3.3)."""

import numpy as np

from ncm_app.core.model import Choice, Count, Flow, Preset, Quantity, State, Variable
from ncm_app.numerics.noise import hash_uniform

FINEST = 0.1  # part of 1 / K that one step of the simulated oscillators may last
MOST_STEPS = 4000


def frequencies(p):
    """Return the N frequencies, drawn from a Lorentzian of half width Delta."""
    return p.Delta * np.tan(np.pi * (hash_uniform(p.seed, 0, np.arange(p.N)) - 0.5))


def start_phases(p):
    """Return N phases as points on the circle; their density is the one that keeps its form."""
    spread = np.tan(np.pi * (hash_uniform(p.seed, 1, np.arange(p.N)) - 0.5))
    return np.exp(2.0j * np.arctan((1.0 - p.r_0) / (1.0 + p.r_0) * spread))


def simulated(t, p):
    """Return the order of N oscillators over times t: turns are exact, pushes by midpoint steps."""
    steps = int(min(max(200, np.ceil(p.K * t[-1] / FINEST)), MOST_STEPS))
    h = t[-1] / steps
    half_turn, z, order = np.exp(0.5j * h * frequencies(p)), start_phases(p), []
    for _ in range(steps):
        order.append(abs(z.mean()))
        z = z * half_turn
        push = 0.5 * p.K * (z.mean() - np.conj(z.mean()) * z**2)
        middle = z + 0.5 * h * push
        z = z * np.exp(1.0j * h * p.K * np.imag(middle.mean() * np.conj(middle))) * half_turn
    return np.interp(t, h * np.arange(steps + 1), [*order, abs(z.mean())])


class Kuramoto(Flow):
    """Many oscillators of different frequencies: beyond a strength of coupling some fall into step (section B.3.3)."""

    chapter, title = "B.3.3", "Kuramoto oscillators"

    K = Quantity(0.4, bounds=(0, 1), step=0.005, unit="1/ms", group="coupling", doc="strength of coupling")
    Delta = Quantity(0.1, bounds=(0.01, 0.3), step=0.005, unit="1/ms", group="frequencies",
                     doc="half width of the Lorentzian distribution of the frequencies, in rad/ms")
    N = Count(50, bounds=(2, 1000), group="simulated oscillators", doc="how many are simulated")
    seed = Count(1, bounds=(0, 1000), group="simulated oscillators", doc="which frequencies and start phases are drawn")
    t_end = Quantity(200.0, softbounds=(20, 1000))
    method = Choice("RK4")

    states = (State("r", start=0.1, span=(-0.03, 1.03), box=(-0.05, 1.03),
                    doc="order of infinitely many oscillators: 1 if all phases agree"),)
    observed = (Variable("r_N", span=(0.0, 1.0), role="external", doc="order of the simulated ones"),)
    explore = "K"
    presets = (
        Preset("Partial synchrony", "At twice the onset the slowest 78 % of the Lorentzian lock: r rises to 0.71.",
               expect={"fixed_points": ((0.0,), (0.707107,)), "kinds": ("unstable", "stable"),
                       "eigenvalues": (0.1, -0.2), "branch": {"K": 0.2}}),
        Preset("Below the onset", "With weak coupling every oscillator goes its own way; N of them leave a noise.",
               values={"K": 0.15, "r_0": 0.6},
               expect={"fixed_points": ((0.0,),), "kinds": ("stable",), "eigenvalues": (-0.025,),
                       "branch": {"K": 0.2}}),
        Preset("Just above the onset", "r grows slowly to a small value; 50 oscillators can hardly show it.",
               values={"K": 0.22, "t_end": 600.0},
               expect={"fixed_points": ((0.0,), (0.301511,)), "kinds": ("unstable", "stable"),
                       "branch": {"K": 0.2}}),
        Preset("1000 oscillators", "The noise is small, and the simulated order follows the theory.",
               values={"N": 1000},
               expect={"fixed_points": ((0.0,), (0.707107,)), "kinds": ("unstable", "stable"), "branch": {"K": 0.2}}),
    )
    look_for = ("Synchrony begins at K = 2 / (pi g(0)) = 2 Delta, where g is the density of the frequencies: a "
                "pitchfork with r = sqrt(1 - 2 Delta / K) beyond. r is exact for infinitely many oscillators; r_N, of "
                "N simulated ones, fluctuates by about 1 / sqrt(N).")
    try_this = ("In Partial synchrony, lower K from 0.4 to 0.2 per ms: r decays, ever more slowly near the onset.",
                "In Partial synchrony, change the seed: other 50 frequencies lock a little more or less.",
                "In Partial synchrony, raise N to 1000: the grey curve comes close to r.")
    book_note = ("The draft has only the heading. Each oscillator obeys theta_j' = omega_j + K r_N sin(Psi - theta_j), "
                 "where r_N and Psi are length and angle of the mean of exp(i theta_j). Ott and Antonsen (2008) showed "
                 "that r then obeys the one equation here, if the frequencies are Lorentzian.")

    @staticmethod
    def rhs(t, y, p):
        (r,) = y
        dr = -p.Delta * r + p.K * r * (1.0 - r**2) / 2.0
        return (dr,)

    @staticmethod
    def observe(t, y, p):
        return (simulated(t, p),)
