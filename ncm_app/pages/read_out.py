"""Numbers read off plots by the pointer and by two cursors: all of it in the browser, without the server."""

from __future__ import annotations

import json
from collections.abc import Mapping

import param

from ncm_app.pages.bar import Item
from ncm_app.pages.browser_code import browser_code
from ncm_app.pages.part import Part
from ncm_app.pages.upstream import at_once
from ncm_app.views.gestures import Drag
from ncm_app.views.view import View

LINES = ("curve", "dashes")
"""Kinds of marks whose value at a time can be told."""
NOT_READ = ("ghost ", "rest ")
"""How layers begin that lie beside what is read: the frozen run, and where the states rest."""


@at_once
class ReadOut(Part):
    """The crosshair over a bench's plots, and the sentences of its two cursors; `plots` are the facts of each by name.

    The `measure` button of the same prefix turns the cursors on and off.
    """

    plots = param.String(default="{}")
    prefix = param.String(default="")
    _stylesheets = [browser_code("read_out.css")]
    _esm = browser_code("figures.js") + browser_code("read_out.js")

    def __init__(self, views: Mapping[str, View], prefix: str) -> None:
        super().__init__(plots=json.dumps({name: facts_of(view) for name, view in views.items() if is_read(view)}),
                         prefix=prefix, css_classes=["ncm-read-out"], margin=0, sizing_mode="stretch_width")


def is_read(view: View) -> bool:
    """Tell whether a place in a view has numbers, and the pointer is free to ask for them."""
    return not view.bare and view.drag not in (Drag.PAINT, Drag.TURN)


def facts_of(view: View) -> dict[str, dict[str, str]]:
    """Return the lines of a plot over time, by layer as they are called on the page; nothing for another plot."""
    if not view.over_time:
        return {}
    return {"lines": {layer.name: view.symbols.text(layer.label or layer.name) for layer in view.layers()
                      if layer.kind in LINES and not layer.name.startswith(NOT_READ)}}


def measure_button(views: Mapping[str, View]) -> list[Item]:
    """Return the button that turns the cursors on, where something is drawn over time."""
    if not any(is_read(view) and facts_of(view).get("lines") for view in views.values()):
        return []
    return [Item("toggle", "measure", label="Measure", event="ncm-measure",
                 help="two cursors in the plots over time, and the difference between them")]
