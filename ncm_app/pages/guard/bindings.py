"""The names of Bokeh, Panel and Tornado that the guard takes the place of, and what for."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any, NamedTuple


class Binding(NamedTuple):
    """A name of a library, `module:attribute.attribute`: what it is for, and what happens without it."""

    where: str
    purpose: str
    without: str


BINDINGS = (
    Binding("bokeh.server.tornado:BokehTornado.find_handler", "looks at every request before it has a handler",
            "tokens are not checked before the handshake, no headers are added, bodies may be 100 MB"),
    Binding("bokeh.server.tornado:BokehTornado.sign_sessions", "tokens are signed whatever the command says",
            "anybody may choose the name of a session"),
    Binding("bokeh.server.tornado:BokehTornado.secret_key", "the secret of the process where none is given",
            "signing fails where BOKEH_SECRET_KEY is not set"),
    Binding("bokeh.server.views.ws:check_token_signature", "knows the page that was begun before the guard",
            "the first page of a server without --warm does not come alive"),
    Binding("panel.io.server:check_token_signature", "the same, where Panel signs a token anew",
            "the first page of a server without --warm does not come alive"),
    Binding("bokeh.server.views.ws:WSHandler.open", "sends the parts of a message at once",
            "each may wait 40 ms until the browser acknowledges the one before"),
    Binding("bokeh.server.views.ws:WSHandler.max_message_size", "bounds a part of a message",
            "one part may have 20 MB"),
    Binding("bokeh.server.views.ws:WSHandler._receive", "bounds a message before it is parsed",
            "a message may have any number of parts"),
    Binding("bokeh.server.views.ws:WSHandler._handle", "looks at a message before it is applied",
            "a browser may replace the whole document, and messages that fail are logged whole"),
    Binding("bokeh.server.protocol_handler:ProtocolHandler._handlers", "(set by its __init__) who answers what",
            "no message is answered"),
    Binding("bokeh.protocol.message:Message.__repr__", "tells a message in the log in short",
            "messages that fail are told whole until the log cuts them"),
    Binding("bokeh.core.serialization:Deserializer._decode_bytes", "bounds what compressed values inflate to",
            "one message may take gigabytes"),
    Binding("panel.io.location:_get_location_params", "takes any address apart",
            "an address with two question marks, or of IPv6, gives a traceback in place of a page"),
    Binding("panel.io.server:ComponentResourceHandler.parse_url_path", "serves files of loaded modules only",
            "an address can make the server import any module"),
)


def found(where: str) -> tuple[Any, str]:
    """Return the owner of a name and its last part; AttributeError if it is not there.

    A name that instances alone have stands in the annotations of its class.
    """
    module, _, path = where.partition(":")
    *owners, name = path.split(".")
    owner = functools.reduce(getattr, owners, importlib.import_module(module))
    if not hasattr(owner, name) and name not in getattr(owner, "__annotations__", {}):
        raise AttributeError(f"{where} is not there")
    return owner, name


def wrap(where: str, make: Callable[[Any], Any]) -> None:
    """Put `make(original)` in the place of a name of the list."""
    if not any(binding.where == where for binding in BINDINGS):
        raise LookupError(f"{where} is missing in the list of names")
    owner, name = found(where)
    original = getattr(owner, name)
    if getattr(owner, "__dict__", {}).get(name) is not None:
        original = owner.__dict__[name]
    setattr(owner, name, make(original))
