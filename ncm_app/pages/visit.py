"""One visit: the shell stays while the pages that it shows come and go, without a reload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param

from ncm_app.core import catalogue
from ncm_app.core.capabilities import is_flow
from ncm_app.core.model import Flow, Model
from ncm_app.core.share import MAX_QUERY, Shared, decode
from ncm_app.pages.browser_code import browser_code
from ncm_app.pages.browser_widgets import LiveText, ThemeCookie, remembers
from ncm_app.pages.home import home
from ncm_app.pages.layout import column
from ncm_app.pages.model_page import ModelPage
from ncm_app.pages.part import Part
from ncm_app.pages.session_loop import SessionLoop
from ncm_app.pages.upstream import at_once, detach_busy_watcher
from ncm_app.session.sent_values import is_count, is_text
from ncm_app.studies.warm import is_compiling, prefer

HOME = "ncm: neural circuits, live"
PREPARING = "This page is opened for the first time since the server was started: its code is being compiled."
PAUSE = 0.1
"""Seconds between two looks at whether a page is compiled."""


@at_once
class Traveller(Part):
    """Asks the server for the page behind a link that was clicked, or to which the browser went back.

    `to` is the query of its address, `trips` counts; `near` is the model under the pointer; `page` the model
    that is shown, "" at home, and `arrivals` counts the pages that have come.
    """

    to = param.String(default="")
    trips = param.Integer(default=0)
    near = param.String(default="")
    live = param.Boolean(default=False)
    page = param.String(default="")
    title = param.String(default="")
    arrivals = param.Integer(default=0)
    _taken = {"to": is_text(2 * MAX_QUERY), "trips": is_count, "near": is_text(64)}
    _esm = "\n".join(map(browser_code, ("names.js", "connection.js", "travel.js")))


class Visit:
    """What one session shows: the page that its address asks for, and each one to which it goes on."""

    def __init__(self, query: str, look: Mapping[str, Any]) -> None:
        shared = decode(query)
        self.traveller, self.memory = Traveller(page=shared.model), ThemeCookie()
        # In a column of Bokeh's, figures are built before they are measured; in the shell itself they are not.
        self._place = column()
        self.shell = pmui.Page(title=title_of(shared), main=[self._place, self.memory, self.traveller],
                               dark_theme=remembers("theme") == "dark", **look)
        self._loop = SessionLoop(pn.state.curdoc)
        self._content: ModelPage | None = None
        self._large = remembers("text") == "large"
        self._show(shared, query)
        detach_busy_watcher(self.shell)
        self.shell.param.watch(lambda event: self._content and self._content.paint(event.new), "dark_theme")
        self.traveller.param.watch(lambda _: self.go(self.traveller.to), "trips")
        self.traveller.param.watch(lambda event: prepare(event.new), "near")
        self._loop.when_ready(self._listen)

    def go(self, query: str) -> None:
        """Leave the page that is shown for the one behind an address."""
        shared = decode(query)
        self.close()
        self._show(shared, query)
        self.traveller.param.update(page=shared.model, title=self.shell.title, arrivals=self.traveller.arrivals + 1)

    def _show(self, shared: Shared, query: str) -> None:
        if not shared.model:
            self._content = None
            self.shell.param.update(title=HOME, sidebar=[])
            self._place.objects = [home(shared.complaints)]
            return
        model = catalogue.find(shared.model)
        prefer(model)
        self._content = None
        if not is_flow(model) and is_compiling(model):
            # Its first answer would wait for the compiler, and everybody on this server with it.
            self.shell.param.update(title=title_of(shared), sidebar=[])
            self._place.objects = [LiveText(text=PREPARING, tone="status", css_classes=["ncm-preparing"], margin=16)]
            self._look_again(model, query, self.traveller.trips)
        else:
            self._open(model, query)

    def _look_again(self, model: type[Flow], query: str, trip: int) -> None:
        """Open a page once it is compiled, unless its visitor has gone elsewhere."""
        if trip == self.traveller.trips and self._content is None:
            if is_compiling(model):
                self._loop.later(PAUSE, lambda: self._look_again(model, query, trip))
            else:
                self._open(model, query)

    def _open(self, model: type[Flow], query: str) -> None:
        self._content = content = ModelPage(model, query, self._large)
        content.paint(self.shell.dark_theme)
        if self.traveller.live:
            content.go_live()
        self.shell.param.update(title=f"{model.chapter} {model.title}", sidebar=[content.bench.side])
        self._place.objects = [content.body()]

    def _listen(self) -> None:
        self.memory.begin()
        self.traveller.live = True
        if self._content is not None:
            self._content.go_live()

    def close(self) -> None:
        """Stop all work of the page that is shown, as when it is left or the session ends."""
        if self._content is not None:
            self._large = self._content.bench.state.large
            self._content.close()


def title_of(shared: Shared) -> str:
    """Return the title of the page that a link asks for."""
    if not shared.model:
        return HOME
    model = catalogue.find(shared.model)
    return f"{model.chapter} {model.title}"


def prepare(slug: str) -> None:
    """Let a page that may be asked for next be compiled."""
    model: type[Model] | None = catalogue.models().get(slug)
    if model is not None:
        prefer(model)
