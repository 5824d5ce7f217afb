"""What does a model answer, what do its own plots show of it, and which numbers are read off it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from ncm_app.core.capabilities import is_flow, is_inversion, is_learner
from ncm_app.core.plot import Measure
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.results import Array
from ncm_app.numerics.system import SILENT, Partial, Progress
from ncm_app.studies.inverting import invert
from ncm_app.studies.learning import asked, learn, memory_of_file
from ncm_app.studies.memo import remembered, streamed
from ncm_app.studies.simulate import simulate, simulate_from
from ncm_app.studies.words import number, plain

Drawing = dict[str, tuple[Any, ...]]
"""Columns of marks by name."""


@streamed
def perform(snapshot: Snapshot, *, progress: Progress = SILENT) -> Any:
    """Compute an experiment as a whole, what is learned up to a step, or what data tell."""
    if is_learner(snapshot.model):
        return sealed(learn(snapshot, progress))
    if is_inversion(snapshot.model):
        return sealed(invert(snapshot, progress))
    return sealed(snapshot.model.perform(snapshot.p, progress))


def sealed(answer: Any) -> Any:
    """Return an answer whose arrays nobody can write into: sessions share what is remembered."""
    if isinstance(answer, np.ndarray):
        answer.setflags(write=False)
    elif isinstance(answer, dict | list | tuple):
        for part in answer.values() if isinstance(answer, dict) else answer:
            sealed(part)
    elif is_dataclass(answer) and not isinstance(answer, type):
        for field in fields(answer):
            sealed(getattr(answer, field.name))
    return answer


def run_or_perform(snapshot: Snapshot, *, progress: Progress = SILENT) -> Any:
    """Return the run of a flow, what an experiment gives, or what a user has opened in its place."""
    if snapshot.opened is not None and snapshot.model.reads.data:
        memory, question = memory_of_file(snapshot.opened)[1], performed(snapshot)
        return memory.ask(question.values, lambda running: perform(question, progress=running), progress)
    if snapshot.opened is not None:
        return _under(snapshot, progress)
    if is_flow(snapshot.model):
        return simulate(snapshot, progress=progress)
    return perform(performed(snapshot), progress=progress)


def _under(snapshot: Snapshot, progress: Progress) -> Any:
    """Return what was read from a file as the controls would have it, remembered as long as the file is open."""
    under = snapshot.model.reads.under
    if under is None:
        return snapshot.opened
    question = performed(snapshot)
    return memory_of_file(snapshot.opened)[1].ask(
        question.values, lambda running: sealed(under(question.opened, question.p, running)), progress)


def performed(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot of an experiment with what its answer does not depend on at its defaults."""
    question = snapshot.without(parameters=snapshot.model.only_drawn) if snapshot.model.only_drawn else snapshot
    return asked(question) if is_learner(snapshot.model) else question


def is_answered_by(snapshot: Snapshot, partial: Partial) -> bool:
    """Tell whether a partial answer is one to the snapshot itself: part of its run, or of what it performs."""
    if is_flow(snapshot.model):
        return partial.question == simulate_from.key(snapshot, snapshot.start)
    return partial.question == perform.key(performed(snapshot))


def duration_of(snapshot: Snapshot, *, progress: Progress = SILENT) -> float:
    """Return how long the axes over time of a model's own plots are: its run, or what its answer says."""
    if "t_end" in snapshot.values_by_name:
        return float(snapshot.values_by_name["t_end"])
    return float(getattr(run_or_perform(snapshot, progress=progress), "duration", 0.0))


@remembered
def drawn_columns(snapshot: Snapshot, index: int, *, progress: Progress = SILENT) -> Drawing:
    """Compute the columns of one of a model's own plots; arrays are read-only."""
    answer = run_or_perform(snapshot, progress=progress)
    return _fixed_columns(snapshot, index) | _frozen_columns(snapshot.model.plots[index].draw(answer, snapshot.p))


class _Read:
    """Parameters that remember which of them were read."""

    def __init__(self, p: Any) -> None:
        self._p, self.names = p, set()  # type: Any, set[str]

    def __getattr__(self, name: str) -> Any:
        self.names.add(name)
        return getattr(self._p, name)


_read: dict[tuple[Any, int], frozenset[str]] = {}
"""What the fixed marks of a plot were ever seen to read, by model and index."""


def _fixed_columns(snapshot: Snapshot, index: int) -> Drawing:
    """Return the columns that no answer changes, remembered under the parameters that they read."""
    plot = snapshot.model.plots[index]
    if plot.fixed is None:
        return {}
    place, neutral = (snapshot.model, index), snapshot.model.preset_values(snapshot.model.first_preset())
    while True:
        known = _read.get(place, frozenset())
        given = {**neutral, **{name: snapshot.values_by_name[name] for name in known}}
        drawing, names = _fixed_for(Snapshot.of(snapshot.model, given), index)
        if names <= known:  # all that was read had the values of the snapshot
            return drawing
        _read[place] = known | names


@remembered
def _fixed_for(snapshot: Snapshot, index: int) -> tuple[Drawing, frozenset[str]]:
    """Return the columns, and the names of the parameters that they depend on."""
    p = _Read(snapshot.p)
    return _frozen_columns(snapshot.model.plots[index].fixed(p)), frozenset(p.names)


def _frozen_columns(drawn: Mapping[str, tuple[Any, ...]]) -> Drawing:
    return {name: tuple(_frozen(column) for column in columns) for name, columns in drawn.items()}


def _frozen(column: Any) -> Any:
    if isinstance(column, list) and column and isinstance(column[0], str):
        return column
    kept = np.asarray(column, dtype=float)
    if kept.flags.writeable:  # else it is part of an answer that nobody can write into
        kept = kept.copy()
        kept.setflags(write=False)
    return kept


def heard(snapshot: Snapshot, *, progress: Progress = SILENT) -> tuple[Array, float]:
    """Return the times of the spikes that can be played and the duration, ms."""
    times, duration = snapshot.model.sound(run_or_perform(snapshot, progress=progress), snapshot.p)
    return np.asarray(times, dtype=float), float(duration)


@remembered
def measures(snapshot: Snapshot, *, progress: Progress = SILENT) -> tuple[Measure, ...]:
    """Return the numbers that are read off the answer."""
    return tuple(snapshot.model.measure(run_or_perform(snapshot, progress=progress), snapshot.p))


def told(snapshot: Snapshot, *, progress: Progress = SILENT) -> str:
    """Return the model's own sentence on what is happening, "" if it has none."""
    return plain(snapshot.model.tell(run_or_perform(snapshot, progress=progress), snapshot.p))


def idle(snapshot: Snapshot, *, progress: Progress = SILENT) -> frozenset[str]:
    """Return the names of controls that change nothing at present."""
    model, values = snapshot.model, snapshot.values_by_name
    told = set(model.idle(run_or_perform(snapshot, progress=progress), snapshot.p))
    for choice, used in model.idle_unless.items():
        told |= {name for names in used.values() for name in names} - set(used.get(values[choice], ()))
    return frozenset(told)


def describe(measure: Measure) -> str:
    """Return a number with its unit, and what theory says of it."""
    unit = "" if measure.unit == "1" else f" {measure.unit}"
    if not np.isfinite(measure.value):
        found = f"{measure.name}: too few to tell"
    else:
        whole = isinstance(measure.value, int)
        found = f"{measure.name} {measure.value if whole else number(measure.value)}{unit}"
    if measure.error is not None and np.isfinite(measure.error) and np.isfinite(measure.value):
        found = f"{measure.name} {number(measure.value)} ± {number(measure.error)}{unit}"
    if measure.theory is None:
        return found
    spread = "" if measure.spread is None else f" ± {number(measure.spread)}"
    unit = "" if np.isfinite(measure.value) else unit
    return f"{found} ({measure.theory_name} {number(measure.theory)}{spread}{unit})"


def numbers(snapshot: Snapshot, *, progress: Progress = SILENT) -> str:
    """Return all numbers that are read off the answer in one line."""
    return " · ".join(map(describe, measures(snapshot, progress=progress)))
