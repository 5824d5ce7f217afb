"""Small browser-side parts: the live sentence and the address bar."""

from __future__ import annotations

import param
from panel.custom import JSComponent

from ncm_app.pages.browser_code import browser_code


class Sentence(JSComponent):
    """A sentence that screen readers announce when it changes (aria-live)."""

    text = param.String(default="")
    tone = param.Selector(default="regime", objects=["regime", "check", "notice", "status", "numbers"])
    _esm = browser_code("sentence.js")
    _stylesheets = [browser_code("sentence.css")]


class Browser(JSComponent):
    """Keeps the browser's address and text size in step with the page's state.

    `query` is written into the address (a new history entry when `entry` has grown);
    `popped` is the address after the user went back or forward.
    """

    query = param.String(default="")
    entry = param.Integer(default=0)
    popped = param.String(default="")
    pops = param.Integer(default=0)
    large = param.Boolean(default=False)
    _debounce = 0
    _esm = browser_code("browser.js")
