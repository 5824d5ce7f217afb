"""First Lyapunov coefficient of a Hopf point: do small cycles repel or attract?

With A q = i w q, A' p = -i w p, <p, q> = <q, q> = 1, and the second and third derivatives
B and C of the vector field, the coefficient is ([Kuznetsov2004], section 5.4)

    l1 = Re( <p, C(q, q, q*)> - 2 <p, B(q, A^-1 B(q, q*))>
             + <p, B(q*, (2 i w - A)^-1 B(q, q))> ) / (2 w).

B and C act on real directions by differences along lines, in scaled coordinates. Only the
sign of l1 does not depend on how q is normalised.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.numerics.jacobian import evaluate_field, field_and_jacobian, widths
from ncm_app.numerics.newton import solve_batch
from ncm_app.numerics.results import Array, SpecialPoint
from ncm_app.numerics.system import System

_OFFSETS = np.arange(-4.0, 5.0)
_SECOND = np.array([-1 / 560, 8 / 315, -1 / 5, 8 / 5, -205 / 72, 8 / 5, -1 / 5, 8 / 315, -1 / 560])
_THIRD = np.array([-7 / 240, 3 / 10, -169 / 120, 61 / 30, 0.0, -61 / 30, 169 / 120, -3 / 10, 7 / 240])

STEPS = 2.0 ** np.arange(-6, -11, -1)
"""Difference steps in spans that are tried together; the pair that agrees best is trusted."""

VANISHES = 1e-5  # share of the critical frequency: round-off above it could hide a small coefficient
NEARBY = 2.0**-12  # eighth of the distance, in spans, over which a field is linear beside a kink
DOUBTFUL = 0.1  # relative disagreement beyond which the sign is not known


def first_lyapunov(system: System, p: Any, field: str, point: SpecialPoint) -> float:
    """Return the first Lyapunov coefficient of a Hopf point, in 1/ms; its state is (n,).

    Negative: supercritical, small cycles are stable within the critical plane. Zero: it vanishes,
    as where the system is linear or conservative around the point. NaN if differences do not
    agree on it, as on a kink.
    """
    value, gap = estimate_lyapunov(system, p._replace(**{field: point.parameters[field]}), point.state)
    return value if gap == 0.0 or gap < DOUBTFUL * abs(value) else float("nan")


def estimate_lyapunov(system: System, p: Any, state: Array) -> tuple[float, float]:
    """Return the first Lyapunov coefficient at a Hopf point (n,), and how far differences disagree, 1/ms.

    Zero without a gap where it is not above round-off, and that is far below the frequency: it vanishes.
    Zero with an infinite gap where it has no value.
    """
    lines = _Lines(system, p, state)
    with np.errstate(all="ignore"):
        tried = lines.coefficients()
        gaps = np.abs(np.diff(tried))
        known = bool(np.any(np.isfinite(gaps)))
        best = int(np.nanargmin(gaps)) if known else 0
        value, gap, noise = float(tried[best + 1]), float(gaps[best]), lines.noise(float(STEPS[best + 1]))
        if known and abs(value) > noise and gap < DOUBTFUL * abs(value):
            return value, gap
        if lines.are_straight() or (known and abs(value) <= noise < VANISHES * lines.omega and lines.bend_alike(best)):
            return 0.0, 0.0
    return (value, gap) if known and abs(value) > noise else (0.0, float("inf"))


class _Lines:
    """Derivatives of a vector field at a Hopf point along straight lines, scaled.

    Directions are (n, k, s): k of them for each of the s difference steps.
    """

    def __init__(self, system: System, p: Any, state: Array) -> None:
        self.system, self.p, self.state = system, p, state
        self.scale = widths(system.spans)
        slopes = field_and_jacobian(system, state, p)[1]
        self.matrix = slopes * self.scale / self.scale[:, None]
        values, vectors = np.linalg.eig(self.matrix)
        # Of all oscillating pairs the critical one hardly grows or decays.
        critical = int(np.argmin(np.where(values.imag > 0.0, np.abs(values.real), np.inf)))
        self.omega = float(values[critical].imag)
        self.q = vectors[:, critical] / np.linalg.norm(vectors[:, critical])
        left, rows = np.linalg.eig(self.matrix.T)
        row = rows[:, int(np.argmin(np.abs(left - values[critical].conj())))]
        self.adjoint = row / np.conj(np.vdot(row, self.q))

    def along(self, directions: Array) -> tuple[Array, Array]:
        """Return second and third derivatives (n, k, s) along directions."""
        scale = self.scale[:, None, None, None]
        shifts = STEPS * directions[:, None] * _OFFSETS[:, None, None]
        values = evaluate_field(self.system, self.state[:, None, None, None] + scale * shifts, self.p) / scale
        return (np.einsum("o,noks->nks", _SECOND, values) / STEPS**2,
                np.einsum("o,noks->nks", _THIRD, values) / STEPS**3)

    def mixed(self, first: Array, second: Array) -> Array:
        """Return B(u, v) for pairs of real directions."""
        sizes = [np.maximum(np.linalg.norm(x, axis=0), 1e-300) for x in (first, second)]
        u, v = first / sizes[0], second / sizes[1]
        both = self.along(np.concatenate([u + v, u - v], axis=1))[0]
        plus, minus = np.split(both, 2, axis=1)
        return np.asarray(sizes[0] * sizes[1] * (plus - minus) / 4.0)

    def coefficients(self) -> Array:
        """Return l1 by differences of every step (s,)."""
        a, b = (np.repeat(x[:, None], len(STEPS), axis=1) for x in (self.q.real, self.q.imag))
        second, third = self.along(np.stack([a, b, a + b, a - b], axis=1))
        self.second = second
        aab = (third[:, 2] - third[:, 3] - 2.0 * third[:, 1]) / 6.0
        abb = (third[:, 2] + third[:, 3] - 2.0 * third[:, 0]) / 6.0
        cubic = third[:, 0] + abb + 1j * (aab + third[:, 1])
        level = second[:, 0] + second[:, 1]
        double = second[:, 0] - second[:, 1] + 0.5j * (second[:, 2] - second[:, 3])
        r = solve_batch(self.matrix[None], level[None])[0]
        s = solve_batch((2j * self.omega * np.eye(len(a)) - self.matrix)[None], double[None])[0]
        bent = self.mixed(np.stack([a, b, a, b, a, b], axis=1),
                          np.stack([r, r, s.real, s.imag, s.imag, s.real], axis=1)).transpose(1, 0, 2)
        total = cubic - 2.0 * (bent[0] + 1j * bent[1]) + bent[2] + bent[3] + 1j * (bent[4] - bent[5])
        return np.asarray((self.adjoint.conj() @ total).real / (2.0 * self.omega))

    def are_straight(self) -> bool:
        """Tell whether the field is linear, but for round-off, close to the point: beside a kink it may be."""
        a, b = self.q.real, self.q.imag
        directions = np.stack([a, b, a + b, a - b], axis=1)
        scale, multiples = self.scale[:, None, None], np.arange(-8.0, 9.0)
        values = evaluate_field(self.system, self.state[:, None, None] + scale * NEARBY * directions[..., None]
                                * multiples, self.p) / scale
        slopes = (values[..., -1:] - values[..., :1]) / 16.0
        off = values - values[..., 8:9] - slopes * multiples
        size = float(np.max(np.abs(self.matrix))) * (1.0 + float(np.max(np.abs(self.state) / self.scale)))
        return bool(np.max(np.abs(off)) < 1e-14 * size)

    def bend_alike(self, step: int) -> bool:
        """Tell whether second derivatives by two neighbouring steps agree: across a kink they do not."""
        one, other = self.second[..., step], self.second[..., step + 1]
        return bool(np.all(np.abs(one - other) < DOUBTFUL * np.abs(other) + VANISHES * np.max(np.abs(self.matrix))))

    def noise(self, step: float) -> float:
        """Return the size of round-off in l1 by differences of one step."""
        size = float(np.max(np.abs(self.matrix)) * np.linalg.norm(self.adjoint))
        return 1e-15 * size * (1.0 + float(np.max(np.abs(self.state) / self.scale))) / step**3 / self.omega
