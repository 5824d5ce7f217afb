"""The question behind a frame, and its answer: all that a page shows at one moment."""

from __future__ import annotations

from typing import Any, NamedTuple

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import Progress
from ncm_app.pages.cards import Card
from ncm_app.pages.settings import Settings
from ncm_app.studies.regime import Regime, regime
from ncm_app.views.view import Columns, Limits, View


class Question(NamedTuple):
    """What a frame shows; `ghost` redraws the frozen run.

    `follow` moves the axes: "preset" to where the model says, "fit" to what is drawn,
    "time" only those over time.
    """

    snapshot: Snapshot
    settings: Settings
    frozen: Snapshot | None = None
    follow: str = ""
    ghost: bool = False


class Frame(NamedTuple):
    """The answer: columns by view and layer, limits where the axes move, the sentences."""

    columns: dict[str, Columns]
    limits: dict[str, Limits]
    regime: Regime
    results: dict[str, Any]


def answer(cards: list[tuple[Card, View]], question: Question, progress: Progress) -> Frame:
    """Ask every card's study and turn the results into columns."""
    snapshot, settings = question.snapshot, question.settings
    results = {view.name: card.study(snapshot, settings, progress) for card, view in cards}
    columns = {view.name: view.columns(results[view.name]) for _, view in cards}
    if question.ghost:
        for card, view in cards:
            frozen = None if question.frozen is None else card.study(question.frozen, settings, progress)
            columns[view.name] |= view.ghost_columns(frozen)
    limits = {}
    if question.follow:
        limits = {v.name: v.fitted(results[v.name]) if question.follow == "fit" else v.limits(results[v.name])
                  for _, v in cards if question.follow != "time" or v.over_time}
    return Frame(columns, limits, regime(snapshot, settings.explore, progress=progress), results)
