"""A view: drawn once with HoloViews, then fed with columns.

A view lists its layers. `draw` builds one HoloViews overlay from them; `columns`
turns a result into the columns of each layer's kind of mark (`mark_kinds`), always the
same layers (an absent thing is a NaN). From then on only columns travel to the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

import holoviews as hv
import numpy as np
from bokeh.models import CustomJS, GlyphRenderer, HoverTool, Legend, LegendItem

from ncm_app.views import style
from ncm_app.views.columns import Columns, Limits
from ncm_app.views.heat_map import colour_bar
from ncm_app.views.layer import Layer
from ncm_app.views.mark_kinds import MARK_KINDS, Extent

LETTER = 6
"""Pixels that a letter of an axis label takes, about."""
SHOW = "item.visible = Array.from(cb_obj.data['$x']).some(Number.isFinite)"
"""Runs in the browser when a column has changed."""
SHOW_BAR = "item.visible = cb_obj.data['$x'][0].some(Number.isFinite)"
FOLD = """const words = legend.items.filter(item => item.visible).map(item => item.label.value)
const width = words.reduce((sum, word) => sum + 34 + 6 * word.length, 0)
const rows = width > figure.inner_width + 40 ? 2 : 1
figure.min_height += 60 * (rows - legend.nrows)
legend.nrows = rows"""
"""Runs in the browser: on a phone many words take two lines, and leave the curves their room."""


class View:
    """Base of all views; a subclass gives layers, columns and limits.

    `name` is the hook `ncm-view-<name>`; `shape` chooses the height; a `bare` view draws
    its own axes; a `stacked` one stands above another over time, which has the labels; `log`
    names its logarithmic axes ("x", "y", "xy"); `rows` are names at 0, 1, ... on its y axis.
    """

    name: str = ""
    title: str = ""
    shape: str = "wide"
    legend: str | None = None
    legend_columns: int = 1
    legend_place: ClassVar[str] = "center"
    bare: bool = False
    clickable: bool = False
    draggable: bool = False
    over_time: ClassVar[bool] = False
    log: str = ""
    rows: tuple[str, ...] = ()
    stacked: bool = False
    x_label: str = ""
    y_label: str = ""
    colour_label: str = ""

    @property
    def flat(self) -> bool:
        """Whether a legend would lie on the curves, so that it stands in a line above them."""
        return self.shape in ("strip", "wide", "diagram")

    @property
    def lines(self) -> int:
        """Lines of words above the frame, by which a low plot is higher; of a title alone where it is lowest."""
        if self.shape not in ("strip", "wide"):  # several stand side by side, as high as those with a legend
            return 0
        explained, titled = self.flat and self.legend is not None, bool(self.title)
        return explained + (titled and (explained or self.shape == "strip"))

    @property
    def height(self) -> int:
        """Height in pixels."""
        return style.HEIGHTS[self.shape] - style.AXIS * self.stacked + style.LINE * self.lines

    def layers(self) -> Sequence[Layer]:
        """Return the layers from back to front."""
        raise NotImplementedError

    def columns(self, result: Any) -> Columns:
        """Return the columns of every layer for a result."""
        raise NotImplementedError

    def limits(self, result: Any) -> Limits:
        """Return the (x, y) ranges that show a result well."""
        raise NotImplementedError

    def outgrown(self, result: Any, limits: Limits) -> bool:
        """Tell whether what matters has left a window, so that the axes must follow."""
        return False

    def watched(self) -> tuple[str, ...]:
        """Return the layers without which the plot is empty: axes follow where they are out of sight."""
        return ()

    def fitted(self, result: Any) -> Limits:
        """Return the ranges that hold what is drawn, when the user asks for them."""
        return self.limits(result)

    def late(self, topic: str, answer: Any) -> Columns:
        """Return the columns of the layers that a slow answer fills; `None` empties them."""
        return {}

    def late_limits(self, topic: str, answer: Any) -> Limits | None:
        """Return the ranges that show a slow answer well, or None if the axes may stay."""
        return None

    def backdrop(self, limits: Limits) -> Columns:
        """Return the columns of layers that follow the window, not the result."""
        return {}

    def all_layers(self) -> list[Layer]:
        """Return the layers: what covers all under it, the ghosts, and the others."""
        own = list(self.layers())
        return [*[layer for layer in own if layer.row.covers], *[layer.ghost_layer for layer in own if layer.ghost],
                *[layer for layer in own if not layer.row.covers]]

    def ghost_columns(self, result: Any | None) -> Columns:
        """Return the columns of the ghost layers; NaN when nothing is frozen."""
        return self.as_ghost(self.columns(result) if result is not None else {})

    def as_ghost(self, columns: Columns) -> Columns:
        """Return columns of the layers as those of their ghosts; NaN where they hold nothing."""
        layers = [layer for layer in self.layers() if layer.ghost]
        return {layer.ghost_layer.name: layer.row.ghost.columns(columns[layer.name]) if layer.name in columns
                else layer.ghost_layer.row.empty for layer in layers}

    def column_names(self) -> set[str]:
        """Return the names of the columns of its data sources, unique on a page."""
        return {name for layer in self.all_layers() for name in layer.names(self.name).values()}

    def empty(self) -> Columns:
        """Return the columns of every layer with nothing in it."""
        return {layer.name: layer.row.empty for layer in self.all_layers()}

    def extents(self, columns: Columns, names: Iterable[str]) -> list[Extent]:
        """Return where each of some layers is, of those that have columns."""
        wanted = set(names) & set(columns)
        return [layer.row.extent(columns[layer.name]) for layer in self.layers() if layer.name in wanted]

    def draw(self, result: Any, keep: Callable[[str, Any, dict[str, GlyphRenderer]], None]) -> hv.Curve:
        """Build the HoloViews element; `keep(view, figure, renderers)` gets what moves."""
        limits = self.limits(result)
        columns = {**self.empty(), **self.backdrop(limits), **self.columns(result)}

        def populate(plot: Any, element: Any) -> None:
            figure = plot.handles["plot"]
            if any(renderer.name == self.name for renderer in figure.renderers):
                return
            figure.renderers[0].name = self.name
            if self.bare:
                figure.axis.visible = figure.grid.visible = False
            renderers = {layer.name: layer.renderer(columns[layer.name], self.name) for layer in self.all_layers()}
            figure.renderers = [*figure.renderers, *renderers.values()]
            self._explain(figure, renderers)
            self._tell_pointer(figure, renderers)
            self._explain_colours(figure, renderers, limits)
            keep(self.name, figure, renderers)

        x, y = f"{self.name}_x", f"{self.name}_y"
        # Every layer is fed with columns; the element itself holds the axes and no data.
        return hv.Curve([], hv.Dimension(x, label=self.x_label or x), hv.Dimension(y, label=self.y_label or y)).opts(
            xlim=limits[0], ylim=limits[1], xlabel=self.x_label, ylabel=self._broken(), title=self.title,
            logx="x" in self.log, logy="y" in self.log, responsive=True, min_height=self.height, show_grid=True,
            shared_axes=False,
            **({"yticks": list(enumerate(self.rows))} if self.rows else {}),
            toolbar="above", active_tools=[], default_tools=["pan", "wheel_zoom", "box_zoom", "reset"],
            hooks=[populate])

    def relabel(self, figure: Any) -> None:
        """Write axis labels and title of a drawn figure anew."""
        figure.xaxis[0].axis_label, figure.yaxis[0].axis_label = self.x_label, self._broken()
        figure.title.text = self.title

    def _broken(self) -> str:
        """Return the label of the y axis, its unit in a second line where the plot is too low for one."""
        return self.y_label.replace(" (", "\n(") if len(self.y_label) * LETTER > self.height else self.y_label

    def labelled(self) -> list[Layer]:
        """Return the layers of the legend in its order."""
        return [layer for layer in self.layers() if layer.label]

    def _explain(self, figure: Any, renderers: dict[str, GlyphRenderer]) -> None:
        """Put the labelled layers into a legend."""
        items = [self._entry(layer, renderers[layer.name]) for layer in self.labelled()]
        if self.legend is not None and items:
            if self.flat:
                legend = Legend(items=items, **style.LEGEND_LINE)
                figure.add_layout(legend, "above")
                fold = CustomJS(args={"legend": legend, "figure": figure}, code=FOLD)
                figure.js_on_change("inner_width", fold)
                for item in items:
                    item.js_on_change("visible", fold)
            else:
                figure.add_layout(Legend(items=items, location=self.legend, ncols=self.legend_columns, **style.LEGEND),
                                  self.legend_place)

    def _entry(self, layer: Layer, renderer: GlyphRenderer) -> LegendItem:
        """Return a layer's line of the legend; that of a fleeting one comes and goes with its columns."""
        item = LegendItem(label=layer.label, renderers=[renderer])
        source, x = renderer.data_source, f"{self.name}_{layer.row.columns[0]}"
        if layer.fleeting:
            item.visible = bool(np.any(np.isfinite(source.data[x])))
            source.js_on_change("data", CustomJS(args={"item": item}, code=SHOW.replace("$x", x)))
        return item

    def _tell_pointer(self, figure: Any, renderers: dict[str, GlyphRenderer]) -> None:
        """Let layers of the kinds that can say what is there to a pointer that comes near."""
        labels = self.x_label, self.y_label, self.colour_label
        by_kind = [(MARK_KINDS[kind].hover, [layer for layer in self.layers() if layer.kind == kind])
                   for kind in {layer.kind: None for layer in self.layers()}]
        for hover, layers in by_kind:
            if hover is not None:
                figure.add_tools(HoverTool(renderers=[renderers[layer.name] for layer in layers], visible=False,
                                           **hover(layers[0].names(self.name), labels)))

    def coloured(self) -> list[Layer]:
        """Return the layers whose colours mean values; one bar explains them all."""
        return [layer for layer in self.layers() if layer.row.has_colours]

    def _explain_colours(self, figure: Any, renderers: dict[str, GlyphRenderer], limits: Limits) -> None:
        """Put a bar of the colours and what they mean at the right of the frame."""
        for k, layer in enumerate(self.coloured()):
            glyph = renderers[layer.name].glyph
            glyph.color_mapper.update(low=limits[2][0], high=limits[2][1])
            for part in colour_bar(glyph.color_mapper, self.colour_label) if k == 0 else ():
                figure.add_layout(part, "right")
                if layer.fleeting:
                    source, values = renderers[layer.name].data_source, f"{self.name}_{layer.row.columns[0]}"
                    part.visible = bool(np.any(np.isfinite(source.data[values][0])))
                    source.js_on_change("data", CustomJS(args={"item": part}, code=SHOW_BAR.replace("$x", values)))
