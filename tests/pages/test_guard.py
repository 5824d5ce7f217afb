"""The parts of the guard by themselves: log lines, tokens, addresses, compressed values, headers."""

from __future__ import annotations

import base64
import gzip
import logging
import sys
import zlib

import pytest
from bokeh.util.token import generate_jwt_token, generate_session_id

from ncm_app.pages.guard import install
from ncm_app.pages.guard.address import location_parts
from ncm_app.pages.guard.bindings import found, wrap
from ncm_app.pages.guard.headers import frame_ancestors
from ncm_app.pages.guard.logs import BURST, MOST_LINE, MOST_TRACE, REACHED, Allowance, Bounded, OfVisitors, shortened
from ncm_app.pages.guard.messages import MOST_DEPTH, Refused, Traffic, check_values, inflated
from ncm_app.pages.guard.tokens import Used, expiry, is_signed, is_signed_name

KEY = b"k" * 32


class Clock:
    """A clock that is set by hand."""

    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def record(message, *args, line=1, name="bokeh.server", failed=None):
    return logging.LogRecord(name, logging.ERROR, "x.py", line, message, args, failed)


# --- log ------------------------------------------------------------------------


def test_lines_are_cut_and_hold_no_control_characters(clock):
    bounded = Bounded(clock)
    long = record("message %r", "x" * 19_000_000)
    assert bounded.filter(long)
    assert len(long.getMessage()) < MOST_LINE + 100 and "characters left out" in long.getMessage()
    coloured = record("Origin '%s'", "a\x1b[31m\r\x9b\u2028 b\x00", line=2)
    assert bounded.filter(coloured)
    assert coloured.getMessage() == "Origin 'a\\x1b[31m\\r\\x9b\\u2028 b\\x00'"


def test_tracebacks_are_cut_and_keep_their_end(clock):
    try:
        raise ValueError("x" * 1_000_000 + " the end")
    except ValueError:
        failed = sys.exc_info()
    one = record("failed", failed=failed)
    assert Bounded(clock).filter(one)
    text = logging.Formatter().format(one)
    assert len(text) < MOST_TRACE + 200 and text.endswith("the end") and "Traceback" in text


def test_records_from_one_place_are_bounded_in_rate_and_counted(clock):
    bounded = Bounded(clock)
    assert sum(bounded.filter(record("again")) for _ in range(300)) == BURST
    assert bounded.filter(record("elsewhere", line=2))  # others are heard meanwhile
    clock.now += 60.0
    later = record("again")
    assert bounded.filter(later)
    assert later.getMessage() == f"again (and {300 - BURST} more like it that were not logged)"


def test_a_record_is_counted_once_by_logger_and_handler(clock):
    bounded = Bounded(clock)
    both = OfVisitors(bounded)
    taken = [one for _ in range(BURST) if bounded.filter(one := record("one")) and both.filter(one)]
    assert len(taken) == BURST
    dropped = record("one")
    assert not bounded.filter(dropped) and not both.filter(dropped)
    assert all(both.filter(record("mine", name="my.school")) for _ in range(200))


@pytest.mark.parametrize("name", REACHED)
def test_loggers_that_visitors_reach_are_bounded(name):
    install()
    assert any(isinstance(each, Bounded) for each in logging.getLogger(name).filters)


def test_allowance_refills_up_to_its_burst(clock):
    allowance = Allowance(2, 0.5, clock)
    assert [allowance.take() for _ in range(3)] == [True, True, False]
    clock.now += 2.0
    assert [allowance.take() for _ in range(2)] == [True, False]
    clock.now += 1e6
    assert [allowance.take() for _ in range(3)] == [True, True, False]
    assert allowance.dropped == 3


@pytest.mark.parametrize("length", [0, 1, 599, 600, 601, 10_000])
def test_shortened_texts_begin_as_they_did(length):
    text = "abcdefghij" * (length // 10) + "k" * (length % 10)
    assert (shortened(text, 600) == text) == (length <= 600)
    assert shortened(text, 600)[:100] == text[:100]


# --- tokens ---------------------------------------------------------------------


def test_tokens_of_this_server_are_known_by_their_signature():
    name = generate_session_id(KEY, True)
    token = generate_jwt_token(name, KEY, True, extra_payload={"headers": {}}, expiration=300)
    assert is_signed(token, KEY) and is_signed_name(name, KEY)
    assert not is_signed(token, b"j" * 32) and not is_signed_name(name, b"j" * 32)
    assert expiry(token) > 1e9


@pytest.mark.parametrize("change", [lambda t: t[1:], lambda t: t + "A", lambda t: t.swapcase(), lambda t: t[::-1],
                                    lambda t: t.replace(".", ".."), lambda t: t.split(".")[0], lambda t: "." + t,
                                    lambda t: t + "\x00", lambda t: "é" + t, lambda t: t * 400, lambda t: "",
                                    lambda t: "e30." + t.split(".")[1], lambda t: t + "." + t])
def test_changed_tokens_and_names_are_no_tokens_and_raise_nothing(change):
    name = generate_session_id(KEY, True)
    token = generate_jwt_token(name, KEY, True)
    assert not is_signed(change(token), KEY)
    assert not is_signed_name(change(name), KEY)


def test_used_tokens_are_kept_until_they_expire(clock):
    used = Used(clock)
    assert used.take("a", 1300.0) and used.take("b", 1100.0)
    assert not used.take("a", 1300.0)
    clock.now = 1200.0
    assert not used.take("a", 1300.0) and len(used) == 1
    clock.now = 1301.0
    assert used.take("c", 1600.0) and len(used) == 1


# --- messages -------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 1000, 1 << 20])
def test_values_that_fit_are_inflated_whole(size):
    data = bytes(range(256)) * (size // 256) + b"z" * (size % 256)
    assert inflated(base64.b64encode(gzip.compress(data, mtime=0)).decode(), size) == data
    if size:
        with pytest.raises(Refused, match="inflates"):
            inflated(base64.b64encode(gzip.compress(data, mtime=0)).decode(), size - 1)


def packed(data):
    return gzip.compress(data, mtime=0)  # the same in every process that collects these tests


@pytest.mark.parametrize("data", [b"", b"x", packed(b"a" * 99)[:-4], packed(b"a") + b"junk", packed(b"a") * 2,
                                  zlib.compress(b"a"), packed(b"abc")[:-8] + bytes(8)])
def test_damaged_values_are_refused(data):
    with pytest.raises(Refused, match="damaged"):
        inflated(base64.b64encode(data).decode(), 1000)


@pytest.mark.parametrize("text", ["%%%", "A", "Aé"])
def test_texts_that_are_no_base64_are_refused(text):
    with pytest.raises(Refused, match="damaged"):
        inflated(text, 1000)


def nested(depth):
    value = 1
    for k in range(depth):
        value = [value] if k % 2 else {"a": value}
    return value


def test_depth_of_values_is_bounded():
    check_values(nested(MOST_DEPTH))
    with pytest.raises(Refused, match="deep"):
        check_values(nested(MOST_DEPTH + 1))


@pytest.mark.parametrize("dtype", ["S1000000", "U9", "O", "V8", "f8,f8", None, ["f8"], "complex128", "M8[ns]"])
def test_types_of_arrays_that_no_browser_sends_are_refused(dtype):
    with pytest.raises(Refused, match="array"):
        check_values([{"a": {"type": "ndarray", "dtype": dtype}}])


def test_parts_of_one_message_are_weighed_together():
    traffic = Traffic()
    traffic.weigh("x" * (3 << 20))
    traffic.weigh(b"x" * (2 << 20))
    with pytest.raises(Refused, match="more than 6 MB"):
        traffic.weigh("x" * (2 << 20))


# --- addresses, headers, names ----------------------------------------------------


@pytest.mark.parametrize(("uri", "parts"), [
    ("/app??model=lif", {"pathname": "/app", "search": "??model=lif"}),
    ("/app?a=1#b?c#d", {"pathname": "/app", "search": "?a=1", "hash": "#b?c#d"}),
    ("/app#x?y", {"pathname": "/app", "hash": "#x?y"}), ("/app?", {"pathname": "/app"}), ("?", {"pathname": "/"}),
    ("http://a.example:80/app?b=http://c", {"pathname": "/app", "search": "?b=http://c"}),
    ("http://[bad/app?x", {"pathname": "/app", "search": "?x"}), ("https://a", {"pathname": "/"}),
    ("x" * 70_000, {"pathname": "/" + "x" * 70_000})])
def test_any_address_is_taken_apart(uri, parts):
    found_parts = location_parts("http", "host:5006", uri)
    assert found_parts.pop("href").startswith("http://host:5006")
    assert found_parts == {"protocol": "http:", "hostname": "host", "port": "5006", **parts}


@pytest.mark.parametrize(("host", "name", "port"), [("[::1]:5006", "[::1]", "5006"), ("[::1]", "[::1]", None),
                                                    ("a:b:c", "a:b:c", None), ("h", "h", None), ("h:1", "h", "1")])
def test_any_host_is_taken_apart(host, name, port):
    parts = location_parts(None, host, "/")
    assert (parts["hostname"], parts.get("port")) == (name, port)


@pytest.mark.parametrize(("text", "expected"), [("", "'self'"), ("  ", "'self'"), ("*", "*"), ("'none'", "'none'"),
                                                ("'self'  https://a.example", "'self' https://a.example")])
def test_host_states_who_may_frame(text, expected):
    assert frame_ancestors(text) == expected


@pytest.mark.parametrize("text", ["a; script-src *", "a,b", "é", 'x"', "a\x00b"])
def test_frame_policies_that_would_say_something_else_are_refused(text):
    with pytest.raises(ValueError, match="NCM_APP_FRAME_ANCESTORS"):
        frame_ancestors(text)


def test_names_outside_the_list_are_not_replaced():
    with pytest.raises(LookupError, match="missing in the list"):
        wrap("bokeh.server.tornado:BokehTornado.start", lambda original: original)
    with pytest.raises(AttributeError):
        found("bokeh.server.tornado:BokehTornado.no_such_name")
