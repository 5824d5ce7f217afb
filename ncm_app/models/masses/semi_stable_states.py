"""Rest and rhythm as two wells of a potential of the amplitude (after Cooray, Rosch and Friston)."""

from ncm_app.core.model import Choice, Count, Experiment, Mark, Plot, Preset, Quantity, Variable
from ncm_app.models.masses import _semi_stable_plots as plots

R_AXIS = Variable("R", (0.0, 4.0), doc="amplitude")


class SemiStableStates(Experiment):
    """The amplitude of an oscillator slides in a potential; noise carries it from rest to rhythm and back.

    After Cooray, Rosch and Friston (2023), re-derived.
    """

    chapter, title = "G.4", "Semi-stable states"

    feedback = Choice("sigmoid of the current", objects=["sigmoid of the current", "polynomial of the current",
                                                         "sigmoid of the potential"], group="feedback",
                      doc="what the population feeds back to itself")
    G = Quantity(12.2, bounds=(0, 60), step=0.1, group="feedback", doc="gain of the feedback")
    th = Quantity(1.5, bounds=(0.2, 2.5), step=0.05, symbol=r"\theta", group="feedback", doc="threshold of the sigmoid")
    rho = Quantity(2.0, bounds=(0.5, 4), step=0.1, group="feedback", rare=True, doc="steepness of the sigmoid")
    K = Quantity(1.0, bounds=(0.1, 2), step=0.05, group="feedback", doc="strength of the polynomial")
    a_1 = Quantity(1.0, bounds=(0.3, 1.4), step=0.05, group="feedback", doc="amplitude that parts rest and rhythm")
    a_2 = Quantity(2.0, bounds=(1.5, 3), step=0.05, group="feedback", doc="amplitude of the rhythm")
    s = Quantity(0.5, bounds=(0.1, 2), step=0.02, group="noise", doc="SD of the amplitude's noise in a time eps t of 1")
    noise = Choice("on the amplitude", objects=["on the amplitude", "on the oscillator"], group="noise",
                   doc="whether noise pushes the amplitude alone, or the current and so the phase too")
    eps = Quantity(0.02, bounds=(0.005, 0.1), step=0.005, symbol=r"\epsilon", group="noise",
                   doc="strength of feedback and damping: slowness of the amplitude")
    R_0 = Quantity(3.0, bounds=(0, 6), step=0.05, symbol="R(0)", group="run", doc="amplitude at first")
    T = Quantity(8000.0, bounds=(50, 30_000), softbounds=(50, 10_000), step=50, group="run",
                 doc="duration of the run, in eps t")
    seed = Count(1, bounds=(0, 9999), group="run", doc="seed of the noise")
    at = Quantity(100.0, bounds=(0, 100), step=0.1, unit="%", group="run",
                  doc="moment of the run at which ball and signal are shown")

    only_drawn = ("at",)
    idle_unless = {"feedback": {"sigmoid of the current": ("G", "th", "rho"), "sigmoid of the potential": (
        "G", "th", "rho"), "polynomial of the current": ("K", "a_1", "a_2")}}
    plots = (
        Plot("potential", "Potential", R_AXIS, Variable("U(R)", (-0.2, 0.6)),
             (Mark("V", role="theory", label="with the circle"), Mark("U", role="now", label="U", ghost=True),
              Mark("states", "points", "theory"), Mark("ball", "points", "excitatory", "run")),
             plots.draw_potential, fits="xy", tight="xy", clicks=("R_0",)),
        Plot("amplitude", "Amplitude", Variable("eps t", (0.0, 8000.0)), R_AXIS,
             (Mark("R", role="now", label="R", ghost=True), Mark("separatrix", role="theory", label="separatrix"),
              Mark("rhythm", role="external", label="rhythm"), Mark("ball", "points", "excitatory")),
             plots.draw_amplitude, shape="wide", fits="xy", tight="x", clicks=("at",),
             value_at=lambda x, p: min(max(100.0 * x / p.T, 0.0), 100.0)),
        Plot("signal", "Signal from the chosen moment on", Variable("turns", (0.0, 20.0)), Variable("x", (-4.0, 4.0)),
             (Mark("x", role="now"), Mark("R", role="theory", label="R")), plots.draw_signal, shape="wide", fits="y",
             on_choice=True),
        Plot("histogram", "Time at each R", R_AXIS, Variable("density", (0.0, 1.0)),
             (Mark("run", "bars", label="run"), Mark("line", role="inhibitory", label="exp(-2U/s²)"),
              Mark("circle", role="theory", label="R exp(-2U/s²)")), plots.draw_histogram, fits="xy", tight="xy"),
        Plot("dwell", "Dwell times over noise", Variable("s", (0.1, 2.0)), Variable("dwell time", (1.0, 1e4)),
             (Mark("Kramers", role="theory", label="Kramers"), Mark("rest", role="inhibitory", label="rest"),
              Mark("rhythm", role="excitatory", label="rhythm"), Mark("errors", role="now"),
              Mark("rest, run", "points", "inhibitory"), Mark("rhythm, run", "points", "excitatory")),
             plots.draw_dwell, log="y", clicks=("s",)),
        Plot("gain", "Amplitude over gain", Variable("G", (0.0, 30.0)), Variable("R", (0.0, 10.0)),
             (Mark("stable", role="now", label="stable", ghost=True), Mark("unstable", role="theory", label="unstable"),
              Mark("fold and Hopf", "points"), Mark("now", "points", "excitatory", "mean of the run")),
             plots.draw_gain, clicks=("G",)),
        Plot("survival", "Dwell times longer than t", Variable("t / mean", (0.0, 5.0)), Variable("share", (0.01, 1.0)),
             (Mark("exponential", role="theory", label="exp(-t)"), Mark("rest", role="inhibitory", label="rest"),
              Mark("rhythm", role="excitatory", label="rhythm")), plots.draw_survival, log="y", on_choice=True),
    )
    pictured = "potential"
    presets = (
        Preset("Rest and rhythm", "Between fold of cycles and Hopf point both are stable, and noise takes turns.",
               expect={"measured": {"G at the fold": 11.401748, "G at the Hopf point": 22.135324}}),
        Preset("Polynomial", "The potential that is flat at amplitudes 0, 1 and 2, noise on the amplitude alone.",
               values={"feedback": "polynomial of the current", "s": 1.5, "T": 4000.0, "R_0": 2.0},
               expect={"measured": {"dwell in rhythm": (4.5, 5.7), "share in rhythm": (0.72, 0.775),
                                    "barrier from rest": 0.916667, "barrier from rhythm": 2.25}}),
        Preset("Noise on the oscillator", "The same potential, but the noise pushes phases too: rest is left sooner.",
               values={"feedback": "polynomial of the current", "s": 1.5, "T": 2000.0, "R_0": 2.0, "eps": 0.01,
                       "noise": "on the oscillator"}, shows=("signal",),
               expect={"measured": {"share in rhythm": (0.91, 0.945)}}),
        Preset("Kramers", "A high barrier: his formula gives 592 for the time in the rhythm, the double integral 675.",
               values={"feedback": "polynomial of the current", "s": 0.8, "T": 8000.0, "R_0": 2.0},
               expect={"measured": {"Kramers in rhythm": 592.42, "Kramers at rest": 11.249,
                                    "barrier from rhythm": 2.25}}),
        Preset("A rhythm that stays", "Far beyond the fold of cycles its well is deep: once there, it does not end.",
               values={"G": 14.0, "s": 0.3, "R_0": 0.0, "T": 2000.0},
               expect={"measured": {"barrier from rest": 0.158494, "barrier from rhythm": 0.927214}}),
        Preset("No second state", "Feedback of the potential does no work over a turn: rest alone, at any gain.",
               values={"feedback": "sigmoid of the potential", "noise": "on the oscillator", "T": 2000.0},
               expect={"measured": {"mean amplitude": (0.41, 0.475)}, "told": "rest alone: feedback of the potential "
                       "does no work over a turn, so no gain makes a second state"}),
    )
    look_for = ("Averaged over a turn, weak feedback of the current makes R' = -eps dU/dR: the amplitude slides "
                "downhill. Two wells are rest and rhythm, and noise decides how long each lasts. Kramers' formula "
                "keeps height and curvatures of the barrier alone, and is too short where the barrier is not high.")
    try_this = ("In Rest and rhythm, raise G from 12.2 to 12.7: the rhythm lasts three times as long.",
                "In Polynomial, choose noise on the oscillator: 0.929 of the time is rhythm, not 0.748.",
                "In No second state, raise G from 12.2 to 20: rest stays alone, where feedback of the current would "
                "have two states.",
                "Choose the signal and click into the amplitude: ball and signal show what was there then.")
    book_note = ("Not in the book: after Cooray, Rosch and Friston (2023), re-derived from their abstract and public "
                 "code. Noise on the oscillator turns the density exp(-2U/s²) into R exp(-2U/s²): there are 2 pi R "
                 "points of amplitude R in the plane, and the noise knows no other. Times are eps t; at 10 Hz and eps "
                 "= 0.02 one of them is 0.8 s.")
    equations = (r"\ddot x + x = \epsilon f(\dot x)", r"f(y) = -2 y + G\,[S(y - \theta) - S(-\theta)]",
                 r"S(u) = 1 / (1 + e^{-\rho u})",
                 r"\dot R = -\epsilon\, dU/dR", r"U = R^2/2 - (G/\rho)\,\langle \ln(1 + e^{\rho (R \cos\psi - "
                 r"\theta)}) \rangle + \mathrm{const}",
                 r"dR = -U'(R)\, d\tau + s\, dW", r"T = \frac{2}{s^2} \int_{R_0}^{R_2} e^{2U(y)/s^2} \int_y^\infty "
                 r"e^{-2U(z)/s^2}\, dz\, dy \approx \frac{2\pi}{\sqrt{U''_0\, |U''_1|}}\, e^{2 \Delta U / s^2}")

    @staticmethod
    def perform(p, progress):
        return plots.run(p, progress)

    @staticmethod
    def measure(answer, p):
        return plots.measured(answer, p)

    @staticmethod
    def tell(answer, p):
        return plots.sentence(answer, p)
