"""What a layer shows of its learning, whatever it learns: its course, its mistakes, its weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.core.model import Mark, Measure, Plot, Variable
from ncm_app.models.learning._layer import Answer, Task
from ncm_app.numerics.results.base import Array

Drawing = dict[str, tuple[Any, ...]]

UPDATES = Variable("updates", (0.0, 200.0))

MOST_NAMES, LONGEST, ABREAST = 24, 12, 8
"""Classes up to which each has its name beside a matrix, signs of a name that are shown, and names side by side."""


def losses(answer: Answer, p: Any) -> Drawing:
    """Draw the mean loss over updates."""
    steps = answer.course[0]
    return {"train": (steps, answer.course[1]), "test": _known(steps, answer.course[3])}


def accuracies(answer: Answer, p: Any) -> Drawing:
    """Draw the share of right guesses over updates, and that of one who guesses blindly."""
    steps, chance = answer.course[0], 100.0 / len(answer.task.classes)
    return {"train": (steps, 100.0 * answer.course[2]), "test": _known(steps, 100.0 * answer.course[4]),
            "chance": ([0.0, answer.duration], [chance, chance])}


def _known(steps: Array, values: Array) -> tuple[Array, Array]:
    known = np.isfinite(values)
    return steps[known], values[known]


def confusion(answer: Answer, p: Any) -> Drawing:
    """Draw how many samples of each class in the test are taken for which."""
    k, names = len(answer.task.classes), named(answer.task)
    if not names:
        edges = np.arange(k + 1.0) - 0.5
        return {"counts": (edges, edges, answer.confusion)}
    values = np.full((k + 1, k + 1), np.nan)  # a row and a column of nothing, for the names
    values[1:, 1:] = answer.confusion
    at, below = np.arange(k), np.arange(0, k, -(-k // ABREAST))
    edges = np.arange(-1.0, k + 1.0) - 0.5
    return {"counts": (edges, edges, values),
            "names": (np.concatenate([below, np.full(k, -1.0)]), np.concatenate([np.full(len(below), -1.0), at]),
                      [*(names[j] for j in below), *names])}


def named(task: Task) -> list[str]:
    """Return the names of classes that numbers along an axis do not tell, none where they do or there is no room."""
    told = task.classes == tuple(str(k) for k in range(len(task.classes)))
    return [] if told or len(task.classes) > MOST_NAMES else [name[:LONGEST] for name in task.classes]


def tiled(pictures: Array, across: int, gap: int) -> tuple[tuple[Array, Array, Array], Array, Array]:
    """Return pictures (m, rows, columns) side by side as a heat map, and the middle and top end of each (m,).

    Between them, and above the first row, are `gap` pixels of nothing.
    """
    m, rows, columns = pictures.shape
    values = np.full((-(-m // across) * (rows + gap), min(across, m) * (columns + gap) - gap), np.nan)
    top, left = np.divmod(np.arange(m), across)
    top, left = top * (rows + gap) + gap, left * (columns + gap)
    for picture, y, x in zip(pictures, top.tolist(), left.tolist(), strict=True):
        values[y:y + rows, x:x + columns] = picture
    high, wide = values.shape
    return (np.arange(wide + 1.0), np.arange(high + 1.0), values[::-1]), left + 0.5 * columns, high - top + 0.0


COURSE = (
    Plot("loss", "Loss", UPDATES, Variable("mean loss", (0.0, 1.0)),
         (Mark("train", role="now", label="training", ghost=True), Mark("test", label="test")), losses,
         over_time=True, fits="y"),
    Plot("accuracy", "Right guesses", UPDATES, Variable("guessed right", (0.0, 100.0), unit="%"),
         (Mark("chance", role="external", label="chance"), Mark("train", role="now", label="training", ghost=True),
          Mark("test", label="test")), accuracies, over_time=True),
)


def confused(what: str, span: tuple[float, float]) -> Plot:
    """Return the plot of what is taken for which in the test."""
    axis = Variable(f"true {what}", span)
    return Plot("confusion", "Confusion in the test", axis, Variable(f"guessed {what}", span),
                (Mark("counts", "heatmap"), Mark("names", "labels")), confusion, fits="xy",
                tight="xyc", colours=Variable("samples", (0.0, 80.0)))


def measured(answer: Answer, p: Any) -> tuple[Measure, ...]:
    """Losses and shares of right guesses."""
    _, loss, right, loss_test, right_test = (float(one) for one in answer.now)
    found = [Measure("guessed right", 100.0 * right, "%"), Measure("loss", loss)]
    if np.isfinite(right_test):
        found += [Measure("guessed right in the test", 100.0 * right_test, "%",
                          error=100.0 * _error(right_test, len(answer.outputs_test))),
                  Measure("loss in the test", loss_test)]
    return tuple(found)


def _error(share: float, m: int) -> float:
    """Return the standard error of a share of m samples."""
    return float(np.sqrt(share * (1.0 - share) / m))
