"""One bounded memory for all sessions: every question is computed once."""

from __future__ import annotations

import threading
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.core.catalogue import models
from ncm_app.numerics.results import Trajectory
from ncm_app.numerics.system import SILENT, Cancelled, Progress
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies import memo
from ncm_app.studies.memo import Memory, remembered, size_of


class Switch(Progress):
    """Cancels what reports to it once it is thrown."""

    def __init__(self):
        self.thrown = False

    def report(self, fraction, partial=None):
        if self.thrown:
            raise Cancelled


def filled(memory, keys, size=1000):
    for key in keys:
        memory.ask(key, lambda running: np.zeros(size, dtype=np.uint8), SILENT)


def is_known(memory, key):
    computed = []
    memory.ask(key, lambda running: computed.append(1), SILENT)
    return not computed


def test_answer_is_computed_once_and_is_the_same_object():
    memory, made = Memory(10_000), []
    first = memory.ask("q", lambda running: made.append(1) or object(), SILENT)
    assert memory.ask("q", lambda running: made.append(1) or object(), SILENT) is first
    assert made == [1]


def test_least_recently_asked_answer_goes_first():
    memory = Memory(3 * 1100)
    filled(memory, "abc")
    filled(memory, "a")
    filled(memory, "d")
    assert len(memory) == 3
    assert is_known(memory, "a")
    assert is_known(memory, "c")
    assert is_known(memory, "d")
    assert not is_known(memory, "b")


@settings(max_examples=50)
@given(sizes=st.lists(st.integers(0, 5000), min_size=1, max_size=40), limit=st.integers(100, 8000))
def test_bytes_stay_within_the_limit(sizes, limit):
    memory = Memory(limit)
    for key, size in enumerate(sizes):
        memory.ask(key, lambda running, size=size: np.zeros(size, dtype=np.uint8), SILENT)
        assert memory.bytes <= limit or len(memory) == 1
        assert memory.bytes >= 100 * len(memory)


def test_an_answer_beyond_the_limit_is_kept_alone():
    memory = Memory(500)
    filled(memory, "ab", size=9000)
    assert len(memory) == 1
    assert is_known(memory, "b")


def test_forgetting_frees_all_bytes():
    memory = Memory(10_000)
    filled(memory, "ab")
    memory.forget()
    assert (len(memory), memory.bytes) == (0, 0)


def test_size_counts_the_arrays_inside_results():
    run = Trajectory(np.zeros(1000), np.zeros((2, 1000)), np.zeros(0))
    assert 24_000 <= size_of(run) < 26_000
    assert 48_000 <= size_of([run, (run,)]) < 52_000
    assert 8_000 <= size_of({"one": np.zeros(1000)}) < 8_400


def in_threads(*tasks):
    """Run tasks at once; return what each returned or raised."""
    outcomes = [None] * len(tasks)

    def run(i, task):
        try:
            outcomes[i] = task()
        except Exception as error:
            outcomes[i] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    return outcomes


def test_two_threads_share_one_computation():
    memory, begun, waiting, made = Memory(10_000), threading.Event(), threading.Event(), []

    class Waiting(Progress):
        def report(self, fraction, partial=None):
            waiting.set()

    def compute(running):
        made.append(1)
        begun.set()
        assert waiting.wait(10)
        return object()

    def second():
        assert begun.wait(10)
        return memory.ask("q", compute, Waiting())

    first, other = in_threads(lambda: memory.ask("q", compute, SILENT), second)
    assert first is other
    assert made == [1]


def test_cancelled_owner_hands_over():
    memory, begun, switch = Memory(10_000), threading.Event(), Switch()

    class Waiting(Progress):
        def report(self, fraction, partial=None):
            switch.thrown = True

    def cancelled(running):
        begun.set()
        for _ in range(2000):
            switch.report(0.5)
            threading.Event().wait(0.005)

    def second():
        assert begun.wait(10)
        return memory.ask("q", lambda running: "taken over", Waiting())

    first, other = in_threads(lambda: memory.ask("q", cancelled, switch), second)
    assert isinstance(first, Cancelled)
    assert other == "taken over"
    assert memory.ask("q", lambda running: "computed anew", SILENT) == "taken over"


def test_cancelled_waiter_leaves_the_owner_alone():
    memory, begun, left = Memory(10_000), threading.Event(), threading.Event()
    switch = Switch()
    switch.thrown = True

    def compute(running):
        begun.set()
        assert left.wait(10)
        return "done"

    def second():
        assert begun.wait(10)
        try:
            return memory.ask("q", compute, switch)
        finally:
            left.set()

    first, other = in_threads(lambda: memory.ask("q", compute, SILENT), second)
    assert first == "done"
    assert isinstance(other, Cancelled)


def test_exceptions_are_not_remembered():
    memory = Memory(10_000)

    def fail(running):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        memory.ask("q", fail, SILENT)
    assert memory.ask("q", lambda running: "well", SILENT) == "well"


def test_progress_is_not_part_of_the_question(monkeypatch):
    monkeypatch.setattr(memo, "MEMORY", Memory(10_000))
    made = []

    @remembered
    def study(x, *, progress=SILENT):
        made.append((x, progress))
        return x

    switch = Switch()
    assert [study(1, progress=switch), study(1), study(2)] == [1, 1, 2]
    assert [(x, running.whole) for x, running in made] == [(1, switch), (2, SILENT)]


def test_known_answers_are_given_without_computing_and_stay_longest(monkeypatch):
    monkeypatch.setattr(memo, "MEMORY", memory := Memory(3 * 1100))
    made = []

    @remembered
    def study(x, *, progress=SILENT):
        """Count."""
        made.append(x)
        return np.full(1000, x, dtype=np.uint8)

    assert (study.__name__, study.__doc__, study.known(1)) == ("study", "Count.", None)
    for x in (1, 2, 3):
        study(x)
    assert study.known(1)[0] == 1
    study(4)
    assert (len(memory), made) == (3, [1, 2, 3, 4])
    assert [study.known(x) is not None for x in (1, 2, 3, 4)] == [True, False, True, True]


def test_what_comes_from_a_users_file_is_computed_each_time_and_kept_nowhere(monkeypatch):
    monkeypatch.setattr(memo, "MEMORY", memory := Memory(10_000))
    made = []

    @remembered
    def study(snapshot, *, progress=SILENT):
        made.append(snapshot)
        return f"answer {len(made)}"

    own = models()["spike_trains"]().snapshot()
    opened = replace(own, opened="a recording")
    assert [study(opened), study(opened), study.known(opened), len(memory)] == ["answer 1", "answer 2", None, 0]
    assert [study(own), study(own), study.known(own), len(memory)] == ["answer 3", "answer 3", "answer 3", 1]


def test_the_bound_is_the_one_that_is_documented():
    text = (Path(__file__).parents[2] / "docs" / "serving.md").read_text(encoding="utf-8")
    assert f"remembered in at most {memo.MEMORY.limit / 2**20:g} MB" in " ".join(text.split())


def arrays_in(result):
    if isinstance(result, np.ndarray):
        yield result
    elif isinstance(result, dict):
        for value in result.values():
            yield from arrays_in(value)
    elif isinstance(result, tuple | list):
        for item in result:
            yield from arrays_in(item)
    elif is_dataclass(result):
        for field in fields(result):
            yield from arrays_in(getattr(result, field.name))


@pytest.mark.parametrize("model", models().values(), ids=models())
def test_everything_remembered_is_read_only(model, monkeypatch):
    fresh = Memory(2**28)
    monkeypatch.setattr(memo, "MEMORY", fresh)
    snapshot = model(**model.preset_values(model.first_preset())).snapshot()
    for card, _ in rules_for(model):
        card.study(snapshot, ViewChoices(explore=model.explore), SILENT)
    checked = 0
    for key, (result, _) in fresh._done.items():
        for array in arrays_in(result):
            checked += 1
            assert not array.flags.writeable, key
    assert checked > (10 if model.explore else 0)
