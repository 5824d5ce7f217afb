"""Recordings in formats of laboratories, read by the libraries that are made for them: NWB, and those of Neo.

Off unless `SWITCH` is 1 in the environment: HDF5, pickles inside of MATLAB files and the parsers of makers'
formats were not made for files of strangers, and one that a visitor sends may crash a server or take its memory.
"""

from __future__ import annotations

import importlib
import io
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ncm_app.readers.cells import Array
from ncm_app.readers.tables import SpikeTable

SWITCH = "NCM_APP_LABORATORY_FILES"
"""Variable of the environment that turns these readers on."""

NEO = {".nix": "NixIO", ".mat": "NeoMatlabIO", ".plx": "PlexonIO", ".nev": "BlackrockIO", ".smr": "Spike2IO",
       ".nex": "NeuroExplorerIO"}
"""Endings of formats with spike times in one file, and the readers of Neo; none that unpickles."""

ENDINGS = (".nwb", *NEO)

MOST_SPIKES = 4_000_000


def enabled() -> bool:
    """Tell whether the host of this program allows these formats."""
    return os.environ.get(SWITCH) == "1"


def read_laboratory(ending: str, data: bytes) -> tuple[SpikeTable, float | None]:
    """Return the spike times in a file by its ending, and how long a trial lasts in ms, None where that is not told.

    Raises ValueError, with words for a sentence, where the host does not allow it, where the library is not
    installed, and where the file holds no spike times or several cells in several trials.
    """
    if not enabled():
        raise ValueError(f"a .npz, .csv or .txt file expected, {ending} found, which is only read where {SWITCH}=1 is "
                         "set")
    package = "pynwb" if ending == ".nwb" else "neo"
    try:
        library = importlib.import_module(package)
    except ImportError:
        raise ValueError(f"the reader {package} for {ending} files expected, none found: "
                         "pip install 'ncm_app[recordings]'") from None
    try:
        return _read_nwb(library, data) if package == "pynwb" else _read_neo(library, ending, data)
    except ValueError as error:
        if str(error).endswith(" found"):
            raise
        raise ValueError(_damaged(ending)) from error
    except Exception as error:  # what a library raises on a damaged file is not told
        raise ValueError(_damaged(ending)) from error


def _damaged(ending: str) -> str:
    return f"a whole {ending} file expected, one that its library cannot read found"


def _read_nwb(pynwb: Any, data: bytes) -> tuple[SpikeTable, float | None]:
    h5py = importlib.import_module("h5py")
    with h5py.File(io.BytesIO(data), "r") as file, pynwb.NWBHDF5IO(file=file, mode="r") as reader:
        units = reader.read().units
        if units is None or "spike_times" not in units.colnames:
            raise ValueError("units with spike_times expected, none found")
        if len(units["spike_times"].target.data) > MOST_SPIKES:
            raise ValueError(f"at most {MOST_SPIKES} spikes expected, more found")
        trains = [np.asarray(units["spike_times"][k], dtype=float) for k in range(len(units))]
    return _joined([1000.0 * times for times in trains], "cell", "spike_times of the units"), None


def _read_neo(neo: Any, ending: str, data: bytes) -> tuple[SpikeTable, float | None]:
    with tempfile.TemporaryDirectory() as folder:  # Neo reads files, not bytes; the name is ours
        path = Path(folder) / f"recording{ending}"
        path.write_bytes(data)
        blocks = getattr(neo.io, NEO[ending])(str(path)).read(lazy=False)
        segments = [segment for block in blocks for segment in block.segments]
        rows = [list(segment.spiketrains) for segment in segments]
    held = [row for row in rows if row]
    if not held:
        raise ValueError("spike trains expected, none found")
    if len(held) > 1 and max(len(row) for row in held) > 1:
        raise ValueError(f"one cell, or one trial, expected, {max(len(row) for row in held)} cells in {len(held)} "
                         "trials found")
    chosen = held[0] if len(held) == 1 else [row[0] for row in held]
    starts, ends = ([float(getattr(train, name).rescale("ms").magnitude) for train in chosen]
                    for name in ("t_start", "t_stop"))
    trains = [np.asarray(train.rescale("ms").magnitude, dtype=float) - start
              for train, start in zip(chosen, starts, strict=True)]
    lengths = {round(end - start, 6) for start, end in zip(starts, ends, strict=True)}
    if len(lengths) > 1:
        raise ValueError(f"trials of one length expected, from {min(lengths):g} to {max(lengths):g} ms found")
    table = _joined(trains, "cell" if len(held) == 1 else "trial", "the spike trains")
    note = (f"times are counted from the start of the recording at {starts[0]:g} ms",) if any(starts) else ()
    return table._replace(notes=(*table.notes, *note)), lengths.pop()


def _joined(trains: list[Array], kind: str, how: str) -> SpikeTable:
    numbers = np.repeat(np.arange(len(trains), dtype=float), [len(train) for train in trains])
    several = (f"each of {len(trains)} cells is shown as a trial",) if len(trains) > 1 and kind == "cell" else ()
    times = np.concatenate(trains) if trains else np.zeros(0)
    return SpikeTable(times, numbers, kind, len(trains), 0, "ms", how, several)
