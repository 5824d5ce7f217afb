"""From data back to what made them (after Cooray, Rosch and Friston)."""

from ncm_app.core.inversion import Inversion as Kind
from ncm_app.core.inversion_plots import PLOTS
from ncm_app.core.model import Choice, Count, Mark, Plot, Preset, Quantity, Upload, Variable
from ncm_app.models.masses import _inversion_dwell as dwell
from ncm_app.models.masses import _inversion_envelope as envelope
from ncm_app.models.masses import _inversion_microcircuit as microcircuit
from ncm_app.models.masses import _inversion_regions as regions
from ncm_app.models.masses import _inversion_rhythm as rhythm
from ncm_app.numerics.inversion.reading import MOST_BYTES, read_inversion_data
from ncm_app.readers.measured import ENDINGS

CASES = (*dwell.CASES, *rhythm.CASES, *regions.CASES, *microcircuit.CASES, *envelope.CASES)
MEASURED = (Mark("errors", role="now"), Mark("measured", "points", "now", "measured"))
FITTED = Mark("fitted", role="excitatory", label="fitted", ghost=True)
SUITED = {dwell.CASES[0].takes: "One strength", rhythm.CASES[0].takes: "Alpha rhythm",
          rhythm.CASES[2].takes: "Deep loop"}


def warm():
    """Compile and compute what every search begins from."""
    for case in (dwell.CASES[0], rhythm.CASES[0], rhythm.CASES[2]):
        case.made(Inversion().snapshot().p)


class Inversion(Kind):
    """Data with a hidden truth, or your own, and which parameters made them: what can be told, and what cannot.

    After Cooray, Rosch and Friston (2023), re-derived.
    """

    chapter, title = "G.6", "Inversion"

    case = Choice(CASES[0].name, objects=[case.name for case in CASES], group="what is inverted",
                  doc="data, and which parameters are estimated from them")
    formula = Choice("exact", objects=["exact", "Kramers"], group="what is inverted",
                     doc="how mean dwell times are computed in the search")
    K = Quantity(1.0, bounds=(0.5, 2), step=0.05, group="truth", doc="strength of the potential")
    b = Quantity(5.0, bounds=(4.5, 5.5), step=0.05, group="truth", doc="shape of the potential")
    p = Quantity(200.0, bounds=(-60, 400), step=1, unit="Hz", group="truth", doc="input to a Jansen-Rit column")
    B = Quantity(22.0, bounds=(15, 30), step=0.1, unit="mV", group="truth", doc="size of an inhibitory potential")
    A = Quantity(3.25, bounds=(2.5, 4.5), step=0.05, unit="mV", group="truth", doc="size of an excitatory potential")
    g = Quantity(3.9, bounds=(2.6, 5.5), step=0.05, group="truth", doc="factor on the deep loop of the microcircuit")
    k = Quantity(0.85, bounds=(0.5, 1.8), step=0.05, group="truth", doc="factor on the time constants of ii and dp")
    sigma = Quantity(0.5, bounds=(0.05, 2), step=0.05, unit="√Hz", group="truth", doc="noise of the column's input")
    hidden = Count(1, bounds=(0, 9999), group="truth", doc="seed of the microcircuit's truth, drawn from the prior")
    n = Count(200, bounds=(20, 2000), softbounds=(20, 500), group="data", doc="dwell times at each level of noise")
    s = Quantity(1.0, bounds=(0.8, 1.5), step=0.05, group="data", doc="lowest of six levels of the noise, 0.1 apart")
    error = Quantity(3.0, bounds=(0.5, 20), step=0.5, unit="%", group="data", doc="SD of measured amplitudes")
    T = Quantity(64.0, bounds=(16, 256), step=8, unit="s", group="data", doc="duration of a recording at rest")
    ramp = Choice("up", objects=["up", "down"], group="data", doc="way of the input through all regions")
    T_ramp = Quantity(384.0, bounds=(96, 1024), step=32, unit="s", group="data", doc="duration of the ramp")
    seed = Count(1, bounds=(0, 9999), group="data", doc="seed of the data's noise")

    cases = CASES
    reads = Upload(read_inversion_data, lambda data: SUITED[type(data)], "case", ENDINGS, MOST_BYTES,
                   "Your own data: .csv, .tsv or .txt with columns s and dwell (a dwell time in each line), or "
                   "quantity, value and sd (lines f in Hz, a1 and a2, or a1 and a3, in mV). They stay in this page and "
                   "are forgotten when you close it.", warm=warm, data=True)
    plots = (
        Plot("dwell", "Dwell times over noise", Variable("s", (0.9, 1.6)), Variable("dwell time", (2.0, 100.0)),
             (FITTED, *MEASURED), dwell.draw_dwell, log="y", fits="xy", tight="xy"),
        Plot("harmonics", "Harmonics", Variable("frequency", (0.0, 50.0), "Hz"),
             Variable("amplitude", (1e-3, 5.0), "mV"), (Mark("fitted", "points", "excitatory", "fitted"), *MEASURED),
             rhythm.draw_harmonics, log="y", fits="xy"),
        Plot("spectrum", "Spectrum", Variable("frequency", (0.0, 45.0), "Hz"),
             Variable("power", (1e-5, 1.0), "mV²/Hz"), (Mark("measured", role="now", label="measured"), FITTED),
             regions.draw_spectrum, log="y", fits="y", tight="y"),
        Plot("envelope", "Envelope of the rhythm", Variable("R", (0.0, 2.0), "mV"), Variable("density", (0.0, 2.0)),
             (Mark("measured", "bars", label="measured"), FITTED), envelope.draw_envelope, fits="xy", tight="xy"),
        Plot("windows", "Input of each window", Variable("time", (0.0, 384.0), "s"),
             Variable("p", (-60.0, 400.0), "Hz"),
             (Mark("density", "heatmap"), Mark("truth", role="theory", label="truth"), Mark("errors", role="now"),
              Mark("lower", "points", "inhibitory", "low rest or spikes"),
              Mark("upper", "points", "excitatory", "rhythm or high rest")), regions.draw_windows, shape="wide",
             fits="x", tight="x", colours=Variable("density / highest", (0.0, 1.0))),
        *PLOTS,
    )
    presets = (
        Preset("One strength", "Mean dwell times at six levels of the noise tell how deep the well is.",
               expect={"measured": {"K": (0.95, 1.05), "chi2": (0.5, 15.0)}, "told": "the model fits"}),
        Preset("Four connections", "Four self-connections make the depth together: the data tell one number.",
               values={"case": dwell.PARTS},
               expect={"measured": {"K": (0.95, 1.05), "information 1": (500.0, 1200.0), "information 2": (0.0, 1e-6)},
                       "told": "the data tell g_1 to g_4 only through their weighted sum"}),
        Preset("Strength and shape", "A deeper well or another shape: nearly the same dwell times.",
               values={"case": dwell.SHAPE}, expect={"measured": {"K": (0.5, 1.5), "b": (4.7, 5.3)},
                                                     "told": "the data tell K and b hardly apart"}),
        Preset("A wrong formula", "Kramers' formula is too short for a shallow well, and is found out.",
               values={"formula": "Kramers"}, expect={"measured": {"K": (1.05, 1.14), "chi2": (15.0, 60.0)},
                                                      "told": "no parameters of this model make these data"}),
        Preset("Alpha rhythm", "Frequency and two harmonics of an EEG: three numbers, three parameters.",
               values={"case": rhythm.ALL}, expect={"measured": {"information 3": (0.05, 1.0)},
                                                    "told": "p, B and A only through 2 combinations of them"}),
        Preset("Alpha rhythm, input alone", "With both sizes of potentials known, the input is told well.",
               values={"case": rhythm.ALONE}, expect={"measured": {"p": (190.0, 210.0)}, "told": "the model fits"}),
        Preset("Deep loop", "Frequency and two harmonics tell gain and speed of the microcircuit's deep loop.",
               values={"case": rhythm.MICROCIRCUIT}, expect={"measured": {"g": (3.8, 4.0), "k": (0.83, 0.87)},
                                                             "told": "the model fits"}),
        Preset("Rest near a Hopf point", "The spectrum of a noisy rest tells how far the rhythm is.",
               values={"case": regions.REST, "p": 340.0, "sigma": 0.1},
               expect={"measured": {"p": (333.0, 347.0), "sigma": (0.095, 0.105)}, "told": "the model fits"}),
        Preset("Deep in the low rest", "Far from all change spectra are alike: a bound is all that is told.",
               values={"case": regions.REST, "p": 20.0}, expect={"told": "no more of p than that it lies between"}),
        Preset("Rest, B unknown", "With the size of inhibitory potentials unknown too, both trade off.",
               values={"case": regions.REST_B, "p": 105.0}, expect={"measured": {"B": (16.0, 30.0)}}),
        Preset("Microcircuit at rest", "A spectrum of the LFP against priors as in dynamic causal modelling: some of "
               "the logarithms of factors are told, others are the prior's.",
               values={"case": microcircuit.MICROCIRCUIT}, expect={"told": "hardly at all"}),
        Preset("Below the Hopf point", "The envelope of a noisy rhythm tells input and noise where linear theory ends.",
               values={"case": envelope.ACROSS, "p": 305.0},
               expect={"measured": {"p": (295.0, 315.0), "sigma": (0.45, 0.55)}}),
        Preset("Beyond the Hopf point", "The same model of the envelope, where the fixed point is stable.",
               values={"case": envelope.ACROSS, "p": 322.0},
               expect={"measured": {"p": (306.0, 338.0), "sigma": (0.44, 0.56)}}),
        Preset("Along a ramp", "Through all regions of the diagram: each window of 8 s tells where it is.",
               values={"case": regions.RAMP, "sigma": 0.5},
               expect={"measured": {"median error": (0.0, 15.0), "within two SDs": (85.0, 100.0)},
                       "told": " low rest, "}),
        Preset("A bad start", "The search begins where the model has no rhythm.",
               values={"case": rhythm.ALL, "begin": -3.0}, expect={"told": "no rhythm found"}),
    )
    look_for = ("Estimates lie within their SDs of the hidden truth, where the data tell it. Each eigenvalue of the "
                "information is what the data say of one direction, in units of the prior: below one the prior says "
                "more, and that direction is not told. A model that cannot have made the data is betrayed by chi2.")
    try_this = (
        "In One strength, raise n from 200 to 800: four times the data, half the SD of K.",
        "In One strength, choose Kramers as the formula: chi2 rises from 5.57 to 33.4, and K is too large, 1.09.",
        "In Along a ramp, choose down instead: alpha goes on where on the way up the low rest was.",
        "In A bad start, raise begin from -3 to 1: the search finds the rhythm, and the truth.",
    )
    book_note = ("Not in the book: after Cooray, Rosch and Friston (2023), re-derived from their abstract and public "
                 "code. They invert dwell times for the connectivities; what they stored of it has an information of "
                 "rank one, so that one number is recovered: the weighted sum K. Priors are Gaussian: K 1 ± 0.5, "
                 "b 5 ± 0.5, each g_i 0 ± 0.71, p 220 ± 60 Hz, B 22 ± 2 mV, A 3.25 ± 0.2 mV, g 4 ± 0.5, "
                 "k 1 ± 0.15. A measured frequency has an SD of 0.05 Hz. SciPy's least squares does the search.")
    equations = (r"-2 \ln P(\theta | y) = \sum_i r_i^2 + \sum_j (\theta_j - \mu_j)^2 / \sigma_j^2",
                 r"C = \sigma\, (J^T J + 1)^{-1} \sigma, \quad J_{ij} = \sigma_j\, \partial r_i / \partial \theta_j",
                 r"U'(R) = K R\, (4 - b R^2 + R^4), \quad K = \tfrac1{10} \sum_{i=1}^4 i\, e^{g_i}",
                 r"r_i = \ln(T_i / T(K, b, s_i)) \sqrt{n}")
