"""Leaky integrator with two synapses (section 1.3)."""

import numpy as np

from ncm_app.core.model import (
    STEPPED,
    Choice,
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
from ncm_app.numerics.spikes.responses import (
    cascade,
    convolved,
    counted,
    highest,
    released,
    response,
)
from ncm_app.numerics.spikes.spike_groups import deflection, volleys

EXPONENTIAL, DIFFERENCE = range(2)
KERNELS = ["exponential", "difference of exponentials"]
KINDS = "excitatory", "inhibitory"
COARSE = 0.1  # part of a potential by which the run may differ from it before that is said


def synapses(p):
    """Spikes (ms), weight (mV ms) and time constants of the current (ms) of either input."""
    rise = (p.tau_r,) * (p.kernel == DIFFERENCE)
    return (p.s_e, p.J_e, (*rise, p.tau_e)), (p.s_i, p.J_i, (*rise, p.tau_i))


def exact(t, p):
    """Every spike adds a current and a potential that are known in closed form (Eq. 1.7)."""
    currents, V = [], p.E_L + (p.V_0 - p.E_L) * np.exp(-t / p.tau_m)
    for (s, J, taus), I_0, tau in zip(synapses(p), (p.I_e_0, p.I_i_0), (p.tau_e, p.tau_i), strict=True):
        currents.append(I_0 * np.exp(-t / tau) + J * response(t, s, *taus))
        V = V + I_0 * tau * cascade(t, tau, p.tau_m) + J * response(t, s, *taus, p.tau_m)
    return (V, *currents)


def convolution(t, p):
    """Eq. 1.9: spike density * alpha, then * the kernel of the membrane, in the middle of the steps."""
    dt = t[-1] / max(len(t) - 1, 1)
    middle, V, currents = t + dt / 2.0, p.E_L + (p.V_0 - p.E_L) * np.exp(-t / p.tau_m), []
    for (s, J, taus), I_0, tau in zip(synapses(p), (p.I_e_0, p.I_i_0), (p.tau_e, p.tau_i), strict=True):
        currents.append(I_0 * np.exp(-t / tau) + J * convolved(counted(t, s), cascade(t, *taus)))
        between = I_0 * np.exp(-middle / tau) + J * convolved(counted(t, s), cascade(middle, *taus))
        V[1:] += dt * convolved(between, cascade(middle, p.tau_m))[:-1]
    return (V, *currents)


def alone(p, kind, times=(0.0,)):
    """When (ms after the last of the times) and how far (mV) spikes of one kind move a cell at rest."""
    _, J, taus = synapses(p)[kind]
    spikes = np.array(times) - times[0]
    when, size = highest(lambda t: response(t, spikes, *taus, p.tau_m), spikes[-1] + 6.0 * max(*taus, p.tau_m))
    return when - spikes[-1], J * size


def groups(t, p):
    """Spikes that come when the cell is at rest, with those that follow closely."""
    disturbed = p.V_0 != p.E_L or p.I_e_0 != 0.0 or p.I_i_0 != 0.0
    return volleys((p.s_e, p.s_i), 5.0 * max(p.tau_e, p.tau_i, p.tau_m), t[-1], disturbed)


def rows(run, p):
    """Spikes within the run."""
    return {name: (s[s <= run.t[-1]], np.full(np.count_nonzero(s <= run.t[-1]), float(row)))
            for row, (name, s) in enumerate((("inhibitory", p.s_i), ("excitatory", p.s_e)))}


def after_one_spike(membrane):
    """What one spike of either kind leaves behind, of the current or of the potential, and its peak."""
    def draw(run, p):
        t = np.linspace(0.0, 5.0 * max(p.tau_m, *(tau for _, _, taus in synapses(p) for tau in taus)), 501)
        last, drawn, peaks = ((p.tau_m,) if membrane else ()), {}, []
        for name, (_, J, taus) in zip(KINDS, synapses(p), strict=True):
            drawn[name] = t, J * cascade(t, *taus, *last)
            when, size = highest(lambda s, taus=taus: cascade(s, *taus, *last), float(t[-1]))
            peaks += [(when, J * size)] * (J != 0.0)
            if p.kernel == DIFFERENCE:
                drawn[f"{name} jump"] = t, J * cascade(t, taus[-1], *last)
        where, sizes = np.array(peaks).reshape(-1, 2).T
        heights = np.sign(sizes) * np.maximum(0.97 * np.abs(sizes), 0.25 * span)  # above the curve, also a low one
        texts = [f"{size:.2f} mV at {when:.1f} ms".replace("-", "−") for when, size in peaks]
        return {**drawn, "peaks": (where, sizes), "numbers": (where + 0.28 * t[-1], heights, texts)}

    marks = (Mark("excitatory jump", role="theory", label="exponential"), Mark("inhibitory jump", role="theory"),
             *(Mark(name, role=name, ghost=True) for name in KINDS),
             Mark("peaks", "points", "now"), Mark("numbers", "labels"))
    title, span = ("Potential after one spike", 0.7) if membrane else ("Current after one spike", 3.0)
    name = "psp" if membrane else "psc"
    return Plot(name, title, Variable("time since the spike", (0.0, 50.0), unit="ms"),
                 Variable("V − E_L" if membrane else "I", (-span, span), unit="mV"), marks, draw, fits="xy")


class Synapses(Flow):
    """Each input spike adds a current that decays; the membrane smooths it into a potential (Eq. 1.10)."""

    chapter, title = "1.3", "Leaky integrator with synapses"

    s_e = Times((20.0, 200.0, 210.0), bounds=(0, 1000), group="spikes", doc="excitatory spikes")
    s_i = Times((100.0,), bounds=(0, 1000), group="spikes", doc="inhibitory spikes")
    J_e = Quantity(12.0, bounds=(0, 50), unit="mV ms", group="synapses", doc="excitatory weight")
    J_i = Quantity(-12.0, bounds=(-50, 0), unit="mV ms", group="synapses", doc="inhibitory weight")
    tau_e = Quantity(5.0, bounds=(1, 50), unit="ms", group="synapses", doc="excitatory decay time")
    tau_i = Quantity(5.0, bounds=(1, 50), unit="ms", group="synapses", doc="inhibitory decay time")
    kernel = Choice("exponential", objects=KERNELS, symbol=r"\alpha", group="synapses", doc="shape of the currents")
    tau_r = Quantity(0.5, bounds=(0.05, 10), unit="ms", group="synapses",
                     doc="rise time of a difference of exponentials")
    tau_m = Quantity(10.0, bounds=(1, 100), unit="ms", group="cell", doc="membrane time constant")
    E_L = Quantity(-72.0, bounds=(-90, -50), unit="mV", group="cell", doc="resting potential")
    t_end = Quantity(300.0)
    method = Choice("Euler", objects=STEPPED)

    states = (State("V", start=-72.0, span=(-73.0, -70.5), box=(-120.0, 0.0), unit="mV", doc="membrane potential"),
              State("I_e", start=0.0, span=(-3.0, 3.0), box=(-100.0, 100.0), unit="mV", role="excitatory",
                    axis_group="currents", doc="excitatory current"),
              State("I_i", start=0.0, span=(-3.0, 3.0), box=(-100.0, 100.0), unit="mV", role="inhibitory",
                    axis_group="currents", doc="inhibitory current"))
    portrait, driven = False, True
    idle_unless = {"kernel": {KERNELS[DIFFERENCE]: ("tau_r",)}}
    solutions = {"exact": exact, "convolution": convolution}
    plots = (Plot("spikes", "Input spikes", Variable("time", (0.0, 300.0), unit="ms"), Variable("input", (-0.6, 1.6)),
                    tuple(Mark(name, "raster", name) for name in KINDS), rows, shape="strip", over_time=True,
                    above=True, clicks=("s_i", "s_e"), rows=("inhibitory", "excitatory")),
              after_one_spike(membrane=False), after_one_spike(membrane=True))
    presets = (
        Preset("Fig 1.4", "One excitatory spike, one inhibitory, and two in a row: the second adds to the first.",
               expect={"measured": {"EPSP": 0.604207, "IPSP": -0.60382, "paired EPSP": 0.993558},
                       "at": {27.0: (-71.395793, 0.595402, 0.0)}, "errors": {"run": 0.02364, "convolution": 4.1e-06}}),
        Preset("Ex 1.3.1", "Currents that rise within half a millisecond: V is almost the same as with a jump.",
               values={"kernel": KERNELS[DIFFERENCE], "tau_e": 4.0, "tau_i": 4.0},
               expect={"measured": {"EPSP": 0.654133, "IPSP": -0.653785, "paired EPSP": 1.04335},
                       "errors": {"run": 0.00879, "convolution": 0.000297}}),
        Preset("Temporal summation", "Four spikes in 30 ms lift V about twice as far as one, not four times: V leaks.",
               values={"s_e": (20.0, 120.0, 130.0, 140.0, 150.0), "s_i": (220.0,)},
               expect={"measured": {"EPSP": 0.604207, "EPSP of 4 spikes": 1.25421, "IPSP": -0.602571}}),
    )
    look_for = ("A spike makes the current jump, and V follows with a delay: it peaks only when the current has fallen "
                "to V - E_L. Potentials of several spikes add up exactly, since all equations are linear.")
    try_this = ("Click on the excitatory row at 220 ms: a third spike lifts V to 1.18 mV above rest.",
                "In Temporal summation, click the last three spikes away and add them 5 ms apart: V rises by 1.87 mV.",
                "In Fig 1.4, lower tau_m to 5 ms, the value of tau_e: a spike lifts V by 0.88 mV, after 5.0 ms.",
                "In Fig 1.4, set dt to 1 ms: Euler's EPSP is 0.646 mV, the exact one stays at 0.600 mV.")
    book_note = ("The book's convolution gives an EPSP of 0.607898 mV, its Euler loop 0.604207 mV; the exact value is "
                 "0.6 mV. Sampled in the middle of each step, as here, the convolution is off by 0.000004 mV. Two "
                 "spikes in one step count twice here; the book's spike density keeps one. The fast inhibitory "
                 "receptor that the text means is GABA_A.")
    equations = (r"I_a \leftarrow I_a + \frac{J_a}{\tau_a} \quad \text{at each spike of } a = e, i",
                 r"\text{in all } I_a(t) = J_a \sum_j \alpha_a(t - s_j^a)",
                 r"\alpha_a(t) = \frac{e^{-t/\tau_a}}{\tau_a} \;\text{ or }\; "
                 r"\frac{e^{-t/\tau_a} - e^{-t/\tau_r}}{\tau_a - \tau_r}")

    @staticmethod
    def rhs(t, y, p):
        V, I_e, I_i = y
        dV = (-(V - p.E_L) + I_e + I_i) / p.tau_m
        dI_e = -I_e / p.tau_e
        dI_i = -I_i / p.tau_i
        return dV, dI_e, dI_i

    @staticmethod
    def impulses(t, p):
        """A jump of J / tau per spike; with a rise, as much in total, spread over time like exp(-s / tau_r)."""
        arrived = [released(t, s, p.tau_r) if p.kernel == DIFFERENCE else counted(t, s) for s in (p.s_e, p.s_i)]
        return np.array([0.0 * t, p.J_e / p.tau_e * arrived[0], p.J_i / p.tau_i * arrived[1]])

    @staticmethod
    def measure(run, p):
        measured = []
        for volley in groups(run.t, p):
            when, size = deflection(run.t, run.y[0] - p.E_L, volley, 1.0 - 2.0 * volley.kind)
            if np.isfinite(when) and volley.name not in [m.name for m in measured]:
                measured.append(Measure(volley.name, size, "mV", theory=alone(p, volley.kind, volley.times)[1]))
        return tuple(measured)

    @staticmethod
    def tell(run, p):
        (when, up), (_, down) = alone(p, 0), alone(p, 1)
        if up == 0.0 and down == 0.0:
            return "no spike moves V: both weights are 0"
        told = "excitatory spikes do nothing (J_e = 0)"
        if up > 0.0:
            told = f"a single excitatory spike lifts V by {up:.2f} mV, {when:.1f} ms later"
        told += (f"; an inhibitory one lowers {'it' if up else 'V'} by {-down:.2f} mV" if down < 0.0 else
                 "; inhibitory spikes do nothing (J_i = 0)")
        several = [v for v in groups(run.t, p) if v.kind == 0 and len(v.times) > 1]
        if several and up > 0.0:
            times = several[0].times
            lift, span = alone(p, 0, times)[1], times[-1] - times[0]
            told += (f"; {len(times)} excitatory spikes {f'within {span:.3g} ms' if span else 'at once'} lift it by "
                     f"{lift:.2f} mV, {lift / up:.2f} times as far")
        drawn = [m for m in Synapses.measure(run, p) if m.theory and abs(m.value / m.theory - 1.0) > COARSE]
        if drawn:
            told += (f"; the steps of {run.t[1] - run.t[0]:.3g} ms are too long for that: in the run the "
                     f"{drawn[0].name} is {drawn[0].value:.2f} mV")
        return told
