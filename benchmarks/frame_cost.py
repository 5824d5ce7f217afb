"""What one update costs the server, page by page, without a browser: `python -m benchmarks.frame_cost [--page slug]`.

The application is served in this process. A visitor moves a slider, acknowledges each picture and waits until
all is quiet; processor time is read per thread. Ratios come first: they hold between machines.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.table import digits, line, table
from benchmarks.threads import ROLES, Clocks, held, numpy_loop, plain_loop, processor_time
from benchmarks.visitors import run
from ncm_app.core.catalogue import models
from ncm_app.core.model import Model
from ncm_app.core.quantity import Quantity
from ncm_app.studies import memo
from ncm_app.studies.warm import warm_waiting
from tests.support.serving import serve_here
from tests.support.visitor import Visitor, painted

QUIET = 0.6
"""Seconds without a message and without work after which late answers are over: they begin after a pause."""

FIRST = 2
"""Updates before those that count."""


class Recorder:
    """Which study used how much processor time, without those that it asked; and the last work for a frame."""

    def __init__(self) -> None:
        self.studies: dict[str, float] = defaultdict(float)
        self.last: tuple[memo.Memory, Any] | None = None
        self._asked = threading.local()

    def install(self) -> None:
        """Watch every study, and what is handed to the pool of frames."""
        ask, submit = memo.Remembered.__call__, ThreadPoolExecutor.submit

        def watched(study: Any, *given: Any, **named: Any) -> Any:
            stack = self._asked.__dict__.setdefault("stack", [])
            start = time.thread_time()
            stack.append(0.0)
            try:
                return ask(study, *given, **named)
            finally:
                used = time.thread_time() - start
                self.studies[study.__name__.lstrip("_")] += used - stack.pop()
                if stack:
                    stack[-1] += used

        def kept(pool: Any, work: Any, *given: Any, **named: Any) -> Any:
            if pool._thread_name_prefix == ROLES[-1][0]:
                self.last = memo.MEMORY.copy(), work
            return submit(pool, work, *given, **named)

        memo.Remembered.__call__ = watched  # type: ignore[method-assign]
        ThreadPoolExecutor.submit = kept  # type: ignore[method-assign]

    def again(self) -> None:
        """Do the last work for a frame again, with the memory as it was."""
        assert self.last is not None
        memo.MEMORY, work = self.last[0].copy(), self.last[1]
        work()


@dataclass
class Opening:
    """What a page costs until it is quiet: s on the loop, models and bytes of JSON at first and in all."""

    first: float = 0.0
    loop: float = 0.0
    models: int = 0
    bytes: int = 0


@dataclass
class Cost:
    """Processor times of updates, s: per update of the frame in pool and on the loop, and of what follows it."""

    opening: Opening
    slider: str = ""
    wall: list[float] = field(default_factory=list)
    parts: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    studies: dict[str, float] = field(default_factory=dict)
    share: float = float("nan")

    def median(self, *names: str) -> float:
        """Return the median over the updates of a sum of parts, s."""
        return float(np.median(np.sum([self.parts[name] for name in names], axis=0))) if self.wall else 0.0


async def quiet(visitor: Visitor, clocks: Clocks) -> dict[str, float]:
    """Take and acknowledge all messages until nothing more comes; return the times by then."""
    before = clocks.read()
    while True:
        came = await painted(visitor, QUIET)
        now = clocks.read()
        working = any(now[role] > before[role] + 0.02 for role in now)
        if not came and not working:
            return now
        before = now


async def opened(visitor: Visitor, clocks: Clocks) -> Opening:
    """Open a page, and wait until it is quiet."""
    before = clocks.read()["loop"]
    await visitor.load()
    reply = await visitor.join()
    found = Opening(clocks.read()["loop"] - before, 0.0, len(visitor.models), len(json.dumps(reply)))
    await visitor.wake()
    if visitor.query:
        await painted(visitor, 60.0)
    found.loop = (await quiet(visitor, clocks))["loop"] - before
    return found


def slider_of(model: type[Model]) -> str:
    """Return the parameter that one usually drags, or the first quantity that is none of the run's."""
    found = (n for n, c in model.controls().items() if isinstance(c, Quantity) and c.group not in ("run", "start"))
    return model.explore or next(found)


def places(model: type[Model], name: str, count: int) -> list[float]:
    """Return values of a slider beside that of the first preset, all different."""
    low, high = model.control(name).bounds  # type: ignore[attr-defined]
    here, width = float(model.preset_values(model.first_preset())[name]), high - low
    side = 1.0 if here + 0.05 * width < high else -1.0
    return [here + side * 0.05 * width * (k + 1) / count for k in range(count)]


async def cheapest(port: int, clocks: Clocks, query: str = "", page: str = "app", count: int = 4) -> Opening:
    """Open a page a few times, and return the cheapest: sessions of the past are closed and collected in the others."""
    found = []
    for _ in range(count):
        visitor = Visitor(port, query, page)
        found.append(await opened(visitor, clocks))
        await visitor.leave()
    return min(found, key=lambda opening: opening.first)


async def page_cost(port: int, model: type[Model], updates: int, clocks: Clocks, recorder: Recorder) -> Cost:
    """Open a page and move its slider."""
    query = f"model={model.slug()}"
    visitor, cost = Visitor(port, query), Cost(await cheapest(port, clocks, query), slider_of(model))
    await opened(visitor, clocks)
    try:
        for number, value in enumerate(places(model, cost.slider, FIRST + updates)):
            if number == FIRST:
                cost.wall, cost.parts = [], defaultdict(list)
                recorder.studies.clear()
            before, start = clocks.read(), time.perf_counter()
            await visitor.move(cost.slider, value)
            await painted(visitor, 60.0)
            cost.wall.append(time.perf_counter() - start)
            after = clocks.read()
            later = await quiet(visitor, clocks)
            for role in ("pool", "loop"):
                cost.parts[role].append(after[role] - before[role])
                cost.parts[f"later {role}"].append(later[role] - after[role])
            cost.parts["late"].append(later["late"] - before["late"])
        cost.studies = {name: used / updates for name, used in recorder.studies.items()}
    finally:
        await visitor.leave()
    return cost


def ms(seconds: float) -> str:
    """Return a time in ms, as text."""
    return digits(1000.0 * seconds)


HEAD = ("page", "update / plain loop", "pool", "loop", "late", "share under the lock", "update, ms", "pool", "loop",
        "late", "slider to picture, ms", "opening / empty page", "models", "kB", "studies, ms")


def row(name: str, cost: Cost, plain: float, empty: Opening) -> list[str]:
    """Return the cells of a page: parts as ratios to the plain loop, then in ms."""
    parts = [cost.median("pool"), cost.median("loop"), cost.median("late", "later pool", "later loop")]
    whole = cost.median("pool", "loop", "late", "later pool", "later loop")
    largest = sorted(cost.studies.items(), key=lambda pair: -pair[1])[:5]
    return [f"{name}, {cost.slider}", f"{whole / plain:.3f}", *(f"{part / plain:.3f}" for part in parts),
            f"{cost.share:.2f}", ms(whole), *map(ms, parts),
            ms(float(np.median(cost.wall))), f"{digits(cost.opening.first / empty.first)}, in all "
            f"{digits(cost.opening.loop / empty.loop)}", str(cost.opening.models), digits(cost.opening.bytes / 1000),
            ", ".join(f"{study} {ms(used)}" for study, used in largest if used > 2e-4)]


async def measured(port: int, model: type[Model], updates: int, clocks: Clocks, recorder: Recorder) -> Cost:
    """Open a page once for what is loaded or compiled when first needed, then measure it."""
    first = Visitor(port, f"model={model.slug()}")
    await opened(first, clocks)
    await first.leave()
    warm_waiting()
    cost = await page_cost(port, model, updates, clocks, recorder)
    cost.share = held(recorder.again)
    return cost


def main() -> None:
    """Measure the pages and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", nargs="*", default=list(models()), help="slugs; by default every page")
    parser.add_argument("--updates", type=int, default=8)
    arguments = parser.parse_args()
    threading.current_thread().name = "bench"
    clocks, recorder = Clocks(), Recorder()
    with serve_here() as server:
        plain, array = processor_time(plain_loop), processor_time(numpy_loop)
        empty = run(cheapest(server.port, clocks, page="empty_page"))
        print(f"plain loop {ms(plain)} ms, NumPy loop {ms(array)} ms (ratio {digits(array / plain)}); empty page: "
              f"{digits(empty.first / plain)} of the plain loop, {ms(empty.first)} ms on the loop at first, "
              f"{ms(empty.loop)} in all, {empty.models} models, {digits(empty.bytes / 1000)} kB\n")
        print(table(HEAD, []), flush=True)
        recorder.install()
        for slug in arguments.page:
            cost = run(measured(server.port, models()[slug], arguments.updates, clocks, recorder))
            print(line(row(slug, cost, plain, empty)), flush=True)


if __name__ == "__main__":
    main()
