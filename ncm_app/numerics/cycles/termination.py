"""Where branches of cycles end: at a Hopf point, at a homoclinic orbit, at a SNIC.

Near either kind of orbit with infinite period, a cycle crawls past a slow point. If there
is a saddle at that point while the cycle still exists, the cycle is about to meet it
(HC); if the fixed points that will block the way are not born yet, it is a saddle-node on
the cycle (SNIC).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.branches.special_points import find_eigenvalues
from ncm_app.numerics.cycles.collocation import GAUSS
from ncm_app.numerics.cycles.curve import Cycle, CycleCurve
from ncm_app.numerics.results import Array, SpecialPoint, Status

LONG, LONGEST, ENDLESS = 2.0, 20.0, 1e4
"""Multiples of the shortest period of a branch: when ends are looked for, when the walk may stop, and must."""

TOUCHING = 1e-4
"""Distance from a saddle, in amplitudes, at which the parameter has its value of the homoclinic orbit."""

NEAR, BESIDE, NEAR_Q = 0.1, 0.25, 0.02
"""Distances within which a slow cycle belongs to a saddle, or a fold, at the last (amplitudes, ranges)."""

INVERSE_ROOT = 0.5
"""Error allowed in the power with which the distance to a fold falls as the period grows, which is 2."""

ALIKE = 1e-6  # difference of two halves of a cycle, in amplitudes, that is only the error of the mesh
SMALL = 0.03  # distance within which a vanishing cycle belongs to a Hopf point


@dataclass(frozen=True)
class Landmarks:
    """Points of the equilibrium branches at which cycles may begin or end, with rows z (k, n + 1)."""

    hopfs: tuple[SpecialPoint, ...]
    folds: tuple[SpecialPoint, ...]
    at_hopf: Array
    at_fold: Array

    @classmethod
    def of(cls, curve: CycleCurve, points: tuple[SpecialPoint, ...]) -> Landmarks:
        """Return the Hopf points and folds among the points of a diagram."""
        kinds = [tuple(point for point in points if point.code == code) for code in ("H", "LP")]
        rows = [np.array([place(curve, point) for point in kind]).reshape(-1, curve.n + 1) for kind in kinds]
        return cls(kinds[0], kinds[1], rows[0], rows[1])


def place(curve: CycleCurve, point: SpecialPoint) -> Array:
    """Return the scaled coordinates (n + 1,) of a labelled fixed point."""
    return np.asarray(curve.points.scaled(point.state[:, None], point.parameters[curve.field])[0])


def _deviation(cycle: Cycle) -> Array:
    values = cycle.mesh.values(cycle.nodes)
    return np.asarray(values - cycle.mesh.integrate(values))


def shrinks_to_point(before: Cycle, after: Cycle) -> bool:
    """Tell whether a step has passed a cycle of no size: what follows runs half a period off."""
    overlap = cycle_integral(before, _deviation(before) * _deviation(after))
    return overlap < 0.0 and min(before.amplitude, after.amplitude) < 0.25


def halves_its_period(before: Cycle, after: Cycle) -> bool:
    """Tell whether a step has passed a cycle whose halves are alike: the halves swap there.

    Such is the end at a period doubling; what follows is the same branch, half a period off.
    """
    unlike = [_unlikeness(cycle) for cycle in (before, after)]
    sizes = [np.sqrt(cycle_integral(before, values**2)) for values in unlike]
    swapped = cycle_integral(before, unlike[0] * unlike[1]) < 0.0 and min(sizes) < 0.25 * before.amplitude
    return bool(swapped and sizes[0] > ALIKE * before.amplitude)


def _unlikeness(cycle: Cycle) -> Array:
    """Return the difference of the two halves of a period, (N, 4, n)."""
    mesh = cycle.mesh
    places = mesh.edges[:-1, None] + np.outer(mesh.widths, GAUSS)
    shifted = mesh.at(cycle.nodes, (places.ravel() + 0.5) % 1.0)
    values = mesh.values(cycle.nodes)
    return np.asarray(shifted.reshape(values.shape) - values)


def cycle_integral(cycle: Cycle, values: Array) -> float:
    """Return the integral of the sum over the states of values (N, 4, n)."""
    return float(np.sum(cycle.mesh.integrate(values)))


def vanishing_point(curve: CycleCurve, before: Cycle, after: Cycle, landmarks: Landmarks) -> SpecialPoint | None:
    """Return the known Hopf point into which a cycle shrinks, if there is one."""
    if not len(landmarks.hopfs):
        return None
    sizes = before.amplitude, after.amplitude
    share = sizes[0] / (sizes[0] + sizes[1])
    between = before.moved(after.moved(before, -1.0), share)
    middle = np.append(between.mesh.integrate(between.mesh.values(between.nodes)), between.q)
    distance = np.max(np.abs(landmarks.at_hopf - middle), axis=1)
    nearest = int(np.argmin(distance))
    return landmarks.hopfs[nearest] if distance[nearest] < SMALL + max(sizes) ** 2 else None


def closing_point(curve: CycleCurve, before: Cycle, cycle: Cycle, shortest: float,
                  landmarks: Landmarks) -> tuple[Status, SpecialPoint | None]:
    """Return how a branch ends at a cycle of long period, OK if it goes on.

    `before` is the cycle one step earlier; `shortest` the logarithm of the shortest period.
    """
    stretched = cycle.log_period - shortest
    if stretched < np.log(LONG):
        return Status.OK, None
    speeds = np.linalg.norm(curve.field_at(cycle)[0], axis=2).ravel()
    slow = np.append(cycle.mesh.values(cycle.nodes).reshape(-1, curve.n)[np.argmin(speeds)], cycle.q)
    across = np.append(np.zeros(curve.n), 1.0)[None]
    rest, arrived = curve.points.correct(slow[None], across)
    distance = float(np.max(np.abs(rest[0] - slow))) / cycle.amplitude if arrived[0] else np.inf
    at_last = stretched > np.log(LONGEST)
    if distance < (NEAR if at_last else TOUCHING):
        values = find_eigenvalues(curve.points.evaluate(rest)[1])[0]
        if np.any(values.real > 0.0) and np.any(values.real < 0.0):
            rest[0, -1] = _limit(before, cycle, values.real)
            return Status.HOMOCLINIC, _name(curve, "HC", rest[0], values)
    if not at_last:
        return Status.OK, None
    fold = _fold_ahead(before, cycle, slow, landmarks)
    if fold is not None:
        return Status.SNIC, _name(curve, "SNIC", place(curve, fold), fold.eigenvalues)
    # Relaxation oscillations and canards are slow as well, and go on.
    return (Status.OK if stretched < np.log(ENDLESS) else Status.PERIOD_LIMIT), None


def _fold_ahead(before: Cycle, cycle: Cycle, slow: Array, landmarks: Landmarks) -> SpecialPoint | None:
    """Return the fold of fixed points at which a slow cycle ends, None if it does not.

    Ahead of it the period grows like the inverse root of the distance in the parameter.
    """
    gaps = np.abs(landmarks.at_fold - slow)
    near = (np.max(gaps[:, :-1], axis=1, initial=0.0) < BESIDE * cycle.amplitude) & (gaps[:, -1] < NEAR_Q)
    with np.errstate(divide="ignore"):
        closer = np.log(np.abs(landmarks.at_fold[:, -1] - before.q)) - np.log(gaps[:, -1])
    longer = cycle.log_period - before.log_period
    fits = near & (np.abs(closer - 2.0 * longer) < INVERSE_ROOT * abs(longer))
    return landmarks.folds[int(np.flatnonzero(fits)[np.argmin(gaps[fits, -1])])] if np.any(fits) else None


def _limit(before: Cycle, cycle: Cycle, rates: Array) -> float:
    """Return the scaled parameter of a homoclinic orbit from two cycles before it.

    The distance falls like exp(-rate x period), with the slower of the leading rates of
    the saddle (1/ms).
    """
    rate = min(float(rates[rates > 0.0].min()), float(-rates[rates < 0.0].max()))
    longer = cycle.period - before.period
    if longer <= 0.0:
        return cycle.q
    return cycle.q + (cycle.q - before.q) / float(np.expm1(rate * longer))


def _name(curve: CycleCurve, code: str, row: Array, values: NDArray[np.complex128]) -> SpecialPoint:
    full = curve.points.unscaled(row)
    return SpecialPoint(code, {curve.field: float(full[-1])}, full[:-1], values, period=float("inf"))
