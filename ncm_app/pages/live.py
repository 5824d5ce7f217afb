"""From a slider to pixels: data sources, the frame gate, and cancel.

No page knows how this works: it asks `FrameGate.request(question)`; the gate computes
in the shared pool, the newest question wins, and one frame at a time is on its way
to the browser, which acknowledges it after painting. A slow answer shows what there is of it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import numpy as np
import param

from ncm_app.numerics.system import Cancelled, Partial
from ncm_app.pages.browser_code import browser_code
from ncm_app.pages.part import Part
from ncm_app.pages.session_loop import SessionLoop, Timer
from ncm_app.pages.upstream import at_once
from ncm_app.pages.worker import Worker
from ncm_app.session.sent_values import is_count
from ncm_app.studies import jobs
from ncm_app.studies.jobs import Job
from ncm_app.views.drawn_view import DrawnView
from ncm_app.views.layer import Layer

SLOW = 0.3
"""Seconds after which a computation shows its progress and a newer one may cancel it."""
DROUGHT, PATIENCE = 0.6, 1.0
"""When no picture has come for so long, an old computation may run on for so long: on a
busy server a drag would else show nothing until it ends."""
LOOK = 0.15
"""Seconds between two looks at the progress after that."""
SHORT = 96
"""Columns up to this length travel inside the message."""
TIMEOUT = 2.0
"""Seconds after which a frame that was never acknowledged is given up (hidden tabs)."""
log = logging.getLogger(__name__)


@at_once
class Beacon(Part):
    """Tells the server when the browser has painted a frame."""

    seq = param.Integer(default=0)
    ack = param.Integer(default=0)
    _taken = {"ack": lambda beacon, value: is_count(beacon, value) and value <= beacon.seq}
    _esm = "\n".join(map(browser_code, ("bokeh.js", "label_places.js", "labels.js", "raster.js", "beacon.js")))


class LiveSources:
    """The drawn views of one session; `dress(view, layers)` is called with layers that were just made."""

    def __init__(self, dress: Callable[[str, list[Layer]], None]) -> None:
        self._dress = dress
        self._drawn: dict[str, DrawnView] = {}

    @property
    def plots(self) -> dict[str, Any]:
        """The figures by view."""
        return {name: drawn.figure for name, drawn in self._drawn.items()}

    @property
    def glyphs(self) -> dict[tuple[str, str], Any]:
        """The glyphs by view and layer, of those that have held something."""
        return {(name, layer): renderer.glyph for name, drawn in self._drawn.items()
                for layer, renderer in drawn.renderers.items()}

    def adopt(self, name: str, drawn: DrawnView) -> None:
        """Keep a view that was just drawn."""
        self._drawn[name] = drawn

    def forget(self, view: str) -> None:
        """Drop a view that is taken away."""
        self._drawn.pop(view, None)

    def send(self, view: str, columns: dict[str, tuple[Any, ...]]) -> None:
        """Replace the columns of a view's layers; unchanged ones are not sent, layers that they need are made."""
        drawn = self._drawn.get(view)
        if drawn is None:
            return
        if new := drawn.add(columns):
            self._dress(view, new)
        for layer in columns.keys() - {made.name for made in new}:
            if layer in drawn.renderers:
                push(drawn.renderers[layer].data_source, columns[layer])

    def drawn(self, view: str) -> dict[str, tuple[Any, ...]]:
        """Return the columns last shown in a view, by layer; those of layers without any are absent."""
        drawn = self._drawn[view]
        return {layer.name: tuple(drawn.renderers[layer.name].data_source.data.values())
                if layer.name in drawn.renderers else drawn.view.empty()[layer.name]
                for layer in drawn.view.all_layers()}


def push(source: Any, given: tuple[Any, ...]) -> None:
    """Replace the columns of a source that differ; they have the order in which it was made: x, y, texts."""
    new = {name: inline(column) for name, column in zip(source.data, given, strict=False)}
    if any(len(source.data[name]) != len(column) for name, column in new.items()):
        source.data = {**source.data, **new}
    elif changed := {n: c for n, c in new.items() if not same(source.data[n], c)}:
        source.data.update(changed)


def inline(column: Any) -> Any:
    """Return a short column as a list: as an array it would be two messages of its own."""
    return column.tolist() if isinstance(column, np.ndarray) and len(column) <= SHORT else column


def same(old: Any, new: Any) -> bool:
    """Tell whether a column need not be sent."""
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray) and old.dtype == new.dtype:
        return old.tobytes() == new.tobytes()
    if isinstance(new, list) and not isinstance(old, np.ndarray):
        texts, images = (any(isinstance(one, kind) for one in new[:1]) for kind in (str, np.ndarray))
        if texts or (not images and old == new):
            return list(old) == new
    return np.array_equal(old, new, equal_nan=True)


class FrameGate:
    """Latest wins, one frame in flight, slow work shows what there is of it and can be cancelled.

    `compute(question, job)` runs in the pool, as does `compute(question, job, partial)`, the picture of a partial
    answer, None for one that is not drawn; `apply(question, picture)`, `failed(question, error)` and
    `busy(fraction | None)` with the document locked, as do the methods of the gate itself. `loop` is the session's.
    """

    def __init__(self, compute: Callable[..., Any], apply: Callable[[Any, Any], None],
                 failed: Callable[[Any, Exception], None], busy: Callable[[float | None], None],
                 beacon: Beacon, loop: SessionLoop) -> None:
        self._compute, self._apply, self._failed, self._busy = compute, apply, failed, busy
        self._beacon, self._loop = beacon, loop
        self._worker = Worker(loop, jobs.FRAMES, self._look, self._show, self._finish)
        self._pending: Any = None
        self._unsent: Any = None
        self._sent_at, self._took = 0.0, float("inf")
        self._closed = False
        self._retry: Timer | None = None
        self.requests = self.frames = self.partial_frames = 0
        beacon.param.watch(lambda _: self._pump(), "ack")

    def request(self, question: Any) -> None:
        """Ask for a frame; a question not yet begun is replaced, a slow one cancelled."""
        self.requests += 1
        self._pending = question
        self._give_up_old()
        self._pump()

    @property
    def idle(self) -> bool:
        """Whether nothing is computed and nothing waits to be."""
        return self._worker.job is None and self._pending is None

    def _give_up_old(self) -> None:
        """Cancel what is computed for an old question, but let a picture appear now and then."""
        if self._worker.job is None:
            return
        now = time.monotonic()
        if now - self._worker.job.started > (SLOW if now - self._sent_at < DROUGHT else PATIENCE):
            self._worker.cancel()

    def cancel(self) -> None:
        """Give up what is computed now; the last picture stays."""
        self._pending = None
        self._worker.cancel()

    def close(self) -> None:
        """Stop for good, as when the session ends."""
        self._closed = True
        self._worker.close()
        self.cancel()

    def _on_its_way(self) -> float:
        """Return for how many seconds more a frame that was not acknowledged holds back the next one."""
        if self._beacon.ack >= self._beacon.seq:
            return 0.0
        return max(0.0, self._sent_at + TIMEOUT - time.monotonic())

    def _pump(self) -> None:
        """Begin with the newest question if nothing is computed and the browser has painted."""
        if self._worker.job is not None and self._unsent is not None:
            self._show(self._worker.job, self._unsent)
        if self._closed or self._pending is None or self._worker.job is not None:
            return
        wait = self._on_its_way()
        if wait > 0.0:
            if self._retry is None:
                self._retry = self._loop.later(wait + 0.01, self._retried)
            return
        question, self._pending = self._pending, None
        self._worker.start(question, lambda job: self._compute_now(question, job), (SLOW, LOOK),
                           draw=lambda partial: self._drawn(question, partial),
                           ready=lambda: self._unsent is None and self._on_its_way() == 0.0, expected=self._took)

    def _compute_now(self, question: Any, job: Job) -> Any:
        with jobs.TRAFFIC.frame():
            return self._compute(question, job)

    def _drawn(self, question: Any, partial: Partial) -> Any:
        job = self._worker.job
        return None if job is None else self._compute(question, job, partial)

    def _retried(self) -> None:
        self._retry = None
        self._pump()

    def _look(self, job: Job) -> None:
        """Show the progress of what takes long, and give it up for a newer question."""
        if self._pending is not None:
            self._give_up_old()
        job.shown = True
        self._busy(job.fraction)

    def _show(self, job: Job, picture: Any) -> None:
        """Send a picture of what there is so far, as soon as the browser has painted the last one."""
        if self._on_its_way() > 0.0 or job.cancelled:
            self._unsent = picture
            return
        self._unsent = None
        self._apply(job.question, picture)
        self.partial_frames += 1
        self._sent()

    def _sent(self) -> None:
        self._sent_at = time.monotonic()
        self._beacon.seq += 1

    def _finish(self, job: Job, future: Future[Any]) -> None:
        self._unsent = None
        with jobs.TRAFFIC.frame():
            if job.shown:
                self._busy(None)
            try:
                self._apply(job.question, future.result())
            except Cancelled:
                pass
            except Exception as error:
                log.exception("the page kept its last picture; the question was %s", job.question)
                self._failed(job.question, error)
            else:
                self.frames += 1
                # What is remembered comes at once, and says little of the next question.
                self._took = job.age if self._took == float("inf") else max(job.age, self._took / 2.0)
                self._sent()
        self._pump()
