"""Mark kinds: one row says all that the rest of the package needs to know of a kind of mark.

A layer of a view and a mark of a model's own plot are of the same kinds. Drawing, ranges, clipping, export,
ghosts and small pictures read the row: nothing else asks which kind a mark is of. See docs/add_a_view.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from bokeh.models import Glyph
from numpy.typing import NDArray

from ncm_app.views import glyphs, heat_map, outlines, rasters, sketches, style
from ncm_app.views.columns import NO_LABELS, NOTHING, lean
from ncm_app.views.glyphs import Look, Names
from ncm_app.views.sketches import Place

Given = tuple[Any, ...]
"""Columns of one mark."""

Extent = tuple[NDArray[np.float64], ...]
"""Where a mark is: its places along x and y, and for a heat map the values that it colours."""

PLAIN = {"color": style.GREY, "alpha": 0.75}


@dataclass(frozen=True)
class Ghost:
    """How the frozen run is shown: as another `kind` ("" for its own), with this look and what it keeps of its own."""

    kind: str = ""
    look: Look = field(default_factory=lambda: PLAIN)
    keeps: tuple[str, ...] = ("marker", "size", "angle", "fill_alpha")
    ink: tuple[str, ...] = ()
    columns: Callable[[Given], Given] = lambda columns: columns


@dataclass(frozen=True)
class MarkKind:
    """What is to be known of a kind of mark.

    `stated` names what a model gives, which `take` turns into `columns`, those that travel to the browser
    in this order (`empty` where there is nothing); `glyph(names, look)` draws them, in `look` unless
    told otherwise, in `role_looks` for some roles, `ink` being the properties that follow the colour
    of the text. `extent` gives the places along each axis, for ranges and clipping, NaN along one where a mark
    has no place; `table` the rows (x, y) of the exported file, "" for what there is not, or, where it is
    `tabled_apart`, those of a file of its own; `sketch` its part of the small picture, `sketched` "always",
    "alone" (where nothing else is), or "never". Axes follow when marks `watched` "always", or "moving" (with a
    ghost, or where none has one), are out of sight.
    `hover(names, labels)` are the properties of the tool that tells a pointer what is there. A kind that
    `covers` what is under it lies at the very back; one with `has_hue` takes the hue of its role, one that
    `has_colours` a colour bar; `of_rows` says that its y are whole numbers; one that
    `needs_pale_ground` is lost on full colours.
    """

    stated: str
    glyph: Callable[[Names, Look], Glyph]
    take: Callable[..., Given]
    sketch: Callable[[Given, Place, str], str]
    columns: tuple[str, ...] = ("x", "y")
    empty: Given = NOTHING
    look: Look = field(default_factory=dict)
    role_looks: Mapping[str, Look] = field(default_factory=dict)
    ink: tuple[str, ...] = ("line_color",)
    extent: Callable[[Given], Extent] = outlines.places
    table: Callable[[Given], list[list[str]]] = outlines.pairs
    tabled_apart: bool = False
    sketched: str = "always"
    watched: str = "never"
    ghost: Ghost = field(default_factory=Ghost)
    hover: Callable[[Names, tuple[str, ...]], dict[str, Any]] | None = None
    covers: bool = False
    has_hue: bool = True
    has_colours: bool = False
    of_rows: bool = False
    needs_pale_ground: bool = False


def _told(names: Names, labels: tuple[str, ...]) -> dict[str, Any]:
    return {"tooltips": f'<div style="max-width: 230px; white-space: normal">@{names["text"]}</div>',
            "point_policy": "snap_to_data", "attachment": "vertical"}


MARK_KINDS: dict[str, MarkKind] = {
    "curve": MarkKind(
        "x, y: a line, gaps where NaN", glyphs.line, lean, sketches.outline, look={"line_width": 2.0},
        role_looks={"theory": {"line_dash": "dashed", "line_width": 1.6}}, watched="moving",
        ghost=Ghost(look={**PLAIN, "line_width": 1.2, "line_dash": "dashdot"}, keeps=())),
    "dashes": MarkKind(
        "x, y: a dashed line in the hue of its role: what another model says of it", glyphs.line, lean,
        sketches.outline, look={"line_width": 2.0, "line_dash": "dashed"}, watched="moving"),
    "points": MarkKind(
        "x, y: circles", glyphs.markers, lean, sketches.outline, look={"marker": "circle", "size": 6},
        role_looks={"now": {"size": 10}}, ink=("line_color", "fill_color"), sketched="alone", watched="always",
        needs_pale_ground=True),
    "bars": MarkKind(
        "edges (m + 1,), heights (m,): a filled histogram", glyphs.filled, outlines.steps, sketches.shape,
        look={"alpha": 0.45}, ink=("fill_color",), watched="moving"),
    "area": MarkKind(
        "x, y: the area between a curve and zero", glyphs.filled, outlines.above_zero, sketches.shape,
        look={"alpha": 0.3}, ink=("fill_color",), watched="moving"),
    "band": MarkKind(
        "x, low, high: the area between two curves", glyphs.filled, outlines.between, sketches.outline,
        look={"alpha": 0.15}, ink=("fill_color",)),
    "raster": MarkKind(
        "times, rows: one tick for each spike", glyphs.ticks, rasters.spikes, sketches.rows,
        look={"line_width": 1.2, "marker": "dash", "angle": 90, "size": 6}, of_rows=True),
    "labels": MarkKind(
        "x, y, texts", glyphs.words, outlines.labels, sketches.nothing, columns=("x", "y", "text"), empty=NO_LABELS,
        look={"text_alpha": 1.0}, ink=("text_color",), sketched="never", has_hue=False),
    "probes": MarkKind(
        "x, y, texts: unseen, told to a pointer", glyphs.unseen, outlines.labels, sketches.nothing,
        columns=("x", "y", "text"), empty=NO_LABELS, ink=(), sketched="never", hover=_told, has_hue=False),
    "heatmap": MarkKind(
        "x (n,), y (m,) or their edges (n + 1,), (m + 1,), values (m, n): a colour for each cell, none where NaN",
        heat_map.image, heat_map.take, heat_map.cells, columns=heat_map.COLUMNS, empty=heat_map.EMPTY,
        look={"palette": style.SEQUENTIAL}, ink=(), extent=heat_map.extent, table=heat_map.matrix, tabled_apart=True,
        watched="moving", hover=heat_map.hover, covers=True, has_hue=False, has_colours=True,
        # A second picture would hide the first, or mix its colours: lines of equal values lie over it.
        ghost=Ghost("curve", {"line_width": 1.3, "line_dash": "dashdot"}, (), ("line_color",), heat_map.contours)),
}
