"""How fast does a smooth model cycle, over one parameter?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ncm_app.core.model import Flow, Spiking
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.results import Array, CycleBranch, FrequencyCurve
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.cycles import cycles
from ncm_app.studies.events import cycle_events

PER_SECOND = 1000.0
"""Cycles per second of one cycle per ms."""


def has_frequency_curve(model: type[Flow]) -> bool:
    """Tell whether the cycles of a model are smooth, so that they can be followed."""
    return not issubclass(model, Spiking) and len(model.states) > 1 and bool(model.explore)


def frequency_curve(snapshot: Snapshot, parameter: str, *, progress: Progress = SILENT) -> FrequencyCurve:
    """Return the frequency of all cycles over the bounds of a parameter, the f-I curve of a smooth cell.

    A homoclinic orbit and a SNIC stand at 0 Hz.
    """
    branches = cycles(snapshot, parameter, progress=progress)
    points = tuple(event.point for event in cycle_events(branches, parameter))
    stable, unstable = (_join([piece for branch in branches for piece in _pieces(branch, parameter, wanted)])
                        for wanted in (True, False))
    return FrequencyCurve(parameter, stable, unstable, points)


def _pieces(branch: CycleBranch, parameter: str, stable: bool) -> list[Array]:
    """Return the stretches (2, m) of a branch that are stable, or not; neighbours share a point."""
    line = np.array([branch.parameter, PER_SECOND / branch.period])
    line, is_stable = _with_ends(line, branch, parameter)
    cuts = [0, *(np.flatnonzero(is_stable[1:] != is_stable[:-1]) + 1), len(is_stable)]
    pieces = []
    for first, last in pairwise(cuts):
        if is_stable[first] == stable:
            # A labelled cycle belongs to the stable side: the unstable line goes on to it.
            before, after = (first - 1, last + 1) if not stable else (first, last)
            pieces.append(line[:, max(before, 0):min(after, line.shape[1])])
    return pieces


def _with_ends(line: Array, branch: CycleBranch, parameter: str) -> tuple[Array, NDArray[np.bool_]]:
    """Return a line and its stability, led on to 0 Hz at ends with an infinite period."""
    is_stable = branch.stable
    for point in branch.points:
        if np.isinf(point.period):
            value = point.parameters[parameter]
            at_first = abs(value - line[0, 0]) < abs(value - line[0, -1])
            end, where = np.array([[value], [0.0]]), 0 if at_first else line.shape[1]
            is_stable = np.insert(is_stable, where, is_stable[0 if at_first else -1])
            line = np.hstack([end, line] if at_first else [line, end])
    return line, is_stable


def _join(pieces: Sequence[Array]) -> Array:
    """Return lines (2, m) as one, with NaN between two."""
    gap = np.full((2, 1), np.nan)
    parts = [part for piece in pieces for part in (piece, gap)][:-1]
    return np.hstack(parts) if parts else np.empty((2, 0))
