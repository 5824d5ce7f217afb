"""A real browser for the tests of pages, and the application served in this process."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import numba
import pytest

# The support of the tests, which the benchmarks share, is found from here.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ncm_app.studies import warm
from tests.support.browser import FLAGS, VIEWPORT, find_chromium
from tests.support.serving import InProcess, serve_here, start_pages

LOCAL = ("localhost", "127.0.0.1")
hypothesis.settings.register_profile("untimed", deadline=None)  # what a busy machine makes slow is not wrong
hypothesis.settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--require-browser", action="store_true", default=False,
                     help="fail, instead of skipping, where no Chrome or Chromium is found")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs a Chrome or Chromium; skipped where there is none")
    config.addinivalue_line("markers", "slow: takes more than ten seconds, or a server in a process of its own")
    config.addinivalue_line("markers", "compiler: asks for compiled code; skipped where Numba is told not to compile")
    config.addinivalue_line("markers", "sweep: what a quick round leaves out: more of the same, as it grows with "
                            "the catalogue, deep walks and whole pages; slow tests are such too")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def drives_a_browser(item: pytest.Item) -> bool:
        return "browser" in getattr(item, "fixturenames", ())

    def counts_sessions(item: pytest.Item) -> bool:
        return item.path.name == "test_sessions_browser.py"

    for item in items:
        if drives_a_browser(item):
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.sweep)
        if item.get_closest_marker("compiler") and numba.config.DISABLE_JIT:
            item.add_marker(pytest.mark.skip(reason="NUMBA_DISABLE_JIT is set"))
    # Panel collects garbage after each session, in seconds once thousands of other tests have filled
    # the process: sessions are counted first, then come the other pages, of those the browser's last.
    items.sort(key=lambda item: (not counts_sessions(item), item.path.parent.name != "pages", drives_a_browser(item)))


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A headless Chrome or Chromium, one for all tests; `NCM_APP_BROWSER` names one served elsewhere."""
    elsewhere, path, trouble = os.environ.get("NCM_APP_BROWSER"), find_chromium(), ""
    if importlib.util.find_spec("playwright") is None:
        trouble = "Playwright is not installed: pip install playwright"
    elif path is None and not elsewhere:
        trouble = "no Chrome or Chromium found: install the Debian package chromium, or Google Chrome"
    if trouble:
        (pytest.fail if request.config.getoption("--require-browser") else pytest.skip)(trouble)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = (playwright.chromium.connect(elsewhere) if elsewhere
                    else playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS))
        yield launched
        launched.close()


class Complaints(list[str]):
    """What went wrong in a page: errors, and requests that left this machine."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[str] = []

    def listen(self, page: Any) -> None:
        """Write down the errors and the requests of a page."""
        page.on("pageerror", lambda error: self.append(f"page error: {error}"))
        page.on("console", lambda m: self.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("request", lambda request: self.asked(request.url))
        page.on("websocket", lambda socket: self.asked(socket.url))

    def asked(self, url: str) -> None:
        """Keep the address of a request, and complain if it is not of this machine."""
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss"):
            self.requests.append(url)
            if parts.hostname not in LOCAL:
                self.append(f"request to {url}")


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    """A browser profile of its own; the test fails on any error in any of its pages.

    `context.complaints` holds the errors so far and, as `requests`, every address asked.
    """
    opened = browser.new_context(viewport=VIEWPORT)
    opened.set_default_timeout(30_000)
    opened.complaints = complaints = Complaints()
    opened.on("page", complaints.listen)
    yield opened
    opened.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(context: Any) -> Any:
    """A tab in which any console error, page error or external request fails the test."""
    return context.new_page()


@pytest.fixture(scope="session")
def started() -> None:
    """This process may serve pages, and compiles nothing of itself."""
    start_pages()


@pytest.fixture(scope="session")
def compiled(started: None) -> None:
    """All steppers are compiled, so that no page in the browser competes with a compiler."""
    warm.warm_all()


@pytest.fixture(scope="session")
def server(started: None) -> Iterator[InProcess]:
    """The application on a random port of this process; `server.url("app", "model=eif")`."""
    with serve_here() as served:
        yield served


@pytest.fixture(scope="session")
def patient_server(compiled: None) -> Iterator[InProcess]:
    """The same, with time for a slow browser to connect; use it unless sessions are counted."""
    with serve_here(lifetime=15_000) as served:
        yield served
