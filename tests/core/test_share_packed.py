"""Packed fields of a link: round trips, bombs, forgeries, and what is kept of them."""

from __future__ import annotations

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncm_app.core.catalogue import find
from ncm_app.core.share import MAX_UNPACKED, decode, pack, unpack

START = "model=ei_rate_network&v=1&preset=Fig+3.4+C,D"


@given(st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
                    lambda part: st.lists(part, max_size=4) | st.dictionaries(st.text(max_size=3), part, max_size=4)))
def test_packing(value):
    text = pack(value)
    assert text.isascii() and all(c.isalnum() or c in "-_" for c in text)
    assert unpack(text) == value


@given(st.text(max_size=40) | st.binary(max_size=40).map(lambda b: base64.urlsafe_b64encode(b).decode()))
def test_unpacking_raises_one_kind_of_error(text):
    with pytest.raises(ValueError, match="is damaged"):
        unpack(f"0000{text}" if unpackable(text) else text)


def unpackable(text):
    try:
        unpack(text)
    except ValueError:
        return False
    return True


def forged(data):
    """Return packed text with a right checksum around any bytes."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = press.compress(data) + press.flush()
    return f"{zlib.crc32(packed) & 0xFFFF:04x}{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


@pytest.mark.parametrize(("content", "said"), [
    (b"0" * (MAX_UNPACKED + 1), "unpacks to more than 64 kB"), (b" " * 3_000_000, "unpacks to more than 64 kB"),
    (b"[" * 60_000, "damaged"), (b"9" * 60_000, "damaged"), (b"{", "damaged"), ("{\"τ\": 1}".encode(), "damaged"),
    (b"\xff\xfe", "damaged"),
    (b"[]", "does not hold values by name"), (b"3", "does not hold values"), (b"null", "does not hold values"),
    (json.dumps({f"x{i}": 1 for i in range(201)}).encode(), "more than 200 values"),
    (b'{"tau_i": NaN}', "tau_i must be a number"),
    (b'{"tau_i": Infinity}', "tau_i must be a number"), (b'{"tau_i": true}', "tau_i must be a number"),
    (b'{"tau_i": null}', "not a NoneType"),
    (b'{"tau_i": [[[1]]]}', "not a list"), (b'{"curve": {"a": 1}}', "not a dict"),
    (b'{"tau_i": 1e300}', "must lie between"),
    (b'{"no": 1}', "no parameter named 'no'"), (b'{"\\ud800": 1}', "no parameter named")])
def test_bad_frozen_run_is_named(content, said):
    shared = decode(f"{START}&tau_i=20&frozen={forged(content)}")
    assert len(shared.complaints) == 1
    assert shared.complaints[0].startswith("frozen: ") and said in shared.complaints[0]
    shared.complaints[0].encode("utf-8")
    assert shared.values["tau_i"] == 20.0
    frozen = shared.extras.get("frozen", {})
    assert find(shared.model).clean(frozen) == frozen


@pytest.mark.parametrize(("starts", "kept"), [
    ([[0.001, 0.002]], [(0.001, 0.002)]), ([[0.001]], []), ([[0.001, 9e9], [0.002, 0.003]], [(0.002, 0.003)]),
    ([["a", 0.1]], []),
    ([5, [0.0, 0.0]], [(0.0, 0.0)]), ({"a": 1}, []), ([[0.0, 0.0]] * 51, []), ([[0.0, None]], [])])
def test_bad_starts_are_named_and_good_ones_kept(starts, kept):
    shared = decode(f"{START}&starts={pack(starts)}")
    assert shared.extras.get("starts", []) == kept
    assert len(shared.complaints) == (0 if starts == [list(state) for state in kept] else 1)
    assert all(complaint.startswith("starts: ") for complaint in shared.complaints)
