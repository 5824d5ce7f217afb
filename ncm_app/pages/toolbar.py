"""Presets and the buttons that every model page has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from panel.viewable import Viewable

from ncm_app.core.catalogue import models
from ncm_app.core.model import Model
from ncm_app.core.symbols import symbols_of
from ncm_app.pages.bar import Bar, Item, button
from ncm_app.pages.dials import Action
from ncm_app.pages.layout import wrapping

DEFAULTS = "defaults"
"""What the list of presets calls the model's own values."""

LABELS = {"enlarge": "A+", "close": "Close file"}


def action(verb: str, tip: str, act: Callable[[], None], **options: Any) -> Action:
    """Return a button by itself with the hook `ncm-do-<verb>` that calls `act`."""
    alone = Action(label=label_of(verb), help=tip, css_classes=[f"ncm-do-{verb}"], margin=(2, 3), **options)
    alone.param.watch(lambda _: act(), "clicks")
    return alone


def label_of(verb: str) -> str:
    """Return what stands on the button of a verb."""
    return LABELS.get(verb, verb.capitalize())


def links_from(model: type[Model]) -> list[Item]:
    """Return links home, and to the pages before and after a model's in the order of the book."""
    pages = list(models().values())
    place = pages.index(model) if model in pages else len(pages)
    found = [Item("link", "home", label="\u2190 all models", href="?", help="the catalogue")]
    for name, sign, k in (("before", "\u2039", place - 1), ("after", "\u203a", place + 1)):
        if 0 <= k < len(pages) and place < len(pages):
            title = symbols_of(pages[k]).text(f"{pages[k].chapter} {pages[k].title}")
            found.append(Item("link", name, label=sign, href=f"?model={pages[k].slug()}",
                              help=f"the page {name} this one: {title}"))
    return found


class Toolbar:
    """The bar of buttons; `actions` maps a verb to its tip and what it does, `choices` stand after the presets.

    `more` are parts of their own that stand after the buttons.
    """

    def __init__(self, model: type[Model], preset: str, chosen: Callable[[str], None],
                 actions: dict[str, tuple[str, Callable[[], None]]], choices: Sequence[Item] = (),
                 more: Sequence[Viewable] = ()) -> None:
        names = [DEFAULTS, *model.presets]
        self.presets = Item("pick", "preset", lambda name: chosen("" if name == DEFAULTS else name),
                            {"value": preset or DEFAULTS, "label": "preset", "options": names,
                             "labels": list(map(symbols_of(model).text, names))},
                            help="values of a figure or exercise of the book")
        self.buttons = {verb: button(verb, label_of(verb), tip, act, copies=verb == "share")
                        for verb, (tip, act) in actions.items()}
        self._model, self._choices, self.more = model, choices, list(more)

    def show(self, preset: str) -> None:
        """Name a preset, or "" for the defaults, without choosing it."""
        self.presets.show(value=preset or DEFAULTS)

    def mark(self, changed: bool) -> None:
        """Say beside the preset that values have been moved since."""
        self.presets.show(label="preset (changed)" if changed else "preset")

    def call(self, verb: str, called: bool) -> None:
        """Draw attention to a button, or no more."""
        self.buttons[verb].show(called=called)

    def enable(self, verb: str, enabled: bool) -> None:
        """Let a button do something, or nothing."""
        self.buttons[verb].show(enabled=enabled)

    def row(self) -> Viewable:
        """Return the toolbar."""
        lines = [[*links_from(self._model), self.presets, *self._choices], list(self.buttons.values())]
        bar = Bar(lines, margin=(2, 0), css_classes=["ncm-toolbar"], sizing_mode="stretch_width")
        return wrapping(bar, *self.more, middle=True) if self.more else bar
