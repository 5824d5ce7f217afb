"""Bifurcation diagram: fixed points and cycles over one parameter, and the present value on it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from ncm_app.core.capabilities import can_cycle, has_resets
from ncm_app.core.model import Flow
from ncm_app.numerics.codes import ALWAYS, POINTS, row, rows_of
from ncm_app.numerics.results import Array, Branch, CycleBranch, Diagram, Equilibrium, SpecialPoint, Sweep
from ncm_app.views import style
from ncm_app.views.columns import NO_LABELS, Columns, Limits, joined, lean, scattered
from ncm_app.views.cycles import cycle_columns, cycle_layers
from ncm_app.views.gestures import Click, Drag
from ncm_app.views.labels import codes_at, codes_layer
from ncm_app.views.layer import Layer, special_layer
from ncm_app.views.phase import stability_columns, stability_layers
from ncm_app.views.probes import complex_numbers, thinned
from ncm_app.views.sweep import sweep_columns, sweep_layers, sweep_reach
from ncm_app.views.view import View

NARROW = 0.35
"""Share of the bounds of a parameter below which only that part of them is shown at first."""


class Explored(NamedTuple):
    """A diagram, the present value of its parameter and the fixed points there.

    `axis` is the state on the vertical axis.
    """

    diagram: Diagram
    value: float
    bounds: tuple[float, float]
    fixed_points: tuple[Equilibrium, ...]
    label: str
    axis: int = 0


class Swept(NamedTuple):
    """A slow sweep of a parameter, for the same vertical axis."""

    sweep: Sweep
    axis: int


class Cycles(NamedTuple):
    """Limit cycles over a parameter, for the same vertical axis."""

    branches: Sequence[CycleBranch]
    parameter: str
    axis: int


def happens_at(point: SpecialPoint) -> bool:
    """Tell whether something happens to the fixed points at a special point, whatever its branch."""
    return row(POINTS, point.code).eventful == ALWAYS


def window_of(diagram: Diagram, value: float, bounds: tuple[float, float]) -> tuple[float, float]:
    """Return the stretch of the parameter on which something happens, around the present value too."""
    at = [q.parameters[diagram.parameter] for q in diagram.points if happens_at(q)]
    low, high = min([*at, value]), max([*at, value])
    margin = max(0.4 * (high - low), 0.03 * (bounds[1] - bounds[0]))
    return max(bounds[0], low - margin), min(bounds[1], high + margin)


def wide_window(diagram: Diagram, value: float, bounds: tuple[float, float]) -> tuple[float, float]:
    """Return the bounds of the parameter, or less of it where all happens in a small part."""
    low, high = window_of(diagram, value, bounds)
    happens = any(map(happens_at, diagram.points))
    return (low, high) if happens and high - low < NARROW * (bounds[1] - bounds[0]) else bounds


def joint(line: Array, after: int, special: list[Array]) -> Array:
    """Return where stability changes just before a point of a line (2, m): the special point there, or the middle."""
    spans = np.ptp(line, axis=1)

    def length(*way: Array) -> float:
        steps = np.diff(np.array(way), axis=0)[:, spans > 0] / spans[spans > 0]
        return float(np.linalg.norm(steps, axis=1).sum())

    first, last = line[:, after - 1], line[:, after]
    near = min(special, key=lambda place: length(first, place, last), default=first)
    return near if special and length(first, near, last) < 2.0 * length(first, last) else (first + last) / 2


class DiagramView(View):
    """Stable solid, unstable dashed, saddles dotted; click to move the parameter."""

    name, shape, legend = "diagram", "diagram", True
    click, drag, relabels = Click.BRANCH, Drag.BRANCH, True

    def __init__(self, model: type[Flow]) -> None:
        self.model, self.cycling = model, can_cycle(model)
        self.state = model.states[0]
        self._drawn: tuple[Any, int, Columns] = (None, 0, {})
        self._window: Limits = (0.0, 1.0), self.state.drawn_span
        self.shape = "square" if len(model.states) == 1 else "diagram"
        self.y_label = self.state.axis
        states, resets = len(model.states), has_resets(model)
        self.codes = [row.code for row in rows_of(POINTS) if row.possible(states, resets)]
        # On a line there are no saddles.
        self.dashes = {k: v for k, v in style.STABILITY_DASHES.items() if k != "saddle" or len(model.states) > 1}

    def layers(self) -> list[Layer]:
        """Branches, special points, the line and markers of the present value."""
        hue = style.hue(self.model.states[0].role, 0)
        branches = [Layer(f"{name} branch", label=name, look={"color": hue, "line_width": 2.4, "line_dash": dash},
                          ghost=True, fleeting=True) for name, dash in self.dashes.items()]
        special = [special_layer(code, code) for code in self.codes]
        cycles = cycle_layers(len(self.model.states)) if self.cycling else []
        return [*cycles[:1], *branches, *cycles[1:], Layer("branch probes", kind="probes"),
                *sweep_layers(), Layer("present", look={"line_width": 1}, ink=("line_color",)), *special,
                codes_layer("codes"), *stability_layers()]

    def columns(self, result: Explored) -> Columns:
        """Branches cut where their stability changes; the title names the parameter."""
        self.state = self.model.states[result.axis]
        self.x_label, self.y_label = result.label, self.state.axis
        what = "fixed points and cycles" if self.cycling else "fixed points"
        self.title = f"{what} over {result.diagram.parameter} (click, drag)"
        if self._drawn[0] is not result.diagram or self._drawn[1] != result.axis:
            self._drawn = result.diagram, result.axis, self._branches(result)
        return {**self._drawn[2], "present": lean([result.value] * 2, [-1e6, 1e6]),
                **stability_columns([(q.kind, result.value, float(q.state[result.axis]) * self.state.scale)
                                     for q in result.fixed_points])}

    def _branches(self, result: Explored) -> Columns:
        """Return the columns that stay while only the present value moves."""
        points = result.diagram.points
        columns: Columns = {f"{name} branch": joined([piece for b in result.diagram.branches
                                                      for piece in self._pieces(b, name, result)])
                            for name in self.dashes}
        columns["codes"] = codes_at([(q.code, *self._position(q, result)) for q in points])
        columns["branch probes"] = self._probes(result)
        for code in self.codes:
            columns[code] = scattered([self._position(q, result) for q in points if q.code == code])
        return columns

    def _position(self, point: SpecialPoint, result: Explored) -> tuple[float, float]:
        return point.parameters[result.diagram.parameter], float(point.state[result.axis]) * self.state.scale

    def late(self, topic: str, answer: Any) -> Columns:
        """Cycles and sweeps come when they are computed."""
        if topic not in ("cycles", "sweep"):
            return {}
        axis = 0 if answer is None else answer.axis
        scale = self.model.states[axis].scale
        if topic == "sweep":
            return sweep_columns(None if answer is None else answer.sweep, axis, scale)
        if not self.cycling:
            return {}
        return cycle_columns(() if answer is None else answer.branches, "" if answer is None else answer.parameter,
                             axis, scale, len(self.model.states), self.symbols)

    def late_limits(self, topic: str, answer: Any) -> Limits | None:
        """A window that holds the path of a sweep too."""
        if topic != "sweep":
            return None
        reach = sweep_reach(answer.sweep, answer.axis, self.model.states[answer.axis].scale)
        if reach is None:
            return None
        bounds, (low, high) = self._window
        return bounds, (min(low, reach[0]), max(high, reach[1]))

    def outgrown(self, result: Explored, limits: Limits) -> bool:
        """The present value must stay in sight."""
        (low, high), _ = limits
        return not low <= result.value <= high

    def fitted(self, result: Explored) -> Limits:
        """The stretch of the parameter on which something happens, and all states there."""
        return window_of(result.diagram, result.value, result.bounds), self.limits(result)[1]

    def _probes(self, result: Explored) -> tuple[Any, ...]:
        """Return places along the branches with what a pointer there is told."""
        places, texts, shown = [], [], self.symbols.text(result.diagram.parameter)
        for b in result.diagram.branches:
            for k in thinned(b.parameter, b.states[result.axis]):
                places.append((float(b.parameter[k]), float(b.states[result.axis][k]) * self.state.scale))
                values = complex_numbers(b.eigenvalues[:, k])
                texts.append(f"{shown} = {b.parameter[k]:.5g}, {self.state.shown_name} = {places[-1][1]:.4g}: "
                             f"eigenvalue{'s' * (len(self.model.states) > 1)} {values} per ms")
        for q in result.diagram.points:
            places.append(self._position(q, result))
            value = q.parameters[result.diagram.parameter]
            texts.append(f"{row(POINTS, q.code).name} ({q.code}) at {shown} = {value:.5g}, "
                         f"{self.state.shown_name} = {places[-1][1]:.4g}")
        return (*scattered(places), texts) if places else NO_LABELS

    def _pieces(self, branch: Branch, name: str, result: Explored) -> list[tuple[Array, Array]]:
        """Return the stretches of a branch whose stability has this name."""
        n, index, parameter = len(self.model.states), result.axis, result.diagram.parameter
        saddle = (branch.unstable > 0) & (branch.unstable < n) & np.all(np.abs(branch.eigenvalues.imag) < 1e-12, axis=0)
        kind = np.where(branch.unstable == 0, "stable", np.where(saddle, "saddle", "unstable"))
        line = np.array([branch.parameter, branch.states[index]])
        special = [np.array([q.parameters[parameter], q.state[index]]) for q in branch.points]
        changes = np.flatnonzero(kind[1:] != kind[:-1]) + 1
        joints = {int(i): joint(line, int(i), special) for i in changes}
        pieces = []
        for a, b in pairwise([0, *joints, len(kind)]):
            if kind[a] == name:
                before, after = ([joints[k][:, None]] if k in joints else [] for k in (a, b))
                x, y = np.hstack([*before, line[:, a:b], *after])
                pieces.append((x, y * self.state.scale))
        return pieces

    def limits(self, result: Explored) -> Limits:
        """The bounds of the parameter or the part where all happens, and the span of the state or of the branches."""
        low, high = self.model.states[result.axis].drawn_span
        seen = [b.states[result.axis] * self.state.scale for b in result.diagram.branches]
        if self.cycling:  # cycles come later and reach through the span
            seen.append(np.array([low, high]))
        if seen:
            values = np.concatenate(seen)
            width, centre, size = high - low, (high + low) / 2, float(np.ptp(values))
            if size > 0.2 * width:  # a flat branch is shown in the span, where it looks flat
                low = max(centre - 1.5 * width, float(values.min()) - 0.08 * size)
                high = min(centre + 1.5 * width, float(values.max()) + 0.08 * size)
        # A cell that fires has left its branches: near its threshold there is little to see of them.
        fires = has_resets(self.model)
        across = result.bounds if fires else wide_window(result.diagram, result.value, result.bounds)
        self._window = across, (low, high)
        return self._window

