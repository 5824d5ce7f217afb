"""The row above the diagram, the slice of phase space, the chart over two parameters."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import find
from ncm_app.core.symbols import symbols_of
from ncm_app.pages import background
from ncm_app.session.view_choices import BASINS, SEEN, ViewChoices
from tests.support.session import EI, served, use

pytestmark = pytest.mark.sweep  # a page is built for each test

MORRIS_LECAR, LORENZ, LINEAR = find("morris_lecar"), find("lorenz"), find("linear_system")


def drawn(session, view, layer):
    return session.source(view, layer)


async def finished(session):
    """Wait until slow answers have come too."""
    page = await session.settled()
    for _ in range(3000):
        if page.bench.background.idle and page.bench.gate.idle:
            return await session.settled()
        await session.pause()
    raise TimeoutError(page.bench.explorer.status.text)


def test_cycles_and_onset_come_after_the_frame_and_the_sentence_learns_of_them():
    async def act(session):
        page = await finished(session)
        branch = drawn(session, "diagram", "stable cycle")
        assert np.nanmin(branch["diagram_x"]) == pytest.approx(88.2933, abs=1e-3)
        assert drawn(session, "frequency", "onset")["frequency_text"] == \
            ["onset: subcritical Hopf with a cycle fold, class 2"]
        assert page.bench.explorer.status.text == ""
        page.bench.controls.move("I", 89.0)
        await finished(session)
        assert "fold of cycles at I = 88.3" in page.bench.messages.sentence.text

    served(MORRIS_LECAR, act)


def test_cycles_are_wiped_as_soon_as_their_question_changes(monkeypatch):
    async def act(session):
        page = await finished(session)
        monkeypatch.setattr(background, "PAUSE", 3600.0)  # a busy machine would see the new cycles before it looks
        before = np.array(drawn(session, "diagram", "stable cycle")["diagram_x"])
        page.bench.controls.move("I", 120.0)
        await session.settled()
        np.testing.assert_array_equal(drawn(session, "diagram", "stable cycle")["diagram_x"], before)
        page.bench.controls.move("phi", 0.0512)  # no other test knows these
        await session.settled()
        assert np.all(np.isnan(drawn(session, "diagram", "stable cycle")["diagram_x"]))

    served(MORRIS_LECAR, act)


def test_a_sweep_is_drawn_and_hidden_again():
    async def act(session):
        page = await finished(session)
        use(page.bench.explorer.sweep)
        assert page.bench.explorer.sweep.state["label"] == "Hide sweep"
        await finished(session)
        up, down = (drawn(session, "diagram", f"sweep {way}") for way in ("up", "down"))
        assert np.isfinite(np.array(up["diagram_x"], dtype=float)).sum() > 100
        assert np.isfinite(np.array(down["diagram_x"], dtype=float)).sum() > 100
        page.bench.clear()
        await finished(session)
        assert page.bench.explorer.sweep.state["label"] == "Evolve"
        assert np.all(np.isnan(np.array(drawn(session, "diagram", "sweep up")["diagram_x"], dtype=float)))

    served(MORRIS_LECAR, act)


def test_another_state_stands_on_the_vertical_axis():
    async def act(session):
        page = session.page
        use(page.bench.explorer.against, "r_i")
        await session.settled()
        assert page.bench.state.choices.against == "r_i"
        figure = session.figures()["diagram"]
        assert figure.yaxis[0].axis_label == "rᵢ (Hz)"
        assert "view.against=r_i" in page.query()

    served(EI, act)


def test_the_frozen_run_follows_the_axes():
    async def act(session):
        page = session.page
        page.bench.freeze()
        await session.settled()
        before = np.array(session.source("diagram", "ghost stable branch")["diagram_y"], dtype=float)
        use(page.bench.explorer.against, "r_i")
        await session.settled()
        ghost, live = (np.array(session.source("diagram", f"{who}stable branch")["diagram_y"], dtype=float)
                       for who in ("ghost ", ""))
        np.testing.assert_array_equal(ghost, live)  # frozen and present run are the same
        assert not np.array_equal(ghost, before)

    served(EI, act)


def test_a_second_parameter_brings_a_chart_and_takes_it_away():
    async def act(session):
        page = session.page
        use(page.bench.explorer.second, "phi")
        await finished(session)
        assert [type(pane).__name__ for pane in page.bench.extra.objects] == ["FigurePane"]
        page.bench.extra.objects[0].get_root(session.document)
        await finished(session)
        assert page.bench.results["two_parameter"].names == ("I", "phi")
        shown = page.bench.board.live.drawn("two_parameter")["H subcritical"]
        assert np.isfinite(shown[0]).any()
        page.bench.board._on_click("two_parameter", 150.0, 0.1)
        await session.settled()
        assert (page.bench.model.I, page.bench.model.phi) == (150.0, pytest.approx(0.1, abs=0.005))
        use(page.bench.explorer.second, "none")
        await session.settled()
        assert page.bench.extra.objects == []
        assert "two_parameter" not in page.bench.board.views

    served(MORRIS_LECAR, act)


def test_a_link_brings_the_chart_with_it():
    async def act(session):
        page = await session.settled()
        assert page.bench.state.choices.second == "V_3"
        assert "two_parameter" in page.bench.board.views
        assert page.bench.explorer.second.value == "V_3"

    served(MORRIS_LECAR, act, "model=morris_lecar&v=1&view.second=V_3")


def test_basins_are_coloured_on_choice():
    async def act(session):
        page = await finished(session)
        assert np.all(np.isnan(drawn(session, "phase_plane", "basin 1")["phase_plane_x"]))
        use(page.bench.options.overlays, [BASINS])
        await finished(session)
        areas = [drawn(session, "phase_plane", f"basin {k}")["phase_plane_x"] for k in (1, 2)]
        assert all(np.isfinite(np.array(area, dtype=float)).any() for area in areas)
        cycle = drawn(session, "phase_plane", "unstable cycle")["phase_plane_x"]
        assert np.isfinite(np.array(cycle, dtype=float)).any()

    served(MORRIS_LECAR, act, "model=morris_lecar&v=1&preset=Hopf&I=91")


def test_phase_space_is_sliced_and_the_other_state_held():
    async def act(session):
        page = session.page
        slicer = page.bench.slicer
        assert [dial.visible for dial in slicer.dials] == [False, False, True]
        slicer.axes[1].value = "z"
        await session.settled()
        assert page.bench.state.choices.axes == (0, 2)
        assert session.figures()["phase_plane"].yaxis[0].axis_label.startswith("z")
        slicer.dials[1].value = 5.0
        await session.settled()
        assert page.bench.state.choices.held[1] == 5.0
        assert "y = 5" in session.figures()["phase_plane"].title.text
        slicer.axes[0].value = "z"  # the same state on both axes: they change places
        await session.settled()
        assert page.bench.state.choices.axes == (2, 0)
        assert "view.axes=z%2Cx" in page.query() or "view.axes=z,x" in page.query()

    served(LORENZ, act)


def test_phase_space_is_turned_by_dragging():
    async def act(session):
        page = session.page
        assert page.bench.state.choices.seen == SEEN
        before = np.array(session.source("space", "arrows")["space_x"])
        drag = page.bench.board._on_drag
        drag("space", 0.0, 0.0, "panstart")
        drag("space", 0.2, 0.0, "pan")
        drag("space", 0.2, 0.1, "panend")
        await session.settled()
        assert page.bench.state.choices.seen[0] != SEEN[0]
        assert page.bench.state.choices.seen[1] < SEEN[1]
        assert not np.array_equal(np.array(session.source("space", "arrows")["space_x"]), before)

    served(LORENZ, act)


def test_a_matrix_is_dragged_through_the_trace_determinant_plane():
    async def act(session):
        page = session.page
        drag = page.bench.board._on_drag
        drag("trace_determinant", -4.0, 3.0, "panstart")
        drag("trace_determinant", -2.0, 5.0, "pan")
        await session.settled()
        m = page.bench.model
        assert m.a + m.d == pytest.approx(-2.0, abs=1e-4)
        assert m.a * m.d - m.b * m.c == pytest.approx(5.0, abs=1e-4)
        assert page.bench.messages.sentence.text.startswith("Stable spiral")

    served(LINEAR, act)


def test_a_diagram_over_a_parameter_without_effect_gives_way_to_another():
    async def act(session):
        page = session.page
        assert page.bench.state.choices.explore == "a"
        page.bench.controls.move("given", "trace and determinant")
        await session.settled()
        assert page.bench.state.choices.explore in ("T", "D")
        assert page.bench.explorer.explore.value == page.bench.state.choices.explore
        shown = symbols_of(LINEAR).text(page.bench.state.choices.explore)
        assert session.figures()["diagram"].xaxis[0].axis_label.startswith(shown)

    served(LINEAR, act)


def test_markers_out_of_sight_take_the_axes_along():
    async def act(session):
        page = await finished(session)
        page.bench.controls.move("I", 132.0)
        await session.settled()
        for view in ("eigenvalues", "trace_determinant"):
            figure = session.figures()[view]
            for x, y in page.bench.board.views[view].places(page.bench.results[view]):
                assert figure.x_range.start <= x <= figure.x_range.end, view
                assert figure.y_range.start <= y <= figure.y_range.end, view

    served(MORRIS_LECAR, act)


def test_the_frequency_axis_survives_a_preset_that_changes_nothing_about_the_cycles():
    async def act(session):
        page = await finished(session)
        top = session.figures()["frequency"].y_range.end
        assert top == pytest.approx(1.35 * np.nanmax(session.source("frequency", "unstable")["frequency_y"]), rel=0.3)
        page.bench.choose("Hopf: rest or firing")
        await finished(session)
        assert session.figures()["frequency"].y_range.end == pytest.approx(top)

    served(MORRIS_LECAR, act)


def test_a_drag_that_begins_on_nothing_is_the_plots_own():
    async def act(session):
        page = session.page
        before = page.bench.model.values()
        for phase in ("panstart", "pan", "panend"):
            page.bench.board._on_drag("diagram", 60.0, 38.0, phase)
        await session.settled()
        assert page.bench.model.values() == before

    served(EI, act)


def test_stop_gives_up_what_is_computed():
    async def act(session):
        page = await session.settled()
        use(page.bench.explorer.stop)
        await session.settled()
        assert page.bench.background.idle
        assert page.bench.messages.notice.text.startswith("Cancelled")

    served(MORRIS_LECAR, act, "model=morris_lecar&v=1&phi=0.0417")


BAD = {"second=phj": "no second parameter named 'phj'", "against=u": "no state named 'u'",
       "axes=V,V": "two different states", "noise=loud": "noise: 1 number", "held=1,2,3": "held: 2 numbers",
       "seen=x,1": "seen: 2 numbers", "wings=2": "no such choice"}


def test_bad_choices_in_a_link_are_named_and_the_good_ones_kept():
    async def act(session):
        page = await session.settled()
        assert all(words in page.bench.messages.notice.text for words in BAD.values())
        assert page.bench.model.I == 120.0
        assert page.bench.state.choices == ViewChoices(explore="I", sweep=True)

    served(MORRIS_LECAR, act, "model=morris_lecar&v=1&I=120&view.sweep=on&" + "&".join(f"view.{bad}" for bad in BAD))
