"""What a model can show: every question that plots, studies and pages ask of a class.

Nothing outside of `core` looks at the kind of a model in another way: a new kind, or a new rule on what a
kind can show, is stated here.
"""

from __future__ import annotations

from typing import TypeGuard

from ncm_app.core.inversion import Inversion
from ncm_app.core.learner import OF_THE_RUN, Learner
from ncm_app.core.model import Flow, Model, Spiking
from ncm_app.core.written import Written

MOST_SLICED = 4
"""States above which a plane with all others held says nothing of what a model does."""


def is_flow(model: type[Model]) -> TypeGuard[type[Flow]]:
    """Tell whether a model is a differential equation, run through time; others are computed as a whole."""
    return issubclass(model, Flow)


def has_resets(model: type[Model]) -> TypeGuard[type[Spiking]]:
    """Tell whether a threshold resets the first state."""
    return issubclass(model, Spiking)


def is_network(model: type[Model]) -> bool:
    """Tell whether a model states a network of spiking cells, its `circuit`."""
    return hasattr(model, "circuit")


def is_learner(model: type[Model]) -> TypeGuard[type[Learner]]:
    """Tell whether a model learns step by step, so that it can be paused, taught otherwise and gone on with."""
    return issubclass(model, Learner)


def is_inversion(model: type[Model]) -> TypeGuard[type[Inversion]]:
    """Tell whether a model goes from data, made ones or a file's, to the parameters that made them."""
    return issubclass(model, Inversion)


def without_slider(model: type[Model]) -> tuple[str, ...]:
    """Return the controls that something else than a slider shows and moves."""
    return OF_THE_RUN if is_learner(model) else ()


def is_smooth(model: type[Model]) -> bool:
    """Tell whether no threshold resets a flow, so that its fixed points and cycles are those of a smooth system."""
    return is_flow(model) and not has_resets(model)


def can_cycle(model: type[Model]) -> bool:
    """Tell whether a model may have smooth limit cycles: not on a line, nor with resets."""
    return is_smooth(model) and len(model.states) > 1


def can_be_chaotic(model: type[Model]) -> bool:
    """Tell whether neighbouring runs may part for ever: two states cannot do so (Poincaré and Bendixson)."""
    return is_flow(model) and is_smooth(model) and len(model.states) > 2 and not model.driven


def has_plane(model: type[Model]) -> bool:
    """Tell whether the plane of two states, or a slice through a few more, is worth a plot."""
    return is_flow(model) and model.portrait and 1 < len(model.states) <= MOST_SLICED


def has_line(model: type[Model]) -> bool:
    """Tell whether the line of a single state is worth a plot."""
    return is_flow(model) and model.portrait and len(model.states) == 1


def has_space(model: type[Model]) -> bool:
    """Tell whether the space of three states is worth a plot."""
    return is_flow(model) and model.portrait and len(model.states) == 3


def has_smooth_plane(model: type[Model]) -> bool:
    """Tell whether a model has a phase plane that is no slice and that resets do not tear."""
    return has_plane(model) and is_smooth(model) and len(model.states) == 2


def has_eigenvalues(model: type[Model]) -> bool:
    """Tell whether eigenvalues are worth a plot: a cell that fires has no fixed points, and it would be empty."""
    return is_flow(model) and is_smooth(model) and model.portrait and len(model.states) > 1


def has_diagram(model: type[Model]) -> bool:
    """Tell whether fixed points can be followed over a parameter."""
    return bool(model.explore)


def has_frequency_curve(model: type[Model]) -> bool:
    """Tell whether the cycles of a model can be followed over a parameter."""
    return can_cycle(model) and has_diagram(model)


def has_rate_curve(model: type[Model]) -> bool:
    """Tell whether the rate of firing is an integral over the one state, at each constant input."""
    return has_resets(model) and len(model.states) == 1 and has_diagram(model)


def has_measured_rates(model: type[Model]) -> bool:
    """Tell whether the rate of firing has memory, and must be measured in runs."""
    return has_resets(model) and len(model.states) > 1 and has_diagram(model) and not model.driven


def has_rate_map(model: type[Model]) -> bool:
    """Tell whether a frequency of cycles, or a rate that is an integral, can be drawn over two parameters."""
    return has_frequency_curve(model) or has_rate_curve(model)


def is_audible(model: type[Model]) -> bool:
    """Tell whether a model has spikes that can be played."""
    return model.sound is not Model.sound


def has_measures(model: type[Model]) -> bool:
    """Tell whether numbers can be read off what a model answers."""
    return model.measure is not Model.measure


def is_self_contained(model: type[Model]) -> bool:
    """Tell whether an exported script can hold all that runs: a flow of numbers and options, which no impulses kick."""
    written = any(isinstance(control, Written) for control in model.controls().values())
    return is_flow(model) and not model.driven and not written
