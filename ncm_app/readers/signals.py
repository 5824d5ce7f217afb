"""A recording of one or more channels, such as an EEG, from the bytes of a file, or one sentence on what was found."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ncm_app.readers.archives import megabytes
from ncm_app.readers.files import check_ending, check_head, ending_of, opened
from ncm_app.readers.words import shown

Samples = NDArray[np.float32]

MOST_BYTES, MOST_SAMPLES, MOST_CHANNELS = 64 * 2**20, 24_000_000, 512
"""Bounds of a file, of the samples of all its channels together, and of the channels."""
SHORTEST, LONGEST = 8.0, 4 * 3600.0
"""Bounds of a recording, s."""
LARGEST, FEWEST = 1e12, 480
"""Bounds of a sample's size, and of the samples of a recording whose rate is not known yet."""
TEXTS = (".csv", ".tsv", ".txt")
LIBRARY = (".edf", ".bdf", ".zip", ".vhdr")
"""Endings of the names of files that are read by MNE-Python; BrainVision comes as a .zip."""
ENDINGS = (*TEXTS, ".npz", *LIBRARY)


@dataclass(frozen=True, eq=False)
class Signals:
    """Channels of a recording: `values` (channels, n) in `unit` ("" if none is told), NaN where a sample is missing.

    `names` are those of the channels, `fs` the sampling rate in Hz, 0 where the file tells none. `source` is the
    name of the file, `reading` how it was read; `notes` say what is worth knowing of it.
    """

    source: str
    values: Samples
    names: tuple[str, ...]
    fs: float
    unit: str = ""
    reading: str = ""
    notes: tuple[str, ...] = ()


def nothing() -> None:
    """Let a reader go on."""


def read_signals(name: str, data: bytes, check: Callable[[], None] = nothing) -> Signals:
    """Return the recording in a file, or raise a ValueError with a sentence for its reader.

    `check` is called again and again while a long file is read, and may raise to stop that.
    """
    return opened(name, lambda source: _read(source, ending_of(name), data, check))


def _read(source: str, ending: str, data: bytes, check: Callable[[], None]) -> Signals:
    if ending in (".eeg", ".vmrk"):
        raise ValueError(f"a .zip of the three files of BrainVision expected, one of them ({ending}) found")
    check_ending(ending, ENDINGS)
    if len(data) > MOST_BYTES:
        raise ValueError(f"at most {megabytes(MOST_BYTES)} expected, {megabytes(len(data))} found: cut out a part")
    if not data:
        raise ValueError(f"a {ending} file with a recording expected, an empty one found")
    if ending != ".zip":
        check_head(data, ending)
    kind = "texts" if ending in TEXTS else "arrays" if ending == ".npz" else "formats"
    read = importlib.import_module(f"ncm_app.readers.signal_{kind}").read  # each imports this module
    return checked(replace(read(ending, data, check), source=source))


def checked(found: Signals) -> Signals:
    """Return a recording whose channels can be shown, with sentences on them; else raise a ValueError."""
    channels, n = found.values.shape
    if channels > MOST_CHANNELS or channels * n > MOST_SAMPLES:
        raise ValueError(f"at most {MOST_CHANNELS} channels and {MOST_SAMPLES / 1e6:g} million samples expected, "
                         f"{channels} channels of {n:,} samples found: cut out a part")
    if n < FEWEST:
        raise ValueError(f"at least {SHORTEST:g} s of a recording expected, {n} sample{'s' * (n != 1)} found")
    if found.fs:
        check_length(n, found.fs)
    largest, least = float(np.fmax.reduce(found.values, axis=None)), float(np.fmin.reduce(found.values, axis=None))
    if np.isnan(largest):
        raise ValueError("a recording expected, no number in any channel found")
    if max(largest, -least) > LARGEST:
        raise ValueError(f"samples from -{LARGEST:g} to {LARGEST:g} expected, "
                         f"{largest if largest > -least else least:g} "
                         "found")
    flat = np.fmax.reduce(found.values, axis=1) == np.fmin.reduce(found.values, axis=1)
    if flat.all():
        raise ValueError(f"a recording that changes expected, {found.values[0, 0]:g} in every sample found"
                         if channels == 1 else f"a recording that changes expected, {channels} constant channels found")
    found.values.setflags(write=False)
    return replace(found, reading=_reading(found))


def check_length(n: int, fs: float) -> None:
    """Raise a ValueError for a recording of `n` samples that is too short or too long."""
    if n < SHORTEST * fs:
        raise ValueError(f"at least {SHORTEST:g} s expected, {n / fs:.3g} s at {fs:g} Hz found")
    if n > LONGEST * fs:
        raise ValueError(f"at most {LONGEST / 3600:g} hours expected, {n / fs / 3600:.3g} at {fs:g} Hz found")


def _reading(found: Signals) -> str:
    """Return how a file was read, for the line beside it."""
    channels, n = found.values.shape
    which = f"{channels} channels ({', '.join(shown(name) for name in found.names[:4])}{', ...' * (channels > 4)})"
    one = "1 channel" + (f" ({shown(found.names[0])})" if found.names[0] != "1" else "")
    rate = (f"{found.fs:.6g} Hz, {n / found.fs:.4g} s" if found.fs else
            f"{n:,} samples; the file tells no sampling rate")
    unit = f" in {found.unit}" if found.unit else ", in no unit that is named"
    parts = [f"{which if channels > 1 else one}{unit}", rate, found.reading, *found.notes]
    return f"Read as {'; '.join(part for part in parts if part)}."
