"""Which parameters made the data? The search is streamed step by step, and can be cancelled."""

from __future__ import annotations

from ncm_app.core.inversion import Inversion, Inverted
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import SILENT, Partial, Progress

SLOWNESS = 0.85
"""Share that is left after each step: how many there will be is not known."""


def invert(snapshot: Snapshot, progress: Progress = SILENT) -> Inverted:
    """Return what made data tell of their parameters, or those of a file that is open."""
    model: type[Inversion] = snapshot.model
    left = 1.0

    def check() -> None:
        progress.report(1.0 - left)

    def tell(answer: Inverted) -> None:
        nonlocal left
        left *= SLOWNESS
        count = len(answer.path) - 1
        words = f"{count} step{'s' * (count != 1)} of the search"
        progress.report(1.0 - left, Partial(answer, words) if progress.wants_partial else None)

    return model.solve(snapshot.p, snapshot.opened, check, tell)
