"""The parts of a page that run in the browser, and what a browser may set of them.

Whatever a browser shows, anybody can send anything: only the names that a part lists arrive,
and only with values for which the part's own check holds.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import panel as pn
from panel.custom import JSComponent
from param.parameterized import no_instance_params

INHERITED = frozenset(JSComponent.param)
"""Names that every component has: sizes, margins, style sheets."""
log = logging.getLogger(__name__)


class Part(JSComponent):
    """A component with the names that its browser may set; the others are the server's alone."""

    __abstract = True

    _taken: ClassVar[Mapping[str, Callable[[Any, Any], bool]]] = {}
    """Name -> check (part, value): what a browser may set, and to what."""
    _bundle_path = None  # the code is at hand: no file of it is looked for, in ten places for each part

    def __init__(self, **params: Any) -> None:
        no_instance_params(type(self))  # else each part has copies of its forty parameters, to read their defaults from
        super().__init__(**params)

    @classmethod
    @functools.cache
    def _render_esm(cls, compiled: Any = True, server: bool = False) -> str:
        return super()._render_esm(compiled, server)  # type: ignore[no-any-return]

    def _update_properties(self, *events: Any, doc: Any) -> dict[str, Any]:
        """Pass on names of its own as they are: Panel would look up what the page's design adds to them, nothing."""
        if any(event.name in INHERITED for event in events):
            return super()._update_properties(*events, doc=doc)  # type: ignore[no-any-return]
        sent = self._in_process__events.get(doc, {})  # what its browser has just sent does not go back there
        return {event.name: event.new for event in events
                if event.name not in sent or sent[event.name] != event.new}

    def _process_events(self, events: dict[str, Any]) -> None:
        """Take what a browser has set, and what for names it may; Panel's state "busy" has nobody who listens."""
        document = pn.state.curdoc
        if document is not None:
            self._in_process__events[document] = events  # not to be sent back
        try:
            self.param.update(**self._process_property_change(events))
        finally:
            if document is not None:
                self._in_process__events.pop(document, None)

    def _process_property_change(self, props: dict[str, Any]) -> dict[str, Any]:
        good = {name: value for name, value in props.items() if name in self._taken and self._taken[name](self, value)}
        if len(good) < len(props):
            names = ", ".join(sorted(set(props) - set(good)))
            log.warning("A browser set %s of a %s to what it cannot be", names, type(self).__name__)
        return super()._process_property_change(good)  # type: ignore[no-any-return]
