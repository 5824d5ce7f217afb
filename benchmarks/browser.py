"""A headless Chromium and a page in it whose plots are watched by probe.js."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.browser import FLAGS, find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PROBE = Path(__file__).with_name("probe.js").read_text()
QUIET = 250
"""A picture is the last one of a change when none follows within this time, ms: sooner than slow
answers (limit cycles, manifolds) begin, which are not part of a frame."""
PLOTS = 5
"""Number of plots on the page of the rate network."""


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start a headless browser for the block."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=FLAGS)
        yield browser
        browser.close()


class Watched:
    """A page with the probe in it."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.add_init_script(PROBE)

    def open(self, url: str, plots: int = PLOTS) -> float:
        """Load an address; return the time until all its plots have been painted, ms.

        It returns when the page has told the server that it is ready.
        """
        self.page.add_init_script(f"window.ncmProbe.expected = {plots}")
        self.page.goto(url, wait_until="commit")
        self.page.wait_for_function("window.ncmProbe && window.ncmProbe.firstPicture !== null", polling=50)
        self.page.wait_for_function("window.ncmProbe.ready", polling=50)
        if "model=" in url and "dynamic" not in url:  # its controls come when it can answer
            self.page.wait_for_selector(".ncm-dt")
        return float(self.ask("ncmProbe.firstPicture"))

    def ask(self, expression: str, argument: Any = None) -> Any:
        """Evaluate JavaScript in the page."""
        return self.page.evaluate(expression, argument)

    def settle(self, quiet: int = 1500) -> None:
        """Wait until no plot has changed for a while."""
        self.ask("quiet => ncmProbe.settle(quiet)", quiet)

    def set(self, name: str, value: float) -> None:
        """Move a slider once and wait for the picture."""
        self.steps(name, [value])

    def steps(self, name: str, values: list[float], quiet: int = QUIET) -> list[float]:
        """Move a slider through values one by one; return each time to the picture, ms."""
        times = self.ask("([name, values, quiet]) => ncmProbe.steps(name, values, quiet)", [name, values, quiet])
        if None in times:
            raise RuntimeError(f"{name} = {values[times.index(None)]} changed no plot")
        return [float(t) for t in times]

    def growth(self, name: str, value: float, quiet: int = 1000) -> list[float]:
        """Move a slider once; return the times to all pictures of its answer, ms."""
        times = self.ask("([name, value, quiet]) => ncmProbe.growth(name, value, quiet)", [name, value, quiet])
        if not times:
            raise RuntimeError(f"{name} = {value} changed no plot")
        return [float(t) for t in times]

    def drag(self, name: str, values: list[float], rate: float = 60.0) -> dict[str, Any]:
        """Drag a slider; return its events, the pictures and samples of what was shown."""
        arguments = [name, values, rate, QUIET]
        return dict(self.ask("([name, values, rate, quiet]) => ncmProbe.drag(name, values, rate, quiet)", arguments))

    def traffic(self) -> float:
        """Return the bytes over the websocket so far, both ways."""
        return float(self.ask("ncmProbe.received + ncmProbe.sent"))

    def heap(self) -> float:
        """Return the bytes of the script heap that are in use after a collection."""
        session = self.page.context.new_cdp_session(self.page)
        for _ in range(3):
            session.send("HeapProfiler.collectGarbage")
        used = float(session.send("Runtime.getHeapUsage")["usedSize"])
        session.detach()
        return used

    def close(self) -> None:
        """Close the page as a user closes a tab."""
        self.page.close()
