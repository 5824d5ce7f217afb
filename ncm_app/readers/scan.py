"""Compiled passes over the bytes of a text of numbers; other threads run meanwhile.

Arguments `text` are bytes (n,) in whole lines that end in a line feed (10); # (35) and % (37) begin comments.
"""

from __future__ import annotations

from typing import Any

from numpy import nan, uint64

from ncm_app.machine_code.cache import kernel

NUMBER, SLOW, WORD, EMPTY, INFINITE = range(5)
"""What a cell holds: a number, one with too many digits for the fast way, no number, nothing, an infinite number."""

HEAD, THREE, FRACTION, POINTED = 1, 2, 4, 8
"""Shape of a number: 1-3 digits from 1 to 9 on before the mark; exactly three there; a mark; three digits behind it."""

(SEMICOLONS, TABS, PIPES, COMMAS, POINTS, GAPS, LOOSE_COMMAS, QUOTED_COMMAS, QUOTED_POINTS, MOST_COMMAS, LINES,
 CELLS) = range(12)
"""What `count_signs` counts: signs outside quotes, blanks between two cells, commas beside a blank, a comma or the end
of a line, marks inside quotes, the most commas in a line, lines, and the cells that there may be."""

LEAST_EXACT = uint64(1 << 53)
"""The first whole number above which not every one is a double."""


@kernel()
def _end_of_line(text: Any, i: int) -> int:
    while i < len(text) and text[i] != 10:
        i += 1
    return i


@kernel()
def _is_comment(text: Any, i: int, end: int) -> bool:
    while i < end and text[i] == 32:
        i += 1
    return i < end and (text[i] == 35 or text[i] == 37)


@kernel()
def _count_line(text: Any, i: int, end: int, found: Any) -> None:
    """Add the signs of one line."""
    quoted, commas, last, blank = False, 0, 10, False  # `last` is the last sign that is no blank
    while i < end:
        c = text[i]
        quoted = quoted != (c == 34)
        if quoted:
            found[QUOTED_COMMAS] += c == 44
            found[QUOTED_POINTS] += c == 46
        elif c == 44:
            commas += 1
            following = text[i + 1] if i + 1 < end else 10
            found[LOOSE_COMMAS] += following in (44, 32, 10, 13) or last in (44, 10) or blank
        else:
            found[SEMICOLONS] += c == 59
            found[TABS] += c == 9
            found[PIPES] += c == 124
            found[POINTS] += c == 46
        if c == 32:
            blank = True
        elif c != 13:
            parting = c in (44, 59, 9, 124)
            found[GAPS] += blank and not parting and last not in (44, 59, 9, 124, 10)
            blank, last = False, c
        i += 1
    found[COMMAS] += commas
    found[MOST_COMMAS] = max(found[MOST_COMMAS], commas)


@kernel()
def count_signs(text: Any, found: Any) -> None:
    """Add to `found` (12,) what stands in whole lines."""
    i = 0
    while i < len(text):
        end = _end_of_line(text, i)
        if not _is_comment(text, i, end):
            _count_line(text, i, end, found)
        found[LINES] += 1
        i = end + 1
    found[CELLS] = found[:LOOSE_COMMAS].sum() - found[POINTS] + found[LINES]


@kernel()
def _exponent(text: Any, i: int, end: int) -> tuple[int, bool]:
    """Return the exponent in text[i:end], behind an e, and whether it is one."""
    below = i < end and text[i] == 45
    if i < end and (text[i] == 43 or text[i] == 45):
        i += 1
    exponent, digits = 0, 0
    while i < end and text[i] >= 48 and text[i] <= 57:
        exponent = min(10 * exponent + text[i] - 48, 9999)
        digits += 1
        i += 1
    return -exponent if below else exponent, digits > 0 and i == end


@kernel()
def _exact(mantissa: Any, power: int, powers: Any) -> tuple[float, int]:
    """Return mantissa times 10^power where one rounding gives it, the nearest number, else SLOW."""
    while power < 0 and mantissa != uint64(0) and mantissa % uint64(10) == uint64(0):
        mantissa //= uint64(10)
        power += 1
    if mantissa == uint64(0):
        return 0.0, NUMBER
    if mantissa >= LEAST_EXACT or power < -22 or power > 22:
        return nan, SLOW
    return (float(mantissa) * powers[power] if power >= 0 else float(mantissa) / powers[-power]), NUMBER


@kernel()
def _number(text: Any, i: int, end: int, mark: int, powers: Any) -> tuple[float, int, int]:
    """Return value, state and shape of the number in text[i:end]."""
    negative = text[i] == 45
    i += text[i] == 43 or text[i] == 45
    mantissa, used, before, behind, marked = uint64(0), 0, 0, 0, False
    first = text[i] if i < end else 0
    while i < end:
        c = text[i]
        if c >= 48 and c <= 57:
            used += used > 0 or c != 48
            if used <= 19:
                mantissa = mantissa * uint64(10) + uint64(c - 48)
            behind += marked
            before += not marked
        elif c == mark and not marked:
            marked = True
        else:
            break
        i += 1
    exponent, whole = 0, i == end
    if i < end and (text[i] == 101 or text[i] == 69):
        exponent, whole = _exponent(text, i + 1, end)
    if before + behind == 0 or not whole:
        return nan, WORD, 0
    shape = FRACTION * (marked or i < end)
    if i == end:
        shape |= HEAD * (before >= 1 and before <= 3 and first != 48) | THREE * (before == 3)
        shape |= POINTED * (marked and behind == 3)
    if used > 19:
        return nan, SLOW, shape
    value, state = _exact(mantissa, exponent - behind, powers)
    return -value if negative else value, state, shape


@kernel()
def _next_sign(text: Any, j: int, end: int, separator: int) -> int:
    """Return where the cell that goes on at j ends: at a separator (0: a blank or tab), or at the end of the line."""
    while j < end and not (text[j] == separator or (separator == 0 and (text[j] == 32 or text[j] == 9))):
        j += 1
    return j


@kernel()
def _cell(text: Any, j: int, end: int, separator: int) -> tuple[int, int, int]:
    """Return where the content of the cell at j begins and ends, and where its separator stands."""
    if j < end and text[j] == 34:
        close = j + 1
        while close < end and text[close] != 34:
            close += 1
        stop = _next_sign(text, min(close + 1, end), end, separator)
        rest = close + 1
        while rest < stop and text[rest] == 32:
            rest += 1
        a, b = (j, stop) if rest < stop else (j + 1, close)  # something behind the closing quote: no number
    else:
        stop = _next_sign(text, j, end, separator)
        a, b = j, stop
    while a < b and (text[a] == 32 or text[a] == 9):
        a += 1
    while b > a and (text[b - 1] == 32 or text[b - 1] == 9):
        b -= 1
    return a, b, stop


@kernel()
def _parse_line(text: Any, j: int, end: int, separator: int, mark: int, powers: Any, k: int, row: int,
                columns: Any) -> int:
    """Fill the arrays from place k on with the cells of a line; return the next free place."""
    values, rows, places, states, shapes, starts, ends = columns
    column = 0
    while j < end or (column > 0 and separator != 0):
        while j < end and (text[j] == 32 or (separator == 0 and text[j] == 9)):
            j += 1
        if separator == 0 and j >= end:
            break
        a, b, stop = _cell(text, j, end, separator)
        rows[k], places[k], starts[k], ends[k] = row, column, a, b
        if a == b:
            values[k], states[k], shapes[k] = nan, EMPTY, 0
        else:
            values[k], states[k], shapes[k] = _number(text, a, b, mark, powers)
        k += 1
        column += 1
        if stop >= end:
            break
        j = stop + 1
    return k


@kernel()
def parse_lines(text: Any, separator: int, mark: int, powers: Any, columns: Any, lines: Any) -> tuple[int, int, int]:
    """Fill `columns` with the cells of whole lines, and `lines` with the line of each row.

    `columns` are values, rows, places in the row, states, shapes, starts and ends, as long as there may be cells.
    Comments are no rows. Returns how many cells, rows and lines there are.
    """
    i, k, row, line = 0, 0, 0, 0
    while i < len(text):
        stop = _end_of_line(text, i)
        end = stop
        while end > i and (text[end - 1] == 32 or text[end - 1] == 13):
            end -= 1
        if not _is_comment(text, i, end):
            while i < end and text[i] == 32:
                i += 1
            lines[row] = line
            k = _parse_line(text, i, end, separator, mark, powers, k, row, columns)
            row += 1
        line += 1
        i = stop + 1
    return k, row, line
