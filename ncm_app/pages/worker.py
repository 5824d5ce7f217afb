"""One computation at a time for one session, in a pool: looked at while it runs, shown as it grows.

The frame gate and the background queue both work through one.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from ncm_app.numerics.system import Partial
from ncm_app.pages.session_loop import SessionLoop, Timer
from ncm_app.studies.jobs import Job


class Worker:
    """Runs a job; `look(job)`, `show(job, picture)` and `finish(job, future)` run with the document locked.

    `pause` are the seconds until the first look and between two; none of the three is called after `close`,
    `look` and `show` only for the job that runs and is not cancelled.
    """

    job: Job | None = None

    def __init__(self, loop: SessionLoop, pool: Executor, look: Callable[[Job], None],
                 show: Callable[[Job, Any], None], finish: Callable[[Job, Future[Any]], None]) -> None:
        self._loop, self._pool = loop, pool
        self._look, self._show, self._finish = look, show, finish
        self._watch, self._closed = Timer(), False

    def start(self, question: Any, work: Callable[[Job], Any], pauses: tuple[float, float], *,
              draw: Callable[[Partial], Any] | None = None, ready: Callable[[], bool] = lambda: True,
              in_background: bool = False, expected: float = 0.0) -> None:
        """Begin with a question; there must be no job."""
        def show(picture: Any) -> None:
            self._picture(job, picture)

        job: Job = Job(question, draw, self._loop.posted(show), ready, in_background=in_background,
                       expected=expected)
        self.job = job
        self._watch = self._loop.later(pauses[0], lambda: self._looked(job, pauses[1]))
        # The lock must be free while the pool works: else the browser's next slider value would wait.
        self._loop.compute(self._pool, lambda: work(job), lambda future: self._ended(job, future))

    def cancel(self) -> None:
        """Give up what is computed now."""
        if self.job is not None:
            self.job.cancelled = True

    def close(self) -> None:
        """Stop for good."""
        self._closed = True
        self._watch.cancel()
        if self.job is not None:
            self.job.give_up()

    def _alive(self, job: Job) -> bool:
        return job is self.job and not self._closed

    def _looked(self, job: Job, pause: float) -> None:
        if self._alive(job):
            self._watch = self._loop.later(pause, lambda: self._looked(job, pause))
            self._look(job)

    def _picture(self, job: Job, picture: Any) -> None:
        if self._alive(job) and not job.cancelled:
            self._show(job, picture)

    def _ended(self, job: Job, future: Future[Any]) -> None:
        self.job = None
        self._watch.cancel()
        if not self._closed:
            self._finish(job, future)
