"""The pointer on the plots: a click asks for something, a drag holds on to what it began on."""

from __future__ import annotations

from collections.abc import Callable

from ncm_app.session.clicks import Response, Shown, grabs, respond, turned
from ncm_app.session.sent_values import is_place


class PlotGestures:
    """Turns clicks and drags into responses; `shown(view)` tells what a plot shows now."""

    def __init__(self, shown: Callable[[str], Shown], follow: Callable[[str, Response], None]) -> None:
        self._shown, self._follow = shown, follow
        self._held, self._place = "", (0.0, 0.0)

    def click(self, view: str, x: float, y: float) -> None:
        """Ask for what a click at a place means."""
        if not is_place(x, y):
            return
        response = respond(view, x, y, self._shown(view))
        if response is not None:
            self._follow(view, response)

    def drag(self, view: str, x: float, y: float, phase: str) -> None:
        """Follow a drag ("panstart", "pan", "panend") that began on something; else it is the plot's own."""
        if not is_place(x, y):
            return
        if phase == "panstart":
            self._held = view if grabs(view, x, y, self._shown(view)) else ""
        elif self._held == view == "space":
            shown = self._shown(view)
            (left, right), (bottom, top) = shown.limits
            across, up = (x - self._place[0]) / (right - left), (y - self._place[1]) / (top - bottom)
            self._follow(view, Response({}, turned(shown.settings, across, up)))
        elif self._held == view:
            self.click(view, x, y)
        self._place = x, y
        if phase == "panend":
            self._held = ""
