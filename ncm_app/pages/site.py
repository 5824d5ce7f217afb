"""The shell: theme, header, and which page an address asks for; and what a process does before its first page."""

from __future__ import annotations

import functools
import sys
import threading
from typing import Any

import panel as pn
import panel_material_ui as pmui

from ncm_app.pages import guard
from ncm_app.pages.browser_code import browser_code
from ncm_app.pages.lean_models import make_models_lean
from ncm_app.pages.lean_sockets import make_sockets_lean
from ncm_app.pages.upstream import (
    heal_patch_curdoc,
    keep_own_document,
    load_from_here,
    on_destroyed,
)
from ncm_app.pages.visit import Visit
from ncm_app.studies.warm import warm_in_background

BREAKPOINTS = {"values": {"xs": 0, "sm": 700, "md": 900, "lg": 1200, "xl": 1536}}
SHELL: dict[str, Any] = {
    "sidebar_width": 310, "site_url": "?", "busy_indicator": None, "stylesheets": [browser_code("shell.css")],
    # Below 700 px the controls become a drawer and the cards stack.
    "theme_config": {"light": {"breakpoints": BREAKPOINTS, "palette": {"primary": {"main": "#00527F"}}},
                     "dark": {"breakpoints": BREAKPOINTS, "palette": {"primary": {"main": "#7CC4F0"}}}},
    "sx": {"& .MuiAppBar-root": {"backgroundColor": "#00456B", "color": "#FFFFFF"},
           "& .MuiAppBar-root .MuiToolbar-root": {"minHeight": "48px"},
           # The room that the header takes from the page, which is less than Material's.
           "& main .MuiToolbar-root, & aside .MuiToolbar-root": {"minHeight": "50px", "height": "50px"},
           # Two lines of a long title fit into the header of a phone.
           "@media (max-width: 600px)": {"& .MuiAppBar-root .MuiTypography-root": {"fontSize": "1.05rem",
                                                                                "lineHeight": 1.2}}},
}

SWITCH = 0.001
"""Seconds after which a thread that computes in Python lets another one go on: with Python's own 5 ms each step of a
frame waits that long beside late answers, or the compiler."""

_starting = threading.Lock()


def start() -> None:
    """Prepare this process for pages, before its first one, whatever command serves it; once.

    Raises ValueError where the host's settings cannot be read.
    """
    with _starting:  # two first visitors may come at once, in threads of their own
        _prepare()


@functools.cache
def _prepare() -> None:
    # MathJax ships its fonts and so works without the internet; KaTeX does not.
    pn.extension("mathjax", design=pmui.theme.MaterialDesign)
    sys.setswitchinterval(SWITCH)
    guard.install()
    make_models_lean()
    make_sockets_lean()
    heal_patch_curdoc()
    keep_own_document()
    warm_in_background()


def page() -> pmui.Page:
    """Return the page that the browser's address asks for."""
    document = pn.state.curdoc
    if document is not None:
        load_from_here(document)
    visit = Visit((pn.state.location.search or "").lstrip("?") if pn.state.location else "", SHELL)
    pn.state.on_session_destroyed(lambda _: visit.close())
    if document is not None:
        on_destroyed(document)
    return visit.shell
