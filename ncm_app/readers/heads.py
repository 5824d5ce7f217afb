"""What stands above the numbers of a text: comments, a title, names of columns, Excel's line on the separator."""

from __future__ import annotations

import csv
import re
from itertools import pairwise
from typing import NamedTuple

from ncm_app.readers.cells import plain_text
from ncm_app.readers.words import UNITS, role_of, shown, tokens

MOST_NAMES, MOST_COMMENTS, LONGEST_LINE = 20, 10_000, 100_000
"""Bounds of what may stand above the numbers: lines of names, comments, and bytes in one line."""

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)*|[.,]\d+)([eE][+-]?\d+)?$")

_ABSENT = {"nan", "na", "n/a", "null", "none", "inf", "+inf", "-inf", "infinity", "-infinity"}


class Head(NamedTuple):
    """What stands above the numbers, and where those begin.

    `names` are the lines between with words, `comments` the texts of the lines that begin with # or %;
    `separator` is what a line such as "sep=;" tells, else None. The numbers begin at byte `start`, in line
    `line` of the file, from 0 on.
    """

    names: list[str]
    comments: list[str]
    separator: str | None
    start: int
    line: int


def read_head(data: bytes) -> Head:
    """Return what stands above the first line of numbers; raise a ValueError where there is none."""
    names: list[str] = []
    comments: list[str] = []
    separator, start, line, numbers_from = None, 0, 0, (0, 0)
    strange = ""
    while start < len(data) and len(names) < MOST_NAMES and line < MOST_COMMENTS:
        end = data.find(b"\n", start) + 1 or len(data)
        text = plain_text(data[start : min(end, start + LONGEST_LINE)]).rstrip("\r\n ")
        told = re.match(r"\"?sep=(\t|[,;| ]|$)\"?$", text, re.IGNORECASE)
        if told and not names and not comments and separator is None:
            separator = told[1] or " "
        elif text.lstrip()[:1] in ("#", "%"):
            comments.append(text.lstrip("#% \t"))
        elif words := [word for word in re.split(r"[\s,;|]+", text.replace('"', " ")) if word]:
            if all(_is_number(word) for word in words) and any(word[-1] in "0123456789.," for word in words):
                return Head(names, comments, separator, *numbers_from)
            strange = next((word for word in words if not _is_number(word)), words[0])
            strange = f"numbers expected, {shown(strange)} found in line {line + 1}"
            names.append(text)
            numbers_from = end, line + 1
        elif not names and not text:
            numbers_from = end, line + 1
        if told or text.lstrip()[:1] in ("#", "%"):
            numbers_from = (end, line + 1) if not _silent(data[numbers_from[0] : start]) else numbers_from
        start, line = end, line + 1
    raise ValueError(strange or "spike times in ms expected, no number found")


def _silent(between: bytes) -> bool:
    """Tell whether lines of separators alone, silent trials, stand in a text."""
    return bool(between.strip()) and not between.strip(b"\r\n\t ,;|") and b"#" not in between


def _is_number(word: str) -> bool:
    return bool(_NUMBER.match(word)) or word.lower() in _ABSENT


def _check_blanks(rows: list[list[str]], lines: list[str]) -> None:
    """Raise a ValueError where names that blanks part may stand over other columns, or be one name."""
    for row in rows:
        kinds = [role_of(name).kind for name in row]
        if set(kinds) == {"time"} and all(set(tokens(name)) <= set(UNITS) for name in row):
            continue  # a line of units
        numbered = any(kind in ("index", "id") for kind in kinds[1:])  # "trial number" may be one name
        shifted = any(line[:1] == " " and line.split() == row for line in lines)
        if "time" not in kinds or ("spike", "time") in pairwise(kinds) or numbered or shifted:
            raise ValueError(f"names in quotes, or commas between names, expected, {shown(' '.join(row))} found, which "
                             "may name fewer columns")


def _check_one(line: str) -> None:
    """Raise a ValueError where the name of a single column may be those of several."""
    for sign in ",;\t|":
        names = split_names(line, sign)
        kinds = [role_of(name).kind for name in names if not set(tokens(name)) <= set(UNITS)]
        if len(kinds) > 1 and set(kinds[1:]) - {"unknown", "time"}:
            raise ValueError(f"a name for each column expected, {len(kinds)} names ({shown(', '.join(names))}) over 1 "
                             "column found")


def _is_broken_number(name: str) -> bool:
    """Tell whether a cell among names may be a number, or have been meant as one, such as 12.5ms or 1O."""
    letters = sum(letter.isalpha() for letter in name)
    digits = sum(sign.isdigit() for sign in name)
    strange = not name[0].isalpha() and (digits > 0 or letters == 0)
    return strange or bool(re.search(r"\d[.,]\d", name)) or letters < min(3, digits)


def split_names(line: str, separator: str, width: int = 0) -> list[str]:
    """Return the cells of a line of names; `separator` "" is any run of blanks.

    Without quotes, a unit in brackets belongs to the word before it; where that does not give `width` names,
    two blanks part names of several words.
    """
    if separator:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator, skipinitialspace=True), [""])]
    if '"' in line:
        return [cell.strip('"') for cell in re.findall(r'"[^"]*"|\S+', line)]
    plain = re.sub(r"\s+(?=[\[(])", "", line).split()
    spaced = re.split(r"\s{2,}|\t", line.strip())
    return spaced if len(spaced) == width != len(plain) else plain


def fitting_names(head: Head, separator: str, width: int) -> tuple[list[str], list[str]]:
    """Return a name for each column, none where there are none, and the lines above the numbers that are titles.

    One line holds the names, others a title or the units. Raises ValueError where names do not fit the columns.
    """
    if not separator and width == 1:  # a name may have several words
        rows = [[line.strip('" ,;\t')] for line in head.names]
    else:
        rows = [split_names(line, separator, width) for line in head.names]
    for row in rows:
        while row and not row[-1] and len(row) > max(width, 1):
            row.pop()
    if width == 1 and rows:
        _check_one(head.names[-1])
    units = [bool("".join(row)) and all(set(tokens(cell)) <= set(UNITS) for cell in row) for row in rows]
    titled = [width > 1 and not any(row[1:]) and not unit for row, unit in zip(rows, units, strict=True)]
    worded = [k for k in range(len(rows)) if not titled[k] and not units[k]]
    if worded:  # below the names may stand a unit that is not known
        titled = [title and k < worded[0] for k, title in enumerate(titled)]
        worded = [k for k in range(len(rows)) if not titled[k] and not units[k]]
    if width == 1:  # the last line is the name, those above are titles
        titled = [k in worded[:-1] for k in range(len(rows))]
    titles = [line for line, title in zip(head.names, titled, strict=True) if title]
    kept = [row for row, title in zip(rows, titled, strict=True) if not title]
    if width > 1 and len(worded) > 1:
        raise ValueError(f"one line with names of columns expected, {len(worded)} above the numbers found")
    widths = {len(row) for row in kept}
    if len(widths) > 1 or any(found < width or (found > width and not separator) for found in widths):
        raise ValueError(f"a name for each column expected, {len(kept[-1])} names ({shown(', '.join(kept[-1]))}) over "
                         f"{width} columns found")
    if kept and not separator and width > 1:
        _check_blanks(kept, head.names)
    number = next((cell for row in kept for cell in row if cell and _is_broken_number(cell)), None)
    if number is not None:
        raise ValueError(f"numbers, or names that begin with a letter, expected, {shown(number)} found above numbers")
    return [" ".join(cell for cell in column if cell) for column in zip(*kept, strict=True)], titles
