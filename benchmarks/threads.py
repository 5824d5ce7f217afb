"""Processor time by thread of this process, and what a piece of work takes away from other threads of Python."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from ncm_app.machine_code.cache import kernel

ROLES = (("ncm-warm", "compiler"), ("ncm-late", "late"), ("ncm", "pool"))
"""What threads do, by how their names begin; all others but the benchmark's own serve the event loop."""

PLAIN = 5_000_000


class Clocks:
    """Processor times (s) by role: "pool", "late", "loop", "compiler". Threads named "bench..." do not count."""

    def __init__(self) -> None:
        self._ended: dict[str, float] = {}
        self._seen: dict[int, tuple[str, float]] = {}

    def read(self) -> dict[str, float]:
        """Return the processor time that each role has used so far, s; a thread that ends keeps what was seen last."""
        now: dict[int, tuple[str, float]] = {}
        for thread in threading.enumerate():
            if thread.ident is None or thread is threading.main_thread() or thread.name.startswith("bench"):
                continue
            role = next((what for start, what in ROLES if thread.name.startswith(start)), "loop")
            now[thread.ident] = role, time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
        for ident in set(self._seen) - set(now):
            role, used = self._seen[ident]
            self._ended[role] = self._ended.get(role, 0.0) + used
        self._seen = now
        found = dict.fromkeys(("pool", "loop", "late", "compiler"), 0.0) | self._ended
        for role, used in now.values():
            found[role] = found.get(role, 0.0) + used
        return found


def plain_loop(count: int = PLAIN) -> int:
    """Return a sum that plain Python makes, a fixed amount of work."""
    s = 0
    for i in range(count):
        s += i * i
    return s


def numpy_loop() -> float:
    """Return a sum that NumPy makes, a fixed amount of work on arrays that stay in a cache."""
    x = np.linspace(0.0, 1.0, 20_000)
    return float(sum(np.exp(-x * k).sum() for k in range(2_000)))


def processor_time(work: Callable[[], object], repeats: int = 3) -> float:
    """Return the least processor time of some repeats of a piece of work in this thread, s."""
    found = []
    for _ in range(repeats):
        start = time.thread_time()
        work()
        found.append(time.thread_time() - start)
    return min(found)


@kernel()
def _free(count: int) -> float:
    s = 0.0
    for i in range(count):
        s += (i % 7) * 0.5
    return s


def held(work: Callable[[], object], seconds: float = 0.5) -> float:
    """Return the share of a piece of work's processor time in which no other thread of Python can run.

    A plain loop runs beside it: what that loses against its pace beside a kernel that holds no lock. It takes
    two free cores: unless a second plain loop comes out near to 1, the answer is NaN.
    """
    _free(1)
    pace = _beside(lambda: _free(2_000_000), seconds)[0]

    def share(of: Callable[[], object]) -> float:
        slowed, wall, used = _beside(of, seconds)
        return wall * max(1.0 - slowed / pace, 0.0) / used

    found, whole = share(work), share(lambda: plain_loop(20_000))
    return min(found / whole, 1.0) if 0.75 < whole < 1.3 else float("nan")


def _beside(work: Callable[[], object], seconds: float) -> tuple[float, float, float]:
    """Return the pace of a plain loop beside a piece of work, for how long, and the work's processor time, s."""
    stop, turns = threading.Event(), [0]

    def count() -> None:
        while not stop.is_set():
            plain_loop(1_000)
            turns[0] += 1

    beside = threading.Thread(target=count, name="bench-beside")
    beside.start()
    try:
        first, start, used = turns[0], time.perf_counter(), time.thread_time()
        while (wall := time.perf_counter() - start) < seconds:
            work()
        used, last = time.thread_time() - used, turns[0]
    finally:
        stop.set()
        beside.join()
    return (last - first) / wall, wall, used
