"""Tests that go over the catalogue: the first preset of every model always, the others where there is time."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from ncm_app.core.model import Flow, Spiking
from ncm_app.studies.warm import warm_model

warm_once = functools.cache(warm_model)
"""Compile one model's steppers, or load them: for tests that run it for long."""


def sweep_after_first(model: Any, preset: str) -> tuple[pytest.MarkDecorator, ...]:
    """Return the marks of a test of this preset: what is not a model's first one is left out of a quick round."""
    return () if preset == model.first_preset() else (pytest.mark.sweep,)


def one_of_each_kind(models: Iterable[Any]) -> list[Any]:
    """Return the models as cases: the first of each kind, in the plane and not, always; the others as a sweep."""
    seen: set[tuple[bool, bool, bool]] = set()
    cases = []
    for model in models:
        kind = issubclass(model, Flow), issubclass(model, Spiking), len(getattr(model, "states", ())) == 2
        cases.append(pytest.param(model, id=model.slug(), marks=(pytest.mark.sweep,) if kind in seen else ()))
        seen.add(kind)
    return cases


def first_few(cases: Mapping[str, Any], count: int) -> list[Any]:
    """Return named cases, those after the first `count` as a sweep."""
    return [pytest.param(case, id=name, marks=() if k < count else (pytest.mark.sweep,))
            for k, (name, case) in enumerate(cases.items())]


def every_preset(models: Iterable[Any]) -> list[Any]:
    """Return a pair of model and name for each preset, as cases of a test."""
    return [pytest.param(model, preset, id=f"{model.slug()}-{preset}", marks=sweep_after_first(model, preset))
            for model in models for preset in model.presets]
