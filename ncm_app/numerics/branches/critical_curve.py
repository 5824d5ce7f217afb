"""Curves of folds and of Hopf points over two parameters, in scaled coordinates.

With det(l - J) = l^n + c[n-1] l^(n-1) + ... + c[0], a fold is where c[0] = 0, and two
eigenvalues +-i w exist where l^2 + w^2 divides the polynomial, that is where its even and
its odd part both vanish at l^2 = -w^2. Neither equation needs eigenvectors, and both stay
regular at every point of codimension two; at w = 0 the Hopf curve ends on a fold curve.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.branches.curve import FINE, STEP, Curve
from ncm_app.numerics.jacobian import stencil_offsets
from ncm_app.numerics.results import Array
from ncm_app.numerics.system import System

OUTER = 2.0**-11
"""Difference step for derivatives of the Jacobian: balances h^4 against round-off / h."""

JUMP = 1e-4  # change of the Jacobian, relative to it or to its typical size, with its difference step that means a kink


def difference_weights(count: int, step: float) -> Array:
    """Return weights (4 m, m) that turn values at the neighbours into slopes."""
    return np.asarray(np.kron(np.eye(count), np.array([[8.0], [-8.0], [-1.0], [1.0]])) / (12.0 * step))


def characteristic_polynomial(matrices: Array) -> Array:
    """Return c (..., n + 1) with det(l - A) = sum of c[k] l^k, for matrices (..., n, n).

    Faddeev and LeVerrier's recursion, whose round-off is harmless for a few states.
    """
    n = matrices.shape[-1]
    c = np.ones((*matrices.shape[:-2], n + 1))
    power = np.zeros_like(matrices)
    for k in range(1, n + 1):
        power = matrices @ (power + c[..., n - k + 1, None, None] * np.eye(n))
        c[..., n - k] = -np.trace(power, axis1=-2, axis2=-1) / k
    return c


class CriticalCurve(Curve):
    """Folds, or Hopf points with z[-1] = w^2 / `square`, over two parameters.

    z = (u, q_1, q_2) or (u, q_1, q_2, w^2 / square): states in spans and parameters in
    ranges. `rate` (1/ms) and `square` (1/ms^2) make the added equations of order one.
    """

    rounds_corners = False
    settled, precise = 1e-11, 1e-8

    def __init__(self, system: System, p: Any, fields: tuple[str, str], ranges: Any,
                 rate: float = 1.0, square: float = 0.0) -> None:
        self.system, self.p, self.fields, self.rate, self.square = system, p, fields, rate, square
        self.ranges = ranges
        self.states, self.hopf = system.size, square > 0.0
        self.n = self.states + 1 + self.hopf
        lows, highs = np.array([*system.spans, *ranges], dtype=float).T
        self.origin = np.append(lows, 0.0) if self.hopf else lows
        self.scale = np.append(highs - lows, square) if self.hopf else highs - lows
        bounds = np.array([*system.box, *ranges, (0.0, np.inf)][:self.n + 1], dtype=float).T
        self.bottom, self.top = (bounds - self.origin) / self.scale
        self.is_parameter = (np.arange(self.n + 1) >= self.states) & (np.arange(self.n + 1) < self.states + 2)
        self._around = stencil_offsets(np.full(self.states + 2, OUTER))
        self._outer = difference_weights(self.states + 2, OUTER)

    def with_step(self, step: float) -> CriticalCurve:
        """Return the curve itself: a second derivative has no room for other steps."""
        return self

    def scaled(self, state: Array, values: Array, square: float = 0.0) -> Array:
        """Return the row z of a state (n,), the two parameters and w^2 (1/ms^2)."""
        full = np.concatenate([state, values, [square]])[:self.n + 1]
        return np.asarray((full - self.origin) / self.scale)

    def unscaled(self, z: Array) -> Array:
        """Return rows (state, parameters[, w^2]) (k, m) in model units from rows z (k, m)."""
        return np.asarray(self.origin + z * self.scale)

    def matrices(self, x: Array, step: float = STEP) -> tuple[Array, Array]:
        """Return the scaled field (n, ...) and Jacobians (..., n, n) at x = (u, q) (n + 2, ...)."""
        n = self.states
        scale = self.scale.reshape(-1, *(1,) * x.ndim)
        shifts = stencil_offsets(np.full(n, step)).reshape(n, *(1,) * (x.ndim - 1), 4 * n + 1)
        y = self.origin[:n].reshape(-1, *(1,) * x.ndim) + scale[:n] * (x[:n, ..., None] + shifts)
        first, second = (self.origin[k] + self.scale[k] * x[k, ..., None] for k in (n, n + 1))
        p = self.p._replace(**dict(zip(self.fields, (first, second), strict=True)))
        values = np.empty(y.shape)
        for i, component in enumerate(self.system.rhs(0.0, tuple(y), p)):
            values[i] = component
        values /= scale[:n]
        return values[..., 0], np.moveaxis(values[..., 1:] @ difference_weights(n, step), 0, -2)

    def jacobians(self, z: Array, step: float = STEP) -> Array:
        """Return the Jacobians (k, n, n) in 1/ms at rows z."""
        return self.matrices(z[:, :self.states + 2].T, step)[1]

    def eigenvalues(self, z: Array) -> NDArray[np.complex128]:
        """Return the eigenvalues (k, n) in 1/ms at rows z."""
        return np.asarray(np.linalg.eigvals(self.jacobians(z)).astype(complex))

    def evaluate(self, z: Array) -> tuple[Array, Array]:
        """Return residuals (k, N) and slopes (k, N, N + 1) at rows z, in one call."""
        n, k = self.states, len(z)
        around = z[:, :n + 2].T[:, :, None] + self._around[:, None]
        field, matrices = self.matrices(around)
        residuals, slopes = np.empty((k, self.n)), np.zeros((k, self.n, self.n + 1))
        residuals[:, :n] = field[:, :, 0].T
        slopes[:, :n, :n] = matrices[:, 0]
        slopes[:, :n, n:n + 2] = (field[:, :, 1:] @ self._outer[:, n:]).transpose(1, 0, 2)
        c = characteristic_polynomial(matrices / self.rate)
        added = self._added(c, z)
        residuals[:, n:] = added[:, 0]
        slopes[:, n:, :n + 2] = (added[:, 1:].transpose(0, 2, 1) @ self._outer)
        if self.hopf:
            slopes[:, n:, -1] = self._added(c[:, :1], z, order=1)[:, 0]
        return residuals, slopes

    def _added(self, c: Array, z: Array, order: int = 0) -> Array:
        """Return c[0], or the even and odd part of the polynomial at -w^2 (or their slopes)."""
        if not self.hopf:
            return c[..., :1]
        unit = self.square / self.rate**2
        s = -z[:, -1, None] * unit
        parts = []
        for half in (c[..., 0::2], c[..., 1::2]):
            powers = np.arange(half.shape[-1])
            lowered = np.maximum(powers - order, 0)
            factors = np.where(powers < order, 0.0, powers if order else 1.0)
            parts.append(np.sum(half * factors * s[..., None] ** lowered, axis=-1) * (-unit if order else 1.0))
        return np.stack(parts, axis=-1)

    def is_kinked(self, z: Array) -> Any:
        """Tell at which rows z (k, m) the Jacobian depends on its difference step: beside a kink."""
        # A little aside, because central differences of any step say the same in the middle of a kink.
        wide, narrow = self.jacobians(z), self.jacobians(z + 4.0 * FINE, FINE)
        size = np.linalg.norm(wide, axis=(1, 2))
        return ~(np.linalg.norm(wide - narrow, axis=(1, 2)) <= JUMP * np.maximum(size, self.rate))


__all__ = ["CriticalCurve", "characteristic_polynomial", "difference_weights"]
