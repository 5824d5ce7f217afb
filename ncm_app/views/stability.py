"""Eigenvalues in the complex plane, and the trace-determinant plane (book A.9)."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np

from ncm_app.core.model import Flow
from ncm_app.numerics.results import Equilibrium
from ncm_app.views import style
from ncm_app.views.columns import Columns, Limits, joined, lean, scattered
from ncm_app.views.gestures import Click, Drag
from ncm_app.views.layer import Layer
from ncm_app.views.phase import stability_columns, stability_layers
from ncm_app.views.view import View

TRAIL = 80
"""How many past positions the trail keeps."""


SMALL = 0.06
"""Share of a window that is too small a corner for all that it shows."""


class Stability(NamedTuple):
    """The fixed points whose eigenvalues are shown."""

    fixed_points: tuple[Equilibrium, ...]


REGIONS = (("stable spiral", -0.42, 0.86), ("unstable spiral", 0.42, 0.86), ("stable node", -0.72, 0.07),
           ("unstable node", 0.72, 0.07), ("saddle", 0.0, -0.25))
"""Name of each region, and where it stands in the window (fractions of right and top)."""


class Trailing(View):
    """A view whose points leave a fading path; one object serves one session."""

    shape = "square"

    def __init__(self) -> None:
        self.trail: deque[tuple[float, float]] = deque(maxlen=TRAIL)

    def forget(self) -> None:
        """Wipe the trail, as a preset does."""
        self.trail.clear()

    def places(self, result: Stability) -> list[tuple[float, float]]:
        """Return where the markers stand."""
        raise NotImplementedError

    def outgrown(self, result: Stability, limits: Limits) -> bool:
        """A marker that is out of sight, or all in a small corner, calls for other axes."""
        sizes = [max(abs(low), abs(high)) for low, high in limits]
        shares = [max(abs(x) / sizes[0], abs(y) / sizes[1]) for x, y in self.places(result)]
        outside = any(not (limits[0][0] <= x <= limits[0][1] and limits[1][0] <= y <= limits[1][1])
                      for x, y in self.places(result))
        return outside or (bool(shares) and 0.0 < max(shares) < SMALL)

    def remember(self, points: list[tuple[float, float]]) -> Columns:
        """Add the newest positions and return the trail's columns."""
        for point in points:
            if point not in self.trail:
                self.trail.append(point)
        return {"trail": scattered(list(self.trail))}


class EigenvalueView(Trailing):
    """Eigenvalues of every fixed point; the right half plane is unstable."""

    name, title = "eigenvalues", "eigenvalues"
    x_label, y_label = "real part: growth (1/ms)", "imaginary part (rad/ms)"

    def layers(self) -> list[Layer]:
        """Axes, trail, ghosts, points."""
        return [Layer("axes", look={"line_width": 1, "alpha": 0.6}, ink=("line_color",)),
                Layer("trail", kind="points", look={"size": 3, "color": style.GREY, "alpha": 0.6}),
                *[Layer(layer.name, kind=layer.kind, look=layer.look, ink=layer.ink, ghost=True)
                  for layer in stability_layers()]]

    def columns(self, result: Stability) -> Columns:
        """One marker per eigenvalue, shaped by the kind of its fixed point."""
        points = [(q.kind, float(v.real), float(v.imag)) for q in result.fixed_points for v in q.eigenvalues]
        return {"axes": joined([([-1e3, 1e3], [0, 0]), ([0, 0], [-1e3, 1e3])]),
                **self.remember([(x, y) for _, x, y in points]), **stability_columns(points)}

    def places(self, result: Stability) -> list[tuple[float, float]]:
        """Return the eigenvalues."""
        return [(float(v.real), float(v.imag)) for q in result.fixed_points for v in q.eigenvalues]

    def limits(self, result: Stability) -> Limits:
        """A symmetric window about twice as wide as the eigenvalues."""
        values = np.concatenate([q.eigenvalues for q in result.fixed_points] or [np.ones(1, dtype=complex)])
        reach = 1.8 * max(float(np.max(np.abs(values.real))), float(np.max(np.abs(values.imag))), 1e-3)
        return (-reach, reach), (-reach, reach)


class TraceDeterminantView(Trailing):
    """The five regions of the trace-determinant plane and the fixed points in it."""

    name, title = "trace_determinant", "trace-determinant plane"
    x_label, y_label = "trace (1/ms)", "determinant (1/ms²)"

    def __init__(self, model: type[Flow]) -> None:
        super().__init__()
        # Only a model that can be told its trace and determinant is dragged by them.
        movable = "at_trace_determinant" in vars(model)
        if movable:
            self.click, self.drag = Click.PLACE, Drag.CLICKS
            self.title = "trace-determinant plane (drag)"

    def layers(self) -> list[Layer]:
        """Borders of the regions, their names, trail, ghosts, points."""
        return [Layer("borders", look={"line_width": 1.3, "alpha": 0.7}, ink=("line_color",)),
                Layer("regions", kind="labels", texts=tuple(name for name, _, _ in REGIONS), ink=("text_color",)),
                Layer("trail", kind="points", look={"size": 3, "color": style.GREY, "alpha": 0.6}),
                *[Layer(layer.name, kind=layer.kind, look=layer.look, ink=layer.ink, ghost=True)
                  for layer in stability_layers()]]

    def columns(self, result: Stability) -> Columns:
        """Positions of the fixed points."""
        points = [(q.kind, q.trace, q.determinant) for q in result.fixed_points]
        return {**self.remember([(x, y) for _, x, y in points]), **stability_columns(points)}

    def places(self, result: Stability) -> list[tuple[float, float]]:
        """Return trace and determinant of every fixed point."""
        return [(q.trace, q.determinant) for q in result.fixed_points]

    def backdrop(self, limits: Limits) -> Columns:
        """T = 0, D = 0, D = T²/4 and the names of the regions for a window."""
        (left, right), (bottom, top) = limits
        t = np.linspace(left, right, 201)
        x, y = np.array([place for _, *place in REGIONS]).T
        return {"borders": joined([(t, t**2 / 4), ([left, right], [0, 0]), ([0, 0], [bottom, top])]),
                "regions": lean(x * right, y * top)}

    def limits(self, result: Stability) -> Limits:
        """A window that holds all points and all five regions."""
        trace = max([abs(q.trace) for q in result.fixed_points] or [1.0])
        det = max([abs(q.determinant) for q in result.fixed_points] or [1.0])
        reach = max(1.7 * trace, 2.2 * np.sqrt(det), 1e-3)
        top = max(1.6 * det, 0.35 * reach**2)
        return (-reach, reach), (-0.45 * top, top)
