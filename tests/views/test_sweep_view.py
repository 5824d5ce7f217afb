"""The path of a sweep as columns: two ways, two lines for a cycle, arrows along both."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.models.cells.morris_lecar import MorrisLecar
from ncm_app.numerics.results import Sweep, SweepPart
from ncm_app.studies.sweep import evolve
from ncm_app.views.sweep import ARROWS, sweep_columns, sweep_layers, sweep_reach
from tests.views.answers import is_absent

NAMES = ["sweep up", "sweep down", "sweep up arrows", "sweep down arrows"]


def way(values, low, high):
    values, low, high = (np.asarray(a, dtype=float) for a in (values, low, high))
    rows = np.array([low]), np.array([high])
    return SweepPart(values, *rows, rows[1], np.full(len(values), np.nan), np.ones(len(values), dtype=bool))


def halves(pair):
    """The two lines of a path, cut at the gap that joins them."""
    x, y = pair
    gap = int(np.flatnonzero(np.isnan(x))[0])
    return (x[:gap], y[:gap]), (x[gap + 1:-1], y[gap + 1:-1])


def test_both_ways_are_named_in_the_legend_and_differ_by_dash_and_arrow():
    layers = sweep_layers()
    assert [layer.name for layer in layers] == NAMES
    assert [layer.label for layer in layers if layer.label] == ["sweep up", "sweep down"]
    up, down, up_arrows, down_arrows = (layer.look for layer in layers)
    assert up["line_dash"] != down["line_dash"]
    assert up_arrows["angle"] == -down_arrows["angle"]
    assert all(layer.ink for layer in layers)  # a sweep is a run, and runs are in ink
    for layer in layers:
        layer.glyph("view")


def test_without_a_sweep_all_layers_are_there_and_absent():
    columns = sweep_columns(None, 0, 1.0)
    assert list(columns) == [NAMES[0], NAMES[2], NAMES[1], NAMES[3]]
    assert all(is_absent(pair) for pair in columns.values())


def test_a_half_finished_sweep_shows_its_way_up():
    part = Sweep("I", way([0, 1], [0, 0], [0, 0]), way([], [], []), 10.0)
    columns = sweep_columns(part, 0, 1.0)
    assert [is_absent(columns[name]) for name in NAMES] == [False, True, False, True]


def test_rest_is_one_line_and_a_cycle_two_in_shown_units():
    up = way(range(6), [0, 0, -1, -2, -3, -4], [0, 0, 1, 2, 3, 4])
    path = sweep_columns(Sweep("I", up, way([], [], []), 10.0), 0, 1000.0)["sweep up"]
    (x, high), (x_again, low) = halves(path)
    np.testing.assert_array_equal(x, range(6))
    np.testing.assert_array_equal(x_again, range(6))
    np.testing.assert_allclose(high, 1000.0 * up.high[0])
    np.testing.assert_allclose(low, [np.nan, 0, -1000, -2000, -3000, -4000])  # joined where the cycle begins
    rest = sweep_columns(Sweep("I", way(range(6), np.zeros(6), np.zeros(6)), up, 10.0), 0, 1.0)["sweep up"]
    np.testing.assert_array_equal(rest[1], [0] * 6 + [np.nan])


@pytest.fixture(scope="module")
def swept():
    return evolve(MorrisLecar().snapshot(), "I")


def test_a_real_sweep_lies_between_the_extremes_of_the_state(swept):
    columns = sweep_columns(swept, 0, 1.0)
    for name, part in (("sweep up", swept.up), ("sweep down", swept.down)):
        (x, high), (_, low) = halves(columns[name])
        np.testing.assert_allclose(x, part.parameter, rtol=1e-6)
        np.testing.assert_allclose(high, part.high[0], rtol=1e-6)
        cycles = part.high[0] - part.low[0] > 1.0
        np.testing.assert_allclose(low[cycles], part.low[0, cycles], rtol=1e-6)
        assert np.isnan(low).sum() > 50 and cycles.sum() > 50
        arrows = columns[f"{name} arrows"]
        assert ARROWS <= len(arrows[0]) <= ARROWS + 2
        assert np.all(np.isin(arrows[1], high))
        assert all(column.dtype == np.float32 for pair in columns.values() for column in pair)


def test_the_window_has_to_reach_over_both_ways(swept):
    assert sweep_reach(None, 0, 1.0) is None
    low, high = sweep_reach(swept, 0, 2.0)
    assert low == 2.0 * min(swept.up.low[0].min(), swept.down.low[0].min())
    assert high == 2.0 * max(swept.up.high[0].max(), swept.down.high[0].max())
    assert sweep_reach(Sweep("I", way([], [], []), way([], [], []), 10.0), 0, 1.0) is None
