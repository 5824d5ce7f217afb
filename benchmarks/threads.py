"""Processor time by thread of this process, and what a piece of work takes away from other threads of Python."""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from ncm_app.machine_code.cache import kernel

ROLES = (("ncm-warm", "compiler"), ("ncm-late", "late"), ("ncm", "pool"))
"""What threads do, by how their names begin; all others but the benchmark's own serve the event loop."""

PLAIN = 5_000_000

SLEEP, AT_ONCE = 400.0, 1.5e-5
"""Mean time between two questions for the interpreter lock, us, and the longest to get it where it is free, s."""

usleep, clock_gettime = ctypes.CDLL(None).usleep, ctypes.CDLL(None).clock_gettime
usleep.argtypes, clock_gettime.argtypes = (ctypes.c_uint32,), (ctypes.c_int32, ctypes.c_void_p)


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
def released_work(count: int) -> float:
    """Return a sum that is made without the interpreter lock."""
    s = 0.0
    for i in range(count):
        s += (i % 7) * 0.5
    return s


@njit(nogil=True)
def _sleep(microseconds: int, clock: Any) -> None:
    """Sleep without the lock, and write s and ns of the monotonic clock just before asking for it again."""
    usleep(microseconds)
    clock_gettime(1, clock.ctypes)


def held(work: Callable[[], object], seconds: float = 0.5) -> float:
    """Return the share of a piece of work's time in which no other thread of Python can run.

    A thread sleeps without the lock and asks for it at random moments: it waits if the work holds it. While it
    waits it cannot ask, but then the lock is held. Other processes slow both states alike, so no core need be free.
    """
    moments: list[float] = []
    begun, stop = threading.Event(), threading.Event()

    def ask() -> None:
        random, clock = np.random.default_rng(1), np.empty(2, dtype=np.int64)
        _sleep(1, clock)
        begun.set()
        while not stop.is_set():
            _sleep(int(random.exponential(SLEEP)), clock)
            moments.append(1e-9 * (time.monotonic_ns() - 1_000_000_000 * clock[0] - clock[1]))

    interval = sys.getswitchinterval()
    asks = threading.Thread(target=ask, name="bench-asks")
    asks.start()
    begun.wait()
    sys.setswitchinterval(2e-4)
    moments.clear()
    try:
        start = time.monotonic()
        while (whole := time.monotonic() - start) < seconds:
            work()
        waits = np.array(moments)
    finally:
        stop.set()
        sys.setswitchinterval(interval)
        asks.join()
    waited = float(waits[waits > AT_ONCE].sum())
    return (float(np.mean(waits > AT_ONCE)) * max(whole - waited, 0.0) + waited) / whole
