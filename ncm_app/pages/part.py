"""The parts of a page that run in the browser, and what a browser may set of them.

Whatever a browser shows, anybody can send anything: only the names that a part lists arrive,
and only with values for which the part's own check holds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import panel as pn
from panel.custom import JSComponent

log = logging.getLogger(__name__)


class Part(JSComponent):
    """A component with the names that its browser may set; the others are the server's alone."""

    __abstract = True

    _taken: ClassVar[Mapping[str, Callable[[Any, Any], bool]]] = {}
    """Name -> check (part, value): what a browser may set, and to what."""

    def _update_properties(self, *events: Any, doc: Any) -> dict[str, Any]:
        """Pass on what changes as it is: Panel would look up what the page's design adds to it, which is nothing."""
        return {event.name: event.new for event in events}

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
