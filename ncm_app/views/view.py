"""A view: drawn once, then fed with columns.

A view lists its layers. `draw` builds a figure with those that hold something; `columns`
turns a result into the columns of each layer's kind of mark (`mark_kinds`), always the
same layers (an absent thing is a NaN). From then on only columns travel to the browser.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, ClassVar

from ncm_app.core.symbols import Symbols
from ncm_app.views import style
from ncm_app.views.columns import Columns, Limits
from ncm_app.views.drawn_view import DrawnView, Frame, Shared
from ncm_app.views.gestures import Click, Drag
from ncm_app.views.layer import Layer
from ncm_app.views.mark_kinds import Extent, MarkKind

LETTER = 6
"""Pixels that a letter of an axis label takes, about."""


class View:
    """Base of all views; a subclass gives layers, columns and limits.

    `name` is the hook `ncm-view-<name>`; `shape` chooses the height; a `legend` stands above the frame; a `bare` view
    draws its own axes, or none; in an `equal` one a unit is as long up as across; a `stacked` one stands above another
    over time, which has the labels;
    one that `stays` is on no choice; `log` names its logarithmic axes ("x", "y", "xy");
    `rows` are names at 0, 1, ... on its y axis;
    `click` and `drag` say what the pointer does, and one that `tells_pointer` says what is there.
    The labels of one that `relabels` depend on choices; in a `compared` one two models of a family
    mean the same by the same layer; the axes of a `cut` one leave out a part of what is drawn on
    purpose. `prefix` begins all its names on a page.
    Labels and titles hold names as in Python; `symbols` take their place in what is drawn.
    """

    name: str = ""
    prefix: str = ""
    title: str = ""
    shape: str = "wide"
    legend: bool = False
    bare: bool = False
    equal: bool = False
    click: Click = Click.NOTHING
    drag: Drag = Drag.NOTHING
    tells_pointer: bool = True
    relabels: ClassVar[bool] = False
    compared: ClassVar[bool] = False
    cut: ClassVar[bool] = False
    over_time: ClassVar[bool] = False
    log: str = ""
    rows: tuple[str, ...] = ()
    stacked: bool = False
    stays: bool = True
    x_label: str = ""
    y_label: str = ""
    colour_label: str = ""
    symbols: Symbols = Symbols()

    @property
    def stem(self) -> str:
        """How the names of its columns begin, unique on a page."""
        return self.prefix + self.name

    @property
    def clickable(self) -> bool:
        """Whether a click does something."""
        return self.click is not Click.NOTHING

    @property
    def lines(self) -> int:
        """Lines of words above the frame, by which a low plot is higher; of a title alone where it is lowest."""
        if self.shape not in ("strip", "wide"):  # several stand side by side, as high as those with a legend
            return 0
        explained, titled = bool(self.legend), bool(self.title)
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

    def applies(self, result: Any) -> bool:
        """Tell whether there is anything to draw; a view without is hidden."""
        return True

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
        return {name for layer in self.all_layers() for name in layer.names(self.stem).values()}

    def empty(self) -> Columns:
        """Return the columns of every layer with nothing in it."""
        return dict(self._nothing)

    @cached_property
    def _nothing(self) -> Columns:
        return {layer.name: layer.row.empty for layer in self.all_layers()}

    def extents(self, columns: Columns, names: Iterable[str]) -> list[Extent]:
        """Return where each of some layers is, of those that have columns."""
        wanted = set(names) & set(columns)
        return [row.extent(columns[name]) for name, row in self._rows.items() if name in wanted]

    @cached_property
    def _rows(self) -> dict[str, MarkKind]:
        return {layer.name: layer.row for layer in self.layers()}

    def frame(self) -> Frame:
        """Return what the view's frame is like."""
        return Frame(self.log, tuple(map(self.symbols.text, self.rows)), self.bare)

    def draw(self, result: Any, shared: Shared | None = None) -> DrawnView:
        """Build the figure with the layers that hold something; `shared` is one for all views of a page."""
        return DrawnView(self, result, shared or Shared())

    def wording(self) -> tuple[str, ...]:
        """Return what `relabel` writes: axis labels, title, and what else a view has that depends on choices."""
        return self.symbols.text(self.x_label), self._broken(), self.symbols.text(self.title)

    def relabel(self, figure: Any) -> None:
        """Write axis labels and title of a drawn figure anew."""
        figure.xaxis[0].axis_label, figure.yaxis[0].axis_label, figure.title.text = self.wording()[:3]

    def _broken(self) -> str:
        """Return the label of the y axis, its unit in a second line where the plot is too low for one.

        Of several names that are too long even so the first one is left: the legend has them all.
        """
        label, room = self.symbols.text(self.y_label), self.height - (0 if self.stacked else style.AXIS)
        if len(label) * LETTER < room:
            return label
        names, bracket, unit = label.partition(" (")
        if ", " in names and len(names) * LETTER > room:
            names = names.split(", ")[0] + ", …"
        return f"{names}\n({unit}" if bracket else names

    def labelled(self) -> list[Layer]:
        """Return the layers of the legend in its order."""
        return [layer for layer in self.layers() if layer.label]

    def coloured(self) -> list[Layer]:
        """Return the layers whose colours mean values; one bar explains them all."""
        return [layer for layer in self.layers() if layer.row.has_colours]
