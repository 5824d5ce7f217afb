"""What is looked at in any file before it is read: its name, its size, and how it begins."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath
from typing import TypeVar

from ncm_app.readers.archives import MOST_BYTES, megabytes

HEADS = {b"\x89PNG": "a PNG picture", b"\xff\xd8\xff": "a JPEG picture", b"GIF8": "a GIF picture", b"%PDF": "a PDF",
         b"\x89HDF": "an HDF5 file", b"MATLAB": "a MATLAB file", b"PK\x03\x04": "a zip archive",
         b"\x93NUMPY": "a single array (.npy)", b"\x1f\x8b": "a gzip archive", b"\x80": "a Python pickle"}
"""How files of other kinds begin."""

T = TypeVar("T")


def shown_name(name: str) -> str:
    """Return a file's name as a sentence may hold it: printable, and not too long."""
    plain = re.sub(r"[^\w .()+-]", "?", PurePath(name.replace("\\", "/")).name)
    return plain if len(plain) <= 60 else f"{plain[:40]}...{plain[-16:]}"


def ending_of(name: str) -> str:
    """Return the ending of a file's name in small letters, with its point."""
    return PurePath(name).suffix.lower()


def opened(name: str, read: Callable[[str], T]) -> T:
    """Return `read(shown name)`; a ValueError "... expected, ... found" becomes a sentence on that file."""
    source = shown_name(name)
    try:
        return read(source)
    except ValueError as error:
        raise ValueError(f"{source} was not opened: {error}.") from error


def check_ending(ending: str, endings: tuple[str, ...]) -> None:
    """Raise a ValueError for a file of another kind, the first three `endings` named."""
    if ending not in endings:
        raise ValueError(f"a {', '.join(endings[:2])} or {endings[2]} file expected, "
                         f"{ending or 'a name without an ending'} found")


def check_size(data: bytes, ending: str, what: str) -> None:
    """Raise a ValueError for too large a file, and for one without the `what` it should hold."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"at most {megabytes(MOST_BYTES)} expected, {megabytes(len(data))} found")
    if not data:
        raise ValueError(f"a {ending} file with {what} expected, an empty one found")


def check_head(data: bytes, ending: str) -> None:
    """Raise a ValueError for a file that begins as one of another kind does."""
    kind = next((words for head, words in HEADS.items() if data.startswith(head)), "")
    if kind and not (ending == ".npz" and data.startswith(b"PK")):
        raise ValueError(f"a {ending} file expected, {kind} found")
