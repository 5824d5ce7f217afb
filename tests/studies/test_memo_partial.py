"""Partial answers: all who wait see them, they stand in for the whole, and none is remembered."""

from __future__ import annotations

import threading

import numpy as np

from ncm_app.numerics.system import SILENT, Partial, Progress
from ncm_app.studies import memo
from ncm_app.studies.memo import Memory, remembered, size_of, standing_in, streamed
from tests.studies.test_memo import in_threads


class Curious(Progress):
    """Wants every partial answer and keeps it."""

    def __init__(self):
        self.seen, self.hurried = [], 0

    wants_partial = True

    def report(self, fraction, partial=None):
        if partial is not None:
            self.seen.append((fraction, partial))

    def hurry(self):
        self.hurried += 1


def test_who_waits_sees_the_partial_answers_and_none_is_remembered():
    memory, begun, seen = Memory(10_000), threading.Event(), threading.Event()
    owner, waiter = Curious(), Curious()

    class Waiting(Curious):
        def report(self, fraction, partial=None):
            super().report(fraction, partial)
            if self.seen:
                seen.set()

    waiter = Waiting()

    def compute(running):
        begun.set()
        assert running.wants_partial
        while not seen.wait(0.005):
            running.report(0.5, Partial("half"))
        assert memory.known("q") is None
        return "whole"

    def wait():
        begun.wait(20)
        return memory.ask("q", lambda running: "not asked", waiter)

    assert in_threads(lambda: memory.ask("q", compute, owner, streams=True), wait) == ["whole", "whole"]
    assert waiter.seen[0] == (0.5, Partial("half", question="q"))
    assert owner.seen[0] == waiter.seen[0]
    assert owner.hurried > 0  # somebody waits for it
    assert memory.known("q") == "whole"


def test_partial_answers_of_a_study_that_does_not_stream_stand_for_nothing():
    progress = Curious()
    Memory(1000).ask("q", lambda running: running.report(0.1, Partial("part of a part")), progress)
    assert progress.seen == [(0.1, Partial("part of a part", question=()))]


def test_while_a_partial_answer_stands_in_only_what_does_not_depend_on_it_is_remembered(monkeypatch):
    monkeypatch.setattr(memo, "MEMORY", Memory(10_000))
    calls = []

    @streamed
    def run(x, *, progress=SILENT):
        calls.append(("run", x))
        return "whole"

    @remembered
    def read_off(x):
        calls.append(("read off", x))
        return f"read off the {run(x)}"

    @remembered
    def other(x):
        calls.append(("other", x))
        return "other"

    @remembered
    def both(x):
        return other(x), read_off(x), other(-x)

    with standing_in(Partial("part", question=run.key(1))):
        assert both(1) == ("other", "read off the part", "other")
        assert run(2) == "whole"
    assert (both.known(1), read_off.known(1), run.known(1)) == (None, None, None)
    assert (other.known(1), other.known(-1), run.known(2)) == ("other", "other", "whole")
    assert both(1) == ("other", "read off the whole", "other")
    assert calls == [("other", 1), ("read off", 1), ("other", -1), ("run", 2), ("read off", 1), ("run", 1)]


def test_an_answer_that_is_kept_twice_counts_once():
    memory = Memory(10_000)
    for _ in range(2):
        memory.keep("q", np.zeros(1000, dtype=np.uint8))
    assert memory.bytes == size_of(np.zeros(1000, dtype=np.uint8))
