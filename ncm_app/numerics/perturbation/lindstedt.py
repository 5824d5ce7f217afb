"""Cycles near a Hopf point as power series in their amplitude, to any order (Lindstedt and Poincare).

x = x* + sum of eps^n x_n(theta), theta' = omega, with p and omega series in eps too. eps is the size of the first
harmonic along q: left.x_1 = eps exp(i theta). That resonant terms vanish in order n + 1 gives p_n and omega_n. To
order 2 this is the normal form, p_2 = -Re c_1 / mu' and omega_2 = Im c_1 + p_2 omega' [Kuznetsov2004, 3.5].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ncm_app.numerics.perturbation.hopf import HopfPoint, evaluate
from ncm_app.numerics.results.base import Array, Result


@dataclass(frozen=True)
class Expansion(Result):
    """Coefficients of p (N + 1,), omega (N + 1,) and x (n, N + 1, m) over eps, x on m even phases of a turn."""

    p: Array
    omega: Array
    x: Array
    point: HopfPoint

    def size(self, order: int, p: float) -> float:
        """Return eps of the cycle at a parameter to an order: NaN where that order has no cycle there."""
        even = self.p[2:order + 1:2]
        if order < 4:
            square = (p - self.p[0]) / even[0]
            return float(np.sqrt(square)) if square > 0.0 else float("nan")
        roots = np.roots([*even[::-1], self.p[0] - p])
        real = roots.real[(np.abs(roots.imag) < 1e-9 * np.abs(roots)) & (roots.real > 0.0)]
        return float(np.sqrt(real.min())) if len(real) else float("nan")

    def frequency(self, order: int, eps: float) -> float:
        """Return omega to an order."""
        return float(np.polynomial.polynomial.polyval(eps, self.omega[:order + 1]))

    def states(self, order: int, eps: float) -> Array:
        """Return the cycle (n, m) to an order, on even phases from 0."""
        return np.asarray(np.tensordot(eps ** np.arange(order + 1), self.x[:, :order + 1], (0, 1)))


def expand(point: HopfPoint, order: int = 6) -> Expansion:
    """Return the cycle that is born at a Hopf point to an even order, on 2 order + 4 phases."""
    n, m = len(point.x), 2 * order + 4
    turn = np.exp(2j * np.pi * np.arange(m) / m)
    x, p, omega = np.zeros((n, order + 2, m)), np.zeros(order + 2), np.zeros(order + 2)
    x[:, 0], p[0], omega[0] = point.x[:, None], point.p, point.omega
    x[:, 1] = 2.0 * np.real(point.q[:, None] * turn)
    speeds = np.zeros_like(x)  # dx / dtheta
    speeds[:, 1] = 2.0 * np.real(1j * point.q[:, None] * turn)
    h = np.arange(order + 2)
    bordered = np.zeros((n + 1, n + 1), dtype=complex)
    bordered[:n, :n], bordered[:n, n], bordered[n, :n] = 1j * point.omega * np.eye(n) - point.A, point.q, point.left
    matrices = 1j * point.omega * h[:, None, None] * np.eye(n) - point.A
    matrices[1] = np.eye(n)
    for k in range(2, order + 2):
        right = evaluate(point.field, x[:, :k + 1], p[:k + 1])[:, k]
        right = right - np.tensordot(omega[1:k - 1], speeds[:, k - 1:1:-1], (0, 1)) if k > 2 else right
        harmonics = (right @ turn.conj()[:, None] ** h / m).T  # (order + 2, n)
        resonant = point.left @ harmonics[1]
        p[k - 1] = -resonant.real / point.passing.real
        omega[k - 1] = resonant.imag + p[k - 1] * point.passing.imag
        x[:, k - 1] += p[k - 1] * point.shift[:, None]
        if k == order + 1:
            break
        harmonics[1] += p[k - 1] * point.change - 1j * omega[k - 1] * point.q  # now orthogonal to `left`
        found = np.linalg.solve(matrices, harmonics[:, :, None])[:, :, 0]
        found[1] = np.linalg.solve(bordered, np.append(harmonics[1], 0.0))[:n]
        weights = np.where(h == 0, 1.0, 2.0)[:, None]
        x[:, k] = np.real((weights * found).T @ turn ** h[:, None])
        speeds[:, k] = np.real((weights * 1j * h[:, None] * found).T @ turn ** h[:, None])
    return Expansion(p[:-1], omega[:-1], x[:, :-1], point)
