"""Small tables of measured numbers: read with certainty, or refused with one sentence."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.inversion.dwell import DwellData
from ncm_app.numerics.inversion.reading import read_inversion_data
from ncm_app.numerics.inversion.rhythm import AlphaData, DeepLoopData
from ncm_app.numerics.system import Cancelled

TIMES = "".join(f"{s},{t}\n" for s in (1.0, 1.2) for t in range(1, 13))
RHYTHM = "quantity;value;sd\na_1;1.5;0.05\nf;10.9;0.05\na_2;0.03;0.001\n"


@pytest.mark.parametrize("text", [f"s,dwell\n{TIMES}", f"# mine\n\"S\", Dwell\n{TIMES}".replace("\n", "\r\n"),
                                  f"s\tdwell\n{TIMES}".replace(",", "\t"), f"s dwell\n{TIMES}".replace(",", " ")])
def test_dwell_times_are_gathered_by_their_noise(text):
    found = read_inversion_data("mine.csv", text.encode())
    assert isinstance(found, DwellData) and found.source == "mine.csv"
    assert found.s == pytest.approx([1.0, 1.2]) and found.mean == pytest.approx([6.5, 6.5])
    assert found.counts == pytest.approx([12.0, 12.0]) and found.error[0] == pytest.approx(np.sqrt(13.0 / 12.0))
    assert found.reading == "Read as 24 dwell times at 2 levels of the noise."


def test_quantities_of_a_rhythm_are_put_in_order():
    found = read_inversion_data("eeg.txt", RHYTHM.encode("utf-16"))
    assert isinstance(found, AlphaData) and found.names == ("f", "a_1", "a_2")
    assert found.values == pytest.approx([10.9, 1.5, 0.03]) and found.sd == pytest.approx([0.05, 0.05, 0.001])
    assert isinstance(read_inversion_data("lfp.csv", RHYTHM.replace("a_2", "a3").encode()), DeepLoopData)


@pytest.mark.parametrize(("name", "text", "words"), [
    ("a.png", "x", ".png found"), ("a.csv", "", "an empty one found"), ("a.csv", "s,dwell\n", "less found"),
    ("a.csv", "\x89PNG", "a .csv file"), ("a.csv", "1,2\n1,3\n", "names in the first line expected"),
    ("a.csv", f"s,s\n{TIMES}", "each name once"), ("a.csv", f"s,dwell,x\n{TIMES}", "3 cells in each line"),
    ("a.csv", f"x,dwell\n{TIMES}", "x, dwell found"),
    ("a.csv", f"s,dwell\n{TIMES}1.2,1,5\n", "2 cells in each line expected, 3 cells found in"),

    ("a.csv", f"s,dwell\n{TIMES}1.2,nan\n", "'nan' found"), ("a.csv", f"s,dwell\n{TIMES}1.2,\n", "'nothing' found"),
    ("a.csv", f"s,dwell\n{TIMES}1.2,-3\n", "-3 found"), ("a.csv", f"s,dwell\n{TIMES}1.3,3\n", "1 at 1.3 found"),
    ("a.csv", "s,dwell\n" + "1.0,2.0\n" * 12, "all alike"), ("a.csv", "s;dwell\n" + "1,0;2,0\n" * 12, "'1,0' found"),
    ("a.csv", "s,dwell\n" + "".join(f"{1 + k // 10},{k}.5\n" for k in range(510)), "51 found"),
    ("a.csv", RHYTHM.replace("a_2", "b"), "a_1, f, b found"), ("a.csv", RHYTHM.replace("0.001", "0"), "0 found"),
], ids=range(18))
def test_what_is_not_certain_is_refused(name, text, words):
    with pytest.raises(ValueError, match=r"^a\.\w+ was not opened: .* expected.* found.*\.$") as found:
        read_inversion_data(name, text.encode("latin-1"))
    assert words in str(found.value) and str(found.value).count("\n") == 0


def test_other_bytes_and_a_cancel():
    with pytest.raises(ValueError, match="other bytes found"):
        read_inversion_data("a.csv", b"s,dwell\n1,\xff\n")

    def stop():
        raise Cancelled

    with pytest.raises(Cancelled):
        read_inversion_data("a.csv", ("s,dwell\n" + "1,2\n" * 2000).encode(), stop)
