"""Glyphs: how Bokeh draws the columns of each kind of mark, for the names of the columns and a look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bokeh.models import Glyph, Line, Patch, Scatter, Text

from ncm_app.views import style

Look = Mapping[str, Any]
"""Glyph properties; `color` and `alpha` mean those of all parts of a glyph."""

Names = Mapping[str, str]
"""The name in the data source of each column."""


def line(names: Names, look: Look) -> Glyph:
    """Return a line with gaps at NaN."""
    color, alpha, rest = _parted(look)
    return Line(**names, **{"line_color": color, "line_alpha": alpha, **rest})


def filled(names: Names, look: Look) -> Glyph:
    """Return polygons with NaN between them."""
    color, alpha, rest = _parted(look)
    return Patch(**names, **{"fill_color": color, "hatch_color": color, "fill_alpha": alpha, "line_alpha": 0.0, **rest})


def markers(names: Names, look: Look, tags: tuple[str, ...] = ()) -> Glyph:
    """Return one marker for each point; `tags` tell the browser how else to paint them."""
    color, alpha, rest = _parted(look)
    if "angle" in rest:
        rest["angle"] = {"value": rest["angle"], "units": "deg"}
    paint = {"line_color": color, "fill_color": color, "line_alpha": alpha, "fill_alpha": alpha}
    return Scatter(**names, **{"tags": list(tags), **paint, **rest})


def ticks(names: Names, look: Look) -> Glyph:
    """Return one tick for each spike, painted by raster.js."""
    return markers(names, look, ("raster",))


def words(names: Names, look: Look) -> Glyph:
    """Return texts at places."""
    color, _, rest = _parted(look)
    plain = {"text_color": color, "text_alpha": 0.75, "text_font_size": "9pt", "text_align": "center",
             "text_baseline": "middle"}
    return Text(**names, **{**plain, **rest})


def unseen(names: Names, look: Look) -> Glyph:
    """Return points that a pointer finds and an eye does not; the texts are the hover tool's."""
    return Scatter(x=names["x"], y=names["y"], size=14, line_alpha=0.0, fill_alpha=0.0)


def _parted(look: Look) -> tuple[str, float, dict[str, Any]]:
    """Return colour, alpha, and the other properties of a look."""
    rest = {"color": style.INK, **look}
    return rest.pop("color"), rest.pop("alpha", 1.0), rest
