"""The question behind a frame, and its answer: all that a page shows at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from ncm_app.core.capabilities import is_learner
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import Partial, Progress
from ncm_app.session.ghosts import compared_columns, frozen_columns
from ncm_app.session.plot_rules import PlotRule
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.companion import companion_marks, tell_companion
from ncm_app.studies.family import compare
from ncm_app.studies.learning import LearnedSteps, learned_steps
from ncm_app.studies.memo import standing_in
from ncm_app.studies.plots import idle, is_answered_by, run_or_perform
from ncm_app.studies.regime import Regime, regime
from ncm_app.views.columns import Columns, Limits
from ncm_app.views.view import View
from ncm_app.views.window import Why, cuts, next_window


class Question(NamedTuple):
    """What a frame shows; `ghost` redraws the frozen run.

    `why` says why the axes move, and `windows` where they are; `other` is another model that is compared
    with this one; `beside` the companion that stands beside it.
    """

    snapshot: Snapshot
    choices: ViewChoices
    frozen: Snapshot | None = None
    why: Why = Why.STAY
    ghost: bool = False
    other: Snapshot | None = None
    beside: Snapshot | None = None
    windows: Mapping[str, Limits] = MappingProxyType({})


class Frame(NamedTuple):
    """The answer: columns by view and layer, limits where the axes move, the sentences, controls without effect.

    `cut` says whether axes leave out a part of what is drawn, `learned` how far a learner is. One that is `so_far`
    shows what there is of an answer that is still being computed.
    """

    columns: dict[str, Columns]
    limits: dict[str, Limits]
    regime: Regime
    results: dict[str, Any]
    idle: frozenset[str]
    so_far: bool = False
    cut: bool = False
    learned: LearnedSteps | None = None


def compute_frame(rules: list[tuple[PlotRule, View]], question: Question, progress: Progress) -> Frame:
    """Ask every rule's study and turn the results into columns."""
    snapshot, choices = question.snapshot, question.choices
    columns, limits, results = _drawn(rules, question, progress)
    told = regime(snapshot, choices.explore, progress=progress)
    if question.other is not None:
        words = compare(snapshot, question.other, progress=progress), told.numbers
        told = replace(told, numbers=" · ".join(filter(None, words)))
    if question.beside is not None:
        told = replace(told, companion=tell_companion(snapshot, question.beside, progress=progress))
    cut = any(cuts(view, columns[view.name], window) for _, view in rules if view.applies(results[view.name])
              and (window := limits.get(view.name, question.windows.get(view.name))) is not None)
    return Frame(columns, limits, told, results, idle(snapshot, progress=progress), cut=cut,
                 learned=_learned(snapshot, progress))


def partial_frame(rules: list[tuple[PlotRule, View]], question: Question, partial: Partial,
                  progress: Progress) -> Frame | None:
    """Draw what there is of the answer so far; None for a partial answer to another question."""
    if not is_answered_by(question.snapshot, partial):
        return None
    with standing_in(partial):
        columns, limits, results = _drawn(rules, question._replace(ghost=False, windows={}), progress)
    learned = learned_steps(question.snapshot, partial.answer) if is_learner(question.snapshot.model) else None
    return Frame(columns, limits, Regime(f"Being computed; so far {partial.words}."), results, frozenset(), True,
                 learned=learned)


def _learned(snapshot: Snapshot, progress: Progress) -> LearnedSteps | None:
    return learned_steps(snapshot, run_or_perform(snapshot, progress=progress)) if is_learner(snapshot.model) else None


def _drawn(rules: list[tuple[PlotRule, View]], question: Question,
           progress: Progress) -> tuple[dict[str, Columns], dict[str, Limits], dict[str, Any]]:
    """Return columns, limits and results by view."""
    snapshot, choices = question.snapshot, question.choices
    results, columns = {}, {}  # type: dict[str, Any], dict[str, Columns]
    for rule, view in rules:
        results[view.name] = rule.study(snapshot, choices, progress)
        if (question.beside is not None and view.name in snapshot.model.companion.plots
                and view.applies(results[view.name])):
            more = companion_marks(snapshot, question.beside, view.name, progress=progress)
            results[view.name] = results[view.name]._replace(columns={**results[view.name].columns, **more})
        columns[view.name] = view.columns(results[view.name])
        progress.report(1.0)  # drawing reports nothing itself: a cancel is seen here
    if question.ghost:
        for name, ghost in _ghosts(rules, question, progress).items():
            columns[name] |= ghost
    found = {view.name: next_window(view, results[view.name], columns[view.name], question.windows.get(view.name),
                                    question.why) for _, view in rules}
    limits = {name: window for name, window in found.items() if window is not None}
    return columns, limits, results


def _ghosts(rules: list[tuple[PlotRule, View]], question: Question, progress: Progress) -> dict[str, Columns]:
    if question.other is not None:
        return compared_columns(rules, question.snapshot.model.explore, question.other, progress)
    return frozen_columns(rules, question.frozen, question.choices, progress)
