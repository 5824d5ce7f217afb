"""The bar of a page that learns: go on, pause, one step, back to any step, start anew."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import replace

from ncm_app.core.capabilities import is_learner
from ncm_app.core.learner import TO_THE_END, Learner
from ncm_app.core.model import Model
from ncm_app.pages.bar import Bar, Item, button, text
from ncm_app.pages.session_loop import SessionLoop, Timer
from ncm_app.session.actions import Action, Learn
from ncm_app.session.frames import Frame, Question
from ncm_app.session.history import History
from ncm_app.session.state import PageState
from ncm_app.studies.learning import LearnedSteps

SLOWLY, FAST = "slowly", "fast"
PICTURES, EVERY = 30, 0.2
"""Pictures of a whole run where it is shown slowly, and seconds between two of them at least."""


def lessons_of(model: type[Model], history: Callable[[], History], commit: Callable[[Action], None],
               loop: SessionLoop) -> list[Lesson]:
    """Return the bar of a model that learns, nothing for others."""
    return [Lesson(model, history, commit, loop)] if is_learner(model) else []


class Lesson:
    """Lets a model learn while one looks: each picture is a step of the state, and so are all that follow from it.

    `commit(action)` does what a user asks for; `history()` holds what is shown.
    """

    def __init__(self, model: type[Learner], history: Callable[[], History], commit: Callable[[Action], None],
                 loop: SessionLoop) -> None:
        self.model, self._history, self._commit, self._loop = model, history, commit, loop
        self.running, self._n, self._asked, self._timer = False, 0, 0.0, Timer()
        self.at: LearnedSteps | None = None
        rule = ", ".join(model.control(name).shown_name for name in model.rule)
        self._hint = f"{rule} act{'s' * (len(model.rule) == 1)} from the next step on, all else starts anew"
        self.go = button("learn", model.verb, "go on while one looks; once more to pause", self.toggle)
        self.one = button("step", "Step", "one step on", self.make_step)
        self.anew = button("anew", "Start anew", "back to the first step, under the present values", self.start_anew)
        self.reached = Item("range", "reached", self.go_to, {"value": 0, "end": 1},
                            help="how far it is: drag to look back")
        self.pace = Item("pick", "pace", None, {"value": SLOWLY, "label": "", "options": [SLOWLY, FAST],
                                                "labels": [SLOWLY, FAST]}, plain="pace", help="how fast it is shown")
        self.words = text("lesson")
        self.bar = Bar([[self.go, self.one, self.anew, self.pace, self.reached, self.words]],
                       css_classes=["ncm-lesson-bar"], margin=0, sizing_mode="stretch_width")

    def _state(self) -> PageState:
        return self._history().present.state

    @property
    def _is_over(self) -> bool:
        return self.at is not None and (self.at.step >= self.at.last or bool(self.at.failed))

    def toggle(self) -> None:
        """Begin to learn, from the start where the run is over; or pause."""
        if self.running:
            self.pause()
            return
        self.running, over = True, self._is_over
        self._show_button()
        if over:
            self._ask(0)
        else:
            self._tick()

    def pause(self) -> None:
        """Learn no further; what is shown stays."""
        self.running = False
        self._timer.cancel()
        self._show_button()

    def make_step(self) -> None:
        """Make one step, and pause."""
        self.pause()
        if self.at is not None and not self._is_over:
            self._commit(Learn(self.at.step + self.model.stride))

    def start_anew(self) -> None:
        """Go back to the first step, and forget under which rules it learned."""
        self.pause()
        self._commit(Learn(0, anew=True))

    def go_to(self, step: int) -> None:
        """Show what was, or will be, learned after so many steps."""
        self.pause()
        last = self.model.last_step(self._state().snapshot.p)
        self._commit(Learn(TO_THE_END if step >= last else step))

    def hide(self, names: Collection[str]) -> None:
        """Take the slider over the steps away where they are hidden, or show it."""
        self.reached.show(hidden="steps" in names)

    def follow(self, question: Question, frame: Frame) -> None:
        """Take notice of a picture; ask for the next one after a moment while it runs."""
        assert frame.learned is not None
        self.at = frame.learned
        self._show(self.at)
        if self.at.failed:
            self._end(question)
        if not self.running:
            return
        if self._is_over:
            self.pause()
            return
        took = time.monotonic() - self._asked
        if self.pace.value == FAST and self._n:
            self._n = max(1, round(self._n * min(4.0, max(0.25, EVERY / max(took, 0.01)))))
        self._timer.cancel()
        self._timer = self._loop.later(max(0.0, EVERY - took), self._tick)

    def _end(self, question: Question) -> None:
        """Ask for the whole run where it has stopped: all answers are the same, and a rule moved now starts anew."""
        state = self._state()
        if state.snapshot == question.snapshot:
            self._history().replace(replace(state, snapshot=state.snapshot.changed(steps=TO_THE_END)))

    def _tick(self) -> None:
        if not self.running or self.at is None:
            return
        slow = max(1, -(-self.at.last // PICTURES))
        self._n = slow if self.pace.value == SLOWLY or not self._n else self._n
        self._ask(self.at.step + self._n)

    def _ask(self, step: int) -> None:
        self._asked = time.monotonic()
        last = self.model.last_step(self._state().snapshot.p)
        self._commit(Learn(TO_THE_END if step >= last else step))

    def _show_button(self) -> None:
        self.go.show(label="Pause" if self.running else self.model.verb)

    def _show(self, learned: LearnedSteps) -> None:
        snapshot = self._state().snapshot
        past = snapshot.values_by_name["past"]
        was = ""
        if past:
            until, name, value = next((one for one in past if one[0] > learned.step), past[-1])
            shown = f"{value:g}" if isinstance(value, int | float) else value
            was = (f" · {self.model.control(name).shown_name} {'is' if until > learned.step else 'was'} {shown} until "
                   f"{self.model.progress_words(until, snapshot.p)}")
        if learned.failed:
            hint = "stopped: whatever you move, it starts anew"
        elif learned.step >= learned.last:
            hint = "the run is over: whatever you move, it starts anew"
        else:
            hint = self._hint
        words = f"{self.model.progress_words(learned.step, snapshot.p)} of " \
                f"{self.model.progress_words(learned.last, snapshot.p)} {self.model.counted} · {hint}{was}"
        self.bar.show({"lesson": {"text": words}, "reached": {"value": learned.step, "end": learned.last},
                       "step": {"enabled": not self._is_over}})
