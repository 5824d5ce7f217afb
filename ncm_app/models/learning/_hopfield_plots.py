"""What is drawn of a recall: pictures of memories and states, overlaps, energy, capacity, basins, crosstalk."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ncm_app.models.learning._hopfield_patterns import DRAWN_SIDE
from ncm_app.models.learning._hopfield_states import ANY, DRAWN, RANDOM, SKETCH, Answer, cued_of, stored_of
from ncm_app.numerics.learning.capacity import (
    ALPHA_C,
    Recalled,
    basin_curve,
    capacity_curve,
    retrieval_overlap,
)
from ncm_app.numerics.learning.memories import HEBB, Values

Drawing = dict[str, tuple[Any, ...]]

TILES = 20  # memories that are shown as pictures
OTHERS = 5  # memories beside the cued one whose overlaps are followed
LOADS = tuple(round(0.01 * k, 2) for k in (*range(2, 12, 2), *range(11, 22)))
SHARES = tuple(round(0.02 * k, 2) for k in range(26))
NETWORKS, TRIALS = 12, 25


def picture(S: Values) -> tuple[Any, ...]:
    """Return the columns of a heat map of a state (N,), its first row at the top."""
    side = math.isqrt(len(S))
    edges = np.arange(side + 1.0)
    return edges, edges, np.asarray(S, dtype=float).reshape(side, side)[::-1]


def memories(answer: Answer, p: Any) -> Drawing:
    """Draw the first memories side by side, each about its number."""
    xi = answer.stored.memories.xi[:, :TILES].T
    side = math.isqrt(xi.shape[1])
    gap = max(1, side // 10)
    tiles = np.full((side, (side + gap) * len(xi)), np.nan)
    for k, one in enumerate(xi):
        tiles[:, k * (side + gap) + gap // 2:][:, :side] = one.reshape(side, side)[::-1]
    x = 0.5 + np.arange(tiles.shape[1] + 1) / (side + gap)
    drawn: Drawing = {"patterns": (x, np.arange(side + 1.0) / side, tiles)}
    if answer.cued < TILES:
        drawn["cued"] = [answer.cued + 1.0], [1.1]
    return drawn


def start(answer: Answer, p: Any) -> Drawing:
    """Draw the state from which the recall started."""
    return {"S": picture(answer.run.start)}


def state(answer: Answer, p: Any) -> Drawing:
    """Draw the present state, and a mark on each unit that differs from the cued memory."""
    S, side = answer.run.S, math.isqrt(len(answer.run.S))
    wrong = np.flatnonzero(answer.stored.memories.xi[:, answer.cued] != S)
    few = wrong if 4 * len(wrong) <= len(S) else wrong[:0]  # more of them would hide the picture
    return {"S": picture(S), "wrong": (few % side + 0.5, side - 0.5 - few // side)}


def canvas(name: str) -> Callable[[Answer, Any], Drawing]:
    """Return the function that draws what was drawn in a control; nothing where it is not used."""
    def draw(answer: Answer, p: Any) -> Drawing:
        found = getattr(p, name)
        if not (p.start == SKETCH if name == "S_0" else p.patterns == DRAWN):
            return {}
        edges = np.arange(DRAWN_SIDE + 1.0)
        return {"ink": (edges, edges, (2.0 * found - 1.0)[::-1] if len(found) else np.full((DRAWN_SIDE,) * 2, -1.0))}

    return draw


def overlaps(answer: Answer, p: Any) -> Drawing:
    """Draw the overlaps with all memories, now and at the start."""
    m = answer.overlaps
    edges = 0.5 + np.arange(len(m) + 1)
    drawn: Drawing = {"now": (edges, m), "cued": ([answer.cued + 1.0], [m[answer.cued]])}
    if len(m) <= 2 * TILES:  # more points would hide the bars
        drawn["start"] = np.arange(1.0, len(m) + 1.0), answer.stored.memories.overlaps(answer.run.start)
    return drawn


def energy(answer: Answer, p: Any) -> Drawing:
    """Draw the energy over updates, and that of the cued memory."""
    t, E = steps_of(*answer.run.energies())
    lowest = answer.stored.memories.energy(answer.stored.memories.xi[:, answer.cued])
    return {"E": (t, E), "memory": ([0.0, answer.duration], [lowest, lowest])}


def paths(answer: Answer, p: Any) -> Drawing:
    """Draw overlaps over updates: that with the cued memory, and those with others that end largest."""
    ranked = [k for k in np.argsort(-np.abs(answer.overlaps)) if k != answer.cued][:OTHERS]
    t = answer.run.energies()[0]
    m = answer.run.paths(answer.stored.memories, np.array([answer.cued, *ranked]))
    drawn: Drawing = {"cued": steps_of(t, m[:, 0])}
    if ranked:
        lines = [steps_of(t, m[:, k]) for k in range(1, m.shape[1])]
        drawn["others"] = (np.concatenate([np.append(x, np.nan) for x, _ in lines]),
                           np.concatenate([np.append(y, np.nan) for _, y in lines]))
    return drawn


def steps_of(t: Values, y: Values) -> tuple[Values, Values]:
    """Return a curve that stays at each value (n,) until the next time (n,)."""
    return np.repeat(t, 2)[1:], np.repeat(y, 2)[:-1]


def with_errors(found: Recalled) -> Drawing:
    """Return means as points, and a bar of a standard error up and down at each."""
    gap = np.full(len(found.x), np.nan)
    ends = np.stack([found.mean - found.error, found.mean + found.error, gap], axis=1)
    return {"measured": (found.x, found.mean), "errors": (np.repeat(found.x, 3), ends.ravel())}


def measured_capacity(p: Any) -> Drawing:
    """Draw the overlap that is left after a start in a memory, over the load, and theory for many units."""
    found = capacity_curve(p.side**2, LOADS, NETWORKS, p.seed)
    alpha = np.append(np.linspace(0.002, ALPHA_C, 120), [ALPHA_C, 0.22])
    theory = [*map(retrieval_overlap, alpha[:119]), retrieval_overlap(ALPHA_C - 1e-9), 0.0, 0.0]
    return with_errors(found) | {"theory": (alpha, theory),
                                 "size": ([0.11], [1.15], [f"N = {found.size}, {NETWORKS} networks"])}


def here(answer: Answer, p: Any) -> Drawing:
    """Draw the present load and overlap."""
    return {"now": ([answer.stored.memories.number / answer.stored.memories.size], [answer.overlaps[answer.cued]])}


def measured_basin(p: Any) -> Drawing:
    """Draw how often the cued memory is recalled, over the share of its units that are flipped."""
    stored = stored_of(p)
    return with_errors(basin_curve(stored.memories, cued_of(p, stored), SHARES, TRIALS, p.seed))


def flips_now(answer: Answer, p: Any) -> Drawing:
    """Draw a line at the present share of flips, if there are any."""
    return {} if p.start in (ANY, SKETCH) else {"now": ([p.flips, p.flips], [0.0, 1.0])}


def crosstalk(answer: Answer, p: Any) -> Drawing:
    """Draw the inputs of all units in all memories, those that turn left of 0, and theory."""
    stored, xi = answer.stored.memories, answer.stored.memories.xi.astype(float)
    aligned = xi * (xi @ (stored.D.T.astype(float) @ xi) - stored.cut[:, None] * xi) / stored.size
    heights, edges = np.histogram(aligned, 60, density=True)
    drawn: Drawing = {"units": (edges, heights), "turns": ([0.0, 0.0], [0.0, heights.max()])}
    load = stored.number / stored.size
    if p.weights == HEBB and p.patterns == RANDOM and stored.number > 1:
        mean = 1.0 + float(np.mean(stored.self_weights()))
        x = np.linspace(mean - 4.0 * math.sqrt(load), mean + 4.0 * math.sqrt(load), 121)
        drawn["theory"] = x, np.exp(-((x - mean) ** 2) / (2.0 * load)) / math.sqrt(2.0 * math.pi * load)
    return drawn


