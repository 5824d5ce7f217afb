"""Full-batch updates of a single layer beside a plain loop in doubles: `python -m benchmarks.learning_perceptron`."""

from __future__ import annotations

import numpy as np

from benchmarks.learning import Row, show
from benchmarks.networks import alone
from benchmarks.threads import processor_time
from ncm_app.numerics.learning.perceptron import DELTA, Samples, descend, start_weights

UPDATES, TRAINED, TESTED, PIXELS, CLASSES, EPS = 200, 1000, 500, 784, 10, 0.1
REPEATS = 5

TARGET, RATIO = 300.0, 3.0
"""Milliseconds that all updates may take, and how many times faster than the loop they have to be."""


def pictures() -> Samples:
    """Return pictures of the size of the book's, of noise about a mean for each class."""
    generator = np.random.default_rng(1)
    labels = generator.integers(0, CLASSES, TRAINED + TESTED)
    X = (generator.normal(size=(CLASSES, PIXELS))[labels] + generator.normal(size=(len(labels), PIXELS)))
    X = X.astype(np.float32)
    return Samples(X[:TRAINED], labels[:TRAINED], X[TRAINED:], labels[TRAINED:], CLASSES)


def compiled(samples: Samples) -> np.ndarray:
    """Return losses and shares of right guesses before each update (4, n)."""
    return descend(start_weights(samples, 1), samples, DELTA, EPS, np.ones(UPDATES, dtype=bool))[2]


def logistic(z: np.ndarray) -> np.ndarray:
    return np.exp(z) / (np.exp(z) + 1.0)


def slope(z: np.ndarray) -> np.ndarray:
    return logistic(z) * (1.0 - logistic(z))


def loop(samples: Samples) -> np.ndarray:
    """Return the same by whole matrices, a column for each sample, in the formulas of the book."""
    X, X_test = samples.X.T.astype(float), samples.X_test.T.astype(float)
    Y, Y_test = (np.eye(CLASSES)[:, labels] for labels in (samples.labels, samples.labels_test))
    W = start_weights(samples, 1).astype(float)
    told = np.empty((4, UPDATES))
    for i in range(UPDATES):
        Z = W @ X
        V, V_test = logistic(Z), logistic(W @ X_test)
        told[0, i] = np.mean(0.5 * np.sum((V - Y) ** 2, axis=0))
        told[1, i] = np.mean(np.argmax(V, axis=0) == samples.labels)
        told[2, i] = np.mean(0.5 * np.sum((V_test - Y_test) ** 2, axis=0))
        told[3, i] = np.mean(np.argmax(V_test, axis=0) == samples.labels_test)
        W = W - EPS / len(samples.X) * ((V - Y) * slope(Z)) @ X.T
    return told


def loop_time() -> float:
    """Return the least time of the plain loop, ms."""
    samples = pictures()
    return 1000.0 * processor_time(lambda: loop(samples), REPEATS)


def rows() -> list[Row]:
    """Return what was timed."""
    samples = pictures()
    compiled(samples)
    what = f"perceptron: {UPDATES} updates, {TRAINED} x {PIXELS}, {TESTED} tested at each"
    ours = 1000.0 * processor_time(lambda: compiled(samples), REPEATS)
    plain = alone("from benchmarks.learning_perceptron import loop_time\nprint(loop_time())")
    return [Row(what, ours, TARGET, plain, RATIO)]


if __name__ == "__main__":
    show(rows())
