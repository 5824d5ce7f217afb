"""Addresses that Panel cannot take apart, and files that it looks for in modules nobody has loaded."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tornado.web import HTTPError

from ncm_app.pages.guard.bindings import wrap


def location_parts(protocol: str | None, host: str | None, uri: str | None) -> dict[str, str]:
    """Return the parts of a request's address by the names of `window.location`; takes any text.

    Everything after the first question mark is the search, up to the first "#".
    """
    parts: dict[str, str] = {}
    href = ""
    if protocol:
        parts["protocol"] = href = f"{protocol}:"
    if host:
        href += f"//{host}"
        name, port = _host_and_port(host)
        parts |= {"hostname": name, **({"port": port} if port else {})}
    if uri:
        if uri.startswith(("http://", "https://")):  # as proxies ask
            uri = "/" + uri.partition("//")[2].partition("/")[2]
        before, mark, fragment = uri.partition("#")
        path, question, search = before.partition("?")
        parts["pathname"] = path if "/" in path else f"/{path}"
        href += uri
        if question and search:
            parts["search"] = f"?{search}"
        if mark and fragment:
            parts["hash"] = f"#{fragment}"
    return {**parts, "href": href}


def _host_and_port(host: str) -> tuple[str, str]:
    if host.startswith("["):  # IPv6
        name, _, rest = host.partition("]")
        return f"{name}]", rest.removeprefix(":")
    name, _, port = host.rpartition(":") if host.count(":") == 1 else (host, "", "")
    return name, port


def only_loaded(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return Panel's search for a component's file, without the import of what an address names."""
    def parse_url_path(self: Any, path: str) -> Any:
        if path.partition("/")[0] not in sys.modules:
            raise HTTPError(404)
        try:
            return original(self, path)
        except HTTPError:
            raise
        except Exception as error:  # made-up classes fail in as many ways as there are
            raise HTTPError(404) from error

    return parse_url_path


def take_any_address() -> None:
    """Let Panel take any address apart, and import nothing for one."""
    wrap("panel.io.location:_get_location_params", lambda _: location_parts)
    wrap("panel.io.server:ComponentResourceHandler.parse_url_path", only_loaded)
