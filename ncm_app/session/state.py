"""What a page shows: one frozen record, from which the page is drawn and the link written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ncm_app.core.model import Flow, Model
from ncm_app.core.snapshot import Snapshot
from ncm_app.session.choices_codec import compared_in, shown_in
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.companion import companion_of, linked_values


@dataclass(frozen=True)
class PageState:
    """A preset and what was changed since: values, view choices, the frozen run, the size of text.

    A file that a user has opened is a part of `snapshot`, and the one thing that no link holds. `beside` is the state
    of the model's companion while it stands beside, None else.
    """

    preset: str
    snapshot: Snapshot
    choices: ViewChoices
    frozen: Snapshot | None = None
    large: bool = False
    beside: PageState | None = None

    @classmethod
    def of_preset(cls, model: type[Flow], preset: str, large: bool = False) -> PageState:
        """Return the state in which a preset puts a fresh page."""
        state = cls(preset, Snapshot.of(model, model.preset_values(preset)),
                    ViewChoices(model.explore, compare=compared_in(model, preset), overlays=shown_in(model, preset)),
                    large=large)
        return state.with_companion(beside_in(model, preset))

    def with_companion(self, own: Mapping[str, Any] | None) -> PageState:
        """Return the state with the companion beside, `own` being values that do not follow; None takes it away."""
        other = companion_of(self.snapshot.model)
        if other is None or own is None:
            return replace(self, beside=None)
        snapshot = Snapshot.of(other, {**other.preset_values(None), **own})
        return replace(self, beside=PageState("", snapshot, ViewChoices(other.explore))).linked()

    def linked(self) -> PageState:
        """Return the state whose companion has what follows from the present values, and text of the same size."""
        if self.beside is None:
            return self
        snapshot = self.beside.snapshot.changed(**linked_values(self.snapshot))
        return replace(self, beside=replace(self.beside, snapshot=snapshot, large=self.large))

    @property
    def values(self) -> dict[str, Any]:
        """The value of every control by name."""
        return self.snapshot.values_by_name

    @property
    def companion(self) -> Snapshot | None:
        """What stands beside, if something does."""
        return None if self.beside is None else self.beside.snapshot

    @property
    def is_changed(self) -> bool:
        """Whether values have been moved since the preset was chosen."""
        return self.values != self.snapshot.model.preset_values(self.preset)


def beside_in(model: type[Model], preset: str) -> Mapping[str, Any] | None:
    """Return the companion's own values under a preset that shows it, None for one that does not."""
    return model.presets[preset].beside if preset in model.presets else None
