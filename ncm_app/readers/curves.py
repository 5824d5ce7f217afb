"""From the bytes of a text to a curve, y or t and y, or to one sentence on what was expected and what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ncm_app.readers.cells import Array, Cells, census, chunks_of, parse
from ncm_app.readers.dialects import SPOKEN, check_thousands, dialect_of
from ncm_app.readers.files import check_ending, check_head, check_size, ending_of, opened
from ncm_app.readers.heads import Head, fitting_names, read_head
from ncm_app.readers.scan import EMPTY, INFINITE, WORD
from ncm_app.readers.texts import grid_of, nothing, plain_bytes, trimmed
from ncm_app.readers.units import comment_unit
from ncm_app.readers.words import PER_MS, role_of, shown

ENDINGS = (".csv", ".tsv", ".txt")
"""Endings of the names of files that are read."""
MOST_POINTS, LARGEST = 200_000, 10.0
"""Bounds of the number of points, and of the size of y."""
SHORTEST, LONGEST = 50.0, 100_000.0
"""Bounds of the time that a curve covers, ms: below, an unnamed unit is hardly ms."""
WANTED = "one column y, or two named t and y,"


@dataclass(frozen=True, eq=False)
class Curve:
    """Values y (m,), at times t (m,) in ms from 0 on, or None where the file has none; how they were read."""

    source: str
    reading: str
    y: Array
    t: Array | None = None


def read_curve(name: str, data: bytes, check: Callable[[], None] = nothing) -> Curve:
    """Return the curve in a text, or raise a ValueError with a sentence for its reader.

    `check` is called again and again while a long text is read, and may raise to stop that.
    """
    return opened(name, lambda source: _read(source, ending_of(name), data, check))


def _read(source: str, ending: str, data: bytes, check: Callable[[], None]) -> Curve:
    check_ending(ending, ENDINGS)
    check_size(data, ending, "a column of numbers")
    check_head(data, ending)
    plain = plain_bytes(data)
    head = read_head(plain)
    body = plain[head.start:]
    dialect = dialect_of(head, census(chunks_of(body, check)))
    if dialect.unsure:
        raise ValueError("decimal points, or semicolons between columns, expected, commas found that may be either")
    cells = trimmed(parse(chunks_of(body, check), dialect.separator, dialect.mark), "numbers")
    grid = _checked(cells, head)
    names, titles = fitting_names(head, dialect.separator, grid.shape[1])
    check_thousands(cells, dialect, len(names) > 1)
    parted = f", columns parted by {SPOKEN[dialect.separator]}" if grid.shape[1] > 1 else ""
    mark = f", decimal {'comma' if dialect.mark == ',' else 'point'}{parted}"
    if grid.shape[1] == 1:
        return _alone(source, grid[:, 0], names, mark)
    return _timed(source, grid, names, [*head.comments, *titles], mark)


def _checked(cells: Cells, head: Head) -> Array:
    """Return the numbers (rows, columns), or raise a ValueError for a cell that holds none, and for too many."""
    wrong = np.flatnonzero((cells.states == WORD) | (cells.states == INFINITE) | (cells.states == EMPTY))
    if len(wrong):
        cell = int(wrong[0])
        found = shown(cells.words[cell]) if cell in cells.words else "none"
        raise ValueError(f"a number in each cell expected, {found} found in line {head.line + cells.line(cell) + 1}")
    grid = grid_of(cells)
    if grid is None or not np.all(np.isfinite(grid)):
        raise ValueError("as many numbers in each line expected, lines of several lengths found")
    if not 2 <= len(grid) <= MOST_POINTS or grid.shape[1] > 2:
        lines = "one line" if len(grid) == 1 else f"{len(grid):,} lines"
        found = f"{grid.shape[1]} columns" if grid.shape[1] > 2 else lines
        raise ValueError(f"{WANTED} of 2 to {MOST_POINTS:,} lines expected, {found} found")
    return grid


def _values(y: Array) -> Array:
    if np.ptp(y) == 0.0:
        raise ValueError(f"a target that changes expected, {y[0]:g} in every line found")
    far = y[np.abs(y).argmax()]
    if abs(far) > LARGEST:
        raise ValueError(f"values from -{LARGEST:g} to {LARGEST:g} expected, {far:g} found: scale them, for rates lie "
                         "between -1 and 1")
    return np.ascontiguousarray(y)


def _alone(source: str, y: Array, names: list[str], mark: str) -> Curve:
    if names and role_of(names[0]).kind == "time":
        raise ValueError(f"{WANTED} expected, only times {shown(names[0])} found")
    called = f"column {shown(names[0])}" if names else "the one column"
    return Curve(source, f"Read as y from {called}, {len(y)} values spread evenly over one period{mark}.", _values(y))


def _timed(source: str, grid: Array, names: list[str], texts: list[str], mark: str) -> Curve:
    roles = [role_of(name) for name in names]
    timed = [k for k, role in enumerate(roles) if role.kind == "time"]
    if names and len(timed) != 1:
        raise ValueError(f"{WANTED} expected, {shown(', '.join(names))} found")
    if not names and np.all(np.diff(grid[:, 1]) > 0):
        raise ValueError(f"{WANTED} expected, two columns without names found that may both be times")
    at = timed[0] if names else 0
    t, y = grid[:, at], grid[:, 1 - at]
    back = np.flatnonzero(np.diff(t) <= 0)
    if len(back):
        raise ValueError(f"times that rise from line to line expected, {t[back[0] + 1]:g} after {t[back[0]]:g} found")
    units = {unit for text in texts for unit in comment_unit(text)} | ({roles[at].unit} if names else set()) - {""}
    if len(units) > 1:
        raise ValueError(f"one unit of times expected, {' and '.join(sorted(units))} found")
    unit = next(iter(units), "")
    t = (t - t[0]) / PER_MS[unit] if unit else t - t[0]
    if not SHORTEST <= t[-1] <= LONGEST:
        told = f"{t[-1]:g} ms" if unit else f"{t[-1]:g} without a unit"
        raise ValueError(f"a curve over {SHORTEST:g} to {LONGEST:,.0f} ms expected, one over {told} found: name the "
                         "times t (ms) or t (s)")
    return Curve(source, f"Read as {len(t)} values over {t[-1]:g} ms, times in {unit or 'ms, for no unit is named'}"
                         f"{mark}.", _values(y), t)
