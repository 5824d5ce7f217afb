"""Curves of a flow in the plane, followed until they rest, leave, or wind onto a cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ncm_app.numerics.compiled_flow import any_flow
from ncm_app.numerics.jacobian import evaluate_field, widths
from ncm_app.numerics.kernels import following
from ncm_app.numerics.kernels.following import DONE, LEFT, NEAR, REACHED, RESTS, STUCK, WINDS
from ncm_app.numerics.results import Array, Status
from ncm_app.numerics.system import System

__all__ = ["NEAR", "Curve", "Section", "Tracer"]

LONGEST, ERROR = 0.02, 1e-8
"""Longest step, and the error allowed per step, in spans."""

FINE, EXACT = 0.005, 1e-12
"""The same along a cycle: beside a slow manifold that repels errors explode."""

_ENDS = {DONE: Status.STEP_LIMIT, LEFT: Status.LEFT_BOX, RESTS: Status.OK, STUCK: Status.NOT_CONVERGED,
         REACHED: Status.OK, WINDS: Status.CLOSED}

MOST, LONGEST_CYCLE = 2500, 20_000
"""The most points that a curve may have, and a cycle as computed."""


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
        self.system, self.p, self.window, self.widths = system, p, window, widths(system.spans)
        self.flow = any_flow(system, p)
        self.limits = np.stack([self.widths, *window.T])

    def slope(self, states: Array) -> Array:
        """Return the flow at states (n, ...), in spans per ms."""
        return evaluate_field(self.system, states, self.p) / self.widths.reshape(-1, *(1,) * (states.ndim - 1))

    def follow(self, start: Array, forward: bool, targets: Array, most: int = MOST) -> Curve:
        """Follow the flow from a state (n,) until it ends at a target, at the window or on a cycle.

        `targets` (n, k) are the fixed points that attract in this direction of time.
        """
        states, times = self._room(start, most)
        last, why, target = following.follow(*self.flow, states, times, LONGEST if forward else -LONGEST, ERROR,
                                             self.limits, np.ascontiguousarray(targets))
        return Curve(states[:, :last + 1].copy(), times[:last + 1].copy(), _ENDS[why], target)

    def turns(self, curve: Curve, forward: bool) -> tuple[float, float]:
        """Return how far inside or outside the last turn was, in spans, and by which factor turns shrink.

        Both are NaN as far as there were not enough turns.
        """
        found: tuple[float, float] = following.last_turns(*self.flow, np.ascontiguousarray(curve.states), curve.times,
                                                          len(curve.times) - 1, 1.0 if forward else -1.0, self.widths)
        return found

    def turn(self, section: Section, place: float, forward: bool) -> tuple[Curve, float] | None:
        """Return one turn from a place on a section, and how far aside it comes back; None if it does not."""
        states, times = self._room(section.place(self, place), LONGEST_CYCLE)
        end, aside, part = following.turn(*self.flow, states, times, FINE if forward else -FINE, EXACT, self.limits,
                                          section.base, section.along)
        if end < 0:
            return None
        moment = times[end] + part * (times[end + 1] - times[end])
        loop = Curve(np.hstack([states[:, :end + 1], section.place(self, aside)[:, None]]),
                     np.append(times[:end + 1], moment))
        return loop, aside - place

    def _room(self, start: Array, most: int) -> tuple[Array, Array]:
        states, times = np.empty((self.system.size, most + 1)), np.empty(most + 1)
        states[:, 0], times[0] = start, 0.0
        return states, times


@dataclass(frozen=True)
class Section:
    """A line through a state (2,) across the flow there; `along` (2,) is the flow's direction in spans."""

    base: Array
    along: Array

    @classmethod
    def at(cls, tracer: Tracer, state: Array, forward: bool) -> Section:
        """Return the section through a state for curves that go forward or back in time."""
        base = np.array(state, dtype=float)
        return cls(base, following.section_at(*tracer.flow, base, 1.0 if forward else -1.0, tracer.widths))

    def place(self, tracer: Tracer, aside: float) -> Array:
        """Return the state on the section at a signed distance in spans."""
        return self.base + tracer.widths * aside * np.array([-self.along[1], self.along[0]])
