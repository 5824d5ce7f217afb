"""A layer of a view: one curve, set of points or labels, and the Bokeh glyph that draws it.

HoloViews makes the frame of a view (axes, ticks, grid, tools); its layers are
plain glyphs, because a HoloViews element costs 15 ms of server time where a glyph
costs one, and a page has fifty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bokeh.models import Glyph

from ncm_app.views import style
from ncm_app.views.mark_kinds import MARK_KINDS, MarkKind


@dataclass(frozen=True)
class Layer:
    """One mark of a view; `ghost` layers also show the frozen run.

    `kind` names a row of `mark_kinds`; `look` holds Bokeh's glyph properties;
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
    def row(self) -> MarkKind:
        """What is to be known of its kind."""
        return MARK_KINDS[self.kind]

    @property
    def ghost_layer(self) -> Layer:
        """The layer, thin and grey, that shows the frozen run."""
        ghost = self.row.ghost
        look = {**ghost.look, **{name: value for name, value in self.look.items() if name in ghost.keeps}}
        return replace(self, name=f"ghost {self.name}", kind=ghost.kind or self.kind, label="", look=look, ghost=False,
                       ink=ghost.ink)

    def names(self, prefix: str) -> dict[str, str]:
        """Return the names of its columns in a data source of the view `prefix`."""
        return {column: f"{prefix}_{column}" for column in self.row.columns}

    def named(self, prefix: str, columns: tuple[Any, ...]) -> dict[str, Any]:
        """Return its columns by name; texts that never change are added."""
        given = columns if len(columns) == len(self.row.columns) else (*columns, list(self.texts))
        return dict(zip(self.names(prefix).values(), given, strict=True))

    def glyph(self, prefix: str) -> Glyph:
        """Return the glyph that draws its columns in the view `prefix`."""
        return self.row.glyph(self.names(prefix), self.look)


def special_layer(name: str, code: str, label: str = "") -> Layer:
    """Return the layer of the special points with a code."""
    return Layer(name, kind="points", label=label, fleeting=bool(label), look=style.special_look(code),
                 ink=("line_color",))
