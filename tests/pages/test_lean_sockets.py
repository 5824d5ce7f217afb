"""All that is written to a websocket in one turn of the loop leaves together, in order, and nothing is lost."""

from __future__ import annotations

import asyncio

import pytest
from bokeh.server.views.ws import WSHandler
from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketHandler, WebSocketProtocol13

from ncm_app.pages.lean_sockets import gather_frames, write_without_tasks
from tests.support.session import run_apart


class Stream:
    """What a socket writes to; it is `behind` while the network is slow."""

    def __init__(self):
        self.calls, self.behind, self.gone = [], False, False

    def write(self, data):
        if self.gone:
            raise StreamClosedError
        self.calls.append(data)
        return asyncio.get_running_loop().create_future()

    def writing(self):
        return self.behind

    def closed(self):
        return self.gone

    def close(self, *given):
        self.calls.append("closed")
        self.gone = True


def gathered(act):
    async def turn():
        stream = Stream()
        gather_frames(stream)
        await act(stream)
        await asyncio.sleep(0)
        return stream.calls

    return run_apart(turn())


def test_frames_of_a_turn_are_one_write_and_those_of_the_next_another():
    async def act(stream):
        for frame in (b"a", b"b", b"c"):
            await stream.write(frame)  # no turn goes by
        assert stream.calls == []
        await asyncio.sleep(0)
        stream.write(b"d")

    assert gathered(act) == [b"abc", b"d"]


def test_a_stream_that_is_behind_makes_its_writer_wait():
    async def act(stream):
        stream.behind = True
        waits = stream.write(b"a")
        assert stream.calls == [b"a"] and not waits.done()

    assert gathered(act) == [b"a"]


def test_order_is_kept_where_a_stream_falls_behind_within_a_turn():
    async def act(stream):
        stream.write(b"a")
        stream.behind = True
        stream.write(b"b")

    assert gathered(act) == [b"ab"]


def test_what_waits_leaves_before_the_stream_is_closed():
    async def act(stream):
        stream.write(b"a")
        stream.close()

    assert gathered(act) == [b"a", "closed"]


def test_a_stream_that_has_gone_is_told_to_its_writer_and_to_nobody_else():
    async def act(stream):
        stream.write(b"a")
        stream.gone = True
        with pytest.raises(StreamClosedError):
            stream.write(b"b")

    assert gathered(act) == []


class Connection:
    """A websocket's connection over a stream, which writes frames as Tornado does, but for their heads."""

    _compressor = None

    def __init__(self, stream):
        self.stream, self.slow = stream, []

    def _write_frame(self, fin, opcode, data):
        return self.stream.write(bytes([opcode]) + data)

    def write_message(self, message, binary=False):
        self.slow.append(message)
        return self._write_frame(True, 2 if binary else 1, message)


def test_a_message_takes_no_turn_between_its_parts_and_no_task():
    async def act(stream):
        connection = Connection(stream)
        write_without_tasks(connection)
        tasks = len(asyncio.all_tasks())
        for part, binary in (("{}", False), (b"xy", True)):
            await connection.write_message(part, binary)
        assert stream.calls == [] and connection.slow == [] and len(asyncio.all_tasks()) == tasks
        await asyncio.sleep(0)
        stream.behind = True
        connection.write_message(b"z")
        assert connection.slow == [b"z"]

    assert gathered(act) == [b"\x01{}\x02xy", b"\x01z"]


def check_names(monkeypatch=None):
    assert {"write", "close", "writing", "closed"} <= set(dir(IOStream))
    assert issubclass(WSHandler, WebSocketHandler)
    assert "_compressor" in WebSocketProtocol13.write_message.__code__.co_names
    assert "stream" in WebSocketProtocol13._write_frame.__code__.co_names  # through which every frame goes


SOCKET_CHECKS = {"WSHandler.open, ws_connection.stream, _write_frame, _compressor": check_names}
