"""How many people can drag at once on one process: `python -m benchmarks.people_dragging`, without a browser.

Pages of the rate network are opened, each with another input, so that no answer is remembered from a neighbour's.
Of all that are open 1, 2, 4 ... drag `tau_i` at 5 events a second, take every picture and acknowledge it at once.
The time of an event is that from its sending to the arrival of the first picture that shows it or a later one. The
counts take turns, and of each that turn is told in which the server waited least for a core: for other processes.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.servers import Served, panel_serve
from benchmarks.table import digits, line, median, p95, table, verdict
from benchmarks.visitors import run
from tests.support.visitor import Visitor, painted

PEOPLE = (1, 2, 4, 8, 12, 16)
RATE = 5.0
"""Events a second of each person."""
WANTED = 12
"""People who drag at once before the median has doubled."""
LOW, HIGH, STEP = 8.0, 90.0, 0.3517
"""A person's way through tau_i, ms: up and down for ever, each value new to the memory for a long while."""
CLOSE = 1e-4
HEAD = ("people dragging", "median", "p95", "median / one person's", "processor time per update",
        "updates per event", "process busy, cores", "it waited for a core, of the time")


@dataclass
class Seen:
    """What some people saw who dragged together: times in ms, processor time of the server in s."""

    times: list[float] = field(default_factory=list)
    pictures: int = 0
    used: float = 0.0
    waited: float = 0.0
    seconds: float = 0.0


def way(start: float) -> Iterator[float]:
    """Return the values of one person's drag, all different for hours."""
    for number in itertools.count():
        across = (start + STEP * number) % (2.0 * (HIGH - LOW))
        yield round(LOW + (HIGH - LOW) - abs(HIGH - LOW - across), 4)


def shown_value(message: Any, waiting: Sequence[float]) -> int | None:
    """Return the number of the event that a picture shows: the line of the diagram stands at its value."""
    for event in message.get("events", ()):
        for name, column in event["data"]["entries"] if event.get("kind") == "ColumnDataChanged" else ():
            if name == "diagram_x" and isinstance(column, list) and len(column) == 2 and column[0] == column[1]:
                near = [k for k, value in enumerate(waiting) if abs(value - column[0]) < CLOSE]
                if near:
                    return near[-1]
    return None


class Person:
    """Somebody with an open page, who takes every picture."""

    def __init__(self, port: int, number: int) -> None:
        self.visitor = Visitor(port, f"model=ei_rate_network&X_i={17.0 + 0.11 * number:g}")
        self._values = way(3.7 * number)
        self._waiting: list[tuple[float, float]] = []
        self._seen = Seen()

    async def open(self) -> None:
        """Open the page, and take what comes from now on."""
        await self.visitor.load()
        await self.visitor.join()
        await self.visitor.wake()
        await painted(self.visitor, 60.0)
        self._takes = asyncio.create_task(self._take())

    async def leave(self) -> None:
        """Close the page."""
        self._takes.cancel()
        await self.visitor.leave()

    async def drag(self, seconds: float, delay: float, seen: Seen) -> None:
        """Drag for a while, and wait until the last value is shown."""
        self._seen = seen
        begun = time.perf_counter() + delay
        for number in range(round(seconds * RATE)):
            await asyncio.sleep(max(0.0, begun + number / RATE - time.perf_counter()))
            self._waiting.append((next(self._values), time.perf_counter()))
            await self.visitor.move("tau_i", self._waiting[-1][0])
        until = time.perf_counter() + 20.0
        while self._waiting:
            await asyncio.sleep(0.01)
            if time.perf_counter() > until:
                raise RuntimeError(f"never shown: {self._waiting}")

    async def _take(self) -> None:
        while (found := await self.visitor.next_message(600.0)) is not None:
            message, now = found[1], time.perf_counter()
            number = shown_value(message, [value for value, _ in self._waiting])
            for event in message.get("events", ()):
                if event.get("attr") == "seq":
                    await self.visitor.change(event["model"]["id"], "ack", event["new"])
            if number is not None:
                self._seen.pictures += 1
                self._seen.times += [1000.0 * (now - sent) for _, sent in self._waiting[:number + 1]]
                del self._waiting[:number + 1]


async def together(people: Sequence[Person], server: Served, seconds: float, seen: Seen) -> None:
    """Let some people drag at once; their events are spread over the interval between two of one."""
    before, waited, begun = server.cpu(), server.waited(), time.perf_counter()
    await asyncio.gather(*(person.drag(seconds, k / len(people) / RATE, seen) for k, person in enumerate(people)))
    seen.used += server.cpu() - before
    seen.waited += server.waited() - waited
    seen.seconds += time.perf_counter() - begun


async def measured(server: Served, counts: Sequence[int], seconds: float, rounds: int) -> dict[int, Seen]:
    """Let all numbers of people drag in turns."""
    people = [Person(server.port, number) for number in range(max(counts))]
    for person in people:
        await person.open()
    await asyncio.sleep(2.0)
    server.wait_idle()
    await together(people[:1], server, 3.0, Seen())
    found: dict[int, list[Seen]] = {count: [] for count in counts}
    for turn in range(rounds):
        for count in counts if turn % 2 == 0 else reversed(counts):
            found[count].append(Seen())
            await together(people[:count], server, seconds, found[count][-1])
            await asyncio.sleep(2.0)  # late answers
    for person in people:
        await person.leave()
    return {count: min(turns, key=lambda seen: seen.waited) for count, turns in found.items()}


def until_doubled(counts: Sequence[int], medians: Sequence[float]) -> float:
    """Return how many people drag when the median reaches twice the first, between counts on a straight line."""
    ratios = np.maximum.accumulate(np.array(medians) / medians[0])
    above = np.flatnonzero(ratios > 2.0)
    if not len(above):
        return float(counts[-1])
    k = int(above[0])
    return float(np.interp(2.0, ratios[k - 1:k + 1], counts[k - 1:k + 1]))


def row(count: int, seen: Seen, alone: float) -> list[str]:
    """Return the cells for one number of people."""
    return [str(count), f"{digits(median(seen.times))} ms", f"{digits(p95(seen.times))} ms",
            digits(median(seen.times) / alone), f"{digits(1000.0 * seen.used / seen.pictures)} ms",
            digits(seen.pictures / len(seen.times)), digits(seen.used / seen.seconds),
            digits(seen.waited / seen.seconds)]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", nargs="*", type=int, default=list(PEOPLE))
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=4)
    arguments = parser.parse_args()
    with panel_serve("app.py", "--warm") as server:
        server.wait_idle(300)
        found = run(measured(server, arguments.people, arguments.seconds, arguments.rounds))
    medians = [median(seen.times) for seen in found.values()]
    print(table(HEAD, [row(count, seen, medians[0]) for count, seen in found.items()]))
    people = until_doubled(list(found), medians)
    most = "at least " if people == max(found) else ""
    print("\n" + line(["people dragging at once before the median doubles", most + digits(people), f">= {WANTED}",
                       verdict(people, None, WANTED)]))


if __name__ == "__main__":
    main()
