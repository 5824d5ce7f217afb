"""What Numba does step by step while it compiles: each piece takes seconds, each step some milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.core import event

KINDS = ("numba:run_pass", "numba:llvm_lock")
"""Events between which the compiler cannot be told anything; the longest of them run without the interpreter lock."""


class _Steps(event.Listener):  # type: ignore[misc]
    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act

    def on_start(self, event: Any) -> None:
        self._act()

    def on_end(self, event: Any) -> None:
        self._act()


def between_steps(act: Callable[[], None]) -> Callable[[], None]:
    """Call `act` between the steps of the compiler, in whichever thread compiles; return how to end that."""
    listener = _Steps(act)
    for kind in KINDS:
        event.register(kind, listener)

    def end() -> None:
        for kind in KINDS:
            event.unregister(kind, listener)

    return end
