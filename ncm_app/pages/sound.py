"""A button that plays spikes as clicks in real time, with a line that runs through the plots."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import param
from panel.viewable import Viewable

from ncm_app.core.capabilities import is_audible
from ncm_app.core.model import Model
from ncm_app.core.snapshot import Snapshot
from ncm_app.pages.board import Board
from ncm_app.pages.browser_code import browser_code
from ncm_app.pages.dials import STYLE
from ncm_app.pages.part import Part
from ncm_app.pages.upstream import at_once
from ncm_app.session.sent_values import is_count
from ncm_app.studies.plots import heard

LONGEST = 60.0
"""Seconds that are played at most."""


@at_once
class Listen(Part):
    """The button: `asked` counts clicks, and `answered` says that `times` (ms) are those to play."""

    asked = param.Integer(default=0)
    answered = param.Integer(default=0)
    times = param.List(default=[])
    seconds = param.Number(default=0.0)
    plots = param.List(default=[])
    prefix = param.String(default="")
    help = param.String(default="")
    _taken = {"asked": is_count}
    _stylesheets = [STYLE]
    _esm = browser_code("figures.js") + browser_code("listen.js")


class Sound:
    """Plays the spikes that a page shows, with a line through the plots over time of its board."""

    def __init__(self, snapshot: Callable[[], Snapshot], board: Board, complain: Callable[[str], None]) -> None:
        self._snapshot, self._complain = snapshot, complain
        plots = [name for name, view in board.views.items() if view.over_time]
        self.button = Listen(plots=plots, prefix=board.prefix, css_classes=["ncm-do-listen"], margin=(2, 3),
                             help="play the spikes as clicks, in real time")
        self.button.param.watch(lambda _: self._play(), "asked")

    def buttons(self, model: type[Model]) -> list[Viewable]:
        """Return the button where a model has spikes to play."""
        return [self.button] if is_audible(model) else []

    def _play(self) -> None:
        times, duration = heard(self._snapshot())
        kept = np.round(times[times < 1000.0 * LONGEST], 2).tolist()
        if not kept:
            self._complain("There is no spike to be heard.")
        elif duration > 1000.0 * LONGEST:
            self._complain(f"The first {LONGEST:g} seconds are played.")
        self.button.param.update(times=kept, seconds=min(duration / 1000.0, LONGEST), answered=self.button.asked)
