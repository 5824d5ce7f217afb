"""Channels of a recording from a text of numbers: a column for each, and one of times or a line that tells the rate."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ncm_app.readers.cells import Array, Cells, census, chunks_of, parse
from ncm_app.readers.dialects import SPOKEN, Dialect, check_thousands, dialect_of
from ncm_app.readers.heads import Head, fitting_names, read_head, split_names
from ncm_app.readers.sampling import rate_in, rate_of_times, same_rate, tells_rate
from ncm_app.readers.scan import INFINITE, WORD
from ncm_app.readers.signal_names import is_index, is_time, plain_name, volts_in
from ncm_app.readers.signals import MOST_CHANNELS, Signals
from ncm_app.readers.texts import grid_of, plain_bytes, trimmed
from ncm_app.readers.units import comment_unit
from ncm_app.readers.words import TIME, role_of, shown, tokens


class _Columns(NamedTuple):
    """Numbers (n, columns), their names ("" where there are none), comments and titles, and notes."""

    grid: Array
    names: list[str]
    texts: list[str]
    notes: list[str]


def read(ending: str, data: bytes, check: Callable[[], None]) -> Signals:
    """Return the channels in a text; raise a ValueError "... expected, ... found" for what is not certain."""
    plain = plain_bytes(data)
    head = read_head(plain)
    told = [line for line in head.names if tells_rate(line)]
    head = head._replace(names=[line for line in head.names if line not in told], comments=[*head.comments, *told])
    body = plain[head.start:]
    dialect = dialect_of(head, census(chunks_of(body, check)))
    if dialect.unsure:
        raise ValueError("decimal points, or semicolons between columns, expected, commas found that may be either")
    cells = trimmed(parse(chunks_of(body, check), dialect.separator, dialect.mark), "numbers")
    check()
    columns = _columns(cells, head, dialect)
    return _signals(columns, dialect)


def _columns(cells: Cells, head: Head, dialect: Dialect) -> _Columns:
    grid = _grid(cells, head, dialect)
    width = grid.shape[1]
    notes = []
    if width > 10 * len(grid):
        if head.names:
            raise ValueError(f"a name for each column expected, names over {width:,} columns found")
        grid, width = grid.T, len(grid)
        notes.append("each line is a channel")
    names, titles = fitting_names(head, dialect.separator, width)
    names = names or _commented(head.comments, dialect.separator, width) or [""] * width
    check_thousands(cells, dialect, any(names))
    worded = np.bincount(cells.columns[cells.states == WORD], minlength=width)
    words = (worded == len(grid)) & (len(worded) == width)
    left = [k for k in range(width) if not words[k] and not (not names[k] and np.all(np.isnan(grid[:, k])))]
    if words.any():
        notes.append(f"columns of words are left out ({shown(', '.join(np.array(names)[words]))})")
    wrong = np.flatnonzero(((cells.states == WORD) | (cells.states == INFINITE)) & ~words[np.minimum(cells.columns,
                                                                                                     width - 1)])
    if len(wrong):
        k = int(wrong[0])
        found = shown(cells.words[k]) if k in cells.words else "an infinite number"
        raise ValueError(f"a number in each cell expected, {found} found in line {head.line + cells.line(k) + 1}")
    if not left:
        raise ValueError("a column of numbers expected, none found")
    return _Columns(grid[:, left], [names[k] for k in left], [*head.comments, *titles], notes)


def _commented(comments: list[str], separator: str, width: int) -> list[str]:
    """Return the names of columns that the last comment holds, as NumPy's savetxt writes them; else none."""
    names = split_names(comments[-1], separator, width) if comments and width > 1 else []
    return names if len(names) == width and sum(is_time(name) for name in names if name) == 1 else []


def _grid(cells: Cells, head: Head, dialect: Dialect) -> Array:
    """Return the numbers (rows, columns), NaN where a cell is empty; a ValueError where lines are not alike."""
    grid = grid_of(cells)
    lengths = np.bincount(cells.rows - cells.rows[0])
    if grid is None or len(np.unique(lengths[lengths > 0])) > 1:
        usual = int(np.bincount(lengths).argmax())
        row = int(np.flatnonzero((lengths != usual) & (lengths > 0))[0]) + int(cells.rows[0])
        raise ValueError(f"as many numbers in each line expected, {lengths[row - cells.rows[0]]} instead of {usual} "
                         f"found in line {head.line + int(cells.lines[row]) + 1}")
    if not lengths.all():
        row = int(np.flatnonzero(lengths == 0)[0]) + int(cells.rows[0])
        raise ValueError(f"numbers in each line expected, none found in line {head.line + int(cells.lines[row]) + 1}: "
                         "write NaN where a sample is missing")
    return grid


def _signals(columns: _Columns, dialect: Dialect) -> Signals:
    grid, names, texts, notes = columns
    fs, told = rate_in(texts)
    timed, numbered = _time_of(grid, names), [k for k, name in enumerate(names) if name and is_index(name)]
    if timed is None and not any(names) and grid.shape[1] > 1 and _counts_up(grid[:, 0]):
        numbered = [0]  # times or numbers of samples, without a name: no potential rises evenly
        notes.append("the first column rises evenly: it is read as times or numbers without a unit")
    if timed is not None:
        fs = _timed(grid[:, timed], names[timed], texts, fs, told, notes)
    elif told:
        notes.append(f"rate from {shown(told)}")
    kept = [k for k in range(len(names)) if k != timed and k not in numbered]
    if not kept:
        raise ValueError(f"a column of samples expected, only {shown(', '.join(names))} found")
    if len(kept) > MOST_CHANNELS:
        raise ValueError(f"at most {MOST_CHANNELS} columns expected, {len(kept)} found")
    unit = volts_in([*texts, *(names[k] for k in kept)])
    comma = "decimal comma" if dialect.mark == "," else "decimal point"
    parted = f", columns parted by {SPOKEN[dialect.separator]}" if len(names) > 1 else ""
    called = tuple(plain_name(names[k]) or str(i) for i, k in enumerate(kept, 1))
    values = np.ascontiguousarray(grid[:, kept].T, dtype=np.float32)
    return Signals("", values, called, fs, unit, f"{comma}{parted}", tuple(notes))


def _time_of(grid: Array, names: list[str]) -> int | None:
    """Return which column holds the times, None if none does; a ValueError where two may, or in a strange unit."""
    timed = [k for k, name in enumerate(names) if name and is_time(name)]
    strange = [name for name in names if TIME & set(tokens(name)) and not is_time(name) and "time" in name.lower()]
    if strange:
        raise ValueError(f"times in s, ms, µs or ns expected, a column {shown(strange[0])} found")
    if len(timed) > 1:
        raise ValueError(f"one column of times expected, {shown(' and '.join(names[k] for k in timed))} found")
    return timed[0] if timed else None


def _counts_up(column: Array) -> bool:
    """Tell whether numbers rise by even steps."""
    steps = np.diff(column)
    return bool(np.all(steps > 0.0) and np.ptp(steps) <= 0.5 * np.median(steps))


def _timed(t: Array, name: str, texts: list[str], fs: float, told: str, notes: list[str]) -> float:
    """Return the rate that a column of times tells, or that a header does where the times have no unit."""
    commented = {unit for text in texts if not tells_rate(text) for unit in comment_unit(text)}
    units = ({role_of(name).unit} - {""}) or commented
    if len(units) > 1:
        raise ValueError(f"one unit of times expected, {' and '.join(sorted(units))} found")
    unit = next(iter(units), "")
    if fs and not unit:
        notes.append(f"rate from {shown(told)}; {shown(name)}, which names no unit, is not read")
        return fs
    rate, asked = rate_of_times(t, unit)
    if fs and not same_rate(fs, rate):
        raise ValueError(f"one sampling rate expected, {shown(told)} and times {shown(name)} of {rate:.4g} Hz found")
    notes.append(asked or f"times from {shown(name)}, in {unit}")
    return fs or rate
