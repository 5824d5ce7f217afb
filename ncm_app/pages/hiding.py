"""Which controls a page, and its link, hides: a teacher sets a task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from panel.viewable import Viewable

from ncm_app.core.model import Model
from ncm_app.core.symbols import symbols_of
from ncm_app.pages.bar import Bar, Item, text

WORDS = "Hide controls, as for a task to set; the shared link hides them too:"


class Hiding:
    """A check box for each control that may be hidden; `chosen(hide=names)` is called."""

    def __init__(self, model: type[Model], names: Sequence[str], chosen: Callable[..., Any]) -> None:
        labels = list(map(symbols_of(model).text, names))
        self._words = text("hiding")
        self._words.show(text=WORDS)
        self.boxes = Item("checks", "hide", lambda hidden: chosen(hide=tuple(name for name in names if name in hidden)),
                          {"value": [], "options": list(names)}, options=list(names), labels=labels)

    def show(self, hidden: Sequence[str]) -> None:
        """Check the boxes of hidden controls without calling back."""
        self.boxes.show(value=list(hidden))

    def bar(self) -> Viewable:
        """Return the words and the boxes, made when they are first shown."""
        return Bar([self._words, self.boxes], sizing_mode="stretch_width", margin=(8, 6))
