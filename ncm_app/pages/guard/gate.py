"""Every request, before a handler is found for it: refused with a status and one line of the log, or let in."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from tornado.httputil import HTTPServerRequest
from tornado.web import ErrorHandler

from ncm_app.pages.guard import tokens
from ncm_app.pages.guard.bindings import wrap
from ncm_app.pages.guard.headers import GuardHeaders

MOST_BODY = 65_536
"""Bytes of a request's body; no page takes any."""

METHODS = ("GET", "HEAD", "OPTIONS")
log = logging.getLogger(__name__)


class Refusal(NamedTuple):
    """The status of the answer, and the reason for the log."""

    status: int
    reason: str


def refusal(request: HTTPServerRequest, key: bytes, now: float | None = None) -> Refusal | None:
    """Return why a request is refused, None if it is not; uses up the token of a websocket."""
    if request.method == "OPTIONS" and "Origin" not in request.headers:
        return Refusal(400, "OPTIONS without an Origin")
    path = unquote_to_bytes(request.path)
    if any(byte < 32 or byte == 127 for byte in path):
        return Refusal(400, "control characters in a path")
    if request.path.endswith("/ws"):
        return _refused_socket(request, key, time.time() if now is None else now)
    given = [value for name in ("bokeh-token", "bokeh-session-id") for value in request.arguments.get(name, [])]
    names = [*given[len(request.arguments.get("bokeh-token", [])):],
             *(name.encode("latin-1", "replace") for name in request.headers.get_list("Bokeh-Session-Id"))]
    chosen = [value.decode("latin-1") for value in request.arguments.get("bokeh-token", [])]
    if not all(tokens.is_signed(token, key) for token in chosen):
        return Refusal(403, "a token that this server did not make")
    if not all(tokens.is_signed_name(name.decode("latin-1"), key) for name in names):
        return Refusal(403, "a name of a session that this server did not choose")
    return None


def _refused_socket(request: HTTPServerRequest, key: bytes, now: float) -> Refusal | None:
    if not request.headers.get("Origin"):
        return Refusal(403, "a websocket without an Origin")
    given = [part.strip() for part in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
    if len(given) != 2 or given[0] != "bokeh":
        return Refusal(403, "a websocket without a token")
    token = given[1]
    if not tokens.is_signed(token, key):
        return Refusal(403, "a websocket with a token that this server did not make")
    until = tokens.expiry(token)
    if until <= now:
        return Refusal(403, "a websocket with a token that has expired")
    if not tokens.USED.take(token, until):
        return Refusal(403, "a second websocket with one token")
    return None


def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return Tornado's search for a handler with the gate before it."""
    def find_handler(self: Any, request: HTTPServerRequest, **kwargs: Any) -> Any:
        if GuardHeaders not in self.transforms:
            self.add_transform(GuardHeaders)
        # Tornado would read 100 MB before a handler says that it takes none.
        request.connection.set_max_body_size(MOST_BODY)  # type: ignore[union-attr]
        refused = refusal(request, self.secret_key)
        if refused is None:
            return original(self, request, **kwargs)
        log.warning("Refused: %s, from %s", refused.reason, request.remote_ip)
        return self.get_handler_delegate(request, ErrorHandler, {"status_code": refused.status})

    return find_handler


def stand_at_the_gate() -> None:
    """Look at every request of every server of the process."""
    wrap("bokeh.server.tornado:BokehTornado.find_handler", guarded)
