"""What may be drawn beside a model's own run: other solutions, another model of its family."""

from __future__ import annotations

from collections.abc import Callable

from ncm_app.core.model import Model
from ncm_app.pages.bar import Item
from ncm_app.session.choices_codec import overlays_of
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.family import relatives

NONE = "none"
"""What the list of models calls the absence of a comparison."""


class Options:
    """The check boxes of overlays and the list of models to compare with; `chosen(**choices)` is called."""

    def __init__(self, model: type[Model], choices: ViewChoices, chosen: Callable[..., None]) -> None:
        extras = overlays_of(model)
        self._names = {other.acronym: slug for slug, other in relatives(model).items()}
        self.overlays = Item("checks", "overlays",
                             lambda names: chosen(overlays=tuple(name for name in extras if name in names)),
                             {"value": [], "options": extras}, options=extras,
                             labels=[name.replace("_", " ") for name in extras])
        models = [NONE, *self._names]
        self.compare = Item("pick", "compare", lambda name: chosen(compare=self._names.get(name, "")),
                            {"value": NONE, "label": "compare with", "options": models, "labels": models},
                            plain="compare with", help="another model under the same input, drawn in grey")
        self.show(choices)

    def show(self, choices: ViewChoices) -> None:
        """Show the choices of a page without calling back."""
        self.overlays.show(value=list(choices.overlays))
        self.compare.show(value=next((name for name, slug in self._names.items() if slug == choices.compare), NONE))

    @property
    def in_head(self) -> list[Item]:
        """The check boxes, where there is something to draw over a run."""
        return [self.overlays] if self.overlays.state["options"] else []

    @property
    def in_toolbar(self) -> list[Item]:
        """The list of models, where there are any to compare with."""
        return [self.compare] if self._names else []
