"""Bursts are told from tonic firing by their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.numerics.spikes.bursts import UNEVEN, find_bursts


def train(*gaps):
    return np.cumsum([0.0, *gaps])


def test_bursts_of_a_train_made_of_them():
    burst = [4.0, 5.0, 6.0, 7.0, 200.0]
    found = find_bursts(train(*burst * 4)[2:])  # begins and ends within a burst
    assert (found.least, found.most, found.spikes, found.words) == (5, 5, 5.0, "5")
    assert found.every == pytest.approx(sum(burst))


def test_bursts_of_different_lengths_are_told_from_the_shortest_to_the_longest():
    found = find_bursts(train(100.0, 5.0, 100.0, 5.0, 5.0, 5.0, 100.0, 5.0, 5.0))
    assert (found.least, found.most, found.words) == (2, 4, "2 to 4")
    assert found.spikes == 3.0 and found.every == pytest.approx((105 + 115) / 2)


@pytest.mark.parametrize("gaps", [[], [5.0], [10.0] * 20, [44.0, 82.0] * 8, [7.0, 7.5, 9.0, 15.0, *[70.0] * 10],
                                  list(np.geomspace(10, 100, 12)), [5.0, 5.0, 5.0, 200.0, 5.0, 5.0]])
def test_even_alternating_and_slowing_trains_do_not_burst(gaps):
    """Nor does a train tell enough that shows no whole burst between two pauses."""
    assert find_bursts(train(*gaps)) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 6), st.floats(1.0, 10.0), st.floats(UNEVEN * 1.01, 100.0), st.integers(3, 8))
def test_every_regular_burster_is_found_at_its_mean_rate(spikes, short, ratio, count):
    pause = short * ratio
    found = find_bursts(train(*([short] * (spikes - 1) + [pause]) * count))
    assert (found.least, found.most) == (spikes, spikes)
    assert found.every == pytest.approx((spikes - 1) * short + pause)
