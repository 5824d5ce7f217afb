"""Panels that a model states: marks become layers, their columns what glyphs draw, axes hold what they should."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.plot import Mark, Plot
from ncm_app.core.state import Variable
from ncm_app.views import style
from ncm_app.views.mark_kinds import MARK_KINDS
from ncm_app.views.outlines import steps
from ncm_app.views.plots import Drawn, PlotView

KINDS = ("curve", "points", "bars", "area", "band", "raster", "labels")
COLUMNS = {"curve": ([0, 1], [2, 3]), "points": ([1], [1]), "bars": ([0, 1, 2], [3, 1]), "area": ([0, 2], [1, 1]),
           "band": ([0, 2], [1, 1], [2, 3]), "raster": ([1.5], [0]), "labels": ([1], [2], ["here"])}


def panel(*marks, **facts):
    stated = {"name": "shown", "title": "Shown", "x": Variable("place", (0.0, 10.0), unit="ms"),
              "y": Variable("height", (0.0, 5.0), unit="kHz", shown="Hz"), "draw": lambda answer, p: {}}
    return Plot(**{**stated, "marks": marks or (Mark("line"),), **facts})


def every_kind(**facts):
    return PlotView(panel(*(Mark(kind, kind) for kind in KINDS), **facts))


def limits(places, heights, **facts):
    view = PlotView(panel(**facts))
    return view, view.limits(Drawn({"line": (places, heights)}, 7.0))


def test_every_kind_of_mark_becomes_a_layer_with_its_columns():
    view = every_kind()
    kinds = {layer.name: layer.kind for layer in view.layers()}
    assert kinds == {"curve": "curve", "points": "points", "bars": "bars", "area": "area", "band": "band",
                     "raster": "raster", "labels": "labels"}
    columns = view.columns(Drawn(COLUMNS))
    assert set(columns) == set(KINDS)
    for x, y, *_ in columns.values():
        assert (x.dtype, y.dtype) == (np.float32, np.float32)
        assert len(x) == len(y)


def test_a_mark_that_is_left_out_is_wiped():
    columns = every_kind().columns(Drawn({"curve": COLUMNS["curve"]}))
    assert set(columns) == set(KINDS)
    assert np.isfinite(columns["curve"][0]).all()
    assert all(np.isnan(columns[kind][0]).all() for kind in KINDS[1:])


def test_hues_follow_roles_and_free_marks_take_the_next_one():
    view = PlotView(panel(Mark("a"), Mark("e", role="excitatory"), Mark("b"), Mark("t", role="theory"),
                           Mark("n", "points", "now"), Mark("s", "band", "theory")))
    looks = {layer.name: layer for layer in view.layers()}
    assert [looks[n].look["color"] for n in "aeb"] == [style.FREE_HUES[0], style.VERMILION, style.FREE_HUES[1]]
    assert looks["t"].look["line_dash"] == "dashed"
    assert all("color" not in looks[n].look for n in "tns")
    assert (looks["t"].ink, looks["n"].ink, looks["s"].ink) == (("line_color",), ("line_color", "fill_color"),
                                                                ("fill_color",))


def test_labelled_marks_make_a_legend_and_ghosts_are_kept():
    assert not PlotView(panel(Mark("a"))).legend
    view = PlotView(panel(Mark("a", label="seen", ghost=True), Mark("b"), shape="wide"))
    assert (view.legend, view.lines) == (True, 2)  # its title, and the legend
    assert [layer.name for layer in view.all_layers()] == ["ghost a", "a", "b"]
    ghosts = view.ghost_columns(Drawn({"a": ([0, 1], [2, 3])}))
    np.testing.assert_array_equal(ghosts["ghost a"], [[0, 1], [2, 3]])
    assert every_kind().lines == 0  # squares stand side by side, all as high


def test_steps_outline_a_histogram():
    x, y = steps([0, 1, 3], [5, 2])
    np.testing.assert_array_equal(x, [0, 0, 1, 1, 3, 3])
    np.testing.assert_array_equal(y, [0, 5, 5, 2, 2, 0])
    assert np.isnan(steps([], [])[0]).all()


def test_areas_close_on_zero_and_bands_on_themselves():
    np.testing.assert_array_equal(MARK_KINDS["area"].take(*([1, 2], [3, 4])), [[1, 1, 2, 2], [0, 3, 4, 0]])
    np.testing.assert_array_equal(MARK_KINDS["band"].take(*([1, 2], [3, 4], [5, 6])), [[1, 2, 2, 1], [5, 6, 4, 3]])
    for kind, none in (("area", ([], [])), ("band", ([], [], []))):
        assert np.isnan(MARK_KINDS[kind].take(*none)[0]).all()


def test_axes_have_the_stated_spans_in_shown_units():
    view, (x, y) = limits([-50, 50], [-1, 9e9])
    assert (x, y) == ((0.0, 10.0), (0.0, 5000.0))
    assert (view.x_label, view.y_label) == ("place (ms)", "height (Hz)")
    assert limits([0], [0], over_time=True)[1][0] == (0.0, 7.0)


def test_axes_that_fit_hold_the_data_and_never_less_than_the_span():
    assert limits([2, 3], [1, 2], fits="xy")[1] == ((0.0, 10.0), (0.0, 5000.0))
    _, (x, y) = limits([-10, 10, np.nan], [0, 8000, np.nan], fits="xy")
    assert x == pytest.approx((-11.2, 10.0))
    assert y == pytest.approx((0.0, 8480.0))
    assert limits([], [], fits="xy")[1] == ((0.0, 10.0), (0.0, 5000.0))


def test_tight_axes_hold_the_data_alone():
    _, (x, _) = limits([200, 230], [1, 2], tight="x")
    assert x == (200.0, 230.0)
    assert limits([200, 200], [1, 2], tight="x")[1][0][1] >= 200.0
    assert limits([], [], tight="x")[1][0] == (0.0, 10.0)


def test_logarithmic_axes_ignore_what_has_no_logarithm():
    place = Variable("place", (1.0, 10.0))
    _, (x, _) = limits([-5, 0, 0.1, 100], [1, 1, 1, 1], x=place, log="x", fits="x")
    assert x == pytest.approx((0.1 / 1.5, 150.0))


@pytest.mark.parametrize(("highest", "follows"), [(4000, False), (5001, True), (6500, True)])
def test_axes_follow_when_data_leave_them(highest, follows):
    view, shown = limits([0, 1], [0, 1], fits="y")
    assert view.outgrown(Drawn({"line": ([0, 1], [0, highest])}), shown) == follows
    assert not PlotView(panel()).outgrown(Drawn({"line": ([0, 1], [0, highest])}), shown)


def test_axes_follow_when_data_fill_less_than_a_third():
    view, shown = limits([0, 1], [0, 60_000], fits="y")
    assert not view.outgrown(Drawn({"line": ([0, 1], [0, 30_000])}), shown)
    assert view.outgrown(Drawn({"line": ([0, 1], [0, 15_000])}), shown)
    logarithmic = PlotView(panel(y=Variable("height", (1.0, 2.0)), log="y", fits="y"))
    assert not logarithmic.outgrown(Drawn({"line": ([0], [10.0])}), ((0.0, 10.0), (1.0, 1000.0)))
    assert logarithmic.outgrown(Drawn({"line": ([0], [2.0])}), ((0.0, 10.0), (1.0, 1000.0)))


def figure_of(stated, columns):
    return PlotView(stated).draw(Drawn(columns)).figure


def test_rows_of_spikes_fill_their_axis_and_have_whole_numbers():
    trial = Variable("trial", (0.5, 1.5))
    stated = panel(Mark("spikes", "raster"), y=trial, fits="y")
    view = PlotView(stated)
    assert view.limits(Drawn({"spikes": ([1.0], [1])}))[1] == (0.5, 1.5)
    assert view.limits(Drawn({"spikes": ([1.0, 2.0], [1, 40])}))[1] == pytest.approx((0.5, 40.5))
    figure = figure_of(stated, {"spikes": ([1.0], [1])})
    assert figure.yaxis[0].ticker.min_interval == 1
    assert figure_of(panel(), {"line": ([0, 1], [0, 1])}).yaxis[0].ticker.min_interval != 1


def test_long_times_are_written_out():
    assert figure_of(panel(), {"line": ([0, 1], [0, 1])}).xaxis[0].formatter.power_limit_high > 5
