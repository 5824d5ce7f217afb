"""Canonical microcircuit of dynamic causal modelling: four populations of a cortical column."""

from functools import partial

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.model import STEPPED, Choice, Count, Flow, Measure, Preset, Quantity, State, Variable
from ncm_app.models.masses._linear import late, noise_steps, rhythm
from ncm_app.models.masses._microcircuit import kick, mixture
from ncm_app.models.masses._microcircuit_plots import PLOTS, told_of_the_delay


@register_jitable
def S(V, p):
    """Rate of a population above its rate at V = 0, as a share of the highest."""
    return 1.0 / (1.0 + np.exp(p.B - p.R * V)) - 1.0 / (1.0 + np.exp(p.B))


loop = partial(Quantity, 1.0, step=0.01, group="loops")
gain = partial(Quantity, bounds=(-1, 8), step=0.05, unit="mV/ms", group="gains", rare=True)
potential = partial(State, start=0.1, box=(-600.0, 600.0), unit="mV", fits=True)
SPM_2014 = {"R": 1.0, "G_10": 0.4, "G_11": 0.4, "G_12": 0.8}
SPM_TFM = {"R": 1.0, "T_ss": 3.90625, "T_sp": 7.8125, "T_ii": 62.5, "T_dp": 31.25, "G_1": 2.048, "G_2": 1.024,
           "G_3": 1.024, "G_4": 1.024, "G_5": 1.024, "G_6": -0.512, "G_7": 2.048, "G_8": 1.024, "G_9": 0.512,
           "G_10": 1.024, "G_11": 0.512, "G_12": 0.512, "G_13": 0.256}


def tau(cell, value):
    """Return the time constant of a population."""
    return Quantity(value, bounds=(1, 100), step=0.5, unit="ms", symbol=f"T^{{{cell}}}", group="time constants",
                    rare=True, doc=f"time constant of {cell}")


def slope(cell):
    """Return the state that is the slope of a potential."""
    return State(f"I_{cell}", symbol=f"I^{{{cell}}}", span=(-0.5, 0.5), box=(-20.0, 20.0), unit="mV/ms", traced=False,
                 doc=f"slope of V_{cell}")


STANDARD = (-0.6186692 - 0.2856576j, -0.6186692 + 0.2856576j, -0.3871560 - 0.2826950j, -0.3871560 + 0.2826950j,
            -0.0585994 - 0.1062680j, -0.0585994 + 0.1062680j, -0.0337897 - 0.0456375j, -0.0337897 + 0.0456375j)


class CanonicalMicrocircuit(Flow):
    """Four populations of a cortical column, at rest far from any rhythm until one of its loops is strengthened."""

    chapter, title = "G.2", "Canonical microcircuit"
    acronym = "CMC"

    g_deep = loop(bounds=(0, 6), symbol="g^{deep}", doc="factor on the deep loop, ii to dp and back: G_6 and G_9")
    g_granular = loop(bounds=(0, 8), symbol="g^{gran}", doc="factor on the granular loop, ss to ii and back: G_3, G_5")
    g_superficial = loop(bounds=(0, 15), symbol="g^{sup}", doc="factor on the loop of ss and sp: G_2 and G_8")
    rho = loop(bounds=(0.1, 25), doc="factor on all gains")
    d = Quantity(0.0, bounds=(0, 5), step=0.1, unit="ms", group="loops", doc="delay of all synapses: of the run, its "
                 "spectrum and the plot over the delay; eigenvalues and diagram have none")
    U = Quantity(0.0, bounds=(-4, 4), step=0.01, unit="mV/ms", group="input", doc="constant input to ss")
    U_ii = Quantity(0.0, bounds=(-4, 4), step=0.01, unit="mV/ms", symbol="U^{ii}", group="input",
                    doc="constant input to ii")
    sigma = Quantity(0.5, bounds=(0, 2), step=0.01, unit="mV/√ms", group="input", doc="white noise of the input to ss")
    seed = Count(1, bounds=(0, 9999), group="input", doc="seed of the noise")
    l_ss = Quantity(0.0, bounds=(-1, 1), step=0.01, symbol="l^{ss}", group="LFP",
                    doc="weight of V_ss in the LFP; that of V_sp is one")
    l_dp = Quantity(0.0, bounds=(-1, 1), step=0.01, symbol="l^{dp}", group="LFP", doc="weight of V_dp in the LFP")
    R = Quantity(2.0 / 3.0, bounds=(0.1, 3), step=0.01, unit="1/mV", group="response", rare=True, doc="steepness")
    B = Quantity(0.0, bounds=(-3, 3), step=0.1, group="response", rare=True, doc="threshold: R times a potential")
    T_ss, T_sp, T_ii, T_dp = tau("ss", 2.0), tau("sp", 2.0), tau("ii", 16.0), tau("dp", 28.0)
    G_1, G_2 = gain(0.8, doc="ss inhibits itself"), gain(0.8, doc="sp inhibits ss")
    G_3, G_4 = gain(1.6, doc="ii inhibits ss"), gain(0.8, doc="ii inhibits itself")
    G_5, G_6 = gain(0.8, doc="ss excites ii"), gain(0.4, doc="dp excites ii")
    G_7, G_8 = gain(0.8, doc="sp inhibits itself"), gain(0.8, doc="ss excites sp")
    G_9, G_10 = gain(0.4, doc="ii inhibits dp"), gain(0.2, doc="dp inhibits itself")
    G_11, G_12 = gain(0.0, doc="sp excites ii"), gain(0.0, doc="ii inhibits sp")
    G_13 = gain(0.0, doc="sp excites dp")
    t_end = Quantity(5000.0, softbounds=(500, 20_000), step=500)
    dt = Quantity(0.25, softbounds=(0.05, 1))
    method = Choice("RK4", objects=STEPPED)

    states = (potential("V_ss", symbol="V^{ss}", span=(-2.0, 2.0), role="excitatory", behind=True,
                        doc="potential of the spiny stellate cells"),
              potential("V_sp", symbol="V^{sp}", span=(-1.0, 1.0), role="external",
                        doc="potential of the superficial pyramidal cells"),
              potential("V_ii", symbol="V^{ii}", span=(-6.0, 6.0), role="inhibitory",
                        doc="potential of the inhibitory interneurons"),
              potential("V_dp", symbol="V^{dp}", span=(-6.0, 6.0), doc="potential of the deep pyramidal cells"),
              *map(slope, ("ss", "sp", "ii", "dp")))
    observed = (Variable("LFP", (-0.5, 0.5), unit="mV", role="external", fits=True,
                         doc="V_sp + l_ss V_ss + l_dp V_dp"),)
    explore = "g_deep"
    driven, steady = True, {"sigma": 0.0, "d": 0.0}
    delay, at_once = "d", {"rho": 0.0}
    plots = PLOTS
    presets = (
        Preset("Standard", "At rest, with four ways to ring: noise of the input makes them heard.",
               expect={"kinds": ("stable spiral",), "eigenvalues": STANDARD,
                       "hopf": {"g_deep": 3.1949730, "g_granular": 3.7731938, "g_superficial": 8.4116939,
                                "rho": 16.2630658}}),
        Preset("Deep loop", "A fourfold gain between inhibitory and deep cells: a slow alpha rhythm.",
               values={"g_deep": 4.0, "sigma": 0.0},
               expect={"hopf": {"g_deep": 3.1949730}, "period": 84.12901, "measured": {"frequency": (11.8, 12.0)}}),
        Preset("Granular loop", "The same between spiny stellate and inhibitory cells: a rhythm near 35 Hz.",
               values={"g_granular": 4.0, "sigma": 0.0},
               expect={"hopf": {"g_granular": 3.7731938}, "measured": {"frequency": (32.0, 36.0)}}),
        Preset("Superficial loop", "The fast pair of spiny stellate and superficial cells: near 89 Hz.",
               values={"g_superficial": 9.0, "sigma": 0.0},
               expect={"hopf": {"g_superficial": 8.4116939}, "measured": {"frequency": (86.0, 91.0)}}),
        Preset("Two rhythms at once", "Deep and superficial loop together: alpha and gamma coexist on a torus.",
               values={"g_deep": 3.4, "g_superficial": 9.0, "sigma": 0.0, "l_dp": 0.1},
               expect={"kinds": ("unstable spiral (4 directions)",)}),
        Preset("Quenched", "Constant input to the inhibitory cells stops the rhythm of the deep loop.",
               values={"g_deep": 4.0, "U_ii": 0.62, "sigma": 0.0},
               expect={"kinds": ("stable spiral",), "hopf": {"U_ii": 0.606048}}),
        Preset("Delay", "With synapses 1 ms late the rest is lost at 4.91 times all gains, instead of 16.3.",
               values={"rho": 4.5, "d": 1.0}, shows=("delay",),
               expect={"kinds": ("stable spiral",), "measured": {"frequency": (39.0, 46.0)}}),
        Preset("Delayed rhythm", "A little more, and the delayed circuit oscillates by itself, at 44 Hz.",
               values={"rho": 5.2, "d": 1.0, "sigma": 0.0}, shows=("delay",),
               expect={"kinds": ("stable spiral",), "measured": {"frequency": (43.0, 45.0)}}),
        Preset("SPM 2014", "Steeper responses and two more synapses, as in SPM's version of 2014.", values=SPM_2014,
               expect={"kinds": ("stable spiral",)}),
        Preset("SPM tfm", "Slower cells and other gains, as in SPM's version tfm: tones at 9.84 and 15.9 Hz.",
               values=SPM_TFM, expect={"kinds": ("stable spiral",)}),
    )
    look_for = ("The standard circuit is at rest, far from any rhythm: each tone of the spectrum is a pair of "
                "eigenvalues. Stronger loops bring a pair to the axis: at 3.195 times the deep gains, at 3.773 times "
                "the granular and at 8.412 times the superficial ones. All are supercritical: rest and rhythm never "
                "coexist.")
    try_this = (
        "In Standard, raise g_deep from 1 to 3: the peak of the spectrum grows and sharpens, at a tone of 13.4 Hz.",
        "In Deep loop, lower g_deep from 4 to 3.2: the rhythm shrinks, and is faster, 13.7 instead of 11.9 Hz.",
        "In Delay, raise d from 1 to 2 ms: the rest would be lost at 2.87 times the gains, at 30.8 Hz.",
        "In Standard, set l_dp to 1: the LFP hears the deep cells too, and more of the slow tones.",
    )
    book_note = ("Equations and constants are those of SPM's CMC (Bastos and others 2012), written anew; the "
                 "analysis is after Cooray, Rosch & Friston (2023), re-derived. Times are in ms, gains G in mV/ms: "
                 "0.8 is SPM's 800 per s. SPM approximates its delays; here the delay is exact in the linear theory, "
                 "and the run keeps its past; eigenvalues and diagram leave it out. A fixed point whose potentials lie "
                 "far beyond those of cells, as at the ends of the gains, may be left out.")

    @staticmethod
    def rhs(t, y, p):
        V_ss, V_sp, V_ii, V_dp, I_ss, I_sp, I_ii, I_dp = y
        ss, sp, ii, dp = S(V_ss, p), S(V_sp, p), S(V_ii, p), S(V_dp, p)
        to_ss = p.U - p.rho * (p.G_1 * ss + p.g_superficial * p.G_2 * sp + p.g_granular * p.G_3 * ii)
        to_sp = p.rho * (p.g_superficial * p.G_8 * ss - p.G_7 * sp - p.G_12 * ii)
        to_ii = p.U_ii + p.rho * (p.g_granular * p.G_5 * ss + p.g_deep * p.G_6 * dp + p.G_11 * sp - p.G_4 * ii)
        to_dp = p.rho * (p.G_13 * sp - p.G_10 * dp - p.g_deep * p.G_9 * ii)
        dI_ss = (to_ss - 2.0 * I_ss - V_ss / p.T_ss) / p.T_ss
        dI_sp = (to_sp - 2.0 * I_sp - V_sp / p.T_sp) / p.T_sp
        dI_ii = (to_ii - 2.0 * I_ii - V_ii / p.T_ii) / p.T_ii
        dI_dp = (to_dp - 2.0 * I_dp - V_dp / p.T_dp) / p.T_dp
        return I_ss, I_sp, I_ii, I_dp, dI_ss, dI_sp, dI_ii, dI_dp

    @staticmethod
    def observe(t, y, p):
        V_ss, V_sp, _, V_dp, *_ = y
        return (V_sp + p.l_ss * V_ss + p.l_dp * V_dp,)

    @staticmethod
    def impulses(t, p):
        kicks = np.zeros((8, len(t)))
        if p.sigma > 0.0:
            kicks[4] = kick(p) * noise_steps(t, p.seed)
        return kicks

    @staticmethod
    def measure(run, p):
        lfp = mixture(p) @ run.y[:4]
        found = rhythm(run, lfp)
        return (*((Measure("frequency", found, "Hz"),) if np.isfinite(found) else ()),
                Measure("SD of LFP", float(lfp[late(run)].std()), "mV"))

    @staticmethod
    def tell(run, p):
        return told_of_the_delay(run, p)

    @staticmethod
    def idle(run, p):
        return ("seed",) if p.sigma == 0.0 else ()
