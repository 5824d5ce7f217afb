"""How do the fixed points move and change as one parameter moves?"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np

from ncm_app.core.model import Flow
from ncm_app.core.quantity import Choice, Quantity
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.fixed_points.thresholds import clip_diagram
from ncm_app.numerics.results import Diagram
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.memo import long, remembered
from ncm_app.studies.met import MET, Start, missing_from, points_here
from ncm_app.studies.systems import system_of


def explorable(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the parameters that move the steady right-hand side, so a diagram can vary them.

    It depends on the options chosen: a threshold-linear curve has no width.
    """
    model = snapshot.model
    if not model.explore:
        return ()
    chosen = tuple((n, snapshot.values_by_name[n]) for n, c in model.controls().items()
                   if isinstance(c, Choice) and n in model.Parameters._fields)
    return _explorable(model, chosen)


@cache
def _explorable(model: type[Flow], chosen: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    steady = Snapshot.of(model, {**model.preset_values(""), **dict(chosen)}).steady
    low, high = np.array([state.limits for state in model.states]).T
    fractions = np.linspace(0.05, 0.95, 23)
    y = low[:, None] + np.outer(high - low, fractions)

    def moves(name: str) -> bool:
        ends = [np.array(model.rhs(0.0, y, steady.changed(**{name: end}).p)) for end in model.control(name).bounds]
        return not np.array_equal(ends[0], ends[1])

    fixed = set(model.steady)
    with np.errstate(all="ignore"):
        return tuple(n for n, c in model.controls().items()
                     if isinstance(c, Quantity) and c.group not in ("run", "start") and n not in fixed and moves(n))


def diagram(snapshot: Snapshot, parameter: str, *, progress: Progress = SILENT) -> Diagram:
    """Return the bifurcation diagram over the bounds of a parameter.

    The present value of the parameter is not part of the question, so moving its
    slider only moves the marker; but where a fixed point there, or the one to which the
    present run comes, lies on no branch, the diagram is searched again from it.
    """
    question = whole_range(snapshot, parameter)
    starts = starts_of(snapshot, parameter)
    found = _diagram(question, parameter, starts, progress=progress)
    missing = _missing(snapshot, parameter, starts, progress=progress)
    if not missing or snapshot.opened is not None:
        return found
    return _diagram(question, parameter, MET.add((question, parameter), missing), progress=progress)


def starts_of(snapshot: Snapshot, parameter: str) -> tuple[Start, ...]:
    """Return the fixed points that were met off the plain diagram over a parameter: part of what is asked."""
    return () if snapshot.opened is not None else MET.of((whole_range(snapshot, parameter), parameter))


def whole_range(snapshot: Snapshot, *parameters: str) -> Snapshot:
    """Return the question that a diagram over some parameters asks, whatever their present values.

    The settings of the run and the start values are not part of it either.
    """
    return snapshot.steady.without(run=True, start=True, parameters=parameters)


@remembered
def _missing(snapshot: Snapshot, parameter: str, starts: tuple[Start, ...], *,
             progress: Progress = SILENT) -> tuple[Start, ...]:
    found = _diagram(whole_range(snapshot, parameter), parameter, starts, progress=progress)
    return missing_from(found, snapshot, progress)


@long
def _diagram(snapshot: Snapshot, parameter: str, starts: tuple[Start, ...], *, progress: Progress = SILENT) -> Diagram:
    return _follow(snapshot, parameter, snapshot.model.control(parameter).bounds, starts, progress)


def diagram_between(snapshot: Snapshot, parameter: str, low: float, high: float) -> Diagram:
    """Return the bifurcation diagram over a part of a parameter's bounds; nothing is remembered."""
    value = float(snapshot.values_by_name[parameter])
    starts = [(value, tuple(state)) for state in points_here(snapshot)] if low <= value <= high else []
    return _follow(snapshot.steady, parameter, (low, high), starts)


def _follow(snapshot: Snapshot, parameter: str, ends: tuple[float, float], starts: Iterable[Start],
            progress: Progress = SILENT) -> Diagram:
    system = system_of(snapshot.model)
    found = bifurcation_diagram(system, snapshot.p, parameter, *ends, progress=progress,
                               starts=[(value, np.array(state)) for value, state in starts])
    return clip_diagram(system, snapshot.p, found, ends[1] - ends[0])
