"""The handwritten digits that scikit-learn is installed with, read from its file: the library is not imported."""

from __future__ import annotations

import functools
import gzip
import importlib.util
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PLACE = "datasets/data/digits.csv.gz"
"""Where scikit-learn keeps them: a line for each, 64 pixels and the label."""

COUNT, SIDE, LEVELS = 1797, 8, 17
"""How many digits there are, pixels along a side, and levels of grey: 0 is paper, 16 is ink."""


@functools.cache
def digits() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return images (1797, 8, 8) of digits, 0 to 16, and what each shows (1797,); both are read-only.

    They are those that 13 people wrote [Alpaydin1998], about as many of each digit, in the order of the file.
    Raises a RuntimeError where scikit-learn is missing or its file is another one.
    """
    spec = importlib.util.find_spec("sklearn")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    file = next((found for folder in folders if (found := Path(folder, PLACE)).is_file()), None)
    if file is None:
        raise RuntimeError(f"Digits are read from {PLACE} of scikit-learn, which was not found: install scikit-learn.")
    with gzip.open(file, "rt", encoding="ascii") as text:
        table = np.loadtxt(text, delimiter=",", dtype=np.int64)
    images, labels = table[:, :-1], table[:, -1].copy()
    if images.shape != (COUNT, SIDE * SIDE) or not set(np.unique(images)) <= set(range(LEVELS)):
        raise RuntimeError(f"{COUNT} digits of {SIDE} x {SIDE} pixels from 0 to {LEVELS - 1} expected in {file}.")
    pixels = images.reshape(COUNT, SIDE, SIDE).astype(np.uint8)
    pixels.setflags(write=False)
    labels.setflags(write=False)
    return pixels, labels
