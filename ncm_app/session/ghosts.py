"""What is drawn in grey behind the live plots: the frozen run, or another model of the family.

The compared model takes the place of the frozen run for as long as it is chosen; the frozen
run is kept, and comes back after it.
"""

from __future__ import annotations

from collections.abc import Hashable

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import Progress
from ncm_app.session.plot_rules import PlotRule, rates_over, rules_for
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.family import counterpart
from ncm_app.views.columns import Columns, lean
from ncm_app.views.rates import RateCurveView
from ncm_app.views.view import View


def compared(snapshot: Snapshot, choices: ViewChoices, preset: str) -> Snapshot | None:
    """Return the compared model under the values of a page, None if none is chosen."""
    return counterpart(snapshot, choices.compare, preset) if choices.compare else None


def ghost_of(frozen: Snapshot | None, choices: ViewChoices) -> Hashable:
    """Return what the ghost of a frozen run depends on: it is drawn anew when this changes."""
    if choices.compare:
        return choices.compare
    return frozen, choices if frozen else None


def frozen_columns(rules: list[tuple[PlotRule, View]], frozen: Snapshot | None, choices: ViewChoices,
                   progress: Progress) -> dict[str, Columns]:
    """Return the ghost's columns of every view; NaN when nothing is frozen."""
    return {view.name: view.ghost_columns(None if frozen is None else rule.study(frozen, choices, progress))
            for rule, view in rules}


def compared_columns(rules: list[tuple[PlotRule, View]], explore: str, other: Snapshot,
                     progress: Progress) -> dict[str, Columns]:
    """Return the ghost's columns of every view for another model, whose f-I curve is one over `explore` too."""
    choices = ViewChoices(explore=other.model.explore)
    theirs = {view.name: (rule, view) for rule, view in rules_for(other.model) if view.compared}
    found: dict[str, Columns] = {}
    for _, view in rules:
        columns: Columns = {}
        if view.name in theirs:
            rule, its_view = theirs[view.name]
            columns = its_view.columns(rule.study(other, choices, progress))
        elif isinstance(view, RateCurveView):
            columns = {"rate": lean(*rates_over(other, explore, progress))}
        found[view.name] = view.as_ghost(columns)
    return found
