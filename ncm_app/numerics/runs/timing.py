"""Times beside the edges of an input, and steps that rounding keeps from them."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.results import Array

ROUNDING = 2e-12
"""Part of a time (of 1 ms at least) within which rounding may put it on either side of an edge."""

SAME = 1e-6
"""Part of a step within which a time that is counted in steps is meant to be that of an edge."""


def after(t: float) -> float:
    """Return a time just after t (ms), where no rounding puts it before."""
    return t + ROUNDING * (1.0 + abs(t))


def before(t: float) -> float:
    """Return a time just before t (ms), where no rounding puts it after."""
    return t - ROUNDING * (1.0 + abs(t))


def moved_times(jumps: Array, steps: int, dt: float) -> Array | None:
    """Return by how much each half step (2 steps + 1,) is moved on, ms, so that it is not short of a jump (m,).

    3 * 0.1 is more than 0.3, and 3 * 0.7 less than 2.1: a pulse of n steps lasts n steps all the same.
    None if no step is near a jump.
    """
    index = np.rint(jumps / (dt / 2.0))
    known = (index >= 0) & (index <= 2 * steps) & (np.abs(jumps - index * (dt / 2.0)) <= SAME * dt)
    if not np.any(known):
        return None
    places, times = index[known].astype(np.int64), jumps[known]
    moved = np.zeros(2 * steps + 1)
    moved[places] = np.maximum(times + ROUNDING * (1.0 + np.abs(times)) - places * (dt / 2.0), 0.0)
    return moved
