"""A figure's place on a page, at a fraction of what Panel's own pane for it costs."""

from __future__ import annotations

from typing import Any

from bokeh.model import Model
from bokeh.plotting import figure as Figure
from panel.reactive import Reactive

PLACED = ("align", "css_classes", "height", "margin", "sizing_mode", "styles", "visible")
"""What the place says of its figure; all else is the figure's own."""


class FigurePane(Reactive):
    """Shows one Bokeh figure.

    Panel's pane reads all properties of the figure back, twice, and walks through its models four times.
    """

    def __init__(self, figure: Figure, **options: Any) -> None:
        super().__init__(**options)
        self.figure = figure

    def _get_model(self, doc: Any, root: Any = None, parent: Any = None, comm: Any = None) -> Model:
        figure = self.figure
        figure.update(**{name: getattr(self, name) for name in PLACED})
        self._models[(root or figure).ref["id"]] = figure, parent
        theme = self._design.theme.bokeh_theme
        for part in (figure.title, *figure.above, *figure.left, *figure.center, *figure.right, *figure.below):
            theme.apply_to_model(part)
        return figure
