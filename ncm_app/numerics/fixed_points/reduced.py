"""What a flow does along the one direction in which its linearisation says nothing.

Where the Jacobian loses one rank, the equations reduce to a single one (Lyapunov and
Schmidt; [Golubitsky1985], chapter 1): with null vectors q and u of the Jacobian and of its transpose,

    f(y(s)) = g(s) u,   q . (y(s) - y*) = s.

Roots of g are fixed points; its first power s^k with a coefficient tells how many have met
(k), and the sign of that coefficient how they act: the centre manifold's equation begins
with the same term, divided by u . q.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from ncm_app.numerics.jacobian import evaluate_field, field_and_jacobian, widths
from ncm_app.numerics.newton import solve_batch
from ncm_app.numerics.results import Array
from ncm_app.numerics.system import System

WIDEST, NARROWEST, SHRINK = 0.05, 1e-9, 5.0
"""Half widths, in spans, of the windows in which g is looked at, and their ratio."""

NODES = np.cos(np.pi * (np.arange(17) + 0.5) / 17)
"""Where g is sampled in a window (Chebyshev); its coefficients from the fourteenth on measure its error."""
_TO_COEFFICIENTS = np.linalg.inv(chebyshev.chebvander(NODES, 16))
TAIL = 13

SMOOTH = 1e-7  # share of g that its last coefficients may have where it is resolved
GONE, SEEN = 1e-10, 1e3  # share below which a coefficient of s^k is 0; how far above it the leading one stands
HIGHEST = 5  # highest order that is told apart
NEAR = 0.3  # part of a window within which a root of g is the point in question
SEMISIMPLE = 1e-5  # |u . q| below which two eigenvalues vanish together
ITERATIONS = 9
AROUND = 1e-3  # distance in spans within which all that is beside several roots that have met is known
RESTING = 1e-8  # residual in rates of a state beside which two roots may have met and vanished


@dataclass(frozen=True)
class Cluster:
    """What meets beside a fixed point: roots of g as `states` (n, k), the one in question first.

    `order` is how many have met in the first, 0 if there is none after all. `growths` (k,) are
    the signs of the first coefficient along the slow direction (0: not known), `indices` (k,)
    the indices.
    """

    order: int
    states: Array
    growths: Array
    indices: NDArray[np.int64]


class Reduced:
    """The reduced equation g(s) of a system near a state (n,); `rates` (n,) are typical sizes of the field."""

    def __init__(self, system: System, p: Any, state: Array, rates: Array) -> None:
        self.system, self.p, self.state, self.rates = system, p, state, rates
        self.scale = widths(system.spans)
        slopes = field_and_jacobian(system, state, p)[1] * self.scale / rates[:, None]
        left, self.size, right = np.linalg.svd(slopes)
        self.u, self.q = left[:, -1], right[-1]
        # The left null vector of the flow itself, which weighs the components by their rates.
        flow = self.u * self.scale / rates
        self.overlap = float(flow @ self.q) / float(np.linalg.norm(flow))
        frame = self._frame(slopes[..., None])[0]
        self.side = float(np.sign(np.linalg.det(frame)))

    @property
    def corank(self) -> int:
        """How many ranks the Jacobian has lost."""
        return int(np.sum(self.size <= 1e-7 * max(float(self.size[0]), 1e-7)))

    def _frame(self, slopes: Array) -> Array:
        n, k = len(self.q), slopes.shape[-1]
        frame = np.zeros((k, n + 1, n + 1))
        frame[:, :n, :n] = np.moveaxis(slopes, -1, 0)
        frame[:, :n, n], frame[:, n, :n] = -self.u, self.q
        return frame

    def sample(self, centre: Array, s: Array) -> tuple[Array, Array]:
        """Return g (k,) and the states (n, k) at distances s (k,) from a centre (n,), NaN where there are none."""
        scale, rates = self.scale[:, None], self.rates[:, None]
        aim = s * self.q[:, None]
        z = aim.copy()
        if len(self.q) == 1:
            states = centre[:, None] + scale * z
            return np.asarray(evaluate_field(self.system, states, self.p)[0] / rates[0] * self.u[0]), states
        g, small = np.zeros_like(s), 1e-15 * float(np.max(np.abs(s)))
        for _ in range(ITERATIONS):
            field, slopes = field_and_jacobian(self.system, centre[:, None] + scale * z, self.p)
            rest = np.vstack([field / rates - g * self.u[:, None], self.q @ (z - aim)])
            change = solve_batch(self._frame(slopes * self.scale[None, :, None] / rates[:, None]), -rest.T).T
            z, g = z + change[:-1], g + change[-1]
            if not np.max(np.abs(change[:-1])) > small:
                break
        lost = ~(np.max(np.abs(change[:-1]), axis=0) < 1e-6 * np.max(np.abs(s))) | (
            np.max(np.abs(z - aim), axis=0) > 10.0 * np.max(np.abs(s)))
        return np.where(lost, np.nan, g), centre[:, None] + scale * z

    def cluster(self) -> Cluster | None:
        """Return what meets at the state, None where g is not smooth (a kink) or not resolved."""
        best, centre, width = None, self.state, WIDEST
        while width > NARROWEST:
            g, states = self.sample(centre, width * NODES)
            a = _TO_COEFFICIENTS @ g
            top, tail = float(np.max(np.abs(a))), float(np.max(np.abs(a[TAIL:])))
            if not (top > 0.0 and tail <= SMOOTH * top):  # NaN too
                if best is not None and top > 0.0:
                    break
                width /= SHRINK
                continue
            keep = np.flatnonzero(np.abs(a) > max(10.0 * tail, 1e-14 * top))
            order, t, growth = _order(a[:keep[-1] + 1], max(GONE, 1e3 * tail / top) * top)
            path = _TO_COEFFICIENTS @ states.T
            found = self._found(a[:keep[-1] + 1], path, order, t, growth)
            if best is not None:
                found = _joined(found, best)
            if order < 2:
                return found
            best, centre, width = found, found.states[:, 0], width / SHRINK
        return best

    def _found(self, a: Array, path: Array, order: int, t: float, growth: float) -> Cluster:
        roots = chebyshev.chebroots(a) if len(a) > 1 else np.empty(0)
        real = roots.real[(np.abs(roots.imag) < 1e-6) & (np.abs(roots.real) < 1.0)]
        if order == 1 and len(real):
            real = np.delete(real, int(np.argmin(np.abs(real - t))))
        elif order > 1:
            real = real[np.abs(real - t) > NEAR / 2]
        growths = np.append(growth, np.sign(chebyshev.chebval(real, chebyshev.chebder(a))))
        indices = growths * self.side * (-1) ** len(self.q)
        indices[0] *= order % 2
        known = growths * np.sign(self.overlap) if abs(self.overlap) > SEMISIMPLE else np.zeros_like(growths)
        states = np.stack([chebyshev.chebval(np.append(t, real), row) for row in path.T])
        return Cluster(order, states, known, indices.astype(np.int64))


def with_clusters(system: System, p: Any, roots: Array, slow: Array, rates: Array) -> Array:
    """Return roots (n, k) and those that have met close to states (n, m) at which Newton's steps are slow."""
    scale, known = widths(system.spans)[:, None], roots
    for start in slow.T:
        state = start
        if not known.shape[1] or np.min(np.max(np.abs(known - state[:, None]) / scale, axis=0)) > AROUND:
            cluster = Reduced(system, p, state, rates).cluster()
            if cluster is not None and cluster.order == 0 and cluster.states.shape[1] > 1:  # they have met aside
                state = cluster.states[:, 1]
                cluster = Reduced(system, p, state, rates).cluster()
            known = np.concatenate([known, state[:, None]], axis=1)
            residual = np.max(np.abs(evaluate_field(system, state[:, None], p)[:, 0]) / rates)
            if cluster is not None and (cluster.order > 0 or residual < RESTING):
                roots = np.concatenate([roots, cluster.states[:, :1]], axis=1)
    return roots


def _joined(cluster: Cluster, wider: Cluster) -> Cluster:
    """Return a cluster with what a wider window held besides it."""
    return Cluster(cluster.order, np.concatenate([cluster.states, wider.states[:, 1:]], axis=1),
                   np.append(cluster.growths, wider.growths[1:]), np.append(cluster.indices, wider.indices[1:]))


def _order(a: Array, gone: float) -> tuple[int, float, float]:
    """Return how many roots of a Chebyshev series meet near 0, where, and the sign of the leading coefficient."""
    for order in range(min(HIGHEST, len(a) - 1), 1, -1):
        bent = np.asarray(chebyshev.chebder(a, order - 1), dtype=float)
        t = _nearest_root(bent)
        if abs(t) > NEAR:
            continue
        lower = [chebyshev.chebval(t, chebyshev.chebder(a, k)) / _factorial(k) for k in range(order)]
        leading = float(chebyshev.chebval(t, chebyshev.chebder(bent))) / _factorial(order)
        if max(map(abs, lower)) <= gone and abs(leading) > SEEN * gone:
            return order, t, float(np.sign(leading))
    t = _nearest_root(a)
    if abs(t) > NEAR:
        return 0, 0.0, 0.0
    return 1, t, float(np.sign(chebyshev.chebval(t, chebyshev.chebder(a))))


def _nearest_root(a: Array) -> float:
    roots = chebyshev.chebroots(a) if len(a) > 1 else np.empty(0)
    real = roots.real[np.abs(roots.imag) < 1e-6]
    return float(real[np.argmin(np.abs(real))]) if len(real) else float("inf")


def _factorial(k: int) -> float:
    return float(np.prod(np.arange(1, k + 1)))
