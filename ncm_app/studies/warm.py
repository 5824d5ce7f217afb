"""Compile every model's steppers in the background, so that no page waits for a compiler."""

from __future__ import annotations

import gc
import threading
from collections import deque

from ncm_app.core import catalogue
from ncm_app.core.model import Flow, Model
from ncm_app.numerics.compiled_flow import warm_flow
from ncm_app.numerics.runs.compiled import STAGES, warm
from ncm_app.studies.plots import drawn_columns, run_or_perform
from ncm_app.studies.systems import system_of

_started = threading.Lock()
_first: deque[type[Model]] = deque(maxlen=8)
"""Models whose pages were opened lately: they go before the others."""


def warm_model(model: type[Model]) -> None:
    """Compile a model's steppers, or load them from disk."""
    snapshot = model(**model.preset_values(model.first_preset())).snapshot()
    if not issubclass(model, Flow):
        run_or_perform(snapshot)  # the kernels of an experiment compile when they first run
        if model.reads is not None and model.reads.warm is not None:
            model.reads.warm()
        return
    p = snapshot.p
    for method in STAGES:
        warm(system_of(model), method, p, noisy=model.driven)
    warm_flow(system_of(model), p)
    for index in range(len(model.plots)):
        drawn_columns(snapshot, index)  # so do those of a model's own plots


RARELY = (20_000, 20, 20)
"""Thresholds of the collector: with Python's own it walks through the open sessions ninety times
while a page is built, which takes a fifth of that time. Panel collects when a session ends."""


def warm_all() -> None:
    """Compile every model of the catalogue, those whose pages are open first."""
    left = list(catalogue.models().values())
    while left:
        model = next((found for found in _first if found in left), left[0])
        left.remove(model)
        warm_model(model)


def prefer(model: type[Model]) -> None:
    """Compile this model next: somebody looks at it."""
    _first.append(model)


def warm_in_background() -> None:
    """Start compiling once per process; pages are served meanwhile from the plain text."""
    if _started.acquire(blocking=False):
        # What is loaded by now lives as long as the server: the collector need not walk
        # through it again and again, which shows as pauses of a tenth of a second. Later,
        # open sessions would be among it and never be freed.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*RARELY)
        threading.Thread(target=warm_all, name="ncm-warm", daemon=True).start()
