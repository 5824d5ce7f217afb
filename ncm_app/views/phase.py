"""Phase line: where a model with one state flows and rests; the markers of fixed points."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ncm_app.core.model import Flow
from ncm_app.core.quantity import with_unit
from ncm_app.numerics.results import Array, Equilibrium
from ncm_app.views import style
from ncm_app.views.columns import NOTHING, Columns, Limits, lean, scattered
from ncm_app.views.gestures import Click
from ncm_app.views.layer import Layer
from ncm_app.views.view import View


class Line(NamedTuple):
    """Phase line: dV/dt (k,) over the span of the state, fixed points, threshold of a cell with resets."""

    x: Array
    dx: Array
    fixed_points: tuple[Equilibrium, ...]
    threshold: float | None = None


def stability_layers() -> list[Layer]:
    """Return the markers of fixed points; their shape and filling say the stability."""
    return [Layer(f"{name} point", kind="points", look={**look, "color": style.INK, "line_width": 2},
                  ink=("line_color", "fill_color")) for name, look in style.STABILITY_MARKERS.items()]


def stability_columns(points: list[tuple[str, float, float]]) -> Columns:
    """Return the markers' columns from (kind, x, y)."""
    return {f"{name} point": scattered([(x, y) for kind, x, y in points if style.stability_of(kind) == name])
            for name in style.STABILITY_MARKERS}


class PhaseLineView(View):
    """dV/dt over V, arrows of the flow on the axis, classified fixed points."""

    name, title, shape, click = "phase_line", "phase line (click)", "square", Click.LINE
    compared = cut = True  # the exponential upswing

    def __init__(self, model: type[Flow]) -> None:
        self.state = model.states[0]
        self.x_label = self.state.axis
        self.y_label = with_unit(f"d{self.state.name}/dt", "1" if self.state.unit == "1" else f"{self.state.unit}/ms")

    def layers(self) -> list[Layer]:
        """Zero line, threshold, curve, arrows, fixed points."""
        return [Layer("zero", look={"line_width": 1}, ink=("line_color",)),
                Layer("threshold", look={"line_width": 1.3, "line_dash": "dashed"}, ink=("line_color",)),
                Layer("rate", look={"color": style.BLUE, "line_width": 2.2}, ghost=True),
                *[Layer(name, kind="points", look=style.arrow_look(style.GREY, turn))
                  for name, turn in (("right", -90), ("left", 90))],
                *stability_layers()]

    def columns(self, result: Line) -> Columns:
        """Arrows sit on the axis between fixed points and point where V moves."""
        x, dx = result.x, result.dx
        at = x[len(x) // 26:: len(x) // 13]
        speed = np.interp(at, x, dx)
        far = 20 * self._top(dx)
        threshold = NOTHING if result.threshold is None else lean([result.threshold] * 2, [-far, far])
        return {"zero": lean(x[[0, -1]], [0.0, 0.0]), "threshold": threshold, "rate": lean(x, np.clip(dx, -far, far)),
                "right": scattered([(v, 0.0) for v, s in zip(at, speed, strict=True) if s > 0]),
                "left": scattered([(v, 0.0) for v, s in zip(at, speed, strict=True) if s < 0]),
                **stability_columns([(q.kind, float(q.state[0]), 0.0) for q in result.fixed_points])}

    @staticmethod
    def _top(dx: Array) -> float:
        # The exponential upswing is cut: what matters happens near zero.
        return max(3.0 * float(np.percentile(np.abs(dx), 30)), 1e-9)

    def watched(self) -> tuple[str, ...]:
        """The curve, of which the upswing may be cut."""
        return ("rate",)

    def limits(self, result: Line) -> Limits:
        """The span of the state, and the speeds of most of it."""
        top = self._top(result.dx)
        return self.state.drawn_span, (-1.2 * top, 1.2 * top)
