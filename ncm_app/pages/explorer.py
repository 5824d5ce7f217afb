"""The row above the diagram: which parameter, which state, a second parameter, a slow sweep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from panel.viewable import Viewable

from ncm_app.core.model import Flow
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.symbols import symbols_of
from ncm_app.pages.bar import Bar, Item, button, text
from ncm_app.pages.dials import Dial
from ncm_app.pages.layout import wrapping
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
        self.explore = self._pick("explore", "diagram over", "parameter of the diagram", options)
        self.against = self._pick("against", "against", "state on the vertical axis", [s.name for s in model.states])
        self.second = self._pick("second", "and", "second parameter, for a chart over both", [NONE, *options])
        self.noise = Dial(value=choices.noise, start=0.0, end=1.0, low=0.0, high=1.0, step=0.05, label="noise",
                          plain="noise", help="noise during the sweep, in parts of each state's range",
                          css_classes=["ncm-noise"], width=230, margin=(0, 4))
        self.noise.param.watch(lambda event: self._choose(noise=float(event.new)), "value")
        self.sweep = button("evolve", "Evolve", "move the parameter slowly up and down again, each run from where the "
                            "last ended: the path shows hysteresis", lambda: self._choose(sweep=not self._sweeping))
        self.status = text("status")
        self.stop = button("stop", "Stop", "give up what is computed in the background", cancel)
        self.stop.show(hidden=True)
        self.show(choices)

    def _pick(self, name: str, label: str, tip: str, options: list[str]) -> Item:
        return Item("pick", name, lambda chosen: self._choose(**{name: "" if chosen == NONE else chosen}),
                    {"value": options[0] if options else "", "label": label, "options": options,
                     "labels": self._written(options)}, help=tip)

    def _written(self, options: list[str]) -> list[str]:
        return list(map(symbols_of(self.model).text, options))

    def _choose(self, **choices: Any) -> None:
        if not self._quiet:
            self._changed(**choices)

    def show(self, choices: ViewChoices) -> None:
        """Show the choices of a page without calling back."""
        self.explore.show(value=choices.explore)
        self.against.show(value=choices.against or (self.model.states[0].name if self.model.states else ""))
        self.second.show(value=choices.second or NONE)
        self._sweeping = choices.sweep
        self.sweep.show(label="Hide sweep" if choices.sweep else "Evolve")
        self._quiet = True
        try:
            self.noise.value = choices.noise
        finally:
            self._quiet = False

    def offer(self, snapshot: Snapshot, choices: ViewChoices) -> None:
        """List the parameters that have an effect under the present options."""
        options = list(explorable(snapshot))
        others = [name for name in options if name != choices.explore]
        for pick, chosen, offered in ((self.explore, choices.explore, options),
                                      (self.second, choices.second, [NONE, *others])):
            wanted = [*offered, *([chosen] if chosen and chosen not in offered else [])]
            if wanted != pick.state["options"]:
                pick.show(options=wanted, labels=self._written(wanted))

    def tell(self, words: str, fraction: float) -> None:
        """Say what is computed in the background and how much of it is done."""
        self.status.show(text=f"computing {words}: {100 * fraction:.0f} %" if words else "")
        self.stop.show(hidden=not words)  # hidden, not removed: the plots below must not jump

    def row(self) -> Viewable:
        """Return the row; it wraps on narrow screens."""
        picks = [self.explore, *([self.against] if len(self.model.states) > 1 else []), self.second]
        return wrapping(Bar([*picks, self.sweep]), self.noise, Bar([self.status, self.stop]), middle=True,
                        css_classes=["ncm-explorer"], margin=(2, 0))
