"""The companion of a model on a bench of its own below the first: made on demand, moved from both, taken away."""

from __future__ import annotations

import asyncio

import numpy as np
from bokeh.plotting import figure

from ncm_app.core.catalogue import find
from ncm_app.session.links import read_link
from ncm_app.studies.simulate import simulate
from ncm_app.views import style
from tests.support.catalogue import warm_once
from tests.support.session import EI, served, use

CELLS = find("recurrent_network")
SMALL = "model=recurrent_network&v=1&preset=Fig+3.3&N_e=400&N_i=100&N_x=400&p=0.5"
OPEN = f"{SMALL}&view.beside=model%3Dei_rate_network%26v%3D1%26r_e_0%3D0.01"


async def both(session):
    """Wait until all benches have answered; what they send is painted at once."""
    for _ in range(4000):
        benches = [bench for bench in (session.page.bench, session.page.beside.bench) if bench is not None]
        for bench in benches:
            bench.beacon.ack = bench.beacon.seq
        if all(bench.gate.idle for bench in benches):
            return session.page.beside.bench
        await asyncio.sleep(0.005)
    raise TimeoutError


def drawn(bench, view, layer):
    return [np.array(column, dtype=float) for column in bench.board.live.drawn(view)[layer][:2]]


def rates_of(snapshot):
    run = simulate(snapshot)
    return 1000.0 * run.y[0]


def test_it_is_made_on_demand_and_follows_the_sliders_of_the_first():
    async def act(session):
        page = session.page
        assert page.beside.bench is None and not page.beside.place.objects
        assert not np.isfinite(drawn(page.bench, "rates", "model_e")[1]).any()
        use(page.beside.choice, "ei_rate_network")
        bench = await both(session)
        assert bench.model_type is EI and bench.state.values["w_ee"] == 400 * 0.5 * 10.0
        page.bench.controls.move("j_ee", 12.0)
        await both(session)
        assert page.beside.bench is bench and bench.controls.values["w_ee"] == bench.state.values["w_ee"] == 2400.0
        assert drawn(bench, "trace", "r_e")[1].max() == np.float32(rates_of(bench.snapshot).max())
        assert drawn(page.bench, "rates", "model_e")[1].max() == np.float32(rates_of(bench.snapshot).max())
        assert page.bench.messages.companion.text.startswith("Rate network: rₑ rests at")
        assert "view.beside" in page.query()

    warm_once(EI)
    served(CELLS, act, SMALL)


def test_its_sliders_move_itself_what_is_shared_and_nothing_that_follows():
    async def act(session):
        page, bench = session.page, await both(session)
        assert bench.state.values["r_e_0"] == 0.01
        bench.controls.move("r_e_0", 0.05)
        await both(session)
        assert drawn(page.bench, "rates", "model_e")[1][0] == np.float32(50.0)
        bench.controls.move("tau_i", 6.0)
        await both(session)
        assert page.bench.state.values["tau_i"] == bench.state.values["tau_i"] == 6.0
        bench.controls.move("w_ie", 1.0)
        await both(session)
        assert bench.controls.values["w_ie"] == bench.state.values["w_ie"] == 6000.0
        assert "follows from the sliders" in bench.messages.notice.text
        facts = {row["plain"]: row["follows"] for _, _, rows in bench.controls._groups() for row in rows}
        assert {name for name, follows in facts.items() if follows} == {
            "w_ee", "w_ei", "w_ie", "w_ii", "X_e", "X_i"}
        page.bench.undo()
        await both(session)
        assert bench.state.values["tau_i"] == bench.controls.values["tau_i"] == 4.0
        page.bench.undo()
        await both(session)
        assert bench.controls.values["r_e_0"] == 0.01 and not page.bench.history.can_undo
        assert read_link(page.query(), CELLS).state == page.bench.state

    warm_once(EI)
    served(CELLS, act, OPEN)


def test_it_rests_while_it_is_hidden_and_comes_back_as_it_is_then():
    async def act(session):
        page = session.page
        await both(session)
        page.paint(True)
        names = [one.name for one in session.document.select({"type": type(figure())})]
        assert len(names) == len(set(names)) and "ncm-beside_trace" in names
        hidden = page.beside.bench
        use(page.beside.choice, "none")
        await both(session)
        frames = hidden.gate.requests
        page.bench.controls.move("tau_i", 5.0)
        await both(session)
        assert not page.beside.place.visible and hidden.gate.requests == frames
        assert not np.isfinite(drawn(page.bench, "rates", "model_e")[1]).any()
        assert page.bench.messages.companion.text == "" and "view.beside" not in page.query()
        use(page.beside.choice, "ei_rate_network")
        again = await both(session)
        assert again is hidden and page.beside.place.visible
        assert (again.state.values["r_e_0"], again.controls.values["tau_i"]) == (0.0, 5.0)
        assert drawn(again, "trace", "r_e")[1].max() == np.float32(rates_of(again.snapshot).max())
        assert style.INK_DARK in {getattr(glyph, "line_color", "") for glyph in again.board.live.glyphs.values()}

    warm_once(EI)
    served(CELLS, act, OPEN)


def test_presets_open_it_and_one_button_fits_both():
    async def act(session):
        page = session.page
        page.bench.choose("Beside rates: Ex 3.3.1")
        bench = await both(session)
        assert bench.state.values["dt"] == 0.01 and page.beside.choice.value == "ei_rate_network"
        before = bench.board.limits("trace")
        bench.board.follow({"trace": ((0.0, 1.0), (0.0, 1.0))})
        use(page.toolbar.buttons["fit"])
        await both(session)
        assert bench.board.limits("trace") != ((0.0, 1.0), (0.0, 1.0)) and before[0] == bench.board.limits("trace")[0]
        assert "view.beside" not in page.query()
        assert page.beside.head.object.count("model=ei_rate_network") == 1

    warm_once(EI)
    served(CELLS, act, SMALL)
