"""Every text that a page shows, and what of it is spelled as in Python instead of written as a symbol."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import panel as pn
import panel_material_ui as pmui
from bokeh.models import HoverTool, Title

from ncm_app.core.symbols import GREEK
from ncm_app.pages.bar import Bar
from ncm_app.pages.control_panel import ControlPanel
from ncm_app.pages.part import Part

SPELLED = re.compile(rf"[\\{{}}]|[^\W_]_\w|\b(?:{'|'.join(GREEK)})(?![^\W_])")
"""TeX, an underscore within a word, a Greek letter by its name."""

SHOWN = ("label", "help", "shown", "labels", "text", "words", "unit")
"""What a part of the page writes into it; of options what their labels say."""


def spelled(text: str) -> list[str]:
    """Return what of a text, which may be HTML, is not written as a symbol."""
    return SPELLED.findall(html.unescape(re.sub(r"<[^>]*>", " ", text)))


def stated(value: Any) -> Iterator[str]:
    """Return what is under the names that hold texts, however deep."""
    for name, inner in value.items() if isinstance(value, dict) else [("", one) for one in value]:
        if name in SHOWN:
            yield from [inner] if isinstance(inner, str) else inner
        elif isinstance(inner, dict | list | tuple):
            yield from stated(inner)


def texts_of(parts: Any) -> Iterator[str]:
    """Return all texts of the widgets, panes and groups of a page, but for its equations, which are TeX."""
    for part in (one for root in parts for one in root.select()):
        if isinstance(part, ControlPanel):
            for title, _, rows in json.loads(part.groups):
                given = [title, *(facts[name] for facts in rows for name in SHOWN if name in facts)]
                yield from (text for one in given for text in ([one] if isinstance(one, str) else one))
        elif isinstance(part, Bar):
            yield from stated([part.items, part.shown])
        elif isinstance(part, Part):
            given = [one for name in SHOWN if not isinstance(one := getattr(part, name, 0), int)]  # not a count
            yield from (text for one in given for text in ([one] if isinstance(one, str) else one))
            if hasattr(part, "options") and not part.labels:
                yield from part.options
        elif isinstance(part, pn.pane.HTML) and "ncm-equations" not in part.css_classes:
            yield part.object or ""
        elif isinstance(part, pmui.CheckBoxGroup):
            yield from part.options
        elif isinstance(part, pmui.Card | pmui.Dialog):
            yield part.title or ""


def drawn_texts(figure: Any) -> Iterator[str]:
    """Return all texts of a plot: title, axes, names of rows, legend, what stands in it and what a pointer is told."""
    yield figure.title.text
    for axis in (*figure.xaxis, *figure.yaxis):
        yield axis.axis_label
        yield from axis.major_label_overrides.values()
    yield from (item.label.value for legend in figure.legend for item in legend.items)
    yield from (title.text for title in figure.right if isinstance(title, Title))
    told = [tool.tooltips for tool in figure.tools if isinstance(tool, HoverTool)]
    yield from (label for rows in told if not isinstance(rows, str) for label, _ in rows)
    columns = [column for renderer in figure.renderers for column in renderer.data_source.data.values()]
    yield from (word for column in columns for word in column if isinstance(word, str))
