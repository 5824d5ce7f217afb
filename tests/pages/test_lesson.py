"""The bar of a page that learns, without a browser: what moving a rule means where learning has stopped."""

from __future__ import annotations

import pytest

from ncm_app.core.catalogue import models
from ncm_app.core.learner import TO_THE_END
from tests.support.learners import Follower
from tests.support.session import served


@pytest.fixture(autouse=True)
def in_the_catalogue(monkeypatch):
    """Links name models of the catalogue."""
    monkeypatch.setitem(models(), Follower.slug(), Follower)


@pytest.mark.parametrize("steps", [120, TO_THE_END])
def test_rule_that_is_moved_after_a_failure_mends_it_and_undo_brings_it_back(steps):
    async def act(session):
        page, found = await session.settled(), []
        for do in (None, lambda: page.bench.on_slider("eps", 0.5), page.bench.undo):
            if do is not None:
                do()
            await session.settled()
            found.append((page.bench.lessons[0].at, page.bench.state.values["past"], page.bench.history.can_undo))
        return found

    found = served(Follower, act, f"model={Follower.slug()}&v=1&preset=Too fast&steps={steps}")
    (stopped, *_), (mended, *_), (again, *_) = found
    assert (mended.step, mended.failed) == (200, "")
    assert stopped == again
    assert stopped.failed
    assert stopped.step < 120
    assert [one[1:] for one in found] == [((), False), ((), True), ((), False)]


def test_it_says_which_rule_holds_where_one_looks_back():
    async def act(session):
        page, found = await session.settled(), []
        (lesson,) = page.bench.lessons
        for step in (100, 70, 40):
            lesson.go_to(step)
            await session.settled()
            found.append(lesson.words.text.split(" · ")[-1])
        return found

    assert served(Follower, act, f"model={Follower.slug()}&v=1&steps=100&past=60:eps=0.2;80:eps=0.3") == [
        "eps was 0.3 until 80", "eps is 0.3 until 80", "eps is 0.2 until 60"]
