"""Stable and unstable manifolds of the saddles in the plane.

A saddle's stable manifold parts the starts that go to different places: it is a
separatrix. Each branch starts on an eigenvector, a little away from the saddle, and
follows the flow (the stable ones backwards in time).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ncm_app.numerics.plane.tracing import NEAR, Curve, Tracer
from ncm_app.numerics.results import Array, Equilibrium, Status
from ncm_app.numerics.results.plane import Manifold, SaddleManifolds
from ncm_app.numerics.system import System

OFFSET = 1e-4
"""Distance in spans from the saddle at which a branch starts: it is straight so far to 1e-8."""

MARGIN = 1.0
"""How far beyond spans and fixed points a branch is followed, as a share of their width."""


def saddle_manifolds(system: System, p: Any, points: Sequence[Equilibrium]) -> tuple[SaddleManifolds, ...]:
    """Return the four branches of every saddle among the fixed points `points`.

    There are none on a line, in space, and where the flow is broken by resets.
    """
    if system.size != 2 or system.threshold is not None:
        return ()
    tracer = Tracer(system, p, window_around(system, points))
    found = []
    for saddle in (q for q in points if q.kind == "saddle"):
        branches = [_branch(tracer, saddle, points, sign * direction_of(tracer, saddle, forward), forward)
                    for forward in (False, True) for sign in (1.0, -1.0)]
        found.append(SaddleManifolds(saddle, (branches[0], branches[1]), (branches[2], branches[3])))
    return tuple(found)


def direction_of(tracer: Tracer, saddle: Equilibrium, forward: bool) -> Array:
    """Return the direction (2,), one span long, in which curves leave a saddle forward or back in time."""
    values, vectors = np.linalg.eig(saddle.jacobian)
    way = vectors[:, np.argmax(values.real) if forward else np.argmin(values.real)].real
    return np.asarray(way / np.linalg.norm(way / tracer.widths))


def window_around(system: System, points: Sequence[Equilibrium]) -> Array:
    """Return the window (n, 2) in which curves are followed: the spans and all fixed points, widened."""
    states = np.array([*np.array(system.spans).T, *(q.state for q in points)])
    low, high = states.min(axis=0), states.max(axis=0)
    return np.stack([low - MARGIN * (high - low), high + MARGIN * (high - low)], axis=1)


def targets_of(points: Sequence[Equilibrium], forward: bool) -> Array:
    """Return the fixed points (n, k) that attract in a direction of time."""
    ends = [q.state for q in points if (q.stable if forward else q.repels) and q.kind != "centre"]
    return np.array(ends).T if ends else np.empty((len(points[0].state) if points else 2, 0))


def _branch(tracer: Tracer, saddle: Equilibrium, points: Sequence[Equilibrium], way: Array, forward: bool) -> Manifold:
    """Return the branch of a saddle's manifold that starts in one direction."""
    targets = targets_of(points, forward)
    curve = tracer.follow(saddle.state + OFFSET * way, forward, targets)
    curve = _up_to_saddle(tracer, curve, [q.state for q in points if q.kind == "saddle"])
    line = np.concatenate([saddle.state[:, None], curve.states], axis=1)
    return Manifold(line, not forward, curve.status, _sentence(curve, forward))


def _up_to_saddle(tracer: Tracer, curve: Curve, saddles: Sequence[Array]) -> Curve:
    """Return a curve cut where it meets a saddle: a connection between saddles, or a homoclinic orbit.

    A curve that is off by d passes a saddle at a distance like the root of d.
    """
    gaps = np.array([np.max(np.abs(curve.states - s[:, None]) / tracer.widths[:, None], axis=0) for s in saddles])
    far = gaps.min(axis=0) >= NEAR
    met = np.flatnonzero(~far & np.maximum.accumulate(far))
    if not len(met):
        return curve
    end = int(met[0])
    return Curve(curve.states[:, :end + 1], curve.times[:end + 1], Status.HOMOCLINIC)


def _sentence(curve: Curve, forward: bool) -> str:
    """Say in words where a branch ends."""
    verb = "goes to" if forward else "comes from"
    return {Status.OK: f"{verb} a fixed point", Status.CLOSED: f"{verb} a cycle",
            Status.LEFT_BOX: f"{verb} far away", Status.HOMOCLINIC: f"{verb} a saddle",
            Status.STEP_LIMIT: f"{verb} somewhere beyond the {curve.states.shape[1]} points that are followed",
            }.get(curve.status, "the flow cannot be followed further")
