"""Remember answers: one bounded cache for all sessions, one computation per question."""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import fields, is_dataclass
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import SILENT, Progress

P = ParamSpec("P")
R = TypeVar("R")

WAIT = 0.05
"""Seconds between two looks at a cancel while another session computes the same answer."""


def size_of(result: Any) -> int:
    """Return about how many bytes a result holds."""
    if isinstance(result, np.ndarray):
        return int(result.nbytes) + 100
    if is_dataclass(result) and not isinstance(result, type):
        return 100 + sum(size_of(getattr(result, f.name)) for f in fields(result))
    if isinstance(result, dict):
        return 60 + sum(size_of(item) for item in result.values())
    if isinstance(result, (tuple, list)):
        return 60 + sum(size_of(item) for item in result)
    return 60


class Memory:
    """Results by key, the least recently asked forgotten first beyond `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self.limit, self.bytes = limit, 0
        self._done: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._running: dict[Hashable, threading.Event] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._done)

    def ask(self, key: Hashable, compute: Callable[[], R], progress: Progress) -> R:
        """Return the remembered answer, wait for one under way, or compute it."""
        while True:
            with self._lock:
                if key in self._done:
                    self._done.move_to_end(key)
                    return self._done[key][0]  # type: ignore[no-any-return]
                under_way = self._running.get(key)
                if under_way is None:
                    finished = self._running[key] = threading.Event()
                    break
            # The session that computes may be cancelled: then the loop takes over its work.
            under_way.wait(WAIT)
            progress.report(0.0)
        try:
            result = compute()
            self._store(key, result)
            return result
        finally:
            with self._lock:
                del self._running[key]
            finished.set()

    def known(self, key: Hashable) -> Any:
        """Return the answer to a question if it is remembered, else None."""
        with self._lock:
            if key not in self._done:
                return None
            self._done.move_to_end(key)
            return self._done[key][0]

    def _store(self, key: Hashable, result: Any) -> None:
        size = size_of(result)
        with self._lock:
            self._done[key] = result, size
            self.bytes += size
            while self.bytes > self.limit and len(self._done) > 1:
                self.bytes -= self._done.popitem(last=False)[1][1]

    def copy(self) -> Memory:
        """Return another memory that holds the same answers by now."""
        other = Memory(self.limit)
        with self._lock:
            other._done, other.bytes = self._done.copy(), self.bytes
        return other

    def forget(self) -> None:
        """Empty the memory."""
        with self._lock:
            self._done.clear()
            self.bytes = 0


MEMORY = Memory(96 * 2**20)


class Remembered(Generic[P, R]):
    """A study that remembers its answers; see `remembered`."""

    def __init__(self, study: Callable[P, R]) -> None:
        functools.update_wrapper(self, study)
        self._study = study

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the answer, remembered or computed; one from a user's file is never kept."""
        if _private(args):
            return self._study(*args, **kwargs)
        progress = kwargs.get("progress", SILENT)
        return MEMORY.ask(self._key(args), lambda: self._study(*args, **kwargs), progress)  # type: ignore[arg-type]

    def known(self, *args: Hashable) -> R | None:
        """Return the answer if it is remembered; compute nothing."""
        if _private(args):
            return None
        found: R | None = MEMORY.known(self._key(args))
        return found

    def _key(self, args: tuple[Any, ...]) -> Hashable:
        return self._study.__module__, self._study.__qualname__, args


def _private(args: tuple[Any, ...]) -> bool:
    return any(isinstance(arg, Snapshot) and arg.opened is not None for arg in args)


def remembered(study: Callable[P, R]) -> Remembered[P, R]:
    """Make a study remember its answers; its positional arguments must be hashable.

    The keyword `progress` reports and cancels and is not part of the question.
    """
    return Remembered(study)
