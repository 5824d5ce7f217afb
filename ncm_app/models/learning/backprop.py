"""Network with one hidden layer: backpropagation, and who gets credit (section B.11) [Lillicrap2016]."""

import math

from ncm_app.core.drawing import Points
from ncm_app.core.learner import Learner
from ncm_app.core.model import Choice, Count, Measure, Preset, Quantity, Upload
from ncm_app.models.learning import _hidden_layer as layer
from ncm_app.models.learning._backprop_plots import PLOTS
from ncm_app.models.learning._examples import MOST_TRAINING, examples_of
from ncm_app.numerics.learning.hidden_layer import FEEDBACK_ALIGNMENT, GRADIENT
from ncm_app.numerics.learning.plane_tasks import BOX, PLANE_TASKS
from ncm_app.readers.archives import MOST_BYTES
from ncm_app.readers.labelled import ENDINGS, read_labelled

TASKS = [*PLANE_TASKS, "clicked points", "digits"]

READ_OFF = ("loss", "accuracy", "loss on test", "accuracy on test")
SPIRALS = {"task": "spirals", "turns": 1.5, "sigma_x": 0.05, "sigma_W": 2.0, "eps": 0.3, "descent": "stochastic",
           "batch": 20, "n_steps": 3000}
DIGITS = {"task": "digits", "m": 600, "N_1": 20, "eps": 0.1, "descent": "stochastic", "batch": 20, "n_steps": 600}


def suits(data):
    """Return the preset that shows a file well."""
    return "Two moons" if data.X.shape[1] <= 2 else "Digits"


class Backprop(Learner):
    """One hidden layer learns to tell classes apart: errors go back through the weights, or through random ones."""

    chapter, title = "B.11", "Backpropagation"

    task = Choice("two moons", objects=TASKS, group="task", doc="what is to be told apart")
    m = Count(200, bounds=(4, MOST_TRAINING), group="task", doc="number of training examples")
    sigma_x = Quantity(0.2, bounds=(0, 1), step=0.01, group="task", doc="noise of the points, SD")
    turns = Quantity(1.0, bounds=(0.25, 2), step=0.05, group="task", doc="turns of each spiral")
    seed_x = Count(1, bounds=(0, 9999), group="task", rare=True, symbol=r"\mathrm{seed}_x", doc="seed of the points")
    points = Points(60, "label", (-BOX, BOX), group="task", doc="points that you click into the plane of a task")
    label = Choice("1", objects=[str(k) for k in range(10)], group="task", symbol=r"\mathrm{class}",
                   doc="class of the next point, and of the chances drawn")
    N_1 = Count(10, bounds=(0, 100), group="network", doc="number of hidden units; 0: inputs drive the outputs")
    f = Choice("tanh", objects=["tanh", "relu", "logistic"], group="network", doc="activation function")
    loss = Choice("cross-entropy", objects=["cross-entropy", "MSE"], group="network", symbol="L",
                  doc="loss: of softmax outputs, or of logistic ones")
    sigma_W = Quantity(1.0, bounds=(0, 4), step=0.1, group="network",
                       doc="SD of the start weights, times the root of a unit's inputs")
    seed = Count(1, bounds=(0, 9999), group="network", doc="seed of the weights and of the order of examples")
    credit = Choice("gradient", objects=["gradient", "feedback alignment", "output layer only"], group="learning",
                    doc="how the hidden layer is told its part in an error")
    eps = Quantity(0.5, bounds=(0, 100), softbounds=(0, 5), step=0.01, symbol=r"\epsilon", group="learning",
                   doc="learning rate")
    descent = Choice("full batch", objects=["full batch", "stochastic"], group="learning",
                     doc="whether a step sees all examples or a few")
    batch = Count(10, bounds=(1, 200), group="learning", doc="examples of a stochastic step, drawn at random")
    n_steps = Count(1000, bounds=(10, 20_000), group="learning", symbol=r"n_\mathrm{steps}",
                    doc="steps until learning ends")

    rule, only_drawn, counted, stride = ("credit", "eps", "descent", "batch"), ("label",), "steps", 1
    idle_unless = {"descent": {"stochastic": ("batch",)}, "task": {"spirals": ("turns",)}}
    reads = Upload(read_labelled, suits, "task", ENDINGS, MOST_BYTES,
                   "Your own examples: .npz with X and Y as in the book, or .csv, .tsv, .txt with numbers and a column "
                   "named label. The file stays in this page and is forgotten when you close it.", data=True)
    plots = PLOTS
    pictured = "plane"
    presets = (
        Preset("Two moons", "Ten hidden units bend the line between two classes until it parts them.",
               values={"n_steps": 600},
               expect={"measured": {"accuracy": (99.0, 100.0), "accuracy on test": (96.0, 99.0)}}),
        Preset("XOR, one layer", "No line parts two corners of a square from the other two: half of the guesses fail.",
               values={"task": "XOR", "N_1": 0, "n_steps": 500}, expect={"measured": {"loss": (0.6931, 0.6932)}}),
        Preset("XOR, hidden layer", "Four hidden units draw lines of their own, and their outputs can be parted.",
               values={"task": "XOR", "N_1": 4, "n_steps": 500},
               expect={"measured": {"accuracy on test": (99.0, 100.0)}}),
        Preset("Spirals, few units", "Four lines are too few to wind around each other.",
               values={**SPIRALS, "N_1": 4}, expect={"measured": {"accuracy on test": (70.0, 92.0)}}),
        Preset("Spirals, many units", "Forty hidden units follow the arms.", values={**SPIRALS, "N_1": 40},
               expect={"measured": {"accuracy on test": (97.0, 100.0)}}),
        Preset("Digits", "Twenty hidden units learn to read digits that they have never seen.",
               values=DIGITS, expect={"measured": {"accuracy on test": (88.0, 93.0)}}),
        Preset("Digits, feedback alignment", "Errors go back through random weights, and the weights forward align "
               "with them.", values={**DIGITS, "credit": "feedback alignment"},
               expect={"measured": {"accuracy on test": (87.0, 93.0), "angle to the gradient": (30.0, 60.0)}}),
        Preset("A rate too high", "Above 2 / lambda_max a step overshoots by more than it mends: the loss runs away.",
               values={"f": "relu", "eps": 20.0, "n_steps": 50}, expect={"told": "the loss ran away"},
               shows=("bound_of_rate",)),
    )
    look_for = ("Each hidden unit draws a line (grey), and the outputs weigh on which side of each a point is: the "
                "guess changes along the black curve. Steps are safe with eps below 2 / lambda_max, lambda_max being "
                "the largest curvature of the loss; above it they overshoot, until a flatter place is found or the "
                "loss runs away. Under feedback alignment errors reach the hidden layer through fixed random weights: "
                "what it is told is about 90° off the gradient at first, and of use once W_2 resembles them.")
    try_this = ("In XOR, hidden layer, set seed to 4: from this start learning ends where 53.5 % are guessed right.",
                "In XOR, one layer, raise eps from 0.5 to 1.8: above 2 / lambda_max = 1.73 the loss no longer settles.",
                "In A rate too high, set f to tanh: the rate is above its bound too, yet the loss finds a flatter "
                "place.",
                "In Digits, feedback alignment, set credit to output layer only: of the digits never seen 80 % are "
                "read, not 91 %.")
    book_note = ("The draft has only the heading of section B.11, and refers to an Appendix E that it does not have. "
                 "The gradient is that of section 4.3 carried one layer further; MSE is half the sum of squares, as in "
                 "Eq. 4.10. Feedback alignment is an answer of 2016 to the question how a brain could do without "
                 "backpropagation, which needs each weight forward on the way back as well.")
    equations = (r"\mathbf{v}^1 = f(W_1 \mathbf{x} + \mathbf{b}_1), \quad \mathbf{z} = W_2 \mathbf{v}^1 + \mathbf{b}_2",
                 r"\Delta W_2 = -\tfrac{\epsilon}{m} \textstyle\sum_i \nabla_{\mathbf{z}} L^i\, [\mathbf{v}^{1,i}]^T",
                 r"\Delta W_1 = -\tfrac{\epsilon}{m} \textstyle\sum_i \boldsymbol{\delta}^i\, [\mathbf{x}^i]^T",
                 r"\boldsymbol{\delta} = (W_2^T\, \nabla_{\mathbf{z}} L) \circ f' \text{ (gradient)}",
                 r"\boldsymbol{\delta} = (B^T\, \nabla_{\mathbf{z}} L) \circ f' \text{ (feedback)}")

    @staticmethod
    def last_step(p):
        return p.n_steps

    @staticmethod
    def begin(p, data):
        return layer.begin(p, examples_of(p, TASKS[p.task], data))

    @staticmethod
    def advance(state, p, data, n):
        return layer.advance(state, p, examples_of(p, TASKS[p.task], data), n)

    @staticmethod
    def look(state, p, data):
        return layer.look(state, p, examples_of(p, TASKS[p.task], data))

    @staticmethod
    def idle(answer, p):
        made, task = answer.source == "", TASKS[p.task]
        placed = made and task in PLANE_TASKS
        return (("m",) * (not made or task == "clicked points") + ("sigma_x", "seed_x") * (not placed)
                + ("turns",) * (not made) + ("points",) * (not made or task == "digits")
                + ("f", "credit") * (p.N_1 == 0))

    @staticmethod
    def measure(answer, p):
        now = answer.now
        found = [Measure(name, now[name], "%" if name.startswith("accuracy") else "1") for name in READ_OFF]
        if p.credit == GRADIENT and math.isfinite(now["bound"]):
            found.append(Measure("eps", p.eps, theory=now["bound"], theory_name="2 / lambda_max"))
        if p.credit == FEEDBACK_ALIGNMENT:
            found.append(Measure("angle to the gradient", now["angle"], "deg"))
        if answer.check is not None:
            found.append(Measure("digits of the gradient confirmed", -math.log10(max(answer.check.error, 1e-16))))
        return tuple(one for one in found if math.isfinite(one.value))

    @staticmethod
    def tell(answer, p):
        if answer.failed:
            return answer.failed
        now = answer.now
        told = f"{now['accuracy']:.0f} % of {len(answer.examples.x)} examples guessed right"
        if math.isfinite(now["accuracy on test"]):
            told += f", {now['accuracy on test']:.0f} % of those never seen"
        if p.credit == GRADIENT and p.eps > now["bound"]:
            told += f"; eps = {p.eps:g} is above 2 / lambda_max = {now['bound']:.3g}: steps overshoot"
        if p.credit == FEEDBACK_ALIGNMENT and math.isfinite(now["angle"]):
            told += f"; the update of the hidden layer is {now['angle']:.0f}° off the gradient"
        return told
