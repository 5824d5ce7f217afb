"""When does a model's input change suddenly? Read off its right-hand side, for runs that must not miss it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ncm_app.core.clock import Clock, Trace

MOST_EDGES = 100_000
"""Jumps of an input that are told apart; what comes after the last of them is not known."""

MOST_BRANCHES = 64
"""Times at which a text that branches on its time is asked again."""

ROUNDING = 1e-12
"""Part of a time (of 1 ms at least) within which rounding may put it on either side of a jump."""

SMALLEST = 1e-8
"""Jump or change of a slope, in spans per ms, that matters."""


class Edges(NamedTuple):
    """Times (m,) and (k,), ms, inside a run at which its slopes jump, and near which they change smoothly but fast.

    `longest_step` is an eighth of the period of the fastest wave; `known_until` is the time up to which all jumps
    are listed, both inf where there is no reason for less.
    """

    jumps: np.ndarray
    features: np.ndarray
    longest_step: float = float("inf")
    known_until: float = float("inf")

    @property
    def stops(self) -> np.ndarray:
        """All times at which an adaptive run has to stop and start anew."""
        return np.union1d(self.jumps, self.features)


NONE = Edges(np.empty(0), np.empty(0))


def input_edges(model: Any, start: Sequence[float], p: Any, t_end: float) -> Edges:
    """Return the edges of the input of a flow in a run of `t_end` ms from a start (n,)."""
    trace, known_until = Trace(), t_end
    with np.errstate(all="ignore"):
        _ask(model, trace, 0.0, start, p)
        jumps, known_until = _expanded(trace, t_end)
        asked = 0
        while trace.branched and asked < MOST_BRANCHES:
            middles = _middles(jumps, t_end)[asked:MOST_BRANCHES]
            if not len(middles):
                break
            for t in middles:
                _ask(model, trace, float(t), start, p)
            asked += len(middles)
            jumps, known_until = _expanded(trace, t_end)
        if not (len(jumps) or trace.features or trace.waves):
            return NONE
        scale = SMALLEST * np.array([s.span[1] - s.span[0] for s in model.states])
        jumps = jumps[_jumping(model, jumps, start, p, scale)]
        features = _lively(model, trace, start, p, scale, t_end)
    step = np.pi / 4.0 / max(trace.waves) if trace.waves else float("inf")
    return Edges(jumps, features, step, known_until if known_until < t_end else float("inf"))


def _ask(model: Any, trace: Trace, t: float, start: Sequence[float], p: Any) -> None:
    try:
        model.rhs(Clock.at(t, trace), tuple(float(v) for v in start), p)
    except ArithmeticError:
        return  # a state without a slope: the run from it ends at once, and says so


def _expanded(trace: Trace, t_end: float) -> tuple[np.ndarray, float]:
    """Return all jumps inside the run, sorted and apart from each other, and up to when they are all there."""
    families, until = [], t_end
    for first, period in trace.jumps:
        if not (np.isfinite(first) and np.isfinite(period)):
            continue
        if period == 0.0:
            families.append(np.array([first]))
            continue
        lowest = np.ceil(-first / period)
        count = (t_end - first) / period - lowest + 1.0
        if count > MOST_EDGES:
            until = min(until, first + (lowest + MOST_EDGES - 1.0) * period)
        families.append(first + (lowest + np.arange(int(min(count, MOST_EDGES)))) * period)
    if not families:
        return np.empty(0), t_end
    times = np.sort(np.concatenate(families))
    times = times[(times > -1e3 * ROUNDING) & (times < min(until, t_end * (1.0 - ROUNDING)))]
    if len(times) > MOST_EDGES:
        times, until = times[:MOST_EDGES], float(times[MOST_EDGES])
    return times[np.diff(times, prepend=-1.0) > ROUNDING * (1.0 + times)], until


def _middles(jumps: np.ndarray, t_end: float) -> np.ndarray:
    ends = np.concatenate([[0.0], jumps, [t_end]])
    return np.asarray((ends[1:] + ends[:-1]) / 2.0)


def after(times: np.ndarray) -> np.ndarray:
    """Return times just after these, where no rounding puts them before."""
    return np.asarray(times + 2.0 * ROUNDING * (1.0 + np.abs(times)))


def _jumping(model: Any, jumps: np.ndarray, start: Sequence[float], p: Any, scale: np.ndarray) -> np.ndarray:
    """Tell at which times the slopes jump, at the start or at another state: a pulse of no height is no edge."""
    found = np.zeros(len(jumps), dtype=bool)
    late, early = after(jumps), 2.0 * jumps - after(jumps)
    for state in _probes(model, start):
        apart = np.abs(slopes(model, late, state, p) - slopes(model, early, state, p))
        found |= np.any(apart > scale[:, None], axis=0)
    return found


def _lively(model: Any, trace: Trace, start: Sequence[float], p: Any, scale: np.ndarray, t_end: float) -> np.ndarray:
    """Return the times in the run of those smooth features during which the slopes change."""
    kept = []
    for feature in trace.features:
        times = np.array(feature)
        moving = len(times) == 1 or any(
            np.any(np.ptp(slopes(model, times, state, p), axis=1) > scale) for state in _probes(model, start))
        kept += [times] if moving else []
    times = np.unique(np.concatenate([np.empty(0), *kept]))
    return np.asarray(times[(times > 0.0) & (times < t_end) & np.isfinite(times)])


def _probes(model: Any, start: Sequence[float]) -> list[tuple[float, ...]]:
    between = [s.span[0] + share * (s.span[1] - s.span[0]) for s, share in
               zip(model.states, np.modf(0.37 + 0.618 * np.arange(len(model.states)))[0], strict=True)]
    return [tuple(float(v) for v in start), tuple(float(v) for v in between)]


def slopes(model: Any, times: np.ndarray, state: Sequence[float], p: Any) -> np.ndarray:
    """Return the slopes (n, m) of a state (n,) at times (m,), 0 where they are no numbers."""
    if not len(times):
        return np.empty((len(state), 0))
    try:
        columns = model.rhs(times, tuple(np.full(len(times), v) for v in state), p)
    except (ValueError, TypeError):  # a text that branches on its time takes one at a time
        rows = [model.rhs(float(t), tuple(np.float64(v) for v in state), p) for t in times]
        columns = tuple(np.array(rows, dtype=float).T)
    return np.nan_to_num(np.array([np.broadcast_to(np.asarray(c, dtype=float), times.shape) for c in columns]))


def missed_jumps(snapshot: Any, edges: Edges, steps: int) -> np.ndarray:
    """Return the jumps (m,) that fixed steps would take too late, or too early, by a rounding error of their times."""
    half = snapshot.dt / 2.0
    index = np.rint(edges.jumps / half)
    told = edges.jumps[(np.abs(edges.jumps - index * half) <= 2e-6 * half) & (index >= 0) & (index <= 2 * steps)]
    model, p, off = snapshot.model, snapshot.p, np.zeros(len(told), dtype=bool)
    times = np.rint(told / half)
    # The loop reaches the same half step as k dt, as k dt + dt / 2, or as (k - 1) dt + dt.
    for grid in (times * half, (times // 2) * snapshot.dt + (times % 2) * half, (times // 2 - 1) * snapshot.dt +
                 (2.0 + times % 2) * half):
        seen, meant = np.maximum(grid, 0.0), np.maximum(grid, after(told))
        for state in _probes(model, snapshot.start):
            off |= np.any(slopes(model, seen, state, p) != slopes(model, meant, state, p), axis=0)
    return told[off]
