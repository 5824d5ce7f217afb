"""Linear equations along a closed chain of intervals, solved in O(N) small dense steps.

Every interval gives equations between its 5 nodes; two rows run along the whole cycle,
and two unknowns (the period and the parameter) enter everywhere. The inner nodes are
eliminated first, in all intervals at once. What remains, for the states y_j at the edges,

    G_j y_j + H_j y_{j+1} + E_j w = 0,    j = 0 ... N - 1,    y_N = y_0,

is halved again and again: an orthogonal matrix turns two neighbouring rows into one that
gives the edge between them, and one that does not contain it [Wright1992]. No product of
many blocks is ever formed [Fairgrieve1991], so nothing overflows near a homoclinic orbit.
The last G and H hold the Floquet multipliers mu as G v + mu H v = 0 [Moler1973].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from ncm_app.numerics.results import Array

BORDER = 2
"""Unknowns and rows that belong to no interval."""

DENSE = 24
"""Number of unknowns that are solved for at once, when halving no longer pays."""


@dataclass(frozen=True)
class Chain:
    """Rows [G | H | E] of intervals and two rows over all edges.

    `left`, `right` (k, n, n), `rest` (k, n, 3); `row` (2, k, n) and `row_rest` (2, 3) are
    the border. The three columns of a rest belong to w: both border unknowns, and 1.
    """

    left: Array
    right: Array
    rest: Array
    row: Array
    row_rest: Array


@dataclass(frozen=True)
class Halved:
    """A chain with half the edges, and `middle` (k, n, 2 n + 3): the lost edges from the kept."""

    chain: Chain
    middle: Array


def _solve(matrices: Array, right: Array) -> Array:
    """Solve matrices x = right; the answer is NaN, which no iteration accepts, if one is singular."""
    try:
        return np.asarray(np.linalg.solve(matrices, right))
    except np.linalg.LinAlgError:
        return np.full(right.shape, np.nan)


def condense(matrices: Array, columns: Array, row: Array, row_rest: Array) -> tuple[Chain, Array]:
    """Eliminate the inner nodes; return the chain and all nodes from the left edges.

    `matrices` (N, 4 n, 5 n) and `columns` (N, 4 n, 3) are the equations of the intervals,
    `row` (2, N, 5 n) the border. The second answer (N, 4 n, n + 3) gives nodes 1 to 4.
    """
    n = matrices.shape[1] // 4
    known = np.concatenate([matrices[:, :, :n], columns], axis=2)
    inside = -_solve(matrices[:, :, n:], known)
    last = inside[:, -n:]
    right = np.broadcast_to(np.eye(n), (len(last), n, n))
    along = np.einsum("bjx,jxc->bjc", row[:, :, n:], inside)
    edges = row[:, :, :n] + along[:, :, :n]
    chain = Chain(-last[:, :, :n], right, -last[:, :, n:], edges, row_rest + along[:, :, n:].sum(axis=1))
    return chain, inside


def halve(chain: Chain) -> Halved:
    """Eliminate every second edge."""
    k, n = chain.left.shape[:2]
    pairs = k // 2
    first, second = slice(0, 2 * pairs, 2), slice(1, 2 * pairs, 2)
    both = np.zeros((pairs, 2 * n, 2 * n + 3))
    both[:, :n, :n], both[:, n:, n:2 * n] = chain.left[first], chain.right[second]
    both[:, :n, 2 * n:], both[:, n:, 2 * n:] = chain.rest[first], chain.rest[second]
    turn, upper = np.linalg.qr(np.concatenate([chain.right[first], chain.left[second]], axis=1), mode="complete")
    turned = turn.transpose(0, 2, 1) @ both
    middle = -_solve(upper[:, :n], turned[:, :n])
    low = turned[:, n:]
    along = np.einsum("bkn,knc->bkc", chain.row[:, second], middle)
    row = chain.row[:, ::2].copy()
    row[:, :pairs] += along[:, :, :n]
    row[:, (np.arange(pairs) + 1) % row.shape[1]] += along[:, :, n:2 * n]
    odd = slice(2 * pairs, k)
    return Halved(Chain(np.concatenate([low[:, :, :n], chain.left[odd]]),
                        np.concatenate([low[:, :, n:2 * n], chain.right[odd]]),
                        np.concatenate([low[:, :, 2 * n:], chain.rest[odd]]),
                        row, chain.row_rest + along[:, :, 2 * n:].sum(axis=1)), middle)


def solve_chain(chain: Chain) -> tuple[Array, Array, Chain]:
    """Return the edges (k, n, 2), w (3, 2), and what is left of the chain.

    The first column solves the equations; the second moves along the curve, all right
    sides being zero except 1 in the second row of the border.
    """
    stages: list[Halved] = []
    while len(chain.left) > max(1, DENSE // chain.left.shape[1]):
        stages.append(halve(chain))
        chain = stages[-1].chain
    edges, w = _solve_dense(chain)
    for stage in reversed(stages):
        edges = _fill(stage.middle, edges, w)
    return edges, w, chain


def _solve_dense(chain: Chain) -> tuple[Array, Array]:
    k, n = chain.left.shape[:2]
    size, j = k * n, np.arange(k)
    matrix, sides = np.zeros((size + BORDER, size + BORDER)), np.zeros((size + BORDER, 2))
    blocks = np.zeros((k, n, k, n))
    blocks[j, :, j] += chain.left
    blocks[j, :, (j + 1) % k] += chain.right
    matrix[:size, :size], matrix[size:, :size] = blocks.reshape(size, size), chain.row.reshape(BORDER, size)
    rest = chain.rest.reshape(size, 3)
    matrix[:size, size:], matrix[size:, size:] = rest[:, :BORDER], chain.row_rest[:, :BORDER]
    sides[:size, 0], sides[size:, 0], sides[-1, 1] = -rest[:, -1], -chain.row_rest[:, -1], 1.0
    found = _solve(matrix, sides)
    return found[:size].reshape(k, n, 2), np.concatenate([found[size:], [[1.0, 0.0]]])


def _fill(middle: Array, kept: Array, w: Array) -> Array:
    """Return the edges of the longer chain (k, n, 2) from the kept ones."""
    pairs = len(middle)
    ends = np.concatenate([kept[:pairs], kept[(np.arange(pairs) + 1) % len(kept)],
                           np.broadcast_to(w, (pairs, *w.shape))], axis=1)
    edges = np.empty((len(kept) + pairs, *kept.shape[1:]))
    edges[::2], edges[1::2] = kept, middle @ ends
    return edges


def multipliers_of(chain: Chain) -> NDArray[np.complex128]:
    """Return the Floquet multipliers (n,) of a chain, largest first.

    One that is too large for a float comes out as 1e300.
    """
    while len(chain.left) > 1:
        chain = halve(chain).chain
    over, under = scipy.linalg.eigvals(-chain.left[0], chain.right[0], homogeneous_eigvals=True)
    found = over / np.where(np.abs(under) > 1e-300 * np.abs(over), under, 1e-300 * np.abs(over))
    return np.asarray(found[np.argsort(-np.abs(found))])
