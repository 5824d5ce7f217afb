"""How much does the time step matter? Bounds of stability, and what halving it shows."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ncm_app.core.model import Spiking
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.cycles.oscillation import period_of
from ncm_app.numerics.results import Equilibrium
from ncm_app.numerics.runs.integrate import MAX_STEPS
from ncm_app.numerics.system import Progress
from ncm_app.studies.kinds import is_weak
from ncm_app.studies.oscillation import settled
from ncm_app.studies.rates import has_rate_curve, rate_at
from ncm_app.studies.simulate import simulate, simulate_from, step_error
from ncm_app.studies.stability import equilibria
from ncm_app.studies.words import number, percent

SETTLING = 80
"""Periods after which a run from any start is taken to be on its cycle."""
MOVED = 1e-6
"""Distance of a neighbouring start, as a part of the axis of each state."""
PARTED = 0.1
"""Part of the run's own range beyond which two runs have nothing more in common."""
FEWEST, GROWTH = 16, 3.0
"""Steps that two runs need to part, and the logarithm by which they do, to be called chaotic."""
STABILITY_ORDERS = {"Euler": 1, "Heun": 2, "RK4": 4}
"""Order up to which a method's stability polynomial is that of exp."""


def largest_step(method: str, eigenvalues: NDArray[np.complex128]) -> float:
    """Return the time step above which a method leaves a stable fixed point, ms.

    Where |R(dt lambda)| first exceeds 1, with R the method's stability polynomial.
    """
    order = STABILITY_ORDERS.get(method)
    if order is None or np.any(eigenvalues.real >= 0):
        return float("inf")
    # The region of an explicit method lies within |z| < 3, on the ray of each eigenvalue.
    z = np.linspace(0, 3, 3001)[1:] * (eigenvalues / np.abs(eigenvalues))[:, None]
    growth = np.abs(sum(z**k / math.factorial(k) for k in range(order + 1)))
    first = [np.flatnonzero(row > 1 + 1e-9)[:1] for row in growth]
    return min(abs(z[i, f[0]]) / abs(eigenvalues[i]) for i, f in enumerate(first) if len(f))


def step_warning(snapshot: Snapshot, points: tuple[Equilibrium, ...]) -> str:
    """Say that the time step makes a stable fixed point unstable, or nothing."""
    bounds = [largest_step(snapshot.method, q.eigenvalues) for q in points if q.stable]
    if not bounds or snapshot.dt <= min(bounds):
        return ""
    return (f"{snapshot.method} with dt = {snapshot.dt:g} ms is unstable here: the fixed point is stable, but "
            f"the computed run leaves it unless dt stays below {number(min(bounds))} ms.")


def _stretched(snapshot: Snapshot, what: str, stepped: float, true: float) -> str:
    return (f"{snapshot.method} with dt = {snapshot.dt:g} ms makes the {what} {stepped:.4g} ms long; with ever smaller "
            f"steps it is {true:.4g} ms ({percent(abs(stepped / true - 1))} off).")


def _cycle_check(snapshot: Snapshot, progress: Progress) -> str:
    """Compare the period of a cycle as stepped with its true period."""
    if len(snapshot.model.states) < 2 or issubclass(snapshot.model, Spiking):
        return ""
    if any(is_weak(q) for q in equilibria(snapshot, progress=progress).points):
        return ""  # its rings grow or shrink with the step, whatever their period
    true = settled(snapshot, progress=progress).period
    if not np.isfinite(true) or SETTLING * true > MAX_STEPS * snapshot.dt:
        return ""
    longest = snapshot.model.control("t_end").bounds[1]
    stepped = period_of(simulate(snapshot.changed(t_end=min(SETTLING * true, longest)), progress=progress))
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


def _chaos_check(snapshot: Snapshot, progress: Progress) -> str:
    """Say that neighbouring runs part exponentially: then no step gives the same run.

    Two states alone cannot do so (Poincare and Bendixson). The rate is that of a straight
    line through the logarithm of the distance of two runs.
    """
    model = snapshot.model
    if len(model.states) < 3 or issubclass(model, Spiking):
        return ""
    start = tuple(v + MOVED * (s.span[1] - s.span[0]) for v, s in zip(snapshot.start, model.states, strict=True))
    apart = _distance(snapshot, start, progress)
    end = int(np.argmax(apart > PARTED))
    if end < FEWEST:  # never, or within so few steps that they tell no rate
        return ""
    t = simulate(snapshot, progress=progress).t[:end]
    # The first quarter may still be the approach to where the run stays.
    later = t > t[-1] / 4
    rate = float(np.polyfit(t[later], np.log(np.maximum(apart[:end][later], 1e-300)), 1)[0])
    if rate * t[-1] < GROWTH:
        return ""
    halved = simulate(snapshot.changed(dt=max(snapshot.dt / 2, model.control("dt").bounds[0])), progress=progress)
    ends = [f"{number(float(one.y[0].min()))} to {number(float(one.y[0].max()))}"
            for one in (simulate(snapshot, progress=progress), halved)]
    return (f"This run is chaotic: starts a millionth of the axes apart have parted after {number(float(t[-1]))} ms, "
            f"about ten times further every {number(np.log(10) / rate)} ms. So no step gives the true run, and half "
            f"the step cannot judge it. Compare what stays: {model.states[0].name} from {ends[0]}; with half the step, "
            f"from {ends[1]}.")


def check_step(snapshot: Snapshot, progress: Progress) -> str:
    """Say how much the time step matters for what is drawn."""
    if snapshot.method == "adaptive":
        return "Adaptive steps: dt only sets how densely the run is drawn."
    told = _cycle_check(snapshot, progress) or _interval_check(snapshot) or _chaos_check(snapshot, progress)
    if told or 2 * snapshot.t_end / snapshot.dt > MAX_STEPS:
        return told
    return step_error(snapshot, progress=progress).message
