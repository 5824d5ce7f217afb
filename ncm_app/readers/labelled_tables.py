"""Samples from a text: a line for each, numbers and one column that names its class."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ncm_app.readers.cells import Array, Cells, census, chunks_of, parse, plain_text
from ncm_app.readers.dialects import SPOKEN, Dialect, check_thousands
from ncm_app.readers.grids import counts_on
from ncm_app.readers.samples import MOST_CLASSES, MOST_SAMPLES, LabelledData, Labels, labelled, square
from ncm_app.readers.scan import (
    COMMAS,
    EMPTY,
    FRACTION,
    INFINITE,
    NUMBER,
    PIPES,
    POINTS,
    QUOTED_COMMAS,
    QUOTED_POINTS,
    SEMICOLONS,
    SLOW,
    TABS,
    WORD,
)
from ncm_app.readers.texts import plain_bytes, trimmed
from ncm_app.readers.words import shown

LABELS = frozenset({"label", "labels", "class", "classes", "target", "targets", "y"})
"""Names of a column of labels, in small letters."""

COUNTING = frozenset({"", "index", "id", "unnamed: 0"})
"""Names of a column that may count the lines."""

LONGEST_HEAD = 100_000
"""Bytes in which comments with names are looked for."""

NAME_IT = "name the column of labels 'label' in a first line"


def labelled_table(source: str, data: bytes, check: Callable[[], None]) -> LabelledData:
    """Return the samples in a text; raise a ValueError with words for "... expected, ... found"."""
    plain = plain_bytes(data)
    told = re.match(rb'"?sep=([\t,;| ]?)"?\r?\n', plain, re.IGNORECASE)
    plain = plain[told.end():] if told else plain
    dialect = _dialect(census(chunks_of(plain, check)), told[1].decode() if told else "")
    cells = trimmed(parse(chunks_of(plain, check), dialect.separator, dialect.mark, MOST_SAMPLES + MOST_CLASSES),
                    "numbers with a label in each line")
    check()
    if not np.any(cells.states == NUMBER):
        raise ValueError("numbers with a label in each line expected, no number found")
    height, width = _shape(cells)
    if width < 2:
        raise ValueError("columns of numbers and one of labels expected, one column found")
    names, first = _names(cells, height, width, plain, dialect)
    check_thousands(cells, dialect, bool(names))
    table = _Table(cells, width, names, first)
    place, why = table.label_column()
    labels, classes = table.labels(place)
    X, inputs, notes = table.inputs(place)
    check()
    return labelled(source, X, labels, classes, inputs=inputs, picture=table.picture(X, inputs), notes=notes,
                    how=_how(why, dialect, cells))


def _how(why: str, dialect: Dialect, cells: Cells) -> str:
    mark = "" if not np.any(cells.shapes & FRACTION) else f", decimal {'comma' if dialect.mark == ',' else 'point'}"
    return f"{why}; columns parted by {SPOKEN[dialect.separator]}{mark}"


def _dialect(found: NDArray[np.int64], told: str) -> Dialect:
    """Return how a table is written; raise a ValueError where two ways are possible."""
    parting = [sign for sign, k in ((";", SEMICOLONS), ("\t", TABS), ("|", PIPES)) if found[k]]
    if len(parting) > 1:
        raise ValueError(f"one sign between columns expected, {' and '.join(SPOKEN[sign] for sign in parting)} found")
    separator = told.strip(" ") or (parting[0] if parting else "," if found[COMMAS] else "")
    loose = 0 if separator == "," else found[COMMAS]
    commas, points = found[QUOTED_COMMAS] + loose, found[QUOTED_POINTS] + found[POINTS]
    if commas and points:
        raise ValueError("one decimal mark and no separators of thousands expected, points and commas found")
    return Dialect(separator, "," if commas else ".")


def _shape(cells: Cells) -> tuple[int, int]:
    """Return how many lines there are, and the cells in each; a ValueError where they differ."""
    begins = np.flatnonzero(np.diff(cells.rows, prepend=np.int32(-1)))
    lengths = np.diff(begins, append=len(cells.rows))
    width = int(np.median(lengths))
    if np.any(lengths != width):
        wrong = int(np.flatnonzero(lengths != width)[0])
        raise ValueError(f"{width} cells in each line expected, {lengths[wrong]} found in line "
                         f"{cells.line(int(begins[wrong])) + 1}")
    return len(lengths), width


def _names(cells: Cells, height: int, width: int, plain: bytes, dialect: Dialect) -> tuple[list[str], int]:
    """Return the names of columns, none where there are none, and the first line of samples, 0 or 1.

    Names stand in the first line, or in a comment above it.
    """
    states = cells.states[:width]
    first = [cells.words.get(k, "") for k in range(width)]
    if height > 1 and np.all((states == WORD) | (states == EMPTY)):
        return first, 1
    if LABELS & {word.lower() for word in first}:  # numbers may name the other columns
        return [word or ("" if states[k] == EMPTY else f"{cells.values[k]:g}") for k, word in enumerate(first)], 1
    names: list[str] = []
    for line in plain[:LONGEST_HEAD].split(b"\n"):
        if not line.lstrip().startswith(b"#"):
            break
        text = plain_text(line).strip().lstrip("# ")
        split = text.split(dialect.separator or None)
        names = [name.strip() for name in split] if len(split) == width else names
    return names, 0


class _Table:
    """The lines of samples in a text: `values` and `states` (m, width), and the names of columns."""

    def __init__(self, cells: Cells, width: int, names: list[str], first: int) -> None:
        self.cells, self.width, self.names, self.first = cells, width, names, first
        self.values = cells.values.reshape(-1, width)[first:]
        self.states = cells.states.reshape(-1, width)[first:]
        self.worded = np.any(self.states == WORD, axis=0)
        if len(self.values) > MOST_SAMPLES:
            raise ValueError(f"at most {MOST_SAMPLES} samples expected, {len(self.values)} found")

    def spoken(self, column: int) -> str:
        """Return a column as a sentence names it."""
        name = self.names[column] if self.names else ""
        return f"column {shown(name)}" if name else f"column {column + 1}"

    def label_column(self) -> tuple[int, str]:
        """Return which column holds the labels, and why it is that one; a ValueError where that is not certain."""
        named = [k for k, name in enumerate(self.names) if name.lower() in LABELS]
        if len(named) > 1:
            both = " and ".join(shown(self.names[k]) for k in named)
            raise ValueError(f"one column of labels expected, {both} found")
        if named:
            return named[0], f"labels from {self.spoken(named[0])}"
        last = self.width - 1
        others = [k for k in range(last) if self._names_classes(k)]
        if not self._names_classes(last):
            raise ValueError(f"a column named 'label', 'class' or 'target' expected, {self._found()} found: {NAME_IT}")
        if others and not (self.worded[last] and not self.worded[:last].any()):
            both = f"{self.spoken(others[0])} and {self.spoken(last)}"
            raise ValueError(f"one column that can be labels expected, {both} found: {NAME_IT}")
        only = "words" if self.worded[last] else "few whole numbers"
        return last, f"labels from the last column, the only one of {only}"

    def _found(self) -> str:
        return shown(", ".join(self.names)) if self.names else f"{self.width} columns without names"

    def _names_classes(self, column: int) -> bool:
        """Tell whether a column may name classes: words, or few whole numbers, each of them again and again."""
        if np.any(self.states[:, column] == EMPTY) or np.any(self.states[:, column] == INFINITE):
            return False
        if self.worded[column]:
            return True
        values = self.values[:, column]
        return bool(np.all(values % 1 == 0)) and 1 < len(np.unique(values)) <= min(MOST_CLASSES, len(values) / 5)

    def labels(self, column: int) -> tuple[Labels, tuple[str, ...]]:
        """Return the class (m,) of each line and the names of classes; a ValueError for one without a name."""
        states, values = self.states[:, column], self.values[:, column]
        wrong = np.flatnonzero((states == EMPTY) | (states == INFINITE))
        if len(wrong):
            raise ValueError(f"a label in each line expected, none in {self._line(wrong[0], column)} found")
        if self.worded[column]:
            places = (np.arange(self.first, self.first + len(values)) * self.width + column).tolist()
            words = [self.cells.words.get(k) or f"{self.cells.values[k]:g}" for k in places]
            names = sorted(set(words))
            at = {name: k for k, name in enumerate(names)}
            return np.array([at[word] for word in words], dtype=np.int64), tuple(names)
        if not np.all(values % 1 == 0):
            raise ValueError(f"whole numbers or words expected in {self.spoken(column)}, "
                             f"{values[values % 1 != 0][0]:g} found: measured values are no classes")
        numbers, labels = np.unique(values, return_inverse=True)
        return labels.astype(np.int64), tuple(f"{number:.0f}" for number in numbers)

    def _line(self, row: int, column: int) -> str:
        line = self.cells.line((row + self.first) * self.width + column) + 1
        return f"line {line}, {self.spoken(column)}"

    def inputs(self, label: int) -> tuple[Array, tuple[str, ...], tuple[str, ...]]:
        """Return inputs (m, n), their names, and what was left out; a ValueError for a cell that is no number."""
        counting = [k for k in range(self.width) if k != label and self.names and counts_on(self.values[:, k])
                    and self.names[k].lower() in COUNTING]
        kept = [k for k in range(self.width) if k != label and k not in counting]
        states = self.states[:, kept]
        wrong = np.argwhere((states != NUMBER) & (states != SLOW))
        if len(wrong):
            row, column = int(wrong[0][0]), kept[int(wrong[0][1])]
            word = self.cells.words.get((row + self.first) * self.width + column, "")
            found = shown(word) if word else "an infinite one" if self.states[row, column] == INFINITE else "none"
            raise ValueError(f"a number expected in {self._line(row, column)}, {found} found")
        notes = tuple(f"{self.spoken(k)} counts the lines, and is left out" for k in counting)
        names = tuple(self.names[k] for k in kept) if self.names else ()
        return np.ascontiguousarray(self.values[:, kept]), names, notes

    def picture(self, X: Array, inputs: tuple[str, ...]) -> tuple[int, ...]:
        """Return the shape of the pictures that lines may be, () for none: their columns have no names, or numbers."""
        return square(X) if all(re.fullmatch(r"(pix(el)?[ _]?)?\d+([x_]\d+){0,2}|", name) for name in inputs) else ()
