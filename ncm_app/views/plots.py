"""A plot that a model states itself: its marks become layers, its columns what they draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import holoviews as hv
import numpy as np
from bokeh.models import BasicTicker, BasicTickFormatter, GlyphRenderer

from ncm_app.core.plot import Mark, Plot
from ncm_app.views import style
from ncm_app.views.clipping import upright
from ncm_app.views.layer import Layer
from ncm_app.views.rasters import spikes
from ncm_app.views.view import Column, Columns, Limits, View, lean, reach

PLAIN = 3
"""Powers of ten up to this one are written out on logarithmic axes: 0.1, 1, 10."""

LOOKS: dict[str, dict[str, Any]] = {
    "curve": {"line_width": 2.0}, "points": {"marker": "circle", "size": 6},
    "bars": {"alpha": 0.45}, "area": {"alpha": 0.3}, "band": {"alpha": 0.15},
    "raster": {"line_width": 1.2, "marker": "dash", "angle": 90, "size": 6}, "labels": {"text_alpha": 1.0},
}
WATCHED = ("curve", "points", "bars", "area")
INKED: dict[str, tuple[str, ...]] = {"labels": ("text_color",), "points": ("line_color", "fill_color"),
                                     "bars": ("fill_color",), "area": ("fill_color",), "band": ("fill_color",)}
"""Glyph properties that have the colour of the text where a mark is drawn in ink."""


class Drawn(NamedTuple):
    """The columns of a panel's marks, and the duration of the run for an axis over time."""

    columns: Mapping[str, tuple[Any, ...]]
    duration: float = 0.0


class PlotView(View):
    """One panel of a model."""

    def __init__(self, panel: Plot) -> None:
        self.plot = panel
        self.name, self.shape = panel.name, panel.shape
        self.title = panel.title + " (click)" * bool(panel.clicks)
        self.clickable, self.over_time = bool(panel.clicks), panel.over_time  # type: ignore[misc]
        self.x_label, self.y_label = panel.x.axis, panel.y.axis
        self.log, self.rows = panel.log, panel.rows
        self._worded = {mark.name for mark in panel.marks if mark.kind == "labels"}
        self.legend = panel.legend if any(mark.label for mark in panel.marks) else None
        if panel.over_time and panel.shape == "strip" and not self.clickable:
            self.title = ""  # the axis says what it is, and the strip is low; a click has to be told

    def layers(self) -> list[Layer]:
        """One layer for each mark, each in its role's hue."""
        free = iter(range(len(self.plot.marks)))
        return [_layer(mark, next(free) if not mark.role else 0) for mark in self.plot.marks]

    def columns(self, result: Drawn) -> Columns:
        """The marks' columns as glyphs take them; a mark without columns is wiped."""
        empty = {name: columns for name, columns in self.empty().items() if not name.startswith("ghost ")}
        drawn = {m.name: glyph_columns(m.kind, result.columns[m.name]) for m in self.plot.marks
                 if m.name in result.columns}
        words = {name: (*pair, list(map(self.symbols.text, texts))) for name, (*pair, texts) in drawn.items()
                 if name in self._worded}
        return empty | drawn | words

    def draw(self, result: Any, keep: Callable[[str, Any, dict[str, GlyphRenderer]], None]) -> hv.Curve:
        """Build the element; rows of spikes have whole numbers, and long numbers room."""

        def kept(name: str, figure: Any, renderers: dict[str, GlyphRenderer]) -> None:
            across, up = figure.xaxis[0], figure.yaxis[0]
            if "x" not in self.log:
                across.formatter = BasicTickFormatter(power_limit_high=7)  # 100 s are 100000 ms, not 1e5
                across.ticker = BasicTicker(desired_num_ticks=4 if self.shape == "square" else 6)
                figure.xgrid[0].ticker = across.ticker
            for axis, way in ((across, "x"), (up, "y")):
                if way in self.log:
                    axis.formatter.min_exponent = PLAIN
            if self._rows_on("y") and not self.rows:
                up.ticker = figure.ygrid[0].ticker = BasicTicker(min_interval=1, desired_num_ticks=5)
            keep(name, figure, renderers)

        return super().draw(result, kept)

    def limits(self, result: Drawn) -> Limits:
        """The stated spans, wider where an axis is to hold the data."""
        x, y = self.plot.x.drawn_span, self.plot.y.drawn_span
        if self.plot.over_time:
            x = 0.0, result.duration
        columns = self.columns(result)
        return (self._held("x", x, columns, 0), self._held("y", y, columns, 1))

    def _held(self, axis: str, span: tuple[float, float], columns: Columns, index: int) -> tuple[float, float]:
        if axis not in self.plot.fits + self.plot.tight:
            return span
        values = np.concatenate([np.asarray(pair[index], dtype=float) for pair in columns.values()])
        values = values[np.isfinite(values)]
        if axis in self.log:
            values = values[values > 0]
        if not len(values):
            return span
        low, high = float(values.min()), float(values.max())
        if axis in self.log:
            return min(span[0], low / 1.5), max(span[1], high * 1.5)
        if axis in self.plot.tight and high > low:
            return low, high
        # Rows of spikes need no margin: theirs is half of what lies between two rows.
        margin = 0.5 if self._rows_on(axis) else 0.06 * (high - low)
        return min(span[0], low - margin * (low < span[0])), max(span[1], high + margin * (high > span[1]))

    def applies(self, result: Drawn) -> bool:
        """Tell whether there is anything to draw; a panel that gives no mark at all is hidden."""
        return bool(result.columns)

    def watched(self) -> tuple[str, ...]:
        """What the present values give, which a frozen run has too; not what theory expects, nor lines at a place."""
        marks = [mark for mark in self.plot.marks if mark.kind in WATCHED and mark.role != "theory"]
        moving = [mark for mark in marks if mark.ghost or mark.kind == "points"]
        return tuple(mark.name for mark in moving or marks)

    def fitted(self, result: Drawn) -> Limits:
        """What is computed, with its zero; along x at least the stated span."""
        (left, right), y = self.limits(result)
        columns = self.columns(result)
        names = [name for name in self.watched() if name in columns and not upright(columns[name][0])]
        if not any(np.isfinite(columns[name][1]).any() for name in names) or "y" in self.plot.tight + self.log:
            return (left, right), y
        places = np.concatenate([columns[name][0] for name in names])
        low, high = reach(columns, names, 1)
        return ((min(left, float(np.nanmin(places))), max(right, float(np.nanmax(places)))),
                (min(low, 0.0) if self.plot.y.span[0] == 0.0 else low, high))

    def outgrown(self, result: Drawn, limits: Limits) -> bool:
        """An axis that holds the data follows when they leave it, or fill less than a third; one over time always."""
        wanted = self.limits(result)
        if self.over_time and wanted[0] != limits[0] and self.applies(result):
            return True
        return any(outgrown(now, then, axis in self.log) for axis, now, then in zip("xy", wanted, limits, strict=True)
                   if axis in self.plot.fits + self.plot.tight)

    def _rows_on(self, axis: str) -> bool:
        return axis == "y" and all(mark.kind == "raster" for mark in self.plot.marks)


def outgrown(wanted: tuple[float, float], shown: tuple[float, float], log: bool) -> bool:
    """Tell whether a range leaves the one shown, or would fill less than a third of it."""
    (low, high), (bottom, top) = (np.log(ends) if log else np.array(ends) for ends in (wanted, shown))
    slack = 1e-6 * (top - bottom)
    return bool(low < bottom - slack or high > top + slack or high - low < (top - bottom) / 3)


def _layer(mark: Mark, index: int) -> Layer:
    look = dict(LOOKS[mark.kind])
    ink: tuple[str, ...] = ()
    if mark.role in ("theory", "now") or mark.kind == "labels":
        ink = INKED.get(mark.kind, ("line_color",))
        look |= {"line_dash": "dashed", "line_width": 1.6} if mark.role == "theory" and mark.kind == "curve" else {}
        look |= {"size": 10} if mark.role == "now" and mark.kind == "points" else {}
    else:
        look["color"] = style.hue(mark.role, index)
    kind = {"bars": "area", "band": "area", "raster": "ticks"}.get(mark.kind, mark.kind)
    return Layer(mark.name, kind, mark.label, look, mark.ghost, ink, fleeting=bool(mark.label))


def glyph_columns(kind: str, columns: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the columns of a mark as its glyph takes them."""
    if kind == "bars":
        return steps(*columns)
    if kind == "raster":
        return spikes(*columns)
    if kind == "area":
        x, y = (np.asarray(column, dtype=float) for column in columns)
        return lean(np.concatenate([x[:1], x, x[-1:]]), np.concatenate([[0.0], y, [0.0]])) if len(x) else lean(x, y)
    if kind == "band":
        x, low, high = (np.asarray(column, dtype=np.float32) for column in columns)
        return lean(np.concatenate([x, x[::-1]]), np.concatenate([high, low[::-1]]))
    if kind == "labels":
        return (*(np.asarray(column, dtype=np.float32) for column in columns[:2]), list(columns[2]))
    return lean(*columns)


def steps(edges: Any, heights: Any) -> tuple[Column, Column]:
    """Return the outline of a histogram: edges (m + 1,) and heights (m,)."""
    if not len(heights):
        return lean(heights, heights)
    x = np.repeat(np.asarray(edges, dtype=np.float32), 2)
    y = np.zeros(len(x), dtype=np.float32)
    y[1:-1] = np.repeat(np.asarray(heights, dtype=np.float32), 2)
    return x, y
