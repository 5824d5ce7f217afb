"""Snapshots of presets, and what is found on their diagrams."""

from __future__ import annotations

from ncm_app.studies.diagram import diagram
from ncm_app.studies.expectations import check


def snapshot_of(model, preset=None, **changes):
    return model(**{**model.preset_values(preset), **changes}).snapshot()


def special(snapshot, parameter, code):
    return [q.parameters[parameter] for q in diagram(snapshot, parameter).points if q.code == code]


def crossings(snapshot, level=0.0):
    """Return when the first state rises through a level, ms."""
    return check(snapshot, "crossings", {level: ()}).found[level]
