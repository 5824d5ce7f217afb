"""How a long answer grows: `python -m benchmarks.streaming` moves a slider of pages with 400,000 spikes.

In the server, a visitor without a browser takes every picture at once; with `--browser` the same pages are watched in
headless Chromium too. Times are noisy and differ between machines: beside them stand the processor time that the server
took, and the time of the same slider on the same page with a hundredth of the spikes, by turns. A cancel is timed at
moments spread over an answer, from the cancel to the end of the work.
"""

from __future__ import annotations

import argparse
import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from benchmarks.browser import Watched, chromium
from benchmarks.table import digits, line, median, table, verdict
from benchmarks.threads import Clocks
from benchmarks.visitors import run
from ncm_app.core.catalogue import find
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.results import Trajectory
from ncm_app.numerics.spikes.poisson import Repeats
from ncm_app.pages.live import FrameGate
from ncm_app.session.plot_rules import rules_for
from ncm_app.studies import memo
from ncm_app.studies.warm import warm_model
from tests.support.browser import VIEWPORT
from tests.support.serving import InProcess, serve_here
from tests.support.visitor import Visitor, painted

FIRST, RATE, CANCEL = 150.0, 5.0, 50.0
"""Wanted: ms from the slider to a first picture, pictures in a second at most, ms from a newer value to the end."""
QUIET = 1.0
"""Seconds without a picture after which an answer is drawn as a whole."""


class Page(NamedTuple):
    """A page whose link gives about 400,000 spikes, and a slider through values that change their number little."""

    slug: str
    link: str
    few: str
    slider: str
    values: tuple[float, float]


PAGES = (Page("poisson_process", "r_0=40&trials=500&t_end=20000", "r_0=40&trials=500&t_end=200", "r_0", (38.0, 42.0)),
         Page("eif_poisson", "K_e=400&r_e=30&K_i=100&r_i=40&t_end=25000", "K_e=400&r_e=30&K_i=100&r_i=40&t_end=250",
              "r_i", (38.0, 40.0)))


@dataclass
class Growth:
    """Times in ms from the slider to each picture of its answer, the last of which is the whole one.

    `used` is the server's processor time until the first picture, ms.
    """

    pictures: list[list[float]] = field(default_factory=list)
    used: list[float] = field(default_factory=list)

    def firsts(self) -> list[float]:
        """Return the times to the first pictures."""
        return [times[0] for times in self.pictures]

    def whole(self) -> float:
        """Return the median time to the last picture."""
        return median([times[-1] for times in self.pictures])

    def rate(self) -> float:
        """Return the most pictures in a second before the last one, by the least time between two."""
        gaps = [gap for times in self.pictures for gap in np.diff(times[:-1])]
        return 1000.0 / min(gaps) if gaps else float("nan")


class Gates(list[FrameGate]):
    """The gates of all pages of this process in the order in which they were made, as long as the block lasts."""

    def __enter__(self) -> Gates:
        self._made = made = FrameGate.__init__

        def noted(gate: FrameGate, *given: Any) -> None:
            made(gate, *given)
            self.append(gate)

        FrameGate.__init__ = noted  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        FrameGate.__init__ = self._made  # type: ignore[method-assign]


async def opened(port: int, slug: str, link: str) -> Visitor:
    """Open a page and wait until it is quiet."""
    visitor = Visitor(port, f"model={slug}&{link}")
    await visitor.load()
    await visitor.join()
    await visitor.wake()
    await pictures(visitor, 0.0)
    return visitor


async def pictures(visitor: Visitor, start: float, looked: Callable[[], None] = lambda: None) -> list[float]:
    """Take and acknowledge all pictures of an answer; return when each was there, ms after the start.

    `looked` is called at the first one.
    """
    times: list[float] = []
    while await painted(visitor, 2.0 * QUIET if times else 60.0):
        times.append(1000.0 * (time.perf_counter() - start))
        if len(times) == 1:
            looked()
    return times


async def moved(visitor: Visitor, name: str, value: float) -> float:
    """Move a slider; return when."""
    start = time.perf_counter()
    await visitor.move(name, value)
    return start


async def grown(port: int, page: Page, values: list[float]) -> tuple[Growth, Growth]:
    """Move the slider through values on the page with few spikes and on that with many, by turns."""
    clocks, both = Clocks(), [(await opened(port, page.slug, link), Growth()) for link in (page.few, page.link)]
    for value in values:
        for visitor, seen in both:
            before = sum(clocks.read().values())

            def looked(seen: Growth = seen, before: float = before) -> None:
                seen.used.append(1000.0 * (sum(clocks.read().values()) - before))

            seen.pictures.append(await pictures(visitor, await moved(visitor, page.slider, value), looked))
    for visitor, _ in both:
        await visitor.leave()
    return both[0][1], both[1][1]


async def shared(port: int, page: Page, values: list[float]) -> tuple[Growth, int]:
    """Let a second session ask for the same; return what it sees, and how many of its pictures were partial ones."""
    with Gates() as gates:
        one, other = [await opened(port, page.slug, page.link) for _ in range(2)]
        seen, before = Growth(), gates[1].partial_frames
        for value in values:
            start = await moved(one, page.slider, value)
            await asyncio.sleep(0.01)
            later = await moved(other, page.slider, value)
            _, found = await asyncio.gather(pictures(one, start), pictures(other, later))
            seen.pictures.append(found)
        partial = gates[1].partial_frames - before
    for visitor in (one, other):
        await visitor.leave()
    return seen, partial


async def cancelled(port: int, page: Page, values: list[float], whole: float) -> list[float]:
    """Cancel an answer at moments spread over it; return how long its work goes on, ms."""
    with Gates() as gates:
        visitor, found = await opened(port, page.slug, page.link), []
        for number, value in enumerate(values):
            start = await moved(visitor, page.slider, value)
            await asyncio.sleep(max(0.0, start + (number + 0.5) / len(values) * whole / 1000.0 - time.perf_counter()))
            job, begun = gates[0]._worker.job, time.perf_counter()
            if job is not None:
                gates[0].cancel()
                while gates[0]._worker.job is job:
                    await asyncio.sleep(0.001)
                found.append(1000.0 * (time.perf_counter() - begun))
            await pictures(visitor, start) if job is None else await painted(visitor, 0.2)
        await visitor.leave()
    return found


def remembered_partials(page: Page) -> int:
    """Return how many answers in the memory hold less than was asked for."""
    part, model = 0, find(page.slug)
    for key, (answer, _) in memo.MEMORY._done.items():
        asked = next((arg for arg in key[2] if isinstance(arg, Snapshot) and arg.model is model), None)
        if asked is not None and isinstance(answer, Trajectory):
            part += answer.t[-1] < asked.t_end - asked.dt
        if asked is not None and isinstance(answer, Repeats):
            part += answer.trains.count < asked.values_by_name["trials"]
    return part


def in_browser(server: InProcess, page: Page, values: list[float]) -> Growth:
    """Watch the page in Chromium: times to the painted pictures."""
    plots = len(rules_for(find(page.slug)))
    with chromium() as browser:
        context = browser.new_context(viewport=VIEWPORT)
        watched = Watched(context)
        watched.open(server.url("app", f"model={page.slug}&{page.link}"), plots)
        watched.settle()
        seen = Growth([watched.growth(page.slider, value) for value in values])
        watched.close()
    return seen


def spread(page: Page, count: int) -> list[float]:
    """Return values of the slider, all different, between the page's ends."""
    return [round(float(value), 2) for value in np.linspace(*page.values, count)]


HEAD = ("slider to picture", "first picture, median", "least", "wanted", "met", "processor time until then",
        "whole answer, median", "a hundredth of the spikes", "first / that", "pictures in a second, most")


def growth_row(name: str, seen: Growth, few: Growth) -> list[str]:
    """Return the cells of one way of looking at a page, beside the page with few spikes."""
    first, rate, beside = median(seen.firsts()), seen.rate(), few.whole()
    return [name, f"{digits(first)} ms", f"{digits(min(seen.firsts()))} ms", f"<= {FIRST:g} ms", verdict(first, FIRST),
            f"{digits(median(seen.used))} ms" if seen.used else "", f"{digits(seen.whole())} ms",
            f"{digits(beside)} ms", digits(first / beside),
            "" if np.isnan(rate) else f"{digits(rate)} (<= {RATE:g}: {verdict(rate, 1.05 * RATE)})"]


def measured(server: InProcess, page: Page, count: int, browser: bool) -> list[str]:
    """Measure one page and print its rows; return what is said of it besides."""
    few, seen = run(grown(server.port, page, spread(page, count)))
    print(line(growth_row(f"{page.slug}, in the server", seen, few)), flush=True)
    memo.MEMORY.forget()
    second, partial = run(shared(server.port, page, spread(page, count)))
    print(line(growth_row("a second session that waits for it", second, few)), flush=True)
    left = remembered_partials(page)
    memo.MEMORY.forget()
    stops = run(cancelled(server.port, page, spread(page, 3 * count), seen.whole()))
    if browser:
        memo.MEMORY.forget()
        small = in_browser(server, page._replace(link=page.few), spread(page, count))
        memo.MEMORY.forget()
        many = in_browser(server, page, spread(page, count))
        # One message may be painted in two parts, so that pictures are counted in the server alone.
        print(line([*growth_row("the same page in Chromium", many, small)[:-1], ""]), flush=True)
    return [page.slug, f"{digits(median(stops))} ms", f"{digits(max(stops))} ms", f"<= {CANCEL:g} ms",
            verdict(max(stops), CANCEL), str(partial), str(left)]


def main() -> None:
    """Measure both pages and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=8)
    parser.add_argument("--page", nargs="*", default=[page.slug for page in PAGES])
    parser.add_argument("--browser", action="store_true", help="watch in headless Chromium too")
    arguments = parser.parse_args()
    threading.current_thread().name = "bench"
    pages = [page for page in PAGES if page.slug in arguments.page]
    for page in pages:
        warm_model(find(page.slug))
    print(table(HEAD, []), flush=True)
    with serve_here() as server:
        rows = [measured(server, page, arguments.changes, arguments.browser) for page in pages]
    print("\n" + table(("cancel, to the end of the work", "median", "most", "wanted", "met",
                        "partial pictures of the second session", "partial answers remembered"), rows))


if __name__ == "__main__":
    main()
