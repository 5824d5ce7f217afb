"""The pointer in plots in which something is drawn: the stroke shows at once, and the answer follows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import param

from ncm_app.core.drawing import BRUSH, FULL, Drawing, Grid
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.touch import Place
from ncm_app.pages.browser_code import browser_code
from ncm_app.pages.part import Part
from ncm_app.pages.upstream import at_once
from ncm_app.session.frames import Frame, Question
from ncm_app.session.sent_values import is_count, is_place
from ncm_app.views.gestures import Drag
from ncm_app.views.plots import PlotView
from ncm_app.views.view import View

MOST_PLACES = 500
"""Places of a stroke in one message."""


@at_once
class Brush(Part):
    """Draws on a sheet over a plot, and tells the places: `stroke` is [count, plot, whether it begins, places].

    `facts` are those of each plot by name. The sheet goes once `shown` is the count of its last message: when a
    frame of what `now()` returns is drawn.
    """

    plots = param.String(default="{}")
    prefix = param.String(default="")
    stroke = param.List(default=[0])
    shown = param.Integer(default=0)
    _taken = {"stroke": lambda brush, value: brush.takes(value)}
    _esm = browser_code("figures.js") + browser_code("brush.js")

    def __init__(self, facts: Mapping[str, Any], paint: Callable[[str, Sequence[Place], bool], None],
                 now: Callable[[], Snapshot], **options: Any) -> None:
        super().__init__(plots=json.dumps(facts), **options)
        self._names, self._now = frozenset(facts), now
        self.param.watch(lambda event: paint(event.new[1], [(x, y) for x, y in event.new[3]], event.new[2]), "stroke")

    def takes(self, stroke: Any) -> bool:
        """Tell whether what a browser sends is a piece of a stroke in one of the plots."""
        if not (isinstance(stroke, list) and len(stroke) == 4):
            return False
        count, name, begins, places = stroke
        return (is_count(self, count) and isinstance(name, str) and name in self._names and isinstance(begins, bool)
                and isinstance(places, list) and 0 < len(places) <= MOST_PLACES
                and all(isinstance(place, list) and len(place) == 2 and is_place(*place) for place in places))

    def follow(self, question: Question, frame: Frame) -> None:
        """Take the sheets away where the plots show the present state."""
        if question.snapshot == self._now():
            self.shown = self.stroke[0]


def brushes_of(now: Callable[[], Snapshot], views: Mapping[str, View], prefix: str,
               paint: Callable[[str, Sequence[Place], bool], None]) -> list[Brush]:
    """Return the brush of a bench that shows the snapshot `now()`, none where nothing is drawn."""
    facts = {name: _facts(now().model.control(view.plot.clicks[0]), view) for name, view in views.items()
             if view.drag is Drag.PAINT and isinstance(view, PlotView)}
    return [Brush(facts, paint, now, prefix=prefix)] if facts else []


def _facts(control: Any, view: PlotView) -> dict[str, Any]:
    """Return what the browser is told of a plot: what is drawn, and in which mark it shows."""
    assert isinstance(control, Drawing)
    kind = "heatmap" if isinstance(control, Grid) else "curve"
    marks = [mark.name for mark in view.plot.marks if mark.kind == kind]
    facts: dict[str, Any] = {"kind": type(control).__name__.lower(),
                             "mark": control.name if control.name in marks else next(iter(marks), "")}
    if isinstance(control, Grid):
        facts |= {"rows": control.rows, "columns": control.columns, "toggles": control.toggles,
                  "soft": [BRUSH, FULL] if control.levels > 2 else None,
                  "x": view.plot.x.drawn_span, "y": view.plot.y.drawn_span}
    return facts
