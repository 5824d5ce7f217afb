"""A curve of limit cycles in scaled coordinates: residuals, Newton steps, multipliers.

A cycle is u(s) with u' = T f(u, q) and u(1) = u(0), where s is the phase, u the states in
spans, q the parameter in its range; the unknown period enters by its logarithm. Where on
the cycle s = 0 lies is settled by the integral condition that a cycle is not shifted
against the one before it [Doedel1981], and the place on the curve by a plane across it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.branches.curve import FINE, EquilibriumCurve
from ncm_app.numerics.branches.kinks import has_kinks
from ncm_app.numerics.cycles.collocation import DEGREE, SLOPES, VALUES, Mesh
from ncm_app.numerics.cycles.periodic_blocks import Chain, condense, multipliers_of, solve_chain
from ncm_app.numerics.results import Array
from ncm_app.numerics.system import System

PERIOD_SCALE = 0.3
"""Weight of the logarithm of the period in lengths."""

PRECISE, STEPS = 1e-7, 7
"""Newton shift after which the next would be round-off, and how many steps it may take."""

ZERO = 1e-12  # value of a parameter, in ranges, that is only the round-off of 0

_FINE = np.linspace(0.0, 1.0, 25)
"""Parts of two intervals at which the top of a state is sought."""


@dataclass(frozen=True, eq=False)
class Cycle:
    """A cycle, or a direction: nodes (4 N, n) on a mesh, log period, scaled parameter q."""

    mesh: Mesh
    nodes: Array
    log_period: float
    q: float

    @property
    def period(self) -> float:
        """Period in ms."""
        return float(np.exp(self.log_period))

    def moved(self, direction: Cycle, step: float) -> Cycle:
        """Return the cycle a step further along a direction on the same mesh."""
        return Cycle(self.mesh, self.nodes + step * direction.nodes,
                     self.log_period + step * direction.log_period, self.q + step * direction.q)

    def dot(self, other: Cycle) -> float:
        """Return the inner product with a direction on the same mesh."""
        states = np.einsum("jkn,jkn->jk", self.mesh.values(self.nodes), self.mesh.values(other.nodes))
        return float(self.mesh.integrate(states) + PERIOD_SCALE**2 * self.log_period * other.log_period
                     + self.q * other.q)

    def unit(self) -> Cycle:
        """Return the direction with length 1."""
        size = np.sqrt(self.dot(self))
        return Cycle(self.mesh, self.nodes / size, self.log_period / size, self.q / size)

    def on(self, mesh: Mesh) -> Cycle:
        """Return the same cycle on another mesh."""
        return replace(self, mesh=mesh, nodes=self.mesh.at(self.nodes, mesh.phases))

    @property
    def amplitude(self) -> float:
        """Largest distance between the highest and the lowest value of a state, in spans."""
        return float(np.max(np.ptp(self.nodes, axis=0)))

    @cached_property
    def extremes(self) -> Array:
        """Lowest and highest value of each state (2, n), scaled.

        The polynomials around the outermost nodes are sampled, and a parabola put on top.
        """
        mesh, n = self.mesh, self.nodes.shape[1]
        outer = np.concatenate([self.nodes.argmin(axis=0), self.nodes.argmax(axis=0)])
        interval = outer // DEGREE
        left = mesh.edges[interval] - np.where(outer % DEGREE == 0, mesh.widths[interval - 1], 0.0)
        samples = left[:, None] + (mesh.edges[interval + 1] - left)[:, None] * _FINE
        values = mesh.at(self.nodes, samples.ravel() % 1.0).reshape(2 * n, len(_FINE), n)
        signs = np.repeat([-1.0, 1.0], n)
        tops = _tops(signs[:, None] * values[np.arange(2 * n), :, np.arange(2 * n) % n])
        beyond = signs * self.nodes[outer, np.arange(2 * n) % n]
        return np.asarray((signs * np.maximum(tops, beyond)).reshape(2, n))


def signature(cycle: Cycle) -> Array:
    """Return what tells cycles apart, whatever their mesh and phase: extremes, period, parameter."""
    return np.concatenate([*cycle.extremes, [cycle.log_period / 3.0, cycle.q]])


def _tops(values: Array) -> Array:
    """Return the maximum of every row of equally spaced values, by a parabola."""
    rows = np.arange(len(values))
    top = np.clip(np.argmax(values, axis=1), 1, values.shape[1] - 2)
    a, b, c = values[rows, top - 1], values[rows, top], values[rows, top + 1]
    bend = a - 2.0 * b + c
    inside = (bend < 0.0) & (np.abs(a - c) <= -bend)
    lift = np.where(inside, -(a - c) ** 2 / (8.0 * np.where(inside, bend, -1.0)), 0.0)
    return np.asarray(np.maximum(values.max(axis=1), b + lift))


class Found(NamedTuple):
    """A cycle on the curve, the unit direction onwards, what gives the multipliers, and steps taken."""

    cycle: Cycle
    tangent: Cycle
    chain: Chain
    trace: float
    steps: int


class CycleCurve:
    """The equations of the cycles of a system over a range of one parameter."""

    def __init__(self, system: System, p: Any, field: str, low: float, high: float) -> None:
        plain = EquilibriumCurve(system, p, field, low, high)
        self.kinked = has_kinks(plain)
        """Whether the right-hand side has kinks, which meshes must then follow."""
        self.points = plain.made_careful() if self.kinked else plain
        self.n, self.field = system.size, field
        self.effort = 0
        """Work done so far: the sizes of all systems of linear equations that were solved."""

    @cached_property
    def fine(self) -> EquilibriumCurve:
        """The right-hand side with narrow differences, which see one side of a kink."""
        return self.points.with_step(FINE)

    def value_at(self, q: float) -> float:
        """Return the parameter in units of the model; round-off beside zero is zero."""
        value = self.points.low + q * (self.points.high - self.points.low)
        return 0.0 if abs(value) < ZERO * (self.points.high - self.points.low) else float(value)

    def field_at(self, cycle: Cycle) -> tuple[Array, Array]:
        """Return f (N, 4, n) and its slopes (N, 4, n, n + 1) at the Gauss points, scaled, per ms."""
        values = cycle.mesh.values(cycle.nodes)
        rows = np.concatenate([values.reshape(-1, self.n), np.full((values.shape[0] * DEGREE, 1), cycle.q)], axis=1)
        residuals, slopes = self.points.evaluate(rows)
        return residuals.reshape(values.shape), slopes.reshape(*values.shape, self.n + 1)

    def correct(self, guess: Cycle, reference: Cycle, forward: Cycle, exact: bool = False) -> Found | None:
        """Return the cycle in the plane through a guess across `forward`, None if Newton fails.

        `reference` is the cycle against which the phase is settled, on the same mesh.
        `exact` takes one more step, so that the tangent and the trace are exact as well.
        """
        mesh, now = guess.mesh, guess
        bend = mesh.slopes(reference.nodes)
        rows = np.stack([mesh.functional(bend), mesh.functional(mesh.values(forward.nodes))])
        rows = rows.reshape(2, mesh.count, -1)
        last, polished = np.inf, not exact
        for count in range(STEPS):
            offset = now.moved(guess, -1.0)
            phase = float(mesh.integrate(np.sum(bend * mesh.values(now.nodes), axis=2)))
            ends = np.array([[0.0, 0.0, phase],
                             [PERIOD_SCALE**2 * forward.log_period, forward.q, forward.dot(offset)]])
            shift, tangent, chain, trace = self._step(now, rows, ends)
            length = max(float(np.max(np.abs(shift.nodes))), abs(shift.log_period), abs(shift.q))
            if not length < (0.5 if count == 0 else max(0.7 * last, PRECISE)):  # also true for NaN
                return None
            now, last = now.moved(shift, 1.0), length
            if length < PRECISE and not polished:
                polished = True
            elif length < PRECISE:
                return Found(now, tangent.unit(), chain, trace, count + 1)
        return None

    def answer(self, cycle: Cycle, tangent: Cycle, load: Array) -> Cycle:
        """Return the direction that the linear equations answer a load (N, 4, n) with, across a tangent.

        Where another curve crosses, and the load has a part along it, that direction is huge.
        """
        mesh = cycle.mesh
        rows = np.stack([mesh.functional(mesh.slopes(cycle.nodes)), mesh.functional(mesh.values(tangent.nodes))])
        ends = np.array([[0.0, 0.0, 0.0], [PERIOD_SCALE**2 * tangent.log_period, tangent.q, 0.0]])
        return self._step(cycle, rows.reshape(2, mesh.count, -1), ends, load)[0]

    def _step(self, cycle: Cycle, rows: Array, ends: Array,
              load: Array | None = None) -> tuple[Cycle, Cycle, Chain, float]:
        """Return the Newton shift, the direction of the curve, the chain and the trace integral.

        A `load` (N, 4, n) stands in for the residual.
        """
        mesh, n, period = cycle.mesh, self.n, cycle.period
        self.effort += mesh.count * (n + 2)
        widths = mesh.widths[:, None, None]
        field, slopes = self.field_at(cycle)
        flow = widths * period * field
        matrices = np.einsum("ki,ab->kaib", SLOPES, np.eye(n)) - np.einsum(
            "ki,jkab->jkaib", VALUES, (widths[..., None] * period) * slopes[..., :n])
        residual = SLOPES @ mesh.blocks(cycle.nodes) - flow if load is None else load
        columns = np.stack([-flow, -widths * period * slopes[..., n], residual], axis=-1)
        chain, inside = condense(matrices.reshape(mesh.count, DEGREE * n, -1),
                                 columns.reshape(mesh.count, DEGREE * n, 3), rows, ends)
        edges, w, last = solve_chain(chain)
        known = np.concatenate([edges, np.broadcast_to(w, (mesh.count, 3, 2))], axis=1)
        nodes = np.concatenate([edges, (inside @ known)[:, :-n]], axis=1).reshape(mesh.count * DEGREE, n, 2)
        shift, onward = (Cycle(mesh, nodes[..., i], float(w[0, i]), float(w[1, i])) for i in range(2))
        trace = period * float(mesh.integrate(np.trace(slopes[..., :n], axis1=2, axis2=3)))
        return shift, onward, last, trace

    def multipliers(self, found: Found) -> NDArray[np.complex128]:
        """Return the Floquet multipliers (n,), the trivial one first and exactly 1.

        In the plane the other one is exp of the integral of the trace, at any size of it.
        """
        if self.n == 1:
            return np.ones(1, dtype=complex)
        if self.n == 2:
            return np.array([1.0, np.exp(np.clip(found.trace, -690.0, 690.0))], dtype=complex)
        values = multipliers_of(found.chain)
        trivial = int(np.argmin(np.abs(values - 1.0)))
        return np.concatenate([[1.0], np.delete(values, trivial)])
