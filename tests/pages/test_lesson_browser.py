"""A page that learns: go on and pause, a rule from the next step on, back in time, a link to all of it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from ncm_app.core.catalogue import models
from tests.support.learners import Follower
from tests.support.tabs import Tab


@pytest.fixture
def lesson(page, server):
    """A page of a learner that is in the catalogue for the time of a test."""
    models()[Follower.slug()] = Follower
    yield Tab(page, server).open(f"model={Follower.slug()}&preset=Slow")
    del models()[Follower.slug()]


def words(tab):
    return tab.page.locator(".ncm-lesson").inner_text()


def step(tab):
    return int(words(tab).split()[0])


def drawn(tab):
    return np.array(tab.columns("weight", "w")[1])


def exact(tab):
    values = Follower.preset_values("Slow") | {"steps": step(tab)}
    link = dict(re.findall(r"(\w+)=([^&]*)", tab.page.url.replace("%3D", "=")))
    changes = {name: link[name] for name in ("eps", "past") if name in link}
    return Follower(**values | {name: Follower.control(name).clean(text) for name, text in changes.items()})


def weights(tab):
    from ncm_app.numerics.system import SILENT
    return Follower.perform(exact(tab).snapshot().p, SILENT).weights


def test_it_learns_pauses_is_taught_otherwise_and_goes_on(lesson):
    tab = lesson
    tab.until(lambda: words(tab).startswith("200 of 200 updates · the run is over"))
    tab.press("learn")
    tab.until(lambda: 0 < step(tab) < 150)
    tab.press("learn")
    tab.until(lambda: tab.page.locator(".ncm-do-learn").inner_text() == "Learn")
    tab.page.wait_for_timeout(500)
    paused = step(tab)
    tab.page.wait_for_timeout(600)
    assert step(tab) == paused < 200
    assert len(drawn(tab)) == paused + 1
    tab.type("eps", 0.5)
    tab.until(lambda: f"eps was 0.1 until {paused}" in words(tab))
    tab.press("step")
    tab.until(lambda: step(tab) == paused + 1)
    tab.until(lambda: f"past={paused}:eps%3D0.1" in tab.page.url and f"steps={paused + 1}" in tab.page.url)
    np.testing.assert_allclose(drawn(tab), weights(tab), rtol=1e-6)
    before = drawn(tab)
    tab.page.reload()
    tab.until(lambda: step(tab) == paused + 1)
    tab.until(lambda: np.array_equal(drawn(tab), before))
    tab.press("learn")
    tab.until(lambda: step(tab) == 200)
    np.testing.assert_allclose(drawn(tab), weights(tab), rtol=1e-6)
    np.testing.assert_array_equal(drawn(tab)[:paused + 2], before)


def test_slider_of_steps_looks_back_and_start_anew_forgets(lesson):
    tab = lesson
    tab.until(lambda: step(tab) == 200)
    slider = tab.page.locator(".ncm-reached input")
    slider.focus()
    for _ in range(4):
        tab.page.keyboard.press("PageDown")
    tab.until(lambda: step(tab) < 180)
    tab.until(lambda: len(drawn(tab)) == step(tab) + 1)
    tab.type("eps", 0.3)
    tab.until(lambda: "eps was 0.1" in words(tab))
    tab.press("anew")
    tab.until(lambda: step(tab) == 0)
    assert "was" not in words(tab)
    tab.press("undo")
    tab.until(lambda: step(tab) > 0 and "eps was 0.1" in words(tab))


def test_what_diverges_is_told_and_stops(lesson):
    tab = lesson
    tab.choose("preset", "Too fast")
    tab.until(lambda: tab.said()[0].endswith("= 2.5 is above 2."))
    assert "stopped" in words(tab)
    assert step(tab) < 200
    assert tab.page.locator(".ncm-do-step button").is_disabled()
