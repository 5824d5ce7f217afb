"""Jansen-Rit model of a cortical column (Jansen and Rit 1995)."""

from functools import partial

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.model import STEPPED, Choice, Count, Flow, Mark, Measure, Plot, Preset, Quantity, State, Variable
from ncm_app.models.masses._linear import late, noise_steps, rhythm, spectrum_of, theory_of

HIGHEST = 60.0  # frequency that is drawn, Hz


@register_jitable
def S(v, p):
    """Rate at which cells with the mean potential v (mV) fire, 1/ms."""
    return 2.0 * p.e_0 / 1000.0 / (1.0 + np.exp(p.r * (p.v_0 - v)))


def kick(p):
    """How strongly white noise of the input moves x_4, mV/ms per root of ms."""
    return p.A * p.a * p.sigma / np.sqrt(1000.0)


def spectra(run, p):
    """Columns of the spectrum: that of the run, and what linear theory expects of noise about a rest."""
    enters, seen = np.zeros(6), np.zeros(6)
    enters[4], seen[0] = kick(p), 1.0
    found = {"run": spectrum_of(run, run.y[0]), "theory": theory_of(run, JansenRit.rhs, p, enters, seen)}
    return {name: (f[f <= HIGHEST], power[f <= HIGHEST]) for name, (f, power) in
            ((name, curve) for name, curve in found.items() if curve is not None)}


synapse = partial(Quantity, group="synapses")
sigmoid = partial(Quantity, group="response", rare=True)
slope = partial(State, unit="mV/ms", traced=False)
LOW = {"y_0": 1.6, "x_0_0": 0.013, "x_2_0": 3.1}
FIVE = {"fold": {"p": (-41.301410, 113.586273)}, "hopf": {"p": (-12.147492, 89.829108, 315.696428)}}


class JansenRit(Flow):
    """Three populations of a cortical column: rest, alpha rhythm and spikes in one diagram."""

    chapter, title = "G.1", "Jansen-Rit model"
    acronym = "JR"

    p = Quantity(200.0, bounds=(-60, 400), step=1, unit="Hz", group="input", doc="mean input to the excitatory cells")
    sigma = Quantity(0.0, bounds=(0, 10), step=0.1, unit="√Hz", group="input",
                     doc="white noise of the input: the SD of the pulses in one second")
    seed = Count(1, bounds=(0, 9999), group="input", doc="seed of the noise")
    C = synapse(135.0, bounds=(20, 400), step=1, doc="connectivity: pyramidal to excitatory cells C, back 0.8 C; "
                                                     "to and from inhibitory cells 0.25 C")
    A = synapse(3.25, bounds=(0.5, 10), step=0.05, unit="mV", doc="size of an excitatory potential")
    B = synapse(22.0, bounds=(1, 60), step=0.1, unit="mV", doc="size of an inhibitory potential")
    a = synapse(0.1, bounds=(0.02, 0.3), step=0.001, unit="1/ms", rare=True, doc="rate constant of excitation")
    b = synapse(0.05, bounds=(0.01, 0.2), step=0.001, unit="1/ms", rare=True, doc="rate constant of inhibition")
    e_0 = sigmoid(2.5, bounds=(0.5, 10), step=0.1, unit="Hz", doc="half the highest rate of firing")
    v_0 = sigmoid(6.0, bounds=(0, 12), step=0.1, unit="mV", doc="potential at which cells fire at half of it")
    r = sigmoid(0.56, bounds=(0.1, 2), step=0.01, unit="1/mV", doc="steepness of the response")
    t_end = Quantity(5000.0, softbounds=(1000, 20_000), step=500)
    dt = Quantity(0.5, softbounds=(0.1, 2))
    method = Choice("RK4", objects=STEPPED)

    states = (State("y", start=7.0, span=(-5.0, 13.0), box=(-20.0, 60.0), unit="mV", role="excitatory",
                    axis_group="y", doc="EEG-like potential of the pyramidal cells, x_1 - x_2"),
              State("x_0", start=0.1, span=(0.0, 0.17), box=(-0.05, 1.0), unit="mV", traced=False,
                    doc="potentials that pyramidal cells cause, without the factor C"),
              State("x_2", start=15.0, span=(0.0, 30.0), box=(-5.0, 150.0), unit="mV", role="inhibitory",
                    doc="inhibitory potential of the pyramidal cells"),
              slope("x_3", span=(-0.02, 0.02), box=(-0.1, 0.1), doc="slope of x_0"),
              slope("x_4", span=(-1.0, 1.0), box=(-5.0, 5.0), doc="slope of x_1"),
              slope("x_5", span=(-1.0, 1.0), box=(-5.0, 5.0), doc="slope of x_2"))
    explore = "p"
    driven, steady = True, {"sigma": 0.0}
    plots = (Plot("spectrum", "Spectrum of y", Variable("frequency", (0.0, 40.0), "Hz"),
                  Variable("power", (1e-5, 30.0), "mV²/Hz"),
                  (Mark("run", role="excitatory", label="run", ghost=True), Mark("theory", role="theory",
                                                                                 label="linear theory")),
                  spectra, log="y", above=True),)
    presets = (
        Preset("Alpha", "Medium input: one fixed point, unstable, and round it the alpha rhythm.",
               expect={**FIVE, "period": 92.0599, "kinds": ("unstable spiral (2 directions)",),
                       "measured": {"frequency": (10.80, 10.92), "mean y": (7.43, 7.45)}}),
        Preset("Spikes", "The low rest has just met a saddle: large slow spikes, as in an epileptic EEG, beside alpha.",
               values={"p": 120.0, **LOW}, expect={**FIVE, "period": 419.363,
                                                   "measured": {"frequency": (2.2, 2.6)}}),
        Preset("Rest or rhythm", "Below the saddle-node the low rest and the alpha rhythm coexist: the start decides.",
               values={"p": 100.0},
               expect={"kinds": ("stable spiral", "unstable (1 direction)", "unstable spiral (2 directions)"),
                       "period": 96.214, "measured": {"frequency": (10.3, 10.5)}}),
        Preset("Two rests", "With little input a low and a high rest, parted by a saddle.",
               values={"p": 50.0, **LOW},
               expect={"kinds": ("stable spiral", "unstable (1 direction)", "stable spiral"),
                       "measured": {"mean y": -0.2616249, "SD of y": (0.0, 1e-6)}}),
        Preset("Low rest", "Inhibited from outside, the column has one stable state, the low rest.",
               values={"p": -30.0, **LOW},
               expect={"kinds": ("stable spiral", "unstable (1 direction)", "unstable spiral (2 directions)")}),
        Preset("High rest", "Beyond the last Hopf point strong input holds the column at its high rest.",
               values={"p": 340.0}, expect={"kinds": ("stable spiral",)}),
        Preset("Noise at the high rest", "Noise makes the damped rhythm of the high rest heard: linear theory, dashed, "
               "tells the spectrum.", values={"p": 380.0, "sigma": 0.5, "t_end": 20_000.0},
               expect={"measured": {"frequency": (10.6, 11.5), "mean y": (8.4, 8.5), "SD of y": (0.19, 0.31)}}),
        Preset("Rhythm and spikes by turns", "Where both rhythms coexist, noise of the input switches between them.",
               values={"p": 125.0, "sigma": 2.0, "seed": 3, "t_end": 20_000.0},
               expect={"measured": {"SD of y": (1.6, 3.0), "mean y": (4.5, 6.7)}}),
    )
    look_for = ("One diagram holds a low rest, spikes that end on it in a saddle-node at 113.6 Hz, and alpha between "
                "two Hopf points, 89.8 and 315.7 Hz. Spikes and alpha coexist up to the fold of cycles at 137.4 Hz. "
                "Over p and C the saddle-nodes meet in a cusp, and the Hopf curve ends on them.")
    try_this = (
        "In Rest or rhythm, start at y(0) = 1 instead of 7 mV: the same input, and the column rests.",
        "In Spikes, lower p from 120 to 114 Hz: the period grows from 419 to 1,060 ms, the spikes stay as high.",
        "In Spikes, raise p from 120 to 140 Hz: beyond the fold of cycles spikes are gone, and alpha is left.",
        "In Noise at the high rest, lower p from 380 to 318 Hz: near the Hopf point the peak grows and sharpens, and "
        "stays below what linear theory says.",
    )
    book_note = ("Equations and constants are those of Jansen and Rit (1995), whose y_k are x_k here; the analysis is "
                 "after Cooray, Rosch & Friston (2023), re-derived. The EEG y = x_1 - x_2 is kept in place of x_1, and "
                 "so is a state. Times are in ms and rate constants per ms, so that 100 per s is 0.1; rates of firing "
                 "and p are in Hz. The noise is white: the pulses of a second are p on average, with an SD "
                 "of sigma.")

    @staticmethod
    def rhs(t, y, p):
        y_, x_0, x_2, x_3, x_4, x_5 = y
        dy = x_4 - x_5
        dx_0 = x_3
        dx_2 = x_5
        dx_3 = p.A * p.a * S(y_, p) - 2.0 * p.a * x_3 - p.a**2 * x_0
        dx_4 = p.A * p.a * (p.p / 1000.0 + 0.8 * p.C * S(p.C * x_0, p)) - 2.0 * p.a * x_4 - p.a**2 * (y_ + x_2)
        dx_5 = p.B * p.b * 0.25 * p.C * S(0.25 * p.C * x_0, p) - 2.0 * p.b * x_5 - p.b**2 * x_2
        return dy, dx_0, dx_2, dx_3, dx_4, dx_5

    @staticmethod
    def impulses(t, p):
        kicks = np.zeros((6, len(t)))
        if p.sigma > 0.0:
            kicks[4] = kick(p) * noise_steps(t, p.seed)
        return kicks

    @staticmethod
    def measure(run, p):
        y = run.y[0, late(run)]
        found = rhythm(run, run.y[0])
        return (*((Measure("frequency", found, "Hz"),) if np.isfinite(found) else ()),
                Measure("mean y", float(y.mean()), "mV"), Measure("SD of y", float(y.std()), "mV"))

    @staticmethod
    def idle(run, p):
        return ("seed",) if p.sigma == 0.0 else ()
