"""A file of any kind gives a recording, or a sentence on what was expected and what was found."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.models.trains._recording_plots import smooth
from ncm_app.numerics.spikes.reading import read_recording
from ncm_app.numerics.spikes.recordings import Recording, in_seconds, rounded_up
from ncm_app.numerics.spikes.trains import fano_factor, firing_rate, intervals, spike_counts, variation
from ncm_app.numerics.spikes.tuning import best_threshold, tuning_curve
from ncm_app.readers.archives import MOST_BYTES
from ncm_app.readers.files import shown_name
from tests.numerics import files


def test_membrane_potential_with_spikes():
    found = read_recording("cell.npz", files.membrane())
    assert (found.duration, found.dt, len(found.V), found.message) == (1000.0, pytest.approx(0.1), 10_001, "")
    np.testing.assert_array_equal(found.trains.times, [100.0, 200.0, 500.0, 700.0])
    assert found.trains.count == 1
    assert not found.V.flags.writeable


def test_step_is_read_from_the_times_where_dt_is_missing():
    data = files.npz(V=np.zeros(101), time=np.arange(101) * 0.5, SpikeTimes=np.array([10.0]))
    found = read_recording("cell.npz", data)
    assert (found.dt, found.duration) == (0.5, 50.0)


@pytest.mark.parametrize(("first", "dtype"), [(0, np.int64), (1, np.uint8), (1, np.uint16), (1, np.float64)])
def test_trial_numbers_from_0_or_1_give_the_same_trials_and_no_phantom(first, dtype):
    found = read_recording("cell.npz", files.trials(first, dtype, silent=False))
    counts = spike_counts(found.trains)
    assert ("counted from 1" in found.message) == (first == 1)
    assert len(counts) == found.trains.count == 200
    np.testing.assert_array_equal(counts, 2 * (np.arange(200) % 10) + 2)


def test_small_whole_numbers_do_not_wrap():
    """uint8 would turn the 300th trial into the 44th."""
    found = read_recording("cell.npz", files.trials(0, np.uint16, count=300, silent=False))
    assert found.trains.count == 300
    assert len(found.trains.times) == 30 * sum(range(2, 21, 2))


def test_spikes_that_share_a_bin_are_both_counted():
    found = read_recording("cell.npz", files.npz(SpikeTimes=np.array([5.1, 5.2, 5.2]), TrialNumbers=np.zeros(3), T=10))
    assert spike_counts(found.trains).tolist() == [3]
    assert firing_rate(found.trains) == pytest.approx(300.0)
    _, rate = smooth(found.trains, 2.0)
    assert rate.max() == pytest.approx(3000.0 / (2.0 * np.sqrt(2 * np.pi)), rel=0.02)


def test_counts_by_orientation():
    found = read_recording("cell.npz", files.counts())
    curve = tuning_curve(found.counts[0], found.stimuli, found.duration)
    np.testing.assert_array_equal(curve.stimuli, np.arange(12) * 30.0)
    assert curve.rates[[0, 4, 5]].tolist() == [1.0, 15.0, 5.0]
    assert curve.errors[4] == pytest.approx(5.0 / np.sqrt(99))  # SD of 10 and 20 over n - 1, over the root of n
    assert curve.trials.tolist() == [100] * 12
    told = best_threshold(*(found.counts[0][found.stimuli == angle] for angle in (120.0, 150.0)))
    assert (told.least, told.correct, told.first) == (1, 0.75, True)


@pytest.mark.parametrize("shape", ["trials first", "orientations first", "cells, orientations, trials"])
def test_counts_are_read_whichever_axis_is_first(shape):
    table = np.arange(60).reshape(20, 3)
    given = {"trials first": table, "orientations first": table.T, "cells, orientations, trials": table.T[None]}[shape]
    found = read_recording("a.npz", files.npz(SpikeCounts=given, AllOrientations=np.array([0.0, 90.0, 180.0])))
    for k, angle in enumerate((0.0, 90.0, 180.0)):
        np.testing.assert_array_equal(np.sort(found.counts[0][found.stimuli == angle]), table[:, k])
    assert "1000 ms are assumed" in found.message


def test_decoding_data_give_one_neuron_at_a_time():
    found = read_recording("many.npz", files.decoding())
    assert found.counts.shape == (112, 120)
    curve = tuning_curve(found.counts[40], found.stimuli, found.duration)
    assert curve.stimuli[curve.rates.argmax()] == 120.0  # 40 % 12 = 4
    assert curve.rates.max() == pytest.approx(80.0)  # 40 spikes in half a second
    assert found.message.startswith("Decoding data of 112 neurons")


CSV = {
    "a column": ("1.5\n20\n30.25\n", [1.5, 20.0, 30.25], [0, 0, 0], 1),
    "a column with a header and blanks": ("\nspike time (ms)\n 1.5\n\n20\n30.25", [1.5, 20.0, 30.25], [0, 0, 0], 1),
    "time and trial": ("time,trial\n1,0\n2,2\n3,0\n", [1.0, 3.0, 2.0], [0, 0, 2], 3),
    "time and trial, no header": ("1.5,0\n2.25,2\n3,0\n2.5,2\n", [1.5, 3.0, 2.25, 2.5], [0, 0, 2, 2], 3),
    "time and trial from 1": ("time,trial\r\n1,1\r\n2,3\r\n3,1\r\n", [1.0, 3.0, 2.0], [0, 0, 2], 3),
    "trial and time": ("Trial;Time\n1;1,5\n3;2,5\n", [1.5, 2.5], [0, 2], 3),
    "trial and time, no header": ("2,1.5\n1,2.5\n1,4\n2,3.5\n", [2.5, 4.0, 1.5, 3.5], [0, 0, 1, 1], 2),
    "a row for each trial": ("4,5.5,6\n1\n\n2,3\n", [4.0, 5.5, 6.0, 1.0, 2.0, 3.0], [0, 0, 0, 1, 3, 3], 4),
    "silent first and last rows": (",\n1,2.5,3\n,,\n", [1.0, 2.5, 3.0], [1, 1, 1], 3),
    "rows of four spikes": ("3.5,4.1,5.2,6.3\n1.5,2.2,3.3,4.4\n", [3.5, 4.1, 5.2, 6.3, 1.5, 2.2, 3.3, 4.4],
                            [0] * 4 + [1] * 4, 2),
    "blanks between": ("time trial\n1 0\n2 1\n", [1.0, 2.0], [0, 1], 2),
    "a comment": ("# made by hand\n1\n2\n", [1.0, 2.0], [0, 0], 1),
    "a mark of Excel": ("\ufeff1\n2\n", [1.0, 2.0], [0, 0], 1),
}


@pytest.mark.parametrize(("text", "times", "numbers", "count"), CSV.values(), ids=CSV)
def test_tables(text, times, numbers, count):
    trains = read_recording("cell.csv", text.encode()).trains
    assert (trains.times.tolist(), trains.trials.tolist(), trains.count) == (times, numbers, count)


@pytest.mark.parametrize("text", ["1\n2\n30", "1 2\t30\n", "times\n1\n2\n30\n", "# a list\n1, 2, 30"])
def test_lists_of_times(text):
    found = read_recording("cell.TXT", text.encode())
    assert found.trains.times.tolist() == [1.0, 2.0, 30.0]
    assert "30 ms is taken from the last spike" in found.message


@pytest.mark.parametrize(("last", "duration"), [(4659.3, 4700.0), (999.8, 1000.0), (30.0, 30.0), (0.0, 1.0)])
def test_duration_is_the_next_number_of_two_digits(last, duration):
    assert rounded_up(last) == pytest.approx(duration)


def test_seconds_are_suspected():
    found = read_recording("cell.txt", " ".join(f"{0.01 * k:.2f}" for k in range(400)).encode())
    assert "in seconds: then set unit to s" in found.message
    assert found.duration == 4.0
    longer = in_seconds(found)
    assert longer.message == "The file names no duration: 4000 ms is taken from the last spike."
    assert firing_rate(longer.trains) == pytest.approx(100.0)
    np.testing.assert_allclose(longer.trains.times, 1000 * found.trains.times)


def test_seconds_stretch_samples_and_leave_counts_alone():
    sampled = in_seconds(read_recording("a.npz", files.npz(V=np.zeros(101), dt=0.05, SpikeTimes=np.ones(1))))
    assert (sampled.dt, sampled.duration, sampled.trains.duration) == (50.0, 5000.0, 5000.0)
    counted = read_recording("a.npz", files.counts())
    assert in_seconds(counted) is counted


PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(50)
BAD = {
    "empty": ("a.npz", b"", "an empty one found"), "empty text": ("a.txt", b" \n \n", "no number found"),
    "cut off": ("a.npz", files.membrane()[:-3000], "cut off or damaged"),
    "picture": ("a.npz", PICTURE, "a .npz file expected, a PNG picture found"),
    "picture as csv": ("a.csv", b"\xff\xd8\xff\xe0" + bytes(50), "a JPEG picture found"),
    "picture by name": ("a.png", PICTURE, "a .npz, .csv or .txt file expected, .png found"),
    "no ending": ("recording", b"1 2", "a name without an ending found"),
    "pickle": ("a.npz", pickle.dumps({"SpikeTimes": [1.0]}), "a Python pickle found"),
    "pickle inside": ("a.npz", files.npz(SpikeTimes=np.array([{}], dtype=object)), "(pickle), which is never opened"),
    "text inside": ("a.npz", files.npz(SpikeTimes=np.array(["a"])), "real numbers expected in SpikeTimes"),
    "complex": ("a.npz", files.npz(SpikeTimes=np.array([1j])), "real numbers expected"),
    "text renamed": ("a.npz", b"1 2 3", "cut off or damaged"),
    "zip as csv": ("a.csv", files.counts(), "a zip archive found"),
    "binary": ("a.txt", b"1\0\0" * 9, "other data found"),
    "latin": ("a.csv", "1\nü".encode("latin-1"), "'ü' found in line 2"),
    "words": ("a.txt", b"hello\nworld\n", "'world' found in"),
    "words in a table": ("a.csv", b"time,trial\n1,0\nx,1\n", "'x' found in line 3"),
    "large": ("a.npz", bytes(MOST_BYTES + 1), "at most 20 MB expected, 20 MB found"),
    "NaN": ("a.npz", files.npz(SpikeTimes=np.array([1.0, np.nan])), "in SpikeTimes, 1 NaN or infinite found"),
    "NaN in text": ("a.csv", b"1\nnan\n", "1 NaN or infinite found"), "inf": ("a.txt", b"1 inf", "infinite found"),
    "negative": ("a.csv", b"-3.5\n2\n", "from 0 ms on expected, -3.5 found"),
    "disorder": ("a.txt", b"0.7 171\n3.9 159\n", "whose columns may mean"),
    "too late": ("a.npz", files.npz(SpikeTimes=np.array([1.0, 2e3]), T=1e3), "up to 1000 ms expected, 2000 found"),
    "endless": ("a.txt", b"1e300", "1e+300 found"), "no spike": ("a.npz", files.npz(SpikeTimes=np.zeros(0)), "none"),
    "too few trials": ("a.npz", files.npz(SpikeTimes=np.ones(3), TrialNumbers=np.ones(2)), "of 3 spikes expected, 2"),
    "half a trial": ("a.npz", files.npz(SpikeTimes=np.ones(1), TrialNumbers=np.array([0.5])), "0.5 found"),
    "a million trials": ("a.csv", b"time,trial\n1,0\n2,1000000\n", "0 to 10000 expected, 1e+06 found"),
    "no step": ("a.npz", files.npz(V=np.zeros(9), SpikeTimes=np.ones(1)), "dt, or a time for each of 9"),
    "tiny T": ("a.npz", files.npz(SpikeTimes=np.zeros(1), T=1e-9), "T from 1 to 1e+07 ms expected, 1e-09"),
    "long V": ("a.npz", files.npz(SpikeTimes=np.zeros(1), V=np.ones(9), dt=1e9), "a recording of 8e+09 ms found"),
    "bad T": ("a.npz", files.npz(SpikeTimes=np.ones(1), T=-5.0), "one positive number expected in T"),
    "silent V": ("a.npz", files.npz(V=np.linspace(-70, -60, 9), dt=1.0), "30 mV above the median of V, expected, V fr"),
    "V alone": ("a.npz", files.npz(V=np.zeros(9)), "dt, or a time for each of 9"),
    "other arrays": ("a.npz", files.npz(X=np.ones(3), Y=np.ones(3)), "X, Y found"),
    "no arrays": ("a.npz", files.zipped({}), "no array found"),
    "counts of other shape": ("a.npz", files.npz(SpikeCounts=np.ones((5, 7)), AllOrientations=np.ones(3)), "(5, 7)"),
    "half counts": ("a.npz", files.npz(SpikeCounts=np.full((5, 1), 0.5), AllOrientations=np.ones(1)), "0.5 found"),
    "not one hot": ("a.npz", files.npz(x=np.ones((2, 3)), y=np.ones((4, 3))), "exactly one 1 in each column"),
    "no array": ("a.npz", files.zipped({"SpikeTimes.npy": b"hello"}), "other data found in SpikeTimes"),
    "promise": ("a.npz", files.zipped({"SpikeTimes.npy": files.array_bytes(np.ones(4))[:-8]}), "shape (4,) found"),
    "other packing": ("a.npz", files.zipped({"V.npy": b"1"}, zipfile.ZIP_LZMA), "another compression"),
    "bomb": ("a.npz", files.zipped({"V.npy": bytes(70 << 20)}), "when unpacked, 70 MB found"),
    "many": ("a.npz", files.zipped({f"a{k}.npy": b"" for k in range(101)}), "at most 100 arrays expected, 101 found"),
    "a great many": ("a.npz", b"PK" + b"PK\x01\x02" * 2000, "many more found"),
    "endless lines": ("a.txt", b"5" + b"\n" * 4_000_001, "at most 4000000 numbers"),
}


@pytest.mark.parametrize(("name", "data", "found"), BAD.values(), ids=BAD)
def test_wrong_file_gives_one_sentence(name, data, found):
    with pytest.raises(ValueError, match="was not opened") as caught:
        read_recording(name, data)
    sentence = str(caught.value)
    assert found in sentence
    assert sentence.startswith(f"{name} was not opened: ")
    assert sentence.endswith(".")
    assert sentence.count(". ") == 0 and "\n" not in sentence and len(sentence) < 300


def test_header_that_promises_too_much_reserves_no_memory():
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f8", "fortran_order": False, "shape": (1 << 60,)})
    with pytest.raises(ValueError, match=r"bytes of numbers expected in SpikeTimes, shape \(1152921504606846976,\)"):
        read_recording("a.npz", files.zipped({"SpikeTimes.npy": stream.getvalue()}))


@pytest.mark.parametrize(("name", "shown"), [("../../etc/passwd.npz", "passwd.npz"), ("C:\\x\\y.csv", "y.csv"),
                                             ("<b>\n.npz", "?b??.npz"), ("a" * 80 + ".npz", "a" * 40 + "..." + "a" * 12
                                                                         + ".npz")])
def test_names_are_shown_plainly(name, shown):
    assert shown_name(name) == shown


def attempt(name, data):
    """Check that there is a recording, or a sentence that says why not; any other exception is an error."""
    sentence, found = "", None
    try:
        found = read_recording(name, data)
    except ValueError as error:
        sentence = str(error)
    if found is None:
        assert "was not opened: " in sentence and sentence.endswith(".")
    else:
        assert isinstance(found, Recording)
        assert found.trains is not None or found.counts is not None


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(["a.npz", "a.csv", "a.txt", "a", "é.npz"]),
       data=st.binary(max_size=400) | st.text("0123456789.,;- \n\te#na", max_size=200).map(str.encode))
def test_any_bytes_give_a_recording_or_a_sentence(name, data):
    attempt(name, data)


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_any_damage_gives_a_recording_or_a_sentence(data):
    whole = data.draw(st.sampled_from([files.trials(count=4), files.decoding(2, 12), files.npz(
        SpikeTimes=np.ones(2), V=np.ones(3), dt=np.ones(1))]))
    damaged = bytearray(whole)
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=4)):
        damaged[place] = data.draw(st.integers(0, 255))
    attempt("a.npz", bytes(damaged[: data.draw(st.integers(1, len(whole)) | st.just(len(whole)))]))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.text(max_size=40))
def test_any_array_and_header_give_a_recording_or_a_sentence(data, header):
    attempt("a.npz", files.zipped({"SpikeTimes.npy": files.array_bytes(np.ones(3))[:60] + data}))
    text = header.encode()
    head = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text
    attempt("a.npz", files.zipped({"SpikeTimes.npy": head + data}))


FOLDER = os.environ.get("NCM_APP_RECORDINGS")


@pytest.mark.skipif(not FOLDER, reason="the book's recordings are not shipped: NCM_APP_RECORDINGS names their folder")
def test_numbers_of_the_books_recordings():
    def opened(name):
        return read_recording(name, (Path(str(FOLDER)) / name).read_bytes())

    cell = opened("RealMembranePotentialData.npz")
    bare = read_recording("V.npz", files.npz(V=cell.V, dt=cell.dt))  # the same spikes without their list
    np.testing.assert_allclose(bare.trains.times, cell.trains.times, atol=0.3)
    assert (len(cell.trains.times), firing_rate(cell.trains)) == (11, pytest.approx(2.2))
    assert variation(intervals(cell.trains)) == pytest.approx(0.730449, abs=5e-7)
    t, rate = smooth(cell.trains, 250.0)
    assert (rate.max(), t[rate.argmax()]) == (pytest.approx(4.2664, abs=3e-4), pytest.approx(3248.0, abs=1.0))
    many = opened("SpikeTimes1Neuron1Theta.npz")
    assert (firing_rate(many.trains), fano_factor(spike_counts(many.trains))) == (
        pytest.approx(15.175), pytest.approx(2.87146, abs=5e-6))
    tuned = opened("SpikeCounts1Neuron12Thetas.npz")
    curve = tuning_curve(tuned.counts[0], tuned.stimuli, tuned.duration)
    assert curve.rates[[4, 5]] == pytest.approx([14.18, 6.14])
    told = best_threshold(*(tuned.counts[0][tuned.stimuli == angle] for angle in (120.0, 150.0)))
    assert (told.least, told.correct) == (9, pytest.approx(0.8))
    assert opened("SpikeCounts112Neuron12Thetas.npz").counts.shape == (112, 1000)
