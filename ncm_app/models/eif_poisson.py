"""EIF neuron under Poisson input (section 2.3)."""

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.model import (
    STEPPED,
    Choice,
    Count,
    Mark,
    Measure,
    Panel,
    Preset,
    Quantity,
    Spiking,
    State,
    Variable,
)
from ncm_app.numerics.spikes.arrivals import arrivals, in_steps
from ncm_app.numerics.spikes.noisy_eif import Cell, steady_rates, sweep, variations
from ncm_app.numerics.spikes.shot_noise import deviation, deviation_of_mean, running_means
from ncm_app.numerics.spikes.threshold_linear import fit_threshold_linear
from ncm_app.numerics.spikes.trains import spike_counts, variation

STEEPEST = 300.0  # exponents beyond this would overflow; V has spiked long before
MEANS = -2.4 + 3.2 * np.arange(9)  # mean inputs (mV) of Fig 2.6 C: r_e from 3 to 11 Hz
MEANS_CV = 7.2 + 3.2 * np.arange(8)
FEWEST = 30  # spikes that a CV is worth
LENGTH, TRIALS, BURN_IN = 100.0, 400, 25.0  # Ex 2.3.1, ms


@register_jitable
def Phi(V, p):
    """Sodium current (mV) that starts a spike."""
    return p.D * np.exp(np.minimum((V - p.V_T) / p.D, STEEPEST))


def rates(p):
    """Rates of all excitatory and of all inhibitory inputs together, kHz."""
    return p.K_e * p.r_e / 1000.0, p.K_i * p.r_i / 1000.0


def mean_inputs(p):
    """Stationary means of I_e and I_i, mV (Eq. 2.4)."""
    return p.j_e * rates(p)[0], p.j_i * rates(p)[1]


def threshold_input(p):
    """Constant input above which the cell fires, mV."""
    return p.V_T - p.E_L - p.D


def r_e_at(mean, p):
    """Excitatory rate (Hz) under which the mean input (mV) is that."""
    return 1000.0 * (mean - mean_inputs(p)[1]) / (p.K_e * p.j_e)


def settled(run, p):
    """Total input of the run without its start, mV, and how long that is, ms."""
    first = np.searchsorted(run.t, min(5.0 * max(p.tau_e, p.tau_i), run.t[-1] / 2.0))
    return run.y[1:, first:], run.t[-1] - run.t[first]


def rate_of(run):
    return 1000.0 * len(run.spikes) / run.t[-1]


def constant_rates(means, p):
    """Rates (Hz) without noise."""
    return steady_rates(lambda V, I: EIFPoisson.rhs(0.0, (V, I, 0.0), p)[0], means, p.V_re, p.V_th)


def swept(means, p, **how):
    """Spikes under each mean input that some r_e gives, and these means."""
    cell = Cell(*(getattr(p, name) for name in Cell._fields))
    means = means[r_e_at(np.asarray(means), p) >= 0]
    r_e = r_e_at(means, p) * p.K_e / 1000.0
    return means, sweep(cell, r_e, np.full(len(means), rates(p)[1]), dt=0.1, seed=p.seed, **how)


def raster(run, p):
    (t_e, u_e), (t_i, u_i) = (arrivals(rate, run.t[-1], p.seed, k) for k, rate in enumerate(rates(p)))
    return {"excitatory": (t_e, np.floor(u_e * p.K_e)), "inhibitory": (t_i, p.K_e + np.floor(u_i * p.K_i))}


def total(run, p):
    ends = [0.0, run.t[-1]]
    return {"I": (run.t, run.y[1] + run.y[2]), "mean": (ends, [sum(mean_inputs(p))] * 2),
            "threshold": (ends, [threshold_input(p)] * 2)}


def curve(run, p):
    means, trains = swept(MEANS, p, t_end=5000.0, stream=10)
    found, inputs = spike_counts(trains) / 5.0, np.linspace(-4.0, 32.0, 145)
    fit = fit_threshold_linear(means, found)
    label = f"g = {fit.g:.3g} Hz/mV\nθ = {fit.theta:.3g} mV" if np.isfinite(fit.g) else ""
    return {"threshold": ([threshold_input(p)] * 2, [0.0, 200.0]), "constant": (inputs, constant_rates(inputs, p)),
            "fit": (inputs, fit(inputs)), "noisy": (means, found), "runs": (means, found),
            "here": ([sum(mean_inputs(p))], [rate_of(run)]), "values": ([-3.0], [44.0], [label])}


def irregularity(run, p):
    means, trains = swept(np.repeat(MEANS_CV, 2), p, t_end=10_000.0, stream=100)
    found = variations(trains, 2, FEWEST)
    return {"threshold": ([threshold_input(p)] * 2, [0.0, 2.0]), "line": (means[::2], found),
            "runs": (means[::2], found), "here": ([sum(mean_inputs(p))], [variation(np.diff(run.spikes))])}


def averages(run, p):
    rate, mean = rates(p)[0], mean_inputs(p)[0]
    over_trials, over_time = running_means(p.j_e, rate, p.tau_e, length=LENGTH, trials=TRIALS, burn_in=BURN_IN,
                                           seed=p.seed, stream=1000)
    seconds = LENGTH * np.arange(1, TRIALS + 1) / 1000.0
    bands = {"trials_band": deviation(p.j_e, rate, p.tau_e) / np.sqrt(np.arange(1, TRIALS + 1)),
             "time_band": deviation_of_mean(p.j_e, rate, p.tau_e, 1000.0 * seconds - BURN_IN)}
    twice = np.concatenate([seconds, [np.nan], seconds])
    return {"trials": (seconds, 100.0 * (over_trials / mean - 1.0)), "time": (seconds, 100.0 * (over_time / mean - 1.0)),
            **{k: (twice, 100.0 / mean * np.concatenate([sd, [np.nan], -sd])) for k, sd in bands.items()}}


TIME = Variable("time", (0.0, 500.0), unit="ms")
MEAN = Variable("mean input", (-4.0, 32.0), unit="mV")
TO_R_E = {"clicks": ("r_e",), "value_at": r_e_at}


class EIFPoisson(Spiking):
    """A cell under hundreds of random synapses: noise makes it fire below its threshold (Eq. 2.2)."""

    chapter, title = "2.3", "EIF neuron under noisy synaptic input"

    r_e = Quantity(8.0, bounds=(0.5, 30), step=0.1, unit="Hz", symbol="r_e", group="input", doc="rate of one e input")
    r_i = Quantity(15.0, bounds=(0.5, 40), step=0.1, unit="Hz", symbol="r_i", group="input", doc="rate of one i input")
    j_e = Quantity(16.0, bounds=(4, 40), unit="mV ms", symbol="j_e", group="input", doc="excitatory weight")
    j_i = Quantity(-16.0, bounds=(-40, 0), unit="mV ms", symbol="j_i", group="input", doc="inhibitory weight")
    K_e = Count(200, bounds=(10, 400), symbol="K_e", group="input", doc="number of excitatory inputs")
    K_i = Count(50, bounds=(1, 100), symbol="K_i", group="input", doc="number of inhibitory inputs")
    tau_e = Quantity(5.0, bounds=(1, 50), unit="ms", symbol=r"\tau_e", group="time constants", doc="excitatory decay")
    tau_i = Quantity(5.0, bounds=(1, 50), unit="ms", symbol=r"\tau_i", group="time constants", doc="inhibitory decay")
    tau_m = Quantity(10.0, bounds=(1, 50), unit="ms", symbol=r"\tau_m", group="time constants", doc="membrane")
    seed = Count(1, bounds=(0, 9999), group="run", doc="seed of the input spikes")
    E_L = Quantity(-72.0, bounds=(-90, -60), unit="mV", symbol="E_L", group="cell", rare=True, doc="resting potential")
    V_T = Quantity(-55.0, bounds=(-65, -40), unit="mV", symbol="V_T", group="cell", rare=True, doc="soft threshold")
    D = Quantity(2.0, bounds=(0.5, 6), unit="mV", symbol="D", group="cell", rare=True, doc="softness of the threshold")
    V_th = Quantity(5.0, bounds=(-20, 20), unit="mV", symbol=r"V_{th}", group="cell", rare=True, doc="V of a spike")
    V_re = Quantity(-75.0, bounds=(-90, -66), unit="mV", symbol=r"V_{re}", group="cell", rare=True, doc="V after it")
    t_end = Quantity(500.0)
    method = Choice("Euler", objects=STEPPED)

    states = (State("V", start=-72.0, span=(-80.0, 10.0), box=(-120.0, 20.0), unit="mV", doc="membrane potential"),
              State("I_e", start=0.0, span=(-30.0, 50.0), box=(0.0, 200.0), unit="mV", role="excitatory",
                    axis_group="currents", doc="excitatory current"),
              State("I_i", start=0.0, span=(-30.0, 50.0), box=(-200.0, 0.0), unit="mV", role="inhibitory",
                    axis_group="currents", doc="inhibitory current"))
    portrait, driven = False, True
    panels = (
        Panel("inputs", "Input spikes", TIME, Variable("input cell", (-1.0, 250.0)),
              (Mark("excitatory", "raster", "excitatory"), Mark("inhibitory", "raster", "inhibitory")), raster,
              shape="strip", over_time=True, above=True, fits="y"),
        Panel("total", "Total input", TIME, Variable("I_e + I_i", (-15.0, 40.0), unit="mV"),
              (Mark("I", role="external", ghost=True), Mark("mean", role="theory", label="mean"),
               Mark("threshold", role="now", label="I_th")), total, shape="strip", over_time=True),
        Panel("rate_curve", "f-I curve with noise, 5 s each", MEAN, Variable("rate", (0.0, 60.0), unit="Hz"),
              (Mark("threshold", role="external", label="I_th"), Mark("constant", label="constant input"),
               Mark("noisy", label="with noise", ghost=True), Mark("runs", "points", role=""),
               Mark("fit", role="theory", label="fit"), Mark("here", "points", "now"), Mark("values", "labels")), curve,
              legend="top_left", **TO_R_E),
        Panel("irregularity", "CV of the intervals, 20 s each", MEAN, Variable("CV", (0.0, 1.5)),
              (Mark("threshold", role="external", label="I_th"), Mark("line", ghost=True), Mark("runs", "points"),
               Mark("here", "points", "now")), irregularity, **TO_R_E),
        Panel("averages", "Mean of I_e, estimated", Variable("simulated time", (0.1, 40.0), unit="s"),
              Variable("error", (-40.0, 40.0), unit="%"),
              (Mark("trials", label="over trials"), Mark("time", label="over time"),
               Mark("trials_band", role="theory", label="theory, ± SD"), Mark("time_band", role="theory")), averages,
              log="x"),
    )
    presets = (Preset("Fig 2.5", "Below threshold on average.", expect={"measured": {"rate": (6.0, 20.0)}}),)
    look_for = "x."
    try_this = ("x.", "y.")
    equations = (r"I_e \leftarrow I_e + j_e / \tau_e \text{ at each spike of } K_e \text{ Poisson processes of rate } r_e",
                 r"\bar I = K_e j_e r_e + K_i j_i r_i, \quad \bar V_0 = E_L + \bar I, \quad I_{th} = V_T - E_L - D")

    @staticmethod
    def rhs(t, y, p):
        V, I_e, I_i = y
        dV = (-(V - p.E_L) + Phi(V, p) + I_e + I_i) / p.tau_m
        dI_e = -I_e / p.tau_e
        dI_i = -I_i / p.tau_i
        return dV, dI_e, dI_i

    @staticmethod
    def threshold(p):
        return p.V_th

    @staticmethod
    def reset(y, p):
        V, I_e, I_i = y
        return p.V_re, I_e, I_i

    @staticmethod
    def impulses(t, p):
        n_e, n_i = (in_steps(arrivals(rate, t[-1], p.seed, k)[0], t) for k, rate in enumerate(rates(p)))
        return np.array([0.0 * t, p.j_e / p.tau_e * n_e, p.j_i / p.tau_i * n_i])

    @staticmethod
    def levels(p):
        return (p.E_L + sum(mean_inputs(p)), *mean_inputs(p))

    @staticmethod
    def measure(run, p):
        (I_e, I_i), length = settled(run, p)
        (R_e, R_i), (mean_e, mean_i) = rates(p), mean_inputs(p)
        of_e = float(deviation_of_mean(p.j_e, R_e, p.tau_e, length))
        of_both = float(np.hypot(of_e, deviation_of_mean(p.j_i, R_i, p.tau_i, length)))
        spread = float(np.hypot(deviation(p.j_e, R_e, p.tau_e), deviation(p.j_i, R_i, p.tau_i)))
        mean = mean_e + mean_i
        return (Measure("rate", rate_of(run), "Hz"), Measure("CV", variation(np.diff(run.spikes))),
                Measure("mean I_e", float(I_e.mean()), "mV", mean_e, of_e),
                Measure("mean input", float((I_e + I_i).mean()), "mV", mean, of_both),
                Measure("SD of the input", float(np.sqrt(np.mean((I_e + I_i - mean) ** 2))), "mV", spread),
                Measure("mean free V", p.E_L + mean, "mV"))

    @staticmethod
    def tell(run, p):
        mean, bound, fired = sum(mean_inputs(p)), threshold_input(p), f"{rate_of(run):.3g} Hz in this run"
        below = f"the mean input {mean:.3g} mV stays {bound - mean:.3g} mV below I_th = {bound:.3g} mV"
        gaps = np.diff(run.spikes)
        fired += f", CV {variation(gaps):.2g}" if len(gaps) > 1 else ""
        if mean > bound:
            alone = float(constant_rates(np.array([mean]), p)[0])
            return (f"drift-driven: the mean input {mean:.3g} mV is {mean - bound:.3g} mV above I_th = {bound:.3g} mV, it "
                    f"would fire at {alone:.3g} Hz under its mean input alone; {fired}")
        if not len(run.spikes):
            return f"silent in this run: {below}, and the noise did not make up for it"
        return f"fluctuation-driven: {below}, noise makes it fire, {fired}"
