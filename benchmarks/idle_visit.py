"""What a visitor costs who opens a page and does nothing: `python -m benchmarks.idle_visit [--page slug ...]`.

The application and an empty page, as Panel makes it, are served by processes of their own. A visitor opens a page,
takes and acknowledges all that comes until nothing more does, and leaves. The processor time of the server, from the
first request until the session is closed and collected, stands beside that of the empty page. Somebody was on the
page before: its code is compiled, its answers are remembered.
"""

from __future__ import annotations

import argparse
import time

from benchmarks.servers import Served, panel_serve
from benchmarks.table import digits, table, verdict
from benchmarks.threads import plain_loop, processor_time
from benchmarks.visitors import run
from tests.support.visitor import Visitor, painted

CLOSED_AFTER = ("--unused-session-lifetime", "4000", "--check-unused-sessions", "250")
"""Sessions are closed soon, ms: else one would wait long for the end of a visit. Sooner, they end before they begin."""
QUIET = 1.0
"""Seconds without a message after which nothing more comes: late answers begin sooner."""
WANTED = 3.0
"""Times the processor time of a visit to the empty page."""
PAGES = ("ei_rate_network", "eif_poisson", "poisson_process", "leaky_integrator", "lorenz")


async def visit(port: int, query: str, page: str) -> None:
    """Open a page, take and acknowledge what comes, and leave."""
    async with Visitor(port, query, page) as visitor:
        await visitor.wake()
        while await painted(visitor, QUIET):
            pass


def cost(server: Served, count: int, query: str = "", page: str = "app") -> float:
    """Return the processor time of the server for one visit, s, the mean of some after two that do not count."""
    for visits in (2, count):
        before = server.cpu()
        for _ in range(visits):
            run(visit(server.port, query, page))
        time.sleep(5.0)
        if not server.wait_idle(120.0):
            raise SystemExit(f"the server of {query or page} was not quiet")
    return (server.cpu() - before) / count


def main() -> None:
    """Measure the pages and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", nargs="*", default=list(PAGES))
    parser.add_argument("--visits", type=int, default=10)
    arguments = parser.parse_args()
    loop = processor_time(plain_loop)
    with panel_serve("benchmarks/empty_page.py", *CLOSED_AFTER) as server:
        empty = cost(server, arguments.visits, page="empty_page")
    rows = [("the empty page", f"{digits(1000 * empty)} ms", "1", "", "", digits(empty / loop))]
    with panel_serve("app.py", *CLOSED_AFTER) as server:
        for slug in arguments.page:
            used = cost(server, arguments.visits, f"model={slug}")
            rows.append((slug, f"{digits(1000 * used)} ms", digits(used / empty), f"<= {WANTED:g}",
                         verdict(used / empty, WANTED), digits(used / loop)))
    print(table(("page", "processor time of a visit", "/ empty page", "wanted", "met", "/ plain loop"), rows))


if __name__ == "__main__":
    main()
