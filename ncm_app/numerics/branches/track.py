"""Walk a branch of fixed points both ways from a start, and insert the kinks that lie on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.branches.curve import FINE, EquilibriumCurve
from ncm_app.numerics.branches.kinks import locate_kinks
from ncm_app.numerics.branches.walk import walk_forth_and_back
from ncm_app.numerics.results import Array, Status
from ncm_app.numerics.system import Progress

FLANK = 5e-4  # distance from a kink at which differences see one side of it only


@dataclass
class Track:
    """A branch in scaled coordinates: rows z, directions, smooth intervals, kink rows, ends."""

    z: Array
    forward: Array
    smooth: NDArray[np.bool_]
    kinks: NDArray[np.int64]
    ends: tuple[Status, Status]


def walk_track(curve: EquilibriumCurve, start: Array, tangent: Array, progress: Progress) -> Track:
    """Return the branch through a start point (n + 1,), walked both ways, with its kinks as rows."""
    forth, back, z, forward = walk_forth_and_back(curve, start, tangent, progress)
    shift = len(back.z) - 1
    kinks = np.array(sorted([shift - i for i in back.corners] + [shift + i for i in forth.corners]), dtype=np.int64)
    smooth = np.ones(len(z) - 1, dtype=bool)
    smooth[np.concatenate([kinks - 1, kinks])] = False
    z = _polish(curve, z, forward, kinks)
    return _insert_kinks(curve, Track(z, forward, smooth, kinks, (back.end, forth.end)))


def _polish(curve: EquilibriumCurve, z: Array, forward: Array, kinks: NDArray[np.int64]) -> Array:
    """Bring all points but the ends and the kinks to machine precision, in one batch."""
    inner = np.setdiff1d(np.arange(1, len(z) - 1), kinks)
    exact, arrived = curve.correct(z[inner], forward[inner])
    z[inner[arrived]] = exact[arrived]
    return z


def _insert_kinks(curve: EquilibriumCurve, track: Track) -> Track:
    """Insert the kinks, each with a neighbour on either side from which labels are sought."""
    intervals, rows = locate_kinks(curve, track.z, track.smooth)
    for interval, row in zip(intervals[::-1], rows[::-1], strict=True):
        track = _insert_kink(curve, track, int(interval), row)
    return track


def _insert_kink(curve: EquilibriumCurve, track: Track, interval: int, row: Array) -> Track:
    new, flags, before = [row], [False, False], 0
    fine = curve.with_step(FINE)
    for side, end in ((-1, track.z[interval]), (1, track.z[interval + 1])):
        gap = end - row
        size = float(np.linalg.norm(gap))
        if size > 2.0 * FLANK:
            flank = fine.correct((row + FLANK / size * gap)[None], gap[None] / size)[0][0]
            new, flags = ([flank, *new], [True, *flags]) if side < 0 else ([*new, flank], [*flags, True])
            before += side < 0
    at = interval + 1
    kinks = np.append(np.where(track.kinks >= at, track.kinks + len(new), track.kinks), at + before)
    smooth = np.concatenate([track.smooth[:interval], flags, track.smooth[at:]])
    forward = np.insert(track.forward, [at] * len(new), track.forward[interval], axis=0)
    return replace(track, z=np.insert(track.z, [at] * len(new), new, axis=0), forward=forward,
                   smooth=smooth, kinks=np.sort(kinks))
