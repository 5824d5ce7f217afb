"""Curves in scaled coordinates, that of fixed points first: residuals, tangents, corrections."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
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

NEAR = 0.02
"""Distance between the points of a walked curve and their chords, at most."""

PLACES = 24  # at which the typical size of the slopes is taken
SAME = 1e-6  # distance below which two points of a curve are one


class Curve(ABC):
    """n equations in n + 1 scaled coordinates z, one row a point.

    `bottom` and `top` (n + 1,) are the bounds at which a walk ends, `is_parameter` tells
    which coordinates are parameters; a walk may cross kinks of the right-hand side only
    where `rounds_corners`. Corrections stop at shifts below `settled` and fail if the last
    one is above `precise`.
    """

    n: int
    bottom: Array
    top: Array
    is_parameter: NDArray[np.bool_]
    rounds_corners = True
    settled, precise = 1e-14, 1e-9

    @abstractmethod
    def evaluate(self, z: Array) -> tuple[Array, Array]:
        """Return residuals (k, n) and slopes (k, n, n + 1) at rows z."""

    @abstractmethod
    def with_step(self, step: float) -> Curve:
        """Return the same curve with another difference step."""

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
            if np.all(length < self.settled):
                break
        return z, (length < self.precise) & np.all(np.abs(z - guess) < 0.5, axis=1)

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

    def lies_on(self, point: Array, rows: Array) -> bool:
        """Tell whether a point (m,) lies on the curve walked in rows (k, m): in the plane through it.

        Planes across the curve, not of one parameter value, which fail beside a fold.
        """
        if len(rows) < 2:
            return bool(np.max(np.abs(rows[0] - point)) < SAME)
        chords = np.diff(rows, axis=0)
        lengths = np.maximum(np.linalg.norm(chords, axis=1, keepdims=True), 1e-300)
        shares = np.sum((point - rows[:-1]) * chords, axis=1, keepdims=True) / lengths**2
        feet = rows[:-1] + np.clip(shares, 0.0, 1.0) * chords
        distance = np.linalg.norm(feet - point, axis=1)
        nearest = np.argsort(distance)[:4]
        nearest = nearest[distance[nearest] < NEAR]
        guess = rows[nearest] + shares[nearest] * chords[nearest]
        exact, arrived = self.correct(guess, chords[nearest] / lengths[nearest])
        return bool(np.any(arrived & (np.max(np.abs(exact - point), axis=1) < SAME)))


class EquilibriumCurve(Curve):
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
        self.is_parameter = np.arange(self.n + 1) == self.n
        self._narrow = self.with_step(FINE) if careful else None
        self._shifts = stencil_offsets(np.full(self.n + 1, step))
        self._weights = np.kron(np.eye(self.n + 1), np.array([[8.0], [-8.0], [-1.0], [1.0]])) / (12.0 * step)

    def with_step(self, step: float) -> EquilibriumCurve:
        """Return the same curve with another difference step."""
        return EquilibriumCurve(self.system, self.p, self.field, self.low, self.high, step)

    def made_careful(self) -> EquilibriumCurve:
        """Return the same curve with narrow differences wherever wide ones straddle a kink."""
        return EquilibriumCurve(self.system, self.p, self.field, self.low, self.high, careful=True)

    @cached_property
    def rate(self) -> float:
        """Typical size of the slopes within the spans, 1/ms: far below it differences are round-off.

        A low quantile: their size where fixed points are, not where an exponential explodes.
        """
        places = np.random.default_rng(0).random((PLACES, self.n + 1))
        low, high = np.maximum(self.bottom, 0.0), np.minimum(self.top, 1.0)
        sizes = np.linalg.norm(self.evaluate(low + places * (high - low))[1], axis=(1, 2))
        sizes = sizes[np.isfinite(sizes)]
        return float(np.quantile(sizes, 0.1)) if len(sizes) else 0.0

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


def _choose_slopes(wide: Array, narrow: Array) -> Array:
    """Return wide differences, or narrow ones in rows where the two disagree."""
    size = np.linalg.norm(narrow, axis=(1, 2))
    apart = np.linalg.norm(wide - narrow, axis=(1, 2)) > 1e-5 * size
    return np.where(apart[:, None, None], narrow, wide)
