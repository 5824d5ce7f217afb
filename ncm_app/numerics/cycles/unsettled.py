"""Runs that seem to wander: followed on with smaller steps before anything is said of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ncm_app.numerics.cycles.curve import CycleCurve
from ncm_app.numerics.cycles.oscillation import ALIKE, STEP_PER_RATE, BlowUpError, Pursuit
from ncm_app.numerics.cycles.scouts import FAR, TINY, Fate, Rests, Scouted, rest_near
from ncm_app.numerics.jacobian import evaluate_field
from ncm_app.numerics.results import Array
from ncm_app.numerics.system import Progress

FINER, WINDOWS, PLAIN, TRIES = 2, (16_000, 32_000, 96_000), (2_000, 6_000), 3
"""How much smaller the steps are; steps between two looks; those of a system without compiled steps.

The last is how often a run that blows up is begun anew with steps that are an eighth.
"""
NUDGE = 1e-6
"""Distance in spans by which a run is moved first: it may have come to rest at a saddle, on the way to it."""

SEEN = 4000  # states of a window at which speeds and rates are looked at
BESIDE, PARTS = 0.05, 8  # distance in spans from a rest that is approached; how often a twin starts anew
APART, GROWN = 1e-7, 5.0
"""Distance of a twin, in spans, and logarithm of its growth, more than along the run, that tells chaos."""


def followed(curve: CycleCurve, value: float, start: Array, rests: Rests, progress: Progress) -> Scouted:
    """Follow a run on, by a bounded number of steps, and return what is proven of it.

    It wanders only if it stays in reach, neither rests nor repeats itself, and nearby runs part from
    it again and again. Beside a stable rest even that may end: then, and in all other cases, it is unclear.
    """
    system = curve.points.system
    pursuit = Pursuit(system, curve.points.p._replace(**{curve.field: value}), progress)
    y = start + NUDGE * pursuit.widths * np.random.default_rng(0).standard_normal(len(start))
    dt = STEP_PER_RATE / pursuit.fastest(y[:, None]) / FINER
    for _ in range(TRIES):
        try:
            return _follow(pursuit, y, dt, rests)
        except BlowUpError:
            dt /= 8.0  # a burst that the first steps did not meet may need smaller ones
    return Scouted(Fate.ESCAPES, y)


def _follow(pursuit: Pursuit, y: Array, dt: float, rests: Rests) -> Scouted:
    """Follow a run from a state, first at a step of dt ms."""
    bottom, top = np.array(pursuit.system.box).T
    dt, windows = pursuit.choose_step(y, dt), WINDOWS if pursuit.system.owner else PLAIN
    for steps in windows:
        path = pursuit.follow(y, steps, dt)
        y = path[:, -1]
        if np.any(np.abs(y - np.clip(y, bottom, top)) > FAR * pursuit.widths):
            return Scouted(Fate.ESCAPES, y)
        if _falls(pursuit, path) and rest_near(pursuit, y, BESIDE) is not None:
            return Scouted(Fate.RESTS, y)
        late = path[:, steps // 4:]
        cycle = pursuit.cycle_in(late, dt, ALIKE)  # chaos comes near to its past as well, but hardly so near
        if cycle is not None and np.max((cycle[2] - cycle[1]) / pursuit.widths) > TINY:
            return Scouted(Fate.CYCLES, y, *cycle[:3], path[:, -1 - min(steps, round(cycle[0] / dt)):])
        # Where the run is slow for long, long steps see more of it; where it is fast, they must be short.
        dt = min(4.0 * dt, STEP_PER_RATE / pursuit.fastest(late[:, ::max(16, steps // SEEN)]) / FINER)
    chaos = not len(rests.stable) and _parts(pursuit, y, windows[-1] // 4, dt)
    return Scouted(Fate.WANDERS if chaos else Fate.UNCLEAR, y)


def _falls(pursuit: Pursuit, path: Array) -> bool:
    """Tell whether a run (n, m) becomes slower from each quarter to the next."""
    speeds = _speeds(pursuit, path[:, ::max(4, path.shape[1] // SEEN)])
    quarters = [float(part.max()) for part in np.array_split(speeds, 4)]
    return all(b < a for a, b in pairwise(quarters)) or quarters[-1] < TINY * pursuit.fastest(path[:, -1:])


def _parts(pursuit: Pursuit, y: Array, steps: int, dt: float) -> bool:
    """Tell whether a twin of a run parts from it exponentially.

    Along a cycle the distance changes as the speed does, and across it shrinks; a twin that is ahead on the
    same orbit therefore must not count.
    """
    widths = pursuit.widths
    away = np.random.default_rng(0).standard_normal(len(y))
    logs, before = [], _speeds(pursuit, y[:, None])[0]
    for _ in range(PARTS):
        away *= APART / np.max(np.abs(away))
        mine = pursuit.follow(y, steps // PARTS, dt)[:, -1]
        away = (pursuit.follow(y + away * widths, steps // PARTS, dt)[:, -1] - mine) / widths
        logs.append(float(np.log(max(float(np.max(np.abs(away))), 1e-300) / APART)))
        y = mine
    along = np.log(_speeds(pursuit, y[:, None])[0] / before)
    return bool(sum(logs) - max(float(along), 0.0) > GROWN)


def _speeds(pursuit: Pursuit, states: Array) -> Array:
    """Return the speeds (m,) at states (n, m), in spans per ms."""
    slopes = np.asarray(evaluate_field(pursuit.system, states, pursuit.p))
    return np.asarray(np.max(np.abs(slopes) / pursuit.widths[:, None], axis=0))
