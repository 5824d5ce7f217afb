"""Steppers are compiled in the background, once per process."""

from __future__ import annotations

import gc
import threading
from collections import deque
from dataclasses import replace

import pytest

from ncm_app.core.catalogue import find, flows, models
from ncm_app.numerics.runs.compiled import STAGES, is_warm, stepper
from ncm_app.studies import warm
from ncm_app.studies.systems import system_of


@pytest.mark.parametrize("model", flows().values(), ids=flows())
def test_a_warm_model_serves_every_preset_compiled(model):
    warm.warm_model(model)
    for method in STAGES:
        assert is_warm(system_of(model), method, noisy=model.driven)
        for preset in model.presets:
            p = model(**model.preset_values(preset)).snapshot().p
            assert stepper(system_of(model), method, noisy=model.driven).compiled_for(p)


def test_readers_of_files_are_compiled_too(monkeypatch):
    model, called = find("spike_trains"), []
    monkeypatch.setattr(model, "reads", replace(model.reads, warm=lambda: called.append(1)))
    warm.warm_model(model)
    assert called == [1]
    assert find("spike_trains").reads.warm is not None


def test_background_work_starts_once(monkeypatch):
    calls, done = [], threading.Event()

    def record():
        calls.append(threading.current_thread())
        done.set()

    monkeypatch.setattr(warm, "_started", threading.Lock())
    monkeypatch.setattr(warm, "warm_all", record)
    warm.warm_in_background()
    warm.warm_in_background()
    assert done.wait(10)
    assert [thread.name for thread in calls] == ["ncm-warm"]
    assert calls[0] is not threading.main_thread()
    assert calls[0].daemon
    assert gc.get_threshold() == warm.RARELY
    assert gc.get_freeze_count() > 0


def test_every_model_is_warmed(monkeypatch):
    seen = []
    monkeypatch.setattr(warm, "_first", deque())
    monkeypatch.setattr(warm, "warm_model", seen.append)
    warm.warm_all()
    assert seen == list(models().values())


def test_models_that_are_looked_at_go_first(monkeypatch):
    seen = []
    first, *_, last = models().values()

    def record(model):
        seen.append(model)
        if len(seen) == 1:
            warm.prefer(last)

    monkeypatch.setattr(warm, "_first", deque())
    monkeypatch.setattr(warm, "warm_model", record)
    warm.warm_all()
    assert seen[:2] == [first, last]
    assert sorted(seen, key=str) == sorted(models().values(), key=str)
