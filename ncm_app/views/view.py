"""A view: drawn once with HoloViews, then fed with columns.

A view lists its layers. `draw` builds one HoloViews overlay from them; `columns`
turns a result into one pair of float32 arrays per layer, always the same layers
(an absent thing is a NaN). From then on only columns travel to the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import holoviews as hv
import numpy as np
from bokeh.models import CustomJS, GlyphRenderer, HoverTool, Legend, LegendItem
from numpy.typing import NDArray

from ncm_app.core.symbols import Symbols
from ncm_app.views import style
from ncm_app.views.layer import Layer

Column = NDArray[np.float32]
Columns = dict[str, tuple[Any, ...]]
"""Per layer x and y, and for labels the texts too."""

Limits = tuple[tuple[float, float], tuple[float, float]]

ABSENT: Column = np.array([np.nan], dtype=np.float32)
NOTHING = (ABSENT, ABSENT)
NO_LABELS = (ABSENT, ABSENT, [""])
WORDED = ("labels", "probes")
"""Kinds of layers with a third column, of texts."""
HIGHEST = 1e37
LETTER = 6
"""Pixels that a letter of an axis label takes, about."""
SHOW = "item.visible = Array.from(cb_obj.data['$x']).some(Number.isFinite)"
"""Runs in the browser when a column has changed."""
FOLD = """const words = legend.items.filter(item => item.visible).map(item => item.label.value)
const width = words.reduce((sum, word) => sum + 34 + 6 * word.length, 0)
const rows = width > figure.inner_width + 40 ? 2 : 1
figure.min_height += 60 * (rows - legend.nrows)
legend.nrows = rows"""
"""Runs in the browser: on a phone many words take two lines, and leave the curves their room."""
TOOLTIP = '<div style="max-width: 230px; white-space: normal">@$text</div>'
WIDEST = 1500
"""Pixel columns of the widest plot: longer curves keep two points in each."""


class View:
    """Base of all views; a subclass gives layers, columns and limits.

    `name` is the hook `ncm-view-<name>`; `shape` chooses the height; a `bare` view draws
    its own axes; a `stacked` one stands above another over time, which has the labels; `log`
    names its logarithmic axes ("x", "y", "xy"); `rows` are names at 0, 1, ... on its y axis.
    Labels and titles hold names as in Python; `symbols` take their place in what is drawn.
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
    symbols: Symbols = Symbols()

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
        """Return the layers, each ghost just behind all of them."""
        own = list(self.layers())
        return [layer.ghost_layer for layer in own if layer.ghost] + own

    def ghost_columns(self, result: Any | None) -> Columns:
        """Return the columns of the ghost layers; NaN when nothing is frozen."""
        names = [layer.name for layer in self.layers() if layer.ghost]
        columns = self.columns(result) if result is not None else {}
        return {f"ghost {name}": columns.get(name, NOTHING) for name in names}

    def column_names(self) -> tuple[str, str, str]:
        """Return the names of the columns x, y and text, unique on a page."""
        return f"{self.name}_x", f"{self.name}_y", f"{self.name}_text"

    def named(self, layer: Layer, columns: tuple[Any, ...]) -> dict[str, Any]:
        """Return a layer's columns by name; texts that never change are added."""
        given = columns if len(columns) == 3 or layer.kind not in WORDED else (*columns, list(layer.texts))
        return dict(zip(self.column_names(), given, strict=False))

    def empty(self) -> Columns:
        """Return the columns of every layer with nothing in it."""
        return {layer.name: NO_LABELS if layer.kind in WORDED else NOTHING for layer in self.all_layers()}

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
            renderers = {layer.name: layer.renderer(self.named(layer, columns[layer.name]), *self.column_names())
                         for layer in self.all_layers()}
            figure.renderers = [*figure.renderers, *renderers.values()]
            self._explain(figure, renderers)
            self._tell_pointer(figure, renderers)
            keep(self.name, figure, renderers)

        x, y, _ = self.column_names()
        # Every layer is fed with columns; the element itself holds the axes and no data.
        return hv.Curve([], hv.Dimension(x, label=self.x_label or x), hv.Dimension(y, label=self.y_label or y)).opts(
            xlim=limits[0], ylim=limits[1], xlabel=self.symbols.text(self.x_label), ylabel=self._broken(),
            title=self.symbols.text(self.title), logx="x" in self.log, logy="y" in self.log, responsive=True,
            min_height=self.height, show_grid=True, shared_axes=False,
            **({"yticks": list(enumerate(map(self.symbols.text, self.rows)))} if self.rows else {}),
            toolbar="above", active_tools=[], default_tools=["pan", "wheel_zoom", "box_zoom", "reset"],
            hooks=[populate])

    def relabel(self, figure: Any) -> None:
        """Write axis labels and title of a drawn figure anew."""
        figure.xaxis[0].axis_label, figure.yaxis[0].axis_label = self.symbols.text(self.x_label), self._broken()
        figure.title.text = self.symbols.text(self.title)

    def _broken(self) -> str:
        """Return the label of the y axis, its unit in a second line where the plot is too low for one."""
        label = self.symbols.text(self.y_label)
        return label.replace(" (", "\n(") if len(label) * LETTER > self.height else label

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
        item = LegendItem(label=self.symbols.text(layer.label), renderers=[renderer])
        source, x = renderer.data_source, self.column_names()[0]
        if layer.fleeting:
            item.visible = bool(np.any(np.isfinite(source.data[x])))
            source.js_on_change("data", CustomJS(args={"item": item}, code=SHOW.replace("$x", x)))
        return item

    def _tell_pointer(self, figure: Any, renderers: dict[str, GlyphRenderer]) -> None:
        """Let probes say their text to a pointer that comes near."""
        probes = [renderers[layer.name] for layer in self.layers() if layer.kind == "probes"]
        if probes:
            figure.add_tools(HoverTool(renderers=probes, tooltips=TOOLTIP.replace("$text", self.column_names()[2]),
                                       visible=False, point_policy="snap_to_data", attachment="vertical"))


def reach(columns: Columns, names: Sequence[str], axis: int) -> tuple[float, float]:
    """Return the range of some layers on one axis (0 or 1), with a margin."""
    values = np.concatenate([np.asarray(columns[name][axis], dtype=float) for name in names])
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    margin = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return low - margin, high + margin


def lean(x: Any, y: Any) -> tuple[Column, Column]:
    """Return float32 columns, reduced to the extremes per pixel where too long, absent where empty."""
    x, y = np.asarray(x), np.asarray(y)
    if not len(x):
        return NOTHING
    if len(x) > 2 * WIDEST:
        keep = extremes(y, WIDEST)
        x, y = x[keep], y[keep]
    # float32 ends at 3e38; a curve that far away leaves every picture.
    return x.astype(np.float32), np.clip(y, -HIGHEST, HIGHEST).astype(np.float32)


def extremes(y: NDArray[Any], buckets: int) -> NDArray[np.intp]:
    """Return the sorted indices of the first lowest and highest value per bucket."""
    width = -(-len(y) // buckets)
    whole = len(y) // width
    blocks = np.nan_to_num(y[: whole * width], nan=0.0).reshape(whole, width)
    starts = np.arange(whole) * width
    picks = [starts + blocks.argmin(1), starts + blocks.argmax(1), [0, len(y) - 1]]
    if whole * width < len(y):
        rest = np.nan_to_num(y[whole * width:], nan=0.0)
        picks.append([whole * width + int(rest.argmin()), whole * width + int(rest.argmax())])
    return np.unique(np.concatenate(picks)).astype(np.intp)


def scattered(points: Sequence[tuple[float, float]]) -> tuple[Column, Column]:
    """Return the columns of a few points; NaN when there are none."""
    if not points:
        return NOTHING
    x, y = np.array(points, dtype=np.float32).T
    return x, y


def joined(pieces: Sequence[tuple[Any, Any]]) -> tuple[Column, Column]:
    """Return many polylines as one, with a NaN between two pieces."""
    if not pieces:
        return NOTHING
    xs, ys = [], []
    for x, y in pieces:
        xs += [np.asarray(x, dtype=np.float32), ABSENT]
        ys += [np.asarray(y, dtype=np.float32), ABSENT]
    return np.concatenate(xs), np.concatenate(ys)


def wrapped(x: Any, y: Any, low: float, high: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a curve of a periodic y folded into low..high, with a gap where it leaves and enters.

    At each crossing the curve is led to both edges, with a NaN between them.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    turns = np.floor((y - low) / (high - low))
    with np.errstate(invalid="ignore"):
        places = np.flatnonzero(np.abs(np.diff(turns)) == 1)
    folded, up = y - turns * (high - low), turns[places + 1] > turns[places]
    leave, enter = np.where(up, high, low), np.where(up, low, high)
    edge = np.where(up, turns[places + 1], turns[places]) * (high - low) + low
    share = (edge - y[places]) / (y[places + 1] - y[places])
    there = x[places] + share * (x[places + 1] - x[places])
    gap = np.full(len(places), np.nan)
    at = np.repeat(places + 1, 3)
    return (np.insert(x, at, np.column_stack([there, there, there]).ravel()),
            np.insert(folded, at, np.column_stack([leave, gap, enter]).ravel()))
