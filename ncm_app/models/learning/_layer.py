"""How one layer of weights learns step by step, and what is known of it at a step."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.learning.layer_curvature import Bounds, bounds, gram_eigenvalue
from ncm_app.numerics.learning.perceptron import (
    CURVATURE,
    DELTA,
    LINEAR,
    TOO_LARGE,
    Samples,
    assess,
    descend,
    descend_singly,
    order_of,
    probabilities,
    start_weights,
)
from ncm_app.numerics.learning.samples import Scale, parted, scale_of
from ncm_app.numerics.results.base import Array, Result
from ncm_app.readers.samples import LabelledData

LOSSES = ["MSE, logistic", "cross-entropy, softmax", "MSE, linear"]
"""Losses, in the order of their numbers."""

ALL, SINGLE = range(2)
BATCHES = ["all samples", "one sample"]
"""What an update sees."""

RECORDED = ("step", "loss", "guessed right", "loss in the test", "guessed right in the test")
"""What a record holds."""
RECORDS = 200
"""About how many times in a run the loss is recorded."""

SATURATED = 0.01
"""Slope of a logistic output below which it is called saturated; the largest is 1/4."""

KEPT = 3
"""Ways to make samples ready that are remembered of one file."""


@dataclass(frozen=True, eq=False)
class Task:
    """Samples made ready, and what to call things: see LabelledData. `top` is the largest input as it was in the file.

    `gram` is the largest eigenvalue of X^T X / m, `length` the largest |x|^2 of a sample. `own_test` says that the
    samples of the test are not drawn from the others; `parts` are samples of which the first inputs alone are seen.
    """

    samples: Samples
    scale: Scale
    bias: bool
    classes: tuple[str, ...]
    inputs: tuple[str, ...]
    picture: tuple[int, ...]
    source: str
    reading: str
    notes: tuple[str, ...]
    top: float
    gram: float
    length: float
    own_test: bool
    parts: dict[int, Samples] = field(default_factory=dict)

    def ready(self, X: Array) -> Array:
        """Return inputs (m, n) as they come from a file as they are learned from."""
        return ready(X, self.scale, self.bias)


@dataclass(frozen=True, eq=False)
class Learned:
    """Weights after `step` steps, and the records (5, r): steps, loss, share guessed, and both on the test.

    There is an array (k, n) for each decoder that learns from its first n inputs; records are those of the last.
    """

    step: int
    weights: tuple[Array, ...]
    course: Array
    failed: str = ""


@dataclass(frozen=True, eq=False)
class Answer(Result):
    """What is known of a layer after `step` of `duration` steps: `now` (5,) is a record like those of `course` (5, r).

    `outputs` and `outputs_test` (m, k) are W x of its samples; `others` the share guessed of the test by each decoder
    with fewer inputs. `bounds` are those of the learning rate.
    """

    step: int
    duration: float
    failed: str
    task: Task
    weights: tuple[Array, ...]
    course: Array
    now: Array
    outputs: Array
    outputs_test: Array
    others: tuple[tuple[int, float], ...]
    bounds: Bounds
    source: str
    reading: str

    def __repr__(self) -> str:
        now = ", ".join(f"{name}={value:.6g}" for name, value in zip(RECORDED[1:], self.now[1:], strict=True))
        return f"{type(self).__name__}(step={self.step}, duration={self.duration:g}, {now})"

    def columns(self) -> dict[str, Any]:
        """Return what was recorded, by name."""
        return dict(zip(RECORDED, self.course, strict=True))

    @property
    def saturated(self) -> float:
        """Share of the logistic outputs whose slope v (1 - v) is below SATURATED: they hardly learn."""
        v = probabilities(self.outputs.astype(float), DELTA)
        return float(np.mean(v * (1.0 - v) < SATURATED))

    @property
    def guesses(self) -> NDArray[np.int64]:
        """The class (m,) that each sample of the test is taken for."""
        return np.asarray(self.outputs_test.argmax(axis=1))

    @property
    def confusion(self) -> Array:
        """How many samples of the test of class j are taken for class i: (k, k), rows i."""
        k = len(self.task.classes)
        found = np.zeros((k, k))
        np.add.at(found, (self.guesses, self.task.samples.labels_test), 1.0)
        return found


def ready(X: Array, scale: Scale, bias: bool) -> Array:
    """Return inputs (m, n) in other units, in single precision, and one more that is always 1 where there is a bias."""
    scaled: Array = scale(X)
    if bias:
        scaled = np.hstack([scaled, np.ones((len(X), 1))])
    return scaled.astype(np.float32)  # type: ignore[return-value]  # see numerics.learning.perceptron


_tasks: weakref.WeakKeyDictionary[LabelledData, dict[Any, Task]] = weakref.WeakKeyDictionary()


def task_of(data: LabelledData, m: int, units: int, bias: bool, seed: int) -> Task:
    """Return samples made ready: at most m of them, in some units; what was asked last is remembered with the data."""
    known = _tasks.setdefault(data, {})
    key = m, units, bias, seed
    if key not in known:
        while len(known) >= KEPT:
            known.pop(next(iter(known)), None)
        known[key] = _task(parted(data, m, seed), units, bias, len(data.X_test) > 0)
    return known[key]


def _task(data: LabelledData, units: int, bias: bool, own_test: bool) -> Task:
    scale = scale_of(data.X, units)
    X, X_test = (ready(inputs, scale, bias) for inputs in (data.X, data.X_test))
    # Copies, for a task is kept by its file, which must not be kept by it in turn.
    samples = Samples(X, data.labels.copy(), X_test, data.labels_test.copy(), len(data.classes))
    length = float((X.astype(float) ** 2).sum(axis=1).max())
    return Task(samples, scale, bias, data.classes, data.inputs, data.picture, data.source, data.reading, data.notes,
                float(data.X.max()), gram_eigenvalue(samples), length, own_test)


def begin(task: Task, seed: int, sizes: tuple[int, ...] = ()) -> Learned:
    """Return the layer before its first step, and others that see the first inputs alone: `sizes` of them."""
    whole = start_weights(task.samples, seed)
    return Learned(0, (*(np.ascontiguousarray(whole[:, :n]) for n in sizes), whole), np.empty((5, 0)))


def first_inputs(task: Task, n: int) -> Samples:
    """Return samples of which only the first n inputs are seen."""
    whole = task.samples
    if n == whole.X.shape[1]:
        return whole
    if n not in task.parts:
        X, X_test = (np.ascontiguousarray(X[:, :n]) for X in (whole.X, whole.X_test))
        task.parts[n] = Samples(X, whole.labels, X_test, whole.labels_test, whole.k)
    return task.parts[n]


def advance(state: Learned, p: Any, task: Task, n: int) -> Learned:
    """Return the layer n updates later, or where its loss was too large to be mended."""
    if state.failed:
        return state
    every = max(1, p.n_steps // RECORDS)
    return _all(state, p, task, n, every) if p.batch == ALL else _single(state, p, task, n, every)


def _all(state: Learned, p: Any, task: Task, n: int, every: int) -> Learned:
    steps = np.arange(state.step, state.step + n)
    recorded = steps % every == 0
    W, made, told = descend(state.weights[-1], task.samples, p.loss, p.eps, recorded)
    failed = made < n
    kept = recorded & (steps <= state.step + made)
    course = np.hstack([state.course, np.vstack([steps, told])[:, kept]])
    others = tuple(descend(one, first_inputs(task, one.shape[1]), p.loss, p.eps, np.zeros(made, dtype=bool))[0]
                   for one in state.weights[:-1])
    return Learned(state.step + made, (*others, W), course, _overshot(told[0, made], p, task) if failed else "")


def _single(state: Learned, p: Any, task: Task, n: int, every: int) -> Learned:
    order = order_of(p.seed, state.step, state.step + n, len(task.samples.X))
    step, end, weights, course = state.step, state.step + n, state.weights, [state.course]
    while step < end:
        if step % every == 0:
            record = assess(weights[-1], task.samples, p.loss)[0]
            course.append(np.concatenate([[step], record])[:, None])
            if not record[0] <= TOO_LARGE:
                return Learned(step, weights, np.hstack(course), _overshot(record[0], p, task))
        stop = min(end, (step // every + 1) * every)
        seen = order[step - state.step:stop - state.step]
        weights = tuple(descend_singly(one, first_inputs(task, one.shape[1]), p.loss, p.eps, seen) for one in weights)
        step = stop
    return Learned(step, weights, np.hstack(course))


def _overshot(loss: float, p: Any, task: Task) -> str:
    """Return why learning has stopped: the bound that was crossed, and by what."""
    grew = f"the loss grew to {loss:.2g}" if np.isfinite(loss) else "the loss grew beyond all numbers"
    if p.batch == SINGLE:
        number = CURVATURE[p.loss] * p.eps * task.length
        return f"{grew}: eps |x|² = {number:.3g} for the longest sample, above 2: its updates overshoot"
    bound = 2.0 / (CURVATURE[p.loss] * task.gram)
    return (f"{grew}: eps = {p.eps:g} is above 2 / λ = {bound:.3g}, λ being the largest curvature of the loss, so that "
            "each update overshoots by more than it mends")


def look(state: Learned, p: Any, task: Task) -> Answer:
    """Return all that is shown of a state."""
    found, Z, Z_test = assess(state.weights[-1], task.samples, p.loss)
    now = np.concatenate([[state.step], found])
    others = []
    for W in state.weights[:-1]:
        others.append((W.shape[1], float(assess(W, first_inputs(task, W.shape[1]), p.loss)[0][3])))
    finite = bool(np.isfinite(Z).all())
    limits = bounds(task.samples, Z if finite else np.zeros_like(Z), p.loss, task.gram)
    course = np.hstack([state.course[:, state.course[0] < state.step], now[:, None]])
    return Answer(state.step, float(p.n_steps), state.failed, task, state.weights, course, now, Z, Z_test,
                  tuple(others), limits, task.source, task.reading)


def told(answer: Answer, p: Any, what: str) -> str:
    """Return in a sentence how well a layer guesses `what`, or which bound its learning rate is above."""
    if answer.failed:
        return answer.failed
    right, right_test = answer.now[[2, 4]]
    m, m_test = len(answer.outputs), len(answer.outputs_test)
    says = (f"{100.0 * right:.3g} % of {m} {what} that it learns from are guessed right, and "
            f"{100.0 * right_test:.3g} % of {m_test} others")
    over = warned(answer, p)
    if not over and p.loss == DELTA and answer.saturated > 0.5 and right < 0.8:
        over = (f"{100.0 * answer.saturated:.3g} % of the outputs are saturated, where their slope and with it the "
                "gradient all but vanishes")
        if p.eps > answer.bounds.safe and p.batch == ALL:
            over += f" (eps = {p.eps:g} is above 2 / λ = {answer.bounds.safe:.3g}, λ being the largest curvature)"
    return f"{over}: {says}" if over else says


def warned(answer: Answer, p: Any) -> str:
    """Return which bound the learning rate is above, "" if that does no harm."""
    safe, now = answer.bounds.safe, answer.bounds.now
    if p.batch == SINGLE:
        number = CURVATURE[p.loss] * p.eps * answer.task.length
        harmful = number > 2.0 and p.loss == LINEAR
        return f"eps |x|² = {number:.3g} of the longest sample is above 2: its updates overshoot" if harmful else ""
    if p.loss == LINEAR and p.eps > safe:
        return f"eps = {p.eps:g} is above 2 / λ = {safe:.3g}, λ being the curvature of the loss: it will diverge"
    if p.eps > safe and np.any(np.diff(answer.course[1]) > 0.0):
        return (f"the loss has risen, for eps = {p.eps:g} is above 2 / λ = {safe:.3g}, λ being its largest curvature, "
                "up to which no update can raise it")
    if p.eps > now:
        return f"eps = {p.eps:g} is above 2 / λ = {now:.3g}, λ being the curvature here: updates overshoot"
    return ""
