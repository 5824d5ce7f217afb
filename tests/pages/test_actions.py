"""What the user does on a page: presets, axes, ghosts, clicks; and a failure keeps the last picture."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from ncm_app.numerics.system import SILENT
from ncm_app.session.actions import Enlarge
from ncm_app.session.frames import compute_frame
from ncm_app.session.view_choices import MOST_STARTS
from tests.support.session import EI, served, use


def test_preset_moves_sliders_and_axes():
    async def act(session):
        page = session.page
        use(page.toolbar.presets, "Sigmoid: memory")
        await session.settled()
        assert page.bench.model.values() == EI.preset_values("Sigmoid: memory")
        assert page.bench.controls.values == page.bench.model.values()
        assert page.bench.messages.sentence.text.startswith("3 fixed points")
        assert session.figures()["trace"].x_range.end == pytest.approx(600.0)

    served(EI, act)


def test_axes_follow_a_preset_even_if_a_slider_moves_right_after():
    async def act(session):
        page = session.page
        page.bench.choose("Fig 3.4 C,D")
        page.bench.choose("Sigmoid: memory")
        page.bench.controls.move("X_e", 9.0)
        await session.settled()
        assert session.figures()["trace"].x_range.end == pytest.approx(600.0)
        page.bench.fit()
        page.bench.controls.move("X_e", 10.0)
        await session.settled()
        top = session.figures()["phase_plane"].x_range.end
        assert top == pytest.approx(page.bench.board.views["phase_plane"].fitted(
            compute_frame(page.bench.board.rules, page.bench._question(), SILENT).results["phase_plane"])[0][1])

    served(EI, act)


def test_axes_stay_while_a_slider_moves_and_follow_on_fit():
    async def act(session):
        before = session.figures()["phase_plane"].x_range.end
        session.page.bench.controls.move("X_e", 60.0)
        await session.settled()
        assert session.figures()["phase_plane"].x_range.end == before
        session.page.bench.fit()
        await session.settled()
        assert session.figures()["phase_plane"].x_range.end > before

    served(EI, act)


def test_freeze_draws_a_ghost_that_stays_until_it_is_cleared():
    async def act(session):
        page = session.page
        page.bench.freeze()
        await session.settled()
        frozen = np.array(session.source("trace", "r_e")["trace_y"])
        page.bench.controls.move("tau_i", 30.0)
        await session.settled()
        np.testing.assert_array_equal(session.source("trace", "ghost r_e")["trace_y"], frozen)
        assert not np.array_equal(session.source("trace", "r_e")["trace_y"], frozen)
        page.bench.clear()
        await session.settled()
        assert np.all(np.isnan(session.source("trace", "ghost r_e")["trace_y"]))

    served(EI, act)


def test_click_in_the_phase_plane_starts_a_run_and_only_the_newest_are_kept():
    async def act(session):
        page = session.page
        for i in range(MOST_STARTS + 3):
            session.page.bench.board._on_click("phase_plane", 1.0 + i, 2.0)
        await session.settled()
        assert len(page.bench.state.choices.starts) == MOST_STARTS
        assert page.bench.state.choices.starts[-1] == pytest.approx((0.001 * (MOST_STARTS + 3), 0.002))
        x = np.array(session.source("phase_plane", "clicked")["phase_plane_x"])
        assert np.count_nonzero(np.isnan(x)) == MOST_STARTS

    served(EI, act)


@pytest.mark.parametrize(("x", "value"), [(42.0, 42.0), (-5.0, 1.0), (500.0, 100.0)])
def test_click_in_the_diagram_moves_the_parameter_within_its_bounds(x, value):
    async def act(session):
        session.page.bench.board._on_click("diagram", x, 5.0)
        await session.settled()
        assert session.page.bench.model.tau_i == value
        assert session.source("diagram", "present")["diagram_x"] == pytest.approx([value, value])

    served(EI, act)


def test_a_computation_that_fails_keeps_the_picture_and_says_so(monkeypatch, caplog):
    async def act(session):
        page = session.page
        before = np.array(session.source("trace", "r_e")["trace_y"])

        def fail(question, job):
            raise ArithmeticError("no such luck")

        monkeypatch.setattr(page.bench.gate, "_compute", fail)
        with caplog.at_level(logging.ERROR):
            page.bench.controls.move("tau_i", 20.0)
            await session.settled()
        assert "no such luck" in page.bench.messages.notice.text
        assert "last good values" in page.bench.messages.notice.text
        np.testing.assert_array_equal(session.source("trace", "r_e")["trace_y"], before)
        assert "20.0" in caplog.text  # the snapshot that caused it
        monkeypatch.undo()
        page.bench.controls.move("tau_i", 21.0)
        await session.settled()
        assert not page.bench.messages.notice.text

    served(EI, act)


def test_ink_follows_the_theme_and_text_the_projector():
    async def act(session):
        page = session.page
        glyph = page.bench.board.live.glyphs["phase_plane", "run"]
        page.bench.board.paint(True)
        dark = glyph.line_color
        page.bench.board.paint(False)
        assert dark != glyph.line_color
        size = session.figures()["trace"].xaxis[0].axis_label_text_font_size
        page.bench.commit(Enlarge(True))
        assert int(session.figures()["trace"].xaxis[0].axis_label_text_font_size[:-2]) > int(size[:-2])
        await session.settled()

    served(EI, act)
