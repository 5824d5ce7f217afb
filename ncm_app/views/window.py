"""When and why the axes of a plot follow what is drawn: the one rule."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from ncm_app.views.clipping import CLIPPED, INVISIBLE, clipped_fraction
from ncm_app.views.columns import Columns, Limits
from ncm_app.views.view import View


class Why(IntEnum):
    """Why axes move: not at all beside what has left them, for another duration, on demand, for other values."""

    STAY = 0
    TIME = 1
    FIT = 2
    PRESET = 3

    def after(self, pending: Why) -> Why:
        """Return why axes move when an earlier reason has not been followed yet."""
        return self if self > Why.TIME else max(self, pending)


def next_window(view: View, result: Any, columns: Columns, window: Limits | None, why: Why) -> Limits | None:
    """Return the ranges to which the axes of a view move, None if they stay.

    Without a reason they follow what has left the present `window`, as the view says, and where
    next to nothing of what is watched lies in it; one that is None stays.
    """
    if why is Why.FIT:
        return view.fitted(result)
    if why is Why.PRESET or (why is Why.TIME and view.over_time):
        return view.limits(result)
    if window is None:
        return None
    if view.outgrown(result, window):
        return view.limits(result)
    lost = clipped_fraction(view.extents(columns, view.watched()), window) > INVISIBLE
    return view.fitted(result) if lost else None


def cuts(view: View, columns: Columns, window: Limits) -> bool:
    """Tell whether a window leaves out a part of what is drawn, where it is not meant to."""
    return not view.cut and clipped_fraction(view.extents(columns, view.watched()), window) > CLIPPED
