"""The chart over two parameters, which stands on a page only while a second one is chosen."""

from __future__ import annotations

from typing import Any

import panel as pn

from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import SILENT
from ncm_app.pages.board import Board
from ncm_app.session.plot_rules import CHART, PlotRule
from ncm_app.session.view_choices import ViewChoices
from ncm_app.views.two_parameter import TwoParameterView
from ncm_app.views.view import View

NAME = TwoParameterView.name


def is_wanted(choices: ViewChoices) -> bool:
    """Tell whether two different parameters are chosen."""
    return choices.second not in ("", choices.explore)


def rules_now(board: Board, choices: ViewChoices) -> list[tuple[PlotRule, View]]:
    """Return the rules that a question with these choices can be put to."""
    return [(rule, view) for rule, view in board.rules if view.name != NAME or is_wanted(choices)]


def match(board: Board, place: pn.Column, snapshot: Snapshot, choices: ViewChoices) -> dict[str, Any]:
    """Add the chart where it is wanted, take it away where not; return the result it was drawn with."""
    if NAME in board.views and not is_wanted(choices):
        board.remove(NAME)
        place.objects = []
    elif NAME not in board.views and is_wanted(choices):
        result = CHART.study(snapshot, choices, SILENT)
        view = TwoParameterView(snapshot.model)
        place.objects = [board.add(CHART, view, result)]
        return {NAME: result}
    return {}
