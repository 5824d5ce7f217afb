"""Small tables of measured numbers under names: certain, or refused with what was expected and what was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ncm_app.readers.files import check_ending, check_head, check_size
from ncm_app.readers.texts import nothing, plain_bytes
from ncm_app.readers.words import shown

ENDINGS = (".csv", ".tsv", ".txt")
MOST_ROWS = 200_000
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas"}


def read_table(ending: str, data: bytes, check: Callable[[], None] = nothing) -> dict[str, list[str]]:
    """Return the cells of a text by the names in its first line; lines that begin with # are left out.

    `check` is called again and again and may raise. Raises a ValueError "... expected, ... found" where lines differ in
    length, a name comes twice, or there is no line of names.
    """
    check_ending(ending, ENDINGS)
    check_size(data, ending, "a line of names and numbers below")
    check_head(data, ending)
    try:
        text = plain_bytes(data).decode()
    except UnicodeDecodeError:
        raise ValueError("a text in UTF-8 expected, other bytes found") from None
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if len(lines) < 2:
        raise ValueError("a line of names and numbers below expected, less found")
    if len(lines) > MOST_ROWS:
        raise ValueError(f"at most {MOST_ROWS} lines expected, {len(lines)} found")
    separator = next((mark for mark in SEPARATORS if mark in lines[0]), " ")
    names, *rows = (_cells(line, separator) for line in lines)
    if any(NUMBER.fullmatch(name) for name in names):
        raise ValueError(f"names in the first line expected, {shown(lines[0])} found")
    if len(set(names)) < len(names):
        raise ValueError(f"each name once expected, {shown(lines[0])} found")
    for n, row in enumerate(rows, 1):
        if n % 1000 == 0:
            check()
        if len(row) != len(names):
            raise ValueError(f"{len(names)} cells in each line expected, {len(row)} cells found in line {n + 1}")
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def _cells(line: str, separator: str) -> list[str]:
    cells = line.split() if separator == " " else line.split(separator)
    return [cell.strip().strip('"').strip() for cell in cells]


def numbers_of(table: dict[str, list[str]], called: Sequence[str], positive: bool = False) -> list[float]:
    """Return the numbers under the one name of those in `called`; a ValueError where there is none, or no number."""
    found = [name for name in table if name.lower() in called]
    if len(found) != 1:
        raise ValueError(f"one column named {' or '.join(called)} expected, {shown(', '.join(table))} found")
    values = []
    for cell in table[found[0]]:
        if not NUMBER.fullmatch(cell):
            raise ValueError(f"numbers such as 1.5 expected under {shown(found[0])}, {shown(cell or 'nothing')} found")
        values.append(float(cell))
    if positive and not min(values) > 0.0:
        raise ValueError(f"numbers above 0 expected under {shown(found[0])}, {min(values):g} found")
    return values
