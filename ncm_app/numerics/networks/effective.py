"""The linearised network: eigenvalues of its effective connectivity, and what random-matrix theory says of them.

A small change s of what the synapses of each cell let through obeys ds_j/dt = (-s_j + g_j sum_k J_jk s_k) / tau_j: the
Jacobian is the effective connectivity g_j J_jk / tau_j less the leak 1 / tau_j. With random connections its
eigenvalues fill a bulk, whose edge depends on the scatter of the weights alone [Girko1985] [Rajan2006], and a few
outliers are those of the populations' means. Where one passes Re = 0 the linearised network loses stability.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.results.base import Array, Result

ANGLES = 181
"""Points of the edge of a bulk."""


@dataclass(frozen=True)
class Blocks(Result):
    """A network as its populations see it: `sizes` (n,), one gain (n,) kHz/mV and time constant (n,) ms for each.

    `weights` (n, n) in mV/kHz: what a connection from b to a makes; `probabilities` (n, n): that there is one.
    """

    sizes: NDArray[np.int64]
    gains: Array
    taus: Array
    weights: Array
    probabilities: Array

    @property
    def means(self) -> Array:
        """The Jacobian of the populations, (n, n) 1/ms: its eigenvalues are the outliers."""
        coupled = self.gains[:, None] * self.sizes * self.probabilities * self.weights
        return (coupled - np.eye(len(self.sizes))) / self.taus[:, None]

    @property
    def scatter(self) -> Array:
        """The variance of an entry times the number of entries, (n, n) 1/ms^2."""
        spread = self.sizes * self.probabilities * (1.0 - self.probabilities) * self.weights**2
        return (self.gains / self.taus)[:, None] ** 2 * spread


def outliers(blocks: Blocks) -> NDArray[np.complex128]:
    """Return the eigenvalues (n,) 1/ms that the means of the populations give, the least stable first."""
    found = np.linalg.eigvals(blocks.means).astype(complex)
    return found[np.argsort(-found.real, kind="stable")]


def bulk_edge(blocks: Blocks) -> NDArray[np.complex128]:
    """Return the edge of the bulk, (ANGLES,) 1/ms, closed and about the real axis; of one point if weights are equal.

    A point z lies inside where the spectral radius of scatter_ab / |z + 1 / tau_a|^2 is above 1 [Ahmadian2015]. With
    one time constant that is Girko's circle about -1 / tau. Along each ray from the mean of the leaks the edge
    is found by bisection; the bulk is taken for one piece.
    """
    leaks = -1.0 / blocks.taus
    radius = float(np.sqrt(np.abs(np.linalg.eigvals(blocks.scatter)).max(initial=0.0)))
    centre = float(np.average(leaks, weights=blocks.sizes)) if blocks.sizes.sum() else float(leaks.mean())
    rays = np.exp(1j * np.linspace(0.0, 2.0 * np.pi, ANGLES))
    low, high = np.zeros(ANGLES), np.full(ANGLES, radius + float(np.ptp(leaks)))
    for _ in range(40):
        middle = (low + high) / 2.0
        inside = _radius(blocks, centre + middle * rays) > 1.0
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return centre + low * rays


def _radius(blocks: Blocks, z: NDArray[np.complex128]) -> Array:
    distance = np.maximum(np.abs(z[:, None] + 1.0 / blocks.taus) ** 2, 1e-300)
    matrices = blocks.scatter / distance[:, :, None]
    if len(blocks.sizes) == 2:  # a thousand times as fast; no entry is negative, so that the roots are real
        (a, b), (c, d) = np.moveaxis(matrices, 0, 2)
        return np.asarray((a + d + np.sqrt((a - d) ** 2 + 4.0 * b * c)) / 2.0)
    return np.asarray(np.abs(np.linalg.eigvals(matrices)).max(axis=1))


def part_of(blocks: Blocks, most: int) -> NDArray[np.int64]:
    """Return how many cells of each population (n,) stand for the whole in a matrix of `most` cells."""
    total = int(blocks.sizes.sum())
    if total <= most:
        return blocks.sizes.copy()
    return np.minimum(blocks.sizes, np.maximum(np.round(blocks.sizes * (most / total)), blocks.sizes > 0)).astype(int)


def jacobian_of_part(blocks: Blocks, present: NDArray[np.bool_], part: NDArray[np.int64],
                     weights: Array | None = None) -> Array:
    """Return the Jacobian of some cells of each population that has the law of eigenvalues of the whole, (m, m) 1/ms.

    `present` (m, m) says which connections there are, `weights` (m, m) what they are where those of two
    populations differ from each other. Of a population of size N of which k are taken, what entries are on
    average is raised by N / k, what they scatter by sqrt(N / k): sums over a row keep mean and variance.
    """
    owner = np.repeat(np.arange(len(part)), part)
    mean = (blocks.probabilities * blocks.weights)[np.ix_(owner, owner)]
    entries = present * (blocks.weights[np.ix_(owner, owner)] if weights is None else weights)
    factor = (blocks.sizes / np.maximum(part, 1))[owner]
    coupled = mean * factor + (entries - mean) * np.sqrt(factor)
    matrix = (blocks.gains / blocks.taus)[owner][:, None] * coupled
    matrix[np.diag_indices(len(matrix))] -= 1.0 / blocks.taus[owner]
    return np.asarray(matrix)
