"""The row above the diagram: which parameter, which state, a second parameter, a slow sweep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from panel.viewable import Viewable

from ncm_app.core.model import Flow
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.symbols import symbols_of
from ncm_app.pages.browser_widgets import LiveText
from ncm_app.pages.dials import Dial, Pick
from ncm_app.pages.layout import wrapping
from ncm_app.pages.toolbar import action
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.diagram import explorable

NONE = "none"
"""What the list of second parameters calls its absence."""


class Explorer:
    """The choices of the diagram; `changed(**choices)` is called when a user makes one."""

    def __init__(self, model: type[Flow], choices: ViewChoices, snapshot: Snapshot,
                 changed: Callable[..., None], cancel: Callable[[], None]) -> None:
        self.model, self._changed, self._quiet = model, changed, False
        self._sweeping = choices.sweep
        options = list(explorable(snapshot))
        self.explore = self._pick("explore", "diagram over", "parameter of the diagram", options, 190)
        self.against = self._pick("against", "against", "state on the vertical axis",
                                  [s.name for s in model.states], 130)
        self.second = self._pick("second", "and", "second parameter, for a chart over both",
                                 [NONE, *options], 150)
        self.noise = Dial(value=choices.noise, start=0.0, end=1.0, low=0.0, high=1.0, step=0.05, label="noise",
                          plain="noise", help="noise during the sweep, in parts of each state's range",
                          css_classes=["ncm-noise"], width=230, margin=(0, 4))
        self.noise.param.watch(lambda event: self._choose(noise=float(event.new)), "value")
        self.sweep = action("evolve", "move the parameter slowly up and down again, each run from where the last "
                            "ended: the path shows hysteresis", lambda: self._choose(sweep=not self._sweeping))
        self.status = LiveText(tone="status", margin=(4, 8))
        self.stop = action("stop", "give up what is computed in the background", cancel)
        self.stop.styles = {"visibility": "hidden"}
        self.show(choices)

    def _pick(self, name: str, label: str, tip: str, options: list[str], width: int) -> Pick:
        pick = Pick(value=options[0] if options else "", options=options, labels=self._written(options),
                    label=label, plain=name, help=tip, bar=True,
                    css_classes=[f"ncm-{name}"], width=width, margin=(0, 4))
        pick.param.watch(lambda event: self._choose(**{name: "" if event.new == NONE else event.new}), "value")
        return pick

    def _written(self, options: list[str]) -> list[str]:
        return list(map(symbols_of(self.model).text, options))

    def _choose(self, **choices: Any) -> None:
        if not self._quiet:
            self._changed(**choices)

    def show(self, choices: ViewChoices) -> None:
        """Show the choices of a page without calling back."""
        self._quiet = True
        try:
            self.explore.value = choices.explore
            self.against.value = choices.against or (self.model.states[0].name if self.model.states else "")
            self.second.value = choices.second or NONE
            self.noise.value = choices.noise
            self._sweeping = choices.sweep
            self.sweep.label = "Hide sweep" if choices.sweep else "Evolve"
        finally:
            self._quiet = False

    def offer(self, snapshot: Snapshot, choices: ViewChoices) -> None:
        """List the parameters that have an effect under the present options."""
        options = list(explorable(snapshot))
        others = [name for name in options if name != choices.explore]
        for pick, chosen, offered in ((self.explore, choices.explore, options),
                                      (self.second, choices.second, [NONE, *others])):
            wanted = [*offered, *([chosen] if chosen and chosen not in offered else [])]
            if wanted != pick.options:
                pick.param.update(options=wanted, labels=self._written(wanted))

    def tell(self, words: str, fraction: float) -> None:
        """Say what is computed in the background and how much of it is done."""
        self.status.text = f"computing {words}: {100 * fraction:.0f} %" if words else ""
        # Hidden, not removed: the plots below must not jump.
        self.stop.styles = {"visibility": "visible" if words else "hidden"}

    def row(self) -> Viewable:
        """Return the row; it wraps on narrow screens."""
        parts: list[Any] = [self.explore]
        if len(self.model.states) > 1:
            parts.append(self.against)
        return wrapping(*parts, self.second, self.sweep, self.noise, self.status, self.stop, middle=True,
                        css_classes=["ncm-explorer"], margin=(2, 0))
