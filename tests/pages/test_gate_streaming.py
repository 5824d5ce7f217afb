"""A slow answer is shown as it grows, through the same gate."""

from __future__ import annotations

import asyncio
import threading

import pytest

from ncm_app.pages import live
from ncm_app.studies import jobs
from tests.pages.test_gate import bench


@pytest.fixture
def eager(monkeypatch):
    """Every partial answer is worth drawing."""
    for name, seconds in {"FIRST": 0.0, "EVERY": 0.02, "WORTH": 0.0}.items():
        monkeypatch.setattr(jobs, name, seconds)


def test_a_slow_answer_is_shown_as_it_grows_and_drawn_where_it_is_computed(eager):
    async def act(stand):
        stand.doors["growing"] = threading.Event()
        stand.gate.request("growing")
        await stand.until(lambda: len(stand.applied) > 2)
        stand.doors["growing"].set()
        await stand.until(lambda: stand.gate.frames)
        *partial, last = stand.applied
        assert last == ("growing", "answer to growing")
        assert {(asked, *picture[:3:2]) for asked, picture in partial} == {("growing", "so far", "growing")}
        assert all(picture[1].startswith("ncm_") for _, picture in partial)  # a thread of the pool
        grown = [picture[3] for _, picture in partial]
        assert grown == sorted(set(grown))
        assert not any(k % 2 for k in grown)  # for those there was no picture
        assert stand.gate.partial_frames == len(partial)

    bench(act)


def test_a_browser_that_does_not_paint_gets_one_picture_of_a_growing_answer(eager, monkeypatch):
    monkeypatch.setattr(live, "TIMEOUT", 1000.0)

    async def act(stand):
        stand.doors["growing"] = threading.Event()
        stand.gate.request("growing")
        await stand.until(lambda: stand.applied)
        await stand.goes_on()
        assert len(stand.applied) == 1
        stand.paint()
        await stand.until(lambda: len(stand.applied) == 2)
        stand.doors["growing"].set()
        await stand.until(lambda: stand.gate.frames)  # the whole answer waits for no paint: no later one would tell it
        assert stand.applied[-1] == ("growing", "answer to growing")

    bench(act, acknowledge=False)


def test_a_cancelled_answer_shows_nothing_more(eager):
    async def act(stand):
        stand.doors["growing"] = threading.Event()
        stand.gate.request("growing")
        await stand.until(lambda: stand.applied)
        stand.gate.cancel()
        shown = len(stand.applied)
        await stand.until(lambda: stand.gate.idle)
        await asyncio.sleep(0.05)
        assert len(stand.applied) == shown
        assert stand.failures == []

    bench(act)


def test_the_first_answer_is_expected_to_take_long_and_others_as_long_as_those_before(monkeypatch):
    expected = []

    async def act(stand):
        start = stand.gate._worker.start

        def noted(*given, **named):
            expected.append(named["expected"])
            start(*given, **named)

        monkeypatch.setattr(stand.gate._worker, "start", noted)
        for number, question in enumerate(("slow", "bad", "quick", "next")):
            if question == "slow":
                stand.doors["slow"] = threading.Event()
                stand.loop.call_later(0.2, stand.doors["slow"].set)
            stand.gate.request(question)
            await stand.until(lambda number=number: stand.gate.idle and len(expected) > number)

    bench(act)
    first, after_slow, after_bad, after_quick = expected
    assert first == float("inf")
    assert 0.2 <= after_slow == after_bad < 100.0
    assert after_quick == pytest.approx(after_slow / 2.0) or after_quick < after_slow
