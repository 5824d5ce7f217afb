"""Websockets that write once a turn of the event loop, however many parts of messages there are.

A message of Bokeh has three parts and two more for each array, each a frame of the websocket. Written one by one
they cost a system call each, after which the loop waits for the interpreter lock wherever a thread computes.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from typing import Any

from bokeh.server.views.ws import WSHandler
from tornado.escape import utf8
from tornado.iostream import StreamClosedError

_once: list[bool] = []


def make_sockets_lean() -> None:
    """Let every websocket of the process write once a turn; a second call changes nothing."""
    if _once:
        return
    _once.append(True)
    handler: Any = WSHandler
    opened = handler.open

    @functools.wraps(opened)
    def open_lean(self: Any, *given: Any, **named: Any) -> Any:
        gather_frames(self.ws_connection.stream)
        write_without_tasks(self.ws_connection)
        return opened(self, *given, **named)

    handler.open = open_lean


class Gathering:
    """The frames of one stream that wait for the end of the turn; a stream that is behind takes them as they come."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._write, self._close = stream, stream.write, stream.close
        self._frames: list[bytes] = []
        self._written: asyncio.Future[None] = asyncio.Future()
        self._written.set_result(None)

    def write(self, frame: bytes) -> Any:
        """Take a frame; return what is done once the stream can take the next."""
        if self._stream.closed() or (not self._frames and self._stream.writing()):
            return self._write(frame)
        if not self._frames:
            asyncio.get_running_loop().call_soon(self.flush)
        self._frames.append(frame)
        return self._written

    def flush(self) -> None:
        """Write what waits."""
        frames, self._frames = self._frames, []
        if frames and not self._stream.closed():
            self._write(b"".join(frames))

    def close(self, *given: Any, **named: Any) -> None:
        """Write what waits, then close."""
        with contextlib.suppress(StreamClosedError):  # whoever reads it may have gone
            self.flush()
        self._close(*given, **named)


def gather_frames(stream: Any) -> None:
    """Let a stream write once a turn."""
    gathering = Gathering(stream)
    stream.write, stream.close = gathering.write, gathering.close


def write_without_tasks(connection: Any) -> None:
    """Let a connection make no task for a part of a message that is written at once: it takes a turn of the loop."""
    write, stream = connection.write_message, connection.stream
    written: asyncio.Future[None] = asyncio.Future()
    written.set_result(None)

    def write_message(message: str | bytes, binary: bool = False) -> Any:
        if connection._compressor or stream.closed() or stream.writing():
            return write(message, binary)
        connection._write_frame(True, 2 if binary else 1, utf8(message))
        return written

    connection.write_message = write_message
