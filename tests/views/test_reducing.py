"""Long curves are thinned without losing a spike; pieces are joined with gaps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.views.columns import NOTHING, WIDEST, apart, extremes, joined, lean, reach, scattered


@settings(max_examples=80, deadline=None)
@given(data=st.data(), size=st.integers(2, 60_000), buckets=st.integers(10, 2000))
def test_extremes_keep_every_spike(data, size, buckets):
    spikes = data.draw(st.lists(st.integers(0, size - 1), max_size=30))
    y = np.random.default_rng(size).normal(-70, 1, size)
    y[spikes] = 40.0
    kept = extremes(y, buckets)
    assert np.all(np.diff(kept) > 0)
    assert (kept[0], kept[-1]) == (0, size - 1)
    assert len(kept) <= 2 * buckets + 4
    peaks = kept[y[kept] == 40.0]
    width = -(-size // buckets)
    for spike in spikes:  # two spikes within one pixel are one line on the screen
        assert np.min(np.abs(peaks - spike)) < width
    assert np.min(y[kept]) == np.min(y)


@given(size=st.integers(1, 9000))
@settings(max_examples=30)
def test_short_curves_stay_whole_and_long_ones_keep_their_range(size):
    x = np.arange(size, dtype=float)
    y = np.sin(x) * x
    a, b = lean(x, y)
    assert (a.dtype, b.dtype) == (np.float32, np.float32)
    assert len(a) == len(b) == (size if size <= 2 * WIDEST else len(extremes(y, WIDEST)))
    assert (b.min(), b.max()) == (np.float32(y.min()), np.float32(y.max()))


def test_what_float32_cannot_hold_is_clipped_and_stays_out_of_every_picture():
    y = lean(range(5), [1.0, 1e300, -1e300, np.inf, np.nan])[1]
    np.testing.assert_array_equal(y, np.array([1.0, 1e37, -1e37, 1e37, np.nan], dtype=np.float32))


def test_scattered_and_joined_pieces():
    assert scattered([]) is NOTHING
    assert joined([]) is NOTHING
    x, y = joined([([1, 2], [3, 4]), ([5], [6])])
    np.testing.assert_array_equal(x, np.array([1, 2, np.nan, 5, np.nan], dtype=np.float32))
    np.testing.assert_array_equal(np.isnan(x), np.isnan(y))


def test_reach_of_nothing_flat_and_wide():
    columns = {"a": lean([0, 1], [3, 3]), "b": lean([0, 10], [0, 100]), "none": NOTHING}
    assert reach(columns, ["none"], 1) == (0.0, 1.0)
    low, high = reach(columns, ["a"], 1)
    assert low < 3 < high
    assert reach(columns, ["a", "b", "none"], 1) == pytest.approx((-6.0, 106.0))


@given(count=st.integers(0, 20_000), seed=st.integers(0, 99))
@settings(max_examples=40)
def test_of_spikes_too_close_to_tell_apart_the_first_in_each_pixel_stays(count, seed):
    times = np.sort(np.random.default_rng(seed).uniform(0.0, 500.0, count) ** 2)
    kept = apart(times)
    if count <= 2 * WIDEST:
        assert kept is times
        return
    assert len(kept) <= WIDEST + 1 and set(kept) <= set(times)
    pixel = np.ptp(times) / WIDEST
    before = kept[np.searchsorted(kept, times, side="right") - 1]
    assert np.all(times - before <= pixel * (1.0 + 1e-9))  # every spike has one within its pixel
    assert np.all(np.diff(kept) > 0)
