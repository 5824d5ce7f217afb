"""The next cycle on a branch, guessed on a mesh that moves along with fast parts.

When a parameter moves, the upstrokes of a relaxation oscillation shift in phase by more
than they are wide, while the orbit hardly changes its shape. A straight guess u + a v at
fixed phases fails there. So the guess splits the direction v into a drift of the phase,

    v = w - sigma u',    sigma smooth, minimising
    integral of |u'|^2 / mean(|u'|^2) (sigma + v.u' / |u'|^2)^2 + STIFFNESS sigma'^2,

moves the mesh by a sigma, and the states by a w. Lengths and angles are those of w: they
measure how orbits differ in the space of the states.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg

from ncm_app.numerics.cycles.collocation import DEGREE, NODES, Mesh
from ncm_app.numerics.cycles.curve import Cycle
from ncm_app.numerics.results import Array

STIFFNESS = 0.01
"""How smooth the drift is: between fast parts it changes linearly."""

AT_REST = 1e-6  # amplitude below which a cycle has no phase
MOST = 0.5
"""Largest part of an interval by which its edges approach each other in one step."""


@dataclass(frozen=True, eq=False)
class Ahead:
    """A cycle and the direction onwards, with its drift (N,) at the edges, per unit length."""

    cycle: Cycle
    onward: Cycle
    drift: Array

    def at(self, step: float) -> tuple[Cycle, Cycle]:
        """Return the cycle itself and the guess a step onwards, both on the moved mesh."""
        mesh = moved_mesh(self.cycle.mesh, step * self.drift)
        here = Cycle(mesh, self.cycle.nodes, self.cycle.log_period, self.cycle.q)
        return here, here.moved(self.direction(mesh), step)

    def direction(self, mesh: Mesh) -> Cycle:
        """Return the direction without drift on a moved mesh."""
        return Cycle(mesh, self.onward.nodes, self.onward.log_period, self.onward.q)


def look_ahead(cycle: Cycle, tangent: Cycle, farthest: float) -> Ahead:
    """Return what lies ahead along a tangent, for steps up to `farthest`."""
    drift = _drift(cycle, tangent)
    onward = _without(cycle, tangent, drift)
    size = float(np.sqrt(onward.dot(onward)))
    crowding = farthest / size * float(np.max(np.abs(np.roll(drift, -1) - drift) / cycle.mesh.widths))
    if crowding > MOST:
        drift = drift * (MOST / crowding)
        onward = _without(cycle, tangent, drift)
    size = float(np.sqrt(onward.dot(onward)))
    return Ahead(cycle, onward.unit(), drift / size)


def moved_mesh(mesh: Mesh, shifts: Array) -> Mesh:
    """Return a mesh whose edges moved by shifts (N,); the first one stays, and all turn with it."""
    edges = mesh.edges.copy()
    edges[1:-1] += shifts[1:] - shifts[0]
    return Mesh(edges)


def _drift(cycle: Cycle, tangent: Cycle) -> Array:
    """Return the drift of the phase (N,) at the edges along a tangent."""
    mesh = cycle.mesh
    slopes = mesh.node_slopes(cycle.nodes)[::DEGREE]
    weights = np.sum(slopes**2, axis=1)
    mean = float(weights @ mesh.widths)
    if cycle.amplitude < AT_REST:
        return np.zeros(mesh.count)
    lumps = (mesh.widths + np.roll(mesh.widths, 1)) / 2.0
    stiff = STIFFNESS / mesh.widths
    along = np.sum(tangent.nodes[::DEGREE] * slopes, axis=1)
    return solve_ring(weights / mean * lumps + stiff + np.roll(stiff, 1), stiff, -along / mean * lumps)


def solve_ring(diagonal: Array, links: Array, right: Array) -> Array:
    """Solve d_j x_j - l_(j-1) x_(j-1) - l_j x_(j+1) = r_j around a ring (N >= 3).

    `links` (N,) are positive and no diagonal entry is below the sum of its two links. The
    link that closes the ring is taken out as a matrix of rank one (Sherman-Morrison): what
    is left is tridiagonal, so that the work grows like N and needs no threads.
    """
    bands = np.zeros((2, len(diagonal)))
    bands[0, 1:], bands[1] = -links[:-1], diagonal
    bands[1, [0, -1]] += links[-1]
    loads = np.zeros((len(diagonal), 2))
    loads[:, 0] = right
    loads[[0, -1], 1] = 1.0
    plain, ring = scipy.linalg.solveh_banded(bands, loads, check_finite=False).T
    share = links[-1] * (plain[0] + plain[-1]) / (1.0 - links[-1] * (ring[0] + ring[-1]))
    return np.asarray(plain + share * ring)


def _without(cycle: Cycle, tangent: Cycle, drift: Array) -> Cycle:
    """Return a tangent without a drift of the phase."""
    ends = np.stack([drift, np.roll(drift, -1)], axis=1)
    inside = ends @ np.stack([1.0 - NODES[:-1], NODES[:-1]])
    nodes = tangent.nodes + inside.ravel()[:, None] * cycle.mesh.node_slopes(cycle.nodes)
    return Cycle(cycle.mesh, nodes, tangent.log_period, tangent.q)


def turn_between(ahead: Ahead, cycle: Cycle, tangent: Cycle) -> float:
    """Return the angle (rad) between a direction and the tangent of the next cycle."""
    next_one = look_ahead(cycle, tangent, 0.0).onward
    return float(np.arccos(np.clip(ahead.direction(cycle.mesh).unit().dot(next_one), -1.0, 1.0)))
