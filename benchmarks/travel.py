"""From page to page, measured in headless Chromium: `python -m benchmarks.travel`.

Each time is the one until all plots of the next page are painted and its controls stand there, beside a fresh load
of an empty page in the same shell of the same server. Times are noisy: trust the ratios.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.browser import Watched, chromium
from benchmarks.measures import first_plots
from benchmarks.servers import panel_serve
from benchmarks.table import digits, median, table, verdict
from tests.support.browser import VIEWPORT, find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from benchmarks.servers import Served

PAGES = ("leaky_integrator", "ei_rate_network", "hopf_system", "morris_lecar", "eif_poisson", "perceptron")
ROUNDS = 4
QUIET = 700
"""Nothing more is painted for the first time when nothing was for so long, ms."""


def travels(browser: Browser, server: Served) -> dict[str, list[float]]:
    """Return the times from home to each page, ms, after a first round that warms the server up."""
    context = browser.new_context(viewport=VIEWPORT)
    watched = Watched(context)
    watched.page.goto(server.url("app"))
    times: dict[str, list[float]] = {page: [] for page in PAGES}
    for turn in range(ROUNDS + 1):
        for page in PAGES:
            watched.page.wait_for_selector(f"a.ncm-model-{page}")
            watched.page.wait_for_timeout(1500)
            taken = watched.ask("([link, quiet]) => ncmProbe.travel(link, quiet)", [f"a.ncm-model-{page}", QUIET])
            if taken is None:
                raise RuntimeError(f"{page} did not come")
            if turn:
                times[page].append(float(taken))
            watched.page.locator(".ncm-do-home").click()
    context.close()
    return times


def main() -> None:
    """Measure and print the table."""
    if find_chromium() is None:
        raise SystemExit("no Chrome or Chromium found: install the chromium package")
    with panel_serve("app.py", "benchmarks/empty_page.py") as server, chromium() as browser:
        empty = first_plots(browser, {"empty": (server.url("empty_page"), 1)}, 5, warm=True)["empty"]
        rows = [[page, f"{digits(median(taken))} ms", digits(median(taken) / empty), "1.5",
                 verdict(median(taken) / empty, 1.5, None)] for page, taken in travels(browser, server).items()]
        print(table(("from home to", "all plots and controls", "to a fresh empty page", "at most", "met"), rows))
        print(f"\nA fresh load of an empty page in the same shell, scripts from the cache: {digits(empty)} ms.")


if __name__ == "__main__":
    main()
