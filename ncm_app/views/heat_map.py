"""The heat map: values on a regular grid as one picture, whose cells without a value are see-through.

Only the float32 values travel while a slider moves (and the place of the picture when that has changed); the browser
turns them into colours, so a new colour range costs two numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from bokeh.models import (
    ColorBar,
    ColorMapper,
    CustomJS,
    CustomJSHover,
    Glyph,
    GlyphRenderer,
    Image,
    LinearColorMapper,
    Title,
)
from contourpy import contour_generator
from numpy.typing import NDArray

from ncm_app.views.columns import HIGHEST, NOTHING, joined
from ncm_app.views.glyphs import Look, Names
from ncm_app.views.sketches import Place

COLUMNS = ("image", "x", "y", "dw", "dh")
"""The values (m, n), and left, bottom, width and height of the picture; one entry each."""

EMPTY = ([np.full((1, 1), np.nan, dtype=np.float32)], [0.0], [0.0], [1.0], [1.0])
UNEVEN = 1e-3
"""Part of a cell by which the edges of a regular grid may differ."""
LEVELS = (0.25, 0.5, 0.75)
"""Parts of the range of values at which a frozen heat map has its contour lines."""
SKETCHED = (28, 14)
"""Most cells of a small picture across and up."""
SHOWN = "return String(Number(value.toPrecision(3))).replace('-', '−')"
HOLDS = "return Number.isFinite(cb_data.value)"
"""Run in the browser: a value as text; whether there is one to be told."""


def take(x: Any, y: Any, values: Any) -> tuple[Any, ...]:
    """Return the columns of values (m, n) at x (n,) and y (m,), the middles or the n + 1 and m + 1 edges of cells.

    Raises ValueError where the grid is not regular and rising, or does not fit the values.
    """
    held = np.asarray(values, dtype=float)
    if held.ndim != 2:
        raise ValueError(f"a heat map needs values of two dimensions, not of {held.ndim}")
    if not held.size:
        return EMPTY
    (left, width), (bottom, height) = _span(x, held.shape[1], "x"), _span(y, held.shape[0], "y")
    return [np.clip(held, -HIGHEST, HIGHEST).astype(np.float32)], [left], [bottom], [width], [height]


def _span(places: Any, cells: int, axis: str) -> tuple[float, float]:
    """Return the first edge and the length of the cells along an axis."""
    found = np.asarray(places, dtype=float)
    if len(found) not in (cells, cells + 1) or len(found) < 2:
        raise ValueError(f"{axis} has {len(found)} places for {cells} cells: it needs their middles, at least two, "
                         "or their edges")
    step = (found[-1] - found[0]) / (len(found) - 1)
    if not step > 0.0 or np.max(np.abs(np.diff(found) - step)) > UNEVEN * step:
        raise ValueError(f"{axis} of a heat map must rise in equal steps")
    return float(found[0] - 0.5 * step * (len(found) == cells)), float(step * cells)


def image(names: Names, look: Look) -> Glyph:
    """Return the picture; its colours have the range that the view sets."""
    mapper = LinearColorMapper(palette=list(look["palette"]), low=0.0, high=1.0, nan_color=(0, 0, 0, 0.0))
    return Image(**names, color_mapper=mapper)


def colour_bar(mapper: ColorMapper, label: str) -> tuple[ColorBar, Title]:
    """Return the bar that says what the colours mean, and its label with the unit, which stands beside it."""
    return (ColorBar(color_mapper=mapper, width=10, padding=4, margin=0, label_standoff=4, background_fill_alpha=0.0,
                     bar_line_alpha=0.0, major_tick_line_alpha=0.0),
            Title(text=label, align="center", text_font_style="normal", standoff=2))


def show_with(part: ColorBar | Title, renderer: GlyphRenderer) -> None:
    """Show a part of the colour bar while the picture holds a value."""
    source, column = renderer.data_source, renderer.glyph.image
    part.visible = bool(np.isfinite(source.data[column][0]).any())
    code = f"part.visible = Array.from(cb_obj.data['{column}'][0]).some(Number.isFinite)"
    source.js_on_change("data", CustomJS(args={"part": part}, code=code))


def hover(names: Names, labels: tuple[str, ...]) -> dict[str, Any]:
    """Return how a pointer is told the value under it and where that is; nothing where there is none."""
    rows = [(label, f"{place}{{custom}}") for label, place in zip(
        labels, ("$x", "$y", f"@{names['image']}"), strict=True)]
    return {"tooltips": rows[::-1], "point_policy": "follow_mouse", "attachment": "horizontal",
            "filters": {f"@{names['image']}": CustomJS(code=HOLDS)},
            "formatters": {place.removesuffix("{custom}"): CustomJSHover(code=SHOWN) for _, place in rows}}


def extent(columns: tuple[Any, ...]) -> tuple[NDArray[np.float64], ...]:
    """Return the ends of the picture along x and y, and its values; NaN where it holds none."""
    (values,), (left,), (bottom,), (width,), (height,) = columns
    there = np.nan if not np.isfinite(values).any() else 1.0
    return (there * np.array([left, left + width]), there * np.array([bottom, bottom + height]),
            np.asarray(values, dtype=float).ravel())


def centres(columns: tuple[Any, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the middles of the cells along x (n,) and y (m,)."""
    (values,), (left,), (bottom,), (width,), (height,) = columns
    rows, cells = values.shape
    return left + width * (np.arange(cells) + 0.5) / cells, bottom + height * (np.arange(rows) + 0.5) / rows


def matrix(columns: tuple[Any, ...]) -> list[list[str]]:
    """Return the values as a table: x in the first row, y in the first column; no rows where there is nothing."""
    values, (x, y) = columns[0][0], centres(columns)
    if not np.isfinite(values).any():
        return []
    rows = [[f"{place:.7g}", *(f"{value:.7g}" if np.isfinite(value) else "" for value in row)]
            for place, row in zip(y, values, strict=True)]
    return [["", *(f"{place:.7g}" for place in x)], *rows]


def contours(columns: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return lines of equal values, as x and y: at a quarter, half and three quarters of the range."""
    values = np.asarray(columns[0][0], dtype=float)
    held = values[np.isfinite(values)]
    if not len(held) or min(values.shape) < 2 or not np.ptp(held) > 0.0:
        return NOTHING
    lines = contour_generator(*centres(columns), np.ma.masked_invalid(values))
    found = [line for part in LEVELS for line in lines.lines(float(held.min() + part * np.ptp(held)))]
    return joined([(np.asarray(line)[:, 0], np.asarray(line)[:, 1]) for line in found])


def cells(columns: tuple[Any, ...], place: Place, hue: str) -> str:
    """Return a few cells for a small picture, the more of the hue the larger their value."""
    values = np.asarray(columns[0][0], dtype=float)
    up, across = (np.unique(np.linspace(0, size - 1, min(size, most)).round().astype(int))
                  for size, most in zip(values.shape, SKETCHED[::-1], strict=True))
    few, (x, y) = values[np.ix_(up, across)], extent(columns)[:2]
    held = few[np.isfinite(few)]
    if not len(held):
        return ""
    (left, right), (low, high) = place(x, y)
    width, height = (right - left) / len(across), (low - high) / len(up)
    least, most = float(held.min()), float(np.ptp(held)) or 1.0
    return "".join(
        f'<rect x="{left + k * width:.1f}" y="{low - (j + 1) * height:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'fill="{hue}" fill-opacity="{0.1 + 0.9 * (few[j, k] - least) / most:.2f}"/>'
        for j in range(len(up)) for k in range(len(across)) if np.isfinite(few[j, k]))
