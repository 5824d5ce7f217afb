"""Bifurcation diagram: fixed points over one parameter, and the present value on it."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ncm_app.core.model import Flow
from ncm_app.numerics.results import Array, Branch, Diagram, Equilibrium, SpecialPoint
from ncm_app.views import style
from ncm_app.views.layer import Layer
from ncm_app.views.phase import stability_columns, stability_layers
from ncm_app.views.view import Columns, Limits, View, joined, lean, scattered

CODES = {"LP": "triangle", "H": "square", "BP": "star", "KINK": "x", "NS": "cross"}
"""Marker of each special point; the legend names it."""
CODE_NAMES = {"LP": "saddle-node (LP)", "H": "Hopf (H)", "BP": "branch point (BP)",
              "KINK": "kink of f", "NS": "neutral saddle (NS)"}


class Explored(NamedTuple):
    """A diagram, the present value of its parameter and the fixed points there."""

    diagram: Diagram
    value: float
    bounds: tuple[float, float]
    fixed_points: tuple[Equilibrium, ...]
    label: str


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

    name, shape, legend, clickable = "diagram", "diagram", "top_right", True

    def __init__(self, model: type[Flow], index: int = 0) -> None:
        self.model, self.index = model, index
        self.state = model.states[index]
        self.shape = "square" if len(model.states) == 1 else "diagram"
        self.y_label = self.state.axis
        # On a line there are no saddles.
        self.dashes = {k: v for k, v in style.STABILITY_DASHES.items() if k != "saddle" or len(model.states) > 1}

    def layers(self) -> list[Layer]:
        """Branches, special points, the line and markers of the present value."""
        hue = style.hue(self.state.role, self.index)
        branches = [Layer(f"{name} branch", label=name, look={"color": hue, "line_width": 2.4, "line_dash": dash},
                          ghost=True) for name, dash in self.dashes.items()]
        special = [Layer(code, kind="points", look={"marker": marker, "size": 11, "color": style.ORANGE,
                                                    "line_color": style.GREY})
                   for code, marker in CODES.items()]
        return [*branches, Layer("present", look={"line_width": 1}, ink=("line_color",)), *special,
                Layer("codes", kind="labels", ink=("text_color",), look={
                    "text_align": "left", "text_baseline": "bottom", "text_font_size": "10pt", "text_alpha": 1.0}),
                *stability_layers()]

    def columns(self, result: Explored) -> Columns:
        """Branches cut where their stability changes; the title names the parameter."""
        self.x_label, self.title = result.label, f"fixed points over {result.diagram.parameter} (click)"
        scale, points = self.state.scale, result.diagram.points
        columns: Columns = {"present": lean([result.value] * 2, [-1e6, 1e6])}
        for name in self.dashes:
            columns[f"{name} branch"] = joined([p for b in result.diagram.branches
                                               for p in self._pieces(b, name, result.diagram.parameter)])
        named = [q for q in points if q.code in CODES]
        codes = [f"  {q.code}" for q in named] or [""]
        columns["codes"] = (*scattered([self._position(q, result) for q in named]), codes)
        for code in CODES:
            columns[code] = scattered([self._position(q, result) for q in points if q.code == code])
        return {**columns, **stability_columns([(q.kind, result.value, float(q.state[self.index]) * scale)
                                                for q in result.fixed_points])}

    def _position(self, point: SpecialPoint, result: Explored) -> tuple[float, float]:
        return point.parameters[result.diagram.parameter], float(point.state[self.index]) * self.state.scale

    def _pieces(self, branch: Branch, name: str, parameter: str) -> list[tuple[Array, Array]]:
        """Return the stretches of a branch whose stability has this name."""
        n = len(self.model.states)
        saddle = (branch.unstable > 0) & (branch.unstable < n) & np.all(np.abs(branch.eigenvalues.imag) < 1e-12, axis=0)
        kind = np.where(branch.unstable == 0, "stable", np.where(saddle, "saddle", "unstable"))
        line = np.array([branch.parameter, branch.states[self.index]])
        special = [np.array([q.parameters[parameter], q.state[self.index]]) for q in branch.points]
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
        """The bounds of the parameter, and the span of the state or of the branches."""
        low, high = self.state.drawn_span
        seen = [b.states[self.index] * self.state.scale for b in result.diagram.branches]
        if seen:
            values = np.concatenate(seen)
            width, centre, size = high - low, (high + low) / 2, float(np.ptp(values))
            if size > 0.2 * width:  # a flat branch is shown in the span, where it looks flat
                low = max(centre - 1.5 * width, float(values.min()) - 0.08 * size)
                high = min(centre + 1.5 * width, float(values.max()) + 0.08 * size)
        return result.bounds, (low, high)


__all__ = ["CODES", "CODE_NAMES", "DiagramView", "Explored"]
