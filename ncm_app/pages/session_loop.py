"""The event loop of one session, to which work is posted from any thread.

Bokeh 3.9 calls synchronous callbacks on the event loop, Bokeh 3.10 in worker threads under
the document's lock, so no code of a page may ask for "the running loop". What touches
models is an action that runs on the session's loop with the lock held: `locked` posts one,
`later` after a pause; all that it does is one message to the browser. In a worker thread it must
not run even under the lock: there Panel 1.10 keeps the document held for one more turn, and what
the browser sends meanwhile comes back to it as an echo: a held arrow key loses steps.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec

from ncm_app.pages import upstream

P = ParamSpec("P")
_LISTENED_TO: weakref.WeakSet[Any] = weakref.WeakSet()
"""Documents whose browsers have said that they listen."""


class Timer:
    """An action that waits for its time; `cancel` may be called from any thread, and lets go of the action."""

    def __init__(self, action: Callable[[], None] | None = None) -> None:
        self._action = action

    def cancel(self) -> None:
        """Let the action not happen, unless it runs already."""
        self._action = None

    @property
    def cancelled(self) -> bool:
        """Whether the action will not happen any more: it was cancelled, or it has happened."""
        return self._action is None

    def happen(self) -> None:
        """Do it, once."""
        action, self._action = self._action, None
        if action is not None:
            action()


class SessionLoop:
    """Where one session's work is posted; it keeps the event loop from when the session is built.

    A page that is built to warm the server up, before there is a loop, looks for one when it needs it.
    After `close` nothing that was posted happens any more.
    """

    def __init__(self, document: Any) -> None:
        self._document = document
        with contextlib.suppress(RuntimeError):
            self._loop = loop_of(document)
        self._closed = False
        self._beginnings: list[Callable[[], None]] = []
        self._waiting: dict[object, Callable[[Future[Any]], None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @functools.cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        return loop_of(self._document)

    def locked(self, action: Callable[[], None]) -> None:
        """Run an action soon, on the loop, with the document locked; call it from any thread."""
        if self._closed:
            return
        try:
            loop = self._loop
        except RuntimeError:
            self._document.add_next_tick_callback(self._on_loop(action))
            return
        _soon(loop, self._post, self._on_loop(action))

    def posted(self, action: Callable[P, None]) -> Callable[P, None]:
        """Return a function that posts an action with the arguments it is called with."""
        def post(*given: P.args, **named: P.kwargs) -> None:
            self.locked(lambda: action(*given, **named))

        return post

    def later(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Run an action with the document locked after a pause, unless its timer is cancelled by then."""
        timer = Timer(action)

        def fire() -> None:
            if not timer.cancelled:
                self.locked(timer.happen)

        _soon(self._loop, self._loop.call_later, seconds, fire)
        return timer

    def compute(self, pool: Executor, work: Callable[[], Any], finish: Callable[[Future[Any]], None]) -> None:
        """Let a pool do work without the lock, then finish with it; call it from any thread.

        Work that goes on after the session has ended does not keep the session.
        """
        token, own = object(), weakref.ref(self)
        self._waiting[token] = finish

        def hand_over(done: Future[Any]) -> None:
            loop = own()
            waiting = None if loop is None else loop._waiting.pop(token, None)
            if loop is not None and waiting is not None:
                loop.locked(lambda: waiting(done))

        pool.submit(work).add_done_callback(hand_over)

    def when_ready(self, action: Callable[[], None]) -> None:
        """Run an action with the document locked once the browser listens: soon, where it does already."""
        if self._document in _LISTENED_TO:
            self.locked(action)
            return
        if not self._beginnings:
            self._document.on_event("document_ready", lambda _: self._begin())
        self._beginnings.append(action)

    def _begin(self) -> None:
        _LISTENED_TO.add(self._document)
        beginnings, self._beginnings = self._beginnings, []
        for action in beginnings:
            self.locked(action)

    def close(self) -> None:
        """Drop what was posted and whatever will be."""
        self._closed = True
        self._waiting.clear()
        self._beginnings.clear()

    def _post(self, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Let an action wait for the lock of the document; it is called on the loop.

        What is posted as the document's own "next tick" from another thread may get lost: while the document
        is held for a callback, Bokeh keeps it with the held changes, and takes them out without a lock.
        """
        context = self._document.session_context
        if context is None or context.session is None:
            self._document.add_next_tick_callback(act)
            return
        task = self._loop.create_task(context.with_locked_document(lambda _: act()))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.result()  # what was raised is logged by the loop

    def _on_loop(self, action: Callable[[], None]) -> Callable[[], Coroutine[Any, Any, None]]:
        # Every version of Bokeh awaits a coroutine on the loop, and holds the lock meanwhile, but does not say
        # there whose document it is: Panel would post each assignment to a component once more.
        async def act() -> None:
            if not self._closed:
                with upstream.at_work(self._document):
                    action()

        return act


def _soon(loop: asyncio.AbstractEventLoop, act: Callable[..., Any], *given: Any) -> None:
    """Call something on a loop, from any thread; from itself without waking it, which costs a system call."""
    try:
        here = asyncio.get_running_loop() is loop
    except RuntimeError:
        here = False
    # The server may have stopped meanwhile: then nobody waits.
    with contextlib.suppress(RuntimeError):
        (loop.call_soon if here else loop.call_soon_threadsafe)(act, *given)


def loop_of(document: Any) -> asyncio.AbstractEventLoop:
    """Return the event loop that serves a document; RuntimeError where there is none.

    An application may be built on the loop or in a worker thread; there its server knows the loop.
    """
    with contextlib.suppress(RuntimeError):
        return asyncio.get_running_loop()
    server = getattr(getattr(document, "session_context", None), "server_context", None)
    served_by = getattr(getattr(server, "application_context", None), "io_loop", None)
    loop = getattr(served_by, "asyncio_loop", served_by)
    if loop is None:
        raise RuntimeError("A page needs a running event loop, or a document that a server made.")
    return loop  # type: ignore[no-any-return]
