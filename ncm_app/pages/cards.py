"""Which question and which view a model gets: the table where "for free" happens.

A new kind of plot for all models is one study, one view and one row here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ncm_app.core.model import Flow
from ncm_app.core.quantity import with_unit
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.plane_results import PhasePlane
from ncm_app.numerics.system import Progress
from ncm_app.studies.diagram import diagram
from ncm_app.studies.plane import phase_plane
from ncm_app.studies.rates import has_rate_curve, rate_at, rate_curve
from ncm_app.studies.simulate import observe, simulate, simulate_from, solve
from ncm_app.studies.stability import equilibria, phase_line
from ncm_app.views.diagram import DiagramView, Explored
from ncm_app.views.phase import Line, PhaseLineView
from ncm_app.views.plane import PhasePlaneView
from ncm_app.views.rates import RateCurveView, Rates
from ncm_app.views.space import AZIMUTH, ELEVATION, Space, SpaceView
from ncm_app.views.stability import EigenvalueView, Stability, TraceDeterminantView
from ncm_app.views.traces import ErrorView, InputView, Run, StripView, TraceView, by_unit
from ncm_app.views.view import View


@dataclass(frozen=True)
class Settings:
    """The choices of a page that are not values of the model.

    `explore` is the parameter of the diagram, `starts` the clicked starts,
    `overlays` the other solutions drawn over the run; `axes` are the states of the phase
    plane and `held` (n,) the values of the others there (none: those of a fixed point); `plane`
    names what it shows besides, of `studies.plane.SHOWN`. `azimuth` and `elevation` in degrees
    are where phase space is seen from.
    """

    explore: str = ""
    starts: tuple[tuple[float, ...], ...] = ()
    overlays: tuple[str, ...] = ()
    axes: tuple[int, int] = (0, 1)
    held: tuple[float, ...] = ()
    plane: tuple[str, ...] = ("manifolds",)
    azimuth: float = AZIMUTH
    elevation: float = ELEVATION


class Card(NamedTuple):
    """One plot of a page, or several alike: for which models, drawn how, asking what."""

    applies: Callable[[type[Flow]], bool]
    view: Callable[[type[Flow]], View | Sequence[View]]
    study: Callable[[Snapshot, Settings, Progress], Any]


def _run(snapshot: Snapshot, settings: Settings, progress: Progress) -> Run:
    run = simulate(snapshot, progress=progress)
    wanted = {*settings.overlays, "exact"} & set(snapshot.model.solutions)
    solutions = solve(snapshot, run) if wanted else {}
    points = equilibria(snapshot, progress=progress).points
    return Run(snapshot, run, observe(snapshot, run), {k: v for k, v in solutions.items() if k in wanted}, points)


def _trace(snapshot: Snapshot, settings: Settings, progress: Progress) -> Run:
    run = _run(snapshot, settings, progress)
    return run._replace(solutions={k: v for k, v in run.solutions.items() if k in settings.overlays})


def _line(snapshot: Snapshot, settings: Settings, progress: Progress) -> Line:
    return Line(*phase_line(snapshot, progress=progress), equilibria(snapshot, progress=progress).points)


def _plane(snapshot: Snapshot, settings: Settings, progress: Progress) -> PhasePlane:
    return phase_plane(snapshot, settings.axes, settings.held, settings.starts, settings.plane,
                       progress=progress)


def _space(snapshot: Snapshot, settings: Settings, progress: Progress) -> Space:
    clicked = tuple(simulate_from(snapshot, start, progress=progress) for start in settings.starts)
    return Space(simulate(snapshot, progress=progress), equilibria(snapshot, progress=progress).points, clicked,
                 settings.azimuth, settings.elevation)


def _stability(snapshot: Snapshot, settings: Settings, progress: Progress) -> Stability:
    return Stability(equilibria(snapshot, progress=progress).points)


def _explored(snapshot: Snapshot, settings: Settings, progress: Progress) -> Explored:
    control = snapshot.model.control(settings.explore)
    return Explored(diagram(snapshot, settings.explore, progress=progress), float(snapshot.named[settings.explore]),
                    control.bounds, equilibria(snapshot, progress=progress).points,
                    with_unit(settings.explore, control.unit))


def _rates(snapshot: Snapshot, settings: Settings, progress: Progress) -> Rates:
    return Rates(rate_curve(snapshot, progress=progress), rate_at(snapshot))


def _states(count: int) -> Callable[[type[Flow]], bool]:
    return lambda model: len(model.states) == count


CARDS: tuple[Card, ...] = (
    Card(lambda m: bool(m.observed), InputView, _run),
    Card(lambda m: True, TraceView, _trace),
    Card(lambda m: len(by_unit(m)) > 1, lambda m: [StripView(m, k) for k in range(1, len(by_unit(m)))], _trace),
    Card(lambda m: "exact" in m.solutions, ErrorView, _run),
    Card(_states(1), PhaseLineView, _line),
    Card(_states(3), SpaceView, _space),
    Card(lambda m: len(m.states) > 1, PhasePlaneView, _plane),
    Card(lambda m: len(m.states) > 1, lambda m: EigenvalueView(), _stability),
    Card(_states(2), lambda m: TraceDeterminantView(), _stability),
    Card(has_rate_curve, RateCurveView, _rates),
    Card(lambda m: bool(m.explore), DiagramView, _explored),
)


def cards_for(model: type[Flow]) -> list[tuple[Card, View]]:
    """Return the cards of a model with a fresh view each, in the order of the page."""
    made = [(card, card.view(model)) for card in CARDS if card.applies(model)]
    return [(card, view) for card, views in made for view in ([views] if isinstance(views, View) else views)]
