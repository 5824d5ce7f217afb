"""The plots of a page: drawn once, fed with columns, re-ranged, re-themed, clicked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from bokeh.models import ColorBar, Title
from panel.viewable import Viewable

from ncm_app.pages.figure_pane import FigurePane
from ncm_app.pages.live import LiveSources
from ncm_app.session.plot_rules import PlotRule
from ncm_app.views import style
from ncm_app.views.columns import Columns, Limits
from ncm_app.views.drawn_view import Shared
from ncm_app.views.gestures import Drag
from ncm_app.views.layer import Layer
from ncm_app.views.plots import PlotView
from ncm_app.views.stability import Trailing
from ncm_app.views.view import View

FONT_SIZES = {False: {"title": "11pt", "label": "10pt", "tick": "9pt"},
              True: {"title": "17pt", "label": "16pt", "tick": "14pt"}}
"""Sizes of the plots' text, plain and for the projector."""

LOW_SIZES = {"title": "14pt", "label": "12pt", "tick": "12pt"}
"""The same for the projector up the sides of low plots, which longer labels would leave, and above narrow ones."""

GROWTH = 1.3
"""Times by which plots are higher for the projector."""


LEGEND_TEXT = (".bk-label { font-size: $size !important; line-height: 1.1 } .bk-grid { row-gap: 1px !important }"
               ".bk-inactive { opacity: 0.4 }")
"""The theme sets the size of legends in the browser, whatever is asked of the figure; lines of words stand close,
and what a click has hidden is pale."""

TIME_BORDERS, NAMED_BORDERS = {False: 66, True: 92}, {False: 112, True: 150}
"""Pixels left of axes over time, plain and for the projector; more where rows of spikes have names."""


class Board:
    """The views of one bench, by name, in the order of the page; a `prefix` begins what their figures are called."""

    def __init__(self, rules: list[tuple[PlotRule, View]], on_click: Callable[[str, float, float], None],
                 on_drag: Callable[[str, float, float, str], None], prefix: str = "") -> None:
        self.rules, self.prefix = rules, prefix
        self.views = {view.name: view for _, view in rules}
        self._shared = Shared()
        self.live = LiveSources(self._dress)
        self._on_click, self._on_drag = on_click, on_drag
        self._dark = self._large = False
        self._limits: dict[str, Limits] = {}
        self._wordings: dict[str, tuple[str, ...]] = {}
        self._panes: dict[str, FigurePane] = {}

    def draw(self, results: dict[str, Any]) -> dict[str, Viewable]:
        """Draw every view once and return its pane; those of a model's own plots can be hidden."""
        above = [view for view in self.views.values() if view.over_time and view.shape != "square"]
        # One that may be away has none above it that needs its axis.
        last = max((k for k, view in enumerate(above) if view.stays), default=0)
        for view in above[:last]:
            view.stacked = True
        self._limits = {name: view.limits(results[name]) for name, view in self.views.items()}
        self._panes = {name: self._pane(view, results[name]) for name, view in self.views.items()}
        self.appear(results)
        return dict(self._panes)

    def appear(self, results: dict[str, Any]) -> None:
        """Show the views that have something to draw, hide the others."""
        for name, view in self._panels().items():
            self._panes[name].visible = view.applies(results[name])

    def _panels(self) -> dict[str, PlotView]:
        return {name: view for name, view in self.views.items() if isinstance(view, PlotView)}

    def shown(self) -> list[str]:
        """Return the names of the views that are not hidden."""
        return [name for name in self.views if name not in self._panes or self._panes[name].visible]

    def add(self, rule: PlotRule, view: View, result: Any) -> FigurePane:
        """Draw one more view, and return its pane."""
        self.rules.append((rule, view))
        self.views[view.name] = view
        self._limits[view.name] = view.limits(result)
        return self._pane(view, result)

    def remove(self, name: str) -> None:
        """Take a view away."""
        self.rules[:] = [(rule, view) for rule, view in self.rules if view.name != name]
        del self.views[name]
        self._wordings.pop(name, None)
        self.live.forget(name)

    def _pane(self, view: View, result: Any) -> FigurePane:
        view.prefix = self.prefix
        # Plots over time stand close: the words above one keep it apart from the next.
        margin = (5 * (view.lines == 0), 10, 2, 10) if view.over_time else (5, 10)
        drawn = view.draw(result, self._shared)
        self.live.adopt(view.name, drawn)
        self._finish(view.name, drawn.figure)
        self._dress(view.name, [layer for layer in view.all_layers() if layer.name in drawn.renderers])
        return FigurePane(drawn.figure, sizing_mode="stretch_width", margin=margin, height=view.height,
                          css_classes=[f"ncm-view-{view.name}"])

    def _finish(self, name: str, figure: Any) -> None:
        """Finish a figure that was just made: name, clicks, text size."""
        figure.name = f"ncm-{self.prefix}{name}"
        figure.toolbar.autohide = True
        # Inside the frame it would swallow clicks near the top; a title leaves room for it.
        figure.toolbar_inner = not self.views[name].title
        if self.views[name].clickable and (not self.views[name].title or self.views[name].shape == "strip"):
            figure.toolbar_location = None
        figure.min_border_top = 6
        if self.views[name].drag is Drag.PAINT:
            figure.toolbar_location = None  # its tools would move the plot under the brush
        if self.views[name].stacked:
            figure.xaxis.visible = False
        if self.views[name].shape == "strip" and not self.views[name].rows:
            figure.yaxis[0].ticker.desired_num_ticks = 3
        if self.views[name].clickable:
            figure.on_event("tap", lambda event: self._on_click(name, event.x, event.y))
        if self.views[name].drag not in (Drag.NOTHING, Drag.PAINT):
            for phase in ("panstart", "pan", "panend"):
                figure.on_event(phase, lambda event, phase=phase: self._on_drag(name, event.x, event.y, phase))
        if self._large:
            figure.min_height = round(GROWTH * figure.min_height)
        self._size_text(figure)

    def _dress(self, name: str, layers: list[Layer]) -> None:
        """Give layers that were just made the ink and the size of text that the page has now."""
        if self._dark:
            self._ink(name, layers)
        if self._large:
            self._size_labels(name, layers)

    def limits(self, name: str) -> Limits:
        """Return the ranges of a view's axes, as the page last set them."""
        return self._limits[name]

    def windows(self) -> dict[str, Limits]:
        """Return the ranges of all axes."""
        return dict(self._limits)

    def show(self, columns: dict[str, Columns], results: dict[str, Any], limits: dict[str, Limits]) -> None:
        """Send the columns of a frame to the views that have something to draw; axes move to `limits`."""
        self.send(columns)
        self.appear(results)
        self.follow(limits)
        self.relabel_all()

    def show_so_far(self, columns: dict[str, Columns], results: dict[str, Any],
                    limits: dict[str, Limits]) -> dict[str, Any]:
        """Send the columns of a partial answer, return its results; axes stay, but those over time hold the run."""
        self.send(columns)
        self.appear(results)
        wanted = {name: self.views[name].limits(results[name]) for name in columns
                  if name in self.views and self.views[name].over_time}
        ends = {name: (x, *self._limits[name][1:]) for name, (x, *_) in wanted.items() if x != self._limits[name][0]}
        self.follow({**ends, **limits})
        return results

    def send(self, columns: dict[str, Columns]) -> None:
        """Send the changed columns of every view."""
        for name, layers in columns.items():
            if name in self.views:  # not of a view that was taken away meanwhile
                self.live.send(name, layers)

    def send_late(self, topic: str, answer: Any) -> None:
        """Send a slow answer to the views that show it, or wipe it (None); axes follow where they must."""
        for name, view in self.views.items():
            columns = view.late(topic, answer)
            if columns:
                self.live.send(name, columns)
                self.relabel(name)
                limits = None if answer is None else view.late_limits(topic, answer)
                if limits is not None:
                    self.follow({name: limits})

    def follow(self, limits: dict[str, Limits]) -> None:
        """Move the axes, as on a preset or when the user asks."""
        for name, found in ((n, found) for n, found in limits.items() if n in self.views):
            (left, right), (bottom, top), *colours = self._limits[name] = found
            self.live.send(name, self.views[name].backdrop(found))
            for layer, (low, high) in product(self.views[name].coloured(), colours):
                if (name, layer.name) in self.live.glyphs:
                    self.live.glyphs[name, layer.name].color_mapper.update(low=low, high=high)
            figure = self.live.plots.get(name)
            if figure is not None:
                figure.x_range.update(start=left, end=right, reset_start=left, reset_end=right)
                figure.y_range.update(start=bottom, end=top, reset_start=bottom, reset_end=top)

    def forget_trails(self) -> None:
        """Let trails begin anew."""
        for view in self.views.values():
            if isinstance(view, Trailing):
                view.forget()

    def relabel(self, name: str) -> None:
        """Write a view's axis labels anew where they differ, as when another parameter is explored."""
        figure = self.live.plots.get(name)
        if figure is not None and self._wordings.get(name) != (wording := self.views[name].wording()):
            self._wordings[name] = wording
            self.views[name].relabel(figure)

    def relabel_all(self) -> None:
        """Write the labels anew that depend on choices."""
        for name, view in self.views.items():
            if view.relabels:
                self.relabel(name)

    def paint(self, dark: bool) -> None:
        """Turn what is drawn in ink black on light pages and white on dark ones."""
        self._dark = dark
        for name in self.live.plots:
            self._ink(name, self.views[name].all_layers())

    def _ink(self, name: str, layers: Sequence[Layer]) -> None:
        ink, glyphs = style.INK_DARK if self._dark else style.INK, self.live.glyphs
        for layer in layers:
            if layer.ink and (name, layer.name) in glyphs:
                glyphs[name, layer.name].update(**dict.fromkeys(layer.ink, ink))

    def enlarge(self, large: bool) -> None:
        """Switch the plots between plain and projector size."""
        grown = GROWTH ** (large - self._large)
        self._large = large
        for figure in self.live.plots.values():
            figure.min_height = round(grown * figure.min_height)
            self._size_text(figure)
        for name in self.live.plots:
            self._size_labels(name, self.views[name].all_layers())

    def _size_labels(self, name: str, layers: Sequence[Layer]) -> None:
        glyphs = self.live.glyphs
        for layer in layers:
            glyph = glyphs.get((name, layer.name))
            # The names of regions stand close: larger, they would run into each other.
            if glyph is not None and hasattr(glyph, "text_font_size") and layer.name != "regions":
                glyph.text_font_size = FONT_SIZES[self._large]["tick"]

    def _border(self) -> int:
        """Return the room left of axes over time, so that those above each other begin alike."""
        return (NAMED_BORDERS if any(any(view.rows) for view in self.views.values()) else TIME_BORDERS)[self._large]

    def _size_text(self, figure: Any) -> None:
        view = self.views[figure.name.removeprefix(f"ncm-{self.prefix}")]
        size = FONT_SIZES[self._large]
        narrow = LOW_SIZES if view.shape == "square" and self._large else size
        low = LOW_SIZES if view.shape == "strip" and self._large else size
        if view.over_time and view.shape != "square":
            figure.min_border_left = self._border()
        figure.title.text_font_size = narrow["title"]
        for axes, sizes in ((figure.xaxis, size), (figure.yaxis, low)):
            for axis in axes:
                axis.update(axis_label_text_font_size=sizes["label"], major_label_text_font_size=sizes["tick"],
                            axis_label_text_font_style="normal")
        for part in figure.right:
            if isinstance(part, ColorBar):
                part.major_label_text_font_size = narrow["tick"]
            elif isinstance(part, Title):
                part.text_font_size = narrow["label"]
        for legend in figure.legend:
            legend.update(label_text_font_size=low["tick"], glyph_height=14, label_height=14,
                          stylesheets=[LEGEND_TEXT.replace("$size", low["tick"])])
