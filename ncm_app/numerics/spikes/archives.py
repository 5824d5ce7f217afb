"""Arrays of numbers from the bytes of a .npz file, with every size looked at before it is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Collection

import numpy as np

from ncm_app.numerics.result import Array

MOST_BYTES, MOST_UNPACKED, MOST_ARRAYS = 20 * 2**20, 64 * 2**20, 100
"""Bounds of a file, of all that it unpacks to, and of the number of arrays in it."""

PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How NumPy packs arrays; other ways may ask for any amount of memory."""

BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError,
          RuntimeError, KeyError, IndexError, OverflowError, UnicodeError)
"""What reading a damaged zip archive raises."""


def megabytes(size: int) -> str:
    """Return a size in words."""
    return f"{size / 2**20:.3g} MB"


def read_archive(data: bytes, wanted: Collection[str]) -> tuple[dict[str, Array], list[str]]:
    """Return the wanted arrays of a .npz file by name, as floats, and the names of the others."""
    if data.count(b"PK\x01\x02") > 10 * MOST_ARRAYS:  # before a directory of a million entries is built
        raise ValueError(f"at most {MOST_ARRAYS} arrays expected, many more found")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _arrays(archive, wanted)
    except BROKEN as error:
        raise ValueError("a whole .npz file expected, one that is cut off or damaged found") from error


def _arrays(archive: zipfile.ZipFile, wanted: Collection[str]) -> tuple[dict[str, Array], list[str]]:
    entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
    if len(entries) > MOST_ARRAYS:
        raise ValueError(f"at most {MOST_ARRAYS} arrays expected, {len(entries)} found")
    chosen = {name: entry for name, entry in entries.items() if name in wanted}
    unpacked = sum(entry.file_size for entry in chosen.values())
    if unpacked > MOST_UNPACKED:
        raise ValueError(f"at most {megabytes(MOST_UNPACKED)} expected when unpacked, {megabytes(unpacked)} found")
    if any(entry.compress_type not in PACKED for entry in chosen.values()):
        raise ValueError("an archive as NumPy saves it expected, another compression found")
    arrays = {name: read_array(name, archive.read(entry)) for name, entry in chosen.items()}
    return arrays, [name for name in entries if name not in wanted]


def read_array(name: str, data: bytes) -> Array:
    """Return one array of a .npz file as floats."""
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, _, dtype = header(stream)
    except (ValueError, KeyError, TypeError, AttributeError, MemoryError, RecursionError) as error:
        raise ValueError(f"arrays as NumPy saves them expected, other data found in {name}") from error
    if dtype.kind not in "buif":
        kind = "a Python object (pickle), which is never opened," if dtype.hasobject else f"data of type {dtype.str}"
        raise ValueError(f"real numbers expected in {name}, {kind} found")
    size = dtype.itemsize
    for length in shape:  # Python's whole numbers: a product cannot wrap
        size *= int(length)
    # A header may promise more than there is: NumPy would reserve the memory first.
    if size != len(data) - stream.tell() or size < 0 or len(shape) > 8:
        raise ValueError(f"{len(data) - stream.tell()} bytes of numbers expected in {name}, shape {shape} found")
    stream.seek(0)
    return np.asarray(np.lib.format.read_array(stream, allow_pickle=False), dtype=np.float64)
