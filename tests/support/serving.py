"""Serve the application in this process, where its documents can be counted."""

from __future__ import annotations

import contextlib
import gc
import socket
import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import panel as pn
from bokeh.document import Document
from bokeh.io import curdoc

from ncm_app.studies import warm

ROOT = Path(__file__).resolve().parents[2]
PAGES = {"app": ROOT / "app.py", "empty_page": ROOT / "benchmarks" / "empty_page.py"}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as s:
        s.bind(("localhost", 0))
        return int(s.getsockname()[1])


def start_pages() -> None:
    """Prepare this process for pages, before any session opens; no thread compiles: a test compiles what it opens."""
    from ncm_app.pages import site  # not for tests of the numerics

    curdoc()  # the document that Bokeh keeps for the process is no session's
    warm._started.acquire(blocking=False)
    site.start()


@dataclass(frozen=True)
class InProcess:
    """The application on a port of this process."""

    port: int

    def url(self, page: str, query: str = "") -> str:
        """Return the address of one of its pages."""
        return f"http://localhost:{self.port}/{page}" + (f"?{query}" if query else "")

    def documents(self) -> int:
        """Return how many documents are alive after a collection."""
        gc.collect()
        # Not isinstance: it would ask lazy proxies for their class.
        return sum(type(thing) is Document for thing in gc.get_objects())

    def settled_documents(self, seconds: float = 40.0) -> int:
        """Return the number of documents once no session of the past is being closed."""
        until, count = time.monotonic() + seconds, self.documents()
        while time.monotonic() < until:
            time.sleep(6.0)
            before, count = count, self.documents()
            if count == before:
                break
        return count

    def documents_after(self, baseline: int, seconds: float = 30.0) -> int:
        """Return the number of documents once it is back at the baseline, or at last."""
        until = time.monotonic() + seconds
        while (count := self.documents()) > baseline and time.monotonic() < until:
            time.sleep(0.25)
        return count

    def frees(self, document: weakref.ref[Document], seconds: float = 30.0) -> bool:
        """Tell whether a document is gone, now or within some seconds."""
        until = time.monotonic() + seconds
        while document() is not None and time.monotonic() < until:
            gc.collect()
            time.sleep(0.25)
        return document() is None


@contextlib.contextmanager
def serve_here(lifetime: int = 4000) -> Iterator[InProcess]:
    """Serve the application and an empty page in a thread; closed sessions expire after `lifetime` ms.

    So do sessions whose browser takes longer than that from the page to the websocket.
    Panel then makes a new one that believes to live at /app/ws, and asks its network
    for style sheets: count sessions with a short lifetime, look at pages with a long one.
    """
    pages: dict[str, Any] = {name: str(path) for name, path in PAGES.items()}
    port = free_port()
    thread: Any = pn.serve(pages, port=port, address="localhost", show=False, threaded=True, verbose=False,
                           unused_session_lifetime_milliseconds=lifetime, check_unused_sessions_milliseconds=200)
    try:
        wait_until_served(port)
        yield InProcess(port)
    finally:
        thread.stop()


def wait_until_served(port: int) -> None:
    """Wait until a server that was started in a thread takes connections."""
    until = time.monotonic() + 30
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("localhost", port), 1):
            return
        if time.monotonic() > until:
            raise RuntimeError("the server did not start")
        time.sleep(0.1)
