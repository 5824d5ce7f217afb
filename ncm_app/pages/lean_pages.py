"""What Panel and Bokeh look up anew for each page, looked up once for all pages of a process that are alike."""

from __future__ import annotations

import functools
from collections.abc import Callable
from copy import copy
from typing import Any

from bokeh.core.has_props import is_DataModel
from bokeh.core.serialization import Serializer
from bokeh.model import Model
from bokeh.settings import settings
from panel.config import config
from panel.io import server
from panel.io.state import state

KEPT = 8
"""Answers of each kind that are kept: there are some kinds of pages, and classes are added at first only."""
SETTINGS = ("css_files", "js_files", "js_modules", "raw_css", "global_css")
"""What an application may let all its pages load."""


def make_pages_lean() -> None:
    """Let Panel look for scripts and style sheets, and Bokeh describe its classes, once for pages that are alike."""
    kept: Any = server, Serializer
    pages, serializer = kept
    pages.bundle_resources = bundled_once(pages.bundle_resources)
    serializer._encode_list = with_known_classes(serializer._encode_list)
    # Else each model asks files and the environment for these, when it is made and when it is sent.
    settings.simple_ids = settings.simple_ids()
    settings.serialize_include_defaults = settings.serialize_include_defaults()


def bundled_once(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the search for what a page loads, whose answer serves all pages of the same models and settings."""
    known: dict[Any, Any] = {}

    @functools.wraps(original)
    def bundle(roots: Any, resources: Any, **options: Any) -> Any:
        document = state.curdoc
        if document is None or options:
            return original(roots, resources, **options)
        key = (resources.mode, resources.root_url, state.rel_path, state.base_url, config.design,
               repr([getattr(config, name) for name in SETTINGS]), frozenset(state._extensions or ()),
               len(Model.model_class_reverse_map), frozenset(map(type, document.models)))
        if key not in known:
            if len(known) >= KEPT:
                known.clear()
            known[key] = original(roots, resources)
        found = copy(known[key])
        found.__dict__ = {name: copy(value) for name, value in found.__dict__.items()}
        return found

    return bundle


def with_known_classes(original: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Return the encoding of lists, which describes the classes with which a message begins once for all messages."""
    known: dict[tuple[Any, ...], tuple[list[Any], dict[int, Any]]] = {}

    @functools.wraps(original)
    def encode_list(self: Any, things: Any) -> list[Any]:
        if self._references or not things or not all(isinstance(one, type) and is_DataModel(one) for one in things):
            return original(self, things)
        key = tuple(things)
        if key not in known:
            if len(known) >= KEPT:
                known.clear()
            described = original(self, things)
            if self._buffers:
                return described
            known[key] = described, dict(self._references)
        described, references = known[key]
        self._references.update(references)
        return described

    return encode_list
