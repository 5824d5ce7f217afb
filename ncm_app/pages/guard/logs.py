"""How much a visitor can write into the log: bounded lines, a bounded rate, no control characters."""

from __future__ import annotations

import logging
import re
import threading
import time
import traceback
from collections.abc import Callable

MOST_LINE, MOST_TRACE = 600, 4000
"""Characters of a message and of its traceback."""

BURST, PER_SECOND = 20, 0.2
"""Records from one place in the code that are logged at once, and after that per second."""

REACHED = ("asyncio", "bokeh", "ncm_app", "panel", "panel_material_ui", "param", "tornado")
"""Loggers that a visitor makes write, with all below them."""

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def shortened(text: str, most: int) -> str:
    """Return a text of bounded length: its beginning, its end, and how much lies between."""
    if len(text) <= most:
        return text
    head = most // 4 if "\n" in text else most
    tail = most - head
    return f"{text[:head]} ... ({len(text) - most:,} characters left out) {text[len(text) - tail:] if tail else ''}"


def plain(text: str) -> str:
    """Return a text in which control characters are written out: no line and no colour of a visitor's own."""
    return CONTROL.sub(lambda match: ascii(match.group())[1:-1], text)


class Allowance:
    """At most `burst` at once, and `per_second` after that; `clock` in seconds."""

    def __init__(self, burst: float, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._per_second, self._clock = burst, per_second, clock
        self._left, self._at = burst, clock()
        self.dropped = 0

    def take(self) -> bool:
        """Use one if there is one; else count it as dropped."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            self.dropped += 1
            return False
        self._left -= 1
        return True


class Bounded(logging.Filter):
    """Shortens records, and drops those that come too fast from one place in the code; the next one tells how many."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._places: dict[tuple[str, int], Allowance] = {}
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Bound a record the first time that it is seen; False drops it."""
        seen: bool | None = getattr(record, "ncm_bounded", None)
        if seen is not None:
            return seen
        place = record.name, record.lineno
        with self._lock:
            if place not in self._places:
                self._places[place] = Allowance(BURST, PER_SECOND, self._clock)
            allowance = self._places[place]
            record.ncm_bounded = allowed = allowance.take()
            dropped, allowance.dropped = (allowance.dropped, 0) if allowed else (0, allowance.dropped)
        if allowed:
            self._shorten(record, dropped)
        return allowed

    def _shorten(self, record: logging.LogRecord, dropped: int) -> None:
        more = f" (and {dropped:,} more like it that were not logged)" if dropped else ""
        record.msg, record.args = plain(shortened(record.getMessage(), MOST_LINE)) + more, ()
        if record.exc_info and record.exc_info[0] is not None and not record.exc_text:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        if record.exc_text:
            record.exc_text = plain(shortened(record.exc_text, MOST_TRACE))


def bound_logs() -> None:
    """Bound what the loggers that a visitor reaches write, now and into any handler of the root."""
    bounded = Bounded()
    known = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in REACHED]
    for name in {*REACHED, *known}:
        logging.getLogger(name).addFilter(bounded)
    handlers = [*logging.root.handlers, *([logging.lastResort] if logging.lastResort else [])]
    for handler in handlers:
        handler.addFilter(OfVisitors(bounded))


class OfVisitors(logging.Filter):
    """The same for handlers, where records of other programs pass untouched."""

    def __init__(self, bounded: Bounded) -> None:
        super().__init__()
        self._bounded = bounded

    def filter(self, record: logging.LogRecord) -> bool:
        """Bound a record that a visitor may have caused."""
        return record.name.partition(".")[0] not in REACHED or self._bounded.filter(record)
