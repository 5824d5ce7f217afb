"""What a first start costs: `python -m benchmarks.first_start` serves the application with no compiled code on disk.

One page is open. The processor time until the server is quiet stands beside that of a second start, which finds the
code on disk, and beside a plain loop of the same run. Then the page's slider is moved while a third server, again
without code, compiles, and as often once it is quiet.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time

from benchmarks.frame_cost import places, slider_of
from benchmarks.servers import Served, panel_serve
from benchmarks.table import digits, median, table, verdict
from benchmarks.threads import plain_loop, processor_time
from benchmarks.visitors import run
from ncm_app.core.catalogue import find
from tests.support.visitor import Visitor, painted

PATIENCE = 400.0
"""Seconds in which a start must be over."""
PAUSE = 0.25
"""Seconds without a picture after which the slider is moved again: sooner than late answers begin."""
WANTED, SLOWER = 15.0, 1.5
"""Processor time until quiet, s, and how many times slower the slider may be meanwhile."""


async def opened(port: int, slug: str) -> Visitor:
    """Open a page, and take its first picture."""
    visitor = Visitor(port, f"model={slug}")
    await visitor.load()
    await visitor.join()
    await visitor.wake()
    await painted(visitor, 60.0)
    return visitor


async def looking(visitor: Visitor, until: asyncio.Event) -> None:
    """Acknowledge what comes, as a browser does, until the event."""
    while not until.is_set():
        await painted(visitor, 0.5)


async def started(server: Served, slug: str) -> float:
    """Open a page and wait until the server is quiet; return its processor time by then, s."""
    visitor, over = await opened(server.port, slug), asyncio.Event()
    watching = asyncio.create_task(looking(visitor, over))
    quiet = await asyncio.to_thread(server.wait_idle, PATIENCE)
    used = server.cpu()
    over.set()
    await watching
    await visitor.leave()
    if not quiet:
        raise SystemExit(f"the server was not quiet after {PATIENCE:g} s")
    return used


async def slid(server: Served, slug: str, count: int) -> tuple[list[float], list[float]]:
    """Return times from slider to picture, ms: first while the server compiles, then when it is quiet."""
    model, visitor = find(slug), await opened(server.port, slug)
    name = slider_of(model)
    values = places(model, name, 2 * count)
    while not visitor.parts("ControlPanel1"):  # controls come after the first picture
        await painted(visitor, 0.2)
    meanwhile = [await _moved(visitor, name, value) for value in values[:count]]
    over = asyncio.Event()
    watching = asyncio.create_task(looking(visitor, over))
    await asyncio.to_thread(server.wait_idle, PATIENCE)
    over.set()
    await watching
    quiet = [await _moved(visitor, name, value) for value in values[count:]]
    await visitor.leave()
    return meanwhile, quiet


async def _moved(visitor: Visitor, name: str, value: float) -> float:
    """Move the slider, wait until its pictures have come, and return the time to the last one, ms."""
    begun, times = time.perf_counter(), []
    await visitor.move(name, value)
    while await painted(visitor, PAUSE if times else 60.0):
        times.append(1000.0 * (time.perf_counter() - begun))
    if not times:
        raise SystemExit(f"no picture came for {value:g}")
    return times[-1]


def main() -> None:
    """Measure three starts and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", default="ei_rate_network")
    parser.add_argument("--moves", type=int, default=25)
    arguments = parser.parse_args()
    loop = processor_time(plain_loop)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        with panel_serve("app.py", "--warm", NCM_APP_CACHE=one) as server:
            alive = server.cpu()
            first = run(started(server, arguments.page))
        with panel_serve("app.py", "--warm", NCM_APP_CACHE=one) as server:
            second = run(started(server, arguments.page))
        with panel_serve("app.py", "--warm", NCM_APP_CACHE=other) as server:
            meanwhile, quiet = run(slid(server, arguments.page, arguments.moves))
    slower = median(meanwhile) / median(quiet)
    rows = [("first start: processor time until quiet, one page open", f"{digits(first)} s", f"<= {WANTED:g} s",
             verdict(first, WANTED), f"{digits(first / loop)} plain loops"),
            ("of that until the server answers", f"{digits(alive)} s", "", "", f"{digits(alive / loop)} plain loops"),
            ("second start, code on disk", f"{digits(second)} s", "", "", f"first / second: {digits(first / second)}"),
            (f"slider to picture meanwhile, median of {len(meanwhile)}", f"{digits(median(meanwhile))} ms", "", "", ""),
            ("the same once it is quiet", f"{digits(median(quiet))} ms", "", "", ""),
            ("how many times slower meanwhile", digits(slower), f"<= {SLOWER:g}", verdict(slower, SLOWER), "")]
    print(table((f"page of {arguments.page}; plain loop {digits(1000.0 * loop)} ms", "measured", "wanted", "met", ""),
                rows))


if __name__ == "__main__":
    main()
