"""Visitors without a browser against the real server: what they are refused, and that the others notice nothing."""

from __future__ import annotations

import base64
import gc
import gzip
import json
import logging
import socket
from contextlib import suppress

import pytest
from bokeh.server.views.ws import WSHandler
from bokeh.util.token import generate_jwt_token, generate_session_id
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClosedError

from ncm_app.pages.guard import messages, tokens
from ncm_app.pages.guard.bindings import BINDINGS, found
from tests.support.catalogue import first_few
from tests.support.session import run_apart
from tests.support.visitor import Visitor, painted
from tests.support.visits import QUERY, ask, lines, memory, visit


def packed(size):
    return {"type": "bytes", "data": base64.b64encode(gzip.compress(bytes(size), 9)).decode()}


@pytest.mark.parametrize("binding", BINDINGS, ids=lambda binding: binding.where)
def test_every_name_that_the_guard_replaces_is_there(binding):
    owner, name = found(binding.where)
    if name != "_handlers":
        assert "ncm_app" in repr(vars(owner)[name]) or isinstance(vars(owner)[name], property) or \
            vars(owner)[name].__module__.startswith("ncm_app.pages.guard")


# --- tokens ---------------------------------------------------------------------


def test_page_opens_with_its_own_token_once(server):
    async def act(visitor):
        assert "." in visitor.token and len(visitor.models) > 100
        with pytest.raises(HTTPClientError) as second:
            await visitor.connect()
        await visitor.leave()
        with pytest.raises(HTTPClientError) as later:
            await visitor.connect()
        return second.value.code, later.value.code

    assert visit(server, act) == (403, 403)


FORGED = {
    "unsigned": lambda: generate_jwt_token("chosen", signed=False),
    "another secret": lambda: generate_jwt_token(generate_session_id(b"x" * 32, True), b"x" * 32, True),
    "no token": lambda: "x", "empty": lambda: "e30", "nothing signed": lambda: "a.b",
    "unsigned name in a signed token": lambda: generate_jwt_token("chosen", tokens.PROCESS_SECRET, True),
    "not base64": lambda: "!!!.!!!", "expired": lambda: generate_jwt_token(
        generate_session_id(tokens.PROCESS_SECRET, True), tokens.PROCESS_SECRET, True, expiration=-5),
}


@pytest.mark.parametrize("make", FORGED.values(), ids=FORGED)
def test_forged_tokens_open_no_websocket(server, make, caplog):
    async def act():
        with pytest.raises(HTTPClientError) as refused:
            await Visitor(server.port).connect(make())
        return refused.value.code

    assert run_apart(act()) == 403
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("name", [n for n in FORGED if n not in ("expired",)])
def test_forged_tokens_and_names_open_no_page(server, name, caplog):
    token = FORGED[name]()
    assert ask(server, f"/app?model=lif&bokeh-token={token}").code == 403
    if "signed token" not in name:  # what the server has signed is also a name that it has signed
        assert ask(server, f"/app?model=lif&bokeh-session-id={token}").code == 403
        assert ask(server, "/app?model=lif", headers={"Bokeh-Session-Id": token}).code == 403
    assert ask(server, "/app/autoload.js?bokeh-autoload-element=1&bokeh-session-id=chosen").code == 403
    assert not any(record.exc_info for record in caplog.records)


def test_websocket_without_an_origin_or_from_elsewhere_is_refused(server):
    async def act():
        visitor = Visitor(server.port, QUERY)
        codes = []
        for origin in (None, "http://elsewhere.example", f"http://127.0.0.1:{server.port}.elsewhere.example"):
            await visitor.load()
            with pytest.raises(HTTPClientError) as refused:
                await visitor.connect(origin=origin)
            codes.append(refused.value.code)
        await visitor.load()
        with pytest.raises(HTTPClientError) as refused:
            await visitor.connect(protocols=["bokeh"])
        return [*codes, refused.value.code]

    assert run_apart(act()) == [403, 403, 403, 403]


# --- messages -------------------------------------------------------------------


def test_parts_of_a_message_do_not_wait_for_each_other(server):
    async def act(visitor):
        sockets = [thing for thing in gc.get_objects() if issubclass(type(thing), WSHandler)]
        stream = next(one.ws_connection.stream for one in sockets if one.connection and one.ws_connection)
        return stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    assert visit(server, act) == 1


def test_a_frame_is_one_message(server):
    async def act(visitor):
        await visitor.wake()
        await painted(visitor, 60.0)
        while await painted(visitor, 1.0):
            pass
        found = []
        for value in (5.0, 6.0, 7.0, 8.0):
            await visitor.move("I_0", value)
            kinds = set()
            while "seq" not in kinds:
                events = (await visitor.next_message())[1].get("events", ())
                kinds = {event.get("attr") for event in events}
                found.append("data" in kinds)
                ack = [(event["model"]["id"], event["new"]) for event in events if event.get("attr") == "seq"]
            await visitor.change(ack[0][0], "ack", ack[0][1])
            assert "data" in kinds
        return found

    assert sum(visit(server, act)) == 4


def test_bytes_that_inflate_without_bound_close_the_socket_with_one_line(server, caplog):
    async def act(visitor):
        before = memory()
        await visitor.change(visitor.roots[0]["id"], "name", packed(600 << 20))
        answer = await visitor.answered()
        return answer, memory() - before

    answer, grown = visit(server, act)
    assert answer == "closed"
    # What the test itself compresses is held meanwhile: the zeros once, not what the server would make of them.
    assert grown < 700
    assert [line for line in lines(caplog) if "inflates" in line] == [
        f"Closed a websocket from 127.0.0.1: a message that inflates to more than {messages.MOST_BYTES >> 20} MB"]
    assert not any(record.exc_info for record in caplog.records)


def test_many_small_values_may_not_inflate_to_more_than_one(server):
    async def act(visitor):
        await visitor.change(visitor.roots[0]["id"], "tags", [packed(1 << 20)] * (2 + (messages.MOST_BYTES >> 20)))
        return await visitor.answered()

    assert visit(server, act) == "closed"


def setting(value, model="x"):
    """Return a change in which a value comes before the model that would have it."""
    return json.dumps({"events": [{"kind": "ModelChanged", "new": value, "attr": "a", "model": {"id": model}}]})


WIDE = {"type": "ndarray", "dtype": "S1000000000", "shape": [2], "order": "little", "array": ["", ""]}
TWICE = {"type": "bytes", "data": base64.b64encode(gzip.compress(b"a") * 2).decode()}
CUT = {"type": "bytes", "data": base64.b64encode(gzip.compress(bytes(1000))[:-9]).decode()}
BAD = {
    "not JSON": ("PATCH-DOC", "{"), "list": ("PATCH-DOC", "[]"), "no events": ("PATCH-DOC", "{}"),
    "events of numbers": ("PATCH-DOC", '{"events": [1]}'), "unknown kind": ("SOMETHING", "{}"),
    "a whole document": ("PUSH-DOC", '{"doc": {"roots": []}}'), "an acknowledgement": ("ACK", "{}"),
    "a new root": ("PATCH-DOC", json.dumps({"events": [{"kind": "RootAdded", "model": {"id": "x"}}]})),
    "a new object": ("PATCH-DOC", setting({"type": "object", "name": "Slider", "id": "x"})),
    "wide array": ("PATCH-DOC", setting(WIDE)),
    "deep": ("PATCH-DOC", '{"events": [{"kind": "ModelChanged", "new": ' + "[" * 3000 + "]" * 3000 + "}]}"),
    "deeper": ("PATCH-DOC", "[" * 200_000), "many": ("PATCH-DOC", "[" + "[]," * 500_000 + "[]]"),
    "two members": ("PATCH-DOC", setting(TWICE)), "cut off": ("PATCH-DOC", setting(CUT)),
    "no gzip": ("PATCH-DOC", setting({"type": "bytes", "data": "AAAA"})),
}


@pytest.mark.parametrize("message", first_few(BAD, 4))
def test_what_no_page_sends_closes_the_socket(server, message, caplog):
    kind, text = message

    async def act(visitor):
        caplog.clear()
        await visitor.send(kind, None, raw=text)
        return await visitor.answered()

    assert visit(server, act) == "closed"
    assert len([line for line in lines(caplog) if line.startswith("Closed a websocket")]) <= 1
    assert sum(map(len, lines(caplog))) < 2000
    assert not any(record.exc_info for record in caplog.records)


def test_header_that_announces_many_buffers_is_held_to_the_bound_of_a_message(server):
    async def act(visitor):
        socket = visitor._socket
        await socket.write_message(json.dumps({"msgid": "a", "msgtype": "PATCH-DOC", "num_buffers": 10_000}))
        await socket.write_message("{}")
        await socket.write_message('{"events": []}')
        with suppress(WebSocketClosedError):
            for k in range(12):
                await socket.write_message(json.dumps({"id": str(k)}))
                await socket.write_message(bytes(1 << 20), binary=True)
        return await visitor.answered()

    assert visit(server, act) == "closed"


def test_whole_page_is_not_sent_again_and_again(server):
    async def act(visitor):
        for _ in range(messages.MOST_PULLS):
            await visitor.send("PULL-DOC-REQ", {})
        return await visitor.answered()

    assert visit(server, act) == "closed"


def test_part_that_is_too_long_is_not_taken(server, caplog):
    async def act(visitor):
        with suppress(WebSocketClosedError):
            await visitor.send("PATCH-DOC", None, raw=" " * (messages.MOST_PART + 1))
        return await visitor.answered()

    assert visit(server, act) == "closed"
    assert sum(map(len, lines(caplog))) < 2000


def test_three_hundred_bad_patches_write_little_into_the_log(server, caplog):
    async def act(visitor):
        caplog.clear()
        for k in range(300):
            await visitor.change(visitor.roots[0]["id"] if k % 2 else "nobody", "no_such_name", "x" * 3000)
        return [await visitor.answered() for _ in range(300)]

    assert set(visit(server, act)) == {"OK", "ERROR"}  # Bokeh passes over names that it does not know
    formatted = [logging.Formatter().format(record) for record in caplog.records]
    assert 2 <= len(formatted) <= 50 and sum(map(len, formatted)) < 110_000
    assert not any("xxxxxxxxxx" * 100 in text for text in formatted)


def test_a_page_comes_alive_and_its_slider_moves_the_picture(server):
    async def act(visitor):
        await visitor.wake()
        first = await painted(visitor, 60.0)
        await visitor.send("PULL-DOC-REQ", {})
        visitor._find(await visitor._message("PULL-DOC-REPLY"))
        await visitor.move("I_0", 23.0)
        return first, await painted(visitor, 60.0)

    assert visit(server, act) == (True, True)
