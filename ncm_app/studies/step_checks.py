"""How much does the time step matter? Bounds of stability, and what halving it shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ncm_app.core.capabilities import can_be_chaotic, can_cycle, has_rate_curve
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.cycles.oscillation import period_of
from ncm_app.numerics.results import Equilibrium, Status
from ncm_app.numerics.runs.compiled import STAGES
from ncm_app.numerics.runs.divergence import Divergence, divergence
from ncm_app.numerics.runs.step_bounds import ORDERS, holds_unstable, largest_step
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.kinds import is_weak
from ncm_app.studies.memo import remembered
from ncm_app.studies.oscillation import limit_cycle
from ncm_app.studies.rates import rate_at
from ncm_app.studies.simulate import PAGE_STEPS, simulate, simulate_from, step_error
from ncm_app.studies.stability import equilibria
from ncm_app.studies.systems import system_of
from ncm_app.studies.words import number, number_below, percent

SETTLING = 80
"""Periods after which a run from any start is taken to be on its cycle."""
MOVED = 1e-6
"""Distance of a neighbouring start, as a part of the axis of each state."""
PARTED = 0.1
"""Part of the run's own range beyond which two runs have nothing more in common."""
FEWEST, GROWTH = 16, 3.0
"""Steps that two runs need to part, and the logarithm by which they do, for it to be worth a word."""
STABILITY_ORDERS = ORDERS
"""Order up to which a method's stability polynomial is that of exp."""
WEIGHTS = {"Euler": (1.0,), "Heun": (0.5, 0.5), "RK4": (1 / 6, 1 / 3, 1 / 3, 1 / 6)}
"""Shares of the stages of a step in the mean slope, in the order of `STAGES`."""


def step_warning(snapshot: Snapshot, points: tuple[Equilibrium, ...]) -> str:
    """Say that the time step makes a stable fixed point unstable, or an unstable one stable, or nothing."""
    if snapshot.delayed:
        return ""  # the eigenvalues are those without the delay
    how = f"{snapshot.method} with dt = {snapshot.dt:g} ms"
    bounds = [largest_step(snapshot.method, q.eigenvalues) for q in points if q.stable]
    # Eigenvalues are good to about nine digits: at the bound itself neither is said.
    if bounds and snapshot.dt > min(bounds) * (1.0 + 1e-8):
        which = "the fixed point is" if len(points) == 1 else "a fixed point is"
        return (f"{how} is unstable here: {which} stable, but the computed run leaves it unless dt stays below "
                f"{number_below(min(bounds))} ms.")
    if any(holds_unstable(snapshot.method, snapshot.dt, q.eigenvalues) for q in points if not q.stable):
        return (f"{how} holds what it should leave: an unstable fixed point attracts the computed run. "
                f"Take a smaller dt.")
    return ""


def _stretched(snapshot: Snapshot, what: str, stepped: float, true: float) -> str:
    return (f"{snapshot.method} with dt = {snapshot.dt:g} ms makes the {what} {stepped:.4g} ms long; with ever smaller "
            f"steps it is {true:.4g} ms ({percent(abs(stepped / true - 1))} off).")


def _cycle_check(snapshot: Snapshot, progress: Progress) -> str:
    """Compare the period of a cycle as stepped with its true period."""
    if not can_cycle(snapshot.model) or snapshot.delayed:
        return ""
    if any(is_weak(q) for q in equilibria(snapshot, progress=progress).points):
        return ""  # its rings grow or shrink with the step, whatever their period
    true = limit_cycle(snapshot, progress=progress).period
    if not np.isfinite(true) or SETTLING * true > PAGE_STEPS * snapshot.dt:
        return ""
    longest = snapshot.model.control("t_end").bounds[1]
    stepped = period_of(simulate(snapshot.steady.changed(t_end=min(SETTLING * true, longest)), progress=progress))
    return _stretched(snapshot, "cycle", stepped, true) if np.isfinite(stepped) else ""


def _interval_check(snapshot: Snapshot) -> str:
    """Compare the interval between spikes as stepped with the exact one."""
    if not has_rate_curve(snapshot.model):
        return ""
    rate = rate_at(snapshot)
    exact, stepped = float(rate.exact[0]), float(rate.stepped[0])
    if not (exact > 0 and stepped > 0):
        return ""
    return _stretched(snapshot, "interval between spikes", 1000 / stepped, 1000 / exact)


def _distance(snapshot: Snapshot, start: tuple[float, ...], progress: Progress) -> NDArray[np.float64]:
    """Return how far the run from a start is from the present one, as a part of its range."""
    run, other = simulate(snapshot, progress=progress), simulate_from(snapshot, start, progress=progress)
    common = min(len(run.t), len(other.t))
    apart = np.abs(run.y[:, :common] - other.y[:, :common]) / np.maximum(np.ptp(run.y, axis=1), 1e-300)[:, None]
    return np.asarray(apart.max(axis=0))


def _parting(snapshot: Snapshot, progress: Progress) -> float:
    """Return the time after which a neighbouring run has parted exponentially from this one, ms; NaN if it has not.

    The rate is that of a straight line through the logarithm of the distance of two runs.
    """
    model = snapshot.model
    start = tuple(v + MOVED * (s.span[1] - s.span[0]) for v, s in zip(snapshot.start, model.states, strict=True))
    apart = _distance(snapshot, start, progress)
    end = int(np.argmax(apart > PARTED))
    if end < FEWEST:  # never, or within so few steps that they tell no rate
        return float("nan")
    t = simulate(snapshot, progress=progress).t[:end]
    # The first quarter may still be the approach to where the run stays.
    later = t > t[-1] / 4
    rate = float(np.polyfit(t[later], np.log(np.maximum(apart[:end][later], 1e-300)), 1)[0])
    return float(t[-1]) if rate * t[-1] >= GROWTH else float("nan")


def _chaos_check(snapshot: Snapshot, progress: Progress) -> str:
    """Say that neighbouring runs part, and whether that is the flow's doing: then no step gives the same run.

    Two states alone cannot do so (Poincare and Bendixson). That this run's steps part them may be the steps'
    doing, or that of the way to a rest; chaotic is what parts them in the end, followed with small steps.
    """
    model = snapshot.model
    if not can_be_chaotic(model):
        return ""
    parted = _parting(snapshot, progress)
    if not np.isfinite(parted):
        return ""
    start = f"starts a millionth of the axes apart have parted after {number(parted)} ms"
    if snapshot.steady != snapshot:  # what a changing input does to neighbours is no property of the flow
        return f"In this run {start}. {step_error(snapshot, progress=progress).message}"
    flow = limit_cycle(snapshot, progress=progress)
    if np.isfinite(flow.period) or flow.status is Status.OK:
        end = f"repeats itself every {number(flow.period)} ms" if np.isfinite(flow.period) else "comes to rest"
        return (f"In this run {start}; yet followed with small steps it {end} in the end, and is not chaotic. "
                f"{step_error(snapshot, progress=progress).message}")
    known = divergence_of(snapshot, progress=progress)
    if any(q.stable for q in equilibria(snapshot, progress=progress).points):
        return (f"In this run {start}. Whether that goes on for ever or is a long way to a stable fixed point is not "
                f"known: after {number(known.duration)} ms with small steps it has not come to rest.")
    if not known.chaotic:
        return f"In this run {start}. Whether that goes on is not known: small steps have not settled it."
    return _chaos_sentence(snapshot, start, known.rate, progress)


def _chaos_sentence(snapshot: Snapshot, start: str, rate: float, progress: Progress) -> str:
    model = snapshot.model
    halved = simulate(snapshot.changed(dt=max(snapshot.dt / 2, model.control("dt").bounds[0])), progress=progress)
    ends = [f"{number(float(one.y[0].min()))} to {number(float(one.y[0].max()))}"
            for one in (simulate(snapshot, progress=progress), halved)]
    return (f"This run is chaotic: {start}; with small steps they part about ten times further every "
            f"{number(np.log(10) / rate)} ms. So no step gives the true run, and half the step cannot judge it. "
            f"Compare what stays: {model.states[0].name} from {ends[0]}; with half the step, from {ends[1]}.")


def divergence_of(snapshot: Snapshot, *, progress: Progress = SILENT) -> Divergence:
    """Follow neighbours of the start along the flow, whatever the page's method and step."""
    return _divergence(snapshot.steady.without(run=True), progress=progress)


@remembered
def _divergence(snapshot: Snapshot, *, progress: Progress = SILENT) -> Divergence:
    return divergence(system_of(snapshot.model), snapshot.start, snapshot.p, progress=progress)


def _short_inputs(snapshot: Snapshot) -> str:
    """Say which parts of the input are shorter than a step, and how long the method takes them for."""
    system, dt, end = system_of(snapshot.model), snapshot.dt, float(snapshot.t_end)
    if system.edges is None or snapshot.method not in STAGES:
        return ""
    jumps = system.edges(snapshot.start, snapshot.p, end).jumps
    short = np.flatnonzero(np.diff(jumps) < dt * (1.0 - 1e-6))
    if not len(short):
        return ""
    first, last = float(jumps[short[0]]), float(jumps[short[0] + 1])
    length, seen = last - first, _seen(snapshot.method, dt, first, last)
    taken = f"takes it for one of {number(seen)} ms" if seen > 0 else "does not see it"
    more = f" So it is with {len(short) - 1:,} more." if len(short) > 1 else ""
    return (f"The input from {first:.6g} to {last:.6g} ms lasts {number(length)} ms, less than a step of {dt:g} ms: "
            f"{snapshot.method} {taken}.{more}")


def _seen(method: str, dt: float, first: float, last: float) -> float:
    """Return how long a method takes a part of the input for: the weights of its stages that fall into it."""
    nodes, weights = STAGES[method][0], WEIGHTS[method]
    k = np.arange(int(first / dt) - 2, int(last / dt) + 3)
    times = dt * (k[:, None] + np.array(nodes))
    inside = (times > first - 1e-6 * dt) & (times < last - 1e-6 * dt) & (k >= 0)[:, None]
    return float(dt * np.sum(inside * np.array(weights)))


def check_step(snapshot: Snapshot, progress: Progress) -> str:
    """Say how much the time step matters for what is drawn."""
    if snapshot.method == "adaptive":
        return "Adaptive steps: dt only sets how densely the run is drawn."
    short = _short_inputs(snapshot)
    told = _cycle_check(snapshot, progress) or _interval_check(snapshot) or _chaos_check(snapshot, progress)
    if not told and 2 * snapshot.t_end / snapshot.dt <= PAGE_STEPS:
        told = step_error(snapshot, progress=progress).message
    return " ".join(filter(None, (short, told)))
