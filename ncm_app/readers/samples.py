"""Samples with a class each, and what must hold of them before anything learns from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ncm_app.readers.cells import Array
from ncm_app.readers.words import shown

Labels = NDArray[np.int64]

MOST_NUMBERS, MOST_SAMPLES, MOST_CLASSES, LARGEST, SMALLEST = 4_000_000, 100_000, 100, 1e9, 1e-30
"""Bounds of all inputs together, of samples, of classes, of an input, and of the largest one: squares must not be 0."""


LEAST_PICTURE = 49
"""Inputs without names are the pixels of a square picture only where there are as many."""


@dataclass(frozen=True, eq=False)
class LabelledData:
    """Samples `X` (m, n) with the class (m,) of each, from 0 on; `X_test` and `labels_test` are those kept for a test.

    `classes` are the names of all classes; `inputs` those of the n inputs, () where they have none. `picture` is
    (rows, columns) where a sample is a picture, row by row from the top, else (). `source` is the name of the file,
    `reading` how it was read; `notes` say what is worth knowing of it.
    """

    X: Array
    labels: Labels
    classes: tuple[str, ...]
    X_test: Array
    labels_test: Labels
    inputs: tuple[str, ...] = ()
    picture: tuple[int, ...] = ()
    source: str = ""
    reading: str = ""
    notes: tuple[str, ...] = ()


def square(X: Array) -> tuple[int, ...]:
    """Return the shape of the pictures that samples may be: pixels from 0 on, as many as a square has; else ()."""
    side = round(X.shape[1] ** 0.5)
    pixels = X.shape[1] == side**2 >= LEAST_PICTURE and X.min() == 0 and (X.max() <= 1 or bool(np.all(X % 1 == 0)))
    return (side, side) if pixels else ()


def joined(labels: Labels, names: tuple[str, ...], classes: tuple[str, ...]) -> Labels:
    """Return the labels of a test by their places among the `classes` of training; else a ValueError."""
    strange = next((names[k] for k in np.unique(labels) if names[k] not in classes), None)
    if strange is not None:
        raise ValueError(f"the classes of training expected in the test, {shown(strange)} found")
    return np.array([classes.index(name) if name in classes else -1 for name in names], dtype=np.int64)[labels]


def labelled(source: str, X: Array, labels: Labels, classes: tuple[str, ...], test: tuple[Array, Labels] | None = None,
             inputs: tuple[str, ...] = (), picture: tuple[int, ...] = (), notes: tuple[str, ...] = (),
             how: str = "") -> LabelledData:
    """Return samples that can be learned from, or raise a ValueError "... expected, ... found"."""
    X_test, labels_test = test if test is not None else (np.empty((0, X.shape[1])), np.empty(0, dtype=np.int64))
    _check(X, labels, classes, X_test)
    constant = int(np.count_nonzero(X.min(axis=0) == X.max(axis=0)))
    if constant == X.shape[1]:
        raise ValueError("inputs that differ between samples expected, the same in every sample found")
    missing = [classes[k] for k in np.flatnonzero(np.bincount(labels, minlength=len(classes)) == 0)]
    told = [*notes]
    if constant:
        told.append(f"{constant} of {X.shape[1]} inputs are the same in every sample, and tell nothing")
    if missing:
        told.append(f"no sample to learn from shows {', '.join(missing[:5])}")
    for array in (X, labels, X_test, labels_test):
        array.setflags(write=False)
    return LabelledData(X, labels, classes, X_test, labels_test, inputs, picture, source,
                        _reading(X, classes, len(X_test), picture, "; ".join([how] * bool(how) + told)), tuple(told))


def _check(X: Array, labels: Labels, classes: tuple[str, ...], X_test: Array) -> None:
    m, n = X.shape
    if len(np.unique(labels)) < 2:
        name = classes[labels[0]] if len(labels) else "none"
        raise ValueError(f"two classes or more expected, one ({name[:30]}) found" if len(labels) else
                         "samples of two classes or more expected, none found")
    if len(classes) > MOST_CLASSES:
        raise ValueError(f"at most {MOST_CLASSES} classes expected, {len(classes)} found: what is measured names none")
    if 2 * len(classes) > m:
        raise ValueError(f"two samples of each class expected, {m} samples of {len(classes)} classes found")
    if m + len(X_test) > MOST_SAMPLES or (m + len(X_test)) * n > MOST_NUMBERS:
        raise ValueError(f"at most {MOST_SAMPLES} samples and {MOST_NUMBERS} numbers expected, "
                         f"{m + len(X_test)} samples of {n} inputs found")
    largest = max(np.abs(X).max(), np.abs(X_test).max(initial=0.0))
    if largest > LARGEST:
        raise ValueError(f"inputs up to {LARGEST:g} expected, {largest:g} found")
    if 0.0 < largest < SMALLEST:
        raise ValueError(f"inputs of {SMALLEST:g} or more expected, {largest:g} at most found")


def _reading(X: Array, classes: tuple[str, ...], tested: int, picture: tuple[int, ...], how: str) -> str:
    m, n = X.shape
    of = f"pictures of {picture[0]} x {picture[1]} pixels" if picture else f"{n} input{'s' * (n > 1)}"
    test = f", and {tested} for the test" if tested else "; those for the test are drawn from them"
    return f"Read as {m} samples of {of} in {len(classes)} classes{test}{how and f'; {how}'}."
