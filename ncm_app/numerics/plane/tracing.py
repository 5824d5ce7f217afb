"""Curves of a flow in the plane, followed until they rest, leave, or wind onto a cycle."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ncm_app.numerics.jacobian import evaluate_field, widths
from ncm_app.numerics.plane.trace_text import DONE, LEFT, RESTS, STUCK, TRACE, trace_text
from ncm_app.numerics.results import Array, Status
from ncm_app.numerics.runs.compiled import _compile_once, _Kernel, _kinds, _plain_record
from ncm_app.numerics.system import System

LONGEST, ERROR = 0.02, 1e-8
"""Longest step, and the error allowed per step, in spans."""

NEAR = 5e-4
"""Distance in spans from a fixed point, or from a cycle, at which a curve has reached it."""

BESIDE = 0.05
"""Distance in spans within which two passages are taken for turns of one spiral."""

_ENDS = {DONE: Status.OK, LEFT: Status.LEFT_BOX, RESTS: Status.OK, STUCK: Status.NOT_CONVERGED}

PIECE, MOST = 128, 2500
"""Points between two looks at a curve, and the most that it may have."""


class _TraceKernel(_Kernel):
    """The text that follows one system's flow, and its compiled form once there is one."""

    @functools.cached_property
    def text(self) -> str:
        return trace_text(self.system.size)


_KERNELS: dict[System, _TraceKernel] = {}
_LOCK = threading.Lock()


def _kernel(system: System) -> _TraceKernel:
    with _LOCK:
        return _KERNELS.setdefault(system, _TraceKernel(system, TRACE))


def warm_tracing(system: System, p: Any) -> None:
    """Compile now (about a second, less from disk); meant for a background thread.

    A failure is logged once, and the plain text goes on serving.
    """
    _compile_once(_kernel(system), p, (np.zeros(1), 0, 0, 0, ERROR, LONGEST, (1.0,) * (3 * system.size)), "the flow")


@dataclass(frozen=True)
class Curve:
    """A curve on its way: states (n, m), times (m,) in ms, and why it ended.

    OK means at rest; `target` is the index of the fixed point that it reached, -1 if that is not known.
    """

    states: Array
    times: Array
    status: Status = Status.OK
    target: int = -1


class Tracer:
    """Follows the flow of one system under one record of parameters inside a window (n, 2)."""

    def __init__(self, system: System, p: Any, window: Array) -> None:
        self.system, self.kernel = system, _kernel(system)
        self.p = _plain_record(p, self.kernel.kinds)
        self.window, self.widths = window, widths(system.spans)
        self.limits = tuple(float(v) for v in (*self.widths, *window[:, 0], *window[:, 1]))

    def extend(self, states: Array, times: Array, first: int, steps: int, longest: float,
               error: float = ERROR) -> tuple[int, int]:
        """Fill columns after `first`; return the number of new points and why they end.

        `longest` is the longest step in spans, a negative one goes back in time; `error`
        is what a step may add, in spans.
        """
        rows, clock = tuple(line[first:first + steps + 1] for line in states), times[first:first + steps + 1]
        rest = (0, 0, steps, error, longest, self.limits)
        kernel = self.kernel
        if kernel.fast is not None and _kinds(self.p) == kernel.kinds:
            done, why = kernel.fast(rows, clock, *rest, self.p)
            return int(done), int(why)
        with np.errstate(all="ignore"):
            try:
                done, why = kernel.plain(rows, clock, *rest, self.p)
            except (ArithmeticError, TypeError):
                # Python floats refuse overflow and (-1)**0.5; NumPy scalars answer inf or NaN.
                real = self.p._make(np.float64(v) if type(v) is float else v for v in self.p)
                done, why = kernel.guarded(rows, clock, *rest, real)
        return int(done), int(why)

    def slope(self, states: Array) -> Array:
        """Return the flow at states (n, ...), in spans per ms."""
        return evaluate_field(self.system, states, self.p) / self.widths.reshape(-1, *(1,) * (states.ndim - 1))

    def follow(self, start: Array, forward: bool, targets: Array, most: int = MOST) -> Curve:
        """Follow the flow from a state (n,) until it ends at a target, at the window or on a cycle.

        `targets` (n, k) are the fixed points that attract in this direction of time.
        """
        states, times = np.empty((self.system.size, most + 1)), np.zeros(most + 1)
        states[:, 0] = start
        filled = 0
        while filled < most:
            done, why = self.extend(states, times, filled, min(PIECE, most - filled), LONGEST if forward else -LONGEST)
            last, filled = filled, filled + done
            if (reached := self._reached(states[:, last:filled + 1], targets)) is not None:
                filled, target = last + reached[0], reached[1]
                states[:, filled] = targets[:, target]
                return Curve(states[:, :filled + 1], times[:filled + 1], Status.OK, target)
            curve = Curve(states[:, :filled + 1], times[:filled + 1], _ENDS[why])
            if why != DONE or self._rests(curve):
                return curve
            if winds(self, curve, forward):
                return replace(curve, status=Status.CLOSED)
        return Curve(states, times, Status.STEP_LIMIT)

    def _rests(self, curve: Curve) -> bool:
        """Tell whether a curve has come to rest at a fixed point that is not among the targets."""
        return bool(np.all(np.ptp(curve.states[:, -16:], axis=1) < 0.1 * NEAR * self.widths))

    def _reached(self, piece: Array, targets: Array) -> tuple[int, int] | None:
        """Return the first point of a piece (n, m) beside a target, and which target."""
        if not targets.shape[1]:
            return None
        gaps = (piece[:, :, None] - targets[:, None]) / self.widths[:, None, None]
        close = np.sqrt(np.sum(gaps * gaps, axis=0)) < NEAR
        if not np.any(close):
            return None
        point = int(np.argmax(np.any(close, axis=1)))
        return point, int(np.argmax(close[point]))


@dataclass(frozen=True)
class Section:
    """A line through a state (2,) across the flow there; `along` (2,) is the flow's direction in spans."""

    base: Array
    along: Array

    @classmethod
    def at(cls, tracer: Tracer, state: Array, forward: bool) -> Section:
        """Return the section through a state for curves that go forward or back in time."""
        flow = tracer.slope(state) * (1.0 if forward else -1.0)
        return cls(state, flow / max(float(np.hypot(*flow)), 1e-300))

    def place(self, tracer: Tracer, aside: float) -> Array:
        """Return the state on the section at a signed distance in spans."""
        return self.base + tracer.widths * aside * np.array([-self.along[1], self.along[0]])

    def crossings(self, tracer: Tracer, curve: Curve, skip: slice = slice(None)) -> tuple[Array, Array]:
        """Return where a curve crosses the section near its base in the direction of the flow.

        These are distances aside (k,) in spans, and indices with a fraction (k,), by cubics
        between neighbours `skip` of the curve.
        """
        gap = (curve.states - self.base[:, None]) / tracer.widths[:, None]
        ahead, aside = self.along @ gap, self.along[0] * gap[1] - self.along[1] * gap[0]
        hits = (ahead[:-1] < 0.0) & (ahead[1:] >= 0.0) & (np.abs(aside[:-1]) < BESIDE)
        at = np.arange(len(hits))[skip][hits[skip]]
        pairs = np.stack([at, at + 1])
        flow = tracer.slope(curve.states[:, pairs]) * (curve.times[at + 1] - curve.times[at])
        part = ahead[at] / (ahead[at] - ahead[at + 1])
        for _ in range(4):
            value, slope = hermite(ahead[at], ahead[at + 1], np.tensordot(self.along, flow, 1), part)
            part = np.clip(part - value / np.where(slope == 0.0, 1.0, slope), 0.0, 1.0)
        across = self.along[0] * flow[1] - self.along[1] * flow[0]
        return hermite(aside[at], aside[at + 1], across, part)[0], at + part


def hermite(left: Array, right: Array, slopes: Array, part: Array) -> tuple[Array, Array]:
    """Return value and slope of cubics at a part (k,) of their step; `slopes` (2, k) per step."""
    rise = right - left
    c, d = 3.0 * rise - 2.0 * slopes[0] - slopes[1], slopes[0] + slopes[1] - 2.0 * rise
    return (left + part * (slopes[0] + part * (c + part * d)), slopes[0] + part * (2.0 * c + 3.0 * part * d))


def turns(tracer: Tracer, curve: Curve, forward: bool) -> tuple[float, float]:
    """Return how far inside or outside the last turn was, in spans, and by which factor turns shrink.

    Both are NaN as far as there were not enough turns.
    """
    section = Section.at(tracer, curve.states[:, -1], forward)
    aside, _ = section.crossings(tracer, curve, slice(0, -2))
    if len(aside) < 2:
        return (float(aside[-1]) if len(aside) else np.nan), np.nan
    return float(aside[-1]), float(aside[-1] / (aside[-2] - aside[-1])) if aside[-2] != aside[-1] else 1.0


def winds(tracer: Tracer, curve: Curve, forward: bool) -> bool:
    """Tell whether a curve has come within `NEAR` of the cycle onto which it winds.

    The distances between its turns shrink by a constant factor; what is left is the sum
    of that series. So a slow spiral into a fixed point is not taken for a cycle.
    """
    last, factor = turns(tracer, curve, forward)
    if abs(last) < 1e-2 * NEAR:
        return True
    return bool(0.0 <= factor < 1.0 and abs(last) / (1.0 - factor) < NEAR)
