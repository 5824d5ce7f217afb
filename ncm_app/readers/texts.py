"""Spike times from a text of numbers: names of columns decide; what may be read in two ways is refused."""

from __future__ import annotations

import codecs
from collections.abc import Callable

import numpy as np

from ncm_app.readers.cells import Array, Cells, census, chunks_of, parse
from ncm_app.readers.dialects import SPOKEN, Dialect, check_thousands, dialect_of, named_in_comment
from ncm_app.readers.grids import is_dense, is_whole
from ncm_app.readers.heads import Head, fitting_names, read_head
from ncm_app.readers.named import read_named
from ncm_app.readers.scan import EMPTY, FRACTION, INFINITE, WORD
from ncm_app.readers.tables import SpikeTable, finished
from ncm_app.readers.units import check_comments, comment_unit, sampled
from ncm_app.readers.unnamed import check_single, read_unnamed
from ncm_app.readers.words import role_of, shown

MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))
"""How texts of other encodings begin."""


def nothing() -> None:
    """Let a reader go on."""


def read_text(data: bytes, check: Callable[[], None] = nothing) -> SpikeTable:
    """Return the spike times in a text; `check` is called every few milliseconds and may raise to stop the reader.

    Raises ValueError, with words for the reader of a sentence "... expected, ... found", for a text that cannot
    be read with certainty.
    """
    plain = plain_bytes(data)
    head = read_head(plain)
    body = plain[head.start:] if head.start else plain
    found = census(chunks_of(body, check))
    dialect = dialect_of(head, found)
    cells = trimmed(parse(chunks_of(body, check), dialect.separator, dialect.mark))
    check()
    grid = grid_of(cells)
    width = int(cells.columns.max()) + 1
    names, titles = fitting_names(head, dialect.separator, width)
    if not names and not titles:
        commented = named_in_comment(head.comments, dialect.separator)
        names = commented if len(commented) == width else []
    if dialect.unsure:
        _check_list(body, names, check)
    check_thousands(cells, dialect, len(names) > 1)
    unit = _unit([*head.comments, *titles])
    check_comments([*head.comments, *titles], width == 1 and not names)
    if names and (grid is None or (not dialect.separator and len(cells.values) < grid.size)):
        raise ValueError(f"a number under each name expected, some missing under {shown(', '.join(names))} found")
    if names and grid is not None:
        if len(names) > width:  # a name over a column of nothing
            grid = np.hstack([grid, np.full((len(grid), len(names) - width), np.nan)])
        table = read_named(grid, names, unit)
        if width == 1 and role_of(names[0]).kind != "time":  # may be a title
            check_single(cells)
    else:
        table = read_unnamed(cells, grid, dialect, unit)
    _check_words(cells, head, table.used)
    rate = sampled([*head.comments, *titles])
    if rate and not table.unit and is_whole(table.times):
        raise ValueError(f"a unit of times expected, whole numbers under {shown(rate)} found, which may be numbers of "
                         "samples")
    check()
    return finished(table._replace(dialect=_spoken(dialect, cells)))


def plain_bytes(data: bytes) -> bytes:
    """Return a text in UTF-8, or as it is, with lines that end in a line feed."""
    mark = next((name for bom, name in MARKS if data.startswith(bom)), "")
    if not mark and b"\0" in data[:4000]:  # UTF-16 without a mark: every other byte of a number is 0
        even, odd = data[0:4000:2], data[1:4000:2]
        mark = "utf-16-le" if odd.count(0) == len(odd) else "utf-16-be" if even.count(0) == len(even) else ""
    if mark:
        try:
            data = data.decode(mark).encode()
        except UnicodeDecodeError:
            raise ValueError("text with numbers expected, other data found") from None
    if b"\0" in data:
        raise ValueError("text with numbers expected, other data found")
    data = data.removeprefix(codecs.BOM_UTF8)
    return data.replace(b"\r", b"\n") if b"\r" in data and b"\n" not in data else data


def trimmed(cells: Cells, what: str = "spike times in ms") -> Cells:
    """Return cells without empty columns at the ends of all rows, and without blank lines at the end."""
    filled = cells.states != EMPTY
    widest = int(cells.columns[filled].max(initial=-1))
    kept = cells.columns <= widest
    if not kept.all():
        places = np.cumsum(kept) - 1
        words = {int(places[k]): word for k, word in cells.words.items()}
        cells = cells._replace(values=cells.values[kept], rows=cells.rows[kept], columns=cells.columns[kept],
                               states=cells.states[kept], shapes=cells.shapes[kept], words=words)
    if not len(cells.values):
        raise ValueError(f"{what} expected, no number found")
    return cells._replace(height=int(cells.rows[-1]) + 1)


def grid_of(cells: Cells) -> Array | None:
    """Return the numbers (rows, columns) of the lines that are not blank, NaN where none is; None if most are missing.

    Infinite numbers and words are kept as infinities: no column that is read may hold one.
    """
    begins = np.diff(cells.rows, prepend=np.int32(-1)) != 0
    width, height = int(cells.columns.max()) + 1, int(np.count_nonzero(begins))
    if width * height > 4 * len(cells.values) + 1000:
        return None
    strange = (cells.states == INFINITE) | (cells.states == WORD)
    values = np.where(strange, np.inf, cells.values) if np.any(strange) else cells.values
    if len(values) == width * height:  # no row is shorter
        return values.reshape(height, width)
    grid = np.full((height, width), np.nan)
    grid[np.cumsum(begins) - 1, cells.columns] = values
    return grid


def _check_list(body: bytes, names: list[str], check: Callable[[], None]) -> None:
    """Raise a ValueError where numbers with decimal commas, one in a line, may as well be two parted by commas."""
    cells = parse(chunks_of(body, check), ",", ".")
    role = role_of(names[0]) if names else None
    second = np.flatnonzero(cells.columns == 1)
    descending = cells.values[second] < cells.values[second - 1]
    counting = is_dense(cells.values[second]) or (is_dense(cells.values[second - 1]) and not (role and role.unit))
    if role is None or role.kind != "time" or not np.any(descending) or counting:
        raise ValueError("one meaning of the comma expected, numbers found in which it may be a decimal mark or stand "
                         "between two numbers: write decimal points, or name the columns in a first line")


def _check_words(cells: Cells, head: Head, used: tuple[int, ...] | None) -> None:
    """Raise a ValueError where a cell that is read holds no number."""
    wrong = (cells.states == WORD) | (cells.states == INFINITE)
    if used is not None:
        wrong &= np.isin(cells.columns, used)
    bad = np.flatnonzero(wrong)
    if len(bad):
        word = next((cells.words[k] for k in bad.tolist() if k in cells.words), "inf")
        if word == "inf":
            raise ValueError(f"finite times expected, {len(bad)} NaN or infinite found")
        line = head.line + cells.line(int(bad[0])) + 1
        raise ValueError(f"numbers expected, {shown(word)} found in line {line}")


def _unit(texts: list[str]) -> str:
    """Return the unit of times that comments or titles name, "" for none."""
    units = {unit for text in texts for unit in comment_unit(text)}
    roles = [role_of(text) for text in texts if not any(letter.isdigit() for letter in text)]
    units |= {role.unit for role in roles if role.kind == "time"} - {""}
    if len(units) > 1:
        raise ValueError(f"one unit of times expected, {' and '.join(sorted(units))} found above the numbers")
    return next(iter(units), "")


def _spoken(dialect: Dialect, cells: Cells) -> str:
    columns = f"columns parted by {SPOKEN[dialect.separator]}" if np.any(cells.columns) else ""
    mark = "" if not np.any(cells.shapes & FRACTION) else f"decimal {'comma' if dialect.mark == ',' else 'point'}"
    return ", ".join(part for part in (columns, mark) if part)


