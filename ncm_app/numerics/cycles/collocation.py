"""Piecewise polynomials of degree 4 around a cycle, and meshes that follow its shape.

On a mesh 0 = s_0 < ... < s_N = 1 of the phase s = t / T, a cycle is in every interval the
polynomial through 5 equally spaced nodes. It obeys u' = T f(u) at the 4 Gauss points of
every interval; its error is then O(h^5) inside the intervals, and O(h^8) at their edges
and in the period [deBoor1973]. Interval j holds the nodes 4 j ... 4 j + 4,
so that an array of nodes has 4 N rows: node 4 N is node 0 again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ncm_app.numerics.results import Array

DEGREE = 4
NODES = np.arange(DEGREE + 1) / DEGREE
GAUSS, WEIGHTS = (x / 2.0 for x in np.polynomial.legendre.leggauss(DEGREE))
GAUSS = GAUSS + 0.5

_POWERS = np.linalg.inv(np.vander(NODES, increasing=True))
"""Row i, column k: coefficient of x^i in the polynomial that is 1 at node k, 0 at the others."""

VALUES = np.vander(GAUSS, DEGREE + 1, increasing=True) @ _POWERS
SLOPES = (np.arange(1, DEGREE + 1) * np.vander(GAUSS, DEGREE, increasing=True)) @ _POWERS[1:]
"""Value and slope at each Gauss point (row) of each basis polynomial (column), unit interval."""

_NODE_SLOPES = (np.arange(1, DEGREE + 1) * np.vander(NODES, DEGREE, increasing=True)) @ _POWERS[1:]

_TOP = 24.0 * _POWERS[DEGREE]

COARSEST, FINEST = 30, 150
"""Smallest and largest number of intervals."""

ROUGHNESS = 0.3
"""Allowed (interval width) x (fifth derivative)^(1/5): an error near 1e-7 of the span inside."""

FLOOR = 0.15  # share of the mean added to the monitor, so that no flat part is starved


NOWHERE = np.empty(0)

SHIFTED = 1e-4  # distance of an edge from the kink for which it stands


@dataclass(frozen=True, eq=False)
class Mesh:
    """Edges (N + 1,) from 0 to 1 of the intervals of a cycle's phase."""

    edges: Array

    @classmethod
    def uniform(cls, intervals: int = COARSEST) -> Mesh:
        """Return a mesh of equal intervals."""
        return cls(np.linspace(0.0, 1.0, intervals + 1))

    @property
    def count(self) -> int:
        """Number of intervals."""
        return len(self.edges) - 1

    @property
    def widths(self) -> Array:
        """Widths of the intervals (N,)."""
        return np.diff(self.edges)

    @property
    def phases(self) -> Array:
        """Phase of every node (4 N,), in cycles."""
        return np.asarray((self.edges[:-1, None] + np.outer(self.widths, NODES[:-1])).ravel())

    def blocks(self, nodes: Array) -> Array:
        """Return nodes (4 N, n) by interval, both edges included: (N, 5, n)."""
        inner = nodes.reshape(self.count, DEGREE, -1)
        return np.concatenate([inner, np.concatenate([inner[1:, :1], inner[:1, :1]])], axis=1)

    def values(self, nodes: Array) -> Array:
        """Return the values at the Gauss points, (N, 4, n)."""
        return np.asarray(VALUES @ self.blocks(nodes))

    def slopes(self, nodes: Array) -> Array:
        """Return d/ds at the Gauss points, (N, 4, n)."""
        return np.asarray(SLOPES @ self.blocks(nodes) / self.widths[:, None, None])

    def node_slopes(self, nodes: Array) -> Array:
        """Return d/ds at the nodes, (4 N, n); at an edge, that of the interval on its right."""
        slopes = _NODE_SLOPES @ self.blocks(nodes) / self.widths[:, None, None]
        return np.asarray(slopes[:, :-1].reshape(nodes.shape))

    def integrate(self, values: Array) -> Array:
        """Return the integral over one cycle of values (N, 4, ...) at the Gauss points."""
        return np.asarray(np.einsum("j,k,jk...->...", self.widths, WEIGHTS, values))

    def functional(self, values: Array) -> Array:
        """Return weights (N, 5, n) of block values: their sum is the integral of u . values."""
        weighted = values * (self.widths[:, None] * WEIGHTS)[..., None]
        return np.asarray(VALUES.T @ weighted)

    def at(self, nodes: Array, phases: Array) -> Array:
        """Return the polynomials (k, n) at phases (k,) between 0 and 1."""
        interval = np.clip(np.searchsorted(self.edges, phases, side="right") - 1, 0, self.count - 1)
        inside = (phases - self.edges[interval]) / self.widths[interval]
        basis = np.vander(inside, DEGREE + 1, increasing=True) @ _POWERS
        return np.asarray(np.einsum("ki,kin->kn", basis, self.blocks(nodes)[interval]))

    def refitted(self, nodes: Array, kinks: Array = NOWHERE) -> Mesh:
        """Return the mesh on which every interval of a cycle has the same error [Russell1978].

        `kinks` (k,) are phases at which a fourth derivative that jumps is no error.
        """
        steepness = self._steepness(nodes, kinks)
        steepness += FLOOR * float(steepness @ self.widths)
        total = np.concatenate([[0.0], np.cumsum(steepness * self.widths)])
        wanted = int(np.clip(np.ceil(total[-1] / ROUGHNESS), COARSEST, FINEST))
        # A few intervals more or less are not worth a change.
        count = wanted if wanted > self.count or wanted < 0.8 * self.count else self.count
        edges = np.interp(np.linspace(0.0, total[-1], count + 1), total, self.edges)
        edges[0], edges[-1] = 0.0, 1.0
        return Mesh(edges)

    def _steepness(self, nodes: Array, kinks: Array) -> Array:
        """Return the fifth root of the fifth derivative in every interval (N,)."""
        widths = self.widths
        fourth = np.einsum("i,jin->jn", _TOP, self.blocks(nodes)) / widths[:, None] ** DEGREE
        gaps = (widths + np.roll(widths, 1)) / 2.0
        jumps = np.linalg.norm(fourth - np.roll(fourth, 1, axis=0), axis=1) / gaps
        for edge in np.flatnonzero(np.min(np.abs(self.edges[:-1, None] - kinks), axis=1, initial=1.0) < SHIFTED):
            jumps[edge] = min(jumps[edge - 1], jumps[(edge + 1) % self.count])
        return np.asarray(((jumps + np.roll(jumps, -1)) / 2.0) ** (1.0 / (DEGREE + 1)))
