"""How a file was read stands beside it, and a reader that nobody waits for stops."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from ncm_app.core.catalogue import find
from ncm_app.numerics.spikes.reading import read_recording
from ncm_app.numerics.system import Cancelled
from tests.pages.test_upload import opened, parts
from tests.support.session import served

MODEL = find("spike_trains")


async def until(session, holds):
    """Wait until something holds, but not for ever."""
    for _ in range(2000):
        if holds():
            return
        await session.pause()
    raise TimeoutError(holds)


def sent(session, name, data):
    """Send a file as a browser does, and do not wait."""
    for message in parts(name, data):
        session.page.bench.uploads.take(message)


def test_what_was_assumed_stands_beside_the_file_and_a_unit_of_the_file_is_no_question():
    async def act(session):
        page = await opened(session, "a.csv", b"neuron;time;depth\n1;10,5;3\n2;35;3\n1;40,25;3\n")
        words = page.bench.uploads.chooser.words
        assert ("a.csv is open. Read as times from column 'time', trains from column 'neuron'; columns parted by "
                "semicolons, decimal comma; in ms, for the file names no other unit; first times 10.5, 35, 40.25 ms."
                ) in words
        assert "unit" not in MODEL.idle(page.bench.model.opened, page.bench.model.snapshot().p)
        page.bench.controls.move("unit", "s")
        await session.settled()
        assert "2 trials" in page.bench.messages.sentence.text and page.bench.model.snapshot().p.unit == 1
        page = await opened(session, "b.csv", b"time (s)\n0.5\n1\n3\n")
        assert "in s; first times 500, 1000, 3000 ms." in page.bench.uploads.chooser.words
        assert "3 spikes in 3 s, 1 Hz" in page.bench.messages.sentence.text  # though the control says s too: not twice
        assert "unit" in MODEL.idle(page.bench.model.opened, page.bench.model.snapshot().p)
        page.bench.uploads.back.clicks += 1
        await session.settled()
        assert "Read as" not in page.bench.uploads.chooser.words

    served(MODEL, act)


def test_reader_of_a_file_that_nobody_waits_for_stops(monkeypatch):
    """Another file is chosen, the file is closed, the session ends: the check that the reader calls says so."""
    begun, ends = threading.Event(), []

    def slow(name, data, check=None):
        if name != "slow.csv":
            return read_recording(name, data, check)
        begun.set()
        try:
            for _ in range(2000):
                check()
                time.sleep(0.005)
        except Cancelled:
            ends.append("stopped")
            raise
        ends.append("read in full")
        return read_recording(name, data, check)

    async def started(session):
        begun.clear()
        sent(session, "slow.csv", b"1\n2\n")
        await until(session, begun.is_set)

    async def stopped(session, count):
        await until(session, lambda: len(ends) >= count)

    async def act(session):
        page = await session.settled()
        page.bench.uploads.reads = replace(page.bench.uploads.reads, read=slow)
        await started(session)
        page = await opened(session, "second.csv", b"1\n2\n5\n")
        await stopped(session, 1)
        assert page.bench.messages.sentence.text.startswith("File second.csv: 3 spikes")
        await started(session)
        page.bench.choose(list(MODEL.presets)[-1])
        await stopped(session, 2)
        await started(session)

    served(MODEL, act)
    for _ in range(400):
        if len(ends) == 3:
            break
        time.sleep(0.005)
    assert ends == ["stopped"] * 3


def test_an_older_file_is_no_answer_to_the_one_that_is_being_sent():
    async def act(session):
        page = await session.settled()
        first, *rest = parts("new.csv", b"1\n2\n5\n", 2)
        page.bench.uploads.take(first)
        before = page.bench.uploads.chooser.answered
        page.bench.uploads._answered()  # of an older file
        assert page.bench.uploads.chooser.answered == before
        for message in rest:
            page.bench.uploads.take(message)
        await until(session, lambda: page.bench.uploads.chooser.answered > before)

    served(MODEL, act)
