"""The path from held keys and drags to the last picture, late answers included, with nothing in the server's log.

These run on every stack that is tried: what a new Panel or Bokeh changes about threads and locks shows here first.
"""

from __future__ import annotations

import logging

import numpy as np
import pytest

from ncm_app.core.catalogue import find
from ncm_app.studies.cycles import known_doubt
from tests.support.tabs import tab_in

HELD = {"ei_rate_network": "tau_i", "eif": "I_0", "hodgkin_huxley": "I_app", "poisson_process": "seed", "kuramoto": "K",
        "conductance_synapses": "r_e", "lorenz": "r", "linear_system": "a"}
"""One page of each kind, and the slider whose arrow key is held on it."""


class Log(logging.Handler):
    """What was logged as an error, in any thread."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.told = []

    def emit(self, record):
        message = record.getMessage()
        # A tab that is closed while its websocket opens or writes: Bokeh and Tornado log their own surprise.
        if not message.startswith(("Uncaught exception GET /app/ws", "Task exception was never retrieved")):
            self.told.append(message)


@pytest.fixture
def log():
    """Fail when the server logs an error."""
    kept, loggers = Log(), [logging.getLogger(name) for name in ("", "bokeh", "panel", "tornado", "ncm_app", "asyncio")]
    for logger in loggers:
        logger.addHandler(kept)
    yield kept
    for logger in loggers:
        logger.removeHandler(kept)
    assert kept.told == []


def hold(page, key, times):
    """Hold a key down: the browser repeats it as fast as it can."""
    for _ in range(times):
        page.keyboard.down(key)
    page.keyboard.up(key)


@pytest.mark.parametrize("slug", HELD)
def test_a_held_key_ends_on_the_picture_of_its_last_value(browser, patient_server, log, slug):
    model, name = find(slug), HELD[slug]
    first = model.preset_values(model.first_preset())
    with tab_in(browser, patient_server) as tab:
        tab.open(f"model={slug}")
        tab.wait_for(model, **first)
        slider = tab.slider(name)
        before, step, end = tab.value(name), *(float(slider.get_attribute(what)) for what in ("step", "max"))
        key, way = ("ArrowRight", 1) if before + 20 * step <= end else ("ArrowLeft", -1)
        slider.focus()
        hold(tab.page, key, 40)
        expected = max(float(slider.get_attribute("min")), min(end, before + way * 40 * step))
        assert tab.value(name) == pytest.approx(expected)  # no step is lost to an echo
        tab.wait_for(model, **{**first, name: tab.value(name)})
        tab.until(lambda: f"{name}={tab.field(name).input_value()}" in tab.page.url, "the address")
        assert tab.value(name) == pytest.approx(expected)
        # Nothing but what the search for cycles itself is in doubt of.
        doubt = known_doubt(model(**first).snapshot(), model.explore) if model.explore else ""
        assert tab.text("notice") in ("", doubt)


def test_a_drag_ends_on_the_picture_of_its_last_value(tab, log):
    box = tab.standing(tab.slider("tau_i"))
    places = [box["x"] + box["width"] * share for share in (0.2, 0.25, 0.3, 0.4, 0.35, 0.3)]
    tab.page.mouse.move(places[0], box["y"] + box["height"] / 2)
    tab.page.mouse.down()
    for x in places[1:]:
        tab.page.mouse.move(x, box["y"] + box["height"] / 2, steps=15)
    tab.page.mouse.up()
    assert tab.value("tau_i") > 20.0
    model = find("ei_rate_network")
    tab.wait_for(model, **{**model.preset_values("Fig 3.4 A,B"), "tau_i": tab.value("tau_i")})


@pytest.mark.parametrize("slug", ["ei_rate_network", "morris_lecar", "fitzhugh_nagumo"])
def test_late_answers_come(browser, patient_server, log, slug):
    with tab_in(browser, patient_server) as tab:
        tab.open(f"model={slug}")
        tab.until(lambda: tab.text("regime") and "not yet followed" not in tab.text("regime"), "the sentence", 90.0)
        tab.until(lambda: np.isfinite(tab.columns("diagram", "stable cycle")[0]).any(), "the cycles", 90.0)
        tab.until(lambda: np.isfinite(tab.columns("frequency", "stable")[0]).any(), "their frequency", 90.0)


def test_a_closed_tab_ends_its_work_in_silence(browser, patient_server, log):
    with tab_in(browser, patient_server) as tab:
        tab.open("model=hodgkin_huxley")
        tab.slider("I_app").focus()
        hold(tab.page, "ArrowRight", 30)
    with tab_in(browser, patient_server) as tab:  # the server goes on
        tab.open("model=lif")
        tab.until(lambda: tab.text("regime"), "the next page")
