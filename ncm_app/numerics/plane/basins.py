"""Basins of attraction in the plane: where each start of a grid ends.

All starts are followed at once, each with its own time step. A start is settled as
soon as it is inside a region from which the flow cannot leave: an ellipse around a
stable fixed point on which a quadratic form decreases, or, for a whole turn, a tube
around a stable cycle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import contourpy
import numpy as np
from scipy.linalg import solve_continuous_lyapunov
from scipy.ndimage import binary_dilation, distance_transform_edt

from ncm_app.numerics.fixed_points.equilibria import find_equilibria
from ncm_app.numerics.jacobian import evaluate_field, widths
from ncm_app.numerics.plane.separatrices import window_around
from ncm_app.numerics.results import Array, Equilibrium, Status
from ncm_app.numerics.results.plane import Basin, Basins, PlaneCycle
from ncm_app.numerics.system import SILENT, Progress, System

UNSETTLED, LEAVES = 0, 255
"""Labels of starts that have not settled, and of those that leave for good; others count the attractors from 1."""

LONGEST, ERROR, MOST_STEPS, LOOK = 0.05, 1e-6, 4000, 3
"""Longest step and error per step, in spans, the most steps, and steps between two looks."""

AT_REST = 1e-12
"""Share of the greatest speed below which a start rests, on a saddle or an unstable fixed point."""

TUBE, CELL = 0.012, 0.004
"""Radius of the tube around a cycle and cells in which it is drawn, in spans."""

MANY = 250
"""Most attractors that labels can count."""

TOO_SLOW = "Basins are not told here: a fixed point is approached too slowly or lies on a kink."


def find_basins(system: System, p: Any, points: Sequence[Equilibrium], cycles: Sequence[PlaneCycle], grid: int = 121,
                *, turns: tuple[float, float] = (np.inf, np.inf), progress: Progress = SILENT) -> Basins:
    """Return which attractor each start on a grid over the spans of a planar system goes to.

    `points` and `cycles` are its fixed points and cycles; those that are stable attract.
    `turns` are the periods of states that are angles: fixed points a turn apart are one.
    """
    window = window_around(system, points)
    attractors: list[Equilibrium | PlaneCycle] = []
    attractors += [q for q in (*points, *_beyond(system, p, window)) if q.stable]
    attractors += [cycle for cycle in cycles if cycle.stable]
    attractors = attractors[:MANY]
    x, y = (np.linspace(low, high, grid) for low, high in system.spans)
    # No ellipse around these is known on which the flow points inwards.
    slow = any(isinstance(a, Equilibrium) and a.beyond is not None for a in attractors)
    if not attractors or slow:
        return Basins(x, y, np.zeros((grid, grid), dtype=np.uint8), (),
                      message=TOO_SLOW if slow else "Nothing attracts here.")
    starts = np.stack(np.meshgrid(x, y)).reshape(2, -1)
    with np.errstate(all="ignore"):  # far away a model may overflow: such starts leave
        traps = [_Ellipse(system, p, a) if isinstance(a, Equilibrium) else _Tube(system, a) for a in attractors]
        labels = _Flight(system, p, starts, window, traps).run(progress).reshape(grid, grid)
    present = [k for k in range(1, len(attractors) + 1) if np.any(labels == k)]
    # Attractors beyond the spans to which nothing goes are not counted.
    kinds: list[int] = []
    counted = np.zeros(LEAVES + 1, dtype=np.uint8)
    counted[LEAVES] = LEAVES
    for k in present:
        here = attractors[k - 1]
        same = [j for j in kinds if _is_copy(attractors[j - 1], here, np.array(turns), widths(system.spans))]
        kinds += [] if same else [k]
        counted[k] = 1 + kinds.index(same[0] if same else k)
    labels = counted[labels]
    found = [_basin(x, y, labels == count, count, attractors[k - 1]) for count, k in enumerate(kinds, 1)]
    if np.any(labels == LEAVES):
        found.append(_basin(x, y, labels == LEAVES, LEAVES, None))
    lost = int(np.sum(labels == UNSETTLED))
    message = f"{lost} of {labels.size:,} starts go to no attractor" if lost else ""
    return Basins(x, y, labels, tuple(found), Status.STEP_LIMIT if lost else Status.OK, message)


def _beyond(system: System, p: Any, window: Array) -> tuple[Equilibrium, ...]:
    """Return the fixed points outside the box, such as the copies of phases a turn further on."""
    wide = tuple((float(low), float(high)) for low, high in window)
    low, high = np.array(system.box).T
    found = find_equilibria(replace(system, box=wide), p).points
    return tuple(q for q in found if np.any((q.state < low) | (q.state > high)))


def _is_copy(one: Equilibrium | PlaneCycle, other: Equilibrium | PlaneCycle, turns: Array, scale: Array) -> bool:
    """Tell whether two fixed points are a whole number of turns apart in the states that are angles."""
    if not (isinstance(one, Equilibrium) and isinstance(other, Equilibrium)):
        return False
    gap = one.state - other.state
    whole = np.where(np.isfinite(turns), turns, 0.0) * np.round(gap / turns)
    return bool(np.max(np.abs(gap - whole) / scale) < 1e-5)


class _Ellipse:
    """A neighbourhood of a stable fixed point on whose borders the flow points inwards."""

    turn = 0.0

    def __init__(self, system: System, p: Any, point: Equilibrium) -> None:
        self.centre, self.widths = point.state[:, None], widths(system.spans)[:, None]
        slopes = point.jacobian * self.widths.T / self.widths
        self.form = solve_continuous_lyapunov(slopes.T, -np.eye(2))
        # Ellipses x' P x = r^2 of growing size, as far as the form decreases on each.
        angles = np.linspace(0.0, 2.0 * np.pi, 72, endpoint=False)
        circle = np.linalg.solve(np.linalg.cholesky(self.form).T, np.array([np.cos(angles), np.sin(angles)]))
        circle /= np.max(np.hypot(*circle))
        self.level = 0.0
        for radius in np.geomspace(1e-6, 1.0, 100):
            z = radius * circle
            flow = evaluate_field(system, self.centre + z * self.widths, p) / self.widths
            if not np.all(np.sum(flow * (self.form @ z), axis=0) < 0.0):
                break
            self.level = float(np.mean(np.sum(z * (self.form @ z), axis=0)))

    def holds(self, states: Array) -> Any:
        """Tell which states (2, k) are inside."""
        z = (states - self.centre) / self.widths
        return np.sum(z * (self.form @ z), axis=0) < 0.9 * self.level


class _Tube:
    """The neighbourhood of a stable cycle; a state must stay in it for a whole turn."""

    def __init__(self, system: System, cycle: PlaneCycle) -> None:
        self.widths = widths(system.spans)[:, None]
        z = cycle.states / self.widths
        pieces = np.diff(z, axis=1)
        self.turn = float(np.sum(np.hypot(*pieces)))
        # As many points on each piece as it takes to leave no gap between cells.
        share = np.linspace(0.0, 1.0, 2 + int(np.max(np.hypot(*pieces)) / CELL))
        line = (z[:, :-1, None] + pieces[:, :, None] * share).reshape(2, -1)
        self.corner = line.min(axis=1, keepdims=True) - 2.0 * TUBE
        cells = ((line - self.corner) / CELL).astype(int)
        drawn = np.zeros(cells.max(axis=1) + int(2.0 * TUBE / CELL) + 1, dtype=bool)
        drawn[tuple(cells)] = True
        reach = np.arange(-int(TUBE / CELL), int(TUBE / CELL) + 1)
        self.mask = binary_dilation(drawn, np.hypot(*np.meshgrid(reach, reach)) * CELL <= TUBE)

    def holds(self, states: Array) -> Any:
        """Tell which states (2, k) are inside."""
        cells = np.floor((states / self.widths - self.corner) / CELL)
        size = np.array(self.mask.shape)[:, None]
        inside = np.all((cells >= 0) & (cells < size), axis=0)
        index = np.where(inside, cells, 0).astype(int)
        return inside & self.mask[tuple(index)]


class _Flight:
    """All starts (2, k) on their way, by Bogacki and Shampine's pair of orders 3 and 2."""

    def __init__(self, system: System, p: Any, starts: Array, window: Array, traps: list[Any]) -> None:
        self.system, self.p, self.window, self.traps = system, p, window, traps
        self.widths = widths(system.spans)[:, None]
        self.labels = np.full(starts.shape[1], UNSETTLED, dtype=np.uint8)
        self.index = np.arange(starts.shape[1])
        self.states, self.flow = starts, self.slope(starts)
        self.steps = np.full(starts.shape[1], np.inf)
        self.inside = np.zeros((len(traps), starts.shape[1]))
        self.fastest = float(np.max(self.speed(), initial=0.0, where=np.isfinite(self.speed())))

    def slope(self, states: Array) -> Array:
        """Return the flow at states (2, k), per ms."""
        return evaluate_field(self.system, states, self.p)

    def speed(self) -> Array:
        """Return the present speeds (k,), in spans per ms."""
        return np.asarray(np.sqrt(np.sum((self.flow / self.widths) ** 2, axis=0)))

    def run(self, progress: Progress) -> Any:
        """Follow all starts until each has a label; return the labels (k,)."""
        self.settle(np.zeros(len(self.index)))
        for count in range(0, MOST_STEPS, LOOK):
            if not len(self.index):
                break
            lengths = [self.advance() for _ in range(LOOK)]
            self.settle(np.sum(lengths, axis=0))
            progress.report(max(1.0 - len(self.index) / len(self.labels), count / MOST_STEPS))
        return self.labels

    def advance(self) -> Array:
        """Take one step where the error allows; return the lengths (k,) in spans."""
        h = np.minimum(self.steps, LONGEST / np.maximum(self.speed(), 1e-300))
        y, k1 = self.states, self.flow
        k2 = self.slope(y + 0.5 * h * k1)
        k3 = self.slope(y + 0.75 * h * k2)
        move = h * (2.0 * k1 + 3.0 * k2 + 4.0 * k3) / 9.0
        k4 = self.slope(y + move)
        gap = h * (-5.0 * k1 + 6.0 * k2 + 8.0 * k3 - 9.0 * k4) / 72.0
        error = np.max(np.abs(gap) / self.widths, axis=0)
        good = error <= ERROR
        self.states = np.where(good, y + move, y)
        self.flow = np.where(good, k4, k1)
        factor = 0.9 * np.cbrt(ERROR / np.maximum(error, 1e-300))
        self.steps = h * np.where(np.isfinite(error), np.clip(factor, 0.2, 5.0), 0.2)
        return np.where(good, np.sqrt(np.sum((move / self.widths) ** 2, axis=0)), 0.0)

    def settle(self, lengths: Array) -> None:
        """Label the starts that are trapped or gone, and follow the others only."""
        label = np.zeros(len(self.index), dtype=np.uint8)
        for k, trap in enumerate(self.traps):
            held = trap.holds(self.states)
            self.inside[k] = np.where(held, self.inside[k] + lengths, 0.0)
            label[held & (self.inside[k] >= trap.turn)] = k + 1
        low, high = self.window.T[:, :, None]
        stays = np.all((self.states >= low) & (self.states <= high), axis=0) & np.all(np.isfinite(self.flow), axis=0)
        label[~stays] = LEAVES
        self.labels[self.index] = label
        keep = (label == UNSETTLED) & (self.speed() > AT_REST * self.fastest)
        if not np.all(keep):
            self.index, self.steps, self.inside = self.index[keep], self.steps[keep], self.inside[:, keep]
            self.states, self.flow = self.states[:, keep], self.flow[:, keep]


def _basin(x: Array, y: Array, mask: Any, label: int, attractor: Equilibrium | PlaneCycle | None) -> Basin:
    """Return a basin with its outline and the place that is farthest from its border."""
    rings: Any = contourpy.contour_generator(x, y, mask.astype(float), name="serial",
                                             fill_type=contourpy.FillType.OuterOffset).filled(0.5, 2.0)
    pieces = [np.vstack([points[a:b], [[np.nan, np.nan]]]) for points, offsets in zip(*rings, strict=True)
              for a, b in pairwise(offsets)]
    depth = distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    depth[mask.shape[0] // 2:, :2 * mask.shape[1] // 3] *= 0.3  # above on the left legends stand
    row, column = np.unravel_index(int(np.argmax(depth)), mask.shape)
    outline = np.concatenate(pieces).T if pieces else np.empty((2, 0))
    return Basin(label, attractor, float(np.mean(mask)), np.array([x[column], y[row]]), outline)
