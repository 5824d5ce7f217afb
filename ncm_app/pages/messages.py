"""What a page says in words: the regime, the step check, complaints, the progress of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from panel.viewable import Viewable

from ncm_app.core.model import Model
from ncm_app.core.symbols import symbols_of
from ncm_app.pages.bar import Bar, Item, button, text
from ncm_app.studies.regime import Regime


class Messages:
    """The sentences of one page, with symbols for names; a complaint stays until `clear_errors` is called.

    All of them travel in one message; `choices` stand beside the step check.
    """

    def __init__(self, cancel: Callable[[], None], model: type[Model], choices: Sequence[Item] = ()) -> None:
        self._say = symbols_of(model).text
        self.sentence, self.companion, self.numbers, self.notice, self.check = map(
            text, ("regime", "companion", "numbers", "notice", "check"))
        self.progress = Item("progress", "progress", state={"value": None})
        stop = button("cancel", "Cancel", "stop and keep the last picture", cancel)
        self.bar = Bar([self.sentence, self.companion, self.numbers, self.notice, [self.check, *choices],
                        [self.progress, stop]], css_classes=["ncm-head"], margin=0, sizing_mode="stretch_width")
        self._complaints = ""

    def show_regime(self, told: Regime) -> None:
        """Say what the model does, beside what was complained of before."""
        notice = " ".join(filter(None, [self._complaints, *map(self._say, told.warnings)]))
        self.bar.show({"regime": {"text": self._say(told.sentence)}, "numbers": {"text": self._say(told.numbers)},
                       "companion": {"text": self._say(told.companion)},
                       "check": {"text": self._say(told.step_check)}, "notice": {"text": notice}})

    def add_link_errors(self, complaints: tuple[str, ...]) -> None:
        """Keep what a link says wrongly for the next `show_regime`."""
        if complaints:
            self._complaints = "In the link: " + " · ".join(complaints)

    def error(self, sentence: str) -> None:
        """Show what cannot be; it stays until the user does something else."""
        self.quote(self._say(sentence))

    def quote(self, sentence: str) -> None:
        """Show what cannot be, letter by letter: it quotes what a user has written, such as the name of a file."""
        self._complaints = sentence
        self.notice.show(text=sentence)

    def clear_errors(self) -> None:
        """Drop the complaints with the next `show_regime`."""
        self._complaints = ""

    def busy(self, fraction: float | None) -> None:
        """Show how much of a run is done; None when it is."""
        self.progress.show(value=None if fraction is None else round(100 * fraction))

    def head(self) -> list[Viewable]:
        """Return what stands at the top of the page."""
        return [self.bar]
