"""What may be drawn beside a model's own run: other solutions, another model of its family."""

from __future__ import annotations

from collections.abc import Callable

import panel_material_ui as pmui
from panel.viewable import Viewable

from ncm_app.core.model import Model
from ncm_app.pages.dials import Pick
from ncm_app.pages.layout import wrapping
from ncm_app.session.choices_codec import overlays_of
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.family import relatives

NONE = "none"
"""What the list of models calls the absence of a comparison."""


class Options:
    """The check boxes of overlays and the list of models to compare with; `chosen(**choices)` is called."""

    def __init__(self, model: type[Model], choices: ViewChoices, chosen: Callable[..., None]) -> None:
        extras = overlays_of(model)
        self.overlays = pmui.CheckBoxGroup(options=extras, inline=True, value=list(choices.overlays),
                                           css_classes=["ncm-overlays"], visible=bool(extras), margin=(0, 8))
        self._names = {other.acronym: slug for slug, other in relatives(model).items()}
        self._quiet = False
        self.compare = Pick(value=NONE, options=[NONE, *self._names], label="compare with", plain="compare with",
                            bar=True, help="another model under the same input, drawn in grey", width=250,
                            css_classes=["ncm-compare"], margin=(2, 8, 2, 0))
        self._chosen = chosen
        self.show(choices)
        self.overlays.param.watch(lambda event: self._choose(overlays=tuple(n for n in extras if n in event.new)),
                                  "value")
        self.compare.param.watch(lambda event: self._choose(compare=self._names.get(event.new, "")), "value")

    def _choose(self, **choices: object) -> None:
        if not self._quiet:
            self._chosen(**choices)

    def show(self, choices: ViewChoices) -> None:
        """Show the choices of a page without calling back."""
        self._quiet = True
        try:
            self.overlays.value = list(choices.overlays)
            self.compare.value = next((name for name, slug in self._names.items() if slug == choices.compare), NONE)
        finally:
            self._quiet = False

    def row(self, sentence: Viewable) -> Viewable:
        """Return the check boxes after a sentence."""
        return wrapping(sentence, self.overlays, middle=True)

    @property
    def in_toolbar(self) -> list[Pick]:
        """The list of models, where there are any to compare with."""
        return [self.compare] if self._names else []
