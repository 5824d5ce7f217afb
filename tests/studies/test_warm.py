"""Steppers are compiled in the background, once per process."""

from __future__ import annotations

import gc
import threading
from dataclasses import replace

import pytest

from ncm_app.core.catalogue import find, flows, models
from ncm_app.numerics.runs.compiled import STAGES, is_warm, stepper
from ncm_app.studies import jobs, warm
from ncm_app.studies.systems import system_of
from tests.support.learners import Follower


@pytest.mark.parametrize("model", flows().values(), ids=flows())
def test_a_warm_model_serves_every_preset_compiled(model):
    warm.warm_model(model)
    for method in STAGES:
        assert is_warm(system_of(model), method, noisy=model.driven)
        for preset in model.presets:
            p = model(**model.preset_values(preset)).snapshot().p
            assert stepper(system_of(model), method, noisy=model.driven).compiled_for(p)


@pytest.mark.parametrize("slug", ["synapses", "conductance_synapses"])
def test_a_driven_cell_is_followed_to_rest_by_compiled_steps(slug):
    model = find(slug)
    warm.warm_model(model)
    assert stepper(system_of(model), "RK4").compiled_for(model().snapshot().steady.p)


def test_learner_runs_a_step_under_each_preset_as_another_rule_may_have_another_kernel(monkeypatch):
    asked = []
    monkeypatch.setattr(warm, "run_or_perform", lambda snapshot: asked.append(snapshot.values_by_name))
    warm.warm_model(Follower)
    assert [(values["eps"], values["steps"]) for values in asked[1:]] == [(0.1, 1), (2.5, 1)]


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
    monkeypatch.setattr(warm, "warm_what_is_opened", record)
    warm.warm_in_background()
    warm.warm_in_background()
    assert done.wait(10)
    assert [thread.name for thread in calls] == ["ncm-warm"]
    assert calls[0] is not threading.main_thread()
    assert calls[0].daemon
    assert gc.get_threshold() == warm.RARELY
    assert gc.get_freeze_count() > 0


def test_an_image_is_made_with_every_model_compiled(monkeypatch):
    seen = []
    monkeypatch.setattr(warm, "warm_model", seen.append)
    warm.warm_all()
    assert seen == list(models().values())


def test_what_is_opened_last_goes_first_and_nothing_else_or_twice():
    waiting, every = warm.Waiting(), list(models().values())
    assert waiting.next(0.0) is None
    waiting.prefer(every[0])
    waiting.prefer(every[10])
    waiting.prefer(every[0])
    assert [waiting.next(0.0) for _ in range(3)] == [every[0], every[10], None]
    waiting.prefer(every[10])
    waiting.prefer(every[20])
    assert [waiting.next(0.0) for _ in range(2)] == [every[20], None]


def test_a_model_that_is_compared_is_compiled_without_its_neighbours(monkeypatch):
    waiting, seen = warm.Waiting(), []
    monkeypatch.setattr(warm, "WAITING", waiting)
    monkeypatch.setattr(warm, "warm_model", seen.append)
    warm.prefer_compared("")
    warm.prefer_compared("eif")
    warm.warm_waiting()
    assert seen == [find("eif")]


def test_a_page_that_is_opened_wakes_the_thread_that_waits(monkeypatch):
    waiting, seen, done = warm.Waiting(), [], threading.Event()

    class Ended(BaseException):
        pass

    def record(model, pause):
        pause()
        seen.append(model)
        if len(seen) == 2:
            raise Ended

    def work():
        with pytest.raises(Ended):
            warm.warm_what_is_opened()
        done.set()

    monkeypatch.setattr(warm, "WAITING", waiting)
    monkeypatch.setattr(warm, "warm_model", record)
    threading.Thread(target=work, daemon=True).start()
    first, second, *_ = models().values()
    warm.prefer(first)
    warm.prefer(second)
    assert done.wait(20)
    assert set(seen) == {first, second}


def test_long_work_waits_for_what_is_compiled_and_for_nothing_else(monkeypatch):
    waiting, (first, second, *_) = warm.Waiting(), models().values()
    monkeypatch.setattr(warm, "WAITING", waiting)
    monkeypatch.setattr(warm, "_runs", threading.Event())
    warm.prefer(first)
    assert not warm.is_compiling(first)  # no thread does it
    warm._runs.set()
    assert warm.is_compiling(first) and not warm.is_compiling(second)
    assert waiting.next(0.0) is first and warm.is_compiling(first)
    waiting.done(first)
    warm.prefer(first)
    assert not warm.is_compiling(first)


def test_a_model_that_cannot_be_warmed_holds_up_no_other(monkeypatch, caplog):
    waiting, (first, second, *_) = warm.Waiting(), models().values()
    monkeypatch.setattr(warm, "WAITING", waiting)
    seen, over = [], threading.Event()

    def broken(model, pause):
        seen.append(model)
        over.set() if len(seen) == 2 else None
        raise ZeroDivisionError

    monkeypatch.setattr(warm, "warm_model", broken)
    warm.prefer(first)
    warm.prefer(second)
    threading.Thread(target=warm.warm_what_is_opened, daemon=True).start()
    assert over.wait(20)
    assert seen == [second, first] and f"{second.slug()} is served from the plain text" in caplog.text


class Frames:
    """Frames that are computed while a piece is compiled, how long each was waited for, and a clock that this moves."""

    def __init__(self, monkeypatch, lengths):
        self.left, self.waits, self.now = list(lengths), [], 100.0
        monkeypatch.setattr(jobs, "TRAFFIC", self)
        monkeypatch.setattr(warm, "time", self)

    busy = property(lambda self: bool(self.left) and self.left[0] > 0.0)

    def monotonic(self):
        return self.now

    def wait(self, seconds):
        took = min(seconds, self.left[0])
        self.left[0], self.now = self.left[0] - took, self.now + took
        self.waits.append(took)


def test_compiling_waits_for_frames_but_not_for_one_that_may_wait_for_it(monkeypatch):
    frames, turns = Frames(monkeypatch, [0.04, 0.5, 0.04]), warm.Turns()
    turns.give_way()
    assert frames.waits == []  # this thread does not compile for pages
    turns.begin(True)
    turns.give_way()
    assert frames.waits == []  # it has done nothing yet
    frames.now += 1.0
    turns.give_way()
    assert frames.waits == pytest.approx([0.04])
    turns.give_way()
    frames.left.pop(0)
    for _ in range(5):
        turns.give_way()
    assert frames.waits == pytest.approx([0.04, warm.PATIENCE])
    frames.left.pop(0)
    held, frames.left = frames.left, []
    turns.give_way()
    frames.left = held
    turns.give_way()
    assert frames.waits == pytest.approx([0.04, warm.PATIENCE, 0.04])
    frames.left = [0.09]
    frames.now = turns.began + turns.paused / (1.0 - jobs.SHARE)  # its share is due
    turns.give_way()
    assert len(frames.waits) == 3
    turns.begin(False)
    frames.now += 9.0
    turns.give_way()
    assert len(frames.waits) == 3


def test_the_thread_of_pages_takes_turns_at_the_steps_of_the_compiler(monkeypatch):
    asked = []
    monkeypatch.setattr(warm, "WAITING", warm.Waiting())
    monkeypatch.setattr(warm, "warm_model", lambda model, pause: asked.append((warm.TURNS.active, pause)))
    warm.compile_now(next(iter(models().values())))
    assert asked == [(True, warm.TURNS.give_way)] and not warm.TURNS.active


def test_compiling_gives_way_before_each_piece():
    flow = 1 + len(STAGES)
    for slug, pieces in (("ei_rate_network", flow), ("eif_poisson", flow + 6), ("spike_trains", 0)):
        pauses = []
        warm.warm_model(find(slug), lambda pauses=pauses: pauses.append(1))
        assert len(pauses) == pieces
