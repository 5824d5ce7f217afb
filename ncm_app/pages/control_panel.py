"""All controls of a bench as one part of the page: groups that fold, a row per control."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import param

from ncm_app.pages.browser_code import browser_code
from ncm_app.pages.dials import ROWS, STYLE
from ncm_app.pages.part import Part
from ncm_app.pages.upstream import at_once
from ncm_app.session.sent_values import LONGEST, is_count, is_text


@at_once
class ControlPanel(Part):
    """Groups of rows, each with its title, whether it is open, and the facts of its rows.

    `shown` are the values in the order of the rows, after the number of the browser's last move that they
    take into account: what a user has moved since then is newer. A move arrives in `moved` as its number,
    a name and a value that `admits(name, value)`; what a user has typed and cannot be is told in `complaint`.
    `called` is the count of calls and the names of the last: their rows come into sight for a moment.
    Of the names in `idle` the page knows that they have no effect at present; those in `hidden` are not shown.
    """

    groups = param.String(default="[]")
    shown = param.List(default=[0])
    moved = param.List(default=[])
    idle = param.List(default=[])
    hidden = param.List(default=[])
    called = param.List(default=[0])
    complaint = param.String(default="")
    _taken = {"moved": lambda panel, value: panel.takes(value), "complaint": is_text(LONGEST)}
    _stylesheets = [STYLE, browser_code("control_panel.css")]
    _esm = ROWS + browser_code("control_panel.js")

    def __init__(self, groups: Sequence[tuple[str, bool, list[dict[str, Any]]]], shown: list[Any],
                 admits: Callable[[str, Any], bool], **options: Any) -> None:
        super().__init__(groups=json.dumps(groups), shown=shown, **options)
        self._admits = admits

    def takes(self, move: Any) -> bool:
        """Tell whether what a browser sends is a move of a control to a value that it may have."""
        if not (isinstance(move, list) and len(move) == 3):
            return False
        count, name, value = move
        return is_count(self, count) and isinstance(name, str) and self._admits(name, value)
