"""What a Python prompt sees: models by name, and the questions one can put to them.

Times are in ms, rates of change in 1/ms; states and parameters have the units that `ncm.model(slug).controls()`
tells. What is asked wrongly raises ValueError (what is no model: TypeError) with a sentence that says what is
right. Answers are frozen and read-only, and convert by `.to_dict()` and, where pandas is installed, `.to_frame()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from ncm_app.core import catalogue as _catalogue
from ncm_app.core.model import Flow, Model
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.cycles.branches import Cycles
from ncm_app.numerics.fixed_points.equilibria import EquilibriumSet
from ncm_app.numerics.results import Diagram, Loci, Portrait, Status
from ncm_app.studies import cycles as _cycles
from ncm_app.studies import diagram as _diagram
from ncm_app.studies import plots as _plots
from ncm_app.studies import questions as _questions
from ncm_app.studies import simulate as _simulate
from ncm_app.studies import stability as _stability
from ncm_app.studies import two_parameter as _two_parameter


def catalogue() -> dict[str, str]:
    """Return slug -> title of every model, in the order of the book."""
    return {slug: found.title for slug, found in _catalogue.models().items()}


def model(slug: str, preset: str | None = None, **values: Any) -> Any:
    """Return a model with a preset's values (default: its defaults), and changes.

    The present values are attributes, `model.tau_i = 40`; `model.controls()` tells the name, bounds,
    unit and meaning of each, `model.presets` the presets, `model.states` the states in their order.
    Raises ValueError for an unknown model, preset or parameter, with near matches, for a value
    out of bounds, with the bounds, and for one of the wrong type.
    """
    found = _catalogue.find(slug)
    return found(**{**found.preset_values(preset), **values})


def simulate(model: Model, **settings: Any) -> Any:
    """Run a model from its start values: a Trajectory, or what an experiment gives.

    `settings` are `t_end` and `dt` (ms), `method` ("Euler", "Heun", "RK4", "adaptive"),
    `seed` where the model is random, or any other of its values for this run; the model stays
    as it is. A run has at most a million steps. A Trajectory has times `t` (m,) in ms, states
    `y` (n, m) in the order of
    `model.states`, `spikes` (k,) in ms, and `status` and `message`, which say how it ended.
    Raises ValueError for an unknown setting, with near matches, and for a value out of bounds.
    """
    _questions.check_model(model)
    snapshot = model.snapshot(**settings)
    if isinstance(model, Flow) and snapshot.t_end / snapshot.dt > _simulate.PAGE_STEPS:
        return _simulate.simulate_whole(snapshot)
    return _plots.run_or_perform(snapshot)


def open_file(model: Model, path: str | PathLike[str]) -> None:
    """Let a model that reads files answer from one of them, in place of its own.

    Raises ValueError with a sentence on what was expected and what was found, OSError where
    the file cannot be opened.
    """
    _questions.check_model(model)
    if model.reads is None:
        readers = ", ".join(slug for slug, found in _catalogue.models().items() if found.reads is not None)
        raise ValueError(f"{model.slug()} reads no files; {readers} does")
    with open(path, "rb") as file:
        model.opened = model.reads.read(Path(path).name, file.read(model.reads.most + 1))


def measure(model: Model) -> dict[str, float]:
    """Return the numbers that are read off a model's answer, by name, in the units of its page.

    Raises ValueError for a model that states none; what it can be asked instead is said.
    """
    _questions.check_measures(model)
    return {found.name: found.value for found in _plots.measures(model.snapshot())}


def equilibria(model: Flow) -> EquilibriumSet:
    """Return all fixed points in the model's box, under its steady values.

    The answer is a sequence of them, sorted by their states. Each has its `state` (n,) in the order of
    `model.states`, the `eigenvalues` (n,) in 1/ms, its `kind` in words, and `stable`. The answer itself
    has a `status` and a `message`: where the field on the edge of the box asks for another sum of
    indices than theirs, points are missing and the message says so. Raises ValueError for what is
    no differential equation.
    """
    _questions.check_flow(model, "fixed points")
    return _stability.equilibria(model.snapshot())


def phase_portrait(model: Flow, axes: tuple[int | str, int | str] = (0, 1),
                   held: Mapping[str, float] | None = None) -> Portrait:
    """Return field and nullclines over the spans of two states.

    `axes` are two states by name or place; with more than two states, `held` gives the value at
    which each of the others is held, by name. The field `dx`, `dy` is (k, k) over the grid
    lines `x`, `y` (k,), row = y, in the states' units per ms; nullclines are (2, m) lines with NaN
    between pieces. Raises ValueError for less than two states, for unknown ones, and where
    `held` says nothing of a state beyond the axes.
    """
    _questions.check_flow(model, "phase plane")
    places = _questions.check_axes(model, axes)
    return _stability.phase_portrait(model.snapshot(), places, held=_questions.check_held(model, places, held))


def bifurcation_diagram(model: Flow, parameter: str, between: tuple[float, float] | None = None,
                        cycles: bool = True) -> Diagram:
    """Return the branches of fixed points and cycles over a parameter, with labelled points.

    `between` (low, high) lies within the parameter's bounds, which are used without it. With
    `cycles` the branches of limit cycles are followed too, which takes up to seconds. `points`
    come in the order of the parameter: take one by its `code` (LP, H, BP, LPC ...; see
    `ncm_app.numerics.results.SpecialPoint`). Raises ValueError for a parameter that no fixed
    point can be followed over, and for a range that does not grow or leaves the bounds.
    """
    _questions.check_flow(model, "fixed points to follow")
    snapshot: Snapshot = model.snapshot()
    control = _questions.check_parameter(model, parameter)
    if between is None:
        found = _diagram.diagram(snapshot, parameter)
        return _with_cycles(found, _cycles.cycles_over(snapshot, parameter)) if cycles else found
    low, high = _questions.check_range(control, between)
    found = _diagram.diagram_between(snapshot, parameter, low, high)
    return _with_cycles(found, _cycles.cycles_between(snapshot, parameter, low, high, found)) if cycles else found


def _with_cycles(fixed: Diagram, cycles: Cycles) -> Diagram:
    """Return a diagram with its cycles, and with what may be missing of either."""
    status = cycles.status if fixed.status is Status.OK else fixed.status
    message = ". ".join(said for said in (fixed.message.rstrip("."), cycles.message) if said)
    return replace(fixed, cycles=cycles.branches, status=status, message=message)


def two_parameter_diagram(model: Flow, parameters: tuple[str, str],
                          between: tuple[tuple[float, float], tuple[float, float]] | None = None) -> Loci:
    """Return the curves of saddle-nodes and Hopf points over two parameters, with labelled points.

    `between` ((low, high), (low, high)) lies within the parameters' bounds, which are used
    without it. Each of `loci` has the parameters `first`, `second` (m,) and the fixed point
    `states` (n, m); `points` are those of codimension two (CP, BT, GH, ZH, HH). Raises ValueError
    as `bifurcation_diagram` does, and for one parameter given twice.
    """
    _questions.check_flow(model, "fixed points to follow")
    controls = _questions.check_pair(model, parameters)
    first, second = parameters
    if between is None:
        return _two_parameter.two_parameter(model.snapshot(), first, second)
    ranges = _questions.check_ranges(controls, between)
    return _two_parameter.two_parameter_between(model.snapshot(), (first, second), ranges)
