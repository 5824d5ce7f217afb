"""A visitor without a browser: opens a page over HTTP and the websocket, and sends what it is told to."""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

HOST = "127.0.0.1"
TOKEN = re.compile(r'"token":\s*"([^"]+)"')


class Visitor:
    """One page at `port`; `async with Visitor(port, "model=eif") as visitor` opens and closes it."""

    def __init__(self, port: int, query: str = "", page: str = "app") -> None:
        self.port, self.query, self.page = port, query, page
        self.token = ""
        self.roots: list[Any] = []
        self.models: dict[str, dict[str, Any]] = {}
        self.closed_with: int | None = None
        self._socket: WebSocketClientConnection | None = None
        self._moves = 0

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}/{self.page}" + (f"?{self.query}" if self.query else "")

    async def ask(self, path: str = "", headers: dict[str, str] | None = None, **options: Any) -> HTTPResponse:
        """Return the answer to a request, whatever its status; without a path that for the page."""
        address = f"http://{HOST}:{self.port}{path}" if path else self.address
        request = HTTPRequest(address, headers=headers or {}, request_timeout=120, **options)
        return await AsyncHTTPClient().fetch(request, raise_error=False)

    async def load(self) -> HTTPResponse:
        """Get the page, and the token that is in it."""
        answer = await self.ask()
        found = TOKEN.search(answer.body.decode("utf-8", "replace"))
        self.token = found[1] if found else ""
        return answer

    async def connect(self, token: str | None = None, origin: str | None = "",
                      protocols: list[str] | None = None) -> WebSocketClientConnection:
        """Open a websocket; raises an HTTPClientError where the server refuses it. No origin: None."""
        home = f"http://{HOST}:{self.port}"
        headers = {} if origin is None else {"Origin": origin or home}
        request = HTTPRequest(f"ws://{HOST}:{self.port}/{self.page}/ws", headers=headers)
        chosen = ["bokeh", self.token if token is None else token]
        opened = await websocket_connect(request, subprotocols=protocols or chosen, max_message_size=1 << 28)
        opened.protocol.set_nodelay(True)  # as browsers do: else a message of three parts waits 40 ms
        return opened

    async def join(self) -> dict[str, Any]:
        """Open the websocket of the page and ask for its document, as a browser does."""
        self._socket = await self.connect()
        await self._message("ACK")
        await self.send("PULL-DOC-REQ", {})
        reply = await self._message("PULL-DOC-REPLY")
        self.roots = reply["doc"]["roots"]
        self.models = {}
        self._find(reply)
        return dict(reply)

    def _find(self, value: Any) -> None:
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            self._find(inner)
        if isinstance(value, dict) and value.get("type") == "object" and "id" in value:
            self.models[value["id"]] = value

    def parts(self, name: str) -> list[dict[str, Any]]:
        """Return the document's models of a name, such as "Dial1" or "ReactiveESM"."""
        return [model for model in self.models.values() if model["name"] == name]

    async def move(self, parameter: str, value: Any) -> None:
        """Move a control, as a browser does once the page is awake."""
        self._moves += 1
        panel, = self.parts("ControlPanel1")
        await self.change(panel["id"], "moved", [self._moves, parameter, value])

    async def send(self, kind: str, content: Any, raw: str | None = None) -> None:
        """Send one message; `raw` is text in place of its content."""
        assert self._socket is not None
        header = {"msgid": uuid.uuid4().hex, "msgtype": kind}
        parts = json.dumps(header), "{}", json.dumps(content) if raw is None else raw
        # All are written before any is waited for: no other message of this visitor may come between them.
        await asyncio.gather(*[self._socket.write_message(part) for part in parts])

    async def change(self, model: str, attribute: str, value: Any) -> None:
        """Set a property of a model, as a browser does."""
        await self.send("PATCH-DOC", {"events": [
            {"kind": "ModelChanged", "model": {"id": model}, "attr": attribute, "new": value}]})

    async def tell(self, name: str, model: str, values: dict[str, Any]) -> None:
        """Send an event of a model, such as a tap or a message; of the document for ""."""
        of = [["model", {"id": model}]] if model else []
        entries = [*of, *([key, value] for key, value in values.items())]
        await self.send("PATCH-DOC", {"events": [{"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": {
            "type": "event", "name": name, "values": {"type": "map", "entries": entries}}}]})

    async def receive(self, seconds: float = 30.0) -> str | bytes | None:
        """Return the next part of a message; None once the socket is closed."""
        assert self._socket is not None
        part = await asyncio.wait_for(self._socket.read_message(), seconds)
        if part is None:
            self.closed_with = self._socket.close_code
        return part

    async def _message(self, kind: str) -> Any:
        """Return the content of the next message of a kind; others are passed over."""
        while True:
            found = await self.next_message()
            if found is None:
                raise ConnectionError(f"closed with {self.closed_with} before {kind}")
            if found[0]["msgtype"] == kind:
                return found[1]

    async def next_message(self, seconds: float = 60.0) -> tuple[dict[str, Any], Any] | None:
        """Return header and content of the next message, None once the socket is closed."""
        texts: list[str] = []
        while len(texts) < 3:
            part = await self.receive(seconds)
            if part is None:
                return None
            assert isinstance(part, str)
            texts.append(part)
        header, _, content = map(json.loads, texts)
        for _ in range(2 * int(header.get("num_buffers", 0))):
            await self.receive(seconds)
        self._find(content)
        return header, content

    async def answered(self, seconds: float = 60.0) -> str:
        """Return the kind of the next answer to something sent: "OK", "ERROR", or "closed"."""
        while True:
            found = await self.next_message(seconds)
            if found is None:
                return "closed"
            if found[0]["msgtype"] in ("OK", "ERROR", "SERVER-INFO-REPLY"):
                return str(found[0]["msgtype"])

    async def wake(self) -> None:
        """Say that the page is drawn, so that the server adds its controls and the first picture."""
        await self.tell("document_ready", "", {})

    async def leave(self) -> None:
        """Close the websocket."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def __aenter__(self) -> Visitor:
        await self.load()
        await self.join()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.leave()


async def painted(visitor: Visitor, seconds: float) -> bool:
    """Wait until the server has sent a frame; False if none comes in time."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        try:
            found = await visitor.next_message(left)
        except TimeoutError:
            return False
        if found is None:
            return False
        for event in found[1].get("events", ()) if isinstance(found[1], dict) else ():
            if event.get("attr") == "seq":
                await visitor.change(event["model"]["id"], "ack", event["new"])
                return True
    return False
