"""Compile what open pages need in the background, so that no page waits for a compiler."""

from __future__ import annotations

import gc
import threading

from ncm_app.core import catalogue
from ncm_app.core.capabilities import is_flow
from ncm_app.core.model import Model
from ncm_app.numerics.compiled_flow import warm_flow
from ncm_app.numerics.runs.compiled import STAGES, warm
from ncm_app.studies.jobs import TRAFFIC
from ncm_app.studies.plots import drawn_columns, run_or_perform
from ncm_app.studies.systems import system_of

_started = threading.Lock()


def warm_model(model: type[Model]) -> None:
    """Compile a model's steppers, or load them from disk."""
    snapshot = model(**model.preset_values(model.first_preset())).snapshot()
    if not is_flow(model):
        run_or_perform(snapshot)  # the kernels of an experiment compile when they first run
        if model.reads is not None and model.reads.warm is not None:
            model.reads.warm()
        return
    p = snapshot.p
    for method in STAGES:
        warm(system_of(model), method, p, noisy=model.driven)
    if model.driven:
        warm(system_of(model), "RK4", p)  # without what drives it, it is followed until it rests
    warm_flow(system_of(model), p)
    for index in range(len(model.plots)):
        drawn_columns(snapshot, index)  # so do those of a model's own plots


RARELY = (20_000, 20, 20)
"""Thresholds of the collector: with Python's own it walks through the open sessions ninety times
while a page is built, which takes a fifth of that time. Panel collects when a session ends."""


def warm_all() -> None:
    """Compile every model of the catalogue, as for an image that is to start warm."""
    for model in catalogue.models().values():
        warm_model(model)


class Waiting:
    """What is still to be compiled: models whose pages were opened, the newest first, then their neighbours.

    Nobody waits for the rest of the catalogue: each model costs some seconds of one core when it is first compiled.
    """

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._opened: list[type[Model]] = []
        self._near: list[type[Model]] = []
        self._known: set[type[Model]] = set()

    def prefer(self, model: type[Model], neighbours: bool = True) -> None:
        """Compile this model next: somebody looks at it, and may go on to one of its neighbours."""
        every = list(catalogue.models().values())
        place = every.index(model)
        with self._change:
            if model not in self._known:
                self._opened.append(model)
            if neighbours:
                self._near += [near for near in every[max(0, place - 1):place + 2] if near not in self._near]
            self._change.notify()

    def next(self, seconds: float | None = None) -> type[Model] | None:
        """Wait for a model, no longer than so many seconds, and take it; each is given once."""
        with self._change:
            while True:
                left = [self._opened, [near for near in self._near if near not in self._known]]
                chosen = left[0].pop() if left[0] else left[1][0] if left[1] else None
                if chosen is None and not self._change.wait(seconds):
                    return None
                if chosen is not None and chosen not in self._known:
                    self._known.add(chosen)
                    return chosen


WAITING = Waiting()
IDLE = 2.0
"""Seconds for which compiling gives way to frames at most: pages are served from the plain text until then."""


def warm_what_is_opened() -> None:
    """Compile the models of opened pages and their neighbours, as long as the process runs."""
    while True:
        model = WAITING.next()
        if model is not None:
            TRAFFIC.wait(IDLE)
            warm_model(model)


def prefer(model: type[Model]) -> None:
    """Compile this model next: somebody looks at it."""
    WAITING.prefer(model)


def prefer_compared(slug: str) -> None:
    """Compile the model of a slug next, with which a page compares its own; "" stands for none."""
    if slug:
        WAITING.prefer(catalogue.find(slug), neighbours=False)


def warm_waiting() -> None:
    """Compile now what waits for it, as where no thread does."""
    while (model := WAITING.next(0.0)) is not None:
        warm_model(model)


def warm_in_background() -> None:
    """Start compiling once per process; pages are served meanwhile from the plain text."""
    if _started.acquire(blocking=False):
        # What is loaded by now lives as long as the server: the collector need not walk
        # through it again and again, which shows as pauses of a tenth of a second. Later,
        # open sessions would be among it and never be freed.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*RARELY)
        threading.Thread(target=warm_what_is_opened, name="ncm-warm", daemon=True).start()
