"""Cells of a text: the nearest double of each number, what else a cell holds, and a reader that stops when told."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.numerics.spikes.reading import read_recording
from ncm_app.numerics.system import Cancelled
from ncm_app.readers import cells
from ncm_app.readers.cells import census, chunks_of, parse
from ncm_app.readers.scan import COMMAS, EMPTY, GAPS, INFINITE, LOOSE_COMMAS, NUMBER, QUOTED_COMMAS, SEMICOLONS, WORD
from ncm_app.readers.texts import nothing


def parsed(text, separator=",", mark="."):
    return parse(chunks_of(text.encode(), nothing), separator, mark)


def counted(text):
    return census(chunks_of(text.encode(), nothing))


@settings(max_examples=400)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20),
       st.sampled_from(["%r", "%.17g", "%.3f", "%.18e", "%.25f", "%g", "%d"]))
def test_numbers_are_the_nearest_doubles(numbers, form):
    texts = [repr(number) if form == "%r" else form % number for number in numbers]
    found = parsed("\n".join(texts))
    assert found.values.tolist() == [float(text) for text in texts]
    assert np.all(found.states == NUMBER)
    commas = parsed("\n".join(text.replace(".", ",") for text in texts), "", ",")
    assert commas.values.tolist() == found.values.tolist()


@settings(max_examples=400)
@given(st.text("0123456789+-.eE", min_size=1, max_size=12))
def test_what_python_takes_for_a_number_is_one_and_nothing_else(text):
    try:
        value = float(text)
    except ValueError:
        value = None
    found = parsed(text)
    if value is None:
        assert found.states[0] == WORD and found.words == {0: text}
    else:
        assert found.states[0] == (NUMBER if np.isfinite(value) else INFINITE)
        assert np.isinf(value) or found.values[0] == value


@settings(max_examples=200)
@given(st.lists(st.lists(st.sampled_from(["1", "2.5", "", "nan", '"3"', '"4,5"', "x", "inf", '""', "-7e2"]),
                         min_size=2, max_size=5), min_size=1, max_size=6))
def test_cells_stand_where_they_were_written(rows):
    found = parsed("\n".join(",".join(row) for row in rows))
    want = [(k, j, cell) for k, row in enumerate(rows) for j, cell in enumerate(row)]
    assert list(zip(found.rows.tolist(), found.columns.tolist(), strict=True)) == [(k, j) for k, j, _ in want]
    states = {"": EMPTY, "nan": EMPTY, '""': EMPTY, "x": WORD, '"4,5"': WORD, "inf": INFINITE}
    assert found.states.tolist() == [states.get(cell, NUMBER) for _, _, cell in want]


@pytest.mark.parametrize("size", [1, 7, 64])
def test_parts_give_what_the_whole_gives(monkeypatch, size):
    text = "# a\n1,2.5\n\n3,x\r\n # b\n4,\n5,6\n"
    whole = parsed(text)
    monkeypatch.setattr(cells, "CHUNK", size)
    parts = parsed(text)
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(one, other)
    assert (whole.height, whole.words, whole.line(3)) == (5, {3: "x"}, 3)
    np.testing.assert_array_equal(counted(text), whole_counts(text))


def whole_counts(text):
    found = counted(text)
    assert (found[COMMAS], found[LOOSE_COMMAS]) == (4, 1)
    return found


def test_signs_in_comments_and_quotes_are_told_apart():
    found = counted('# a;b,c\n"1,5";2\n3 4\n% x;y\n')
    assert (found[SEMICOLONS], found[COMMAS], found[QUOTED_COMMAS], found[GAPS]) == (1, 0, 1, 1)


def test_a_reader_stops_when_it_is_told():
    """A text of many parts: the check is called between them, and what it raises ends the reader there."""
    calls = []

    def check():
        calls.append(1)
        if len(calls) > 3:
            raise Cancelled

    data = b"123.5\n" * (10 * cells.CHUNK // 6)
    with pytest.raises(Cancelled):
        read_recording("a.txt", data, check)
    assert len(calls) == 4
    calls.clear()
    read_recording("a.txt", data, lambda: calls.append(1))
    assert len(calls) > 20  # twice over the ten parts


def test_no_step_of_a_large_file_is_python_cell_by_cell():
    """A million numbers: the interpreter sees some hundred calls, not millions, so that other threads go on."""
    data = "\n".join(f"{0.25 * k:.2f}" for k in range(300_000)).encode()
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += 1

    read_recording("a.txt", b"1\n2\n")  # compiled
    sys.setprofile(count)
    try:
        found = read_recording("a.csv", data)
    finally:
        sys.setprofile(None)
    np.testing.assert_array_equal(found.trains.times, 0.25 * np.arange(300_000))
    assert calls < 20_000
