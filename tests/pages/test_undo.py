"""Undo and redo on a page: every widget and plot goes where the state goes."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from ncm_app.session.links import read_link
from tests.support.session import EI, served, use


def shown(session):
    """What the controls say, put together again."""
    bench, page = session.page.bench, session.page
    return {"values": dict(bench.controls.values),
            "preset": page.toolbar.presets.value, "explore": bench.explorer.explore.value,
            "large": (page.browser.large, bench.board._large),
            "ghost": bool(np.any(np.isfinite(session.source("trace", "ghost r_e")["trace_y"]))),
            "starts": len(bench.state.choices.starts)}


def test_every_gesture_is_taken_back_and_done_again_by_the_buttons():
    async def act(session):
        page, bench = session.page, session.page.bench
        buttons = page.toolbar.buttons

        def can(verb):
            return buttons[verb].state["enabled"]

        assert not (can("undo") or can("redo"))
        gestures = [
            lambda: bench.controls.move("tau_i", 30.0), bench.freeze,
            lambda: use(page.toolbar.presets, "Sigmoid: memory"),
            lambda: use(bench.explorer.explore, "X_e"),
            lambda: bench.board._on_click("phase_plane", 8.0, 2.0), bench.clear,
            lambda: use(buttons["enlarge"])]
        seen = [shown(session)]
        for gesture in gestures:
            gesture()
            await session.settled()
            seen.append(shown(session))
            assert seen[-1] != seen[-2]
        assert not can("redo")
        for expected in seen[-2::-1]:
            use(buttons["undo"])
            await session.settled()
            assert shown(session) == expected
            assert read_link(page.query(), EI).state == bench.state
        assert not can("undo")
        for expected in seen[1:]:
            page.browser.redos += 1  # the keys
            await session.settled()
            assert shown(session) == expected
        page.browser.undos += 1
        await session.settled()
        assert shown(session) == seen[-2]

    served(EI, act)


def test_axes_go_back_with_the_preset_that_moved_them_and_stay_with_a_slider():
    async def act(session):
        bench = session.page.bench
        before = bench.board.limits("trace")
        bench.controls.move("t_end", 500.0)
        await session.settled()
        bench.choose("Sigmoid: memory")
        await session.settled()
        assert bench.board.limits("trace")[0] == (0.0, 600.0)
        bench.undo()
        await session.settled()
        assert bench.board.limits("trace")[0] == (0.0, 500.0)
        bench.undo()
        await session.settled()
        assert bench.board.limits("trace")[0] == before[0]

    served(EI, act)


def test_the_browser_walks_through_the_same_steps_and_other_addresses_are_read():
    async def act(session):
        page, bench = session.page, session.page.bench
        bench.controls.move("tau_i", 30.0)
        bench.controls.move("X_e", 20.0)
        await session.settled()
        page._write_address()
        assert (page.browser.entry, page.browser.query) == (2, page.query())
        page.browser.param.update(popped_entry=0, popped="model=ei_rate_network&tau_i=99", pops=1)
        await session.settled()
        assert bench.model.tau_i == EI.preset_values(EI.first_preset())["tau_i"]  # the history knows it
        page.browser.param.update(popped_entry=2, pops=2)
        await session.settled()
        assert (bench.model.tau_i, bench.model.X_e) == (30.0, 20.0)
        page.browser.param.update(popped_entry=-1, popped="model=ei_rate_network&tau_i=33&X_e=no", pops=3)
        await session.settled()
        assert bench.model.tau_i == 33.0
        assert "X_e" in page.bench.messages.notice.text
        bench.undo()
        await session.settled()
        assert (bench.model.tau_i, bench.model.X_e) == (30.0, 20.0)

    served(EI, act)


@pytest.mark.parametrize("value", [-7, 1.5, "3", None, True])
def test_a_browser_cannot_name_what_is_no_step(value, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("ncm_app.pages.part"), "filters", [])  # others may have used them up

    async def act(session):
        page = session.page
        page.browser._process_property_change({"popped_entry": value})
        return page.browser._taken["popped_entry"](page.browser, value)

    assert not served(EI, act)
    assert "popped_entry" in caplog.text


def test_a_value_that_cannot_be_is_told_and_the_slider_goes_back():
    async def act(session):
        bench = session.page.bench
        before = bench.state
        bench.controls.move("tau_i", -4.0)
        await session.settled()
        assert bench.state == before and not bench.history.can_undo
        assert bench.controls.values["tau_i"] == before.values["tau_i"]
        assert "τᵢ" in bench.messages.notice.text

    served(EI, act)
