"""Which steps of a method keep what is stable, and leave what is unstable, so: |R(dt lambda)| against 1.

Of these methods, R is the series of exp up to their order [Hairer1993].
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.results import Array

ORDERS = {"Euler": 1, "Heun": 2, "RK4": 4}
"""Order up to which a method's stability polynomial R is the series of exp."""


def growth(method: str, z: NDArray[np.complex128]) -> Array:
    """Return |R(z)| (any shape), by which a method multiplies a deviation in a step, at products z = dt lambda."""
    return np.asarray(np.abs(sum(z**k / math.factorial(k) for k in range(ORDERS[method] + 1))))


def largest_step(method: str, eigenvalues: NDArray[np.complex128]) -> float:
    """Return the time step above which a method leaves a stable fixed point, ms; inf if there is none.

    Of each eigenvalue (1/ms) the step at which |R| first exceeds 1 on its ray: -2 a / (a^2 + w^2) for Euler, a
    root of |R|^2 = 1 for the others. Not of a fixed point that is not stable, whose runs leave it anyhow.
    """
    if method not in ORDERS or np.any(eigenvalues.real >= 0):
        return float("inf")
    above = eigenvalues[eigenvalues.imag >= 0.0]  # conjugate ones have the same bound
    return min((_bound(method, complex(value)) for value in (above if len(above) else eigenvalues)),
               default=float("inf"))


def _bound(method: str, eigenvalue: complex) -> float:
    size = abs(eigenvalue)
    if method == "Euler":
        return -2.0 * eigenvalue.real / size**2
    turn = eigenvalue / size
    # |R(s turn)|^2 - 1 = s (c_0 + c_1 s + ...), with c_0 = 2 Re(turn) < 0.
    series = np.array([turn**k / math.factorial(k) for k in range(ORDERS[method] + 1)])
    square = [float(c) for c in np.convolve(series, series.conj()).real[:0:-1]]
    roots = np.roots(square)
    for root in np.sort(roots.real[(np.abs(roots.imag) <= 1e-6 * np.abs(roots)) & (roots.real > 0.0)]):
        low, high = float(root) * (1.0 - 1e-4), float(root) * (1.0 + 1e-4)
        if _value(square, low) <= 0.0 <= _value(square, high):
            return _bisected(square, low, high) / size
    return float("inf")


def _value(coefficients: list[float], x: float) -> float:
    total = 0.0
    for c in coefficients:
        total = total * x + c
    return total


def _bisected(coefficients: list[float], low: float, high: float) -> float:
    """Return the root between a negative and a positive value, from below to rounding."""
    for _ in range(42):
        middle = (low + high) / 2.0
        low, high = (middle, high) if _value(coefficients, middle) <= 0.0 else (low, middle)
    return low


def holds_unstable(method: str, dt: float, eigenvalues: NDArray[np.complex128]) -> bool:
    """Tell whether a method makes all deviations shrink that the flow lets grow.

    RK4 does where a step is about as long as a weakly growing oscillation turns: its region of stability
    reaches a little beyond the imaginary axis. Those of Euler and Heun do not.
    """
    grows = eigenvalues.real > 1e-9 * np.max(np.abs(eigenvalues), initial=0.0)  # not what rounding makes of a centre
    return method in ORDERS and bool(np.any(grows) and np.all(growth(method, dt * eigenvalues) < 1.0))
