"""Compile what open pages need in the background, so that no page waits for a compiler."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable

from ncm_app.core import catalogue
from ncm_app.core.capabilities import is_flow, is_learner
from ncm_app.core.model import Model
from ncm_app.machine_code.steps import between_steps
from ncm_app.numerics.compiled_flow import warm_flow
from ncm_app.numerics.runs.compiled import STAGES, warm
from ncm_app.studies import jobs
from ncm_app.studies.plots import drawn_columns, run_or_perform
from ncm_app.studies.systems import system_of

log = logging.getLogger(__name__)
_started, _runs = threading.Lock(), threading.Event()


def warm_model(model: type[Model], pause: Callable[[], object] = lambda: None) -> None:
    """Compile a model's steppers, or load them from disk; `pause` is called before each piece."""
    snapshot = model(**model.preset_values(model.first_preset())).snapshot()
    if not is_flow(model):
        run_or_perform(snapshot)  # the kernels of an experiment compile when they first run
        for preset in model.presets if is_learner(model) else ():  # another rule may have another kernel
            pause()
            run_or_perform(model(**model.preset_values(preset) | {"steps": model.stride}).snapshot())
        if model.reads is not None and model.reads.warm is not None:
            model.reads.warm()
        return
    p = snapshot.p
    for method in sorted(STAGES, key="Heun".__eq__):  # last: frames need the others
        pause()
        warm(system_of(model), method, p, noisy=model.driven)
        if model.delay:
            pause()
            warm(system_of(model), method, p, noisy=model.driven, delayed=True)
    if model.driven:
        pause()
        warm(system_of(model), "RK4", p)  # without what drives it, it is followed until it rests
    pause()
    warm_flow(system_of(model), p)
    for index in range(len(model.plots)):
        pause()
        drawn_columns(snapshot, index)  # so do those of a model's own plots


RARELY = (20_000, 20, 20)
"""Thresholds of the collector: with Python's own it walks through the open sessions ninety times
while a page is built, which takes a fifth of that time. Panel collects when a session ends."""


def warm_all() -> None:
    """Compile every model of the catalogue, as for an image that is to start warm."""
    for model in catalogue.models().values():
        warm_model(model)


class Waiting:
    """What is still to be compiled: models whose pages were opened, the newest first.

    Nobody waits for the rest of the catalogue: each model costs some seconds of one core when it is first compiled.
    """

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._opened: list[type[Model]] = []
        self._known: set[type[Model]] = set()
        self._compiled: set[type[Model]] = set()

    def prefer(self, model: type[Model]) -> None:
        """Compile this model next: somebody looks at it."""
        with self._change:
            if model not in self._known:
                self._opened.append(model)
            self._change.notify()

    def next(self, seconds: float | None = None) -> type[Model] | None:
        """Wait for a model, no longer than so many seconds, and take it; each is given once."""
        with self._change:
            while True:
                while self._opened:
                    chosen = self._opened.pop()
                    if chosen not in self._known:
                        self._known.add(chosen)
                        return chosen
                if not self._change.wait(seconds):
                    return None

    def done(self, model: type[Model]) -> None:
        """Say that a model is compiled, or cannot be."""
        self._compiled.add(model)

    def holds(self, model: type[Model]) -> bool:
        """Tell whether a model is still to be compiled: it was opened and is not done."""
        with self._change:
            return model not in self._compiled and (model in self._known or model in self._opened)


WAITING = Waiting()
PATIENCE = 0.1
"""Seconds for which compiling waits for a frame at most: one that takes longer may wait for the compiler itself."""


class Turns(threading.local):
    """How the thread that compiles for pages takes turns with frames; in other threads nothing waits."""

    active, patient, began, paused = False, True, 0.0, 0.0

    def begin(self, active: bool) -> None:
        """Take turns from now on, or no more."""
        self.active, self.patient, self.began, self.paused = active, True, time.monotonic(), 0.0

    def give_way(self) -> None:
        """Let a frame go first, as long as the share of the background allows; it is computed from the plain text."""
        if not self.active:
            return
        now = time.monotonic()
        if not jobs.TRAFFIC.busy:
            self.patient = True
        elif self.patient and self.paused < (1.0 - jobs.SHARE) * (now - self.began):
            jobs.TRAFFIC.wait(PATIENCE)
            self.paused += time.monotonic() - now
            self.patient = not jobs.TRAFFIC.busy


TURNS = Turns()


def warm_what_is_opened() -> None:
    """Compile the models of opened pages, as long as the process runs; give way to frames at each step of that."""
    end = between_steps(TURNS.give_way)
    try:
        while True:
            if (model := WAITING.next()) is not None:
                compile_now(model)
    finally:
        end()


def compile_now(model: type[Model]) -> None:
    """Compile one model in this thread, step by step as frames allow; what goes wrong is logged."""
    TURNS.begin(True)
    try:
        warm_model(model, TURNS.give_way)
    except Exception:
        log.exception("%s is served from the plain text", model.slug())
    finally:
        TURNS.begin(False)
        WAITING.done(model)


def prefer(model: type[Model]) -> None:
    """Compile this model next: somebody looks at it."""
    WAITING.prefer(model)


def is_compiling(model: type[Model]) -> bool:
    """Tell whether a thread of this process compiles a model, or will: what takes long had better wait for it."""
    return _runs.is_set() and WAITING.holds(model)


def prefer_compared(slug: str) -> None:
    """Compile the model of a slug next, with which a page compares its own; "" stands for none."""
    if slug:
        WAITING.prefer(catalogue.find(slug))


def warm_waiting() -> None:
    """Compile now what waits for it, as where no thread does."""
    while (model := WAITING.next(0.0)) is not None:
        warm_model(model)
        WAITING.done(model)


def warm_in_background() -> None:
    """Start compiling once per process; pages are served meanwhile from the plain text."""
    if _started.acquire(blocking=False):
        # What is loaded by now lives as long as the server: the collector need not walk
        # through it again and again, which shows as pauses of a tenth of a second. Later,
        # open sessions would be among it and never be freed.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*RARELY)
        _runs.set()
        threading.Thread(target=warm_what_is_opened, name="ncm-warm", daemon=True).start()
