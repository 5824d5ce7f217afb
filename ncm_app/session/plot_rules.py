"""Which question and which view a model gets: the table where "for free" happens.

A new kind of plot for all models is one study, one view and one row here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ncm_app.core.capabilities import (
    has_diagram,
    has_eigenvalues,
    has_frequency_curve,
    has_line,
    has_measured_rates,
    has_plane,
    has_rate_curve,
    has_smooth_plane,
    has_space,
    is_flow,
)
from ncm_app.core.drawing import Drawing
from ncm_app.core.model import Flow, Model
from ncm_app.core.plot import Plot
from ncm_app.core.quantity import with_unit
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.symbols import symbols_of
from ncm_app.core.touch import Touchable
from ncm_app.numerics.results.plane import PhasePlane
from ncm_app.numerics.system import Progress
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.convergence import Comparison, Orders, compare, orders
from ncm_app.studies.curves import curves
from ncm_app.studies.diagram import diagram
from ncm_app.studies.plane import phase_plane
from ncm_app.studies.plots import drawn_columns, duration_of
from ncm_app.studies.rates import measured_here, measured_rates, rate_at, rate_curve
from ncm_app.studies.simulate import observed, simulate, simulate_from, solution
from ncm_app.studies.stability import equilibria, phase_line, threshold_of
from ncm_app.views.convergence import ConvergenceView, MethodsView
from ncm_app.views.curves import CurveAnswer, CurvesView, FurtherCurvesView
from ncm_app.views.diagram import DiagramView, Explored, wide_window
from ncm_app.views.frequency import FrequencyView, Here
from ncm_app.views.gestures import Drag
from ncm_app.views.phase import Line, PhaseLineView
from ncm_app.views.plane import PhasePlaneView
from ncm_app.views.plots import Drawn, PlotView
from ncm_app.views.rates import Measured, MeasuredRatesView, RateCurveView, Rates
from ncm_app.views.space import Space, SpaceView
from ncm_app.views.stability import EigenvalueView, Stability, TraceDeterminantView
from ncm_app.views.traces import ErrorView, InputView, Run, StripView, TraceView, by_unit
from ncm_app.views.two_parameter import Pair, TwoParameterView
from ncm_app.views.view import View


class PlotRule(NamedTuple):
    """One plot of a page, or several alike: for which models, drawn how, asking what."""

    applies: Callable[[type[Flow]], bool]
    view: Callable[[type[Flow]], View | Sequence[View]]
    study: Callable[[Snapshot, ViewChoices, Progress], Any]


def _run(snapshot: Snapshot, choices: ViewChoices, progress: Progress) -> Run:
    return _run_with({*choices.overlays, "exact"}, snapshot, progress)


def _trace(snapshot: Snapshot, choices: ViewChoices, progress: Progress) -> Run:
    return _run_with(set(choices.overlays), snapshot, progress)


def _run_with(wanted: set[str], snapshot: Snapshot, progress: Progress) -> Run:
    solutions = {k: solution(snapshot, k, progress=progress) for k in snapshot.model.solutions if k in wanted}
    return Run(snapshot, simulate(snapshot, progress=progress), observed(snapshot, progress=progress), solutions,
               equilibria(snapshot, progress=progress).points)


def _line(snapshot: Snapshot, choices: ViewChoices, progress: Progress) -> Line:
    return Line(*phase_line(snapshot, progress=progress), equilibria(snapshot, progress=progress).points,
                threshold_of(snapshot))


def _plane(snapshot: Snapshot, choices: ViewChoices, progress: Progress) -> PhasePlane:
    return phase_plane(snapshot, choices.axes, choices.held, choices.starts, progress=progress)


def _space(snapshot: Snapshot, choices: ViewChoices, progress: Progress) -> Space:
    clicked = tuple(simulate_from(snapshot, start, progress=progress) for start in choices.starts)
    return Space(simulate(snapshot, progress=progress), equilibria(snapshot, progress=progress).points, clicked,
                 *choices.seen)


def _stability(snapshot: Snapshot, choices: ViewChoices, progress: Progress) -> Stability:
    return Stability(equilibria(snapshot, progress=progress).points)


def state_index(model: type[Flow], name: str) -> int:
    """Return the place of a state by name; the first for ""."""
    return [state.name for state in model.states].index(name) if name else 0


def _explored(snapshot: Snapshot, choices: ViewChoices, progress: Progress) -> Explored:
    control = snapshot.model.control(choices.explore)
    value = float(snapshot.values_by_name[choices.explore])
    return Explored(diagram(snapshot, choices.explore, progress=progress), value,
                    control.bounds, equilibria(snapshot, progress=progress).points,
                    with_unit(choices.explore, control.unit), state_index(snapshot.model, choices.against))


def _here(snapshot: Snapshot, choices: ViewChoices, progress: Progress) -> Here:
    control = snapshot.model.control(choices.explore)
    value = float(snapshot.values_by_name[choices.explore])
    window = wide_window(diagram(snapshot, choices.explore, progress=progress), value, control.bounds)
    return Here(value, window, with_unit(choices.explore, control.unit))


def _pair(snapshot: Snapshot, choices: ViewChoices, progress: Progress) -> Pair:
    names = choices.explore, choices.second
    controls = [snapshot.model.control(name) for name in names]
    values = [float(snapshot.values_by_name[name]) for name in names]
    labels = [with_unit(name, control.unit) for name, control in zip(names, controls, strict=True)]
    return Pair(names, (values[0], values[1]), (controls[0].bounds, controls[1].bounds), (labels[0], labels[1]))


def _rates(snapshot: Snapshot, choices: ViewChoices, progress: Progress) -> Rates:
    return Rates(rate_curve(snapshot, progress=progress), rate_at(snapshot))


def _measured(snapshot: Snapshot, choices: ViewChoices, progress: Progress) -> Measured:
    return Measured(measured_rates(snapshot, progress=progress), measured_here(snapshot, progress=progress))


def rates_over(snapshot: Snapshot, field: str, progress: Progress) -> tuple[Any, Any]:
    """Return values of a parameter and the rate in Hz at each, ((), ()) for a model without it."""
    if field in snapshot.values_by_name and has_rate_curve(snapshot.model):
        exact = rate_curve(snapshot, None, field, progress=progress)
        return exact.values, exact.exact
    if field in snapshot.values_by_name and has_measured_rates(snapshot.model):
        measured = measured_rates(snapshot, field, progress=progress)
        return measured.values, measured.lasting
    return (), ()


def _curves(index: int) -> Callable[[Snapshot, ViewChoices, Progress], Any]:
    return lambda snapshot, choices, progress: CurveAnswer(curves(snapshot, index, progress=progress))


def _methods(snapshot: Snapshot, choices: ViewChoices, progress: Progress) -> Comparison:
    return compare(snapshot, progress=progress)


def _orders(snapshot: Snapshot, choices: ViewChoices, progress: Progress) -> Orders:
    return orders(snapshot, progress=progress)


def _own_plot(index: int, stated: Plot) -> Callable[[Snapshot, ViewChoices, Progress], Any]:
    def study(snapshot: Snapshot, choices: ViewChoices, progress: Progress) -> Drawn:
        if stated.on_choice and stated.name not in choices.overlays:
            return Drawn({}, duration_of(snapshot, progress=progress))  # nothing is computed for a hidden plot
        return Drawn(drawn_columns(snapshot, index, progress=progress), duration_of(snapshot, progress=progress))

    return study


PLOT_RULES: tuple[PlotRule, ...] = (
    PlotRule(lambda m: bool(m.observed), InputView, _run),
    PlotRule(lambda m: True, TraceView, _trace),
    PlotRule(lambda m: len(by_unit(m)) > 1, lambda m: [StripView(m, k) for k in range(1, len(by_unit(m)))], _trace),
    PlotRule(lambda m: "exact" in m.solutions, ErrorView, _run),
    PlotRule(lambda m: m.side_by_side, MethodsView, _methods),
    PlotRule(has_line, PhaseLineView, _line),
    PlotRule(has_space, SpaceView, _space),
    PlotRule(has_plane, PhasePlaneView, _plane),
    PlotRule(has_eigenvalues, lambda m: EigenvalueView(), _stability),
    PlotRule(has_smooth_plane, TraceDeterminantView, _stability),
    PlotRule(lambda m: m.convergence, ConvergenceView, _orders),
    PlotRule(has_rate_curve, RateCurveView, _rates),
    PlotRule(has_measured_rates, MeasuredRatesView, _measured),
    PlotRule(has_diagram, DiagramView, _explored),
    PlotRule(has_frequency_curve, FrequencyView, _here),
    PlotRule(lambda m: len(m.curves) > 0, CurvesView, _curves(0)),
    PlotRule(lambda m: len(m.curves) > 1, FurtherCurvesView, _curves(1)),
)


CHART = PlotRule(has_diagram, TwoParameterView, _pair)
"""The chart over two parameters: made when a second one is chosen."""


def own_plot_view(model: type[Model], plot: Plot) -> PlotView:
    """Return the view of a model's own plot; ValueError where one in which something is drawn names more controls."""
    touched = [control for name in plot.clicks if isinstance(control := model.control(name), Touchable)]
    view = PlotView(plot, touched[0].gesture if touched else "click")
    if any(isinstance(control, Drawing) for control in touched):
        if len(plot.clicks) > 1:
            raise ValueError(f"{plot.name}: one control can be drawn in a plot, not {' and '.join(plot.clicks)}")
        view.drag = Drag.PAINT
        view.tells_pointer = view.gesture == "click"  # words under the brush hide what is drawn
    return view


def own_plot_rules(model: type[Model], above: bool) -> list[tuple[PlotRule, View]]:
    """Return the rules of a model's own plots, those above its traces or the others."""
    views = {index: own_plot_view(model, stated) for index, stated in enumerate(model.plots) if stated.above == above}
    return [(PlotRule(lambda m: True, lambda m: [], _own_plot(index, view.plot)), view)
            for index, view in views.items()]


def rules_for(model: type[Model]) -> list[tuple[PlotRule, View]]:
    """Return the rules of a model with a fresh view each, in the order of the page."""
    generic: list[tuple[PlotRule, View]] = []
    if is_flow(model):
        made = [(rule, rule.view(model)) for rule in PLOT_RULES if rule.applies(model)]
        generic = [(rule, view) for rule, views in made for view in ([views] if isinstance(views, View) else views)]
    rules = [*own_plot_rules(model, above=True), *generic, *own_plot_rules(model, above=False)]
    for _, view in rules:
        view.symbols = symbols_of(model)
    return rules
