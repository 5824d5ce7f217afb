"""What takes longer than a frame: computed after a pause, drawn as it grows, cancelled when stale.

A topic is a question that does not depend on the slider one usually drags (limit
cycles over a parameter do not depend on that parameter), so its answer stays on the
page until the question itself changes; then it is wiped at once, for an old answer
beside new branches would be a wrong picture.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import Cancelled, Partial
from ncm_app.pages.session_loop import SessionLoop, Timer
from ncm_app.pages.worker import Worker
from ncm_app.session.background_questions import BackgroundQuestion
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies import jobs
from ncm_app.studies.jobs import Job

PAUSE = 0.35
"""Seconds without a new question after which slow work begins."""
LOOK = 0.2
"""Seconds between two looks at the progress."""
log = logging.getLogger(__name__)


class BackgroundQueue:
    """The slow questions of one page, one computed at a time.

    `apply(topic, shown, finished)` draws an answer, `shown` is None to wipe it; `busy(words, fraction)`
    tells the progress, "" when nothing is computed; `failed(topic, error)` a mishap. All of them, and the
    lane's own methods, run with the document locked; `loop` is the session's. Nothing is begun until it is `ready`.
    """

    def __init__(self, topics: tuple[BackgroundQuestion, ...], apply: Callable[[str, Any, bool], None],
                 busy: Callable[[str, float], None], failed: Callable[[BackgroundQuestion, Exception], None],
                 loop: SessionLoop, ready: Callable[[], bool] = lambda: True) -> None:
        self._topics, self._apply, self._busy, self._failed = topics, apply, busy, failed
        self._loop, self._ready = loop, ready
        self._wanted: dict[str, Hashable | None] = {topic.name: None for topic in topics}
        self._done: dict[str, Hashable | None] = {topic.name: None for topic in topics}
        self._worker = Worker(loop, jobs.BACKGROUND, self._look, self._show, self._end)
        self._timer: Timer | None = None
        self._closed = False

    @property
    def idle(self) -> bool:
        """Whether nothing is computed and nothing waits to be."""
        return self._worker.job is None and self._timer is None

    def follow(self, snapshot: Snapshot, choices: ViewChoices) -> None:
        """Look at the present values: wipe what is stale, show what is known, plan the rest."""
        for topic in self._topics:
            question = topic.question(snapshot, choices)
            if question == self._wanted[topic.name]:
                continue
            self._wanted[topic.name], self._done[topic.name] = question, None
            if self._worker.job is not None and self._worker.job.question[0] is topic:
                self._worker.cancel()
            answer = None if question is None else topic.known(question)
            if answer is None:
                self._apply(topic.name, None, False)
            else:
                self._finish(topic, question, answer)
        self._plan()

    def cancel(self) -> None:
        """Give up what is computed or planned; it is asked again when the question changes."""
        for name, question in self._wanted.items():
            self._done[name] = question
        self._worker.cancel()
        self._plan()

    def close(self) -> None:
        """Stop for good."""
        self._closed = True
        self._worker.close()
        self.cancel()

    def _outstanding(self) -> BackgroundQuestion | None:
        return next((topic for topic in self._topics
                     if self._wanted[topic.name] is not None and self._done[topic.name] != self._wanted[topic.name]),
                    None)

    def _plan(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._closed and self._worker.job is None and self._outstanding() is not None:
            self._timer = self._loop.later(PAUSE, self._start)

    def _start(self) -> None:
        self._timer = None
        topic = self._outstanding()
        if self._closed or self._worker.job is not None or topic is None:
            return
        if not self._ready():
            self._plan()
            return
        question = self._wanted[topic.name]

        def draw(partial: Partial) -> Any:
            # The questions inside a question report their own partial answers too.
            return topic.shown(question, partial.answer) if isinstance(partial.answer, topic.partial) else None

        self._worker.start((topic, question), lambda job: topic.study(question, job), (LOOK, LOOK), draw=draw,
                           in_background=True)

    def _look(self, job: Job) -> None:
        """Tell the progress."""
        if not job.cancelled:
            self._busy(job.question[0].words, job.fraction)

    def _show(self, job: Job, picture: Any) -> None:
        """Draw what there is so far."""
        self._apply(job.question[0].name, picture, False)

    def _end(self, job: Job, future: Future[Any]) -> None:
        topic, question = job.question
        self._busy("", 0.0)
        try:
            answer = future.result()
        except Cancelled:
            if self._wanted[topic.name] == question:  # cancelled by hand: half a branch would mislead
                self._apply(topic.name, None, False)
        except Exception as error:
            log.exception("no %s could be computed; the question was %s", topic.words, question)
            self._done[topic.name] = question
            self._failed(topic, error)
        else:
            if self._wanted[topic.name] == question:
                self._finish(topic, question, answer)
        self._plan()

    def _finish(self, topic: BackgroundQuestion, question: Any, answer: Any) -> None:
        self._done[topic.name] = question
        self._apply(topic.name, topic.shown(question, answer), True)
