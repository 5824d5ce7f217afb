"""Small browser-side parts: the live sentence, the address bar, what a browser remembers."""

from __future__ import annotations

from collections.abc import Callable

import panel as pn
import param

from ncm_app.core.share import MAX_QUERY
from ncm_app.pages.browser_code import browser_code
from ncm_app.pages.part import Part
from ncm_app.pages.session_loop import SessionLoop, Timer
from ncm_app.pages.upstream import at_once
from ncm_app.session.sent_values import is_count, is_text

PAUSE = 0.5
"""Seconds without a change after which the address is written."""


class Debounce:
    """Calls an action, with the document locked, once nothing has been waited for during a pause."""

    def __init__(self, action: Callable[[], None], loop: SessionLoop) -> None:
        self._action, self._loop = action, loop
        self._timer = Timer()

    def wait(self) -> None:
        """Let the pause begin anew."""
        self._timer.cancel()
        self._timer = self._loop.later(PAUSE, self._action)


class LiveText(Part):
    """A sentence that screen readers announce when it changes (aria-live)."""

    text = param.String(default="")
    tone = param.Selector(default="regime", objects=["regime", "check", "notice", "status", "numbers"])
    _esm = browser_code("sentence.js")
    _stylesheets = [browser_code("sentence.css")]


@at_once
class AddressBar(Part):
    """Keeps the browser's address, history and text size in step with the page's state.

    `query` is written into the address of the model `page`, of the history's step `entry`. After the user went
    back or forward, `popped` is the address and `popped_entry` its step, -1 for an address of another visit.
    `undos` and `redos` count the keys Ctrl+Z and Ctrl+Shift+Z, where nobody is typing.
    """

    page = param.String(default="")
    query = param.String(default="")
    entry = param.Integer(default=0)
    popped = param.String(default="")
    popped_entry = param.Integer(default=-1)
    pops = param.Integer(default=0)
    undos = param.Integer(default=0)
    redos = param.Integer(default=0)
    large = param.Boolean(default=False)
    _taken = {"popped": is_text(2 * MAX_QUERY), "pops": is_count, "undos": is_count, "redos": is_count,
              "popped_entry": lambda bar, value: value == -1 or is_count(bar, value)}
    _esm = browser_code("browser.js")


class ThemeCookie(Part):
    """Keeps in the browser, from page to page, whether pages are dark; `remembers` reads it and the size of text."""

    live = param.Boolean(default=False)
    _esm = "\n".join(map(browser_code, ("names.js", "memory.js")))

    def begin(self) -> None:
        """Tell the browser that the server listens."""
        self.live = True


def remembers(name: str) -> str:
    """Return what the browser that asks for this page has kept under a name, "" for nothing."""
    cookie = pn.state.cookies.get(f"ncm_{name}", "")
    return getattr(cookie, "value", cookie)
