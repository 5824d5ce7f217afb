"""Examples that a network learns from: made, clicked or read from a file; and the plane that they are drawn in."""

from __future__ import annotations

import functools
import weakref
from dataclasses import dataclass
from typing import Any

import numpy as np

from ncm_app.numerics.learning import plane_tasks
from ncm_app.numerics.results.base import Array
from ncm_app.readers.digits import digits
from ncm_app.readers.samples import LabelledData, Labels

MOST_TRAINING = 1200
"""Of the 1797 digits, so that many are left for the test."""
TESTED = 4
"""Of a file without a test, every so manieth sample is kept for one."""
SURVEYED = 400
"""Examples from which the plane of the largest components is found."""
MARGIN = 0.08
"""Part of the span of the points by which the plane that is drawn is wider."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Inputs `x` (m, n) as the network takes them, the class (m,) of each, and those kept for the test.

    `shift` and `scale` (n,) tell what the inputs were before: scale x + shift; `classes` are names, `picture` is
    (rows, columns) where an input is a picture. `box` holds the ends of each axis of the plane; () follows the points.
    """

    x: Array
    labels: Labels
    x_test: Array
    labels_test: Labels
    classes: tuple[str, ...]
    shift: Array
    scale: Array
    picture: tuple[int, ...] = ()
    box: tuple[float, ...] = ()
    source: str = ""
    reading: str = ""

    @functools.cached_property
    def plane(self) -> tuple[Array, Array]:
        """Its origin (n,) and two directions (2, n): the plane of two inputs, else that of their largest components."""
        n = self.x.shape[1]
        if n <= 2:
            directions = np.zeros((2, n))
            directions[range(n), range(n)] = 1.0 / self.scale
            return -self.shift / self.scale, directions
        few = self.x[:SURVEYED]
        origin = few.mean(axis=0)
        _, _, directions = np.linalg.svd(few - origin, full_matrices=False)
        largest = np.abs(directions[:2]).argmax(axis=1)
        return origin, np.sign(directions[[0, 1], largest])[:, None] * directions[:2]

    def inputs_at(self, places: Array) -> Array:
        """Return the inputs (k, n) at places (k, 2) of the plane."""
        origin, directions = self.plane
        return np.asarray(origin + places @ directions)

    @functools.cached_property
    def places(self) -> Array:
        """Where the examples lie in the plane (m, 2): those with more than two inputs as they are projected on it."""
        origin, directions = self.plane
        lengths = np.maximum((directions**2).sum(axis=1), 1e-300)
        return np.asarray((self.x - origin) @ (directions / lengths[:, None]).T)

    @functools.cached_property
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Where the plane that is drawn ends, along x and y."""
        if self.box:
            return (self.box[0], self.box[1]), (self.box[0], self.box[1])
        low, high = self.places.min(axis=0), self.places.max(axis=0)
        room = np.where(high > low, MARGIN * (high - low), 1.0)
        return ((low[0] - room[0], high[0] + room[0]), (low[1] - room[1], high[1] + room[1]))


@functools.lru_cache(8)
def in_plane(task: str, m: int, noise: float, turns: float, seed: int, clicked: bytes) -> Examples:
    """Return the examples of a task in the plane, as many again for the test; what was clicked comes before them.

    `task` is a key of PLANE_TASKS, another is only what was `clicked`: float64 rows x, y, class as bytes.
    """
    own = np.frombuffer(clicked).reshape(-1, 3)
    x, labels = own[:, :2], own[:, 2].astype(np.int64)
    x_test, labels_test = np.empty((0, 2)), np.empty(0, dtype=np.int64)
    if task in plane_tasks.PLANE_TASKS:
        made, classes = plane_tasks.points(task, 0, m, noise, turns, seed)
        x, labels = np.concatenate([x, made]), np.concatenate([labels, classes])
        x_test, labels_test = plane_tasks.points(task, m, 2 * m, noise, turns, seed)
    names = tuple(map(str, range(max(2, int(labels.max(initial=0)) + 1))))
    return Examples(np.ascontiguousarray(x), labels, x_test, labels_test, names, np.zeros(2), np.ones(2),
                    box=(-plane_tasks.BOX, plane_tasks.BOX))


@functools.lru_cache(4)
def of_digits(m: int) -> Examples:
    """Return the first m digits, and the last 597 for the test, in units of the spread of all pixels."""
    images, labels = digits()
    flat = images.reshape(len(images), -1).astype(float)
    x, shift, scale = standardised(flat[:m], everywhere=True)
    return Examples(x, labels[:m], (flat[MOST_TRAINING:] - shift) / scale, labels[MOST_TRAINING:],
                    tuple(map(str, range(10))), shift, scale, picture=images.shape[1:])


def standardised(X: Array, everywhere: bool) -> tuple[Array, Array, Array]:
    """Return inputs of mean 0 and SD 1, each of itself or all alike `everywhere`, with their shift and scale (n,)."""
    n = X.shape[1]
    shift = np.full(n, X.mean()) if everywhere else X.mean(axis=0)
    scale = np.full(n, X.std()) if everywhere else X.std(axis=0)
    scale = np.where(scale > 0.0, scale, 1.0)
    return (X - shift) / scale, shift, scale


_of_files: weakref.WeakKeyDictionary[LabelledData, Examples] = weakref.WeakKeyDictionary()


def of_file(data: LabelledData) -> Examples:
    """Return what a file holds, made ready once and forgotten with the file."""
    if data not in _of_files:
        _of_files[data] = _made_ready(data)
    return _of_files[data]


def _made_ready(data: LabelledData) -> Examples:
    """Return what a file holds: pixels alike, other inputs each in units of its own spread; a part is the test."""
    kept = np.zeros(len(data.X), dtype=bool)
    if not len(data.X_test):
        kept[TESTED - 1::TESTED] = True
    x, shift, scale = standardised(data.X[~kept].astype(float), everywhere=bool(data.picture))
    test, labels_test = (data.X_test, data.labels_test) if len(data.X_test) else (data.X[kept], data.labels[kept])
    return Examples(x, data.labels[~kept], (test - shift) / scale, labels_test, data.classes, shift, scale,
                    data.picture, (), data.source, data.reading)


def examples_of(p: Any, task: str, data: LabelledData | None) -> Examples:
    """Return the examples of a task by its name, with what was clicked, or those of a file."""
    if data is not None:
        return of_file(data)
    if task == "digits":
        return of_digits(p.m)
    return in_plane(task, p.m, p.sigma_x, p.turns, p.seed_x, np.ascontiguousarray(p.points, dtype=float).tobytes())
