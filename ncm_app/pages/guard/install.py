"""Puts the guard into place, once for the process."""

from __future__ import annotations

import threading

from ncm_app.pages.guard.address import take_any_address
from ncm_app.pages.guard.gate import stand_at_the_gate
from ncm_app.pages.guard.headers import frame_ancestors
from ncm_app.pages.guard.logs import bound_logs
from ncm_app.pages.guard.messages import bound_messages
from ncm_app.pages.guard.tokens import sign_all

_once = threading.Lock()


def install() -> None:
    """Guard every server of this process; a second call changes nothing.

    Raises ValueError where the host's settings cannot be read.
    """
    frame_ancestors()  # a host's mistake is told at the start, and at each attempt
    if _once.acquire(blocking=False):
        bound_logs()
        sign_all()
        bound_messages()
        take_any_address()
        stand_at_the_gate()
