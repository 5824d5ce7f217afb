"""What a population shows of its stimuli: two neurons with lines between their counts, and all of them decoded."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ncm_app.core.model import Mark, Measure, Plot, Variable
from ncm_app.models.learning._layer import Answer
from ncm_app.models.learning._layer_plots import COURSE, Drawing, confused
from ncm_app.numerics.learning.discriminant import (
    Line,
    Moments,
    by_fisher,
    by_fisher_of,
    by_means,
    expected_right,
    moments,
)
from ncm_app.numerics.learning.population import Tuning, ideal_right
from ncm_app.numerics.noise import hash_uniform
from ncm_app.numerics.results.base import Array

JITTER, JITTERED = 0.35, 31
"""By how much points are moved aside so that none hides another, and the stream of random numbers that says where."""


class Pair(NamedTuple):
    """Responses (m, n) of all neurons to two stimuli, 0 or 1 (m,): those learned from, and those of the test.

    `which` are the places of the two neurons, `stimuli` those of the stimuli among the classes.
    """

    X: Array
    labels: NDArray[np.int64]
    X_test: Array
    labels_test: NDArray[np.int64]
    which: list[int]
    stimuli: tuple[int, int]


def tuning_of(p: Any) -> Tuning:
    """Return the tuning of the neurons that the app makes."""
    return Tuning(p.r_0, p.r_max, p.width, p.direction, p.T, p.sigma_g)


def angles_of(k: int) -> Array:
    """Return the k orientations that are shown, deg."""
    return np.arange(k) * 360.0 / k


def responses(answer: Answer) -> tuple[Array, Array]:
    """Return the counts (m, n) that are learned from, and those of the test, as they were before they were scaled."""
    task = answer.task
    X, X_test = (task.scale.back((X[:, :-1] if task.bias else X).astype(float))
                 for X in (task.samples.X, task.samples.X_test))
    return X, X_test


def pair_of(answer: Answer, p: Any) -> Pair | None:
    """Return what the chosen neurons and stimuli are, None where stimuli have too few trials, or are the same."""
    angles = np.array([_number(name) for name in answer.task.classes])
    first, second = (int(np.abs((angles - angle + 180.0) % 360.0 - 180.0).argmin()) for angle in (p.theta_1, p.theta_2))
    if first == second:
        second = (first + 1) % len(angles)
    X, X_test = responses(answer)
    parts = []
    for rows, labels in ((X, answer.task.samples.labels), (X_test, answer.task.samples.labels_test)):
        kept = (labels == first) | (labels == second)
        parts += [rows[kept], (labels[kept] == second).astype(np.int64)]
    if not answer.task.own_test:  # then all trials are described, as the book does
        parts = [np.concatenate(parts[::2]), np.concatenate(parts[1::2]), parts[2][:0], parts[3][:0]]
    if min(np.count_nonzero(parts[1] == one) for one in (0, 1)) < 2:
        return None
    which = [min(one, X.shape[1]) - 1 for one in (p.neuron_1, p.neuron_2)]
    return Pair(parts[0], parts[1], parts[2], parts[3], which, (first, second))


def _number(name: str) -> float:
    try:
        return float(name)
    except ValueError:
        return 0.0


def plane(answer: Answer, p: Any) -> Drawing:
    """Draw the counts of two neurons in the trials of two stimuli, and the lines that tell these apart."""
    pair = pair_of(answer, p)
    if pair is None:
        return {}
    x, y = pair.X[:, pair.which].T
    k = np.arange(2 * len(x))
    aside = (JITTER * (hash_uniform(0, JITTERED, k) - 0.5)).reshape(2, -1)
    names = [answer.task.classes[one] for one in pair.stimuli]
    first = pair.labels == 0
    right, top = float(x.max()) + 1.0, float(y.max()) + 1.0
    drawn: Drawing = {"first": (x[first] + aside[0, first], y[first] + aside[1, first]),
                      "second": (x[~first] + aside[0, ~first], y[~first] + aside[1, ~first]),
                      "names": ([x[first].mean(), x[~first].mean()], [y[first].mean(), y[~first].mean()],
                                [f"{name}°" for name in names])}
    found = moments(pair.X[:, pair.which], pair.labels)
    for name, line in (("Fisher", by_fisher(found)), ("means", by_means(found))):
        drawn[name] = across(line, right, top)
    return drawn


def across(line: Line, right: float, top: float) -> tuple[Any, ...]:
    """Return the two ends of a line within 0 to right and 0 to top; nothing where it lies outside."""
    (a, b), c = line.w, line.threshold
    ends = [(x, (c - a * x) / b) for x in (0.0, right) if b != 0.0]
    ends += [((c - b * y) / a, y) for y in (0.0, top) if a != 0.0]
    inside = sorted({(x, y) for x, y in ends if -1e-9 <= x <= right + 1e-9 and -1e-9 <= y <= top + 1e-9})
    return ([x for x, _ in (inside[:1] + inside[-1:])], [y for _, y in (inside[:1] + inside[-1:])])


def lines_of(pair: Pair) -> dict[str, tuple[Line, list[int]]]:
    """Return how two stimuli may be told apart: by name, the line and the neurons that it looks at."""
    a, b = pair.which
    every = list(range(pair.X.shape[1]))
    found = moments(pair.X[:, [a, b]], pair.labels)
    return {"a": (by_fisher(found.part([0])), [a]), "b": (by_fisher(found.part([1])), [b]),
            "means": (by_means(found), [a, b]), "Fisher": (by_fisher(found), [a, b]),
            "all": (by_fisher_of(pair.X, pair.labels), every)}


def told_apart(answer: Answer, p: Any) -> Drawing:
    """Draw the share of trials that each way to tell two stimuli apart is right about."""
    pair = pair_of(answer, p)
    if pair is None:
        return {}
    found = lines_of(pair)
    shares = [100.0 * line.right(pair.X[:, which], pair.labels) for line, which in found.values()]
    at = np.arange(len(shares))
    drawn: Drawing = {"shares": (np.arange(len(shares) + 1) - 0.5, np.array(shares)),
                      "names": (at, np.full(len(at), -7.0), list(found)), "chance": ([-0.5, 4.5], [50.0, 50.0])}
    if len(pair.X_test):
        drawn["test"] = (at, [100.0 * line.right(pair.X_test[:, which], pair.labels_test)
                              for line, which in found.values()])
    return drawn


def tuning(answer: Answer, p: Any) -> Drawing:
    """Draw the mean counts of two neurons over the stimuli, and the curves that they were drawn from."""
    X, _ = responses(answer)
    labels, k = answer.task.samples.labels, len(answer.task.classes)
    angles = np.array([_number(name) for name in answer.task.classes])
    drawn: Drawing = {}
    for place, number in (("first", p.neuron_1), ("second", p.neuron_2)):
        one = min(number, X.shape[1]) - 1
        drawn[place] = angles, [X[labels == j, one].mean() if np.any(labels == j) else np.nan for j in range(k)]
        if not answer.source:
            fine = np.linspace(0.0, 360.0, 181)
            drawn[f"{place} curve"] = fine, tuning_of(p).means(fine, p.N, p.seed)[:, one]
    return drawn


def by_number(answer: Answer, p: Any) -> Drawing:
    """Draw the share of the test that is guessed right from the first neurons alone, over their number."""
    whole = answer.task.samples.X.shape[1] - answer.task.bias
    sizes = [n for n, _ in answer.others] + [whole]
    shares = [100.0 * share for _, share in answer.others] + [100.0 * answer.now[4]]
    chance = 100.0 / len(answer.task.classes)
    drawn: Drawing = {"decoder": (sizes, shares), "chance": ([1.0, max(whole, 2)], [chance, chance])}
    if not answer.source:
        _, X_test = responses(answer)
        means = tuning_of(p).means(angles_of(p.k), p.N, p.seed)
        drawn["ideal"] = sizes, [100.0 * ideal_right(means[:, :n], X_test[:, :n], answer.task.samples.labels_test)
                                 for n in sizes]
    return drawn


def model_moments(p: Any, pair: Pair) -> Moments:
    """Return the moments of the counts that the app draws."""
    means = tuning_of(p).means(angles_of(p.k), p.N, p.seed)[list(pair.stimuli)]
    return tuning_of(p).moments(means)


def measured(answer: Answer, p: Any) -> tuple[Measure, ...]:
    """How well two stimuli are told apart by two neurons, and their noise correlations; beside theory for Gaussians."""
    pair = pair_of(answer, p)
    if pair is None:
        return ()
    found = moments(pair.X[:, pair.which], pair.labels)
    exact = None if answer.source else model_moments(p, pair).part(pair.which)
    measures = []
    for name, line in (("means", by_means(found)), ("Fisher", by_fisher(found))):
        share = line.right(pair.X[:, pair.which], pair.labels)
        theory = 100.0 * expected_right(line, exact) if exact is not None else None
        error = 100.0 * float(np.sqrt(max(share * (1.0 - share), 0.25 / len(pair.X)) / len(pair.X)))
        measures.append(Measure(f"told apart by {name}", 100.0 * share, "%", theory=theory, error=error,
                                theory_name="for Gaussians"))
    for one in (0, 1):
        r, m = found.correlations[one], int(np.count_nonzero(pair.labels == one))
        if np.isfinite(r) and m > 3:
            measures.append(Measure(f"noise correlation at {answer.task.classes[pair.stimuli[one]]}°", r,
                                    theory=None if exact is None else exact.correlations[one],
                                    error=float((1.0 - r * r) / np.sqrt(m - 1.0)), theory_name="of the shared gain"))
    return tuple(measures)


COUNT = Variable("count", (0.0, 20.0))

PLOTS = (
    Plot("pair", "Two neurons, two orientations", Variable("count of neuron a", (0.0, 10.0)),
         Variable("count of neuron b", (0.0, 10.0)),
         (Mark("first", "points", "inhibitory"), Mark("second", "points", "excitatory"),
          Mark("means", role="theory", label="across means"), Mark("Fisher", role="now", label="Fisher"),
          Mark("names", "labels")), plane, fits="xy", tight="xy"),
    Plot("lines", "Two orientations told apart", Variable("by", (-0.5, 4.5)),
         Variable("right", (-12.0, 100.0), unit="%"),
         (Mark("shares", "bars", label="fitted to"), Mark("chance", role="external"),
          Mark("test", "points", "now", "test"), Mark("names", "labels")), told_apart),
    Plot("tuning", "Tuning", Variable("orientation", (0.0, 360.0), unit="deg"), COUNT,
         (Mark("first curve", role="inhibitory"), Mark("second curve", role="excitatory"),
          Mark("first", "points", "inhibitory", "neuron a"), Mark("second", "points", "excitatory", "neuron b")),
         tuning, fits="y", tight="y"),
    *COURSE,
    Plot("neurons", "More neurons", Variable("neurons", (1.0, 112.0)),
         Variable("guessed right in the test", (0.0, 100.0), unit="%"),
         (Mark("chance", role="external"), Mark("ideal", role="theory", label="ideal for Poisson counts"),
          Mark("decoder", role="now", label="decoder", ghost=True)), by_number, fits="x", tight="x", log="x"),
    confused("orientation", (-0.5, 11.5)),
)
