"""Strokes as a browser sends them: values, links, one step of undo, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
from bokeh.models import HoverTool

from ncm_app.core.catalogue import models
from ncm_app.core.model import Mark, Plot
from ncm_app.core.share import decode
from ncm_app.pages.brush import brushes_of
from ncm_app.session.plot_rules import own_plot_view, rules_for
from ncm_app.views.gestures import Drag
from tests.support.blackboard import Blackboard
from tests.support.session import served

LINE = [[2.5, 27.5], [5.0, 27.5], [10.5, 27.5]]


@pytest.fixture(autouse=True)
def catalogue(monkeypatch):
    monkeypatch.setitem(models(), "blackboard", Blackboard)


def stroke(page, plot, places, begins=True):
    (brush,) = page.bench.brushes
    brush._process_events({"stroke": [brush.stroke[0] + 1, plot, begins, places]})


def on_board(action, query="model=blackboard"):
    async def act(session):
        page = await session.settled()
        return await action(page, session)

    return served(Blackboard, act, query)


def test_a_stroke_is_drawn_kept_in_the_link_and_undone_in_one_step():
    async def draw(page, session):
        stroke(page, "pattern", LINE[:1])
        stroke(page, "pattern", LINE[1:], begins=False)
        await session.settled()
        bench, query = page.bench, page.query()
        image = np.asarray(session.source("pattern", "pattern")["pattern_image"][0])
        assert not session.figures()["pattern"].select({"type": HoverTool})  # it would hide what is drawn
        words, drawn, shown = bench.messages.sentence.text, bench.model.pattern, bench.brushes[0].shown
        bench.undo()
        await session.settled()
        return drawn, query, image, words, shown, bench.model.pattern, bench.history.can_undo

    drawn, query, image, words, shown, before, more = on_board(draw)
    assert np.flatnonzero(drawn).tolist() == list(range(2, 11))
    assert np.flatnonzero(image[-1]).tolist() == list(range(2, 11))  # the first row is at the top
    assert words.startswith("The pattern has 9 pixels of ink")
    assert decode(query).values["pattern"] == drawn
    assert (shown, before, more) == (2, (), False)


def test_each_stroke_is_a_step_and_the_first_pixel_decides_for_the_whole_of_it():
    async def draw(page, session):
        found = []
        for places in (LINE, LINE[1:2], [[12.5, 27.5], [9.5, 27.5]]):
            stroke(page, "pattern", places[:1])
            stroke(page, "pattern", places, begins=False)
            found.append(np.flatnonzero(page.bench.model.pattern).tolist())
        await session.settled()
        for _ in range(3):
            page.bench.undo()
            found.append(np.flatnonzero(page.bench.model.pattern).tolist())
        return found

    line, wiped = list(range(2, 11)), [2, 3, 4, 6, 7, 8, 9, 10]
    assert on_board(draw) == [line, wiped, [2, 3, 4, *range(6, 13)], wiped, line, []]


def test_a_sketch_is_drawn_in_the_units_of_the_axis():
    async def draw(page, session):
        stroke(page, "target", [[0.0, 1.0], [2.0, -1.0]])  # seconds; the model has ms
        await session.settled()
        return page.bench.model.target, session.source("target", "target")["target_y"], page.bench.model.followed

    target, shown, followed = on_board(draw)
    assert followed == "target"  # what is drawn is put to use
    np.testing.assert_allclose(target, np.linspace(1.0, -1.0, 64), atol=1.5 / 4094)  # half a step of 3
    np.testing.assert_allclose(shown, target, rtol=1e-6)


def test_points_are_of_the_class_chosen_and_go_when_clicked_again():
    async def draw(page, session):
        stroke(page, "places", [[1.0, 1.0], [1.5, 1.5]])
        page.bench.controls.move("colour", "black")
        stroke(page, "places", [[-1.0, 0.0]])
        two = page.bench.model.places
        stroke(page, "places", [[1.0, 1.0]])
        await session.settled()
        return [point[2] for point in two], [point[2] for point in page.bench.model.places]

    assert on_board(draw) == ([0, 1], [1])


@pytest.mark.parametrize("bad", [
    [1, "pattern", True, []], [1, "pattern", True, [[1.0]]], [1, "trace", True, LINE], [1, "pattern", 1, LINE],
    [-1, "pattern", True, LINE], [1, "pattern", True, [[1.0, float("nan")]]], [1, "pattern", True, [["1", 2.0]]],
    [1, "pattern", True, LINE * 200], [1, ["pattern"], True, LINE], [1, "pattern", True], "pattern", [0], None])
def test_what_no_brush_can_have_sent_is_refused(bad):
    async def send(page, session):
        (brush,) = page.bench.brushes
        before = brush.stroke
        brush._process_events({"stroke": bad})
        return brush.stroke == before, page.bench.history.can_undo

    assert on_board(send) == (True, False)


def test_the_row_says_where_to_draw_and_clears():
    async def clear(page, session):
        rows = {row["plain"]: row for _, _, rows in json.loads(page.bench.controls.panel.groups) for row in rows}
        stroke(page, "pattern", LINE)
        text = page.bench.controls.values["pattern"]
        page.bench.controls.move("pattern", "")
        await session.settled()
        cleared = page.bench.model.pattern, page.bench.controls.values["pattern"]
        page.bench.undo()
        return rows["pattern"], rows["places"], text, cleared, page.bench.model.pattern

    pattern, places, text, cleared, back = on_board(clear)
    assert (pattern["kind"], pattern["where"]) == ("drawing", "drawn in the plot “Pattern”")
    assert places["where"] == "clicked in the plot “Places”"
    assert cleared == ((), "") and Blackboard.control("pattern").clean(text) == back


def test_titles_say_what_to_do_and_a_drawing_has_its_plot_alone():
    titles = {view.name: view.title for _, view in rules_for(Blackboard)}
    assert titles == {"target": "Target (draw)", "pattern": "Pattern (draw)", "digit": "Digit (draw)",
                      "places": "Places (click)"}
    tells = {view.name: view.tells_pointer for _, view in rules_for(Blackboard)}
    assert tells == {"target": False, "pattern": False, "digit": False, "places": True}
    plot = next(plot for plot in Blackboard.plots if plot.name == "target")
    assert own_plot_view(Blackboard, plot).drag is Drag.PAINT
    two = Plot(**{**vars(plot), "clicks": ("target", "n")})
    with pytest.raises(ValueError, match="one control can be drawn in a plot, not target and n"):
        own_plot_view(Blackboard, two)


def test_the_browser_is_told_which_mark_shows_a_drawing():
    def mark_of(plot, **facts):
        view = own_plot_view(Blackboard, Plot(**{**vars(plot), **facts}))
        (brush,) = brushes_of(lambda: Blackboard().snapshot(), {plot.name: view}, "", lambda *stroke: None)
        return json.loads(brush.plots)[plot.name]["mark"]

    pattern = next(plot for plot in Blackboard.plots if plot.name == "pattern")
    curve, ink = Mark("edge"), Mark("ink", "heatmap")
    assert mark_of(pattern) == "pattern"
    assert mark_of(pattern, marks=(curve, ink, Mark("pattern", "heatmap"))) == "pattern"
    assert mark_of(pattern, marks=(curve, ink)) == "ink"
    assert mark_of(pattern, marks=(curve,)) == ""


def test_other_pages_have_no_brush():
    async def look(session):
        return (await session.settled()).bench.brushes

    assert served(models()["spike_trains"], look) == []
