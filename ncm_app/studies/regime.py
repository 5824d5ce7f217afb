"""What is the model doing now? One sentence, and how far the next change is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ncm_app.core.capabilities import has_frequency_curve, has_measured_rates, has_rate_curve, has_resets, is_flow
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.state import State
from ncm_app.core.times import Times
from ncm_app.numerics.codes import ALWAYS, IF_STABILITY_CHANGES, POINTS, row
from ncm_app.numerics.results import Branch, Equilibrium, Oscillation, SpecialPoint, Status
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.cycles import known_cycles, known_doubt
from ncm_app.studies.diagram import diagram
from ncm_app.studies.endings import as_stepped, driven_spikes, escape
from ncm_app.studies.events import cycle_events
from ncm_app.studies.kinds import describe_point, is_weak, one
from ncm_app.studies.oscillation import limit_cycle
from ncm_app.studies.plots import numbers, run_or_perform, told
from ncm_app.studies.rates import measured_here, rate_at
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria, threshold_of
from ncm_app.studies.step_checks import check_step, step_warning
from ncm_app.studies.words import apart, finished, number, setting, with_unit


@dataclass(frozen=True)
class Regime:
    """`sentence` says what the model does; `warnings` what limits the picture.

    `step_check` says how much the time step matters, `numbers` what is measured, `companion` where the model and
    what stands beside it agree.
    """

    sentence: str
    step_check: str = ""
    warnings: tuple[str, ...] = ()
    numbers: str = ""
    companion: str = ""


def rounded_off(value: float, low: float, high: float) -> float:
    """Return 0 for what is a rounding error on an axis from low to high."""
    return 0.0 if abs(value) < 1e-9 * (high - low) else value


def amount(state: State, value: float, others: Iterable[float] = ()) -> str:
    """Return a state's value in the unit on its axis, told apart from others; an angle within its turn."""
    if state.periodic is not None:
        low, high = state.periodic
        value = low + (value - low) % (high - low)
    shown = apart(rounded_off(value, *state.span) * state.scale, (other * state.scale for other in others))
    return f"{state.name} = {with_unit(shown, state.shown or state.unit)}"


def constant_drive(snapshot: Snapshot) -> str:
    """Return the constant input of a cell as it was set."""
    control = snapshot.model.control(snapshot.model.explore)
    return f"constant {control.name} = {with_unit(setting(snapshot.values_by_name[control.name]), control.unit)}"


def is_on_cycle(found: Oscillation, points: Iterable[Equilibrium]) -> bool:
    """Tell whether a run ends on a cycle: a spiral that rings nearly as it was for very long looks like one."""
    drifts = found.status is Status.NOT_CONVERGED

    def rings(point: Equilibrium) -> bool:
        leading = point.eigenvalues[np.argmax(point.eigenvalues.real)]
        alike = abs(found.period * abs(leading.imag) / (2 * np.pi) - 1) < 0.01
        return alike and abs(leading.real) * found.period < (1e-2 if drifts else 3e-6)

    return bool(np.isfinite(found.period)) and not any(map(rings, points))


def _rest(snapshot: Snapshot, points: tuple[Equilibrium, ...], progress: Progress) -> str:
    states = snapshot.model.states
    if not points:
        return "no fixed point within the range of the model"
    if len(points) > 1:
        every = [[float(v) for v in values] for values in zip(*(q.state for q in points), strict=True)]
        firsts = {amount(states[0], value, every[0]) for value in every[0]}
        told = states if len(firsts) < len(points) else states[:1]  # enough to tell them apart
        kinds = ", ".join(f"{q.kind} at " + ", ".join(amount(s, float(v), values) for s, v, values in zip(
            told, q.state, every, strict=False)) for q in points)
        cycle = limit_cycle(snapshot, progress=progress)
        if is_on_cycle(cycle, points):
            return (f"limit cycle, {number(1000 / cycle.period)} Hz (period {number(cycle.period)} ms); "
                    f"{len(points)} fixed points: {kinds}")
        run = simulate(snapshot, progress=progress)
        end = escape(snapshot, run) or f"this run ends at {amount(states[0], float(run.y[0, -1]))}"
        return f"{len(points)} fixed points: {kinds}; {end}"
    point = points[0]
    if len(states) > 1:
        # Near a Hopf point a stable rest and a cycle may coexist: the start decides.
        cycle = limit_cycle(snapshot, progress=progress)
        if is_on_cycle(cycle, points) and not is_weak(point):
            return (f"limit cycle, {number(1000 / cycle.period)} Hz (period {number(cycle.period)} ms), "
                    f"around {one(point.kind)}{' that other starts reach' if point.stable else ''}")
    where = ", ".join(amount(s, float(v)) for s, v in zip(states, point.state, strict=True) if s.traced)
    alone = " under the constant input alone" if snapshot.steady != snapshot else ""
    return f"{describe_point(point)}; {where}{alone}"


def _firing(snapshot: Snapshot, points: tuple[Equilibrium, ...]) -> str:
    state, drive = snapshot.model.states[0], constant_drive(snapshot)
    rate = float(rate_at(snapshot).exact[0])
    if not np.isfinite(rate):
        return f"fires without end under {drive}: {state.name} is reset at or above its threshold"
    if rate > 0:
        return f"fires regularly at {number(rate)} Hz (every {number(1000 / rate)} ms) under {drive}"
    stable = [q for q in points if q.stable or q.kind == "semi-stable"]
    if not stable:
        return f"does not fire under {drive}"
    unstable = [q for q in points if q.kind != "stable"]
    rest, threshold = float(stable[0].state[0]), threshold_of(snapshot)
    beyond_it = [float(q.state[0]) for q in unstable] or ([] if threshold is None else [threshold])
    place = amount(state, float(unstable[0].state[0]), [rest]) if unstable else ""
    beyond = f"; fires once when pushed {f'beyond {place}' if unstable else 'to its threshold'}"
    return f"rests at {amount(state, rest, beyond_it)} under {drive}{beyond}"


def _measured_firing(snapshot: Snapshot, points: tuple[Equilibrium, ...], progress: Progress) -> str:
    """Say how fast a cell with several states fires at first and in the end, or where it rests."""
    states, drive = snapshot.model.states, constant_drive(snapshot)
    rates = measured_here(snapshot, progress=progress)
    first, lasting = float(rates.first[0]), float(rates.lasting[0])
    stable = [q for q in points if q.stable]
    where = ", ".join(amount(s, float(v)) for s, v in zip(states, stable[0].state, strict=True)) if stable else ""
    if lasting > 0:
        beside = f"; {one(stable[0].kind)} at {where} is stable beside it" if stable else ""
        pattern, = rates.bursts
        how = "" if pattern is None else (
            f" on average, in bursts of {pattern.words} spikes every {number(pattern.every)} ms,")
        how_fast = f"fires at {number(lasting)} Hz{how} under {drive}, {number(first)} Hz in its first interval"
        return f"{how_fast}{as_stepped(snapshot, rates)}{beside}"
    if not stable:
        return f"{'falls silent after a few spikes' if first > 0 else 'does not fire'} under {drive}"
    kinds = describe_point(stable[0]) if len(points) == 1 else (
        f"{len(points)} fixed points: {', '.join(q.kind for q in points)}")
    return f"{'comes to rest' if first > 0 else 'rests'} at {where} under {drive}; {kinds}"


def changes_stability(branch: Branch, point: SpecialPoint, parameter: str) -> bool:
    """Tell whether the number of unstable directions differs on the two sides of a point."""
    here = np.abs(branch.parameter - point.parameters[parameter]) / max(float(np.ptp(branch.parameter)), 1e-300)
    there = np.abs(branch.states - point.state[:, None]).max(axis=0) / max(float(np.abs(branch.states).max()), 1e-300)
    i = int(np.argmin(here + there))
    return bool(branch.unstable[max(i - 1, 0)] != branch.unstable[min(i + 1, len(branch.unstable) - 1)])


def is_event(branch: Branch, point: SpecialPoint, parameter: str) -> bool:
    """Tell whether what the model does changes at a special point of a branch of fixed points."""
    when = row(POINTS, point.code).eventful
    return when == ALWAYS or (when == IF_STABILITY_CHANGES and changes_stability(branch, point, parameter))


class Ahead(NamedTuple):
    """A bifurcation in words, its point, the signed distance to it, and whether it is one of cycles."""

    words: str
    point: SpecialPoint
    distance: float
    of_cycles: bool = False


def nearest_event(snapshot: Snapshot, parameter: str, progress: Progress) -> Ahead | None:
    """Return the next bifurcation in a parameter, and the signed distance to it.

    Those of cycles count as soon as they are known: nobody waits for them here.
    """
    here = float(snapshot.values_by_name[parameter])
    found = [Ahead(row(POINTS, q.code).words, q, q.parameters[parameter] - here)
             for branch in diagram(snapshot, parameter, progress=progress).branches for q in branch.points
             if is_event(branch, q, parameter)]
    found += [Ahead(event.words, event.point, event.value - here, True)
              for event in cycle_events(known_cycles(snapshot, parameter) or (), parameter)]
    return min(found, key=lambda event: abs(event.distance), default=None)


def _distance(snapshot: Snapshot, parameter: str, several: bool, progress: Progress) -> str:
    control, state = snapshot.model.control(parameter), snapshot.model.states[0]
    nearest = nearest_event(snapshot, parameter, progress)
    if nearest is None:
        return f"no bifurcation in {parameter} within its range"
    point, distance = nearest.point, rounded_off(nearest.distance, *control.bounds)
    at = rounded_off(point.parameters[parameter], *control.bounds)
    shown = apart(at, [float(snapshot.values_by_name[parameter])])
    where = f"at {parameter} = {with_unit(shown, control.unit)}"
    if several and not nearest.of_cycles:  # say on which of the fixed points
        where += f" ({amount(state, float(point.state[0]))})"
    if distance == 0:
        return f"{nearest.words} just here, {where}"
    away = with_unit(number(abs(distance)), control.unit)
    return f"{nearest.words} {where}, {away} {'above' if distance > 0 else 'below'}"


def late_times(snapshot: Snapshot) -> str:
    """Say which listed times come after the end of the run, where nothing shows them; "" if none does."""
    told = []
    for name, control in snapshot.model.controls().items():
        late = [t for t in snapshot.values_by_name[name] if t > snapshot.t_end] if isinstance(control, Times) else []
        if late:
            times = ", ".join(f"{t:g}" for t in late)
            told.append(f"{control.doc} at {times} {control.unit}")
    if not told:
        return ""
    return finished(f"beyond the end of the run at {snapshot.t_end:g} ms, and so without effect: "
                    f"{'; '.join(told)}")


def regime(snapshot: Snapshot, parameter: str, *, progress: Progress = SILENT) -> Regime:
    """Say what the model does now and how far the next bifurcation is."""
    own, measured = told(snapshot, progress=progress), numbers(snapshot, progress=progress)
    if not is_flow(snapshot.model):
        answer = run_or_perform(snapshot, progress=progress)
        return Regime(finished(own), warnings=tuple(filter(None, [getattr(answer, "message", "")])), numbers=measured)
    found = equilibria(snapshot, progress=progress)
    run = simulate(snapshot, progress=progress)
    if own:
        sentence = own
    elif has_rate_curve(snapshot.model):
        sentence = _firing(snapshot, found.points)
    elif has_measured_rates(snapshot.model):
        sentence = _measured_firing(snapshot, found.points, progress)
    else:
        sentence = _rest(snapshot, found.points, progress)
        if len(found.points) < 2 and (escaped := escape(snapshot, run)):
            sentence += f"; {escaped}"
    if has_resets(snapshot.model) and not own:
        sentence += f"; {len(run.spikes)} spike{'s' * (len(run.spikes) != 1)} in this run"
    fired = driven_spikes(snapshot, run)
    if fired is not None:
        times = {0: "does not fire", 1: "fires once"}.get(fired, f"fires {fired} times")
        sentence += f"; driven by its changing input, this run {times}"
    if parameter:
        several = len(found.points) > 1 and not has_rate_curve(snapshot.model)
        late = "without the delay, " if snapshot.delayed else ""
        sentence += f"; {late}{_distance(snapshot, parameter, several, progress)}"
        if has_frequency_curve(snapshot.model) and known_cycles(snapshot, parameter) is None:
            sentence += " (cycles not yet followed)"
    warnings = [run.message] if run.status is not Status.OK else []
    warnings += [late_times(snapshot), found.message, step_warning(snapshot, found.points)]
    if parameter and (doubt := diagram(snapshot, parameter, progress=progress).message):
        warnings.append(finished(f"in the diagram over {parameter}, {doubt}"))
    if parameter and has_frequency_curve(snapshot.model):
        warnings.append(known_doubt(snapshot, parameter))
    check = check_step(snapshot, progress) if run.status is Status.OK else ""
    return Regime(finished(sentence), check, tuple(filter(None, warnings)), measured)
