"""Spikes as rows: a click adds or removes one, text is read or complained of, and links hold them."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import find
from ncm_app.core.times import MOST_TIMES
from ncm_app.session.plot_rules import rules_for
from tests.support.session import served

pytestmark = pytest.mark.sweep  # a page is built for each test

SYNAPSES, CONDUCTANCES = find("synapses"), find("conductance_synapses")
both = pytest.mark.parametrize("model", [SYNAPSES, CONDUCTANCES], ids=["synapses", "conductance_synapses"])
EXCITATORY, INHIBITORY = 1.0, 0.0


def clicked(model, *places, query=""):
    """Click at (row, time) places; return the spikes, the drawn ticks, the fields and the link."""
    async def act(session):
        page = await session.settled()
        for row, time in places:
            page.bench.board._on_click("spikes", time, row)
            await session.settled()
        ticks = {name: session.source("spikes", name)["spikes_x"] for name in ("excitatory", "inhibitory")}
        fields = {name: page.bench.controls.values[name] for name in ("s_e", "s_i")}
        return page.bench.model.s_e, page.bench.model.s_i, ticks, fields, page.query()

    return served(model, act, query)


def drawn_times(ticks):
    return sorted({round(float(x), 3) for x in ticks if np.isfinite(x)})


@both
def test_a_click_on_a_row_adds_a_spike_there(model):
    s_e, s_i, ticks, fields, link = clicked(model, (EXCITATORY + 0.3, 150.04), (INHIBITORY - 0.4, 249.96))
    assert s_e == (20.0, 150.0, 200.0, 210.0)
    assert s_i == (100.0, 250.0)
    assert drawn_times(ticks["excitatory"]) == list(s_e)
    assert drawn_times(ticks["inhibitory"]) == list(s_i)
    assert fields == {"s_e": "20, 150, 200, 210", "s_i": "100, 250"}
    assert "s_e=20,+150,+200,+210" in link and "s_i=100,+250" in link
    assert clicked(model, query=link)[:2] == (s_e, s_i)


@both
def test_a_click_on_a_spike_removes_it_and_its_effect(model):
    s_e, s_i, ticks, _, link = clicked(model, (EXCITATORY, 201.0), (EXCITATORY, 22.0), (EXCITATORY, 208.0),
                                       (INHIBITORY, 100.0))
    assert (s_e, s_i) == ((), ())
    assert drawn_times(ticks["excitatory"]) == drawn_times(ticks["inhibitory"]) == []
    assert clicked(model, query=link)[:2] == ((), ())


@pytest.mark.parametrize(("time", "expected"), [(202.9, (20.0, 210.0)), (206.0, (20.0, 200.0, 206.0, 210.0)),
                                                (207.5, (20.0, 200.0))])
def test_of_two_spikes_the_nearer_goes(time, expected):
    """A click means a spike that lies within a hundredth of the axis, 3 ms."""
    assert clicked(SYNAPSES, (EXCITATORY, time))[0] == expected


def test_a_click_takes_away_all_spikes_of_one_tick():
    query = "model=synapses&v=1&s_e=20,20,20,40"
    assert clicked(SYNAPSES, (EXCITATORY, 20.0), query=query)[0] == (40.0,)


def test_clicks_beside_the_axis_and_into_a_full_row_do_nothing():
    assert clicked(SYNAPSES, (EXCITATORY, -5.0), (INHIBITORY, 1001.0))[:2] == ((20.0, 200.0, 210.0), (100.0,))
    full = ",".join(str(10 * k) for k in range(MOST_TIMES))
    assert len(clicked(SYNAPSES, (EXCITATORY, 5.0), query=f"model=synapses&v=1&s_e={full}")[0]) == MOST_TIMES


@pytest.mark.parametrize(("text", "expected", "told"), [
    ("30; 20", (20.0, 30.0), ""), ("20, 20, 20", (20.0, 20.0, 20.0), ""), ("", (), ""),
    ("20, soon", (20.0, 200.0, 210.0), "time 2 of sₑ must be a number, not 'soon'"),
    ("20, 5000", (20.0, 200.0, 210.0), "between 0 and 1000"),
    ("1 " * 5 + " ".join(map(str, range(61))), (20.0, 200.0, 210.0), "60 times at most, not 66")])
def test_text_is_read_or_told_and_changes_nothing(text, expected, told):
    async def act(session):
        page = await session.settled()
        page.bench.controls.move("s_e", text)
        await session.settled()
        return page.bench.model.s_e, page.bench.controls.values["s_e"], page.bench.messages.notice.text

    s_e, shown, notice = served(SYNAPSES, act)
    assert s_e == expected
    assert shown == SYNAPSES.control("s_e").text(expected)
    assert told in notice
    assert bool(told) == ("stays as it was" in notice)


@both
def test_rows_have_names_and_say_that_they_can_be_clicked(model):
    async def act(session):
        await session.settled()
        figure = session.figures()["spikes"]
        axis = figure.yaxis[0]
        return list(axis.ticker.ticks), dict(axis.major_label_overrides), figure.title.text

    ticks, names, title = served(model, act)
    assert ticks == [0, 1]
    assert list(names.values()) == ["inhibitory", "excitatory"]
    assert "(click)" in title
    view = next(view for _, view in rules_for(model) if view.name == "spikes")
    assert view.rows == ("inhibitory", "excitatory")


def test_a_click_in_the_driving_force_sets_the_constant_input():
    async def act(session):
        page = await session.settled()
        page.bench.board._on_click("driving_force", -3.02, 0.4)
        await session.settled()
        return page.bench.model.I_x, page.bench.controls.values["I_x"]

    value, shown = served(CONDUCTANCES, act)
    assert value == shown == pytest.approx(-3.0, abs=0.1)


def test_axes_hold_a_run_that_its_input_drives_beyond_them_when_a_preset_is_chosen():
    async def act(session):
        page = await session.settled()
        first = page.bench.board.limits("trace")[1]
        page.bench.choose("High-conductance state")
        await session.settled()
        return first, page.bench.board.limits("trace")[1], session.source("trace", "V")["trace_y"]

    (low, high), (least, most), V = served(CONDUCTANCES, act)
    assert (low, high) == pytest.approx((-73.62, -69.38))
    assert least <= V.min() and V.max() <= most
    assert (least, most) != (low, high)
