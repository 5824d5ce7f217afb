"""What visitors cost: `python -m benchmarks.visitors` opens sessions, then links at the bounds of all models.

`--sessions 200` of each kind of page (memory after the first 20 and after the last, documents left), and for every
model the link with the longest run and the smallest step, the largest counts, a chart and a sweep: how long it
takes to the first picture, what the server's memory grows by, and how late its health check is meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from benchmarks.servers import panel_serve
from ncm_app.core.catalogue import models
from ncm_app.core.model import Flow, Model
from ncm_app.core.quantity import Count, Quantity
from ncm_app.studies.warm import warm_all
from tests.support.serving import serve_here
from tests.support.visitor import HOST, Visitor, painted

KINDS = ["", "model=leaky_integrator", "model=ei_rate_network", "model=lorenz", "model=lif", "model=poisson_process",
         "model=spike_trains"]
"""One page of each kind: the catalogue, flows of one to three states, a cell that spikes, experiments, files."""

FIRST = 20
LONG = ("t_end", "T", "duration")


def run(visit: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a thread of its own: a browser driven before keeps a loop running in this one."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="bench") as thread:
        return thread.submit(asyncio.run, visit).result()


def memory(pid: str | int = "self", field: str = "VmRSS") -> float:
    """Return what a process holds, MB; `field` VmHWM gives the most that it ever held."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith(field))) / 1024


async def look(port: int, query: str) -> None:
    """Open a page, let it come alive, wait for its first picture, and leave."""
    async with Visitor(port, query) as visitor:
        await visitor.wake()
        if query:
            await painted(visitor, 30.0)


def sessions(count: int, kinds: list[str] = KINDS) -> list[tuple[str, float, float, int]]:
    """Return for each kind of page the memory after the first sessions and after all, MB, and documents left."""
    warm_all()
    rows = []
    with serve_here() as server:  # shorter, pages are dropped before their websocket comes
        for query in kinds:
            run(look(server.port, query))
            server.settled_documents()
            baseline, marks = server.documents(), []
            for number in (min(FIRST, count), count):
                for _ in range(number - (marks[0][0] if marks else 0)):
                    run(look(server.port, query))
                left = server.documents_after(baseline, 60.0)
                gc.collect()
                marks.append((number, memory()))
            rows.append((query or "catalogue", marks[0][1], marks[1][1], left - baseline))
    return rows


def at_bounds(model: type[Model], highest: bool = True) -> dict[str, Any]:
    """Return the values of a link with the longest run, the smallest step and the largest counts."""
    values: dict[str, Any] = {}
    experiment = not issubclass(model, Flow)
    for name, control in model.controls().items():
        if name == "dt":
            values[name] = control.bounds[0]
        elif isinstance(control, Count) or name in LONG or (highest and isinstance(control, Quantity) and experiment):
            values[name] = control.bounds[1]
    return values


def links(model: type[Model]) -> dict[str, str]:
    """Return links at the bounds of a model by what they ask for."""
    slug = {"model": model.slug()}
    found = {"longest run": slug | at_bounds(model, False), "all at the top": slug | at_bounds(model)}
    if "method" in model.controls() and "adaptive" in model.controls()["method"].objects:
        found["adaptive"] = slug | at_bounds(model, False) | {"method": "adaptive"}
    others = [n for n, c in model.controls().items() if isinstance(c, Quantity) and c.group not in ("run", "start")]
    if model.explore and len(others) > 1:
        second = next(n for n in others if n != model.explore)
        found["chart and sweep"] = slug | {"view.second": second, "view.sweep": "on"}
    return {what: urlencode(values) for what, values in found.items()}


async def pulse(port: int, worst: list[float], done: asyncio.Event) -> None:
    """Ask for the health check again and again, and keep how late the latest answer was."""
    client = AsyncHTTPClient(force_instance=True)
    while not done.is_set():
        begun = time.monotonic()
        await client.fetch(HTTPRequest(f"http://{HOST}:{port}/liveness", request_timeout=120))
        worst[0] = max(worst[0], time.monotonic() - begun)
        await asyncio.sleep(0.05)


async def follow(port: int, query: str, wait: float) -> tuple[float, float, str]:
    """Open a link: seconds to its picture, how late the health check was, what came of it."""
    worst, done, begun = [0.0], asyncio.Event(), time.monotonic()
    beat = asyncio.create_task(pulse(port, worst, done))
    try:
        async with Visitor(port, query) as visitor:
            await visitor.wake()
            came = await painted(visitor, wait)
            took = time.monotonic() - begun
            await asyncio.sleep(3.0)  # late answers
    finally:
        done.set()
        await beat
    return took, worst[0], "a picture" if came else "none yet"


def bounds(slugs: list[str], wait: float) -> None:
    """Print a row for each link at the bounds of each model."""
    print("\n| model | link | picture after | memory grows by | health check late by | |\n|---|---|---|---|---|---|")
    with panel_serve("app.py", "--warm") as server:
        server.wait_idle(300)
        for slug in slugs:
            for what, query in links(models()[slug]).items():
                Path(f"/proc/{server.pid}/clear_refs").write_text("5")  # the peak begins anew
                before = memory(server.pid)
                took, late, came = run(follow(server.port, query, wait))
                grown = memory(server.pid, "VmHWM") - before
                print(f"| {slug} | {what} | {took:.1f} s | {grown:.0f} MB | {late:.2f} s | {came} |", flush=True)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--wait", type=float, default=60.0, help="seconds for the picture of a link")
    parser.add_argument("--models", nargs="*", default=list(models()))
    arguments = parser.parse_args()
    if arguments.sessions:
        print(f"| page | after {FIRST} sessions | after {arguments.sessions} | ratio | documents left |\n"
              "|---|---|---|---|---|")
        for page, first, last, left in sessions(arguments.sessions):
            print(f"| {page} | {first:.0f} MB | {last:.0f} MB | {last / first:.3f} | {left} |", flush=True)
    if arguments.models:
        bounds(arguments.models, arguments.wait)


if __name__ == "__main__":
    main()
