"""From the bytes of a file to samples with a class each, or to one sentence on what was expected and what was found.

Files are the book's .npz layouts, other arrays with a label for each sample, and tables with a column of labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ncm_app.readers.archives import read_archive
from ncm_app.readers.cells import Array
from ncm_app.readers.companions import check_once
from ncm_app.readers.files import check_ending, check_head, check_size, ending_of, opened
from ncm_app.readers.labelled_tables import labelled_table
from ncm_app.readers.samples import LabelledData, Labels, joined, labelled, square
from ncm_app.readers.texts import nothing

NAMES: dict[str, tuple[str, ...]] = {
    "X": ("X", "x", "X_train", "x_train", "XTrain", "xTrain", "data", "images"),
    "Y": ("Y", "y", "Y_train", "y_train", "YTrain", "yTrain", "labels", "label", "target", "targets"),
    "XTest": ("XTest", "xTest", "X_test", "x_test"), "YTest": ("YTest", "yTest", "Y_test", "y_test"),
    "stimuli": ("AllOrientations", "TwoOrs", "orientations"), "counts": ("SpikeCounts", "spike_counts")}
"""Arrays of a .npz file that are read, and what they may be called."""

ENDINGS = (".npz", ".csv", ".tsv", ".txt")
"""Endings of the names of files that are read."""

LAYOUTS = "X and Y (with XTest and YTest), x and y, or SpikeCounts with their orientations"


class _Coded(NamedTuple):
    """The class (m,) of each sample, the names of classes, and the axis of the samples in X: -1 where either may be."""

    labels: Labels
    classes: tuple[str, ...]
    axis: int


def read_labelled(name: str, data: bytes, check: Callable[[], None] = nothing) -> LabelledData:
    """Return the samples in a file, or raise a ValueError with a sentence for its reader.

    `check` is called again and again while a long text is read, and may raise to stop that.
    """
    return opened(name, lambda source: _read(source, ending_of(name), data, check))


def _read(source: str, ending: str, data: bytes, check: Callable[[], None]) -> LabelledData:
    check_ending(ending, ENDINGS)
    check_size(data, ending, "samples and their labels")
    check_head(data, ending)
    if ending == ".npz":
        return labelled_arrays(source, *read_archive(data, [name for names in NAMES.values() for name in names]))
    return labelled_table(source, data, check)


def labelled_arrays(source: str, arrays: Mapping[str, Array], others: list[str]) -> LabelledData:
    """Return the samples in the known arrays of a .npz file; a ValueError says what is missing or wrong."""
    check_once(arrays, list(NAMES.values()))
    found = {key: arrays[n] for key, names in NAMES.items() for n in names if n in arrays}
    for key, values in found.items():
        wrong = int(np.count_nonzero(~np.isfinite(values)))
        if wrong:
            raise ValueError(f"finite numbers expected in {_called(key, arrays)}, {wrong} NaN or infinite found")
    stimuli = found["stimuli"].ravel() if "stimuli" in found else None
    if "X" in found and "Y" in found:
        return _pairs(source, found, stimuli, arrays)
    if "counts" in found and stimuli is not None:
        X, labels = _by_orientation(found["counts"], len(stimuli))
        return labelled(source, X, labels, tuple(f"{angle:g}" for angle in stimuli))
    if "X" in found:
        raise ValueError(f"labels (Y, one-hot or a number for each sample) beside {_called('X', arrays)} expected, "
                         "none found")
    raise ValueError(f"{LAYOUTS} expected, {', '.join([*arrays, *others][:8]) or 'no array'} found")


def _called(key: str, arrays: Mapping[str, Array]) -> str:
    return next(name for name in NAMES[key] if name in arrays)


def _pairs(source: str, found: Mapping[str, Array], stimuli: Array | None, arrays: Mapping[str, Array]) -> LabelledData:
    coded = _coded(found["Y"], stimuli, _called("Y", arrays))
    X, picture, axis = _samples(found["X"], len(coded.labels), coded.axis, _called("X", arrays))
    test = None
    if ("XTest" in found) != ("YTest" in found):
        raise ValueError("both of XTest and YTest, or neither, expected, one found")
    if "XTest" in found:
        tested = _coded(found["YTest"], stimuli, _called("YTest", arrays))
        X_test, shape, _ = _samples(found["XTest"], len(tested.labels), axis, _called("XTest", arrays))
        if X_test.shape[1] != X.shape[1] or shape != picture:
            raise ValueError(f"{X.shape[1]} inputs expected in XTest as in X, {X_test.shape[1]} found")
        test = X_test, joined(tested.labels, tested.classes, coded.classes)
    return labelled(source, X, coded.labels, coded.classes, test,
                    picture=picture or (square(X) if stimuli is None else ()))


def _coded(Y: Array, stimuli: Array | None, name: str) -> _Coded:
    """Return the classes that labels tell: numbers, or one-hot columns or rows; else a ValueError."""
    if sum(length > 1 for length in Y.shape) < 2:
        numbers = Y.ravel()
        if not np.all(numbers == np.floor(numbers)):
            strange = numbers[numbers != np.floor(numbers)][0]
            raise ValueError(f"whole numbers that name classes expected in {name}, {strange:g} found")
        found, labels = np.unique(numbers, return_inverse=True)
        return _Coded(labels.astype(np.int64), tuple(f"{one:.0f}" for one in found), -1)
    flags = Y.ndim == 2 and bool(np.all((Y == 0) | (Y == 1)))
    hot = [axis for axis in (0, 1) if flags and np.all(Y.sum(axis=axis) == 1)]
    if len(hot) != 1:
        raise ValueError(f"a number for each sample, or one 1 in each column, expected in {name}, "
                         + ("one 1 in each column and row" if hot else f"others of shape {Y.shape}") + " found")
    k = Y.shape[hot[0]]
    if stimuli is not None and len(stimuli) != k:
        raise ValueError(f"{k} orientations expected, {len(stimuli)} found")
    names: Array = np.arange(k, dtype=float) if stimuli is None else stimuli
    return _Coded(Y.argmax(axis=hot[0]).astype(np.int64), tuple(f"{one:g}" for one in names), 1 - hot[0])


def _samples(X: Array, m: int, axis: int, name: str) -> tuple[Array, tuple[int, ...], int]:
    """Return samples in rows (m, n), the shape of a picture or (), and the axis on which they stood; else a ValueError.

    Samples stand on the axis that is as long as there are labels; `axis`, 0 for the first, 1 for the last and -1 for
    neither, decides where both are.
    """
    if not 1 <= X.ndim <= 3:
        raise ValueError(f"{name} of inputs x samples expected, shape {X.shape} found")
    X = X[:, np.newaxis] if X.ndim == 1 else X
    fitting = [side for side in (0, 1) if X.shape[-side] == m]
    fitting = [axis] if len(fitting) > 1 and axis >= 0 else fitting
    if len(fitting) != 1:
        both = "which may stand in rows or in columns: write Y one-hot" if fitting else "which fit no axis"
        raise ValueError(f"a label for each sample expected, {name} of {' x '.join(map(str, X.shape))} and {m} labels "
                         f"found, {both}")
    rows = np.moveaxis(X, -fitting[0], 0)
    return np.ascontiguousarray(rows.reshape(m, -1)), tuple(rows.shape[1:]) if X.ndim == 3 else (), fitting[0]


def _by_orientation(counts: Array, k: int) -> tuple[Array, NDArray[np.int64]]:
    """Return counts (m, cells) and labels (m,) of cells x orientations x trials, or of one cell; else a ValueError."""
    if counts.ndim == 3 and counts.shape[1] == k:
        return (np.ascontiguousarray(counts.transpose(1, 2, 0).reshape(-1, len(counts))),
                np.repeat(np.arange(k), counts.shape[2]))
    if counts.ndim == 2 and k in counts.shape and counts.shape[0] != counts.shape[1]:
        by_orientation = counts if counts.shape[0] == k else counts.T
        return by_orientation.reshape(-1, 1), np.repeat(np.arange(k), by_orientation.shape[1])
    raise ValueError(f"SpikeCounts of neurons x {k} orientations x trials expected, shape {counts.shape} found")
