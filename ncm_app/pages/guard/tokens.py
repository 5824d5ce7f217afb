"""Tokens: signed with a secret that no visitor knows, and good for one websocket each."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from typing import Any

import panel as pn
from bokeh.settings import settings
from bokeh.util.token import check_session_id_signature, check_token_signature, get_token_payload

from ncm_app.pages.guard.bindings import wrap

PROCESS_SECRET = secrets.token_bytes(32)
"""Signs tokens where the host gives no secret (BOKEH_SECRET_KEY): it ends with the process."""

LONGEST = 65_536
"""Characters of a token; it holds the headers of the request for its page."""

_early: set[str] = set()
"""The token of the page in which the guard was installed, where a server was started without --warm."""


class Used:
    """Which tokens have opened a websocket, until they have expired; `clock` in seconds since 1970."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._until: dict[bytes, float] = {}

    def __len__(self) -> int:
        return len(self._until)

    def take(self, token: str, until: float) -> bool:
        """Use a token that expires at `until`; False if it has been used."""
        now = self._clock()
        for old in [key for key, end in self._until.items() if end < now]:
            del self._until[old]
        key = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        if key in self._until:
            return False
        self._until[key] = until
        return True


USED = Used()


def secret() -> bytes:
    """Return what tokens are signed with: the host's secret, or that of the process."""
    return settings.secret_key_bytes() or PROCESS_SECRET


def is_signed(token: str, key: bytes) -> bool:
    """Tell whether this server made a token; never raises."""
    if token in _early:
        return True
    if not token.isascii() or len(token) > LONGEST or not token.isprintable():
        return False
    try:
        return bool(check_token_signature(token, secret_key=key, signed=True))
    except Exception:  # a text that is no token at all fails in a dozen ways, all of which mean no
        return False


def is_signed_name(session_id: str, key: bytes) -> bool:
    """Tell whether this server chose the name of a session; never raises."""
    base, _, signature = session_id.partition(".")
    if not (base and signature and session_id.isascii() and session_id.isprintable()):
        return False
    return bool(check_session_id_signature(session_id, secret_key=key, signed=True))


def expiry(token: str) -> float:
    """Return when a signed token expires, seconds since 1970; 0 if it does not say."""
    return float(get_token_payload(token).get("session_expiry", 0))


def sign_all() -> None:
    """Make every server of the process sign its tokens."""
    wrap("bokeh.server.tornado:BokehTornado.sign_sessions", lambda _: property(lambda self: True))
    wrap("bokeh.server.tornado:BokehTornado.secret_key",
         lambda original: property(lambda self: original.fget(self) or secret()))
    for where in ("bokeh.server.views.ws:check_token_signature", "panel.io.server:check_token_signature"):
        wrap(where, _knowing_early)
    document = pn.state.curdoc
    context = document.session_context if document is not None else None
    token = getattr(context, "_token", None)
    if token:
        _early.add(token)


def _knowing_early(original: Callable[..., Any]) -> Callable[..., Any]:
    def checked(token: str, *args: Any, **kwargs: Any) -> bool:
        return token in _early or bool(original(token, *args, **kwargs))

    return checked
