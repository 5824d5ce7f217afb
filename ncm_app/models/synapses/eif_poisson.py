"""EIF neuron under Poisson input (section 2.3)."""

import numpy as np

from ncm_app.core.integrate_and_fire import Phi
from ncm_app.core.model import (
    STEPPED,
    Choice,
    Count,
    Mark,
    Measure,
    Plot,
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

MEANS = -2.4 + 3.2 * np.arange(9)  # mean inputs (mV) of Fig 2.6 C: r_e from 3 to 11 Hz
MEANS_CV = 7.2 + 3.2 * np.arange(8)
FEWEST, FEW = 30, 5  # spikes that a CV takes: of a point in the plot, of the run
LENGTH, TRIALS, BURN_IN = 100.0, 400, 25.0  # Ex 2.3.1, ms


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
    first = np.searchsorted(run.t, min(5.0 * max(p.tau_e, p.tau_i), run.t[-1] / 2.0), side="right") - 1
    return run.y[1:, first:], run.t[-1] - run.t[first]


def rate_of(run):
    """Rate of the run, Hz."""
    return 1000.0 * len(run.spikes) / max(float(run.t[-1]), 1e-9)


def variation_of(run):
    """CV of the intervals of the run; NaN for too few spikes."""
    return variation(np.diff(run.spikes)) if len(run.spikes) >= FEW else np.nan


def constant_rates(means, p):
    """Rates (Hz) without noise."""
    return steady_rates(lambda V, I_x: EIFPoisson.rhs(0.0, (V, I_x, 0.0), p)[0], means, p.V_re, p.V_th)


def swept(means, p, **how):
    """Spikes under each mean input that some r_e gives, and these means."""
    cell = Cell(*(getattr(p, name) for name in Cell._fields))
    means = means[r_e_at(np.asarray(means), p) >= 0]
    r_e = r_e_at(means, p) * p.K_e / 1000.0
    return means, sweep(cell, r_e, np.full(len(means), rates(p)[1]), dt=0.1, seed=p.seed, **how)


def raster(run, p):
    """Spikes of all inputs, those of the inhibitory ones in the rows above."""
    (t_e, u_e), (t_i, u_i) = (arrivals(rate, run.t[-1], p.seed, k) for k, rate in enumerate(rates(p)))
    return {"excitatory": (t_e, np.floor(u_e * p.K_e)), "inhibitory": (t_i, p.K_e + np.floor(u_i * p.K_i))}


def total(run, p):
    """Total input beside its stationary mean and the threshold."""
    ends = [0.0, run.t[-1]]
    return {"I": (run.t, run.y[1] + run.y[2]), "mean": (ends, [sum(mean_inputs(p))] * 2),
            "threshold": (ends, [threshold_input(p)] * 2)}


def noisy_curve(p):
    """Rate over mean input with noise (Fig 2.6 C) and without, and the threshold-linear fit."""
    means, trains = swept(MEANS, p, t_end=5000.0, stream=10)
    found, inputs = spike_counts(trains) / 5.0, np.linspace(-4.0, 32.0, 109)
    fit = fit_threshold_linear(means, found)
    label = f"g = {fit.g:.3g} Hz/mV\nθ = {fit.theta:.3g} mV" if np.isfinite(fit.g) else ""
    return {"threshold": ([threshold_input(p)] * 2, [0.0, 200.0]), "constant": (inputs, constant_rates(inputs, p)),
            "fit": (inputs, fit(inputs)), "noisy": (means, found), "runs": (means, found),
            "values": ([24.5], [9.0], [label])}


def irregularity(p):
    """CV over mean input, two runs of 10 s each (Ex 2.3.3)."""
    means, trains = swept(np.repeat(MEANS_CV, 2), p, t_end=10_000.0, stream=100)
    found = variations(trains, 2, FEWEST)
    return {"threshold": ([threshold_input(p)] * 2, [0.0, 2.0]), "line": (means[::2], found),
            "runs": (means[::2], found)}


def here(value):
    """The run's own `value(run)` at its mean input."""
    return lambda run, p: {"here": ([sum(mean_inputs(p))], [value(run)])}


def averages(p):
    """Error of the mean of I_e over trials and over time, as either gets longer (Ex 2.3.1)."""
    rate, mean = rates(p)[0], mean_inputs(p)[0]
    over_trials, over_time = running_means(p.j_e, rate, p.tau_e, length=LENGTH, trials=TRIALS, burn_in=BURN_IN,
                                           seed=p.seed, stream=1000)
    seconds = LENGTH * np.arange(1, TRIALS + 1) / 1000.0
    bands = {"trials_band": deviation(p.j_e, rate, p.tau_e) / np.sqrt(np.arange(1, TRIALS + 1)),
             "time_band": deviation_of_mean(p.j_e, rate, p.tau_e, 1000.0 * seconds - BURN_IN)}
    twice = np.concatenate([seconds, [np.nan], seconds])
    found = {"trials": over_trials, "time": over_time}
    return {**{name: (seconds, 100.0 * (estimate / mean - 1.0)) for name, estimate in found.items()},
            **{k: (twice, 100.0 / mean * np.concatenate([sd, [np.nan], -sd])) for k, sd in bands.items()}}


TIME = Variable("time", (0.0, 500.0), unit="ms")
MEAN = Variable("mean input", (-4.0, 32.0), unit="mV")


class EIFPoisson(Spiking):
    """A cell under hundreds of random synapses: noise makes it fire below its threshold (Eq. 2.2)."""

    chapter, title = "2.3", "EIF neuron under noisy synaptic input"

    r_e = Quantity(8.0, bounds=(0.5, 30), step=0.1, unit="Hz", group="input", doc="rate of one e input")
    r_i = Quantity(15.0, bounds=(0.5, 40), step=0.1, unit="Hz", group="input", doc="rate of one i input")
    j_e = Quantity(16.0, bounds=(4, 40), unit="mV ms", group="input", doc="excitatory weight")
    j_i = Quantity(-16.0, bounds=(-40, 0), unit="mV ms", group="input", doc="inhibitory weight")
    K_e = Count(200, bounds=(10, 400), group="input", doc="number of excitatory inputs")
    K_i = Count(50, bounds=(1, 100), group="input", doc="number of inhibitory inputs")
    tau_e = Quantity(5.0, bounds=(1, 50), unit="ms", group="time constants", doc="excitatory decay")
    tau_i = Quantity(5.0, bounds=(1, 50), unit="ms", group="time constants", doc="inhibitory decay")
    tau_m = Quantity(10.0, bounds=(1, 50), unit="ms", group="time constants", doc="membrane")
    seed = Count(4, bounds=(0, 9999), group="run", doc="seed of the input spikes")
    E_L = Quantity(-72.0, bounds=(-90, -60), unit="mV", group="cell", rare=True, doc="resting potential")
    V_T = Quantity(-55.0, bounds=(-65, -40), unit="mV", group="cell", rare=True, doc="soft threshold")
    D = Quantity(2.0, bounds=(0.5, 6), unit="mV", group="cell", rare=True, doc="softness of the threshold")
    V_th = Quantity(5.0, bounds=(-20, 20), unit="mV", group="cell", rare=True, doc="V of a spike")
    V_re = Quantity(-75.0, bounds=(-90, -66), unit="mV", group="cell", rare=True, doc="V after it")
    t_end = Quantity(500.0)
    method = Choice("Euler", objects=STEPPED)

    states = (State("V", start=-72.0, span=(-80.0, 10.0), box=(-120.0, 20.0), unit="mV", doc="membrane potential"),
              State("I_e", start=0.0, span=(-30.0, 90.0), unit="mV", role="excitatory",
                    axis_group="currents", doc="excitatory current"),
              State("I_i", start=0.0, span=(-30.0, 90.0), unit="mV", role="inhibitory",
                    axis_group="currents", doc="inhibitory current"))
    portrait, driven = False, True
    plots = (
        Plot("inputs", "Input spikes", TIME, Variable("input cell", (-1.0, 250.0)),
              (Mark("excitatory", "raster", "excitatory"), Mark("inhibitory", "raster", "inhibitory")), raster,
              shape="strip", over_time=True, above=True, fits="y"),
        Plot("total", "Total input", TIME, Variable("input", (-15.0, 75.0), unit="mV"),
              (Mark("threshold", role="now", label="I_th"), Mark("mean", role="theory", label="mean"),
               Mark("I", role="external", label="I_e + I_i", ghost=True)), total, shape="strip", over_time=True),
        Plot("rate_curve", "f-I curve with noise, 5 s each", MEAN, Variable("rate", (0.0, 60.0), unit="Hz"),
              (Mark("threshold", role="external", label="I_th"), Mark("constant", label="no noise"),
               Mark("noisy", role="excitatory", label="noise", ghost=True), Mark("runs", "points", "excitatory"),
               Mark("fit", role="theory", label="fit"), Mark("here", "points", "now"), Mark("values", "labels")),
              here(rate_of), fixed=noisy_curve, clicks=("r_e",), value_at=r_e_at),
        Plot("irregularity", "CV of the intervals, 20 s each", MEAN, Variable("CV", (0.0, 1.5)),
              (Mark("threshold", role="external", label="I_th"), Mark("line", role="excitatory", ghost=True),
               Mark("runs", "points", "excitatory"),
               Mark("here", "points", "now")), here(variation_of), fixed=irregularity, clicks=("r_e",),
              value_at=r_e_at),
        Plot("averages", "Mean of I_e, estimated", Variable("simulated time", (0.1, 40.0), unit="s"),
              Variable("error", (-40.0, 60.0), unit="%"),
              (Mark("trials", label="trials"), Mark("time", label="time"),
               Mark("trials_band", role="theory", label="± SD"), Mark("time_band", role="theory")),
              lambda run, p: {}, fixed=averages, log="x"),
    )
    presets = (
        Preset("Fig 2.5", "On average the input stays below threshold; only its fluctuations make the cell fire.",
               expect={"measured": {"rate": (6.0, 20.0), "mean I_e": (22.8, 28.4), "mean I": (10.2, 17.0),
                                    "SD of I": (6.2, 9.3), "mean free V": -58.4}}),
        Preset("Fig 2.6 A", "Fluctuation-driven: 4.6 mV below threshold on average, and a few spikes at odd times.",
               values={"r_e": 7.0}, expect={"measured": {"rate": (0.0, 12.0), "mean free V": -61.6}}),
        Preset("Fig 2.6 B", "Drift-driven: the mean input alone would make it fire, and noise only shifts the spikes.",
               values={"r_e": 11.0}, expect={"measured": {"rate": (36.0, 64.0), "mean free V": -48.8}}),
        Preset("Fig 2.6 C", "One point of the f-I curve, 5 s long: the fit's threshold lies 5 mV below I_th.",
               values={"t_end": 5000.0}, expect={"measured": {"rate": (9.0, 17.0), "CV": (0.6, 1.0)}}),
        Preset("Text of 2.3", "The weights of the book's text, 15 mV ms: the same picture, a little further from I_th.",
               values={"j_e": 15.0, "j_i": -15.0}, expect={"measured": {"rate": (2.0, 18.0), "mean free V": -59.25}}),
        Preset("Ex 2.3.1", "One trial of 100 ms; below, 400 of them against one long run of the same 40 s of spikes.",
               values={"t_end": 100.0}, expect={"measured": {"mean I_e": (18.6, 32.6)}}),
        Preset("Ex 2.3.2 j_e", "Excitation from half the spikes, each twice as strong: the same mean, but more noise.",
               values={"j_e": 32.0, "r_e": 4.0, "t_end": 5000.0},
               expect={"measured": {"rate": (11.5, 21.0), "SD of I": (9.0, 11.2), "mean free V": -58.4}}),
        Preset("Ex 2.3.2 j_i", "The same with inhibition, which makes up less of the noise, so that less changes.",
               values={"j_i": -32.0, "r_i": 7.5, "t_end": 5000.0},
               expect={"measured": {"rate": (10.5, 18.5), "SD of I": (8.2, 9.6), "mean free V": -58.4}}),
        Preset("Ex 2.3.3", "20 s give enough intervals for a CV: 0.8, nearly as irregular as a Poisson process.",
               values={"t_end": 20_000.0}, expect={"measured": {"rate": (11.0, 15.0), "CV": (0.65, 0.95)}}),
    )
    look_for = ("V hovers about the dashed mean free potential, below V_T, and spikes where the total input has stayed "
                "well above I_th. With noise the rate rises smoothly through I_th; without it starts there.")
    try_this = ("In Fig 2.5, lower r_e from 8 to 5 Hz: the mean input falls to 4 mV, and the run is silent.",
                "In Fig 2.5, raise r_e to 11 Hz: drift-driven, 48 Hz; without noise it would be 52.4 Hz.",
                "Freeze Fig 2.5 and choose Ex 2.3.2 j_e: the same mean, but an SD of 10.1 instead of 7.76 mV; θ falls "
                "from 9.5 to 8.4 mV.",
                "In Fig 2.5, raise tau_e to 20 ms: slow input is smoother; the SD falls to 5.43, θ rises to 11 mV.")
    book_note = ("Figures are drawn with weights of 16 mV ms (mean input 13.6, mean free potential -58.4 mV); the "
                 "text's 12.75 and -59.25 mV go with 15. The means are in panels C and E of Fig 2.5, not B and D. "
                 "The fit's error has several valleys: a search from θ = 15 mV ends at 10.6 instead of 9.64. "
                 "Here all are tried. Over seeds, 5 s leave an SD of 0.4 mV in θ, 0.2 Hz/mV in g.")
    equations = (r"I_e \leftarrow I_e + j_e / \tau_e \text{ at each excitatory spike}",
                 r"I_i \leftarrow I_i + j_i / \tau_i \text{ at each inhibitory spike}",
                 r"\bar I = K_e j_e r_e + K_i j_i r_i",
                 r"\text{mean free potential: } \bar V_0 = E_L + \bar I", r"I_{th} = V_T - E_L - D")

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
        _, I_e, I_i = y
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
        if length == 0:  # the first step has blown up
            return ()
        (R_e, R_i), (mean_e, mean_i) = rates(p), mean_inputs(p)
        of_e = float(deviation_of_mean(p.j_e, R_e, p.tau_e, length))
        of_both = float(np.hypot(of_e, deviation_of_mean(p.j_i, R_i, p.tau_i, length)))
        spread = float(np.hypot(deviation(p.j_e, R_e, p.tau_e), deviation(p.j_i, R_i, p.tau_i)))
        mean = mean_e + mean_i
        irregular = (Measure("CV", variation_of(run)),) if len(run.spikes) >= FEW else ()
        return (Measure("rate", rate_of(run), "Hz"), *irregular,
                Measure("mean I_e", float(I_e.mean()), "mV", mean_e, of_e),
                Measure("mean I", float((I_e + I_i).mean()), "mV", mean, of_both),
                Measure("SD of I", float(np.sqrt(np.mean((I_e + I_i - mean) ** 2))), "mV", spread),
                Measure("mean free V", p.E_L + mean, "mV"))

    @staticmethod
    def tell(run, p):
        mean, bound, fired = sum(mean_inputs(p)), threshold_input(p), f"{rate_of(run):.3g} Hz in this run"
        below = f"the mean input {mean:.3g} mV stays {bound - mean:.3g} mV below I_th = {bound:.3g} mV"
        fired += f", CV {variation_of(run):.2g}" if len(run.spikes) >= FEW else ""
        if mean > bound:
            alone = float(constant_rates(np.array([mean]), p)[0])
            return (f"drift-driven: the mean input {mean:.3g} mV is {mean - bound:.3g} mV above I_th = {bound:.3g} mV, "
                    f"it would fire at {alone:.3g} Hz under its mean input alone; {fired}")
        if not len(run.spikes):
            return f"silent in this run: {below}, and the noise did not make up for it"
        return f"fluctuation-driven: {below}, noise makes it fire, {fired}"
