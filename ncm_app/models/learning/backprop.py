"""Network with one hidden layer: backpropagation and the question of credit (section B.11)."""

import math

from ncm_app.core.drawing import Points
from ncm_app.core.learner import Learner
from ncm_app.core.model import Choice, Count, Measure, Preset, Quantity, Upload
from ncm_app.models.learning import _hidden_layer as layer
from ncm_app.models.learning._backprop_plots import PLOTS
from ncm_app.models.learning._examples import MOST_TRAINING, examples_of
from ncm_app.numerics.learning.hidden_layer import FEEDBACK_ALIGNMENT, GRADIENT
from ncm_app.numerics.learning.plane_tasks import BOX, PLANE_TASKS
from ncm_app.readers.labelled import ENDINGS, read_labelled

TASKS = [*PLANE_TASKS, "clicked points", "digits"]


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
    n_steps = Count(1000, bounds=(10, 20_000), group="learning", doc="steps until learning ends")

    rule, only_drawn, counted, stride = ("credit", "eps", "descent", "batch"), ("label",), "steps", 1
    idle_unless = {"descent": {"stochastic": ("batch",)}, "task": {"spirals": ("turns",)}}
    plots = PLOTS
    pictured = "plane"
    presets = (
        Preset("Two moons", "Ten hidden units bend the line between two classes until it parts them.", expect={}),
        Preset("XOR, one layer", "No line parts the corners of a square from its other corners.",
               values={"task": "XOR", "N_1": 0, "n_steps": 500}, expect={}),
        Preset("XOR, hidden units", "With four hidden units two lines, and more, are to be had.",
               values={"task": "XOR", "N_1": 4, "n_steps": 500}, expect={}),
        Preset("Spirals, few units", "Three lines cannot wind around each other.",
               values={"task": "spirals", "N_1": 3, "eps": 1.0, "sigma_x": 0.05, "sigma_W": 1.5}, expect={}),
        Preset("Spirals, many units", "Forty hidden units follow the arms.",
               values={"task": "spirals", "N_1": 40, "eps": 0.3, "sigma_x": 0.05, "sigma_W": 1.5}, expect={}),
        Preset("Digits", "Twenty hidden units learn to read digits they have never seen.",
               values={"task": "digits", "m": 600, "N_1": 20, "eps": 0.1, "descent": "stochastic", "batch": 20},
               expect={}, shows=("weights",)),
        Preset("Digits, feedback alignment", "Errors go back through random weights, and the others align with them.",
               values={"task": "digits", "m": 600, "N_1": 20, "eps": 0.1, "descent": "stochastic", "batch": 20,
                       "credit": "feedback alignment"}, expect={}, shows=("alignment",)),
        Preset("A rate too high", "A step above 2 / lambda_max overshoots by more than it mends.",
               values={"f": "relu", "eps": 20.0}, expect={}),
    )
    look_for = ("Each hidden unit draws a line.")
    try_this = ()
    book_note = ""
    equations = (r"\mathbf{v}^1 = f(W_1 \mathbf{x} + \mathbf{b}_1), \quad \mathbf{z}^2 = W_2 \mathbf{v}^1 + \mathbf{b}_2",)

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
    def measure(answer, p):
        now = answer.now
        found = [Measure("loss", now["loss"]), Measure("accuracy", now["accuracy"], "%"),
                 Measure("loss on test", now["loss on test"]), Measure("accuracy on test", now["accuracy on test"], "%")]
        if p.credit == GRADIENT and math.isfinite(now["bound"]):
            found.append(Measure("eps", p.eps, theory=now["bound"], theory_name="2 / lambda_max"))
        if p.credit == FEEDBACK_ALIGNMENT:
            found.append(Measure("angle to the gradient", now["angle"], "deg"))
        if answer.check is not None:
            found.append(Measure("gradient off differences", answer.check.error))
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
