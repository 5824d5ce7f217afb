"""The states of a page one after the other: what undo, redo and the browser's back and forward walk through."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any, NamedTuple

from ncm_app.session.actions import Action, stroke, why_axes_follow, wipes_trails
from ncm_app.session.state import PageState
from ncm_app.views.window import Why

MOST_STEPS = 200
"""Steps that are kept; the oldest goes first."""


class Step(NamedTuple):
    """A state and its number, which no other step of the page ever has; what led to it.

    `stroke` is what consecutive actions share that are one step; `why` axes moved, and `wipes` whether
    trails began anew. The action itself is not kept: it may hold a file.
    """

    number: int
    state: PageState
    stroke: Hashable | None = None
    why: Why = Why.STAY
    wipes: bool = False


class Walk(NamedTuple):
    """Where a walk through the history ends, why the axes follow, and whether trails begin anew."""

    state: PageState
    why: Why
    wipes: bool


class History:
    """The steps of one page, of which one is the present."""

    def __init__(self, state: PageState) -> None:
        self._steps = [Step(0, state)]
        self._at = self._last = 0
        self._open = False

    @property
    def present(self) -> Step:
        """The step that the page shows."""
        return self._steps[self._at]

    @property
    def can_undo(self) -> bool:
        """Whether there is a step before the present one."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step after the present one."""
        return self._at + 1 < len(self._steps)

    def add(self, state: PageState, action: Action) -> None:
        """Go on to the state that an action led to; the moves of one slider, or one drag, are one step."""
        before = self.present
        if state == before.state:
            return
        why, wipes, same = why_axes_follow(before.state, state, action), wipes_trails(action), stroke(action)
        del self._steps[self._at + 1:]
        if self._open and same is not None and same == before.stroke:
            self._steps[-1] = Step(before.number, state, same, max(why, before.why))  # no stroke wipes trails
        else:
            self._last += 1
            self._steps.append(Step(self._last, state, same, why, wipes))
            del self._steps[:-MOST_STEPS]
        self._at, self._open = len(self._steps) - 1, True
        self._let_go_of_closed(before.state)

    def replace(self, state: PageState) -> None:
        """Let the present step hold another state, as where a bench follows another whose history counts."""
        self._steps[self._at] = self.present._replace(state=state)

    def undo(self) -> Walk | None:
        """Go one step back; None at the beginning."""
        return self._walk(self._at - 1)

    def redo(self) -> Walk | None:
        """Go one step forward; None at the end."""
        return self._walk(self._at + 1)

    def go_to(self, number: int) -> Walk | None:
        """Go to a step by its number; None if it is not kept."""
        return self._walk(next((k for k, step in enumerate(self._steps) if step.number == number), -1))

    def _walk(self, place: int) -> Walk | None:
        if not 0 <= place < len(self._steps):
            return None
        left, (first, last) = self.present.state, sorted((place, self._at))
        passed = self._steps[first + 1:last + 1]
        self._at, self._open = place, False
        self._let_go_of_closed(left)
        return Walk(self.present.state, max((step.why for step in passed), default=Why.STAY),
                    any(step.wipes for step in passed))

    def _let_go_of_closed(self, left: PageState) -> None:
        """Drop from every other step the files that the page shows no more: a file goes when it is closed."""
        if not (left.snapshot.opened is not None or _ghost(left) is not None):
            return
        now = self.present.state
        for k, step in enumerate(self._steps):
            if k != self._at:
                own = step.state
                opened = own.snapshot.opened if own.snapshot.opened is now.snapshot.opened else None
                frozen = own.frozen if _ghost(own) in (None, now.snapshot.opened, _ghost(now)) else None
                self._steps[k] = step._replace(state=replace(
                    own, snapshot=replace(own.snapshot, opened=opened), frozen=frozen))


def _ghost(state: PageState) -> Any:
    """Return the file that the frozen run was made of, None for none."""
    return None if state.frozen is None else state.frozen.opened
