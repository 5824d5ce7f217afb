"""Which state a run is in while a parameter drifts, rest, spikes, rhythm or high rest, and when it changes.

A state is told from a window of the signal: its highest value, its mean, and half its range.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ncm_app.numerics.results.base import Array, Result

REST, SPIKES, RHYTHM, HIGH = range(4)
NAMES = ("low rest", "spikes", "rhythm", "high rest")
WINDOW, HOP = 0.8, 0.1
"""Length of a window, and from one to the next, s."""


class Levels(NamedTuple):
    """Above `spikes` a window's highest value tells spikes, below `low` its mean the low rest; half a range above
    `swing` is a rhythm, below it the high rest. Without spikes or a low rest they are infinite."""

    spikes: float = math.inf
    low: float = -math.inf
    swing: float = 0.3


@dataclass(frozen=True)
class Windows(Result):
    """States (k,) of windows around times `t` (k,), s, and half the range of the signal in each (k,)."""

    t: Array
    state: NDArray[np.int64]
    swing: Array


class Transition(NamedTuple):
    """A change of state: when (s), at which value of the parameter, from what to what, and whether it rose."""

    t: float
    parameter: float
    before: int
    after: int
    rising: bool


def windows_of(x: Array, dt: float, levels: Levels, length: float = WINDOW, hop: float = HOP) -> Windows:
    """Return the states of windows of a signal (m,) that is sampled every `dt` s; one window at least."""
    width, step = min(round(length / dt), len(x)), max(round(hop / dt), 1)
    views = sliding_window_view(x, width)[::step]
    top, mean = views.max(axis=1), views.mean(axis=1)
    swing = 0.5 * (top - views.min(axis=1))
    state = np.where(top > levels.spikes, SPIKES,
                     np.where(mean < levels.low, REST, np.where(swing > levels.swing, RHYTHM, HIGH)))
    return Windows(np.asarray(dt * (step * np.arange(len(views)) + 0.5 * (width + 1)), dtype=float), state, swing)


def stretches(windows: Windows, least: float = WINDOW) -> list[tuple[int, float, float]]:
    """Return (state, first time, last time), s, of stretches of one state; shorter ones than `least` are left out."""
    state, t = windows.state, windows.t
    edges = [0, *map(int, np.flatnonzero(np.diff(state)) + 1), len(state)]
    hop = float(t[1] - t[0]) if len(t) > 1 else 0.0
    found: list[tuple[int, float, float]] = []
    for first, last in pairwise(edges):
        if found and found[-1][0] == state[first]:
            found[-1] = (found[-1][0], found[-1][1], float(t[last - 1]))
        elif (last - first) * hop >= least or not found:
            found.append((int(state[first]), float(t[first]), float(t[last - 1])))
    return found


def transitions(windows: Windows, t: Array, parameter: Array) -> list[Transition]:
    """Return the changes of state, each between two windows, with the parameter (m,) at times (m,) there."""
    found = stretches(windows)
    hop = float(windows.t[1] - windows.t[0]) if len(windows.t) > 1 else 0.0
    changes = []
    for (before, _, _), (after, start, _) in pairwise(found):
        when = start - 0.5 * hop
        earlier, here, later = np.interp([when - HOP, when, when + HOP], t, parameter)
        changes.append(Transition(when, float(here), before, after, bool(later >= earlier)))
    return changes


def occupancy(windows: Windows) -> tuple[Array, float]:
    """Return the share of windows in each of the four states (4,), and the changes from one to the next per s."""
    shares = np.bincount(windows.state, minlength=4) / len(windows.state)
    lasting = float(windows.t[-1] - windows.t[0])
    changes = int(np.count_nonzero(np.diff(windows.state)))
    return shares, changes / lasting if lasting else 0.0
