"""Presets and the buttons that every model page has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import panel as pn
from panel.viewable import Viewable

from ncm_app.core.model import Model
from ncm_app.core.symbols import symbols_of
from ncm_app.pages.dials import Action, Pick
from ncm_app.pages.layout import wrapping

LINK = "a { font: .92rem Roboto, sans-serif; color: var(--mui-palette-primary-main); white-space: nowrap }"
DEFAULTS = "defaults"
"""What the list of presets calls the model's own values."""

LABELS = {"enlarge": "A+", "close": "Close file"}


def action(verb: str, tip: str, act: Callable[[], None], **options: Any) -> Action:
    """Return a button with the hook `ncm-do-<verb>` that calls `act`."""
    label = LABELS.get(verb, verb.capitalize())
    button = Action(label=label, help=tip, css_classes=[f"ncm-do-{verb}"], margin=(2, 3), **options)
    button.param.watch(lambda _: act(), "clicks")
    return button


class Toolbar:
    """The row of buttons; `actions` maps a verb to its tip and what it does, `more` stand after them."""

    def __init__(self, model: type[Model], preset: str, chosen: Callable[[str], None],
                 actions: dict[str, tuple[str, Callable[[], None]]], more: Sequence[Viewable] = ()) -> None:
        names = [DEFAULTS, *model.presets]
        self.presets = Pick(value=preset or DEFAULTS, options=names, labels=list(map(symbols_of(model).text, names)),
                            label="preset", plain="preset", bar=True, help="values of a figure or exercise of the book",
                            css_classes=["ncm-preset"], width=240, margin=(2, 8, 2, 0))
        self._chosen, self._quiet = chosen, False
        self.presets.param.watch(self._changed, "value")
        self._actions = {verb: action(verb, tip, act, copies=verb == "share") for verb, (tip, act) in actions.items()}
        self.buttons: list[Viewable] = [*self._actions.values(), *more]

    def _changed(self, event: object) -> None:
        if not self._quiet:
            self._chosen("" if self.presets.value == DEFAULTS else self.presets.value)

    def show(self, preset: str) -> None:
        """Name a preset, or "" for the defaults, without choosing it."""
        self._quiet = True
        self.presets.value = preset or DEFAULTS
        self._quiet = False

    def mark(self, changed: bool) -> None:
        """Say beside the preset that values have been moved since."""
        self.presets.label = "preset (changed)" if changed else "preset"

    def call(self, verb: str, called: bool) -> None:
        """Draw attention to a button, or no more."""
        self._actions[verb].called = called

    def enable(self, verb: str, enabled: bool) -> None:
        """Let a button do something, or nothing."""
        self._actions[verb].enabled = enabled

    def row(self, more: Sequence[Viewable] = ()) -> Viewable:
        """Return the toolbar, with further choices after the presets; it wraps on narrow screens."""
        home = pn.pane.HTML('<a class="ncm-do-home" href="?">&#8592; all models</a>', margin=(0, 12, 0, 4),
                            stylesheets=[LINK])
        return wrapping(home, self.presets, *more, *self.buttons, middle=True, css_classes=["ncm-toolbar"])
