"""Fixed points of systems with resets: only those below the threshold are ever reached.

Where a branch of stable fixed points comes to the threshold (code TH), rest ends and
spikes begin, without any change of stability: no bifurcation of the smooth flow.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.fixed_points.equilibria import EquilibriumSet, describe_equilibria
from ncm_app.numerics.jacobian import evaluate_field, jacobian, widths
from ncm_app.numerics.results import Array, Branch, Diagram, Loci, Locus, SpecialPoint, Status
from ncm_app.numerics.system import System

AT = 1e-7
"""Distance from the threshold, in spans of the first state, that counts as being there."""

STEPS, SMALL = 30, 1e-12  # Newton's iteration for the place at which a branch meets the threshold
NUDGE = 1e-7  # part of the parameter's range over which a difference is taken


def is_below(system: System, p: Any, first: Any) -> NDArray[np.bool_]:
    """Tell which values of the first state lie below the threshold; all do where there is none.

    Fields of `p` may be arrays of the same shape.
    """
    first = np.asarray(first, dtype=float)
    if system.threshold is None:
        return np.ones(first.shape, dtype=bool)
    low, high = system.spans[0]
    return np.asarray(first < np.asarray(system.threshold(p)) - AT * (high - low))


def below_threshold(system: System, p: Any, found: EquilibriumSet) -> EquilibriumSet:
    """Return a set without the fixed points that a run is reset before it reaches."""
    return replace(found, points=tuple(q for q in found.points if is_below(system, p, q.state[0])))


def clip_diagram(system: System, p: Any, diagram: Diagram, width: float) -> Diagram:
    """Return a diagram whose branches end at the threshold; `width` is the range of its parameter."""
    if system.threshold is None:
        return diagram
    pieces = [piece for branch in diagram.branches for piece in _pieces(system, p, diagram.parameter, branch, width)]
    return replace(diagram, branches=tuple(pieces))


def _pieces(system: System, p: Any, field: str, branch: Branch, width: float) -> list[Branch]:
    """Return the stretches of a branch below the threshold, each led on to it."""
    inside = is_below(system, p._replace(**{field: branch.parameter}), branch.states[0])
    if np.all(inside):
        return [branch]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]))).reshape(-1, 2)
    return [_piece(system, p, field, branch, (int(a), int(b)), width) for a, b in edges]


def _piece(system: System, p: Any, field: str, branch: Branch, rows: tuple[int, int], width: float) -> Branch:
    """Return rows a to b of a branch with the points at which it meets the threshold."""
    (a, b), last = rows, len(branch.parameter)
    kept = Branch(branch.parameter[a:b], branch.states[:, a:b], branch.eigenvalues[:, a:b], branch.unstable[a:b],
                  tuple(q for q in branch.points if is_below(system, p._replace(**q.parameters), q.state[0])
                        and np.any(_same_row(branch, slice(a, b), q, field))), branch.ends)
    if a > 0:
        kept = _led_on(kept, _meet(system, p, field, branch, (a, a - 1), width), field, True)
    if b < last:
        kept = _led_on(kept, _meet(system, p, field, branch, (b - 1, b), width), field, False)
    return kept


def _same_row(branch: Branch, rows: slice, point: SpecialPoint, field: str) -> NDArray[np.bool_]:
    near = np.isclose(branch.parameter[rows], point.parameters[field], rtol=1e-9, atol=1e-12)
    return near & np.all(np.isclose(branch.states[:, rows], point.state[:, None], rtol=1e-7, atol=1e-9), axis=0)


def _meet(system: System, p: Any, field: str, branch: Branch, rows: tuple[int, int], width: float) -> SpecialPoint:
    """Return where a branch crosses the threshold, between a row below it and one beyond."""
    assert system.threshold is not None
    inner, outer = (np.append(branch.states[:, row], branch.parameter[row]) for row in rows)
    gaps = [z[0] - float(system.threshold(p._replace(**{field: float(z[-1])}))) for z in (inner, outer)]
    guess = inner + (outer - inner) * gaps[0] / (gaps[0] - gaps[1])
    place = _refine(system, p, field, guess, width)
    # Newton's iteration must not have run off along another branch.
    reach = np.abs(outer - inner) + np.append(widths(system.spans), width) * 1e-6
    if not np.all(np.abs(place - guess) <= reach):
        place = guess
    here = p._replace(**{field: float(place[-1])})
    (point,) = describe_equilibria(system, here, place[:-1, None])
    return SpecialPoint("TH", {field: float(place[-1])}, place[:-1], point.eigenvalues, stable=point.stable)


def _refine(system: System, p: Any, field: str, z: Array, width: float) -> Array:
    """Return the solution (n + 1,) of f(y, parameter) = 0 with the first state at the threshold."""
    assert system.threshold is not None
    step = NUDGE * width
    for _ in range(STEPS):
        here, beside = (p._replace(**{field: float(z[-1] + shift)}) for shift in (0.0, step))
        state = z[:-1, None]
        rate = evaluate_field(system, state, here)[:, 0]
        threshold = float(system.threshold(here))
        slopes = np.zeros((len(z), len(z)))
        slopes[:-1, :-1] = jacobian(system, state, here)[..., 0]
        slopes[:-1, -1] = (evaluate_field(system, state, beside)[:, 0] - rate) / step
        slopes[-1, 0], slopes[-1, -1] = 1.0, -(float(system.threshold(beside)) - threshold) / step
        change = np.linalg.lstsq(slopes, np.append(rate, z[0] - threshold), rcond=None)[0]
        z = z - change
        if np.max(np.abs(change) / np.append(widths(system.spans), width)) < SMALL:
            break
    return z


def _led_on(branch: Branch, point: SpecialPoint, field: str, first: bool) -> Branch:
    """Return a branch with one more row; only the end of a stable rest is an event."""
    at = 0 if first else len(branch.parameter)
    unstable = branch.unstable[0 if first else -1]
    ends = (Status.THRESHOLD, branch.ends[1]) if first else (branch.ends[0], Status.THRESHOLD)
    points = (*branch.points, *([point] if unstable == 0 else []))
    return Branch(np.insert(branch.parameter, at, point.parameters[field]),
                  np.insert(branch.states, at, point.state, axis=1),
                  np.insert(branch.eigenvalues, at, point.eigenvalues, axis=1),
                  np.insert(branch.unstable, at, unstable), points, ends)


def clip_loci(system: System, p: Any, loci: Loci) -> Loci:
    """Return the curves over two parameters as far as their fixed points lie below the threshold."""
    if system.threshold is None:
        return loci
    return replace(loci, loci=tuple(piece for locus in loci.loci for piece in _locus_pieces(system, p, loci, locus)))


def _locus_pieces(system: System, p: Any, loci: Loci, locus: Locus) -> list[Locus]:
    one, other = loci.fields
    inside = is_below(system, p._replace(**{one: locus.first, other: locus.second}), locus.states[0])
    if np.all(inside):
        return [locus]
    points = tuple(q for q in locus.points if is_below(system, p._replace(**q.parameters), q.state[0]))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]))).reshape(-1, 2)
    return [Locus(locus.code, locus.first[a:b], locus.second[a:b], locus.states[:, a:b], locus.frequency[a:b],
                  locus.lyapunov[a:b], points,
                  (locus.ends[0] if a == 0 else Status.THRESHOLD,
                   locus.ends[1] if b == len(inside) else Status.THRESHOLD)) for a, b in edges]
