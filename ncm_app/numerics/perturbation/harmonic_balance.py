"""Cycles by harmonic balance: exact on 2 H + 1 phases, at any distance from a Hopf point where few harmonics do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ncm_app.numerics.perturbation.hopf import Field, jacobian
from ncm_app.numerics.results.base import Array, Result

STEPS, LEAST = 15, 1e-9
CLOSE = 1e-7
"""Part of the cycle's size that the last step may be: the error left is its square, near a Hopf point rounding."""


@dataclass(frozen=True)
class BalancedCycle(Result):
    """A cycle on even phases from 0: states `x` (n, m), `omega` in rad per time; `left`: share of the last harmonic."""

    x: Array
    omega: float
    p: float
    left: float


def derivative(m: int) -> Array:
    """Return the matrix (m, m) of d/dtheta on an odd number of even phases."""
    k = np.arange(m)
    difference = k[:, None] - k[None, :]
    with np.errstate(divide="ignore"):
        D = 0.5 * (-1.0) ** difference / np.sin(np.pi * difference / m)
    np.fill_diagonal(D, 0.0)
    return np.asarray(D)


def resampled(x: Array, m: int) -> Array:
    """Return a periodic function (n, k) on m even phases instead."""
    spectrum = np.fft.rfft(x) / x.shape[1]
    kept = np.zeros((len(x), m // 2 + 1), dtype=complex)
    count = min(kept.shape[1], (x.shape[1] + 1) // 2)
    kept[:, :count] = spectrum[:, :count]
    return np.asarray(np.fft.irfft(kept * m, m))


def balance(field: Field, p: float, guess: Array, omega: float, harmonics: int = 12) -> BalancedCycle:
    """Return the cycle near a guess (n, k) on even phases; raises ArithmeticError where Newton finds none.

    The phase is that in which the cycle moves least from the guess: sum of X_guess' (X - X_guess) = 0.
    """
    m = 2 * harmonics + 1
    x, D = resampled(guess, m), derivative(m)
    n, pinned = len(x), resampled(guess, m)
    along = pinned @ D.T
    size = float(np.abs(x - x.mean(axis=1, keepdims=True)).max())
    M = np.zeros((n * m + 1, n * m + 1))
    M[n * m, :n * m] = along.ravel()
    for _ in range(STEPS):
        value, A = jacobian(field, x, p)
        speed = x @ D.T
        for i in range(n):
            for j in range(n):
                M[i * m:(i + 1) * m, j * m:(j + 1) * m] = np.diag(-A[i, j]) + (omega * D if i == j else 0.0)
        M[:n * m, n * m] = speed.ravel()
        right = np.append((value - omega * speed).ravel(), -np.sum(along * (x - pinned)))
        step = np.linalg.solve(M, right)
        x, omega = x + step[:-1].reshape(n, m), omega + float(step[-1])
        if not np.all(np.isfinite(x)) or omega <= 0.0:
            break
        now = float(np.abs(x - x.mean(axis=1, keepdims=True)).max())
        if np.abs(step[:-1]).max() < CLOSE * now and abs(step[-1]) < CLOSE * omega:
            if now < max(LEAST, 1e-3 * size):
                break  # the fixed point, which is a solution too
            spectrum = np.abs(np.fft.rfft(x))
            return BalancedCycle(x, omega, p, float((spectrum[:, -1] / spectrum[:, 1:].max()).max()))
    raise ArithmeticError(f"no cycle found at {p:g}")
