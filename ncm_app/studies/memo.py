"""Remember answers: one bounded cache for all sessions, one computation per question.

Partial answers are passed on, to every session that waits for the same answer, and never
remembered. What is drawn of one asks studies as always: within `standing_in` the partial answer
stands for the whole one, and nothing that was read off it is kept.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import SILENT, Partial, Progress
from ncm_app.studies import cluster

P = ParamSpec("P")
R = TypeVar("R")

WAIT = 0.02
"""Seconds between two looks at a cancel, and at a partial answer, while another session computes the same."""


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


class Running(Progress):
    """A computation under way: passes on what it reports, and keeps it for those who wait for the same answer.

    `question` is whose answer its partial ones are, () where they are nobody's.
    """

    def __init__(self, whole: Progress, question: Hashable = ()) -> None:
        self.whole, self.question = whole, question
        self.fraction, self.partial, self.wanted = 0.0, None, False  # type: float, Partial | None, bool
        self.finished = threading.Event()

    @property
    def wants_partial(self) -> bool:
        """Whether somebody who asked or waits wants one."""
        return self.wanted or self.whole.wants_partial

    def report(self, fraction: float, partial: Partial | None = None) -> None:
        """Keep and pass on how much is done."""
        if partial is not None and partial.question is None:
            partial = replace(partial, question=self.question)
        self.fraction, self.partial = fraction, partial or self.partial
        if partial is not None:
            self.wanted = False
        self.whole.report(fraction, partial)

    def hurry(self) -> None:
        """Pass on that a frame waits."""
        self.whole.hurry()

    def await_with(self, waiting: Progress) -> None:
        """Tell a progress how far this is, after a moment; what is paused for frames goes on at once."""
        self.wanted = self.wanted or waiting.wants_partial
        self.hurry()
        self.finished.wait(WAIT)
        waiting.report(self.fraction, self.partial if waiting.wants_partial else None)


class Memory:
    """Results by key, the least recently asked forgotten first beyond `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self.limit, self.bytes = limit, 0
        self._done: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._running: dict[Hashable, Running] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._done)

    def ask(self, key: Hashable, compute: Callable[[Progress], R], progress: Progress, streams: bool = False) -> R:
        """Return the remembered answer, wait for one under way, or compute it; `streams` see `streamed`."""
        while True:
            with self._lock:
                if key in self._done:
                    self._done.move_to_end(key)
                    return self._done[key][0]  # type: ignore[no-any-return]
                under_way = self._running.get(key)
                if under_way is None:
                    mine = self._running[key] = Running(progress, key if streams else ())
                    break
            # The session that computes may be cancelled: then the loop takes over its work.
            under_way.await_with(progress)
        try:
            result = compute(mine)
            self.keep(key, result)
            return result
        finally:
            with self._lock:
                del self._running[key]
            mine.finished.set()

    def known(self, key: Hashable) -> Any:
        """Return the answer to a question if it is remembered, else None."""
        with self._lock:
            if key not in self._done:
                return None
            self._done.move_to_end(key)
            return self._done[key][0]

    def keep(self, key: Hashable, result: Any) -> None:
        """Remember an answer, and forget what was asked least recently if there is no room."""
        size = size_of(result)
        with self._lock:
            self.bytes -= self._done.pop(key, (None, 0))[1]
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


class _Standing(threading.local):
    """What stands for which answer in this thread, and whether anything was read off it."""

    question: Hashable = None
    answer: Any = None
    read = False


_standing = _Standing()


@contextlib.contextmanager
def standing_in(partial: Partial) -> Iterator[None]:
    """Let a partial answer stand for the whole one in all that this thread asks within the block.

    Nothing that was read off it is remembered, and nobody is waited for, as others may wait for this thread.
    """
    _standing.question, _standing.answer, _standing.read = partial.question, partial.answer, False
    try:
        yield
    finally:
        _standing.question = _standing.answer = None


class Remembered(Generic[P, R]):
    """A study that remembers its answers; see `remembered`, `streamed` and `long`."""

    __name__: str

    def __init__(self, study: Callable[P, R], streams: bool = False, is_long: bool = False) -> None:
        functools.update_wrapper(self, study)
        self._study, self._streams, self._is_long = study, streams, is_long
        self._reports = "progress" in inspect.signature(study).parameters

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the answer, remembered or computed; one from a user's file is never kept."""
        if _private(args):
            return self._study(*args, **kwargs)
        key = self.key(*args)
        if _standing.question is not None:
            return self._provisional(key, *args, **kwargs)

        def compute(running: Progress) -> R:
            if self._is_long and cluster.is_used():
                return cluster.ask(f"{self.__module__}:{self.__name__}", args, running)  # type: ignore[no-any-return]
            return self._study(*args, **({**kwargs, "progress": running} if self._reports else kwargs))  # type: ignore[arg-type]

        return MEMORY.ask(key, compute, kwargs.get("progress", SILENT), self._streams)  # type: ignore[arg-type]

    def _provisional(self, key: Hashable, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the answer while a partial one stands in for some question; keep what does not depend on it."""
        if key == _standing.question:
            _standing.read = True
            return _standing.answer  # type: ignore[no-any-return]
        found: R | None = MEMORY.known(key)
        if found is not None:
            return found
        before, _standing.read = _standing.read, False
        result = self._study(*args, **kwargs)
        if not _standing.read:
            MEMORY.keep(key, result)
        _standing.read = before or _standing.read
        return result

    def known(self, *args: Hashable) -> R | None:
        """Return the answer if it is remembered; compute nothing."""
        if _private(args):
            return None
        found: R | None = MEMORY.known(self.key(*args))
        return found

    def key(self, *args: Hashable) -> Hashable:
        """Return what the answer is remembered under."""
        return self._study.__module__, self._study.__qualname__, args


def _private(args: tuple[Any, ...]) -> bool:
    return any(isinstance(arg, Snapshot) and arg.opened is not None for arg in args)


def remembered(study: Callable[P, R]) -> Remembered[P, R]:
    """Make a study remember its answers; its positional arguments must be hashable.

    The keyword `progress` reports and cancels and is not part of the question.
    """
    return Remembered(study)


def streamed(study: Callable[P, R]) -> Remembered[P, R]:
    """Do the same for a study whose partial answers are answers of its own kind, and can stand for the whole."""
    return Remembered(study, streams=True)


def long(study: Callable[P, R]) -> Remembered[P, R]:
    """Do as `remembered` for a study that runs on a cluster where there is one.

    Its arguments can be written as text.
    """
    return Remembered(study, is_long=True)
