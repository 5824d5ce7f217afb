"""One thing to try at a time, beside the sentence: what to do, a button that does it, then what is to be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ncm_app.core.model import Model
from ncm_app.core.symbols import symbols_of
from ncm_app.language.tries import Try, read_try
from ncm_app.pages.bar import Bar, Item, button
from ncm_app.pages.session_loop import SessionLoop, Timer
from ncm_app.session.actions import Action, Choose, ChoosePreset, Move
from ncm_app.session.state import PageState

PAUSE = 0.9
"""Seconds for which a preset is seen before a slider moves."""


class Tries:
    """The lines to try of one model; `commit(action)` does what a user would, `state()` is what is shown."""

    def __init__(self, model: type[Model], state: Callable[[], PageState], commit: Callable[[Action], None],
                 loop: SessionLoop) -> None:
        self.model, self._state, self._commit, self._loop = model, state, commit, loop
        self._say = symbols_of(model).text
        self.lines: list[Try | str] = [read_try(model, line) or line for line in model.try_this]
        self._at, self._timer = 0, Timer()
        self.words = Item("text", "try", state={"text": ""})
        self.do = button("do-try", "Do it", "set the preset, then move the slider", self.act)
        self.answer = button("reveal", "What happens?", "show what is to be seen", self.reveal)
        self.next = button("next-try", "Another", "the next thing to try", self.go_on)
        self.bar = Bar([[self.words, self.do, self.answer, self.next]] if self.lines else [],
                       css_classes=["ncm-tries"], margin=0, sizing_mode="stretch_width")
        if self.lines:
            self._show(revealed=False)

    @property
    def present(self) -> Try | str:
        """The line that is offered."""
        return self.lines[self._at]

    @property
    def preset(self) -> str:
        """The preset that the line begins with, "" for none."""
        line = self.present
        if isinstance(line, Try):
            return line.preset
        return max((name for name in self.model.presets if line.startswith(f"In {name}, ")), key=len, default="")

    def act(self) -> None:
        """Set the preset; a moment later the values, where a machine can tell them."""
        self._timer.cancel()
        preset = self.preset
        if preset:
            self._commit(ChoosePreset(preset))
        if isinstance(self.present, Try):
            self._timer = self._loop.later(PAUSE if preset else 0.0, self._move)

    def _move(self) -> None:
        line = self.present
        if not isinstance(line, Try):
            return
        for name, value in line.values.items():
            self._commit(Move(name, value))
        if line.compare:
            self._commit(Choose({"compare": line.compare}))
        self.reveal()

    def reveal(self) -> None:
        """Show what is to be seen."""
        self._show(revealed=True)

    def go_on(self) -> None:
        """Offer the next line."""
        self._timer.cancel()
        self._at = (self._at + 1) % len(self.lines)
        self._show(revealed=False)

    def _show(self, revealed: bool) -> None:
        line = self.present
        action, outcome = _parts(line, self.preset)
        begin = f"In {self.preset}, " if self.preset else ""
        words = self._say(f"Try: {begin}{action}" if begin else f"Try: {action[:1].upper()}{action[1:]}")
        if revealed and outcome:
            words += f" → {self._say(outcome)}"
        by_hand = not isinstance(line, Try)
        shown: dict[str, dict[str, Any]] = {
            "try": {"text": words}, "reveal": {"gone": revealed or not outcome},
            "next-try": {"gone": len(self.lines) < 2}}
        self.bar.show(shown)
        self.do.show(label="Begin" if by_hand else "Do it", gone=by_hand and not self.preset)


def _parts(line: Try | str, preset: str) -> tuple[str, str]:
    """Return what one does and what one sees, "" where the line does not part them."""
    if isinstance(line, Try):
        return line.action, line.outcome
    rest = line.removeprefix(f"In {preset}, ") if preset else line
    action, colon, outcome = rest.partition(": ")
    return (action, outcome) if colon else (rest.rstrip("."), "")
