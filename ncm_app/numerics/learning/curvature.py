"""How curved the loss is: products with its Hessian, and the largest of its eigenvalues.

A step of gradient descent overshoots along a direction whose curvature is above 2 / rate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ncm_app.numerics.learning.hidden_layer import LOGISTIC, RELU, SQUARED, Shape, Whole, probabilities
from ncm_app.numerics.results.base import Array

MOST_PRODUCTS = 60
"""Products with the Hessian at most: a few tens give its largest eigenvalue to three digits."""
CLOSE = 1e-4
"""Part of the eigenvalue that the residual of its vector may have."""
EVERY = 4
"""Products after which it is looked whether they are enough."""
EMPTY = 1e-200
"""Length of a direction that is none: there is nothing more to be found."""
WORK = 250_000
"""Products of a matrix multiplication up to which it is done by one thread."""


@dataclass(frozen=True)
class Curvature:
    """Largest eigenvalue of the Hessian over all weights, and the residual of its vector: how far off it may be."""

    largest: float
    residual: float

    @property
    def bound(self) -> float:
        """The rate above which steps overshoot along the direction of this eigenvalue."""
        return 2.0 / self.largest if self.largest > 0.0 else np.inf


def hessian_products(shape: Shape, w: Array, x: Array, labels: Whole) -> Callable[[Array], Array]:
    """Return the function that multiplies a vector (size,) by the Hessian of the mean loss at w [Pearlmutter1994].

    It is exact, not a difference; where a unit is rectified, its kink counts as a slope that is constant on each side.
    """
    rows = max(64, WORK // max(shape.inputs * max(shape.hidden, shape.classes), 1))
    blocks = [_block(shape, w, x[k:k + rows], labels[k:k + rows]) for k in range(0, len(x), rows)]

    def product(u: Array) -> Array:
        total = np.zeros(shape.size)
        for block in blocks:
            total += block(u)
        return total / len(x)

    return product


def _slopes(shape: Shape, v: Array) -> tuple[Array, Array]:
    """Return f' and f'' where the hidden units give v."""
    if shape.activation == RELU:
        return (v > 0.0).astype(float), np.zeros_like(v)
    slope = v * (1.0 - v) if shape.activation == LOGISTIC else 1.0 - v * v
    return slope, slope * (1.0 - 2.0 * v if shape.activation == LOGISTIC else -2.0 * v)


def _activated(shape: Shape, z: Array) -> Array:
    if shape.activation == RELU:
        return np.maximum(z, 0.0)
    return 0.5 * (1.0 + np.tanh(0.5 * z)) if shape.activation == LOGISTIC else np.tanh(z)


def _block(shape: Shape, w: Array, x: Array, labels: Whole) -> Callable[[Array], Array]:
    """Return the product with the Hessian of the summed loss over some examples."""
    W1, b1, W2, b2 = shape.parts(w)
    v = _activated(shape, x @ W1 + b1) if shape.hidden else x
    p = probabilities(shape, v @ W2 + b2)
    target = np.zeros_like(p)
    target[np.arange(len(x)), labels] = 1.0
    rise = p * (1.0 - p)
    squared = shape.loss == SQUARED
    e = (p - target) * rise if squared else p - target
    bend = rise * (rise + (p - target) * (1.0 - 2.0 * p))
    slope, curve = _slopes(shape, v)
    back = e @ W2.T if shape.hidden else x

    def product(u: Array) -> Array:
        U1, u1, U2, u2 = shape.parts(u)
        found = np.empty(shape.size)
        H1, h1, H2, h2 = shape.parts(found)
        z = x @ U1 + u1 if shape.hidden else None
        moved = v @ U2 + u2 if z is None else (slope * z) @ W2 + v @ U2 + u2
        de = bend * moved if squared else p * (moved - (p * moved).sum(axis=1, keepdims=True))
        H2[:], h2[:] = v.T @ de, de.sum(axis=0)
        if z is not None:
            H2 += (slope * z).T @ e
            delta = (de @ W2.T + e @ U2.T) * slope + back * curve * z
            H1[:], h1[:] = x.T @ delta, delta.sum(axis=0)
        return found

    return product


def curvature(shape: Shape, w: Array, x: Array, labels: Whole) -> Curvature:
    """Return the largest eigenvalue of the Hessian of the mean loss at w over examples x (m, inputs) [Lanczos1950]."""
    product = hessian_products(shape, w, x, labels)
    start = np.cos(np.arange(1.0, shape.size + 1.0) ** 1.3)  # a direction like any other, always the same
    basis = [start / np.linalg.norm(start)]
    diagonal: list[float] = []
    beside: list[float] = []
    while True:
        u = product(basis[-1])
        diagonal.append(float(u @ basis[-1]))
        for q in basis:
            u = u - (u @ q) * q
        length, count = float(np.linalg.norm(u)), len(basis)
        last = count >= min(MOST_PRODUCTS, shape.size) or length < EMPTY
        if last or count % EVERY == 0:
            values, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1))
            residual = length * abs(float(vectors[-1, -1]))
            if last or residual <= CLOSE * max(abs(values[0]), abs(values[-1])):
                return Curvature(float(values[-1]), residual)
        beside.append(length)
        basis.append(u / length)
