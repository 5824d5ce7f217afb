"""Numbers of a few bits as URL-safe text: read back exactly, and nothing else is read."""

from __future__ import annotations

import base64
from urllib.parse import quote

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncm_app.core.packing import SIGNS, STEPS, from_levels, packed, quantised, to_levels, unpacked

LISTS = st.integers(1, 12).flatmap(
    lambda bits: st.tuples(st.just(bits), st.lists(st.integers(0, 2**bits - 1), min_size=1, max_size=40)))


@given(LISTS)
def test_what_is_packed_is_read_back_and_needs_no_quoting(pair):
    bits, levels = pair
    text = packed(np.array(levels), bits)
    assert unpacked(text, len(levels), bits).tolist() == levels
    assert len(text) == -(-bits * len(levels) // 6)
    assert quote(text, safe="") == text


@given(st.binary(min_size=1, max_size=40))
def test_bytes_are_packed_as_in_rfc_4648(data):
    assert packed(np.frombuffer(data, dtype=np.uint8).astype(np.int64), 8) == base64.urlsafe_b64encode(
        data).decode().rstrip("=")


@pytest.mark.parametrize("text", ["", "A", "AAA", "A=", "A ", "Aé", "A+", "AB"])
def test_another_length_other_signs_and_ones_in_the_padding_are_not_read(text):
    assert unpacked("AA", 4, 2) is not None  # 8 bits, 4 of padding
    assert unpacked(text, 4, 2) is None


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3), st.floats(0.0, 1.0))
def test_levels_lie_within_the_bounds_at_most_half_a_step_away_and_stay(low, width, part):
    high = low + width
    value = min(low + part * width, high)
    (level,) = quantised([value], low, high)
    assert abs(level - value) <= 0.5001 * width / STEPS + 1e-12
    assert quantised([level], low, high) == (level,)
    assert from_levels(to_levels([level], low, high), low, high) == (level,)


def test_the_middle_and_the_ends_are_levels():
    assert quantised([-1.5, 0.0, 1.5], -1.5, 1.5) == (-1.5, 0.0, 1.5)
    assert len(SIGNS) ** 2 > STEPS
