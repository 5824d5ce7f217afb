"""How fast does a smooth model cycle, over one parameter?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.results import Array, CycleBranch, FrequencyCurve
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.cycles import cycles
from ncm_app.studies.events import cycle_events

PER_SECOND = 1000.0
"""Cycles per second of one cycle per ms."""


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
    """Return the stretches (2, m) of a branch that are stable, or not; neighbours meet where stability changes."""
    line = np.array([branch.parameter, PER_SECOND / branch.period])
    pieces = [(part, line[:, part]) for whole, part in branch.stretches() if whole == stable]
    return [_with_ends(piece, part, branch, parameter) for part, piece in pieces]


def _with_ends(piece: Array, part: slice, branch: CycleBranch, parameter: str) -> Array:
    """Return a stretch, led on to 0 Hz at ends with an infinite period."""
    for point in branch.points:
        if np.isinf(point.period):
            value, end = point.parameters[parameter], np.array([[point.parameters[parameter]], [0.0]])
            at_first = abs(value - branch.parameter[0]) < abs(value - branch.parameter[-1])
            if at_first and part.start == 0:
                piece = np.hstack([end, piece])
            if not at_first and part.stop == len(branch.parameter):
                piece = np.hstack([piece, end])
    return piece


def _join(pieces: Sequence[Array]) -> Array:
    """Return lines (2, m) as one, with NaN between two."""
    gap = np.full((2, 1), np.nan)
    parts = [part for piece in pieces for part in (piece, gap)][:-1]
    return np.hstack(parts) if parts else np.empty((2, 0))
