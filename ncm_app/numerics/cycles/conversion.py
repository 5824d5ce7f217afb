"""From the rows of a walk to a branch of cycles in model units, with its sentence."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.codes import CYCLES, critical, ending_at
from ncm_app.numerics.cycles.continuation import CyclePath
from ncm_app.numerics.cycles.curve import Cycle, CycleCurve
from ncm_app.numerics.cycles.points import Row
from ncm_app.numerics.results import Array, CycleBranch, SpecialPoint, Status

HARDLY = 1e-6  # logarithm of a multiplier below which a cycle is neutral

WHERE = {
    Status.HOPF: "a Hopf point", Status.HOMOCLINIC: "a homoclinic orbit", Status.SNIC: "a saddle-node on the cycle",
    Status.DOUBLING: "a period doubling, on a cycle of half the period,",
    Status.OK: "a cycle of another branch", Status.LEFT_BOX: "the edge of the model's box",
    Status.STEP_LIMIT: "the limit of steps",
    Status.NOT_CONVERGED: "a cycle beyond which the iteration did not converge",
}


def make_branch(curve: CycleCurve, forth: CyclePath, back: CyclePath) -> CycleBranch:
    """Return the branch of two walks from one row, the backward one in front."""
    rows = back.rows[:0:-1] + forth.rows
    cycles = [row.cycle for row in rows]
    extremes = np.array([cycle.extremes for cycle in cycles])
    scale, origin = curve.points.scale[:-1, None], curve.points.origin[:-1, None]
    low, high = origin + scale * extremes[:, 0].T, origin + scale * extremes[:, 1].T
    parameter = np.array([curve.value_at(cycle.q) for cycle in cycles])
    labelled = tuple(make_point(curve, row) for row in rows if critical(CYCLES, row.code))
    ends = tuple(path.point for path in (back, forth) if path.point is not None and np.isinf(path.point.period))
    return CycleBranch(parameter, np.array([cycle.period for cycle in cycles]), low, high,
                       np.array([row.multipliers for row in rows]).T, _stability(rows), labelled + ends,
                       (back.end, forth.end), tuple(profile_of(curve, cycle) for cycle in cycles),
                       describe(curve, forth, back))


def profile_of(curve: CycleCurve, cycle: Cycle) -> Array:
    """Return time in ms and states (1 + n, 4 N + 1) of a cycle; the last column is the first state."""
    states = np.concatenate([cycle.nodes, cycle.nodes[:1]]).T
    times = np.append(cycle.mesh.phases, 1.0) * cycle.period
    profile = np.concatenate([times[None], curve.points.origin[:-1, None] + curve.points.scale[:-1, None] * states])
    profile.flags.writeable = False
    return profile


def make_point(curve: CycleCurve, row: Row) -> SpecialPoint:
    """Return a labelled cycle; it is stable if no multiplier but the critical ones grows."""
    cycle, others = row.cycle, row.multipliers[1:]
    aims = {"LPC": np.abs(others - 1.0), "BP": np.abs(others - 1.0), "PD": np.abs(others + 1.0),
            "TR": np.abs(np.abs(others) - 1.0) + 10.0 * (np.abs(others.imag) < 1e-6)}
    rest = others[np.argsort(aims[row.code])[critical(CYCLES, row.code):]]
    top = np.append(cycle.nodes[np.argmax(cycle.nodes[:, 0])], cycle.q)
    full = curve.points.unscaled(top)
    return SpecialPoint(row.code, {curve.field: float(full[-1])}, full[:-1], row.multipliers,
                        1.0 / cycle.period, cycle.period, bool(np.all(np.abs(rest) < 1.0)))


def _stability(rows: list[Row]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return whether each row is stable; where stability changes, a row belongs to the stable side if there is one."""
    critical = np.array([bool(row.code) or abs(row.growth) < HARDLY for row in rows])
    plain = np.array([row.stable for row in rows]) & ~critical
    beside = np.append(plain[1:], False) | np.append(False, plain[:-1])
    return np.where(critical, beside, plain)


def describe(curve: CycleCurve, forth: CyclePath, back: CyclePath) -> str:
    """Return the sentence that says where a branch begins and ends."""
    if forth.end is Status.CLOSED:
        return "The branch of cycles closes on itself."
    return f"Cycles from {_name_end(curve, back)} to {_name_end(curve, forth)}."


def _name_end(curve: CycleCurve, path: CyclePath) -> str:
    cycle = path.rows[-1].cycle
    value = curve.value_at(cycle.q)
    if path.point is not None:
        at = curve.value_at((path.point.parameters[curve.field] - curve.points.low) / curve.points.scale[-1])
        return f"{ending_at(path.point.code)} at {curve.field} = {at:.5g}"
    if path.end is Status.PARAMETER_BOUND:
        return f"the bound {curve.field} = {value:.5g}"
    if path.end is Status.PERIOD_LIMIT:
        return f"a period of {cycle.period:.4g} ms, the longest that is followed"
    return f"{WHERE.get(path.end, 'here')} near {curve.field} = {value:.5g}"
