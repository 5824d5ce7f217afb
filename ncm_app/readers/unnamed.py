"""Spike times from numbers without names of columns: read only where one reading is possible."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ncm_app.readers.cells import Array, Cells
from ncm_app.readers.dialects import Dialect
from ncm_app.readers.grids import counts_on, evenly_spaced, is_dense, is_raster, is_whole
from ncm_app.readers.named import ascending, finite
from ncm_app.readers.scan import EMPTY, FRACTION, INFINITE, WORD
from ncm_app.readers.tables import SpikeTable

Whole = NDArray[np.integer]

SAY = "name the columns in a first line (time, trial)"


def read_unnamed(cells: Cells, grid: Array | None, dialect: Dialect, unit: str) -> SpikeTable:
    """Return the spike times in numbers without names: one train, a train in each line, or times and trains.

    Raises ValueError where another reading is possible.
    """
    if np.any((cells.states == WORD) | (cells.states == INFINITE)):
        return SpikeTable(cells.values)  # the caller says which word it was
    there = cells.values[cells.states != EMPTY]
    if is_raster(there):
        raise ValueError("times expected, only 0 and 1 found: write the times at which it is 1")
    width, lines = int(cells.columns.max()) + 1, np.count_nonzero(np.diff(cells.rows)) + 1
    if width == 1:
        check_single(cells)
        return SpikeTable(ascending(finite(cells.values)), unit=unit, how="times from one column")
    if lines == 1:
        return _one_line(cells, dialect, unit)
    if grid is not None and width == 2 and not np.any(np.isnan(grid)):
        found = _two_columns(grid)
        if found is not None:
            return found._replace(unit=unit)
    return _rows(cells, grid, dialect)._replace(unit=unit)


def begins_with_0(cells: Cells) -> bool:
    """Tell whether the first of several numbers is written 0, which may be a name or a number of a trial."""
    return len(cells.values) > 1 and cells.values[0] == 0 and not cells.shapes[0] & FRACTION


def check_single(cells: Cells) -> None:
    """Raise a ValueError where a column may hold more than one train, or begin with its name."""
    if begins_with_0(cells):
        raise ValueError("a first line 'time', or a first time after 0, expected, 0 found, which may be the name of a "
                         "column, as pandas writes it")
    rest = len(cells.values) - 1
    if rest > 2 and cells.values[0] == rest and not cells.shapes[0] & FRACTION:
        raise ValueError(f"a first line 'time' expected, {rest} found above {rest} numbers, which may be how many "
                         "there are")
    if np.any(np.diff(cells.rows) > 1):
        raise ValueError("a first line 'time', or no blank lines, expected, some found, which may part trials")


def _one_line(cells: Cells, dialect: Dialect, unit: str) -> SpikeTable:
    values = finite(cells.values)
    if begins_with_0(cells):
        raise ValueError(f"a first time after 0 expected, 0 found, which may be the number of the trial: {SAY}")
    whole = values == np.floor(values)
    if len(values) == 2 or (len(values) < 5 and np.any(whole) and not np.all(whole)):
        raise ValueError(f"one time, or many, in a line expected, {len(values)} numbers found, which may be a time and "
                         f"a trial: {SAY}")
    return SpikeTable(ascending(values), unit=unit, how="times from one line")


def _two_columns(grid: Array) -> SpikeTable | None:
    """Return times and trains where one column can only hold the one and the other only the other.

    Trains have whole numbers, from 0 or 1 on, that come more than once; times have fractions.
    """
    for time, train in ((0, 1), (1, 0)):
        times, numbers = grid[:, time], grid[:, train]
        counting = is_dense(numbers, 2) and len(numbers) > 3 and not is_whole(times)
        rows_of_two = np.all(grid[:, 1] > grid[:, 0])
        if counting and not rows_of_two and not evenly_spaced(times):
            return SpikeTable(times, numbers, how=f"times from column {time + 1}, trials from column {train + 1}",
                              notes=(f"column {time + 1} is read as time, column {train + 1} as trial",))
    return None


def _rows(cells: Cells, grid: Array | None, dialect: Dialect) -> SpikeTable:
    """Return the trains in the lines of a text, each of its own length."""
    filled = cells.states != EMPTY
    rows, columns, values = cells.rows[filled], cells.columns[filled], cells.values[filled]
    lengths = np.bincount(rows, minlength=cells.height)
    descends = (np.diff(values) < 0) & (np.diff(rows) == 0)
    holes = columns != np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    if np.any(descends) or np.any(holes):
        raise ValueError("names of the columns expected, none found over numbers that may be read in several ways: "
                         f"{SAY}")
    zeros = rows[values == 0]
    if len(np.unique(zeros)) < len(zeros):
        raise ValueError("one 0 in a line at most expected, more found, which may be filling: write nothing, or NaN")
    silent = np.count_nonzero(lengths) == 1
    if bool(np.all(np.diff(values) >= 0)) and not silent:
        raise ValueError("one list of times, or a row for each trial, expected, numbers found that may be both: write "
                         f"one time in each line, or {SAY}")
    if _columns_possible(rows, columns, values, lengths, not dialect.separator) or _labelled(values, columns, lengths):
        raise ValueError(f"a row for each trial expected, numbers found whose columns may mean something else: {SAY}")
    return SpikeTable(values, rows.astype(float), "trial", cells.height, 0, how="times from rows",
                      notes=(f"each of {cells.height} rows is read as a trial",))


def _columns_possible(rows: Whole, columns: Whole, values: Array, lengths: Whole, blanks: bool) -> bool:
    """Tell whether the columns, with or without a first line of numbers as names, can be trains or quantities."""
    rows = np.cumsum(np.diff(rows, prepend=rows[:1]) > 0)  # blank lines may be nothing
    order = np.lexsort((rows, columns))
    column, row, value = columns[order], rows[order], values[order]
    same = np.diff(column) == 0
    held = lengths[lengths > 0]
    if held[0] > 1 and counts_on(values[rows == rows[0]]):  # a first line 0, 1, 2 or 1, 2, 3 may be names
        return True
    if len(held) == 1:
        return False
    if np.all(held == held[0]):
        return _quantities([value[column == k] for k in range(int(columns.max()) + 1)])
    if blanks and np.all(np.diff(held) <= 0):  # shorter columns whose places are not to be seen
        return True
    later = (row[:-1] > rows[0]) | (not counts_on(values[rows == rows[0]]))
    ascend = (np.diff(value) >= 0) | ~later
    return bool(np.all(~same | (ascend & (np.diff(row) == 1))))


def _quantities(columns: list[Array]) -> bool:
    """Tell whether full columns may be the quantities of spikes, such as time and trial.

    Spikes come in the order of times, or some column holds whole numbers that come again.
    """
    if len(columns) < 4:  # two or three spikes in every trial are rarer than quantities
        return True
    whole = [is_whole(column) for column in columns]
    again = [len(np.unique(column)) < len(column) for column in columns]
    return any(bool(np.all(np.diff(column) >= 0)) or (w and (a or is_dense(column) or not all(whole)))
               for column, w, a in zip(columns, whole, again, strict=True))


def _labelled(values: Array, columns: Whole, lengths: Whole) -> bool:
    """Tell whether the first number of each line may be its name rather than a time."""
    first, rest = values[columns == 0], values[columns > 0]
    if np.any(lengths == 0) or not is_whole(first):  # a silent trial would have its name
        return False
    return bool(np.all(np.diff(first) > 0)) or not is_whole(rest)
