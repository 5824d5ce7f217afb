"""Spike times from the text of a .csv or .txt file."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from ncm_app.numerics.result import Array

MOST_NUMBERS = 4_000_000
"""Bound on the separators, and so on the numbers, of a text."""


class Table(NamedTuple):
    """Spike times (k,) ms, the trial number of each or None, and what was taken for granted.

    Where the number of trials is known, `rows`, they are numbered from 0.
    """

    times: Array
    trials: Array | None = None
    note: str = ""
    rows: int = 0


class Line(NamedTuple):
    """One line of a text: its number from 1 on, and what stands between separators."""

    number: int
    cells: list[str]


def read_times(text: str) -> Table:
    """Return the times of one trial: one per line, or separated by blanks."""
    lines = _lines(text, r"[\s,;]+")
    if _words(lines):
        lines = lines[1:]
    times = np.array([_number(cell, line.number) for line in lines for cell in line.cells if cell])
    back = np.flatnonzero(np.diff(times) < 0)
    if len(back):
        raise ValueError(f"times in ascending order expected, {times[back[0] + 1]:g} after {times[back[0]]:g} found "
                         "(several trials need a .csv file with time and trial)")
    return Table(_finite(times))


def read_table(text: str) -> Table:
    """Return the times in a table: a column of times, columns of time and trial, or a row for each trial."""
    if ";" in text:  # where the comma is the decimal sign, columns are parted by semicolons
        text = text.replace(",", ".").replace(";", ",")
    lines = _lines(text, r"[,\t]" if "," in text or "\t" in text else r"\s+")
    words = [cell.lower() for cell in lines[0].cells] if _words(lines) else []
    rows = [np.array([_number(cell, line.number) for cell in line.cells if cell]) for line in lines[bool(words):]]
    full = [row for row in rows if len(row)]
    widths = {len(row) for row in full}
    if not full or widths == {1}:
        return Table(_finite(np.array([row[0] for row in full])))
    if widths == {2} and len(full) > 1 and (words or _whole(np.array(full)).any()):
        return _columns(_finite(np.array(full)), words)
    return _trials(rows)


def _columns(table: Array, words: list[str]) -> Table:
    """Return times and trials of two columns, told apart by their names, else by which holds whole numbers."""
    named = [k for k, word in enumerate(words[:2]) if "trial" in word]
    trial = named[0] if named else 1 if _whole(table)[1] else 0
    note = "" if named else f"column {2 - trial} is read as time, column {trial + 1} as trial"
    return Table(table[:, 1 - trial], table[:, trial], note)


def _trials(rows: list[Array]) -> Table:
    """Return the times of rows, each a trial; an empty row is a silent one."""
    numbers = np.repeat(np.arange(len(rows), dtype=float), [len(row) for row in rows])
    note = f"each of {len(rows)} rows is read as a trial" if len(rows) > 1 else ""
    return Table(_finite(np.concatenate(rows)), numbers, note, len(rows))


def _whole(table: Array) -> Array:
    return np.asarray(np.all(table == np.floor(table), axis=0))


def _lines(text: str, separators: str) -> list[Line]:
    if sum(text.count(sign) for sign in "\n\r\t ,;") > MOST_NUMBERS:
        raise ValueError(f"at most {MOST_NUMBERS} numbers expected, more found")
    part = re.compile(separators)
    lines = [Line(k, [cell.strip() for cell in part.split(line.strip())])
             for k, line in enumerate(text.splitlines(), 1) if not line.lstrip().startswith("#")]
    while lines and lines[-1].cells == [""]:
        lines.pop()
    while lines and lines[0].cells == [""]:
        lines.pop(0)
    if not lines:
        raise ValueError("spike times in ms expected, no number found")
    return lines


def _words(lines: list[Line]) -> bool:
    """Tell whether the first line is a header: words and no number, and more lines follow."""
    return len(lines) > 1 and any(lines[0].cells) and not any(_is_number(cell) for cell in lines[0].cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _number(cell: str, line: int) -> float:
    if not _is_number(cell):
        raise ValueError(f"numbers expected, {cell[:20]!r} found in line {line}")
    return float(cell)


def _finite(times: Array) -> Array:
    wrong = int(np.count_nonzero(~np.isfinite(times)))
    if wrong:
        raise ValueError(f"finite times expected, {wrong} NaN or infinite found")
    return times
