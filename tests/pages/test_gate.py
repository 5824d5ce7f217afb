"""The gate between browser and computations: the newest question wins, one frame is in flight."""

from __future__ import annotations

import asyncio
import logging
import threading
from types import SimpleNamespace

from ncm_app.numerics.system import Partial
from ncm_app.pages import live
from ncm_app.pages.live import Beacon, FrameGate
from ncm_app.pages.session_loop import SessionLoop
from ncm_app.studies import jobs
from tests.support.session import run_apart, unserved_document


class Bench:
    """A frame gate between a fake browser and computations that wait to be let go."""

    def __init__(self, acknowledge=True):
        self.loop = asyncio.get_running_loop()
        self.applied, self.failures, self.busy, self.computed = [], [], [], []
        self.reports = self.ended = 0
        self.doors: dict[str, threading.Event] = {}
        self.beacon = Beacon()
        self.gate = FrameGate(self.compute, lambda q, a: self.applied.append((q, a)),
                              lambda q, e: self.failures.append((q, e)), self.busy.append, self.beacon,
                              SessionLoop(unserved_document()))
        if acknowledge:
            self.beacon.param.watch(lambda event: self.loop.call_soon(self.paint), "seq")

    def paint(self):
        self.beacon.ack = self.beacon.seq

    def compute(self, question, job, partial=None):
        if partial is not None:
            return None if partial.answer[1] % 2 else ("so far", threading.current_thread().name, *partial.answer)
        self.computed.append(question)
        if question == "bad":
            raise ZeroDivisionError("bad")
        door = self.doors.get(question)
        try:
            while door is not None and not door.wait(0.005):
                self.reports += 1
                job.report(0.5, Partial((question, self.reports)) if question == "growing" else None)
        finally:
            self.ended += 1
        return f"answer to {question}"

    async def goes_on(self):
        """Wait until what is computed has reported, and so would have been cancelled, several times."""
        before = self.reports
        await self.until(lambda: self.reports > before + 2)

    async def until(self, condition):
        for _ in range(2000):
            if condition():
                return
            await asyncio.sleep(0.005)
        raise TimeoutError


def bench(action, **options):
    async def visit():
        stand = Bench(**options)
        try:
            await action(stand)
        finally:
            stand.gate.close()
            for door in stand.doors.values():
                door.set()

    run_apart(visit())


def test_newest_question_wins_and_those_between_are_never_computed(monkeypatch):
    monkeypatch.setattr(live, "SLOW", 1000.0)

    async def act(stand):
        stand.doors["a"] = threading.Event()
        assert stand.gate.idle
        stand.gate.request("a")
        await stand.until(lambda: stand.computed)
        for question in "bcde":
            stand.gate.request(question)
        assert not stand.gate.idle
        stand.doors["a"].set()
        await stand.until(lambda: len(stand.applied) == 2)
        assert stand.gate.idle
        assert stand.applied == [("a", "answer to a"), ("e", "answer to e")]
        assert stand.computed == ["a", "e"]
        assert (stand.gate.requests, stand.gate.frames) == (5, 2)
        assert stand.busy == []  # quick work shows no progress

    bench(act)


def test_one_frame_is_in_flight_until_it_is_painted(monkeypatch):
    monkeypatch.setattr(live, "TIMEOUT", 1000.0)

    async def act(stand):
        stand.gate.request("a")
        await stand.until(lambda: stand.applied)
        stand.gate.request("b")
        stand.gate.request("c")
        await asyncio.sleep(0.1)
        assert stand.computed == ["a"] and not stand.gate.idle
        stand.paint()
        await stand.until(lambda: len(stand.applied) == 2)
        assert stand.computed == ["a", "c"]

    bench(act, acknowledge=False)


def test_hidden_tab_is_given_up_after_a_while(monkeypatch):
    monkeypatch.setattr(live, "TIMEOUT", 0.15)

    async def act(stand):
        stand.gate.request("a")
        await stand.until(lambda: stand.applied)
        stand.gate.request("b")
        await stand.until(lambda: len(stand.applied) == 2)
        assert (stand.beacon.ack, stand.beacon.seq) == (0, 2)
        stand.gate.request("c")  # and again
        await stand.until(lambda: len(stand.applied) == 3)

    bench(act, acknowledge=False)


def test_slow_work_shows_progress_and_gives_way_to_a_newer_question(monkeypatch):
    monkeypatch.setattr(live, "SLOW", 0.02)

    async def act(stand):
        stand.doors["slow"] = threading.Event()
        stand.gate.request("slow")
        await stand.until(lambda: stand.busy)
        assert stand.busy[-1] == 0.5 or stand.busy[-1] == 0.0
        stand.gate.request("new")
        await stand.until(lambda: stand.applied)
        assert stand.applied == [("new", "answer to new")]
        assert stand.failures == []
        assert None in stand.busy  # the bar is gone

    bench(act)


def test_slow_work_runs_to_its_end_where_nothing_newer_is_asked(monkeypatch):
    for name in ("SLOW", "LOOK", "PATIENCE"):
        monkeypatch.setattr(live, name, 0.01)

    async def act(stand):
        stand.doors["slow"] = threading.Event()
        stand.gate.request("slow")
        await stand.until(lambda: len(stand.busy) > 4)
        await stand.goes_on()
        stand.doors["slow"].set()
        await stand.until(lambda: stand.applied)
        assert stand.applied == [("slow", "answer to slow")]

    bench(act)


def test_an_old_computation_gives_way_but_in_a_drought_it_may_end(monkeypatch):
    """A clock set by hand; the gate's own timers are too long to ring."""
    clock = [1000.0]
    for module in (live, jobs):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    for name, seconds in {"SLOW": 50.0, "DROUGHT": 100.0, "PATIENCE": 200.0}.items():
        monkeypatch.setattr(live, name, seconds)

    async def begin(stand, question):
        stand.doors[question] = threading.Event()
        stand.gate.request(question)
        await stand.until(lambda: question in stand.computed)

    async def newer_after(stand, seconds, question):
        """Ask for something newer while the last question is computed for so long."""
        clock[0] += seconds
        await begin(stand, question) if question else stand.gate.request("newest")

    async def act(stand):
        stand.gate.request("picture")  # at 1000
        await stand.until(lambda: stand.applied)
        await begin(stand, "old")
        await newer_after(stand, 60.0, "second")  # 60 s old, 60 s after a picture
        await newer_after(stand, 110.0, None)  # 110 s old, 170 s after a picture: it may go on
        await stand.goes_on()
        stand.doors["second"].set()
        await stand.until(lambda: len(stand.applied) == 3)  # at 1170
        await begin(stand, "older")
        await newer_after(stand, 201.0, "last")  # 201 s old: too long even so
        stand.doors["last"].set()
        await stand.until(lambda: len(stand.applied) == 4)
        assert [question for question, _ in stand.applied] == ["picture", "second", "newest", "last"]

    bench(act)


def test_cancel_keeps_the_last_picture_and_the_gate_open():
    async def act(stand):
        stand.doors["slow"] = threading.Event()
        stand.gate.request("slow")
        await stand.until(lambda: stand.computed)
        stand.gate.request("waiting")
        stand.gate.cancel()
        await stand.until(lambda: stand.gate.idle)
        assert (stand.applied, stand.failures) == ([], [])
        stand.gate.request("next")
        await stand.until(lambda: stand.applied)
        assert stand.computed == ["slow", "next"]

    bench(act)


def test_failure_is_told_logged_and_followed_by_the_next_question(caplog):
    async def act(stand):
        stand.gate.request("bad")
        await stand.until(lambda: stand.failures)
        (question, error), = stand.failures
        assert question == "bad"
        assert isinstance(error, ZeroDivisionError)
        assert stand.applied == []
        stand.gate.request("good")
        await stand.until(lambda: stand.applied)

    with caplog.at_level(logging.ERROR):
        bench(act)
    assert "the question was bad" in caplog.text


def test_closed_gate_applies_nothing():
    async def act(stand):
        stand.doors["a"] = threading.Event()
        stand.gate.request("a")
        await stand.until(lambda: stand.computed)
        stand.gate.close()
        stand.doors["a"].set()
        stand.gate.request("b")
        await asyncio.sleep(0.1)
        assert (stand.applied, stand.computed) == ([], ["a"])

    bench(act)


def test_closing_a_gate_ends_what_is_computed():
    async def act(stand):
        stand.doors["a"] = threading.Event()
        stand.gate.request("a")
        await stand.until(lambda: stand.computed)
        stand.gate.close()
        await stand.until(lambda: stand.ended)
        assert stand.applied == stand.failures == []

    bench(act)
