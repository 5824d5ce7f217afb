"""Views of a model together with the answers that they show."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.system import SILENT
from ncm_app.session.background_questions import BACKGROUND_QUESTIONS
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.view_choices import ViewChoices


def asked(model, preset, index, **choices):
    """Return a fresh view of a model and the answer that it shows."""
    card, view = rules_for(model)[index]
    snapshot = model(**model.preset_values(preset)).snapshot()
    return view, card.study(snapshot, ViewChoices(**{"explore": model.explore, **choices}), SILENT)


def is_absent(pair):
    return any(np.all(np.isnan(np.asarray(column, dtype=float))) for column in pair[:2])


def view_of(model, name, preset="", choices=(), **changes):
    index = [view.name for _, view in rules_for(model)].index(name)
    card, view = rules_for(model)[index]
    snapshot = model(**{**model.preset_values(preset), **changes}).snapshot()
    return view, card.study(snapshot, ViewChoices(**{"explore": model.explore, **dict(choices)}), SILENT)


def late_layers(view):
    """Return the names of the layers that are filled by slow answers."""
    return {name for topic in BACKGROUND_QUESTIONS for name in view.late(topic.name, None)}
