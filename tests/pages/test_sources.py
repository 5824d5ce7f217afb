"""Data sources of the plots: only what changed is sent."""

from __future__ import annotations

import numpy as np
import pytest
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from ncm_app.pages import live
from ncm_app.pages.live import same


def drawn_layer(sources, **columns):
    """PlotGestures one drawn layer over, as a view does; return its data source."""
    source, plot = ColumnDataSource(columns), figure()
    sources.adopt("view", plot, {"layer": plot.line("x", "y", source=source)})
    return source


def test_only_changed_columns_are_sent_and_lengths_change_together():
    sources = live.LiveSources()
    source, sent = drawn_layer(sources, x=np.zeros(3, np.float32), y=np.zeros(3, np.float32)), []
    source.on_change("data", lambda attr, old, new: sent.append({n: len(column) for n, column in new.items()}))
    same_x, new_y = np.zeros(3, np.float32), np.array([1, np.nan, 3], np.float32)
    sources.send("view", {"layer": (same_x, new_y)})
    np.testing.assert_array_equal(source.data["y"], new_y)
    assert source.data["x"] is not same_x
    sources.send("view", {"layer": (same_x, new_y.copy())})
    assert sent == [{"x": 3, "y": 3}]
    sources.send("view", {"layer": (np.arange(5, dtype=np.float32), np.ones(5, np.float32))})
    assert sent[1:] == [{"x": 5, "y": 5}]
    assert sources.drawn("view")["layer"][1] == pytest.approx(np.ones(5))


def test_plot_drawn_late_shows_the_newest_columns():
    sources = live.LiveSources()
    sources.send("view", {"layer": (np.arange(4.0), np.ones(4))})
    source = drawn_layer(sources, x=np.zeros(2), y=np.zeros(2))
    assert [len(column) for column in source.data.values()] == [4, 4]
    assert list(sources.plots) == ["view"]


@pytest.mark.parametrize(("length", "kind"), [(live.SHORT, list), (live.SHORT + 1, np.ndarray)])
def test_short_columns_travel_inside_the_message_and_long_ones_as_arrays(length, kind):
    sources = live.LiveSources()
    source = drawn_layer(sources, x=np.zeros(2), y=np.zeros(2))
    sources.send("view", {"layer": (np.arange(length, dtype=np.float32), np.ones(length, np.float32))})
    assert {type(column) for column in source.data.values()} == {kind}


def test_a_view_that_is_taken_away_is_forgotten():
    sources = live.LiveSources()
    drawn_layer(sources, x=np.zeros(2), y=np.zeros(2))
    sources.forget("view")
    assert (sources.plots, sources.glyphs, sources.drawn("view")) == ({}, {}, {})
    source = drawn_layer(sources, x=np.zeros(2), y=np.zeros(2))  # drawn again, it does not show what it showed then
    assert list(source.data["x"]) == [0.0, 0.0]


def test_equal_columns_with_gaps_are_the_same():
    gap = np.array([1.0, np.nan])
    assert same(gap, gap.copy())
    assert not same(gap, np.array([1.0, 2.0]))
    assert same(["a"], ["a"])
    assert not same(["a"], ["b"])
