"""Spike trains, firing rates and tuning (section 2.1)."""

from ncm_app.core.model import Choice, Count, Experiment, Mark, Measure, Plot, Preset, Quantity, Upload, Variable
from ncm_app.models.trains import _recording_plots as plotted
from ncm_app.models.trains import _synthetic_recordings as synthetic
from ncm_app.numerics.spikes.reading import ENDINGS, read_recording
from ncm_app.numerics.spikes.recordings import in_seconds
from ncm_app.numerics.spikes.trains import fano_factor, firing_rate, intervals, spike_counts, variation
from ncm_app.readers.archives import MOST_BYTES

SYNTHETIC = {"membrane potential": synthetic.membrane_recording, "200 trials": synthetic.trial_recording,
        "12 orientations": synthetic.tuning_recording}


def suits(recording):
    """Preset whose analysis fits what was recorded."""
    if recording.trains is None:
        return "Fig 2.3"
    return "Fig 2.1, Ex 2.1.1" if recording.trains.count == 1 else "Fig 2.2, Ex 2.1.2"


def in_unit(recording, p, progress):
    """A file's recording as the unit of its times says."""
    return in_seconds(recording) if p.unit else recording


def angles(p):
    """The two orientations chosen."""
    return p.theta_1, p.theta_2


def spike_measures(recording, p):
    """Numbers read off spike times."""
    trains = recording.trains
    if trains is None:
        return ()
    fano = (Measure("Fano factor", fano_factor(spike_counts(trains))),) if trains.count > 1 else ()
    return (Measure("rate", firing_rate(trains), "Hz"), Measure("CV", variation(intervals(trains))), *fano,
            Measure("highest smoothed rate", float(plotted.smooth(trains, p.sigma)[1].max()), "Hz"))


def tuning_measures(recording, p):
    """Numbers read off counts at several orientations."""
    if recording.counts is None:
        return ()
    curve, threshold = plotted.tuning_of(recording, p.neuron), plotted.threshold_of(recording, p.neuron, angles(p))
    first, second = (float(curve.rates[plotted.place(curve.stimuli, angle)]) for angle in angles(p))
    rates = Measure("rate at theta_1", first, "Hz"), Measure("rate at theta_2", second, "Hz")
    one, other = plotted.compared(recording, p.neuron, angles(p))
    return rates if one == other else (*rates, Measure("told apart", 100.0 * threshold.correct, "%"),
                                       Measure("threshold", threshold.least))


def spike_words(trains):
    """What spike times tell, in a sentence."""
    number, rate, cv = len(trains.times), firing_rate(trains), variation(intervals(trains))
    hertz = f"{rate:.3g}" if rate < 1000.0 else f"{rate:.0f}"
    if trains.count > 1:
        scatter = fano_factor(spike_counts(trains))
        return (f"{number} spikes in {trains.count} trials, {hertz} Hz; the counts' variance is {scatter:.3g} times "
                "that of a Poisson process")
    told = f"{number} spike{'s' * (number > 1)} in {trains.duration / 1000:g} s, {hertz} Hz"
    manner = "irregular" if cv > 0.5 else "regular"
    return f"{told}, {manner}: the CV is {cv:.2f}, of a Poisson process 1, of a clock 0" if cv >= 0 else told


def tuning_words(recording, p):
    """What counts at several orientations tell, in a sentence."""
    curve, threshold = plotted.tuning_of(recording, p.neuron), plotted.threshold_of(recording, p.neuron, angles(p))
    pair = plotted.compared(recording, p.neuron, angles(p))
    most = f"most spikes at {curve.stimuli[curve.rates.argmax()]:g} deg"
    instead = "".join(f"; {name} = {asked:g} deg was not recorded, the nearest, {used:g} deg, counts"
                      for name, asked, used in zip(("theta_1", "theta_2"), angles(p), pair, strict=True)
                      if (asked - used) % 360.0)
    if pair[0] == pair[1]:
        return f"{most}{instead}; theta_1 and theta_2 are the same orientation, and nothing is to be told apart"
    more, less = pair if threshold.first else pair[::-1]
    return (f"{most}{instead}; {threshold.least} or more speak for {more:g} deg, fewer for {less:g} deg, "
            f"right in {100 * threshold.correct:.1f} % of trials")


class SpikeTrains(Experiment):
    """Analyse a recording, made by the app or your own: rates, irregular intervals, trials that differ, tuning."""

    chapter, title = "2.1", "Spike trains, firing rates and tuning"

    recording = Choice("membrane potential", objects=list(SYNTHETIC), group="recording",
                       doc="recordings made by the app, none of an animal")
    seed = Count(5, bounds=(0, 9999), group="recording", doc="seed of the recordings made by the app")
    unit = Choice("ms", objects=["ms", "s"], group="recording",
                  doc="unit of the times in a file that you open, where the file names none")
    width = Quantity(500.0, bounds=(5, 2000), softbounds=(5, 1000), step=5, unit="ms", symbol=r"\Delta", group="rate",
                     doc="width of the windows in which spikes are counted")
    sigma = Quantity(250.0, bounds=(2, 1000), softbounds=(2, 500), step=1, unit="ms", group="rate",
                     doc="SD of the Gaussian that smooths the rate")
    theta_1 = Quantity(120.0, bounds=(0, 360), step=30, unit="deg", group="two orientations",
                       doc="first orientation; the nearest one recorded counts")
    theta_2 = Quantity(150.0, bounds=(0, 360), step=30, unit="deg", group="two orientations",
                       doc="second orientation; the nearest one recorded counts")
    neuron = Count(1, bounds=(1, 500), softbounds=(1, 112), rare=True, group="several neurons",
                   doc="which neuron of a file with several")

    reads = Upload(read_recording, suits, "recording", ENDINGS, MOST_BYTES,
                   "Your own recording: .npz as with the book, or .csv, .tsv, .txt: a column of times, or columns "
                   "named time and trial (or neuron), or trial 1, trial 2 ... It stays in this page and is forgotten "
                   "when you close it.", in_unit, lambda: read_recording("a.txt", b"1"))

    time, trials = Variable("time", (0.0, 1000.0), unit="ms"), Variable("trials", (0.0, 5.0))
    orientation, count = Variable("orientation", (-10.0, 340.0), unit="deg"), Variable("spike count", (-0.5, 10.0))
    rate = Variable("rate", (0.0, 5.0), unit="Hz")
    plots = (
        Plot("potential", "Membrane potential", time, Variable("V", (-80.0, 10.0), unit="mV"),
              (Mark("V"), Mark("spikes", "points")),
              lambda recording, p: plotted.potential(recording), shape="wide", over_time=True, fits="y"),
        Plot("raster", "Raster", time, Variable("trial", (-0.5, 9.5)), (Mark("spikes", "raster"),),
              lambda recording, p: plotted.raster(recording), shape="tall", over_time=True, fits="y"),
        Plot("train", "Spikes", time, Variable("spikes", (-0.5, 0.5)), (Mark("spikes", "raster"),),
              lambda recording, p: plotted.train(recording), shape="wide", over_time=True, rows=("",)),
        Plot("rate", "Firing rate, averaged over trials", time, rate,
              (Mark("counted", "bars", label="in windows"), Mark("smoothed", label="smoothed", ghost=True)),
              lambda recording, p: plotted.rates(recording, p.width, p.sigma), shape="wide", over_time=True, fits="y"),
        Plot("intervals", "Intervals between spikes", Variable("interval", (0.0, 50.0), unit="ms"),
              Variable("intervals", (0.0, 4.0)),
              (Mark("recorded", "bars"), Mark("Poisson", role="theory", label="Poisson of this mean")),
              lambda recording, p: plotted.interval_bars(recording), fits="xy"),
        Plot("successive", "Successive intervals", Variable("interval", (0.0, 1e-3), unit="ms"),
              Variable("next interval", (0.0, 1e-3), unit="ms"), (Mark("pairs", "heatmap", ghost=True),),
              lambda recording, p: plotted.interval_pairs(recording), tight="xy", fits="c",
              colours=Variable("share of pairs", (0.0, 1e-3), unit="%")),
        Plot("counts", "Spike counts of the trials", count, trials,
              (Mark("recorded", "bars"), Mark("Poisson", role="theory", label="Poisson of this mean")),
              lambda recording, p: plotted.trial_counts(recording), fits="xy"),
        Plot("tuning", "Tuning curve ± SEM", orientation, rate,
              (Mark("rate", role="external", ghost=True), Mark("error", role="external"),
               Mark("theta_1", "points"), Mark("theta_2", "points")),
              lambda recording, p: plotted.tuning(recording, p.neuron, angles(p)), fits="xy", clicks=("theta_2",)),
        Plot("told_apart", "Spike counts at two orientations", count, trials,
              (Mark("theta_1", "bars", label="theta_1"), Mark("theta_2", "bars", label="theta_2"),
               Mark("threshold", role="theory", label="best threshold")),
              lambda recording, p: plotted.two_histograms(recording, p.neuron, angles(p)), fits="xy"),
    )
    presets = (
        Preset("Fig 2.1, Ex 2.1.1", "One cell for 5 s: few spikes at irregular times; the CV says how irregular.",
               expect={"measured": {"rate": (1.0, 4.0), "CV": (0.5, 1.3)}}),
        Preset("Fig 2.2, Ex 2.1.2", "The same stimulus 200 times: the rate follows the grating, the counts scatter.",
               values={"recording": "200 trials", "width": 20.0, "sigma": 10.0},
               expect={"measured": {"rate": (13.6, 16.4), "Fano factor": (1.8, 3.6)}}),
        Preset("Fig 2.3", "Counts at 12 orientations: two directions of one grating drive the cell best.",
               values={"recording": "12 orientations"},
               expect={"measured": {"rate at theta_1": (13.4, 17.4), "rate at theta_2": (4.9, 7.7),
                                    "told apart": (75.0, 88.0)}}),
    )
    look_for = ("The cell fires at irregular times, and not equally often when the same is shown again. A rate is an "
                "average, and what it shows depends on the time over which one averages.")
    try_this = (
        "In Fig 2.2, Ex 2.1.2, compare the rows of the heat map: all fade alike, so that an interval tells hardly "
        "anything of the next one.",
        "In Fig 2.2, Ex 2.1.2, raise sigma from 10 to 100 ms: waves that reached 28.5 Hz end at 16.3, smoothed away.",
        "In Fig 2.3, click at 300 deg, the opposite direction: one count tells it from 120 deg in 53 % of trials, "
        "hardly better than a guess. At 180 deg it is 99 %.",
        "Open the book's own files, or yours: the preset that suits is set, and the numbers are those of the file.")
    book_note = ("The book's 15.175 Hz (Fig 2.2) counts every spike; its code gives 15.12, because spikes of one trial "
                 "that share a bin of 1 ms are counted once. Trial numbers of later files begin with 1: no empty trial "
                 "is made of that. The spike of trial 42 at 4.36 ms is SpikeTimes[2], not [3]. Variances divide by n. "
                 "The book's smoothed rate falls near both ends, as if no spike came beyond; here it is divided by the "
                 "part of the kernel that lies within the recording.")
    equations = (r"CV = \frac{\mathrm{SD}(I_j)}{\mathrm{mean}(I_j)}, \quad I_j = s_{j+1} - s_j",
                 r"FF = \frac{\mathrm{var}(N)}{\mathrm{mean}(N)}, \quad r(t) = \frac{(k * S)(t)}{(k * 1)(t)}")

    @staticmethod
    def perform(p, progress):
        return list(SYNTHETIC.values())[p.recording](p.seed)

    @staticmethod
    def idle(recording, p):
        groups = (("width", "sigma"), recording.trains), (("theta_1", "theta_2", "neuron"), recording.counts)
        absent = [name for names, held in groups if held is None for name in names]
        alone = recording.counts is not None and len(recording.counts) == 1
        made = recording.source == synthetic.SYNTHETIC
        unread = made or recording.trains is None or bool(recording.unit)
        return (*absent, *("neuron",) * alone, *("unit",) * unread, *("seed",) * (not made))

    @staticmethod
    def sound(recording, p):
        trains = recording.trains
        return ((), recording.duration) if trains is None else (trains.times[trains.trials == 0], trains.duration)

    @staticmethod
    def measure(recording, p):
        return spike_measures(recording, p) + tuning_measures(recording, p)

    @staticmethod
    def tell(recording, p):
        told = spike_words(recording.trains) if recording.trains is not None else tuning_words(recording, p)
        # A file keeps its own spelling: the sentence begins with another word.
        return f"{'' if recording.source == synthetic.SYNTHETIC else 'file '}{recording.source}: {told}"
