"""Where things stand on a model page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import panel as pn
from panel.viewable import Viewable

from ncm_app.pages.bar import Bar

SQUARE = "calc(250px + 30 * (1rem - 16px))"
"""Least width of a square: three or four stand side by side, with the projector's text two."""

WRAP = ":host { flex-wrap: wrap; max-height: none }"
"""Panel lets nothing be higher than the page: what wraps on a phone would lie over what follows."""

HOOK = re.compile(r"^(ncm-(?:view-|do-)?)")
"""How hooks begin, before the name of a control, a view or a button."""


def column(*parts: Viewable, min_height: int = 0) -> pn.Column:
    """Return a column to be filled later, as wide as its place."""
    return pn.Column(*parts, sizing_mode="stretch_width", margin=0, min_height=min_height)


def skeleton(rows: int) -> Viewable:
    """Return grey lines where so many controls will stand."""
    lines = '<i style="display:block;height:12px;margin:18px 14px;border-radius:6px;background:#8883"></i>' * rows
    return pn.pane.HTML(f'<div aria-hidden="true">{lines}</div>', sizing_mode="stretch_width", margin=0)


def wrapping(*parts: Viewable, middle: bool = False, **options: Any) -> pn.Row:
    """Return parts side by side, in as many lines as they need.

    Panel's own box for this makes a template of each of its children, at ten times the cost of a row.
    """
    for part in parts:
        part.align = "center" if middle else "start"
    return pn.Row(*parts, stylesheets=[WRAP], **{"margin": 0, "sizing_mode": "stretch_width", **options})


def lay_out(panes: dict[str, Viewable], shapes: dict[str, str], top: Sequence[Viewable], explorer: Viewable | None,
            extra: Viewable, below: Sequence[Viewable]) -> Viewable:
    """Return the main area: words, wide plots, squares side by side, the diagram, further squares, texts.

    The panes come in the order of their cards: squares after a diagram stand below it.
    """
    names = list(panes)
    turn = max([k for k, name in enumerate(names) if shapes[name] == "diagram"], default=len(names))
    squares, further = ([pn.Column(panes[name], styles={"flex": f"1 1 {SQUARE}"}, margin=0,
                                    visible=panes[name].param.visible)
                         for name in part if shapes[name] == "square"] for part in (names[:turn], names[turn:]))
    wide = [pane for name, pane in panes.items() if shapes[name] in ("wide", "tall", "strip")]
    diagrams = [pn.Column(pane, styles={"flex": "2 1 420px" if name == "diagram" else "1 1 300px"}, margin=0)
                for name, pane in panes.items() if shapes[name] == "diagram"]
    return pn.Column(*top, *wide, wrapping(*squares),
                     *([explorer] if explorer is not None else []), wrapping(*diagrams),
                     extra, wrapping(*further), *below,
                     sizing_mode="stretch_width", margin=(0, 6))


def hook(part: Viewable, prefix: str) -> Viewable:
    """Put a prefix into the hooks of everything in a part, and return it."""
    for one in part.select() if prefix else ():
        if isinstance(one, Bar):
            one.prefix = prefix
        one.css_classes = [HOOK.sub(rf"\1{prefix}", name) for name in one.css_classes]
    return part
