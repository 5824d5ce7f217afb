"""The question behind a frame, and its answer: all that a page shows at one moment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import Partial, Progress
from ncm_app.session.ghosts import compared_columns, frozen_columns
from ncm_app.session.plot_rules import PlotRule
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.family import compare
from ncm_app.studies.memo import standing_in
from ncm_app.studies.plots import idle, is_answered_by
from ncm_app.studies.regime import Regime, regime
from ncm_app.views.view import Columns, Limits, View


class Question(NamedTuple):
    """What a frame shows; `ghost` redraws the frozen run.

    `follow` moves the axes: "preset" to where the model says, "fit" to what is drawn,
    "time" only those over time. `other` is another model that is compared with this one.
    """

    snapshot: Snapshot
    settings: ViewChoices
    frozen: Snapshot | None = None
    follow: str = ""
    ghost: bool = False
    other: Snapshot | None = None


class Frame(NamedTuple):
    """The answer: columns by view and layer, limits where the axes move, the sentences, controls without effect.

    One that is `so_far` shows what there is of an answer that is still being computed.
    """

    columns: dict[str, Columns]
    limits: dict[str, Limits]
    regime: Regime
    results: dict[str, Any]
    idle: frozenset[str]
    so_far: bool = False


def compute_frame(rules: list[tuple[PlotRule, View]], question: Question, progress: Progress) -> Frame:
    """Ask every rule's study and turn the results into columns."""
    snapshot, settings = question.snapshot, question.settings
    columns, limits, results = _drawn(rules, question, progress)
    told = regime(snapshot, settings.explore, progress=progress)
    if question.other is not None:
        words = compare(snapshot, question.other, progress=progress), told.numbers
        told = replace(told, numbers=" · ".join(filter(None, words)))
    return Frame(columns, limits, told, results, idle(snapshot, progress=progress))


def partial_frame(rules: list[tuple[PlotRule, View]], question: Question, partial: Partial,
                  progress: Progress) -> Frame | None:
    """Draw what there is of the answer so far; None for a partial answer to another question."""
    if not is_answered_by(question.snapshot, partial):
        return None
    with standing_in(partial):
        columns, limits, results = _drawn(rules, question._replace(ghost=False), progress)
    return Frame(columns, limits, Regime(f"Being computed; so far {partial.words}."), results, frozenset(), True)


def _drawn(rules: list[tuple[PlotRule, View]], question: Question,
           progress: Progress) -> tuple[dict[str, Columns], dict[str, Limits], dict[str, Any]]:
    """Return columns, limits and results by view."""
    snapshot, settings = question.snapshot, question.settings
    results = {view.name: rule.study(snapshot, settings, progress) for rule, view in rules}
    columns = {view.name: view.columns(results[view.name]) for _, view in rules}
    if question.ghost:
        for name, ghost in _ghosts(rules, question, progress).items():
            columns[name] |= ghost
    limits = {}
    if question.follow:
        limits = {v.name: v.fitted(results[v.name]) if question.follow == "fit" else v.limits(results[v.name])
                  for _, v in rules if question.follow != "time" or v.over_time}
    return columns, limits, results


def _ghosts(rules: list[tuple[PlotRule, View]], question: Question, progress: Progress) -> dict[str, Columns]:
    if question.other is not None:
        return compared_columns(rules, question.snapshot.model.explore, question.other, progress)
    return frozen_columns(rules, question.frozen, question.settings, progress)
