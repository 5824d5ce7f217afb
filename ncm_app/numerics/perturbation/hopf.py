"""A Hopf point of a smooth system: where it lies, its eigenvectors, and how the eigenvalues pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.perturbation.series import Series
from ncm_app.numerics.results.base import Array, Result

Field = Callable[[tuple[Any, ...], Any], tuple[Any, ...]]
"""dx/dt of states and one parameter: numbers, arrays or series."""
STEPS, CLOSE = 40, 1e-13


@dataclass(frozen=True)
class HopfPoint(Result):
    """Where a pair of eigenvalues i omega, -i omega is: parameter `p`, state (n,), Jacobian `A` (n, n).

    `q` (n,) and `left` (n,) are right and left eigenvectors of i omega, |q| = 1 and left.q = 1; `shift` (n,) is
    dx*/dp of the fixed point, `change` (n,) dA/dp q along it, `passing` the derivative of the eigenvalue by p,
    mu' + i omega'.
    """

    p: float
    x: Array
    omega: float
    A: Array
    q: NDArray[np.complex128]
    left: NDArray[np.complex128]
    shift: Array
    change: NDArray[np.complex128]
    passing: complex
    field: Field


def evaluate(field: Field, states: Array, p: Any) -> Array:
    """Return the series of the field (n, K, m) of states (n, K, m) and a parameter, a number or (K,)."""
    shape = states.shape[1:]
    parameter = Series(np.asarray(p)[:, None] * np.ones(shape)) if np.ndim(p) else p
    found = np.empty_like(states)
    for row, part in zip(found, field(tuple(Series(x) for x in states), parameter), strict=True):
        row[:] = part.c if isinstance(part, Series) else 0.0
        if not isinstance(part, Series):
            row[0] = part
    return found


def jacobian(field: Field, x: Array, p: float) -> tuple[Array, Array]:
    """Return the field (n, ...) and its Jacobian (n, n, ...) at states (n, ...)."""
    n, flat = len(x), x.reshape(len(x), -1)
    m = flat.shape[1]
    states = np.zeros((n, 2, n * m))
    states[:, 0] = np.tile(flat, n)
    for j in range(n):
        states[j, 1, j * m:(j + 1) * m] = 1.0
    found = evaluate(field, states, p)
    return found[:, 0, :m].reshape(x.shape), found[:, 1].reshape(n, n, *x.shape[1:])


def fixed_point(field: Field, p: float, guess: Array) -> tuple[Array, Array]:
    """Return the fixed point near a guess and its Jacobian; raises ArithmeticError where Newton finds none."""
    x = np.array(guess, dtype=float)
    for _ in range(STEPS):
        value, A = jacobian(field, x, p)
        step = np.linalg.solve(A, -value)
        x = x + step
        if np.abs(step).max() < CLOSE * (1.0 + np.abs(x).max()):
            return x, jacobian(field, x, p)[1]
    raise ArithmeticError(f"no fixed point near {guess} at {p:g}")


def _pair(A: Array, omega: float | None) -> tuple[complex, NDArray[np.complex128]]:
    """Return the eigenvalue of the upper half plane nearest to the imaginary axis, or to i omega."""
    values, vectors = np.linalg.eig(A)
    upper = np.flatnonzero(values.imag > 1e-9 * np.abs(values).max())
    if not len(upper):
        raise ArithmeticError("no pair of complex eigenvalues")
    near = np.abs(values[upper].real) if omega is None else np.abs(values[upper] - 1j * omega)
    k = upper[np.argmin(near)]
    return complex(values[k]), vectors[:, k]


def find_hopf_point(field: Field, p: float, guess: Array) -> HopfPoint:
    """Return the Hopf point near a parameter and a state, by secants on the real part; ArithmeticError if none."""
    x, A = fixed_point(field, p, guess)
    value, _ = _pair(A, None)
    before, mu, step = p, value.real, 1e-3 * (abs(p) + 1e-3)
    p = p + step
    for _ in range(STEPS):
        x, A = fixed_point(field, p, x)
        value, _ = _pair(A, value.imag)
        if value.real == mu or abs(value.real) < CLOSE * abs(value):
            break
        before, mu, p = p, value.real, p - value.real * (p - before) / (value.real - mu)
        if abs(p - before) < CLOSE * (1.0 + abs(p)):
            break
    else:
        raise ArithmeticError(f"no Hopf point near {before:g}")
    x, A = fixed_point(field, p, x)
    value, q = _pair(A, value.imag)
    lefts, vectors = np.linalg.eig(A.T)
    left = vectors[:, np.argmin(np.abs(lefts - value))]
    left = left / (left @ q)
    sloped = np.zeros((len(x), 2, 1))
    sloped[:, 0, 0] = x
    shift: Array = np.linalg.solve(A, -evaluate(field, sloped, np.array([p, 1.0]))[:, 1, 0]).astype(float)
    change = _change(field, p, x, shift, q)
    return HopfPoint(p, x, value.imag, A, q, left, shift, change, complex(left @ change), field)


def _change(field: Field, p: float, x: Array, shift: Array, q: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return dA/dp q: terms linear in q and in p, the first harmonic of second order."""
    turn = np.exp(2j * np.pi * np.arange(4) / 4)
    states = np.zeros((len(x), 3, 4))
    states[:, 0] = x[:, None]
    states[:, 1] = shift[:, None] + 2.0 * np.real(q[:, None] * turn)
    second = evaluate(field, states, np.array([p, 1.0, 0.0]))[:, 2]
    return np.asarray(second @ turn.conj() / 4.0)
