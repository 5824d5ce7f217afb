"""Conductance-based synapses and the high-conductance state (appendix B.4)."""

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.model import (
    STEPPED,
    Choice,
    Count,
    Flow,
    Mark,
    Measure,
    Plot,
    Preset,
    Quantity,
    State,
    Times,
    Variable,
)
from ncm_app.numerics.spikes.arrivals import arrivals
from ncm_app.numerics.spikes.conductances import Bombardment, error_of_sd, fluctuation, potential, single
from ncm_app.numerics.spikes.responses import cascade, counted
from ncm_app.numerics.spikes.spike_groups import deflection, volleys

REST, MEAN = range(2)
KINDS = "excitatory", "inhibitory"


@register_jitable
def G(p):
    """Mean conductance that the current-based model holds constant."""
    if p.linear == MEAN:
        return (p.K_e * p.r_e * p.J_e + p.K_i * p.r_i * p.J_i) / 1000.0
    return 0.0


@register_jitable
def V_lin(p):
    """Potential (mV) from which the current-based model counts."""
    if p.linear == MEAN:
        drive = (p.K_e * p.r_e * p.J_e * p.E_e + p.K_i * p.r_i * p.J_i * p.E_i) / 1000.0
        return (p.E_L + p.I_x + drive) / (1.0 + G(p))
    return p.E_L + p.I_x


def background(p):
    """The two Poisson inputs."""
    return (Bombardment(p.K_e * p.r_e / 1000.0, p.J_e, p.tau_e, p.E_e),
            Bombardment(p.K_i * p.r_i / 1000.0, p.J_i, p.tau_i, p.E_i))


def theory(p, duration=1.0):
    """What is known of V under the Poisson inputs, for an average over a duration (ms)."""
    return potential(background(p), p.E_L + p.I_x, p.tau_m, duration)


def spikes(end, p):
    """Listed and random spikes up to `end`, excitatory and inhibitory, ms."""
    random = [arrivals(one.rate, end, p.seed, stream)[0] for stream, one in enumerate(background(p))]
    return [np.concatenate([listed[listed < end], drawn])
            for listed, drawn in zip((p.s_e, p.s_i), random, strict=True)]


def after_one_spike(p):
    """Times (ms), and per kind what one spike adds to V under the mean background, per mV of driving force."""
    t = np.linspace(0.0, 4.0 * max(p.tau_e, p.tau_i, p.tau_m), 2001)
    load = sum(one.mean for one in background(p))
    return t, [single(one.J, one.tau, p.tau_m, t, load) for one in background(p)]


def draw_spikes(run, p):
    """Ticks of all spikes within the run."""
    inhibitory, excitatory = reversed(spikes(run.t[-1], p))
    return {"excitatory": (excitatory, np.ones(len(excitatory))), "inhibitory": (inhibitory, np.zeros(len(inhibitory)))}


def draw_psp(run, p):
    """What one spike adds to V under the mean background, beside what it adds to V_c."""
    (t, units), drawn = after_one_spike(p), {}
    for name, unit, one in zip(KINDS, units, background(p), strict=True):
        current_based = cascade(t, one.tau, p.tau_m / (1.0 + G(p))) / (1.0 + G(p))
        drawn[name] = t, unit * (one.E - theory(p).level)
        drawn[f"linear {name}"] = t, one.J * (one.E - V_lin(p)) * current_based
    return drawn


def draw_driving_force(run, p):
    """The same peaks over the constant input, straight lines through the reversal potentials."""
    I_x = np.linspace(-20.0, 30.0, 101)
    known, units = theory(p), after_one_spike(p)[1]
    level = known.level + (I_x - p.I_x) * known.tau / p.tau_m
    heights = [unit.max() * (one.E - level) for unit, one in zip(units, background(p), strict=True)]
    here = [np.interp(p.I_x, I_x, height) for height in heights]
    return {"excitatory": (I_x, heights[0]), "inhibitory": (I_x, heights[1]), "zero": (I_x, 0.0 * I_x),
            "now": ([p.I_x, p.I_x], here)}


class ConductanceSynapses(Flow):
    """A spike opens a conductance: its effect depends on V, and many of them make the cell fast (appendix B.4)."""

    chapter, title = "B.4", "Conductance-based synapses"

    s_e = Times((20.0, 200.0, 210.0), bounds=(0, 1000), group="spikes", doc="excitatory spikes")
    s_i = Times((100.0,), bounds=(0, 1000), group="spikes", doc="inhibitory spikes")
    r_e = Quantity(0.0, bounds=(0, 50), unit="Hz", group="Poisson inputs", doc="excitatory rate")
    r_i = Quantity(0.0, bounds=(0, 50), unit="Hz", group="Poisson inputs", doc="inhibitory rate")
    K_e = Count(400, bounds=(0, 1000), group="Poisson inputs", doc="number of excitatory inputs")
    K_i = Count(100, bounds=(0, 1000), group="Poisson inputs", doc="number of inhibitory inputs")
    J_e = Quantity(0.3, bounds=(0, 3), unit="ms", group="synapses", doc="excitatory weight")
    J_i = Quantity(8.0, bounds=(0, 20), unit="ms", group="synapses", doc="inhibitory weight")
    tau_e = Quantity(5.0, bounds=(1, 50), unit="ms", group="synapses", doc="excitatory decay time")
    tau_i = Quantity(5.0, bounds=(1, 50), unit="ms", group="synapses", doc="inhibitory decay time")
    E_e = Quantity(0.0, bounds=(-20, 60), unit="mV", group="synapses", doc="excitatory reversal")
    E_i = Quantity(-75.0, bounds=(-100, -50), unit="mV", group="synapses", doc="inhibitory reversal")
    tau_m = Quantity(10.0, bounds=(1, 100), unit="ms", group="cell", doc="membrane time constant")
    E_L = Quantity(-72.0, bounds=(-90, -50), unit="mV", group="cell", doc="resting potential")
    I_x = Quantity(0.0, bounds=(-20, 30), unit="mV", group="cell", doc="constant input")
    linear = Choice("at rest", objects=["at rest", "at the mean"], symbol="V_{lin}", group="cell",
                    doc="where the current-based model takes its currents from")
    seed = Count(1, bounds=(0, 9999), group="run", doc="seed of the Poisson inputs")
    t_end = Quantity(300.0)
    method = Choice("Euler", objects=STEPPED)

    states = (State("V", start=-72.0, span=(-73.5, -69.5), box=(-120.0, 60.0), unit="mV", doc="membrane potential"),
              State("g_e", start=0.0, span=(0.0, 2.0), box=(0.0, 100.0), role="excitatory",
                    doc="excitatory conductance over the leak"),
              State("g_i", start=0.0, span=(0.0, 2.0), box=(0.0, 100.0), role="inhibitory",
                    doc="inhibitory conductance over the leak"),
              State("V_c", start=-72.0, span=(-73.5, -69.5), box=(-200.0, 200.0), unit="mV",
                    doc="potential of the current-based model"))
    observed = (Variable("I_e", (-6.0, 6.0), unit="mV", role="excitatory", doc="excitatory current"),
                Variable("I_i", (-6.0, 6.0), unit="mV", role="inhibitory", doc="inhibitory current"))
    portrait, driven = False, True
    plots = (
        Plot("spikes", "Input spikes", Variable("time", (0.0, 300.0), unit="ms"), Variable("input", (-0.6, 1.6)),
              tuple(Mark(name, "raster", name) for name in KINDS), draw_spikes, shape="strip", over_time=True,
              above=True, clicks=("s_i", "s_e"), rows=("inhibitory", "excitatory")),
        Plot("psp", "Potential after one spike", Variable("time since the spike", (0.0, 40.0), unit="ms"),
              Variable("change of V", (-1.4, 1.4), unit="mV"),
              (*(Mark(f"linear {name}", role="theory", label="current-based" * (name == "excitatory"))
                 for name in KINDS), *(Mark(name, role=name, ghost=True) for name in KINDS)), draw_psp, fits="xy"),
        Plot("driving_force", "Its peak over I_x", Variable("constant input I_x", (-20.0, 30.0), unit="mV"),
              Variable("peak change of V", (-1.2, 1.5), unit="mV"),
              (Mark("zero", role="theory"), *(Mark(name, role=name, label=name, ghost=True) for name in KINDS),
               Mark("now", "points", "now")), draw_driving_force, fits="y", clicks=("I_x",)),
    )
    presets = (
        Preset("Fig B.9", "The spikes of Fig 1.4: the inhibitory one moves V less than a current-based one would.",
               expect={"measured": {"EPSP": 1.07683, "IPSP": -0.943487, "paired EPSP": 1.75729}}),
        Preset("Driving force", "Below E_i an inhibitory spike lifts V: its current always pulls toward E_i.",
               values={"s_e": (100.0,), "s_i": (200.0,), "I_x": -6.0, "V_0": -78.0, "V_c_0": -78.0},
               expect={"measured": {"EPSP": 1.16656, "IPSP": 0.94396}}),
        Preset("High-conductance state", "4,700 spikes a second leave the membrane five times as leaky, and as fast.",
               values={"s_e": (), "s_i": (), "r_e": 8.0, "r_i": 15.0, "J_i": 2.0, "linear": "at the mean",
                       "t_end": 1000.0, "V_0": -60.0, "V_c_0": -60.0, "seed": 2},
               expect={"measured": {"mean g_e": (0.9, 1.02), "mean g_i": (2.75, 3.25), "tau_eff": (1.9, 2.15),
                                    "mean V": (-60.7, -58.7), "SD of V": (2.2, 3.1), "SD of V_c": (2.2, 3.1)}}),
    )
    look_for = ("A synapse pulls V toward its reversal potential, the weaker the closer V is to it. Many open synapses "
                "hold V near their common mean, and make the membrane fast.")
    try_this = ("In Driving force, click at I_x = -3 mV in the last plot: V rests at E_i, and an inhibitory spike "
                "does nothing.",
                "In Driving force, set I_x to 20 mV: the EPSP shrinks to 0.77 mV, the IPSP grows to 7.2 mV.",
                "In High-conductance state, set V_lin to at rest, and press Fit: the current-based V_c is near -12 mV.",
                "In High-conductance state, double both rates: tau_eff falls from 2.0 to 1.1 ms, and so does the SD of "
                "V, a little.")
    book_note = ("The book names this appendix and leaves it empty; the equations and Fig B.9 are those of its later "
                 "published version. V_c is the same cell with currents that do not depend on V: those that the "
                 "conductances give at rest, or at the mean potential with the mean conductance as a second leak.")
    equations = (r"g_a \leftarrow g_a + \frac{J_a}{\tau_a} \quad \text{at each spike of } a = e, i",)

    @staticmethod
    def rhs(t, y, p):
        V, g_e, g_i, V_c = y
        dV = (-(V - p.E_L) - g_e * (V - p.E_e) - g_i * (V - p.E_i) + p.I_x) / p.tau_m
        dg_e = -g_e / p.tau_e
        dg_i = -g_i / p.tau_i
        drive = g_e * (p.E_e - V_lin(p)) + g_i * (p.E_i - V_lin(p))
        dV_c = (-(V_c - p.E_L) - G(p) * (V_c - V_lin(p)) + drive + p.I_x) / p.tau_m
        return dV, dg_e, dg_i, dV_c

    @staticmethod
    def impulses(t, p):
        """A jump of J / tau per spike, of the conductance alone."""
        excitatory, inhibitory = (counted(t, times) for times in spikes(t[-1], p))
        return np.array([0.0 * t, p.J_e / p.tau_e * excitatory, p.J_i / p.tau_i * inhibitory, 0.0 * t])

    @staticmethod
    def observe(t, y, p):
        V, g_e, g_i, _ = y
        return g_e * (p.E_e - V), g_i * (p.E_i - V)

    @staticmethod
    def idle(run, p):
        return ("K_e",) * (p.r_e == 0) + ("K_i",) * (p.r_i == 0) + ("seed", "linear") * (p.r_e == 0 == p.r_i)

    @staticmethod
    def levels(p):
        g_e, g_i = (one.mean for one in background(p))
        pull = (g_e * (p.E_e - V_lin(p)) + g_i * (p.E_i - V_lin(p))) * (p.linear == REST)
        return theory(p).level, g_e, g_i, V_lin(p) + pull

    @staticmethod
    def measure(run, p):
        return (bombarded if any(one.mean for one in background(p)) else quiet)(run, p)

    @staticmethod
    def tell(run, p):
        known, load = theory(p), 1.0 + sum(one.mean for one in background(p))
        if load > 1.0:
            far = ConductanceSynapses.levels(p)[3]
            told = (f"V fluctuates around {known.level:.1f} mV with an SD of {known.sd:.1f} mV; open synapses make the "
                    f"membrane {load:.2f} times as leaky, so its time constant is {known.tau:.2g} ms, not "
                    f"{p.tau_m:.3g} ms")
            return told + f"; V_c, with the currents of a cell at rest, is near {far:.1f} mV" * (p.linear == REST)
        (up, down), above = (float(unit.max()) for unit in after_one_spike(p)[1]), known.level - p.E_i
        moved = [f"{'lifts' if size >= 0 else 'lowers'} V by {abs(size):.2f} mV" if abs(size) >= 0.005
                 else "leaves V where it is" for size in (up * (p.E_e - known.level), -down * above)]
        side = "above" if above >= 0 else "below"
        return (f"an excitatory spike {moved[0]}, an inhibitory one {moved[1]}: at rest V is "
                f"{p.E_e - known.level:.3g} mV below E_e and {abs(above):.3g} mV {side} E_i")


def bombarded(run, p):
    """Averages over the run without its first part."""
    late = run.t > 5.0 * max(p.tau_e, p.tau_i, p.tau_m)
    if not np.any(late):
        return ()
    V, g_e, g_i, V_c = run.y[:, late]
    duration = float(run.t[-1] - run.t[late][0])
    known, linear = theory(p, duration), fluctuation(background(p), V_lin(p), 1.0 + G(p), p.tau_m)
    slow = max(p.tau_e, p.tau_i)
    means = [Measure(f"mean {name}", float(np.mean(g)), theory=one.mean, spread=one.J * np.sqrt(one.rate / duration))
             for name, g, one in zip(("g_e", "g_i"), (g_e, g_i), background(p), strict=True)]
    return (*means, Measure("tau_eff", float(p.tau_m / (1.0 + np.mean(g_e + g_i))), "ms", theory=known.tau),
            Measure("mean V", float(np.mean(V)), "mV", theory=known.mean, spread=known.error),
            Measure("SD of V", float(np.std(V)), "mV", known.sd, known.sd * error_of_sd(slow, known.tau, duration)),
            Measure("SD of V_c", float(np.std(V_c)), "mV", linear,
                    linear * error_of_sd(slow, p.tau_m / (1.0 + G(p)), duration)))


def quiet(run, p):
    """Heights of the potentials after listed spikes alone."""
    rest, units, measured = p.E_L + p.I_x, after_one_spike(p)[1], []
    disturbed = rest != p.V_0 or p.g_e_0 != 0.0 or p.g_i_0 != 0.0
    for volley in volleys((p.s_e, p.s_i), 5.0 * max(p.tau_e, p.tau_i, p.tau_m), run.t[-1], disturbed):
        force = (p.E_e, p.E_i)[volley.kind] - rest
        when, size = deflection(run.t, run.y[0] - rest, volley, np.sign(force) or 1.0)
        if np.isfinite(when) and volley.name not in [m.name for m in measured]:
            known = float(units[volley.kind].max()) * force if len(volley.times) == 1 else None
            measured.append(Measure(volley.name, size, "mV", theory=known))
    return tuple(measured)
