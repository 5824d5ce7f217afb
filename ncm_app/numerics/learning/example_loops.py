"""Compiled loops over examples: forward, backward, and steps down the gradient; see hidden_layer.py.

A network comes as five numbers: inputs, hidden units (0 for none), classes, activation, loss. Sums over units run
along rows that lie side by side in memory, so that the compiler takes several at once without changing their order.
"""

from __future__ import annotations

import math

import numpy as np

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.noise import hash_uniform

TANH, RELU, LOGISTIC = range(3)
CROSS_ENTROPY, SQUARED = range(2)
GRADIENT, FEEDBACK_ALIGNMENT, OUTPUT_ONLY = range(3)
DRAWN = 4
"""Stream of the random numbers that say which examples a step takes."""

BLOCK = 32
"""Examples that are worked on together: what a block needs stays in the nearest memory."""


@kernel(error_model="numpy")
def _add_product(x, W, z):  # type: ignore[no-untyped-def]
    """Add x W to z: four rows of W at once."""
    whole, count = len(x) // 4 * 4, len(z)
    for k in range(0, whole, 4):
        a, b, c, d = x[k], x[k + 1], x[k + 2], x[k + 3]
        for j in range(count):
            z[j] += (a * W[k, j] + b * W[k + 1, j]) + (c * W[k + 2, j] + d * W[k + 3, j])
    for k in range(whole, len(x)):
        a = x[k]
        for j in range(count):
            z[j] += a * W[k, j]


@kernel(error_model="numpy")
def _add_outer(x, rows, delta, count, G):  # type: ignore[no-untyped-def]
    """Add to G the products of inputs and errors of the first `count` of a block: four examples at once."""
    whole, units = count // 4 * 4, G.shape[1]
    for s in range(0, whole, 4):
        p, q, r, t = rows[s], rows[s + 1], rows[s + 2], rows[s + 3]
        for k in range(len(G)):
            a, b, c, d = x[p, k], x[q, k], x[r, k], x[t, k]
            for j in range(units):
                G[k, j] += (a * delta[s, j] + b * delta[s + 1, j]) + (c * delta[s + 2, j] + d * delta[s + 3, j])
    for s in range(whole, count):
        for k in range(len(G)):
            a = x[rows[s], k]
            for j in range(units):
                G[k, j] += a * delta[s, j]


@kernel(error_model="numpy")
def _activate(z, activation):  # type: ignore[no-untyped-def]
    for j in range(len(z)):
        if activation == RELU:
            z[j] = max(z[j], 0.0)
        elif activation == TANH:
            z[j] = math.tanh(z[j])
        else:
            z[j] = 1.0 / (1.0 + math.exp(-z[j]))


@kernel(error_model="numpy")
def _slopes(v, delta, activation):  # type: ignore[no-untyped-def]
    """Multiply errors by f', which the outputs v of the units tell."""
    for j in range(len(v)):
        if activation == RELU:
            delta[j] *= 1.0 if v[j] > 0.0 else 0.0
        elif activation == TANH:
            delta[j] *= 1.0 - v[j] * v[j]
        else:
            delta[j] *= v[j] * (1.0 - v[j])


@kernel(error_model="numpy")
def _errors(o, label, loss):  # type: ignore[no-untyped-def]
    """Turn inputs of output units into the slope of the loss over them; return the loss, and whether it is right."""
    best, total = 0, 0.0
    for c in range(len(o)):
        if o[c] > o[best]:
            best = c
    own = o[label]
    if loss == SQUARED:
        for c in range(len(o)):
            v = 1.0 / (1.0 + math.exp(-o[c]))
            off = v - (1.0 if c == label else 0.0)
            total += 0.5 * off * off
            o[c] = off * v * (1.0 - v)
        return total, best == label
    top = o[best]
    for c in range(len(o)):
        o[c] = math.exp(o[c] - top)
        total += o[c]
    for c in range(len(o)):
        o[c] /= total
    o[label] -= 1.0
    return math.log(total) + top - own, best == label


@kernel(error_model="numpy")
def _forward(shape, w, x, v, o):  # type: ignore[no-untyped-def]
    """Give the outputs v of the hidden units and the inputs o of the output units for one example."""
    inputs, hidden, classes, activation, _ = shape
    first = (inputs + 1) * hidden
    seen = hidden if hidden else inputs
    end = first + seen * classes
    for c in range(classes):
        o[c] = w[end + c]
    W2 = w[first:end].reshape(seen, classes)
    if not hidden:
        _add_product(x, W2, o)
        return
    for j in range(hidden):
        v[j] = w[inputs * hidden + j]
    _add_product(x, w[:inputs * hidden].reshape(inputs, hidden), v)
    _activate(v, activation)
    _add_product(v, W2, o)


@kernel(error_model="numpy")
def gradient(shape, w, back, x, labels, rows, learns, g):  # type: ignore[no-untyped-def]
    """Fill g with the mean gradient over some rows of x, errors going back through `back`; return loss, share right."""
    inputs, hidden, classes, activation, loss = shape
    first = (inputs + 1) * hidden
    seen = hidden if hidden else inputs
    end = first + seen * classes
    g[:] = 0.0
    G1, G2 = g[:inputs * hidden].reshape(inputs, hidden), g[first:end].reshape(seen, classes)
    v, delta, o = np.empty((BLOCK, hidden)), np.empty((BLOCK, hidden)), np.empty((BLOCK, classes))
    own = np.arange(BLOCK)
    total, right, part = 0.0, 0, 1.0 / len(rows)
    for begin in range(0, len(rows), BLOCK):
        block = rows[begin:begin + BLOCK]
        for s in range(len(block)):
            _forward(shape, w, x[block[s]], v[s], o[s])
            one, is_right = _errors(o[s], labels[block[s]], loss)
            total, right = total + one, right + is_right
            for c in range(classes):
                o[s, c] *= part
                g[end + c] += o[s, c]
        if not hidden:
            _add_outer(x, block, o, len(block), G2)
            continue
        _add_outer(v, own, o, len(block), G2)
        if not learns:
            continue
        for s in range(len(block)):
            delta[s] = 0.0
            _add_product(o[s], back, delta[s])
            _slopes(v[s], delta[s], activation)
            for j in range(hidden):
                g[inputs * hidden + j] += delta[s, j]
        _add_outer(x, block, delta, len(block), G1)
    return total * part, right * part


@kernel(error_model="numpy")
def transpose(shape, w, back):  # type: ignore[no-untyped-def]
    """Fill `back` (classes, hidden) with the transposed W2: with it errors go back as the gradient has it."""
    inputs, hidden, classes, _, _ = shape
    first = (inputs + 1) * hidden
    for j in range(hidden):
        for c in range(classes):
            back[c, j] = w[first + j * classes + c]


@kernel(error_model="numpy")
def evaluate(shape, w, x, labels):  # type: ignore[no-untyped-def]
    """Return the mean loss over examples, and the share of right guesses."""
    v, o = np.empty(shape[1]), np.empty(shape[2])
    total, right = 0.0, 0
    for s in range(len(x)):
        _forward(shape, w, x[s], v, o)
        one, is_right = _errors(o, labels[s], shape[4])
        total, right = total + one, right + is_right
    return total / max(len(x), 1), right / max(len(x), 1)


@kernel(error_model="numpy")
def outputs(shape, w, x, found):  # type: ignore[no-untyped-def]
    """Fill `found` with the inputs of the output units, a row for each example."""
    v = np.empty(shape[1])
    for s in range(len(x)):
        _forward(shape, w, x[s], v, found[s])


@kernel(error_model="numpy")
def descend(shape, w, random, x, labels, rate, credit, batch, seed, first, last, most):  # type: ignore[no-untyped-def]
    """Take steps first to last, changing w; return the step before which the loss was above `most`, else last."""
    rows = np.arange(len(x) if batch >= len(x) else batch)
    g, back = np.empty(len(w)), random.copy()
    for step in range(first, last):
        if batch < len(x):
            for k in range(batch):
                rows[k] = min(int(hash_uniform(seed, DRAWN, step * batch + k) * len(x)), len(x) - 1)
        if credit == GRADIENT:
            transpose(shape, w, back)
        loss, _ = gradient(shape, w, back, x, labels, rows, credit != OUTPUT_ONLY, g)
        if not loss <= most:
            return step
        for k in range(len(w)):
            w[k] -= rate * g[k]
    return last
