"""Lists of times: what may be written, what right-hand sides see, and how links carry them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncm_app.core.catalogue import find
from ncm_app.core.share import decode, encode
from ncm_app.core.times import MOST_TIMES, Times

SYNAPSES = find("synapses")
TIMES = SYNAPSES.control("s_e")


@pytest.mark.parametrize(("given_text", "expected"), [
    ("20, 200 210", (20.0, 200.0, 210.0)), ("210;20,, 200 ", (20.0, 200.0, 210.0)), ("5\n5.0", (5.0, 5.0)), ("", ()),
    ("30, 20, 20, 20", (20.0, 20.0, 20.0, 30.0)),
    ("  ", ()), ((3, 1.5), (1.5, 3.0)), (np.array([2.0, 1.0]), (1.0, 2.0)), ("1e2", (100.0,))])
def test_times_are_read_sorted_and_as_often_as_they_are_given(given_text, expected):
    assert TIMES.clean(given_text) == expected


@pytest.mark.parametrize(("bad", "words"), [
    ("20, x", "time 2 of s_e must be a number, not 'x'"), ("-1", "between 0 and 1000"),
    ("1000.1", "between 0 and 1000"),
    ("nan", "finite"), ("inf", "finite"), (20.0, "must be a list of times"), (None, "must be a list of times"),
    (range(MOST_TIMES + 1), f"{MOST_TIMES} times at most, not {MOST_TIMES + 1}")])
def test_what_cannot_be_is_told_by_name(bad, words):
    with pytest.raises(ValueError, match=r"s_e must|s_e may") as error:
        TIMES.clean(bad)
    assert words in str(error.value)


def test_right_hand_sides_see_a_read_only_array():
    encoded = TIMES.encode((1.0, 2.5))
    np.testing.assert_array_equal(encoded, [1.0, 2.5])
    assert encoded.dtype == np.float64
    assert not encoded.flags.writeable


def test_bounds_and_unit_belong_to_the_control():
    narrow = Times((5.0,), bounds=(2, 9), symbol="s", group="spikes", doc="times")
    assert narrow.clean("2 9") == (2.0, 9.0)
    with pytest.raises(ValueError, match=r"between 2 and 9 \(ms\)"):
        narrow.clean("1")


@given(st.lists(st.floats(0.0, 1000.0).map(lambda x: float(f"{x:.12g}")), max_size=MOST_TIMES))
def test_text_is_read_back(times):
    cleaned = TIMES.clean(times)
    assert TIMES.clean(TIMES.text(cleaned)) == cleaned


@pytest.mark.parametrize("times", [(), (20.0,), (20.0, 20.0, 20.0), (0.0, 33.3, 1000.0),
                                   tuple(float(k) for k in range(MOST_TIMES))])
def test_links_restore_lists_with_commas(times):
    snapshot = SYNAPSES(s_e=times).snapshot()
    shared = decode(encode(snapshot))
    assert shared.values == snapshot.values_by_name
    assert shared.values["s_e"] == times
    assert not shared.complaints


def test_a_bad_list_in_a_link_is_told_and_the_rest_restored():
    shared = decode("model=synapses&v=1&s_e=20,spike&J_e=7")
    assert shared.values["s_e"] == TIMES.default
    assert shared.values["J_e"] == 7.0
    assert any("s_e" in complaint for complaint in shared.complaints)
