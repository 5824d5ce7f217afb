"""What drifts on the page of slow drift, and the answer to each case: a run, what it is drawn over, its states."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ncm_app.core.catalogue import find
from ncm_app.models.masses._hopf_points import PLACES, expansion_at, field_of
from ncm_app.models.masses._linear import noise_steps
from ncm_app.numerics.amplitude.feedback import drive
from ncm_app.numerics.amplitude.landscape import fold
from ncm_app.numerics.drift.bursts import Bursts, Slow, bursts_of, hopf_gain, run_averaged, run_bursts
from ncm_app.numerics.drift.diagram import Background, Static, fixed_points, static_of, with_cycles
from ncm_app.numerics.drift.lags import RATES, Ends, Lags, lags_of, passage_of
from ncm_app.numerics.drift.ramp import Course, Drifting, Noisy, run_along
from ncm_app.numerics.drift.states import HIGH, HOP, REST, RHYTHM, Levels, Transition, Windows, transitions, windows_of
from ncm_app.numerics.results.base import Array, Result
from ncm_app.numerics.system import Partial, Progress, SubProgress, System

RAMP, LAGS, NOISE, BURSTS, LOOP = CASES = (
    "input, up and down", "input, at many rates", "nothing: noise alone", "gain, by slow feedback",
    "loop of the microcircuit")
COLUMN, MICROCIRCUIT = "jansen_rit", "canonical_microcircuit"
LEVELS = {COLUMN: Levels(spikes=10.2, low=4.0), MICROCIRCUIT: Levels()}  # mV
LEFT = 4.0  # potential y at which the low rest is left, mV
PARAMETER, SEEN, STEP, EVERY = {COLUMN: "p", MICROCIRCUIT: "g_deep"}, {COLUMN: 0, MICROCIRCUIT: 3}, 0.5, 8
TURN = 0.1 / (2.0 * math.pi)
"""Seconds in a radian of the oscillator: it turns at 10 Hz."""


@dataclass(frozen=True)
class Answer(Result):
    """A run, the lines that it is drawn over, its states in windows and their changes.

    `static` are the values at which states end without drift; `lags` at many rates; `R` (m,) the amplitude of the
    oscillator along the run, with its `bursts` and those that it has on `average`.
    """

    run: Drifting
    background: Background
    windows: Windows
    changes: tuple[Transition, ...]
    static: Static
    lags: Lags | None = None
    R: Array | None = None
    bursts: Bursts | None = None
    average: Bursts | None = None

    def __repr__(self) -> str:
        ends = f"{self.run.parameter[0]:.4g} to {self.run.parameter.max():.4g}" if len(self.run.t) else "no run"
        return f"Answer(parameter from {ends}, {len(self.run.t)} samples, {len(self.changes)} changes of state)"

    def columns(self) -> dict[str, Any]:
        """Return the run."""
        return {"t": self.run.t, "parameter": self.run.parameter, "x": self.run.x}


def case_of(p: Any) -> str:
    """Return the name of the chosen case."""
    return CASES[p.case]


def slug_of(p: Any) -> str:
    """Return the model that runs, the column or the microcircuit."""
    return MICROCIRCUIT if case_of(p) == LOOP else COLUMN


# The two models of the catalogue ----------------------------------------------------------------

@functools.cache
def system_of(slug: str) -> System:
    """Return the right-hand side of a model."""
    return System.of(find(slug))


def record_of(slug: str, **values: Any) -> Any:
    """Return the parameters of a model, its defaults but for some."""
    return find(slug)().snapshot().p._replace(**values)


def source_of(slug: str, sigma: float) -> tuple[float, ...]:
    """Return how strongly noise of the input moves each state, from the model's own kicks in one step."""
    p, t = record_of(slug, sigma=sigma), np.array([0.0, 0.1])
    kicks = find(slug).impulses(t, p)[:, 0]  # type: ignore[attr-defined]
    return tuple((kicks / noise_steps(t, p.seed)[0]).tolist())


def starts_of(slug: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return states from which the low rest is reached, or the only rest, and the rhythm or the high rest."""
    return (0.0,) * system_of(slug).size, tuple(float(state.start) for state in find(slug).states)


def range_of(slug: str) -> tuple[float, float]:
    """Return over which values of its parameter a model is drawn."""
    low, high = find(slug).control(PARAMETER[slug]).bounds if slug == COLUMN else (2.0, 5.0)
    return float(low), float(high)


@functools.cache
def rests_of(slug: str) -> Background:
    """Return the fixed points of a model over its parameter."""
    return fixed_points(system_of(slug), record_of(slug), PARAMETER[slug], *range_of(slug), SEEN[slug])


_WHOLE: dict[str, Background] = {}
"""Fixed points and cycles of a model: the same for all that a user can move."""


def whole_of(slug: str, progress: Progress) -> Background:
    """Return fixed points and cycles of a model over its parameter; the cycles take seconds, once."""
    if slug not in _WHOLE:
        _WHOLE[slug] = with_cycles(rests_of(slug), system_of(slug), record_of(slug), *range_of(slug), SEEN[slug],
                                   progress)
    return _WHOLE[slug]


HOPF = {COLUMN: "Jansen-Rit, alpha ends", MICROCIRCUIT: "Microcircuit, deep loop"}


@functools.cache
def hopf_of(slug: str) -> tuple[float, float, float]:
    """Return the Hopf point at which a rhythm ends or begins, |mu'|, 1/s per unit, and c of r' = mu r - c r^3, 1/s."""
    place = PLACES[HOPF[slug]]
    expansion = expansion_at(place, 0.0, 0.0, 0.0)
    point, speed = expansion.point, 1000.0 * abs(expansion.point.passing.real)
    return point.p, speed, speed * abs(expansion.p[2]) / (4.0 * abs(point.q[place.observed]) ** 2)


@functools.cache
def ends_of() -> Ends:
    """Return what the column passes on the way up, and the derivatives there."""
    node, (hopf, speed, cubic), (low, high) = rests_of(COLUMN).points_of("LP")[-1], hopf_of(COLUMN), starts_of(COLUMN)
    field = field_of(PLACES[HOPF[COLUMN]], 0.0, 0.0, 0.0)
    passage = 1e6 * passage_of(field, node.parameters["p"], node.state)
    return Ends(node.parameters["p"], LEFT, low, passage, hopf, high, speed, cubic)


# The cases --------------------------------------------------------------------------------------

def course_of(p: Any) -> Course:
    """Return where the parameter goes."""
    if case_of(p) == LOOP:
        return Course("g_deep", p.g_from, p.g_to, p.rate_g)
    if case_of(p) == NOISE:
        return Course("p", p.p, p.p, 1.0, rest=p.T)
    return Course("p", p.p_from, p.p_to, p.rate)


def _run(p: Any, progress: Progress) -> Drifting:
    slug = slug_of(p)
    halves = 2 if slug == MICROCIRCUIT else 1  # it is faster
    low, high = starts_of(slug)
    noise = Noisy(source_of(slug, p.sigma), p.seed)
    return run_along(system_of(slug), record_of(slug), course_of(p), high if case_of(p) == NOISE and p.start else low,
                     noise, SEEN[slug], STEP / halves, EVERY * halves, progress)


def _answer(run: Drifting, background: Background, p: Any, lags: Lags | None = None) -> Answer:
    static = static_of(background)
    if case_of(p) == NOISE:
        windows = windows_of(run.x, run.dt, LEVELS[COLUMN], 1.0, 1.0)
        merged = np.where(windows.state == HIGH, RHYTHM, windows.state)  # noise drives a rhythm about the high rest too
        return Answer(run, background, Windows(windows.t, merged, windows.swing), (), static)
    windows = windows_of(run.x, run.dt, LEVELS[slug_of(p)])
    changes = static.lasting(transitions(windows, run.t, run.parameter))
    return Answer(run, background, windows, tuple(changes), static, lags)


def perform(p: Any, progress: Progress) -> Answer:
    """Return the answer to the chosen case; the cycles of a diagram follow the run."""
    if case_of(p) == BURSTS:
        return _bursting(p, progress)
    slug, part = slug_of(p), SubProgress(progress)
    run, lags = _run(p, part), None
    if case_of(p) == LAGS:
        noise = Noisy(source_of(slug, p.sigma), p.seed)
        rates = np.unique(np.append(RATES, p.rate))
        lags = lags_of(system_of(slug), record_of(slug), "p", ends_of(), noise, STEP, rates, part)
    if slug not in _WHOLE:
        part.finish(0.3, Partial(_answer(run, rests_of(slug), p, lags), "fixed points, cycles are yet to come"))
    return _answer(run, whole_of(slug, part), p, lags)


def slow_of(p: Any) -> Slow:
    """Return the oscillator whose gain follows its amplitude."""
    return Slow(p.th, p.eps, p.s_0, p.delta, p.G_0, p.k)


def _bursting(p: Any, progress: Progress) -> Answer:
    slow = slow_of(p)
    run = run_bursts(slow, p.T / TURN, p.seed, progress)
    usual = fold(slow.th, slow.rho)[1] or 1.0
    bursts, average = bursts_of(run, usual), bursts_of(run_averaged(slow, p.T / TURN, p.seed), usual)
    t = run.t * TURN
    places = np.arange(0, len(t), max(round(HOP / (t[1] - t[0])), 1))
    lasts = [*bursts.last, len(t)][:len(bursts.first)]
    inside = np.zeros(len(t), dtype=bool)
    for first, last in zip(bursts.first, lasts, strict=True):
        inside[first:last] = True
    windows = Windows(t[places], np.where(inside[places], RHYTHM, REST), run.R[places])
    lines = _amplitudes(slow, float(run.G.min()), float(run.G.max()))
    return Answer(Drifting(t, run.G, run.x), lines, windows, (), Static(), R=run.R, bursts=bursts, average=average)


def _amplitudes(slow: Slow, lowest: float, highest: float) -> Background:
    """Return the amplitudes of rest and rhythm over the gain: G = R / Phi(R)."""
    hopf, (G_F, R_F) = hopf_gain(slow), fold(slow.th, slow.rho)
    start, last = 0.9 * min(lowest, G_F), 1.1 * max(highest, hopf)
    R = np.geomspace(1e-3, last / math.pi, 400)
    G = R / drive(slow.th, slow.rho, R)
    up, inside = R > R_F, last >= G
    ends = np.array([start, hopf]), np.array([hopf, last])
    return Background(
        (np.r_[ends[0], np.nan, G[up & inside]], np.r_[0.0, 0.0, np.nan, R[up & inside]]),
        (np.r_[G[~up & inside], np.nan, ends[1]], np.r_[R[~up & inside], np.nan, 0.0, 0.0]), whole=True)
