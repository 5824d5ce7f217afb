"""Arrays of numbers from the bytes of a .npz file, with every size looked at before it is unpacked."""

from __future__ import annotations

import ast
import io
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
T = TypeVar("T")

MOST_BYTES, MOST_UNPACKED, MOST_ARRAYS = 20 * 2**20, 64 * 2**20, 100
"""Bounds of a file, of all that it unpacks to, and of the number of arrays in it."""

MOST_NUMBERS = MOST_UNPACKED // 8
"""Bound of the numbers in an array, which are kept as doubles however small they were."""

MOST_HEADER = 10_000
"""Longest description of an array, in bytes."""

PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How NumPy packs arrays; other ways may ask for any amount of memory."""

BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError,
          RuntimeError, KeyError, IndexError, OverflowError, UnicodeError)
"""What reading a damaged zip archive raises."""


def megabytes(size: int) -> str:
    """Return a size in words."""
    return f"{size / 2**20:.3g} MB"


def read_archive(data: bytes, wanted: Collection[str], measured: Collection[str] = (),
                 beside: Collection[str] = ()) -> tuple[dict[str, Array], list[str]]:
    """Return the wanted arrays of a .npz file by name, as floats, and the names of the others.

    Those that are `measured` are numbers: truth values are refused. Those of `beside` are read, too, where one that
    is measured is there. Raises ValueError.
    """
    return _opened(data, lambda archive: _arrays(archive, wanted, measured, beside))


def _opened(data: bytes, read: Callable[[zipfile.ZipFile], T]) -> T:
    """Return what is read from an archive; a ValueError where it is damaged."""
    if data.count(b"PK\x01\x02") > 10 * MOST_ARRAYS:  # before a directory of a million entries is built
        raise ValueError(f"at most {MOST_ARRAYS} arrays expected, many more found")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return read(archive)
    except BROKEN as error:
        raise ValueError("a whole .npz file expected, one that is cut off or damaged found") from error


def archive_names(data: bytes) -> list[str]:
    """Return the names of the arrays of a .npz file; a ValueError for too many, and for a damaged file."""
    return _opened(data, lambda archive: [name.removesuffix(".npy") for name in archive.namelist()])


def read_words(data: bytes, name: str, most: int) -> list[str]:
    """Return the texts in one array of a .npz file, at most so many; none where it holds other things."""
    def found(archive: zipfile.ZipFile) -> list[str]:
        entry = next(entry for entry in archive.infolist() if entry.filename.removesuffix(".npy") == name)
        if entry.file_size > MOST_HEADER + 400 * most or entry.compress_type not in PACKED:
            return []
        descr, _, shape, values = _described(name, archive.read(entry))
        letters = re.fullmatch(r"([<>])U(\d{1,2})", str(descr))
        if not letters or int(letters[2]) < 1 or 4 * int(letters[2]) * math.prod(shape) != len(values):
            return []
        return [str(word) for word in np.frombuffer(values, np.dtype(descr))]
    return _opened(data, found)


def _arrays(archive: zipfile.ZipFile, wanted: Collection[str], measured: Collection[str],
            beside: Collection[str]) -> tuple[dict[str, Array], list[str]]:
    entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
    if len(entries) > MOST_ARRAYS:
        raise ValueError(f"at most {MOST_ARRAYS} arrays expected, {len(entries)} found")
    if any(name in measured for name in entries):
        wanted = {*wanted, *beside}
    chosen = {name: entry for name, entry in entries.items() if name in wanted}
    unpacked = sum(entry.file_size for entry in chosen.values())
    if unpacked > MOST_UNPACKED:
        raise ValueError(f"at most {megabytes(MOST_UNPACKED)} expected when unpacked, {megabytes(unpacked)} found")
    if any(entry.compress_type not in PACKED for entry in chosen.values()):
        raise ValueError("an archive as NumPy saves it expected, another compression found")
    arrays = {name: read_array(name, archive.read(entry), name not in measured) for name, entry in chosen.items()}
    return arrays, [name for name in entries if name not in wanted]


def read_array(name: str, data: bytes, flags: bool = True) -> Array:
    """Return one array of a .npz file as floats; truth values only where `flags` may stand.

    NumPy's own reader is not asked: it would unpickle objects, reserve what a header promises
    before it looks at the data, and repair headers by running a tokenizer over them.
    """
    descr, fortran, shape, values = _described(name, data)
    if not re.fullmatch(r"[<>|=]?(b1|[iu][1248]|f[248])", str(descr)):
        pickled = "O" in str(descr)
        kind = "a Python object (pickle), which is never opened," if pickled else f"data of type {descr!s:.20}"
        raise ValueError(f"real numbers expected in {name}, {kind} found")
    dtype = np.dtype(descr)
    if dtype.kind == "b" and not flags:
        raise ValueError(f"numbers expected in {name}, truth values found: write the times at which they are true")
    count = math.prod(shape)  # of Python's whole numbers: it cannot wrap
    if count * dtype.itemsize != len(values) or len(shape) > 8:
        raise ValueError(f"{len(values)} bytes of numbers expected in {name}, shape {shape} found")
    if count > MOST_NUMBERS:
        raise ValueError(f"at most {MOST_NUMBERS / 1e6:.1f} million numbers expected in {name}, "
                         f"{count / 1e6:.1f} million found")
    found = np.frombuffer(values, dtype).reshape(shape, order="F" if fortran else "C")
    return np.asarray(found, dtype=np.float64)


def _described(name: str, data: bytes) -> tuple[str, bool, tuple[int, ...], bytes]:
    """Return type, order and shape from the head of an array, and the bytes behind it."""
    width = 2 if data[6:7] == b"\x01" else 4
    end = 8 + width + int.from_bytes(data[8 : 8 + width], "little")
    try:
        told = ast.literal_eval(data[8 + width : min(end, MOST_HEADER)].decode("latin-1").strip())
        descr, fortran, shape = told["descr"], told["fortran_order"], told["shape"]
        lengths = tuple(int(length) for length in shape)
    except (ValueError, TypeError, KeyError, SyntaxError, MemoryError, RecursionError, OverflowError):
        raise ValueError(f"arrays as NumPy saves them expected, other data found in {name}") from None
    if not data.startswith(b"\x93NUMPY") or end > len(data) or min(lengths, default=0) < 0:
        raise ValueError(f"arrays as NumPy saves them expected, other data found in {name}")
    return descr, bool(fortran), lengths, data[end:]
