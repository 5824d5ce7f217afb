"""Cycles across kinks of the right-hand side: mesh edges are put where the slopes jump.

Between two edges the solution is then as smooth as anywhere, and collocation keeps its
order; with a kink inside an interval, periods are good to three digits only.
"""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.cycles.collocation import Mesh
from ncm_app.numerics.cycles.curve import Cycle, CycleCurve, Found
from ncm_app.numerics.results import Array

SAMPLES = 8
"""Points per interval between which kinks are sought: a shorter stay on the far side is not seen."""

PARTS, SURE, DIVISIONS = 16, 3, 6
"""Parts of an interval in a division; divisions after which a jump is no steep rise; and in all, to place it."""

JUMP = 0.01
"""Relative jump of the slopes across a divided step that no smooth function has."""

APART = 1e-6  # phase between two kinks, or between one and the end of the mesh, at least
ROUNDS = 4  # corrections on meshes whose edges draw near the kinks
PLACED = 1e-6  # shift of an edge that changes nothing any more


def on_kinks(curve: CycleCurve, found: Found, forward: Cycle, exact: bool = False) -> Found:
    """Return a cycle anew on a mesh with an edge at every kink, in the plane across `forward`.

    A cycle without kinks, or one that cannot be corrected, comes back as it is.
    """
    for _ in range(ROUNDS if curve.kinked else 0):
        mesh = snap(found.cycle.mesh, kink_phases(curve, found.cycle))
        if float(np.max(np.abs(mesh.edges - found.cycle.mesh.edges))) < PLACED:
            break
        start, across = found.cycle.on(mesh), forward.on(mesh)
        again = curve.correct(start, start, across, exact)
        if again is None:
            break
        found = again._replace(steps=found.steps)
    return found


def snap(mesh: Mesh, phases: Array) -> Mesh:
    """Return the mesh with its nearest inner edge moved to each phase."""
    edges, free = mesh.edges.copy(), np.ones(len(mesh.edges), dtype=bool)
    free[[0, -1]] = False
    for phase in phases:
        after = int(np.searchsorted(edges, phase))
        beside = [k for k in (after - 1, after) if free[k]]
        if beside:
            nearest = min(beside, key=lambda k: abs(edges[k] - phase))
            edges[nearest], free[nearest] = phase, False
    return Mesh(edges)


def kink_phases(curve: CycleCurve, cycle: Cycle) -> Array:
    """Return the phases (k,), in order, at which the slopes of the right-hand side jump."""
    mesh, shares = cycle.mesh, np.arange(SAMPLES) / SAMPLES
    phases = np.append((mesh.edges[:-1, None] + np.outer(mesh.widths, shares)).ravel(), 1.0)
    slopes = _slopes(curve, cycle, phases)
    least = JUMP * float(np.max(_norms(slopes)))
    at = np.flatnonzero(_norms(np.diff(slopes, axis=0)) > least)
    low, high, rows = phases[at], phases[at + 1], np.arange(len(at))
    for count in range(DIVISIONS):
        finer = low[:, None] + (high - low)[:, None] * np.linspace(0.0, 1.0, PARTS + 1)
        slopes = _slopes(curve, cycle, finer.ravel()).reshape(*finer.shape, curve.n, curve.n + 1)
        jumps = _norms(np.diff(slopes, axis=1))
        part = np.argmax(jumps, axis=1)
        # In the end the differences themselves straddle the kink, and the jump is spread over them.
        kept = (jumps[rows, part] > least) | (count >= SURE)
        low, high = finer[rows, part][kept], finer[rows, part + 1][kept]
        rows = rows[:len(low)]
    found = np.unique((low + high) / 2.0)
    found = found[(found > APART) & (found < 1.0 - APART)]
    return found[np.append(np.diff(found) > APART, True)[:len(found)]]


def refitted(curve: CycleCurve, cycle: Cycle) -> Mesh:
    """Return the mesh on which every interval has the same error, with edges at the kinks."""
    if not curve.kinked:
        return cycle.mesh.refitted(cycle.nodes)
    phases = kink_phases(curve, cycle)
    return snap(cycle.mesh.refitted(cycle.nodes, phases), phases)


def _slopes(curve: CycleCurve, cycle: Cycle, phases: Array) -> Array:
    rows = np.concatenate([cycle.mesh.at(cycle.nodes, phases % 1.0), np.full((len(phases), 1), cycle.q)], axis=1)
    return curve.fine.evaluate(rows)[1]


def _norms(slopes: Array) -> Array:
    return np.asarray(np.linalg.norm(slopes, axis=(-2, -1)))
