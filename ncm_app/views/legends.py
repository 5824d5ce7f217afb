"""The legend of a plot: in as many lines above the frame as its words need there, never over what is drawn."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from bokeh.models import CustomJS, GlyphRenderer, Legend, LegendItem

from ncm_app.core.symbols import Symbols
from ncm_app.views.layer import Layer

LOOK = {"location": "top_right", "orientation": "horizontal", "nrows": 1, "background_fill_alpha": 0.0, "padding": 0,
        "spacing": 10, "margin": 0, "border_line_alpha": 0.0, "glyph_width": 18, "click_policy": "hide",
        "inactive_fill_alpha": 0.0}

SHOW = """const [first] = cb_obj.data instanceof Map ? cb_obj.data.values() : Object.values(cb_obj.data)
for (const item of legend.items)
  if (item.renderers[0].data_source === cb_obj) item.visible = Array.from(first).some(Number.isFinite)"""
"""Runs in the browser when a column has changed."""

FOLD = """if (!figure.properties.inner_width.is_unset) {
  const pen = document.createElement('canvas').getContext('2d'), [size] = legend.label_text_font_size.match(/[\\d.]+/)
  pen.font = `${legend.label_text_font_size} Roboto, Helvetica, sans-serif`
  const widths = legend.items.filter(item => item.visible)
    .map(item => legend.glyph_width + legend.label_standoff + pen.measureText(item.label.value).width)
  const wide = columns => Array.from({length: columns}, (_, k) =>
    Math.max(...widths.filter((_, i) => i % columns == k)) + legend.spacing).reduce((sum, width) => sum + width, 0)
  let columns = Math.max(1, widths.length)
  while (columns > 1 && wide(columns) > figure.inner_width + margin) columns--
  const rows = Math.max(1, Math.ceil(widths.length / columns))
  const further = lines => Math.max(0, lines - (innerWidth < 700 ? 1 : free))
  figure.min_height += Math.round(1.8 * size) * (further(rows) - further(legend.nrows))
  legend.setv({ncols: columns, nrows: rows})
}"""
"""Runs in the browser: words take as few lines as they fit into, and what is drawn keeps its room."""

MARGIN = 40
"""Pixels left of the frame, over the numbers of its axis, that a legend may take too."""


class Legends:
    """The legend of a figure, to which layers are added as they come to hold something; `free` lines add no height."""

    def __init__(self, figure: Any, symbols: Symbols, order: Iterable[Layer], free: int) -> None:
        self.model = Legend(**LOOK)
        self._symbols, self._order = symbols, [layer.name for layer in order]
        figure.add_layout(self.model, "above")
        self._fold = CustomJS(args={"legend": self.model, "figure": figure, "margin": MARGIN, "free": free}, code=FOLD)
        figure.js_on_change("inner_width", self._fold)
        for name in ("items", "label_text_font_size"):
            self.model.js_on_change(name, self._fold)

    def explain(self, new: Iterable[Layer], renderers: dict[str, GlyphRenderer]) -> None:
        """Put labelled layers in, in the view's order; a fleeting one comes and goes with its columns."""
        if not (labelled := [layer for layer in new if layer.label]):
            return
        items = {item.renderers[0].name: item for item in self.model.items}
        for layer in labelled:
            renderer = renderers[layer.name]
            items[layer.name] = item = LegendItem(label=self._symbols.text(layer.label), renderers=[renderer])
            item.js_on_change("visible", self._fold)
            if layer.fleeting:
                renderer.data_source.js_on_change("data", self._show)
        self.model.items = [items[name] for name in self._order if name in items]

    @functools.cached_property
    def _show(self) -> CustomJS:
        return CustomJS(args={"legend": self.model}, code=SHOW)
