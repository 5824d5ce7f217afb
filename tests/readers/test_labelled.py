"""Samples and their labels from files: the book's layouts, tables, and a sentence for each that cannot be read."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.readers.digits import digits
from ncm_app.readers.files import HEADS
from ncm_app.readers.labelled import read_labelled

RECORDED = Path(os.environ.get("NCM_APP_RECORDINGS", "none")) / "SpikeCounts112Neuron12Thetas.npz"
GENERATOR = np.random.default_rng(4)
X, LABELS = GENERATOR.normal(size=(40, 3)), np.tile([0, 1, 2, 1], 10)


def saved(**arrays):
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def hot(labels, k=3):
    return np.eye(k)[:, labels]


def table(lines):
    return "\n".join(lines).encode()


def test_the_book_s_layout_has_samples_in_columns_and_a_test():
    images, labels = digits()
    X = images.reshape(-1, 64).T
    found = read_labelled("digits.npz", saved(X=X[:, :1000], Y=hot(labels[:1000], 10), XTest=X[:, 1000:1500],
                                              YTest=hot(labels[1000:1500], 10)))
    np.testing.assert_array_equal(found.X, X.T[:1000])
    np.testing.assert_array_equal(found.labels, labels[:1000])
    np.testing.assert_array_equal(found.X_test, X.T[1000:1500])
    np.testing.assert_array_equal(found.labels_test, labels[1000:1500])
    assert found.picture == (8, 8) and found.classes == tuple("0123456789")
    assert found.reading == ("Read as 1000 samples of pictures of 8 x 8 pixels in 10 classes, and 500 for the test; "
                             "3 of 64 inputs are the same in every sample, and tell nothing.")
    assert found.notes == ("3 of 64 inputs are the same in every sample, and tell nothing",)
    assert not found.X.flags.writeable and found.X.flags.c_contiguous


@pytest.mark.parametrize(("arrays", "classes"), [
    ({"x": X.T, "y": hot(LABELS), "AllOrientations": [0.0, 60.0, 120.0]}, ("0", "60", "120")),
    ({"X": X, "Y": hot(LABELS).T}, ("0", "1", "2")),
    ({"X": X, "Y": hot(LABELS)}, ("0", "1", "2")),
    ({"X": X.T, "y": LABELS + 4}, ("4", "5", "6")),
    ({"data": X, "target": LABELS.astype(np.uint8)[:, np.newaxis]}, ("0", "1", "2")),
], ids=["columns", "rows", "rows beside columns", "numbers over columns", "numbers over rows"])
def test_arrays_are_read_the_way_their_labels_tell(arrays, classes):
    found = read_labelled("a.npz", saved(**arrays))
    np.testing.assert_array_equal(found.X, X)
    np.testing.assert_array_equal(found.labels, LABELS)
    assert found.classes == classes and len(found.X_test) == 0 and found.picture == ()


def test_pictures_may_be_stacked():
    images, labels = digits()
    found = read_labelled("a.npz", saved(x_train=images[:200], y_train=labels[:200], x_test=images[200:260],
                                         y_test=labels[200:260]))
    np.testing.assert_array_equal(found.X, images[:200].reshape(200, 64))
    assert found.picture == (8, 8) and len(found.X_test) == 60


def test_labels_of_a_test_are_matched_by_their_names():
    found = read_labelled("a.npz", saved(X=X, y=LABELS * 10, XTest=X[:4], YTest=np.array([20, 10, 20, 10])))
    assert found.labels_test.tolist() == [2, 1, 2, 1]


def test_counts_by_orientation_are_samples_of_a_population():
    counts = GENERATOR.poisson(5.0, (7, 2, 50))
    found = read_labelled("a.npz", saved(SpikeCounts=counts, TwoOrs=np.array([120, 150])))
    assert found.X.shape == (100, 7) and found.classes == ("120", "150")
    np.testing.assert_array_equal(found.X[found.labels == 1], counts[:, 1].T)
    alone = read_labelled("a.npz", saved(SpikeCounts=counts[0].T, TwoOrs=np.array([120, 150])))
    np.testing.assert_array_equal(alone.X[alone.labels == 1, 0], counts[0, 1])


@pytest.mark.skipif(not RECORDED.exists(), reason="the recording is not here")
def test_recorded_counts_of_112_neurons():
    found = read_labelled(RECORDED.name, RECORDED.read_bytes())
    assert found.X.shape == (1000, 112) and found.X_test.shape == (100, 112)
    assert found.classes == tuple(str(angle) for angle in range(0, 360, 30))
    assert found.X.mean() == pytest.approx(7.95, abs=0.005) and found.X.max() == 92.0


@pytest.mark.parametrize(("lines", "inputs", "classes", "how"), [
    (["a,b,label", *(f"{x},{y},{k}" for (x, y, _), k in zip(X, LABELS, strict=True))], ("a", "b"), ("0", "1", "2"),
     "labels from column 'label'; columns parted by commas, decimal point"),
    (["Class;a;b", *(f"{k};{x};{y}".replace(".", ",") for (x, y, _), k in zip(X, LABELS, strict=True))], ("a", "b"),
     ("0", "1", "2"), "labels from column 'Class'; columns parted by semicolons, decimal comma"),
    (["a\tb\tspecies", *(f"{x}\t{y}\t{'uvw'[k]} x" for (x, y, _), k in zip(X, LABELS, strict=True))], ("a", "b"),
     ("u x", "v x", "w x"), "labels from the last column, the only one of words; columns parted by tabs, "
      "decimal point"),
    ([f"{x},{y},{k}" for (x, y, _), k in zip(X, LABELS, strict=True)], (), ("0", "1", "2"),
     "labels from the last column, the only one of few whole numbers; columns parted by commas, decimal point"),
    (["sep=;", "# made by hand", "0;1;y", *(f"{x};{y};{k}" for (x, y, _), k in zip(X, LABELS, strict=True))],
     ("0", "1"), ("0", "1", "2"), "labels from column 'y'; columns parted by semicolons, decimal point"),
    (["# a b target", *(f"{x} {y} {k}" for (x, y, _), k in zip(X, LABELS, strict=True))], ("a", "b"), ("0", "1", "2"),
     "labels from column 'target'; columns parted by blanks, decimal point"),
], ids=["named", "decimal commas", "words", "last", "numbers as names", "commented"])
def test_tables(lines, inputs, classes, how):
    found = read_labelled("a.csv", table(lines))
    np.testing.assert_array_equal(found.X, X[:, :2])
    np.testing.assert_array_equal(found.labels, LABELS)
    assert (found.inputs, found.classes) == (inputs, classes)
    assert found.reading == ("Read as 40 samples of 2 inputs in 3 classes; those for the test are drawn from them; "
                             f"{how}.")


def test_a_column_that_counts_the_lines_is_no_input():
    found = read_labelled("a.csv", table([",a,label", *(f"{i},{x},{k}" for i, (x, k) in
                                                         enumerate(zip(X[:, 0], LABELS, strict=True)))]))
    assert found.inputs == ("a",) and found.notes == ("column 1 counts the lines, and is left out",)
    assert found.reading.endswith("decimal point; column 1 counts the lines, and is left out.")


def test_pixels_with_numbered_names_are_a_picture():
    images, labels = digits()
    head = ",".join(["label", *(f"pixel{k}" for k in range(64))])
    rows = [",".join(map(str, [k, *image.ravel()])) for k, image in zip(labels[:100], images[:100], strict=True)]
    found = read_labelled("a.csv", table([head, *rows]))
    np.testing.assert_array_equal(found.X.reshape(-1, 8, 8), images[:100])
    assert found.picture == (8, 8)


GOOD = [f"{x},{y},{k}" for (x, y, _), k in zip(X, LABELS, strict=True)]


REFUSED = [
    ("a.npz", saved(X=X), "labels (Y, one-hot or a number for each sample) beside X expected, none found"),
    ("a.npz", saved(X=X, Y=hot(LABELS * 0)), "two classes or more expected, one (0) found"),
    ("a.npz", saved(X=X * 0 + 2, Y=LABELS), "inputs that differ between samples expected"),
    ("a.npz", saved(X=np.where(X > 2, np.nan, X), Y=LABELS), "finite numbers expected in X, "),
    ("a.npz", saved(X=X, Y=LABELS + 0.5), "whole numbers that name classes expected in Y, 0.5 found"),
    ("a.npz", saved(X=X, Y=hot(LABELS) + 1), "a number for each sample, or one 1 in each column, expected in Y"),
    ("a.npz", saved(X=X, Y=LABELS[:39]), "X of 40 x 3 and 39 labels found, which fit no axis"),
    ("a.npz", saved(X=X[:3], Y=[0, 1, 0]), "which may stand in rows or in columns: write Y one-hot"),
    ("a.npz", saved(X=X, x=X, Y=LABELS), "one of X and x expected, both found"),
    ("a.npz", saved(X=X, Y=LABELS, XTest=X), "both of XTest and YTest, or neither, expected"),
    ("a.npz", saved(X=X, Y=LABELS, XTest=X[:, :2], YTest=LABELS), "3 inputs expected in XTest as in X, 2 found"),
    ("a.npz", saved(X=X, Y=LABELS, XTest=X, YTest=LABELS + 1), "classes of training expected in the test, '3' found"),
    ("a.npz", saved(X=X * 1e12, Y=LABELS), "inputs up to 1e+09 expected"),
    ("a.npz", saved(X=X * 1e-300, Y=LABELS), "inputs of 1e-30 or more expected"),
    ("a.npz", saved(SpikeTimes=X), "SpikeCounts with their orientations expected, SpikeTimes found"),
    ("a.npz", saved(X=np.array([{}]), Y=LABELS), "a Python object (pickle), which is never opened, found"),
    ("a.npz", saved(X=np.zeros((3000, 3000), np.uint8), Y=LABELS), "at most 8.4 million numbers expected in X"),
    ("a.npz", saved(X=np.eye(2100)[:, :2000], Y=np.arange(2100) % 9), "at most 100000 samples and 4000000 numbers"),
    ("a.csv", table(["a,b,c", *(f"{x},{y},{z}" for x, y, z in X)]), "a column named 'label', 'class' or "),
    ("a.csv", table([*GOOD, "1,2"]), "3 cells in each line expected, 2 found in line 41"),
    ("a.csv", table(["a,b,label", *GOOD, "1,2,"]), "label in each line expected, none in line 42, column 'label'"),
    ("a.csv", table([*GOOD, "1,nan,2"]), "a number expected in line 41, column 2, none found"),
    ("a.csv", table([*GOOD, "1,inf,2"]), "a number expected in line 41, column 2, an infinite one found"),
    ("a.csv", table(["a,b,label", *GOOD, "1,two,2"]), "a number expected in line 42, column 'b', 'two' found"),
    ("a.csv", table(f"{i % 3},{x},{k}" for i, (x, k) in enumerate(zip(X[:, 0], LABELS, strict=True))),
     "one column that can be labels expected, column 1 and column 3 found: name the column of labels 'label'"),
    ("a.csv", table(["label,y,z", *GOOD]), "one column of labels expected, 'label' and 'y' found"),
    ("a.csv", table(["a,label", *(f"{x},{x}" for x in X[:, 0])]), "measured values are no classes"),
    ("a.csv", table(["a,label", *(f"{x},1" for x in X[:, 0])]), "two classes or more expected, one (1) found"),
    ("a.csv", table(["a,label", *(f"{x},{k}" for k, x in enumerate(X[:, 0]))]), "two samples of each class expected"),
    ("a.csv", table(["a,b,label", *(f"1,2,{k}" for k in LABELS)]), "inputs that differ between samples expected"),
    ("a.csv", b"Once upon a time", "numbers with a label in each line expected, no number found"),
    ("a.csv", b"", "a .csv file with samples and their labels expected, an empty one found"),
    ("a.csv", b"\n\n", "numbers with a label in each line expected, no number found"),
    ("a.csv", b"1;2\t3\n", "one sign between columns expected, semicolons and tabs found"),
    ("a.csv", b"1,5;2.5;1\n", "one decimal mark and no separators of thousands expected"),
    ("a.csv", b"\x00" * 50, "text with numbers expected, other data found"),
    ("a.csv", b"1" * (30 << 20), "at most 20 MB expected, 30 MB found"),
    ("a.xlsx", b"PK", "a .npz, .csv or .tsv file expected, .xlsx found"),
    ("a.npz", b"PK\x03\x04 cut", "a whole .npz file expected, one that is cut off or damaged found"),
    *(("a.csv", head, f"a .csv file expected, {kind} found") for head, kind in HEADS.items()),
]


@pytest.mark.parametrize(("name", "data", "words"), REFUSED, ids=[words[:40] for *_, words in REFUSED])
def test_what_cannot_be_read_is_refused_with_one_sentence(name, data, words):
    with pytest.raises(ValueError, match="was not opened") as refused:
        read_labelled(name, data)
    sentence = str(refused.value)
    assert words in sentence
    assert sentence.endswith(".") and len(sentence) < 300 and "\n" not in sentence


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_random_damage_gives_samples_or_a_sentence(data):
    good = data.draw(st.sampled_from([table(["a,b,label", *GOOD]), saved(X=X, Y=hot(LABELS))]))
    broken = bytearray(good)
    for _ in range(data.draw(st.integers(1, 5))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read_labelled("a.csv" if good[:1] == b"a" else "a.npz", bytes(broken))
    except ValueError as error:
        found = error
    if isinstance(found, ValueError):
        assert str(found).endswith(".")
    else:
        assert np.isfinite(found.X).all() and found.labels.max() < len(found.classes)


def test_a_reader_of_a_long_table_asks_whether_to_go_on():
    asked = []

    def check():
        asked.append(time.perf_counter())
        if len(asked) > 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        read_labelled("a.csv", table(["a,b,label", *(GOOD * 1000)]), check)
