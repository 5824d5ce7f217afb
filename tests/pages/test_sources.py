"""Data sources of the plots: only what changed is sent."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.pages import live
from ncm_app.pages.live import same
from ncm_app.views.columns import NOTHING
from ncm_app.views.drawn_view import Shared
from ncm_app.views.layer import Layer
from ncm_app.views.mark_kinds import MARK_KINDS
from ncm_app.views.view import View
from tests.views.answers import is_absent


class Two(View):
    """Two curves and words, of which the first alone is named."""

    name = "view"

    def __init__(self, legend=None):
        self.legend = legend

    def layers(self):
        return [Layer("layer", label="a"), Layer("later", label="b", fleeting=True, ghost=True),
                Layer("words", "labels", ink=("text_color",))]

    def columns(self, result):
        return {"layer": result}

    def limits(self, result):
        return (0.0, 2.0), (0.0, 3.0)


def drawn_layer(sources, x, y, **options):
    """Hand one drawn layer over; return its data source."""
    sources.adopt("view", Two(**options).draw((x, y)))
    return sources._drawn["view"].renderers["layer"].data_source


def new_sources():
    return live.LiveSources(lambda view, layers: None)


def test_only_changed_columns_are_sent_and_lengths_change_together():
    sources = new_sources()
    source, sent = drawn_layer(sources, x=np.zeros(3, np.float32), y=np.zeros(3, np.float32)), []
    source.on_change("data", lambda attr, old, new: sent.append({n: len(column) for n, column in new.items()}))
    same_x, new_y = np.zeros(3, np.float32), np.array([1, np.nan, 3], np.float32)
    sources.send("view", {"layer": (same_x, new_y)})
    np.testing.assert_array_equal(source.data["view_y"], new_y)
    assert source.data["view_x"] is not same_x
    sources.send("view", {"layer": (same_x, new_y.copy())})
    assert sent == [{"view_x": 3, "view_y": 3}]
    sources.send("view", {"layer": (np.arange(5, dtype=np.float32), np.ones(5, np.float32))})
    assert sent[1:] == [{"view_x": 5, "view_y": 5}]
    assert sources.drawn("view")["layer"][1] == pytest.approx(np.ones(5))


def test_a_layer_is_made_when_it_first_holds_something_and_stands_where_it_belongs():
    made, sent = [], []
    sources = live.LiveSources(lambda view, layers: made.append((view, [layer.name for layer in layers])))
    drawn_layer(sources, np.zeros(2), np.zeros(2), legend="top_left")
    (figure,) = sources.plots.values()
    names = [renderer.name for renderer in figure.renderers]
    nothing = {"ghost later": NOTHING, "later": NOTHING, "words": MARK_KINDS["labels"].empty}
    sources.send("view", nothing)
    assert (names, made, [item.label.value for item in figure.legend[0].items]) == (["layer"], [], ["a"])
    assert is_absent(sources.drawn("view")["later"]) and next(iter(sources.drawn("view"))) == "ghost later"
    two = np.array([1.0, 2.0])
    sources.send("view", {"words": (two, two, ["one", "two"])})
    sources.send("view", {"ghost later": (two, two), "later": (two, two)})
    assert made == [("view", ["words"]), ("view", ["ghost later", "later"])]
    assert [renderer.name for renderer in figure.renderers] == ["ghost later", "layer", "later", "words"]
    assert [item.label.value for item in figure.legend[0].items] == ["a", "b"]
    source = figure.renderers[2].data_source
    source.on_change("data", lambda attr, old, new: sent.append(list(new["view_x"])))
    sources.send("view", nothing)
    assert np.isnan(sent).all() and len(figure.renderers) == 4


def test_selections_scales_and_rules_of_labels_are_one_for_all_figures_of_a_session():
    shared, result = Shared(), (np.zeros(2), np.zeros(2))
    first, second, other = Two().draw(result, shared), Two().draw(result, shared), Two().draw(result)
    for ask in (lambda d: d.figure.x_scale, lambda d: d.figure.xaxis[0].major_label_policy,
                lambda d: d.renderers["layer"].data_source.selected):
        assert ask(first) is ask(second) and ask(first) is not ask(other)
    for ask in (lambda d: d.figure.x_range, lambda d: d.figure.xaxis[0].formatter, lambda d: d.renderers["layer"].view):
        assert ask(first) is not ask(second)


@pytest.mark.parametrize(("length", "kind"), [(live.SHORT, list), (live.SHORT + 1, np.ndarray)])
def test_short_columns_travel_inside_the_message_and_long_ones_as_arrays(length, kind):
    sources = new_sources()
    source = drawn_layer(sources, x=np.zeros(2), y=np.zeros(2))
    sources.send("view", {"layer": (np.arange(length, dtype=np.float32), np.ones(length, np.float32))})
    assert {type(column) for column in source.data.values()} == {kind}


def test_a_view_that_is_taken_away_is_forgotten():
    sources = new_sources()
    drawn_layer(sources, x=np.zeros(2), y=np.zeros(2))
    sources.forget("view")
    assert (sources.plots, sources.glyphs) == ({}, {})
    sources.send("view", {"layer": (np.ones(2), np.ones(2))})
    source = drawn_layer(sources, x=np.zeros(2), y=np.zeros(2))  # drawn again, it does not show what it showed then
    assert list(source.data["view_x"]) == [0.0, 0.0]


def test_equal_columns_with_gaps_are_the_same():
    gap = np.array([1.0, np.nan])
    assert same(gap, gap.copy())
    assert not same(gap, np.array([1.0, 2.0]))
    assert same([1.0, np.nan], [1.0, float("nan")]) and not same([1.0, np.nan], [np.nan, 1.0])
    assert same([1, 2], [1, 2]) and not same([1.0, np.nan], [2.0, np.nan])
    assert same(gap, [1.0, float("nan")]) and not same(gap, [1.0, 2.0])
    assert same(["a"], ["a"])
    assert not same(["a"], ["b"])


@pytest.mark.parametrize(("old", "new", "alike"), [
    (np.zeros((4, 3)), np.zeros((4, 3)), True), (np.zeros((4, 3)), np.zeros((4, 2)), False),
    (np.zeros((4, 3)), np.zeros((3, 4)), False), (np.full((2, 2), np.nan), np.full((2, 2), np.nan), True),
    (np.zeros((4, 3)), np.ones((4, 3)), False)])
def test_picture_may_change_its_size(old, new, alike):
    assert same([old], [new]) is alike
