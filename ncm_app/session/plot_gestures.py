"""The pointer on the plots: a click asks for something, a drag holds on to what it began on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ncm_app.core.touch import Place
from ncm_app.session.clicks import Response, Shown, grabs, meant, painted, respond, turned
from ncm_app.session.sent_values import is_place
from ncm_app.views.gestures import Drag


class PlotGestures:
    """Turns clicks and drags into responses; `shown(view)` tells what a plot shows now.

    `follow(response, drag)` is called with the number of the drag, 0 for a click.
    """

    def __init__(self, shown: Callable[[str], Shown], follow: Callable[[Response, int], None]) -> None:
        self._shown, self._follow = shown, follow
        self._held, self._place = "", (0.0, 0.0)
        self._drags = 0
        self._meant: Any = None

    def click(self, view: str, x: float, y: float) -> None:
        """Ask for what a click at a place means."""
        if is_place(x, y):
            self._respond(view, x, y, 0)

    def _respond(self, view: str, x: float, y: float, drag: int) -> None:
        response = respond(x, y, self._shown(view))
        if response is not None:
            self._follow(response, drag)

    def paint(self, view: str, places: Sequence[Place], begins: bool) -> None:
        """Draw on through some places; a stroke that `begins` decides what it does with its first place."""
        shown = self._shown(view)
        if begins:
            self._drags += 1
            self._meant = meant(places[0], shown)
        self._follow(painted(places, None if begins else self._place, self._meant, shown), self._drags)
        self._place = places[-1]

    def drag(self, view: str, x: float, y: float, phase: str) -> None:
        """Follow a drag ("panstart", "pan", "panend") that began on something; else it is the plot's own."""
        if not is_place(x, y):
            return
        shown = self._shown(view)
        if phase == "panstart":
            self._held = view if grabs(x, y, shown) else ""
            self._drags += 1
        elif self._held == view and shown.view.drag is Drag.TURN:
            (left, right), (bottom, top) = shown.limits
            across, up = (x - self._place[0]) / (right - left), (y - self._place[1]) / (top - bottom)
            self._follow(Response({}, turned(shown.choices, across, up)), self._drags)
        elif self._held == view:
            self._respond(view, x, y, self._drags)
        self._place = x, y
        if phase == "panend":
            self._held = ""
