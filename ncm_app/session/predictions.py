"""What can be predicted of a line to try: a question with choices, and the answer, computed from what the model does.

A line speaks of quantities in its own words; each is computed before and after what it asks for. Of what is
uncertain, or goes another way than the line says, nothing is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ncm_app.core.capabilities import is_flow, is_learner, is_network
from ncm_app.core.model import Model
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.state import State
from ncm_app.language.outcomes import END, INTERVAL, PEAK, PERIOD, RATE, SPIKES, SWING, Topic, topics_of
from ncm_app.language.tries import Try
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.session.actions import Move, reduce
from ncm_app.session.links import is_quick
from ncm_app.session.state import PageState
from ncm_app.studies.long_run import (
    LEAVES,
    OSCILLATES,
    RESTS,
    SLIPS,
    late_interval,
    late_period,
    late_swing,
    long_run,
    rests_of,
    spikes_of,
)
from ncm_app.studies.plots import measures
from ncm_app.studies.simulate import simulate
from ncm_app.studies.words import apart, finished, number, with_unit

CHANGED, SAME, BY_CHANCE = 0.02, 0.002, 0.25
"""A quantity that changes by more than the first part rises or falls, by less than the second it stays; by more than
the third where it was drawn by chance."""
MOST = 4
"""Choices of one question."""
WAYS = {1: "rise", 0: "stay", -1: "fall"}
VERBS = {RESTS: "rest", OSCILLATES: "oscillate", LEAVES: "leave its range", SLIPS: "slip"}
BEFORE = {RESTS: "rested", OSCILLATES: "oscillated", LEAVES: "left its range", SLIPS: "slipped"}
OF_THE_METHOD = {"dt", "method"}
"""Controls that change how a run is computed, and not what is true of the model."""


@dataclass(frozen=True)
class Prediction:
    """A question, its choices, the index of the right one, and a sentence on what happened."""

    question: str
    choices: tuple[str, ...]
    right: int
    happened: str


def can_be_predicted(line: Try | str) -> bool:
    """Tell whether a line says where it begins and what it sets, so that both can be computed."""
    return isinstance(line, Try) and bool(line.preset and line.values) and not line.compare


def predict(model: type[Model], line: Try, progress: Progress = SILENT) -> Prediction | None:
    """Return what can be asked before a line is done, None for nothing that is certain and quick to compute."""
    state = PageState.of_preset(model, line.preset)  # type: ignore[arg-type]
    before = state.snapshot
    for name, value in line.values.items():
        state = reduce(state, Move(name, value))
    pair = before, state.snapshot
    if not all(map(_is_quick, pair)):
        return None
    measured = tuple(one.name for one in measures(before, progress=progress))
    asked = (_ask(pair, topic, line, progress) for topic in topics_of(line.outcome, measured))
    return next(filter(None, asked), None)


def _is_quick(snapshot: Snapshot) -> bool:
    model = snapshot.model
    if is_flow(model):
        return is_quick(snapshot)
    return not (is_learner(model) or is_network(model) or model.reads is not None)


def _ask(pair: tuple[Snapshot, Snapshot], topic: Topic, line: Try, progress: Progress) -> Prediction | None:
    if topic.quantity == END:
        return _end(pair, progress)
    if topic.quantity == SPIKES:
        return _spikes(pair, progress)
    return _way(pair, topic, line, progress)


def _end(pair: tuple[Snapshot, Snapshot], progress: Progress) -> Prediction | None:
    """Ask what the run comes to: where, if it may rest at several places, else in which way."""
    was, now = (long_run(snapshot, progress) for snapshot in pair)
    state = pair[0].model.states[0] if is_flow(pair[0].model) else None
    if was is None or now is None or state is None:
        return None
    places = sorted({float(number(x).replace("−", "-")) for snapshot in pair for x in rests_of(snapshot, progress)})
    if len(places) > 1 and (was.ends, now.ends) == (RESTS, RESTS) and state.periodic is None:
        return _where(state, places, float(was.rest[0]), float(now.rest[0]))  # type: ignore[index]
    turns = any(one.periodic is not None for one in pair[0].model.states)
    kinds = (RESTS, SLIPS) if turns else (RESTS, OSCILLATES, LEAVES) if len(pair[0].model.states) > 1 else (
        RESTS, LEAVES)
    if was.ends == now.ends or not {was.ends, now.ends} <= set(kinds):  # then the line speaks of something finer
        return None
    first, last = (_frequency(snapshot, one.ends, progress) for one, snapshot in zip((was, now), pair, strict=True))
    happened = f"{state.name} {BEFORE[was.ends]}{first} before, and now {now.ends}{last}"
    return Prediction(f"What will {state.name} do in the end?", tuple(VERBS[kind] for kind in kinds),
                      kinds.index(now.ends), finished(happened))


def _frequency(snapshot: Snapshot, ends: str, progress: Progress) -> str:
    period = late_period(snapshot, progress) if ends == OSCILLATES else np.nan
    return f" at {number(1000.0 / period)} Hz" if np.isfinite(period) else ""


def _where(state: State, places: list[float], was: float, now: float) -> Prediction | None:
    shown = [with_unit(number(place), state.shown or state.unit) for place in places]
    first, last = (int(np.argmin(np.abs(np.array(places) - x * state.scale))) for x in (was, now))
    if len(places) > MOST or len(set(shown)) < len(shown):
        return None
    rest = "where it was before" if first == last else f"not at {shown[first]} as before"
    return Prediction(f"Where will {state.name} rest?", tuple(f"at {one}" for one in shown), last,
                      finished(f"{state.name} rests at {shown[last]}, {rest}"))


def _spikes(pair: tuple[Snapshot, Snapshot], progress: Progress) -> Prediction | None:
    """Ask whether there are spikes, one or several."""
    trains = [spikes_of(snapshot, progress) for snapshot in pair]
    if any(train is None for train in trains):
        return None
    was, now = (len(train) for train in trains if train is not None)
    if min(was, now) > 1:
        return None
    told = ["no spike" if n == 0 else "one spike" if n == 1 else f"{n} spikes" for n in (was, now)]
    happened = f"{told[1]}, as before" if was == now else f"{told[1]}, where there {_were(was)} {told[0]} before"
    return Prediction("How many spikes will there be?", ("none", "one", "several"), min(now, 2), finished(happened))


def _were(count: int) -> str:
    return "was" if count < 2 else "were"


def _way(pair: tuple[Snapshot, Snapshot], topic: Topic, line: Try, progress: Progress) -> Prediction | None:
    """Ask whether a quantity rises, stays or falls."""
    (was, error, unit), (now, other, _) = (_read(snapshot, topic.quantity, progress) for snapshot in pair)
    way = _compared(was, now, float(np.hypot(error, other)), "seed" in pair[0].values_by_name)
    if way is None or topic.way not in (None, way) or (way == 0 and set(line.values) <= OF_THE_METHOD):
        return None
    last = with_unit(apart(now, [was]), unit)
    name = topic.quantity if "_" in topic.quantity else f"the {topic.quantity}"
    happened = f"{name} stays at {last}" if way == 0 else (
        f"{name} {WAYS[way]}s from {apart(was, [now])} to {last}")
    return Prediction(f"What will {name} do?", tuple(WAYS.values()), list(WAYS).index(way),
                      finished(happened))


def _compared(was: float, now: float, error: float, by_chance: bool) -> int | None:
    """Return 1, 0 or -1 for a positive quantity that rises, stays or falls, None for what is uncertain."""
    if not (np.isfinite(was) and np.isfinite(now) and min(was, now) >= 0.0 and max(was, now) > 0.0):
        return None
    change = (now - was) / max(was, now)
    doubtful = by_chance and error == 0.0
    if abs(change) <= SAME:
        return None if doubtful else 0
    sure = abs(change) >= (BY_CHANCE if doubtful else CHANGED) and abs(now - was) > 3.0 * error
    return int(np.sign(change)) if sure else None


def _read(snapshot: Snapshot, quantity: str, progress: Progress) -> tuple[float, float, str]:
    """Return a quantity of a run, its standard error (0 where none is known) and its unit."""
    for one in measures(snapshot, progress=progress):
        if one.name == quantity:
            return float(one.value), float(one.error or 0.0), one.unit
    reads: dict[str, Callable[[Snapshot, Progress], float]] = {PERIOD: late_period, INTERVAL: late_interval}
    if quantity in reads:
        return reads[quantity](snapshot, progress), 0.0, "ms"
    if quantity == RATE:
        return 1000.0 / late_interval(snapshot, progress), 0.0, "Hz"
    if quantity in (SWING, PEAK):
        if not is_flow(snapshot.model) or len(snapshot.model.states) > 1:
            return np.nan, 0.0, ""
        run, state = simulate(snapshot, progress=progress), snapshot.model.states[0]
        value = late_swing(run) if quantity == SWING else float(run.y[0].max())
        return value * state.scale, 0.0, state.shown or state.unit
    return np.nan, 0.0, ""
