"""Can this be asked of that model? What a Python prompt asks wrongly is told in its own words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ncm_app.core.capabilities import has_measures, is_flow
from ncm_app.core.model import Flow, Model, unknown
from ncm_app.core.quantity import Quantity, with_unit
from ncm_app.studies.diagram import explorable

Ends = tuple[float, float]


def check_model(model: Any) -> None:
    """Raise TypeError unless this is a model with its values."""
    if not isinstance(model, Model):
        example = f"ncm.model({model!r})" if isinstance(model, str) else "ncm.model('eif')"
        raise TypeError(f"a model is needed, such as {example}, not {_told(model)}")


def check_flow(model: Any, asked: str) -> None:
    """Raise ValueError where `asked`, such as "fixed points", is asked of what is no differential equation."""
    check_model(model)
    if not is_flow(type(model)):
        raise ValueError(f"{model.slug()} has no {asked}: it is no differential equation, but computed as a whole. "
                         "Ask ncm.measure(model) for its numbers, or ncm.simulate(model) for all that it computed")


def check_measures(model: Any) -> None:
    """Raise ValueError where a model states no numbers that could be read off its answer."""
    check_model(model)
    if not has_measures(type(model)):
        raise ValueError(f"{model.slug()} has no numbers of its own to measure. Ask ncm.simulate(model) for its run "
                         "and spikes, ncm.equilibria(model) for its fixed points, ncm.bifurcation_diagram for what "
                         "becomes of them as a parameter moves")


def check_parameter(model: Model, name: Any) -> Quantity:
    """Return a parameter over which fixed points can be followed, or raise ValueError."""
    if not isinstance(name, str):
        raise ValueError(f"a parameter is given by its name, such as {_examples(model)}, not as {_told(name)}")
    control, slug = type(model).control(name), model.slug()
    if not isinstance(control, Quantity):
        raise ValueError(f"{name} is no quantity that a curve could run along; there is {_examples(model)}")
    if control.group == "run":
        raise ValueError(f"{name} belongs to the run, not to the equations of {slug}; there is {_examples(model)}")
    if control.group == "start":
        raise ValueError(f"{name} is where a run starts: no fixed point of {slug} depends on it; "
                         f"there is {_examples(model)}")
    if name in getattr(model, "steady", {}):
        raise ValueError(f"{name} belongs to what changes in time, and fixed points are sought where nothing does; "
                         f"there is {_examples(model)}")
    return control


def _examples(model: Model) -> str:
    return ", ".join(explorable(model.snapshot()) or [n for n, c in model.controls().items()
                                                      if isinstance(c, Quantity) and c.group not in ("run", "start")])


def check_range(control: Quantity, between: Any) -> Ends:
    """Return the ends of a range as numbers, or raise ValueError unless it grows within the parameter's bounds."""
    name, (lowest, highest) = control.name, control.bounds
    low, high = (_number(name, end) for end in _several(between, 2, f"the range of {name}", "(low, high)"))
    if not low < high:
        raise ValueError(f"{name} cannot run from {low:g} to {high:g}: the range of {name} must grow, "
                         "from the lower to the higher end")
    if low < lowest or high > highest:
        bounds = with_unit(f"between {lowest:g} and {highest:g}", control.unit)
        raise ValueError(f"{name} must lie {bounds}, so it cannot run from {low:.12g} to {high:.12g}")
    return low, high


def check_pair(model: Model, parameters: Any) -> tuple[Quantity, Quantity]:
    """Return two different parameters, or raise ValueError."""
    first, second = _several(parameters, 2, "parameters", "(first, second)")
    if first == second:
        raise ValueError(f"two different parameters are needed, not {first} twice")
    return check_parameter(model, first), check_parameter(model, second)


def check_ranges(controls: tuple[Quantity, Quantity], between: Any) -> tuple[Ends, Ends]:
    """Return two ranges as numbers, or raise ValueError."""
    one, other = _several(between, 2, "the ranges", "((low, high), (low, high))")
    return check_range(controls[0], one), check_range(controls[1], other)


def check_axes(model: Flow, axes: Any) -> tuple[int, int]:
    """Return the places of two different states, given by name or place, or raise ValueError."""
    names = [state.name for state in model.states]
    if len(names) == 1:
        raise ValueError(f"{model.slug()} has one state, {names[0]}, and so no plane. Ask ncm.equilibria(model) for "
                         "its fixed points, or ncm.bifurcation_diagram for what becomes of them")
    found = []
    for axis in _several(axes, 2, "the axes", f"({names[0]!r}, {names[1]!r})"):
        if isinstance(axis, str) and axis not in names:
            raise ValueError(unknown("state", axis, names, model.slug()))
        if (not isinstance(axis, str) and axis not in range(len(names))) or isinstance(axis, bool):
            raise ValueError(f"an axis is the name of a state ({', '.join(names)}) or its place from 0 to "
                             f"{len(names) - 1}, not {_told(axis)}")
        found.append(names.index(axis) if isinstance(axis, str) else int(axis))
    if found[0] == found[1]:
        raise ValueError(f"a plane needs two different states, not {names[found[0]]} twice")
    return found[0], found[1]


def check_held(model: Flow, axes: tuple[int, int], held: Any) -> tuple[float, ...] | None:
    """Return a value for every state at which those beyond the axes are held, None in the plane.

    Raises ValueError where one of them is not told: a portrait of more states is a slice.
    """
    names, held = [state.name for state in model.states], {} if held is None else held
    beyond = [state for i, state in enumerate(model.states) if i not in axes]
    if not isinstance(held, Mapping):
        raise ValueError(f"held gives values by the name of a state, such as {{{names[-1]!r}: 0.0}}, not {_told(held)}")
    for name in held:
        if name not in names:
            raise ValueError(unknown("state", name, names, model.slug()))
    values = {name: _number(name, value) for name, value in held.items()}
    if missing := [state for state in beyond if state.name not in values]:
        example = ", ".join(f"{state.name!r}: {state.start:g}" for state in beyond)
        raise ValueError(f"{model.slug()} has {len(names)} states, and a portrait is a plane of two: say where the "
                         f"others are held ({', '.join(s.name for s in missing)}), such as held={{{example}}}")
    return tuple(values.get(state.name, state.start) for state in model.states) if beyond else None


def _several(value: Any, count: int, what: str, shape: str) -> tuple[Any, ...]:
    if isinstance(value, str | bytes | Mapping | set) or not hasattr(value, "__iter__"):
        raise ValueError(f"{what} must be given as {shape}, not {_told(value)}")
    parts = tuple(value)
    if len(parts) != count:
        raise ValueError(f"{what} must be given as {shape}: {count} values, not {len(parts)}")
    return parts


def _number(name: str, value: Any) -> float:
    try:
        number = math.nan if isinstance(value, str | bytes | bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"values of {name} must be finite numbers, not {_told(value)}")
    return number


def _told(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"a {type(value).__name__}"
