"""How curved the loss of one layer is, and the learning rate above which steps overshoot by more than they mend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.learning.perceptron import CURVATURE, DELTA, LINEAR, SOFTMAX, Samples, probabilities
from ncm_app.numerics.results.base import Array, Result

MOST_PRODUCTS, CLOSE = 40, 1e-4
"""Products with a matrix at most, and the part of its largest eigenvalue to which that is found."""


@dataclass(frozen=True)
class Bounds(Result):
    """Learning rates: below `safe` no step of gradient descent can raise the loss; above `now` steps overshoot.

    `largest` is the largest eigenvalue of the Gram matrix X^T X / m, whence `safe`, `hessian` that of the Hessian at
    the present weights, whence `now`.
    """

    largest: float
    hessian: float
    safe: float
    now: float


@kernel(fastmath={"reassoc", "contract", "nsz"}, error_model="numpy")
def _curved(U, X, P, labels, loss, H):  # type: ignore[no-untyped-def]
    """Set H (k, n) to the product of the Hessian with U (k, n), where samples X (m, n) have the outputs P (m, k)."""
    k, n = U.shape
    d = np.empty(k)
    H[:] = 0.0
    for s in range(len(X)):
        x, mean = X[s], 0.0
        for j in range(k):
            z = 0.0
            for i in range(n):
                z += U[j, i] * x[i]
            d[j] = z
            mean += P[s, j] * z
        for j in range(k):
            v = P[s, j]
            if loss == SOFTMAX:
                d[j] = v * (d[j] - mean)
            elif loss == DELTA:
                rise, off = v * (1.0 - v), v - (1.0 if labels[s] == j else 0.0)
                d[j] *= rise * (rise + off * (1.0 - 2.0 * v))
            for i in range(n):
                H[j, i] += d[j] * x[i]
    for j in range(k):
        for i in range(n):
            H[j, i] /= len(X)


def hessian_product(samples: Samples, Z: Array, loss: int) -> Callable[[Array], Array]:
    """Return the function that multiplies u (k n,) by the Hessian of the mean loss at outputs Z (m, k)."""
    P = probabilities(Z, loss)

    def product(u: Array) -> Array:
        found = np.empty((Z.shape[1], samples.X.shape[1]))
        _curved(u.reshape(found.shape), samples.X, P, samples.labels, loss, found)
        return found.ravel()

    return product


def largest_eigenvalue(product: Callable[[Array], Array], size: int) -> float:
    """Return the largest eigenvalue of a symmetric matrix (size, size) by its products with vectors [Lanczos1950]."""
    u = np.cos(np.arange(1.0, size + 1.0) ** 1.3)  # a direction like any other, always the same
    basis = [u / np.linalg.norm(u)]
    diagonal: list[float] = []
    beside: list[float] = []
    while True:
        u = product(basis[-1])
        diagonal.append(float(np.sum(u * basis[-1])))
        for q in basis:
            u = u - np.sum(u * q) * q
        values, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1))
        length = float(np.sqrt(np.sum(u * u)))
        if len(basis) == min(MOST_PRODUCTS, size) or length * abs(vectors[-1, -1]) <= CLOSE * abs(values[-1]):
            return float(values[-1])
        beside.append(length)
        basis.append(u / length)


def gram_eigenvalue(samples: Samples) -> float:
    """Return the largest eigenvalue of X^T X / m."""
    n = samples.X.shape[1]
    return largest_eigenvalue(hessian_product(samples, np.zeros((len(samples.X), 1)), LINEAR), n)


def bounds(samples: Samples, Z: Array, loss: int, gram: float) -> Bounds:
    """Return the bounds of the learning rate where samples have outputs Z (m, k); `gram` is the Gram eigenvalue."""
    hessian = largest_eigenvalue(hessian_product(samples, Z, loss), Z.shape[1] * samples.X.shape[1])
    return Bounds(gram, hessian, 2.0 / max(CURVATURE[loss] * gram, 1e-300),
                  2.0 / hessian if hessian > 0.0 else np.inf)
