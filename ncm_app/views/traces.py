"""Variables over time: the run, its input, its other solutions and their error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ncm_app.core.capabilities import has_resets
from ncm_app.core.model import Flow
from ncm_app.core.quantity import with_unit
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.state import State, Variable
from ncm_app.numerics.results import Array, Equilibrium, Trajectory
from ncm_app.views import style
from ncm_app.views.clipping import outgrown
from ncm_app.views.columns import NOTHING, Columns, Limits, apart, lean, reach, wrapped
from ncm_app.views.layer import Layer
from ncm_app.views.view import View


class Run(NamedTuple):
    """What the trace views show: a run and what belongs to it."""

    snapshot: Snapshot
    trajectory: Trajectory
    observed: tuple[Array, ...]
    solutions: dict[str, tuple[Array, ...]]
    fixed_points: tuple[Equilibrium, ...]


def shared_label(variables: Sequence[Variable]) -> str:
    """Return one axis label for variables that share a unit."""
    names = ", ".join(v.name for v in variables)
    return with_unit(names, variables[0].shown or variables[0].unit)


def shared_span(variables: Sequence[Variable]) -> tuple[float, float]:
    """Return the range of an axis that holds several variables, with a margin."""
    lows, highs = zip(*(v.drawn_span for v in variables), strict=True)
    low, high = min(lows), max(highs)
    return low - 0.03 * (high - low), high + 0.03 * (high - low)


def by_unit(model: type[Flow]) -> list[dict[int, State]]:
    """Return the states that are drawn over time by index, one group per axis (their shown unit), in their order."""
    groups: dict[str, dict[int, State]] = {}
    for i, state in enumerate(model.states):
        if state.traced:
            groups.setdefault(state.axis_group or state.shown or state.unit, {})[i] = state
    return list(groups.values())


def solution_layer(names: Sequence[str], way: str, name: str, label: str) -> Layer:
    """Return the layer of one of the ways to the solution: the exact one is theory, dashed in ink."""
    if way == "exact":
        return Layer(name, label=label, fleeting=True, look={"line_width": 2.0, "line_dash": "dashed"},
                     ink=("line_color",))
    place = [other for other in names if other != "exact"].index(way)
    dash = ("dotted", "dotdash")[place % 2]
    return Layer(name, label=label, fleeting=True, look={
        "line_width": 2.0, "line_dash": dash, "color": style.FREE_HUES[2 + place % 2]})


def with_peaks(run: Trajectory, threshold: float) -> Array:
    """Return the first state with the threshold drawn just before each reset.

    Without it a spike looks lower the coarser the step is; it changes no number.
    """
    y = run.y[0].copy()
    after = np.searchsorted(run.t, run.spikes - 1e-9)
    y[np.maximum(after - 1, 0)] = threshold
    return y


def folded(t: Array, y: Array, state: State) -> tuple[Array, Array]:
    """Return a curve in shown units; an angle comes back at the other end of its turn."""
    if state.periodic is None:
        return t, y
    low, high = state.periodic
    return wrapped(t, y, low * state.scale, high * state.scale)


class OverTimeView(View):
    """Variables over the duration of a run; an axis that fits one follows what leaves it, or hardly fills it."""

    over_time, x_label = True, "time (ms)"
    variables: Sequence[Variable]

    @property
    def fits(self) -> bool:
        """Whether the axis follows: where one of the variables says so."""
        return any(variable.fits for variable in self.variables)

    def outgrown(self, result: Run, limits: Limits) -> bool:
        """Tell whether an axis that fits is to follow."""
        return self.fits and outgrown(self.fitted(result)[1], limits[1], log=False)

    def watched(self) -> tuple[str, ...]:
        """The variables themselves."""
        return tuple(variable.name for variable in self.variables)

    def fitted(self, result: Run) -> Limits:
        """The duration, and what the variables reach."""
        return (0.0, result.snapshot.t_end), reach(self.columns(result), self.watched(), 1)


class TraceView(OverTimeView):
    """The states over time that share a unit, with spikes, fixed points and the frozen run.

    `group` counts the units of the model's states: the first is drawn here, any other
    in a `StripView` below.
    """

    name, shape, compared = "trace", "wide", True

    def __init__(self, model: type[Flow], group: int = 0) -> None:
        self.model, self.shown = model, by_unit(model)[group]
        self.variables = tuple(self.shown.values())
        self.y_label = shared_label(self.variables)
        self.names = tuple(model.solutions)
        self.spiking = group == 0 and has_resets(model)
        self.legend = len(self.shown) + len(self.names) > 1

    def layers(self) -> list[Layer]:
        """Fixed points at the back, other solutions over the run, spikes on top."""
        layers = [Layer(f"rest {s.name}", look={"line_dash": "dashed", "line_width": 1.3, "alpha": 0.8},
                        ink=("line_color",)) for s in self.shown.values()]
        # The first state is what it is about: on top, unless it says that it stands behind.
        layers += [Layer(s.name, label=s.name, ghost=True, look={
            "color": style.hue(s.role, i), "line_width": 1.0 if s.behind else 2.2, "alpha": 0.5 if s.behind else 1.0})
            for i, s in sorted(self.shown.items(), key=lambda shown: (not shown[1].behind, -shown[0]))]
        layers += [solution_layer(self.names, name, f"{name} {s.name}", name * (s is next(iter(self.shown.values()))))
                   for name in self.names for s in self.shown.values()]
        if self.spiking:
            layers.append(Layer("spikes", kind="points", look={
                "marker": "inverted_triangle", "size": 8, "color": style.hue(self.model.states[0].role, 0)}))
        return layers

    def labelled(self) -> list[Layer]:
        """The states in their order, then the other solutions."""
        places = {state.name: place for place, state in self.shown.items()}
        return sorted(super().labelled(), key=lambda layer: places.get(layer.name, len(self.model.states)))

    def columns(self, result: Run) -> Columns:
        """Fixed points span the time axis where there is one rest state only."""
        snapshot, run = result.snapshot, result.trajectory
        columns: Columns = {}
        for i, s in self.shown.items():
            # A spiking model's first state is the one that is reset.
            peaked = self.spiking and i == 0
            y = with_peaks(run, float(self.model.threshold(snapshot.p))) if peaked else run.y[i]  # type: ignore[attr-defined]
            columns[s.name] = lean(*folded(run.t, y * s.scale, s))
            columns[f"rest {s.name}"] = self._rest(result, i)
            for name in self.names:
                curve = result.solutions.get(name)
                columns[f"{name} {s.name}"] = lean(run.t, curve[i] * s.scale) if curve else NOTHING
        if self.spiking:
            low, top = shared_span(self.variables)
            spikes = apart(run.spikes)
            columns["spikes"] = lean(spikes, np.full(len(spikes), top - 0.04 * (top - low)))
        return columns

    def _rest(self, result: Run, index: int) -> tuple[Any, Any]:
        points, stated = result.fixed_points, self.model.levels(result.snapshot.p)
        alone = float(points[0].state[index]) if len(points) == 1 else None
        found = stated[index] if stated else alone
        if found is None:
            return NOTHING
        level = found * self.shown[index].scale
        return lean([0.0, result.snapshot.t_end], [level, level])

    def limits(self, result: Run) -> Limits:
        """The duration, and the spans that the model states, wider where spikes drive the run beyond them.

        An axis that fits shows what the states reach.
        """
        if self.fits:
            return self.fitted(result)
        low, high = shared_span(self.variables)
        if self.model.driven:
            (least, most), boxes = self.fitted(result)[1], [np.array(s.limits) * s.scale for s in self.shown.values()]
            low = min(low, max(least, min(box[0] for box in boxes)))
            high = max(high, min(most, max(box[1] for box in boxes)))
        return (0.0, result.snapshot.t_end), (low, high)


class StripView(TraceView):
    """The states over time that have another unit than the first, such as gates, in a low plot."""

    shape, compared = "strip", False

    def __init__(self, model: type[Flow], group: int) -> None:
        super().__init__(model, group)
        self.name = f"trace_{group + 1}"


class InputView(OverTimeView):
    """The observed variables over time, such as the input current."""

    name, shape = "input", "strip"

    def __init__(self, model: type[Flow]) -> None:
        self.variables = model.observed
        self.legend = len(self.variables) > 1
        self.y_label = shared_label(self.variables)

    def layers(self) -> list[Layer]:
        """One curve per observed variable."""
        return [Layer(v.name, label=v.name, look={"color": style.hue(v.role, i), "line_width": 2.0}, ghost=True)
                for i, v in enumerate(self.variables)]

    def columns(self, result: Run) -> Columns:
        """Each variable in its shown unit."""
        return {v.name: lean(result.trajectory.t, y * v.scale)
                for v, y in zip(self.variables, result.observed, strict=True)}

    def limits(self, result: Run) -> Limits:
        """The duration, and the model's spans, widened where a random input leaves them."""
        if self.fits:
            return self.fitted(result)
        low, high = shared_span(self.variables)
        least, most = self.fitted(result)[1]
        return (0.0, result.snapshot.t_end), (min(low, least), max(high, most))


class ErrorView(View):
    """The computed run and each other solution minus the exact one."""

    name, shape, legend, x_label = "error", "strip", True, "time (ms)"
    over_time = True

    def __init__(self, model: type[Flow]) -> None:
        self.state = model.states[0]
        self.names = tuple(model.solutions)
        self.others = ("run", *(name for name in self.names if name != "exact"))
        self.y_label = with_unit("error", self.state.shown or self.state.unit)

    def layers(self) -> list[Layer]:
        """One curve per way to the solution."""
        run = Layer("run", label="run", look={"line_width": 2.0, "color": style.hue(self.state.role, 0)})
        return [run, *(solution_layer(self.names, name, name, name) for name in self.others[1:])]

    def columns(self, result: Run) -> Columns:
        """Differences on the times of the run."""
        run, scale = result.trajectory, self.state.scale
        exact = result.solutions["exact"][0]
        ways: dict[str, Any] = {"run": run.y, **result.solutions}
        return {name: lean(run.t, (ways[name][0] - exact) * scale) if name in ways else NOTHING for name in self.others}

    def limits(self, result: Run) -> Limits:
        """The duration, and the largest error seen."""
        errors = [np.nanmax(np.abs(y)) for _, y in self.columns(result).values() if np.any(np.isfinite(y))]
        top = 1.15 * max([*errors, 1e-6])
        return (0.0, result.snapshot.t_end), (-top, top)

    def outgrown(self, result: Run, limits: Limits) -> bool:
        """Errors change by powers of ten with the step: the axis follows what leaves it, or hardly shows."""
        top, shown = self.limits(result)[1][1], limits[1][1]
        return top > 1.15 * shown or top < shown / 10.0
