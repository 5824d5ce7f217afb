"""Slow answers: after a pause, one at a time, wiped when stale, cancelled, shown at once when known."""

from __future__ import annotations

import asyncio
import threading

import pytest

from ncm_app.numerics.system import Partial
from ncm_app.pages import background
from ncm_app.pages.background import BackgroundQuestion, BackgroundQueue
from ncm_app.pages.session_loop import SessionLoop
from ncm_app.studies import jobs
from tests.support.session import run_apart, unserved_document


class Bench:
    """A lane whose studies wait to be let go; a question is the pair of its two arguments."""

    def __init__(self, known=()):
        self.applied, self.told, self.failures, self.asked = [], [], [], []
        self.known, self.door, self.ended, self.ready = dict(known), threading.Event(), 0, True
        topics = tuple(BackgroundQuestion(name, f"{name} words", self.question(name), self.study, self.known.get,
                             lambda question, answer: ("shown", *answer), tuple) for name in ("first", "second"))
        self.background = BackgroundQueue(
            topics, lambda *what: self.applied.append(what), lambda *what: self.told.append(what),
            lambda topic, error: self.failures.append((topic.name, str(error))), SessionLoop(unserved_document()),
            lambda: self.ready)

    @staticmethod
    def question(name):
        return lambda snapshot, choices: None if snapshot is None or name not in choices else (name, snapshot)

    def study(self, question, job):
        self.asked.append(question)
        if question[1] == "bad":
            raise ZeroDivisionError("no answer")
        if question[1] == "deaf":
            self.door.wait(20)
        try:
            reports = 0
            while not self.door.wait(0.005):
                reports += 1
                job.report(0.25, Partial(["of another question"] if question[1] == "mixed" else
                           ("partial", (question[1], reports > 20) if question[1] == "long" else question[1])))
        finally:
            self.ended += 1
        return "answer", question[1]

    async def until(self, condition):
        for _ in range(1000):
            if condition():
                return
            await asyncio.sleep(0.005)
        raise TimeoutError(self.applied, self.told)


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    monkeypatch.setattr(background, "PAUSE", 0.02)
    monkeypatch.setattr(background, "LOOK", 0.02)
    for name, seconds in {"FIRST": 0.0, "EVERY": 0.02, "WORTH": 0.0}.items():
        monkeypatch.setattr(jobs, name, seconds)


def bench(act, **options):
    async def run():
        made = Bench(**options)
        try:
            await act(made)
        finally:
            made.door.set()
            made.background.close()

    run_apart(run())


def test_an_answer_grows_and_is_finished():
    async def act(b):
        b.background.follow(1, {"first"})
        assert b.applied == [("first", None, False)]
        await b.until(lambda: ("first", ("shown", "partial", 1), False) in b.applied)
        await b.until(lambda: ("first words", 0.25) in b.told)
        b.door.set()
        await b.until(lambda: b.background.idle)
        assert b.applied[-1] == ("first", ("shown", "answer", 1), True)
        assert b.told[-1] == ("", 0.0)

    bench(act)


def test_what_there_is_so_far_is_drawn_again_and_again():
    async def act(b):
        b.background.follow("long", {"first"})
        await b.until(lambda: ("first", ("shown", "partial", ("long", False)), False) in b.applied)
        await b.until(lambda: ("first", ("shown", "partial", ("long", True)), False) in b.applied)

    bench(act)


def test_partial_answers_to_questions_inside_are_not_drawn():
    async def act(b):
        b.background.follow("mixed", {"first"})
        await b.until(lambda: ("first words", 0.25) in b.told)
        assert b.applied == [("first", None, False)]

    bench(act)


def test_the_same_question_is_not_asked_again():
    async def act(b):
        b.door.set()
        for _ in range(3):
            b.background.follow(1, {"first"})
            await b.until(lambda: b.background.idle)
        assert b.asked == [("first", 1)]

    bench(act)


def test_a_stale_answer_is_wiped_at_once_and_its_computation_cancelled():
    async def act(b):
        b.background.follow(1, {"first"})
        await b.until(lambda: b.asked)
        b.background.follow(2, {"first"})
        assert b.applied[-1] == ("first", None, False)
        await b.until(lambda: len(b.asked) == 2)  # though the first would go on for ever
        b.door.set()
        await b.until(lambda: b.background.idle)
        assert b.asked == [("first", 1), ("first", 2)]
        assert ("first", ("shown", "answer", 1), True) not in b.applied
        assert b.applied[-1] == ("first", ("shown", "answer", 2), True)

    bench(act)


def test_a_known_answer_is_shown_without_computing():
    async def act(b):
        b.background.follow(1, {"first"})
        assert b.applied == [("first", ("shown", "old", 1), True)]
        assert b.background.idle
        assert b.asked == []

    bench(act, known={("first", 1): ("old", 1)})


def test_what_a_cancelled_computation_leaves_does_not_wipe_a_known_answer():
    async def act(b):
        b.background.follow(1, {"first"})
        await b.until(lambda: b.asked)
        b.background.follow(2, {"first"})
        await b.until(lambda: b.ended and b.background.idle)
        assert b.applied[-1] == ("first", ("shown", "old", 2), True)

    bench(act, known={("first", 2): ("old", 2)})


def test_another_topic_that_is_given_up_leaves_the_present_one_alone():
    async def act(b):
        b.background.follow(1, {"first", "second"})
        await b.until(lambda: b.asked)
        b.background.follow(1, {"first"})
        await b.until(lambda: ("first", ("shown", "partial", 1), False) in b.applied)
        b.door.set()
        await b.until(lambda: b.background.idle)
        assert b.asked == [("first", 1)]
        assert b.applied[-1] == ("first", ("shown", "answer", 1), True)

    bench(act)


def test_a_cancel_before_anything_has_begun_begins_nothing():
    async def act(b):
        b.background.follow(1, {"first"})
        b.background.cancel()
        assert b.background.idle
        await asyncio.sleep(0.1)
        assert b.asked == []

    bench(act)


def test_topics_take_turns_and_unwanted_ones_are_left_out():
    async def act(b):
        b.door.set()
        b.background.follow(1, {"first", "second"})
        await b.until(lambda: b.background.idle)
        assert b.asked == [("first", 1), ("second", 1)]
        b.background.follow(1, {"second"})
        assert b.applied[-1] == ("first", None, False)
        assert b.background.idle

    bench(act)


def test_a_cancel_wipes_half_an_answer_and_is_not_asked_again_until_the_question_changes():
    async def act(b):
        b.background.follow(1, {"first", "second"})
        await b.until(lambda: b.asked)
        b.background.cancel()
        await b.until(lambda: b.background.idle)
        assert b.asked == [("first", 1)]
        assert b.applied[-1] == ("first", None, False)
        b.background.follow(1, {"first", "second"})
        assert b.background.idle
        b.background.follow(2, {"first"})
        assert not b.background.idle

    bench(act)


def test_a_mishap_is_told_logged_and_the_next_topic_goes_on(caplog):
    async def act(b):
        b.door.set()
        b.background.follow("bad", {"first"})
        await b.until(lambda: b.background.idle)
        assert b.failures == [("first", "no answer")]
        b.background.follow(3, {"first"})
        await b.until(lambda: b.background.idle)
        assert b.applied[-1] == ("first", ("shown", "answer", 3), True)

    bench(act)
    assert "first words" in caplog.text
    assert "bad" in caplog.text


def test_a_closed_queue_starts_nothing():
    async def act(b):
        b.background.follow(1, {"first"})
        b.background.close()
        await asyncio.sleep(0.1)
        assert b.asked == []

    bench(act)


@pytest.mark.parametrize("question", [1, "deaf"])
def test_closing_a_queue_ends_what_is_computed_and_shows_nothing_more(question):
    async def act(b):
        b.background.follow(question, {"first"})
        await b.until(lambda: b.asked)
        b.background.close()
        if question == "deaf":  # it looks at no cancel, and ends with an answer
            b.door.set()
        await b.until(lambda: b.ended)
        b.background.follow(3, {"first"})
        await asyncio.sleep(0.1)
        assert b.asked == [("first", question)]
        assert not any(finished for _, _, finished in b.applied)

    bench(act)


def test_nothing_is_begun_until_the_queue_is_ready():
    async def act(b):
        b.ready = False
        b.background.follow(1, {"first"})
        await asyncio.sleep(0.2)
        assert b.asked == [] and not b.background.idle
        b.ready = True
        await b.until(lambda: b.asked == [("first", 1)])
        b.door.set()
        await b.until(lambda: b.background.idle)

    bench(act)
