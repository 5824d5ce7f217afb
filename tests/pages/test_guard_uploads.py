"""Files that visitors send over the protocol: every wrong one reaches its limit, is told, and leaves nothing."""

from __future__ import annotations

import base64
import gzip
import io
import pickle
import time
import zipfile

import numpy as np
import pytest

from tests.support.session import run_apart
from tests.support.visitor import Visitor, painted
from tests.support.visits import lines, memory

QUERY = "model=spike_trains"


class Harm:
    """What a pickle would run."""

    def __reduce__(self):
        return (pytest.fail, ("a pickle was loaded",))


def npz(**arrays):
    whole = io.BytesIO()
    np.savez(whole, **arrays)
    return whole.getvalue()


def bomb(size=300 << 20):
    """Return an archive of a few hundred kB whose array would have `size` bytes."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (size // 8,)})
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("spikes.npy", "w") as member:
        member.write(head.getvalue())
        for _ in range(size >> 20):
            member.write(bytes(1 << 20))
    return whole.getvalue()


def packed(data):
    return {"type": "bytes", "data": base64.b64encode(gzip.compress(data)).decode()}


def part(data=b"1\n2\n", **changes):
    """Return the message of a file in one part, with changes."""
    message = {"name": "mine.txt", "size": len(data), "part": 0, "parts": 1, **changes}
    return {"type": "map", "entries": [*map(list, message.items()), ["data", packed(data)]]}


async def chooser(visitor):
    """Bring the page to life and return the id of the part that takes files."""
    await visitor.wake()
    assert await painted(visitor, 60.0)
    await visitor.send("PULL-DOC-REQ", {})
    visitor._find(await visitor._message("PULL-DOC-REPLY"))
    data = visitor.parts("Chooser1")[0]["id"]
    return next(key for key, model in visitor.models.items()
                if model["name"] == "panel.models.esm.ReactiveESM" and model["attributes"]["data"]["id"] == data)


def strings(value):
    """Yield the texts in a value of any depth."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(inner)


async def told(visitor, seconds=60.0):
    """Return the next notice that the page shows."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        found = await visitor.next_message(left)
        assert found is not None, "the socket was closed"
        for event in found[1].get("events", ()) if isinstance(found[1], dict) else ():
            for text in strings(event.get("new")):
                if "not opened" in text or "The page shows" in text:
                    return text
    raise TimeoutError


WRONG = {
    "announced too large": lambda: [part(size=10**12)],
    "announced small, and large": lambda: [part(bytes(1 << 20), size=1, part=k, parts=99) for k in range(21)],
    "second part first": lambda: [part(part=1, parts=2)],
    "a part left out": lambda: [part(parts=3), part(part=2, parts=3)],
    "another name": lambda: [part(parts=2), part(name="other.txt", part=1, parts=2)],
    "no size": lambda: [part(size="x")], "no name": lambda: [part(name=None)], "no number": lambda: [part(part="0")],
    "a list": lambda: [[1, 2, 3]], "nothing": lambda: [None],
    "a pickle": lambda: [part(pickle.dumps(Harm()), name="mine.npz")],
    "pickles in an archive": lambda: [part(npz(spikes=np.array([Harm()], dtype=object)), name="mine.npz")],
    "an archive that unpacks to 300 MB": lambda: [part(bomb(), name="mine.npz")],
    "an unknown ending": lambda: [part(name="../../etc/passwd")],
    "a long name": lambda: [part(name="x" * 3000)],
}


ALWAYS = ("announced small, and large", "a part left out", "pickles in an archive")


@pytest.mark.parametrize("make", [pytest.param(make, id=name, marks=() if name in ALWAYS else pytest.mark.sweep)
                                  for name, make in WRONG.items()])
def test_wrong_files_are_told_and_kept_nowhere(server, make, caplog):
    messages = make()

    async def act():
        async with Visitor(server.port, QUERY) as visitor:
            where = await chooser(visitor)
            before = memory()
            for message in messages:
                await visitor.tell("data_event", where, {"data": message})
            return await told(visitor), memory() - before

    sentence, grown = run_apart(act())
    assert len(sentence) < 500
    assert grown < 120
    assert not any(record.exc_info for record in caplog.records), lines(caplog)


def test_a_value_that_inflates_too_far_closes_the_socket(server):
    async def act():
        async with Visitor(server.port, QUERY) as visitor:
            where = await chooser(visitor)
            await visitor.tell("data_event", where, {"data": part(bytes(64 << 20), name="mine.npz")})
            return await visitor.answered()

    assert run_apart(act()) == "closed"
