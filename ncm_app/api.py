"""What a Python prompt sees: models by name, and the questions one can put to them."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from ncm_app.core import catalogue as _catalogue
from ncm_app.core.model import Flow, Model
from ncm_app.core.quantity import Quantity
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.branches.continuation import bifurcation_diagram as _continue
from ncm_app.numerics.branches.two_parameter import two_parameter_diagram as _follow
from ncm_app.numerics.cycles.branches import Cycles
from ncm_app.numerics.fixed_points.thresholds import clip_diagram, clip_loci
from ncm_app.numerics.results import Diagram, Equilibrium, Loci, Portrait, Status
from ncm_app.studies import cycles as _cycles
from ncm_app.studies import diagram as _diagram
from ncm_app.studies import panels as _panels
from ncm_app.studies import stability as _stability
from ncm_app.studies import two_parameter as _two_parameter
from ncm_app.studies.systems import system_of


def catalogue() -> dict[str, str]:
    """Return slug -> title of every model, in the order of the book."""
    return {slug: found.title for slug, found in _catalogue.models().items()}


def model(slug: str, preset: str | None = None, **values: Any) -> Any:
    """Return a model with a preset's values (default: its defaults), and changes.

    Raises ValueError for an unknown model, preset or parameter, with near matches,
    and for a value out of bounds, with the bounds.
    """
    found = _catalogue.find(slug)
    return found(**{**found.preset_values(preset), **values})


def simulate(model: Model, **settings: Any) -> Any:
    """Run a model from its start values: a Trajectory, or what an experiment gives.

    `settings` are `t_end` and `dt` (ms), `method` ("Euler", "Heun", "RK4", "adaptive"),
    `seed` where the model is random, or any other of its values for this run.
    """
    return _panels.answer_of(model.snapshot(**settings))


def open_file(model: Model, path: str | PathLike[str]) -> None:
    """Let a model that reads files answer from one of them, in place of its own.

    Raises ValueError with a sentence on what was expected and what was found.
    """
    if model.reads is None:
        raise ValueError(f"{model.slug()} reads no files")
    with open(path, "rb") as file:
        model.opened = model.reads.read(Path(path).name, file.read(model.reads.most + 1))


def measure(model: Model) -> dict[str, float]:
    """Return the numbers that are read off a model's answer, by name, in the units of its page."""
    return {found.name: found.value for found in _panels.measures(model.snapshot())}


def equilibria(model: Flow) -> tuple[Equilibrium, ...]:
    """Return all fixed points in the model's box, under its steady values."""
    return _stability.equilibria(model.snapshot()).points


def phase_portrait(model: Flow, axes: tuple[int, int] = (0, 1)) -> Portrait:
    """Return field and nullclines over the spans of two states."""
    return _stability.phase_portrait(model.snapshot(), axes)


def bifurcation_diagram(model: Flow, parameter: str, between: tuple[float, float] | None = None,
                        cycles: bool = True) -> Diagram:
    """Return the branches of fixed points and cycles over a parameter, with labelled points.

    `between` (low, high) may leave the slider's bounds; without it they are used. With
    `cycles` the branches of limit cycles are followed too, which takes up to seconds.
    """
    snapshot: Snapshot = model.snapshot()
    type(model).control(parameter)
    if between is None:
        found = _diagram.diagram(snapshot, parameter)
        return _with_cycles(found, _cycles.cycles_over(snapshot, parameter)) if cycles else found
    low, high = map(float, between)
    if not low < high:
        raise ValueError(f"{parameter} cannot run from {low:g} to {high:g}: the first must be the smaller")
    question = system_of(type(model)), snapshot.steady.p, parameter, low, high
    found = clip_diagram(*question[:2], _continue(*question), high - low)
    return _with_cycles(found, _cycles.cycles_between(snapshot, parameter, low, high, found)) if cycles else found


def _with_cycles(fixed: Diagram, cycles: Cycles) -> Diagram:
    """Return a diagram with its cycles, and with what may be missing of either."""
    status = cycles.status if fixed.status is Status.OK else fixed.status
    message = ". ".join(said for said in (fixed.message.rstrip("."), cycles.message) if said)
    return replace(fixed, cycles=cycles.branches, status=status, message=message)


def two_parameter_diagram(model: Flow, parameters: tuple[str, str],
                          between: tuple[tuple[float, float], tuple[float, float]] | None = None) -> Loci:
    """Return the curves of folds and Hopf points over two parameters, with labelled points.

    `between` ((low, high), (low, high)) may leave the sliders' bounds; without it they are used.
    """
    first, second = parameters
    for name in parameters:
        if not isinstance(type(model).control(name), Quantity):
            raise ValueError(f"{name} is no quantity that a curve could run along")
    if between is None:
        return _two_parameter.two_parameter(model.snapshot(), first, second)
    (a, b), (c, d) = between
    system, p = system_of(type(model)), model.snapshot().steady.p
    found = _follow(system, p, (first, second), ((float(a), float(b)), (float(c), float(d))))
    return clip_loci(system, p, found)
