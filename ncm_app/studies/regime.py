"""What is the model doing now? One sentence, and how far the next change is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ncm_app.core.model import Spiking
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.state import State
from ncm_app.numerics.oscillation import period_of
from ncm_app.numerics.results import Equilibrium, SpecialPoint, Status
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.diagram import diagram
from ncm_app.studies.oscillation import settled
from ncm_app.studies.rates import has_rate_curve, rate_at
from ncm_app.studies.simulate import simulate, step_error
from ncm_app.studies.stability import equilibria

EVENTS = {"LP": "saddle-node", "H": "Hopf point", "BP": "branch point"}
SETTLING = 80
"""Periods after which a run from any start is taken to be on its cycle."""
STABILITY_ORDERS = {"Euler": 1, "Heun": 2, "RK4": 4}
"""Order up to which a method's stability polynomial is that of exp."""


@dataclass(frozen=True)
class Regime:
    """`sentence` says what the model does; `warnings` what limits the picture.

    `step_check` says how much the time step matters.
    """

    sentence: str
    step_check: str = ""
    warnings: tuple[str, ...] = ()


def number(value: float) -> str:
    """Return a number with three significant digits, never in powers of ten."""
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else str(value)
    digits = max(0, 2 - int(np.floor(np.log10(abs(value)))))
    return f"{value:.{digits}f}".replace("-", "−")


def rounded_off(value: float, low: float, high: float) -> float:
    """Return 0 for what is a rounding error on an axis from low to high."""
    return 0.0 if abs(value) < 1e-9 * (high - low) else value


def percent(share: float) -> str:
    """Return a share as percent, as exact as a reader needs."""
    return "less than 0.01%" if share < 1e-4 else f"{100 * share:.2g}%"


def amount(state: State, value: float) -> str:
    """Return a state's value in the unit on its axis."""
    unit, value = state.shown or state.unit, rounded_off(value, *state.span)
    return f"{state.name} = {number(value * state.scale)}" + ("" if unit == "1" else f" {unit}")


def describe_point(point: Equilibrium) -> str:
    """Return the kind of a fixed point and how fast it is approached or left."""
    leading = point.eigenvalues[np.argmax(point.eigenvalues.real)]
    kind = point.kind if len(point.eigenvalues) > 1 else f"{point.kind} fixed point"
    if point.kind == "centre":
        return f"centre, {number(1000 * abs(leading.imag) / (2 * np.pi))} Hz, neither damped nor growing"
    if abs(leading.imag) > 1e-9:
        hertz = number(1000 * abs(leading.imag) / (2 * np.pi))
        return f"{kind}, {hertz} Hz {'damped' if leading.real < 0 else 'growing'}"
    if leading.real < 0:
        return f"{kind}, settling within about {number(-1 / leading.real)} ms"
    return kind


def _rest(snapshot: Snapshot, points: tuple[Equilibrium, ...], progress: Progress) -> str:
    states = snapshot.model.states
    if not points:
        return "no fixed point in the box of the model"
    if len(points) > 1:
        kinds = ", ".join(f"{q.kind} at {amount(states[0], float(q.state[0]))}" for q in points)
        end = simulate(snapshot, progress=progress).y[0, -1]
        return f"{len(points)} fixed points: {kinds}; this run ends at {amount(states[0], float(end))}"
    point = points[0]
    if len(states) > 1:
        # Near a Hopf point a stable rest and a cycle may coexist: the start decides.
        cycle = settled(snapshot, progress=progress)
        if np.isfinite(cycle.period) and point.kind != "centre":
            return (f"limit cycle, {number(1000 / cycle.period)} Hz (period {number(cycle.period)} ms), "
                    f"around {'a stable spiral that other starts reach' if point.stable else 'an ' + point.kind}")
    where = ", ".join(amount(s, float(v)) for s, v in zip(states, point.state, strict=True))
    return f"{describe_point(point)}; {where}"


def _firing(snapshot: Snapshot, points: tuple[Equilibrium, ...]) -> str:
    state = snapshot.model.states[0]
    control = snapshot.model.control(snapshot.model.explore)
    drive = f"constant {control.name} = {number(snapshot.named[control.name])} {control.unit}"
    rate = float(rate_at(snapshot).exact[0])
    if rate > 0:
        return f"fires regularly at {number(rate)} Hz (every {number(1000 / rate)} ms) under {drive}"
    stable = [q for q in points if q.stable]
    if not stable:
        return f"does not fire under {drive}"
    unstable = [q for q in points if not q.stable]
    beyond = f"; fires once when pushed beyond {amount(state, float(unstable[0].state[0]))}" if unstable else ""
    return f"rests at {amount(state, float(stable[0].state[0]))} under {drive}{beyond}"


def nearest_event(snapshot: Snapshot, parameter: str, progress: Progress) -> tuple[SpecialPoint, float] | None:
    """Return the next bifurcation in a parameter, and the signed distance to it."""
    here = float(snapshot.named[parameter])
    found = [(q, q.parameters[parameter] - here)
             for q in diagram(snapshot, parameter, progress=progress).points if q.code in EVENTS]
    return min(found, key=lambda pair: abs(pair[1]), default=None)


def _distance(snapshot: Snapshot, parameter: str, progress: Progress) -> str:
    control = snapshot.model.control(parameter)
    nearest = nearest_event(snapshot, parameter, progress)
    if nearest is None:
        return f"no bifurcation in {parameter} within its range"
    point, distance = nearest[0], rounded_off(nearest[1], *control.bounds)
    at = rounded_off(point.parameters[parameter], *control.bounds)
    unit = "" if control.unit == "1" else f" {control.unit}"
    where = f"at {parameter} = {number(at)}{unit}"
    if distance == 0:
        return f"{EVENTS[point.code]} {where}, right here"
    return f"{EVENTS[point.code]} {where}, {number(abs(distance))}{unit} {'above' if distance > 0 else 'below'}"


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


def cycle_check(snapshot: Snapshot, progress: Progress) -> str:
    """Say how long the page's time step makes a cycle, beside its true period."""
    if len(snapshot.model.states) < 2 or issubclass(snapshot.model, Spiking) or snapshot.method == "adaptive":
        return ""
    true = settled(snapshot, progress=progress).period
    if not np.isfinite(true) or SETTLING * true > 1e6 * snapshot.dt:
        return ""
    longest = snapshot.model.control("t_end").bounds[1]
    run = simulate(snapshot.changed(t_end=min(SETTLING * true, longest)), progress=progress)
    stepped = period_of(run)
    if not np.isfinite(stepped):
        return ""
    return (f"{snapshot.method} with dt = {snapshot.dt:g} ms makes the cycle {stepped:.4g} ms long; with ever smaller "
            f"steps it is {true:.4g} ms ({percent(abs(stepped / true - 1))} off).")


def regime(snapshot: Snapshot, parameter: str, *, progress: Progress = SILENT) -> Regime:
    """Say what the model does now and how far the next bifurcation is."""
    found = equilibria(snapshot, progress=progress)
    run = simulate(snapshot, progress=progress)
    if has_rate_curve(snapshot.model):
        sentence = _firing(snapshot, found.points)
    else:
        sentence = _rest(snapshot, found.points, progress)
    if issubclass(snapshot.model, Spiking):
        sentence += f"; {len(run.spikes)} spike{'s' * (len(run.spikes) != 1)} in this run"
    if parameter:
        sentence += f"; {_distance(snapshot, parameter, progress)}"
    warnings = [run.message] if run.status is not Status.OK else []
    warnings += [found.message, step_warning(snapshot, found.points)]
    check = "" if run.status is not Status.OK else (
        cycle_check(snapshot, progress) or step_error(snapshot, progress=progress).message)
    return Regime(sentence[0].upper() + sentence[1:] + ".", check, tuple(filter(None, warnings)))
