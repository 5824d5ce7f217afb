"""What one message of a browser may hold: its kind, its size, its depth, and what it inflates to."""

from __future__ import annotations

import base64
import binascii
import logging
import weakref
import zlib
from collections.abc import Callable
from typing import Any

from ncm_app.pages.guard.bindings import wrap
from ncm_app.pages.guard.logs import shortened

MOST_PART, MOST_MESSAGE, MOST_BYTES = 4 << 20, 6 << 20, 6 << 20
"""Bytes of one part of a message, of all its parts, and of what its compressed values inflate to."""

MOST_VALUES, MOST_DEPTH, MOST_PULLS = 5000, 40, 3
"""Values in a message, how deep they are nested, and how often a browser may ask for the whole page."""

TAKEN = ("PATCH-DOC", "PULL-DOC-REQ", "SERVER-INFO-REQ")
"""Kinds of messages that pages send. The others would replace the whole document."""

EVENTS = ("ModelChanged", "MessageSent")
"""Kinds of changes that pages send. The others would give the document new parts."""

NUMBERS = ("bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64", "object")
"""Types of arrays: NumPy knows some, such as S1000000, that make much of little."""

log = logging.getLogger(__name__)


class Refused(Exception):
    """What a page never sends; its socket is closed."""


class Traffic:
    """What one socket has sent: the bytes of the message under way, and how often it asked for the page."""

    def __init__(self) -> None:
        self.bytes = self.pulls = 0
        self.refused = False

    def weigh(self, part: str | bytes) -> None:
        """Count a part of a message; Refused if it or the message holds too much."""
        self.bytes += len(part)
        if len(part) > MOST_PART or self.bytes > MOST_MESSAGE:
            raise Refused(f"a message of more than {MOST_MESSAGE >> 20} MB")
        # Before it is parsed: each costs many times the bytes that it has in the text.
        if isinstance(part, str) and part.count(",") + part.count("[") + part.count("{") > MOST_VALUES:
            raise Refused(f"a message with more than {MOST_VALUES:,} values")


_traffic: weakref.WeakKeyDictionary[Any, Traffic] = weakref.WeakKeyDictionary()


def check(message: Any) -> None:
    """Look at a message that is whole and not yet applied; Refused if no page sends it."""
    header = message.header
    if not (isinstance(header, dict) and isinstance(header.get("msgid"), str) and len(header["msgid"]) <= 64):
        raise Refused("a message without a name")
    if message.msgtype not in TAKEN:
        raise Refused(f"a message of the kind {message.msgtype}")
    if message.msgtype != "PATCH-DOC":
        return
    content = message.content
    events = content.get("events") if isinstance(content, dict) else None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise Refused("a change without events")
    for event in events:
        if event.get("kind") not in EVENTS:
            raise Refused(f"a change of the kind {shortened(repr(event.get('kind')), 40)}")
    check_values(events)


def check_values(values: Any) -> None:
    """Go through values that JSON gave; Refused for those nested too deep, and for types no page sends."""
    level, depth = [values], 0
    while level:
        depth += 1
        if depth > MOST_DEPTH:
            raise Refused(f"values nested more than {MOST_DEPTH} deep")
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                if value.get("type") == "object":
                    raise Refused("a new object")
                if value.get("type") == "ndarray" and value.get("dtype") not in NUMBERS:
                    raise Refused("an array of an unknown type")
                below.extend(inner for inner in value.values() if isinstance(inner, dict | list))
            elif isinstance(value, list):
                below.extend(inner for inner in value if isinstance(inner, dict | list))
        level = below


def inflated(data: str, room: int) -> bytes:
    """Return what base64 of gzip holds, at most `room` bytes; Refused if there is more, or if it is damaged."""
    try:
        packed = base64.b64decode(data, validate=True)
        inflate = zlib.decompressobj(wbits=31)
        plain = inflate.decompress(packed, room + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise Refused("a compressed value that is damaged") from None
    if len(plain) > room:
        raise Refused(f"a message that inflates to more than {MOST_BYTES >> 20} MB")
    if not inflate.eof or inflate.unused_data:
        raise Refused("a compressed value that is damaged")
    return plain


def _bytes_decoded(original: Callable[..., Any]) -> Callable[..., Any]:
    def decode_bytes(self: Any, obj: Any) -> Any:
        data = obj.get("data") if isinstance(obj, dict) else None
        if not isinstance(data, str):
            return original(self, obj)
        left = getattr(self, "ncm_room", MOST_BYTES)
        plain = inflated(data, left)
        self.ncm_room = left - len(plain)
        return plain

    return decode_bytes


def _part_received(original: Callable[..., Any]) -> Callable[..., Any]:
    async def receive(self: Any, fragment: str | bytes) -> Any:
        traffic = _traffic.setdefault(self, Traffic())
        if traffic.refused:  # what comes until the socket is closed
            return None
        try:
            traffic.weigh(fragment)
            message = await self.receiver.consume(fragment)
        except Exception as error:  # what a browser sends can be wrong in any way
            _close(self, error)
            return None
        if message is not None:
            traffic.bytes = 0
        return message

    return receive


def _message_handled(original: Callable[..., Any]) -> Callable[..., Any]:
    async def handle(self: Any, message: Any) -> Any:
        try:
            check(message)
            traffic = _traffic.setdefault(self, Traffic())
            traffic.pulls += message.msgtype == "PULL-DOC-REQ"
            if traffic.pulls > MOST_PULLS:
                raise Refused("the whole page asked for again and again")
            return await self.handler._handlers[message.msgtype](message, self.connection)
        except Refused as error:
            _close(self, error)
            return None
        except Exception as error:
            log.exception("A message of the kind %s was not applied", message.msgtype)
            return self.connection.error(message, shortened(repr(error), 200))

    return handle


def _close(socket: Any, error: Exception) -> None:
    _traffic.setdefault(socket, Traffic()).refused = True
    words = str(error) if isinstance(error, Refused) else f"a message that cannot be read ({type(error).__name__})"
    log.warning("Closed a websocket from %s: %s", socket.request.remote_ip, words)
    socket.close(1008, shortened(words, 100))


def _opened(original: Callable[..., Any]) -> Callable[..., Any]:
    def open_at_once(self: Any, *given: Any, **named: Any) -> Any:
        self.set_nodelay(True)
        return original(self, *given, **named)

    return open_at_once


def bound_messages() -> None:
    """Bound what one message can do, for every server of the process."""
    wrap("bokeh.server.views.ws:WSHandler.max_message_size",
         lambda original: property(lambda self: min(original.fget(self), MOST_PART)))
    wrap("bokeh.server.views.ws:WSHandler._receive", _part_received)
    wrap("bokeh.server.views.ws:WSHandler._handle", _message_handled)
    wrap("bokeh.server.views.ws:WSHandler.open", _opened)
    wrap("bokeh.core.serialization:Deserializer._decode_bytes", _bytes_decoded)
    wrap("bokeh.protocol.message:Message.__repr__",
         lambda _: lambda self: f"Message {self.msgtype!r} of {len(self._content_json or ''):,} characters")
