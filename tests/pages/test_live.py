"""A page goes live: plots first, then controls; links at once where a run is quick."""

from __future__ import annotations

from ncm_app.models.trains.poisson_process import PoissonProcess
from ncm_app.session.clicks import Response
from tests.support.session import EI, served

LINK = "model=ei_rate_network&v=1&preset=Fig+3.4+C,D&tau_i=40&view.text=large"


def test_controls_arrive_when_the_page_is_live():
    async def look(session):
        page = session.page
        assert len(page.bench.side) == len(page.top) == 1
        assert len(page.below) == 1
        page.go_live()  # a second "ready" of the browser adds nothing twice
        assert len(page.bench.side) == len(page.below) == 1
        page.export.show()
        page.export.show()
        assert len(page.below) == 2  # the dialog is made when it is first shown

    served(EI, look)


def test_a_link_is_drawn_at_once_and_its_large_text_kept():
    async def look(session):
        page = session.page
        assert page.bench.model.tau_i == 40.0
        assert page.browser.large
        assert session.source("diagram", "present")["diagram_x"][0] == 40.0
        await session.settled()
        assert page.query() == LINK

    served(EI, look, LINK)


def test_duration_moves_the_time_axis_and_no_other():
    async def look(session):
        page = session.page
        before = session.figures()["phase_plane"].x_range.end
        session.figures()["phase_plane"].x_range.end = before / 2  # as a user who zooms
        page.bench.controls.move("t_end", 400.0)
        await session.settled()
        assert session.figures()["trace"].x_range.end == 400.0
        assert session.figures()["phase_plane"].x_range.end == before / 2

    served(EI, look)


def test_duration_set_by_a_click_moves_the_time_axis_and_those_that_hold_the_data():
    async def look(session):
        session.page.bench.on_plot_click(Response({"t_end": 40_000.0}, session.page.bench.state.choices))
        await session.settled()
        figures = session.figures()
        assert figures["raster"].x_range.end == 40_000.0
        assert figures["counts"].x_range.start < 600.0 < figures["counts"].x_range.end  # 15 Hz
        assert figures["variations"].x_range.end == 125.0

    served(PoissonProcess, look)


def test_axes_follow_a_preset_whose_question_is_replaced_by_a_newer_one_and_then_stay():
    async def look(session):
        page = await session.settled()
        figures, moved = session.figures(), []

        def move_once(_):
            if not moved:  # the picture of the first slider is sent, the preset waits until it is painted
                moved.append("X_e")
                page.bench.controls.move("X_e", page.bench.controls.values["X_e"] + 1.0)

        page.bench.controls.move("tau_i", page.bench.controls.values["tau_i"] + 1.0)
        page.bench.choose("Ex 3.3.1")
        frames = page.bench.gate.frames
        page.bench.beacon.param.watch(move_once, "seq")
        await session.settled()
        assert (moved, page.bench.gate.frames) == (["X_e"], frames + 2)  # of the preset itself there was none
        expected = page.bench.board.views["trace"].limits(page.bench.results["trace"])
        assert (figures["trace"].x_range.end, figures["trace"].y_range.end) == (expected[0][1], expected[1][1])
        figures["phase_plane"].x_range.end = zoomed = figures["phase_plane"].x_range.end / 2  # as a user does
        page.bench.controls.move("X_e", page.bench.controls.values["X_e"] + 1.0)
        await session.settled()
        assert figures["phase_plane"].x_range.end == zoomed

    served(EI, look)
