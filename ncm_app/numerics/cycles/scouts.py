"""Runs that scout what attracts at one value of the parameter: rest, a cycle, or neither.

A run is followed with compiled RK4 steps only until it is clear where it goes. Starts lie
beside the unstable fixed points, where in the plane every orbit that is caught must begin
or end (Poincare-Bendixson), at given states, and at two places that change from value to
value.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.cycles.curve import CycleCurve
from ncm_app.numerics.cycles.oscillation import STEP_PER_RATE, BlowUpError, Pursuit
from ncm_app.numerics.jacobian import evaluate_field, jacobian
from ncm_app.numerics.results import Array, Diagram
from ncm_app.numerics.system import Progress

WINDOWS, PLAIN = (1000, 1000, 2000, 4000, 8000, 16000), 3
"""Steps of a run between two looks; how many windows a system gets that has no compiled steps."""

AT_REST, AWAY, FAR = 1e-3, 0.02, 3.0
"""In spans: a run this near a stable fixed point rests; distance of starts from unstable ones; of an escape."""

NEWTON, ROUND = 20, 1e-8  # steps towards a fixed point, and the last of them in spans
TINY = 1e-6  # size of a cycle, in spans, below which there is none

REPEATS = 3e-3  # difference of two turns, in amplitudes, at which a run is taken for a cycle
SAME_SIZE = 0.05  # difference of extremes, in amplitudes, between a run and a known cycle
GOLDEN = np.array([0.7548776662466927, 0.5698402909980532])
"""Steps of the additive recurrence that fills the unit square most evenly [Roberts2018]."""


class Fate(Enum):
    """What became of a run."""

    RESTS = "rests"
    ESCAPES = "escapes"
    CYCLES = "cycles"
    WANDERS = "wanders"
    UNCLEAR = "unclear"


class Scouted(NamedTuple):
    """A fate and the state at the end; for cycles the period in ms, lowest and highest states (n,), and one turn.

    `turn` (n, m) are the states of the last period at equal times, both ends included.
    """

    fate: Fate
    state: Array
    period: float = float("nan")
    low: Array = np.empty(0)
    high: Array = np.empty(0)
    turn: Array = np.empty((0, 0))


@dataclass(frozen=True)
class Rests:
    """The fixed points of a diagram at one value: states (k, n), eigenvalues (k, n), scaled eigenvectors (k, n, n)."""

    states: Array
    eigenvalues: NDArray[np.complex128]
    vectors: NDArray[np.complex128]

    @property
    def stable(self) -> Array:
        """States (k, n) of the stable ones."""
        return self.states[np.all(self.eigenvalues.real < 0.0, axis=1)]


def rests_at(curve: CycleCurve, diagram: Diagram, value: float) -> Rests:
    """Return the fixed points where the branches of a diagram cross a value of the parameter."""
    guesses = []
    for branch in diagram.branches:
        for k in np.flatnonzero((branch.parameter[:-1] - value) * (branch.parameter[1:] - value) <= 0.0):
            step = branch.parameter[k + 1] - branch.parameter[k]
            share = (value - branch.parameter[k]) / step if step else 0.0
            guesses.append(branch.states[:, k] + share * (branch.states[:, k + 1] - branch.states[:, k]))
    if not guesses:
        return Rests(np.empty((0, curve.n)), np.empty((0, curve.n), complex), np.empty((0, curve.n, curve.n), complex))
    z = curve.points.scaled(np.array(guesses).T, value)
    across = np.zeros_like(z)
    across[:, -1] = 1.0
    z = curve.points.correct(z, across)[0]
    values, vectors = np.linalg.eig(curve.points.evaluate(z)[1][:, :, :-1])
    return Rests(curve.points.unscaled(z)[:, :-1], values.astype(complex), vectors.astype(complex))


def starts_at(curve: CycleCurve, rests: Rests, given: tuple[Array, ...], count: int, free: int) -> list[Array]:
    """Return the states from which runs start; `count` numbers the values of the parameter, `free` places follow.

    A spiral is left on one side, a saddle along both sides of its fastest unstable direction.
    """
    low, high = np.array(curve.points.system.spans).T
    starts = list(given)
    for state, values, vectors in zip(rests.states, rests.eigenvalues, rests.vectors, strict=True):
        top = int(np.argmax(values.real))
        if values[top].real > 0.0:
            side = AWAY * (high - low) * vectors[:, top].real / max(float(np.max(np.abs(vectors[:, top].real))), 1e-300)
            starts += [state + side, state - side] if values[top].imag == 0.0 else [state + side]
    for k in range(free):
        shares = (0.5 + (2 * count + k + 1) * np.resize(GOLDEN, curve.n) * (1.0 + np.arange(curve.n) // 2)) % 1.0
        starts.append(low + shares * (high - low))
    return starts


def scout(curve: CycleCurve, value: float, start: Array, rests: Rests, progress: Progress) -> Scouted:
    """Follow a run at a value of the parameter until its fate is clear, or patience ends."""
    system = curve.points.system
    pursuit = Pursuit(system, curve.points.p._replace(**{curve.field: value}), progress)
    windows = WINDOWS if system.owner else WINDOWS[:PLAIN]
    stable, widths = rests.stable, pursuit.widths
    y, path = start, start[:, None]
    try:
        dt = pursuit.choose_step(y, STEP_PER_RATE / pursuit.fastest(y[:, None]))
        for steps in windows:
            path = pursuit.follow(y, steps, dt)
            y, late = path[:, -1], path[:, steps // 4:]
            if _comes_to(stable, late[:, ::8], widths) or _stays(pursuit, late):
                return Scouted(Fate.RESTS, y)
            if np.any(np.abs(y - np.clip(y, *np.array(system.box).T)) > FAR * widths):
                return Scouted(Fate.ESCAPES, y)
            cycle = pursuit.cycle_in(late, dt, REPEATS)
            least = AT_REST if len(stable) else TINY  # where no rest is stable, a small cycle is no slow approach to it
            if cycle is not None and np.max((cycle[2] - cycle[1]) / widths) > least:
                return Scouted(Fate.CYCLES, y, *cycle[:3], path[:, -1 - min(steps, round(cycle[0] / dt)):])
            # The start may have been the fastest part of the run.
            dt = min(4.0 * dt, STEP_PER_RATE / pursuit.fastest(late[:, ::16]))
    except BlowUpError:
        return Scouted(Fate.ESCAPES, y)
    return Scouted(Fate.RESTS if _crawls_to(stable, path, widths) else Fate.WANDERS, y)


def _comes_to(stable: Array, late: Array, widths: Array) -> bool:
    """Tell whether the late states (n, m) of a run stay beside a stable fixed point."""
    for rest in stable:
        distance = np.max(np.abs(late - rest[:, None]) / widths[:, None], axis=0)
        if np.all(distance[len(distance) // 2:] < AT_REST):
            return True
    return False


def _stays(pursuit: Pursuit, late: Array) -> bool:
    """Tell whether a run stays at a stable fixed point that no diagram has: outside the box, or a turn away."""
    last = late[:, late.shape[1] // 2:]
    still = bool(np.all(np.ptp(last, axis=1) < AT_REST * pursuit.widths))
    return still and rest_near(pursuit, last[:, -1], AT_REST) is not None


def rest_near(pursuit: Pursuit, y: Array, reach: float) -> Array | None:
    """Return the stable fixed point within a distance, in spans, of a state (n,), None if there is none."""
    rest = y
    for _ in range(NEWTON):
        slopes = np.asarray(evaluate_field(pursuit.system, rest, pursuit.p))
        matrix = jacobian(pursuit.system, rest[:, None], pursuit.p)[:, :, 0]
        if not (np.all(np.isfinite(slopes)) and np.all(np.isfinite(matrix))):
            return None
        step = np.linalg.lstsq(matrix, slopes, rcond=None)[0]
        rest = rest - step
        if np.any(np.abs(rest - y) > reach * pursuit.widths):
            return None
        if np.all(np.abs(step) <= ROUND * pursuit.widths):
            return rest if np.all(np.linalg.eigvals(matrix).real < 0.0) else None
    return None


def _crawls_to(stable: Array, path: Array, widths: Array) -> bool:
    """Tell whether a run that is slow still comes nearer to a stable fixed point, as beside a fold."""
    for rest in stable:
        distance = np.max(np.abs(path - rest[:, None]) / widths[:, None], axis=0)
        quarters = [float(part.max()) for part in np.array_split(distance, 4)]
        if all(b < a for a, b in pairwise(quarters)) and quarters[-1] < 0.3:
            return True
    return False
