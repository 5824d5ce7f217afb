"""One thing to try at a time, beside the sentence: what to do, what one expects, a button that does it, the answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future
from typing import Any

from ncm_app.core.model import Model
from ncm_app.core.symbols import symbols_of
from ncm_app.language.outcomes import topics_of
from ncm_app.language.tries import Try
from ncm_app.numerics.system import Cancelled
from ncm_app.pages.bar import Bar, Item, button
from ncm_app.pages.session_loop import SessionLoop, Timer
from ncm_app.session.actions import Action, Choose, ChoosePreset, Move
from ncm_app.session.links import is_quick
from ncm_app.session.predictions import Prediction, can_be_predicted, predict
from ncm_app.session.state import PageState
from ncm_app.session.try_lines import first_of, lines_of, order_of, parts_of, preset_of, way_of
from ncm_app.studies import jobs
from ncm_app.studies.jobs import Job

PAUSE, STEP, WAIT = 0.9, 0.07, 0.6
"""Seconds for which a preset is seen before a slider moves, between two of its steps, and before one looks for a
question: the plots come first."""

log = logging.getLogger(__name__)


class Tries:
    """The lines to try of one model; `commit(action)` does what a user would, `state()` is what is shown.

    `call(names)` draws attention to controls. Those of the preset that is open come first. Where what happens can
    be told for certain a question is asked, which one may pass over.
    """

    def __init__(self, model: type[Model], state: Callable[[], PageState], commit: Callable[[Action], None],
                 call: Callable[[Collection[str]], None], loop: SessionLoop) -> None:
        self.model, self._state, self._commit, self._call, self._loop = model, state, commit, call, loop
        self._say = symbols_of(model).text
        self.lines = lines_of(model)
        self._at, self._timer, self._live = 0, Timer(), False
        self._job: Job | None = None
        self._asked: Prediction | None = None
        self._revealed = self._pending = False
        self._way: Iterator[tuple[str, Any]] = iter(())
        self._last: tuple[str, Any] | None = None
        self.words = Item("text", "try", state={"text": ""})
        self.do = button("do-try", "", "do this, and see", self.act)
        self.answer = button("reveal", "What happens?", "show what is to be seen", self.reveal)
        self.next = button("next-try", "Another", "the next thing to try", self.go_on)
        self.guess = Item("answers", "guess", None, {"value": "", "label": "", "options": [], "right": ""})
        self.told = Item("text", "happened", state={"text": ""})
        self.bar = Bar([[self.words, self.do, self.answer, self.next], [self.guess, self.told]] if self.lines else [],
                       css_classes=["ncm-tries"], margin=0, sizing_mode="stretch_width")
        self._offer(first_of(model, self.lines, state().preset))

    @property
    def present(self) -> Try | str:
        """The line that is offered."""
        return self.lines[self._at]

    @property
    def preset(self) -> str:
        """The preset that the line begins with, "" for none."""
        return preset_of(self.model, self.present)

    def go_live(self) -> None:
        """Look for questions from now on."""
        self._live = True
        self._look()

    def follow(self, preset: str) -> None:
        """Offer what belongs to a preset that was opened, unless the line itself opened it."""
        if not self.lines:
            return
        if preset != self.preset and preset_of(self.model, self.lines[first := first_of(
                self.model, self.lines, preset)]) == preset:
            self._offer(first)
        else:
            self._show()

    def act(self) -> None:
        """Set the preset; a moment later the values, where a machine can tell them."""
        self.close()
        preset, state = self.preset, self._state()
        opens = bool(preset) and (preset != state.preset or state.is_changed)
        if opens:
            self._commit(ChoosePreset(preset))
        if isinstance(self.present, Try):
            self._timer = self._loop.later(PAUSE if opens else 0.0, self._begin)

    def _begin(self) -> None:
        """Set off to what the line asks for."""
        line, snapshot = self.present, self._state().snapshot
        if not isinstance(line, Try):
            return
        self._call(list(line.values))
        self._way = way_of(self.model, snapshot.values_by_name, line.values, not is_quick(snapshot))
        self._last = None
        self._go()

    def _go(self) -> None:
        """Make one step on the way, unless somebody has moved the control meanwhile; then tell what happened."""
        line, step = self.present, next(self._way, None)
        overtaken = self._last is not None and self._state().values[self._last[0]] != self._last[1]
        if step is not None and not overtaken:
            self._last = step
            self._commit(Move(*step))
            self._timer = self._loop.later(STEP, self._go)
            return
        if isinstance(line, Try) and line.compare:
            self._commit(Choose({"compare": line.compare}))
        self.reveal()

    def reveal(self) -> None:
        """Show what is to be seen, and which choice was right."""
        self._revealed = True
        self._show()

    def go_on(self) -> None:
        """Offer the next line."""
        self._offer((self._at + 1) % len(self.lines))

    def close(self) -> None:
        """Stop what is computed."""
        self._timer.cancel()
        if self._job is not None:
            self._job.give_up()

    def _offer(self, place: int) -> None:
        if not self.lines:
            return
        self.close()
        self._at, self._asked, self._revealed = place, None, False
        line = self.present
        self._pending = isinstance(line, Try) and can_be_predicted(line) and bool(topics_of(line.outcome))
        self._show()
        self._look()

    # --- the question ---------------------------------------------------------------

    def _look(self) -> None:
        """Find out, beside all else, whether there is something to ask."""
        if self._live and self.lines and isinstance(line := self.present, Try) and can_be_predicted(line):
            self._timer = self._loop.later(WAIT, lambda: self._compute(line))

    def _compute(self, line: Try) -> None:
        model, job = self.model, Job(line, in_background=True)
        self._job = job
        self._loop.compute(jobs.BACKGROUND, lambda: predict(model, line, job),
                           lambda found: self._found(job, found))

    def _found(self, job: Job, found: Future[Prediction | None]) -> None:
        if job is not self._job or job.cancelled:
            return
        self._job = None
        try:
            self._asked = found.result()
        except Cancelled:
            return
        except Exception:
            log.exception("there is no question to %s", job.question)
        self._pending = False
        self._show()

    # --- what is shown --------------------------------------------------------------

    def _show(self) -> None:
        line, preset, state = self.present, self.preset, self._state()
        action, outcome = parts_of(self.model, line)
        words = self._say(f"Try: In {preset}, {action}" if preset else f"Try: {action[:1].upper()}{action[1:]}")
        if self._revealed and outcome:
            words += f" → {self._say(outcome)}"
        by_hand, opens = not isinstance(line, Try), bool(preset) and (preset != state.preset or state.is_changed)
        label = f"Open preset {preset}" if isinstance(line, str) else order_of(
            self.model, line, self.model.preset_values(preset) if preset else state.values)
        self.bar.show({
            "try": {"text": words}, "reveal": {"gone": self._revealed or not outcome},
            "do-try": {"label": self._say(label), "gone": by_hand and not opens},
            "next-try": {"gone": len(self.lines) < 2}, **self._question()})

    def _question(self) -> dict[str, dict[str, Any]]:
        """Return how the question looks; where one may still come, its place is kept."""
        asked = self._asked
        if asked is None:
            return {"guess": {"label": "", "options": [], "value": "", "right": "", "pending": self._pending},
                    "happened": {"text": ""}}
        options, chosen = list(map(self._say, asked.choices)), self.guess.value
        right = options[asked.right] if self._revealed else ""
        told = ""
        if right:
            verdict = "" if chosen not in options else "Right. " if chosen == right else "Not so. "
            told = verdict + self._say(asked.happened)
        return {"guess": {"label": self._say(asked.question), "options": options, "right": right,
                          "value": chosen if chosen in options else "", "pending": False},
                "happened": {"text": told}}
