"""Times of a piece of work in this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ncm_app.studies.memo import MEMORY


def times_of(work: Callable[[], Any], repeats: int) -> list[float]:
    """Return times in ms with an empty memory of studies, after one unmeasured run."""
    work()
    times = []
    for _ in range(repeats):
        MEMORY.forget()
        start = time.perf_counter()
        work()
        times.append(1000.0 * (time.perf_counter() - start))
    return times
