"""A session's loop: work is posted to it from any thread, runs on it, and stops when the session ends."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import panel as pn
import pytest
from bokeh.document import Document
from panel.io.state import state

from ncm_app.pages.session_loop import SessionLoop, loop_of
from tests.support.session import run_apart, unserved_document


def in_a_thread(action):
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(action).result()


async def until(condition):
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise TimeoutError


@pytest.mark.parametrize("caller", [lambda action: action(), in_a_thread], ids=["on the loop", "in a thread"])
@pytest.mark.parametrize("way", ["locked", "posted", "later", "compute"])
def test_what_is_posted_runs_on_the_loop_whoever_posts_it(caller, way):
    async def act():
        loop, seen = SessionLoop(unserved_document()), []

        def note(*given):
            seen.append((threading.get_ident(), asyncio.get_running_loop()))

        posts = {"locked": lambda: loop.locked(note), "posted": lambda: loop.posted(note)(1),
                 "later": lambda: loop.later(0.01, note)}
        with ThreadPoolExecutor(max_workers=1) as pool:
            posts["compute"] = lambda: loop.compute(pool, lambda: 1, note)
            caller(posts[way])
            await until(lambda: seen)
        assert seen == [(threading.get_ident(), asyncio.get_running_loop())]

    run_apart(act())


def test_what_is_posted_from_a_thread_has_its_document_for_the_present_one():
    async def act():
        document, seen = unserved_document(), []
        loop = SessionLoop(document)
        in_a_thread(lambda: loop.locked(lambda: seen.append(pn.state.curdoc)))
        await until(lambda: seen)
        assert seen == [document]

    run_apart(act())


def test_work_is_done_elsewhere_and_its_answer_or_error_comes_back():
    async def act():
        loop, found, workers = SessionLoop(unserved_document()), [], []

        def fail():
            workers.append(threading.get_ident())
            raise ZeroDivisionError("no answer")

        with ThreadPoolExecutor(max_workers=1) as pool:
            loop.compute(pool, lambda: 41 + 1, found.append)
            loop.compute(pool, fail, found.append)
            await until(lambda: len(found) == 2)
        assert found[0].result() == 42
        with pytest.raises(ZeroDivisionError, match="no answer"):
            found[1].result()
        assert workers != [threading.get_ident()]

    run_apart(act())


def test_work_that_goes_on_after_the_end_does_not_keep_the_session():
    async def act():
        door, done = threading.Event(), threading.Event()
        loop = SessionLoop(unserved_document())

        class Page:
            def finish(self, future):
                raise AssertionError("the session has ended")

        page = Page()
        kept = weakref.ref(page)
        with ThreadPoolExecutor(max_workers=1) as pool:
            loop.compute(pool, lambda: (door.wait(10), done.set()), page.finish)
            loop.close()
            del page
            gc.collect()
            gone = kept() is None
            door.set()
            await until(done.is_set)
        assert gone
        await asyncio.sleep(0.02)

    run_apart(act())


def test_a_cancelled_timer_does_nothing_and_lets_go_of_its_action():
    async def act():
        loop, seen = SessionLoop(unserved_document()), []

        class Held:
            def tell(self):
                seen.append(self)

        held = Held()
        gone = weakref.ref(held)
        timer = loop.later(0.03, held.tell)
        del held
        in_a_thread(timer.cancel)
        assert timer.cancelled
        await asyncio.sleep(0)
        gc.collect()
        assert gone() is None
        await asyncio.sleep(0.1)
        assert seen == []

    run_apart(act())


def test_an_action_happens_once_and_its_timer_knows():
    async def act():
        loop, seen = SessionLoop(unserved_document()), []
        timer = loop.later(0.0, lambda: seen.append(1))
        await until(lambda: seen)
        assert timer.cancelled
        timer.happen()
        assert seen == [1]

    run_apart(act())


def test_nothing_happens_after_the_end_of_the_session():
    async def act():
        loop, seen = SessionLoop(unserved_document()), []
        loop.locked(lambda: seen.append("posted before the end"))
        loop.later(0.01, lambda: seen.append("timed before the end"))
        loop.close()
        loop.locked(lambda: seen.append("posted after it"))
        await asyncio.sleep(0.05)
        assert seen == []

    run_apart(act())


def test_a_server_that_has_stopped_is_no_trouble():
    async def make():
        return SessionLoop(unserved_document())

    loop = run_apart(make())
    loop.later(0.01, lambda: None)  # its event loop is closed by now


def test_a_page_built_in_a_worker_thread_finds_the_loop_of_its_server():
    async def act():
        here = asyncio.get_running_loop()
        for io_loop in (here, SimpleNamespace(asyncio_loop=here)):  # of asyncio, or of Tornado
            context = SimpleNamespace(server_context=SimpleNamespace(application_context=SimpleNamespace(
                io_loop=io_loop)))
            document = SimpleNamespace(session_context=context)
            assert await asyncio.to_thread(loop_of, document) is here

    run_apart(act())


def test_without_a_loop_and_a_server_a_page_says_what_it_needs_once_it_needs_it():
    bare = SimpleNamespace(session_context=None)
    with pytest.raises(RuntimeError, match="needs a running event loop"):
        in_a_thread(lambda: loop_of(bare))
    loop = in_a_thread(lambda: SessionLoop(bare))  # as when the server warms up
    with pytest.raises(RuntimeError, match="needs a running event loop"):
        in_a_thread(lambda: loop.later(0.01, print))


def test_a_page_that_was_built_without_a_loop_finds_the_one_it_is_used_on():
    loop, seen = in_a_thread(lambda: SessionLoop(SimpleNamespace(session_context=None))), []

    async def act():
        loop._document = unserved_document()
        loop.later(0.0, lambda: seen.append(asyncio.get_running_loop()))
        await until(lambda: seen)
        assert seen == [asyncio.get_running_loop()]

    run_apart(act())


class Served:
    """The context of a document that a server holds, whose lock is asked for and free."""

    session = "a session"

    async def with_locked_document(self, action):
        await action(None)


def test_nothing_posted_is_lost_while_the_document_is_held():
    async def act():
        document, served, seen = Document(), Served(), []
        document._session_context = lambda: served
        loop = SessionLoop(document)
        document.hold("combine")
        in_a_thread(lambda: loop.locked(lambda: seen.append(state.curdoc)))
        document.callbacks._held_events = []  # what a callback does that has just taken them out
        document.unhold()
        await until(lambda: seen)
        assert seen == [document]  # in the name of the session's own document

    run_apart(act())


def test_what_an_action_raises_is_logged(caplog):
    async def act():
        document, served, seen = Document(), Served(), []
        document._session_context = lambda: served
        loop = SessionLoop(document)
        loop.locked(lambda: 1 / 0)
        loop.locked(lambda: seen.append(1))
        await until(lambda: seen)
        assert loop._tasks == set()

    with caplog.at_level("ERROR"):
        run_apart(act())
    assert "ZeroDivisionError" in caplog.text
