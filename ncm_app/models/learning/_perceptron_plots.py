"""What a perceptron shows of samples that are pictures: its weights, its mistakes, and the digit that is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.core.model import Mark, Plot, Variable
from ncm_app.models.learning._layer import Answer, Task
from ncm_app.models.learning._layer_plots import COURSE, Drawing, confused, named, tiled
from ncm_app.numerics.learning.perceptron import probabilities
from ncm_app.numerics.results.base import Array

SIDE, LEVELS = 8, 17
"""Pixels along a side of what can be drawn, and levels of ink."""

MOST_TILES, MISTAKES, ACROSS = 10, 15, 5
"""Pictures of weights at most, side by side; of mistakes at most, and how many of them side by side."""


def weights(answer: Answer, p: Any) -> Drawing:
    """Draw the weights onto each class: as pictures where inputs are one, else a row for each."""
    W, task = np.where(np.isfinite(answer.weights[-1]), answer.weights[-1], np.nan), answer.task
    W = W[:, :-1] if task.bias else W
    if not task.picture:
        k, n = W.shape
        return {"strengths": (np.arange(n + 1) - 0.5, np.arange(k + 1) - 0.5, W)}
    values, middle, top = tiled(W[:MOST_TILES].reshape(-1, *task.picture), MOST_TILES, room(task))
    return {"strengths": values, "names": (middle, top + 0.5 * room(task), list(task.classes[:MOST_TILES]))}


def room(task: Task) -> int:
    """Return how many pixels there are between two pictures, where words stand."""
    return -(-task.picture[0] // 3)


def mistakes(answer: Answer, p: Any) -> Drawing:
    """Draw the first samples of the test that are taken for another class; above each, which it is and is taken for."""
    task = answer.task
    wrong = np.flatnonzero(answer.guesses != task.samples.labels_test)[:MISTAKES]
    if not task.picture or not len(wrong):
        return {"names": ([26.0], [15.0], ["no mistake" if task.picture else "samples are no pictures"])}
    pictures = task.samples.X_test[wrong, :np.prod(task.picture)].reshape(-1, *task.picture)
    values, middle, top = tiled(pictures, ACROSS, room(task))
    words = [f"{task.classes[task.samples.labels_test[k]]}, not {task.classes[answer.guesses[k]]}" for k in wrong]
    return {"pictures": values, "names": (middle, top + 0.5 * room(task), words)}


def resized(picture: Array, rows: int, columns: int) -> Array:
    """Return a picture of another size (rows, columns), between whose pixels it is as between those it had."""
    def places(new: int, old: int) -> Array:
        return np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0.0, old - 1.0)

    down, across = places(rows, picture.shape[0]), places(columns, picture.shape[1])
    along = np.array([np.interp(across, np.arange(picture.shape[1]), row) for row in picture])
    return np.array([np.interp(down, np.arange(picture.shape[0]), column) for column in along.T]).T


def shown_sample(task: Task, p: Any) -> tuple[Array, Array, str]:
    """Return the picture that is shown, 0 to 16, the inputs (1, n) that it is to the layer, and a word on it.

    It is the one that is drawn, and where none is the first of the test.
    """
    if not len(p.digit):
        pixels = int(np.prod(task.picture))
        x = task.samples.X_test[:1]
        picture = x[0, :pixels].reshape(task.picture).astype(float)
        low, high = picture.min(), picture.max()
        return ((LEVELS - 1) * (picture - low) / (high - low if high > low else 1.0), x,
                f"a {task.classes[task.samples.labels_test[0]]} of the test; draw your own")
    drawn = np.asarray(p.digit, dtype=float)
    inputs = resized(drawn, *task.picture) * task.top / (LEVELS - 1)
    return drawn, task.ready(inputs.reshape(1, -1)), ""


def drawn(answer: Answer, p: Any) -> Drawing:
    """Draw the picture that a user draws."""
    if not answer.task.picture:
        return {"word": ([0.5 * SIDE], [0.5 * SIDE], ["samples are no pictures"])}
    picture, _, _ = shown_sample(answer.task, p)
    rows, columns = picture.shape
    return {"ink": (np.linspace(0.0, SIDE, columns + 1), np.linspace(0.0, SIDE, rows + 1), picture[::-1])}


def outputs(answer: Answer, p: Any) -> Drawing:
    """Draw what the layer says of the picture: the probability, or the output, of each class."""
    if not answer.task.picture:
        return {}
    _, x, word = shown_sample(answer.task, p)
    said = probabilities(x.astype(float) @ answer.weights[-1].T.astype(float), p.loss)[0]
    if not np.isfinite(said).all():
        return {}
    k, best, names = len(said), int(said.argmax()), named(answer.task)
    found: Drawing = {"others": (np.arange(k + 1) - 0.5, np.where(np.arange(k) == best, 0.0, said)),
                      "guess": (np.array([best - 0.5, best + 0.5]), said[best:best + 1]),
                      "word": ([0.5 * (k - 1)], [1.08], [word or f"taken for {answer.task.classes[best]}"])}
    return found | ({"names": (np.arange(k), np.full(k, -0.06), names)} if names else {})


PLOTS = (
    *COURSE,
    Plot("digit", "A digit", Variable("x", (0.0, SIDE)), Variable("y", (0.0, SIDE)),
         (Mark("ink", "heatmap"), Mark("word", "labels")), drawn, clicks=("digit",), aspect="pixels",
         colours=Variable("ink", (0.0, LEVELS - 1.0))),
    Plot("classes", "What it is taken for", Variable("class", (-0.5, 9.5)), Variable("output", (-0.1, 1.15)),
         (Mark("others", "bars", "external"), Mark("guess", "bars"), Mark("names", "labels"), Mark("word", "labels")),
         outputs, fits="xy",
         tight="x"),
    Plot("weights", "Weights onto each class", Variable("pixel", (0.0, 107.0)), Variable("pixel ", (0.0, 11.0)),
         (Mark("strengths", "heatmap"), Mark("names", "labels")), weights, fits="xy", tight="xyc", shape="wide",
         aspect="pixels", colours=Variable("W", (-1.0, 1.0)), centre=0.0),
    confused("class", (-0.5, 9.5)),
    Plot("mistakes", "Taken for another", Variable("pixel", (0.0, 52.0)), Variable("pixel ", (0.0, 30.0)),
         (Mark("pictures", "heatmap"), Mark("names", "labels")), mistakes, fits="xy", tight="xyc", aspect="pixels",
         colours=Variable("input", (0.0, 1.0))),
)
