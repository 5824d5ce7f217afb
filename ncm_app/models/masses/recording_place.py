"""Where on the diagram of a cortical column a recording lies, window by window (after Cooray, Rosch and Friston)."""

from ncm_app.core.model import Choice, Count, Experiment, Mark, Plot, Preset, Quantity, Upload, Variable
from ncm_app.models.masses import _place_plots as plots
from ncm_app.models.masses._made_signals import DRIFT, KINDS, OTHER, WHITE
from ncm_app.models.masses._place_plots import NAMES
from ncm_app.models.masses._placing import place_made, place_opened, warm
from ncm_app.readers.signals import ENDINGS, MOST_BYTES, read_signals

AS_RECORDED, ANY = "as recorded", "any, found as well"
TIME = Variable("time", (0.0, 770.0), unit="s")
POTENTIAL = Variable("y", (-4.0, 12.0), unit="mV")
INPUT = Variable("p", (-60.0, 400.0), unit="Hz")


class RecordingPlace(Experiment):
    """Find which region of a cortical column fits each 8 s of an EEG or LFP, and with which input.

    After Cooray, Rosch and Friston (2023), re-derived.
    """

    chapter, title = "G.7", "From a recording to the diagram"

    recording = Choice(DRIFT, objects=[*KINDS], group="recording", doc="recordings made by the app, none of an animal")
    seed = Count(1, bounds=(0, 9999), group="recording", doc="seed of the recordings made by the app")
    channel = Count(1, bounds=(1, 512), softbounds=(1, 32), group="recording",
                    doc="which channel of a file with several is placed")
    f_s = Quantity(0.0, bounds=(0, 50_000), softbounds=(0, 1000), step=1, unit="Hz", group="recording",
                   doc="sampling rate of a file that tells none; 0 as long as nobody has said it")
    scale = Choice(AS_RECORDED, objects=[AS_RECORDED, ANY], group="recording",
                   doc="unit: the potential itself, or some multiple, as of an electrode on the skin, that is found "
        "too")
    polarity = Choice(AS_RECORDED, objects=[AS_RECORDED, "turned over"], group="recording", rare=True,
                      doc="which way is up: spikes of the model rise")
    at = Quantity(0.0, bounds=(0, 14_400), softbounds=(0, 768), step=8, unit="s", group="window",
                  doc="time in the window that is shown; click into the recording")
    sigma = Quantity(0.5, bounds=(0.25, 4), step=0.25, unit="√Hz", group="model",
                     doc="noise of the input that the model is given")

    only_drawn = ("at",)
    pictured = "path"
    reads = Upload(read_signals, lambda signals: "Your own recording", "recording", ENDINGS, MOST_BYTES,
                   "Your own EEG or LFP: .csv, .txt or .npz with a column for each channel and its sampling rate "
                   "(times in s or ms, a line such as fs = 256 Hz, or an array fs), .edf, .bdf, or a .zip of "
                   "BrainVision's three files. It stays in this page and is forgotten when you close it.",
                   place_opened, warm)
    plots = (
        Plot("recording", "Recording, in mV of the model", TIME, POTENTIAL,
             (Mark("window", "band", "now"), Mark("y", role="excitatory", ghost=True)), plots.draw_recording,
             shape="wide", over_time=True, fits="y", tight="y", clicks=("at",)),
        Plot("samples", "Recording", Variable("sample", (0.0, 1000.0)), POTENTIAL, (Mark("y", role="excitatory"),),
             plots.draw_samples, shape="wide", fits="xy", tight="xy"),
        Plot("path", "Path over the diagram", INPUT, POTENTIAL,
             (Mark("stable", role="external", label="rest"), Mark("unstable", "dashes", "external"),
              Mark("alpha", role="inhibitory", label="alpha rhythm"), Mark("spikes", role="excitatory", label="spikes"),
              Mark("unstable spikes", "dashes", "excitatory"), Mark("way", role="theory"),
              Mark("windows", "points", label="windows", ghost=True), Mark("sd", role="now"),
              Mark("now", "points", "now")),
             plots.draw_path, fixed=plots.fixed_diagram),
        Plot("posterior", "Probability of the input", TIME, INPUT,
             (Mark("chance", "heatmap"), Mark("true", role="theory", label="true"), Mark("now", role="now")),
             plots.draw_posterior, shape="wide", over_time=True, clicks=("at",), centre=0.0,
             colours=Variable("lower −, upper +", (-60.0, 60.0), unit="%")),
        Plot("spectrum", "Spectrum of the window", Variable("frequency", (0.0, 45.0), unit="Hz"),
             Variable("power", (1e-5, 10.0), unit="mV²/Hz"),
             (Mark("recording", role="excitatory", label="recording", ghost=True),
              Mark("model", role="theory", label="model"), Mark("nearest", "dashes", "external",
                                                                label="nearest, no fit")),
             plots.draw_spectrum, log="y", fits="y"),
        Plot("window", "The window and the model", Variable("time in the window", (0.0, 8.0), unit="s"),
             Variable("y, mean 0", (-2.0, 2.0), unit="mV"),
             (Mark("model", role="external", label="model"), Mark("recording", role="excitatory", label="recording")),
             plots.draw_window, shape="wide", fits="y", on_choice=True),
        Plot("regions", "Probability of the regions", TIME, Variable("region", (-0.5, 3.5)), (Mark("chance",
                                                                                                   "heatmap"),),
             plots.draw_regions, shape="wide", over_time=True, rows=NAMES, clicks=("at",), on_choice=True,
             colours=Variable("probability", (0.0, 100.0), unit="%")),
        Plot("distance", "Distance from the model", TIME, Variable("SD from the nearest place", (0.0, 6.0)),
             (Mark("windows", "bars"), Mark("limit", role="theory", label="limit of a fit")), plots.draw_distance,
             shape="wide", over_time=True, fits="y", clicks=("at",), on_choice=True),
    )
    presets = (
        Preset("Drift through all regions",
               "The input rises slowly and falls again: window by window its place is found, "
               "and a loop appears.", values={"at": 320.0},
               expect={"measured": {"windows that fit": (94.0, 100.0), "low rest": (22.0, 30.0), "spikes": (1.0, 4.0),
                                    "alpha rhythm": (48.0, 60.0), "high rest": (10.0, 20.0), "p here": (250.0,
                                                                                                        315.0)}}),
        Preset("Low rest", "Weak noisy input: a slow, broad spectrum without a peak, and p is hardly known.",
               values={"recording": "low rest"},
               expect={"measured": {"low rest": 100.0, "p here": (-60.0, 90.0)}}),
        Preset("Spikes", "Large slow spikes, as in an epileptic EEG: no other region tells p as well.",
               values={"recording": "spikes"}, expect={"measured": {"spikes": (90.0, 100.0), "p here": (123.0,
                                                                                                        127.0)}}),
        Preset("Alpha", "The rhythm of an EEG with closed eyes: one sharp peak.", values={"recording": "alpha"},
               expect={"measured": {"alpha rhythm": 100.0, "p here": (188.0, 212.0)}}),
        Preset("High rest", "Strong input: a damped rhythm that noise keeps alive.",
               values={"recording": "high rest"}, expect={"measured": {"high rest": 100.0, "p here": (310.0, 400.0)}}),
        Preset("No region fits", "White noise: how far it is from all that the model can do.",
               values={"recording": WHITE}, shows=("distance",),
               expect={"measured": {"windows that fit": 0.0, "distance": (40.0, 90.0)}}),
        Preset("Your own recording",
               "A recording in an unknown unit: one factor for all its windows is found with their "
               "places.", values={"recording": OTHER, "scale": ANY, "at": 320.0},
               expect={"measured": {"windows that fit": (94.0, 100.0), "p here": (250.0, 315.0),
                                    "mV of the model per unit": (0.0265, 0.0281)}}),
    )
    look_for = ("Six numbers of each window are compared with those of the noisy model at every input, on both "
                "branches: "
                "loudness, mean frequency, width and sharpness of the spectrum, how much the envelope waxes, skewness. "
                "Where none is near, no region fits, as in windows in which the state changes. A drift comes back "
                "another way, for two branches coexist.")
    try_this = (
        "In Drift through all regions, set at to 160: large slow spikes, and p within 2 Hz of the true one.",
        "In Drift through all regions, compare at = 96 and at = 672: about the same input, the low rest on the way up "
        "and the high rest on the way down.",
        "In Alpha, raise sigma from 0.5 to 1: with twice the noise the model has no rhythm as steady as this one.",
        "Open your own EEG: most fit nowhere, and the distance says by how much; try its channels, polarity and sigma.")
    book_note = ("Not in the book: after Cooray, Rosch and Friston (2023), re-derived. The model is the standard "
                 "column of "
                 "Jansen and Rit (1995), with the noise sigma. An EEG shows no constant potential: only 0.5 to 40 Hz "
                 "are looked at. Windows last 8 s; of the model's own, one in a hundred is said to fit nowhere.")
    equations = (r"P(p, b \mid \mathbf{f}) \propto \mathcal{N}(\mathbf{f};\, \mathbf{m}_{p,b}, \Sigma_{p,b})",
                 r"d = \min_{p,b} \sqrt{(\mathbf{f} - \mathbf{m}_{p,b})^T \Sigma_{p,b}^{-1} (\mathbf{f} - "
                 r"\mathbf{m}_{p,b})}")

    @staticmethod
    def perform(p, progress):
        return place_made(p, progress)

    @staticmethod
    def idle(answer, p):
        if answer.own:
            return ("channel", "f_s")
        return ("seed", *("channel",) * (" of " not in answer.label), *("f_s",) * bool(answer.rated))

    @staticmethod
    def measure(answer, p):
        return plots.measured(answer, p)

    @staticmethod
    def tell(answer, p):
        return plots.sentence(answer, p)
