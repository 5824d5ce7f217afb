"""A layer of weights that learns to tell classes apart: outputs, losses, and steps down their gradient (section 4.3).

Samples stand in rows; they and weights are of one type, float32 for speed or float64. Sums over inputs are reordered so
that the processor takes several at once: in the same way each time, so that equal calls give equal numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.noise import hash_normal, hash_uniform
from ncm_app.numerics.results.base import Array

DELTA, SOFTMAX, LINEAR = range(3)
"""Losses: squared error of logistic outputs (the delta rule), cross-entropy of softmax, squared error of W x."""

CURVATURE = (0.07703, 0.5, 1.0)
"""For each loss the largest curvature that it has along one output: of the Hessian over z, the largest eigenvalue.

For the delta rule it is the maximum of s²(1 - s)(2 - 3s) over the outputs s, at s = 0.386.
"""

TOO_LARGE = 1e6
"""A mean loss above this is beyond mending."""

WEIGHTS, ORDER = range(2)
"""Streams of random numbers: the weights at first, and the order of the samples."""


BLOCK = 8
"""Samples that are worked on together, so that a weight is fetched once for all of them."""


@kernel(fastmath={"reassoc", "contract", "nsz"}, error_model="numpy")
def _outputs(W, X, first, Z):  # type: ignore[no-untyped-def]
    """Set Z (BLOCK, k) to the products of W (k, n) with samples X[first:first + BLOCK]: four samples, two classes."""
    for s in range(0, BLOCK, 4):
        x_0, x_1, x_2, x_3 = X[first + s], X[first + s + 1], X[first + s + 2], X[first + s + 3]
        for j in range(0, W.shape[0] - 1, 2):
            u, v = W[j], W[j + 1]
            a = b = c = d = e = f = g = h = W.dtype.type(0.0)
            for i in range(len(u)):
                a += u[i] * x_0[i]
                b += u[i] * x_1[i]
                c += u[i] * x_2[i]
                d += u[i] * x_3[i]
                e += v[i] * x_0[i]
                f += v[i] * x_1[i]
                g += v[i] * x_2[i]
                h += v[i] * x_3[i]
            Z[s, j], Z[s + 1, j], Z[s + 2, j], Z[s + 3, j] = a, b, c, d
            Z[s, j + 1], Z[s + 1, j + 1], Z[s + 2, j + 1], Z[s + 3, j + 1] = e, f, g, h
    if W.shape[0] % 2:
        for s in range(BLOCK):
            Z[s, -1] = _product(W[-1], X[first + s])


@kernel(fastmath={"reassoc", "contract", "nsz"}, error_model="numpy")
def _product(w, x):  # type: ignore[no-untyped-def]
    a = w.dtype.type(0.0)
    for i in range(len(w)):
        a += w[i] * x[i]
    return a


@kernel(fastmath={"contract"}, error_model="numpy")
def _add(G, E, X, first):  # type: ignore[no-untyped-def]
    """Add to G (k, n) the products of errors E (BLOCK, k) and samples X[first:first + BLOCK]: two classes at once."""
    k = G.shape[0]
    x_0, x_1, x_2, x_3 = X[first], X[first + 1], X[first + 2], X[first + 3]
    x_4, x_5, x_6, x_7 = X[first + 4], X[first + 5], X[first + 6], X[first + 7]
    for j in range(0, k - 1, 2):
        u, v = G[j], G[j + 1]
        a_0, a_1, a_2, a_3, a_4, a_5, a_6, a_7 = (E[0, j], E[1, j], E[2, j], E[3, j], E[4, j], E[5, j], E[6, j],
                                                  E[7, j])
        b_0, b_1, b_2, b_3, b_4, b_5, b_6, b_7 = (E[0, j + 1], E[1, j + 1], E[2, j + 1], E[3, j + 1], E[4, j + 1],
                                                  E[5, j + 1], E[6, j + 1], E[7, j + 1])
        for i in range(len(u)):
            u[i] += (a_0 * x_0[i] + a_1 * x_1[i] + a_2 * x_2[i] + a_3 * x_3[i] + a_4 * x_4[i] + a_5 * x_5[i]
                     + a_6 * x_6[i] + a_7 * x_7[i])
            v[i] += (b_0 * x_0[i] + b_1 * x_1[i] + b_2 * x_2[i] + b_3 * x_3[i] + b_4 * x_4[i] + b_5 * x_5[i]
                     + b_6 * x_6[i] + b_7 * x_7[i])
    if k % 2:
        for s in range(BLOCK):
            _add_row(G[k - 1], E[s, k - 1], X[first + s])


@kernel(fastmath={"contract"}, error_model="numpy")
def _add_row(g, a, x):  # type: ignore[no-untyped-def]
    for i in range(len(g)):
        g[i] += a * x[i]


@kernel(error_model="numpy")
def _error(z, label, loss):  # type: ignore[no-untyped-def]
    """Turn outputs z (k,) into the slope of the loss over them; return the loss, and whether the guess is right."""
    best, value = 0, 0.0
    for j in range(len(z)):
        if z[j] > z[best]:
            best = j
    if loss == SOFTMAX:
        top, own = z[best], z[label]
        for j in range(len(z)):
            z[j] = math.exp(z[j] - top)
            value += z[j]
        for j in range(len(z)):
            z[j] /= value
        z[label] -= 1.0
        return math.log(value) + top - own, best == label
    for j in range(len(z)):
        y = 1.0 if j == label else 0.0
        if loss == DELTA:
            v = 1.0 / (1.0 + math.exp(-z[j]))
            value += 0.5 * (v - y) * (v - y)
            z[j] = (v - y) * v * (1.0 - v)
        else:
            z[j] -= y
            value += 0.5 * z[j] * z[j]
    return value, best == label


@kernel(error_model="numpy")
def _block_outputs(W, X, first, Z):  # type: ignore[no-untyped-def]
    """Fill Z with the outputs of BLOCK samples, or of those that are left; return how many there are."""
    count = min(BLOCK, len(X) - first)
    if count == BLOCK:
        _outputs(W, X, first, Z)
    else:
        for s in range(count):
            for j in range(W.shape[0]):
                Z[s, j] = _product(W[j], X[first + s])
    return count


@kernel(error_model="numpy")
def gradient(W, X, labels, loss, G):  # type: ignore[no-untyped-def]
    """Set G (k, n) to the gradient of the mean loss over samples X (m, n); return that loss and the share guessed."""
    m, Z = len(X), np.empty((BLOCK, len(W)), W.dtype)
    G[:] = 0.0
    total, right = 0.0, 0
    for first in range(0, m, BLOCK):
        count = _block_outputs(W, X, first, Z)
        for s in range(count):
            one, hit = _error(Z[s], labels[first + s], loss)
            total, right = total + one, right + hit
        if count == BLOCK:
            _add(G, Z, X, first)
        else:
            for s in range(count):
                for j in range(W.shape[0]):
                    _add_row(G[j], Z[s, j], X[first + s])
    for j in range(G.shape[0]):
        for i in range(G.shape[1]):
            G[j, i] /= m
    return total / m, right / m


@kernel(error_model="numpy")
def evaluate(W, X, labels, loss, outputs):  # type: ignore[no-untyped-def]
    """Return the mean loss over samples X (m, n) and the share guessed, and fill `outputs` (m, k) with W x."""
    m, Z = len(X), np.empty((BLOCK, len(W)), W.dtype)
    total, right = 0.0, 0
    for first in range(0, m, BLOCK):
        count = _block_outputs(W, X, first, Z)
        outputs[first:first + count] = Z[:count]
        for s in range(count):
            one, hit = _error(Z[s], labels[first + s], loss)
            total, right = total + one, right + hit
    return (total / m, right / m) if m else (math.nan, math.nan)


@kernel(error_model="numpy")
def _descend(W, X, labels, X_test, labels_test, loss, eps, told, tests):  # type: ignore[no-untyped-def]
    """Make a step of gradient descent for each column of `told` (4, n); return how many.

    It holds losses and shares before the step, those of the test where `tests` (n,) says so. The last step is that
    before a loss that is too large.
    """
    G, Z = np.empty_like(W), np.empty((len(X_test), len(W)), W.dtype)
    for step in range(told.shape[1]):
        told[0, step], told[1, step] = gradient(W, X, labels, loss, G)
        if tests[step]:
            told[2, step], told[3, step] = evaluate(W, X_test, labels_test, loss, Z)
        if not told[0, step] <= TOO_LARGE:
            return step
        for j in range(W.shape[0]):
            for i in range(W.shape[1]):
                W[j, i] -= eps * G[j, i]
    return told.shape[1]


@kernel(error_model="numpy")
def _descend_singly(W, X, labels, loss, eps, order):  # type: ignore[no-untyped-def]
    """Make a step down the loss of one sample after the other, in an `order` (n,)."""
    z, rate = np.empty(len(W), W.dtype), W.dtype.type(eps)
    for i in order:
        for j in range(W.shape[0]):
            z[j] = _product(W[j], X[i])
        _error(z, labels[i], loss)
        for j in range(W.shape[0]):
            _add_row(W[j], -rate * z[j], X[i])


@dataclass(frozen=True, eq=False)
class Samples:
    """What a layer learns from and is tested on: inputs (m, n) in rows and the class (m,) of each, of k classes."""

    X: Array
    labels: NDArray[np.int64]
    X_test: Array
    labels_test: NDArray[np.int64]
    k: int


def start_weights(samples: Samples, seed: int) -> Array:
    """Return normal weights (k, n) whose SD is 1 over the root of k n, of the type of the samples."""
    shape = samples.k, samples.X.shape[1]
    size = shape[0] * shape[1]
    drawn = hash_normal(seed, WEIGHTS, np.arange(size)).reshape(shape) / math.sqrt(size)
    return np.asarray(drawn, dtype=samples.X.dtype)


def order_of(seed: int, first: int, last: int, m: int) -> NDArray[np.int64]:
    """Return which samples steps first to last see: each of m once, in an order of its own, in every m steps."""
    epochs = range(first // m, (last - 1) // m + 1)
    orders = [np.argsort(hash_uniform(seed, ORDER, np.arange(e * m, (e + 1) * m)), kind="stable") for e in epochs]
    return np.concatenate(orders)[first - epochs.start * m : last - epochs.start * m]


def descend(W: Array, samples: Samples, loss: int, eps: float, tests: NDArray[np.bool_]) -> tuple[Array, int, Array]:
    """Return weights after n steps down the mean loss of all samples, how many were made, and what held before each.

    The rows of that (4, n) are loss and share guessed of training, and those of the test, NaN unless `tests` (n,) asks
    for it. It ends before a step whose loss is above TOO_LARGE, or not a number.
    """
    found, told = W.copy(), np.full((4, len(tests)), np.nan)
    made = _descend(found, samples.X, samples.labels, samples.X_test, samples.labels_test, loss, eps, told, tests)
    return found, made, told


def descend_singly(W: Array, samples: Samples, loss: int, eps: float, order: NDArray[np.int64]) -> Array:
    """Return weights (k, n) after a step down the loss of each sample that `order` (steps,) names."""
    found = W.copy()
    _descend_singly(found, samples.X, samples.labels, loss, eps, order)
    return found


def assess(W: Array, samples: Samples, loss: int) -> tuple[Array, Array, Array]:
    """Return loss and share guessed of training and of the test (4,), and the outputs W x (m, k) of both."""
    Z, Z_test = (np.empty((len(X), samples.k), W.dtype) for X in (samples.X, samples.X_test))
    trained = evaluate(W, samples.X, samples.labels, loss, Z)
    test = evaluate(W, samples.X_test, samples.labels_test, loss, Z_test)
    return np.array([*trained, *test]), Z, Z_test


def probabilities(Z: Array, loss: int) -> Array:
    """Return what the outputs W x (m, k) say of each class: of softmax, logistic, or as they are."""
    if loss == SOFTMAX:
        raised = np.exp(Z - Z.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * Z))) if loss == DELTA else Z
