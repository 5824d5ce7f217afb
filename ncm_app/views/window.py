"""When and why the axes of a plot follow what is drawn."""

from __future__ import annotations

from enum import IntEnum


class Why(IntEnum):
    """Why axes move: not at all beside what has left them, for another duration, on demand, for other values."""

    STAY = 0
    TIME = 1
    FIT = 2
    PRESET = 3

    def after(self, pending: Why) -> Why:
        """Return why axes move when an earlier reason has not been followed yet."""
        return self if self > Why.TIME else max(self, pending)
