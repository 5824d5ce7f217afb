"""Where the ticks of a raster stand: at every spike, and nowhere else."""

import numpy as np
import pytest
from bokeh.models import Scatter

from ncm_app.core.plot import Mark, Plot
from ncm_app.core.state import Variable
from ncm_app.views import style
from ncm_app.views.plots import Drawn, PlotView
from ncm_app.views.rasters import BANDS, MOST_SPIKES, PIXELS, TICK, spikes, ticks

TRIAL, TIME = Variable("trial", (0.5, 1.5)), Variable("time", (0.0, 10.0), unit="ms")


def view(mark, **axes):
    return PlotView(Plot("raster", "Spikes", TIME, TRIAL, (mark,), lambda answer, p: {}, **axes))


def test_every_spike_is_sent_as_it_is():
    times, rows = np.array([4.0, 2.0, 2.0]), np.array([1, 3, 1])
    for sent, given in zip(view(Mark("spikes", "raster")).columns(Drawn({"spikes": (times, rows)}))["spikes"],
                           (times, rows), strict=True):
        np.testing.assert_array_equal(sent, given)
        assert sent.dtype == np.float32
    assert np.isnan(spikes([], [])[0]).all()


def test_a_line_of_ticks_has_one_for_each_spike_with_gaps_between():
    x, y = ticks([4.0, 2.0], [0, 3])
    np.testing.assert_array_equal(x, np.array([4, 4, np.nan, 2, 2, np.nan], dtype=np.float32))
    np.testing.assert_allclose(y, [-TICK, TICK, np.nan, 3 - TICK, 3 + TICK, np.nan], rtol=1e-6)


@pytest.mark.parametrize("trials", [1, 3, 100, BANDS, BANDS + 1, 500])
@pytest.mark.parametrize("size", [MOST_SPIKES + 1, 200_000])
def test_crowded_rasters_show_every_spike_and_nothing_else(trials, size):
    """The pixels in which the ticks stand are those of the spikes, each once."""
    rng = np.random.default_rng(trials)
    column, rows = rng.integers(0, PIXELS, size), rng.integers(1, trials + 1, size)
    column[:2], rows[:2] = (0, PIXELS - 1), (1, trials)
    bands = min(trials, BANDS)
    height = trials / bands
    held, shown = np.zeros((2, PIXELS, bands), dtype=int)
    held[column, np.minimum((rows - 0.5) // height, bands - 1).astype(int)] = 1
    x, y = spikes(column.astype(float), rows)
    np.add.at(shown, (x.round().astype(int), ((y - 0.5) // height).astype(int)), 1)
    np.testing.assert_array_equal(shown, held)
    if bands == trials:
        assert set(y) <= set(range(1, trials + 1))


def test_a_raster_at_the_bound_is_whole():
    times = np.arange(MOST_SPIKES, dtype=float)
    assert len(spikes(times, 0 * times)[0]) == MOST_SPIKES
    assert len(spikes(np.append(times, 0.5), np.zeros(MOST_SPIKES + 1))[0]) == PIXELS


def test_axes_hold_whole_rows():
    one, many = ([5.0], [1]), ([1.0, 2.0], [1, 40])
    for columns, span in ((one, (0.5, 1.5)), (many, (0.5, 40.5))):
        stated = view(Mark("spikes", "raster", ghost=True), fits="y")
        assert stated.limits(Drawn({"spikes": columns}))[1] == pytest.approx(span)


@pytest.mark.parametrize("role", ["now", "excitatory"])
def test_the_browser_knows_a_raster_from_other_markers(role):
    stated = view(Mark("spikes", "raster", role, ghost=True))
    ghost, live = stated.all_layers()
    for layer, hue in ((ghost, style.GREY), (live, style.INK if role == "now" else style.VERMILION)):
        glyph = layer.glyph("view")
        assert isinstance(glyph, Scatter)
        assert glyph.tags == ["raster"]
        assert (glyph.line_color, glyph.marker) == (hue, "dash")
        assert glyph.angle.value == 90
    assert live.ink == (("line_color",) if role == "now" else ())
