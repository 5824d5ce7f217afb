"""A curve of fixed points in scaled coordinates: residuals, tangents, corrections."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.jacobian import stencil_offsets, widths
from ncm_app.numerics.newton import solve_batch
from ncm_app.numerics.results import Array
from ncm_app.numerics.system import System

STEP = 2.0**-14
"""Difference step in scaled coordinates."""

FINE = 2.0**-26
"""Step for use beside kinks: it stays on one side of them, at the price of round-off (1e-8)."""


class EquilibriumCurve:
    """The equation f(y, parameter) = 0 in scaled coordinates z = (u, q), one row a point.

    u = (y - low) / (width of the span), q = (parameter - low) / range. Scaling makes one
    step length fit all coordinates; f is scaled alike, so that the left block of the
    slopes is similar to the Jacobian and keeps its eigenvalues (1/ms).
    """

    def __init__(self, system: System, p: Any, field: str, low: float, high: float,
                 step: float = STEP, careful: bool = False) -> None:
        self.system, self.p, self.field, self.low, self.high = system, p, field, low, high
        self.n = system.size
        self.origin = np.array([*(span[0] for span in system.spans), low], dtype=float)
        self.scale = np.append(widths(system.spans), high - low)
        box = np.array(system.box, dtype=float).T
        self.bottom = np.append((box[0] - self.origin[:-1]) / self.scale[:-1], 0.0)
        self.top = np.append((box[1] - self.origin[:-1]) / self.scale[:-1], 1.0)
        self._narrow = self.with_step(FINE) if careful else None
        self._shifts = stencil_offsets(np.full(self.n + 1, step))
        self._weights = np.kron(np.eye(self.n + 1), np.array([[8.0], [-8.0], [-1.0], [1.0]])) / (12.0 * step)

    def with_step(self, step: float) -> EquilibriumCurve:
        """Return the same curve with another difference step."""
        return EquilibriumCurve(self.system, self.p, self.field, self.low, self.high, step)

    def made_careful(self) -> EquilibriumCurve:
        """Return the same curve with narrow differences wherever wide ones straddle a kink."""
        return EquilibriumCurve(self.system, self.p, self.field, self.low, self.high, careful=True)

    def scaled(self, states: Array, parameter: Any) -> Array:
        """Return rows z (k, n + 1) from states (n, k) and a parameter value or (k,)."""
        full = np.concatenate([states, np.broadcast_to(parameter, (1, states.shape[1]))]).T
        return np.asarray((full - self.origin) / self.scale)

    def unscaled(self, z: Array) -> Array:
        """Return rows (state, parameter) in model units from rows z (k, n + 1)."""
        return np.asarray(self.origin + z * self.scale)

    def evaluate(self, z: Array) -> tuple[Array, Array]:
        """Return residuals (k, n) and slopes (k, n, n + 1) at rows z, in one call."""
        points = self.origin[:, None] + (z[:, :, None] + self._shifts) * self.scale[:, None]
        rows = points.transpose(1, 0, 2)
        p = self.p._replace(**{self.field: rows[-1]})
        values = np.empty((self.n, *rows.shape[1:]))
        for i, component in enumerate(self.system.rhs(0.0, tuple(rows[:-1]), p)):
            values[i] = component
        values /= self.scale[:-1, None, None]
        residuals, slopes = values[:, :, 0].T, (values[:, :, 1:] @ self._weights).transpose(1, 0, 2)
        return residuals, slopes if self._narrow is None else _choose_slopes(slopes, self._narrow.evaluate(z)[1])

    def correct(self, guess: Array, normals: Array, steps: int = 8) -> tuple[Array, NDArray[np.bool_]]:
        """Move rows onto the curve inside the planes through them; tell which arrived."""
        z = guess.copy()
        length = np.full(len(z), np.inf)
        for _ in range(steps):
            residual, slopes = self.evaluate(z)
            off_plane = np.sum(normals * (z - guess), axis=1, keepdims=True)
            shift = solve_batch(np.concatenate([slopes, normals[:, None]], axis=1),
                                -np.concatenate([residual, off_plane], axis=1))
            length = np.max(np.abs(shift), axis=1)
            z += np.nan_to_num(shift, posinf=0.0, neginf=0.0)
            if np.all(length < 1e-14):
                break
        return z, (length < 1e-9) & np.all(np.abs(z - guess) < 0.5, axis=1)

    def tangents(self, slopes: Array, forward: Array) -> Array:
        """Return unit tangents (k, n + 1) that agree in direction with rows `forward`."""
        unit = np.zeros_like(forward)
        unit[:, -1] = 1.0
        found = solve_batch(np.concatenate([slopes, forward[:, None]], axis=1), unit)
        lost = ~np.all(np.isfinite(found), axis=1)
        found[lost] = forward[lost]
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))

    def first_tangent(self, z: Array) -> Array:
        """Return a unit tangent (n + 1,) at one point, towards a growing parameter."""
        direction = np.linalg.svd(self.evaluate(z[None])[1][0])[2][-1]
        return np.asarray(-direction if direction[-1] < 0 else direction)


def _choose_slopes(wide: Array, narrow: Array) -> Array:
    """Return wide differences, or narrow ones in rows where the two disagree."""
    size = np.linalg.norm(narrow, axis=(1, 2))
    apart = np.linalg.norm(wide - narrow, axis=(1, 2)) > 1e-5 * size
    return np.where(apart[:, None, None], narrow, wide)
