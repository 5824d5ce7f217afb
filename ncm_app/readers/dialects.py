"""How a text of numbers is written: what parts its columns, and what its decimal mark is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ncm_app.readers.cells import Cells
from ncm_app.readers.heads import Head, split_names
from ncm_app.readers.scan import (
    COMMAS,
    FRACTION,
    GAPS,
    HEAD,
    LOOSE_COMMAS,
    MOST_COMMAS,
    PIPES,
    POINTED,
    POINTS,
    QUOTED_COMMAS,
    QUOTED_POINTS,
    SEMICOLONS,
    TABS,
    THREE,
)
from ncm_app.readers.words import role_of

Census = NDArray[np.int64]

SPOKEN = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", "": "blanks", " ": "blanks"}


class Dialect(NamedTuple):
    """What parts the columns ("" any run of blanks), the decimal mark, and whether a comma might be either."""

    separator: str
    mark: str
    unsure: bool = False


def dialect_of(head: Head, found: Census) -> Dialect:
    """Return how a text is written; raise a ValueError where two ways are possible."""
    parting = [sign for sign, k in ((";", SEMICOLONS), ("\t", TABS), ("|", PIPES)) if found[k]]
    separator = head.separator if head.separator is not None else _separator(parting, found, head)
    separator = "" if separator == " " else separator
    if any(sign != separator and not (sign == "\t" and not separator) for sign in parting):
        raise ValueError(f"one sign between columns expected, {' and '.join(SPOKEN[sign] for sign in parting)} found")
    loose = 0 if separator == "," else found[COMMAS]
    commas, points = found[QUOTED_COMMAS] + loose, found[QUOTED_POINTS] + found[POINTS]
    if commas and points:
        raise ValueError("one decimal mark and no separators of thousands expected, numbers with points and others "
                         "with commas found")
    if loose and not separator and found[LOOSE_COMMAS]:
        raise ValueError("one sign between columns expected, commas and blanks found")
    return Dialect(separator, "," if commas else ".", bool(loose) and not separator and not found[GAPS])


def _separator(parting: list[str], found: Census, head: Head) -> str:
    if ";" in parting or "|" in parting:
        return ";" if ";" in parting else "|"
    if "\t" in parting:
        return "" if found[GAPS] else "\t"
    if not found[COMMAS]:
        return ""
    listed = found[MOST_COMMAS] > 1 and not found[GAPS]
    if found[POINTS] or found[LOOSE_COMMAS] or listed or found[QUOTED_COMMAS]:
        return ","
    if any(len(split_names(line, ",")) > 1 for line in head.names) or named_in_comment(head.comments, ","):
        return ","
    if found[GAPS]:  # "12,5 0": a comma inside cells that blanks part
        return ""
    if head.names:
        return ""
    if named_in_comment(head.comments, ""):
        return ","
    raise ValueError("commas between columns or as decimal marks expected, numbers found that may be read both ways: "
                     "name the columns in a first line, or part them by semicolons")


def named_in_comment(comments: list[str], separator: str) -> list[str]:
    """Return the two or more names of columns, each known, that the last comment with any holds; else none."""
    for text in reversed(comments):
        for sign in (separator, ";", ",", "\t", "|", ""):
            names = [name for name in split_names(text, sign) if name] if text else []
            try:
                kinds = [role_of(name).kind for name in names]
            except ValueError:
                continue
            if len(names) > 1 and kinds.count("time") == 1 and not {"unknown", "blank"} & set(kinds):
                return names
    return []


def check_thousands(cells: Cells, dialect: Dialect, named: bool) -> None:
    """Raise a ValueError where a mark, a separator or a blank might part thousands."""
    shapes, marked = cells.shapes, cells.shapes & FRACTION != 0
    suspicious = dialect.mark == "," or dialect.separator == ";"
    if suspicious and np.any(marked) and np.all((shapes[marked] & POINTED != 0) & (shapes[marked] & HEAD != 0)):
        raise ValueError(f"decimal marks expected, {'commas' if dialect.mark == ',' else 'points'} found that may part "
                         "thousands: each has three digits behind it; write them with another number of digits")
    widest = int(cells.columns.max(initial=0))
    if named or dialect.separator not in ("", ",") or not 0 < widest < 3:  # no time has four groups of digits
        return
    first, last = cells.columns == 0, np.append(cells.columns[1:] == 0, True)
    alone = first & last
    begins = (shapes & HEAD != 0) & (shapes & FRACTION == 0)
    follows = (shapes & THREE != 0) & (last | (shapes & FRACTION == 0))
    if np.all(alone | (first & begins) | (~first & follows)):
        raise ValueError(f"columns with names, or none, expected, numbers found in which {SPOKEN[dialect.separator]} "
                         "may part thousands: name the columns in a first line, or write numbers without")
