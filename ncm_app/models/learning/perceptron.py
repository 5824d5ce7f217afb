"""A single layer of weights that learns to read digits (section 4.3)."""

import functools

from ncm_app.core.drawing import Grid
from ncm_app.core.learner import Learner
from ncm_app.core.model import Choice, Count, Preset, Quantity, Upload
from ncm_app.models.learning import _layer as layer
from ncm_app.models.learning._layer_plots import measured
from ncm_app.models.learning._perceptron_plots import LEVELS, PLOTS, SIDE
from ncm_app.readers.archives import MOST_BYTES
from ncm_app.readers.digits import digits
from ncm_app.readers.labelled import ENDINGS, read_labelled
from ncm_app.readers.samples import labelled

UNITS = ["0 to 1", "0 to 255", "standardised", "each standardised"]


@functools.cache
def own_digits():
    """Return the digits that a page begins with."""
    images, labels = digits()
    return labelled("", images.reshape(len(images), -1).astype(float), labels.copy(),
                    tuple(str(digit) for digit in range(10)), picture=images.shape[1:])


class Perceptron(Learner):
    """One layer of weights learns to tell ten digits apart, down the gradient of its loss (Fig 4.3)."""

    chapter, title = "4.3", "Perceptron"

    m = Count(1000, bounds=(20, 5000), softbounds=(20, 1347), group="samples",
              doc="samples to learn from; others are kept for the test")
    units = Choice("standardised", objects=UNITS, group="samples",
                   doc="units of the inputs: a range, or mean and SD of all inputs together or of each one")
    loss = Choice("MSE, logistic", objects=layer.LOSSES, symbol="L", group="layer",
                  doc="loss, and the outputs that it looks at")
    bias = Choice("none", objects=["none", "learned"], group="layer", doc="one more input, which is always 1")
    seed = Count(6, bounds=(0, 9999), group="layer", doc="seed of weights, order and choice of samples")
    eps = Quantity(0.01, bounds=(0, 100), softbounds=(0, 2), step=0.01, symbol=r"\epsilon", group="learning",
                   doc="learning rate")
    batch = Choice("one sample", objects=layer.BATCHES, group="learning", doc="what an update sees")
    n_steps = Count(2000, bounds=(10, 20_000), symbol="n", group="learning", doc="updates until learning ends")
    digit = Grid(SIDE, SIDE, LEVELS, group="drawn", rare=True, doc="a drawn digit, which is classified and not learned")

    rule, only_drawn, counted, stride = ("eps", "batch"), ("digit",), "updates", 1
    plots, pictured = PLOTS, "weights"
    equations = (r"\mathbf{v} = f(W \mathbf{x}),\quad J(W) = \frac{1}{m} \sum_i L(\mathbf{v}^i, \mathbf{y}^i),\quad "
                 r"\Delta W = -\epsilon \nabla_W J",)
    reads = Upload(read_labelled, lambda data: "Fig 4.3" if data.picture else "Your own samples", "", ENDINGS,
                   MOST_BYTES,
                   "Your own samples: the book's .npz (X, Y, XTest, YTest), or a .csv or .tsv of numbers with a column "
                   "named label. They stay in this page and are forgotten when you close it.", data=True)
    presets = (
        Preset("Fig 4.3", "Sample after sample, weights become pictures of what speaks for each digit.",
               expect={"measured": {"guessed right": (89.0, 93.0), "guessed right in the test": (87.0, 94.0)}}),
        Preset("Draft Fig 4.3", "Inputs from 0 to 255 make the outputs saturate, where the gradient vanishes.",
               values={"units": "0 to 255", "eps": 0.001, "batch": "all samples", "n_steps": 200},
               expect={"measured": {"guessed right": (5.0, 45.0)}}),
        Preset("All samples at once", "Each update follows the gradient of the mean loss of all samples.",
               values={"eps": 0.3, "batch": "all samples", "n_steps": 200},
               expect={"measured": {"guessed right": (93.0, 96.0), "guessed right in the test": (92.0, 97.0)}}),
        Preset("Ex 4.3.2", "Softmax and cross-entropy: classes compete, and the loss has one minimum.",
               values={"loss": "cross-entropy, softmax", "eps": 0.2, "batch": "all samples", "n_steps": 200},
               expect={"measured": {"guessed right": (96.0, 98.0), "guessed right in the test": (94.5, 98.0)}}),
        Preset("A rate too high", "With outputs W x and a rate above 2 / λ the error grows with each update.",
               values={"loss": "MSE, linear", "eps": 0.08, "batch": "all samples", "n_steps": 200},
               expect={"measured": {"loss": (1e6, 1e7)}}),
        Preset("Few samples", "Twenty digits are learned by heart, and others are guessed badly.",
               values={"m": 20, "loss": "cross-entropy, softmax", "eps": 0.2, "batch": "all samples", "n_steps": 200},
               expect={"measured": {"guessed right": (99.9, 100.0), "guessed right in the test": (60.0, 85.0)}}),
        Preset("Your own samples", "Each input in units of its own SD, with a bias: a start for any table.",
               values={"units": "each standardised", "loss": "cross-entropy, softmax", "bias": "learned", "eps": 0.2,
                       "batch": "all samples", "n_steps": 200},
               expect={"measured": {"guessed right": (96.0, 99.0), "guessed right in the test": (94.0, 98.0)}}),
    )
    look_for = ("Each update moves the weights down the gradient of the loss: with squared errors of logistic outputs, "
                "by the delta rule, a weight grows where its class was guessed too little and its pixel was bright. "
                "Red pixels speak for a digit, blue ones against it. Up to a rate of 2 / λ, λ being the largest "
                "curvature of the loss, no update of all samples raises it; far above, outputs saturate or grow.")
    try_this = ("In Draft Fig 4.3, choose units 0 to 1 and raise eps to 1: outputs are in reach of the gradient, and "
                "93 % are guessed right.",
                "In A rate too high, lower eps from 0.08 to 0.06, below 2 / λ = 0.0631: the loss falls.",
                "In Few samples, raise m from 20 to 100 and to 1000: 72, 91 and 95.5 % of the test are guessed right.",
                "Draw a digit with the mouse, small, large or aside: it is read with the present weights.")
    book_note = ("The draft's figure learns from bytes, all at once, and ends at 31 % right; the later version "
                 "standardises them, learns from one at a time, and ends at 90 % (79 % of the test). These numbers are "
                 "for digits of 28 x 28 pixels, which come with the book's file; the page's own have 8 x 8. Fig 4.3B "
                 "shows the activation function, not the loss; that of Ex 4.3.2 is minus the logarithm of the softmax.")

    @staticmethod
    def own_data(p):
        return own_digits()

    @staticmethod
    def last_step(p):
        return p.n_steps

    @staticmethod
    def begin(p, data):
        return layer.begin(task(p, data), p.seed)

    @staticmethod
    def advance(state, p, data, n):
        return layer.advance(state, p, task(p, data), n)

    @staticmethod
    def look(state, p, data):
        return layer.look(state, p, task(p, data))

    @staticmethod
    def measure(answer, p):
        return measured(answer, p)

    @staticmethod
    def tell(answer, p):
        return layer.told(answer, p, "samples" if answer.source else "digits")


def task(p, data):
    """Return the samples that the controls describe, made ready."""
    return layer.task_of(data, p.m, p.units, p.bias == 1, p.seed)
