"""Poisson process (section 2.2)."""

import numpy as np

from ncm_app.core.model import Choice, Count, Experiment, Mark, Measure, Plot, Preset, Quantity, Variable
from ncm_app.numerics.spikes.expected import expected_fano, expected_variation, interval_density
from ncm_app.numerics.spikes.histograms import count_histogram, funnel, interval_histogram
from ncm_app.numerics.spikes.poisson import BINS, TIMES, Rate, poisson_experiment
from ncm_app.numerics.spikes.trains import fano_factor, firing_rate, intervals, rate_over_time, spike_counts, variation

WAYS = ["1: a count, then times", "2: bins, one spike or none", "2: bins, Poisson counts"]
PARTS = 64  # of a period of the sine
LOOSE = 0.5  # part of its mean: an estimate that strays by more from seed to seed judges nothing
DURATIONS, NUMBERS = np.geomspace(100.0, 100_000.0, 46), np.unique(np.geomspace(2, 500, 40).round())


def rate(t, p):
    """Rate r(t) (kHz), zero where the sine would make it negative."""
    return np.maximum(p.r_0 + p.r_1 * np.sin(2.0 * np.pi * t / p.T_r), 0.0) / 1000.0


def pieces(p):
    """The rate as drawn: constant over bins, over small parts of a period, or throughout."""
    bins = max(1, round(p.t_end / p.dt))
    end = p.t_end if p.algorithm == TIMES else bins * p.dt
    if p.r_1 == 0:
        return Rate(np.array([0.0, end]), np.array([p.r_0 / 1000.0]))
    if p.algorithm != TIMES:
        return Rate(np.arange(bins + 1) * p.dt, rate(np.arange(bins) * p.dt, p))
    edges = np.linspace(0.0, end, int(np.ceil(PARTS * end / p.T_r)) + 1)
    return Rate(edges, rate((edges[1:] + edges[:-1]) / 2.0, p))


def cycle(p):
    """The rate over one period, and the period (ms)."""
    return rate(np.linspace(0.0, p.T_r, PARTS // 2 + 1 if p.r_1 else 2), p), p.T_r


def rates(answer, p):
    """Rate counted in windows, and r(t)."""
    width = max(p.t_end / 1000.0, min(p.t_end / 50.0, p.T_r / 10.0) if p.r_1 else p.t_end / 50.0)
    t = np.linspace(0.0, p.t_end, 1 + (max(200, int(PARTS * p.t_end / p.T_r)) if p.r_1 else 1))
    return {"counted": rate_over_time(answer.trains, width), "r": (t, 1000.0 * rate(t, p))}


def counts(answer, p):
    """Share of trials for each spike count, beside Poisson's law."""
    counted, law = count_histogram(answer.trains, answer.expected)
    return {"counted": counted, "Poisson": law}


def lengths(answer, p):
    """Density of the intervals of all trials, and the one that theory expects in trials so long."""
    end = answer.trains.duration
    longest = min(end, 6.0 * end / answer.expected)
    x, total = np.linspace(0.0, longest, 161), answer.expected - 1.0 + np.exp(-answer.expected)
    return {"counted": interval_histogram(answer.trains, longest, 0.0 if p.algorithm == TIMES else p.dt),
            "Poisson": (x, 1000.0 * interval_density(x, np.array([end]), *cycle(p))[:, 0] / total)}


def variations(answer, p):
    """CV over the duration (s) of a trial."""
    return funnel(DURATIONS / 1000.0, expected_variation(DURATIONS, answer.trains.count, *cycle(p)),
                  p.t_end / 1000.0, variation(intervals(answer.trains)), answer.variations)


def fanos(answer, p):
    """Fano factor over the number of trials."""
    return funnel(NUMBERS, expected_fano(NUMBERS, answer.expected), answer.trains.count,
                  fano_factor(spike_counts(answer.trains)), answer.fanos)


def swing(answer, p, judged):
    """Say between which rates r(t) goes in a trial, and what that does to intervals and counts."""
    r = 1000.0 * rate(np.linspace(0.0, min(p.T_r, answer.trains.duration), 4 * PARTS + 1), p)
    told = f"; in a trial r(t) goes from {r.min():.3g} to {r.max():.3g} Hz"
    expected = {m.name: m.theory for m in judged}.get("CV")
    if expected is None:
        return f"{told}, and there are too few spikes to tell what that does to the CV"
    if expected > 1.0:
        return f"{told}, so intervals are super-Poisson (CV {expected:.2f} in theory), counts still Poisson"
    return (f"{told}, yet the CV is {expected:.2f} in theory, not above 1, as long intervals do not fit into a "
            "trial; counts are Poisson")


class PoissonProcess(Experiment):
    """Spikes at random, each independent of all others: the baseline of variability (section 2.2)."""

    chapter, title = "2.2", "Poisson process"

    r_0 = Quantity(15.0, bounds=(1, 80), step=0.5, unit="Hz", group="rate", doc="mean rate")
    r_1 = Quantity(0.0, bounds=(0, 80), step=0.5, unit="Hz", group="rate", doc="height of the sine")
    T_r = Quantity(200.0, bounds=(20, 1000), step=5, unit="ms", group="rate", doc="period of the sine")
    t_end = Quantity(1000.0, bounds=(100, 100_000), softbounds=(100, 5000), step=100, unit="ms", symbol="T",
                     group="trials", doc="duration of a trial")
    trials = Count(100, bounds=(1, 500), symbol="N", group="trials", doc="number of trials")
    seed = Count(10, bounds=(0, 9999), group="trials", doc="seed of the random numbers")
    algorithm = Choice(WAYS[0], objects=WAYS, group="algorithm", doc="how the spikes are drawn")
    dt = Quantity(0.1, bounds=(0.05, 5), step=0.05, unit="ms", symbol=r"\Delta t", group="algorithm",
                  doc="width of a bin")

    time = Variable("time", (0.0, 1000.0), unit="ms", doc="time")
    estimates = (Mark("band", "band", "theory", "theory ± SD"), Mark("mean", role="theory"),
                 Mark("repeats", "points", label="repeats", ghost=True), Mark("now", "points", "now", "this run"))
    plots = (
        Plot("rate", "Rate", time, Variable("rate", (0.0, 40.0), unit="Hz"),
              (Mark("counted", "bars"), Mark("r", role="theory", label="r(t)", ghost=True)), rates,
              shape="strip", over_time=True, fits="y"),
        Plot("raster", "Spikes", time, Variable("trial", (0.5, 1.5)), (Mark("spikes", "raster", "now"),),
              lambda answer, p: {"spikes": (answer.trains.times, answer.trains.trials + 1)},
              shape="tall", over_time=True, fits="y"),
        Plot("counts", "Spike counts", Variable("spikes in a trial", (0.0, 30.0)),
              Variable("trials", (0.0, 20.0), unit="%"),
              (Mark("counted", "bars"), Mark("Poisson", "points", "theory", "Poisson law", ghost=True)), counts,
              fits="y", tight="x"),
        Plot("intervals", "Intervals between spikes", Variable("interval", (0.0, 400.0), unit="ms"),
              Variable("density", (0.0, 20.0), unit="Hz"),
              (Mark("counted", "bars"), Mark("Poisson", role="theory", label="Poisson process", ghost=True)),
              lengths, fits="y", tight="x"),
        Plot("variations", "CV over duration", Variable("duration", (80.0, 125_000.0), unit="ms", shown="s"),
              Variable("CV", (0.6, 1.4)), estimates, variations, log="x", fits="y", clicks=("t_end",)),
        Plot("fanos", "Fano factor over trials", Variable("trials", (1.7, 600.0)), Variable("Fano factor", (0.0, 3.0)),
              estimates, fanos, log="x", fits="y", clicks=("trials",)),
    )
    presets = (
        Preset("Fig 2.4 B", "A hundred trials at 15 Hz: no two are alike, and the counts scatter by their root.",
               expect={"measured": {"rate": (13.8, 16.2), "CV": (0.91, 1.08), "Fano factor": (0.57, 1.41)}}),
        Preset("Fig 2.4 A", "A single trial at 15 Hz: clusters and gaps come from chance alone.", values={"trials": 1},
               expect={"measured": {"rate": (4.0, 27.0)}}),
        Preset("Fig 2.4 C,D", "The rate follows a sine, and the spikes of all trials line up with it.",
               values={"r_0": 20.0, "r_1": 16.0},
               expect={"measured": {"rate": (18.6, 21.4), "CV": (1.03, 1.18), "Fano factor": (0.57, 1.41)}}),
        *(Preset(f"Ex 2.2.1, {T} s", f"{10 * T} spikes or so in one trial tell the CV within {spread}.",
                 values={"r_0": 10.0, "t_end": 1000.0 * T, "trials": 1}, expect={"measured": {"CV": (low, high)}})
          for T, spread, low, high in ((5, 0.13, 0.57, 1.38), (20, 0.07, 0.78, 1.21), (100, 0.03, 0.9, 1.1))),
        *(Preset(f"Ex 2.2.2, {N} trials", f"{N} counts tell the Fano factor within {spread}.",
                 values={"r_0": 10.0, "trials": N}, expect={"measured": {"Fano factor": (low, high)}})
          for N, spread, low, high in ((10, 0.42, 0.05, 2.18), (100, 0.14, 0.56, 1.42))),
        Preset("Bins too wide", "One spike per bin at most: at r dt = 0.2 the trains are visibly too regular.",
               values={"r_0": 40.0, "algorithm": WAYS[1], "dt": 5.0},
               expect={"measured": {"rate": (38.0, 42.0), "CV": (0.84, 0.94), "Fano factor": (0.45, 1.15)}}),
    )
    look_for = ("Chance alone makes clusters and gaps. CV and Fano factor are 1 in theory, but estimates stray: the "
                "grey band says how far. It narrows with longer trials (CV), or with more of them (Fano factor).")
    try_this = ("In Fig 2.4 B, drag r_0 from 15 to 30 Hz: new spikes join the old ones. The seed draws all anew.",
                "In Ex 2.2.1, 5 s, click at 100 s in the plot of the CV: the repeats draw together fourfold.",
                "In Fig 2.4 C,D, raise T_r from 200 to 1000 ms: the CV grows from 1.10 to 1.37, the Fano factor stays.",
                "In Bins too wide, choose Poisson counts: CV and Fano factor go from 0.89 and 0.77 to 0.98 and 1.02.")
    book_note = ("For a sine, algorithm 1 places its times by rescaling time; bins are filled from the same points, "
                 "each with a chance of exactly r dt. The book's way back from times to bins, astype(int), puts 404 of "
                 "10,000 spikes one bin early at dt = 0.1 ms (the first is bin 43): np.rint is right. Theory here is "
                 "that of the estimates: of N trials the mean Fano factor is (N - 1) / N, and as long intervals do not "
                 "fit into short trials, the CV of all of them is a little low, 0.993 at 15 Hz and 1 s.")
    equations = (r"\Pr(N(0, T) = n) = \frac{\Lambda^n}{n!}\,e^{-\Lambda}, \quad \Lambda = \int_0^T r(t)\,dt",
                 r"r(t) = \left[r_0 + r_1 \sin(2\pi t / T_r)\right]_+",
                 r"\Pr(\text{spike in } [t, t + \Delta t]) \approx r(t)\,\Delta t",
                 r"p_I(t) = r\,e^{-r t} \quad (r_1 = 0)")

    @staticmethod
    def perform(p, progress):
        return poisson_experiment(pieces(p), p.trials, p.seed, algorithm=p.algorithm, dt=p.dt, progress=progress)

    @staticmethod
    def idle(answer, p):
        return ("dt",) * (p.algorithm == TIMES) + ("T_r",) * (p.r_1 == 0)

    @staticmethod
    def sound(answer, p):
        trains = answer.trains
        return trains.times[trains.trials == 0], trains.duration

    @staticmethod
    def measure(answer, p):
        trains, end = answer.trains, answer.trains.duration
        total = answer.expected * trains.count
        mean, spread = (float(x[0]) for x in expected_variation(np.array([end]), trains.count, *cycle(p)))
        theory = {"theory": mean, "spread": spread} if np.isfinite(mean) else {}
        fano, scatter = (float(x) for x in expected_fano(trains.count, answer.expected))
        found = (Measure("rate", firing_rate(trains), "Hz", 1000.0 * answer.expected / end,
                         1000.0 * float(np.sqrt(total)) / (trains.count * end)),
                 Measure("CV", variation(intervals(trains)), **theory))
        if trains.count == 1:  # a single count does not vary
            return found
        return (*found, Measure("Fano factor", fano_factor(spike_counts(trains)), theory=fano, spread=scatter))

    @staticmethod
    def tell(answer, p):
        trains, (_, *known) = answer.trains, PoissonProcess.measure(answer, p)
        spikes, trials = len(trains.times), trains.count
        found = (f"{firing_rate(trains):.3g} Hz: {spikes} spike{'s' * (spikes != 1)} in {trials} "
                 f"trial{'s' * (trials != 1)}")
        judged = [m for m in known if m.theory is not None and m.spread < LOOSE * m.theory and np.isfinite(m.value)]
        if p.r_1:
            return found + swing(answer, p, judged)
        if not judged:
            return found + ", too few to judge how irregular they are"
        off = [f"the {m.name} lies {abs(m.value - m.theory) / m.spread:.1f} SD "
               + ("below theory (sub-Poisson)" if m.value < m.theory else "above theory (super-Poisson)")
               for m in judged if abs(m.value - m.theory) > 2.0 * m.spread]
        if off:
            return f"{found}, but {' and '.join(off)}" + ", by chance" * (p.algorithm != BINS or p.r_0 * p.dt < 20.0)
        missing = [of for name, of in (("CV", "spikes in a trial to judge the CV"),
                                       ("Fano factor", "trials to judge the Fano factor"))
                   if name not in [m.name for m in judged] and name in [m.name for m in known]]
        return (f"{found}, as irregular as a Poisson process should be ({' and '.join(m.name for m in judged)} within "
                "two SD of theory)" + "; too few " * bool(missing) + " and too few ".join(missing))
