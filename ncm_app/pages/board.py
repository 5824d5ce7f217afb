"""The plots of a page: drawn once, fed with columns, re-ranged, re-themed, clicked."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import holoviews as hv
import panel as pn
from panel.viewable import Viewable

from ncm_app.pages.live import LiveSources
from ncm_app.session.plot_rules import PlotRule
from ncm_app.views import style
from ncm_app.views.clipping import CLIPPED, INVISIBLE, clipped_fraction
from ncm_app.views.plots import PlotView
from ncm_app.views.stability import Trailing
from ncm_app.views.view import Columns, Limits, View

FONT_SIZES = {False: {"title": "11pt", "label": "10pt", "tick": "9pt"},
              True: {"title": "17pt", "label": "16pt", "tick": "14pt"}}
"""Sizes of the plots' text, plain and for the projector."""

LOW_SIZES = {"title": "14pt", "label": "12pt", "tick": "12pt"}
"""The same for the projector up the sides of low plots, which longer labels would leave, and above narrow ones."""

GROWTH = 1.3
"""Times by which plots are higher for the projector."""


LEGEND_TEXT = ".bk-label { font-size: $size !important; line-height: 1.1 }"
"""The theme sets the size of legends in the browser, whatever is asked of the figure."""

TIME_BORDERS, NAMED_BORDERS = {False: 66, True: 92}, {False: 112, True: 150}
"""Pixels left of axes over time, plain and for the projector; more where rows of spikes have names."""

RELABELLED = {"diagram", "phase_plane", "frequency", "two_parameter", "space"}
"""Views whose labels depend on choices."""


class Board:
    """The views of one session, by name, in the order of the page."""

    def __init__(self, rules: list[tuple[PlotRule, View]], on_click: Callable[[str, float, float], None],
                 on_drag: Callable[[str, float, float, str], None]) -> None:
        self.rules = rules
        self.views = {view.name: view for _, view in rules}
        self.live = LiveSources()
        self._on_click, self._on_drag = on_click, on_drag
        self._dark = self._large = False
        self._limits: dict[str, Limits] = {}
        self._frames: dict[str, pn.Column] = {}

    def draw(self, results: dict[str, Any]) -> dict[str, Viewable]:
        """Draw every view once and return its pane; a model's own plots in frames that can be hidden."""
        over_time = [view for view in self.views.values() if view.over_time]
        for view in over_time[:-1]:
            view.stacked = True
        self._limits = {name: view.limits(results[name]) for name, view in self.views.items()}
        panes = {name: self._pane(view, results[name]) for name, view in self.views.items()}
        # To hide a drawn HoloViews pane itself makes Panel set its figure up anew.
        self._frames = {name: pn.Column(panes[name], sizing_mode="stretch_width", margin=0)
                        for name in self._panels()}
        self.appear(results)
        return panes | self._frames

    def appear(self, results: dict[str, Any]) -> None:
        """Show the views that have something to draw, hide the others."""
        for name, view in self._panels().items():
            self._frames[name].visible = view.applies(results[name])

    def _panels(self) -> dict[str, PlotView]:
        return {name: view for name, view in self.views.items() if isinstance(view, PlotView)}

    def shown(self) -> list[str]:
        """Return the names of the views that are not hidden."""
        return [name for name in self.views if name not in self._frames or self._frames[name].visible]

    def add(self, rule: PlotRule, view: View, result: Any) -> pn.pane.HoloViews:
        """Draw one more view, and return its pane."""
        self.rules.append((rule, view))
        self.views[view.name] = view
        self._limits[view.name] = view.limits(result)
        return self._pane(view, result)

    def remove(self, name: str) -> None:
        """Take a view away."""
        self.rules[:] = [(rule, view) for rule, view in self.rules if view.name != name]
        del self.views[name]
        self.live.forget(name)

    def _pane(self, view: View, result: Any) -> pn.pane.HoloViews:
        # Plots over time stand close: the words above one keep it apart from the next.
        margin = (5 * (view.lines == 0), 10, 2, 10) if view.over_time else (5, 10)
        return pn.pane.HoloViews(
            view.draw(result, self._keeper()), linked_axes=False, sizing_mode="stretch_width", margin=margin,
            height=view.height, css_classes=[f"ncm-view-{view.name}"], backend="bokeh")

    def _keeper(self) -> Callable[[str, Any, dict[str, Any]], None]:
        """Return `_keep` without holding this board.

        HoloViews keeps the options of every element, hooks included, for as long as
        the server runs: a plain method would keep each closed session alive.
        """
        keep = weakref.WeakMethod(self._keep)

        def kept(name: str, figure: Any, renderers: dict[str, Any]) -> None:
            alive = keep()
            if alive is not None:
                alive(name, figure, renderers)

        return kept

    def _keep(self, name: str, figure: Any, renderers: dict[str, Any]) -> None:
        """Finish a figure that was just made: name, clicks, text size, live columns."""
        self.live.adopt(name, figure, renderers)
        figure.name = f"ncm-{name}"
        figure.toolbar.autohide = True
        # Inside the frame it would swallow clicks near the top; a title leaves room for it.
        figure.toolbar_inner = not self.views[name].title
        if self.views[name].clickable and (not self.views[name].title or self.views[name].shape == "strip"):
            figure.toolbar_location = None
        figure.min_border_top = 6
        if self.views[name].over_time:
            figure.min_border_left = self._border()
        if self.views[name].stacked:
            figure.xaxis.visible = False
        if self.views[name].shape == "strip" and not self.views[name].rows:
            figure.yaxis[0].ticker.desired_num_ticks = 3
        if self.views[name].clickable:
            figure.on_event("tap", lambda event: self._on_click(name, event.x, event.y))
        if self.views[name].draggable:
            for phase in ("panstart", "pan", "panend"):
                figure.on_event(phase, lambda event, phase=phase: self._on_drag(name, event.x, event.y, phase))
        if self._dark:
            self._ink(name)
        if self._large:
            figure.min_height = round(GROWTH * figure.min_height)
        self._size_text(figure)

    def limits(self, name: str) -> Limits:
        """Return the ranges of a view's axes, as the page last set them."""
        return self._limits[name]

    def show(self, columns: dict[str, Columns], results: dict[str, Any], limits: dict[str, Limits]) -> None:
        """Send the columns of a frame to the views that have something to draw; axes move to `limits`.

        The axes of a view that has none follow where what matters has gone out of sight.
        """
        self.send(columns)
        self.appear(results)
        outgrown = {name: found for name, view in self.views.items() if name in results and name not in limits
                    and (found := self._following(view, columns.get(name, {}), results[name])) is not None}
        self.follow({**outgrown, **limits})
        self.relabel_all()

    def show_so_far(self, columns: dict[str, Columns], results: dict[str, Any],
                    limits: dict[str, Limits]) -> dict[str, Any]:
        """Send the columns of a partial answer, return its results; axes stay, but those over time hold the run."""
        self.send(columns)
        self.appear(results)
        wanted = {name: self.views[name].limits(results[name]) for name in columns
                  if name in self.views and self.views[name].over_time}
        ends = {name: (x, self._limits[name][1]) for name, (x, _) in wanted.items() if x != self._limits[name][0]}
        self.follow({**ends, **limits})
        return results

    def _following(self, view: View, columns: Columns, result: Any) -> Limits | None:
        if view.outgrown(result, self._limits[view.name]):
            return view.limits(result)
        lost = clipped_fraction(columns, view.watched(), self._limits[view.name]) > INVISIBLE
        return view.fitted(result) if lost else None

    def cuts(self, columns: dict[str, Columns]) -> bool:
        """Tell whether the axes cut off a part of what is drawn; the upswing of a phase line is always cut."""
        return any(clipped_fraction(columns[name], view.watched(), self._limits[name]) > CLIPPED
                   for name, view in self.views.items()
                   if name in columns and name in self.shown() and name != "phase_line")

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
        for name, ((left, right), (bottom, top)) in ((n, found) for n, found in limits.items() if n in self.views):
            self._limits[name] = (left, right), (bottom, top)
            self.live.send(name, self.views[name].backdrop(self._limits[name]))
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
        """Write a view's axis labels anew, as when another parameter is explored."""
        figure = self.live.plots.get(name)
        if figure is not None:
            self.views[name].relabel(figure)

    def relabel_all(self) -> None:
        """Write the labels anew that depend on choices."""
        for name in RELABELLED & set(self.views):
            self.relabel(name)

    def paint(self, dark: bool) -> None:
        """Turn what is drawn in ink black on light pages and white on dark ones."""
        self._dark = dark
        for name in self.live.plots:
            self._ink(name)

    def _ink(self, name: str) -> None:
        ink = style.INK_DARK if self._dark else style.INK
        for spec in self.views[name].layers():
            if spec.ink:
                self.live.glyphs[name, spec.name].update(**dict.fromkeys(spec.ink, ink))

    def enlarge(self, large: bool) -> None:
        """Switch the plots between plain and projector size."""
        grown = GROWTH ** (large - self._large)
        self._large = large
        for figure in self.live.plots.values():
            figure.min_height = round(grown * figure.min_height)
            self._size_text(figure)
        for (_, layer), glyph in self.live.glyphs.items():
            # The names of regions stand close: larger, they would run into each other.
            if hasattr(glyph, "text_font_size") and layer != "regions":
                glyph.text_font_size = FONT_SIZES[large]["tick"]

    def _border(self) -> int:
        """Return the room left of axes over time, so that those above each other begin alike."""
        return (NAMED_BORDERS if any(any(view.rows) for view in self.views.values()) else TIME_BORDERS)[self._large]

    def _size_text(self, figure: Any) -> None:
        view = self.views[figure.name.removeprefix("ncm-")]
        size = FONT_SIZES[self._large]
        narrow = LOW_SIZES if view.shape == "square" and self._large else size
        low = LOW_SIZES if view.shape == "strip" and self._large else size
        if view.over_time:
            figure.min_border_left = self._border()
        figure.title.text_font_size = narrow["title"]
        for axes, sizes in ((figure.xaxis, size), (figure.yaxis, low)):
            for axis in axes:
                axis.update(axis_label_text_font_size=sizes["label"], major_label_text_font_size=sizes["tick"],
                            axis_label_text_font_style="normal")
        for legend in figure.legend:
            legend.update(label_text_font_size=low["tick"], glyph_height=14, label_height=14,
                          stylesheets=[LEGEND_TEXT.replace("$size", low["tick"])])


hv.extension("bokeh")
# Without a graphics rule WebGL is several times slower than the canvas (measured).
hv.renderer("bokeh").webgl = False
