"""From one state of a page to the next: what changed is shown, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ncm_app.session.state import PageState


class Render:
    """Shows states; `add(facet, show)` says what of a state a part shows, and how.

    `show(state)` is called when `facet(state)` has changed, and always for the first state. It only
    puts widgets where the state has them, so that to call it once more does no harm.
    """

    def __init__(self) -> None:
        self._rows: list[tuple[Callable[[PageState], Any], Callable[[PageState], None]]] = []

    def add(self, facet: Callable[[PageState], Any], show: Callable[[PageState], None]) -> None:
        """Let a part show a facet of the state from now on."""
        self._rows.append((facet, show))

    def __call__(self, old: PageState | None, new: PageState) -> None:
        """Show what of a state differs from the one before; all of it if there was none."""
        for facet, show in self._rows:
            if old is None or facet(old) != facet(new):
                show(new)
