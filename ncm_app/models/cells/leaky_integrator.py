"""Leaky integrator (section 1.1)."""

from itertools import accumulate

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.functions import smoothed
from ncm_app.core.model import Choice, Count, Flow, Preset, Quantity, State, Variable
from ncm_app.numerics.noise import held_noise

CONSTANT, SQUARE, SINE, NOISE = range(4)


@register_jitable
def I_x(t, p):
    """Input (mV) at time t (ms)."""
    if p.input == SQUARE:
        return p.I_0 + p.I_1 * ((t - p.t_1) % p.T_x < p.t_2 - p.t_1)
    if p.input == SINE:
        return p.I_0 + p.I_1 * np.sin(2.0 * np.pi * p.f_x * t / 1000.0)
    if p.input == NOISE:
        return p.I_0 + p.sigma_x * held_noise(t, p.h_x, p.seed, 0)
    return p.I_0


def edges(end, p):
    """Times from 0 to beyond `end` between which a constant, square or held input does not change."""
    if p.input == NOISE:
        return np.arange(0.0, end + 2.0 * p.h_x, p.h_x)
    if p.input != SQUARE:
        return np.array([0.0, end + 1.0])
    beyond = end + 1.0
    up = p.t_1 + p.T_x * np.arange(-(p.t_1 // p.T_x) - 1.0, (beyond - p.t_1) // p.T_x + 1.0)
    down = up + min(max(p.t_2 - p.t_1, 0.0), p.T_x)
    return np.sort(np.clip(np.concatenate(([0.0], up, down, [beyond])), 0.0, beyond))


def pieces(t, p):
    """Eq. 1.3 once per piece of constant input, each from where the last one ended."""
    edge = edges(t[-1], p)
    target = p.E_L + I_x((edge[:-1] + edge[1:]) / 2.0, p) + np.zeros(len(edge) - 1)
    kept = np.exp(-np.diff(edge) / p.tau_m)
    V = np.array([*accumulate(range(len(kept)), lambda V, k: target[k] + (V - target[k]) * kept[k], initial=p.V_0)])
    i = np.searchsorted(edge, t, side="right") - 1
    return target[i] + (V[i] - target[i]) * np.exp((edge[i] - t) / p.tau_m)


def exact(t, p):
    """Closed form for every input; a sine comes out smaller and late, after a decaying start."""
    if p.input != SINE:
        return (pieces(t, p),)
    lag = 2.0 * np.pi * p.f_x / 1000.0 * p.tau_m
    sine = np.sin(lag * t / p.tau_m) - lag * np.cos(lag * t / p.tau_m) + lag * np.exp(-t / p.tau_m)
    return (pieces(t, p._replace(input=CONSTANT)) + p.I_1 * sine / (1.0 + lag**2),)


def convolution(t, p):
    """Eq. 1.4: the exponential kernel convolved with the input."""
    return ((p.V_0 - p.E_L) * np.exp(-t / p.tau_m) + p.E_L + smoothed(t, lambda t: I_x(t, p), p.tau_m),)


class LeakyIntegrator(Flow):
    """A membrane that leaks: the potential is a running average of the input (Eq. 1.2)."""

    chapter, title = "1.1", "Leaky integrator"

    E_L = Quantity(-72.0, bounds=(-90, -50), unit="mV", group="cell", doc="resting potential")
    tau_m = Quantity(15.0, bounds=(1, 100), unit="ms", group="cell", doc="membrane time constant")
    input = Choice("constant", objects=["constant", "square wave", "sine", "noise"], symbol="I_x", group="input",
                   doc="shape of the input in time")
    I_0 = Quantity(5.0, bounds=(-20, 20), unit="mV", group="input", doc="constant part of the input")
    I_1 = Quantity(4.0, bounds=(-20, 20), unit="mV", group="input", doc="height of wave or sine")
    t_1 = Quantity(200.0, bounds=(0, 1000), unit="ms", group="square wave", doc="step up")
    t_2 = Quantity(400.0, bounds=(0, 1000), unit="ms", group="square wave", doc="step down")
    T_x = Quantity(1000.0, bounds=(5, 1000), unit="ms", group="square wave", doc="period of the steps")
    f_x = Quantity(10.0, bounds=(0.5, 200), step=0.5, unit="Hz", group="sine",
                   doc="frequency of the sine")
    sigma_x = Quantity(4.0, bounds=(0, 20), unit="mV", group="noise", doc="SD of the noise")
    h_x = Quantity(5.0, bounds=(1, 100), unit="ms", group="noise", doc="time for which a value is held")
    seed = Count(1, bounds=(0, 9999), group="run", doc="seed of the noise")
    t_end = Quantity(600.0)

    states = (State("V", start=-70.0, span=(-78.0, -62.0), box=(-120.0, -20.0), unit="mV", doc="membrane potential"),)
    observed = (Variable("I_x", span=(-8.0, 8.0), unit="mV", role="external", doc="input"),)
    steady = {"input": "constant"}
    idle_unless = {"input": {"square wave": ("I_1", "t_1", "t_2", "T_x"), "sine": ("I_1", "f_x"),
                             "noise": ("sigma_x", "h_x", "seed")}}
    explore = "I_0"
    solutions = {"exact": exact, "convolution": convolution}
    presets = (
        Preset("Fig 1.1 A,B", "A constant input pulls V to E_L + I_0; after one tau_m, 63 % of the way is done.",
               expect={"exact": {15.0: (-68.1036,)}, "fixed_points": ((-67.0,),), "kinds": ("stable",),
                       "eigenvalues": (-0.0666667,), "errors": {"run": 0.00369, "convolution": 9.3e-06}}),
        Preset("Fig 1.1 C,D", "V follows a square pulse with rounded corners, late by about tau_m.",
               values={"input": "square wave", "I_0": 0.0},
               expect={"at": {400.0: (-68.000006,)}, "exact": {400.0: (-68.000006,)},
                       "errors": {"run": 0.00492, "convolution": 7.4e-06}}),
        Preset("Sine", "A sine of 10 Hz comes out as a sine, smaller (2.9 of 4 mV) and an eighth of a cycle late.",
               values={"input": "sine", "I_0": 2.0}, expect={"errors": {"run": 0.00633, "convolution": 1.4e-05}}),
        Preset("Noise", "V is a running average of the input, so it is smoother than the noise that drives it.",
               values={"input": "noise", "I_0": 3.0}, expect={"errors": {"convolution": 1.2e-05}}),
    )
    look_for = "V never jumps, even where the input does. It moves toward E_L + I_x, as fast as tau_m allows."
    try_this = ("In Fig 1.1 C,D, raise tau_m from 15 to 100 ms: the pulse ends while V is still 0.5 mV short.",
                "In Sine, raise f_x from 10 to 40 Hz: the ripple shrinks from 2.9 to 1.0 mV.",
                "In Noise, set h_x from 5 to 50 ms: V has time to come close to every level.",
                "Set dt to 40 ms, more than 2 tau_m: Euler's steps swing ever wider, the exact curve does not.")
    book_note = ("Fig 1.1 is drawn with I_0 = 5 mV (V ends at -67), not the caption's 4 mV; the right panels start at "
                 "-72, not -70 mV. The kernel is for s >= 0, not t. The book's convolution is up to 0.0404 mV off: "
                 "rounding loses k(0), an even number of samples shifts V by one step. Here it is off by 0.0000074 mV.")

    @staticmethod
    def rhs(t, y, p):
        (V,) = y
        dV = (-(V - p.E_L) + I_x(t, p)) / p.tau_m
        return (dV,)

    @staticmethod
    def observe(t, y, p):
        return (I_x(t, p),)
