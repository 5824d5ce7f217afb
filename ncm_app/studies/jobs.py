"""Where work runs, and how it is watched.

Frames have a pool, what comes later another; long studies go on to a cluster if there is one (`cluster`).
A `Job` is one computation of a session: it shows partial answers a few times a second, gives way to the
frames of all sessions if it is no frame itself, and ends at the next report after it was cancelled.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from ncm_app.numerics.system import Cancelled, Partial, Progress

FRAMES: Executor = ThreadPoolExecutor(max_workers=4, thread_name_prefix="ncm")
BACKGROUND: Executor = ThreadPoolExecutor(max_workers=2, thread_name_prefix="ncm-late")

FIRST, EVERY = 0.025, 0.2
"""Seconds after which a first partial answer is drawn, and between two of them."""
WORTH = 0.1
"""Seconds that a computation must still take, by its fraction or by the last one, for a partial answer to be drawn."""
COST = 4.0
"""Drawing takes a fifth of the time at most: after a picture comes so much time of computing for each second of it."""
LOOK = 0.005
"""Seconds between two looks at a cancel while a job gives way."""
SHARE = 0.25
"""Part of its time that work in the background gets at least, however many frames are computed."""
HURRY = 0.15
"""Seconds for which it does not give way after a frame has asked for what it computes."""


class Traffic:
    """How many frames of all sessions are on their way, for what gives way to them."""

    def __init__(self) -> None:
        self._frames, self._change = 0, threading.Condition()

    def begin(self) -> None:
        """A frame is being computed."""
        with self._change:
            self._frames += 1

    def end(self) -> None:
        """It is drawn, or given up."""
        with self._change:
            self._frames -= 1
            self._change.notify_all()

    @contextlib.contextmanager
    def frame(self) -> Iterator[None]:
        """Count a frame within the block."""
        self.begin()
        try:
            yield
        finally:
            self.end()

    @property
    def busy(self) -> bool:
        """Whether any frame is being computed."""
        return self._frames > 0

    def wait(self, seconds: float) -> None:
        """Wait until no frame is computed, for so long at most."""
        with self._change:
            self._change.wait_for(lambda: self._frames == 0, seconds)


TRAFFIC = Traffic()


class Job(Progress):
    """One computation for one question: reports its progress, and stops when nobody waits for it.

    `draw(partial)` turns a partial answer into a picture, in the thread that computes, or returns None for
    what is not drawn; `show(picture)` takes it from any thread, and `ready()` tells whether it may. A job
    `in_background` gives way to frames. It is `expected` to take so many seconds: what is drawn of an answer
    may take longer than the answer.
    """

    def __init__(self, question: Any, draw: Callable[[Partial], Any] | None = None,
                 show: Callable[[Any], None] | None = None, ready: Callable[[], bool] = lambda: True, *,
                 in_background: bool = False, expected: float = 0.0) -> None:
        self.question, self.fraction, self.cancelled, self.shown = question, 0.0, False, False
        self.in_background, self._expected = in_background, expected
        self.started = time.monotonic()
        self._draw, self._show, self._ready = draw, show, ready
        self._drawing, self._next, self._last = False, self.started + FIRST, None  # type: bool, float, Partial | None
        self._paused, self._hurried = 0.0, 0.0

    @property
    def age(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.started

    @property
    def wants_partial(self) -> bool:
        """Whether a picture is due, and worth it."""
        if self._draw is None or self._drawing or self.cancelled or time.monotonic() < self._next:
            return False
        left = self.age * (1.0 - self.fraction) / self.fraction if self.fraction > 0 else WORTH
        return max(left, self._expected - self.age) >= WORTH and self._ready()

    def report(self, fraction: float, partial: Partial | None = None) -> None:
        """Keep the fraction, show the picture so far, give way; raise if cancelled."""
        if not self._drawing:
            self.fraction = fraction
        self._stop_if_cancelled()
        if partial is not None and partial is not self._last and self.wants_partial:
            self._picture(partial)
        if self.in_background:
            self._give_way()

    def give_up(self) -> None:
        """Cancel, and let go of the session: work that goes on for a while does not keep it."""
        self.cancelled, self._draw, self._show, self._ready = True, None, None, lambda: True

    def hurry(self) -> None:
        """Do not give way for a moment."""
        self._hurried = time.monotonic() + HURRY

    def _stop_if_cancelled(self) -> None:
        if self.cancelled:
            raise Cancelled

    def _picture(self, partial: Partial) -> None:
        draw, show = self._draw, self._show
        if draw is None or show is None:
            return
        began, self._drawing, self._last = time.monotonic(), True, partial
        try:
            picture = draw(partial)
        finally:
            self._drawing = False
        now = time.monotonic()
        if picture is not None:
            self._next = now + max(EVERY, COST * (now - began))
            show(picture)

    def _give_way(self) -> None:
        """Wait while frames are computed, as long as the share of this job allows."""
        began = now = time.monotonic()
        while (TRAFFIC.busy and now > self._hurried
               and self._paused + now - began < (1.0 - SHARE) * (now - self.started)):
            TRAFFIC.wait(LOOK)
            self._stop_if_cancelled()
            now = time.monotonic()
        self._paused += now - began
