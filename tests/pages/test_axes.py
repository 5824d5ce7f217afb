"""The axes of a page follow what has left them, or the page says so."""

from __future__ import annotations

import pytest

from ncm_app.core.catalogue import find
from ncm_app.numerics.system import SILENT
from ncm_app.pages.board import Board
from ncm_app.session.frames import Question, compute_frame
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.view_choices import ViewChoices
from ncm_app.views.clipping import INVISIBLE, clipped_fraction
from tests.support.session import served
from tests.views.answers import asked


@pytest.mark.parametrize(("slug", "moved", "plot"), [
    ("synapses", {"E_L": -54.0}, "trace"), ("lif", {"I_0": 50.0}, "input"), ("lif", {"I_0": 50.0}, "phase_line"),
    ("eif_poisson", {"j_e": 40.0, "r_e": 30.0}, "total")])
def test_axes_follow_what_is_out_of_sight(slug, moved, plot):
    async def look(session):
        page = await session.settled()
        before = page.bench.board.limits(plot)
        for name, value in moved.items():
            page.bench.controls.move(name, value)
            await session.settled()
        board = page.bench.board
        view, shown = board.views[plot], board.live.drawn(plot)
        assert clipped_fraction(view.extents(shown, view.watched()), before) > INVISIBLE
        assert board.limits(plot) != before
        assert clipped_fraction(view.extents(shown, view.watched()), board.limits(plot)) < INVISIBLE

    served(find(slug), look)


def test_what_is_cut_calls_for_fit_and_fit_holds_it():
    async def look(session):
        page = await session.settled()

        def fit():
            return page.toolbar.buttons["fit"].state

        assert not fit().get("called")
        page.bench.controls.move("J_e", 3.0)
        await session.settled()
        assert fit()["called"]
        page.bench.fit()
        await session.settled()
        assert not fit()["called"]

    served(find("conductance_synapses"), look)


def test_plots_over_time_are_drawn_close_together():
    cards = rules_for(find("synapses"))
    board = Board(cards, lambda *what: None, lambda *what: None)
    results = {view.name: asked(find("synapses"), "Fig 1.4", index)[1] for index, (_, view) in enumerate(cards)}
    panes = board.draw(results)
    assert panes["trace"].margin == (0, 10, 2, 10)  # its legend keeps it apart
    over_time = [view for view in board.views.values() if view.over_time]
    assert [view.stacked for view in over_time] == [True, True, True, False]


def drawn(slug):
    model = find(slug)
    rules = rules_for(model)
    question = Question(model(**model.preset_values(model.first_preset())).snapshot(), ViewChoices(model.explore))
    Board(rules, lambda *what: None, lambda *what: None).draw(compute_frame(rules, question, SILENT).results)
    return [view for _, view in rules]


def test_square_over_time_has_its_own_numbers_and_one_on_choice_is_no_support():
    views = [(view.shape, view.stays, view.stacked) for view in drawn("backprop") if view.over_time]
    assert ("square", True, False) in views
    assert not any(stacked for shape, _, stacked in views if shape == "square")
    for slug in ("recurrent_network", "rnn_readout", "hopfield"):
        above = [view for view in drawn(slug) if view.over_time and view.shape != "square"]
        lowest = [view for view in above if view.stays][-1]
        assert not lowest.stacked
        assert all(view.stacked for view in above[:above.index(lowest)])
