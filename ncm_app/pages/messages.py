"""What a page says in words: the regime, the step check, complaints, the progress of a run."""

from __future__ import annotations

from collections.abc import Callable

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewable

from ncm_app.core.model import Model
from ncm_app.core.symbols import symbols_of
from ncm_app.pages.browser_widgets import LiveText
from ncm_app.pages.toolbar import action
from ncm_app.studies.regime import Regime


class Messages:
    """The sentences of one page, with symbols for names; a complaint stays until `clear_errors` is called."""

    def __init__(self, cancel: Callable[[], None], model: type[Model]) -> None:
        self._say = symbols_of(model).text
        self.check = LiveText(tone="check", margin=(0, 8))
        # As wide as the page: one as wide as its text would lay out the whole page whenever that changes.
        self.sentence, self.notice, self.numbers = (
            LiveText(tone=tone, margin=(0, 8), sizing_mode="stretch_width") for tone in ("regime", "notice", "numbers"))
        # The sentence stays in sight while one scrolls to the lower plots, as on a phone.
        self.sentence.styles = {"position": "sticky", "top": "0", "z-index": "5",
                                "background": "var(--mui-palette-background-paper)"}
        self.progress = pmui.LinearProgress(value=0, variant="determinate", sizing_mode="stretch_width", margin=(8, 6))
        self.waiting = pn.Row(self.progress, action("cancel", "stop and keep the last picture", cancel),
                              visible=False, css_classes=["ncm-progress"], sizing_mode="stretch_width")
        self._complaints = ""

    def show_regime(self, told: Regime) -> None:
        """Say what the model does, beside what was complained of before."""
        self.sentence.text, self.check.text, self.numbers.text = map(
            self._say, (told.sentence, told.step_check, told.numbers))
        self.notice.text = " ".join(filter(None, [self._complaints, *map(self._say, told.warnings)]))

    def add_link_errors(self, complaints: tuple[str, ...]) -> None:
        """Keep what a link says wrongly for the next `show_regime`."""
        if complaints:
            self._complaints = "In the link: " + " · ".join(complaints)

    def error(self, sentence: str) -> None:
        """Show what cannot be; it stays until the user does something else."""
        self.quote(self._say(sentence))

    def quote(self, sentence: str) -> None:
        """Show what cannot be, letter by letter: it quotes what a user has written, such as the name of a file."""
        self._complaints = self.notice.text = sentence

    def clear_errors(self) -> None:
        """Drop the complaints with the next `show_regime`."""
        self._complaints = ""

    def busy(self, fraction: float | None) -> None:
        """Show how much of a run is done; None when it is."""
        self.waiting.visible = fraction is not None
        self.progress.value = round(100 * (fraction or 0.0))

    def head(self) -> list[Viewable]:
        """Return what stands at the top of the page."""
        return [self.sentence, self.numbers, self.notice]
