"""What every answer says to the browser: no guessing of types, whose pages may frame it, no foreign credentials."""

from __future__ import annotations

import os
from typing import Any

from tornado.web import OutputTransform

VARIABLE = "NCM_APP_FRAME_ANCESTORS"
"""Environment variable: who may show pages in a frame, as in Content-Security-Policy's frame-ancestors."""

OPTIONS = {"'self'": "SAMEORIGIN", "'none'": "DENY"}
"""What older browsers are told where it can be said to them."""


def frame_ancestors(text: str | None = None) -> str:
    """Return who may show pages in a frame; raises ValueError for what is no list of sources."""
    given = os.environ.get(VARIABLE, "") if text is None else text
    sources = given.split() or ["'self'"]
    if any(not source.isascii() or not source.isprintable() or set(source) & set(";,\"") for source in sources):
        raise ValueError(f"{VARIABLE} is a list such as \"'self' https://school.example\", with spaces between, "
                         f"not {given[:80]!r}")
    return " ".join(sources)


class GuardHeaders(OutputTransform):
    """Adds the headers to the first part of every answer, also to errors and files."""

    def transform_first_chunk(self, status_code: int, headers: Any, chunk: bytes,
                              finishing: bool) -> tuple[int, Any, bytes]:
        """Return the status, the headers with those of the guard, and the data as it is."""
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        framed = frame_ancestors()
        headers["Content-Security-Policy"] = f"frame-ancestors {framed}"
        if framed in OPTIONS:
            headers["X-Frame-Options"] = OPTIONS[framed]
        # Pages elsewhere may ask for autoload.js as nobody, never in a visitor's name.
        headers.pop("Access-Control-Allow-Credentials", None)
        if "Access-Control-Allow-Origin" in headers:
            headers["Access-Control-Allow-Origin"] = "*"
        return status_code, headers, chunk
