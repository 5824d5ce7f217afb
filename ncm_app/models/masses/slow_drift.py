"""What a neural mass does while a parameter drifts slowly (after Cooray, Rosch and Friston)."""

from functools import partial

from ncm_app.core.model import Choice, Count, Experiment, Mark, Plot, Preset, Quantity, Variable
from ncm_app.models.masses import _drift_plots as plots
from ncm_app.models.masses import _drift_words as words
from ncm_app.models.masses._drift_runs import BURSTS, CASES, LAGS, LOOP, NOISE, RAMP, perform

ramp = partial(Quantity, group="ramp")
slow = partial(Quantity, group="slow feedback")
loop = partial(Quantity, group="ramp of the loop")
UP, DOWN, HERE = Mark("up", label="up"), Mark("down", label="down"), Mark("here", "points", "now")
UNNAMED = Mark("up"), Mark("down")
TIME = Variable("time", (0.0, 200.0), "s")


class SlowDrift(Experiment):
    """A parameter drifts through bifurcations: states are left late, and regained elsewhere.

    After Cooray, Rosch and Friston (2023), re-derived.
    """

    chapter, title = "G.5", "Slow drift"

    case = Choice(RAMP, objects=[*CASES], group="what drifts", doc="what drifts: the input p of the Jansen-Rit model, "
                  "the gain of an oscillator, or the deep loop of the microcircuit")
    p_from = ramp(-40.0, bounds=(-60, 400), step=1, unit="Hz", doc="input p at first and at last")
    p_to = ramp(345.0, bounds=(-60, 400), step=1, unit="Hz", doc="input p at the turn")
    rate = ramp(4.0, bounds=(0.5, 32), step=0.5, unit="Hz/s", doc="how fast p drifts: per s, in 1/s")
    g_from = loop(2.9, bounds=(2, 5), step=0.05, doc="gain of the deep loop at first and at last")
    g_to = loop(3.5, bounds=(2, 5), step=0.05, doc="gain of the deep loop at the turn")
    rate_g = loop(0.02, bounds=(0.005, 0.2), step=0.005, unit="1/s", symbol="r_g", doc="how fast the gain drifts")
    p = Quantity(125.0, bounds=(-60, 400), step=1, unit="Hz", group="noise", doc="input p that stays")
    start = Choice("low rest", objects=["low rest", "rhythm or high rest"], group="noise", doc="where the run begins")
    sigma = Quantity(0.03, bounds=(0, 8), step=0.01, unit="√Hz", group="noise",
                     doc="white noise of the input: the SD of the pulses in one second; of the microcircuit in mV/√ms")
    seed = Count(1, bounds=(0, 9999), group="noise", doc="seed of the noise")
    G_0 = slow(11.5, bounds=(5, 30), step=0.1, doc="gain to which a resting oscillator comes")
    k = slow(3.0, bounds=(0, 10), step=0.05, doc="gain that is lost per square of the amplitude")
    delta = slow(0.001, bounds=(0.0002, 0.01), step=0.0002, doc="slowness of the gain, per radian")
    th = slow(1.0, bounds=(0.4, 1.5), step=0.05, symbol=r"\theta", doc="threshold of the sigmoid")
    eps = slow(0.05, bounds=(0.01, 0.2), step=0.01, symbol=r"\epsilon", doc="strength of feedback and damping")
    s_0 = slow(0.02, bounds=(0, 0.2), step=0.005, doc="white noise of the oscillator, per root of a radian")
    T = Quantity(160.0, bounds=(20, 2000), softbounds=(20, 400), step=20, unit="s", group="run",
                 doc="duration of a run without a ramp")
    at = Quantity(22.0, bounds=(0, 100), step=0.1, unit="%", group="run",
                  doc="moment of the run that is shown: point, signal and spectrum")

    only_drawn = ("at",)
    idle_unless = {"case": {
        RAMP: ("p_from", "p_to", "rate", "sigma"), LAGS: ("p_from", "p_to", "rate", "sigma"),
        NOISE: ("p", "start", "sigma", "T"), BURSTS: ("G_0", "k", "delta", "th", "eps", "s_0", "T"),
        LOOP: ("g_from", "g_to", "rate_g", "sigma")}}
    plots = (
        Plot("over_diagram", "Run over the diagram", Variable("what drifts: p (Hz), G or g", (0.0, 1.0)),
             Variable("signal", (0.0, 1.0)),
             (UP, DOWN, Mark("rhythm", role="now"), Mark("unstable rhythm", role="theory"),
              Mark("stable", role="now", label="stable"), Mark("unstable", role="theory", label="unstable"),
              Mark("points", "points", "external", label="bifurcation"), HERE),
             plots.draw_diagram, shape="tall", fits="xy", tight="x"),
        Plot("trace", "Signal", TIME, Variable("signal", (0.0, 1.0)), (*UNNAMED, HERE), plots.draw_trace,
             shape="strip", fits="xy", tight="x", clicks=("at",), value_at=plots.share_at),
        Plot("state", "State", TIME, Variable("state", (-0.5, 2.5)), (Mark("in turn", role="now"), HERE),
             plots.draw_states, shape="strip", fits="x", tight="x", clicks=("at",), value_at=plots.share_at,
             rows=("low rest", "spikes", "rhythm")),
        Plot("gain", "Gain", TIME, Variable("G", (7.0, 11.0)),
             (Mark("fold", role="theory", label="fold and Hopf point"), Mark("Hopf", role="theory"), *UNNAMED, HERE),
             plots.draw_gain, shape="strip", fits="xy", tight="x", clicks=("at",), value_at=plots.share_at),
        Plot("lags", "Lag over the rate", Variable("rate", (0.25, 64.0), "Hz/s"), Variable("lag", (0.3, 60.0), "Hz"),
             (Mark("Airy", role="theory", label="theory"), Mark("Hopf theory", role="theory"),
              Mark("saddle-node", "points", "excitatory", "saddle-node"),
              Mark("Hopf", "points", "inhibitory", "Hopf point"), HERE), plots.draw_lags, log="xy", clicks=("rate",)),
        Plot("window", "Signal from the chosen moment on", Variable("time", (0.0, 2.0), "s"),
             Variable("signal", (0.0, 1.0)), (Mark("x", role="now"),), plots.draw_window, fits="y", tight="y"),
        Plot("spectrum", "Spectrum about that moment", Variable("frequency", (0.0, 40.0), "Hz"),
             Variable("power", (1e-6, 100.0)), (Mark("power", role="now"),), plots.draw_spectrum, log="y"),
        Plot("shares", "Share of time", Variable("share", (0.0, 1.0)), Variable("state", (-0.5, 2.5)),
             (Mark("bars", role="now"), Mark("share", "points", "now")), plots.draw_shares,
             rows=("low rest", "spikes", "rhythm")),
    )
    presets = (
        Preset("Up and down", "The input rises and falls: rest, spikes, rhythm, and back by another way.",
               expect={"measured": {"spikes, up": (113.6, 116.0), "rhythm, up": (142.0, 145.2),
                                    "high rest, up": (328.0, 338.0), "high rest, down": (66.0, 78.0)}}),
        Preset("Slower", "At a quarter of the rate all changes come nearer to their bifurcations.",
               values={"rate": 1.0},
               expect={"measured": {"rhythm, up": (138.0, 141.0), "high rest, up": (316.0, 327.0)}}),
        Preset("Lag over the rate", "A saddle-node is passed by the rate to the power 2/3, a Hopf point by its root.",
               values={"case": LAGS, "sigma": 0.0, "p_from": 80.0, "at": 20.0},
               expect={"measured": {"lag behind the saddle-node": 2.0063, "power at the saddle-node": (0.653, 0.663),
                                    "power at the Hopf point": (0.46, 0.51)}}),
        Preset("Itinerancy", "Nothing drifts: between spikes and rhythm noise alone switches.",
               values={"case": NOISE, "sigma": 2.0, "T": 400.0, "at": 10.0},
               expect={"measured": {"time in the rhythm": (0.5, 0.8), "time in spikes": (0.2, 0.5),
                                    "time in the low rest": (0.0, 0.001)}}),
        Preset("Bursts by themselves", "The rhythm lowers its own gain, rest lets it recover: seizure-like bursts.",
               values={"case": BURSTS, "at": 30.0},
               expect={"measured": {"bursts": (6, 9), "G at onset": (9.5, 10.1), "G at offset": (7.5, 7.75),
                                    "time in bursts": (0.24, 0.33), "least k": 1.6251}}),
        Preset("Locked on", "The rhythm costs too little gain: it begins once and never ends.",
               values={"case": BURSTS, "k": 1.2, "at": 80.0},
               expect={"measured": {"bursts": 1, "least k": 1.6251}}),
        Preset("No hysteresis", "The rhythm of the microcircuit ends where it began, apart from the lag.",
               values={"case": LOOP, "at": 50.0},
               expect={"measured": {"rhythm, up": (3.2, 3.3), "rest, down": (3.1, 3.19)}}),
    )
    look_for = ("Drift is slow beside the rhythm, so the run follows the diagram until its branch ends. A saddle-node "
                "is left at once, a Hopf point late; and where two states coexist, the way back is another one.")
    try_this = ("In Up and down, lower rate from 4 to 1: the rhythm ends at 320 instead of 332 Hz, nearer to 315.7.",
                "In Lag over the rate, raise rate from 4 to 16: the saddle-node is left 4.96 instead of 2.01 Hz late.",
                "In Itinerancy, raise sigma from 2 to 4: spikes take most of the time.",
                "In Bursts by themselves, lower k from 3 to 1.2: the rhythm does not end any more.")
    book_note = ("Not in the book: after Cooray, Rosch and Friston (2023), re-derived. States are told from windows of "
                 "0.8 s, so a change is good to 0.4 s times the rate. The oscillator with slow feedback turns at 10 "
                 "Hz. Cycles are those of the model without noise; their extremes bound the run.")
    equations = (r"\dot p = \pm\,\mathrm{rate}", r"p_{exit} - p_{SN} \approx 2.338\, (\mathrm{rate}^2 / a b)^{1/3}, "
                 r"\quad \dot x = a (p - p_{SN}) + b x^2", r"p_{exit} - p_H \approx \sqrt{\mathrm{rate} / |\mu'|}",
                 r"\ddot x + x = \epsilon f(\dot x; G) + s_0\, \xi, \quad \dot G = \delta\, (G_0 - G - k R^2), \quad "
                 r"k > (G_0 - G_F) / R_F^2")

    @staticmethod
    def perform(p, progress):
        return perform(p, progress)

    @staticmethod
    def measure(answer, p):
        return words.measured(answer, p)

    @staticmethod
    def tell(answer, p):
        return words.told(answer, p)

    @staticmethod
    def idle(answer, p):
        return words.idle(answer, p)
