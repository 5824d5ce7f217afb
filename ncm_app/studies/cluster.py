"""Long studies on a Dask cluster, where the environment variable NCM_APP_DASK names its scheduler.

A question travels as text (slug, values, seed, settings), which another process reads with its own catalogue;
the answer comes back as it is. What runs there tells its fraction a few times a second and no partial answers.
A cancel is sent to the workers at once and ends the work at its next report; whoever asked goes on without waiting.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import threading
import time
import uuid
from collections import deque
from typing import Any

from ncm_app.core.catalogue import find, models
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import Cancelled, Partial, Progress

VARIABLE = "NCM_APP_DASK"
LOOK, EVERY = 0.02, 0.2
"""Seconds between two looks at a cancel, and between two reports of a worker."""
TOPIC = "ncm-app-progress"

_given_up: deque[str] = deque(maxlen=1000)
"""Work that nobody waits for any more, in a worker."""


class _Here(threading.local):
    """Whether this thread answers for another process, and so asks nobody."""

    answers = False


_here = _Here()


def question_text(study: str, arguments: tuple[Any, ...]) -> str:
    """Return a question to a study ("module:name") as text; TypeError for a model that is not in the catalogue."""
    return json.dumps({"study": study, "arguments": arguments}, default=_written, separators=(",", ":"))


def _written(value: Any) -> Any:
    if isinstance(value, Snapshot) and value.opened is None and value.model in models().values():
        return {"model": value.model.slug(), "values": value.values_by_name}
    raise TypeError(f"{value!r} cannot be written as text")


def read_question(text: str) -> tuple[str, tuple[Any, ...]]:
    """Return the study and its arguments."""
    read = json.loads(text)
    return read["study"], _tupled(read["arguments"])


def _tupled(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_tupled, value))
    if isinstance(value, dict):
        return Snapshot.of(find(value["model"]), {name: _tupled(own) for name, own in value["values"].items()})
    return value


def is_used() -> bool:
    """Tell whether long studies go elsewhere: not those that a worker asks itself."""
    return bool(os.environ.get(VARIABLE)) and not _here.answers


def ask(study: str, arguments: tuple[Any, ...], progress: Progress) -> Any:
    """Return the answer that a worker gives."""
    text, token = question_text(study, arguments), f"ncm-{uuid.uuid4().hex}"
    client, fractions = _client(os.environ[VARIABLE])
    done = threading.Event()
    future = client.submit(answer, text, token, key=token, pure=False)
    future.add_done_callback(lambda _: done.set())
    try:
        while not done.wait(LOOK):
            progress.report(fractions.get(token, 0.0))
        return future.result()
    except Cancelled:
        future.cancel()
        threading.Thread(target=lambda: client.run(give_up, token, on_error="ignore"), daemon=True).start()
        raise
    finally:
        fractions.pop(token, None)


def answer(text: str, token: str) -> Any:
    """Answer a question in a worker."""
    study, arguments = read_question(text)
    module, _, name = study.partition(":")
    _here.answers = True
    try:
        return getattr(importlib.import_module(module), name)(*arguments, progress=_Sent(token))
    finally:
        _here.answers = False


def give_up(token: str) -> None:
    """Let a worker end what nobody waits for."""
    _given_up.append(token)


class _Sent(Progress):
    """Sends the fraction to who asked, and learns of a cancel."""

    def __init__(self, token: str) -> None:
        self.token, self.sent = token, 0.0

    def report(self, fraction: float, partial: Partial | None = None) -> None:
        if self.token in _given_up:
            raise Cancelled
        if time.monotonic() - self.sent > EVERY:
            from distributed import get_worker

            self.sent = time.monotonic()
            get_worker().log_event(TOPIC, {"token": self.token, "fraction": float(fraction)})


@functools.cache
def _client(address: str) -> tuple[Any, dict[str, float]]:
    """Return the client of this process, and the fractions of what runs by its token."""
    from distributed import Client

    fractions: dict[str, float] = {}
    client = Client(address, set_as_default=False, timeout="10s")
    client.subscribe_topic(TOPIC, lambda event: fractions.update({event[1]["token"]: event[1]["fraction"]}))
    return client, fractions
