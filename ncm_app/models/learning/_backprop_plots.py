"""What a network with a hidden layer shows: its guesses in the plane, its course, its slopes and weights."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from contourpy import contour_generator

from ncm_app.core.model import Mark, Plot, Variable
from ncm_app.models.learning._hidden_layer import Answer
from ncm_app.numerics.learning.hidden_layer import Shape, outputs, probabilities
from ncm_app.numerics.learning.plane_tasks import BOX
from ncm_app.numerics.results.base import Array

Drawing = dict[str, tuple[Any, ...]]

CELLS = 64
"""Cells of the plane along each axis."""
DRAWN, NAMED = 250, 3
"""Most points that are drawn; from so many classes on, each has its name where its points are."""
LINES = 60
"""Hidden units whose lines are drawn, at most."""
TILES, WIDE = 40, 1.5
"""Hidden units whose weights are drawn as pictures, at most; of these about so many times more across than down."""


def plane(answer: Answer, p: Any) -> Drawing:
    """Draw the chance that the network gives the chosen class, where its guess changes, and the examples."""
    examples = answer.examples
    (left, right), (low, high) = examples.ends
    x, y = (start + (end - start) * (np.arange(CELLS) + 0.5) / CELLS for start, end in ((left, right), (low, high)))
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    found = outputs(*in_the_plane(answer), places)
    chosen = min(p.label, len(examples.classes) - 1)
    drawn: Drawing = {}
    if answer.check is not None:
        chance = probabilities(answer.shape, found)[:, chosen].reshape(CELLS, CELLS)
        drawn = {"chance": (np.linspace(left, right, CELLS + 1), np.linspace(low, high, CELLS + 1), chance),
                 "boundary": boundaries(x, y, found.reshape(CELLS, CELLS, -1))}
        if answer.examples.x.shape[1] == 2 and answer.shape.hidden:
            drawn["units"] = unit_lines(answer)
    at, own = examples.places[:DRAWN], examples.labels[:DRAWN] == chosen
    return drawn | {"own": (at[own, 0], at[own, 1]), "others": (at[~own, 0], at[~own, 1])} | names(answer)


def in_the_plane(answer: Answer) -> tuple[Shape, Array]:
    """Return the network and its weights (size,) as a place in the plane drives it, whatever number its inputs have."""
    origin, directions = answer.examples.plane
    W1, b1, W2, b2 = answer.shape.parts(answer.weights)
    hidden = (directions @ W1, b1 + origin @ W1)
    output = (W2, b2) if answer.shape.hidden else (directions @ W2, b2 + origin @ W2)
    return replace(answer.shape, inputs=2), np.concatenate([part.ravel() for part in (*hidden, *output)])


def boundaries(x: Array, y: Array, found: Array) -> tuple[Any, ...]:
    """Return the lines along which the largest of outputs (m, n, classes) changes, one after the other."""
    lines = []
    for one in range(found.shape[2] if found.shape[2] > 2 else 1):
        lead = found[:, :, one] - np.delete(found, one, axis=2).max(axis=2)
        lines += [np.asarray(line) for line in contour_generator(x, y, lead).lines(0.0)]
    return joined(lines)


def unit_lines(answer: Answer) -> tuple[Any, ...]:
    """Return the lines in the plane along which the input of each hidden unit is 0."""
    W1, b1, _, _ = answer.shape.parts(answer.weights)
    origin, directions = answer.examples.plane
    slopes, starts = directions @ W1, origin @ W1 + b1
    ends = answer.examples.ends
    return joined([clipped(slopes[:, j], float(starts[j]), ends) for j in range(min(W1.shape[1], LINES))])


def clipped(slope: Array, start: float, ends: Any) -> Array:
    """Return the two ends of the line slope . place + start = 0 within a rectangle; none where it lies outside."""
    length = float(slope @ slope)
    if length == 0.0:
        return np.empty((0, 2))
    foot, along = -start / length * slope, np.array([-slope[1], slope[0]]) / math.sqrt(length)
    first, last = -math.inf, math.inf
    for k in range(2):
        if along[k] == 0.0:
            if not ends[k][0] <= foot[k] <= ends[k][1]:
                return np.empty((0, 2))
            continue
        near, far = sorted((end - foot[k]) / along[k] for end in ends[k])
        first, last = max(first, near), min(last, far)
    return np.array([foot + first * along, foot + last * along]) if first < last else np.empty((0, 2))


def joined(lines: list[Array]) -> tuple[Any, ...]:
    """Return lines (k, 2) as x and y, a gap after each."""
    parts = [part for line in lines for part in (line, [[math.nan, math.nan]]) if len(line)]
    found = np.concatenate(parts) if parts else np.empty((0, 2))
    return found[:, 0], found[:, 1]


def names(answer: Answer) -> Drawing:
    """Draw the names of many classes, each in the middle of its points; nothing for few."""
    examples, found = answer.examples, []
    for k, name in enumerate(examples.classes if len(examples.classes) >= NAMED else ()):
        own = examples.places[examples.labels == k]
        if len(own):
            found.append((*np.median(own, axis=0), name))
    return {"names": ([one[0] for one in found], [one[1] for one in found], [one[2] for one in found])} if found else {}


def losses(answer: Answer, p: Any) -> Drawing:
    """Draw the loss over the steps."""
    return {"train": answer.over_steps("loss"), "test": answer.over_steps("loss on test")}


def accuracies(answer: Answer, p: Any) -> Drawing:
    """Draw the share of right guesses over the steps, and that of one who guesses blindly."""
    chance = 100.0 / len(answer.examples.classes)
    return {"train": answer.over_steps("accuracy"), "test": answer.over_steps("accuracy on test"),
            "chance": ([0.0, answer.duration], [chance, chance])}


def rates(answer: Answer, p: Any) -> Drawing:
    """Draw the learning rate, and the bound that the curvature sets it, which holds until it is measured again."""
    steps, bound = answer.over_steps("bound")
    if len(bound) and steps[-1] < answer.step:
        steps, bound = np.append(steps, answer.step), np.append(bound, bound[-1])
    return {"rate": answer.over_steps("rate"), "bound": (steps, bound)}


def alignment(answer: Answer, p: Any) -> Drawing:
    """Draw how far what goes back is from the gradient, and B from the transposed weights: under feedback alignment."""
    steps, found = answer.over_steps("angle")
    if not len(found):
        return {}
    return {"update": (steps, found), "weights": answer.over_steps("angle of weights"),
            "right": ([0.0, answer.duration], [90.0, 90.0])}


def check(answer: Answer, p: Any) -> Drawing:
    """Draw what goes back over what differences say, for some weights of each layer."""
    found = answer.check
    if found is None:
        return {}
    both = np.concatenate([found.update, found.difference])
    low, high = float(both.min()), float(both.max())
    hidden = found.hidden
    return {"equal": ([low, high], [low, high]), "hidden": (found.difference[hidden], found.update[hidden]),
            "output": (found.difference[~hidden], found.update[~hidden])}


def weights(answer: Answer, p: Any) -> Drawing:
    """Draw the weights of each unit that sees pictures as a picture, side by side."""
    if not answer.examples.picture:
        return {}
    W1, _, W2, _ = answer.shape.parts(answer.weights)
    W = (W1 if answer.shape.hidden else W2)[:, :TILES]
    rows, columns = answer.examples.picture
    across = math.ceil(math.sqrt(WIDE * W.shape[1]))
    down = -(-W.shape[1] // across)
    values = np.full((down * (rows + 1) - 1, across * (columns + 1) - 1), np.nan)
    for k in range(W.shape[1]):
        top, left = k // across * (rows + 1), k % across * (columns + 1)
        values[top:top + rows, left:left + columns] = W[:, k].reshape(rows, columns)
    high, wide = values.shape
    return {"values": (np.arange(wide + 1.0), np.arange(high + 1.0), values[::-1])}


STEP, ANGLE = Variable("step", (0.0, 1000.0)), Variable("angle", (0.0, 120.0), unit="deg")
BOTH = (Mark("train", label="training", ghost=True), Mark("test", label="test", ghost=True))
PLOTS = (
    Plot("plane", "Guesses", Variable("x_1", (-BOX, BOX)), Variable("x_2", (-BOX, BOX)),
         (Mark("chance", "heatmap"), Mark("units", role="external"), Mark("boundary", role="now"),
          Mark("own", "points", "excitatory"), Mark("others", "points", "inhibitory"), Mark("names", "labels")),
         plane, tight="xy", aspect="equal",
         colours=Variable("P of the class", (0.0, 1.0)), centre=0.5, clicks=("points",)),
    Plot("loss", "Loss", STEP, Variable("L", (0.0, 1.0)), BOTH, losses, over_time=True, fits="y"),
    Plot("accuracy", "Guesses that are right", STEP, Variable("accuracy", (0.0, 100.0), unit="%"),
         (*BOTH, Mark("chance", role="theory", label="blind")), accuracies, over_time=True),
    Plot("bound_of_rate", "Learning rate and its bound", STEP, Variable("rate", (0.1, 10.0)),
         (Mark("rate", label="eps", ghost=True), Mark("bound", role="theory", label="2 / λₘₐₓ")), rates, over_time=True,
         fits="y", log="y", on_choice=True),
    Plot("alignment", "Angle to the gradient", STEP, ANGLE,
         (Mark("update", label="update", ghost=True), Mark("weights", label="B to W₂ᵀ"),
          Mark("right", role="theory", label="no help")), alignment, over_time=True),
    Plot("weights", "Weights of the hidden units", Variable("column", (0.0, 10.0)), Variable("row", (0.0, 10.0)),
         (Mark("values", "heatmap"),), weights, tight="xyc", colours=Variable("W_1", (-1.0, 1.0)), centre=0.0),
    Plot("check", "Gradient check", Variable("slope by differences", (-0.1, 0.1)), Variable("goes back", (-0.1, 0.1)),
         (Mark("equal", role="theory", label="equal"), Mark("hidden", "points", label="hidden layer"),
          Mark("output", "points", label="output layer")), check, fits="xy", on_choice=True),
)
