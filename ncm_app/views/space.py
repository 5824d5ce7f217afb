"""Phase space of three states, seen from a direction that the user turns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ncm_app.core.model import Flow
from ncm_app.numerics.results import Array, Equilibrium, Trajectory
from ncm_app.views import style
from ncm_app.views.columns import Columns, Limits, joined, lean, scattered
from ncm_app.views.gestures import Drag
from ncm_app.views.layer import Layer
from ncm_app.views.phase import stability_columns, stability_layers
from ncm_app.views.view import View

AZIMUTH, ELEVATION = -55.0, 12.0
"""Degrees from which the Lorenz attractor looks like a butterfly."""

MOST = 6000
"""Points of a run that are drawn."""

REACH = 0.82
"""Half the window's width, in spans: the corners of the box of spans stay inside however it turns."""


class Space(NamedTuple):
    """Runs and fixed points of three states, and the angles in degrees from which they are seen."""

    run: Trajectory
    fixed_points: tuple[Equilibrium, ...]
    clicked: tuple[Trajectory, ...] = ()
    azimuth: float = AZIMUTH
    elevation: float = ELEVATION


def directions(azimuth: float, elevation: float) -> Array:
    """Return the unit vectors (3, 3) to the right, up and towards the eye, one per row.

    The azimuth turns about the third state, from the first towards the second; the
    elevation lifts the eye above the plane of the first two. Both in degrees.
    """
    a, e = np.radians([azimuth, elevation])
    return np.array([[-np.sin(a), np.cos(a), 0.0],
                     [-np.sin(e) * np.cos(a), -np.sin(e) * np.sin(a), np.cos(e)],
                     [np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)]])


def parted(points: Array) -> dict[str, tuple[Array, Array]]:
    """Split a projected curve (3, m) into what is near the eye and what is far, NaN elsewhere.

    Where it passes from one to the other, the joining piece belongs to the near part.
    """
    near = points[2] >= 0.0
    beside = near.copy()
    beside[1:] |= near[:-1]
    beside[:-1] |= near[1:]
    return {"near": (np.where(beside, points[0], np.nan), np.where(beside, points[1], np.nan)),
            "far": (np.where(near, np.nan, points[0]), np.where(near, np.nan, points[1]))}


class SpaceView(View):
    """An orthographic view of the run: near parts dark, far parts light, an arrow per state."""

    name, shape = "space", "square"
    bare = equal = True
    drag, relabels = Drag.TURN, True
    x_label, y_label = "across (spans)", "up (spans)"

    def __init__(self, model: type[Flow]) -> None:
        self.states = model.states
        self.low, self.high = np.array([s.span for s in model.states]).T[:, :, None]
        self._tell(AZIMUTH, ELEVATION)

    def _tell(self, azimuth: float, elevation: float) -> None:
        self.title = f"seen from {azimuth:.0f}° around, {elevation:.0f}° above (drag)".replace("-", "−")

    def layers(self) -> list[Layer]:
        """Box and arrows at the back, then far and near parts of the runs, points."""
        return [Layer("floor", look={"color": style.GREY, "line_width": 1, "alpha": 0.5}),
                Layer("arrows", look={"line_width": 1.2, "alpha": 0.8}, ink=("line_color",)),
                *[Layer(f"{who} {part}", look={**look, **depth}, ghost=who == "run",
                        ink=("line_color",) if who == "run" else ())
                  for part, depth in (("far", {"line_width": 1.0, "alpha": 0.35}), ("near", {"line_width": 1.6}))
                  for who, look in (("clicked", {"color": style.CLICKED_HUE}), ("run", {}))],
                Layer("starts", kind="points", look=style.START),
                Layer("names", kind="labels", texts=tuple(self.symbols.text(s.axis) for s in self.states),
                      ink=("text_color",)),
                *stability_layers()]

    def columns(self, result: Space) -> Columns:
        """All turned towards the eye; the title names the angles."""
        self._tell(result.azimuth, result.elevation)
        turn = directions(result.azimuth, result.elevation)

        def seen(states: Array) -> Array:
            return np.asarray(turn @ ((states - self.low) / (self.high - self.low) - 0.5))

        columns: Columns = {}
        for who, runs in (("run", (result.run,)), ("clicked", result.clicked)):
            parts = [parted(seen(run.y[:, ::-(-run.y.shape[1] // MOST)])) for run in runs]
            for part in ("near", "far"):
                columns[f"{who} {part}"] = joined([piece[part] for piece in parts])
        starts = [seen(run.y[:, :1])[:2, 0] for run in (result.run, *result.clicked)]
        places = [seen(q.state[:, None])[:2, 0] for q in result.fixed_points]
        return {**columns, **self._frame(turn), "starts": scattered([(float(x), float(y)) for x, y in starts]),
                **stability_columns([(q.kind, float(x), float(y))
                                     for q, (x, y) in zip(result.fixed_points, places, strict=True)])}

    def _frame(self, turn: Array) -> Columns:
        """Return the floor of the box, an arrow along each state from its lowest corner, and their names."""
        floor = turn @ (np.array([[0, 1, 1, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 0, 0]]) - 0.5)
        arrows, names = [], []
        corner = turn @ np.full(3, -0.5)
        for along in turn.T:
            tip, side = corner + 1.08 * along, np.array([-along[1], along[0]])
            head = [tip[:2] - 0.05 * along[:2] + way * 0.02 * side for way in (-1.0, 1.0)]
            arrows.append(np.array([corner[:2], tip[:2], head[0], tip[:2], head[1]]).T)
            names.append(tip[:2] + 0.07 * along[:2])
        return {"floor": lean(floor[0], floor[1]), "arrows": joined([(x, y) for x, y in arrows]),
                "names": lean(*np.array(names).T)}

    def limits(self, result: Space) -> Limits:
        """The same window from every side."""
        return (-REACH, REACH), (-REACH, REACH)
