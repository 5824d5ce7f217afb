"""Cells of a text of numbers: counted and parsed in compiled code that lets other threads run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]

MOST_CELLS = 4_000_000
"""Bound on the cells of a text, empty ones included."""

CHUNK = 1 << 20
"""Bytes that are parsed at a time: between two chunks a reader may be told to stop."""

NUMBER, SLOW, WORD, EMPTY, INFINITE = range(5)
"""What a cell holds: a number, one with too many digits for the fast way, no number, nothing, an infinite number."""

HEAD, THREE, FRACTION, POINTED = 1, 2, 4, 8
"""Shape of a number: 1-3 digits from 1 to 9 on before the mark; exactly three there; a mark; three digits behind it."""

(SEMICOLONS, TABS, PIPES, COMMAS, POINTS, GAPS, LOOSE_COMMAS, QUOTED_COMMAS, QUOTED_POINTS, MOST_COMMAS, LINES,
 SEPARATORS) = range(12)
"""What `census` counts: signs outside quotes, blanks between two cells, commas beside a blank, a comma or the end of
a line, marks inside quotes, the most commas in a line, lines with a number, all that may part cells."""

ABSENT = frozenset({b"nan", b"na", b"n/a", b"null", b"none"})
INFINITIES = frozenset({b"inf", b"infinity"})


class Cells(NamedTuple):
    """Cells of a text in order: `values` (k,), NaN where a cell holds no number, and `rows`, `columns`, `states`,
    `shapes` (k,). `count` is the number of lines from the first on; comments count as no line."""

    values: Array
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    states: NDArray[np.uint8]
    shapes: NDArray[np.uint8]
    count: int
    lines: NDArray[np.int32]
    words: dict[int, str]

    def line(self, cell: int) -> int:
        """Return the number of the line, from 0 on and comments included, in which a cell stands."""
        return int(self.lines[self.rows[cell]])


@njit(nogil=True, cache=True)
def _census(text, found):  # type: ignore[no-untyped-def]
    """Add to `found` (12,) what stands in whole lines."""
    i, n = 0, len(text)
    while i < n:
        while i < n and (text[i] == 32 or text[i] == 9 or text[i] == 13):
            if text[i] == 9:
                break
            i += 1
        if i < n and (text[i] == 35 or text[i] == 37):  # a comment
            while i < n and text[i] != 10:
                i += 1
            i += 1
            continue
        quoted, commas, digits, last = False, 0, False, 10  # `last` but blanks
        blank = False
        while i < n and text[i] != 10:
            c = text[i]
            if c == 34:
                quoted = not quoted
            if quoted:
                found[7] += c == 44
                found[8] += c == 46
            elif c == 44:
                found[3] += 1
                commas += 1
                following = text[i + 1] if i + 1 < n else 10
                found[6] += following in (44, 32, 10, 13) or last in (44, 10) or blank
            else:
                found[0] += c == 59
                found[1] += c == 9
                found[2] += c == 124
                found[4] += c == 46
            if c >= 48 and c <= 57:
                digits = True
            if c == 32 or c == 13:
                blank = c == 32 or blank
            else:
                parting = c in (44, 59, 9, 124)
                if blank and not parting and last not in (44, 59, 9, 124, 10):
                    found[5] += 1
                blank, last = False, c
            i += 1
        found[9] = max(found[9], commas)
        found[10] += digits
        i += 1
    found[11] = found[0] + found[1] + found[2] + found[3] + found[5] + found[10]


@njit(nogil=True, cache=True)
def _number(text, start, end, mark, powers):  # type: ignore[no-untyped-def]
    """Return value, state and shape of the number in text[start:end]; exact, or SLOW."""
    i, negative = start, False
    if text[i] == 43 or text[i] == 45:
        negative = text[i] == 45
        i += 1
    mantissa, used, before, behind, marked = np.uint64(0), 0, 0, 0, False
    first = text[i] if i < end else 0
    while i < end:
        c = text[i]
        if c >= 48 and c <= 57:
            if used or c != 48:
                used += 1
            if used <= 19:
                mantissa = mantissa * np.uint64(10) + np.uint64(c - 48)
            if marked:
                behind += 1
            else:
                before += 1
        elif c == mark and not marked:
            marked = True
        else:
            break
        i += 1
    if before + behind == 0:
        return np.nan, 2, 0
    exponent, power, plain = 0, 0, i == end
    if i < end and (text[i] == 101 or text[i] == 69):
        i += 1
        below = i < end and text[i] == 45
        if i < end and (text[i] == 43 or text[i] == 45):
            i += 1
        digits = 0
        while i < end and text[i] >= 48 and text[i] <= 57:
            exponent = min(10 * exponent + text[i] - 48, 9999)
            digits += 1
            i += 1
        if digits == 0:
            return np.nan, 2, 0
        exponent = -exponent if below else exponent
    if i < end:
        return np.nan, 2, 0
    shape = 0
    if plain:
        shape |= 1 * (before >= 1 and before <= 3 and first != 48) | 2 * (before == 3)
        shape |= 4 * marked | 8 * (marked and behind == 3)
    if used > 19:
        return np.nan, 1, shape
    power = exponent - behind
    while mantissa and mantissa % np.uint64(10) == np.uint64(0) and power < 0:
        mantissa //= np.uint64(10)
        power += 1
    if mantissa == np.uint64(0):
        return 0.0, 0, shape
    if mantissa >= np.uint64(1 << 53) or power < -22 or power > 22:
        return np.nan, 1, shape  # two roundings: the careful way gives the nearest number
    value = float(mantissa)
    value = value * powers[power] if power >= 0 else value / powers[-power]
    return -value if negative else value, 0, shape


@njit(nogil=True, cache=True)
def _parse(text, separator, mark, powers, values, rows, columns, states, shapes, starts, ends, lines):  # type: ignore[no-untyped-def]
    """Fill the arrays with the cells of whole lines; return how many cells and rows there are, and how many lines."""
    i, n, k, row, line = 0, len(text), 0, 0, 0
    while i < n:
        stop = i
        while stop < n and text[stop] != 10:
            stop += 1
        end = stop
        while end > i and (text[end - 1] == 32 or text[end - 1] == 13):
            end -= 1
        begin = i
        while begin < end and text[begin] == 32:
            begin += 1
        i = stop + 1
        line += 1
        if begin < end and (text[begin] == 35 or text[begin] == 37):
            continue
        lines[row] = line - 1
        j, column = begin, 0
        while j < end or (column > 0 and separator != 0 and j == end):
            while j < end and (text[j] == 32 or (separator == 0 and text[j] == 9)):
                j += 1
            if separator == 0 and j >= end:
                break
            quoted = j < end and text[j] == 34
            a = j + 1 if quoted else j
            b = a
            if quoted:
                while b < end and text[b] != 34:
                    b += 1
                j = b + 1
                rest = j
                while j < end and text[j] != separator and not (separator == 0 and (text[j] == 32 or text[j] == 9)):
                    j += 1
                while rest < j and text[rest] == 32:
                    rest += 1
                if rest < j:  # something behind the closing quote: not a number
                    a, b = a - 1, j
            else:
                while j < end and text[j] != separator and not (separator == 0 and (text[j] == 32 or text[j] == 9)):
                    j += 1
                b = j
            while a < b and (text[a] == 32 or text[a] == 9):
                a += 1
            while b > a and (text[b - 1] == 32 or text[b - 1] == 9):
                b -= 1
            rows[k], columns[k], starts[k], ends[k] = row, column, a, b
            if a == b:
                values[k], states[k], shapes[k] = np.nan, 3, 0
            else:
                values[k], states[k], shapes[k] = _number(text, a, b, mark, powers)
            k += 1
            column += 1
            if separator != 0 and j >= end:
                break
            j += 1
        row += 1
    return k, row, line


def census(chunks: Iterator[bytes]) -> NDArray[np.int64]:
    """Return the counts (12,) of the signs in a text that comes in whole lines."""
    found = np.zeros(12, dtype=np.int64)
    for chunk in chunks:
        _census(np.frombuffer(chunk, dtype=np.uint8), found)
        if found[SEPARATORS] > MOST_CELLS:
            raise ValueError(f"at most {MOST_CELLS} numbers expected, more found")
    return found


def chunks_of(data: bytes, check: Callable[[], None]) -> Iterator[bytes]:
    """Yield whole lines of a text, about a megabyte at a time; `check` is called before each and may raise."""
    start = 0
    while start < len(data):
        check()
        end = data.find(b"\n", min(start + CHUNK, len(data))) + 1 or len(data)
        yield data[start:end]
        start = end


def parse(chunks: Iterator[bytes], separator: str, mark: str) -> Cells:
    """Return the cells of a text that comes in whole lines; `separator` "" is any run of blanks and tabs."""
    powers = 10.0 ** np.arange(23)
    parts: list[tuple[NDArray[np.generic], ...]] = []
    words: dict[int, str] = {}
    rows = lines = cells = 0
    for chunk in chunks:
        text = np.frombuffer(chunk, dtype=np.uint8)
        most, most_lines = int(np.count_nonzero(_parting(text, separator))) + 2, chunk.count(b"\n") + 1
        new = (np.empty(most), np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most, np.uint8),
               np.empty(most, np.uint8))
        starts, ends, row_lines = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most_lines, np.int32)
        k, row, line = _parse(text, ord(separator or "\0"), ord(mark), powers, *new, starts, ends, row_lines)
        _settle(chunk, mark, new[0], new[3], starts[:k], ends[:k], cells, words)
        new[1][:k] += rows
        parts.append((*(column[:k].copy() for column in new), row_lines[:row] + lines))
        rows, lines, cells = rows + row, lines + line, cells + k
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Cells(*joined[:5], rows, joined[5], words)  # type: ignore[arg-type]


def _parting(text: NDArray[np.uint8], separator: str) -> NDArray[np.bool_]:
    found = text == 10
    for sign in separator or " \t":
        found |= text == ord(sign)
    return found


def _settle(chunk: bytes, mark: str, values: Array, states: NDArray[np.uint8], starts: NDArray[np.int64],
            ends: NDArray[np.int64], before: int, words: dict[int, str]) -> None:
    """Read the cells that the compiled code left: long numbers, words that stand for none, others (a few)."""
    left = np.flatnonzero((states[: len(starts)] == SLOW) | (states[: len(starts)] == WORD))
    for k, a, b in zip(left.tolist(), starts[left].tolist(), ends[left].tolist(), strict=True):
        cell = chunk[a:b]
        if states[k] == SLOW:
            values[k] = float(cell.replace(mark.encode(), b"."))
            states[k] = NUMBER if np.isfinite(values[k]) else INFINITE
        elif cell.lower() in ABSENT:
            states[k] = EMPTY
        elif cell.lower().lstrip(b"+-") in INFINITIES:
            states[k] = INFINITE
        elif len(words) < 100:
            words[before + k] = plain_text(cell)


def plain_text(data: bytes) -> str:
    """Return text that is UTF-8, or else in the code page of Western Windows."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
