"""Channels of an EEG in .edf, .bdf or BrainVision files, read by MNE-Python once their sizes have been looked at."""

from __future__ import annotations

import importlib
import io
import re
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import numpy as np

from ncm_app.readers.archives import BROKEN, PACKED, megabytes
from ncm_app.readers.cells import plain_text
from ncm_app.readers.sampling import checked_rate
from ncm_app.readers.signal_names import VOLTS
from ncm_app.readers.signals import MOST_BYTES, MOST_CHANNELS, MOST_SAMPLES, Signals
from ncm_app.readers.words import shown

INSTALL = "pip install 'ncm_app[eeg]'"
CHUNK = 2_000_000
"""Samples of all channels that are read at a time: between two chunks a reader may be told to stop."""
NO_SIGNAL = {"EDF Annotations", "BDF Annotations", "Status"}
MARKERS = ("Brain Vision Data Exchange Marker File, Version 1.0\n[Common Infos]\nDataFile={}\n[Marker Infos]\n"
           "Mk1=New Segment,,1,1,0,00000000000000000000\n")


class _Edf(NamedTuple):
    """What the head of an EDF or BDF file says of the channels at one rate, Hz; `left` are those at others."""

    names: list[str]
    fs: float
    unit: str
    left: list[str]


def read(ending: str, data: bytes, check: Callable[[], None]) -> Signals:
    """Return the channels in a file; a ValueError "... expected, ... found" where it, or MNE-Python, is not whole."""
    if ending == ".vhdr":
        raise ValueError("a .zip of the three files of BrainVision (.vhdr, .eeg, .vmrk) expected, the .vhdr alone "
                         "found")
    try:
        mne = importlib.import_module("mne")
    except ImportError:
        kind = "BrainVision" if ending == ".zip" else ending
        raise ValueError(f"the reader MNE-Python for {kind} files expected, none found where this program runs: "
                         f"{INSTALL}, or save the recording as .csv") from None
    try:
        return _brainvision(mne, data, check) if ending == ".zip" else _edf(mne, ending, data, check)
    except ValueError as error:
        if re.search(r" expected.* found", str(error)):
            raise
        raise ValueError(f"a whole {ending} file expected, one that MNE-Python cannot read found") from error
    except BROKEN as error:
        raise ValueError(f"a whole {ending} file expected, one that is cut off or damaged found") from error
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError) as error:
        raise ValueError(f"a whole {ending} file expected, one that MNE-Python cannot read found") from error


def _edf(mne: Any, ending: str, data: bytes, check: Callable[[], None]) -> Signals:
    head = _head(ending, data)
    reader = mne.io.read_raw_edf if ending == ".edf" else mne.io.read_raw_bdf
    with tempfile.TemporaryDirectory() as folder:  # its name is ours, and it goes at once
        path = Path(folder) / f"recording{ending}"
        path.write_bytes(data)
        raw = reader(path, include=head.names, stim_channel=None, encoding="latin1",
                     verbose="ERROR")
        values = _values(raw, check)
    names = [str(name) for name in raw.ch_names]
    notes = (f"channels at other rates are left out ({shown(', '.join(head.left))})",) if head.left else ()
    return Signals("", *_in_microvolts(values, head.unit, names), head.fs, "µV" if head.unit else "", "", notes)


def _in_microvolts(values: Any, unit: str, names: list[str]) -> tuple[Any, tuple[str, ...]]:
    return (values * np.float32(1e6) if unit else values), tuple(names)


def _head(ending: str, data: bytes) -> _Edf:
    """Return what the head of an EDF or BDF file says, with its sizes compared with that of the file."""
    broken = f"a whole {ending} file expected, one that is cut off or damaged found"
    begins = b"0      " if ending == ".edf" else b"\xffBIOSEMI"
    if not data.startswith(begins):
        raise ValueError(f"a {ending} file expected, other data found")
    try:
        count, records, duration = int(data[252:256]), int(data[236:244]), float(data[244:252])
        columns = [[data[256 + count * start + k * width:][:width].decode("latin-1").strip() for k in range(count)]
                   for start, width in ((0, 16), (96, 8), (216, 8))]
        labels, units, sizes = columns
        samples = [int(size) for size in sizes]
    except (ValueError, ZeroDivisionError):
        raise ValueError(broken) from None
    if b"+D" in data[192:236]:
        raise ValueError("a recording without gaps expected, one in parts (EDF+D) found")
    if not 0 < count <= MOST_CHANNELS or not duration > 0.0 or min(samples) < 1:
        raise ValueError(broken)
    each = sum(samples) * (2 if ending == ".edf" else 3)
    if records < 1 or 256 * (count + 1) + records * each > len(data):
        raise ValueError(broken)
    signals = [k for k, label in enumerate(labels) if label not in NO_SIGNAL]
    if not signals:
        raise ValueError("channels with samples expected, none found")
    rates = [samples[k] for k in signals]
    size = max(set(rates), key=lambda rate: (rates.count(rate), rate))
    kept = [k for k in signals if samples[k] == size]
    if len(kept) * size * records > MOST_SAMPLES:
        raise ValueError(f"at most {MOST_SAMPLES / 1e6:g} million samples expected, {len(kept)} channels of "
                         f"{size * records:,} samples found: cut out a part")
    found = {VOLTS.get(units[k].lower(), "") for k in kept}
    unit = next(iter(found)) if len(found) == 1 else ""
    return _Edf([labels[k] for k in kept], checked_rate(size / duration), unit,
                [labels[k] for k in signals if samples[k] != size])


def _values(raw: Any, check: Callable[[], None]) -> Any:
    """Return the samples (channels, n) of what MNE-Python has opened, a part after the other."""
    channels, n = len(raw.ch_names), int(raw.n_times)
    if channels * n > MOST_SAMPLES:
        raise ValueError(f"at most {MOST_SAMPLES / 1e6:g} million samples expected, {channels} channels of {n:,} "
                         "samples found: cut out a part")
    values = np.empty((channels, n), dtype=np.float32)
    step = max(1, CHUNK // max(channels, 1))
    for start in range(0, n, step):
        check()
        values[:, start:start + step] = raw.get_data(start=start, stop=min(start + step, n))
    return values


def _brainvision(mne: Any, data: bytes, check: Callable[[], None]) -> Signals:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = {PurePosixPath(entry.filename).name: entry for entry in archive.infolist() if not entry.is_dir()
                   and not entry.filename.startswith("__MACOSX")}
        heads = [name for name in entries if name.lower().endswith(".vhdr")]
        if len(heads) != 1:
            raise ValueError(f"a .zip with one .vhdr and its companions expected, {len(heads)} .vhdr among "
                             f"{shown(', '.join(entries) or 'nothing')} found")
        if any(entry.compress_type not in PACKED for entry in entries.values()):
            raise ValueError("a usual .zip expected, another compression found")
        head = plain_text(_unpacked(archive, entries[heads[0]], 2**20))
        name = _told(head, "DataFile").replace("$b", heads[0].rpartition(".")[0])
        if name not in entries:
            raise ValueError(f"the companion {shown(name)} of {shown(heads[0])} expected in the .zip, "
                             f"{shown(', '.join(entries))} found")
        samples = _unpacked(archive, entries[name], MOST_BYTES)
        marks = next((entry for found, entry in entries.items() if found.lower().endswith(".vmrk")), None)
        segments = 0 if marks is None else plain_text(_unpacked(archive, marks, 2**22)).count("=New Segment,")
    if segments > 1:
        raise ValueError(f"a recording without gaps expected, one in {segments} segments found")
    fs = checked_rate(1e6 / float(_told(head, "SamplingInterval")))
    with tempfile.TemporaryDirectory() as folder:  # names in it are ours: those of a stranger may lead elsewhere
        own = re.sub(r"(?m)^(DataFile|MarkerFile)=.*$",
                     lambda m: f"{m[1]}=recording.{'eeg' if m[1][0] == 'D' else 'vmrk'}",
                     head)
        for ending, held in (("vhdr", own.encode()), ("eeg", samples), ("vmrk",
                                                                        MARKERS.format("recording.eeg").encode())):
            (Path(folder) / f"recording.{ending}").write_bytes(held)
        raw = mne.io.read_raw_brainvision(Path(folder) / "recording.vhdr", verbose="ERROR")
        values = _values(raw, check)
    return Signals("", values * np.float32(1e6), tuple(str(name) for name in raw.ch_names), fs, "µV")


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    if entry.file_size > most:
        raise ValueError(f"at most {megabytes(most)} expected in {shown(entry.filename)}, "
                         f"{megabytes(entry.file_size)} found")
    return archive.read(entry)


def _told(head: str, name: str) -> str:
    """Return what a line of a BrainVision header says."""
    found = re.search(rf"(?m)^{name}=(.*?)\s*$", head)
    if not found:
        raise ValueError(f"{name} expected in the .vhdr, none found")
    return found[1]
