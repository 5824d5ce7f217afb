"""The button that plays spikes: which pages have it, and what it hands to the browser."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.capabilities import is_audible
from ncm_app.core.catalogue import find, models
from ncm_app.core.model import Spiking
from ncm_app.numerics.spikes.crossings import upward_crossings
from ncm_app.pages import sound
from ncm_app.studies.plots import heard
from ncm_app.studies.simulate import simulate
from tests.support.session import served

pytestmark = pytest.mark.sweep  # a page is built for each test

AUDIBLE = [pytest.param(model, id=slug) for slug, model in models().items() if is_audible(model)]


def test_every_spiking_page_is_heard_and_no_silent_one():
    heard_pages = {param.values[0] for param in AUDIBLE}
    assert {m for m in models().values() if issubclass(m, Spiking)} <= heard_pages
    assert {find("hodgkin_huxley"), find("morris_lecar"), find("poisson_process")} <= heard_pages
    assert not {find("leaky_integrator"), find("wilson_cowan"), find("lorenz")} & heard_pages


@pytest.mark.parametrize("model", AUDIBLE)
def test_spikes_lie_within_the_duration(model):
    for preset in model.presets:
        times, duration = heard(model(**model.preset_values(preset)).snapshot())
        assert times.ndim == 1
        assert np.all(np.diff(times) >= 0)
        assert np.all((times >= 0) & (times <= duration))
        assert duration > 0


def test_the_clicks_of_figure_1_2_are_its_spikes():
    async def listen(session):
        button = session.page.toolbar.more[-1]
        button.asked += 1
        return button, simulate(session.page.bench.model.snapshot()).spikes

    button, spikes = served(find("eif"), listen)
    assert button.times == pytest.approx(spikes, abs=0.005)
    assert (button.seconds, button.answered) == (1.0, 1)
    assert button.plots == ["input", "trace"]


def test_a_silent_run_says_so_and_plays_nothing():
    async def listen(session):
        session.page.bench.choose("Fig 1.3 A")
        await session.settled()
        session.page.toolbar.more[-1].asked += 1
        return session.page.bench.messages.notice.text, session.page.toolbar.more[-1].times

    assert served(find("eif"), listen) == ("There is no spike to be heard.", [])


def test_a_long_run_is_played_in_part(monkeypatch):
    async def listen(session):
        monkeypatch.setattr(sound, "LONGEST", 0.7)
        session.page.toolbar.more[-1].asked += 1
        return session.page.bench.messages.notice.text, session.page.toolbar.more[-1]

    words, button = served(find("eif"), listen)
    assert words == "The first 0.7 seconds are played."
    assert len(button.times) == 1
    assert button.seconds == 0.7


def test_pages_without_spikes_have_no_button():
    async def look(session):
        return [css for button in session.page.toolbar.more for css in button.css_classes]

    assert "ncm-do-listen" not in served(find("leaky_integrator"), look)
    assert "ncm-do-listen" in served(find("poisson_process"), look)


def test_crossings_are_found_between_samples():
    t = np.linspace(0.0, 10.0, 1001)
    found = upward_crossings(t, np.sin(t), 0.5)
    assert found == pytest.approx([np.pi / 6, np.pi / 6 + 2 * np.pi], abs=1e-5)
    assert len(upward_crossings(t, np.sin(t), 1.5)) == 0
