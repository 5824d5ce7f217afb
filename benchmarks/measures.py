"""Each measurement of the benchmark, on pages that are already served."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks import dragging
from benchmarks.browser import Watched
from benchmarks.servers import Served
from benchmarks.table import median, p95
from tests.support.browser import VIEWPORT
from tests.support.serving import InProcess

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

WALK = [6.0 + 2.0 * k for k in range(40)]
"""Forty values of tau_i (ms), from ringing rest through the Hopf point into the cycle."""
BACKGROUND = [16.0 + 0.5 * k for k in range(40)]
WEIGHTS = [1000.0 + 50.0 * k for k in range(40)]
DRAGS = 3


@dataclass
class Live:
    """What one page was seen to do."""

    frames: list[float]
    other_frames: list[float] = field(default_factory=list)
    kilobytes: float = 0.0
    cpu: float = 0.0
    drag_cpu: float = 0.0
    drag: dict[str, float] = field(default_factory=dict)
    paint: dict[str, float] = field(default_factory=dict)

    @property
    def median(self) -> float:
        """Median time from slider value to painted frame, ms."""
        return median(self.frames)

    @property
    def p95(self) -> float:
        """The time that one change in twenty exceeds, ms."""
        return p95(self.frames)


def watch(context: BrowserContext, url: str, plots: int = 5) -> Watched:
    """Open a page and wait until it is calm."""
    watched = Watched(context)
    watched.open(url, plots)
    watched.settle()
    return watched


def live(context: BrowserContext, server: Served, url: str, parameter: str = "tau_i") -> Live:
    """Measure latency, traffic, processor time and dragging on one page."""
    watched = watch(context, url)
    server.wait_idle()
    watched.set("X_i", 17.5)
    watched.steps(parameter, [50.0, 70.0])
    bytes_before, cpu_before = watched.traffic(), server.cpu()
    frames = watched.steps(parameter, WALK)
    seen = Live(frames, kilobytes=(watched.traffic() - bytes_before) / 1000 / len(WALK),
                cpu=1000 * (server.cpu() - cpu_before) / len(WALK))
    seen.other_frames = watched.steps("w_ee", WEIGHTS)
    drags, spent, pictures = [], 0.0, 0
    for k in range(DRAGS):
        # Another input makes every question new to the cache.
        watched.set("X_i", 18.0 + 0.5 * k)
        watched.settle()
        cpu_before = server.cpu()
        record = watched.drag(parameter, dragging.SWEEP)
        spent, pictures = spent + server.cpu() - cpu_before, pictures + len(record["pictures"])
        drags.append(dragging.evaluate(record))
    seen.drag_cpu = 1000 * spent / max(pictures, 1)
    seen.drag, seen.paint = dragging.summary(drags), drags[-1].paint
    watched.close()
    return seen


def second_user(browser: Browser, server: Served, url: str, drag_url: str) -> tuple[float, float]:
    """Return the median latency (ms) of session B alone and while session A drags.

    The two take turns, so that a noisy machine slows both alike.
    """
    contexts = [browser.new_context(viewport=VIEWPORT) for _ in range(2)]
    b, a = watch(contexts[0], url), watch(contexts[1], drag_url)
    server.wait_idle()
    alone: list[float] = []
    beside: list[float] = []
    for turn in range(4):
        a.set("X_i", 20.0 + 0.5 * turn)
        b.set("X_e", 20.0 + 0.5 * turn)
        alone += b.steps("tau_i", BACKGROUND[turn * 10:turn * 10 + 5], quiet=200)
        a.ask("values => { window.dragged = ncmProbe.drag('tau_i', values, 60, 600) }", dragging.SWEEP)
        beside += b.steps("tau_i", BACKGROUND[turn * 10 + 5:turn * 10 + 10], quiet=200)
        a.ask("() => window.dragged.then(() => null)")
    for context in contexts:
        context.close()
    return median(alone), median(beside)


def first_plots(browser: Browser, urls: dict[str, tuple[str, int]], loads: int, warm: bool) -> dict[str, float]:
    """Return the median time (ms) from asking for a page to all its plots painted.

    Loads of the pages alternate. Warm: one browser context is kept, so scripts come
    from its cache; cold: every load has a context of its own.
    """
    times: dict[str, list[float]] = {name: [] for name in urls}
    kept = browser.new_context(viewport=VIEWPORT)
    for load in range(loads + warm):
        for name, (url, plots) in urls.items():
            context = kept if warm else browser.new_context(viewport=VIEWPORT)
            watched = Watched(context)
            taken = watched.open(url, plots)
            watched.close()
            if load or not warm:
                times[name].append(taken)
            if not warm:
                context.close()
    kept.close()
    return {name: median(values) for name, values in times.items()}


def heap_growth(context: BrowserContext, url: str, changes: int = 60) -> float:
    """Return by how many MB the browser's heap grows over slider changes.

    The last frame's buffers, about 1 MB, are in use or not when one looks; so each
    level is the least of some readings with changes between them. What leaks is in all.
    """
    watched = watch(context, url)
    watched.steps("tau_i", [8.0 + 0.5 * k for k in range(20)], quiet=50)
    before = _heap_level(watched, 20.0)
    watched.steps("tau_i", [30.0 + 0.5 * k for k in range(changes)], quiet=50)
    after = _heap_level(watched, 20.0)
    watched.close()
    return (after - before) / 1e6


def _heap_level(watched: Watched, start: float, readings: int = 4) -> float:
    """Return the least of some readings of the heap, each after two more changes."""
    levels = []
    for k in range(readings):
        watched.steps("tau_i", [start + k, start + k + 0.5], quiet=50)
        levels.append(watched.heap())
    return min(levels)


def documents_left(browser: Browser, server: InProcess, sessions: int = 20) -> tuple[int, int]:
    """Return the number of documents before and after pages were opened and closed.

    Four tabs are open at a time. The first page is closed before the baseline is
    taken, because some libraries keep what the first session touched.
    """
    url = server.url("app", "model=ei_rate_network")
    context = browser.new_context(viewport=VIEWPORT)
    watch(context, url).close()
    baseline = server.settled_documents()
    for _ in range(sessions // 4):
        tabs = []
        for _ in range(4):
            tabs.append(tab := Watched(context))
            tab.open(url)
            tab.steps("tau_i", [20.0], quiet=50)
        for tab in tabs:
            tab.close()
    context.close()
    return baseline, server.documents_after(baseline)
