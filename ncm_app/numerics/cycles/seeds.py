"""Where branches of cycles are entered: small ones at Hopf points, settled ones in runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import scipy.integrate

from ncm_app.numerics.cycles.collocation import DEGREE, FINEST, Mesh
from ncm_app.numerics.cycles.continuation import at_parameter
from ncm_app.numerics.cycles.curve import Cycle, CycleCurve
from ncm_app.numerics.cycles.oscillation import settle
from ncm_app.numerics.cycles.points import Row
from ncm_app.numerics.cycles.termination import place
from ncm_app.numerics.jacobian import evaluate_field
from ncm_app.numerics.results import Array, SpecialPoint, Status
from ncm_app.numerics.system import Partial, Progress

PATIENCE = 0.5
"""Share of the budget of `settle` after which a run that has not settled is given up."""

REPEATS, REPEATED = (4, 3, 2), 1e-4
"""Turns that may have been taken for one, and the difference, in amplitudes, between them."""

DOUBLED = "2"
"""Code of the row at which a branch of twice the period begins; the label belongs to the other branch."""

TURNS = (20, 80, 320)
"""Periods that a run may need until it repeats itself to a hundredth of a span."""


def hopf_row(curve: CycleCurve, point: SpecialPoint, mesh: Mesh | None = None) -> Row:
    """Return the cycle of no size at a Hopf point, with the direction in which it grows.

    There the cycle is u + a Re(q exp(2 pi i s)), with a = 0 and q the critical eigenvector.
    """
    mesh, z = mesh or Mesh.uniform(), place(curve, point)
    values, vectors = np.linalg.eig(curve.points.evaluate(z[None])[1][0][:, :-1])
    omega = 2.0 * np.pi * point.frequency
    critical = int(np.argmin(np.abs(values - 1j * omega)))
    wave = (np.exp(2j * np.pi * mesh.phases)[:, None] * vectors[:, critical]).real
    rest = Cycle(mesh, np.tile(z[:-1], (len(wave), 1)), -float(np.log(point.frequency)), float(z[-1]))
    partner = int(np.argmin(np.abs(values + 1j * omega)))
    others = np.delete(values, [critical, partner])
    with np.errstate(over="ignore"):
        multipliers = np.concatenate([[1.0, 1.0], np.exp(np.minimum(others * rest.period, 690.0))])
    return Row(rest, Cycle(mesh, wave, 0.0, 0.0).unit(), multipliers, np.zeros(4), "H")


def doubled_row(curve: CycleCurve, row: Row) -> Row:
    """Return a cycle at its period doubling, run through twice, with the direction of the doubled ones.

    That direction has opposite signs in the two halves. It answers a load with opposite
    signs, because the multiplier -1 makes the equations nearly singular for such.
    """
    once = row.cycle
    mesh = Mesh(np.concatenate([once.mesh.edges[:-1] / 2.0, (1.0 + once.mesh.edges) / 2.0]))
    twice = Cycle(mesh, np.tile(once.nodes, (2, 1)), once.log_period + float(np.log(2.0)), once.q)
    along = replace(row.tangent, mesh=mesh, nodes=np.tile(row.tangent.nodes, (2, 1))).unit()
    load = np.random.default_rng(0).standard_normal((once.mesh.count, DEGREE, curve.n))
    found = curve.answer(twice, along, np.concatenate([load, -load]) * mesh.widths[:, None, None])
    half = found.nodes[:len(once.nodes)] - found.nodes[len(once.nodes):]
    onward = Cycle(mesh, np.concatenate([half, -half]), 0.0, 0.0).unit()
    return Row(twice, onward, row.multipliers**2, np.zeros(4), DOUBLED)


def settled_row(curve: CycleCurve, start: Array, q: float, progress: Progress) -> Row | None:
    """Return the stable cycle reached from a state (n,), None if the run comes to rest or wanders.

    `q` is the scaled parameter.
    """
    value = curve.value_at(q)
    p = curve.points.p._replace(**{curve.field: value})
    try:
        found = settle(curve.points.system, list(start), p, progress=_Hasty(progress))
    except _TooLongError:
        return None
    if found.status is not Status.OK or not np.isfinite(found.period):
        return None
    sampled = _sample(curve, p, start, found.period)
    if sampled is None:
        return None
    return _row_near(curve, *sampled, found.period, q)


def turned_row(curve: CycleCurve, turn: Array, period: float, q: float) -> Row | None:
    """Return the cycle near one turn (n, m) of a run at equal times, ends included; None if there is none."""
    mesh = Mesh.uniform(FINEST)
    places = np.linspace(0.0, 1.0, turn.shape[1])
    states = np.stack([np.interp(mesh.phases, places, state) for state in turn], axis=1)
    return _row_near(curve, mesh, (states - curve.points.origin[:-1]) / curve.points.scale[:-1], period, q)


def _row_near(curve: CycleCurve, mesh: Mesh, nodes: Array, period: float, q: float) -> Row | None:
    """Return the cycle near rough nodes on a fine mesh, run through once."""
    rough = Cycle(mesh, nodes, float(np.log(period)), q)
    row = at_parameter(curve, rough.on(mesh.refitted(nodes)))
    once = None if row is None else _once(row.cycle)
    return row if once is None else at_parameter(curve, once)


def _once(cycle: Cycle) -> Cycle | None:
    """Return one turn of a cycle that was run through twice, None if it was not.

    Near a period doubling a run takes two turns, which hardly differ, for one.
    """
    mesh = cycle.mesh
    for count in REPEATS:
        later = mesh.at(cycle.nodes, (mesh.phases + 1.0 / count) % 1.0)
        if float(np.max(np.abs(later - cycle.nodes))) < REPEATED * cycle.amplitude:
            fine = Mesh.uniform(FINEST)
            nodes = mesh.at(cycle.nodes, fine.phases / count)
            return Cycle(fine, nodes, cycle.log_period - float(np.log(count)), cycle.q).on(fine.refitted(nodes))
    return None


def _sample(curve: CycleCurve, p: Any, start: Array, period: float) -> tuple[Mesh, Array] | None:
    """Return a fine mesh and scaled nodes of the last period of a run that repeats itself."""
    mesh, system, points = Mesh.uniform(FINEST), curve.points.system, curve.points
    y, scale = np.asarray(start, dtype=float), points.scale[:-1]

    def slopes(t: float, state: Array) -> Array:
        return evaluate_field(system, state, p)

    for turns in TURNS:
        times = (turns + np.append(mesh.phases, 1.0)) * period
        run = scipy.integrate.solve_ivp(slopes, (0.0, times[-1]), y, "LSODA", t_eval=times, rtol=1e-7,
                                        atol=1e-9 * float(scale.min()))
        if not run.success:
            return None
        if np.max(np.abs(run.y[:, -1] - run.y[:, 0]) / scale) < 0.01:
            return mesh, ((run.y[:, :-1].T - points.origin[:-1]) / scale)
        y = run.y[:, -1]
    return None


class _TooLongError(Exception):
    """The run takes more steps than its answer is worth."""


class _Hasty(Progress):
    """Passes a cancel on, and stops a run that does not settle soon."""

    def __init__(self, whole: Progress) -> None:
        self.whole = whole

    def report(self, fraction: float, partial: Partial | None = None) -> None:
        self.whole.report(fraction)
        if fraction > PATIENCE:
            raise _TooLongError
