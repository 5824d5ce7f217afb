"""A layer of a view: one curve, set of points or labels, and the Bokeh glyph that draws it.

HoloViews makes the frame of a view (axes, units, ranges, tools); its layers are
plain glyphs, because a HoloViews element costs 15 ms of server time where a glyph
costs one, and a page has fifty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bokeh.models import ColumnDataSource, Glyph, GlyphRenderer, Line, Patch, Scatter, Text

from ncm_app.views import style


@dataclass(frozen=True)
class Layer:
    """One curve, set of points or labels; `ghost` layers also show the frozen run.

    `kind` is "curve", "points", "ticks" (spikes in rows, painted by raster.js), "area"
    (polygons with NaN between), "labels", or "probes" (unseen points whose text a pointer is
    told); `look` holds Bokeh's glyph properties;
    `ink` names those that follow the colour of the text; a `label` puts it into the
    legend, of a `fleeting` layer only while there is something to draw; `texts` are the
    words of labels that never change.
    """

    name: str
    kind: str = "curve"
    label: str = ""
    look: Mapping[str, Any] = field(default_factory=dict)
    ghost: bool = False
    ink: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    fleeting: bool = False

    @property
    def ghost_layer(self) -> Layer:
        """The same layer, thin and grey, for the frozen run."""
        look: dict[str, Any] = {"color": style.GREY, "alpha": 0.75}
        if self.kind == "curve":
            look |= {"line_width": 1.2, "line_dash": "dashdot"}
        else:
            look |= {k: v for k, v in self.look.items() if k in ("marker", "size", "angle", "fill_alpha")}
        return replace(self, name=f"ghost {self.name}", label="", look=look, ghost=False, ink=())

    def glyph(self, x: str, y: str, text: str) -> Glyph:
        """Return the glyph that draws the columns of these names."""
        look = {"color": style.INK, **self.look}
        color, alpha = look.pop("color"), look.pop("alpha", 1.0)
        if self.kind == "curve":
            return Line(x=x, y=y, **{"line_color": color, "line_alpha": alpha, **look})
        if self.kind == "area":
            return Patch(x=x, y=y, **{"fill_color": color, "hatch_color": color, "fill_alpha": alpha,
                                     "line_alpha": 0.0, **look})
        if self.kind == "labels":
            plain = {"text_color": color, "text_alpha": 0.75, "text_font_size": "9pt", "text_align": "center",
                     "text_baseline": "middle"}
            return Text(x=x, y=y, text=text, **{**plain, **look})
        if self.kind == "probes":
            return Scatter(x=x, y=y, size=14, line_alpha=0.0, fill_alpha=0.0)
        if "angle" in look:
            look["angle"] = {"value": look["angle"], "units": "deg"}
        paint = {"line_color": color, "fill_color": color, "line_alpha": alpha, "fill_alpha": alpha}
        return Scatter(x=x, y=y, tags=[self.kind], **{**paint, **look})

    def renderer(self, columns: Mapping[str, Any], x: str, y: str, text: str) -> GlyphRenderer:
        """Return the renderer of this layer with its first columns."""
        glyph = self.glyph(x, y, text)
        # One glyph serves all states: the copies that Bokeh would make cost page load.
        return GlyphRenderer(data_source=ColumnDataSource(dict(columns)), glyph=glyph, name=self.name,
                             nonselection_glyph=None, selection_glyph=None, muted_glyph=None, hover_glyph=None)


def special_layer(name: str, code: str, label: str = "") -> Layer:
    """Return the layer of the special points with a code."""
    return Layer(name, kind="points", label=label, fleeting=bool(label), look=style.special_look(code),
                 ink=("line_color",))
