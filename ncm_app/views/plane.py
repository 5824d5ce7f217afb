"""Phase plane: where the model flows, rests and passes, and what parts one fate from another."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ncm_app.core.model import Flow
from ncm_app.core.state import State
from ncm_app.numerics.results import Array, Equilibrium, Portrait, SaddleManifolds, Trajectory
from ncm_app.views import style
from ncm_app.views.layer import Layer
from ncm_app.views.phase import stability_columns, stability_layers
from ncm_app.views.view import Column, Columns, Limits, View, joined, lean, reach, scattered

MANIFOLDS = {"stable manifold": "separatrix (stable manifold)", "unstable manifold": "unstable manifold"}
"""Label of each layer of manifolds."""


class Plane(NamedTuple):
    """Phase plane: portrait, fixed points, the run, runs from clicked starts, manifolds of the saddles."""

    portrait: Portrait
    fixed_points: tuple[Equilibrium, ...]
    run: Trajectory
    clicked: tuple[Trajectory, ...] = ()
    manifolds: tuple[SaddleManifolds, ...] = ()


class PhasePlaneView(View):
    """Field, nullclines, fixed points, the run and runs from where one clicks."""

    name, title, shape = "phase_plane", "phase plane (click)", "square"
    legend, clickable = "top_left", True

    def __init__(self, model: type[Flow], axes: tuple[int, int] = (0, 1)) -> None:
        self.axes = axes
        self.shown: tuple[State, State] = (model.states[axes[0]], model.states[axes[1]])
        self.x_label, self.y_label = self.shown[0].axis, self.shown[1].axis

    def layers(self) -> list[Layer]:
        """Field at the back, then nullclines in their variable's hue, runs, points."""
        hues = [style.hue(s.role, i) for i, s in zip(self.axes, self.shown, strict=True)]
        names = [s.name for s in self.shown]
        return [Layer("field", look={"color": style.GREY, "alpha": 0.7, "line_width": 1}),
                Layer("x nullcline", label=f"d{names[0]}/dt = 0", look={"color": hues[0], "line_width": 2}, ghost=True),
                Layer("y nullcline", label=f"d{names[1]}/dt = 0", look={"color": hues[1], "line_width": 2}, ghost=True),
                *[Layer(name, label=MANIFOLDS[name], look={"line_width": 2, **look}, fleeting=True)
                  for name, look in style.MANIFOLDS.items()],
                Layer("clicked", look={"color": style.GREEN, "line_width": 1.5}),
                Layer("run", look={"line_width": 1.6}, ink=("line_color",), ghost=True),
                Layer("starts", kind="points", look={"marker": "x", "size": 9, "line_width": 2, "color": style.GREEN}),
                *stability_layers()]

    def columns(self, result: Plane) -> Columns:
        """All in the shown units of the axes."""
        (i, j), (a, b) = self.axes, (self.shown[0].scale, self.shown[1].scale)
        portrait = result.portrait
        starts = [(float(r.y[i, 0]) * a, float(r.y[j, 0]) * b) for r in (result.run, *result.clicked)]
        return {"field": self._arrows(portrait),
                "x nullcline": lean(portrait.x_nullcline[0] * a, portrait.x_nullcline[1] * b),
                "y nullcline": lean(portrait.y_nullcline[0] * a, portrait.y_nullcline[1] * b),
                **self._manifolds(result),
                "run": lean(result.run.y[i] * a, result.run.y[j] * b),
                "clicked": joined([lean(r.y[i] * a, r.y[j] * b) for r in result.clicked]),
                "starts": scattered(starts),
                **stability_columns([(q.kind, float(q.state[i]) * a, float(q.state[j]) * b)
                                     for q in result.fixed_points])}

    def _manifolds(self, result: Plane) -> Columns:
        """Return the branches of all saddles, joined."""
        pairs = {"stable manifold": [q.stable for q in result.manifolds],
                 "unstable manifold": [q.unstable for q in result.manifolds]}
        return {name: joined([self._drawn(branch.line) for pair in found for branch in pair])
                for name, found in pairs.items()}

    def _drawn(self, states: Array) -> tuple[Array, Array]:
        """Return states (n, m) on the axes, in shown units."""
        (i, j), (a, b) = self.axes, (self.shown[0].scale, self.shown[1].scale)
        return states[i] * a, states[j] * b

    def _arrows(self, portrait: Portrait) -> tuple[Column, Column]:
        """Return the field as one NaN-broken line of arrows of equal length."""
        a, b = self.shown[0].scale, self.shown[1].scale
        x, y = np.meshgrid(portrait.x * a, portrait.y * b)
        width, height = np.ptp(portrait.x) * a, np.ptp(portrait.y) * b
        u, v = portrait.dx * a / width, portrait.dy * b / height
        speed = np.hypot(u, v)
        speed[speed == 0] = 1.0
        # Slow arrows are shorter, by the fourth root: direction first, speed a hint.
        length = 0.9 / (len(portrait.x) - 1) * (speed / speed.max()) ** 0.25
        u, v = u / speed * length, v / speed * length
        tip = x + u * width / 2, y + v * height / 2
        tail = x - u * width / 2, y - v * height / 2
        barb = tip[0] - (0.4 * u - 0.25 * v) * width, tip[1] - (0.4 * v + 0.25 * u) * height
        gap = np.full_like(x, np.nan)
        line = [np.stack([tail[k], tip[k], barb[k], gap], axis=-1).ravel().astype(np.float32) for k in (0, 1)]
        return line[0], line[1]

    def limits(self, result: Plane) -> Limits:
        """The spans that the model states."""
        return self.shown[0].drawn_span, self.shown[1].drawn_span

    def fitted(self, result: Plane) -> Limits:
        """What the runs and the fixed points reach."""
        columns = self.columns(result)
        names = ["run", "clicked", *(f"{name} point" for name in style.STABILITY_MARKERS)]
        return reach(columns, names, 0), reach(columns, names, 1)
