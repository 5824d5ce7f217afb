"""What is made of a model's facts when its class is defined."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import param

from ncm_app.core.past import Past
from ncm_app.core.quantity import Control, Quantity
from ncm_app.core.written import Written

CONTROLS = (*Control.__args__, Written)
"""The kinds of controls."""


class ModelType(type(param.Parameterized)):  # type: ignore[misc]
    """Adds the start-value controls and the record of plain numbers to a model."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> ModelType:
        """Return a model class, or raise ValueError where a start value would share its name unsaid."""
        _add_start_values(name, bases, namespace)
        if namespace.get("rule"):  # a control of the class whose rule it names
            namespace["past"] = Past((), group="run", doc="under which values of its rule it learned before")
        cls: ModelType = super().__new__(mcs, name, bases, namespace)
        return cls

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
        super().__init__(name, bases, namespace)
        declared = [n for n, c in cls.param.objects("existing").items() if isinstance(c, CONTROLS)]
        for control in (cls.param[name] for name in declared):
            if isinstance(control, Written):
                control.default = control.clean(control.default)  # as numbers or text may state it
        if "presets" in namespace:
            cls.presets = {preset.name: preset for preset in namespace["presets"]}
            cls.renamed = {old: preset.name for preset in namespace["presets"] for old in preset.formerly}
        # The record must be found again by name: Numba's disk cache pickles its type.
        record = namedtuple(f"{name}Parameters", [n for n in declared if n not in cls.run_settings])  # type: ignore[misc]
        record.__module__, record.__qualname__ = cls.__module__, f"{name}.Parameters"
        cls.Parameters = record


def _add_start_values(name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
    """Add the control of each state's start value; what else has its name is one with it only if the state says so."""
    above = [c for base in bases for c in base.__mro__]
    made = {(c, s.start_control) for c in above for s in vars(c).get("states", ()) if not s.start_at}
    own = "states" in namespace
    for state in namespace["states"] if own else [s for base in bases for s in getattr(base, "states", ())]:
        control = state.start_control
        stated = [vars(c)[control] for c in above if control in vars(c) and (c, control) not in made]
        stated += [namespace[control]] if control in namespace else []
        if state.start_at and not any(isinstance(one, Quantity) for one in stated):
            raise ValueError(f"{name}: the state {state.name} starts at {control}, which is no Quantity of the model")
        if stated and not state.start_at:
            raise ValueError(f"{name}: {control} is the start value of the state {state.name}, and something else "
                             "that the model states. Rename one of them, or say that both are one: "
                             f"State({state.name!r}, start_at={control!r})")
        if own and not state.start_at:
            namespace[control] = state.start_quantity()
