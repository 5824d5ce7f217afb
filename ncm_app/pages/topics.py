"""Which slow questions a page asks: the table of what is computed late.

A new one is a study, a `late` of some view, and one row here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ncm_app.core.model import Spiking
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import Progress
from ncm_app.pages.cards import state_index
from ncm_app.pages.late import Topic
from ncm_app.pages.settings import Settings
from ncm_app.studies.cycles import cycles, known_cycles
from ncm_app.studies.diagram import whole_range
from ncm_app.studies.sweep import evolve
from ncm_app.views.diagram import Cycles, Swept


class Over(NamedTuple):
    """A question over all values of a parameter, drawn against one state."""

    snapshot: Snapshot
    parameter: str
    axis: int


def _over(snapshot: Snapshot, settings: Settings) -> Over | None:
    model = snapshot.model
    if not settings.explore or len(model.states) < 2 or issubclass(model, Spiking):
        return None
    return Over(whole_range(snapshot, settings.explore), settings.explore, state_index(model, settings.against))


def _cycles(question: Over, progress: Progress) -> Any:
    return cycles(question.snapshot, question.parameter, progress=progress)


class Path(NamedTuple):
    """A question about a slow sweep."""

    snapshot: Snapshot
    parameter: str
    axis: int
    noise: float


def _path(snapshot: Snapshot, settings: Settings) -> Path | None:
    if not settings.sweep:
        return None
    over = whole_range(snapshot, settings.explore)
    return Path(over, settings.explore, state_index(snapshot.model, settings.against), settings.noise)


def _sweep(question: Path, progress: Progress) -> Any:
    return evolve(question.snapshot, question.parameter, question.noise, progress=progress)


TOPICS: tuple[Topic, ...] = (
    Topic("cycles", "limit cycles", _over, _cycles, lambda q: known_cycles(q.snapshot, q.parameter),
          lambda q, found: Cycles(found, q.parameter, q.axis)),
    Topic("sweep", "a slow sweep", _path, _sweep, lambda q: None, lambda q, found: Swept(found, q.axis)),
)
