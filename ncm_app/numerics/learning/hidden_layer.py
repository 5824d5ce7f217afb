"""Networks with one hidden layer: their outputs, loss and gradient by backpropagation, and steps down it.

All weights stand in one vector: W1 (inputs, hidden), b1 (hidden,), W2 (hidden, classes), b2 (classes,), each row by
row; without hidden units W2 (inputs, classes) and b2 alone. Examples are the rows of x, their classes whole numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.learning import example_loops as loops
from ncm_app.numerics.learning.example_loops import (
    CROSS_ENTROPY,
    FEEDBACK_ALIGNMENT,
    GRADIENT,
    LOGISTIC,
    OUTPUT_ONLY,
    RELU,
    SQUARED,
    TANH,
)
from ncm_app.numerics.noise import hash_normal
from ncm_app.numerics.results.base import Array

Whole = NDArray[np.int64]

WEIGHTS_1, BIASES_1, WEIGHTS_2, BACKWARD = range(4)
"""Streams of random numbers: start weights, and those of feedback alignment."""

SMALL = 1e-5
"""By how much a weight is moved either way to see how the loss changes: cutting and rounding then do as little."""


@dataclass(frozen=True)
class Shape:
    """Numbers of inputs, hidden units and classes, and which functions the units and the loss are.

    `activation` is TANH, RELU or LOGISTIC; `loss` CROSS_ENTROPY (of softmax outputs) or SQUARED (half the squared
    distance of logistic outputs from 0 and 1, Eq. 4.10).
    """

    inputs: int
    hidden: int
    classes: int
    activation: int = TANH
    loss: int = CROSS_ENTROPY

    @property
    def first(self) -> int:
        """Number of weights and biases of the hidden layer."""
        return (self.inputs + 1) * self.hidden

    @property
    def size(self) -> int:
        """Number of all weights and biases."""
        return self.first + ((self.hidden or self.inputs) + 1) * self.classes

    @property
    def numbers(self) -> tuple[int, int, int, int, int]:
        """The same as compiled code takes it."""
        return self.inputs, self.hidden, self.classes, self.activation, self.loss

    def parts(self, w: Array) -> tuple[Array, Array, Array, Array]:
        """Return W1 (inputs, hidden), b1, W2 (hidden or inputs, classes), b2 as views of a vector (size,)."""
        n, h, c, a = self.inputs, self.hidden, self.classes, self.first
        end = a + (h or n) * c
        return w[:n * h].reshape(n, h), w[n * h:a], w[a:end].reshape(h or n, c), w[end:]


def start_weights(shape: Shape, scale: float, seed: int) -> Array:
    """Return normal weights (size,): their SD is `scale` over the root of a unit's inputs; b2 begins at 0."""
    w = np.zeros(shape.size)
    for part, stream in zip(shape.parts(w), (WEIGHTS_1, BIASES_1, WEIGHTS_2), strict=False):
        fan_in = len(part) if part.ndim == 2 else shape.inputs
        part[:] = scale / math.sqrt(fan_in) * hash_normal(seed, stream, np.arange(part.size)).reshape(part.shape)
    return w


def backward_weights(shape: Shape, seed: int) -> Array:
    """Return random weights (classes, hidden) that carry errors back; their SD is that of W2 at a scale of 1."""
    counter = np.arange(shape.classes * shape.hidden)
    normal = hash_normal(seed, BACKWARD, counter).reshape(shape.classes, shape.hidden)
    return np.asarray(normal / math.sqrt(max(shape.hidden, 1)))


def gradient(shape: Shape, w: Array, x: Array, labels: Whole, back: Array | None = None) -> tuple[float, Array]:
    """Return the mean loss over examples x (m, inputs) with labels (m,), and its slope (size,) over the weights.

    Errors go back through `back` (classes, hidden), if it is given: then what is returned is no gradient, but the
    update of feedback alignment without its sign.
    """
    g, through = np.empty(shape.size), np.empty((shape.classes, shape.hidden))
    if back is None:
        loops.transpose(shape.numbers, w, through)
    loss, _ = loops.gradient(shape.numbers, w, through if back is None else back, x, labels, np.arange(len(x)), True, g)
    return float(loss), g


def loss_and_accuracy(shape: Shape, w: Array, x: Array, labels: Whole) -> tuple[float, float]:
    """Return the mean loss and the share of right guesses over examples; NaN where there are none."""
    if not len(x):
        return math.nan, math.nan
    loss, right = loops.evaluate(shape.numbers, w, x, labels)
    return float(loss), float(right)


def outputs(shape: Shape, w: Array, x: Array) -> Array:
    """Return the inputs (m, classes) of the output units for examples x (m, inputs): the largest is the guess."""
    found = np.empty((len(x), shape.classes))
    loops.outputs(shape.numbers, w, x, found)
    return found


def probabilities(shape: Shape, o: Array) -> Array:
    """Return what the output units say (m, classes): softmax, or each its logistic function."""
    if shape.loss == SQUARED:
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(o, -700.0, 700.0))))
    raised = np.exp(o - o.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def differences(shape: Shape, w: Array, x: Array, labels: Whole, which: Whole) -> Array:
    """Return the slopes of the mean loss over some of the weights (k,), each by a central difference."""
    found = np.empty(len(which))
    for place, index in enumerate(which):
        losses = []
        for step in (SMALL, -SMALL):
            moved = w.copy()
            moved[index] += step
            losses.append(loss_and_accuracy(shape, moved, x, labels)[0])
        found[place] = (losses[0] - losses[1]) / (2.0 * SMALL)
    return found


@dataclass(frozen=True)
class Rule:
    """How a step changes the weights: w -= rate times what goes back, over `batch` examples drawn anew, or all."""

    rate: float
    credit: int
    batch: int
    seed: int


def descend(shape: Shape, w: Array, back: Array, x: Array, labels: Whole, rule: Rule, first: int, last: int,
            most: float) -> tuple[Array, int]:
    """Return new weights after the steps first to last, and `last`, or the step at which the loss was above `most`."""
    new = w.copy()
    done = loops.descend(shape.numbers, new, back, x, labels, rule.rate, rule.credit, rule.batch, rule.seed, first,
                         last, most)
    return new, int(done)


__all__ = ["CROSS_ENTROPY", "FEEDBACK_ALIGNMENT", "GRADIENT", "LOGISTIC", "OUTPUT_ONLY", "RELU", "SQUARED", "TANH",
           "Rule", "Shape", "Whole", "backward_weights", "descend", "differences", "gradient", "loss_and_accuracy",
           "outputs", "probabilities", "start_weights"]
