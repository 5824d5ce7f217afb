"""Known trains, written in the ways of many programs and people: read as they are, or refused, never otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.spikes.reading import read_recording
from tests.readers.written import a_text


def trains_in(name, data):
    """Return the trains with spikes that are read from a file, in the order of their numbers."""
    found = read_recording(name, data).trains
    trains = [found.times[found.trials == k] for k in range(found.count)]
    return [train for train in trains if len(train)]


def same(one, other):
    return len(one) == len(other) and all(len(a) == len(b) and np.allclose(np.sort(a), b, rtol=1e-12, atol=0.0)
                                          for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("part", range(10))
def test_texts_are_read_as_they_are_or_refused(part):
    read, refused = 0, 0
    for seed in range(200 * part, 200 * (part + 1)):
        written = a_text(np.random.default_rng(seed))
        try:
            found = trains_in(("a.csv", "a.txt")[seed % 2], written.data)
        except ValueError:
            refused += 1
        else:
            assert same([train for train in written.trains if len(train)], found), (seed, written)
            read += 1
    assert read > 0.35 * (read + refused)  # a reader that refuses everything is no reader


READ = {
    "time column by its name": ("neuron,time\n1,10\n1,35\n2,12\n2,60\n", [[10, 35], [12, 60]]),
    "one spike": ("time,trial\n500.5,0\n", [[500.5]]),
    "German, one column": ("Zeit (ms)\n12,5\n40,25\n77,75\n", [[12.5, 40.25, 77.75]]),
    "columns named in a comment": ("# times in ms; trials from 0\n100,0\n250,1\n", [[100], [250]]),
    "a column per trial": ("trial 1,trial 2\n10,12\n20,30\n", [[10, 20], [12, 30]]),
    "columns of other lengths": ("trial 1,trial 2,trial 3\n10.5,12.1,1.5\n20.2,30.3,\n",
                                 [[10.5, 20.2], [12.1, 30.3], [1.5]]),
    "columns in another order": ("unit 2,unit 1\n1,5\n4,6\n", [[5, 6], [1, 4]]),
    "an amplitude beside": ("timestamps,node_ids,amplitude\n10.5,1,80\n35.2,1,90\n", [[10.5, 35.2]]),
    "pandas": (",time,trial\n0,12.5,1\n1,40.25,2\n", [[12.5], [40.25]]),
    "Excel": ("sep=;\nZeitpunkt;Versuch\n12,5;1\n40,25;2\n", [[12.5], [40.25]]),
    "quoted numbers": ('"time","trial"\n"12,5","0"\n"40,25","1"\n', [[12.5], [40.25]]),
    "a line of units": ("time,trial\nms,\n12.5,0\n40.25,1\n", [[12.5], [40.25]]),
    "a title": ("Cell 7\ntime,trial\n12.5,0\n40.25,1\n", [[12.5], [40.25]]),
    "seconds": ("Time (s)\ttrial\n0.0125\t0\n0.04025\t1\n", [[12.5], [40.25]]),
    "seconds in a comment": ("# spike times, seconds\n0.1\n0.25\n", [[100, 250]]),
    "microseconds": ("t [µs];Durchgang\n12500;0\n40250;1\n", [[12.5], [40.25]]),
    "senders of NEST": ("senders\ttimes\n105\t1.5\n107\t2.5\n105\t3.5\n", [[1.5, 3.5], [2.5]]),
    "blanks and brackets": ("spike time (ms)   trial\n10.5   0\n20   1\n", [[10.5], [20]]),
    "French, Western Windows": ("Temps écoulé (ms);Répétition\n1,5;0\n2,25;1\n".encode("cp1252"), [[1.5], [2.25]]),
    "UTF-16": ("time,trial\n1,0\n2,1\n".encode("utf-16"), [[1], [2]]),
    "UTF-16 without its mark": ("time,trial\n1,0\n2,1\n".encode("utf-16-be"), [[1], [2]]),
    "old Macintosh": ("time,trial\r1,0\r2,1\r", [[1], [2]]),
    "a column of nothing": ("time,trial,comment\n10,0,\n20,1,\n", [[10], [20]]),
    "ends of lines": ("time,trial,\n10,0,\n20,1,\n", [[10], [20]]),
    "powers": ("time,trial\n1e1,0\n2.5E+01,1\n", [[10], [25]]),
    "shuffled rows": ("trial,time\n1,3\n0,7\n1,2\n0,5\n", [[5, 7], [2, 3]]),
    "an id that comes again": ("id,time\n0,5\n0,7\n1,6\n", [[5, 7], [6]]),
    "a condition that trials tell": ("time,condition,trial\n1.5,0,0\n2.5,1,1\n3.7,0,0\n", [[1.5, 3.7], [2.5]]),
}


@pytest.mark.parametrize(("text", "trains"), READ.values(), ids=READ)
def test_texts_that_have_one_meaning(text, trains):
    found = trains_in("a.csv", text if isinstance(text, bytes) else text.encode())
    assert same([np.array(train, dtype=float) for train in trains], found)


REFUSED = {
    "decimal comma or two columns": ("12,25\n40,75\n80,95\n", "may be read both ways"),
    "decimal comma or list": ("times\n1,2\n3,4\n", "one meaning of the comma"),
    "thousands, commas": ("1,234.5\n2,345.5\n", "may part thousands"),
    "thousands, blanks": ("1 234,5\n1 345,5\n2 456,5\n", "may part thousands"),
    "thousands, points": ("time;trial\n1.234;0\n2.567;1\n", "may part thousands"),
    "thousands and decimals": ("time;trial\n1.234,5;0\n2.567,5;1\n", "one decimal mark"),
    "whole numbers without names": ("100,0\n250,1\n", "may be read both ways"),
    "an index or a neuron": ("id,time\n0,5\n1,7\n", "'id' found, which may part spikes too"),
    "an unknown whole column": ("time,foo\n1.5,3\n2.7,4\n", "'foo' found"),
    "a column without a name": ("time,\n1.5,3\n2.7,3.5\n2.8,3\n", "whose columns may mean"),
    "trial and neuron": ("trial,neuron,time\n0,1,5\n1,2,7\n", "keep one cell, or one trial"),
    "two times": ("time_s,time_ms\n1.5,1500\n2.5,2500\n", "'time_s' and 'time_ms' found"),
    "no time": ("trial,amplitude\n0,12.5\n1,14\n", "'trial' and 'amplitude' found"),
    "a trace": ("time,V\n0,-70\n0.1,-69\n", "as of samples"),
    "a trace of an unknown name": ("time,foo\n0,7.5\n0.1,6.9\n0.2,6\n", "equal steps"),
    "a raster with times": ("time,spike\n0,0\n1,1\n2,0\n", "only 0 and 1 found under 'spike'"),
    "a raster": ("0 1 1 0 1\n1 1 0 0 0\n", "only 0 and 1 found"),
    "counts": ("trial,spikes\n0,10\n1,12\n", "may be counts"),
    "intervals": ("ISI (ms)\n12\n14\n", "'ISI (ms)' found"),
    "samples": ("sample,trial\n15,0\n20,1\n", "'sample' and 'trial' found"),
    "minutes": ("time (min)\n1.5\n", "'time (min)' found"),
    "two units": ("time (ms or s)\n1.5\n", "one unit in the name"),
    "units against each other": ("# times in s\ntime (ms)\n1.5\n", "ms and s found"),
    "trials that begin late": ("time,trial\n5,101\n7,150\n", "silent or left out"),
    "names of numbers": ("0,1,2\n10.5,12.1,13.5\n20.2,30.3,\n", "may be both"),
    "a name 0, of pandas": ("0\n13.5\n27.25\n", "as pandas writes it"),
    "rows that are numbered": ("1,10.5,20.2\n2,9.1\n3,8,9,10\n", "whose columns may mean"),
    "a list in lines": ("1 2 3 4\n5 6 7\n", "may be both"),
    "rows of two": ("3.5,4.5\n1.5,2.5\n", "whose columns may mean"),
    "restarting times": ("1\n5\n9\n2\n6\n", "2 after 9 found"),
    "a multiple of a unit": ("Time [10 ms]\n5\n7\n", "which may multiply it"),
    "a decimal of a unit": ("time (0.1 ms),trial\n5,0\n7,1\n", "'time (0.1 ms)' found"),
    "a multiple in a comment": ("# times in 0.1 ms\n5\n7\n", "which may multiply it"),
    "a rate": ("Spikes/s\n5\n7\n9\n", "'Spikes/s' found"),
    "how many there are": ("3\n5.5\n7\n9\n", "how many there are"),
    "blocks": ("1\n5\n\n7\n9\n", "may part trials"),
    "two signs": ("1;2|3\n", "one sign between columns"),
    "labels": ("trial 1,10.5,20\ntrial 2,3\n", "'trial' found in line 2"),
    "a name too few": ("time,trial\n1,2,3\n", "2 names"),
    "a name too many": ("time,trial\n1\n2\n", "2 names"),
    "a typing error above": ("1O.5\n20\n30\n", "'1O.5' found above numbers"),
    "a typing error below": ("10.5\n2O\n30\n", "'2O' found in line 2"),
    "Python's underscores": ("1000\n2_000\n", "'2_000' found in line 2"),
    "hexadecimal": ("0x10\n", "'0x10' found in line 1"),
    "no time in a row": ("time,trial\n12.5,1\n,2\n", "1 missing found"),
    "no number in a row": ("time,trial\n12.5,1\nnan,2\n", "1 missing found"),
    "a hole in a column": ("trial 1,trial 2\n1,2\n,3\n4,5\n", "missing before the last"),
    "zeros at the end of a row": ("5.5,7.25,9.5,11\n0,0,0,0\n", "filling"),
    "names apart by blanks": ("spike time\n33.968 97.045\n", "may name fewer columns"),
    "negative": ("time,trial\n-12.5,1\n3,0\n", "-12.5 found"),
}


@pytest.mark.parametrize(("text", "found"), REFUSED.values(), ids=REFUSED)
def test_texts_that_have_two_meanings_or_none(text, found):
    for name in ("a.csv", "a.txt"):
        with pytest.raises(ValueError, match="was not opened: ") as caught:
            read_recording(name, text.encode())
        sentence = str(caught.value)
        assert found in sentence
        assert "expected" in sentence and sentence.endswith(".") and "\n" not in sentence and len(sentence) < 300


def test_what_was_assumed_is_told_with_the_first_three_times():
    found = read_recording("a.csv", b"Zeit;Versuch;amplitude\n12,5;1;3\n40,25;2;5\n10;1;4\n99;1;4\n")
    assert found.reading == ("Read as times from column 'Zeit', trains from column 'Versuch'; columns parted by "
                             "semicolons, decimal comma; in ms, for the file names no other unit; first times "
                             "12.5, 40.25, 10 ms.")
    assert found.message == ("'amplitude' is not read; no trial has the number 0: trials are counted from 1; the file "
                             "names no duration: 99 ms is taken from the last spike.")
    assert found.unit == ""


def test_double_times_are_told_and_so_are_silent_trials():
    found = read_recording("a.csv", b"time,trial\n5,0\n5,0\n7,3\n5,3\n")
    assert found.trains.times.tolist() == [5, 5, 5, 7]
    assert "1 time comes again in the same trial: each is counted" in found.message.lower()
    assert "2 of 4 trials have no spike" in found.message


@pytest.mark.parametrize(("first", "trials"), [("from 1", [1, 2]), ("from 0", [1, 2])])
def test_a_comment_tells_from_where_trials_are_counted(first, trials):
    found = read_recording("a.csv", f"# time; trials {first}\n5,2\n7,3\n".encode()).trains
    assert found.trials.tolist() == [k + (first == "from 0") for k in trials]
