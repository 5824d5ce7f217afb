"""Heat maps: cells where the grid says, a colour range that stays as axes do, and only what changed is sent."""

from __future__ import annotations

import numpy as np
import pytest
from bokeh.models import ColorBar, HoverTool, Title

from ncm_app.core.plot import Mark
from ncm_app.core.state import Variable
from ncm_app.views import style
from ncm_app.views.heat_map import EMPTY, centres, contours, extent, matrix, take
from ncm_app.views.mark_kinds import MARK_KINDS
from ncm_app.views.plots import Drawn, PlotView
from tests.pages.test_mark_kinds import Board, plot

GRID = np.linspace(-2.0, 2.0, 41)
HILL = np.exp(-(GRID[None, :] ** 2 + GRID[:, None] ** 2))


def view_of(**facts):
    return PlotView(plot(Mark("p", "heatmap", ghost=True), **facts))


def result_of(factor=1.0):
    return Drawn({"p": (GRID, GRID, factor * HILL)})


def test_cells_lie_around_their_middles_and_between_their_edges():
    values = np.arange(6.0).reshape(2, 3)
    by_middles, by_edges = take([1, 2, 3], [10, 20], values), take([0.5, 1.5, 2.5, 3.5], [5, 15, 25], values)
    for taken in (by_middles, by_edges):
        assert taken[1:] == ([0.5], [5.0], [3.0], [20.0])
        assert taken[0][0].dtype == np.float32
        np.testing.assert_array_equal(taken[0][0], values)
        np.testing.assert_allclose(centres(taken)[0], [1, 2, 3])
        np.testing.assert_allclose(centres(taken)[1], [10, 20])
    assert take([0, 1], [0, 1], [[7.0]])[3:] == ([1.0], [1.0])
    assert take([], [], np.empty((0, 0))) is EMPTY


@pytest.mark.parametrize(("x", "y", "shape", "says"), [
    ([0, 1, 3], [0, 1], (2, 3), "x of a heat map must rise"), ([0, 1], [1, 0], (2, 2), "y of a heat map must rise"),
    ([0, 1, 2, 3, 4], [0, 1], (2, 3), "x has 5 places for 3 cells"), ([0], [0, 1], (2, 1), "x has 1 places"),
    ([0, np.nan], [0, 1], (2, 2), "x of a heat map must rise"), ([0, 1], [0, 1], (2,), "two dimensions")])
def test_a_grid_that_is_not_regular_is_refused(x, y, shape, says):
    with pytest.raises(ValueError, match=says):
        take(x, y, np.zeros(shape))


def test_values_that_are_too_large_for_the_browser_are_clipped_and_missing_ones_kept():
    (values,), *_ = take([0, 1], [0, 1, 2], [[1e300, np.nan], [-np.inf, 2.0]])
    assert np.isfinite(values).tolist() == [[True, False], [True, True]]
    assert (np.abs(values[np.isfinite(values)]) < 3.4e38).all()


def test_the_exported_matrix_has_x_in_its_first_row_and_y_in_its_first_column():
    rows = matrix(take([1, 2, 3], [10, 20], [[1.5, np.nan, 3], [4, 5, 6]]))
    assert rows == [["", "1", "2", "3"], ["10", "1.5", "", "3"], ["20", "4", "5", "6"]]


def test_a_frozen_heat_map_is_lines_of_equal_values():
    """Contours of exp(-r²) are circles: at half of the range r² = log 2 (but for the corners' value)."""
    x, y = contours(take(GRID, GRID, HILL))
    radii = np.hypot(x, y)[np.isfinite(x)]
    low = np.exp(-8.0)
    wanted = np.sqrt(-np.log(low + (1 - low) * np.array([0.25, 0.5, 0.75])))
    assert np.abs(radii[:, None] - wanted).min(axis=1).max() < 0.01
    assert set(np.abs(radii[:, None] - wanted).argmin(axis=1)) == {0, 1, 2}
    for without in (np.full((41, 41), 3.0), np.full((41, 41), np.nan), HILL[:1]):
        assert np.isnan(contours(take(GRID, [0, 1] if len(without) == 1 else GRID, without))[0]).all()


def test_contours_leave_out_cells_without_a_value():
    holed = np.where(GRID[None, :] > 0, np.nan, HILL)
    x, _ = contours(take(GRID, GRID, holed))
    assert np.nanmax(x) < 1e-6 and np.isfinite(x).any()


def test_a_heat_map_has_a_bar_with_label_and_unit_and_tells_a_pointer_its_value():
    made = view_of().draw(result_of())
    figure, renderers = made.figure, made.renderers
    (bar,), (label,) = ([part for part in figure.right if isinstance(part, kind)] for kind in (ColorBar, Title))
    mapper = renderers["p"].glyph.color_mapper
    assert bar.color_mapper is mapper and label.text == "density (Hz)"
    assert (mapper.low, mapper.high) == (0.0, 5.0)
    assert list(mapper.palette) == list(style.SEQUENTIAL) and mapper.nan_color.endswith("0.0)")
    (tool,) = (tool for tool in figure.tools if isinstance(tool, HoverTool))
    assert tool.renderers == [renderers["p"]]
    assert tool.tooltips[0] == ("density (Hz)", "@made_image{custom}")
    assert [name for name, _ in tool.tooltips[1:]] == ["height", "place (ms)"]
    assert list(tool.filters) == ["@made_image"]  # nothing is told where there is no value


@pytest.mark.parametrize(("facts", "says"), [
    ({"log": "x"}, "made: p has cells of equal size, which logarithmic axes cannot show"),
    ({"colours": None}, "made: state in `colours` what the colours of p mean")])
def test_a_heat_map_on_logarithmic_axes_or_without_a_meaning_is_refused(facts, says):
    with pytest.raises(ValueError, match=says):
        view_of(**facts)


def test_two_hues_part_at_a_stated_centre_which_lies_in_the_middle():
    view = view_of(colours=Variable("weight", (-1.0, 4.0)), centre=0.0)
    renderers = view.draw(result_of()).renderers
    mapper = renderers["p"].glyph.color_mapper
    assert (mapper.low, mapper.high) == (-4.0, 4.0)
    below, middle, above = (mapper.palette[k] for k in (20, 127, 234))
    assert int(below[5:], 16) > int(below[1:3], 16) and int(above[1:3], 16) > int(above[5:], 16)  # blue, red
    assert min(int(middle[k:k + 2], 16) for k in (1, 3, 5)) > 230


def test_colours_stay_while_values_stay_in_their_range_and_follow_as_axes_do():
    view = view_of(colours=Variable("density", (0.0, 0.1)), fits="c")
    limits = view.limits(result_of())
    assert limits[2] == pytest.approx((0.0, 1.0))
    assert not view.outgrown(result_of(0.5), limits)
    assert view.outgrown(result_of(1.2), limits) and view.limits(result_of(1.2))[2][1] == pytest.approx(1.2)
    assert view.outgrown(result_of(0.3), limits)
    assert not view_of().outgrown(result_of(9.0), view_of().limits(result_of()))  # nothing is to fit
    assert view.fitted(result_of())[2] == limits[2]


def test_only_values_travel_when_only_they_change(monkeypatch):
    view = view_of()
    made = view.draw(result_of())
    board, source, sent = Board(made), made.renderers["p"].data_source, []
    monkeypatch.setattr(type(source.data), "update", lambda self, given: sent.append(sorted(given)))
    board.live.send("made", view.columns(result_of(2.0)))
    board.live.send("made", view.columns(Drawn({"p": (GRID + 1.0, GRID, HILL)})))
    board.live.send("made", view.columns(result_of()))
    assert sent == [["made_image"], ["made_x"]]


def test_ghosts_of_a_heat_map_lie_over_it_and_are_seen_on_light_and_dark_pages():
    picture, ghost = view_of().all_layers()
    assert (picture.name, ghost.name, ghost.kind) == ("p", "ghost p", "curve")
    assert ghost.ink == ("line_color",)
    assert MARK_KINDS["heatmap"].extent is extent
