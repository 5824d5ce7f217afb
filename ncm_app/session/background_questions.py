"""Which slow questions a page asks: the table of what is computed late.

A new one is a study, a `late` of some view, and one row here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ncm_app.core.capabilities import (
    can_cycle,
    has_frequency_curve,
    has_measured_rates,
    has_rate_map,
    has_smooth_plane,
)
from ncm_app.core.model import Spiking
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.results import Loci, Sweep
from ncm_app.numerics.results.plane import PhasePlane
from ncm_app.numerics.system import Progress
from ncm_app.session.plot_rules import state_index
from ncm_app.session.view_choices import BASINS, ViewChoices
from ncm_app.studies.cycles import cycles, known_cycles
from ncm_app.studies.diagram import whole_range
from ncm_app.studies.family import relatives
from ncm_app.studies.frequency import frequency_curve
from ncm_app.studies.onset import onset
from ncm_app.studies.plane import phase_plane
from ncm_app.studies.rate_map import RateMap, rate_map
from ncm_app.studies.rates import are_warm, rates_method, warm_rates
from ncm_app.studies.sweep import evolve
from ncm_app.studies.systems import flow_of
from ncm_app.studies.two_parameter import two_parameter
from ncm_app.views.diagram import Cycles, Swept
from ncm_app.views.frequency import Frequencies


class Nothing:
    """The type of partial answers that are not drawn."""


@dataclass(frozen=True)
class BackgroundQuestion:
    """A slow question: for whom, what identifies it, how it is answered and drawn.

    `question` returns what the answer depends on, or None if it is not wanted;
    `study` answers it; `known` returns the answer if it is remembered; `shown` turns an
    answer, also a partial one of the type `partial`, into what the views draw. What a frame
    says may depend on one that `refreshes_frame`: it is asked for anew once the answer is there.
    """

    name: str
    words: str
    question: Callable[[Snapshot, ViewChoices], Hashable | None]
    study: Callable[[Any, Progress], Any]
    known: Callable[[Any], Any]
    shown: Callable[[Any, Any], Any]
    partial: type = Nothing
    refreshes_frame: bool = False

class Over(NamedTuple):
    """A question over all values of a parameter, drawn against one state."""

    snapshot: Snapshot
    parameter: str
    axis: int


def _over(snapshot: Snapshot, choices: ViewChoices) -> Over | None:
    model = snapshot.model
    if not choices.explore or not can_cycle(model):
        return None
    return Over(whole_range(snapshot, choices.explore), choices.explore, state_index(model, choices.against))


def _cycles(question: Over, progress: Progress) -> Any:
    return cycles(question.snapshot, question.parameter, progress=progress)


def _begins(snapshot: Snapshot, choices: ViewChoices) -> Over | None:
    if not choices.explore or not has_rate_map(snapshot.model):
        return None
    return Over(whole_range(snapshot, choices.explore), choices.explore, 0)


def _frequency(question: Over, progress: Progress) -> Frequencies:
    """Once the cycles are known this takes a few milliseconds."""
    over = question.snapshot, question.parameter
    smooth = has_frequency_curve(question.snapshot.model)
    return Frequencies(onset(*over, progress=progress), frequency_curve(*over, progress=progress) if smooth else None)


class Plane(NamedTuple):
    """A question about what parts one fate from another in the plane."""

    snapshot: Snapshot
    show: tuple[str, ...]


def _plane(snapshot: Snapshot, choices: ViewChoices) -> Plane | None:
    if not has_smooth_plane(snapshot.model):
        return None
    return Plane(flow_of(snapshot), ("cycles", "basins") if BASINS in choices.overlays else ("cycles",))


def _fates(question: Plane, progress: Progress) -> PhasePlane:
    return phase_plane(question.snapshot, show=question.show, progress=progress)


class Two(NamedTuple):
    """A question over all values of two parameters."""

    snapshot: Snapshot
    first: str
    second: str


def _two(snapshot: Snapshot, choices: ViewChoices) -> Two | None:
    if not choices.second or choices.second == choices.explore:
        return None
    names = choices.explore, choices.second
    return Two(whole_range(snapshot, *names), *names)


def _map(snapshot: Snapshot, settings: ViewChoices) -> Two | None:
    return _two(snapshot, settings) if has_rate_map(snapshot.model) else None


class Path(NamedTuple):
    """A question about a slow sweep."""

    snapshot: Snapshot
    parameter: str
    axis: int
    noise: float


def _path(snapshot: Snapshot, choices: ViewChoices) -> Path | None:
    if not choices.sweep:
        return None
    over = whole_range(snapshot, choices.explore)
    return Path(over, choices.explore, state_index(snapshot.model, choices.against), choices.noise)


def _sweep(question: Path, progress: Progress) -> Any:
    return evolve(question.snapshot, question.parameter, question.noise, progress=progress)


class Compiled(NamedTuple):
    """The models whose rates are measured in runs, and the method of these."""

    models: tuple[type[Spiking], ...]
    method: str


def _runs(snapshot: Snapshot, choices: ViewChoices) -> Compiled | None:
    shown = [snapshot.model, *([relatives(snapshot.model)[choices.compare]] if choices.compare else [])]
    found = tuple(model for model in shown if has_measured_rates(model))
    return Compiled(found, rates_method(snapshot)) if found else None


def _compile(question: Compiled, progress: Progress) -> bool:
    return all(warm_rates(model, question.method) for model in question.models)


CYCLES = "cycles"
"""The name of the question whose answer clicks in the diagram need."""

BACKGROUND_QUESTIONS: tuple[BackgroundQuestion, ...] = (
    BackgroundQuestion(CYCLES, "limit cycles", _over, _cycles, lambda q: known_cycles(q.snapshot, q.parameter),
                       lambda q, found: Cycles(found, q.parameter, q.axis), tuple, refreshes_frame=True),
    BackgroundQuestion("frequency", "the onset", _begins, _frequency, lambda q: None, lambda q, found: found),
    BackgroundQuestion("rates", "firing rates", _runs, _compile,
                       lambda q: all(are_warm(model, q.method) for model in q.models) or None,
                       lambda q, found: found, refreshes_frame=True),
    BackgroundQuestion("basins", "cycles in the plane", _plane, _fates, lambda q: None, lambda q, found: found),
    BackgroundQuestion("loci", "curves over two parameters", _two,
                       lambda q, progress: two_parameter(q.snapshot, q.first, q.second, progress=progress),
                       lambda q: None, lambda q, found: found, Loci),
    BackgroundQuestion("rate map", "rates over two parameters", _map,
                       lambda q, progress: rate_map(q.snapshot, q.first, q.second, progress=progress),
                       lambda q: None, lambda q, found: found, RateMap),
    BackgroundQuestion("sweep", "a slow sweep", _path, _sweep, lambda q: None,
                       lambda q, found: Swept(found, q.axis), Sweep),
)
