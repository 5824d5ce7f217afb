"""What a population of neurons says of a stimulus, and how it is read (Exercise 4.3.1, section B.5)."""

import functools

from ncm_app.core.learner import Learner
from ncm_app.core.model import Choice, Count, Preset, Quantity, Upload
from ncm_app.models.learning import _layer as layer
from ncm_app.models.learning import _layer_plots
from ncm_app.models.learning._decoding_plots import PLOTS, angles_of, measured, tuning_of
from ncm_app.numerics.learning.population import counts
from ncm_app.numerics.learning.samples import EACH, SPREAD, STORED
from ncm_app.readers.archives import MOST_BYTES
from ncm_app.readers.labelled import ENDINGS, read_labelled
from ncm_app.readers.samples import labelled

UNITS = {"counts": STORED, "each standardised": EACH, "standardised": SPREAD}
TESTED = 600  # trials that the app makes for the test
OWN = ("N", "k", "r_max", "r_0", "width", "direction", "sigma_g", "T")  # controls of the neurons that the app makes


@functools.lru_cache(8)
def own_counts(tuning, k, N, m, seed):
    """Return m trials that the app makes, and others for the test."""
    angles = angles_of(k)
    X, shown = counts(tuning, angles, N, m + TESTED, seed)
    return labelled("", X[:m].copy(), shown[:m].copy(), tuple(f"{angle:g}" for angle in angles),
                    (X[m:].copy(), shown[m:].copy()))


def task(p, data):
    """Return the trials that the controls describe, made ready."""
    return layer.task_of(data, p.m, list(UNITS.values())[p.units], p.bias == 1, p.seed)


class Decoding(Learner):
    """A layer of weights learns to read an orientation from the spike counts of a population (Exercise 4.3.1)."""

    chapter, title = "B.5", "Decoding a population"

    N = Count(112, bounds=(2, 300), group="population", doc="number of neurons")
    k = Count(12, bounds=(2, 24), group="population", doc="number of orientations")
    m = Count(1000, bounds=(100, 5000), softbounds=(100, 2000), group="population", doc="trials to learn from")
    r_max = Quantity(15.0, bounds=(1, 60), step=1, unit="Hz", group="population", doc="height of a tuning curve")
    r_0 = Quantity(2.0, bounds=(1, 20), step=0.5, unit="Hz", group="population", doc="rate beside it")
    width = Quantity(22.0, bounds=(5, 90), step=1, unit="deg", symbol=r"\sigma", group="population",
                     doc="width of a tuning curve, SD")
    direction = Quantity(0.3, bounds=(0, 1), step=0.05, symbol="d", group="population",
                         doc="by how much less a neuron answers to the opposite direction")
    sigma_g = Quantity(0.2, bounds=(0, 0.6), step=0.05, group="population", doc="SD of the gain that neurons share")
    T = Quantity(500.0, bounds=(200, 1000), step=50, unit="ms", group="population", doc="time of counting")
    units = Choice("counts", objects=list(UNITS), group="layer", doc="units of the inputs")
    loss = Choice("cross-entropy, softmax", objects=layer.LOSSES, symbol="L", group="layer",
                  doc="loss, and the outputs that it looks at")
    bias = Choice("none", objects=["none", "learned"], group="layer", doc="one more input, which is always 1")
    seed = Count(1, bounds=(0, 9999), group="layer", doc="seed of trials, weights and order")
    eps = Quantity(0.01, bounds=(0, 10), softbounds=(0, 0.5), step=0.002, symbol=r"\epsilon", group="learning",
                   doc="learning rate")
    batch = Choice("all samples", objects=layer.BATCHES, group="learning", doc="what an update sees")
    n_steps = Count(500, bounds=(10, 5000), symbol="n", group="learning", doc="updates until learning ends")
    neuron_1 = Count(1, bounds=(1, 300), symbol="a", group="two neurons", doc="first of the two neurons")
    neuron_2 = Count(4, bounds=(1, 300), symbol="b", group="two neurons", doc="second of the two neurons")
    theta_1 = Quantity(120.0, bounds=(0, 360), step=5, unit="deg", group="two neurons", doc="first orientation")
    theta_2 = Quantity(150.0, bounds=(0, 360), step=5, unit="deg", group="two neurons", doc="second orientation")

    rule, counted, stride = ("eps", "batch"), "updates", 1
    only_drawn = ("neuron_1", "neuron_2", "theta_1", "theta_2")
    plots, pictured = PLOTS, "neurons"
    equations = (r"\mathbf{v} = f(W \mathbf{x}),\quad \Delta W = -\epsilon \nabla_W J",
                 r"\mathbf{w} = S^{-1} (\boldsymbol{\mu}_2 - \boldsymbol{\mu}_1),\quad S = \tfrac{1}{2} (S_1 + S_2)")
    reads = Upload(read_labelled, lambda data: "Ex 4.3.1" if len(data.classes) > 2 else "Two neurons", "", ENDINGS,
                   MOST_BYTES,
                   "Your own counts: the book's .npz (x, y, xTest, yTest, or SpikeCounts with TwoOrs), or a .csv with "
                   "a column named label. They stay in this page and are forgotten when you close it.", data=True)
    presets = (
        Preset("Ex 4.3.1", "Cross-entropy: the layer reads twelve orientations nearly as well as can be.",
               expect={"measured": {"told apart by Fisher": (75.0, 100.0)}}),
        Preset("Ex 4.3.1, delta rule", "The delta rule of Fig 4.3 on raw counts: slower, and not as far.",
               values={"loss": "MSE, logistic"}, expect={"measured": {"told apart by Fisher": (75.0, 100.0)}}),
        Preset("Few neurons", "Few neurons leave gaps: opposite directions are taken for each other.",
               values={"N": 8, "eps": 0.02}, expect={"measured": {"told apart by Fisher": (75.0, 100.0)}}),
        Preset("A shared gain", "Neurons that share a gain: Fisher's line turns with the noise, the other does not.",
               values={"sigma_g": 0.6, "neuron_2": 5, "T": 1000.0, "r_max": 30.0, "eps": 0.002},
               expect={"measured": {"told apart by Fisher": (70.0, 100.0)}}),
        Preset("Two neurons", "Two neurons, three orientations: a start for the two-neuron file of section B.5.",
               values={"k": 3, "N": 2, "neuron_2": 2, "theta_2": 240.0, "bias": "learned", "eps": 0.5,
                       "units": "each standardised"},
               expect={"measured": {"guessed right": (85.0, 97.0)}}),
    )
    look_for = ("Each trial shows one orientation, and a layer learns to tell which from all neurons' counts; with "
                "cross-entropy it comes near the ideal observer, who knows their tuning curves. Two neurons tell two "
                "orientations apart by a line: one across the difference of the means ignores that their noise is "
                "correlated, Fisher's turns with it and is right more often.")
    try_this = ("In Ex 4.3.1, lower N from 112 to 8: of the test 97.8 and then 64.5 % are guessed right.",
                "In Ex 4.3.1, delta rule, raise eps from 0.01 to 1: outputs saturate, and nothing is learned.",
                "In A shared gain, lower sigma_g from 0.6 to 0: noise is no longer correlated, and the lines are "
                "nearly one.",
                "Open the book's counts of 112 neurons: with cross-entropy, 98 or more of 100 trials are told right.")
    book_note = ("The exercise has no solution in the book. With its recorded neurons, cross-entropy on raw counts "
                 "guesses 98 to 100 of the 100 trials of the test, the delta rule 79 to 99, as the start weights fall. "
                 "Of two neurons, 78 and 66 % of the trials are told apart by one alone, 81 by the means, 84 by "
                 "Fisher's line: of the trials that the lines were fitted to.")

    @staticmethod
    def own_data(p):
        return own_counts(tuning_of(p), p.k, p.N, p.m, p.seed)

    @staticmethod
    def last_step(p):
        return p.n_steps

    @staticmethod
    def begin(p, data):
        ready = task(p, data)
        n = ready.samples.X.shape[1] - ready.bias
        return layer.begin(ready, p.seed, tuple(2**j for j in range(12) if 2**j < n))

    @staticmethod
    def advance(state, p, data, n):
        return layer.advance(state, p, task(p, data), n)

    @staticmethod
    def look(state, p, data):
        return layer.look(state, p, task(p, data))

    @staticmethod
    def measure(answer, p):
        shares = [one for one in _layer_plots.measured(answer, p) if one.unit == "%"]
        return (*shares, *measured(answer, p))

    @staticmethod
    def tell(answer, p):
        return layer.told(answer, p, "trials")

    @staticmethod
    def idle(answer, p):
        return OWN if answer.source else ()
