"""What has a model learned after so many steps? From the nearest state that is remembered, on the way to it."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, NamedTuple

import numpy as np

from ncm_app.core.learner import Learner, legs
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import SILENT, Partial, Progress
from ncm_app.studies.memo import MEMORY, Memory, size_of

CHUNK = 0.04
"""Seconds for which it learns between two looks at the page."""
MOST_STATES, MOST_TASKS, MOST_BYTES = 24, 40, 128 * 2**20
"""States that are kept of one task, tasks of which any are, and about how many bytes they take together."""


Rules = tuple[tuple[int, tuple[Any, ...]], ...]
"""Until which step which values of the rule hold, one after the other."""


class Taught(NamedTuple):
    """A state, and under which rules it came about."""

    rules: Rules
    state: Any
    size: int


class States:
    """States on the way of what is learned, by task; the least recently asked task is forgotten first."""

    def __init__(self) -> None:
        self._tasks: OrderedDict[Hashable, list[Taught]] = OrderedDict()
        self._lock, self.bytes = threading.Lock(), 0

    def nearest(self, task: Hashable, rules: Rules) -> Any:
        """Return the furthest state on the way that the rules describe, None if there is none."""
        with self._lock:
            if task not in self._tasks:
                return None
            self._tasks.move_to_end(task)
            fit = [one for one in self._tasks[task] if _is_on_the_way(one.rules, rules)]
        return max(fit, key=lambda one: one.state.step).state if fit else None

    def keep(self, task: Hashable, rules: Rules, state: Any) -> None:
        """Remember a state; of many of one task, those are dropped that have near neighbours."""
        with self._lock:
            kept = self._tasks.setdefault(task, [])
            self._tasks.move_to_end(task)
            kept.append(Taught(_until(rules, state.step), state, size_of(state)))
            self.bytes += kept[-1].size
            kept.sort(key=lambda one: int(one.state.step))
            if len(kept) > MOST_STATES:
                steps = [one.state.step for one in kept]
                gaps = [(steps[k + 1] - steps[k - 1], k) for k in range(1, len(steps) - 1)]
                self.bytes -= kept.pop(min(gaps)[1]).size
            while self._tasks and (len(self._tasks) > MOST_TASKS or self.bytes > MOST_BYTES) and len(self._tasks) > 1:
                self.bytes -= sum(one.size for one in self._tasks.popitem(last=False)[1])


def _until(rules: Rules, step: int) -> Rules:
    """Return the rules up to a step, those that are alike as one."""
    found: list[tuple[int, tuple[Any, ...]]] = []
    before = 0
    for until, rule in rules:
        if before < step:
            if found and found[-1][1] == rule:
                found.pop()
            found.append((min(until, step), rule))
        before = until
    return tuple(found)


def _is_on_the_way(taught: Rules, asked: Rules) -> bool:
    step = taught[-1][0] if taught else 0
    return step <= asked[-1][0] and taught == _until(asked, step)


STATES = States()
_REMEMBERED = "_remembered"


def memory_of_file(data: Any) -> tuple[States, Memory]:
    """Return what is remembered of a file's data: it goes when the file is closed.

    It is kept with the data themselves: elsewhere an answer that holds them would keep them for good.
    """
    kept: tuple[States, Memory] | None = vars(data).get(_REMEMBERED)
    if kept is None:
        kept = vars(data).setdefault(_REMEMBERED, (States(), Memory(MEMORY.limit // 4)))
    return kept


def learn(snapshot: Snapshot, progress: Progress = SILENT) -> Any:
    """Return what a learner answers after the steps that its snapshot asks for."""
    model, p = snapshot.model, snapshot.p
    data = model.own_data(p) if snapshot.opened is None else snapshot.opened
    states = STATES if snapshot.opened is None else memory_of_file(snapshot.opened)[0]
    values = snapshot.values_by_name
    passed = {"steps", "past", *model.rule, *model.only_drawn}
    task = model, tuple(value for name, value in values.items() if name not in passed)
    way = list(legs(model, p))
    rules = tuple((until, tuple(_key(getattr(under, name)) for name in model.rule)) for until, under in way)
    state = states.nearest(task, rules)
    if state is None:
        state = model.begin(p, data)
    begun, end, n = state.step, way[-1][0], 1
    kept = begun
    for until, under in way:
        while state.step < until and not state.failed:
            began, n = time.perf_counter(), min(n, until - state.step)
            state = model.advance(state, under, data, n)
            took = time.perf_counter() - began
            n = max(1, round(n * min(4.0, CHUNK / max(took, 1e-6))))
            words = f"{model.progress_words(state.step, p)} of {model.progress_words(end, p)} {model.counted}"
            if state.step - kept >= end / 8 or state.step == end or state.failed:
                states.keep(task, rules, state)
                kept = state.step
            progress.report((state.step - begun) / max(end - begun, 1),
                            Partial(model.look(state, under, data), words) if progress.wants_partial else None)
    return model.look(state, way[-1][1], data)


def _key(value: Any) -> Hashable:
    """Return a parameter as a part of a key."""
    return value.tobytes() if isinstance(value, np.ndarray) else value


class LearnedSteps(NamedTuple):
    """How far a learner is, after how many steps its run is over, and which bound has stopped it."""

    step: int
    last: int
    failed: str


def learned_steps(snapshot: Snapshot, answer: Any) -> LearnedSteps:
    """Return how far an answer to a snapshot is."""
    model: type[Learner] = snapshot.model
    return LearnedSteps(int(answer.step), model.last_step(snapshot.p), str(answer.failed))


def asked(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot of a learner with as many steps as there are, so that one answer has one name."""
    return snapshot.changed(steps=snapshot.model.reached(snapshot.p))
