"""The lines to try on one page: in which order they are offered, what their button says, how sliders get there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ncm_app.core.catalogue import find
from ncm_app.core.model import Count, Model, Quantity
from ncm_app.core.written import Written
from ncm_app.language.tries import Try, read_try
from ncm_app.studies.words import with_unit

PICTURES = 16
"""Places at which a slider is seen on its way."""


def lines_of(model: type[Model]) -> list[Try | str]:
    """Return the lines of a model, read where a machine can read them."""
    return [read_try(model, line) or line for line in model.try_this]


def preset_of(model: type[Model], line: Try | str) -> str:
    """Return the preset that a line begins with, "" for none."""
    if isinstance(line, Try):
        return line.preset
    return max((name for name in model.presets if line.startswith(f"In {name}, ")), key=len, default="")


def first_of(model: type[Model], lines: list[Try | str], preset: str) -> int:
    """Return the place of the first line that belongs to a preset; 0 if none does."""
    own = (k for k, line in enumerate(lines) if preset and preset_of(model, line) == preset)
    return next(own, 0)


def parts_of(model: type[Model], line: Try | str) -> tuple[str, str]:
    """Return what one does and what one sees, "" where the line does not part them."""
    if isinstance(line, Try):
        return line.action, line.outcome
    action, colon, outcome = line.removeprefix(f"In {preset_of(model, line)}, ").partition(": ")
    return (action, outcome) if colon else (action.rstrip("."), "")


def order_of(model: type[Model], line: Try, before: Mapping[str, Any]) -> str:
    """Return what a button does that sets what a line asks for: "Lower tau_i to 24 ms"."""
    if line.compare:
        return f"Compare with the {find(line.compare).acronym}"
    verbs, told = set(), []
    for name, value in line.values.items():
        control = model.control(name)
        if isinstance(control, Quantity | Count) and value != before[name]:
            verbs.add("Raise" if value > before[name] else "Lower")
        else:
            verbs.add("Set")
        shown = str(value)
        if isinstance(control, Quantity):
            shown = with_unit(f"{value:.8g}".replace("-", "−"), control.unit)
        told.append(f"{_named(model, name)} to {shown}")
    return f"{verbs.pop() if len(verbs) == 1 else 'Set'} {', '.join(told)}"


def _named(model: type[Model], name: str) -> str:
    """Return a control's name as the lines have it: the start of V is V(0)."""
    return next((f"{state.name}(0)" for state in model.states if state.start_control == name), name)


def way_of(model: type[Model], before: Mapping[str, Any], values: Mapping[str, Any],
           at_once: bool) -> Iterator[tuple[str, Any]]:
    """Yield the moves that lead to values, one slider after the other; each in many steps unless `at_once`."""
    for name, value in values.items():
        control = model.control(name)
        if isinstance(control, Quantity | Count) and not isinstance(control, Written) and not at_once:
            for k in range(1, PICTURES):
                there = before[name] + (value - before[name]) * k / PICTURES
                between = round(there) if isinstance(control, Count) else float(f"{there:.4g}")
                if between != before[name]:
                    yield name, control.clean(between)
        yield name, value
