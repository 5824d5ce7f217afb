"""What a page shows: one frozen record, from which the page is drawn and the link written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ncm_app.core.model import Flow
from ncm_app.core.snapshot import Snapshot
from ncm_app.session.choices_codec import compared_in, shown_in
from ncm_app.session.view_choices import ViewChoices


@dataclass(frozen=True)
class PageState:
    """A preset and what was changed since: values, view choices, the frozen run, the size of text.

    A file that a user has opened is a part of `snapshot`, and the one thing that no link holds.
    """

    preset: str
    snapshot: Snapshot
    choices: ViewChoices
    frozen: Snapshot | None = None
    large: bool = False

    @classmethod
    def of_preset(cls, model: type[Flow], preset: str, large: bool = False) -> PageState:
        """Return the state in which a preset puts a fresh page."""
        return cls(preset, Snapshot.of(model, model.preset_values(preset)),
                   ViewChoices(model.explore, compare=compared_in(model, preset), overlays=shown_in(model, preset)),
                   large=large)

    @property
    def values(self) -> dict[str, Any]:
        """The value of every control by name."""
        return self.snapshot.values_by_name

    @property
    def is_changed(self) -> bool:
        """Whether values have been moved since the preset was chosen."""
        return self.values != self.snapshot.model.preset_values(self.preset)
