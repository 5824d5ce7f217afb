"""Poisson process (section 2.2)."""

import numpy as np

from ncm_app.core.model import Count, Experiment, Mark, Measure, Panel, Preset, Quantity, Variable
from ncm_app.numerics.spikes.poisson import poisson_trains
from ncm_app.numerics.spikes.trains import fano_factor, firing_rate, intervals, rate_over_time, spike_counts, variation


def rate(p):
    """Rate (kHz) at the start of each bin."""
    t = np.arange(round(p.t_end / p.dt)) * p.dt
    return (p.r_0 + p.r_1 * np.sin(2.0 * np.pi * t / p.T_r)) / 1000.0


class PoissonProcess(Experiment):
    """Spikes at random, each independent of all others: the baseline of variability (section 2.2)."""

    chapter, title = "2.2", "Poisson process"

    r_0 = Quantity(15.0, bounds=(1, 80), unit="Hz", symbol="r_0", group="rate", doc="mean rate")
    r_1 = Quantity(0.0, bounds=(0, 80), unit="Hz", symbol="r_1", group="rate", doc="height of the sine")
    T_r = Quantity(200.0, bounds=(20, 1000), unit="ms", symbol="T_r", group="rate", doc="period of the sine")
    t_end = Quantity(1000.0, bounds=(100, 100_000), softbounds=(100, 5000), step=100, unit="ms", symbol="T",
                     group="trials", doc="duration of a trial")
    trials = Count(100, bounds=(1, 500), symbol="N", group="trials", doc="number of trials")
    dt = Quantity(0.1, bounds=(0.05, 5), unit="ms", symbol=r"\Delta t", group="trials", doc="width of a bin")
    seed = Count(1, bounds=(0, 9999), group="trials", doc="seed of the random numbers")

    time = Variable("time", (0.0, 1000.0), unit="ms", doc="time")
    panels = (
        Panel("rate", "Rate", time, Variable("rate", (0.0, 40.0), unit="Hz"),
              (Mark("counted", "bars", label="counted"), Mark("r", role="theory", label="r(t)")),
              lambda trains, p: {"counted": rate_over_time(trains, 20.0),
                                 "r": (np.arange(round(p.t_end / p.dt)) * p.dt, 1000.0 * rate(p))},
              shape="strip", over_time=True, fits="y"),
        Panel("raster", "Raster", time, Variable("trial", (-0.5, 100.0)),
              (Mark("spikes", "raster"),), lambda trains, p: {"spikes": (trains.times, trains.trials)},
              shape="wide", over_time=True, fits="y"),
    )
    presets = (Preset("Fig 2.4 A,B", "Every bin spikes with the same small probability.",
                      expect={"measured": {"rate": (14.0, 16.0)}}),
               Preset("Fig 2.4 C,D", "The rate follows a sine.", values={"r_0": 20.0, "r_1": 16.0},
                      expect={"measured": {"rate": (19.0, 21.0)}}))
    look_for = "Counts scatter as widely as Poisson's law says."
    try_this = ("Move the rate.", "Move the number of trials.")
    equations = (r"\Pr(\text{spike in } [t, t + \Delta t]) = r(t)\,\Delta t",)

    @staticmethod
    def perform(p, progress):
        return poisson_trains(rate(p), p.dt, p.trials, p.seed)

    @staticmethod
    def sound(trains, p):
        return trains.times[trains.trials == 0], trains.duration

    @staticmethod
    def measure(trains, p):
        counts = spike_counts(trains)
        return (Measure("rate", firing_rate(trains), "Hz", theory=p.r_0),
                Measure("CV", variation(intervals(trains)), theory=1.0),
                Measure("Fano factor", fano_factor(counts), theory=1.0, spread=float(np.sqrt(2.0 / p.trials))))

    @staticmethod
    def tell(trains, p):
        return f"{len(trains.times)} spikes in {trains.count} trials"
