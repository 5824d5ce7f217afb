"""Patterns that a Hopfield network stores: digits, and what is drawn."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.learning.memories import Values
from ncm_app.readers.digits import SIDE, digits

INK = 8.0  # of 16 levels: from here on a pixel counts as ink
DRAWN_SIDE = 10  # pixels along a side of what is drawn
LETTERS = ("""
###....###
####..####
.########.
..######..
...####...
...####...
..######..
.########.
####..####
###....###""", """
..######..
.########.
####..####
###....###
###....###
###....###
###....###
####..####
.########.
..######..""", """
###....###
####...###
#####..###
######.###
###.######
###..#####
###...####
###....###
###....###
###....###""")


def letter(k: int) -> tuple[int, ...]:
    """Return a letter as a picture of 0 and 1, row by row."""
    return tuple(int(sign == "#") for sign in LETTERS[k] if sign != "\n")


def resized(drawing: Values, side: int) -> Values:
    """Return a drawing (rows, columns) of 0 and 1 as a pattern (side^2,), all -1 where nothing is drawn."""
    if not len(drawing):
        return np.full(side * side, -1, dtype=np.int8)
    at = np.arange(side) * DRAWN_SIDE // side
    return (2 * drawing[np.ix_(at, at)] - 1).astype(np.int8).ravel()


def enlarged(images: Values, side: int) -> Values:
    """Return images (m, 8, 8) with another number of pixels, (m, side, side), between which values are interpolated."""
    at = np.clip((np.arange(side) + 0.5) * SIDE / side - 0.5, 0.0, SIDE - 1.0)
    weights = np.clip(1.0 - np.abs(at[:, None] - np.arange(SIDE)), 0.0, None)
    return np.asarray(weights @ images @ weights.T)


def digit_patterns(number: int, first: int, side: int) -> tuple[Values, tuple[str, ...]]:
    """Return patterns (number, side^2): one of each digit from the first on, then a further one of each ..."""
    images, labels = digits()
    kinds = (first + np.arange(number)) % 10
    chosen = [np.flatnonzero(labels == kind)[k // 10] for k, kind in enumerate(kinds)]
    ink = enlarged(images[chosen].astype(float), side) > INK
    return np.where(ink, 1, -1).reshape(number, -1), tuple(map(str, kinds))
