"""Cells of a text of numbers, counted and parsed a part at a time so that a reader can be stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ncm_app.readers.scan import CELLS, EMPTY, INFINITE, NUMBER, SLOW, WORD, count_signs, parse_lines

Array = NDArray[np.float64]

MOST_CELLS = 4_000_000
"""Bound on the cells of a text, empty ones included."""

CHUNK = 1 << 19
"""Bytes that are parsed at a time: between two chunks a reader may be told to stop."""

ABSENT = frozenset({b"nan", b"na", b"n/a", b"null", b"none"})
INFINITIES = frozenset({b"inf", b"infinity"})
"""Words in place of a number, in small letters: those that say that there is none."""

MOST_WORDS = 100
"""How many words are kept where they are only shown."""


class Cells(NamedTuple):
    """Cells of a text in order.

    `values` (k,) are NaN where a cell holds no number, `rows` and `columns` (k,) where it stands, `states` and
    `shapes` (k,) what `scan` says of it. There are `height` rows, blank ones included and comments not; `lines`
    (height,) are their places in the text. `words` are those of some cells that hold other things.
    """

    values: Array
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    states: NDArray[np.uint8]
    shapes: NDArray[np.uint8]
    height: int
    lines: NDArray[np.int32]
    words: dict[int, str]

    def line(self, cell: int) -> int:
        """Return the number of the line, from 0 on and comments included, in which a cell stands."""
        return int(self.lines[self.rows[cell]])


def chunks_of(data: bytes, check: Callable[[], None]) -> Iterator[bytes]:
    """Yield whole lines of a text, about half a megabyte at a time; `check` is called before each and may raise."""
    start = 0
    while start < len(data):
        check()
        end = data.find(b"\n", min(start + CHUNK, len(data))) + 1 or len(data)
        yield data[start:end]
        start = end


def census(chunks: Iterator[bytes]) -> NDArray[np.int64]:
    """Return the counts (12,) of the signs in a text that comes in whole lines; raise ValueError for too many."""
    found = np.zeros(12, dtype=np.int64)
    for chunk in chunks:
        count_signs(np.frombuffer(chunk, dtype=np.uint8), found)
        if found[CELLS] > MOST_CELLS:
            raise ValueError(f"at most {MOST_CELLS} numbers expected, more found")
    return found


def parse(chunks: Iterator[bytes], separator: str, mark: str, most_words: int = MOST_WORDS) -> Cells:
    """Return the cells of a text that comes in whole lines; `separator` "" is any run of blanks and tabs."""
    powers = 10.0 ** np.arange(23)
    parts: list[tuple[NDArray[np.generic], ...]] = []
    words: dict[int, str] = {}
    height = lines = cells = 0
    for chunk in chunks:
        text = np.frombuffer(chunk, dtype=np.uint8)
        most = sum(chunk.count(sign.encode()) for sign in "\n" + (separator or " \t")) + 2
        columns = (np.empty(most), np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most, np.uint8),
                   np.empty(most, np.uint8), np.empty(most, np.int64), np.empty(most, np.int64))
        places = np.empty(chunk.count(b"\n") + 1, np.int32)
        k, row, line = parse_lines(text, ord(separator or "\0"), ord(mark), powers, columns, places)
        values, rows, at, states, shapes, starts, ends = columns
        for place, word in _settle(chunk, mark, values, states[:k], starts, ends):
            if len(words) < most_words:
                words[cells + place] = word
        parts.append((values[:k].copy(), rows[:k] + np.int32(height), at[:k].copy(), states[:k].copy(),
                      shapes[:k].copy(), places[:row] + np.int32(lines)))
        height, lines, cells = height + row, lines + line, cells + k
    values, rows, at, states, shapes, places = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Cells(values, rows, at, states, shapes, height, places, words)


def _settle(chunk: bytes, mark: str, values: Array, states: NDArray[np.uint8], starts: NDArray[np.int64],
            ends: NDArray[np.int64]) -> Iterator[tuple[int, str]]:
    """Read the cells that the compiled code left: long numbers, and words; yield place and word of those that stay."""
    slow, words = np.flatnonzero(states == SLOW), np.flatnonzero(states == WORD)
    if len(slow):
        text = chunk if mark == "." else chunk.replace(mark.encode(), b".")
        values[slow] = [float(text[a:b]) for a, b in zip(starts[slow].tolist(), ends[slow].tolist(), strict=True)]
        states[slow] = np.where(np.isfinite(values[slow]), NUMBER, INFINITE)
    for k, a, b in zip(words.tolist(), starts[words].tolist(), ends[words].tolist(), strict=True):
        word = chunk[a:b].lower()
        if word in ABSENT:
            states[k] = EMPTY
        elif word.lstrip(b"+-") in INFINITIES:
            states[k] = INFINITE
        else:
            yield k, plain_text(chunk[a:b])


def plain_text(data: bytes) -> str:
    """Return text that is UTF-8, or else in the code page of Western Windows."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
