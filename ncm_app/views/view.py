"""A view: drawn once with HoloViews, then fed with columns.

A view lists its layers. `draw` builds one HoloViews overlay from them; `columns`
turns a result into one pair of float32 arrays per layer, always the same layers
(an absent thing is a NaN). From then on only columns travel to the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import holoviews as hv
import numpy as np
from numpy.typing import NDArray

from ncm_app.views import style

Column = NDArray[np.float32]
Columns = dict[str, tuple[Any, ...]]
"""Per layer x and y, and for labels the texts too."""

Limits = tuple[tuple[float, float], tuple[float, float]]

ABSENT: Column = np.array([np.nan], dtype=np.float32)
NOTHING = (ABSENT, ABSENT)
WIDEST = 1500
"""Pixel columns of the widest plot: longer curves keep two points in each."""


@dataclass(frozen=True)
class Layer:
    """One curve or set of points; `ghost` layers also show the frozen run.

    `ink` names the glyph properties that follow the colour of the text; `texts` are
    the words of a "labels" layer, one per position, where they never change.
    """

    name: str
    kind: str = "curve"
    label: str = ""
    look: Mapping[str, Any] = field(default_factory=dict)
    ghost: bool = False
    ink: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def ghost_layer(self) -> Layer:
        """The same layer, thin and grey, for the frozen run."""
        look = {"color": style.GREY, "alpha": 0.75}
        if self.kind == "curve":
            look |= {"line_width": 1.2, "line_dash": "dashdot"}
        else:
            look |= {k: v for k, v in self.look.items() if k in ("marker", "size", "fill_alpha")}
        return replace(self, name=f"ghost {self.name}", label="", look=look, ghost=False, ink=())


class View:
    """Base of all views; a subclass gives layers, columns and limits.

    `name` is the hook `ncm-view-<name>`; `shape` chooses the height.
    """

    name: ClassVar[str] = ""
    title: str = ""
    shape: str = "wide"
    legend: str | None = None
    legend_columns: int = 1
    clickable: ClassVar[bool] = False
    x_label: str = ""
    y_label: str = ""

    def layers(self) -> Sequence[Layer]:
        """Return the layers from back to front."""
        raise NotImplementedError

    def columns(self, result: Any) -> Columns:
        """Return the columns of every layer for a result."""
        raise NotImplementedError

    def limits(self, result: Any) -> Limits:
        """Return the (x, y) ranges that show a result well."""
        raise NotImplementedError

    def fitted(self, result: Any) -> Limits:
        """Return the ranges that hold what is drawn, when the user asks for them."""
        return self.limits(result)

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

    def dimensions(self, layer: Layer) -> tuple[str, str]:
        """Return the column names of a layer: unique on a page, or plots get linked."""
        return f"{self.name}_x", f"{self.name}_y"

    def draw(self, result: Any, hook: Callable[[str, str], Callable[..., None]]) -> hv.Overlay:
        """Build the HoloViews element; `hook(view, layer)` keeps each data source."""
        limits = self.limits(result)
        columns = {**self.backdrop(limits), **self.ghost_columns(None), **self.columns(result)}
        elements = [self._element(layer, columns[layer.name], hook(self.name, layer.name))
                    for layer in self.all_layers()]
        return hv.Overlay(elements).opts(hv.opts.Overlay(
            xlim=limits[0], ylim=limits[1], xlabel=self.x_label, ylabel=self.y_label, title=self.title,
            responsive=True, min_height=style.HEIGHTS[self.shape], show_grid=True, shared_axes=False,
            show_legend=self.legend is not None, legend_position=self.legend or "top_right",
            legend_cols=self.legend_columns, legend_opts=style.LEGEND,
            toolbar="above", active_tools=[], default_tools=["pan", "wheel_zoom", "box_zoom", "reset"]))

    def _element(self, layer: Layer, columns: tuple[Any, ...], hook: Callable[..., None]) -> hv.Element:
        x, y = self.dimensions(layer)
        if layer.kind == "labels":
            look = {"text_color": style.INK, "text_font_size": "9pt", "text_alpha": 0.75, **layer.look}
            texts = list(layer.texts) or columns[2]
            return hv.Labels((*columns[:2], texts), [x, y], f"{self.name}_text").opts(**look, hooks=[hook])
        kind = hv.Curve if layer.kind == "curve" else hv.Scatter
        return kind(columns, x, y, label=layer.label).opts(**{"color": style.INK, **layer.look}, hooks=[hook])


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
    """Return float32 columns, reduced to the extremes per pixel where too long."""
    x, y = np.asarray(x), np.asarray(y)
    if len(x) > 2 * WIDEST:
        keep = extremes(y, WIDEST)
        x, y = x[keep], y[keep]
    return x.astype(np.float32), y.astype(np.float32)


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
