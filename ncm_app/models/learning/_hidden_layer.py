"""How a network with a hidden layer learns step by step, and what is known of it at a step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.models.learning._examples import Examples
from ncm_app.numerics.learning.curvature import Curvature, curvature
from ncm_app.numerics.learning.hidden_layer import (
    FEEDBACK_ALIGNMENT,
    GRADIENT,
    SQUARED,
    Rule,
    Shape,
    backward_weights,
    descend,
    differences,
    gradient,
    loss_and_accuracy,
    start_weights,
)
from ncm_app.numerics.results.base import Array, Result

RECORDS, CURVED = 60, 6
"""Records in a run; of these every so manieth holds the curvature too, which costs some tens of gradients."""
RUNAWAY = 100.0
"""A loss that is so many times that of a mere guess has run away."""
FEW = 1e4
"""Times that again for the loss of a few examples: theirs may be high by chance."""
WORK, LEAST = 2_000_000, 100
"""Weights times examples up to which the curvature is measured on all of these; else on fewer, but on so many."""
FLAT = 1e-6
"""Slopes of which none is larger cannot be told by differences, which are rounded."""
CHECKED, CHECKED_ON = 40, 40
"""Weights whose slope is compared with a difference, and examples for that."""

COURSE = ("step", "loss", "accuracy", "loss on test", "accuracy on test", "rate", "bound", "angle", "angle of weights")
"""What is recorded, in this order; NaN for what is not known."""

NOTHING = "there are no points yet: click into the plane to place some"


@dataclass(frozen=True, eq=False)
class Learned:
    """Weights (size,) after `step` steps, the records (r, 9) so far, and the weights of the last of them."""

    step: int
    weights: Array
    course: Array
    recorded: Array
    failed: str = ""


@dataclass(frozen=True, eq=False)
class Check:
    """Slopes (k,) over some weights: what goes back, what differences say; which are of the hidden layer; how far off.

    `error` is the largest gap between the gradient by backpropagation and differences, over the largest slope; NaN
    where all are too small to tell.
    """

    update: Array
    difference: Array
    hidden: NDArray[np.bool_]
    error: float


@dataclass(frozen=True, eq=False)
class Answer(Result):
    """What is known of a network after `step` of `duration` steps; `now` is a record like those of `course`."""

    step: int
    duration: float
    failed: str
    examples: Examples
    shape: Shape
    weights: Array
    course: Array
    now: dict[str, float]
    check: Check | None
    source: str
    reading: str

    def columns(self) -> dict[str, Any]:
        """Return what was recorded, by name."""
        return dict(zip(COURSE, self.course.T, strict=True))

    def over_steps(self, name: str) -> tuple[Array, Array]:
        """Return the steps at which something was recorded, and its values."""
        column = self.course[:, COURSE.index(name)]
        known = np.isfinite(column)
        return self.course[known, 0], column[known]


def shape_of(p: Any, examples: Examples) -> Shape:
    """Return the network that the controls describe, for these examples."""
    return Shape(examples.x.shape[1], p.N_1, len(examples.classes), p.f, p.loss)


def batch_of(p: Any, examples: Examples) -> int:
    """Return how many examples a step takes."""
    return min(p.batch, len(examples.x)) if p.descent else len(examples.x)


def guess(shape: Shape) -> float:
    """Return the loss of a network whose outputs are all alike."""
    return shape.classes / 8.0 if shape.loss == SQUARED else math.log(shape.classes)


def begin(p: Any, examples: Examples) -> Learned:
    """Return the network before its first step."""
    shape = shape_of(p, examples)
    w = start_weights(shape, p.sigma_W, p.seed)
    if not len(examples.x):
        return Learned(0, w, np.empty((0, len(COURSE))), w, NOTHING)
    return Learned(0, w, record(0, w, p, examples, shape, curved=True)[None], w)


def record(step: int, w: Array, p: Any, examples: Examples, shape: Shape, curved: bool) -> Array:
    """Return what is known of weights (9,), the curvature only where that is asked for."""
    loss, right = loss_and_accuracy(shape, w, examples.x, examples.labels)
    loss_test, right_test = loss_and_accuracy(shape, w, examples.x_test, examples.labels_test)
    bound = curvature_of(shape, w, examples).bound if curved else math.nan
    return np.array([step, loss, 100.0 * right, loss_test, 100.0 * right_test, p.eps, bound,
                     *angles(p, shape, w, examples)])


def curvature_of(shape: Shape, w: Array, examples: Examples) -> Curvature:
    """Return the largest curvature of the loss, on as many examples as that takes a moment for."""
    count = max(WORK // shape.size, LEAST)
    return curvature(shape, w, examples.x[:count], examples.labels[:count])


def angles(p: Any, shape: Shape, w: Array, examples: Examples) -> tuple[float, float]:
    """Return the angles between the hidden layer's update and its gradient, and between B and W2 transposed, deg."""
    if p.credit != FEEDBACK_ALIGNMENT or not shape.hidden:
        return math.nan, math.nan
    back = backward_weights(shape, p.seed)
    true, update = (gradient(shape, w, examples.x, examples.labels, one)[1][:shape.first] for one in (None, back))
    return angle(true, update), angle(back.ravel(), shape.parts(w)[2].T.ravel())


def angle(a: Array, b: Array) -> float:
    """Return the angle between two vectors, deg; NaN where one has no length."""
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return math.degrees(math.acos(min(max(float(a @ b) / length, -1.0), 1.0))) if length > 0.0 else math.nan


def advance(state: Learned, p: Any, examples: Examples, n: int) -> Learned:
    """Return the network n steps later, or where its loss ran away."""
    if state.failed:
        return state
    shape, every = shape_of(p, examples), -(-p.n_steps // RECORDS)
    back, most = backward_weights(shape, p.seed), RUNAWAY * guess(shape)
    rule = Rule(p.eps, p.credit, batch_of(p, examples), p.seed)
    step, end, w, course, recorded = state.step, state.step + n, state.weights, [*state.course], state.recorded
    while step < end:
        stop = min(end, (step // every + 1) * every)
        w, step = descend(shape, w, back, examples.x, examples.labels, rule, step, stop,
                          most if rule.batch == len(examples.x) else FEW * most)
        if step == stop and step % every:
            continue
        course.append(record(step, w, p, examples, shape, curved=step % (CURVED * every) == 0))
        if step < stop or not course[-1][1] <= most:
            return Learned(step, w, np.array(course), recorded, runaway(course, p, examples, shape, recorded))
        recorded = w
    return Learned(step, w, np.array(course), recorded)


def runaway(course: list[Array], p: Any, examples: Examples, shape: Shape, recorded: Array) -> str:
    """Return why learning has stopped, with the bound where it was still well."""
    (before, *_), (step, loss, *_) = course[-2:]
    bound = curvature_of(shape, recorded, examples).bound
    over = (f"eps = {p.eps:g} is above 2 / lambda_max = {bound:.3g}" if p.eps > bound else
            f"eps = {p.eps:g} was below 2 / lambda_max = {bound:.3g}, and the loss became more curved from there on")
    return (f"the loss ran away: {loss:.3g} at step {step:.0f}, where a mere guess has {guess(shape):.3g}; at step "
            f"{before:.0f} {over}")


def look(state: Learned, p: Any, examples: Examples) -> Answer:
    """Return all that is shown of a state."""
    shape, w, course = shape_of(p, examples), state.weights, state.course
    now, check = np.full(len(COURSE), math.nan), None
    if len(examples.x):
        now, check = record(state.step, w, p, examples, shape, curved=not state.failed), checked(p, shape, w, examples)
        if state.failed:  # what was measured where it was still well says why
            now[COURSE.index("bound")] = curvature_of(shape, state.recorded, examples).bound
        elif course[-1, 0] < state.step:
            course = np.vstack([course, now])
    return Answer(state.step, float(p.n_steps), state.failed, examples, shape, w, course,
                  dict(zip(COURSE, now.tolist(), strict=True)), check, examples.source, examples.reading)


def checked(p: Any, shape: Shape, w: Array, examples: Examples) -> Check:
    """Return slopes over some weights, by what goes back under the rule and by differences."""
    x, labels = examples.x[:CHECKED_ON], examples.labels[:CHECKED_ON]
    which = np.unique(np.linspace(0, shape.size - 1, CHECKED).round().astype(np.int64))
    true, difference = gradient(shape, w, x, labels)[1], differences(shape, w, x, labels, which)
    back = backward_weights(shape, p.seed) if p.credit == FEEDBACK_ALIGNMENT else None
    update = gradient(shape, w, x, labels, back)[1]
    if p.credit not in (GRADIENT, FEEDBACK_ALIGNMENT):
        update[:shape.first] = 0.0
    largest, off = float(np.abs(difference).max()), float(np.abs(true[which] - difference).max())
    return Check(update[which], difference, which < shape.first, off / largest if largest > FLAT else math.nan)
