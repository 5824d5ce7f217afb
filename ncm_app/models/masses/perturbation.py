"""Cycles near Hopf points as power series in their amplitude (after Cooray, Rosch and Friston)."""

from dataclasses import replace

from ncm_app.core.model import Choice, Experiment, Mark, Plot, Preset, Quantity, Variable
from ncm_app.models.masses import _perturbation_plots as plots
from ncm_app.models.masses._hopf_points import PLACES, answer_of

JR_2, JR_1, JR_0, DEEP, OSCILLATOR = PLACES
ORDERS = (Mark("order 2", role="inhibitory", label="order 2"), Mark("order 4", role="external", label="order 4"),
          Mark("order 6", role="excitatory", label="order 6"))
UNNAMED = tuple(replace(mark, label="") for mark in ORDERS)  # hues are explained beside
VALID = Mark("valid", "band")
TRUE = Mark("true", role="now", label="true", ghost=True)
HERE = Mark("now", "points", "now")


class Perturbation(Experiment):
    """What is known of a rhythm from its Hopf point alone, order by order, and how far from there it holds.

    After Cooray, Rosch and Friston (2023), re-derived.
    """

    chapter, title = "G.3", "Second-order analysis"

    point = Choice(JR_2, objects=[*PLACES], group="Hopf point", doc="Hopf point from which the series start")
    d = Quantity(16.0, bounds=(0.1, 100), step=0.1, unit="%", group="Hopf point",
                 doc="distance from the Hopf point, of the farthest that is drawn")
    order = Choice("order 2", objects=["order 2", "order 4", "order 6"], group="what is drawn",
                   doc="order whose range within 5 % is shaded")
    error = Choice("amplitude", objects=["frequency", "amplitude", "waveform"], group="what is drawn",
                   doc="which error is drawn over the distance")
    th = Quantity(1.0, bounds=(0.2, 2), step=0.05, symbol=r"\theta", group="oscillator", doc="threshold of the sigmoid")
    rho = Quantity(2.0, bounds=(1, 4), step=0.1, group="oscillator", doc="steepness of the sigmoid")
    eps = Quantity(0.05, bounds=(0.01, 0.2), step=0.01, symbol=r"\epsilon", group="oscillator",
                   doc="strength of feedback and damping")

    only_drawn = ("d", "order", "error")
    idle_unless = {"point": {OSCILLATOR: ("th", "rho", "eps")}}
    plots = (
        Plot("amplitude", "First harmonic", Variable("parameter", (0.0, 1.0)), Variable("first harmonic", (0.0, 0.1)),
             (VALID, *ORDERS, TRUE, HERE), plots.draw_amplitude, fits="xy", tight="xy", clicks=("d",),
             value_at=plots.distance_at),
        Plot("frequency", "Frequency", Variable("parameter", (0.0, 1.0)),
             Variable("f / f of the Hopf point", (0.99, 1.01)),
             (VALID, *UNNAMED, replace(TRUE, label=""), HERE), plots.draw_frequency, fits="xy", tight="xy",
             clicks=("d",), value_at=plots.distance_at),
        Plot("wave", "Waveform", Variable("phase", (0.0, 1.0)), Variable("observed", (-1.0, 1.0)),
             (*UNNAMED, replace(TRUE, label="")), plots.draw_wave, fits="y", tight="y"),
        Plot("errors", "Error over distance", Variable("distance", (0.01, 1.0)), Variable("error", (1e-8, 1.0)),
             (Mark("expected", role="theory", label="expected slope"), *ORDERS, Mark("now", role="now")),
             plots.draw_errors, log="xy", fits="x", tight="x"),
        Plot("transient", "Averaged amplitude", Variable("eps t", (0.0, 40.0)), Variable("R", (0.0, 4.0)),
             (Mark("oscillator", role="external", label="oscillator"),
              Mark("averaged", role="theory", label="averaged")),
             plots.draw_transient, fits="y", on_choice=True),
        Plot("shift", "Second-order frequency", Variable("eps", (0.004, 0.25)), Variable("1 - omega", (1e-7, 1.0)),
             (Mark("order 2", role="theory", label="order 2"), Mark("true", "points", "now", "true")),
             plots.draw_shift, log="xy", on_choice=True),
    )
    presets = (
        Preset("Alpha ends", "Below 315.7 Hz the alpha rhythm of the Jansen-Rit model is born, small and nearly sine.",
               expect={"measured": {"Hopf point": 315.696428, "frequency there": 11.163571,
                                    "slope, order 2": (0.9, 1.1), "slope, order 4": (1.9, 2.1),
                                    "order 2 valid to": (19.5, 21.5)}}),
        Preset("Alpha begins", "Above 89.8 Hz the same rhythm begins: the other end of its branch.",
               values={"point": JR_1, "d": 10.0},
               expect={"measured": {"Hopf point": 89.829108, "frequency there": 10.377059,
                                    "slope, order 2": (0.9, 1.1), "order 2 valid to": (13.5, 15.0)}}),
        Preset("Unstable cycles", "A subcritical Hopf point: the cycles are unstable, and the series knows them too.",
               values={"point": JR_0, "error": "frequency"},
               expect={"measured": {"Hopf point": -12.147492, "frequency there": 7.239482,
                                    "slope, order 2": (1.9, 2.1), "slope, order 4": (2.9, 3.1)}}),
        Preset("Deep loop", "The microcircuit oscillates where its deep loop is 3.195 times as strong as usual.",
               values={"point": DEEP, "d": 32.0, "error": "waveform"},
               expect={"measured": {"Hopf point": 3.19497302, "frequency there": 13.726538,
                                    "slope, order 2": (1.4, 1.6), "slope, order 4": (2.4, 2.6)}}),
        Preset("Oscillator", "Current-to-current feedback beyond its inflection: the unstable cycle, and averaging.",
               values={"point": OSCILLATOR, "d": 30.0}, shows=("transient", "shift"),
               expect={"measured": {"Hopf point": 9.524391, "frequency there": 1.0, "slope, order 2": (0.9, 1.1)}}),
        Preset("Oscillator, supercritical", "A low threshold: a small stable rhythm grows from the Hopf point.",
               values={"point": OSCILLATOR, "th": 0.4, "d": 30.0, "error": "waveform"}, shows=("transient", "shift"),
               expect={"measured": {"frequency there": 1.0, "slope, order 2": (1.4, 1.6)}}),
    )
    look_for = ("Everything predicted comes from derivatives at the Hopf point. The square of the amplitude grows "
                "in proportion to the distance, so errors are straight lines in logarithms: each two orders more make "
                "them steeper by one.")
    try_this = ("In Alpha ends, raise d from 16 to 64: order 2 misses the first harmonic by 19 %, order 6 by 2.8 %.",
                "In Alpha ends, choose order 4 instead: the shaded range grows from 20.8 to 57.5 Hz.",
                "In Oscillator, supercritical, raise eps from 0.05 to 0.2: averaged and simulated amplitude part.")
    book_note = ("Not in the book: after Cooray, Rosch and Friston (2023), re-derived; a Lindstedt-Poincare series to "
                 "order 6. The true cycles are found by harmonic balance, which needs no small amplitude.")
    equations = (r"x = x^* + \sum_n \epsilon^n x_n(\omega t)", r"p = p_0 + p_2 \epsilon^2 + p_4 \epsilon^4 + \dots",
                 r"\omega = \omega_0 + \omega_2 \epsilon^2 + \omega_4 \epsilon^4 + \dots",
                 r"p_2 = -\mathrm{Re}\, c_1 / \mu', \quad \omega_2 = \mathrm{Im}\, c_1 + p_2\, \omega'",
                 r"\dot r = \mu r + \mathrm{Re}\, c_1\, r^3 = -dU/dr",
                 r"\omega = 1 - \frac{\epsilon^2}{2 R^2} \sum_{n \ge 2} \frac{n^2 F_n^2}{n^2 - 1}",
                 r"f(R \cos t) = \sum_n F_n \cos n t")

    @staticmethod
    def perform(p, progress):
        return answer_of(p)

    @staticmethod
    def measure(answer, p):
        return plots.measured(answer, p)

    @staticmethod
    def tell(answer, p):
        return plots.sentence(answer, p)
