"""Curves in texts of users: read with certainty, or refused in one sentence."""

import numpy as np
import pytest

from ncm_app.readers.curves import read_curve

T = np.arange(0.0, 500.0, 5.0)
Y = np.round(np.sin(T / 50.0), 4)


def lines(*columns, sign=","):
    return "\n".join(sign.join(f"{value:g}" for value in row) for row in zip(*columns, strict=True))


def read(text, name="target.csv"):
    return read_curve(name, text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(("text", "said"), [
    (lines(Y), "the one column, 100 values spread evenly over one period"), ("target\n" + lines(Y), "column 'target'"),
    ("# made by hand\ny\n" + lines(Y), "column 'y'"), ("\ufeff" + lines(Y), "the one column")])
def test_one_column_is_spread_over_a_period(text, said):
    found = read(text)
    np.testing.assert_array_equal(found.y, Y)
    assert found.t is None
    assert said in found.reading
    assert found.source == "target.csv"


@pytest.mark.parametrize(("text", "unit"), [
    ("t,y\n" + lines(T, Y), "ms, for no unit is named"), ("t (ms),y\n" + lines(T, Y), "ms"),
    ("t (s),y\n" + lines(T / 1000.0, Y), "s"), ("y\ttime_ms\n" + lines(Y, T, sign="\t"), "ms"),
    ("# t in seconds\nt,y\n" + lines(T / 1000.0, Y), "s"), (lines(T + 1000.0, Y), "ms, for no unit is named"),
    (lines(T, Y, sign=";").replace(".", ","), "ms, for no unit is named")])
def test_two_columns_are_times_and_values(text, unit):
    found = read(text)
    np.testing.assert_allclose(found.t, T, atol=1e-9)
    np.testing.assert_array_equal(found.y, Y)
    assert f"100 values over 495 ms, times in {unit}," in found.reading


@pytest.mark.parametrize(("text", "words"), [
    ("", "an empty one found"), ("1\n" * 11_000_000, "at most 20 MB expected, 21 MB found"),
    ("hello\nworld", "numbers expected, 'world' found in line 2"), ("y\n1\n2\nabc\n3", "'abc' found in line 4"),
    ("1\nnan\n3", "a number in each cell expected"), ("t,y\n0,1\n100,\n200,3", "none found in line 3"),
    ("1\n2\ninf\n", "a number in each cell expected"), ("3\n" * 20, "a target that changes expected, 3 in every line"),
    ("1\n2\n300\n", "values from -10 to 10 expected, 300 found"), ("0.5\n", "one line found"),
    (lines(T, Y, Y), "3 columns found"), ("a,b\n" + lines(T, Y), "'a, b' found"),
    ("t,time\n" + lines(T, T + 1.0), "'t, time' found"), ("t\n" + lines(T), "only times 't' found"),
    (lines(T, T + 1.0, sign=";"), "may both be times"), ("t,y\n0,1\n100,2\n50,3", "50 after 100 found"),
    ("t,y\n0,1\n100,2\n100,3", "100 after 100 found"), ("t,y\n" + lines(T / 1000.0, Y), "0.495 without a unit found"),
    ("t (s),y\n" + lines(T, Y), "495000 ms found"), ("# in ms\nt (s),y\n" + lines(T, Y), "one unit of times expected"),
    ("0,1\n0,5\n0,3\n", "may be read both ways"), ("1,2\n3\n4,5\n", "expected"), ("\x89PNG", "a PNG picture found")])
def test_what_is_not_certain_is_refused_in_one_sentence(text, words):
    with pytest.raises(ValueError, match="not opened") as refused:
        read(text.encode("latin-1"))
    said = str(refused.value)
    assert words in said
    assert said.startswith("target.csv was not opened: ")
    assert said.endswith(".")
    assert "\n" not in said
    assert len(said) < 250


def test_other_kinds_of_files_are_refused():
    with pytest.raises(ValueError, match=r"a \.csv, \.tsv or \.txt file expected, \.npz found"):
        read(b"PK", "target.npz")


def test_a_reader_can_be_stopped():
    class Stopped(Exception):
        pass

    def check():
        raise Stopped

    with pytest.raises(Stopped):
        read_curve("y.csv", lines(Y).encode(), check)
