"""Phase plane: where the model flows, rests and passes, and what parts one fate from another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from bokeh.core.properties import value

from ncm_app.core.model import Flow
from ncm_app.core.state import State
from ncm_app.numerics.results import Array, Portrait, Trajectory
from ncm_app.numerics.results.plane import PhasePlane
from ncm_app.views import style
from ncm_app.views.basins_and_separatrices import fate_columns, fate_layers, fates_by_depth
from ncm_app.views.columns import Column, Columns, Limits, joined, lean, reach, scattered, wrapped
from ncm_app.views.gestures import Click
from ncm_app.views.layer import Layer
from ncm_app.views.phase import stability_columns, stability_layers
from ncm_app.views.view import View

SAME = 1e-3
"""Distance in spans within which a fixed point lies in a slice."""

MOST_DRAWN, UPSWING = 3000, 12
"""Points of a run with resets; the last ones before each reset, which are all drawn."""

SUBTHRESHOLD = 0.2
"""Share of the arrows of a cell with resets that are slower than all longest ones."""

MOST_TOLD = 3
"""Held states that the title names."""


class PhasePlaneView(View):
    """Field, nullclines, manifolds, fixed points, the run and runs from where one clicks.

    With more than two states the plane is a slice: field and nullclines are those with
    the other states held; run and fixed points are projected onto it.
    """

    name, shape, legend = "phase_plane", "square", True
    click, relabels = Click.START, True

    def __init__(self, model: type[Flow], axes: tuple[int, int] = (0, 1)) -> None:
        self.states = model.states
        self.sliced = len(model.states) > 2
        self._turn_to(axes, np.array([s.start for s in model.states]))

    def _turn_to(self, axes: tuple[int, int], held: Array) -> None:
        """Put two states on the axes and say at what the others are held."""
        self.axes, self.held = axes, held
        self.shown: tuple[State, State] = (self.states[axes[0]], self.states[axes[1]])
        self.x_label, self.y_label = self.shown[0].axis, self.shown[1].axis
        self.title = self._slice() if self.sliced else "phase plane (click)"

    def _slice(self) -> str:
        """Say at what the states beyond the axes are held."""
        told = []
        for i, (s, v) in enumerate(zip(self.states, self.held, strict=True)):
            unit = s.shown or s.unit
            if i not in self.axes:
                value = float(f"{v * s.scale:.3g}")  # three digits, but 2850 and not 2.85e+03
                told.append(f"{s.name} = {value:g}" + (f" {unit}" if unit != "1" else ""))
        return "slice at " + ", ".join(told[:MOST_TOLD] + ["…"] * (len(told) > MOST_TOLD))

    def ghost_columns(self, result: Any | None) -> Columns:
        """Return the ghost's columns; the title goes on to name what the live plane holds."""
        live = self.axes, self.held
        columns = super().ghost_columns(result)
        self._turn_to(*live)
        return columns

    def state_at(self, x: float, y: float) -> tuple[float, ...]:
        """Return the state at a place on the axes, within its bounds, the other states as held."""
        state = [float(v) for v in self.held]
        for axis, v in zip(self.axes, (x, y), strict=True):
            state[axis] = v / self.states[axis].scale
        return tuple(min(max(v, s.limits[0]), s.limits[1]) for v, s in zip(state, self.states, strict=True))

    def _nullclines(self) -> list[Layer]:
        return [Layer(f"{axis} nullcline", label=f"d{s.name}/dt = 0", ghost=True, look={
            "color": style.hue(s.role, i), "line_width": 2})
            for axis, i, s in zip("xy", self.axes, self.shown, strict=True)]

    def layers(self) -> list[Layer]:
        """Field at the back, then nullclines in their variable's hue, manifolds, runs, points."""
        elsewhere = [replace(layer, name=f"{layer.name} elsewhere", ink=(), look={**layer.look, "color": style.GREY})
                     for layer in stability_layers()] if self.sliced else []
        areas, curves, names = ([], [], []) if self.sliced else fates_by_depth()
        return [*areas, Layer("field", look={"color": style.GREY, "alpha": 0.7, "line_width": 1}),
                *self._nullclines(), *curves,
                Layer("clicked", look={"color": style.CLICKED_HUE, "line_width": 1.5}),
                Layer("run", look={"line_width": 1.6}, ink=("line_color",), ghost=True),
                Layer("starts", kind="points", look=style.START),
                *names, *elsewhere, *stability_layers()]

    def columns(self, result: PhasePlane) -> Columns:
        """All in the shown units of the axes; the title names what is held."""
        self._turn_to(result.axes, result.held)
        portrait = result.portrait
        lines = {"x nullcline": portrait.x_nullcline, "y nullcline": portrait.y_nullcline}
        starts = [self._place(run.y[:, 0]) for run in (result.run, *result.clicked)]
        return {"field": self._arrows(portrait, result.threshold is not None),
                **{name: lean(line[0] * self.shown[0].scale, line[1] * self.shown[1].scale)
                   for name, line in lines.items()},
                **({} if self.sliced else self._fates(result, style.MANIFOLDS)),
                "run": self._drawn_run(result.run, result),
                "clicked": joined([self._drawn_run(run, result) for run in result.clicked]),
                "starts": scattered(starts), **self._points(result)}

    def late(self, topic: str, answer: Any) -> Columns:
        """Cycles and basins come when they are computed."""
        if topic != "basins" or self.sliced:
            return {}
        late = [layer for layer in fate_layers() if layer.name not in style.MANIFOLDS]
        if answer is None:
            return {layer.name: layer.row.empty for layer in late}
        return self._fates(answer, [layer.name for layer in late])

    def _fates(self, result: PhasePlane, names: Iterable[str]) -> Columns:
        columns = fate_columns(result, self._drawn)
        return {name: columns[name] for name in names}

    def _points(self, result: PhasePlane) -> Columns:
        """Return the fixed points in the plane, and apart those of which it holds the projection."""
        away = [i for i in range(len(self.states)) if i not in self.axes]
        widths = np.array([high - low for low, high in (self.states[i].span for i in away)])
        here: list[tuple[str, float, float]] = []
        elsewhere: list[tuple[str, float, float]] = []
        for q in result.fixed_points:
            near = bool(np.all(np.abs(q.state[away] - result.held[away]) <= SAME * widths))
            (here if near else elsewhere).append((q.kind, *self._place(q.state)))
        columns = stability_columns(here)
        if self.sliced:
            columns |= {f"{name} elsewhere": pair for name, pair in stability_columns(elsewhere).items()}
        return columns

    def _place(self, state: Array) -> tuple[float, float]:
        """Return where a state (n,) is drawn."""
        x, y = self._drawn(state)
        return float(x), float(y)

    def _drawn(self, states: Array) -> tuple[Array, Array]:
        """Return states (n, m) on the axes, in shown units."""
        (i, j), (a, b) = self.axes, (self.shown[0].scale, self.shown[1].scale)
        return states[i] * a, states[j] * b

    def _drawn_run(self, run: Trajectory, result: PhasePlane) -> tuple[Column, Column]:
        """Return a run on the axes; where it is reset it is led to the threshold, and a gap stands for the jump."""
        if result.threshold is None or not len(run.spikes):
            return lean(*self._path(run.y))
        pieces = np.split(run.y, np.searchsorted(run.t, run.spikes - 1e-9), axis=1)
        stride = -(-run.y.shape[1] // MOST_DRAWN)
        drawn = []
        for k, piece in enumerate(pieces):
            kept = np.hstack([piece[:, :-UPSWING:stride], piece[:, -UPSWING:]])
            if k < len(run.spikes) and kept.shape[1]:
                peak = kept[:, -1:].copy()
                peak[0] = result.threshold
                kept = np.hstack([kept, peak])
            drawn.append(self._path(kept))
        return joined(drawn)

    def _path(self, states: Array) -> tuple[Array, Array]:
        """Return a run on the axes; an angle comes back at the other end of its turn."""
        x, y = self._drawn(states)
        across, up = ([v * s.scale for v in s.periodic] if s.periodic else None for s in self.shown)
        if up:
            x, y = wrapped(x, y, *up)
        if across:
            y, x = wrapped(y, x, *across)
        return x, y

    def _arrows(self, portrait: Portrait, spiking: bool) -> tuple[Column, Column]:
        """Return the field as one NaN-broken line of arrows of equal length.

        Where a cell spikes, its upswing is no measure of speed.
        """
        a, b = self.shown[0].scale, self.shown[1].scale
        x, y = np.meshgrid(portrait.x * a, portrait.y * b)
        width, height = np.ptp(portrait.x) * a, np.ptp(portrait.y) * b
        u, v = portrait.dx * a / width, portrait.dy * b / height
        speed = np.hypot(u, v)
        speed[speed == 0] = 1.0
        # Slow arrows are shorter, by the fourth root: direction first, speed a hint.
        highest = float(np.quantile(speed, SUBTHRESHOLD)) if spiking else float(speed.max())
        length = 0.9 / (len(portrait.x) - 1) * np.minimum(speed / highest, 1.0) ** 0.25
        u, v = u / speed * length, v / speed * length
        tip = x + u * width / 2, y + v * height / 2
        tail = x - u * width / 2, y - v * height / 2
        barb = tip[0] - (0.4 * u - 0.25 * v) * width, tip[1] - (0.4 * v + 0.25 * u) * height
        gap = np.full_like(x, np.nan)
        line = [np.stack([tail[k], tip[k], barb[k], gap], axis=-1).ravel().astype(np.float32) for k in (0, 1)]
        return line[0], line[1]

    def limits(self, result: PhasePlane) -> Limits:
        """The spans that the model states."""
        i, j = result.axes
        return self.states[i].drawn_span, self.states[j].drawn_span

    def fitted(self, result: PhasePlane) -> Limits:
        """What the runs and the fixed points reach."""
        columns = self.columns(result)
        names = ["run", "clicked", *(name for name in columns if name.split(" ")[1:2] == ["point"])]
        return reach(columns, names, 0), reach(columns, names, 1)

    def wording(self) -> tuple[str, ...]:
        """Return the labels, and those of the nullclines with their colours."""
        return (*super().wording(),
                *(told for layer in self._nullclines() for told in (layer.label, layer.look["color"])))

    def relabel(self, figure: Any) -> None:
        """Write axes, title and legend of a drawn figure anew, as when other states are chosen."""
        super().relabel(figure)
        drawn = {renderer.name: renderer for renderer in figure.renderers}
        items = {item.renderers[0].name: item for legend in figure.legend for item in legend.items}
        for layer in self._nullclines():
            if layer.name in items:
                items[layer.name].label = value(self.symbols.text(layer.label))
                drawn[layer.name].glyph.line_color = layer.look["color"]
